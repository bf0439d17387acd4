"""Rows at the edges: the first of a series, several left out in a row, the last bar, the last days of a calendar."""

import numpy as np
import pandas as pd
import pytest

from eventstudy.instruments.catalogue import CATALOGUE, find_instrument
from eventstudy.markets.alignment.benchmark_sessions import known_overnight, over_same_span
from eventstudy.markets.alignment.own_sessions import only_sessions
from eventstudy.markets.alignment.stamped import stamped_days
from eventstudy.markets.prices.bars import Bars


@pytest.mark.parametrize(("kind", "joined"), [("log", 0.05), ("simple", 1.02 * 1.03 - 1)])
def test_a_benchmark_over_the_span_of_a_markets_rows(kind, joined):
    days = pd.date_range("2020-01-06", periods=5)
    benchmark = pd.Series([0.01, 0.02, 0.03, 0.04, 0.05], index=days)
    values, steps = over_same_span(benchmark, days[[0, 2, 3]], kind=kind)
    np.testing.assert_allclose(values, [0.01, joined, 0.04], rtol=1e-12)
    assert steps.tolist() == [1, 2, 1]
    values, steps = over_same_span(benchmark, days[[1, 4]], kind=kind)
    assert values.iloc[0] == 0.02 and steps.tolist() == [1, 3]


def test_what_was_known_overnight_is_joined_since_the_session_before():
    days = pd.DatetimeIndex(["2019-12-30", "2020-01-06", "2020-01-07"])
    york = pd.Series(0.01, index=pd.bdate_range("2019-12-23", "2020-01-06").drop(["2019-12-25", "2020-01-01"]))
    found = known_overnight(york, days, find_instrument("^N225"), find_instrument("^GSPC"))
    np.testing.assert_allclose(found, [np.nan, 0.04, 0.01], rtol=1e-12)  # 30 and 31 December, 2 and 3 January


def test_growth_over_rows_on_no_session_goes_into_the_next_return():
    """New York was closed on 4 and 5 January 2020; a roll on the 5th measures its return in another contract."""
    days = pd.DatetimeIndex(["2020-01-02", "2020-01-03", "2020-01-04", "2020-01-05", "2020-01-06", "2020-01-07"])
    close = np.array([60.0, 61.0, 62.0, 70.0, 71.0, 73.0])
    previous = np.array([np.nan, 60.0, 61.0, 69.0, 70.0, 71.0])  # on the 5th: 69 in the contract that closed at 70
    rolled = np.array([False, False, False, True, False, False])
    bars = Bars(
        symbol="^GSPC", frame=pd.DataFrame({"close": close, "previous": previous, "rolled": rolled}, index=days)
    )
    kept = only_sessions(bars, CATALOGUE)
    assert [day.day for day in kept.index] == [2, 3, 6, 7] and [day.day for day in kept.left_out] == [4, 5]
    growth = (kept.frame["close"] / kept.frame["previous"]).to_numpy()
    np.testing.assert_allclose(growth[1:], [61 / 60, (62 / 61) * (70 / 69) * (71 / 70), 73 / 71], rtol=1e-12)
    assert kept.frame["rolled"].tolist() == [False, False, True, False]


def test_opens_and_closes_are_stamped_in_order_and_told_apart():
    """New York in January: 14:30 and 21:00 UTC."""
    days = pd.DatetimeIndex(["2020-01-06", "2020-01-07"])
    frame = pd.DataFrame({"open": [1.0, 3.0], "high": [4.0, 4.0], "low": [1.0, 1.0], "close": [2.0, 4.0]}, index=days)
    found = stamped_days(Bars(symbol="^GSPC", frame=frame), find_instrument("^GSPC"), 0, 1)
    assert found.prices.tolist() == [1, 2, 3, 4] and found.rows.tolist() == [0, 0, 1, 1]
    assert found.opens.tolist() == [True, False, True, False]
    expected = [f"2020-01-0{day}T{at}" for day in (6, 7) for at in ("14:30", "21:00")]
    assert found.times.astype("M8[m]").astype(str).tolist() == expected


def stamps(bars, symbol, first, last):
    found = stamped_days(bars, find_instrument(symbol), first, last)
    return [f"{found.time(at):%d %H:%M} {'open' if found.opens[at] else 'close'}" for at in range(len(found.times))]


def test_opens_that_are_no_prices_of_the_morning_are_left_out():
    """A row with one price all day has no open of its own; a NaN is none; rows beyond the ends are not asked for."""
    days = pd.DatetimeIndex(["2020-01-06", "2020-01-07", "2020-01-08", "2020-01-09"])
    frame = pd.DataFrame({"open": [1.0, 2.0, np.nan, 4.0], "high": [2.0, 2.0, 3.0, 5.0]}, index=days)
    bars = Bars(symbol="^GSPC", frame=frame.assign(low=[1.0, 2.0, 3.0, 3.0], close=[1.5, 2.0, 3.0, 4.5]))
    whole = ["06 14:30 open", "06 21:00 close", "07 21:00 close", "08 21:00 close", "09 14:30 open", "09 21:00 close"]
    assert stamps(bars, "^GSPC", -3, 9) == whole
    assert stamps(bars, "^GSPC", 1, 2) == whole[2:4]
    closes = Bars(symbol="^GSPC", frame=frame[[]].assign(close=1.0))
    assert stamps(closes, "^GSPC", 0, 3) == [each for each in whole if "close" in each]


def test_the_last_price_known_at_a_stamp():
    days = pd.DatetimeIndex(["2020-01-06", "2020-01-07"])
    frame = pd.DataFrame({"open": [1.0, 3.0], "high": 4.0, "low": 1.0, "close": [2.0, 4.0]}, index=days)
    found = stamped_days(Bars(symbol="^GSPC", frame=frame), find_instrument("^GSPC"), 0, 1)
    asked = ["06T14:29Z", "06T14:30Z", "06T20:59Z", "06T21:00Z", "07T14:29Z", "07T21:00Z", "09T00:00Z"]
    assert [found.last(pd.Timestamp(f"2020-01-{at}")) for at in asked] == [-1, 0, 0, 1, 1, 3, 3]
    assert found.last(pd.Timestamp("2020-01-06T09:30", tz="America/New_York")) == 0
    assert found.time(3) == pd.Timestamp("2020-01-07T21:00Z")


def test_rows_outside_the_calendar_have_no_stamp():
    days = pd.DatetimeIndex(["2020-01-04", "2020-01-06"])  # a Saturday
    bars = Bars(symbol="^GSPC", frame=pd.DataFrame({"close": [1.0, 2.0]}, index=days))
    found = stamped_days(bars, find_instrument("^GSPC"), 0, 1)
    assert (found.prices.tolist(), found.rows.tolist()) == ([2.0], [1])
