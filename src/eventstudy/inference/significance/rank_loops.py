"""Ranks of residuals and event days, summed in loops over the pairs, for `eventstudy.inference.compiled`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..models.least_squares import FloatArray, IntArray
from .window_sums import BoolArray

ShortArray = npt.NDArray[np.int32]
# Positions without a sign are looked up faster.
Places = npt.NDArray[np.uint32]


def sort_pair(
    residuals: FloatArray, order: IntArray, values: FloatArray, place: Places, twice: ShortArray
) -> tuple[int, bool]:
    """Put the residuals of a pair in order.

    Parameters
    ----------
    residuals : ndarray, shape (L,)
        NaN where missing.
    order : ndarray of int, shape (L,)
        Their order, the missing ones last.
    values, place, twice : ndarray, shape (L,)
        Overwritten: the residuals in order, and by day the position among them and twice the rank, from 2; zero where
        missing.

    Returns
    -------
    tuple of int and bool
        Number of residuals, and whether two are equal.
    """
    known, equal = len(order), False
    while known and np.isnan(residuals[order[known - 1]]):
        known -= 1
        place[order[known]] = twice[order[known]] = 0
    for at in range(known):
        values[at] = residuals[order[at]]
        place[order[at]] = at
        twice[order[at]] = 2 * at + 2
    for at in range(1, known):
        equal |= values[at] == values[at - 1]
    first = 0
    for at in range(known if equal else 0):
        if at + 1 == known or values[at + 1] != values[at]:
            for one in range(first, at + 1):
                twice[order[one]] = first + at + 2
            first = at + 1
    return known, equal


def rank_pair(values: FloatArray, x: FloatArray, moved: ShortArray, twice: ShortArray) -> bool:
    """Rank further values of a pair among its residuals.

    Parameters
    ----------
    values : ndarray, shape (M,)
        Residuals in order.
    x : ndarray, shape (K,)
        Finite, or NaN.
    moved : ndarray of int, shape (M + 1,)
        Overwritten: by position among the residuals, twice the number of `x` below; one that is equal counts half.
    twice : ndarray of int, shape (K,)
        Overwritten: twice the rank of each value, zero where it is missing.

    Returns
    -------
    bool
        Whether one of `x` equals another one or a residual.
    """
    equal, left = False, len(values)
    moved[:] = twice[:] = 0
    # All values at once and without a branch, which could not be predicted.
    while left > 0:
        half = (left + 1) // 2
        for j in range(len(x)):
            twice[j] += half * int(values[twice[j] + half - 1] < x[j])
        left -= half
    for j in range(len(x)):
        low, high, below, same = twice[j], twice[j], 0, 0
        while high < len(values) and values[high] == x[j]:
            high += 1
        for other in range(len(x)):
            below += int(x[other] < x[j])
            same += int(x[other] == x[j])
        twice[j] = 0
        if same:
            moved[low] += 1
            moved[high] += 1
            equal |= high > low or same > 1
            twice[j] = 2 * below + same + 1 + low + high
    for at in range(1, len(moved)):
        moved[at] += moved[at - 1]
    return equal


def add_scaled(twice: ShortArray, place: Places, moved: ShortArray, rank: FloatArray, total: FloatArray) -> int:
    """Add ``rank / (M + 1) - 1/2`` of the days of a pair to sums by day.

    Parameters
    ----------
    twice : ndarray of int, shape (T,)
        Twice the rank of each day, zero where it is missing.
    place : ndarray of int, shape (T,)
        Position in `moved` of what is added to it.
    moved : ndarray of int
    rank : ndarray, shape (T,)
        Overwritten by the scaled ranks; zero where missing.
    total : ndarray, shape (2, T or more)
        Sums of the scaled ranks; one is taken off the second row for each missing day.

    Returns
    -------
    int
        M, the number of days present.
    """
    count = int(np.count_nonzero(twice))
    for day in range(len(twice)):
        rank[day] = twice[day] + moved[place[day]]
    for day in range(len(twice)):
        rank[day] = 0.5 * rank[day] / (count + 1.0) - 0.5
    if count < len(twice):
        for day in range(len(twice)):
            if not twice[day]:
                rank[day] = 0.0
                total[1, day] -= 1.0
    for day in range(len(twice)):
        total[0, day] += rank[day]
    return count


def family_sums(
    residuals: FloatArray,
    order: IntArray,
    scale: FloatArray,
    x: FloatArray,
    edges: IntArray,
    scaled: BoolArray,
    needed: BoolArray,
) -> tuple[FloatArray, FloatArray, FloatArray, BoolArray]:
    """Rank the residuals of each pair together with each of F families of further values, and sum over the pairs.

    Parameters
    ----------
    residuals : ndarray, shape (n, L)
        NaN where missing.
    order : ndarray of int, shape (n, L)
        Their order, the missing ones last.
    scale : ndarray, shape (n,)
        By which the residuals are divided.
    x : ndarray, shape (n, K)
        The values of all families, one after the other; finite, or NaN.
    edges : ndarray of int, shape (F + 1,)
        Where each family begins in `x`, and where the last one ends.
    scaled : ndarray of bool, shape (F,)
        Families for which the residuals are divided.
    needed : ndarray of bool, shape (F,)
        Families without the pairs that lack the last value.

    Returns
    -------
    tuple of ndarray, shapes (F, 3, L + K), (F, n), (F, n) and (F, n)
        Sums by day of the scaled ranks, of ones, and of their signs if the residuals are not divided; the scaled rank
        of each pair's last value; M; and whether two numbers are equal: such a pair is not in the sums of signs.
    """
    (n, days), families = residuals.shape, len(edges) - 1
    sums = np.zeros((families, 3, days + x.shape[1]))
    last, ranked = np.full((families, n), np.nan), np.zeros((families, n))
    tied = np.zeros((families, n), dtype=np.bool_)
    values, moved, rank = np.empty((2, days)), np.zeros(days + 2, dtype=np.int32), np.zeros(sums.shape[2])
    # Nothing is added to the ranks of the further values: their place is that of the last zero of `moved`.
    twice, place = np.zeros(sums.shape[2], dtype=np.int32), np.full(sums.shape[2], days + 1, dtype=np.uint32)
    for i in range(n):
        known, equal = sort_pair(residuals[i], order[i], values[0], place, twice)
        values[1] = values[0] / scale[i]
        for f in range(families):
            end = days + edges[f + 1] - edges[f]
            ordered, more = values[int(scaled[f]), :known], x[i, edges[f] : edges[f + 1]]
            tied[f, i] = equal | rank_pair(ordered, more, moved[: known + 1], twice[days:end])
            ranked[f, i] = known
            if needed[f] and not twice[end - 1]:
                continue
            ranked[f, i] = add_scaled(twice[:end], place[:end], moved, rank[:end], sums[f])
            sums[f, 1, :end] += 1.0
            last[f, i] = rank[end - 1] if twice[end - 1] else np.nan
            for day in range(0 if scaled[f] or tied[f, i] else end):
                sums[f, 2, day] += int(rank[day] > 0.0) - int(rank[day] < 0.0)
    return sums, last, ranked, tied
