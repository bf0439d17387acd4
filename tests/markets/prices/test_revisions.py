"""What changed between two answers, against changes made by hand."""

import pandas as pd

from eventstudy.markets.prices.bars import Bars
from eventstudy.markets.prices.revisions import revised_rows

DAYS = pd.bdate_range("2020-01-06", periods=6)


def bars(closes, days=DAYS):
    return Bars(symbol="X", frame=pd.DataFrame({"close": closes}, index=days))


def found(older, newer):
    return [(str(row.session.date()), row.kind) for row in revised_rows(older, newer).itertuples()]


def test_the_same_prices_drift_nowhere():
    assert found(bars([1.0, 2, 3, 4, 5, 0]), bars([1.0, 2, 3, 4, 5 * (1 + 1e-9), 0])) == []


def test_a_dividend_and_an_earlier_split_are_two_stretches():
    old, new = [8.0, 8, 10, 10, 12, 12], [4.0, 4, 9.5, 9.5, 12, 12]
    assert found(bars(old), bars(new)) == [("2020-01-07", "adjustment_drift"), ("2020-01-09", "adjustment_drift")]


def test_one_close_corrected_and_one_row_gone():
    older = bars([1.0, 2, 3, 4, 5, -37.63])
    newer = bars([1.0, 2, 3.5, 5, -37.63], DAYS.delete(3))
    assert found(older, newer) == [("2020-01-09", "row_gone"), ("2020-01-08", "revised")]


def test_rows_before_or_after_what_the_newer_answer_covers_are_not_missed():
    assert found(bars([1.0, 2, 3, 4, 5, 6]), bars([3.0, 4], DAYS[2:4])) == []


def test_a_close_that_was_nought_is_revised():
    assert found(bars([1.0, 0, 3, 4, 5, 6]), bars([1.0, 2, 3, 4, 5, 6])) == [("2020-01-07", "revised")]
