"""Sums over the days of a window in loops over the pairs, for `eventstudy.inference.compiled`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .models.least_squares import FloatArray, IntArray

BoolArray = npt.NDArray[np.bool_]


def cumulate_rows(ar: FloatArray, noise: FloatArray, loading: FloatArray) -> tuple[FloatArray, FloatArray, IntArray]:
    """Sum the abnormal returns of n pairs over the days present, and the variance of each sum.

    Parameters
    ----------
    ar, noise : ndarray, shape (n, W)
        Abnormal returns, NaN where missing, and each day's own forecast variance.
    loading : ndarray, shape (k, n, W)
        Loading on the error of the parameters.

    Returns
    -------
    tuple of ndarray, shape (n,)
        Sums, their variances, and the days present.
    """
    n, width = ar.shape
    total, variance, days = np.zeros(n), np.zeros(n), np.zeros(n, dtype=np.int64)
    for i in range(n):
        row, own, cumulated, spread = ar[i], noise[i], 0.0, 0.0
        for day in range(width):
            there = np.isfinite(row[day])
            cumulated += row[day] if there else 0.0
            spread += own[day] if there else 0.0
            days[i] += int(there)
        for k in range(len(loading)):
            column, shared = loading[k, i], 0.0
            for day in range(width):
                shared += column[day] if np.isfinite(row[day]) else 0.0
            spread += shared * shared
        total[i], variance[i] = cumulated, spread
    return total, variance, days


def bought_and_held(returns: FloatArray, ar: FloatArray, logarithmic: bool) -> FloatArray:
    """Return ``prod(1 + R) - prod(1 + E[R])`` of simple returns over the days with an abnormal return.

    Parameters
    ----------
    returns, ar : ndarray, shape (n, W)
    logarithmic : bool
        Whether the returns are logarithmic.

    Returns
    -------
    ndarray, shape (n,)
    """
    n, width = ar.shape
    found = np.empty(n)
    for i in range(n):
        held, expected = (0.0, 0.0) if logarithmic else (1.0, 1.0)
        for day in range(width):
            there = np.isfinite(ar[i, day])
            one = returns[i, day] if there else 0.0
            usual = returns[i, day] - ar[i, day] if there else 0.0
            if logarithmic:
                held, expected = held + one, expected + usual
            else:
                held, expected = held * (1.0 + one), expected * (1.0 + usual)
        found[i] = np.exp(held) - np.exp(expected) if logarithmic else held - expected
    return found


def sum_present(values: FloatArray, present: BoolArray) -> FloatArray:
    """Sum the values of each pair over the days that count.

    Parameters
    ----------
    values : ndarray, shape (n, W)
    present : ndarray of bool, shape (n, W)

    Returns
    -------
    ndarray, shape (n,)
    """
    found = np.zeros(len(values))
    for i in range(len(values)):
        for day in range(values.shape[1]):
            found[i] += values[i, day] if present[i, day] else 0.0
    return found
