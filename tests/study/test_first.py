"""Who could trade first on the sample, and lead and lag between two markets in bars."""

import numpy as np
import pandas as pd
import pytest

from eventstudy import Event, EventStudy
from eventstudy.errors import UnknownNameError, UsageError


def test_the_order_of_the_sample(sample_result):
    table = sample_result.first_to_trade
    assert table["first_tradable_utc"].is_monotonic_increasing and len(table) == 12
    first = table.set_index("market")
    # By the answer sheet of the exchanges' hours: Globex reopens at 23:00 UTC, with Sydney; New York opens last.
    assert first.loc["CL=F", "first_tradable_utc"] == pd.Timestamp("2020-01-07T23:00Z")
    assert first.loc["CL=F", "wait_minutes"] == 30 and first.loc["CL=F", "first_return"] == pytest.approx(
        62.84 / 62.70 - 1
    )
    assert first.loc["^N225", "first_tradable_utc"] == pd.Timestamp("2020-01-08T00:00Z")
    assert table["market"].iloc[-1] == "^GSPC"
    assert np.isnan(first.loc["^AXJO", "first_return"]) and first.loc["^AXJO", "first_seen"] == ""


def quarter_hours(seed=4, days=3):
    """Two markets around the clock; the second follows the first by one bar."""
    rng = np.random.default_rng(seed)
    index = pd.date_range("2020-01-06T00:00Z", periods=96 * days, freq="15min")
    x = 0.001 * rng.standard_normal(len(index))
    y = np.roll(x, 1) + 0.0005 * rng.standard_normal(len(index))
    return {
        name: pd.DataFrame({"close": 100 * np.exp(np.cumsum(step))}, index=index)
        for name, step in (("BTC-USD", x), ("ETH-USD", y))
    }


@pytest.fixture(scope="module")
def coins():
    study = EventStudy(bars="15min", estimation=(-80, -1), windows=[(0, 3)])
    return study.run(Event.at("2020-01-07T10:00:00Z"), quarter_hours())


def test_the_follower_is_found(coins):
    table = coins.lead_lag("BTC-USD", "ETH-USD", lags=3).set_index("lag")
    assert table["correlation"].idxmax() == 1 and table.loc[1, "correlation"] > table.loc[1, "band"]
    assert table["p"].iloc[0] == 0.001
    with pytest.raises(UnknownNameError, match="DOGE"):
        coins.lead_lag("BTC-USD", "DOGE-USD")


def test_the_first_bar_in_bars(coins):
    line = coins.first_to_trade.iloc[0]
    assert (line["state"], line["wait_minutes"], line["first_seen"]) == ("open", 0.0, "bar")
    assert line["first_seen_utc"] == pd.Timestamp("2020-01-07T10:15Z")


def test_lead_and_lag_need_bars(sample_result):
    with pytest.raises(UsageError, match="study in bars"):
        sample_result.lead_lag("CL=F", "BZ=F")


def test_sessions_given_without_instants_have_no_order(sample_bars):
    events = pd.DataFrame({"event_id": ["a"], "symbol": ["CL=F"], "session": ["2020-01-08"]})
    table = EventStudy(windows=[(0, 0)], rolls="keep").run(events, sample_bars).first_to_trade
    assert table.empty and "first_return" in table
