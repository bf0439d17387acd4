"""Loops over residuals, as plain Python, and sums by key, against sums of one pair, group or key at a time."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from eventstudy.inference.significance.keyed import SUMMED, Cells, places, sums_by_key
from eventstudy.inference.significance.residual_sums import moments_of
from eventstudy.inference.significance.sum_loops import group_sums, pair_moments


@pytest.fixture(scope="module")
def residuals():
    rng = np.random.default_rng(4)
    values = rng.normal(0.001, 0.02, (9, 40)) ** 3
    values[rng.random(values.shape) < 0.1] = np.nan
    return values


@pytest.mark.parametrize("moments", [pair_moments, moments_of])
def test_moments_of_each_pair_are_those_of_scipy(moments, residuals):
    length, positive, squares, cubes, raw = moments(residuals)
    for pair, row in enumerate(residuals):
        known = row[np.isfinite(row)]
        assert length[pair] == len(known) < 40 and positive[pair] == (known > 0).mean()
        # Sums of 40 numbers in another order.
        assert squares[pair] == pytest.approx(known.var() * len(known), rel=1e-13)
        assert cubes[pair] == pytest.approx(stats.moment(known, 3) * len(known), rel=1e-12)
        assert raw[pair] == pytest.approx((known**2).sum(), rel=1e-13)


def test_groups_are_summed_by_day(residuals):
    number, scale = np.array([2, 0, 1, 2, 2, 0, 1, 1, 2]), np.linspace(0.5, 2, 9)
    found = group_sums(residuals, scale, number, 4)
    assert found.shape == (3, 4, 40) and not found[:, 3].any()
    for group in range(3):
        mine = residuals[number == group] / scale[number == group, None]
        expected = np.nansum(mine, axis=0), np.nansum(mine**2, axis=0), np.isfinite(mine).sum(axis=0)
        np.testing.assert_allclose(found[:, group], expected, rtol=1e-14, atol=1e-18)


@pytest.mark.parametrize("last", [20, 60, 20_000])
def test_sums_by_key_are_those_of_each_key_bit_for_bit(last):
    rng = np.random.default_rng(5)
    keys, values = rng.integers(-7, last, 50), rng.normal(size=(2, 50))
    known, place = places(keys)
    expected = [[sum(one[place == at], 0.0) for at in range(len(known))] for one in values]
    found, sums = sums_by_key(keys, values)
    assert (last + 7 > SUMMED * 50) == (last == 20_000)
    assert np.array_equal(found, known) and np.array_equal(sums, expected)


@pytest.mark.parametrize(("names", "last"), [(4, 90), (90, 4)])
def test_cells_are_sums_by_name_and_date(names, last):
    rng = np.random.default_rng(6)
    row, dates, value = rng.integers(0, names, 80), rng.integers(-3, last, 80), rng.normal(size=80)
    halves = [Cells.of(np.arange(names), row[at], dates[at], [value[at]]) for at in (slice(0, 30), slice(30, 80))]
    expected = pd.Series(value).groupby([row, dates]).sum()
    for cells in (Cells.of(np.arange(names), row, dates, [value]), Cells.merged(halves)):
        found = pd.Series(cells.sums[0], [cells.names[cells.row], cells.dates]).sort_index()
        pd.testing.assert_series_equal(found, expected, check_names=False, rtol=1e-14)
