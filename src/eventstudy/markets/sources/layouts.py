"""How a table of prices is laid out: declared by its owner, or read off its header.

The columns of several vendors are known by name. The order of day and month is never guessed, nor the decimal sign, nor
the zone of a time that has none.
"""

from __future__ import annotations

import difflib
import os
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from ...errors import InputError, UnknownNameError, UsageError
from ...files import MEGABYTE, local_path, parse_toml, read_bytes
from ...schema import check_fields, validated

# Names of columns, in lower case and without <> and #. Stooq: its export's header (<TICKER>,<PER>,<DATE>,<TIME>,...).
# Refinitiv: fields of the Data Library (TRDPRC_1, HIGH_1, LOW_1, OPEN_PRC, ACVOL_UNS), of its time series (CLOSE,
# COUNT) and of Tick History's bars (#RIC, Domain, Date-Time, Type, Last, No. Trades). Bloomberg: PX_ fields of BDH.
ROLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "date": (
            "date",
            "dates",
            "date-time",
            "datetime",
            "timestamp",
            "trade date",
            "exchange date",
            "timestamp_utc",
            "__index_level_0__",
        ),
        "time": ("time",),
        "symbol": ("symbol", "ticker", "ric", "instrument", "security"),
        "open": ("open", "px_open", "open_prc", "open price"),
        "high": ("high", "px_high", "high_1", "high price"),
        "low": ("low", "px_low", "low_1", "low price"),
        "close": ("close", "px_last", "trdprc_1", "last", "last price", "close price"),
        "volume": ("volume", "vol", "px_volume", "acvol_uns"),
        "adj_close": ("adj close", "adj_close"),
    }
)
BESIDE = frozenset(
    {
        *("per", "openint", "count", "domain", "type", "gmt offset", "alias underlying ric", "no. trades"),
        *("dividends", "stock splits", "capital gains"),
    }
)
ROLE_OF = MappingProxyType({name: role for role, names in ROLES.items() for name in names})
SHAPES = ("long", "wide", "blocks")
HEADER_WITHIN = 30
LIKENESS = 0.8


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What the owner of a file says about it; whatever is left out is read off the header or has one meaning only.

    Parameters
    ----------
    columns : mapping of str to str
        Our name of a column (``date``, ``time``, ``symbol``, ``open``, ``high``, ``low``, ``close``, ``volume``,
        ``adj_close``) to the file's.
    ignore : sequence of str
        Columns of the file that are not wanted.
    shape : {"", "long", "wide", "blocks"}
        ``long``: a row is one symbol on one date. ``wide``: one close a symbol side by side. ``blocks``: symbols in a
        row above the header, each over its own columns.
    symbol : str
        The symbol, where the file is about one and does not say which.
    date_format : str
        As `datetime.strptime` has it, for example ``"%d/%m/%Y"``.
    timezone : str
        IANA zone of times that are written without one.
    decimal, thousands, delimiter, encoding : str
    missing : sequence of str
        Cells that mean "no price": where the close is one, the row is left out.
    sheet : str
        Of an Excel file with several.

    Raises
    ------
    UsageError
        If a value is not one of those possible.

    Examples
    --------
    >>> Layout(columns={"close": "Settle"}, date_format="%d.%m.%Y", decimal=",").columns["close"]
    'Settle'
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    ignore: Sequence[str] = ()
    shape: str = ""
    symbol: str = ""
    date_format: str = ""
    timezone: str = ""
    decimal: str = "."
    thousands: str = ""
    delimiter: str = ""
    encoding: str = "utf-8-sig"
    missing: Sequence[str] = ()
    sheet: str = ""

    def __post_init__(self) -> None:
        check_fields(self)
        for role in self.columns:
            if role not in ROLES:
                raise UnknownNameError("column", role, ROLES, "layout")
        if self.shape and self.shape not in SHAPES:
            raise UnknownNameError("shape", self.shape, SHAPES, "layout")
        if self.timezone and self.timezone not in zoneinfo.available_timezones():
            raise UnknownNameError("timezone", self.timezone, zoneinfo.available_timezones(), "layout")
        if self.decimal not in (".", ",") or self.decimal == self.thousands or len(self.thousands) > 1:
            raise UsageError("layout: decimal is . or , and thousands another single character or nothing")
        if len(self.delimiter) > 1:
            raise UsageError(f"layout: delimiter {self.delimiter!r} is more than one character")
        try:
            "".encode(self.encoding)
        except LookupError:
            raise UsageError(f"layout: encoding {self.encoding!r} is not known; write for example cp1252") from None


def read_layout(path: str | os.PathLike[str]) -> Layout:
    """Read a layout from a TOML file whose keys are the parameters of `Layout`.

    Raises
    ------
    InputError
        If the file cannot be read.
    UsageError
        If it is not TOML, or a key or value is wrong.
    """
    file = local_path(path)
    return validated(Layout, parse_toml(read_bytes(file, limit=MEGABYTE), str(file)), str(file))


@dataclass(frozen=True, kw_only=True)
class Block:
    """The columns of one symbol, or of many where one of them is the symbol: our name to the position in the row."""

    columns: Mapping[str, int]
    symbol: str = ""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Where a table's rows begin, counted from 0, and which columns they have; `shape` as `Layout` has it."""

    first_row: int
    width: int
    shape: str
    blocks: tuple[Block, ...]


def find_plan(rows: Sequence[Sequence[str]], layout: Layout, file: Path) -> Plan | None:
    """Find the header among the first rows and say what its columns are; None where no row looks like one.

    Raises
    ------
    InputError
        If a column means nothing, two columns mean the same, or one that is needed is missing.
    """
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        roles = [_role(cell, layout) for cell in row]
        if "date" in roles:
            above = rows[number - 1] if number else ()
            return _plan(row, roles, above, _named_above(rows[:number]), number, layout, file)
    return None


def _role(cell: str, layout: Layout) -> str:
    """Our name for a column; empty for none, ``-`` for one that is not wanted."""
    name = cell.strip()
    for role, theirs in layout.columns.items():
        if name == theirs:
            return role
    if name in layout.ignore:
        return "-"
    plain = name.lower().strip("<>#")
    role = ROLE_OF.get(plain, "")
    if role in layout.columns:
        return "-"
    return "-" if plain in BESIDE else role


def _named_above(rows: Sequence[Sequence[str]]) -> str:
    """Symbol in a line such as ``Security,CL1 Comdty`` above the header."""
    for row in rows:
        if len(row) > 1 and ROLE_OF.get(row[0].strip().lower().rstrip(":")) == "symbol":
            return row[1].strip()
    return ""


def _plan(
    header: Sequence[str],
    roles: Sequence[str],
    above: Sequence[str],
    symbol: str,
    number: int,
    layout: Layout,
    file: Path,
) -> Plan:
    """Make the plan of a header that has a date."""
    where = f"{file}:{number + 1}"
    starts = [at for at, cell in enumerate(above[: len(header)]) if cell.strip()]
    prices = {"close", "open", "high", "low"} & set(roles)
    shape = layout.shape or ("wide" if not prices else "blocks" if starts and roles.count("close") > 1 else "long")
    if shape == "wide":
        blocks = _wide(header, roles, bool(layout.shape), where)
    elif shape == "blocks":
        blocks = _blocks(header, roles, above, starts, where)
    else:
        blocks = (Block(columns=_columns(header, roles, range(len(header)), where), symbol=layout.symbol or symbol),)
    return Plan(first_row=number + 1, width=len(header), shape=shape, blocks=blocks)


def _columns(header: Sequence[str], roles: Sequence[str], span: Sequence[int], where: str) -> dict[str, int]:
    """Positions by our names; every column of the span must mean something, and none twice."""
    found: dict[str, int] = {}
    for at in span:
        if not roles[at]:
            if not header[at].strip():
                continue
            hint = UnknownNameError("column", header[at], ROLE_OF)
            raise InputError(f"{where}: {hint}; declare it in a layout, under columns or ignore")
        if roles[at] in found:
            both = f"{header[found[roles[at]]]} and {header[at]}"
            raise InputError(f"{where}: {both} are both the {roles[at]}; keep one, or declare which in a layout")
        if roles[at] != "-":
            found[roles[at]] = at
    if missing := [role for role in ("date", "close") if role not in found]:
        raise InputError(f"{where}: no column for the {missing[0]}; declare it in a layout, under columns")
    return found


def _wide(header: Sequence[str], roles: Sequence[str], declared: bool, where: str) -> tuple[Block, ...]:
    """One block a column beside the date; a column like a known name is likelier a slip than a symbol."""
    if roles.count("date") != 1:
        raise InputError(f"{where}: a wide table has one date column; name it in a layout, under columns")
    date = list(roles).index("date")
    if missing := [at for at, name in enumerate(header) if not name.strip() and at != date]:
        raise InputError(f"{where}: column {missing[0] + 1} has no name; a wide table has a symbol over each column")
    names = [header[at].strip() for at in range(len(header)) if at != date and roles[at] != "-"]
    if len(set(names)) < len(names) or not names:
        raise InputError(f"{where}: symbols stand twice, or there are none, in {','.join(header)}")
    slips = [] if declared else [n for n in names if difflib.get_close_matches(n.lower(), ROLE_OF, 1, LIKENESS)]
    if slips:
        known = UnknownNameError("column", slips[0], ROLE_OF)
        raise InputError(f'{where}: {known}; if it is a symbol, declare shape = "wide" in a layout')
    return tuple(
        Block(symbol=header[at].strip(), columns={"date": date, "close": at})
        for at in range(len(header))
        if at != date and roles[at] != "-"
    )


def _blocks(
    header: Sequence[str], roles: Sequence[str], above: Sequence[str], starts: Sequence[int], where: str
) -> tuple[Block, ...]:
    """One block from each symbol above the header to the next; one without dates of its own has the first column's."""
    blocks = []
    if not starts:
        raise InputError(f"{where}: no symbols in the row above the header")
    for start, stop in zip(starts, [*starts[1:], len(header)], strict=True):
        span = list(range(start, stop))
        if "date" not in [roles[at] for at in span]:
            span = [list(roles).index("date"), *span]
        blocks.append(Block(symbol=above[start].strip(), columns=_columns(header, roles, span, where)))
    return tuple(blocks)
