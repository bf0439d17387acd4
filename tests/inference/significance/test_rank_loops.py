"""The loops that are compiled for many pairs, as plain Python, against scipy's ranks."""

import numpy as np
import pytest
from scipy import stats

from eventstudy.inference.significance.rank_loops import joint_ranks, scaled_sums
from eventstudy.inference.significance.rank_sums import Sorted


@pytest.fixture(scope="module")
def made():
    """Residuals and event days on a grid of quarters, so that many are equal; some are missing."""
    rng = np.random.default_rng(4)
    e, x = rng.integers(-8, 9, (7, 25)) / 4, rng.integers(-8, 9, (7, 5)) / 4
    e[rng.random(e.shape) < 0.1], x[rng.random(x.shape) < 0.2] = np.nan, np.nan
    # The last two rows have no equal values.
    e[5:], x[5:] = rng.standard_normal((2, 25)), rng.standard_normal((2, 5))
    return e, x, np.array([1.0, 2.0, 0.5, 1.0, 4.0, 1.0, 0.5])


def test_ranks_are_those_of_all_days_together(made):
    e, x, scale = made
    ordered = Sorted.of(e)
    ranks, tied = joint_ranks(ordered.values, ordered.place, ordered.own, x, scale)
    together = np.concatenate([e / scale[:, None], x], axis=1)
    np.testing.assert_array_equal(ranks, stats.rankdata(together, axis=1, nan_policy="omit"))
    for i, row in enumerate(together):
        days = [value for value in x[i] if not np.isnan(value)]
        assert tied[i] == any(list(row).count(value) > 1 for value in days)
    np.testing.assert_array_equal(ordered.joint(x, scale)[0], ranks)


def test_sums_are_over_the_pairs_that_take_part(made):
    e, x, _ = made
    together = np.concatenate([e, x], axis=1)
    ranks = stats.rankdata(together, axis=1, nan_policy="omit")
    without = np.arange(7) == 2
    total, present, last, ranked = scaled_sums(ranks, without)
    count = np.isfinite(together).sum(axis=1)
    u = ranks / (count[:, None] + 1) - 0.5
    kept = np.delete(u, 2, axis=0)
    np.testing.assert_allclose(total, np.nansum(kept, axis=0), rtol=1e-12, atol=1e-15)
    np.testing.assert_array_equal(present, np.isfinite(kept).sum(axis=0))
    np.testing.assert_array_equal(ranked, count)
    np.testing.assert_allclose(np.delete(last, 2), kept[:, -1], rtol=1e-14)
    assert np.isnan(last[2])
