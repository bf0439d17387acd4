"""Ranks of residuals and event days in loops over the pairs, for `eventstudy.inference.compiled`."""

from __future__ import annotations

import numpy as np

from ..models.least_squares import FloatArray, IntArray
from .window_sums import BoolArray


def joint_ranks(
    values: FloatArray, place: IntArray, own: FloatArray, x: FloatArray, scale: FloatArray
) -> tuple[FloatArray, BoolArray]:
    """Rank residuals and further values together: the compiled form of `rank_sums.Sorted.with_values`.

    Parameters
    ----------
    values, place, own : ndarray, shape (n, L)
        As in `rank_sums.Sorted`.
    x : ndarray, shape (n, K)
        Finite, or NaN.
    scale : ndarray, shape (n,)
        The residuals are divided by it.

    Returns
    -------
    tuple of ndarray, shapes (n, L + K) and (n,)
        Ranks from 1, and whether one of `x` equals another one or a residual.
    """
    (n, days), count = values.shape, x.shape[1]
    ranks, tied = np.full((n, days + count), np.nan), np.zeros(n, dtype=np.bool_)
    for i in range(n):
        moved = np.zeros(days + 1)
        for j in range(count):
            value = x[i, j]
            if np.isnan(value):
                continue
            low, high = 0, days
            while low < high:
                middle = (low + high) // 2
                if values[i, middle] / scale[i] < value:
                    low = middle + 1
                else:
                    high = middle
            while high < days and values[i, high] / scale[i] == value:
                high += 1
            moved[low] += 0.5
            moved[high] += 0.5
            # Twice the rank among `x`: two for each number below, one for each that is equal, its own included.
            twice = 1
            for other in range(count):
                twice += int(x[i, other] < value) + int(x[i, other] <= value)
                tied[i] |= x[i, other] == value and other != j
            tied[i] |= high > low
            ranks[i, days + j] = 0.5 * (twice + low + high)
        # A residual moves up by the number of values below it; a tie counts one half.
        moved = np.cumsum(moved)
        for day in range(days):
            ranks[i, day] = own[i, day] + moved[place[i, day] - i * days]
    return ranks, tied


def scaled_sums(ranks: FloatArray, without: BoolArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Sum ``rank / (M + 1) - 1/2`` over the pairs, in their order.

    Parameters
    ----------
    ranks : ndarray, shape (n, T)
        NaN where missing.
    without : ndarray of bool, shape (n,)
        Pairs that are left out of the sums.

    Returns
    -------
    tuple of ndarray, shapes (T,), (T,), (n,) and (n,)
        The sums, the number of pairs of each day, the scaled rank of the last day of each pair, and M.
    """
    n, days = ranks.shape
    total, present, last, ranked = np.zeros(days), np.zeros(days), np.full(n, np.nan), np.zeros(n)
    for i in range(n):
        known = 0.0
        for day in range(days):
            known += not np.isnan(ranks[i, day])
        ranked[i] = known
        if without[i]:
            continue
        for day in range(days):
            if not np.isnan(ranks[i, day]):
                scaled = ranks[i, day] / (known + 1.0) - 0.5
                total[day] += scaled
                present[day] += 1.0
        last[i] = ranks[i, -1] / (known + 1.0) - 0.5
    return total, present, last, ranked
