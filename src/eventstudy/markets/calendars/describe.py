"""Describe the session of a market near a day, in UTC, for people who want to check its clock."""

from __future__ import annotations

import datetime as dt

import numpy as np

from ...errors import UsageError
from ...instruments.instrument import Instrument
from ...instruments.own_calendar import OwnCalendar
from .corrections import overrides
from .halts import halts
from .library import SAME_HOURS, VERSION
from .own_calendars import own_calendars
from .schedule import known_range, schedule

WEEKS = dt.timedelta(days=31)


def session_near(instrument: Instrument, day: str) -> dict[str, str]:
    """Return the first session on or after a day: its hours, when its price is observed, and the sources of both.

    Parameters
    ----------
    instrument : Instrument
        Its clock is described.
    day : str
        ISO 8601 date.

    Returns
    -------
    dict of str to str
        ``session``, ``hours_utc`` (trading periods), ``observation_utc``, ``observed_at`` (a fixed local time of the
        observation, where there is one), ``timezone``, ``known_from``, ``known_until`` and ``sources`` (of the
        calendar, and of its corrections and halts on that day).

    Raises
    ------
    UsageError
        If the day is not a date.
    NotEnoughDataError
        If the day lies outside the calendar.

    Examples
    --------
    >>> from eventstudy.instruments.catalogue import find_instrument
    >>> session_near(find_instrument("^N225"), "2020-01-08")["hours_utc"]
    '00:00-02:30, 03:30-06:00'
    >>> session_near(find_instrument("CL=F"), "2020-01-08")["observed_at"]
    '14:30 America/New_York'
    """
    try:
        first = dt.date.fromisoformat(day)
    except ValueError:
        raise UsageError(f"{day!r} is not a date; write it as 2020-01-08") from None
    low, high = known_range(instrument.calendar)
    found = schedule(instrument, first, max(first, min(first + WEEKS, high)))
    row, stretches = found.frame().iloc[0], found.stretches()
    mine = stretches[stretches["session"] == row["session"]]
    times = [f"{start:%H:%M}-{end:%H:%M}" for start, end in zip(mine["start"], mine["end"], strict=True)]
    session = row["session"].date()
    return {
        "session": session.isoformat(),
        "hours_utc": ", ".join(times),
        "observation_utc": f"{row['observation']:%Y-%m-%d %H:%M}",
        "observed_at": _fixed_time(instrument, session, found.timezone),
        "timezone": found.timezone,
        "known_from": low.isoformat(),
        "known_until": high.isoformat(),
        "sources": "; ".join(_sources(instrument.calendar, session)),
    }


def _fixed_time(instrument: Instrument, session: dt.date, zone: str) -> str:
    """Return the local time of the observation in a session; empty where it is the close."""
    times = [at for since, at in instrument.observed_at if since <= session]
    return f"{times[-1]:%H:%M} {instrument.observed_zone or zone}" if times else ""


def _sources(calendar: str | OwnCalendar, session: dt.date) -> list[str]:
    """List the source of a calendar, and of its corrections and halts in a session."""
    if isinstance(calendar, OwnCalendar):
        return ["declared by the user"]
    name = SAME_HOURS.get(calendar, calendar)
    base = f"clocks.toml [{name}]" if calendar in own_calendars() else f"exchange_calendars {VERSION} {name}"
    day = np.array([session], dtype="M8[D]")
    corrections = [each.source for each in overrides().get(name, ()) if each.applies(day).any()]
    stops = [f"halt: {each.why}, {each.source}" for each in halts().get(calendar, ()) if each.begin.date() == session]
    return list(dict.fromkeys([base, *corrections, *stops]))
