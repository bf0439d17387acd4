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


def identified(events: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of events whose lines are known by ``event_id`` and ``symbol``.

    Parameters
    ----------
    events : DataFrame
        Ids of several kinds that read alike, such as 1 and ``"1"``, are one id: text.

    Raises
    ------
    UsageError
        If a column or every line is missing, a line has no id or no symbol, or two lines have the same.

    Examples
    --------
    >>> mixed = pd.DataFrame({"event_id": [1, "1"], "symbol": ["A", "B"], "session": "2020-01-08"}, dtype=object)
    >>> identified(mixed)["event_id"].tolist()
    ['1', '1']
    """
    if not {"event_id", "symbol"} <= set(events) or ("session" in events) == ("instant" in events):
        raise UsageError("events: a frame needs the columns event_id, symbol and either session or instant")
    if events.empty:
        raise UsageError("events: the frame has no line; give one line an event and market")
    keys = events[["event_id", "symbol"]]
    text = keys.astype(str)
    for name in keys:
        lacking = np.flatnonzero(keys[name].isna() | text[name].str.strip().eq(""))
        if lacking.size:
            raise UsageError(f"events: line {lacking[0] + 1} has no {name}; give one, or leave the line out")
    if text.duplicated().any():
        raise UsageError("events: duplicate event_id for one symbol; give every event an id of its own")
    alike = text["event_id"].nunique() < keys["event_id"].nunique()
    return events.assign(event_id=text["event_id"]) if alike else events


def session_days(events: pd.DataFrame) -> pd.Series:
    """Return the column ``session`` as tz-naive days.

    Parameters
    ----------
    events : DataFrame
        ``session`` holds ISO days, dates, or timestamps at midnight without a time zone.

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
    days = [_day(value, where) for where, value in _lines(events, "session")]
    return pd.Series(pd.DatetimeIndex(days).as_unit("s"), index=cells.index, name="session")


def instants(events: pd.DataFrame) -> list[pd.Timestamp]:
    """Return the column ``instant`` as instants in UTC.

    Parameters
    ----------
    events : DataFrame
        ``instant`` holds ISO 8601 text or datetimes, with a time zone.

    Returns
    -------
    list of Timestamp
        UTC, in the order of the rows.

    Raises
    ------
    UsageError
        For any other value; the message names the line.
    """
    cells = events["instant"]
    if isinstance(cells.dtype, pd.DatetimeTZDtype) and cells.notna().all():
        return list(cells.dt.tz_convert("UTC"))
    return [_instant(value, where) for where, value in _lines(events, "instant")]


def _lines(events: pd.DataFrame, column: str) -> Iterator[tuple[str, Any]]:
    """Yield a description of each cell's line, and the cell."""
    keys = [name for name in ("event_id", "symbol") if name in events]
    labels = events[keys].astype(str).agg(", ".join, axis=1) if keys else pd.Series("", index=events.index)
    for number, (label, value) in enumerate(zip(labels, events[column], strict=True), start=1):
        yield f"events: line {number} ({label}): {column} {value!r}", value


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
