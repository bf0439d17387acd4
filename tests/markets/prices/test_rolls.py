"""Rolls of continuous futures: the exchanges' rules, and which returns they touch in the sample."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eventstudy import Bars, read_bars
from eventstudy.markets.prices.rolls import RULES, expiries

DATA = Path(__file__).parents[3] / "data/prices"


def days(text):
    return np.array(text.split(), dtype="M8[D]").astype(str).tolist()


# As data/README.md lists them.
CRUDE = days(
    "2019-01-22 2019-02-20 2019-03-20 2019-04-22 2019-05-21 2019-06-20 2019-07-22 2019-08-20 2019-09-20 2019-10-22 "
    "2019-11-20 2019-12-19 2020-01-21"
)
FLAT_BRENT = days(
    "2019-02-01 2019-03-01 2019-04-01 2019-05-01 2019-06-03 2019-07-01 2019-08-01 2019-10-01 2019-11-01 2019-12-02 "
    "2019-12-31"
)


@pytest.fixture(scope="module")
def bars():
    return read_bars(DATA)


def between(symbol, first, last):
    return expiries(symbol, np.datetime64(first), np.datetime64(last)).astype(str).tolist()


def test_crude_expires_as_the_readme_says():
    assert between("CL=F", "2019-01-02", "2020-01-31") == CRUDE


@pytest.mark.parametrize(
    ("symbol", "first", "last", "known"),
    [
        # The May 2020 contract settled at -37.63 the day before its last.
        ("CL=F", "2020-04-01", "2020-04-30", "2020-04-21"),
        # Brent for February ends a day earlier than other months; August's bank holiday in London moves nothing.
        ("BZ=F", "2019-08-01", "2019-12-31", "2019-08-30 2019-09-30 2019-10-31 2019-11-29 2019-12-30"),
        # Gold for December 2019 and natural gas for February 2020.
        ("GC=F", "2019-12-01", "2019-12-31", "2019-12-27"),
        ("NG=F", "2020-01-01", "2020-01-31", "2020-01-29"),
        ("RB=F", "2020-01-01", "2020-01-31", "2020-01-31"),
        ("^N225", "2020-01-01", "2020-01-31", ""),
        ("ES=F", "2020-03-01", "2020-03-31", ""),
    ],
)
def test_last_days_of_trading(symbol, first, last, known):
    assert between(symbol, first, last) == days(known)


def test_rules_are_of_continuous_futures_only(bars):
    assert all(not bars["^HSI"].roll_days().notna().any() for _ in RULES)


def test_returns_across_an_expiry_are_dropped(bars):
    crude = bars["CL=F"]
    lost = crude.returns().notna() & crude.returns(rolls="exclude").isna()
    index = crude.index
    expected = [index[index.get_loc(pd.Timestamp(day)) + 1] for day in CRUDE]
    assert index[lost].tolist() == expected
    kept = crude.returns(rolls="exclude").dropna()
    pd.testing.assert_series_equal(kept, crude.returns()[kept.index])


def test_flat_expiry_rows_and_the_next_are_dropped(bars):
    brent = bars["BZ=F"]
    lost = brent.index[brent.returns().notna() & brent.returns(rolls="exclude").isna()]
    index = brent.index
    after = [index[index.get_loc(pd.Timestamp(day)) + 1] for day in FLAT_BRENT]
    # The turn to September 2019 has no flat row, but a splice all the same.
    assert sorted([*map(pd.Timestamp, FLAT_BRENT), *after, pd.Timestamp("2019-09-03")]) == lost.tolist()


def test_flat_rows_that_are_no_roll_are_kept(bars):
    """Thin days of gold and the placeholder of the Hang Seng have closes that move."""
    gold, hong_kong = bars["GC=F"], bars["^HSI"]
    thin = gold.flat_rows() & gold.roll_days().isna()
    assert thin.sum() >= 28 - 13 and gold.returns(rolls="exclude")[thin].notna().all()
    pd.testing.assert_series_equal(hong_kong.returns(rolls="exclude"), hong_kong.returns())


def test_a_future_without_a_rule_takes_flat_rows_for_rolls():
    index = pd.to_datetime(["2020-01-06", "2020-01-07", "2020-01-08", "2020-01-09"])
    frame = pd.DataFrame({name: [1.0, 2, 3, 4] for name in ("open", "close", "low")}, index=index)
    frame["high"] = [2.0, 2.0, 4.0, 5.0]
    lost = Bars(symbol="ES=F", frame=frame).returns(rolls="exclude").isna()
    assert lost.tolist() == [True, True, True, False]


def test_intraday_bars_cross_an_expiry_between_sessions():
    index = pd.DatetimeIndex(["2020-01-21T21:45Z", "2020-01-21T23:00Z", "2020-01-21T23:15Z"])
    bars = Bars(symbol="CL=F", frame=pd.DataFrame({"close": [58.3, 56.7, 56.8]}, index=index))
    assert bars.rolled_rows().tolist() == [False, True, False]


# Settlements of the front contract: U.S. Energy Information Administration, series RCLC1 (public domain).
APRIL_2020 = {"2020-04-16": 19.87, "2020-04-17": 18.27, "2020-04-20": -37.63, "2020-04-21": 10.01, "2020-04-22": 13.78}


def test_a_negative_settlement_has_changes_only():
    closes = pd.Series(APRIL_2020, name="close").rename(index=pd.Timestamp)
    bars = Bars(symbol="CL=F", frame=closes.to_frame())
    day, after = pd.Timestamp("2020-04-20"), pd.Timestamp("2020-04-21")
    change = bars.returns("change")
    assert change[day] == pytest.approx(-37.63 - 18.27, rel=1e-14)
    for kind in ("log", "simple"):
        assert np.isnan(bars.returns(kind)[[day, after]]).all()
    assert bars.undefined_returns().tolist() == [day, after]
