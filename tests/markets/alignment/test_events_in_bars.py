"""Bars around the instants of events, beside answers written by hand and a plain loop over the bars."""

import numpy as np
import pandas as pd
import pytest

from eventstudy.errors import UsageError
from eventstudy.markets.alignment.events_in_bars import among_bars, bar_panel, in_bars_of
from eventstudy.markets.prices.bars import Bars, BarSet
from eventstudy.windows import Window

# Crude on the evening of 7 January 2020: none from 22:00 to 23:00 UTC.
STARTS = pd.DatetimeIndex(
    [f"2020-01-07T{at}Z" for at in ("21:15", "21:30", "21:45", "23:00", "23:15", "23:30", "23:45")]
)
CLOSE = pd.Series([60.0, 61.0, 63.0, 62.0, 66.0, 65.0, 68.0], index=STARTS)
BARS = BarSet(bars={"CL=F": Bars(symbol="CL=F", frame=CLOSE.to_frame("close"))})


def lines(*instants, market="CL=F"):
    moments = pd.Series(pd.DatetimeIndex([f"2020-01-07T{at}Z" for at in instants]))
    events = [f"e{at}" for at in range(len(instants))]
    return pd.DataFrame({"event_id": events, "market": market, "state": "open"}), moments


def clock(cells):
    return cells.dt.strftime("%H:%M").fillna("").tolist()


def test_the_bars_before_and_after_each_instant():
    table, instants = lines("22:30", "23:05", "23:50", "23:15", "21:15", "23:47")
    found = among_bars(table, instants, BARS)
    assert found["event_id"].tolist() == table["event_id"].tolist()
    # No bar opens after 23:45, and none ends before 21:30: those instants stay where they are, outside the prices.
    assert clock(found["session"]) == ["23:00", "23:15", "23:50", "23:15", "21:15", "23:47"]
    assert clock(found["reference_utc"]) == ["22:00", "22:00", "", "23:15", "", ""]
    assert clock(found["observation_utc"]) == ["23:15", "23:30", "", "23:30", "", ""]
    assert clock(found["straddling_utc"]) == ["", "23:00", "23:45", "", "", "23:45"]


def test_a_market_without_bars_has_no_tau_zero_and_lines_keep_their_order():
    table, instants = lines("22:30", "22:30", "23:05")
    table["market"] = ["^N225", "CL=F", "CL=F"]
    found = among_bars(table, instants, BARS)
    assert found["market"].tolist() == ["^N225", "CL=F", "CL=F"]
    assert clock(found["session"]) == ["", "23:00", "23:15"]
    assert clock(found["observation_utc"]) == ["", "23:15", "23:30"]


def test_event_time_leaves_out_the_bar_that_holds_the_event():
    """Tau 0 opens at or after the event, tau -1 ended at or before it, and the bar between is in neither."""
    at = ("22:30", "23:05", "23:20")
    table, instants = lines(*at)
    returns = np.log(CLOSE).diff().tz_localize(None)
    factors = returns.to_frame("same") * 2
    panel = bar_panel(
        among_bars(table, instants, BARS), {"CL=F": returns}, Window(-2, 1), BARS, factors={"CL=F": factors}
    )
    assert panel.tau.tolist() == [-2, -1, 0, 1]
    opens, ends = STARTS.tz_localize(None), STARTS.tz_localize(None) + pd.Timedelta("15min")
    for row, instant in enumerate(pd.DatetimeIndex([f"2020-01-07T{moment}" for moment in at])):
        before, after = opens[ends <= instant][-2:], opens[opens >= instant][:2]
        expected = before.append(after)
        assert pd.DatetimeIndex(panel.sessions[row]).tolist() == expected.tolist()
        np.testing.assert_array_equal(panel.returns[row], returns[expected])
        np.testing.assert_array_equal(panel.factors[row, :, 0], 2 * returns[expected])
        local = [(label.hour - 5) * 60 + label.minute for label in expected]  # New York in January
        assert panel.factors[row, :, 1].tolist() == local
    assert panel.factor_names == ("same", "time_of_day")


@pytest.mark.parametrize(
    ("unbroken", "missing"),
    [(None, []), (Window(0, 1), [0]), (Window(1, 1), []), (Window(-2, -1), []), (Window(-2, 0), [0])],
)
def test_a_return_over_the_daily_break_is_no_return_of_one_bar(unbroken, missing):
    table, instants = lines("22:30")
    returns = np.log(CLOSE).diff().tz_localize(None)
    panel = bar_panel(among_bars(table, instants, BARS), {"CL=F": returns}, Window(-2, 1), BARS, unbroken=unbroken)
    assert panel.tau[np.isnan(panel.returns[0])].tolist() == missing


def test_bars_of_another_length_are_joined_or_refused():
    hourly = in_bars_of(BARS, "30min")["CL=F"].frame["close"]
    assert hourly.index.strftime("%H:%M").tolist()[1:3] == ["21:30", "23:00"]
    assert hourly.tolist()[1:] == [63.0, 66.0, 68.0]  # the last close of each half-hour
    with pytest.raises(UsageError, match='bars of 15 minutes; say so in the study: bars = "15min"'):
        in_bars_of(BARS, None)
    daily = BarSet(
        bars={"A": Bars(symbol="A", frame=pd.DataFrame({"close": [1.0]}, index=[pd.Timestamp("2020-01-07")]))}
    )
    assert in_bars_of(daily, None) is daily
