"""Months without a year, beside the answers that a reader of English gives."""

import datetime as dt

import pytest

from eventstudy.news.dating.calendar_days import resolve_day
from eventstudy.news.grammar.scanner import Day

JANUARY, JUNE = dt.date(2020, 1, 15), dt.date(2020, 6, 15)


@pytest.mark.parametrize(
    ("today", "day", "future", "month"),
    [
        (JANUARY, Day(month=11, unit="month"), False, (2019, 11)),  # "in November", written in January
        (JANUARY, Day(month=11, unit="month"), True, (2020, 11)),  # "will open in November"
        (JANUARY, Day(month=11, unit="month", which="next"), False, (2020, 11)),
        (JANUARY, Day(month=11, unit="month", which="last"), False, (2019, 11)),
        (JANUARY, Day(month=11, unit="month", year=2015), False, (2015, 11)),
        (JUNE, Day(month=6, unit="month"), False, (2020, 6)),  # the month of writing is this one
        (JUNE, Day(month=6, unit="month"), True, (2020, 6)),
        (JUNE, Day(month=6, unit="month", which="last"), False, (2019, 6)),  # but not "last June", written in June
        (JUNE, Day(month=5, unit="month", which="last"), False, (2020, 5)),
        (JUNE, Day(month=5, unit="month"), False, (2020, 5)),
        (JUNE, Day(month=5, unit="month"), True, (2021, 5)),
        (JUNE, Day(month=7, unit="month"), False, (2019, 7)),
    ],
)
def test_a_month_without_a_year(today, day, future, month):
    found = resolve_day(day, today, future)
    year, number = month
    assert found.first == dt.date(year, number, 1)
    assert found.last == dt.date(year + number // 12, number % 12 + 1, 1)


@pytest.mark.parametrize(
    ("third", "first", "last"), [("early", 1, 10), ("mid", 11, 20), ("late", 21, 30), ("end", 21, 30), ("", 1, 30)]
)
def test_a_third_of_a_month(third, first, last):
    found = resolve_day(Day(month=11, unit="month", third=third), JANUARY, False)
    assert (found.first, found.last) == (dt.date(2019, 11, first), dt.date(2019, 11, last) + dt.timedelta(days=1))


@pytest.mark.parametrize(
    ("month", "day", "future", "expected"),
    [
        (2, 29, False, dt.date(2020, 2, 29)),  # 45 days after the writing is still the same matter
        (3, 1, False, dt.date(2019, 3, 1)),
        (3, 1, True, dt.date(2020, 3, 1)),
        (11, 30, True, dt.date(2020, 11, 30)),
        (12, 1, True, dt.date(2019, 12, 1)),  # more than 320 days ahead
        (1, 15, False, JANUARY),
    ],
)
def test_a_date_without_a_year(month, day, future, expected):
    assert resolve_day(Day(month=month, day=day), JANUARY, future).first == expected


@pytest.mark.parametrize(
    ("which", "future", "weekday", "days"),
    [
        ("", False, 2, 0),  # 15 January 2020 is a Wednesday
        ("", True, 2, 0),
        ("", False, 1, -1),
        ("", False, 3, -6),
        ("", True, 3, 1),
        ("", True, 1, 6),
        ("next", False, 2, 7),
        ("next", False, 3, 1),
        ("last", False, 2, -7),
        ("last", False, 1, -8),
        ("last", False, 0, -2),
    ],
)
def test_a_weekday(which, future, weekday, days):
    found = resolve_day(Day(weekday=weekday, which=which), JANUARY, future)
    assert found.first == JANUARY + dt.timedelta(days=days) and found.last == found.first + dt.timedelta(days=1)
