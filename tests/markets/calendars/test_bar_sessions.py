"""Bars beside trading hours and the lanes of a plot, against plain loops over the sessions."""

import numpy as np
import pandas as pd
import pytest

from eventstudy.errors import InputError
from eventstudy.instruments.catalogue import find_instrument
from eventstudy.markets.calendars.bar_sessions import bar_hours, local_minute
from eventstudy.markets.calendars.lanes import hours_to_show, trading_lanes
from eventstudy.markets.calendars.own_calendars import holiday_tables
from eventstudy.markets.calendars.schedule import schedule


@pytest.mark.parametrize("symbol", ["CL=F", "^N225", "^GSPC"])
def test_every_bar_is_in_the_stretch_that_holds_it(symbol):
    days = pd.date_range("2020-01-03", "2020-01-14", freq="187min", tz="UTC")
    starts = pd.DatetimeIndex(["2019-11-05T06:07Z"]).append(days)  # the first stands far before the others
    found = bar_hours(symbol, starts)
    on = schedule(find_instrument(symbol), pd.Timestamp("2019-10-01").date(), pd.Timestamp("2020-02-01").date())
    stretches = on.stretches()
    for at, start in enumerate(starts):
        holds = (stretches["start"] <= start) & (start < stretches["end"])
        assert found.inside[at] == holds.any()
        before, after = stretches[stretches["end"] <= start], stretches[stretches["start"] > start]
        begins, ends = before["end"].iloc[-1], after["start"].iloc[0]
        if holds.any():
            (row,) = np.flatnonzero(holds)
            begins, ends = stretches["start"].iloc[row], stretches["end"].iloc[row]
        assert pd.Timestamp(found.begins[at], tz="UTC") == begins
        assert pd.Timestamp(found.ends[at], tz="UTC") == ends


def test_the_minute_of_the_local_day():
    starts = np.array(["2020-01-07T23:00", "2020-07-07T13:30:30", "NaT"], "M8[ns]")
    np.testing.assert_array_equal(local_minute(starts, "America/New_York"), [1080.0, 570.5, np.nan])


def test_lanes_reach_both_bounds_and_are_cut_there():
    """Crude trades from 23:00 to 22:00 UTC in winter, Tokyo from 0:00 to 2:30 and from 3:30 to 6:00."""
    instant = pd.Timestamp("2020-01-08T12:00Z")
    lanes = trading_lanes(instant, ["CL=F", "^N225"], before=30, after=24)
    crude, tokyo = (lanes[(lanes["market"] == name) & (lanes["state"] == "open")] for name in ("CL=F", "^N225"))
    times = [(f"{row.start:%d %H:%M}", f"{row.end:%d %H:%M}") for row in crude.itertuples()]
    assert times == [("07 06:00", "07 22:00"), ("07 23:00", "08 22:00"), ("08 23:00", "09 12:00")]
    times = [(f"{row.start:%d %H:%M}", f"{row.end:%d %H:%M}") for row in tokyo.itertuples()]
    assert times == [
        ("08 00:00", "08 02:30"),
        ("08 03:30", "08 06:00"),
        ("09 00:00", "09 02:30"),
        ("09 03:30", "09 06:00"),
    ]
    assert (lanes["state"] == "break").sum() == 2 + 2  # both of Tokyo's, and the daily hours of crude
    assert lanes.index.tolist() == list(range(len(lanes)))


def test_hours_that_reach_the_opening_of_the_last_market():
    instant = pd.Timestamp("2020-01-04T12:00Z")
    assert hours_to_show(instant, pd.Series(pd.DatetimeIndex(["2020-01-06T14:30Z", "2020-01-05T23:00Z"]))) == (6, 58)
    assert hours_to_show(instant, pd.Series(pd.DatetimeIndex(["2020-01-04T13:00Z"]))) == (6, 24)
    # Ten seconds more than 50 hours are shown as 51, and seven after the opening.
    assert hours_to_show(instant, pd.Series(pd.DatetimeIndex(["2020-01-06T14:00:10Z"]))) == (6, 58)


def test_lanes_show_six_hours_before_and_a_day_after():
    instant = pd.Timestamp("2020-01-08T12:00Z")
    lanes = trading_lanes(instant, ["CL=F"])
    assert lanes["start"].min() == instant - pd.Timedelta(hours=6)
    assert lanes["end"].max() == instant + pd.Timedelta(hours=24)


def test_currencies_have_no_break_between_sessions_that_touch():
    on = schedule(find_instrument("EURUSD=X"), pd.Timestamp("2020-01-06").date(), pd.Timestamp("2020-01-10").date())
    stretches = on.stretches()
    touching = (stretches["end"] == stretches["start"].shift(-1)).to_numpy()
    assert touching.any() and not stretches["break_follows"].to_numpy()[touching].any()


@pytest.mark.parametrize("days", [("2020-01-03", "2020-01-01"), ("2020-01-01", "2020-01-03", "2020-01-02")])
def test_holidays_out_of_order_are_refused(days):
    text = "table,date,verb,at,why\n" + "".join(f"x,{day},closed,,A day\n" for day in days)
    with pytest.raises(InputError, match=f"{days[-1]} does not come after {days[-2]}"):
        holiday_tables(text)
