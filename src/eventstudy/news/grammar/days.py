"""The grammar of days and parts of the day: Friday, last Friday, Jan. 8, 8 January 2020, yesterday, early hours."""

from __future__ import annotations

from dataclasses import replace

from ..text.lexicon import AMBIGUOUS_MONTHS, MONTHS, PARTS, RELATIVE_DAYS, SHORT_WEEKDAYS, WEEKDAYS
from .scanner import APOSTROPHES, DASHES, Day, Scanner

# "the overnight policy rate" is not a time of day.
_OVERNIGHT_RATES = frozenset({"cash", "deposit", "index", "lending", "policy", "rate", "rates", "repo", "swap"})


def read_part(s: Scanner, n: int) -> tuple[str, int] | None:
    """Read a part of the day: early, late, morning, early morning, in the early hours of, overnight.

    Parameters
    ----------
    s : Scanner
    n : int
        Number of the token to start at.

    Returns
    -------
    (str, int) or None
        A key of `PARTS`, and the number of the next token.
    """
    start = n
    if s.word(n) == "very":
        n += 1
    first, second = s.word(n), s.word(n + 1)
    if second in {"-"} and first in {"mid", "pre"}:
        second, n = s.word(n + 2), n + 1
    if first == "after" or (first == "pre" and second == "market"):
        hyphen = s.at(n + 1).text in DASHES
        found = {"after hours": "after hours", "pre market": "premarket"}.get(f"{first} {s.word(n + 1 + hyphen)}")
        return (found, n + 2 + hyphen) if found else None
    both = f"{first} {second}"
    if both in PARTS:
        return both, n + 2
    if both in {"before dawn", "pre dawn", "predawn hours"}:
        return "early hours", n + 2 + (s.word(n + 2) == "hours")
    if both == "wee hours":
        return "small hours", n + 2
    if first in {"predawn", "daybreak", "sunrise"}:
        return "dawn", n + 1
    if first in {"nightfall", "sunset"}:
        return "dusk", n + 1
    if first == "overnight" and second in _OVERNIGHT_RATES:
        return None
    if first in PARTS and (first not in {"early", "late"} or start == n):
        return first, n + 1
    return None


def read_day(s: Scanner, n: int) -> tuple[Day, int] | None:
    """Read a day or a longer span: Friday, last Friday, Jan. 8, 8 January 2020, 2020-01-08, yesterday, last month.

    Parameters
    ----------
    s : Scanner
    n : int
        Number of the token to start at.

    Returns
    -------
    (Day, int) or None
        The day as written, and the number of the next token.
    """
    token = s.at(n)
    if token.text.isdigit():
        return _numbered_day(s, n)
    if token.lower in WEEKDAYS and token.text[0].isupper():
        return _dated_weekday(s, n + 1, Day(weekday=WEEKDAYS[token.lower]))
    if token.lower in SHORT_WEEKDAYS and token.text[0].isupper():
        after = n + 1 + (s.word(n + 1) == ".")
        dated = _dated_weekday(s, after, Day(weekday=SHORT_WEEKDAYS[token.lower]))
        return dated if dated[0].month or s.word(n - 1) == "on" else None
    if token.lower in {"new", "christmas", "boxing"} and token.text[0].isupper():
        return _feast(s, n)
    if token.lower in RELATIVE_DAYS:
        return Day(shift=RELATIVE_DAYS[token.lower]), n + 1
    if token.lower == "weekend" and s.word(n - 1) in {"a", "the", "this", "at", "over"}:
        return Day(shift=0, unit="weekend"), n + 1
    if token.lower in {"last", "next", "this", "past", "previous", "following"}:
        return _relative(s, n)
    if token.lower in {"early", "late", "mid", "end"}:
        after = n + 1 + (s.word(n + 1) in {"-", "in", "of"})
        month = _month_day(s, after) if s.word(after) in MONTHS and s.at(after).text[0].isupper() else None
        return (replace(month[0], third=token.lower), month[1]) if month and month[0].day is None else None
    return _month_day(s, n)


def _feast(s: Scanner, n: int) -> tuple[Day, int] | None:
    """Read a holiday of a fixed date: New Year's Day or Eve, Christmas Day or Eve, Boxing Day, New Year's morning."""
    name, after = s.word(n), n + 1
    if name == "new":
        if s.word(after) != "year":
            return None
        after += 1 + 2 * (s.at(after + 1).text in APOSTROPHES)
    kind = s.word(after)
    if kind not in {"day", "eve", "morning", "night"} or (name == "boxing" and kind != "day"):
        return None
    month, day = {"new": (1, 1), "christmas": (12, 25), "boxing": (12, 26)}[name]
    if kind == "eve":
        month, day = (12, 31) if name == "new" else (12, 24)
    return Day(month=month, day=day), after + (kind in {"day", "eve"})


def _dated_weekday(s: Scanner, n: int, day: Day) -> tuple[Day, int]:
    after = n + (s.word(n) == ",")
    if s.word(after) == "the":
        after += 1
    date = _numbered_day(s, after) if s.at(after).text.isdigit() else _month_day(s, after)
    if date and date[0].day is not None:
        return replace(date[0], weekday=day.weekday), date[1]
    return day, n


def _relative(s: Scanner, n: int) -> tuple[Day, int] | None:
    which, word = s.word(n), s.word(n + 1)
    step = {"last": -1, "past": -1, "previous": -1, "this": 0, "next": 1, "following": 1}[which]
    if word in WEEKDAYS:
        return Day(weekday=WEEKDAYS[word], which=which), n + 2
    if word in {"week", "month", "year", "weekend"}:
        return Day(shift=step, unit=word), n + 2
    if word == "night" and which == "last":
        return Day(shift=-1, which="night"), n + 1
    if word in {"morning", "afternoon", "evening"} and which == "this":
        return Day(shift=0, which="this"), n + 1
    if word in MONTHS and s.at(n + 1).text[0].isupper() and which in {"last", "this", "next"}:
        return Day(month=MONTHS[word], which=which), n + 2
    return None


def _month_day(s: Scanner, n: int) -> tuple[Day, int] | None:
    token = s.at(n)
    month = MONTHS.get(token.lower)
    if month is None or not token.text[0].isupper():
        return None
    after = n + 1 + (s.word(n + 1) == "." and s.glued(n + 1) and len(token.text) <= 4)
    day = s.number(after, 31)
    goes_on = (
        s.glued(after + 2) and s.word(after + 1) in {":", "."} and s.at(after + 2).text.isdigit()
    )  # "May 9:30", "May 1.5"
    if day and not goes_on and s.word(after + 1) != "%":
        after += 1
        if s.word(after) in {"st", "nd", "rd", "th"} and s.glued(after):
            after += 1
        year, after = _year(s, after)
        return Day(month=month, day=day, year=year), after
    year, end = _year(s, after)
    if (
        year is None
        and (token.lower in AMBIGUOUS_MONTHS)
        and s.word(n - 1) not in {"in", "since", "last", "of", "by", "until", "early", "late"}
    ):
        return None
    return Day(month=month, year=year, unit="month"), end


def _year(s: Scanner, n: int) -> tuple[int | None, int]:
    after = n + (s.word(n) in {",", "of"})
    year = s.number(after, 2199, (4,))
    if year is not None and year >= 1800 and s.word(after + 1) not in {"gmt", "utc"}:
        return year, after + 1 + (s.word(after + 1) == "," and s.at(after + 2).text.isdigit())
    return (None, n)


def _numbered_day(s: Scanner, n: int) -> tuple[Day, int] | None:
    iso = _iso_day(s, n) or _slashed(s, n)
    if iso:
        return iso
    year = s.number(n, 2199, (4,))
    if year is not None:
        named = s.word(n - 1) in {"in", "since", "from", "of", "during", "until", "early", "late"}
        amount = s.at(n + 1).text in {"%", "-", ".", ","} and s.at(n + 2).text.isdigit() and s.glued(n + 1)
        return (Day(year=year, unit="year"), n + 1) if year >= 1900 and named and not amount else None
    day = s.number(n, 31)
    after = n + 1
    if s.word(after) in {"st", "nd", "rd", "th"} and s.glued(after):
        after += 1
    if s.word(after) == "of" or s.at(after).text in DASHES:
        after += 1
    month = MONTHS.get(s.word(after))
    if not day or month is None or not s.at(after).text[0].isupper():
        return None
    after += 1 + (s.word(after + 1) == "." and len(s.word(after)) <= 4)
    if s.at(after).text in DASHES and s.number(after + 1, 2199, (4,)):
        after += 1
    year, after = _year(s, after)
    return Day(month=month, day=day, year=year), after


def _iso_day(s: Scanner, n: int) -> tuple[Day, int] | None:
    year, sign = s.number(n, 2199, (4,)), s.at(n + 1).text
    if year is None or sign not in {"-", "/", "."} or s.at(n + 3).text != sign or not s.glued(n + 1):
        return None
    month, day = s.number(n + 2, 12), s.number(n + 4, 31)
    return (Day(year=year, month=month, day=day), n + 5) if month and day and year >= 1800 else None


def _slashed(s: Scanner, n: int) -> tuple[Day, int] | None:
    sign = s.at(n + 1).text
    first, second, year = s.number(n, 31), s.number(n + 2, 31), s.number(n + 4, 2199, (4,))
    if sign not in {"/", ".", "-"} or s.at(n + 3).text != sign or not (first and second and year) or year < 1800:
        return None
    day_first = sign == "." or first > 12
    day, month = (first, second) if day_first else (second, first)
    if month > 12:
        return None
    return Day(
        year=year, month=month, day=day, swapped=sign != "." and first <= 12 and second <= 12 and first != second
    ), n + 5
