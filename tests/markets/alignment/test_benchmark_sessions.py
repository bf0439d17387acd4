"""A benchmark beside a market: what was known when."""

import datetime as dt

import pandas as pd
import pytest

from eventstudy.instruments.catalogue import find_instrument
from eventstudy.markets.alignment.benchmark_sessions import benchmark_sessions, observed_after
from eventstudy.markets.calendars.schedule import schedule


def pairs(market, benchmark, first, last):
    return benchmark_sessions(
        find_instrument(market), find_instrument(benchmark), dt.date.fromisoformat(first), dt.date.fromisoformat(last)
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
