"""Check that the sessions of one event_id lie close together.

One event is one piece of news: day 0 of its markets may differ across the date line, but not by weeks.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ...errors import UsageError
from ...instruments.catalogue import Instruments
from ...panel import each_row
from .own_sessions import sessions_within

APART = 2


def refuse_apart(events: pd.DataFrame, instruments: Instruments) -> None:
    """Refuse an event whose sessions in two markets lie more than two weekdays apart.

    Days on which a market was closed do not count.

    Parameters
    ----------
    events : DataFrame
        ``event_id``, ``market`` and ``session`` (tz-naive day), as given by the user; sessions computed from an instant
        are right at any distance.
    instruments : Instruments
        Where symbols are looked up; for one without a clock, weekdays are counted.

    Raises
    ------
    UsageError
        The message names the rows.

    Examples
    --------
    >>> days = pd.to_datetime(["2020-01-07", "2020-01-17"])
    >>> refuse_apart(pd.DataFrame({"event_id": "e", "market": ["A", "B"], "session": days}), Instruments())
    Traceback (most recent call last):
        ...
    eventstudy.errors.UsageError: events: e is one event with sessions more than two weekdays apart (row 0: A on 2020-01-07; row 1: B on 2020-01-17); give each piece of news an event_id of its own, or correct the sessions
    """  # noqa: E501
    if events["event_id"].is_unique:
        return
    first = events.groupby("event_id", sort=False)["session"].transform("min")
    last = events["session"]
    known = (first.notna() & last.notna()).to_numpy()
    days = np.zeros(len(events), dtype=np.int64)
    since, to = (part[known].to_numpy().astype("M8[D]") for part in (first, last))
    days[known] = np.busday_count(since, to)
    for at in np.flatnonzero(days > APART):
        row: Any = events.iloc[at]
        if _open_days(str(row["market"]), instruments, first.iloc[at], row["session"], int(days[at])) > APART:
            raise UsageError(_apart(events[events["event_id"] == row["event_id"]]))


def _open_days(market: str, instruments: Instruments, first: pd.Timestamp, last: pd.Timestamp, weekdays: int) -> int:
    """Return the number of sessions of a market after `first` up to `last`; weekdays if its calendar is unknown."""
    instrument = instruments.get(market)
    sessions = None if instrument is None else sessions_within(instrument, pd.DatetimeIndex([first, last]))
    return weekdays if sessions is None else min(weekdays, int((sessions > first).sum()))


def _apart(rows: pd.DataFrame) -> str:
    """Return the message that names the rows of an event."""
    shown = "; ".join(
        f"row {index}: {row.market} on {row.session:%Y-%m-%d}"
        for index, row in zip(rows.index, each_row(rows), strict=True)
    )
    return (
        f"events: {rows['event_id'].iloc[0]} is one event with sessions more than two weekdays apart ({shown}); "
        "give each piece of news an event_id of its own, or correct the sessions"
    )
