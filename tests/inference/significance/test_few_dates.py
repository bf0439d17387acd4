"""Step-down p-values and tests of few dates against loops, and their size."""

import math

import numpy as np
import pytest

from eventstudy.inference.significance import few_dates as f
from eventstudy.inference.significance.stepdown import maxima, step_down


def loop_step_down(event, placebos):
    """Westfall and Young's free step-down, with lists; NaN is a market that is not there."""
    there = [i for i in range(len(event)) if not math.isnan(event[i])]
    order = sorted(there, key=lambda i: -abs(event[i]))
    p, before = {}, 0.0
    for j, i in enumerate(order):
        counted = larger = 0
        for s in range(placebos.shape[1]):
            values = [abs(placebos[k, s]) for k in order[j:] if not math.isnan(placebos[k, s])]
            if values:
                counted += 1
                larger += max(values) >= abs(event[i])
        before = max(before, (1 + larger) / (1 + counted))
        p[i] = before
    return [p.get(i, math.nan) for i in range(len(event))]


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_step_down_is_the_algorithm(missing):
    rng = np.random.default_rng(2)
    for _ in range(20):
        event, placebos = rng.standard_normal(5) * 2, rng.standard_normal((5, 40))
        placebos[rng.random(placebos.shape) < missing] = np.nan
        if missing:
            event[rng.integers(5)] = np.nan
        np.testing.assert_array_equal(step_down(event, placebos), loop_step_down(event, placebos))


def test_maxima_leave_out_markets_without_an_event():
    placebos = np.array([[1.0, np.nan], [9.0, np.nan]])
    assert maxima(np.array([1.0, np.nan]), placebos)[0] == 1.0
    assert np.isnan(maxima(np.array([1.0, np.nan]), placebos)[1])


def test_step_down_keeps_the_family_wise_error():
    """5 % within three errors at 2,000 families of six (error .49 points), and adjusts less than twelvefold."""
    rng = np.random.default_rng(8)
    z = 0.7 * rng.standard_normal((2_000, 1, 201)) + 0.7 * rng.standard_normal((2_000, 6, 201))
    p = step_down(z[..., 200], z[..., :200])
    assert 0.035 <= (p.min(axis=1) <= 0.05).mean() <= 0.065
    z[:, 0, 200] += 4.0
    assert (step_down(z[..., 200], z[..., :200])[:, 0] <= 0.05).mean() > 0.85


def cluster_statistics(x, cluster):
    """BMP's t and the cluster t, with lists."""
    values = [a for a in x if not math.isnan(a)]
    mean = sum(values) / len(values)
    sd = math.sqrt(sum((a - mean) ** 2 for a in values) / (len(values) - 1))
    groups = [
        [a for a, c in zip(x, cluster, strict=True) if c == g and not math.isnan(a)] for g in sorted(set(cluster))
    ]
    means = [sum(part) / len(part) for part in groups if part]
    middle = sum(means) / len(means)
    spread = math.sqrt(sum((m - middle) ** 2 for m in means) / (len(means) - 1))
    return mean / sd * math.sqrt(len(values)), middle / spread * math.sqrt(len(means))


@pytest.mark.parametrize("missing", [False, True])
def test_statistics_and_ranks_are_counted(missing):
    rng = np.random.default_rng(3)
    cluster = np.array([0, 0, 0, 1, 1, 2, 2, 2, 2])
    event, placebos = rng.standard_normal(9), rng.standard_normal((9, 50))
    if missing:
        event[4] = np.nan
        placebos[rng.random(placebos.shape) < 0.2] = np.nan
        placebos[3:5, 7] = np.nan
    sums, days = f.ClusterSums.of(event, cluster, 3), f.ClusterSums.of(placebos, cluster, 3)
    chosen = np.concatenate([*f.drawn_days(days.count, 399, 5)])
    assert not (days.count[chosen, np.arange(3)] == 0).any()
    for k, statistic in enumerate((f.bmp_t, f.cluster_t)):
        expected = cluster_statistics(event, cluster)[k]
        drawn = [
            cluster_statistics([placebos[i, set_of[c]] for i, c in enumerate(cluster)], cluster)[k] for set_of in chosen
        ]
        found = float(statistic(sums))
        assert found == pytest.approx(expected, rel=1e-10)
        p = f.rank_among(1.5 * found, f.among_sets(days, draws=399, seed=5)[statistic])
        assert p == (1 + sum(abs(t) >= abs(1.5 * found) * (1 - 1e-12) for t in drawn)) / 400


def test_the_draws_take_every_day_of_a_cluster_alike():
    count = np.ones((10, 2))
    count[:5, 1] = 0
    days = np.concatenate([*f.drawn_days(count, 4_000, 1)])
    assert np.bincount(days[:, 0]).min() > 300
    assert set(days[:, 1]) == {5, 6, 7, 8, 9}


@pytest.mark.parametrize(("common", "expected"), [(1.0, (5.2, 4.8)), (2.0, (10.0, 5.2))])
def test_sizes_of_five_dates(common, expected):
    """Section "Few dates" of docs/validity.md, 900 repetitions (error .73 points at 5 %, 1.0 at 10 %)."""
    rng, rejected = np.random.default_rng(9), np.zeros(2)
    cluster = np.repeat(np.arange(5), 4)
    for k in range(900):
        factor, own = rng.standard_normal((5, 1, 101)), rng.standard_normal((5, 4, 101))
        factor[..., -1] *= np.sqrt(common)
        z = (factor + own).reshape(20, 101) * np.sqrt(0.5)
        event, days = f.ClusterSums.of(z[:, -1], cluster, 5), f.ClusterSums.of(z[:, :-1], cluster, 5)
        drawn = f.among_sets(days, draws=199, seed=k)
        for i, statistic in enumerate((f.bmp_t, f.cluster_t)):
            rejected[i] += f.rank_among(float(statistic(event)), drawn[statistic]) <= 0.05
    np.testing.assert_allclose(100 * rejected / 900, expected, atol=2.4)
