"""Find where the rows of a price table begin and what its columns are, from its first rows."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...errors import LONGEST_NAME, UnknownNameError
from ...text import one_line
from .header_forms import SPECIAL
from .layouts import Layout, LayoutNeeded
from .plans import Block, Plan, Rows, role_of, starts_with_date
from .roles import ELSE, LAST_TRADE, QUOTES, ROLE_OF, ROLES, SETTLEMENTS, plain_name
from .vendors import vendors_of

HEADER_WITHIN = 30
LIKENESS = 0.8
# Syllables in names of columns; they only order proposals.
LIKELY = {
    "date": ("date", "day", "datum", "fecha", "dt", "tag"),
    "close": ("clos", "settl", "schl", "last", "fix", "pric", "prc"),
    "": ("open", "high", "low", "prev", "adj", "aver", "weight", "time", "symb", "vol", "chg", "change"),
}


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
        for find in SPECIAL:
            if plan := find(top, layout):
                return plan
    _check_declared(top, layout, file)
    for number, row in enumerate(top):
        dated = _unnamed_date(row, top[number + 1 : number + 2])
        if "date" in _roles(dated, layout):
            return _plan(top, number, dated, layout, file)
    return None


def _check_declared(rows: Rows, layout: Layout, file: Path) -> None:
    """Raise if the layout names a column that the file does not have."""
    names = {cell.strip() for row in rows for cell in row}
    for role, name in layout.columns.items():
        if name not in names:
            raise LayoutNeeded(
                f"{file}:1: no column {name!r}, which the layout declares as the {role}; correct the layout"
            )


def _unnamed_date(row: Sequence[str], below: Rows) -> Sequence[str]:
    """Name the first column ``date`` if it has no name, no other column is the date, and dates are below it."""
    unnamed = len(row) > 1 and not row[0].strip() and any(cell.strip() for cell in row[1:])
    if unnamed and "date" not in map(role_of, row) and starts_with_date(row[0], below):
        return ["date", *row[1:]]
    return row


def _roles(row: Sequence[str], layout: Layout) -> list[str]:
    """Return our names for the columns of a header; declarations of the layout take precedence."""
    declared = {theirs: role for role, theirs in layout.columns.items()}
    roles = []
    for cell in row:
        name = cell.strip()
        role = "-" if name in layout.ignore else declared.get(name) or role_of(cell)
        roles.append("-" if role in layout.columns and name not in declared else role)
    names = [plain_name(cell) for cell in row]
    if "close" not in layout.columns and any(_is_closing(name) for name in names):
        roles = ["-" if name in LAST_TRADE else role for role, name in zip(roles, names, strict=True)]
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


def _is_closing(name: str) -> bool:
    """Return whether a column is the close or the settlement, beside which the last trade is not needed."""
    return name in SETTLEMENTS or (ROLE_OF.get(name) == "close" and name not in LAST_TRADE)


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
        unused = {at for at, cell in enumerate(header) if not cell.strip() and not any(_column(rows[number + 1 :], at))}
        symbols = _as_symbols(header, roles, layout) if declared else roles
        roles = ["-" if at in unused else role for at, role in enumerate(symbols)]
        blocks = _wide(header, roles, declared, where)
    elif shape == "blocks":
        blocks = _blocks(header, roles, above, where)
    else:
        symbol = layout.symbol or _named_above(rows[:number])
        blocks = (Block(columns=_columns(header, roles, range(len(header)), where), symbol=symbol),)
    return Plan(first_row=number + 1, width=len(header), shape=shape, blocks=blocks, layout=layout)


def _as_symbols(header: Sequence[str], roles: Sequence[str], layout: Layout) -> Sequence[str]:
    """Take known names among many symbols, such as LOW, as symbols too, but for those that the layout names."""
    if roles.count("") <= len(roles) / 2:
        return roles
    named = {*layout.ignore, *layout.columns.values()}
    return [role if role == "date" or cell.strip() in named else "" for role, cell in zip(roles, header, strict=True)]


def _column(rows: Rows, at: int) -> list[str]:
    """Return the cells of one column; rows may be short."""
    return [row[at].strip() for row in rows if at < len(row)]


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
            both = f"{one_line(header[found[role]].strip(), LONGEST_NAME)} and {one_line(name, LONGEST_NAME)}"
            either = [{"ignore": [name]}, {"ignore": [header[found[role]].strip()]}]
            raise LayoutNeeded(
                f"{where}: {both} are both the {role}; declare the other under ignore in a layout", options=either
            )
        if role not in ("", "-"):
            found[role] = at
    unknown = [header[at].strip() for at in span if not roles[at] and header[at].strip()]
    missing = [role for role in ("date", "close") if role not in found]
    if unknown:
        hint = UnknownNameError("column", unknown[0], ROLE_OF if _nearest(unknown[0]) else ROLES)
        options: list[dict[str, Any]] = [
            {"columns": {role: name}} for role in missing for name in likely_names(role, unknown)
        ]
        options += [{"ignore": unknown}] * (not missing)
        some = ", ".join(one_line(name, LONGEST_NAME) for name in unknown[1:4])
        more = f" ({len(unknown) - 1} more: {some})" if some else ""
        raise LayoutNeeded(f"{where}: {hint}{more}; declare it in a layout, under columns or ignore", options=options)
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
        unknown = [header[at].strip() for at in taken if not roles[at]]
        others = [{"columns": {"close": name}} for name in likely_names("close", unknown)]
        why = f"no `close` column beside the {known[0]}; declare it in a layout, under columns"
        raise LayoutNeeded(f"{where}: {why}", options=others, header=[cell.strip() for cell in header])
    if missing := [at for at in taken if not header[at].strip()]:
        raise LayoutNeeded(
            f"{where}: column {missing[0] + 1} has no name; a wide table has a symbol over each column; "
            "write one, or declare other columns in a layout"
        )
    if len(set(names)) < len(names) or not names:
        why = f"duplicate symbol, or none, in {one_line(','.join(header).strip(), 200)}; declare ignore in a layout"
        raise LayoutNeeded(f"{where}: {why}", header=[cell.strip() for cell in header])
    slips = [] if declared else [name for name in names if _like_a_column(name)]
    if slips:
        hint = UnknownNameError("column", slips[0], ROLE_OF)
        likely = {"columns": {_nearest(slips[0]): slips[0]}}
        raise LayoutNeeded(
            f'{where}: {hint}; if it is a symbol, declare shape = "wide" in a layout',
            options=[likely, {"shape": "wide"}],
        )
    return tuple(Block(symbol=header[at].strip(), columns={"date": date, "close": at}) for at in taken)


def likely_names(role: str, names: Sequence[str]) -> list[str]:
    """Return the names that may stand for one of our columns, by their syllables; all of them where none has one.

    Parameters
    ----------
    role : str
        Our name of the column.
    names : sequence of str
        Names of the file's columns whose meaning is not known.

    Returns
    -------
    list of str
        For proposals only.
    """
    known, others = LIKELY.get(role, ()), [part for one, parts in LIKELY.items() if one != role for part in parts]
    ranks = {name: [rank for rank, part in enumerate(known) if part in name.lower()] for name in names}
    fitting = sorted((name for name in names if ranks[name]), key=lambda name: ranks[name])
    return [name for name in fitting if not any(part in name.lower() for part in others)] or fitting or list(names)


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
