"""Tables of events with a surprise of known size, and what markets did in windows of minutes around them."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from ..errors import InputError, UnknownNameError, UsageError
from ..files import local_path, read_bytes
from ..markets.prices.bars import Bars, BarSet
from ..markets.sources.grids import check_zip
from ..optional import need

INSTANT = "instant_utc"
NEW_YORK = ZoneInfo("America/New_York")
DAY = pd.Timedelta(days=1)
CONTROL_DAYS = 10
# A price this much older than the start of a window does not tell where the window began.
STALE = pd.Timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class SurpriseWindow:
    """A window around an event, and the sheet of a published database that has the changes in it.

    Parameters
    ----------
    first, last : float
        Minutes from the event.
    sheet : str
        Of the U.S. Monetary Policy Event-Study Database.
    """

    first: float
    last: float
    sheet: str = ""


WINDOWS = {
    "statement": SurpriseWindow(first=-10, last=20, sheet="Statements"),
    "press-conference": SurpriseWindow(first=-10, last=60, sheet="Press Conferences"),
    "whole": SurpriseWindow(first=-10, last=90, sheet="Monetary Events"),
    "minutes": SurpriseWindow(first=-10, last=20, sheet="Minutes"),
}
CHANGE_COLUMNS = ["event", "market", "change", "reason"]


def surprise_window(given: str | Sequence[float]) -> SurpriseWindow:
    """Return a window by its name, or from minutes such as ``(-10, 20)`` or ``"-10:20"``.

    Parameters
    ----------
    given : str or pair of float
        ``statement`` (10 minutes before to 20 after), ``press-conference`` (10 before its beginning to 60 after),
        ``whole`` (10 before the statement to 90 after, 60 minutes into a conference half an hour later), ``minutes``.

    Returns
    -------
    SurpriseWindow

    Raises
    ------
    UnknownNameError
        If the name is not one.
    UsageError
        If the minutes are not two numbers, the first below the second.

    Examples
    --------
    >>> surprise_window("whole").last, surprise_window("-5:25").first
    (90, -5.0)
    """
    if isinstance(given, str) and given in WINDOWS:
        return WINDOWS[given]
    parts = given.split(":") if isinstance(given, str) else given
    if isinstance(given, str) and len(parts) != 2:
        raise UnknownNameError("window", given, WINDOWS)
    try:
        first, last = (float(each) for each in parts)
    except (TypeError, ValueError):
        raise UsageError(f"window {given!r}: give two numbers of minutes, such as -10:20") from None
    if not first < last:
        raise UsageError(f"window {given!r}: its first minute must come before its last")
    return SurpriseWindow(first=first, last=last)


def read_surprises(path: str | os.PathLike[str], window: str | Sequence[float] = "statement") -> pd.DataFrame:
    """Read a table of events with their surprises.

    Parameters
    ----------
    path : path
        A CSV file with ``instant_utc`` (ISO 8601 with a time zone) and any numeric columns, such as ``actual`` and
        ``consensus``; or the Excel file of the U.S. Monetary Policy Event-Study Database (Federal Reserve Bank of San
        Francisco), whose ``date_time`` is in Eastern time.
    window : str or pair of float
        Which of the database's sheets is read.

    Returns
    -------
    DataFrame
        In the order of ``instant_utc`` (UTC); the other columns as they stand.

    Raises
    ------
    InputError
        If the file cannot be read, or has no such column or sheet; or an instant is wrong.
    """
    file = local_path(path)
    excel = file.suffix.lower() in (".xlsx", ".xlsm")
    table = _sheet(file, surprise_window(window)) if excel else _csv(file)
    if INSTANT not in table and "date_time" in table:
        # The database's own clock: the hour that occurs twice in autumn holds no release, so it is never ambiguous.
        eastern = pd.to_datetime(table["date_time"], errors="coerce")
        instants = eastern.dt.tz_localize(NEW_YORK, ambiguous="NaT", nonexistent="NaT").dt.tz_convert("UTC")
    elif INSTANT in table:
        instants = _instants(table[INSTANT])
    else:
        raise InputError(f"{file}: no column {INSTANT!r}; found {', '.join(map(str, table.columns))}")
    if instants.isna().any():
        row = int(np.flatnonzero(instants.isna())[0])
        raise InputError(f"{file}: row {row + 2}: no instant with a time zone, such as 2020-01-29T19:00:00Z")
    return table.assign(**{INSTANT: instants}).sort_values(INSTANT, kind="stable").reset_index(drop=True)


def _csv(file: Path) -> pd.DataFrame:
    """Read a table of text."""
    try:
        return pd.read_csv(io.BytesIO(read_bytes(file)))
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(f"{file}: not a CSV file in UTF-8 ({error})") from None


def _sheet(file: Path, window: SurpriseWindow) -> pd.DataFrame:
    """Read one sheet of a workbook: that of the window where there is one of its name, else the first."""
    need("openpyxl", "excel")
    content = read_bytes(file)
    check_zip(content, file)
    try:
        with pd.ExcelFile(io.BytesIO(content)) as book:
            return pd.read_excel(book, sheet_name=_chosen([str(name) for name in book.sheet_names], window, file))
    except InputError:
        raise
    except Exception as error:  # openpyxl raises whatever a malformed part leads to
        raise InputError(f"{file}: not an Excel file ({type(error).__name__}: {error})") from None


def _chosen(sheets: Sequence[str], window: SurpriseWindow, file: Path) -> str:
    """Return the sheet of a window; the only one where there is no other."""
    if window.sheet in sheets:
        return window.sheet
    if len(sheets) > 1:
        raise InputError(f"{file}: no sheet {window.sheet or 'of this window'!r}; the sheets are {', '.join(sheets)}")
    return sheets[0]


def _instants(column: pd.Series) -> pd.Series:
    """Read instants; one without a time zone is missing."""
    text = column.astype(str).str.strip()
    zoned = text.str.contains(r"(?:Z|[+-]\d\d:?\d\d)$", regex=True)
    return pd.to_datetime(text.where(zoned), format="ISO8601", utc=True, errors="coerce")


def window_changes(
    instants: pd.Series | pd.DatetimeIndex,
    bars: BarSet,
    window: str | Sequence[float] = "statement",
    *,
    change: bool = False,
) -> pd.DataFrame:
    """Measure how much every market moved in a window around every instant.

    The move is from the close of the last bar that ended by the first minute to that of the last by the last minute.

    Parameters
    ----------
    instants : Series or DatetimeIndex
        UTC.
    bars : BarSet
        Bars no longer than the window.
    window : str or pair of float
        See `surprise_window`.
    change : bool
        Whether moves are differences instead of log returns.

    Returns
    -------
    DataFrame
        ``event`` (position), ``market``, ``change`` (NaN where there is none) and ``reason``.

    Raises
    ------
    UsageError
        If bars are daily, or longer than the window.
    """
    span, at = surprise_window(window), pd.DatetimeIndex(instants)
    parts = []
    for symbol, own in bars.items():
        moves, reasons = _moves(own, at, span, change=change)
        parts.append(pd.DataFrame({"event": np.arange(len(at)), "market": symbol, "change": moves, "reason": reasons}))
    return pd.concat(parts, ignore_index=True)[CHANGE_COLUMNS]


def _moves(own: Bars, at: pd.DatetimeIndex, span: SurpriseWindow, *, change: bool) -> tuple[Any, Any]:
    """Return the moves of one market, NaN where there is none, and the reasons."""
    if own.length is None:
        raise UsageError(f"{own.symbol}: windows in minutes need bars within the day, not daily prices")
    if own.length > pd.Timedelta(minutes=span.last - span.first):
        raise UsageError(f"{own.symbol}: bars of {own.length} are longer than the window; give shorter ones")
    begin, end = (at + pd.Timedelta(minutes=minutes) for minutes in (span.first, span.last))
    ends, close = own.ends, own.frame["close"].to_numpy(dtype=float)
    before, after = (ends.searchsorted(each, side="right") - 1 for each in (begin, end))
    age = begin - ends[np.maximum(before, 0)]
    stale = (before < 0) | (age > max(own.length, STALE))
    silent = ~stale & (ends[np.maximum(after, 0)] <= at)
    first, last = close[np.maximum(before, 0)], close[np.maximum(after, 0)]
    unusable = ~stale & ~silent & (not change) & ((first <= 0) | (last <= 0))
    good = ~(stale | silent | unusable)
    moves = np.full(len(at), np.nan)
    moves[good] = last[good] - first[good] if change else np.log(last[good] / first[good])
    reasons = np.select(
        [stale, silent, unusable],
        ["no price at the window's beginning", "no price after the event within the window", "a price is not positive"],
        "",
    )
    return moves, reasons


def control_instants(
    instants: pd.Series, window: str | Sequence[float] = "statement", *, days: int = CONTROL_DAYS
) -> pd.DatetimeIndex:
    """Return the same time of day (UTC) on the days before each instant, where no window of an event is touched.

    Parameters
    ----------
    instants : Series of Timestamp
        UTC.
    window : str or pair of float
    days : int
        How many days before each.

    Returns
    -------
    DatetimeIndex
        In order, each once.
    """
    span, at = surprise_window(window), pd.DatetimeIndex(instants).sort_values()
    if not len(at) or not days:
        return at[:0]
    found = pd.DatetimeIndex(
        np.unique(np.concatenate([(at - k * DAY).to_numpy() for k in range(1, days + 1)])), tz="UTC"
    )
    length = pd.Timedelta(minutes=span.last - span.first)
    position = at.searchsorted(found)
    before, after = at[np.maximum(position - 1, 0)], at[np.minimum(position, len(at) - 1)]
    near = ((found >= before) & (found - before < length)) | ((after >= found) & (after - found < length))
    return found[~near]
