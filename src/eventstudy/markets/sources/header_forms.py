"""Recognise tables whose header is of a special form, or that have none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .layouts import Layout
from .plans import Block, Plan, Rows, looks_dated, role_of, starts_with_date
from .roles import QUOTES, ROLE_OF, is_beside, plain_name

# Positions of a row of Binance's archive, which has no header: open time, four prices, volume, close time, ...
KLINE = {"date": 0, "open": 1, "high": 2, "low": 3, "close": 4, "volume": 5}
KLINE_WIDTHS = (11, 12)
# Datastream writes the kind of price after the code: @AAPL(P). (RI), a total return index, is not a price.
DATATYPES = {"P": "close", "": "close", "PO": "open", "PH": "high", "PL": "low", "VO": "volume"}
FLAGS = "_FLAGS"
_STAMP = re.compile(r"\d{10}|\d{13}|\d{16}|\d{19}|(19|20)\d{6} \d{6}")
_DOTTED = re.compile(r"\d{2}\.\d{2}\.\d{4}")
_PRICE = re.compile(r"-?\d+(\.\d+)?")
_TIME = re.compile(r"\d\d:\d\d(:\d\d)?")
_CODE = re.compile(r"(?P<code>.+?)(?:\((?P<type>[A-Z]+)\))?")


def _stacked(rows: Rows, layout: Layout) -> Plan | None:
    """Return the plan of two header rows written by pandas: prices and symbols, in either order.

    A third row may name the index.
    """
    for number in range(1, len(rows)):
        upper, lower = rows[number - 1], rows[number]
        if len(upper) != len(lower) or len(upper) < 2:
            continue
        named = number + 1 < len(rows) and role_of(rows[number + 1][0]) == "date" and not any(rows[number + 1][1:])
        if not named and (lower[0].strip() or not starts_with_date(upper[0], rows[number + 1 : number + 2])):
            continue
        prices, symbols = (upper, lower) if _all_prices(upper) else (lower, upper)
        if _all_prices(prices) and all(cell.strip() for cell in symbols[1:]):
            first_row = number + 2 if named else number + 1
            blocks = _by_symbol(symbols, [role_of(cell) for cell in prices])
            return Plan(first_row=first_row, width=len(upper), shape="blocks", blocks=blocks, layout=layout)
    return None


def _all_prices(row: Sequence[str]) -> bool:
    """Return whether every name but the first is a price or another known column, with a close among them."""
    names = [plain_name(cell) for cell in row[1:]]
    return "close" in [role_of(cell) for cell in row[1:]] and all(
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
        if (firsts[number - 1], firsts[number]) not in (("name", "code"), ("instrument", "field")):
            continue
        fields = firsts[number] == "field"
        codes = [_CODE.fullmatch(cell.strip()) for cell in rows[number - 1 if fields else number]]
        symbols = ["" if code is None else code["code"] for code in codes]
        kinds = rows[number] if fields else ["" if code is None else code["type"] or "" for code in codes]
        roles = [
            "" if code is None else DATATYPES.get(kind.strip(), "") for code, kind in zip(codes, kinds, strict=True)
        ]
        first_row = number + 1
        while first_row < len(rows) and not looks_dated(rows[first_row][0]):
            first_row += 1
        blocks = _by_symbol(symbols, roles)
        return Plan(first_row=first_row, width=len(rows[number]), shape="blocks", blocks=blocks, layout=layout)
    return None


def _klines(rows: Rows, layout: Layout) -> Plan | None:
    """Return the plan of Binance's archive: no header, a time in milli- or microseconds, then prices."""
    row = rows[0] if rows else ()
    if len(row) not in KLINE_WIDTHS or not re.fullmatch(r"\d{13}|\d{16}", row[0]):
        return None
    return Plan(
        first_row=0, width=len(row), shape="long", blocks=(Block(columns=KLINE, symbol=layout.symbol),), layout=layout
    )


def _bundesbank(rows: Rows, layout: Layout) -> Plan | None:
    """Return the plan of the Bundesbank's series: each has a column of flags beside it, and lines about it above."""
    header = rows[0]
    if header[0].strip() or not any(cell.endswith(FLAGS) for cell in header):
        return None
    body = [number for number, row in enumerate(rows) if looks_dated(row[0])]
    if not body:
        return None
    values = [at for at, cell in enumerate(header) if cell.strip() and not cell.endswith(FLAGS)]
    comma = any("," in rows[number][at] for number in body for at in values)
    blocks = tuple(Block(symbol=header[at].strip(), columns={"date": 0, "close": at}) for at in values)
    known = layout.with_defaults({"missing": (".",), **({"decimal": ","} if comma else {})})
    return Plan(first_row=body[0], width=len(header), shape="wide", blocks=blocks, layout=known)


def _bare(rows: Rows, layout: Layout) -> Plan | None:
    """Return the plan of rows without a header: a date, perhaps a time, then open, high, low and close.

    The order of the prices is that of MetaTrader, HistData and Kraken; it counts only where in every row the second is
    the greatest and the third the least of the four.
    """
    first = rows[0]
    timed = len(first) > 1 and _TIME.fullmatch(first[1].strip()) is not None
    start = 2 if timed else 1
    whole = [row for row in rows if any(cell.strip() for cell in row)]
    if len(whole) < 2 or len(first) not in range(start + 4, start + 4 + 3):
        return None
    if not all(len(row) == len(first) and _is_stamp(row[0]) and _in_order(row[start : start + 4]) for row in whole):
        return None
    columns = {"date": 0, **({"time": 1} if timed else {}), "open": start, "high": start + 1, "low": start + 2}
    columns["close"] = start + 3
    if len(first) > start + 4:
        columns["volume"] = start + 4
    block = Block(columns=columns, symbol=layout.symbol)
    return Plan(first_row=0, width=len(first), shape="long", blocks=(block,), layout=layout)


def _is_stamp(cell: str) -> bool:
    """Return whether a cell is a date or a number of seconds since 1970, and nothing else."""
    return looks_dated(cell) or _STAMP.fullmatch(cell.strip()) is not None


def _in_order(cells: Sequence[str]) -> bool:
    """Return whether four cells are numbers, the second the greatest and the third the least of them."""
    try:
        values = [float(cell) for cell in cells]
    except ValueError:
        return False
    return values[1] == max(values) > values[2] == min(values) or len(set(values)) == 1


def _named_rows(rows: Rows, layout: Layout) -> Plan | None:
    """Return the plan of EventStudyTools' data files: rows of name, day (dd.mm.yyyy) and price, without a header."""
    whole = [row for row in rows if len(row) == 3]
    if len(whole) < len([row for row in rows if any(cell.strip() for cell in row)]):
        return None
    if not all(
        row[0].strip() and _DOTTED.fullmatch(row[1].strip()) and _PRICE.fullmatch(row[2].strip()) for row in whole
    ):
        return None
    # A minus sign marks the midpoint of bid and ask: their example's prices are those of CRSP.
    known = layout.with_defaults({"date_format": "%d.%m.%Y", "negative": "midpoint"})
    block = Block(columns={"symbol": 0, "date": 1, "close": 2})
    return Plan(first_row=0, width=3, shape="long", blocks=(block,), layout=known)


SPECIAL = (_stacked, _coded, _klines, _bundesbank, _bare, _named_rows)
