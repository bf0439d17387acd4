"""Find where the rows of a price table begin and what its columns are, from its first rows."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import UnknownNameError
from .layouts import Layout, LayoutNeeded
from .roles import ELSE, QUOTES, ROLE_OF, ROLES, is_beside, plain_name, vendors_of

HEADER_WITHIN = 30
LIKENESS = 0.8
# Positions of a row of Binance's archive, which has no header: open time, four prices, volume, close time, ...
KLINE = {"date": 0, "open": 1, "high": 2, "low": 3, "close": 4, "volume": 5}
KLINE_WIDTHS = (11, 12)
# Datastream writes the kind of price after the code: @AAPL(P). (RI), a total return index, is not a price.
DATATYPES = {"P": "close", "": "close", "PO": "open", "PH": "high", "PL": "low", "VO": "volume"}
_CODE = re.compile(r"(?P<code>.+?)(?:\((?P<type>[A-Z]+)\))?")
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Block:
    """Columns of one symbol, or of many symbols where one of the columns has the symbol.

    Parameters
    ----------
    columns : mapping of str to int
        Our name of a column to its position in the row.
    symbol : str
        Empty where a column or the file's name has it.
    """

    columns: Mapping[str, int]
    symbol: str = ""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Where the rows of a table begin and what its columns are.

    Parameters
    ----------
    first_row : int
        Position of the first row of data, from 0.
    width : int
        Cells of each row.
    shape : {"long", "wide", "blocks"}
        As in `Layout`.
    blocks : tuple of Block
        Columns of each symbol.
    layout : Layout
        The user's declarations, completed by what is known of the vendor.
    """

    first_row: int
    width: int
    shape: str
    blocks: tuple[Block, ...]
    layout: Layout


def find_plan(rows: Rows, layout: Layout, file: Path) -> Plan | None:
    """Find the header among the first rows and identify its columns.

    Parameters
    ----------
    rows : sequence of sequence of str
        The first rows of the file.
    layout : Layout
        What the user declares.
    file : Path
        For messages.

    Returns
    -------
    Plan or None
        None where no row looks like a header.

    Raises
    ------
    LayoutNeeded
        If a column is not known, two columns have the same meaning, or a needed one is missing.
    """
    top = [row or [""] for row in rows[:HEADER_WITHIN]]
    if not layout.columns and layout.shape in ("", "blocks"):
        for find in (_stacked, _coded, _without_header):
            if plan := find(top, layout):
                return plan
    for number, row in enumerate(top):
        dated = _unnamed_date(row, top[number + 1 : number + 2])
        if "date" in _roles(dated, layout):
            return _plan(top, number, dated, layout, file)
    return None


def _stacked(rows: Rows, layout: Layout) -> Plan | None:
    """Return the plan of two header rows written by pandas: prices and symbols, in either order.

    A third row may name the index.
    """
    for number in range(1, len(rows)):
        upper, lower = rows[number - 1], rows[number]
        if len(upper) != len(lower) or len(upper) < 2:
            continue
        named = number + 1 < len(rows) and _role(rows[number + 1][0]) == "date" and not any(rows[number + 1][1:])
        if not named and (lower[0].strip() or not _starts_with_date(upper[0], rows[number + 1 : number + 2])):
            continue
        prices, symbols = (upper, lower) if _all_prices(upper) else (lower, upper)
        if _all_prices(prices) and all(cell.strip() for cell in symbols[1:]):
            first_row = number + 2 if named else number + 1
            blocks = _by_symbol(symbols, [_role(cell) for cell in prices])
            return Plan(first_row=first_row, width=len(upper), shape="blocks", blocks=blocks, layout=layout)
    return None


def _starts_with_date(label: str, below: Rows) -> bool:
    """Return whether the first column below two header rows has the dates, by its name or its first cell."""
    return _role(label) == "date" or (not label.strip() and bool(below) and _looks_dated(below[0][0]))


def _all_prices(row: Sequence[str]) -> bool:
    """Return whether every name but the first is a price or another known column, with a close among them."""
    names = [plain_name(cell) for cell in row[1:]]
    return "close" in [_role(cell) for cell in row[1:]] and all(
        ROLE_OF.get(name) in (*QUOTES, "volume") or is_beside(name) for name in names
    )


def _by_symbol(symbols: Sequence[str], roles: Sequence[str]) -> tuple[Block, ...]:
    """Return one block for each symbol that has a close, in the order of the file; dates in the first column."""
    found: dict[str, dict[str, int]] = {}
    for at in range(1, len(symbols)):
        if roles[at] not in ("", "-"):
            found.setdefault(symbols[at].strip(), {"date": 0}).setdefault(roles[at], at)
    return tuple(Block(symbol=name, columns=columns) for name, columns in found.items() if "close" in columns)


def _coded(rows: Rows, layout: Layout) -> Plan | None:
    """Return the plan of Datastream's request table: a row of names, a row of codes, perhaps one of currencies."""
    firsts = [plain_name(row[0]) if row else "" for row in rows]
    for number in range(1, len(rows)):
        if (firsts[number - 1], firsts[number]) != ("name", "code"):
            continue
        codes = [_CODE.fullmatch(cell.strip()) for cell in rows[number]]
        symbols = ["" if code is None else code["code"] for code in codes]
        roles = ["" if code is None else DATATYPES.get(code["type"] or "", "") for code in codes]
        first_row = number + 1
        while first_row < len(rows) and not _looks_dated(rows[first_row][0]):
            first_row += 1
        blocks = _by_symbol(symbols, roles)
        return Plan(first_row=first_row, width=len(rows[number]), shape="blocks", blocks=blocks, layout=layout)
    return None


def _without_header(rows: Rows, layout: Layout) -> Plan | None:
    """Return the plan of Binance's archive: no header, a time in milli- or microseconds, then prices."""
    row = rows[0] if rows else ()
    if len(row) not in KLINE_WIDTHS or not re.fullmatch(r"\d{13}|\d{16}", row[0]):
        return None
    return Plan(
        first_row=0, width=len(row), shape="long", blocks=(Block(columns=KLINE, symbol=layout.symbol),), layout=layout
    )


def _unnamed_date(row: Sequence[str], below: Rows) -> Sequence[str]:
    """Name the first column ``date`` if it has no name, no other column is the date, and dates are below it."""
    unnamed = len(row) > 1 and not row[0].strip() and any(cell.strip() for cell in row[1:])
    if unnamed and "date" not in map(_role, row) and below and _looks_dated(below[0][0] if below[0] else ""):
        return ["date", *row[1:]]
    return row


def _looks_dated(cell: str) -> bool:
    """Return whether a cell begins like a date: a year, a day or a month in digits."""
    return re.match(r"\s*\d{1,4}[-/.]|\s*(19|20)\d{6}\s*$|\s*\d{1,2} [A-Za-z]{3}", cell) is not None


def _role(cell: str) -> str:
    """Return our name for a column; ``-`` for one known to be no price, empty for an unknown one."""
    name = plain_name(cell)
    return ROLE_OF.get(name, "-" if is_beside(name) else "")


def _roles(row: Sequence[str], layout: Layout) -> list[str]:
    """Return our names for the columns of a header; declarations of the layout take precedence."""
    declared = {theirs: role for role, theirs in layout.columns.items()}
    roles = []
    for cell in row:
        name = cell.strip()
        role = "-" if name in layout.ignore else declared.get(name) or _role(cell)
        roles.append("-" if role in layout.columns and name not in declared else role)
    names = [plain_name(cell) for cell in row]
    for at, name in enumerate(names):
        known = ELSE.get(name)
        if roles[at] in ("", "-", "time") and known and known not in roles and row[at].strip() not in layout.ignore:
            roles[at] = known
    # CryptoDataDownload writes each instant twice; the number of seconds is unambiguous, the text has no zone.
    if any(name.startswith("unix") for name in names):
        roles = [
            "-" if role == "date" and not name.startswith("unix") else role
            for role, name in zip(roles, names, strict=True)
        ]
    return roles


def _plan(rows: Rows, number: int, header: Sequence[str], layout: Layout, file: Path) -> Plan:
    """Return the plan of a header that has a date."""
    where = f"{file}:{number + 1}"
    declared = bool(layout.shape)
    layout = layout.with_defaults(_known_of_vendor(header, where))
    roles = _roles(header, layout)
    above = rows[number - 1] if number else ()
    starts = [at for at, cell in enumerate(above[: len(header)]) if cell.strip()]
    quoted = bool(QUOTES & set(roles))
    shape = layout.shape or ("wide" if not quoted else "blocks" if starts and roles.count("close") > 1 else "long")
    if shape == "wide":
        blocks = _wide(header, roles, declared, where)
    elif shape == "blocks":
        blocks = _blocks(header, roles, above, where)
    else:
        symbol = layout.symbol or _named_above(rows[:number])
        blocks = (Block(columns=_columns(header, roles, range(len(header)), where), symbol=symbol),)
    return Plan(first_row=number + 1, width=len(header), shape=shape, blocks=blocks, layout=layout)


def _known_of_vendor(header: Sequence[str], where: str) -> dict[str, Any]:
    """Return the layout keys known for this header; vendors that contradict each other are refused."""
    known: dict[str, Any] = {}
    vendors = vendors_of(map(plain_name, header))
    for vendor in vendors:
        for key, value in vendor.layout.items():
            if known.setdefault(key, value) != value:
                names = " and ".join(one.name for one in vendors)
                options = [dict(one.layout) for one in vendors]
                raise LayoutNeeded(
                    f"{where}: the header fits files of {names}; declare {key} in a layout", options=options
                )
    return known


def _named_above(rows: Rows) -> str:
    """Return the symbol in a line such as ``Security,CL1 Comdty`` above the header."""
    for row in rows:
        if len(row) > 1 and ROLE_OF.get(plain_name(row[0].rstrip(": "))) == "symbol":
            return row[1].strip()
    return ""


def _columns(header: Sequence[str], roles: Sequence[str], span: Sequence[int], where: str) -> dict[str, int]:
    """Return positions by our names; refuse unknown columns and two columns of one meaning."""
    found: dict[str, int] = {}
    for at in span:
        name, role = header[at].strip(), roles[at]
        if role in found:
            both = f"{header[found[role]]} and {name}"
            either = [{"ignore": [name]}, {"ignore": [header[found[role]].strip()]}]
            raise LayoutNeeded(
                f"{where}: {both} are both the {role}; declare the other under ignore in a layout", options=either
            )
        if role not in ("", "-"):
            found[role] = at
    unknown = [header[at].strip() for at in span if not roles[at] and header[at].strip()]
    missing = [role for role in ("date", "close") if role not in found]
    if unknown:
        hint = UnknownNameError("column", unknown[0], ROLE_OF)
        options: list[dict[str, Any]] = [{"columns": {role: name}} for role in missing for name in unknown]
        options += [{"ignore": unknown}] * (not missing)
        raise LayoutNeeded(f"{where}: {hint}; declare it in a layout, under columns or ignore", options=options)
    if missing:
        raise LayoutNeeded(f"{where}: no `{missing[0]}` column; declare it in a layout, under columns")
    return found


def _wide(header: Sequence[str], roles: Sequence[str], declared: bool, where: str) -> tuple[Block, ...]:
    """Return one block for each column beside the date; a name like a known column is refused as a likely slip."""
    if roles.count("date") != 1:
        raise LayoutNeeded(f"{where}: a wide table has one date column; name it in a layout, under columns")
    date = list(roles).index("date")
    taken = [at for at in range(len(header)) if at != date and roles[at] != "-"]
    names = [header[at].strip() for at in taken]
    if known := [role for role in roles if role not in ("", "-", "date")]:
        others = [{"columns": {"close": header[at].strip()}} for at in taken if not roles[at]]
        why = f"no `close` column beside the {known[0]}; declare it in a layout, under columns"
        raise LayoutNeeded(f"{where}: {why}", options=others)
    if missing := [at for at in taken if not header[at].strip()]:
        raise LayoutNeeded(
            f"{where}: column {missing[0] + 1} has no name; a wide table has a symbol over each column; "
            "write one, or declare other columns in a layout"
        )
    if len(set(names)) < len(names) or not names:
        raise LayoutNeeded(f"{where}: duplicate symbol, or none, in {','.join(header)}; declare ignore in a layout")
    slips = [] if declared else [name for name in names if _like_a_column(name)]
    if slips:
        hint = UnknownNameError("column", slips[0], ROLE_OF)
        closes = [{"columns": {role: slips[0]}} for role in ROLES if role == _nearest(slips[0])]
        raise LayoutNeeded(
            f'{where}: {hint}; if it is a symbol, declare shape = "wide" in a layout',
            options=[*closes, {"shape": "wide"}],
        )
    return tuple(Block(symbol=header[at].strip(), columns={"date": date, "close": at}) for at in taken)


def _like_a_column(name: str) -> bool:
    """Return whether a name resembles a known column; tickers in capitals are exempt (HIG is not "high")."""
    return not name.isupper() and bool(_nearest(name))


def _nearest(name: str) -> str:
    """Return our name of the column that a name resembles most; empty where none is near."""
    near = difflib.get_close_matches(name.lower(), ROLE_OF, 1, LIKENESS)
    return ROLE_OF[near[0]] if near else ""


def _blocks(header: Sequence[str], roles: Sequence[str], above: Sequence[str], where: str) -> tuple[Block, ...]:
    """Return one block for each symbol above the header; without a date column of its own it shares the first."""
    cells = [cell.strip() for cell in above[: len(header)]]
    cells += [""] * (len(header) - len(cells))
    symbols = _filled(cells)
    if not any(symbols):
        raise LayoutNeeded(f"{where}: no symbols in the row above the header; declare shape in a layout")
    blocks = []
    for symbol in dict.fromkeys(filter(None, symbols)):
        span = [at for at in range(len(header)) if symbols[at] == symbol]
        if "date" not in [roles[at] for at in span]:
            span = [list(roles).index("date"), *span]
        blocks.append(Block(symbol=symbol, columns=_columns(header, roles, span, where)))
    return tuple(blocks)


def _filled(cells: Sequence[str]) -> list[str]:
    """Fill each blank cell with the symbol to its left."""
    filled: list[str] = []
    for cell in cells:
        filled.append(cell or (filled[-1] if filled else ""))
    return filled
