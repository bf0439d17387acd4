"""Records of sums: merged in a fixed order, equal to what loops over the pairs say."""

import itertools

import numpy as np
import pytest

from eventstudy.inference.significance import rank_kernels
from eventstudy.inference.significance.cluster_sums import _correlation
from eventstudy.inference.significance.keyed import Cells, DateSums
from eventstudy.inference.significance.merging import FAN, fold
from eventstudy.inference.significance.moments import Moments
from eventstudy.inference.significance.rank_sums import Sorted

rng = np.random.default_rng(71)


@pytest.mark.parametrize("count", [1, FAN - 1, FAN, 3 * FAN + 1, FAN**2 + FAN + 2])
def test_a_fold_keeps_the_order_of_its_parts(count):
    parts = [np.array([i]) for i in range(count)]
    np.testing.assert_array_equal(fold(iter(parts)), np.arange(count))


def test_moments_of_parts_are_the_moments_of_the_whole():
    x = rng.normal(5, 0.01, (3, 700))
    x[0, :40], x[2, ::3] = np.nan, np.nan
    whole = Moments.merged([Moments.of(x[:, at : at + 50]) for at in range(0, 700, 50)])
    np.testing.assert_allclose(whole.deviation, np.nanstd(x, axis=1, ddof=1), rtol=1e-12)
    np.testing.assert_allclose(whole.mean, np.nanmean(x, axis=1), rtol=1e-14)


@pytest.mark.parametrize("spread", [20, 10**9])
def test_sums_by_date_and_by_name_are_those_of_a_loop(spread):
    """Also where the dates are so far apart that no table of all of them is made."""
    dates = rng.integers(-spread, spread, 400)
    names, values = rng.choice(["a", "b", "c"], 400), rng.normal(size=400)
    by_date, cells = {}, {}
    for name, date, value in zip(names, dates.tolist(), values, strict=True):
        by_date[date] = by_date.get(date, 0.0) + value
        cells[name, date] = cells.get((name, date), 0.0) + value
    found = DateSums.merged([DateSums.of(dates[at], [values[at]]) for at in (slice(0, 150), slice(150, 400))])
    assert found.dates.tolist() == sorted(by_date)
    np.testing.assert_allclose(found.sums[0], [by_date[day] for day in sorted(by_date)], rtol=1e-12, atol=1e-15)
    parts = []
    for at in (slice(0, 150), slice(150, 400)):
        known, row = np.unique(names[at], return_inverse=True)
        parts.append(Cells.of(known.astype(object), row, dates[at], [values[at]]))
    both = Cells.merged(parts)
    keys = [(both.names[row], date) for row, date in zip(both.row, both.dates.tolist(), strict=True)]
    assert sorted(keys) == sorted(cells)
    np.testing.assert_allclose(both.sums[0], [cells[key] for key in keys], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("step", [1e-9, 0.5])
def test_values_ranked_among_sorted_residuals_have_the_ranks_of_the_joined_series(step):
    """With steps of one half nearly all values are tied; scipy ranks each joined series by itself."""
    from scipy.stats import rankdata

    x, values = (np.round(rng.normal(size=shape) / step) * step for shape in ((30, 50), (30, 7)))
    x[rng.random(x.shape) < 0.1], values[rng.random(values.shape) < 0.1] = np.nan, np.nan
    values[3] = np.nan
    ranks, own, tied = Sorted.of(x).with_values(values)
    for i in range(len(x)):
        series = np.concatenate([x[i], values[i]])
        expected = rankdata(series, nan_policy="omit")
        np.testing.assert_array_equal(np.concatenate([ranks[i], own[i]]), expected)
        there = series[np.isfinite(series)]
        assert bool(tied[i]) == (len(np.unique(there)) < len(there))
    np.testing.assert_array_equal(rank_kernels.ranks(x)[~np.isnan(x)], Sorted.of(x).own[~np.isnan(x)])


def test_the_mean_correlation_of_clusters_that_are_seen_on_different_dates():
    days = [range(12), range(3, 20), range(5, 9)]
    means = [dict(zip(span, rng.normal(size=len(span)), strict=True)) for span in days]
    row = np.repeat(np.arange(3), [len(one) for one in means])
    dates = np.concatenate([[*one] for one in means])
    count = rng.integers(1, 5, row.size).astype(float)
    total = count * np.concatenate([[*one.values()] for one in means])
    found = _correlation(Cells.of(np.arange(3), row, dates, [count, total]))
    unit = [{day: m / np.sqrt(np.mean(np.square([*one.values()]))) for day, m in one.items()} for one in means]
    products = [a[day] * b[day] for a, b in itertools.combinations(unit, 2) for day in a.keys() & b.keys()]
    assert found == pytest.approx(np.mean(products), rel=1e-12)  # sums of 50 products
