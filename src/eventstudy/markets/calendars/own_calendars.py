"""Trading hours of markets that have no calendar of their own elsewhere: declared in ``clocks.toml``, local time."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any, cast

import numpy as np

from .hours import Days, Hours, wall_time

FILES = ("clocks.toml", "holidays.csv", "overrides.toml")


@dataclass(frozen=True, kw_only=True)
class Week:
    """Regular hours from a date on: local times, where ``"-1 18:00"`` is on the eve of the session's date.

    `monday` and `reopen` are the openings of a Monday's session and of one after a holiday, where they differ;
    `pause` stops every session.
    """

    since: dt.date
    open: str
    close: str
    monday: str = ""
    reopen: str = ""
    pause: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Holiday:
    """A weekday out of the ordinary.

    ``closed``: no trading that day. ``halt``: no session of its own, but trading until `at`, which counts for the
    next session. ``close``: a session that ends at `at`.
    """

    date: dt.date
    verb: str
    at: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A market's trading week, its holidays, and the dates between which both are known."""

    name: str
    title: str
    timezone: str
    first: dt.date
    last: dt.date
    weeks: tuple[Week, ...]
    holidays: tuple[Holiday, ...]


@functools.cache
def clocks() -> Mapping[str, Clock]:
    """Return the project's own clocks by name.

    Examples
    --------
    >>> clocks()["NYMEX"].timezone
    'America/New_York'
    """
    tables = tomllib.loads(package_file("clocks.toml"))
    holidays = _read_holidays()
    return MappingProxyType({name: _clock(name, table, holidays) for name, table in tables.items()})


def package_file(name: str) -> str:
    """Return the text of one of the `FILES` beside this module."""
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def regular_hours(clock: Clock, first: dt.date, last: dt.date) -> Hours:
    """Return the hours of the sessions of `clock` from `first` to `last`, local wall-clock time."""
    lead = dt.timedelta(days=10)
    days = np.arange(np.datetime64(first - lead), np.datetime64(last + lead))
    days = days[np.is_busday(days)]
    idle = np.array([each.date for each in clock.holidays if each.verb != "close"], dtype="datetime64[D]")
    sessions = days[~np.isin(days, idle)]
    hours = _weekly(clock, sessions)
    near = [each for each in clock.holidays if sessions[0] <= np.datetime64(each.date) <= sessions[-1]]
    for holiday in near:
        hours = _shifted(hours, sessions, clock, holiday)
    for holiday in near:
        if holiday.verb == "halt":
            hours = hours.plus(_halted(sessions, clock, holiday))
    return hours.within(first, last)


def _weekly(clock: Clock, sessions: Days) -> Hours:
    """Hours of `sessions` by the regular week of each."""
    parts = []
    for week, until in zip(clock.weeks, [*clock.weeks[1:], None], strict=True):
        mine = sessions >= np.datetime64(week.since)
        if until is not None:
            mine &= sessions < np.datetime64(until.since)
        parts.append(_week_hours(week, sessions[mine]))
    return functools.reduce(Hours.plus, parts)


def _week_hours(week: Week, sessions: Days) -> Hours:
    """Hours of `sessions` by one regular week."""
    opens = wall_time(sessions, week.open)
    if week.monday:
        opens = np.where(np.is_busday(sessions, weekmask="Mon"), wall_time(sessions, week.monday), opens)
    hours = Hours.of(sessions, opens, wall_time(sessions, week.close))
    if week.pause:
        hours = hours.pausing(*(wall_time(hours.session, at) for at in week.pause))
    return hours


def _shifted(hours: Hours, sessions: Days, clock: Clock, holiday: Holiday) -> Hours:
    """End the session of a holiday early, or begin the one after it at its own time."""
    if holiday.verb == "close":
        return hours.closing(hours.session == np.datetime64(holiday.date), wall_time(hours.session, holiday.at))
    reopen = _week_of(clock, holiday.date).reopen
    if not reopen:
        return hours
    return hours.opening(hours.session == _following(sessions, holiday), wall_time(hours.session, reopen))


def _halted(sessions: Days, clock: Clock, holiday: Holiday) -> Hours:
    """Trading on a holiday until its halt, which counts for the next session."""
    day = np.array([holiday.date], dtype="datetime64[D]")
    hours = _week_hours(_week_of(clock, holiday.date), day)
    hours = hours.closing(hours.session == day, wall_time(hours.session, holiday.at))
    return Hours.of(np.full(hours.session.size, _following(sessions, holiday)), hours.start, hours.end)


def _following(sessions: Days, holiday: Holiday) -> np.datetime64:
    """Find the first session after a holiday."""
    return cast(np.datetime64, sessions[np.searchsorted(sessions, np.datetime64(holiday.date))])


def _week_of(clock: Clock, day: dt.date) -> Week:
    """Find the regular week in force on a day."""
    return [each for each in clock.weeks if each.since <= day][-1]


def _clock(name: str, table: Mapping[str, Any], holidays: Mapping[str, tuple[Holiday, ...]]) -> Clock:
    """Make a clock of its TOML table."""
    weeks = tuple(Week(**{**row, "pause": tuple(row.get("pause", ()))}) for row in table["weeks"])
    return Clock(name=name, **{**table, "weeks": weeks, "holidays": holidays[table["holidays"]]})


def _read_holidays() -> Mapping[str, tuple[Holiday, ...]]:
    """Read the tables of holidays, one tuple a table."""
    lines: Iterable[str] = (line for line in package_file("holidays.csv").splitlines() if not line.startswith("#"))
    found: dict[str, list[Holiday]] = {}
    for row in csv.DictReader(lines):
        day = dt.date.fromisoformat(row["date"])
        found.setdefault(row["table"], []).append(Holiday(date=day, verb=row["verb"], at=row["at"], why=row["why"]))
    return {table: tuple(rows) for table, rows in found.items()}
