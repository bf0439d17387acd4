"""The cluster bootstraps against regressions of statsmodels, all patterns, and plain loops."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from eventstudy import EventStudy
from eventstudy.inference.significance.bootstrap import (
    FEW_CLUSTERS,
    LEAST,
    ClusterTotals,
    block_bootstrap,
    block_t,
    wild_cluster,
    wild_t,
)
from eventstudy.inference.significance.sample import Sample
from eventstudy.windows import Window

DAYS = 900


def study(sizes, effect=0.0, seed=3, tests=()):
    """One event a date with as many markets as `sizes` says, which share a shock."""
    rng = np.random.default_rng(seed)
    returns = rng.normal(0, 0.01, (DAYS, max(sizes))) + rng.normal(0, 0.01, (DAYS, 1))
    index = pd.bdate_range("2015-01-01", periods=DAYS)
    rows = 80 + 40 * np.arange(len(sizes))
    for row in rows:
        returns[row] += effect
    frame = pd.DataFrame(returns, index=index, columns=[f"s{at}" for at in range(max(sizes))])
    events = [(f"e{at}", f"s{j}", index[rows[at]]) for at, size in enumerate(sizes) for j in range(size)]
    events = pd.DataFrame(events, columns=["event_id", "symbol", "session"])
    return EventStudy(estimation=(-60, -11), windows=[(0, 0)], tests=tests).run(events, returns=frame)


@pytest.fixture(scope="module")
def sample():
    return Sample.of(study([3, 1, 4, 2, 5, 2]).abnormal, Window(0, 0))


def cluster_fit(y, labels):
    """The regression on a constant with clustered errors."""
    groups = {"groups": labels, "df_correction": True}
    return sm.OLS(y, np.ones(len(y))).fit(cov_type="cluster", cov_kwds=groups, use_t=True)


def test_the_statistic_is_that_of_statsmodels(sample):
    fit = cluster_fit(sample.car, sample.clusters.label)
    for test in (wild_cluster, block_bootstrap):
        assert test(sample, draws=9).statistic == pytest.approx(fit.tvalues[0], rel=1e-11)


def test_each_wild_draw_is_a_regression_on_changed_returns(sample):
    label = sample.clusters.label
    v = np.random.default_rng(1).choice([-1.5, -1.0, 0.7, 1.2], (20, sample.clusters.count))
    wanted = [cluster_fit(row[label] * sample.car, label).tvalues[0] for row in v]
    np.testing.assert_allclose(wild_t(ClusterTotals.of(sample), v), wanted, rtol=1e-9)


def test_each_block_draw_is_a_regression_on_drawn_events(sample):
    label, groups = sample.clusters.label, sample.clusters.count
    chosen = np.random.default_rng(1).integers(0, groups, (20, groups))
    wanted = []
    for row in chosen:
        parts = [sample.car[label == one] for one in row]
        copies = np.concatenate([np.full(len(part), at) for at, part in enumerate(parts)])
        wanted.append(cluster_fit(np.concatenate(parts) - sample.car.mean(), copies).tvalues[0])
    np.testing.assert_allclose(block_t(ClusterTotals.of(sample), chosen), wanted, rtol=1e-9)


def test_p_approaches_the_share_of_all_patterns(sample):
    totals = ClusterTotals.of(sample)
    six = [sign * size for sign in (-1, 1) for size in np.sqrt([0.5, 1.0, 1.5])]
    every = np.abs(wild_t(totals, np.array([*product(six, repeat=len(totals.total))])))
    exact = (every >= abs(totals.t()) * (1 - 1e-12)).mean()
    draws = 40_000
    found = wild_cluster(sample, draws=draws, seed=4)
    assert "six values" in found.distribution
    assert abs(found.p - exact) < 4 * np.sqrt(exact * (1 - exact) / draws)
    chosen = np.array([*product(range(len(totals.total)), repeat=len(totals.total))])
    exact = (np.abs(block_t(totals, chosen)) >= abs(totals.t())).mean()
    assert abs(block_bootstrap(sample, draws=draws, seed=4).p - exact) < 4 * np.sqrt(exact * (1 - exact) / draws)


def test_many_clusters_draw_signs_and_find_an_effect():
    sizes = [2] * FEW_CLUSTERS
    for test in (wild_cluster, block_bootstrap):
        found = test(Sample.of(study(sizes, effect=0.02).abnormal, Window(0, 0)))
        assert found.p < 0.01 and found.figures["smallest_p"] == 1e-4
    assert "signs" in wild_cluster(Sample.of(study(sizes).abnormal, Window(0, 0)), draws=9).distribution


def test_one_cluster_drawn_again_and_again_is_no_small_t():
    totals = ClusterTotals(total=np.array([0.3, -0.1, 0.2, 0.4, 0.1]), count=np.ones(5))
    assert block_t(totals, np.full((1, 5), 2)).tolist() == [np.inf]


def test_too_few_clusters_and_the_place_in_a_study():
    few = Sample.of(study([3] * (LEAST - 1)).abnormal, Window(0, 0))
    assert wild_cluster(few).reason == f"{LEAST - 1} clusters of events; {LEAST} needed"
    made = study([3] * LEAST, tests=("wild_cluster", "block_bootstrap")).tests
    made = made[made["test"] != "holm"]
    assert made["role"].unique().tolist() == ["secondary"] and made["p"].between(0, 1).all()
    again = study([3] * LEAST, tests=("wild_cluster", "block_bootstrap")).tests
    assert again["p"].tolist()[:2] == made["p"].tolist()
