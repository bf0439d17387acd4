"""Days and parts of the day as a reader of English takes them: what is read, and up to which word."""

import pytest

from eventstudy.news.grammar.days import read_day, read_part
from eventstudy.news.grammar.scanner import Day, Scanner
from eventstudy.news.text.tokens import tokenize

MAY_1 = Day(month=5, day=1)
JAN_8 = Day(month=1, day=8)
JAN_8_2020 = Day(month=1, day=8, year=2020)
FRIDAY, THURSDAY = Day(weekday=4), Day(weekday=3)


def read(reader, marked):
    """Read at the first bar of a text; return what is read, and the characters that it took."""
    before, after = marked.split("|", 1)
    text = before + after.replace("|", "")
    found = reader(Scanner(text, tokenize(text)), len(tokenize(before)))
    return found, len(tokenize(before)) + len(tokenize(after.split("|")[0]))


@pytest.mark.parametrize(
    ("marked", "part"),
    [
        ("|early| on", "early"),
        ("in the |early hours| of", "early hours"),
        ("|very early| on", None),  # "early" is read from its own word
        ("in the |very early hours| of", "early hours"),
        ("|early morning| trade", "early morning"),
        ("|late| on", "late"),
        ("|mid-morning| trade", "mid morning"),
        ("|midmorning| trade", None),
        ("|after-hours| trade", "after hours"),
        ("|after hours| trade", "after hours"),
        ("|after lunch| trade", None),
        ("|pre-market| trade", "premarket"),
        ("|pre market| trade", "premarket"),
        ("|premarket| trade", "premarket"),
        ("|before dawn| on", "early hours"),
        ("|pre-dawn| raid", "early hours"),
        ("|pre-dawn hours| of", "early hours"),
        ("|predawn hours| of", "early hours"),
        ("|predawn| raid", "dawn"),
        ("at |daybreak| on", "dawn"),
        ("at |sunset| on", "dusk"),
        ("at |nightfall| on", "dusk"),
        ("in the |wee hours| of", "small hours"),
        ("|overnight| and", "overnight"),
        ("the |overnight rate| of", None),
        ("the |overnight repo| market", None),
        ("the |table| of", None),
    ],
)
def test_parts_of_the_day(marked, part):
    found, end = read(read_part, marked)
    assert found == (None if part is None else (part, end))


@pytest.mark.parametrize(
    ("marked", "day"),
    [
        ("on |Friday|, when", FRIDAY),
        ("on |friday|, when", None),
        ("on |Fri|, when", FRIDAY),
        ("on |Fri.|, when", FRIDAY),
        ("the |Sun| said", None),  # a newspaper
        ("by |Fri. Jan. 8|, when", Day(weekday=4, month=1, day=8)),
        ("by |Fri|, when", None),
        ("|Friday, Jan. 8|, when", Day(weekday=4, month=1, day=8)),
        ("|Friday, the 8th of January|, when", Day(weekday=4, month=1, day=8)),
        ("|Friday 8 January 2021|, when", Day(weekday=4, month=1, day=8, year=2021)),
        ("|Friday|, January", FRIDAY),
        ("|Friday|, the bank", FRIDAY),
        ("|yesterday| at", Day(shift=-1)),
        ("|tomorrow| at", Day(shift=1)),
        ("over the |weekend| it", Day(shift=0, unit="weekend")),
        ("a long |weekend| it", None),
        ("|last Friday| it", Day(weekday=4, which="last")),
        ("|next week| it", Day(shift=1, unit="week")),
        ("|following month| it", Day(shift=1, unit="month")),
        ("|past year| it", Day(shift=-1, unit="year")),
        ("|previous weekend| it", Day(shift=-1, unit="weekend")),
        ("|this week| it", Day(shift=0, unit="week")),
        ("|last| night", Day(shift=-1, which="night")),
        ("|next| night", None),
        ("|this| morning", Day(shift=0, which="this")),
        ("|last| morning", None),
        ("|last June| it", Day(month=6, which="last")),
        ("|next May| it", Day(month=5, which="next")),
        ("|last june| it", None),
        ("|previous June| it", None),
        ("|last| table", None),
    ],
)
def test_weekdays_and_shifts(marked, day):
    found, end = read(read_day, marked)
    assert found == (None if day is None else (day, end))


@pytest.mark.parametrize(
    ("marked", "day"),
    [
        ("on |Jan. 8| it", JAN_8),
        ("on |January 8| it", JAN_8),
        ("on |Jan 8th| it", JAN_8),
        ("on |January 8, 2020| it", JAN_8_2020),
        ("on |January 8, 2020|, it", JAN_8_2020),
        ("on |January 8, 2020,| 9:15", JAN_8_2020),
        ("on |January 8|, 2300 people", Day(month=1, day=8)),
        ("on |January 8|, 1799 people", Day(month=1, day=8)),
        ("on |January 8, 1800| people", Day(month=1, day=8, year=1800)),
        ("on |January 8| 2020 GMT", JAN_8),
        ("on |January 8| 1930 UTC", JAN_8),
        ("on |8 January| it", JAN_8),
        ("on |8th January| it", JAN_8),
        ("on |8th of January| it", JAN_8),
        ("on |8 January 2020| it", JAN_8_2020),
        ("on |8-Jan-2020| it", JAN_8_2020),
        ("on |8 Jan. 2020| it", JAN_8_2020),
        ("on |8 january| it", None),
        ("on |32 January| it", None),
        ("on |31 January| it", Day(month=1, day=31)),
        ("on |0 January| it", None),
        ("on |8 people| it", None),
        ("on |May 1| it", MAY_1),
        ("in |May| 9:30", Day(month=5, unit="month")),
        ("in |May| 1.5 million", Day(month=5, unit="month")),
        ("in |May| 3% more", Day(month=5, unit="month")),
        ("it |May| be", None),
        ("in |may| be", None),
        ("since |March| it", Day(month=3, unit="month")),
        ("the |March| on", None),
        ("a |January| day", Day(month=1, unit="month")),
        ("in |January 2020| it", Day(month=1, year=2020, unit="month")),
        ("in |January of 2020| it", Day(month=1, year=2020, unit="month")),
        ("|May 2020| was", Day(month=5, year=2020, unit="month")),
        ("in |early January| it", Day(month=1, unit="month", third="early")),
        ("in |mid-January| it", Day(month=1, unit="month", third="mid")),
        ("at the |end of January| it", Day(month=1, unit="month", third="end")),
        ("|late in January| it", Day(month=1, unit="month", third="late")),
        ("|early| January 8", None),
        ("|early| may be", None),
        ("|early|", None),
        ("|early| Friday", None),
    ],
)
def test_dates_and_months(marked, day):
    found, end = read(read_day, marked)
    assert found == (None if day is None else (day, end))


@pytest.mark.parametrize(
    ("marked", "day"),
    [
        ("|New Year's Day| it", Day(month=1, day=1)),
        ("|New Year's Eve| it", Day(month=12, day=31)),
        ("|New Year's| morning", Day(month=1, day=1)),
        ("|New Year Day| it", Day(month=1, day=1)),
        ("|Christmas Day| it", Day(month=12, day=25)),
        ("|Christmas Eve| it", Day(month=12, day=24)),
        ("|Christmas| night", Day(month=12, day=25)),
        ("|Boxing Day| it", Day(month=12, day=26)),
        ("|Boxing| night", None),
        ("|Christmas| tree", None),
        ("|New| York", None),
        ("|new| year's day", None),
    ],
)
def test_feasts(marked, day):
    found, end = read(read_day, marked)
    assert found == (None if day is None else (day, end))


@pytest.mark.parametrize(
    ("marked", "day"),
    [
        ("|2020-01-08| it", JAN_8_2020),
        ("|2020/01/08| it", JAN_8_2020),
        ("|2020.01.08| it", JAN_8_2020),
        ("|2020-12-31| it", Day(year=2020, month=12, day=31)),
        ("|2020-13-01| it", None),
        ("|2020-00-01| it", None),
        ("|2020-01-32| it", None),
        ("|2020-01-00| it", None),
        ("|2020-01/08| it", None),
        ("|2020 -01-08| it", None),
        ("|1800-01-08| it", Day(year=1800, month=1, day=8)),
        ("|1799-01-08| it", None),
        ("|01/08/2020| it", Day(year=2020, month=1, day=8, swapped=True)),
        ("|12/11/2020| it", Day(year=2020, month=12, day=11, swapped=True)),
        ("|11/12/2020| it", Day(year=2020, month=11, day=12, swapped=True)),
        ("|08/08/2020| it", Day(year=2020, month=8, day=8)),
        ("|13/08/2020| it", Day(year=2020, month=8, day=13)),
        ("|08/13/2020| it", Day(year=2020, month=8, day=13)),
        ("|13/13/2020| it", None),
        ("|08.01.2020| it", JAN_8_2020),
        ("|01-08-2020| it", Day(year=2020, month=1, day=8, swapped=True)),
        ("|01-08/2020| it", None),
        ("|01:08:2020| it", None),
        ("|08/01/1799| it", None),
        ("|08/01/1800| it", Day(year=1800, month=8, day=1, swapped=True)),
        ("|0/01/2020| it", None),
        ("in |2020| it", Day(year=2020, unit="year")),
        ("since |1900| it", Day(year=1900, unit="year")),
        ("since |1899| it", None),
        ("in |2199| it", Day(year=2199, unit="year")),
        ("in |2200| it", None),
        ("the |2020| people", None),
        ("in |2020.5| it", None),
        ("in |2020,5| it", None),
        ("in |2020|. It", Day(year=2020, unit="year")),
        ("in |2020| %", Day(year=2020, unit="year")),
    ],
)
def test_numbers(marked, day):
    found, end = read(read_day, marked)
    assert found == (None if day is None else (day, end))
