"""Rank and sign tests of many events."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from ..distributions import normal_sf
from ..models.least_squares import FloatArray
from . import kernels, rank_kernels
from .kernels import DaySums
from .result import TestResult
from .sample import Sample

NO_SHIFT = "the event days' abnormal returns rank as any other day's"
NO_SIGN = "positive and negative cumulative abnormal returns are equally likely"
NO_GENERALIZED_SIGN = "positive cumulative abnormal returns are as likely as positive residuals"
SYMMETRIC_ABOUT_ZERO = "cumulative abnormal returns are symmetric about zero"
EXACT_SIGNS = 30
EXACT_RANKS = 25
# Corrado's z of a single event is at most sqrt(3), which is below the 5 % critical value.
NEEDS_MANY = 2

RankKernel = Callable[[DaySums], FloatArray]


def corrado(sample: Sample) -> TestResult:
    """Rank test: mean scaled rank of the event days over its deviation through all days, N(0,1) (Corrado 1989).

    Over W days the daily z are summed and divided by ``sqrt(W)`` (Cowan 1992; Campbell & Wasley 1993).

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    return _rank_test("corrado", sample, rank_kernels.corrado_z, sample.ranks.ranks)


def corrado_zivney(sample: Sample) -> TestResult:
    """Rank test for missing returns, N(0,1): each day's statistic is ``sum U / sqrt n`` (Corrado & Zivney 1992).

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    return _rank_test("corrado_zivney", sample, rank_kernels.corrado_zivney_z, sample.ranks.ranks)


def corrado_zivney_restandardised(sample: Sample) -> TestResult:
    """Rank test of standardised returns, those of the event days divided by their cross-sectional deviation, N(0,1).

    Robust to event-induced variance (Corrado & Zivney 1992); over-rejects with skewed residuals.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    if sample.n < NEEDS_MANY:
        return _one_event("corrado_zivney_restandardised", sample.n)
    name = "corrado_zivney_restandardised"
    return _with_cautions(_rank_test(name, sample, rank_kernels.corrado_zivney_z, sample.ranks.restandardised), sample)


def corrado_cumulative(sample: Sample) -> TestResult:
    """Rank test of all days of the window together, N(0,1) (Cowan 1992).

    ``sqrt(W) (Kbar_window - 1/2) / S``; every event-day counts once, so that days with more events weigh more.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    name, sums = "corrado_cumulative", sample.ranks.ranks
    if sample.n < NEEDS_MANY:
        return _one_event(name, sample.n)
    at = sample.event_columns(sums)
    days = int((sums.present[at] > 0).sum())
    spread = np.sqrt((sums.mean**2).sum() / sums.days)
    z = float(np.sqrt(days) * sums.total[at].sum() / sums.present[at].sum() / spread)
    return TestResult.of_z(name, z, null=NO_SHIFT, n=sample.n)


def grank_t(sample: Sample) -> TestResult:
    """Generalised rank test: the SCARs are ranked among the estimation days.

    ``Z sqrt((T - 2) / (T - 1 - Z²))``, t(T - 2) (Kolari & Pynnönen 2011). Robust to event-induced variance and to
    correlation; over-rejects with skewed residuals or few correlated events.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    if sample.n < NEEDS_MANY:
        return _one_event("grank_t", sample.n)
    sums = sample.ranks.generalised
    t = float(rank_kernels.grank_t(sums, kernels.count(sample.ranks.own)))
    return _with_cautions(TestResult.of_t("grank_t", t, float(sums.days) - 2, null=NO_SHIFT, n=sample.n), sample)


def grank_z(sample: Sample) -> TestResult:
    """Generalised rank test with the variance of uniform ranks, for independent events.

    ``sum U / sqrt(sum (M - 1) / (12 (M + 1)))``, N(0,1) (Kolari & Pynnönen 2011).

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    if sample.n < NEEDS_MANY:
        return _one_event("grank_z", sample.n)
    z = float(rank_kernels.grank_z(sample.ranks.own, sample.ranks.ranked))
    return _with_cautions(TestResult.of_z("grank_z", z, null=NO_SHIFT, n=sample.n), sample)


def sign(sample: Sample) -> TestResult:
    """Sign test: number of positive CARs against one half.

    ``(w - n/2) / sqrt(n/4)``; exact binomial p-value up to 30 events, N(0,1) beyond. Zeros are dropped.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    car = sample.car[np.isfinite(sample.car) & (sample.car != 0)]
    n, positive = len(car), int((car > 0).sum())
    if n == 0:
        return TestResult.not_applicable("sign", "there is no cumulative abnormal return other than zero")
    z = float(rank_kernels.sign_z(car))
    notes = (f"{positive} of {n} positive",)
    if n <= EXACT_SIGNS:
        p = min(1.0, 2 * float(special.bdtr(min(positive, n - positive), n, 0.5)))
        return TestResult.of_p("sign", z, p, "exact binomial", null=NO_SIGN, n=n, notes=notes)
    return TestResult.of_z("sign", z, null=NO_SIGN, n=n, notes=notes)


def generalized_sign(sample: Sample) -> TestResult:
    """Generalised sign test: number of positive CARs against the share p of positive estimation residuals.

    ``(w - n p) / sqrt(n p (1 - p))``, N(0,1) (Cowan 1992).

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    if sample.n == 0:
        return TestResult.not_applicable("generalized_sign", "there is no cumulative abnormal return")
    z = float(rank_kernels.generalized_sign_z(sample.car, sample.timeline.positive))
    share = float(sample.timeline.positive[np.isfinite(sample.car)].mean())
    notes = (f"expected share {share:.3f}",)
    return TestResult.of_z("generalized_sign", z, null=NO_GENERALIZED_SIGN, n=sample.n, notes=notes)


def corrado_zivney_sign(sample: Sample) -> TestResult:
    """Sign test about each event's median, over its deviation through all days, N(0,1) (Corrado & Zivney 1992).

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    return _rank_test("corrado_zivney_sign", sample, rank_kernels.corrado_zivney_z, sample.ranks.signs)


def wilcoxon(sample: Sample) -> TestResult:
    """Wilcoxon's signed-rank test of the CARs (Wilcoxon 1945).

    Exact p-value up to 25 events without ties, N(0,1) with the variance corrected for ties beyond. Zeros are dropped.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    car = sample.car[np.isfinite(sample.car) & (sample.car != 0)]
    n = len(car)
    if n == 0:
        return TestResult.not_applicable("wilcoxon", "there is no cumulative abnormal return other than zero")
    _, tied = np.unique(np.abs(car), return_counts=True)
    statistic = float(rank_kernels.signed_rank_sum(car))
    null = SYMMETRIC_ABOUT_ZERO
    if n <= EXACT_RANKS and (tied == 1).all():
        p = _exact_ranks_p(car)
        return TestResult.of_p("wilcoxon", statistic, p, "exact signed ranks", null=null, n=n)
    variance = n * (n + 1) * (2 * n + 1) / 24 - (tied**3 - tied).sum() / 48
    z = (statistic - n * (n + 1) / 4) / np.sqrt(variance)
    p = float(2 * normal_sf(abs(z)))
    return TestResult.of_p("wilcoxon", statistic, p, "signed ranks, N(0,1)", null=null, n=n, notes=(f"z {z:.3f}",))


def _exact_ranks_p(car: FloatArray) -> float:
    """Return Wilcoxon's exact p-value; a single value is as extreme with either sign."""
    if len(car) == 1:
        return 1.0
    # A second of imports, which a study of one event does not need.
    from scipy import stats

    return float(stats.wilcoxon(car, method="exact").pvalue)


def _rank_test(name: str, sample: Sample, z_of: RankKernel, sums: DaySums) -> TestResult:
    """Return the sum of the window's daily z over the root of its days as a result."""
    if sample.n < NEEDS_MANY:
        return _one_event(name, sample.n)
    at = sample.event_columns(sums)
    lived = sums.present[at] > 0
    if not lived.any():
        return TestResult.not_applicable(name, "no day of the window has ranks: the events do not differ")
    z = float(z_of(sums)[at][lived].sum() / np.sqrt(lived.sum()))
    return TestResult.of_z(name, z, null=NO_SHIFT, n=sample.n)


def _one_event(name: str, n: int) -> TestResult:
    """Return that a rank test of one event cannot reject."""
    return TestResult.not_applicable(
        name, f"{n} event{'' if n == 1 else 's'} with returns; with one, z is at most 1.73: use the placebo p"
    )


def _with_cautions(result: TestResult, sample: Sample) -> TestResult:
    """Add skewness and correlation, which inflate the test, to the notes of a result."""
    if not result.applicable:
        return result
    skewness, correlation = sample.timeline.skewness, sample.correlation
    return result.with_notes(f"|skew| {abs(skewness):.2f}, rbar {correlation:.3f}: either inflates this test")
