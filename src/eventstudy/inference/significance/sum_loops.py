"""Sums of residuals by pair and by group in loops for `eventstudy.inference.compiled`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..models.least_squares import FloatArray, IntArray

BoolArray = npt.NDArray[np.bool_]
ShortArray = npt.NDArray[np.int32]


def halved(one: FloatArray, other: FloatArray) -> tuple[float, float]:
    """Return the sums of two arrays, each of as many values: half is added to half, several values at once.

    Parameters
    ----------
    one, other : ndarray, shape (a power of two,)
        Overwritten.

    Returns
    -------
    tuple of float
    """
    size = len(one)
    while size > 1:
        size //= 2
        first, second, third, fourth = one[:size], one[size : 2 * size], other[:size], other[size : 2 * size]
        for at in range(size):
            first[at] += second[at]
            third[at] += fourth[at]
    return one[0], other[0]


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
    (n, days), size = residuals.shape, 1
    while size < days:
        size *= 2
    value, there, one, other = np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size)
    found = np.zeros((5, n))
    for i in range(n):
        row, known, positive = residuals[i], 0, 0
        for day in range(days):
            seen = np.isfinite(row[day])
            value[day], there[day] = row[day] if seen else 0.0, 1.0 if seen else 0.0
            known, positive = known + int(seen), positive + int(row[day] > 0.0)
        for day in range(size):
            one[day], other[day] = value[day], value[day] * value[day]
        total, raw = halved(one, other)
        mean = total / known
        for day in range(size):
            away = (value[day] - mean) * there[day]
            one[day], other[day] = away * away, away * away * away
        squares, cubes = halved(one, other)
        found[0, i], found[1, i], found[2, i] = known, positive / known, squares
        found[3, i], found[4, i] = cubes, raw
    return found


def column_moments(x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the number of values of each column, their mean, and the sum of squares about it.

    Parameters
    ----------
    x : ndarray, shape (n, W)
        NaN where missing.

    Returns
    -------
    tuple of ndarray, shape (W,)
        The mean of no value is zero.
    """
    n, width = x.shape
    count, mean, squares = np.zeros(width), np.zeros(width), np.zeros(width)
    for i in range(n):
        row = x[i]
        for day in range(width):
            seen = np.isfinite(row[day])
            count[day] += 1.0 if seen else 0.0
            mean[day] += row[day] if seen else 0.0
    mean /= np.maximum(count, 1.0)
    for i in range(n):
        row = x[i]
        for day in range(width):
            away = row[day] - mean[day] if np.isfinite(row[day]) else 0.0
            squares[day] += away * away
    return count, mean, squares


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
        # Rows as arrays of their own: the compiler then adds several days at once.
        row, size = values[i], scale[i]
        sums, powers, known = total[number[i]], squares[number[i]], count[number[i]]
        for day in range(days):
            there = np.isfinite(row[day])
            value = row[day] / size if there else 0.0
            sums[day] += value
            powers[day] += value * value
            known[day] += 1.0 if there else 0.0
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
        if key >= 0 and not place[key]:
            place[key] = 1
            count += 1
    known, sums, count = np.empty(count, dtype=np.int64), np.zeros((len(values), count)), 0
    for key in range(size):
        if place[key]:
            known[count], place[key] = key, count
            count += 1
    for k in range(len(values)):
        row, total = values[k], sums[k]
        for at in range(len(keys)):
            if keys[at] >= 0:
                total[place[keys[at]]] += row[at]
    return known, sums


def cell_sums(
    outer: IntArray, inner: IntArray, values: FloatArray, first: tuple[int, int], shape: tuple[int, int]
) -> tuple[ShortArray, ShortArray, FloatArray]:
    """Sum each of K rows of values by two numbers.

    Parameters
    ----------
    outer, inner : ndarray of int, shape (m,)
    values : ndarray, shape (K, m)
    first, shape : tuple of int
        Smallest values of the two, and how many they span.

    Returns
    -------
    tuple of ndarray, shapes (U,), (U,) and (K, U)
        The distinct pairs of numbers in ascending order, and the sums; values are added in the order in which they
        stand.
    """
    place, count, width = np.zeros(shape[0] * shape[1], dtype=np.int32), 0, shape[1]
    for at in range(len(outer)):
        key = (outer[at] - first[0]) * width + inner[at] - first[1]
        if not place[key]:
            place[key] = 1
            count += 1
    one, other = np.empty(count, dtype=np.int32), np.empty(count, dtype=np.int32)
    sums, count = np.zeros((len(values), count)), 0
    for left in range(shape[0]):
        row = place[left * width : (left + 1) * width]
        for right in range(width):
            if row[right]:
                one[count], other[count], row[right] = left + first[0], right + first[1], count
                count += 1
    for k in range(len(values)):
        value, total = values[k], sums[k]
        for at in range(len(outer)):
            total[place[(outer[at] - first[0]) * width + inner[at] - first[1]]] += value[at]
    return one, other, sums


def filled_cells(table: FloatArray, counts: int) -> tuple[ShortArray, ShortArray, FloatArray]:
    """Return the cells of a table of sums in which something was counted.

    Parameters
    ----------
    table : ndarray, shape (2, R, C)
        Sums and numbers of values.
    counts : {0, 1}
        Which of the two are the numbers.

    Returns
    -------
    tuple of ndarray, shapes (U,), (U,) and (2, U)
        Rows and columns in ascending order, and what stands there.
    """
    size, at = np.count_nonzero(table[counts]), 0
    rows, columns, found = np.empty(size, dtype=np.int32), np.empty(size, dtype=np.int32), np.empty((2, size))
    for row in range(table.shape[1]):
        for column in range(table.shape[2]):
            if table[counts, row, column]:
                rows[at], columns[at] = row, column
                found[0, at], found[1, at] = table[0, row, column], table[1, row, column]
                at += 1
    return rows, columns, found


def market_sums(
    code: IntArray, days: IntArray, number: IntArray, values: FloatArray, present: BoolArray, shape: tuple[int, int]
) -> tuple[ShortArray, ShortArray, FloatArray]:
    """Count and sum the values that are present, by date and market.

    Parameters
    ----------
    code : ndarray of int, shape (n,)
        Market of each pair.
    days : ndarray of int, shape (P, W)
        Dates of each group, the first of all being zero.
    number : ndarray of int, shape (n,)
        Group of each pair.
    values, present : ndarray, shape (n, W)
    shape : tuple of int
        Dates and markets.

    Returns
    -------
    tuple of ndarray, shapes (C,), (C,) and (2, C)
        Dates and markets in ascending order; numbers of values, and their sums.
    """
    table = np.zeros((2, shape[0], shape[1]))
    for i in range(len(code)):
        dates = days[number[i]]
        for day in range(len(dates)):
            if present[i, day]:
                table[0, dates[day], code[i]] += 1.0
                table[1, dates[day], code[i]] += values[i, day]
    return filled_cells(table, 0)


def lagged_sums(
    row: IntArray,
    days: IntArray,
    labels: IntArray,
    total: FloatArray,
    count: FloatArray,
    first: int,
    shape: tuple[int, int],
) -> tuple[ShortArray, ShortArray, FloatArray]:
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
    tuple of ndarray, shapes (C,), (C,) and (2, C)
        Rows, and columns from the last to the first, with a count; sums of the totals, and of the counts.
    """
    table, last = np.zeros((2, shape[0], shape[1])), shape[1] - 1
    ahead, (sums, counts) = np.empty(labels.shape[1], dtype=np.int64), np.empty((2, labels.shape[1]))
    for s in range(len(row)):
        known = 0
        for t in range(labels.shape[1]):
            if count[s, t] > 0:
                ahead[known], sums[known], counts[known] = labels[s, t] + first + last, total[s, t], count[s, t]
                known += 1
        for day in range(row.shape[1]):
            if row[s, day] >= 0:
                # The longest distance stands first, so that the cells come in the order of the dates.
                of_total, of_count, label = table[0, row[s, day]], table[1, row[s, day]], days[s, day]
                for t in range(known):
                    of_total[ahead[t] - label] += sums[t]
                    of_count[ahead[t] - label] += counts[t]
    rows, columns, cells = filled_cells(table, 1)
    columns[:] = last - columns
    return rows, columns, cells


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
        held, total, squares, count = present[i], inside[0, at], inside[1, at], inside[2, at]
        for day in range(width):
            one = weight if held[day] else 0.0
            total[day] += one
            squares[day] += one * one
            count[day] += 1.0 if held[day] else 0.0
    return before, inside
