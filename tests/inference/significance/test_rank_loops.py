"""The loop that is compiled for many pairs, as plain Python, against scipy's ranks."""

import numpy as np
import pytest
from scipy import stats

from eventstudy.inference.significance.rank_loops import TOGETHER, family_sums, keys_of

DAYS, EDGES = 25, np.array([0, 3, 5])
SCALED, NEEDED = np.array([False, True]), np.array([False, True])


@pytest.fixture(scope="module")
def made():
    """Residuals and event days on a grid of quarters, so that many are equal; some are missing."""
    rng = np.random.default_rng(4)
    e, x = rng.integers(-8, 9, (7, DAYS)) / 4, rng.integers(-8, 9, (7, 5)) / 4
    e[rng.random(e.shape) < 0.1], x[rng.random(x.shape) < 0.2] = np.nan, np.nan
    # The last two rows have no equal values, and the last one all days.
    e[5:], x[5:] = rng.standard_normal((2, DAYS)), rng.standard_normal((2, 5))
    x[3, 4], e[5, 7] = np.nan, np.nan
    return e, x, np.array([1.0, 2.0, 0.5, 1.0, 4.0, 1.0, 0.5])


@pytest.mark.parametrize("family", [0, 1])
def test_sums_of_ranks_are_those_of_all_days_together(made, family):
    e, x, scale = made
    sums, last, ranked, tied = family_sums(e, np.argsort(e, axis=1), scale, x, EDGES, SCALED, NEEDED)
    own = x[:, EDGES[family] : EDGES[family + 1]]
    together = np.concatenate([e / scale[:, None] if SCALED[family] else e, own], axis=1)
    ranks = stats.rankdata(together, axis=1, nan_policy="omit")
    takes_part = np.isfinite(own[:, -1]) if NEEDED[family] else np.full(len(x), True)
    assert takes_part.all() != NEEDED[family]
    count = np.isfinite(together).sum(axis=1)
    u = (ranks / (count[:, None] + 1) - 0.5)[takes_part]
    length = together.shape[1]
    # Sums of seven numbers below one half.
    np.testing.assert_allclose(sums[family, 0, :length], np.nansum(u, axis=0), rtol=0, atol=1e-15)
    np.testing.assert_array_equal(sums[family, 1, :length], np.isfinite(u).sum(axis=0))
    np.testing.assert_array_equal(ranked[family, takes_part], count[takes_part])
    np.testing.assert_allclose(last[family, takes_part], u[:, -1], rtol=1e-14)
    assert np.isnan(last[family, ~takes_part]).all()
    equal = [any(row[~np.isnan(row)].tolist().count(value) > 1 for value in row) for row in together]
    assert tied[family].tolist() == equal and set(equal) == {True, False}


def test_signs_are_counted_where_no_two_days_are_equal(made):
    e, x, scale = made
    sums, _, _, tied = family_sums(e, np.argsort(e, axis=1), scale, x, EDGES, SCALED, NEEDED)
    together = np.concatenate([e, x[:, :3]], axis=1)[~tied[0]]
    median = np.nanmedian(together, axis=1, keepdims=True)
    np.testing.assert_array_equal(sums[0, 2, : together.shape[1]], np.nansum(np.sign(together - median), axis=0))
    assert not sums[1, 2].any()


@pytest.mark.parametrize("disorder", [lambda x: np.zeros_like(x), lambda x: -x], ids=["columns", "falling"])
def test_the_order_that_is_given_need_not_be_that_of_the_residuals(made, disorder):
    e, x, scale = made
    expected = family_sums(e, np.argsort(e, axis=1), scale, x, EDGES, SCALED, NEEDED)
    order = np.argsort(disorder(e), axis=1, kind="stable")
    for found, one in zip(family_sums(e, order, scale, x, EDGES, SCALED, NEEDED), expected, strict=True):
        np.testing.assert_array_equal(found, one)


def test_keys_stand_in_the_order_of_the_numbers_and_hold_their_columns():
    x = np.array([[3.0, -2.0, 0.5, -0.25, 1e30, -np.inf], [-1.0, -1.5, 2.0, -1e-20, 7.0, np.inf]])
    bits = x.astype(np.float32).view(np.int32)
    keys_of(bits, 7)
    assert np.array_equal(bits & 7, np.broadcast_to(np.arange(6), x.shape))
    assert np.array_equal(np.argsort(bits, axis=1), np.argsort(x, axis=1))


def test_many_families_of_pairs_that_lack_nothing_are_summed_apart():
    """More families than the bits of one number hold, more pairs than are added in them; values crowd and are equal."""
    rng = np.random.default_rng(9)
    pairs, width, families = 2 * TOGETHER + 3, 6, 12
    e, x = rng.standard_normal((pairs, DAYS)), 3 * rng.standard_normal((pairs, width * families))
    x[::5, 1], x[1::5, 2], x[2::5, 8] = x[::5, 0], e[1::5, 4], np.nan
    edges, scale = np.arange(0, x.shape[1] + 1, width), rng.uniform(0.5, 2, pairs)
    scaled = np.arange(families) % 2 == 1
    sums, last, ranked, _ = family_sums(e, np.argsort(e, axis=1), scale, x, edges, scaled, np.full(families, False))
    for f in range(families):
        residuals = e / scale[:, None] if scaled[f] else e
        together = np.concatenate([residuals, x[:, edges[f] : edges[f + 1]]], axis=1)
        count = np.isfinite(together).sum(axis=1)
        u = stats.rankdata(together, axis=1, nan_policy="omit") / (count[:, None] + 1) - 0.5
        # Sums of 35 numbers below one half.
        np.testing.assert_allclose(sums[f, 0, : u.shape[1]], np.nansum(u, axis=0), rtol=0, atol=2e-14)
        np.testing.assert_array_equal(sums[f, 1, : u.shape[1]], np.isfinite(u).sum(axis=0))
        np.testing.assert_array_equal(ranked[f], count)
        np.testing.assert_allclose(last[f], u[:, -1], rtol=1e-13)
