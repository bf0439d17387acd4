"""Placebo dates: disjoint windows, an estimation window of their own, and rates of tests with known answers."""

import numpy as np
import pandas as pd
import pytest

from eventstudy import Event, EventStudy
from eventstudy.errors import NotEnoughDataError, UsageError
from eventstudy.study.light import Prepared
from eventstudy.study.sizes import placebo_dates
from places_of_tests import STRIKE

DAYS = pd.bdate_range("2012-01-03", periods=1000)
STUDY = EventStudy(calendar="XNYS", estimation=(-60, -6), windows=[(-1, 1)], tests=["t", "placebo_standardised"])
EVENT = Event.at("2014-03-05T15:00:00Z", id="own")


@pytest.fixture(scope="module")
def prices():
    rng = np.random.default_rng(6)
    return pd.DataFrame({f"M{k}": np.exp(np.cumsum(0.01 * rng.standard_normal(len(DAYS)))) for k in range(2)}, DAYS)


@pytest.fixture(scope="module")
def table(prices):
    return STUDY.sizes(prices, events=EVENT, repetitions=110, effect=0.05, seed=1)


def test_windows_are_disjoint_and_estimation_windows_whole(prices):
    prepared = Prepared.of(STUDY, prices)
    dates = placebo_dates(prepared, [EVENT])
    labels = prepared.prices["M0"].labels
    rows = [labels.get_loc(pd.Timestamp(date.date())) for date in dates]
    own = labels.get_loc(pd.Timestamp("2014-03-05"))
    assert min(np.diff(rows)) == 3 and min(abs(row - own) for row in rows) >= 3
    assert rows[0] + STUDY.estimation_window.first >= 1 and rows[-1] + 1 < len(labels)
    assert {date.hour for date in dates} == {15} and len(dates) > 250


def test_rates_of_right_tests_lie_in_the_band(table):
    each = table[table["over"] == "each market"].set_index("test")
    assert each["dates"].eq(110).all()
    # Two markets a date: the band of 110 independent dates is the wider one.
    assert each["rate"].between(each["low"] - 0.02, each["high"] + 0.02).all()
    # Five standard deviations are found almost always.
    assert (each["power"] > 0.95).all() and (each["effect"] == 0.05).all()


def test_any_market_counts_dates(table):
    rates = table.set_index(["test", "over"])["rate"]
    assert rates["t", "each market"] <= rates["t", "any market"] <= 2 * rates["t", "each market"]


def test_progress_and_the_same_draw_twice(prices):
    seen = []
    first = STUDY.sizes(prices, repetitions=2, progress=lambda done, of: seen.append((done, of)))
    assert seen == [(1, 2), (2, 2)]
    pd.testing.assert_frame_equal(first, STUDY.sizes(prices, repetitions=2))


def test_too_few_dates_are_refused(sample_bars, prices):
    study = EventStudy(markets=["CL=F", "^N225"], rolls="keep")
    with pytest.raises(NotEnoughDataError, match=r"need 100, about 5\d\d sessions with windows of 3 rows"):
        study.sizes(sample_bars, events=Event.at(STRIKE))
    with pytest.raises(UsageError, match="each serves once"):
        STUDY.sizes(prices, repetitions=5000)
    with pytest.raises(UsageError, match="in bars"):
        EventStudy(bars="15min").sizes(sample_bars)
