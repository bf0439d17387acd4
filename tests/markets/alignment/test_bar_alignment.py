"""Instants among bars."""

import numpy as np
import pandas as pd
import pytest

from eventstudy.markets.alignment.bars import NO_BAR, place_in_bars

# quarter hours of WTI around its daily break of 7 January 2020: none from 22:00 to 23:00 UTC
BARS = np.array([f"2020-01-07T{at}" for at in ("21:30", "21:45", "23:00", "23:15", "23:30")], "M8[ns]")
QUARTER = np.timedelta64(15, "m")


def clock(position):
    return None if position == NO_BAR else str(BARS[position])[11:16]


@pytest.mark.parametrize(
    ("instant", "first", "before", "straddling"),
    [
        ("22:30", "23:00", "21:45", None),  # in the break: no bar straddles it
        ("23:00", "23:00", "21:45", None),  # the bar that opens then is the first after
        ("23:05", "23:15", "21:45", "23:00"),  # the bar that holds it is neither before nor after
        ("23:15", "23:15", "23:00", None),  # the bar that ends then is before
        ("22:00", "23:00", "21:45", None),
        ("21:30", "21:30", None, None),
        ("21:00", "21:30", None, None),
        ("23:31", None, "23:15", "23:30"),
        ("23:50", None, "23:30", None),
    ],
)
def test_the_bar_after_the_bar_before_and_the_one_astride(instant, first, before, straddling):
    found = place_in_bars(np.array([f"2020-01-07T{instant}"], "M8[ns]"), BARS, QUARTER)
    assert (clock(found.first[0]), clock(found.before[0])) == (first, before)
    assert (clock(found.before[0] + 1) if found.straddled[0] else None) == straddling


def test_bars_of_any_length_and_many_instants_in_any_order():
    starts = pd.DatetimeIndex(["2020-01-08 00:00", "2020-01-08 01:00", "2020-01-08 03:30"]).to_numpy("M8[ns]")
    ends = pd.DatetimeIndex(["2020-01-08 01:00", "2020-01-08 02:30", "2020-01-08 04:00"]).to_numpy("M8[ns]")
    instants = pd.DatetimeIndex(["2020-01-08 02:45", "2020-01-07 22:30", "2020-01-08 01:15"]).to_numpy("M8[ns]")
    found = place_in_bars(instants, starts, ends)
    assert found.first.tolist() == [2, 0, 2]
    assert found.before.tolist() == [1, NO_BAR, 0]
    assert found.straddled.tolist() == [False, False, True]
