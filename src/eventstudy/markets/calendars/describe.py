"""The session of a market near a day, in words and UTC: for people who want to check a clock."""

from __future__ import annotations

import datetime as dt

from ...errors import UsageError
from ...instruments.instrument import Instrument
from .schedule import known_range, schedule

WEEKS = dt.timedelta(days=31)


def session_near(instrument: Instrument, day: str) -> dict[str, str]:
    """Return the first session from a day on: its hours, when its price is observed, and the calendar's bounds.

    Parameters
    ----------
    instrument : Instrument
    day : str
        ISO 8601.

    Returns
    -------
    dict of str to str
        ``session``, ``hours_utc`` (stretches of trading), ``observation_utc``, ``timezone``, ``known_from`` and
        ``known_until``.

    Raises
    ------
    UsageError
        If the day is not a date.
    NotEnoughDataError
        If it lies outside the calendar.

    Examples
    --------
    >>> from eventstudy.instruments.catalogue import find_instrument
    >>> session_near(find_instrument("^N225"), "2020-01-08")["hours_utc"]
    '00:00-02:30, 03:30-06:00'
    """
    try:
        first = dt.date.fromisoformat(day)
    except ValueError:
        raise UsageError(f"{day!r} is no date; write it as 2020-01-08") from None
    low, high = known_range(instrument.calendar)
    found = schedule(instrument, first, max(first, min(first + WEEKS, high)))
    row, stretches = found.frame().iloc[0], found.stretches()
    mine = stretches[stretches["session"] == row["session"]]
    times = [f"{start:%H:%M}-{end:%H:%M}" for start, end in zip(mine["start"], mine["end"], strict=True)]
    return {
        "session": f"{row['session']:%Y-%m-%d}",
        "hours_utc": ", ".join(times),
        "observation_utc": f"{row['observation']:%Y-%m-%d %H:%M}",
        "timezone": found.timezone,
        "known_from": low.isoformat(),
        "known_until": high.isoformat(),
    }
