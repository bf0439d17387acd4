"""The probability that a dating is right: its formula and threshold; nothing that happened ends after publication."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from eventstudy.news.dating.confidence import is_decided
from eventstudy.news.dating.dating import date_article
from eventstudy.news.dating.weights import limit, weights
from eventstudy.news.reading.article import Article


def test_it_is_the_logistic_function_of_the_weighted_features() -> None:
    dating = date_article(Article.of("A bomb exploded at 0915 GMT in Lyon.", published="2021-03-05T10:00:00Z"))
    total = sum(weights().probability[name] * float(value) for name, value in dating.features.items())
    assert dating.confidence == pytest.approx(math.exp(total) / (1 + math.exp(total)), rel=1e-12)
    assert set(dating.features) == set(weights().probability)


@pytest.mark.parametrize("least", [0.0, 0.5, 1.0])
def test_what_is_decided_depends_on_the_least_confidence(least: float) -> None:
    assert is_decided(0.5, least) == (least <= 0.5)
    assert is_decided(limit("least confidence")) and not is_decided(limit("least confidence") - 0.01)


def test_a_clear_time_is_more_likely_right_than_one_of_several() -> None:
    clear = Article.of("A bomb exploded at 0915 GMT in Lyon.", published="2021-03-05T10:00:00Z")
    text = "A union met on Monday. The firm answered on Tuesday, and a court spoke on Wednesday."
    open_ = Article.of(text, published="2021-03-05T10:00:00Z")
    assert date_article(clear).confidence > date_article(open_).confidence + 0.1
    assert date_article(clear).decided and not date_article(open_).decided


def test_no_interval_of_what_happened_ends_after_publication() -> None:
    published = "2021-03-05T10:00:00Z"
    dating = date_article(Article.of("A bomb exploded in Lyon on Friday.", published=published))
    assert str(dating.events[0].when) == "2021-03-04 23:00 to 2021-03-05 10:00 UTC"


def test_a_bare_date_of_publication_is_its_end_in_the_latest_zone() -> None:
    dating = date_article(Article.of("A bomb exploded in Los Angeles on Friday.", published="2021-03-05"))
    assert str(dating.events[0].when) == "2021-03-05 08:00 to 2021-03-06 08:00 UTC"


def test_what_is_announced_for_later_stays_later() -> None:
    text = "The bank will publish its decision at 1400 GMT on Thursday."
    dating = date_article(Article.of(text, published="2021-03-03T10:00:00Z"))
    assert str(dating.events[0].when) == "2021-03-04 14:00 UTC"


def test_minutes_of_a_meeting_become_public_with_their_publication() -> None:
    text = (
        "Minutes of the monetary policy meeting of the Bank of Canada. The meeting was held in Ottawa on "
        "December 19 at 9:00 a.m. and was chaired by the governor."
    )
    (event, *_) = date_article(Article.of(text, published="2024-02-01T14:00:00Z")).events
    assert event.occurred is not None and event.occurred.start == dt.datetime(2023, 12, 19, 14, tzinfo=dt.UTC)
    assert event.public is not None and event.public.start == dt.datetime(2024, 2, 1, 14, tzinfo=dt.UTC)


def test_a_clock_a_few_minutes_after_publication_becomes_that_of_publication() -> None:
    (event, *_) = date_article(
        Article.of("A bomb exploded at 1012 GMT in Lyon.", published="2021-03-05T10:00:00Z")
    ).events
    assert str(event.when) == "2021-03-05 10:00 UTC" and "after the publication time" in event.warnings[-1]
    (event, *_) = date_article(
        Article.of("A bomb exploded at 1016 GMT in Lyon.", published="2021-03-05T10:00:00Z")
    ).events
    assert str(event.when) == "2021-03-04 10:16 UTC"


def test_the_minute_of_a_page_is_not_that_of_its_event() -> None:
    text = "Dam fails near the mine\nUpdated 11:04 p.m. EST\nThe operator told residents downstream to leave."
    (event, *_) = date_article(Article.of(text, published="2021-03-05T23:04:00-05:00")).events
    assert event.basis == "occurred" and str(event.when) == "2021-03-05 05:00 to 2021-03-06 04:04 UTC"


def test_a_report_that_dates_itself_has_its_minute() -> None:
    text = "11:04 a.m. ET, March 5, 2021: The operator says the dam above the mine has failed."
    (event, *_) = date_article(Article.of(text, published="2021-03-05T11:04:00-05:00")).events
    assert str(event.when) == "2021-03-05 16:04 UTC"


def test_minutes_published_on_a_bare_date_are_public_on_its_local_day() -> None:
    text = (
        "Minutes of the monetary policy meeting of the Bank of Canada. The meeting was held in Ottawa on "
        "December 19 at 9:00 a.m."
    )
    (event, *_) = date_article(Article.of(text, published="2024-02-01")).events
    assert event.occurred is not None and event.public is not None
    assert (
        str(event.occurred) == "2023-12-19 14:00 UTC"
        and str(event.public) == "2024-02-01 05:00 to 2024-02-02 05:00 UTC"
    )


def test_minutes_do_not_become_public_before_a_meeting_to_come() -> None:
    text = "Minutes of the board's meeting. The next meeting will be held at 0900 GMT on Friday."
    (event, *_) = date_article(Article.of(text, published="2021-03-03T10:00:00Z")).events
    assert event.public is None and str(event.when) == "2021-03-05 09:00 UTC"
