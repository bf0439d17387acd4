"""Sums of residuals by pair and by group in loops for `eventstudy.inference.compiled`."""

from __future__ import annotations

import numpy as np

from ..models.least_squares import FloatArray, IntArray


def pair_moments(residuals: FloatArray) -> FloatArray:
    """Return moments of the residuals of each pair.

    Parameters
    ----------
    residuals : ndarray, shape (n, L)
        NaN where missing.

    Returns
    -------
    ndarray, shape (5, n)
        Number of days present; share that is positive; sums of squares and of cubes about the mean; sum of squares.
    """
    n, days = residuals.shape
    found = np.zeros((5, n))
    for i in range(n):
        known, positive, total = 0, 0, 0.0
        for day in range(days):
            value = residuals[i, day]
            if np.isfinite(value):
                known, positive, total = known + 1, positive + int(value > 0.0), total + value
        mean, squares, cubes, raw = total / known, 0.0, 0.0, 0.0
        for day in range(days):
            value = residuals[i, day]
            if np.isfinite(value):
                away = value - mean
                squares, cubes, raw = squares + away * away, cubes + away * away * away, raw + value * value
        found[0, i], found[1, i], found[2, i] = known, positive / known, squares
        found[3, i], found[4, i] = cubes, raw
    return found


def group_sums(values: FloatArray, scale: FloatArray, number: IntArray, groups: int) -> FloatArray:
    """Sum values over the pairs of each group by day.

    Parameters
    ----------
    values : ndarray, shape (n, L)
        NaN where missing.
    scale : ndarray, shape (n,)
        By which the values of each pair are divided.
    number : ndarray of int, shape (n,)
        Group of each pair.
    groups : int

    Returns
    -------
    ndarray, shape (3, groups, L)
        Sums, sums of squares, and numbers of values.
    """
    n, days = values.shape
    total, squares, count = np.zeros((groups, days)), np.zeros((groups, days)), np.zeros((groups, days))
    for i in range(n):
        at = number[i]
        for day in range(days):
            there = np.isfinite(values[i, day])
            value = values[i, day] / scale[i] if there else 0.0
            total[at, day] += value
            squares[at, day] += value * value
            count[at, day] += 1.0 if there else 0.0
    return np.stack((total, squares, count))
