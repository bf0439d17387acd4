"""Read ids and dates of events from a frame; an ambiguous date is refused, never guessed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from ...errors import UsageError
from ...events import parse_instant

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
SESSION = "write an ISO day such as 2020-01-08, or put an instant with its time zone into the column `instant`"
INSTANT = "write an instant with its time zone, such as 2020-01-07T22:30:00Z, or put a day into the column `session`"


LINE = "events: line "


def identified(events: pd.DataFrame, symbols: pd.Series, where: str = LINE) -> tuple[pd.DataFrame, bool]:
    """Return a frame of events whose lines are known by ``event_id`` and symbol, and whether the id alone tells them.

    Parameters
    ----------
    events : DataFrame
        Ids of several kinds that read alike, such as 1 and ``"1"``, are one id: text. Lines are numbered by the index
        where that is called ``line``, else from 1.
    symbols : Series
        Of `symbols_of`.
    where : str
        What stands before the number of a line in messages.

    Raises
    ------
    UsageError
        If every line is missing, a line has no id, or two lines have the same id and symbol.

    Examples
    --------
    >>> mixed = pd.DataFrame({"event_id": [1, "1"], "symbol": ["A", "B"], "session": "2020-01-08"}, dtype=object)
    >>> identified(mixed, symbols_of(mixed))[0]["event_id"].tolist()
    ['1', '1']
    """
    if "event_id" not in events or not TIMES & set(events):
        raise UsageError(
            "events: a frame needs the columns event_id and session or instant, and symbol or every market"
        )
    if events.empty:
        raise UsageError("events: the frame has no line; give one line an event and market")
    text = events["event_id"].astype(str)
    lacking = np.flatnonzero(events["event_id"].isna() | text.str.strip().eq(""))
    if lacking.size:
        raise UsageError(f"{where}{line_of(events, lacking[0])} has no event_id; give one, or leave the line out")
    if text.is_unique:
        return events, True
    keys = pd.DataFrame({"event_id": text, "symbol": symbols.fillna("")})
    twice = np.flatnonzero(keys.duplicated())
    if twice.size:
        key = keys.iloc[twice[0]]
        first, line = (line_of(events, at) for at in np.flatnonzero(keys.eq(key).all(axis=1))[:2])
        raise UsageError(
            f"{where}{line} has a duplicate event_id for one symbol ({' in '.join(filter(None, key))}, as on line "
            f"{first}); give every event an id of its own, or leave one of the two out"
        )
    mixed = events["event_id"].dtype == object
    alike = mixed and text.nunique() < events["event_id"].nunique()
    return events.assign(event_id=text) if alike else events, False


TIMES = frozenset({"session", "instant", "public", "occurred_start"})


def symbols_of(events: pd.DataFrame) -> pd.Series:
    """Return the symbol of each line as text; missing where the line meets every market.

    Parameters
    ----------
    events : DataFrame

    Returns
    -------
    Series
    """
    if "symbol" not in events:
        return pd.Series(None, index=events.index, dtype=object)
    symbols = events["symbol"]
    if pd.api.types.infer_dtype(symbols, skipna=True) != "string":
        symbols = symbols.astype(object).where(symbols.notna(), None).map(lambda one: None if one is None else str(one))
    codes, known = pd.factorize(symbols)
    text = [one if one.strip() else None for one in known]
    return pd.Series(np.array([*text, None], dtype=object)[codes], index=events.index, dtype=object)


def line_of(events: pd.DataFrame, position: int) -> int:
    """Return the number of a line: its label where the index is called ``line``, else from 1.

    Parameters
    ----------
    events : DataFrame
    position : int

    Returns
    -------
    int
    """
    return int(events.index[position]) if events.index.name == "line" else int(position) + 1


def session_days(events: pd.DataFrame, where: str = LINE) -> pd.Series:
    """Return the column ``session`` as tz-naive days.

    Parameters
    ----------
    events : DataFrame
        ``session`` holds ISO days, dates, or timestamps at midnight without a time zone.
    where : str
        What stands before the number of a line in messages.

    Returns
    -------
    Series of datetime64
        Tz-naive, indexed as `events`.

    Raises
    ------
    UsageError
        For any other value; the message names the line.

    Examples
    --------
    >>> session_days(pd.DataFrame({"session": ["2020-01-08"]})).tolist()
    [Timestamp('2020-01-08 00:00:00')]
    """
    cells = events["session"]
    if pd.api.types.is_datetime64_dtype(cells.dtype) and (cells == cells.dt.normalize()).all():
        return cells
    days = [_day(value, told) for told, value in _lines(events, "session", where)]
    return pd.Series(pd.DatetimeIndex(days).as_unit("s"), index=cells.index, name="session")


def instants(events: pd.DataFrame, column: str = "instant", where: str = LINE) -> list[pd.Timestamp]:
    """Return a column as instants in UTC.

    Parameters
    ----------
    events : DataFrame
        The column holds ISO 8601 text or datetimes, with a time zone.
    column : str
    where : str
        What stands before the number of a line in messages.

    Returns
    -------
    list of Timestamp
        UTC, in the order of the rows.

    Raises
    ------
    UsageError
        For any other value; the message names the line.
    """
    cells = events[column]
    if isinstance(cells.dtype, pd.DatetimeTZDtype) and cells.notna().all():
        return list(cells.dt.tz_convert("UTC"))
    return [_instant(value, told) for told, value in _lines(events, column, where)]


def _lines(events: pd.DataFrame, column: str, where: str) -> Iterator[tuple[str, Any]]:
    """Yield a description of each cell's line, and the cell."""
    keys = [events[name].tolist() for name in ("event_id", "symbol") if name in events]
    for position, (value, *labels) in enumerate(zip(events[column], *keys, strict=True)):
        yield f"{where}{line_of(events, position)} ({', '.join(map(str, labels))}): {column} {value!r}", value


def _day(value: Any, where: str) -> pd.Timestamp:
    """Return one day."""
    if isinstance(value, str):
        if not ISO_DAY.fullmatch(value.strip()):
            raise UsageError(f"{where} is not an ISO day; {SESSION}")
        try:
            return pd.Timestamp(dt.date.fromisoformat(value.strip()))
        except ValueError:
            raise UsageError(f"{where} is not a day of the calendar; {SESSION}") from None
    if isinstance(value, dt.date | np.datetime64) and not pd.isna(value):
        at = pd.Timestamp(value)
        if at.tzinfo is not None:
            raise UsageError(f"{where}: `session` is a day without a time zone; {SESSION}")
        if at != at.normalize():
            raise UsageError(f"{where} has a time of day; {SESSION}")
        return at
    raise UsageError(f"{where} is not a day; {SESSION}")


def _instant(value: Any, where: str) -> pd.Timestamp:
    """Return one instant."""
    try:
        if isinstance(value, str):
            return pd.Timestamp(parse_instant(value))
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None
    if not isinstance(value, dt.datetime) or pd.isna(value):
        raise UsageError(f"{where} is not an instant; {INSTANT}")
    if value.tzinfo is None:
        raise UsageError(f"{where} has no time zone; {INSTANT}")
    return pd.Timestamp(value).tz_convert("UTC")
