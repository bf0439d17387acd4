"""Recognise how a list of events is laid out: our own columns, EventStudyTools' request file, a list for WRDS."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from ..errors import InputError
from ..markets.sources.roles import plain_name
from .event_files import Row

OWN_WINDOWS = ("estimation_first", "estimation_last", "window_first", "window_last")
# Other names of our columns: the sample's list, EventStudyTools and WRDS (whose queries take PERMNO, ticker or CUSIP).
ALIASES = MappingProxyType(
    {
        **dict.fromkeys(("id", "event id"), "event_id"),
        **dict.fromkeys(("firm id", "permno", "ticker", "cusip", "isin"), "symbol"),
        **dict.fromkeys(("event date", "edate", "evtdate"), "event_date"),
        **dict.fromkeys(("market id",), "benchmark"),
        **dict.fromkeys(("grouping variable",), "group"),
        "start event window": "window_first",
        "end event window": "window_last",
        "end of estimation window": "estimation_last",
        "estimation window length": "estimation_length",
        "start utc": "occurred_start",
        "end utc": "occurred_end",
    }
)
REQUEST = ("event_id", "symbol", "benchmark", "event_date", "group", *OWN_WINDOWS[2:], "estimation_last")
REQUEST_FILE = (*REQUEST, "estimation_length")
TIMES = frozenset({"session", "instant", "public", "occurred_start", "event_date"})
# Ways to write an event date; slashes with the day and the month in either order are settled by the list as a whole.
DATES = {
    r"\d{4}-\d{2}-\d{2}": ("%Y-%m-%d",),
    r"\d{8}": ("%Y%m%d",),
    r"\d{4}/\d{1,2}/\d{1,2}": ("%Y/%m/%d",),
    r"\d{1,2}\.\d{1,2}\.\d{4}": ("%d.%m.%Y",),
    r"\d{1,2}[A-Za-z]{3}\d{4}": ("%d%b%Y",),
    r"\d{1,2}/\d{1,2}/\d{4}": ("%d/%m/%Y", "%m/%d/%Y"),
}
NEEDED = (
    "event_id (or id), one of session, instant, public or start_utc, and symbol where a line meets one market; a "
    "request file of EventStudyTools and a list of symbols and dates for WRDS are read as they are"
)


def laid_out(rows: Sequence[Row], file: Path) -> pd.DataFrame:
    """Return the cells of a list under our names of its columns.

    Parameters
    ----------
    rows : sequence of tuple of int and list of str
        Of `eventstudy.study.event_files.read_cells`.
    file : Path
        For messages.

    Returns
    -------
    DataFrame of str
        Rows by line. Ids that a list does not have are made of symbol and date.

    Raises
    ------
    InputError
        If the columns are not known, one occurs twice, or a date can be read in more than one way.
    """
    line, first = rows[0]
    names, body = [_ours(cell) for cell in first], rows[1:]
    if not TIMES & set(names):
        names, body = _without_header(rows, file), rows
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"{file}:{line}: two columns {twice[0]}; keep one")
    if not body:
        raise InputError(f"{file}: a header and no events; give one line an event")
    lines = pd.Index([number for number, _ in body], name="line")
    table = pd.DataFrame([row for _, row in body], index=lines, columns=names, dtype=str)
    if "start utc" in map(plain_name, first):  # our own lists say when a report was public, unless `basis` says else
        basis = table["basis"].replace("", "public") if "basis" in table else "public"
        table = table.assign(basis=basis)
    if "event_date" in table:
        table = _with_sessions(table, file)
    if "estimation_length" in table:
        table = _with_first(table, file)
    return table


def _ours(cell: str) -> str:
    """Return our name of a column; any other name as it stands."""
    name = plain_name(cell)
    known = ALIASES.get(name, name.replace(" ", "_"))
    return known if known in TIMES or known in STRUCTURE else cell


STRUCTURE = frozenset(
    {
        *("event_id", "symbol", "benchmark", "group", "occurred_end", "precision", "approximate", "basis", "title"),
        *("url", "source", "weight", "surprise", "estimation_length", *OWN_WINDOWS),
    }
)


def _without_header(rows: Sequence[Row], file: Path) -> list[str]:
    """Return the columns of a list without a header, by its first row."""
    line, first = rows[0]
    if len(first) == len(REQUEST_FILE) and _dated(first[3]) and all(map(_whole, first[5:])):
        return list(REQUEST_FILE)
    if len(first) == 2 and _dated(first[1]) and not _dated(first[0]):
        return ["symbol", "event_date"]
    dated = "date" in map(plain_name, first)
    cure = "; a `date` that is day 0 is called session, or event_date as in other programs" if dated else ""
    raise InputError(
        f"{file}:{line}: the columns {','.join(first)[:200]!r} are no list of events; it needs {NEEDED}{cure}"
    )


def _dated(cell: str) -> bool:
    return any(re.fullmatch(shape, cell) for shape in DATES)


def _whole(cell: str) -> bool:
    return re.fullmatch(r"[-+]?\d+", cell) is not None


def _with_sessions(table: pd.DataFrame, file: Path) -> pd.DataFrame:
    """Return the dates of another program as ISO days, and ids where there are none."""
    cells = table.pop("event_date")
    shape = next((one for one in DATES if re.fullmatch(one, cells.iloc[0])), None)
    if shape is None:
        raise InputError(f"{file}:{cells.index[0]}: {cells.iloc[0]!r} is not a date; write it as 2020-01-08")
    other = cells[~cells.str.fullmatch(shape)]
    if len(other):
        line, cell = other.index[0], other.iloc[0]
        raise InputError(f"{file}:{line}: {cell!r} is written in another way than {cells.iloc[0]!r}; write all alike")
    read = [pd.to_datetime(cells, format=written, errors="coerce") for written in DATES[shape]]
    fit = [one for one in read if one.notna().all()]
    if not fit:
        line = read[0].index[read[0].isna()][0]
        raise InputError(f"{file}:{line}: {cells[line]!r} is no day of the calendar")
    if len(fit) > 1 and not fit[0].equals(fit[1]):
        raise InputError(f"{file}: {cells.iloc[0]!r} may be day or month first; write the dates as 2020-01-08")
    days = fit[0].dt.strftime("%Y-%m-%d")
    ids = {} if "event_id" in table else {"event_id": table["symbol"] + " " + days}
    return table.assign(session=days, **ids)


def _with_first(table: pd.DataFrame, file: Path) -> pd.DataFrame:
    """Return the first row of the estimation window in place of its length."""
    length = table.pop("estimation_length")
    for line, cells in zip(table.index, zip(table["estimation_last"], length, strict=True), strict=True):
        if not all(map(_whole, cells)):
            raise InputError(
                f"{file}:{line}: estimation window {cells}: two whole numbers, its last row and its length"
            )
    first = table["estimation_last"].astype(int) - length.astype(int) + 1
    return table.assign(estimation_first=first.astype(str))
