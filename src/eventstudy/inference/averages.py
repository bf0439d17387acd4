"""Average abnormal returns by event day (AAR, CAAR), with their errors and tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from ..windows import Window
from .abnormal import AbnormalReturns
from .battery import get_test
from .distributions import t_ppf, t_sf
from .models.least_squares import FloatArray
from .significance import kernels
from .significance.few_dates import ClusterSums, cluster_t
from .significance.guard import Sharing, design_of, judge
from .significance.protocol import SignificanceTest
from .significance.result import TestResult
from .significance.sample import Sample, Samples
from .stream import first_of

BAND = 0.95
# Tests of one day that need no pass over the blocks of their own.
BY_DAY = (
    "cross_sectional_t",
    "brown_warner_1980",
    "brown_warner_1985",
    "patell",
    "kp_patell",
    "bmp",
    "kp_bmp",
    "skewness_t",
    "sign",
    "generalized_sign",
    "wilcoxon",
    "variance_f",
)
# Beyond so many pairs no ranks of residuals are taken by day.
RANKED = 2_000
BY_RANK = ("corrado_zivney", "corrado_zivney_sign")
CROSS_SECTION, CORRELATED, CLUSTERED, FORECAST = "cross-section", "correlated", "clustered", "forecast"


def average_returns(
    blocks: Iterable[AbnormalReturns], tests: Sequence[str | SignificanceTest] | None = None
) -> pd.DataFrame:
    """Average the abnormal returns of each event day over the pairs, and their sums from the first row on.

    The errors allow for the dependence between the pairs of that day, as the test that leads does (`guard.HEADLINES`):

    - ``cross-section``: ``sd / sqrt n``, t(n - 1); leads `bmp`. No two pairs share a day.
    - ``clustered``: ``sqrt(G / (G - 1) sum_g (sum_i (x_i - mean))²) / n``, t(G - 1), G clusters of shared days; leads
      ``cluster_t``, Student's form of `cluster_t_rank`.
    - ``correlated``: ``sd / sqrt n`` times ``sqrt((1 + (n - 1) rbar) / (1 - rbar))`` (Kolari & Pynnönen 2010); leads
      `kp_bmp`. One date, or windows that overlap from event to event.
    - ``forecast``: the standard error of the only pair, t(df).

    Leading tests are of standardised returns, so that a volatile pair counts for less; the band is that of the plain
    mean. The two may differ.

    Parameters
    ----------
    blocks : iterable of AbnormalReturns
        Can be iterated more than once.
    tests : sequence of str or SignificanceTest, optional
        Tests of many events to make for every day; by default `BY_DAY`, and `BY_RANK` up to 2,000 pairs.

    Returns
    -------
    DataFrame
        One row a day: ``tau, n, aar, median, positive, se, low, high, test, statistic, p, errors``; ``p_NAME`` for each
        test, NaN where it does not apply to that day; ``caar_n, caar, caar_se, caar_low, caar_high, caar_test,
        caar_statistic, caar_p, caar_errors`` of the sums over the pairs that have enough days. Fractions; ``low`` and
        ``high`` bound the 95 % interval of the mean.
    """
    span = first_of(blocks).span
    taus = range(span.first, span.last + 1)
    windows = (*(Window(tau, tau) for tau in taus), *(Window(span.first, tau) for tau in taus))
    found = list(Samples(blocks=blocks, windows=tuple(dict.fromkeys(windows))))
    known = {sample.window: sample for sample in found}
    if tests is None:
        tests = BY_DAY if len(found[0]) > RANKED else (*BY_DAY, *BY_RANK)
    chosen = [get_test(test) for test in tests]
    return pd.DataFrame([_row(known[Window(tau, tau)], known[Window(span.first, tau)], chosen) for tau in taus])


def average_cars(blocks: Iterable[AbnormalReturns] | Samples, windows: Sequence[Window]) -> pd.DataFrame:
    """Average the cumulative abnormal returns of windows over the pairs.

    Parameters
    ----------
    blocks : iterable of AbnormalReturns or Samples
        Can be iterated more than once; samples have these windows among theirs.
    windows : sequence of Window

    Returns
    -------
    DataFrame
        One row a window: ``window, n, mean_car, median_car, positive, se, low, high, test, statistic, p, errors``, as
        in `average_returns`.
    """
    samples = blocks if isinstance(blocks, Samples) else Samples(blocks=blocks, windows=tuple(windows))
    return pd.DataFrame([_window_row(sample) for sample in samples if sample.window in windows])


def _window_row(sample: Sample) -> dict[str, object]:
    """Return one window of the table."""
    car = sample.car[np.isfinite(sample.car)]
    row: dict[str, object] = {"window": sample.window.label, "n": len(car), "mean_car": _mean(car)}
    return row | _middle(car, "median_car") | _errors(sample)


def _row(day: Sample, sums: Sample, tests: Sequence[SignificanceTest]) -> dict[str, object]:
    """Return one day of the table, from that day and from the window up to it."""
    ar = day.car[np.isfinite(day.car)]
    row: dict[str, object] = {"tau": day.window.last, "n": day.n, "aar": _mean(ar)}
    row |= _middle(ar, "median") | _errors(day)
    row |= {"caar_n": sums.n, "caar": _mean(sums.car[np.isfinite(sums.car)])}
    row |= {f"caar_{name}": value for name, value in _errors(sums).items()}
    return row | {f"p_{name}": result.p for name, result in _made(day, tests).items()}


def _mean(x: FloatArray) -> float:
    """Return the mean; NaN of nothing."""
    return float(x.mean()) if len(x) else np.nan


def _middle(x: FloatArray, name: str) -> dict[str, float]:
    """Return the median and the share above zero; NaN of nothing."""
    if not len(x):
        return {name: np.nan, "positive": np.nan}
    return {name: float(np.median(x)), "positive": float((x > 0).mean())}


def _made(sample: Sample, tests: Sequence[SignificanceTest]) -> dict[str, TestResult]:
    """Make the tests that the design of a day allows."""
    if not tests or not sample.n:
        return {test.name: TestResult.not_applicable(test.name, "no returns") for test in tests}
    verdicts = judge(design_of(sample), tests)
    return {
        test.name: TestResult.not_applicable(test.name, refusal)
        if (refusal := verdicts[test.name].refusal)
        else test(sample)
        for test in tests
    }


def _errors(sample: Sample) -> dict[str, object]:
    """Return the standard error of the mean, its interval, and the test that leads."""
    if not sample.n:
        return dict.fromkeys(("se", "low", "high"), np.nan) | _leading("", np.nan, np.nan) | {"errors": ""}
    there = np.isfinite(sample.car)
    x, sharing = sample.car[there], design_of(sample).sharing
    kind, se, df = _standard_error(sample, x, sharing)
    half = float(t_ppf((1 + BAND) / 2, df)) * se if df > 0 else np.nan
    mean = float(x.mean())
    found = {"se": se, "low": mean - half, "high": mean + half}
    return found | _test_of(sample, kind, df) | {"errors": kind}


def _standard_error(sample: Sample, x: FloatArray, sharing: Sharing) -> tuple[str, float, float]:
    """Return the kind of error, the standard error of the mean, and its degrees of freedom."""
    n = len(x)
    if n == 1:
        only = np.isfinite(sample.car)
        return FORECAST, float(sample.se[only][0]), float(sample.df[only][0])
    plain = float(x.std(ddof=1)) / float(np.sqrt(n))
    if sharing in (Sharing.FEW_DATES, Sharing.SHARED_DATES):
        label, groups = sample.clusters.label[np.isfinite(sample.car)], sample.clusters.count
        scores = np.bincount(label, weights=x - x.mean(), minlength=groups)
        return CLUSTERED, float(np.sqrt(groups / (groups - 1) * (scores**2).sum()) / n), groups - 1.0
    if sharing is Sharing.OWN_DATES:
        return CROSS_SECTION, plain, n - 1.0
    rbar = sample.correlation
    inflation = kernels.inflation(rbar, n)
    ratio = inflation / (1 - rbar) if rbar < 1 else np.nan
    return CORRELATED, plain * float(np.sqrt(ratio)) if ratio > 0 else np.nan, n - 1.0


def _test_of(sample: Sample, kind: str, df: float) -> dict[str, object]:
    """Return the test that leads under a kind of dependence."""
    if kind == CLUSTERED:
        label = sample.clusters.label
        size = sample.clusters.count
        sums = ClusterSums.of(sample.scar, np.where(label < 0, size, label), size + 1)
        t = float(cluster_t(sums))
        return _leading("cluster_t", t, float(2 * t_sf(abs(t), df)))
    if kind == FORECAST:
        t = float(sample.scar[np.isfinite(sample.car)][0])
        return _leading("t", t, float(2 * t_sf(abs(t), df)))
    name = "bmp" if kind == CROSS_SECTION else "kp_bmp"
    result = get_test(name)(sample)
    return _leading(name, result.statistic, result.p)


def _leading(test: str, statistic: float, p: float) -> dict[str, object]:
    """Return the columns of the test that leads."""
    return {"test": test, "statistic": statistic, "p": p}
