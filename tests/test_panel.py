"""Returns on the event-time axis: cell by cell against a loop, and an outcome for every pair."""

import math

import numpy as np
import pandas as pd
import pytest

from eventstudy.panel import Outcome
from eventstudy.panel_source import build_panel
from eventstudy.windows import Window

SPAN = Window(-3, 2)


def day(number):
    return pd.Timestamp("2020-01-01") + pd.Timedelta(days=number)


def rows(*pairs):
    return pd.DataFrame(pairs, columns=["event_id", "market", "session"])


@pytest.fixture
def returns():
    """Two markets that keep different days; B has none on day 4."""
    a = pd.Series(np.arange(10) / 100, index=[day(n) for n in range(10)])
    b = pd.Series(np.arange(9) / 10, index=[day(n) for n in range(10) if n != 4])
    return {"A": a, "B": b}


def test_cells_against_a_loop(returns):
    pairs = [("e", "A", day(5)), ("e", "B", day(5)), ("f", "A", day(1)), ("f", "B", day(9))]
    panel = build_panel(rows(*pairs), returns, SPAN)
    for line, (_, market, session) in enumerate(pairs):
        series = returns[market]
        zero = list(series.index).index(session)
        for column, tau in enumerate(range(SPAN.first, SPAN.last + 1)):
            at = zero + tau
            if 0 <= at < len(series):
                assert panel.returns[line, column] == series.iloc[at]
                assert panel.sessions[line, column] == np.datetime64(series.index[at], "D")
            else:
                assert math.isnan(panel.returns[line, column]) and np.isnat(panel.sessions[line, column])
    assert panel.usable.all() and panel.tau.tolist() == [-3, -2, -1, 0, 1, 2]


def test_event_time_counts_the_rows_of_the_market_itself(returns):
    panel = build_panel(rows(("e", "A", day(5)), ("e", "B", day(5))), returns, Window(-1, 0))
    assert panel.sessions.astype(str).tolist() == [["2020-01-05", "2020-01-06"], ["2020-01-04", "2020-01-06"]]


@pytest.mark.parametrize(
    ("market", "session", "outcome", "words"),
    [
        ("B", day(4), Outcome.NO_PRICE, "no row for session 2020-01-05"),
        ("C", day(4), Outcome.NO_PRICE, "no price rows for this market"),
        ("EMPTY", day(4), Outcome.NO_PRICE, "no price rows for this market"),
        ("A", day(-1), Outcome.OUTSIDE_PRICES, "2019-12-31 lies outside the prices, 2020-01-01 to 2020-01-10"),
        ("A", day(10), Outcome.OUTSIDE_PRICES, "2020-01-11 lies outside"),
        ("A", pd.NaT, Outcome.OUTSIDE_CALENDAR, "the calendar has no session"),
    ],
)
def test_every_pair_has_an_outcome_and_the_others_go_on(returns, market, session, outcome, words):
    returns = returns | {"EMPTY": pd.Series([], index=pd.DatetimeIndex([]), dtype=float)}
    panel = build_panel(rows(("e", market, session), ("e", "A", day(5))), returns, SPAN)
    assert panel.rows["outcome"].tolist() == [outcome, Outcome.OK]
    assert words in panel.rows["detail"].iloc[0]
    assert np.isnan(panel.returns[0]).all() and not np.isnan(panel.returns[1]).any()
    assert panel.only(panel.usable).rows["market"].tolist() == ["A"]


def test_factors_are_those_of_the_same_session(returns):
    benchmark = pd.DataFrame({"M": np.arange(5.0)}, index=[day(n) for n in (2, 3, 5, 6, 7)])
    panel = build_panel(rows(("e", "B", day(5))), returns, SPAN, factors=benchmark)
    np.testing.assert_array_equal(panel.factors[0, :, 0], [np.nan, 0.0, 1.0, 2.0, 3.0, 4.0])
    assert panel.factor_names == ("M",)


def test_an_outcome_once_set_stays(returns):
    panel = build_panel(rows(("e", "A", day(5)), ("f", "A", day(6))), returns, SPAN)
    marked = panel.with_outcome(np.array([False, True]), Outcome.NO_VARIANCE, ["why"])
    assert marked.rows["outcome"].tolist() == ["ok", "no_variance"] and marked.rows["detail"].tolist() == ["", "why"]
    assert panel.rows["outcome"].tolist() == ["ok", "ok"]
