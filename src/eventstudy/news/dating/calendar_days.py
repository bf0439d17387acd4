"""Resolve written days to calendar dates, and dates to UTC intervals of a time zone."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from ...events import Precision, When
from ..grammar.scanner import Day
from ..places.zones import zone
from ..text.lexicon import PARTS, WEEKDAY_NAMES

_DAY = dt.timedelta(days=1)
# A date without a year is read as last year's where this year's is more days ahead than this.
_FAR = 45


@dataclass(frozen=True, kw_only=True)
class Span:
    """Local calendar dates from `first` (included) to `last` (excluded).

    Parameters
    ----------
    first, last : date
    precision : Precision
    warnings : tuple of str
    """

    first: dt.date
    last: dt.date
    precision: Precision
    warnings: tuple[str, ...] = ()

    def when(self, name: str, approximate: bool = False) -> When:
        """Return the span as a UTC interval, from local midnight to local midnight.

        Parameters
        ----------
        name : str
            Zone: an IANA name, ``"UTC"`` or an offset such as ``"+03:00"``.
        approximate : bool
            True where the writer hedges ("about").

        Returns
        -------
        When
        """
        return When(
            start=local(self.first, 0, name),
            end=local(self.last, 0, name),
            precision=self.precision,
            tz=name,
            approximate=approximate,
        )


def local(day: dt.date, hour: int, name: str) -> dt.datetime:
    """Return the UTC instant of a full hour of a local day.

    Parameters
    ----------
    day : date
        Local date.
    hour : int
        Hour of that day; 24 and more fall on the next day.
    name : str
        Zone: an IANA name, ``"UTC"`` or an offset such as ``"+03:00"``.

    Returns
    -------
    datetime
        In UTC.
    """
    day, hour = day + dt.timedelta(days=hour // 24), hour % 24
    return dt.datetime(day.year, day.month, day.day, hour, tzinfo=zone(name)).astimezone(dt.UTC)


def part_span(part: str, day: dt.date, name: str, *, relative: bool) -> tuple[dt.datetime, dt.datetime]:
    """Return the UTC interval of a part of a local day.

    Parameters
    ----------
    part : str
        A key of `PARTS`, such as ``"morning"``.
    day : date
        Local date.
    name : str
        Zone.
    relative : bool
        True where the day is the writer's own or comes from the context; "overnight" is then the night that ends on
        that day instead of the one that begins on it.

    Returns
    -------
    tuple of datetime
        Start and end, in UTC.
    """
    first, last = PARTS[part]
    if part == "overnight" and relative:
        day -= _DAY
    return local(day, first, name), local(day, last, name)


def resolve_day(day: Day, today: dt.date | None, future: bool) -> Span | None:
    """Return the calendar dates of a written day or longer span.

    A weekday of the past is the latest such day not after `today`; one of the future is the earliest not before it.

    Parameters
    ----------
    day : Day
        As written.
    today : date or None
        The writer's date, from which relative days are counted.
    future : bool
        True where the sentence tells of something to come.

    Returns
    -------
    Span or None
        None where the day is relative and `today` is not known.

    Raises
    ------
    ValueError
        If the date does not exist, such as 30 February.
    """
    if day.year is not None and day.month is not None and day.day is not None:
        return _single(_written(day.year, day.month, day.day, day.swapped, today), day)
    if today is None:
        return _month(day) if day.year is not None else None
    if day.day is not None and day.month is not None:
        return _single(_nearest(day.month, day.day, today, future), day)
    if day.month is not None or day.year is not None:
        return _month(_with_year(day, today, future))
    if day.weekday is not None:
        return _single(_weekday(day, today, future), day)
    if day.unit == "day":
        return _single(today + (day.shift or 0) * _DAY, day)
    return _unit(day, today)


def _written(year: int, month: int, day: int, swapped: bool, today: dt.date | None) -> dt.date:
    """Return a full date; where day and month may be swapped, the reading nearer to the publication date."""
    date = dt.date(year, month, day)
    if not swapped or today is None:
        return date
    return min((date, dt.date(year, day, month)), key=lambda d: abs((d - today).days))


def _single(date: dt.date, day: Day) -> Span:
    warnings = []
    if day.weekday is not None and day.day is not None and date.weekday() != day.weekday:
        warnings.append(
            f"{date} is a {WEEKDAY_NAMES[date.weekday()]}, not the {WEEKDAY_NAMES[day.weekday]} that the text says"
        )
    if day.swapped:
        warnings.append(f"the order of day and month is ambiguous; {date} is used")
    return Span(first=date, last=date + _DAY, precision=Precision.DAY, warnings=tuple(warnings))


def _weekday(day: Day, today: dt.date, future: bool) -> dt.date:
    assert day.weekday is not None
    back = (today.weekday() - day.weekday) % 7
    if day.which in {"next", "following"}:
        return today + (7 - back) * _DAY
    if day.which in {"last", "past", "previous"}:
        # English says "yesterday", so "last Thursday" on a Friday is eight days ago
        return today - (back + 7 if back <= 1 else back) * _DAY
    return today + ((7 - back) % 7) * _DAY if future else today - back * _DAY


def _nearest(month: int, day: int, today: dt.date, future: bool) -> dt.date:
    """Return a date without a year: the latest at most 45 days after today (320 for a date to come)."""
    reach = 320 if future else _FAR
    found = []
    for year in range(today.year - 8, today.year + 2):
        if day <= calendar.monthrange(year, month)[1]:
            date = dt.date(year, month, day)
            if (date - today).days <= reach:
                found.append(date)
    if not found:
        raise ValueError("no such day")
    return found[-1]


def _with_year(day: Day, today: dt.date, future: bool) -> Day:
    if day.year is not None or day.month is None:
        return day
    year = today.year
    if (day.month > today.month and not future and day.which != "next") or (
        day.which == "last" and day.month >= today.month
    ):
        year -= 1
    elif future and day.month < today.month:
        year += 1
    return Day(year=year, month=day.month, unit="month", third=day.third)


def _month(day: Day) -> Span:
    assert day.year is not None
    if day.month is None:
        return Span(first=dt.date(day.year, 1, 1), last=dt.date(day.year + 1, 1, 1), precision=Precision.MULTI_DAY)
    days = calendar.monthrange(day.year, day.month)[1]
    first = dt.date(day.year, day.month, {"late": 21, "end": 21, "mid": 11}.get(day.third, 1))
    last = dt.date(day.year, day.month, {"early": 10, "mid": 20}.get(day.third, days)) + _DAY
    return Span(first=first, last=last, precision=Precision.MULTI_DAY)


def _unit(day: Day, today: dt.date) -> Span:
    step = day.shift or 0
    if day.unit == "week":
        first = today - today.weekday() * _DAY + 7 * step * _DAY
        return Span(first=first, last=first + 7 * _DAY, precision=Precision.MULTI_DAY)
    if day.unit == "weekend":
        # from Monday to Friday the last weekend, on Saturday and Sunday the current one
        first = today - ((today.weekday() - 5) % 7) * _DAY + 7 * (step if step > 0 else 0) * _DAY
        return Span(first=first, last=first + 2 * _DAY, precision=Precision.MULTI_DAY)
    if day.unit == "month":
        index = today.year * 12 + today.month - 1 + step
        return _month(Day(year=index // 12, month=index % 12 + 1))
    return _month(Day(year=today.year + step))
