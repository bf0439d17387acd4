"""Corrections to exchange calendars: what happened, where the calendar says otherwise, and who says so."""

from __future__ import annotations

import datetime as dt
import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import cast

import numpy as np

from .hours import Days, Hours, Mask, wall_time
from .own_calendars import package_file


@dataclass(frozen=True, kw_only=True)
class Override:
    """One correction, in the exchange's local time.

    Parameters
    ----------
    date : date
        The session; where `last` or a break makes it a rule for many, the first of them.
    verb : str
        ``closed``; ``session`` (hold one, from `at` to `until`); ``open`` or ``close`` (at another time, `at`);
        ``break`` (trading stops from `at` to `until` and at no other time of the day).
    at, until : str
        Local times.
    last : date or None
        Last session to which the rule applies.
    weekmask : str
        Weekdays to which it applies, as numpy writes them.
    source : str
        Where it can be looked up.
    """

    date: dt.date
    verb: str
    at: str = ""
    until: str = ""
    last: dt.date | None = None
    weekmask: str = "1111111"
    source: str

    def applies(self, sessions: Days) -> Mask:
        """Which sessions it concerns, shape of `sessions`."""
        day = np.datetime64(self.date)
        if self.last is None and self.verb != "break":
            return cast(Mask, sessions == day)
        ends = np.datetime64("9999-12-31" if self.last is None else self.last)
        return np.is_busday(sessions, weekmask=self.weekmask) & (sessions >= day) & (sessions <= ends)


@functools.cache
def overrides() -> Mapping[str, tuple[Override, ...]]:
    """Return the corrections that come with the package, by calendar, in the order in which they apply.

    Examples
    --------
    >>> [each.verb for each in overrides()["XHKG"]][:3]
    ['break', 'break', 'open']
    """
    tables = tomllib.loads(package_file("overrides.toml"))
    return MappingProxyType(
        {
            mic: tuple(Override(date=date, **row) for row in rows for date in row.pop("dates"))
            for mic, rows in tables.items()
        }
    )


def corrected(hours: Hours, corrections: tuple[Override, ...], first: dt.date, last: dt.date) -> Hours:
    """Return `hours` (local) with the corrections that concern the sessions from `first` to `last`, in order."""
    for each in corrections:
        if each.verb != "session":
            hours = _changed(hours, each)
        elif first <= each.date <= last:
            day = np.array([each.date], dtype="datetime64[D]")
            added = Hours.of(day, wall_time(day, each.at), wall_time(day, each.until))
            hours = hours.without(hours.session == day).plus(added)
    return hours


def _changed(hours: Hours, change: Override) -> Hours:
    """Change the sessions that a correction concerns."""
    mine = change.applies(hours.session)
    if not mine.any():
        return hours
    if change.verb == "closed":
        return hours.without(mine)
    if change.verb == "open":
        return hours.opening(mine, wall_time(hours.session, change.at))
    if change.verb == "close":
        return hours.closing(mine, wall_time(hours.session, change.at))
    whole = hours.unbroken(mine)
    days = whole.session
    mine = change.applies(days)
    stops, resumes = (np.where(mine, wall_time(days, at), _NEVER) for at in (change.at, change.until))
    return whole.pausing(stops, resumes)


_NEVER = np.datetime64("NaT", "ns")
