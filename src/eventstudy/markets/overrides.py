"""Corrections to exchange calendars: what happened, where the calendar says otherwise, and who says so."""

from __future__ import annotations

import datetime as dt
import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from .clocks import package_file
from .hours import Hours, wall_time


@dataclass(frozen=True, kw_only=True)
class Override:
    """One correction, in the exchange's local time.

    Parameters
    ----------
    date : date
        The session; for ``break`` the first of those with that break.
    verb : str
        ``closed``; ``session`` (one that the calendar lacks, from `at` to `until`); ``open`` or ``close`` (at
        another time, `at`); ``break`` (trading stops from `at` to `until`).
    at, until : str
        Local times.
    last : date or None
        Last session with the break; None: still so.
    weekmask : str
        Weekdays of the break, as numpy writes them.
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


@functools.cache
def overrides() -> Mapping[str, tuple[Override, ...]]:
    """Return the corrections that come with the package, by calendar.

    Examples
    --------
    >>> [each.verb for each in overrides()["XHKG"]][:2]
    ['open', 'open']
    """
    tables = tomllib.loads(package_file("overrides.toml"))
    return MappingProxyType({mic: tuple(Override(**row) for row in rows) for mic, rows in tables.items()})


def corrected(hours: Hours, corrections: tuple[Override, ...], first: dt.date, last: dt.date) -> Hours:
    """Return `hours` (local) with the corrections for the sessions from `first` to `last`, in order."""
    for each in corrections:
        if each.verb == "break":
            hours = _with_break(hours, each)
        elif first <= each.date <= last:
            hours = _changed(hours, each)
    return hours


def _changed(hours: Hours, change: Override) -> Hours:
    """Change one session."""
    day = np.array([change.date], dtype="datetime64[D]")
    if change.verb == "closed":
        return hours.without(change.date)
    if change.verb == "session":
        return hours.plus(Hours.of(day, wall_time(day, change.at), wall_time(day, change.until)))
    move = {"open": hours.opening, "close": hours.closing}[change.verb]
    return move(change.date, wall_time(day, change.at)[0])


def _with_break(hours: Hours, rule: Override) -> Hours:
    """Stop trading during a break, on the days to which the rule applies."""
    days = hours.session
    mine = np.is_busday(days, weekmask=rule.weekmask) & (days >= np.datetime64(rule.date))
    if rule.last is not None:
        mine &= days <= np.datetime64(rule.last)
    starts, ends = (np.where(mine, wall_time(days, at), np.datetime64("NaT", "ns")) for at in (rule.at, rule.until))
    return hours.pausing(starts, ends)
