"""The project's sample article: a pair of clocks beside a weekday of another city, and a promise."""

from eventstudy.news.dating.dating import date_article
from eventstudy.news.reading.article import Article

TEXT = """WASHINGTON/BAGHDAD - Iran struck two military bases in neighbouring Iraq with ballistic missiles early on
Wednesday to avenge its best-known general, then let it be known that it wanted the exchange to stop there.

The salvo began at about 1:30 a.m. (2230 GMT), when it was still Tuesday in Washington, according to the
Pentagon, which put the number of missiles above twelve.

Tehran described the strike as its answer to the death of Qassem Soleimani, the commander whom a U.S. drone
killed beside Baghdad airport on Friday. Defense Secretary Mark Esper had told reporters on Tuesday, before the
first launch, that some kind of reprisal was likely.

Trump posted that things looked good so far and promised to speak on Wednesday morning, Washington time."""


def test_a_weekday_of_another_city_does_not_date_the_pair() -> None:
    dating = date_article(Article.of(TEXT, published="2020-01-08T03:30:00Z"))
    event = dating.events[0]
    assert str(event.when) == "2020-01-07 22:30 UTC"
    assert event.when.tz == "+03:00"
    assert event.evidence.startswith("The salvo began") and event.evidence.endswith("above twelve.")
    assert not event.warnings


def test_a_promise_looks_ahead() -> None:
    dating = date_article(Article.of(TEXT, published="2020-01-08T03:30:00Z"))
    promise = next(m for m in dating.mentions if "Wednesday morning" in m.phrase)
    assert promise.when is not None
    assert promise.when.start.isoformat() == "2020-01-08T11:00:00+00:00"
    assert not any("promised" in event.evidence for event in dating.events), "a promise is not something that happened"
