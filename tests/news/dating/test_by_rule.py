"""A release whose day alone is told gets the minute of its publisher's rule, and nothing else does."""

import pytest

from eventstudy import Article, date_article

RULED = {
    "The Federal Reserve raised its benchmark rate by a quarter point on Wednesday.": ("2018-03-21", "18:00"),
    "The European Central Bank lifted borrowing rates by half a point on Thursday.": ("2022-07-21", "12:15"),
    "Interest rates were cut to 0.1 % by the Bank of England on Thursday.": ("2016-08-04", "11:00"),
    "U.S. crude inventories fell last week, the Energy Information Administration said on Wednesday.": (
        "2020-04-15",
        "14:30",
    ),
    "U.S. employers added 4.8 million jobs in June, the Labor Department said on Thursday.": ("2020-07-02", "12:30"),
    "Minutes of the Fed's last meeting, released on Wednesday, showed a split.": ("2019-11-20", "19:00"),
    "Inflation rose to 9.1 % in May, the Office for National Statistics said on Wednesday.": ("2022-06-22", "06:00"),
}
UNRULED = [
    ("The Federal Reserve cut its benchmark rate in an emergency move on Tuesday.", "2020-03-03"),
    ("Fed Chair Jerome Powell said on Wednesday that rates would stay low.", "2018-03-21"),
    ("The Federal Reserve will decide on interest rates on Wednesday.", "2018-03-20"),
    ("The Bank of Japan left its policy rate unchanged on Thursday.", "2019-12-19"),
    ("A bomb hit the Bank of England on Thursday, hours before it was to decide on rates.", "2015-02-05"),
]


def first(text, day):
    return date_article(Article.of(text, published=f"{day}T22:00:00Z")).events[0]


@pytest.mark.parametrize("text", RULED)
def test_minute_by_rule(text):
    day, clock = RULED[text]
    event = first(text, day)
    assert str(event.when) == f"{day} {clock} UTC" and event.basis == "public"
    assert " by rule: " in event.by_rule


@pytest.mark.parametrize(("text", "day"), UNRULED)
def test_no_minute_by_rule(text, day):
    events = date_article(Article.of(text, published=f"{day}T22:00:00Z")).events
    assert all(event.by_rule == "" for event in events)


def test_a_stated_clock_goes_before_the_rule():
    text = "The Bank of England cut interest rates on Thursday. It gave its decision at 0630 GMT, hours early."
    assert first(text, "2016-08-04").by_rule == ""


def test_nothing_is_released_after_the_article():
    text = "The European Central Bank raised its interest rates on Thursday."
    early = date_article(Article.of(text, published="2022-07-21T09:00:00Z")).events
    assert all(event.by_rule == "" for event in early)
