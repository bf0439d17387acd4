"""Expressions resolved in their context: whose day, how far away, and how sure, as a reader of the text would say."""

import pytest

from eventstudy.news.dating.dating import date_article
from eventstudy.news.dating.resolve import OPEN_HALF, half_is_open
from eventstudy.news.dating.roles import MentionRole
from eventstudy.news.dating.weights import sure
from eventstudy.news.grammar.expressions import find_expressions
from eventstudy.news.reading.article import Article
from eventstudy.news.text.tokens import tokenize

NOON = "2020-01-08T12:00:00Z"  # a Wednesday


def resolved(text, published=NOON):
    """Every expression of a text, resolved, in the order of the text."""
    found = date_article(Article.of(text, published=published)).scored
    return sorted((scored.resolved for scored in found), key=lambda r: r.expression.start)


def begins(text, published=NOON):
    return f"{resolved(text, published)[-1].when.start:%d %H:%M}"


@pytest.mark.parametrize(
    ("minute", "stamp"), [("11:58", False), ("11:59", True), ("12:00", True), ("12:01", True), ("12:02", False)]
)
def test_a_full_date_within_a_minute_of_the_page_is_its_stamp(minute, stamp):
    found = resolved(f"The table holds the state of {minute} GMT on January 8, 2020.")[-1]
    assert (found.cues.role is MentionRole.STAMP) == stamp


@pytest.mark.parametrize(
    "text",
    [
        "The table holds the state of 12:00 GMT on Wednesday.",  # not a full date
        "The table holds the state of January 8, 2020.",  # no clock
        "It struck at 12:00 GMT on January 8, 2020.",  # a happening
    ],
)
def test_no_other_time_is_its_stamp(text):
    assert resolved(text)[-1].cues.role is not MentionRole.STAMP


@pytest.mark.parametrize(("between", "day"), [(8, "03"), (9, "08")])
def test_a_day_is_sought_in_the_next_nine_expressions(between, day):
    clocks = ", ".join(f"at 10{minute:02d} GMT" for minute in range(between))
    first = resolved(f"It struck at 0915 GMT, {clocks} and on Friday.")[0]
    assert f"{first.when.start:%d %H:%M}" == f"{day} 09:15"


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("A fire began at 9:15 a.m. GMT on Friday and was seen at 10:00 GMT. It spread 40 minutes later.", "03 10:40"),
        ("A fire began at 9:15 a.m. GMT on Friday. It was put out on Monday. It spread 40 minutes later.", "03 09:55"),
        (
            "It spread 40 minutes later. A fire began at 9:15 a.m. GMT on Friday. It spread 10 minutes later.",
            "03 09:25",
        ),
        ("A fire began at 9:15 a.m. GMT on Friday. It was told 36 hours ago.", "07 00:00"),  # from the page's time
    ],
)
def test_a_distance_is_counted_from_the_last_clock_before_it(text, start):
    assert begins(text) == start


@pytest.mark.parametrize(
    ("text", "start"),
    [
        # At 00:29 GMT on Tuesday, which is Monday evening in New York, the price is told for Tuesday.
        ("Oil rose on Tuesday. In New York it was up 5% at $70 by 0029 GMT.", "07 00:29"),
        ("TOKYO - Oil rose on Tuesday. In New York it was up 5% at $70 by 0029 GMT.", "07 00:29"),
        # An event's time without a day is on the day of its place: 19:29 on Tuesday in New York.
        ("Workers in New York rose on Tuesday. A fire broke out in New York at 0029 GMT.", "08 00:29"),
    ],
)
def test_a_price_is_on_the_day_of_its_writer(text, start):
    assert begins(text) == start


@pytest.mark.parametrize(
    ("text", "start", "end", "precision"),
    [
        ("at 9 o'clock local time on Friday in London", "03 09:00", "03 10:00", "hour"),
        ("at 9 o'clock GMT on Friday", "03 09:00", "03 09:00", "minute"),
        ("at 9 on Friday morning in London", "03 09:00", "03 09:00", "minute"),
        ("tonight in Tokyo", "07 15:00", "08 15:00", "day"),
        ("overnight today in Tokyo", "07 09:00", "07 21:00", "part_of_day"),
        ("on Friday morning local time in London", "03 06:00", "03 12:00", "part_of_day"),
        ("at 1 a.m. last night in London (0100 GMT)", "08 01:00", "08 01:00", "minute"),
        ("at 11 p.m. tomorrow in London", "09 23:00", "09 23:00", "minute"),
        ("a month ago in Tokyo", "05 15:00", "12 15:00", "multi_day"),  # 9 December, three days either way
        ("three years ago in Tokyo", "04 15:00", "11 15:00", "multi_day"),  # 8 January 2017, three days either way
        ("two days later in Tokyo", "09 15:00", "10 15:00", "day"),
    ],
)
def test_the_interval_of_a_phrase(text, start, end, precision):
    when = resolved(f"It struck {text}.")[-1].when
    assert (f"{when.start:%d %H:%M}", f"{when.end:%d %H:%M}", str(when.precision)) == (start, end, precision)


def test_an_hour_shown_twice_is_approximate_and_less_sure():
    """In London the clocks went back from 2:00 to 1:00 on 27 October 2019."""
    twice = resolved("It struck at 1:30 a.m. on Sunday, Oct. 27, 2019 in London.")[-1]
    once = resolved("It struck at 2:30 a.m. on Sunday, Oct. 27, 2019 in London.")[-1]
    assert twice.when.approximate and not once.when.approximate
    assert (twice.confidence, once.confidence) == (sure("hour shown twice"), sure("place in the expression"))


@pytest.mark.parametrize(
    ("text", "zone", "source"),
    [
        ("at 1:30 a.m. on Wednesday in Baghdad (2230 GMT)", "+03:00", "the two clocks"),
        ("at 1:30 a.m. on Wednesday (1630 GMT on Tuesday)", "+09:00", "the two clocks"),
        ("at 9:30 a.m. on Monday in Lima (1430 GMT)", "-05:00", "the two clocks"),
        ("at 9:30 a.m. on Monday UTC+9", "+09:00", "the text"),
        ("at 0930 GMT on Monday in Tokyo", "UTC", "the text"),
        ("at 9:30 a.m. on Monday in Tokyo", "Asia/Tokyo", "the place in the expression"),
    ],
)
def test_the_zone_of_an_instant_is_the_one_that_gave_it(text, zone, source):
    found = resolved(f"It struck {text}.")[-1].zone
    assert (found.zone, found.source) == (zone, source)


@pytest.mark.parametrize(
    ("phrase", "is_open"),
    [
        ("half past two", True),
        ("half past two p.m.", False),
        ("ten to three on Friday", True),
        ("3 o'clock", True),
        ("3 o’clock", True),
        ("half past two (1430 GMT)", False),
        ("half past two on Friday afternoon", False),
        ("2:30", False),
        ("Friday", False),
        ("9:15 to 11 a.m.", False),
    ],
)
def test_the_half_of_the_day_is_open_where_nothing_says_it(phrase, is_open):
    text = f"It struck at {phrase}."
    assert half_is_open(find_expressions(text, tokenize(text))[0]) == is_open


def test_an_open_half_is_told_and_read_as_the_first():
    found = resolved("It struck at half past two on Friday in London.")[-1]
    assert OPEN_HALF in found.warnings and f"{found.when.start:%H:%M}" == "02:30"


def test_a_day_beside_the_gmt_clock_is_counted_in_gmt():
    """It is Wednesday in GMT, and in New York still Tuesday."""
    text = "In New York it struck at 9 p.m. (0200 GMT on Wednesday)."
    assert begins(text, published="2020-01-08T03:00:00Z") == "08 02:00"


def test_a_clock_on_the_day_after_a_page_without_a_zone_is_warned_of():
    day, unstated = (
        "It struck at 9 a.m. on Thursday in Tokyo.",
        "It struck on Wednesday. A second hit at 9 a.m. in Tokyo.",
    )
    assert any("a day later" in one for one in resolved(day, published="2020-01-08")[-1].warnings)
    assert not any("not a week earlier" in one for one in resolved(unstated, published="2020-01-08")[-1].warnings)
