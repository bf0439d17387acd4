"""The whole interval that a phrase stands for, beside what a reader of English takes it to be."""

import pytest

from eventstudy.news.dating.dating import date_article
from eventstudy.news.reading.article import Article

NOON = "2020-01-08T12:00:00Z"  # a Wednesday


def last_mention(text, published):
    return date_article(Article.of(text, published=published)).mentions[-1]


def interval(text, published=NOON):
    when = last_mention(text, published).when
    return f"{when.start:%d %H:%M}", f"{when.end:%d %H:%M}", f"{when.precision}", when.approximate


@pytest.mark.parametrize(
    ("text", "start", "end", "precision", "approximate"),
    [
        ("before midnight on Friday in London", "04 00:00", "04 00:00", "minute", True),
        ("by midnight on Friday in London", "04 00:00", "04 00:00", "minute", False),
        ("at midnight on Friday in London", "03 00:00", "03 00:00", "minute", False),
        ("at 1 a.m. last night in London", "08 01:00", "08 01:00", "minute", False),
        ("at 4:59 a.m. last night in London", "08 04:59", "08 04:59", "minute", False),
        ("at 5 a.m. last night in London", "07 05:00", "07 05:00", "minute", False),
        ("at 11 p.m. last night in London", "07 23:00", "07 23:00", "minute", False),
        ("between 9 a.m. and 11:30 a.m. on Friday in London", "03 09:00", "03 11:30", "part_of_day", False),
        ("after 9 a.m. on Friday in London", "03 09:00", "03 10:00", "part_of_day", True),
        ("sometime around 9 a.m. on Friday in London", "03 09:00", "03 10:00", "part_of_day", True),
        ("shortly after 9 a.m. on Friday in London", "03 09:00", "03 09:00", "minute", True),
        ("before 9 a.m. on Friday in London", "03 09:00", "03 09:00", "minute", True),
        ("at around 9 a.m. on Friday in London", "03 09:00", "03 09:00", "minute", True),
        ("at midday on Friday in London", "03 12:00", "03 12:00", "minute", True),
        ("at 9:15 a.m. GMT on Friday", "03 09:15", "03 09:15", "minute", False),
        ("before the opening bell on Friday in New York", "03 05:00", "03 14:30", "part_of_day", False),
        ("after the closing bell on Friday in New York", "03 21:00", "04 05:00", "part_of_day", False),
        ("shortly after the opening bell on Friday in New York", "03 14:30", "03 14:30", "minute", True),
        ("two hours ago in London", "08 10:00", "08 10:00", "minute", True),
        ("13 hours ago in London", "07 23:00", "07 23:00", "minute", True),
        ("hours ago in London", "08 00:00", "08 12:00", "part_of_day", True),
        ("two days ago in London", "06 00:00", "07 00:00", "day", False),
        ("two weeks ago in London", "22 00:00", "29 00:00", "multi_day", True),
        ("on Friday", "02 10:00", "04 12:00", "day", True),  # somewhere on Earth
        ("at 11 p.m. in London", "07 23:00", "07 23:00", "minute", False),  # not after the page
        ("at 9:15 a.m. GMT", "08 09:15", "08 09:15", "minute", False),
        ("on Friday morning UTC in Tokyo", "03 06:00", "03 12:00", "part_of_day", False),
        ("on Friday morning in Tokyo", "02 21:00", "03 03:00", "part_of_day", False),
        ("overnight on Friday in Tokyo", "03 09:00", "03 21:00", "part_of_day", False),
        ("overnight in Tokyo", "07 09:00", "07 21:00", "part_of_day", False),
        ("at 3 a.m. in Tokyo (1800 GMT on Thursday)", "02 18:00", "02 18:00", "minute", False),
        ("at 1800 GMT on Thursday (3 a.m. in Tokyo)", "02 18:00", "02 18:00", "minute", False),
    ],
)
def test_the_interval(text, start, end, precision, approximate):
    assert interval(f"It struck {text}.") == (start, end, precision, approximate)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It spread 40 minutes later.", ("03 09:55", "03 09:55", "minute", True)),
        ("It spread two hours earlier.", ("03 07:15", "03 07:15", "minute", True)),
        ("It spread hours later.", ("03 09:15", "03 21:15", "part_of_day", True)),
    ],
)
def test_distances_from_the_time_before(text, expected):
    assert interval(f"A fire began at 9:15 a.m. GMT on Friday. {text}") == expected


def test_what_is_to_come_may_be_after_the_page():
    assert interval("It will strike at 11 p.m. GMT.")[0] == "08 23:00"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It struck two hours ago in London.", ("08 00:00", "09 00:00", "day", False)),
        ("It struck hours ago in London.", ("08 00:00", "09 00:00", "day", False)),
        ("It struck 12 hours ago in London.", ("08 00:00", "09 00:00", "day", False)),
        ("It struck at 11 p.m. in London.", ("08 23:00", "08 23:00", "minute", False)),
    ],
)
def test_a_page_with_a_date_only(text, expected):
    assert interval(text, "2020-01-08") == expected


@pytest.mark.parametrize(
    ("text", "published", "warning"),
    [
        ("It struck 13 hours ago in London.", "2020-01-08", "relative to is not known"),
        ("It struck 721 minutes ago in London.", "2020-01-08", "relative to is not known"),
        ("It struck minutes later in London.", NOON, "relative to is not known"),
        ("It struck at 9:15 a.m. on Friday.", NOON, "no time zone is stated"),
        ("It struck on February 30 in London.", NOON, "no such time exists"),
        ("It struck on Friday in London.", "", "no publication date is known"),
        ("It struck at 9:15 a.m. in London.", "", "no publication date is known"),
        ("It struck two days ago in London.", "", "no publication date is known"),
    ],
)
def test_what_cannot_be_settled_says_why(text, published, warning):
    found = last_mention(text, published)
    assert found.when is None and warning in found.warnings[0]


@pytest.mark.parametrize(
    ("text", "open_half"),
    [
        ("It struck at half past two on Friday in London.", True),
        ("It struck at ten to three on Friday in London.", True),
        ("It struck at 3 o'clock on Friday in London.", True),
        ("It struck at half past two on Friday afternoon in London.", False),
        ("It struck at half past two p.m. on Friday in London.", False),
        ("It struck at 2:30 on Friday in London.", False),
        ("It struck from 9 to 11 a.m. on Friday in London.", False),
    ],
)
def test_a_clock_without_its_half_of_the_day_says_so(text, open_half):
    assert ("a.m. or p.m. is not said" in " ".join(last_mention(text, NOON).warnings)) == open_half
