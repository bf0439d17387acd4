"""Instants among bars, and events that are known only as intervals."""

import datetime as dt

import pandas as pd
import pytest

from eventstudy.errors import UsageError
from eventstudy.events import Precision, When
from eventstudy.markets.alignment.bars import align_interval, align_to_bars

# quarter hours of WTI around its daily break of 7 January 2020: none from 22:00 to 23:00 UTC
BARS = pd.DatetimeIndex(
    ["2020-01-07 21:30", "2020-01-07 21:45", "2020-01-07 23:00", "2020-01-07 23:15", "2020-01-07 23:30"], tz="UTC"
)


def clock(at):
    return None if pd.isna(at) else f"{at:%H:%M}"


@pytest.mark.parametrize(
    ("instant", "first", "before", "straddling", "wait"),
    [
        ("22:30", "23:00", "21:45", None, 30),  # in the break: no bar straddles it
        ("23:00", "23:00", "21:45", None, 0),  # the bar that opens then is the first after
        ("23:05", "23:15", "21:45", "23:00", 10),  # the bar that holds it is neither before nor after
        ("23:15", "23:15", "23:00", None, 0),  # the bar that ends then is before
        ("22:00", "23:00", "21:45", None, 60),
        ("21:30", "21:30", None, None, 0),
        ("21:00", "21:30", None, None, 30),
        ("23:31", None, "23:15", "23:30", None),
        ("23:50", None, "23:30", None, None),
    ],
)
def test_the_bar_after_the_bar_before_and_the_one_astride(instant, first, before, straddling, wait):
    row = align_to_bars(f"2020-01-07T{instant}Z", BARS, "15min").iloc[0]
    assert (clock(row["first"]), clock(row["before"]), clock(row["straddling"])) == (first, before, straddling)
    assert pd.isna(row["wait"]) if wait is None else row["wait"] == pd.Timedelta(wait, "min")


def test_bars_of_any_length_and_zone_and_many_instants():
    starts = pd.DatetimeIndex(["2020-01-08 09:00", "2020-01-08 10:00", "2020-01-08 12:30"], tz="Asia/Tokyo")
    ends = pd.DatetimeIndex(["2020-01-08 10:00", "2020-01-08 11:30", "2020-01-08 13:00"], tz="Asia/Tokyo")
    frame = align_to_bars(["2020-01-08T02:45Z", "2020-01-07T22:30Z", "2020-01-08T01:15Z"], starts, ends)
    assert [clock(at) for at in frame["first"]] == ["03:30", "00:00", "03:30"]
    assert [clock(at) for at in frame["straddling"]] == [None, None, "01:00"]
    assert [clock(at) for at in frame["before"]] == ["01:00", None, "00:00"]


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        (BARS[::-1], "15min", "sorted"),
        (BARS, "30min", "overlap"),
        (BARS, BARS, "end after they begin"),
        (BARS, BARS[:2], "sorted"),
        (BARS.tz_localize(None), "15min", "time zone"),
    ],
)
def test_bars_out_of_order_are_refused(starts, ends, words):
    with pytest.raises(UsageError, match=words):
        align_to_bars("2020-01-07T22:30Z", starts, ends)


def interval(start, end, precision=Precision.DAY):
    return When(start=dt.datetime.fromisoformat(start), end=dt.datetime.fromisoformat(end), precision=precision)


@pytest.mark.parametrize(
    ("start", "end", "market", "sessions", "depends"),
    [
        # the day of 8 January in Baghdad: 21:00 UTC on the 7th to 21:00 UTC on the 8th, end exclusive
        ("2020-01-07T21:00Z", "2020-01-08T21:00Z", "^GSPC", ("2020-01-08", "2020-01-08"), False),
        ("2020-01-07T21:00Z", "2020-01-08T21:00Z", "^N225", ("2020-01-08", "2020-01-09"), True),
        ("2020-01-07T21:00Z", "2020-01-08T21:00Z", "CL=F", ("2020-01-08", "2020-01-09"), True),
        # "in the evening" of New York: after every Asian close and before the next opening
        ("2020-01-07T22:00Z", "2020-01-08T00:00Z", "^N225", ("2020-01-08", "2020-01-08"), False),
        # a weekend: it does not matter when
        ("2019-09-14T00:00Z", "2019-09-15T20:00Z", "^N225", ("2019-09-17", "2019-09-17"), False),
        # up to the close itself, which the interval no longer holds
        ("2020-01-08T03:00Z", "2020-01-08T06:00Z", "^N225", ("2020-01-08", "2020-01-08"), False),
        ("2020-01-08T03:00Z", "2020-01-08T06:01Z", "^N225", ("2020-01-08", "2020-01-09"), True),
    ],
)
def test_an_interval_is_placed_by_both_its_ends(start, end, market, sessions, depends):
    row = align_interval(interval(start, end), market).iloc[0]
    assert (f"{row['session']:%Y-%m-%d}", f"{row['latest_session']:%Y-%m-%d}") == sessions
    assert row["depends"] == depends


def test_an_instant_is_an_interval_of_no_length():
    frame = align_interval(When.instant("2020-01-08T06:00Z"), ["^N225", "CL=F"])
    assert frame["session"].equals(frame["latest_session"])
    assert not frame["depends"].any()
