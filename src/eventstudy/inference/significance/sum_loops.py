"""Sums of residuals by pair and by group in loops for `eventstudy.inference.compiled`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..models.least_squares import FloatArray, IntArray

BoolArray = npt.NDArray[np.bool_]


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


def key_sums(keys: IntArray, values: FloatArray, size: int) -> tuple[IntArray, FloatArray]:
    """Sum each of K rows of values by key.

    Parameters
    ----------
    keys : ndarray of int, shape (m,)
        From 0 to `size` - 1; -1 for values that are not counted.
    values : ndarray, shape (K, m)
    size : int

    Returns
    -------
    tuple of ndarray, shapes (U,) and (K, U)
        The distinct keys in ascending order, and the sums; values are added in the order in which they stand.
    """
    place, count = np.zeros(size, dtype=np.int32), 0
    for key in keys:
        if key >= 0:
            place[key] = 1
    for key in range(size):
        if place[key]:
            place[key] = count
            count += 1
    known, sums = np.empty(count, dtype=np.int64), np.zeros((len(values), count))
    for at in range(len(keys)):
        key = keys[at]
        if key >= 0:
            known[place[key]] = key
            for k in range(len(values)):
                sums[k, place[key]] += values[k, at]
    return known, sums


def lagged_sums(
    row: IntArray,
    days: IntArray,
    labels: IntArray,
    total: FloatArray,
    count: FloatArray,
    first: int,
    shape: tuple[int, int],
) -> FloatArray:
    """Sum residuals of S sets of days by a day of the set and the distance to the date of the residual.

    Parameters
    ----------
    row, days : ndarray of int, shape (S, W)
        Row of the table for each day, -1 where it does not count; and the day.
    labels : ndarray of int, shape (S, L)
        Dates of the residuals.
    total, count : ndarray, shape (S, L)
        Sums of residuals, and their numbers; a date without one does not count.
    first : int
        Distance of the first column.
    shape : tuple of int
        Rows and columns.

    Returns
    -------
    ndarray, shape (2, *shape)
        Sums of the totals, and of the counts.
    """
    table = np.zeros((2, shape[0], shape[1]))
    for s in range(len(row)):
        for day in range(row.shape[1]):
            at = row[s, day]
            if at < 0:
                continue
            for t in range(labels.shape[1]):
                if count[s, t] > 0:
                    column = days[s, day] - labels[s, t] - first
                    table[0, at, column] += total[s, t]
                    table[1, at, column] += count[s, t]
    return table


def weight_sums(present: BoolArray, number: IntArray, length: IntArray, fitted: bool) -> tuple[FloatArray, FloatArray]:
    """Sum the weights of `window_sums.overlap_sums` over the pairs of each group.

    Parameters
    ----------
    present : ndarray of bool, shape (n, W)
    number : ndarray of int, shape (n,)
        Group of each pair.
    length : ndarray of int, shape (P,)
        Estimation days of each group.
    fitted : bool

    Returns
    -------
    tuple of ndarray, shapes (3, P) and (3, P, W)
        On each estimation day and on the days of the window: sums of the weights, of their squares and of ones.
    """
    n, width = present.shape
    before, inside = np.zeros((3, len(length))), np.zeros((3, len(length), width))
    for i in range(n):
        at, days = number[i], 0
        for day in range(width):
            days += int(present[i, day])
        share = days / length[at] if fitted else 0.0
        weight = 1.0 / np.sqrt(days + share * share * length[at]) if days else 1.0
        outside = -share * weight
        before[0, at] += outside
        before[1, at] += outside * outside
        before[2, at] += int(outside != 0.0)
        for day in range(width):
            if present[i, day]:
                inside[0, at, day] += weight
                inside[1, at, day] += weight * weight
                inside[2, at, day] += 1.0
    return before, inside
