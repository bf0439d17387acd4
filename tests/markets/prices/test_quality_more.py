"""Oddities of clocks, rolls and volume: each is made and must be named; what is in order must not be."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eventstudy import Bars, read_bars
from eventstudy.instruments.catalogue import find_instrument
from eventstudy.markets.calendars.schedule import schedule
from eventstudy.markets.prices.quality import oddities

INTRADAY = Path(__file__).parents[3] / "data/prices/intraday"


def kinds(table):
    return table["kind"].tolist()


def quiet(index, symbol="^GSPC", **columns):
    """Bars that move a little, so that nothing but what a test makes is odd."""
    close = 100 * np.exp(0.001 * np.cumsum(np.sin(np.arange(len(index)) * 2.4)))
    return Bars(symbol=symbol, frame=pd.DataFrame({"close": close, **columns}, index=index))


@pytest.fixture(scope="module")
def sessions():
    days = schedule(find_instrument("^GSPC"), pd.Timestamp("2019-06-03").date(), pd.Timestamp("2019-12-31").date())
    return pd.DatetimeIndex(days.sessions.astype("M8[s]"))


@pytest.mark.parametrize("shift", [-1, 1])
def test_labels_of_another_zone_are_named(sessions, shift):
    moved = quiet(sessions + pd.Timedelta(days=shift))
    around = sessions.union(sessions + pd.Timedelta(days=shift))
    whole = schedule(find_instrument("^GSPC"), around[0].date(), around[-1].date()).sessions.astype("M8[s]")
    found = oddities(moved, pd.DatetimeIndex(whole))
    zone = found[found["kind"] == "time_zone"]
    assert len(zone) == 1 and f"if moved by {-shift:+d} day" in zone["detail"].iloc[0]


def test_right_labels_are_not(sessions):
    assert kinds(oddities(quiet(sessions), sessions)) == []


def test_intraday_bars_of_another_zone_are_named():
    """Tokyo's wall clock stamped as if it were UTC: nine hours late."""
    tokyo = schedule(find_instrument("^N225"), pd.Timestamp("2020-01-14").date(), pd.Timestamp("2020-01-17").date())
    parts = [
        pd.date_range(start, end, freq="15min", inclusive="left", tz="UTC")
        for start, end in zip(tokyo.starts, tokyo.ends, strict=True)
    ]
    right = parts[0].append(parts[1:])
    assert kinds(oddities(quiet(right, "^N225"))) == []
    found = oddities(quiet(right + pd.Timedelta(hours=9), "^N225"))
    assert {"outside_hours", "time_zone"} <= set(kinds(found))
    assert "if moved by -9 hours" in found.loc[found["kind"] == "time_zone", "detail"].iloc[0]


def test_the_sample_quarter_hours_are_in_order():
    for bars in read_bars(INTRADAY).values():
        assert set(kinds(oddities(bars))) <= {"large_move"}


def test_a_gap_within_trading_hours_is_named_and_a_break_is_not():
    whole = pd.date_range("2020-01-07T20:00", "2020-01-08T02:00", freq="15min", tz="UTC")
    trading = whole[(whole < "2020-01-07T22:00Z") | (whole >= "2020-01-07T23:00Z")]
    assert kinds(oddities(quiet(trading, "CL=F"))) == []
    found = oddities(quiet(trading.delete([3, 4, 5]), "CL=F"))
    assert kinds(found) == ["missing_bars"] and "the longest of 45 minutes" in found["detail"].iloc[0]
    assert found["session"].iloc[0] == pd.Timestamp("2020-01-07T20:45")


def test_rows_without_volume(sessions):
    volume = np.full(len(sessions), 1000.0)
    volume[[5, 7]] = 0
    found = oddities(quiet(sessions, volume=volume), sessions)
    assert kinds(found) == ["no_trade"] * 2 and found["session"].tolist() == [sessions[5], sessions[7]]
    once = oddities(quiet(sessions, volume=0.0 * volume), sessions)
    assert kinds(once) == ["no_trade"] and "was not recorded" in once["detail"].iloc[0]


def test_every_roll_of_the_sample_is_named(sample_bars):
    crude = oddities(sample_bars["CL=F"])
    rolls = crude[crude["kind"] == "roll"]
    assert len(rolls) == 13 and rolls["detail"].iloc[0].endswith("2019-01-22")
    brent = oddities(sample_bars["BZ=F"])
    assert (brent["kind"] == "roll").sum() == 23
    assert "roll" not in kinds(oddities(sample_bars["^N225"]))


def test_a_future_without_a_known_rule_says_so(sessions):
    found = oddities(quiet(sessions, "ES=F"))
    assert kinds(found) == ["roll_unknown"]


def test_details_never_start_like_a_formula(sample_bars):
    """A spreadsheet would run a cell that starts with one of these."""
    for bars in (*sample_bars.values(), *read_bars(INTRADAY).values()):
        assert not oddities(bars)["detail"].astype(str).str.match(r"[=+\-@]").any()


def test_rows_of_a_wrong_year_are_named_once_and_leave_no_gap_of_decades(sessions):
    late = sessions.append(pd.DatetimeIndex(["2099-01-07", "2099-01-08"]).as_unit("s"))
    table = oddities(quiet(late), sessions)
    found = table[table["kind"] == "beyond_calendar"]
    assert found["session"].tolist() == [pd.Timestamp("2099-01-07")]
    (said,) = found["detail"]
    assert said == "the row before is of 2019-12-31, and the calendar ends with 2019-12-31: a wrong year?"
    assert "missing_session" not in kinds(table)


def test_a_gap_of_years_within_the_calendar_is_missing_sessions(sessions):
    rows = sessions[:5].append(sessions[-5:])
    assert set(kinds(oddities(quiet(rows), sessions))) == {"missing_session"}
