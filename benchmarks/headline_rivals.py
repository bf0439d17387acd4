"""Tests beside which the power of the test to read first is measured, and which of them keep their level.

Those of the library go by their names; the others are records of `SignificanceTest` made here.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import stats

from eventstudy import Assumption, Scope, SignificanceTest, TestResult, Window
from eventstudy.inference.abnormal import AbnormalReturns
from eventstudy.inference.significance import many_firms, placebo_ranks
from eventstudy.inference.significance.families import max_t
from eventstudy.inference.significance.few_dates import ClusterSums, cluster_t
from eventstudy.inference.significance.pairs import placebo_standardised
from eventstudy.inference.significance.placebos import known_variance
from eventstudy.inference.significance.sample import Sample
from eventstudy.inference.significance.volatility import robust_variance


def _scaled(abnormal: AbnormalReturns, by: str) -> AbnormalReturns:
    """Return the same abnormal returns with the plain EWMA, or sigma, in place of the robust variance."""
    if by not in abnormal.derived:
        other = replace(abnormal)
        length, usual = abnormal.fitted.residuals.shape[1], abnormal.fitted.sigma[:, None] ** 2
        every = np.ones(len(abnormal), dtype=bool)
        other.derived["variance"] = (
            robust_variance(abnormal.history, length, every)
            if by == "ewma"
            else np.broadcast_to(usual, known_variance(abnormal).shape)
        )
        abnormal.derived[by] = other
    found: AbnormalReturns = abnormal.derived[by]
    return found


def placebo_ewma(abnormal: AbnormalReturns, window: Window) -> list[TestResult]:
    """`placebo_standardised` by the EWMA that leaves no jump out."""
    return placebo_standardised(_scaled(abnormal, "ewma"), window)


def max_t_ewma(abnormal: AbnormalReturns, window: Window, *, event_id: str, markets: list[str]) -> TestResult:
    """`max_t` by the EWMA that leaves no jump out."""
    return max_t(_scaled(abnormal, "ewma"), window, event_id=event_id, markets=markets)


def max_t_sigma(abnormal: AbnormalReturns, window: Window, *, event_id: str, markets: list[str]) -> TestResult:
    """`max_t` in units of the sigma of the estimation window."""
    return max_t(_scaled(abnormal, "sigma"), window, event_id=event_id, markets=markets)


def cluster_t_table(sample: Sample) -> TestResult:
    """Student's t of the cluster means of SCAR, with G - 1 degrees of freedom."""
    clusters = sample.clusters
    t = float(cluster_t(ClusterSums.of(sample.scar, clusters.label, clusters.count)))
    return TestResult.of_p("cluster_t_table", t, float(2 * stats.t.sf(abs(t), clusters.count - 1)), "t", null="", n=1)


def portfolio_rank(sample: Sample) -> TestResult:
    """Mean SAR of one date over its EWMA, ranked among the estimation days."""
    return _ranked("portfolio_rank", sample, spread=False)


def bmp_rank_by_day(sample: Sample) -> TestResult:
    """Mean SAR of one date over the spread of the same day, ranked among the estimation days."""
    return _ranked("bmp_rank_by_day", sample, spread=True)


def _ranked(name: str, sample: Sample, *, spread: bool) -> TestResult:
    """Rank a mean over its spread, or over its expected size, among the estimation days."""
    daily, stretches, event = many_firms._moments(sample)
    length = stretches.shape[-1]
    if spread:
        at, before = event[0] / event[1], stretches[0] / stretches[1]
    else:
        expected = np.sqrt(robust_variance(daily[0], length))
        at, before = event[0] / expected[:, -1], stretches[0] / expected[:, :length]
    p = float(placebo_ranks.volatility_p(at, before, sample.window.length)[0])
    return TestResult.of_p(name, float(at[0]), p, "placebo", null="", n=sample.n)


def _record(function: object, scope: Scope, assumes: Assumption, **facts: str) -> SignificanceTest:
    """Make the record of a function."""
    return SignificanceTest(
        name=function.__name__, function=function, scope=scope, null="", assumes=frozenset({assumes}), **facts
    )


PLACEBO_EWMA = _record(placebo_ewma, Scope.PAIR, Assumption.EXCHANGEABLE_DAYS)
MAX_T_EWMA = _record(max_t_ewma, Scope.EVENT, Assumption.ONE_DATE)
MAX_T_SIGMA = _record(max_t_sigma, Scope.EVENT, Assumption.ONE_DATE)
CLUSTER_T_TABLE = _record(cluster_t_table, Scope.SAMPLE, Assumption.INDEPENDENT_DATES)
PORTFOLIO_RANK = _record(portfolio_rank, Scope.SAMPLE, Assumption.ONE_CLUSTER)
BMP_RANK_BY_DAY = _record(bmp_rank_by_day, Scope.SAMPLE, Assumption.ONE_CLUSTER)

Tests = tuple[str | SignificanceTest, ...]
# The tests that are made, by design; the one to read first is among them.
OF_ONE_MARKET: Tests = ("placebo_standardised", PLACEBO_EWMA, "placebo", "t")
OF_MARKETS: Tests = (*OF_ONE_MARKET, "step_down", MAX_T_EWMA, MAX_T_SIGMA)
OF_BARS: Tests = ("placebo_standardised", "placebo", "t")
OF_ONE_DATE: Tests = ("double_standardised", "kp_bmp", BMP_RANK_BY_DAY, PORTFOLIO_RANK)
OF_DATES: Tests = ("cluster_t_rank", "bmp_rank", "kp_bmp", CLUSTER_T_TABLE, "sign_flip", "calendar_time_t", "bmp")
OF_CHAINS: Tests = ("kp_bmp", "calendar_time_t", "two_way_clustered_t", "cluster_t_rank", "bmp_rank", "bmp")
OF_FIRMS: Tests = ("bmp", "kp_bmp", "cross_sectional_t", "patell", "corrado", "grank_t", "generalized_sign")
