"""Every oddity that the sample's README names is found in its row, and nothing else is."""

import numpy as np
import pandas as pd
import pytest

from eventstudy import Bars
from eventstudy.markets.prices.quality import COLUMNS, oddities

FLAT = {
    "BZ=F": "2019-02-01 2019-03-01 2019-04-01 2019-05-01 2019-06-03 2019-07-01 2019-08-01 2019-10-01 2019-11-01 "
    "2019-12-02 2019-12-31",
    "GC=F": "2019-01-10 2019-01-16 2019-01-18 2019-01-25 2019-01-29 2019-03-13 2019-03-14 2019-03-21 2019-03-22 "
    "2019-03-27 2019-04-22 2019-04-26 2019-05-08 2019-05-20 2019-05-21 2019-05-22 2019-05-23 2019-05-24 2019-05-28 "
    "2019-05-29 2019-07-24 2019-07-25 2019-07-29 2019-09-26 2019-11-21 2019-11-26 2019-12-18 2019-12-27 2020-01-29",
    "^HSI": "2019-12-18",
}
# The README's 2019-01-01 of ^BSESN lies before the file's first row, where nothing can be missed.
MISSING = {
    "^AXJO": "2019-10-03",
    "^BSESN": "2019-02-13 2019-03-29 2019-10-27 2020-01-01",
    "^TWII": "2019-09-09",
    "000001.SS": "2019-04-29 2019-04-30",
}
OUT_OF_BOUNDS = {"^STI": "2019-02-28"}


@pytest.fixture(scope="module")
def sample_oddities(sample_result):
    return sample_result.oddities


def found(table, kind):
    rows = table[table["kind"] == kind]
    return {market: " ".join(f"{day:%Y-%m-%d}" for day in group["session"]) for market, group in rows.groupby("market")}


@pytest.mark.parametrize(
    ("kind", "expected"), [("flat_row", FLAT), ("missing_session", MISSING), ("out_of_bounds", OUT_OF_BOUNDS)]
)
def test_rows_that_the_readme_names(sample_oddities, kind, expected):
    assert found(sample_oddities, kind) == expected


def test_the_contradicting_row_is_put_in_words(sample_oddities):
    detail = sample_oddities.set_index("kind").loc["out_of_bounds", "detail"]
    assert "3214.48" in detail and "3212.69" in detail


def test_the_stale_open_belongs_to_the_whole_series(sample_oddities):
    stale = sample_oddities[sample_oddities["kind"] == "stale_open"]
    assert stale["market"].tolist() == ["^AXJO"] and stale["session"].isna().all()
    assert "229 of 272" in stale["detail"].iloc[0]


def test_moves_far_outside_the_usual(sample_oddities):
    assert {("CL=F", "2019-09-16"), ("BZ=F", "2019-09-16"), ("^TWII", "2020-01-30")} <= {
        (market, day) for market, days in found(sample_oddities, "large_move").items() for day in days.split()
    }


def test_nothing_else_is_found(sample_oddities):
    kinds = {"flat_row", "missing_session", "out_of_bounds", "stale_open", "large_move", "roll"}
    assert set(sample_oddities["kind"]) == kinds
    assert not set(sample_oddities["market"]) & {"^KS11", "^GSPC"}
    assert list(sample_oddities.columns) == COLUMNS


def series(closes, first="2019-01-01"):
    index = pd.date_range(first, periods=len(closes))
    return Bars(symbol="X", frame=pd.DataFrame({"close": np.asarray(closes, dtype=float)}, index=index))


def quiet(days):
    """Closes that move by about one per cent a day."""
    return 100 * np.exp(np.cumsum(0.01 * np.sin(np.arange(days) * 2.4)))


def test_quiet_prices_are_not_odd():
    assert oddities(series(quiet(100))).empty


def test_a_change_of_unit_is_named_in_its_row():
    closes = quiet(60)
    closes[30:] /= 100
    table = oddities(series(closes))
    assert table[["kind", "session"]].to_numpy().tolist() == [["unit_jump", pd.Timestamp("2019-01-31")]]
    assert "0.01" in table["detail"].iloc[0]


def test_a_run_of_equal_closes_is_named_once():
    closes = quiet(60)
    closes[20:40] = closes[20]
    table = oddities(series(closes))
    stale = table[table["kind"] == "stale_close"]
    assert stale["session"].tolist() == [pd.Timestamp("2019-01-21")]
    assert stale["detail"].iloc[0].startswith("20 equal closes") and "2019-02-09" in stale["detail"].iloc[0]


def test_prices_that_are_not_positive_are_named():
    closes = quiet(60)
    closes[10] = -37.63
    table = oddities(series(closes))
    assert table[["kind", "session"]].to_numpy().tolist() == [["non_positive_price", pd.Timestamp("2019-01-11")]]


def test_rows_and_sessions_that_do_not_pair_up():
    bars = series(quiet(10))
    days = pd.DatetimeIndex(bars.frame.index)
    sessions = days.drop("2019-01-05").insert(0, pd.Timestamp("2018-12-31"))
    dropped = Bars(symbol="X", frame=bars.frame.drop(pd.Timestamp("2019-01-03")))
    assert oddities(dropped, sessions)[["kind", "session"]].to_numpy().tolist() == [
        ["missing_session", pd.Timestamp("2019-01-03")],
        ["extra_session", pd.Timestamp("2019-01-05")],
    ]
