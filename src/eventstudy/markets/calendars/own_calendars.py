"""Trading hours of calendars that are declared in tables; the project's own are in ``clocks.toml``."""

from __future__ import annotations

import csv
import datetime as dt
import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypedDict, cast

import numpy as np
from annotated_types import MinLen, Predicate

from ...errors import InputError
from ...files import package_text, parse_toml
from ...instruments.own_calendar import WEEKDAYS, Holiday, OwnCalendar, Time, Week, calendar_of
from ...schema import validated
from .hours import LONGEST_CLOSURE, Days, Hours, Mask, wall_time

FILES = ("clocks.toml", "halts.toml", "holidays.csv", "overrides.toml")


@functools.cache
def own_calendars() -> Mapping[str, OwnCalendar]:
    """Return the project's own calendars by name.

    Returns
    -------
    mapping of str to OwnCalendar
        By name.

    Examples
    --------
    >>> own_calendars()["NYMEX"].timezone
    'America/New_York'
    """
    tables = parse_toml(package_text(__package__, "clocks.toml"), "clocks.toml", InputError)
    holidays = holiday_tables(package_text(__package__, "holidays.csv"))
    return MappingProxyType(
        {
            name: calendar_of(name, table, f"clocks.toml: [{name}]", holidays.__getitem__)
            for name, table in tables.items()
        }
    )


def _is_day(text: str) -> bool:
    """Return whether a text is a date such as ``2020-01-01``."""
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


class HolidayRow(TypedDict):
    """Columns of ``holidays.csv``."""

    table: Annotated[str, MinLen(1), "the name of a table, as clocks.toml has it"]
    date: Annotated[str, Predicate(_is_day), "a date such as 2020-01-01"]
    verb: Literal["closed", "halt", "close"]
    at: Time | Literal[""]
    why: Annotated[str, MinLen(1), "the name of the day"]


def holiday_tables(text: str, where: str = "holidays.csv") -> Mapping[str, tuple[Holiday, ...]]:
    r"""Read the package's holidays, by table.

    Parameters
    ----------
    text : str
        CSV; lines that begin with # are comments.
    where : str
        File, for messages.

    Returns
    -------
    mapping of str to tuple of Holiday
        In ascending order of dates.

    Raises
    ------
    InputError
        If a row is wrong, or the dates of a table do not ascend.
    UnknownNameError
        If a verb is not known.

    Examples
    --------
    >>> holiday_tables("table,date,verb,at,why\nx,2020-01-01,closed,,New Year")["x"][0].verb
    'closed'
    """
    numbered = [(number, line) for number, line in enumerate(text.splitlines(), 1) if not line.startswith("#")]
    found: dict[str, list[Holiday]] = {}
    for (number, _), row in zip(numbered[1:], csv.DictReader(line for _, line in numbered), strict=True):
        here = f"{where}:{number}"
        checked: Any = validated(HolidayRow, row, here, InputError)
        if (checked["verb"] == "closed") == bool(checked["at"]):
            raise InputError(f"{here}: halt and close need a time, closed has none")
        day, rows = dt.date.fromisoformat(checked["date"]), found.setdefault(checked["table"], [])
        if rows and rows[-1].date >= day:
            raise InputError(f"{here}: {day} does not come after {rows[-1].date}; keep the days of a table in order")
        rows.append(Holiday(date=day, verb=checked["verb"], at=checked["at"], why=checked["why"]))
    return {table: tuple(rows) for table, rows in found.items()}


def regular_hours(calendar: OwnCalendar, first: dt.date, last: dt.date) -> Hours:
    """Return the hours of a calendar's sessions, in local wall-clock time.

    Parameters
    ----------
    calendar : OwnCalendar
        Trading weeks and holidays.
    first, last : date
        Session labels, both included.

    Returns
    -------
    Hours
        Without halts and corrections.
    """
    # A holiday moves the opening of the next session, which may lie beyond the range, as may the day before the first.
    days = np.arange(np.datetime64(first - LONGEST_CLOSURE), np.datetime64(last + LONGEST_CLOSURE))
    near = [each for each in calendar.holidays if days[0] <= np.datetime64(each.date) <= days[-1]]
    sessions = days[_has_session(calendar, days, near)]
    if not sessions.size:
        return Hours.of(sessions, wall_time(sessions, "00:00"), wall_time(sessions, "00:00"))
    near = [each for each in near if sessions[0] <= np.datetime64(each.date) <= sessions[-1]]
    hours = _weekly(calendar, sessions)
    for holiday in near:
        hours = _shifted(hours, sessions, calendar, holiday)
    # Halts come last: the trading before a halt is added to the next session, whose opening must be final by then.
    for holiday in near:
        if holiday.verb == "halt":
            hours = hours.plus(_halted(sessions, calendar, holiday))
    return hours.within(first, last)


def _has_session(calendar: OwnCalendar, days: Days, near: list[Holiday]) -> Mask:
    """Return which days have a session: by the trading week in force, minus holidays, plus added sessions."""
    held = np.zeros(days.size, dtype=bool)
    for week, mine in _weeks(calendar, days):
        held |= mine & _on_weekdays(days, week.days)
    for holiday in near:
        if holiday.verb != "close":
            held[days == np.datetime64(holiday.date)] = holiday.verb == "session"
    return held


def _weeks(calendar: OwnCalendar, days: Days) -> list[tuple[Week, Mask]]:
    """Return each trading week with the days on which it is in force; the first also holds before its date."""
    starts = np.array([week.since for week in calendar.weeks[1:]], dtype="M8[D]")
    at = np.searchsorted(starts, days, side="right")
    return [(week, at == number) for number, week in enumerate(calendar.weeks)]


def _on_weekdays(days: Days, written: str) -> Mask:
    """Return which days are on the weekdays of a text such as ``"Mon Tue"``."""
    weekday = (days.astype("M8[D]").astype(np.int64) + 3) % 7  # 1 January 1970 was a Thursday
    return np.isin(weekday, [WEEKDAYS.index(name) for name in written.split()])


def _weekly(calendar: OwnCalendar, sessions: Days) -> Hours:
    """Return the hours of `sessions` by the trading week of each."""
    return functools.reduce(
        Hours.plus, [_week_hours(week, sessions[mine]) for week, mine in _weeks(calendar, sessions)]
    )


def _week_hours(week: Week, sessions: Days) -> Hours:
    """Return the hours of `sessions` by one trading week."""
    opens = wall_time(sessions, week.open)
    if week.monday:
        opens = np.where(_on_weekdays(sessions, "Mon"), wall_time(sessions, week.monday), opens)
    hours = Hours.of(sessions, opens, wall_time(sessions, week.close))
    for pause in week.breaks:
        hours = hours.pausing(*(wall_time(hours.session, at) for at in pause))
    return hours


def _shifted(hours: Hours, sessions: Days, calendar: OwnCalendar, holiday: Holiday) -> Hours:
    """End the session of a holiday early, or open the session after it at the reopening time."""
    if holiday.verb in ("close", "session"):
        if not holiday.at:
            return hours
        return hours.closing(hours.session == np.datetime64(holiday.date), wall_time(hours.session, holiday.at))
    reopen = _week_of(calendar, holiday.date).reopen
    if not reopen:
        return hours
    return hours.opening(hours.session == _following(sessions, holiday), wall_time(hours.session, reopen))


def _halted(sessions: Days, calendar: OwnCalendar, holiday: Holiday) -> Hours:
    """Return the trading on a holiday until its halt, which belongs to the next session."""
    day = np.array([holiday.date], dtype="datetime64[D]")
    hours = _week_hours(_week_of(calendar, holiday.date), day)
    hours = hours.closing(hours.session == day, wall_time(hours.session, holiday.at))
    return Hours.of(np.full(hours.session.size, _following(sessions, holiday)), hours.start, hours.end)


def _following(sessions: Days, holiday: Holiday) -> np.datetime64:
    """Return the first session after a holiday."""
    return cast(np.datetime64, sessions[np.searchsorted(sessions, np.datetime64(holiday.date))])


def _week_of(calendar: OwnCalendar, day: dt.date) -> Week:
    """Return the trading week in force on a day."""
    return next((each for each in reversed(calendar.weeks) if each.since <= day), calendar.weeks[0])
