"""Ranks of residuals and event days, summed in loops over the pairs, for `eventstudy.inference.compiled`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..models.least_squares import FloatArray, IntArray
from .window_sums import BoolArray

ShortArray = npt.NDArray[np.int32]
# Positions without a sign are looked up faster.
Places = npt.NDArray[np.uint32]


def keys_of(bits: ShortArray, low: int) -> None:
    """Turn single-precision numbers into whole ones of the same order, with the column in the lowest bits.

    Parameters
    ----------
    bits : ndarray of int, shape (n, L)
        Overwritten: the bits of the numbers.
    low : int
        Ones in the bits that a column takes.
    """
    n, days = bits.shape
    for i in range(n):
        for day in range(days):
            one = bits[i, day]
            bits[i, day] = ((one ^ ((one >> 31) & 0x7FFFFFFF)) & ~low) | day


def sort_pair(residuals: FloatArray, order: ShortArray, values: FloatArray, column: Places, place: Places) -> int:
    """Put the residuals of a pair in order.

    Parameters
    ----------
    residuals : ndarray, shape (L,)
        NaN where missing.
    order : ndarray of int, shape (L,)
        Columns, nearly in the order of the residuals: the nearer, the faster.
    values, column, place : ndarray, shape (L,)
        Overwritten: the residuals in order and their columns, and by day the position among them.

    Returns
    -------
    int
        Number of residuals.
    """
    known, wrong = len(order), 0
    for at in range(known):
        column[at] = order[at]
        values[at] = residuals[order[at]]
    for at in range(1, known):
        wrong += int(not values[at - 1] <= values[at])
    if wrong:
        known = 0
        for day in order:
            at, value = known, residuals[day]
            if np.isnan(value):
                continue
            while at and values[at - 1] > value:
                values[at], column[at] = values[at - 1], column[at - 1]
                at -= 1
            values[at], column[at] = value, day
            known += 1
    for at in range(known):
        place[column[at]] = at
    return known


def own_ranks(residuals: FloatArray, values: FloatArray, column: Places, place: Places, twice: ShortArray) -> bool:
    """Write down twice the rank of each residual of a pair among the residuals.

    Parameters
    ----------
    residuals : ndarray, shape (L,)
        NaN where missing.
    values, column : ndarray, shape (M,)
        The residuals in order, and their columns.
    place, twice : ndarray, shape (L,)
        Position of each day's residual in order; and overwritten: twice its rank, from 2, zero where missing.

    Returns
    -------
    bool
        Whether two residuals are equal.
    """
    known, equal = len(values), 0
    for day in range(len(residuals)):
        twice[day] = 2 * place[day] + 2
    for at in range(1, known):
        equal += int(values[at] == values[at - 1])
    for day in range(len(residuals) if known < len(residuals) else 0):
        if np.isnan(residuals[day]):
            place[day] = twice[day] = 0
    first = 0
    for at in range(known if equal else 0):
        if at + 1 == known or values[at + 1] != values[at]:
            for one in range(first, at + 1):
                twice[column[one]] = first + at + 2
            first = at + 1
    return equal > 0


def rank_pair(
    values: FloatArray, x: FloatArray, moved: ShortArray, low: ShortArray, twice: ShortArray
) -> tuple[int, bool]:
    """Rank further values of a pair among its residuals.

    Parameters
    ----------
    values : ndarray, shape (M,)
        Residuals in order.
    x : ndarray, shape (K,)
        Finite, or NaN.
    moved : ndarray of int, shape (M + 1,)
        Overwritten: by position among the residuals, twice the number of `x` below; one that is equal counts half.
    low, twice : ndarray of int, shape (K,)
        Overwritten: the number of residuals below each value, and twice its rank, zero where it is missing.

    Returns
    -------
    tuple of int and bool
        How many of `x` are present, and whether one equals another one or a residual.
    """
    left, found, equal = len(values), 0, 0
    moved[:] = low[:] = twice[:] = 0
    # All values at once and without a branch, which could not be predicted.
    while left > 0:
        half = (left + 1) // 2
        for j in range(len(x)):
            low[j] += half * int(values[low[j] + half - 1] < x[j])
        left -= half
    for other in range(len(x)):
        one = x[other]
        for j in range(len(x)):
            twice[j] += int(one < x[j]) + int(one <= x[j])
            equal += int(one == x[j])
    for j in range(len(x)):
        if np.isnan(x[j]):
            continue
        high = low[j]
        while high < len(values) and values[high] == x[j]:
            high += 1
        moved[low[j]] += 1
        moved[high] += 1
        equal += high - low[j]
        found += 1
        twice[j] += 1 + low[j] + high
    for at in range(1, len(moved)):
        moved[at] += moved[at - 1]
    return found, equal > found


def ranks_of(twice: ShortArray, place: Places, moved: ShortArray, count: int, rank: ShortArray) -> None:
    """Write down twice the rank of the days of a pair among all of them.

    Parameters
    ----------
    twice : ndarray of int, shape (T,)
        Of L residuals among themselves, then of the further values among all; zero where a day is missing.
    place : ndarray of int, shape (L,)
        Position in `moved` of what is added to it.
    moved : ndarray of int
    count : int
        Number of days present.
    rank : ndarray of int, shape (T,)
        Overwritten; zero where a day is missing.
    """
    days = len(place)
    for day in range(days):
        rank[day] = twice[day] + moved[place[day]]
    rank[days:] = twice[days:]
    if count < len(twice):
        for day in range(days):
            rank[day] *= int(twice[day] > 0)


def add_ranks(rank: ShortArray, count: int, signed: bool, total: FloatArray, exact: IntArray) -> None:
    """Add ``rank / (M + 1) - 1/2`` of the days of a pair to sums by day, and the signs of these numbers.

    Parameters
    ----------
    rank : ndarray of int, shape (T,)
        Of `ranks_of`.
    count : int
        M.
    signed : bool
        Whether to add the signs.
    total : ndarray, shape (3, T or more)
        Sums of the scaled ranks of a pair that lacks a day; one is taken off the second row for each missing day.
    exact : ndarray of int, shape (2, T or more)
        Sums of twice the ranks of a pair that lacks none, and of the signs.
    """
    middle = count + 1
    if count == len(rank):
        for day in range(len(rank)):
            exact[0, day] += rank[day]
    else:
        for day in range(len(rank)):
            total[0, day] += 0.5 * rank[day] / (count + 1.0) - 0.5 if rank[day] else 0.0
            total[1, day] -= int(rank[day] == 0)
    if signed:
        for day in range(len(rank)):
            exact[1, day] += int(rank[day] > middle) - int(0 < rank[day] < middle)


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
        Nearly their order.
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
    size = days + x.shape[1]
    sums, exact = np.zeros((families, 3, size)), np.zeros((families, 2, size), dtype=np.int64)
    whole, used = np.zeros((2, families), dtype=np.int64)
    last, ranked = np.full((families, n), np.nan), np.zeros((families, n))
    tied, values = np.zeros((families, n), dtype=np.bool_), np.empty((2, days))
    # An array each: rows of one array could overlap for all that the compiler knows, which costs a third more.
    moved, low = np.zeros(size + 1, dtype=np.int32), np.zeros(size, dtype=np.int32)
    rank, twice = np.zeros(size, dtype=np.int32), np.zeros(size, dtype=np.int32)
    column, place = np.zeros(days, dtype=np.uint32), np.zeros(days, dtype=np.uint32)
    for i in range(n):
        known = sort_pair(residuals[i], order[i], values[0], column, place)
        equal = own_ranks(residuals[i], values[0, :known], column[:known], place, twice)
        values[1] = values[0] / scale[i]
        for f in range(families):
            more, end = x[i, edges[f] : edges[f + 1]], days + edges[f + 1] - edges[f]
            ordered = values[int(scaled[f]), :known]
            found, same = rank_pair(ordered, more, moved[: known + 1], low[: len(more)], twice[days:end])
            tied[f, i], ranked[f, i] = equal | same, known
            if needed[f] and not twice[end - 1]:
                continue
            count, signed = known + found, not (scaled[f] or tied[f, i])
            ranks_of(twice[:end], place, moved, count, rank[:end])
            add_ranks(rank[:end], count, signed, sums[f], exact[f])
            ranked[f, i], used[f], whole[f] = count, used[f] + 1, whole[f] + int(count == end)
            last[f, i] = 0.5 * rank[end - 1] / (count + 1.0) - 0.5 if rank[end - 1] else np.nan
    for f, end in enumerate(days + np.diff(edges)):
        sums[f, 0, :end] += 0.5 * (exact[f, 0, :end] - whole[f] * (end + 1)) / (end + 1.0)
        sums[f, 1, :end] += used[f]
        sums[f, 2, :end] = exact[f, 1, :end]
    return sums, last, ranked, tied


HELPERS = sort_pair, own_ranks, rank_pair, ranks_of, add_ranks
