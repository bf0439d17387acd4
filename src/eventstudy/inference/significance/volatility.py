"""Variance known the day before, by exponential weighting that is robust to jumps.

Kernels on arrays: one row per series, days on the last axis, NaN where a day is missing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from ..models.least_squares import FloatArray, IntArray
from .kernels import mean

BoolArray = npt.NDArray[np.bool_]

# Weight of the past, per day (RiskMetrics 1996).
DECAY = 0.94
# A square this many times the variance (four standard deviations) is left out of the recursion; after RESTART in a
# row the variance has moved to a new level.
JUMP = 16.0
RESTART = 5
# With more zero returns than this share nearly every move looks like a jump, so that none is left out.
THIN = 0.4
# A remark follows if the mean square of the last RECENT days, each capped at CAP deviations, exceeds this quantile.
RECENT = 5
CAP = 3.0
FLAG = 0.975


def window_sums(x: FloatArray, days: int) -> FloatArray:
    """Return the sums of `days` consecutive values; a missing value counts as zero.

    Parameters
    ----------
    x : ndarray, shape (..., T)
    days : int

    Returns
    -------
    ndarray, shape (..., T - days + 1)
        A single NaN where T < days, so that later arrays keep a last axis.

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
    """Return the mean square of each row, trimmed three times at four standard deviations.

    Parameters
    ----------
    residuals : ndarray, shape (n, T)
        Fractions; NaN where missing.

    Returns
    -------
    ndarray, shape (n,)
    """
    squares = residuals**2
    variance = mean(squares)
    for _ in range(3):
        with np.errstate(invalid="ignore"):
            variance = mean(np.where(squares <= JUMP * variance[:, None], squares, np.nan))
    return variance


def robust_variance(
    residuals: FloatArray, estimation: int, thin: BoolArray | None = None, decay: float = DECAY
) -> FloatArray:
    """Return the exponentially weighted variance known before each day, and after the last (robust RiskMetrics 1996).

    ``h_{t+1} = h_t`` where ``e_t² > 16 h_t``, else ``decay h_t + (1 - decay) e_t²``. After five days left out in a row
    h becomes the mean of their squares: a single jump does not raise the variance, a new level does. The recursion
    starts from `trimmed_variance` of the first `estimation` days.

    Parameters
    ----------
    residuals : ndarray, shape (n, T)
        A missing day leaves the variance unchanged.
    estimation : int
        Days.
    thin : ndarray of bool, shape (n,), optional
        Rows that leave nothing out, see `thinly_traded`.
    decay : float
        Weight of the past.

    Returns
    -------
    ndarray, shape (n, T + 1)

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
    """Return which rows have more than 40 % zero returns.

    Parameters
    ----------
    returns : ndarray, shape (n, T)

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    return np.asarray((returns == 0).sum(axis=1) > THIN * np.isfinite(returns).sum(axis=1))


def recent_break(residuals: FloatArray, variance: FloatArray, estimation: int) -> tuple[FloatArray, BoolArray]:
    """Return the mean square of the last five days over the variance known before them, and whether it is unusual.

    Each day counts at most three standard deviations, so that a single jump does not count as a new level. Unusual
    means above the 97.5 % quantile of the same measure over the five-day stretches of the estimation window.

    Parameters
    ----------
    residuals : ndarray, shape (n, T)
        Up to the last day before the window.
    variance : ndarray, shape (n, T or more)
        From `robust_variance`.
    estimation : int
        Number of first days, whose stretches are compared.

    Returns
    -------
    tuple of ndarray and ndarray of bool, shape (n,)
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
        usual = quantile_present(measure[:, : max(estimation - RECENT + 1, 1)], FLAG)
        return measure[:, -1], measure[:, -1] > usual


def counted(x: FloatArray) -> IntArray:
    """Return the number of finite values on the last axis.

    Parameters
    ----------
    x : ndarray, shape (..., P)

    Returns
    -------
    ndarray of int, shape (...)
    """
    return np.asarray(np.isfinite(x).sum(axis=-1))


def quantile_present(x: FloatArray, share: float) -> FloatArray:
    """Return a quantile of the finite values on the last axis, interpolated between the two nearest.

    Parameters
    ----------
    x : ndarray, shape (..., P)
    share : float
        Between 0 and 1.

    Returns
    -------
    ndarray, shape (...)
        NaN where there is no finite value.
    """
    ordered = np.sort(x, axis=-1)
    place = share * np.maximum(counted(x) - 1, 0)
    low = np.floor(place).astype(int)
    high = np.minimum(low + 1, np.maximum(counted(x) - 1, 0))
    first, second = (np.take_along_axis(ordered, at[..., None], axis=-1)[..., 0] for at in (low, high))
    return np.asarray(first + (place - low) * (second - first))
