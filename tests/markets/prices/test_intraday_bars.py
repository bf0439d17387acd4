"""Bars within sessions: how they are read, where they stand in the market's hours, and longer ones made of them."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eventstudy import Bars, BarSet, read_bars
from eventstudy.errors import EventStudyError, InputError, UsageError
from eventstudy.markets.prices.resample import bar_length, resample

REFERENCE = os.environ.get("EVENTSTUDY_REFERENCE")
QUARTERS = Path(__file__).parents[3] / "data/prices/intraday"
needs_reference = pytest.mark.skipif(not REFERENCE, reason="EVENTSTUDY_REFERENCE is not set")


def minutes(starts, closes=None, symbol="CL=F", **options):
    closes = np.arange(1.0, len(starts) + 1) if closes is None else closes
    return Bars(symbol=symbol, frame=pd.DataFrame({"close": closes}, index=pd.DatetimeIndex(starts)), **options)


def test_the_sample_is_read():
    bars = read_bars(QUARTERS)
    assert {symbol: len(one.frame) for symbol, one in bars.items()} == {
        "WTICO_USD": 132,
        "JP225_USD": 20,
        "XAU_USD": 13,
        "SPX500_USD": 17,
    }
    crude = bars["WTICO_USD"]
    assert crude.intraday and crude.length == pd.Timedelta("15min") and str(crude.index.tz) == "UTC"
    assert crude.index[0] == pd.Timestamp("2020-01-07T12:00Z") and crude.ends[-1] == pd.Timestamp("2020-01-08T22:00Z")
    assert all(one.hours().inside.all() for one in bars.values())


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("2020-01-07T22:30:00", "is not a date written"),
        ("2020-01-07 22:30:00Z", "is not a date written"),
        ("07/01/2020 22:30", "is not a date written"),
    ],
)
def test_only_instants_with_a_zone_are_read(tmp_path, cell, words):
    path = tmp_path / "CL=F.csv"
    path.write_text(f"timestamp_utc,close\n2020-01-07T22:15:00Z,1\n{cell},2\n", encoding="utf-8")
    with pytest.raises(InputError, match=words) as error:
        read_bars(path)
    assert f"{path}:3" in str(error.value)


def test_a_file_is_daily_or_intraday(tmp_path):
    path = tmp_path / "X.csv"
    path.write_text("date,timestamp_utc,close\n2020-01-07,2020-01-07T22:15:00Z,1\n", encoding="utf-8")
    with pytest.raises(InputError, match="date and timestamp_utc are both the date"):
        read_bars(path)


@pytest.mark.parametrize(
    ("starts", "options", "words"),
    [
        (["2020-01-07T22:15", "2020-01-07T22:30"], {}, "instants without a time zone"),
        (["2020-01-07T05:00Z", "2020-01-08T05:00Z"], {}, "session dates without a time zone"),
        (["2020-01-07T05:00Z"], {}, "say with `length`"),
        (["2020-01-07T05:01Z", "2020-01-07T05:00Z"], {}, "sort the rows and keep one per bar"),
        (["2020-01-07T05:00Z", "2020-01-07T05:00Z"], {}, "is a duplicate"),
        (["2020-01-07", "2020-01-08"], {"as_of": pd.Timestamp("2020-01-08T12:00")}, "has no time zone"),
        (["2020-01-07", "2020-01-08"], {"adjustment": "somehow"}, "unknown adjustment"),
    ],
)
def test_bars_that_are_refused(starts, options, words):
    with pytest.raises(EventStudyError, match=words):
        minutes(starts, **options)


def test_instants_of_another_zone_are_kept_in_utc():
    bars = minutes(pd.date_range("2020-01-07 17:00", periods=3, freq="h", tz="America/New_York"))
    assert bars.index[0].isoformat() == "2020-01-07T22:00:00+00:00"
    assert bars.labels[0] == pd.Timestamp("2020-01-07T22:00")


def test_adjusted_prices_are_told_apart():
    frame = pd.DataFrame(
        {"open": [10.0, 5.0], "close": [20.0, 10.0], "adj_close": [10.0, 10.0]},
        index=pd.to_datetime(["2020-01-07", "2020-01-08"]),
    )
    raw = Bars(symbol="X", frame=frame, adjustment="raw")
    assert raw.returns("simple").iloc[1] == -0.5
    adjusted = raw.adjusted()
    assert adjusted.adjustment == "full" and adjusted.returns("simple").iloc[1] == 0.0
    assert adjusted.frame["open"].tolist() == [5.0, 5.0] and "adj_close" not in adjusted.frame
    with pytest.raises(UsageError, match="nothing to adjust by"):
        adjusted.adjusted()


def test_longer_bars_stop_at_a_break():
    # The futures on stock indices pause from 21:15 to 21:30 UTC and from 22:00 to 23:00.
    starts = pd.DatetimeIndex([f"2020-01-07T{clock}Z" for clock in ("21:00", "21:14", "21:30", "21:59", "23:00")])
    frame = pd.DataFrame(
        {
            "open": [1.0, 2, 3, 4, 5],
            "high": [1.5, 2.5, 3.5, 4.5, 5.5],
            "low": [0.5, 1.5, 2.5, 3.5, 4.5],
            "close": [1.1, 2.1, 3.1, 4.1, 5.1],
            "volume": [1.0, 1, 1, 1, 1],
        },
        index=starts,
    )
    hours = resample(Bars(symbol="SPX500_USD", frame=frame, length=pd.Timedelta("1min")), "1h")
    assert hours.index.strftime("%H:%M").tolist() == ["21:00", "21:30", "23:00"]
    assert hours.ends.strftime("%H:%M").tolist() == ["21:15", "22:00", "00:00"]
    assert hours.frame[["open", "high", "low", "close", "volume"]].to_numpy().tolist() == [
        [1.0, 2.5, 0.5, 2.1, 2.0],
        [3.0, 4.5, 2.5, 4.1, 2.0],
        [5.0, 5.5, 4.5, 5.1, 1.0],
    ]
    assert hours.hours().crosses.tolist() == [False, True, True]


@pytest.mark.parametrize("length", ["1min", "7min"])
def test_bars_cannot_be_made_of_longer_ones(length):
    with pytest.raises(UsageError, match="cannot be made of"):
        resample(read_bars(QUARTERS)["XAU_USD"], length)


@pytest.mark.parametrize("length", ["", "a while", "0min", "1D", "-5min"])
def test_lengths_that_are_none(length):
    with pytest.raises(UsageError, match="bars of"):
        bar_length(length)


@needs_reference
def test_quarter_hours_are_the_minutes_put_together():
    """The sample was put together from the minutes by another program; every price must be the same."""
    one_minute = read_bars(Path(REFERENCE) / "data/minutes/2020-01-07_08.csv")
    for symbol, sample in read_bars(QUARTERS).items():
        made = resample(one_minute[symbol], "15min")
        pd.testing.assert_frame_equal(
            made.frame[list(sample.frame)], sample.frame, check_freq=False, check_index_type=False
        )


@needs_reference
def test_abqaiq_reopening():
    """The first bar after the weekend of 14 September 2019 stands almost ten per cent above the last before it."""
    bars = read_bars(Path(REFERENCE) / "data/minutes/2019-09-13_15.csv")["WTICO_USD"]
    hours = bars.hours()
    reopening = int(np.flatnonzero(hours.crosses)[0])
    assert bars.index[reopening] == pd.Timestamp("2019-09-15T22:00Z")
    assert str(hours.session[reopening]) == "2019-09-16"
    assert 0.08 < bars.frame["open"].iloc[reopening] / bars.frame["close"].iloc[reopening - 1] - 1 < 0.12


def test_a_set_of_bars_tells_its_range():
    bars = BarSet.from_frames({"CL=F": minutes(["2020-01-07T21:00Z", "2020-01-07T21:15Z"]).frame})
    assert bars.overview()["first"].iloc[0] == pd.Timestamp("2020-01-07T21:00")


def test_a_missing_open_is_not_taken_from_a_later_bar():
    starts = pd.to_datetime(["2020-01-07T21:00Z", "2020-01-07T21:15Z"])
    prices = {"open": [np.nan, 2.0], "high": [3.0, 2.0], "low": [1.0, 2.0], "close": [1.0, 2.0]}
    half = resample(Bars(symbol="CL=F", frame=pd.DataFrame(prices, index=starts)), "30min").frame
    assert np.isnan(half["open"].iloc[0]) and half[["high", "low", "close"]].iloc[0].tolist() == [3.0, 1.0, 2.0]
