"""A benchmark beside a market: what was known when."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from eventstudy.instruments.catalogue import find_instrument
from eventstudy.instruments.instrument import Instrument
from eventstudy.instruments.own_calendar import OwnCalendar, Week
from eventstudy.markets.alignment.benchmark_sessions import (
    benchmark_sessions,
    known_overnight,
    observed_after,
    over_same_span,
)
from eventstudy.markets.calendars.schedule import schedule


def pairs(market, benchmark, first, last, **by):
    found = (each if isinstance(each, Instrument) else find_instrument(each) for each in (market, benchmark))
    return benchmark_sessions(*found, dt.date.fromisoformat(first), dt.date.fromisoformat(last), **by)


def paired_days(table):
    return dict(
        zip(table["session"].dt.strftime("%m-%d"), table["benchmark_session"].dt.strftime("%m-%d"), strict=True)
    )


@pytest.mark.parametrize(
    ("market", "benchmark", "session", "paired", "same"),
    [
        ("^N225", "^GSPC", "2020-01-08", "2020-01-07", False),  # Asia knows New York's previous close
        ("^AXJO", "^GSPC", "2020-01-08", "2020-01-07", False),
        ("^N225", "^GSPC", "2020-01-06", "2020-01-03", False),  # over a weekend and a Japanese holiday
        ("^HSI", "^GSPC", "2020-01-21", "2020-01-17", False),  # New York kept Monday's holiday
        ("^FTSE", "^N225", "2020-01-08", "2020-01-08", True),  # London knows the same day's Tokyo
        ("^FTSE", "^N225", "2020-01-02", "2019-12-30", False),  # Tokyo on holiday
        ("CL=F", "^GSPC", "2020-01-08", "2020-01-07", False),  # crude settles an hour and a half before shares close
        ("GC=F", "CL=F", "2020-01-08", "2020-01-07", False),
        ("^GSPC", "CL=F", "2020-01-08", "2020-01-08", True),
        ("^DJI", "^GSPC", "2020-01-08", "2020-01-08", True),  # one clock
        ("^N225", "CL=F", "2020-01-08", "2020-01-07", False),
    ],
)
def test_the_latest_session_that_was_known(market, benchmark, session, paired, same):
    row = pairs(market, benchmark, session, session).iloc[0]
    assert (f"{row['session']:%Y-%m-%d}", f"{row['benchmark_session']:%Y-%m-%d}") == (session, paired)
    assert row["same_date"] == same


def test_pairs_agree_with_a_search_of_all_observations():
    table = pairs("^N225", "^FTSE", "2019-01-04", "2020-01-31")
    london = schedule(find_instrument("^FTSE"), dt.date(2018, 12, 1), dt.date(2020, 2, 1)).frame()
    for row in table.itertuples():
        known = london[london["observation"] <= row.observation]
        assert row.benchmark_session == known["session"].iloc[-1]
        assert row.benchmark_observation == known["observation"].max()


def test_a_price_after_the_event_is_in_its_own_benchmark():
    event = pd.Timestamp("2020-01-07T22:30Z")
    asia = pairs("^N225", "^GSPC", "2020-01-07", "2020-01-09")
    assert observed_after(asia, event).tolist() == [False, False, True]
    london = pairs("^FTSE", "^N225", "2020-01-07", "2020-01-08")
    assert observed_after(london, event).tolist() == [False, True]


def test_before_the_benchmark_is_known_there_is_no_pair():
    table = pairs("^N225", "^TASI.SR", "2021-01-04", "2021-01-05")
    assert table["benchmark_session"].notna().tolist() == [True, True]
    early = benchmark_sessions(
        find_instrument("^AXJO"), find_instrument("JPY=X"), dt.date(1999, 12, 30), dt.date(2000, 1, 5)
    )
    assert early["benchmark_session"].isna().tolist() == [True, False, False]
    assert not early["same_date"].any()


def test_sessions_of_the_same_date_whatever_was_known():
    """Tokyo was closed from 31 December 2019 to 5 January 2020, New York on 1 January."""
    table = pairs("^GSPC", "^N225", "2019-12-30", "2020-01-07", by="date")
    assert table["same_date"].tolist() == [True, False, False, False, True, True]
    assert table["benchmark_session"].dropna().tolist() == table["session"][table["same_date"]].tolist()
    late = pairs("^N225", "^GSPC", "2020-01-06", "2020-01-07", by="date")
    assert paired_days(late) == {"01-06": "01-06", "01-07": "01-07"}
    assert late["benchmark_observation"].gt(late["observation"]).all()  # New York closes after Tokyo


@pytest.mark.parametrize(
    ("market", "benchmark", "days"),
    [
        ("^N225", "^GSPC", {"01-08": "01-07", "01-09": "01-08"}),
        ("^FTSE", "^N225", {"01-08": "01-08", "01-09": "01-09"}),  # Tokyo closes at 06:00 UTC, London opens at 08:00
        ("^GSPC", "^FTSE", {"01-08": "01-07", "01-09": "01-08"}),  # London is open as New York opens
    ],
)
def test_what_was_known_at_the_opening(market, benchmark, days):
    assert paired_days(pairs(market, benchmark, "2020-01-08", "2020-01-09", by="open")) == days


def test_a_market_that_closes_late_knows_the_next_day_of_the_far_east():
    """At 20:00 in Los Angeles Wellington has closed the next day (16:45 local, 03:45 UTC)."""
    week = Week(since=dt.date(2019, 1, 1), open="06:30", close="20:00")
    clock = OwnCalendar(
        name="LATE",
        title="Late",
        timezone="America/Los_Angeles",
        first=dt.date(2019, 1, 1),
        last=dt.date(2020, 12, 31),
        weeks=(week,),
    )
    table = pairs(Instrument(symbol="L", name="L", calendar=clock), "^NZ50", "2020-01-07", "2020-01-08")
    assert paired_days(table) == {"01-07": "01-08", "01-08": "01-09"}


YORK, TOKYO = find_instrument("^GSPC"), find_instrument("^N225")


@pytest.mark.parametrize(("compound", "four"), [(False, 0.04), (True, 1.01**4 - 1)])
def test_returns_known_overnight_are_joined_as_they_combine(compound, four):
    """30 and 31 December, 2 and 3 January; then none, because New York kept 20 January."""
    days = pd.DatetimeIndex(["2019-12-30", "2020-01-06", "2020-01-20", "2020-01-21", "2020-01-22"])
    sessions = schedule(YORK, dt.date(2019, 12, 20), dt.date(2020, 1, 31)).sessions
    found = known_overnight(pd.Series(0.01, index=pd.DatetimeIndex(sessions)), days, TOKYO, YORK, compound=compound)
    ten = 1.01**10 - 1 if compound else 0.1  # 6 to 17 January
    np.testing.assert_allclose(found, [np.nan, four, ten, 0.0, 0.01], rtol=1e-12, atol=1e-15)


def test_a_session_without_a_return_takes_the_two_rows_that_need_it():
    days = pd.bdate_range("2020-01-14", "2020-01-17")
    returns = pd.Series(0.01, index=pd.bdate_range("2020-01-10", "2020-01-17")).drop(pd.Timestamp("2020-01-15"))
    found = known_overnight(returns, days, TOKYO, YORK)  # the 15th is known on the 16th
    np.testing.assert_array_equal(found.isna(), [True, False, True, True])
    holiday = known_overnight(
        pd.Series(0.01, index=pd.bdate_range("2020-01-08", "2020-01-17")),
        pd.DatetimeIndex(["2020-01-10", "2020-01-13", "2020-01-14", "2020-01-15"]),  # Tokyo kept the 13th
        TOKYO,
        YORK,
    )
    np.testing.assert_array_equal(holiday.isna(), [True, True, True, False])


def test_spans_with_a_gap_at_one_end_or_within():
    days = pd.date_range("2020-01-06", periods=6)
    benchmark = pd.Series([0.01, 0.02, np.nan, 0.04, 0.05], index=days[:5])
    values, steps = over_same_span(benchmark, days[[1, 3, 4, 5]])
    np.testing.assert_array_equal(values, [0.02, np.nan, 0.05, np.nan])  # a return is missing; no row on the last day
    np.testing.assert_array_equal(steps, [1, 2, 1, np.nan])
    values, steps = over_same_span(benchmark.iloc[3:], days[[1, 3, 4]])
    np.testing.assert_array_equal(values, [np.nan, np.nan, 0.05])
    np.testing.assert_array_equal(steps, [np.nan, np.nan, 1])
    nothing = over_same_span(benchmark.iloc[:0], days[:2])
    assert all(part.isna().all() and len(part) == 2 for part in nothing)
