"""The careful analyst's sentences on cases with known answers: a shock, nothing, a wide range, a night in bars."""

import numpy as np
import pandas as pd
import pytest

from eventstudy import Event, EventStudy, When, read_bars, read_events
from places_of_tests import DATA, STRIKE

DAYS = pd.bdate_range("2019-01-02", "2020-01-14")
EVENT = Event(id="news", public=When.instant("2020-01-08T12:00:00Z"))
STUDY = EventStudy(calendar="XNYS", estimation=(-210, -11), windows=[(0, 0)])


def prices(shock, range_=0.0):
    """Quiet days of 1 %; on 8 January a return of `shock`, and a high so far above the close."""
    rng = np.random.default_rng(12)
    steps = 0.01 * rng.choice([-1.0, 1.0], len(DAYS)) * rng.uniform(0.5, 1.5, len(DAYS))
    steps[DAYS.get_loc(pd.Timestamp("2020-01-08"))] = shock
    close = 100 * np.exp(np.cumsum(steps))
    frame = pd.DataFrame({"close": close, "open": close, "high": close * 1.004, "low": close * 0.996}, index=DAYS)
    frame.loc["2020-01-08", "high"] *= 1 + range_
    return {"MINE": frame}


def said(shock, range_=0.0, others=()):
    return STUDY.run(EVENT, prices(shock, range_), others=others).careful()


def test_a_shock():
    what, unusual, cannot = said(0.08)
    assert what.startswith("MINE moved by +8.33 % over day 0, 8 January 2020, and within that session went from")
    assert unusual.startswith("The move from close to close is unusual at the 5 % level (p = .005 among 200 ordinary")
    assert "only listed events are known" in cannot and "below" in cannot and "how fast" not in cannot


def test_nothing_unusual():
    what, unusual, _ = said(0.002)
    assert "moved by +0.20 %" in what and unusual.startswith("Nothing unusual: the move is not distinguishable")


def test_an_ordinary_close_with_a_wide_range():
    _, unusual, _ = said(0.002, 0.15)
    assert "nothing unusual" in unusual and "but the range is" in unusual
    assert "at least as large on 0 of 200 ordinary days" in unusual


def test_other_news_of_the_day_is_counted():
    others = [Event.at("2020-01-08T13:30:00Z", id="a"), Event.at("2020-01-08T15:00:00Z", id="b")]
    assert "since day 0 holds two other listed events" in said(0.08, others=others)[2]


@pytest.fixture(scope="module")
def quarters():
    return read_bars(DATA / "prices/intraday")


def test_the_night_of_the_sample(quarters):
    study = EventStudy(bars="15min", markets=["WTICO_USD"], rolls="keep", estimation=(-40, -1), windows=[(0, 87)])
    others = read_events(DATA / "events.csv")
    (sentence,) = study.run(Event.at(STRIKE), quarters, others=others).careful()
    assert "+4.67 % at 00:30 UTC before the next listed event (conciliatory-messages)" in sentence
    assert "unusual at the 5 % level (p = .036 among 27 stretches" in sentence
    assert "+2.16 % at 02:30 UTC, −1.31 % at 15:30 UTC" in sentence
    assert "−5.37" not in sentence


def test_a_quiet_night():
    rng = np.random.default_rng(4)
    index = pd.date_range("2020-01-06T00:00Z", periods=192, freq="15min")
    frame = pd.DataFrame({"close": 100 * np.exp(np.cumsum(0.001 * rng.standard_normal(192)))}, index=index)
    study = EventStudy(bars="15min", estimation=(-100, -1), windows=[(0, 3)])
    (sentence,) = study.run(Event.at("2020-01-07T10:00:00Z"), {"BTC-USD": frame}).careful()
    assert "that is nothing unusual (p = " in sentence and "before the end of the search" in sentence


def test_several_events_have_no_sentence(sample_bars):
    events = [Event.at(STRIKE, id="a"), Event.at("2019-12-11T22:30:00Z", id="b")]
    result = EventStudy(markets=["CL=F"], windows=[(0, 0)], rolls="keep").run(events, sample_bars)
    assert result.careful() == ()
