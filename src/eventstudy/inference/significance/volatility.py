"""Placebo tests of returns in units of the volatility that was known the day before.

Kernels on arrays: one row a series, days on the last axis, NaN where a day is missing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from scipy import stats

from ..models.least_squares import FloatArray, IntArray

BoolArray = npt.NDArray[np.bool_]

# Sums that should tie may differ in the last bits; such a placebo counts as large as the event.
TIE = 1e-12
# Exponential weight of the past (RiskMetrics 1996).
DECAY = 0.94
# A square this many times the variance is left out of the recursion, unless so many come in a row.
JUMP = 16.0
RESTART = 5
# With more zero returns than this share nearly every move is a jump; then none is left out.
THIN = 0.4
# Windows longer than this need the p-value of overlapping sums beside the rank.
SHORT = 5
RECENT = 5
CAP = 3.0
FLAG = 0.975


def window_sums(x: FloatArray, days: int) -> FloatArray:
    """Return the sums of `days` neighbours, a missing one as zero, shape (..., T - days + 1).

    Of fewer days than `days` there is no sum: one NaN stands for it, so that every later array keeps a last axis.

    Examples
    --------
    >>> window_sums(np.array([1.0, np.nan, 2.0, 3.0]), 2).tolist()
    [1.0, 2.0, 5.0]
    """
    filled = np.where(np.isfinite(x), x, 0.0)
    if days == 1:
        return filled
    if days > filled.shape[-1]:
        return np.full((*filled.shape[:-1], 1), np.nan)
    return np.asarray(sliding_window_view(filled, days, axis=-1).sum(axis=-1))


def trimmed_variance(residuals: FloatArray) -> FloatArray:
    """Return the mean square of each row, three times without what lies beyond four deviations, shape (n,)."""
    squares = residuals**2
    variance = _mean(squares)
    for _ in range(3):
        with np.errstate(invalid="ignore"):
            variance = _mean(np.where(squares <= JUMP * variance[:, None], squares, np.nan))
    return variance


def robust_variance(
    residuals: FloatArray, estimation: int, thin: BoolArray | None = None, decay: float = DECAY
) -> FloatArray:
    """Return the exponentially weighted variance known before each day, and after the last, shape (n, T + 1).

    ``h_{t+1} = h_t`` where ``e_t² > 16 h_t``, else ``decay h_t + (1 - decay) e_t²``; after five days left out in a row
    h is the mean of their squares: one shock does not hide the next, a new level is learnt. The recursion starts from
    `trimmed_variance` of the first `estimation` days.

    Parameters
    ----------
    residuals : ndarray, shape (n, T)
        A missing day leaves the variance as it is.
    estimation : int
    thin : ndarray of bool, shape (n,), optional
        Rows that leave nothing out, see `thinly_traded`.
    decay : float

    Examples
    --------
    >>> e = np.array([[1.0, -1.0, 1.0, -1.0, 9.0, 2.0]])
    >>> robust_variance(e, 4, decay=0.5).tolist()
    [[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.5]]
    """
    start = trimmed_variance(residuals[:, :estimation])
    squares = np.ascontiguousarray((residuals**2).T)
    present = np.isfinite(squares)
    limit = JUMP if thin is None else np.where(thin, np.inf, JUMP)
    variance = np.empty((squares.shape[0] + 1, squares.shape[1]))
    variance[0] = start
    run, total = np.zeros((2, squares.shape[1]))
    for t, (square, there) in enumerate(zip(squares, present, strict=True)):
        known = variance[t]
        with np.errstate(invalid="ignore"):
            jump = there & (square > limit * known)
        run, total = np.where(there, (run + 1) * jump, run), np.where(there, (total + square) * jump, total)
        variance[t + 1] = np.where(there & ~jump, decay * known + (1 - decay) * square, known)
        again = run == RESTART
        if again.any():
            variance[t + 1] = np.where(again, total / RESTART, variance[t + 1])
            run, total = np.where(again, 0.0, run), np.where(again, 0.0, total)
    return variance.T


def thinly_traded(returns: FloatArray) -> BoolArray:
    """Return which rows have more than 40 % zero returns, shape (n,)."""
    return np.asarray((returns == 0).sum(axis=1) > THIN * np.isfinite(returns).sum(axis=1))


def standardised(
    sums: FloatArray, days: IntArray | FloatArray, variance: FloatArray, leverage: FloatArray | float
) -> FloatArray:
    """Return ``C / sqrt(days h (1 + leverage))``; NaN where that has no variance.

    Parameters
    ----------
    sums : ndarray, shape (...)
        Sums of abnormal returns.
    days : ndarray, shape (...)
        Days present in each.
    variance : ndarray, shape (...)
        Known the day before the first of them.
    leverage : ndarray or float
        Error of the estimated parameters over the sum's own variance; negative for days that the estimate saw.
    """
    square = days * variance * (1.0 + leverage)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(square > 0, sums / np.sqrt(square), np.nan))


def placebo_sums(residuals: FloatArray, variance: FloatArray, leverage: FloatArray | float, days: int) -> FloatArray:
    """Return the standardised sums of every stretch of `days` neighbours, shape (n, P), P = L - days + 1.

    Parameters
    ----------
    residuals : ndarray, shape (n, L)
        A stretch with less than half its days is NaN.
    variance : ndarray, shape (n, L or more)
        Known the day before each day.
    leverage : ndarray, shape (n, P), or float
        Of each stretch; the estimate saw these days, so that it counts against them.
    days : int
    """
    count = window_sums(np.isfinite(residuals).astype(np.float64), days)
    before = variance[:, : count.shape[1]]
    z = standardised(window_sums(residuals, days), count, before, -leverage)
    return np.where(2 * count >= days, z, np.nan)


def rank_p(event: FloatArray, placebos: FloatArray) -> FloatArray:
    """Return ``(1 + #{abs z_s >= abs z_0}) / (P + 1)`` over the placebos on the last axis.

    Examples
    --------
    >>> rank_p(np.array([2.0]), np.array([[1.0, -2.0, np.nan, 3.0]]))
    array([0.75])
    """
    with np.errstate(invalid="ignore"):
        larger = (np.abs(placebos) >= np.abs(event)[..., None] * (1 - TIE)).sum(axis=-1)
    return np.asarray(np.where(np.isfinite(event), (1 + larger) / (1 + counted(placebos)), np.nan))


def overlap_df(placebos: FloatArray, days: int) -> FloatArray:
    """Return how many independent sums the overlapping ones are worth, ``P / (1 + 2 sum_k (1 - k / days)²)``."""
    share = 1.0 - np.arange(1, days) / days
    return np.asarray(counted(placebos) / (1.0 + 2.0 * (share**2).sum()))


def overlap_p(event: FloatArray, placebos: FloatArray, days: int) -> FloatArray:
    """Return the two-sided p of ``z_0 / rms z_s``, t with `overlap_df` degrees of freedom."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(2 * stats.t.sf(np.abs(event) / np.sqrt(_mean(placebos**2)), overlap_df(placebos, days)))


def volatility_p(event: FloatArray, placebos: FloatArray, days: int) -> FloatArray:
    """Return the placebo p-value of standardised sums: the rank, and beyond five days the larger of it and `overlap_p`.

    Overlapping sums of many days hold few independent ones, so that the largest of them is too small a hurdle.
    """
    p = rank_p(event, placebos)
    return p if days <= SHORT else np.asarray(np.maximum(p, overlap_p(event, placebos, days)))


def hurdle(placebos: FloatArray, days: int, level: float = 0.05) -> FloatArray:
    """Return the size beyond which `volatility_p` is at most `level`; infinite where there are too few placebos."""
    size = -np.sort(-np.where(np.isfinite(placebos), np.abs(placebos), -np.inf), axis=-1)
    place = np.floor(level * (counted(placebos) + 1) + TIE).astype(int)
    beyond = np.take_along_axis(size, np.maximum(place - 1, 0)[..., None], axis=-1)[..., 0]
    beyond = np.where(place > 0, beyond, np.inf)
    if days <= SHORT:
        return np.asarray(beyond)
    critical = stats.t.isf(level / 2, overlap_df(placebos, days))
    return np.asarray(np.maximum(beyond, critical * np.sqrt(_mean(placebos**2))))


def detectable(beyond: FloatArray, placebos: FloatArray, unit: FloatArray) -> FloatArray:
    """Return the effect that a test with the hurdle `beyond` finds in four of five cases, ``unit (beyond + q80)``.

    ``q80`` is half the distance between the 20 % and the 80 % quantile of the placebos: what a day adds or takes away.

    Parameters
    ----------
    beyond : ndarray, shape (n,)
        Of `hurdle`, or the same of the maxima of a family.
    placebos : ndarray, shape (n, P)
    unit : ndarray, shape (n,)
        One unit of z in abnormal return: ``sqrt(days h_0 (1 + leverage))``.
    """
    low, high = _quantile(placebos, 0.2), _quantile(placebos, 0.8)
    with np.errstate(invalid="ignore"):
        return np.asarray(unit * (beyond + (high - low) / 2))


def recent_break(residuals: FloatArray, variance: FloatArray, estimation: int) -> tuple[FloatArray, BoolArray]:
    """Return the mean square of the last five days in units of the variance known before them, and which are unusual.

    Each day counts at most three deviations, so that one shock is not taken for a new level. Unusual is beyond the
    97.5 % quantile of the same measure over the five-day stretches of the estimation window.

    Parameters
    ----------
    residuals : ndarray, shape (n, T)
        Up to the last day before the window.
    variance : ndarray, shape (n, T or more)
    estimation : int
        The first days, whose stretches are compared.
    """
    present = np.isfinite(residuals)
    stretches = residuals.shape[1] - RECENT + 1
    total = np.zeros((len(residuals), stretches))
    for k in range(RECENT):
        square = residuals[:, k : k + stretches] ** 2 / variance[:, :stretches]
        total += np.where(present[:, k : k + stretches], np.minimum(square, CAP**2), 0.0)
    count = window_sums(present.astype(np.float64), RECENT)
    with np.errstate(invalid="ignore", divide="ignore"):
        measure = np.where(2 * count >= RECENT, total / count, np.nan)
        usual = _quantile(measure[:, : max(estimation - RECENT + 1, 1)], FLAG)
        return measure[:, -1], measure[:, -1] > usual


def counted(x: FloatArray) -> IntArray:
    """Return how many numbers there are on the last axis."""
    return np.asarray(np.isfinite(x).sum(axis=-1))


def _mean(x: FloatArray) -> FloatArray:
    """Return the mean over the last axis of what is there."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(np.isfinite(x), x, 0.0).sum(axis=-1) / counted(x))


def _quantile(x: FloatArray, share: float) -> FloatArray:
    """Return a quantile of what is there on the last axis, between the two nearest; NaN where there is nothing."""
    ordered = np.sort(x, axis=-1)
    place = share * np.maximum(counted(x) - 1, 0)
    low = np.floor(place).astype(int)
    high = np.minimum(low + 1, np.maximum(counted(x) - 1, 0))
    first, second = (np.take_along_axis(ordered, at[..., None], axis=-1)[..., 0] for at in (low, high))
    return np.asarray(first + (place - low) * (second - first))
