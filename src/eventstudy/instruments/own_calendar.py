"""Calendars that are declared, not taken from a library: trading weeks, holidays, and the dates they are known for.

The project's own stand in ``markets/calendars/clocks.toml``; a user declares one as the ``clock`` of an instrument.
"""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypedDict
from zoneinfo import ZoneInfo

from annotated_types import MinLen, Predicate

from ..errors import InputError
from ..files import read_bytes
from ..schema import validated

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WORKDAYS = "Mon Tue Wed Thu Fri"
# Without holidays there is no year in which a calendar ends; these are the years for which other calendars answer.
EARLIEST, LATEST = dt.date(1990, 1, 1), dt.date(2029, 12, 31)


@dataclass(frozen=True, kw_only=True)
class Week:
    """Regular hours from a date on: local times, where ``"-1 18:00"`` is on the eve of the session's date.

    Parameters
    ----------
    since : date
    open, close : str
    days : str
        Weekdays of the sessions.
    monday, reopen : str
        Opening of a Monday's session and of one after a holiday, where they differ.
    breaks : tuple of pairs of str
        Times at which every session stops and goes on.
    """

    since: dt.date
    open: str
    close: str
    days: str = WORKDAYS
    monday: str = ""
    reopen: str = ""
    breaks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Holiday:
    """A day out of the ordinary.

    Parameters
    ----------
    date : date
    verb : str
        ``closed``: no trading that day. ``halt``: no session of its own, but trading until `at`, which counts for the
        next session. ``close``: a session that ends at `at`. ``session``: a session on a day that has none by the
        week, in the week's hours.
    at, why : str
    """

    date: dt.date
    verb: str
    at: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class OwnCalendar:
    """A market's trading weeks, its holidays, and the dates between which both are known."""

    name: str
    title: str
    timezone: str
    first: dt.date
    last: dt.date
    weeks: tuple[Week, ...]
    holidays: tuple[Holiday, ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        return self.name


def is_zone(name: str) -> bool:
    """Whether a text is the name of an IANA time zone; a folder of the time zone database is none.

    Parameters
    ----------
    name : str

    Returns
    -------
    bool
    """
    try:
        return ZoneInfo(name).key == name
    except (LookupError, ValueError, OSError):
        return False


def _is_time(text: str) -> bool:
    """Whether a text is a local time, perhaps of the eve."""
    return re.fullmatch(r"(-1 )?([01]\d|2[0-4]):[0-5]\d", text) is not None


Text = Annotated[str, MinLen(1), "text in quotes, not empty"]
Zone = Annotated[str, Predicate(is_zone), 'the name of a time zone such as "Asia/Tokyo"']
Time = Annotated[str, Predicate(_is_time), 'a local time such as "09:30", or "-1 18:00" on the eve']
Weekdays = Annotated[
    str, Predicate(lambda text: bool(text) and set(text.split()) <= set(WEEKDAYS)), f'weekdays such as "{WORKDAYS}"'
]
Breaks = Annotated[tuple[tuple[Time, Time], ...], 'a list of pairs of times such as [["11:30", "12:30"]]']


class _Since(TypedDict):
    """Keys that a trading week must have."""

    since: dt.date
    open: Time
    close: Time


class WeekTable(_Since, total=False):
    """Keys of a trading week."""

    days: Weekdays
    breaks: Breaks
    monday: Time
    reopen: Time


class _Zoned(TypedDict):
    """Key that a calendar must have."""

    timezone: Zone


class ShortDay(TypedDict):
    """Keys of a day on which trading ends early."""

    date: dt.date
    close: Time


class CalendarTable(_Zoned, total=False):
    """Keys of a calendar."""

    title: str
    first: dt.date
    last: dt.date
    open: Time
    close: Time
    days: Weekdays
    breaks: Breaks
    weeks: Annotated[tuple[WeekTable, ...], MinLen(1), "a list of tables, one a trading week"]
    holidays: Annotated[
        str | tuple[dt.date | ShortDay, ...],
        'the name of a CSV file, or a list of dates and { date = 2020-12-24, close = "12:00" }',
    ]


def calendar_of(name: str, table: object, where: str, holidays_of: Callable[[str], tuple[Holiday, ...]]) -> OwnCalendar:
    """Make a calendar of its table.

    Parameters
    ----------
    name : str
    table : object
        ``timezone``, then ``open`` and ``close`` (and ``days``, ``breaks``) or dated ``weeks``; ``holidays``, ``first``
        and ``last``.
    where : str
        File and table, for messages.
    holidays_of : callable
        Finds the holidays where the table only names them.

    Returns
    -------
    OwnCalendar

    Raises
    ------
    InputError, UnknownNameError
        If the table is wrong.

    Examples
    --------
    >>> table = {"timezone": "Asia/Ho_Chi_Minh", "open": "09:00", "close": "14:45", "holidays": [dt.date(2020, 1, 1)]}
    >>> calendar_of("HOSE", table, "study.toml", lambda file: ()).last
    datetime.date(2020, 12, 31)
    """
    checked: Mapping[str, Any] = validated(CalendarTable, table, where, InputError)
    listed = checked.get("holidays", ())
    holidays = holidays_of(listed) if isinstance(listed, str) else tuple(map(_listed, listed))
    years = [each.date.year for each in holidays]
    first = checked.get("first", dt.date(min(years), 1, 1) if years else EARLIEST)
    last = checked.get("last", dt.date(max(years), 12, 31) if years else LATEST)
    weeks = _weeks(checked, where)
    if first > last or [week.since for week in weeks] != sorted(week.since for week in weeks):
        raise InputError(f"{where}: dates must run forward in time, from first to last and from week to week")
    return OwnCalendar(
        name=name,
        title=checked.get("title", name),
        timezone=checked["timezone"],
        first=first,
        last=last,
        weeks=weeks,
        holidays=holidays,
    )


def _weeks(table: Mapping[str, Any], where: str) -> tuple[Week, ...]:
    """Trading weeks of a calendar, given one by one or as one that always holds."""
    short = {key: table[key] for key in ("open", "close", "days", "breaks") if key in table}
    if bool(short) == ("weeks" in table):
        raise InputError(f'{where}: give open = "09:00" and close = "15:00", or a list of weeks, not both')
    if short and not {"open", "close"} <= short.keys():
        raise InputError(f'{where}: give both open = "09:00" and close = "15:00"')
    weeks = tuple(Week(**row) for row in table.get("weeks", ({"since": dt.date.min, **short},)))
    for week in weeks:
        _check_hours(week, where)
    return weeks


def _check_hours(week: Week, where: str) -> None:
    """Raise `InputError` unless a session ends after it begins, with its breaks in between and in the order of time."""
    openings = [text for text in (week.open, week.monday, week.reopen) if text]
    pauses = [text for pause in week.breaks for text in pause]
    for opening in openings:
        written = [opening, *(pauses if opening == week.open else ()), week.close]
        minutes = [minutes_of(text) for text in written]
        if any(late <= early for early, late in itertools.pairwise(minutes)):
            raise InputError(
                f"{where}: the times {', '.join(written)} do not run forward; a session that begins on the eve has "
                'open = "-1 18:00"'
            )


def minutes_of(written: str) -> int:
    """Return the minutes from midnight of the session's date to a local time; negative on the eve.

    Parameters
    ----------
    written : str
        ``"HH:MM"``, or ``"-1 HH:MM"`` for the day before.

    Returns
    -------
    int

    Examples
    --------
    >>> minutes_of("09:30"), minutes_of("-1 18:00")
    (570, -360)
    """
    day, _, clock = written.rpartition(" ")
    hour, minute = map(int, clock.split(":"))
    return int(day or 0) * 24 * 60 + hour * 60 + minute


def calendar_table(calendar: OwnCalendar) -> dict[str, Any]:
    """Return the table that declares a calendar; `calendar_of` makes the same of it.

    Parameters
    ----------
    calendar : OwnCalendar

    Returns
    -------
    dict
        Keys of `CalendarTable`.
    """
    weeks = [{key: value for key, value in asdict(week).items() if value} for week in calendar.weeks]
    for week in weeks:
        week["breaks"] = [list(pause) for pause in week.get("breaks", ())]
    return {
        "timezone": calendar.timezone,
        "title": calendar.title,
        "first": calendar.first,
        "last": calendar.last,
        "weeks": weeks,
        "holidays": [
            each.date if each.verb == "closed" else {"date": each.date, "close": each.at} for each in calendar.holidays
        ],
    }


def read_holidays(path: Path) -> tuple[Holiday, ...]:
    """Read a file of holidays: CSV with the column ``date`` and, for short days, ``close``; lines with # are notes.

    Parameters
    ----------
    path : Path

    Returns
    -------
    tuple of Holiday
        In the order of the file.

    Raises
    ------
    InputError
        If the file cannot be read, or a row is wrong.
    """
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path}: not UTF-8 text; save the holidays as CSV in UTF-8") from None
    rows = list(csv.DictReader(line for line in text.splitlines() if line.strip() and not line.startswith("#")))
    if not rows or "date" not in rows[0]:
        raise InputError(f"{path}: no column `date`; give one holiday a line, such as 2020-01-01, below that heading")
    return tuple(_holiday(row, f"{path}: row {number}") for number, row in enumerate(rows, 1))


def _holiday(row: Mapping[str, str | None], where: str) -> Holiday:
    """Make a holiday of a row of the user's file."""
    close = (row.get("close") or "").strip()
    try:
        day = dt.date.fromisoformat((row["date"] or "").strip())
    except ValueError:
        raise InputError(f"{where}: date is {row['date']!r}; write it as 2020-01-01") from None
    if close and not _is_time(close):
        raise InputError(f"{where}: close is {close!r}; write a local time such as 12:30, or leave it empty")
    return Holiday(date=day, verb="close", at=close) if close else _closed(day)


def _listed(day: dt.date | ShortDay) -> Holiday:
    """Make a holiday of an item of a list."""
    return _closed(day) if isinstance(day, dt.date) else Holiday(date=day["date"], verb="close", at=day["close"])


def _closed(day: dt.date) -> Holiday:
    """Return a day without trading."""
    return Holiday(date=day, verb="closed")
