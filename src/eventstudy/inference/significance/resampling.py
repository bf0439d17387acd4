"""p-values counted over other days or resamples, without a distribution table."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...errors import UsageError
from ...windows import Window
from ..abnormal import AbnormalReturns
from ..models.least_squares import FloatArray, IntArray
from ..models.spans import fit_over_spans
from . import kernels
from .placebo_ranks import TIE, rank_p
from .result import TestResult
from .sample import Sample

DRAWS = 9999
EXACT_CLUSTERS = 14
QUARTER = 5
# Of the search for the bounds of an interval: from sigma out to a million sigma, then to a billionth of that step.
DOUBLINGS, HALVINGS = 20, 30
# Signs that are drawn at once: they stay in the processor's cache.
CELLS = 200_000
SIGNS_REVERSIBLE = "each date's abnormal returns are as likely to be all reversed"
NO_MEAN = "the mean cumulative abnormal return is zero"
# Regime ratios within which the tests that do not scale by volatility carry no caution (Elsas & Schoch 2019).
REGIME = (0.67, 1.5)


def placebo_p(abnormal: AbnormalReturns, window: Window) -> FloatArray:
    """Return the placebo-in-time p-value of each pair over one window, two-sided.

    One day: ``(1 + #{|e_t| >= |AR|}) / (L + 1)`` over the L estimation residuals (Gelbach, Helland & Klick 2013).
    More days, or a model that is ``flexible`` (its residuals are smaller than forecast errors): the model is refitted
    on the L + W days including the event's, the residuals are joined in a circle, and p is the share of the L + W
    circular sums of W days that are at least as large as the event's (Chernozhukov, Wüthrich & Zhu 2021); exact if
    the days are exchangeable.

    Parameters
    ----------
    abnormal : AbnormalReturns
    window : Window

    Returns
    -------
    ndarray, shape (n,)
        NaN where no day of the window is present. Never below ``1 / (L + 1)``, or ``1 / (L + W)``.
    """
    at = abnormal.columns(window)
    if window.length == 1 and not is_flexible(abnormal):
        return one_day_placebo(abnormal.fitted.residuals, abnormal.daily_ar[:, at.start])
    return circular_placebo(_refitted(abnormal, at), window.length)


def unlike_regime(ratio: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Return whether regime ratios lie outside [0.67, 1.5]: volatility then differs from that of the estimation window.

    Parameters
    ----------
    ratio : array_like
        Volatility expected for the window over the sigma of the estimation window.

    Returns
    -------
    ndarray of bool
        Same shape.

    Examples
    --------
    >>> unlike_regime([0.5, 1.0, 2.0]).tolist()
    [True, False, True]
    """
    values = np.asarray(ratio, dtype=np.float64)
    return np.asarray((values < REGIME[0]) | (values > REGIME[1]))


def conformal_interval(abnormal: AbnormalReturns, window: Window, level: float = 0.95) -> FloatArray:
    """Return the effects that the one-day placebo test does not reject: lower and upper bound.

    ``AR -+ q``, q the ``ceil(level (L + 1))``-th smallest absolute residual (the inverted test of `placebo_p`). Under a
    model that is ``flexible`` the test is made for each effect, taken off the return, with a fit of its own
    (Chernozhukov, Wüthrich & Zhu 2021); the bounds are where it first rejects, found by bisection.

    Parameters
    ----------
    abnormal : AbnormalReturns
    window : Window
        One day.
    level : float
        Between 0 and 1.

    Returns
    -------
    ndarray, shape (n, 2)
        Fractions; infinite where there are too few residuals.

    Raises
    ------
    UsageError
        If the window has more than one day.

    Examples
    --------
    >>> import pandas as pd
    >>> from eventstudy import EventStudy, conformal_interval
    >>> days = pd.bdate_range("2019-01-01", "2020-01-08")
    >>> returns = pd.DataFrame({"M": np.resize([0.01, -0.01], len(days))}, index=days)
    >>> events = pd.DataFrame({"event_id": ["e"], "symbol": ["M"], "session": days[-1:]})
    >>> result = EventStudy(windows=[(0, 0)]).run(events, returns=returns)
    >>> conformal_interval(result.abnormal, Window(0, 0)).round(3).tolist()
    [[0.0, 0.02]]
    """
    if window.length != 1:
        raise UsageError(f"window {window.label}: a conformal interval is for one day")
    at = abnormal.columns(window)
    if is_flexible(abnormal):
        return np.column_stack([_first_rejected(abnormal, at, level, side) for side in (-1.0, 1.0)])
    ar, days = abnormal.ar[:, at.start], 1.0 if abnormal.spans is None else abnormal.spans[:, at.start]
    size = np.sort(np.abs(abnormal.fitted.residuals), axis=1)
    count = np.isfinite(size).sum(axis=1)
    place = np.ceil(level * (count + 1) - TIE).astype(int)
    reach = np.take_along_axis(size, np.minimum(place, size.shape[1])[:, None] - 1, axis=1)[:, 0]
    reach = np.where(place > count, np.inf, reach * np.sqrt(days))
    return np.column_stack([ar - reach, ar + reach])


def is_flexible(abnormal: AbnormalReturns) -> bool:
    """Return whether the residuals of the estimation window are smaller than forecast errors.

    Parameters
    ----------
    abnormal : AbnormalReturns

    Returns
    -------
    bool
        What the model says; False where it does not say.
    """
    return bool(getattr(abnormal.model, "flexible", False))


def _first_rejected(abnormal: AbnormalReturns, at: slice, level: float, side: float) -> FloatArray:
    """Return the effect beyond which a test with a fit of its own rejects, on one side of the abnormal return."""
    ar, inside, outside = abnormal.ar[:, at.start], np.zeros(len(abnormal)), abnormal.fitted.sigma

    def kept(step: FloatArray) -> npt.NDArray[np.bool_]:
        return circular_placebo(_refitted(abnormal, at, ar + side * step), 1) > 1 - level + TIE

    for _ in range(DOUBLINGS):
        wider = kept(outside)
        inside, outside = np.where(wider, outside, inside), np.where(wider, 2 * outside, outside)
        if not wider.any():
            break
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        wider = kept(middle)
        inside, outside = np.where(wider, middle, inside), np.where(wider, outside, middle)
    # The smallest p-value is one over the number of days.
    never = 1 / (abnormal.fitted.n_obs + 1) > 1 - level + TIE
    return ar + side * np.where(never, np.inf, outside)


def _refitted(abnormal: AbnormalReturns, at: slice, effect: FloatArray | None = None) -> FloatArray:
    """Return the residuals of the model fitted on the estimation window and the columns `at`, less an effect."""
    window = abnormal.returns[:, at] if effect is None else abnormal.returns[:, at] - effect[:, None]
    returns = np.concatenate([abnormal.estimation_returns, window], axis=1)
    factors = np.concatenate([abnormal.estimation_factors, abnormal.factors[:, at]], axis=1)
    spans = abnormal.spans
    if spans is not None and abnormal.estimation_spans is not None:
        spans = np.concatenate([abnormal.estimation_spans, spans[:, at]], axis=1)
    return fit_over_spans(abnormal.model, returns, factors, spans).residuals


def one_day_placebo(residuals: FloatArray, ar: FloatArray) -> FloatArray:
    """Return ``(1 + #{|e_t| >= |AR|}) / (L + 1)`` of each row.

    Parameters
    ----------
    residuals : ndarray, shape (n, L)
        NaN where missing; such days do not count.
    ar : ndarray, shape (n,)

    Returns
    -------
    ndarray, shape (n,)

    Examples
    --------
    >>> one_day_placebo(np.array([[0.01, -0.03, np.nan, 0.02]]), np.array([-0.02]))
    array([0.75])
    """
    return rank_p(ar, residuals)


def circular_placebo(residuals: FloatArray, days: int) -> FloatArray:
    """Return the share of circular sums of residuals at least as large as that of the last `days` columns.

    Parameters
    ----------
    residuals : ndarray, shape (n, L + W)
        Those of the event window last; NaN where missing. Missing days are removed and the neighbours joined.
    days : int
        W, the length of the event window.

    Returns
    -------
    ndarray, shape (n,)

    Examples
    --------
    >>> circular_placebo(np.array([[1.0, -1.0, 1.0, -3.0, 1.0, 1.0]]), 2).round(4)
    array([0.6667])
    """
    present = np.isfinite(residuals)
    length = present.sum(axis=1)
    width = present[:, residuals.shape[1] - days :].sum(axis=1)
    order = np.argsort(~present, axis=1, kind="stable")
    closed_up = np.take_along_axis(np.where(present, residuals, 0.0), order, axis=1)
    sums = np.abs(_circular_sums(closed_up, length, width))
    event = np.take_along_axis(sums, np.maximum(length - width, 0)[:, None], axis=1)
    counted = np.arange(sums.shape[1]) < length[:, None]
    scale = np.abs(closed_up).max(axis=1, keepdims=True)
    share = ((sums >= event - TIE * scale) & counted).sum(axis=1) / np.maximum(length, 1)
    return np.where(width > 0, share, np.nan)


def _circular_sums(values: FloatArray, length: IntArray, width: IntArray) -> FloatArray:
    """Return the sums of `width` values from each start, wrapping around after `length` values, shape (n, M)."""
    cumulated = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
    end = np.arange(values.shape[1]) + width[:, None]
    wraps = end > length[:, None]
    total = np.take_along_axis(cumulated, length[:, None], axis=1)
    end = np.clip(np.where(wraps, end - length[:, None], end), 0, values.shape[1])
    return np.asarray(np.take_along_axis(cumulated, end, axis=1) - cumulated[:, :-1] + np.where(wraps, total, 0.0))


def sign_flip(sample: Sample, *, draws: int = DRAWS, seed: int = 0) -> TestResult:
    """Flip the signs of all SCARs of a cluster together: exact up to 14 clusters, random flips beyond.

    The statistic is the sum of the SCARs; p is the share of sign patterns with a sum at least as large, including the
    observed one. A cluster is linked by an event_id or by a shared day of the window; pairs within a cluster may be
    correlated, clusters are assumed independent and symmetric.

    Parameters
    ----------
    sample : Sample
    draws, seed : int
        Number of random flips, and the seed.

    Returns
    -------
    TestResult
    """
    name, null = "sign_flip", SIGNS_REVERSIBLE
    present = np.isfinite(sample.scar)
    if sample.clusters.count < 2:
        return TestResult.not_applicable(name, f"{sample.clusters.count} cluster; flipping signs needs several")
    sums = np.bincount(sample.clusters.label[present], weights=sample.scar[present]).astype(np.float64)
    groups, observed = len(sums), float(sums.sum())
    least = abs(observed) * (1 - TIE)
    if groups <= EXACT_CLUSTERS:
        patterns = 1.0 - 2.0 * ((np.arange(2**groups)[:, None] >> np.arange(groups)) & 1)
        p = float((np.abs(patterns @ sums) >= least).mean())
        distribution = f"sign flips, all {2**groups}"
    else:
        p, distribution = (1 + _flipped(sums, least, draws, seed)) / (1 + draws), f"sign flips, {draws} drawn"
    notes = (f"{groups} clusters", f"smallest possible p {max(2.0 ** (1 - groups), 1 / (1 + draws)):.2g}")
    return TestResult.of_p(name, observed, p, distribution, null=null, n=sample.n, notes=notes)


def _flipped(sums: FloatArray, least: float, draws: int, seed: int) -> int:
    """Return how many random patterns of signs give a sum at least as large."""
    # A random word is two signs, the highest bits of its halves: those of `Generator.integers(0, 2)`, in half the time.
    words, groups, whole, larger = np.random.default_rng(seed).bit_generator, len(sums), sums.sum(), 0
    step = 2 * max(CELLS // (2 * groups), 1)
    for start in range(0, draws, step):
        rows = min(step, draws - start)
        halves = words.random_raw(-(-rows * groups // 2)).astype("<u8", copy=False).view("<u4")
        kept = (halves[: rows * groups] >> 31).astype(np.float64).reshape(rows, groups)
        larger += int((np.abs(2.0 * (kept @ sums) - whole) >= least).sum())
    return larger


def skewness_t_bootstrap(sample: Sample, *, draws: int = 1000, seed: int = 0) -> TestResult:
    """Skewness-adjusted t of the CARs against its bootstrap distribution (Lyon, Barber & Tsai 1999).

    Resamples of a quarter of the events, centred on the sample's mean; p is twice the smaller tail.

    Parameters
    ----------
    sample : Sample
    draws, seed : int
        Number of resamples, and the seed.

    Returns
    -------
    TestResult
    """
    name, n = "skewness_t_bootstrap", sample.n
    if n < 4 * QUARTER:
        return TestResult.not_applicable(name, f"{n} events with returns; {4 * QUARTER} needed to resample a quarter")
    car = sample.car[np.isfinite(sample.car)]
    observed = float(kernels.hall_t(car))
    drawn = np.random.default_rng(seed).integers(0, n, (draws, n // 4))
    centred = kernels.hall_t((car - car.mean())[drawn])
    tail = min(int((centred >= observed).sum()), int((centred <= observed).sum()))
    p = min(1.0, 2.0 * (1 + tail) / (1 + draws))
    return TestResult.of_p(name, observed, p, f"bootstrap, {draws} drawn", null=NO_MEAN, n=n)
