"""Months without a year, beside the answers that a reader of English gives."""

import datetime as dt

import pytest

from eventstudy.news.dating.calendar_days import part_span, resolve_day
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


SATURDAY, SUNDAY, MONDAY = dt.date(2020, 1, 18), dt.date(2020, 1, 19), dt.date(2020, 1, 20)


@pytest.mark.parametrize(
    ("today", "unit", "shift", "first", "last"),
    [
        (JANUARY, "week", 0, dt.date(2020, 1, 13), dt.date(2020, 1, 20)),
        (SUNDAY, "week", 0, dt.date(2020, 1, 13), dt.date(2020, 1, 20)),
        (MONDAY, "week", -1, dt.date(2020, 1, 13), dt.date(2020, 1, 20)),
        (MONDAY, "week", 1, dt.date(2020, 1, 27), dt.date(2020, 2, 3)),
        (JANUARY, "weekend", 0, dt.date(2020, 1, 11), dt.date(2020, 1, 13)),
        (JANUARY, "weekend", -1, dt.date(2020, 1, 11), dt.date(2020, 1, 13)),
        (JANUARY, "weekend", 1, dt.date(2020, 1, 18), dt.date(2020, 1, 20)),
        (SATURDAY, "weekend", 0, dt.date(2020, 1, 18), dt.date(2020, 1, 20)),
        (SUNDAY, "weekend", 0, dt.date(2020, 1, 18), dt.date(2020, 1, 20)),
        (MONDAY, "weekend", 0, dt.date(2020, 1, 18), dt.date(2020, 1, 20)),
        (JANUARY, "month", 0, dt.date(2020, 1, 1), dt.date(2020, 2, 1)),
        (JANUARY, "month", -1, dt.date(2019, 12, 1), dt.date(2020, 1, 1)),
        (JUNE, "month", 7, dt.date(2021, 1, 1), dt.date(2021, 2, 1)),
        (JANUARY, "year", -1, dt.date(2019, 1, 1), dt.date(2020, 1, 1)),
        (JANUARY, "year", 1, dt.date(2021, 1, 1), dt.date(2022, 1, 1)),
        (JANUARY, "day", -1, dt.date(2020, 1, 14), dt.date(2020, 1, 15)),
    ],
)
def test_shifts(today, unit, shift, first, last):
    found = resolve_day(Day(shift=shift, unit=unit), today, False)
    assert (found.first, found.last) == (first, last)


@pytest.mark.parametrize(
    ("day", "first", "warned"),
    [
        (Day(year=2020, month=1, day=15, weekday=2), JANUARY, False),
        (Day(year=2020, month=1, day=15, weekday=3), JANUARY, True),
        (Day(year=2020, month=3, day=1, swapped=True), dt.date(2020, 1, 3), True),  # 12 days off, not 46
        (Day(year=2020, month=1, day=3, swapped=True), dt.date(2020, 1, 3), True),
        (Day(year=2020, month=2, day=6, swapped=True), dt.date(2020, 2, 6), True),
    ],
)
def test_a_whole_date(day, first, warned):
    found = resolve_day(day, JANUARY, False)
    assert found.first == first and bool(found.warnings) == warned
    assert resolve_day(day, None, False).first == dt.date(day.year, day.month, day.day)


def test_without_the_writers_day_only_whole_dates_and_years_are_known():
    assert resolve_day(Day(year=2019, unit="year"), None, False).last == dt.date(2020, 1, 1)
    assert resolve_day(Day(month=1, day=8), None, False) is None
    assert resolve_day(Day(month=1, unit="month"), None, False) is None


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (dt.date(2019, 6, 1), dt.date(2016, 2, 29)),
        (dt.date(2020, 1, 14), dt.date(2016, 2, 29)),  # 46 days before the next one
        (dt.date(2020, 1, 15), dt.date(2020, 2, 29)),
        (dt.date(1904, 1, 1), dt.date(1896, 2, 29)),  # 1900 was no leap year
    ],
)
def test_the_29th_of_february(today, expected):
    assert resolve_day(Day(month=2, day=29), today, False).first == expected


@pytest.mark.parametrize(
    ("which", "weekday", "days"),
    [("following", 3, 1), ("past", 1, -8), ("previous", 0, -2), ("this", 1, -1)],
)
def test_other_words_for_last_and_next(which, weekday, days):
    assert resolve_day(Day(weekday=weekday, which=which), JANUARY, False).first == JANUARY + dt.timedelta(days=days)


@pytest.mark.parametrize(
    ("part", "relative", "start", "end"),
    [
        ("morning", True, "2020-01-15T11:00", "2020-01-15T17:00"),
        ("overnight", True, "2020-01-14T23:00", "2020-01-15T11:00"),
        ("overnight", False, "2020-01-15T23:00", "2020-01-16T11:00"),
    ],
)
def test_parts_of_a_day_in_new_york(part, relative, start, end):
    found = part_span(part, JANUARY, "America/New_York", relative=relative)
    assert [f"{moment:%Y-%m-%dT%H:%M}" for moment in found] == [start, end]


@pytest.mark.parametrize(
    ("day", "future", "found"),
    [
        (Day(month=1, day=5), False, "2021-01-05"),  # "on January 5", written on December 20: within 45 days
        (Day(month=2, day=5), False, "2020-02-05"),
        (Day(month=3, day=5), True, "2021-03-05"),  # "will vote on March 5"
        (Day(month=11, day=30), True, "2020-11-30"),  # 345 days away
    ],
)
def test_a_date_without_a_year_near_the_turn_of_the_year(day, future, found):
    assert resolve_day(day, dt.date(2020, 12, 20), future).first == dt.date.fromisoformat(found)
