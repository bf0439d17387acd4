"""Returns and prices on sessions of their market alone, beside sums and products written out."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from eventstudy.errors import NotEnoughDataError, UsageError
from eventstudy.instruments.catalogue import CATALOGUE, Instruments, find_instrument
from eventstudy.instruments.instrument import Instrument
from eventstudy.markets.alignment.own_sessions import no_session, only_sessions, returns_by_symbol, sessions_within
from eventstudy.markets.prices.bars import Bars

# Thursday 2 to Tuesday 7 January 2020: New York traded on all of them but the weekend.
DAYS = pd.date_range("2020-01-02", "2020-01-07")
RETURNS = pd.DataFrame({"A": [0.01, 0.02, 0.03, 0.04, 0.05, 0.06]}, index=DAYS)
NEW_YORK = Instruments(own={"A": Instrument(symbol="A", name="A", calendar="XNYS")})


@pytest.mark.parametrize(
    ("kind", "monday"),
    [("log", 0.03 + 0.04 + 0.05), ("change", 0.03 + 0.04 + 0.05), ("simple", 1.03 * 1.04 * 1.05 - 1)],
)
def test_a_return_of_the_weekend_is_joined_to_mondays(kind, monday):
    given = returns_by_symbol(RETURNS, NEW_YORK, kind=kind)
    assert [day.day for day in given.series["A"].index] == [2, 3, 6, 7]
    np.testing.assert_allclose(given.series["A"], [0.01, 0.02, monday, 0.06], rtol=1e-12)
    listed = given.oddities[["market", "session"]].astype(str).to_numpy().tolist()
    assert listed == [["A", "2020-01-04"], ["A", "2020-01-05"]]


def test_returns_of_the_last_days_without_a_session_are_left_out():
    given = returns_by_symbol(RETURNS.iloc[:4], NEW_YORK)
    assert given.series["A"].tolist() == [0.01, 0.02]


def test_a_missing_day_is_listed_and_its_return_is_no_zero():
    spoiled = RETURNS.drop(pd.Timestamp("2020-01-06")).drop(DAYS[2:4]).assign(A=[0.01, np.nan, 0.06])
    given = returns_by_symbol(spoiled, NEW_YORK)
    assert given.series["A"].to_dict() == {DAYS[0]: 0.01, DAYS[5]: 0.06}
    assert given.oddities["session"].astype(str).tolist() == ["2020-01-03", "2020-01-06"]


@pytest.mark.parametrize("instruments", [None, NEW_YORK])
def test_percent_are_hundredths(instruments):
    whole = returns_by_symbol(RETURNS, instruments).series["A"].dropna()
    percent = returns_by_symbol(RETURNS * 100, instruments, per=100.0).series["A"].dropna()
    assert whole.index.equals(percent.index)
    np.testing.assert_allclose(percent, whole, rtol=1e-12)


def test_columns_without_a_clock_keep_every_row_beside_one_with_a_clock():
    two = RETURNS.assign(B=[np.nan, 0.2, np.inf, 0.4, 0.5, -np.inf])
    given = returns_by_symbol(two, NEW_YORK)
    assert list(given.series) == ["A", "B"] and len(given.series["A"]) == 4
    np.testing.assert_array_equal(given.series["B"], [np.nan, 0.2, np.nan, 0.4, 0.5, np.nan])
    assert {symbol: [day.day for day in days] for symbol, days in given.infinite.items()} == {"A": [], "B": [4, 7]}
    assert given.oddities["market"].tolist() == ["A", "A", "B", "B"]


def test_one_table_without_clocks_lists_what_is_not_finite():
    two = RETURNS.assign(B=[np.nan, 0.2, np.inf, 0.4, 0.5, -np.inf])
    given = returns_by_symbol(two)
    np.testing.assert_array_equal(given.series["A"], RETURNS["A"])
    np.testing.assert_array_equal(given.series["B"], [np.nan, 0.2, np.nan, 0.4, 0.5, np.nan])
    assert {symbol: [day.day for day in days] for symbol, days in given.infinite.items()} == {"B": [4, 7]}
    assert given.oddities[["market", "kind"]].to_numpy().tolist() == [["B", "not_finite"]] * 2
    assert returns_by_symbol(RETURNS).oddities.empty


def test_a_calendar_for_all_gives_every_column_its_clock():
    given = returns_by_symbol(RETURNS.assign(B=0.0), Instruments(calendar="XNYS"))
    assert [len(series) for series in given.series.values()] == [4, 4]


@pytest.mark.parametrize(
    ("index", "words"),
    [
        (DAYS[::-1], "ascending session dates .*: frame.sort_index"),
        (DAYS[[0, 0, 1, 2, 3, 4]], "ascending session dates .* occurs twice"),
        (DAYS.tz_localize("UTC"), "without a time zone"),
        (range(6), "ascending session dates"),
    ],
)
def test_an_index_that_is_no_calendar_is_refused(index, words):
    with pytest.raises(UsageError, match=words):
        returns_by_symbol(RETURNS.set_axis(index))
    with pytest.raises(UsageError, match="duplicate column"):
        returns_by_symbol(pd.concat([RETURNS, RETURNS], axis=1))


def test_sessions_between_the_first_and_the_last_label():
    york = find_instrument("^GSPC")
    assert [day.day for day in sessions_within(york, DAYS)] == [2, 3, 6, 7]
    assert [day.day for day in no_session(york, DAYS)] == [4, 5]
    assert sessions_within(york, DAYS[:0]) is None
    with pytest.raises(NotEnoughDataError, match=r"no session of XNYS from 2020-01-04 to 2020-01-05"):
        sessions_within(york, DAYS[2:4])


def test_labels_beyond_the_known_years_are_not_judged():
    york = find_instrument("^GSPC")  # known from 1990 on
    assert sessions_within(york, pd.DatetimeIndex(["1980-01-05", "1980-01-06"])) is None
    days = pd.DatetimeIndex(["1980-01-05", "1989-12-31", "1990-01-01", "1990-01-02"])  # two weekends, New Year
    assert no_session(york, days).tolist() == [pd.Timestamp("1990-01-01")]
    assert no_session(york, days[:2]).empty


def daily(**columns):
    return Bars(symbol="^GSPC", frame=pd.DataFrame(columns, index=DAYS[: len(columns["close"])]))


def test_the_first_row_keeps_the_price_before_it_whatever_ends_the_rows():
    """The last of these rows is a Saturday's; what the first is measured against is not its neighbour."""
    kept = only_sessions(daily(close=[60.0, 61.0, 62.0], previous=[59.0, 60.0, 61.0]), CATALOGUE).frame
    assert kept["previous"].tolist() == [59.0, 60.0]


def test_growth_over_a_saturday_joins_that_of_monday_in_another_contract():
    """Saturday 60 to 61; Monday the next contract closes at 70, as on Saturday: the growth is that of Saturday."""
    days = pd.DatetimeIndex(["2020-01-03", "2020-01-04", "2020-01-06"])
    frame = pd.DataFrame({"close": [60.0, 61.0, 70.0], "previous": [59.0, 60.0, 70.0]}, index=days)
    kept = only_sessions(Bars(symbol="^GSPC", frame=frame), CATALOGUE).frame
    growth = kept["close"] / kept["previous"]
    # One product and one quotient: two roundings.
    np.testing.assert_allclose(growth, [60 / 59, 61 / 60], rtol=4e-16)


@pytest.mark.parametrize("closed", [dt.date(2020, 1, 4), dt.date(2020, 1, 5)])
def test_bars_all_on_days_without_a_session_or_all_on_sessions_stay_as_they_are(closed):
    sessions = Bars(symbol="^GSPC", frame=pd.DataFrame({"close": [1.0, 2.0]}, index=DAYS[:2]))
    assert only_sessions(sessions, CATALOGUE) is sessions
    unknown = Bars(symbol="no such", frame=pd.DataFrame({"close": [1.0]}, index=[pd.Timestamp(closed)]))
    assert only_sessions(unknown, CATALOGUE) is unknown
