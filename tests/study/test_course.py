"""The anatomy of a reaction by the bar, beside plain loops: no number of it depends on the event windows."""

import numpy as np
import pandas as pd
import pytest

from eventstudy import Event, EventStudy, When, read_bars, read_events
from eventstudy.errors import UsageError
from eventstudy.study.course import Turns, turning_points
from places_of_tests import DATA, STRIKE

BASE = {"bars": "15min", "markets": ["WTICO_USD"], "rolls": "keep", "estimation": (-40, -1)}
EXACT = {"rel": 1e-12}


@pytest.fixture(scope="module")
def quarters():
    return read_bars(DATA / "prices/intraday")


@pytest.fixture(scope="module")
def listed():
    return read_events(DATA / "events.csv")


def course(quarters, windows, others=(), event=None, **options):
    study = EventStudy(**{**BASE, "windows": windows, **options})
    return study.run(event or Event.at(STRIKE), quarters, others=others).course.iloc[0]


@pytest.mark.parametrize("windows", [[(0, 0)], [(0, 20)], [(0, 87)]])
def test_no_number_depends_on_the_windows(quarters, listed, windows):
    short, other = course(quarters, [(0, 5)], listed), course(quarters, windows, listed)
    pd.testing.assert_series_equal(short, other)


def test_the_strike_up_to_the_next_listed_event(quarters, listed):
    line = course(quarters, [(0, 87)], listed)
    assert (line["until"], line["until_utc"]) == ("conciliatory-messages", pd.Timestamp("2020-01-08T02:30Z"))
    close = quarters["WTICO_USD"].frame["close"]
    first = close.index.get_loc(pd.Timestamp("2020-01-07T23:00Z"))
    past = [np.log(close.iloc[k] / close.iloc[k - 1]) for k in range(1, first)]
    mean = sum(past) / len(past)
    total, best, when = 0.0, 0.0, None
    for k in range(first, len(close)):
        end = close.index[k] + pd.Timedelta(minutes=15)
        if end > pd.Timestamp("2020-01-08T02:30Z"):
            break
        total += np.log(close.iloc[k] / close.iloc[k - 1]) - mean
        if abs(total) > abs(best):
            best, when = total, end
    assert line["peak_car"] == pytest.approx(best, **EXACT) and line["peak_utc"] == when
    assert line["peak_car"] > 0.04


def test_both_extremes_and_what_is_kept(quarters, listed):
    line = course(quarters, [(0, 0)], listed)
    frame = quarters["WTICO_USD"].frame
    reference = frame.loc[pd.Timestamp("2020-01-07T21:45Z"), "close"]
    inside = frame.loc["2020-01-07T23:00Z":"2020-01-08T02:15Z"]
    assert line["high"] == pytest.approx(inside["high"].max() / reference - 1, **EXACT)
    assert line["low"] == pytest.approx(inside["low"].min() / reference - 1, **EXACT)
    assert line["high_utc"] == inside["high"].idxmax() + pd.Timedelta(minutes=15)
    assert line["low_utc"] == inside["low"].idxmin() + pd.Timedelta(minutes=15)
    assert line["half_life_minutes"] == 105 and pd.isna(line["back_to_zero_utc"])
    # The whole session: the high before the low, as the daily bar cannot tell.
    session = frame.loc["2020-01-07T23:00Z":"2020-01-08T21:45Z"]
    assert line["session_high_utc"] == session["high"].idxmax() + pd.Timedelta(minutes=15)
    assert line["session_low_utc"] == session["low"].idxmin() + pd.Timedelta(minutes=15)
    assert line["session_high_utc"] < line["session_low_utc"]
    assert line["kept"] < 0


def test_the_peak_among_peaks(quarters, listed):
    """Fourteen bars up to 02:30 against every fourteen bars of the 39 before the event."""
    line = course(quarters, [(0, 0)], listed)
    close = quarters["WTICO_USD"].frame["close"].to_numpy()
    first = 40
    log = [np.log(close[k] / close[k - 1]) for k in range(1, first)]
    residuals = [value - sum(log) / len(log) for value in log]
    peaks = []
    for s in range(len(residuals) - 13):
        total, largest = 0.0, 0.0
        for value in residuals[s : s + 14]:
            total += value
            largest = max(largest, abs(total))
        peaks.append(largest)
    # The first of the 40 rows has no return: one more stretch begins there, with 13 of its 14 returns.
    assert line["peak_stretches"] == len(peaks) + 1 == 27
    assert line["peak_larger"] == sum(peak >= abs(line["peak_car"]) for peak in peaks) == 0
    assert line["peak_p"] == 1 / 28


def test_a_declared_horizon_ends_the_search(quarters, listed):
    line = course(quarters, [(0, 0)], listed, horizon="1h")
    assert (line["until"], line["until_utc"]) == ("horizon", pd.Timestamp("2020-01-08T00:00Z"))
    assert line["peak_utc"] <= pd.Timestamp("2020-01-08T00:00Z") and pd.isna(line["half_life_minutes"])
    with pytest.raises(UsageError, match="lasts less than a day"):
        EventStudy(horizon="48h")


def test_news_before_the_first_bar_is_named(quarters):
    line = course(quarters, [(0, 0)], [Event.at("2020-01-07T22:45:00Z", id="siren")])
    assert line["until"] == "horizon" and "before the first bar there was also siren" in line["note"]


def test_reaction_times_need_the_publication(quarters, listed):
    told = Event(id="strike", public=When.instant(STRIKE))
    line = course(quarters, [(0, 0)], listed, told)
    assert line["minutes_to_peak"] == 120
    assert np.isnan(course(quarters, [(0, 0)], listed)["minutes_to_peak"])


@pytest.mark.parametrize(
    ("ar", "p", "expected"),
    [
        ([], [], Turns()),
        ([np.nan], [np.nan], Turns()),
        ([0.0, 0.0], [1.0, 1.0], Turns(peak=0)),
        ([-0.02, 0.005, 0.02], [0.01, 0.5, 0.2], Turns(first_move=0, first_abnormal=0, peak=0, half=2, zero=2)),
        ([0.01, np.nan, 0.01], [0.2, np.nan, 0.01], Turns(first_move=0, first_abnormal=2, peak=2)),
    ],
)
def test_turning_points(ar, p, expected):
    assert turning_points(np.array(ar, dtype=float), np.array(p, dtype=float)) == expected
