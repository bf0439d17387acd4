"""Ranks of residuals and event days, summed in loops over the pairs, for `eventstudy.inference.compiled`.

Ranks are whole numbers here, twice what they are, since equal numbers share their mean rank. Of a pair,

- `values` are its M residuals in order, and behind L numbers the same divided by sigma;
- `place` is the position of each day's residual among them, from 1; zero where it is missing;
- `twice` are twice the ranks of the L residuals among themselves, and of the K further values (`x`) in their families;
- `low` are the numbers of residuals below the further values, compared with those in `values` from `start` on;
- `moved` says by place how far the values of each family move the residuals up: several families share the bits of
  a number, `bits` each, so that one look-up and one addition a day serve them all;
- `found` are the values of each family that are not missing, and `took` says which families take the pair.

Helpers are private, and `HELPERS` names them all.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..models.least_squares import FloatArray, IntArray
from .sum_loops import BoolArray, ShortArray

# Positions without a sign are looked up faster.
Places = npt.NDArray[np.uint32]

# So many pairs are added in the bits of a family before they are full, and so many bits of a number are used.
TOGETHER, WORD = 16, 62


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


def _sort_pair(residuals: FloatArray, order: ShortArray, values: FloatArray, column: Places, place: Places) -> int:
    """Put the residuals of a pair in order, the faster the nearer `order` is to theirs, and return their number."""
    known, wrong = len(order), 0
    for at in range(known):
        values[at] = residuals[order[at]]
        place[order[at]] = at + 1
    for at in range(1, known):
        wrong += int(not values[at - 1] <= values[at])
    if not wrong:
        return known
    known = 0
    for day in order:
        at, value = known, residuals[day]
        if np.isnan(value):
            place[day] = 0
            continue
        while at and values[at - 1] > value:
            values[at], column[at] = values[at - 1], column[at - 1]
            at -= 1
        values[at], column[at] = value, day
        known += 1
    for at in range(known):
        place[column[at]] = at + 1
    return known


def _own_ranks(values: FloatArray, place: Places, shared: ShortArray, twice: ShortArray) -> bool:
    """Rank the residuals among themselves, and return whether two are equal; `shared[0]` is zero."""
    known, equal, first = len(values), 0, 0
    for day in range(len(place)):
        twice[day] = 2 * place[day]
    for at in range(1, known):
        equal += int(values[at] == values[at - 1])
    if equal:
        for at in range(known):
            if at + 1 == known or values[at + 1] != values[at]:
                shared[first + 1 : at + 2] = first + at + 2
                first = at + 1
        for day in range(len(place)):
            twice[day] = shared[place[day]]
    return equal > 0


def _count_below(values: FloatArray, known: int, sigma: float, x: FloatArray, start: Places, low: Places) -> None:
    """Divide the residuals by sigma, and count those below each further value."""
    divided = values[len(values) // 2 :]
    for at in range(known):
        divided[at] = values[at] / sigma
    low[:] = start
    # All values at once and without a branch, which could not be predicted.
    while known > 0:
        half = (known + 1) // 2
        for j in range(len(x)):
            low[j] += half * int(values[low[j] + half - 1] < x[j])
        known -= half
    for j in range(len(x)):
        low[j] -= start[j]


def _bits_of(rows: IntArray, family: int, bits: int) -> tuple[IntArray, int]:
    """Return the row of numbers in which a family has its bits, and how many bits are right of them."""
    return rows[family // (WORD // bits)], bits * (family % (WORD // bits))


def _mark_values(
    values: FloatArray,
    known: int,
    x: FloatArray,
    start: Places,
    low: Places,
    edges: IntArray,
    bits: int,
    moved: IntArray,
    twice: ShortArray,
    found: IntArray,
    equal: IntArray,
) -> None:
    """Fill `moved`, and `twice` with the ranks among the values between the same two residuals.

    `equal` is 1 for a family with two equal values, 2 or 3 for one with a value that is equal to a residual.
    """
    moved[:, : known + 2] = 0
    for f in range(len(found)):
        row, shift = _bits_of(moved, f, bits)
        found[f] = equal[f] = 0
        for j in range(edges[f], edges[f + 1]):
            twice[j] = 0
            if np.isnan(x[j]):
                continue
            at = high = low[j] + 1
            # Few values share a place: only these are compared with each other.
            for k in range(edges[f] if (row[at] >> shift) & ((1 << bits) - 1) else j, j):
                if low[k] == low[j]:
                    twice[j] += int(x[k] < x[j]) + int(x[k] <= x[j])
                    twice[k] += int(x[j] < x[k]) + int(x[j] <= x[k])
                    equal[f] |= int(x[k] == x[j])
            while high <= known and values[start[j] + high - 1] == x[j]:
                high += 1
                equal[f] |= 2
            row[at] += 1 << shift
            row[high] += 1 << shift
            found[f] += 1
    for row in moved:
        for at in range(1, known + 2):
            row[at] += row[at - 1]


def _rank_values(
    values: FloatArray,
    known: int,
    x: FloatArray,
    start: Places,
    low: Places,
    edges: IntArray,
    bits: int,
    moved: IntArray,
    twice: ShortArray,
    equal: IntArray,
) -> None:
    """Rank the values of each family among residuals and family, after `_mark_values`."""
    for f in range(len(equal)):
        row, shift = _bits_of(moved, f, bits)
        for j in range(edges[f], edges[f + 1]):
            if np.isnan(x[j]):
                continue
            if equal[f] < 2:
                twice[j] += 2 * low[j] + 2 + ((row[low[j]] >> shift) & ((1 << bits) - 1))
                continue
            high = low[j]
            while high < known and values[start[j] + high] == x[j]:
                high += 1
            twice[j] = 1 + low[j] + high
            for one in x[edges[f] : edges[f + 1]]:
                twice[j] += int(one < x[j]) + int(one <= x[j])


def _take(
    twice: ShortArray,
    edges: IntArray,
    known: int,
    found: IntArray,
    needed: BoolArray,
    took: BoolArray,
    used: IntArray,
    last: FloatArray,
    ranked: FloatArray,
) -> None:
    """Decide which families take the pair, count it there, and write down last ranks and numbers of days."""
    for f in range(len(took)):
        rank = twice[edges[f + 1] - 1]
        took[f] = rank > 0 or not needed[f]
        used[f] += int(took[f])
        ranked[f] = known + (found[f] if took[f] else 0)
        last[f] = 0.5 * rank / (ranked[f] + 1.0) - 0.5 if rank else np.nan


def _add_whole(place: Places, moved: IntArray, twice: ShortArray, packed: IntArray, total: IntArray) -> None:
    """Add a pair that lacks no day of any family: `moved` by day to `packed`, and `twice` to `total`."""
    for day in range(len(twice)):
        total[day] += twice[day]
    for row in range(len(moved)):
        for day in range(len(place)):
            packed[row, day] += moved[row, place[day]]


def _unpack(packed: IntArray, bits: int, exact: IntArray) -> None:
    """Add what `packed` holds to a row of sums for each family, and set it to zero."""
    for f in range(len(exact)):
        row, shift = _bits_of(packed, f, bits)
        for day in range(len(row)):
            exact[f, day] += (row[day] >> shift) & ((1 << bits) - 1)
    packed[:] = 0


def _add_lacking(
    place: Places,
    moved: IntArray,
    bits: int,
    twice: ShortArray,
    edges: IntArray,
    count: FloatArray,
    took: BoolArray,
    sums: FloatArray,
) -> None:
    """Add the scaled ranks of a pair that lacks some day, and take one off for each missing day."""
    days = len(place)
    for f in range(len(took)):
        (row, shift), middle = _bits_of(moved, f, bits), count[f] + 1.0
        for day in range(days + edges[f + 1] - edges[f] if took[f] else 0):
            if day < days:
                rank = twice[day] + ((row[place[day]] >> shift) & ((1 << bits) - 1))
            else:
                rank = np.int64(twice[day + edges[f]])
            sums[f, 0, day] += (rank - middle) * (0.5 / middle) if rank else 0.0
            sums[f, 1, day] -= int(rank == 0)


def _add_signs(place: Places, known: int, twice: ShortArray, count: int, total: FloatArray) -> None:
    """Add the signs about the median of the L residuals and of the values of a family without equal days."""
    days, middle, above, below = len(place), count + 1, count // 2, count // 2
    # Sums of comparisons, since a branch could not be predicted.
    for j in range(len(twice)):
        more, least, there = int(twice[j] > middle), int(twice[j] >= middle), int(twice[j] > 0)
        total[days + j] += more + least - there
        above -= more
        below -= there - least
    # So many residuals are left for either side.
    upper, lower = np.uint32(known - above), np.uint32(below)
    for day in range(days):
        total[day] += int(place[day] > upper) + int(place[day] > lower) - int(place[day] > 0)


def _scale(total: IntArray, exact: IntArray, edges: IntArray, whole: int, used: IntArray, sums: FloatArray) -> None:
    """Add the scaled ranks of the pairs that lack no day, whose M is the same, and the numbers of all pairs."""
    days = exact.shape[1]
    for f in range(len(exact)):
        part = total[days + edges[f] : days + edges[f + 1]]
        end = days + len(part)
        exact[f] += total[:days]
        sums[f, 0, :days] += 0.5 * (exact[f] - whole * (end + 1)) / (end + 1.0)
        sums[f, 0, days:end] += 0.5 * (part - whole * (end + 1)) / (end + 1.0)
        sums[f, 1, :end] += used[f]


def _lay_out(edges: IntArray, scaled: BoolArray, days: int) -> tuple[Places, int]:
    """Return `start` and `bits`."""
    start, widest, bits = np.zeros(edges[-1], dtype=np.uint32), 0, 1
    for f in range(len(scaled)):
        start[edges[f] : edges[f + 1]] = days * int(scaled[f])
        widest = max(widest, edges[f + 1] - edges[f])
    while 1 << bits <= 2 * TOGETHER * widest:
        bits += 1
    return start, bits


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
    (n, days), families, size = residuals.shape, len(edges) - 1, residuals.shape[1] + x.shape[1]
    (start, bits), whole = _lay_out(edges, scaled, days), 0
    sums, last, ranked = np.zeros((families, 3, size)), np.empty((families, n)), np.empty((families, n))
    tied, took = np.empty((families, n), dtype=np.bool_), np.empty(families, dtype=np.bool_)
    found, equal, used = np.zeros((3, families), dtype=np.int64)
    moved = np.zeros(((families - 1) // (WORD // bits) + 1, days + 2), dtype=np.int64)
    packed, exact = np.zeros_like(moved[:, :days]), np.zeros((families, days), dtype=np.int64)
    total, twice, shared = np.zeros(size, np.int64), np.zeros(size, np.int32), np.zeros(days + 1, np.int32)
    column, place, low = np.zeros(days, np.uint32), np.zeros(days, np.uint32), np.zeros_like(start)
    values, further = np.zeros(2 * days), twice[days:]
    for i in range(n):
        known = _sort_pair(residuals[i], order[i], values, column, place)
        same = _own_ranks(values[:known], place, shared, twice)
        _count_below(values, known, scale[i], x[i], start, low)
        _mark_values(values, known, x[i], start, low, edges, bits, moved, further, found, equal)
        _rank_values(values, known, x[i], start, low, edges, bits, moved, further, equal)
        _take(further, edges, known, found, needed, took, used, last[:, i], ranked[:, i])
        for f in range(families):
            tied[f, i] = same or equal[f] > 0
            if took[f] and not (scaled[f] or tied[f, i]):
                _add_signs(place, known, further[edges[f] : edges[f + 1]], known + found[f], sums[f, 2])
        if known + found.sum() < size:
            _add_lacking(place, moved, bits, twice, edges, ranked[:, i], took, sums)
        else:
            _add_whole(place, moved, twice, packed, total)
            whole += 1
        if i % TOGETHER == TOGETHER - 1 or i == n - 1:
            _unpack(packed, bits, exact)
    _scale(total, exact, edges, whole, used, sums)
    return sums, last, ranked, tied


_ONE_PAIR = _bits_of, _sort_pair, _own_ranks, _count_below, _mark_values, _rank_values, _take
HELPERS = *_ONE_PAIR, _add_whole, _add_lacking, _add_signs, _unpack, _scale, _lay_out
