"""Sums by date, and by date and something else; few numbers however many events they are of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..compiled import compiled, loops_ready
from ..models.least_squares import FloatArray, IntArray
from .sum_loops import ShortArray, cell_sums, key_sums

# Keys are counted in one table unless fewer than one cell in DENSE would be used.
DENSE = 16
# Their sums are taken in one table unless fewer than one cell in SUMMED would be used.
SUMMED = 4
Places = IntArray | ShortArray
Values = Sequence[npt.NDArray[Any]] | FloatArray
MISSING = np.iinfo(np.int64).min


def places(keys: Places) -> tuple[IntArray, IntArray]:
    """Return the distinct keys in ascending order, and the place of each key among them.

    Parameters
    ----------
    keys : ndarray of int
        Any shape.

    Returns
    -------
    tuple of ndarray of int
        Shapes (U,) and that of `keys`.

    Examples
    --------
    >>> known, place = places(np.array([[7, 5], [5, 9]]))
    >>> known.tolist(), place.tolist()
    ([5, 7, 9], [[1, 0], [0, 2]])
    """
    keys = np.asarray(keys, dtype=np.int64)
    if not keys.size:
        return np.zeros(0, dtype=np.int64), np.zeros(keys.shape, dtype=np.int64)
    first, last = int(keys.min()), int(keys.max())
    if last - first > DENSE * keys.size:
        known, place = np.unique(keys, return_inverse=True)
        return known, place.reshape(keys.shape)
    there = np.zeros(last - first + 1, dtype=bool)
    there[keys - first] = True
    return np.flatnonzero(there) + first, (np.cumsum(there) - 1)[keys - first]


def sums_by_key(keys: Places, values: Values) -> tuple[IntArray, FloatArray]:
    """Return the distinct keys in ascending order, and the sums of each of K arrays of values by key.

    Parameters
    ----------
    keys : ndarray of int
        `MISSING` where a value is not counted.
    values : sequence of ndarray
        Each of the shape of `keys`.

    Returns
    -------
    tuple of ndarray, shapes (U,) and (K, U)

    Examples
    --------
    >>> known, sums = sums_by_key(np.array([7, 5, 7]), [np.array([1.0, 2.0, 4.0])])
    >>> known.tolist(), sums.tolist()
    ([5, 7], [[2.0, 5.0]])
    """
    keys = np.asarray(keys, dtype=np.int64)
    first = int(keys.min(initial=np.iinfo(np.int64).max))
    counted = np.ones(1, dtype=bool)
    if first == MISSING:
        counted = keys != MISSING
        first = int(keys.min(where=counted, initial=np.iinfo(np.int64).max))
    first = first if keys.size and counted.any() else 0
    size = int(keys.max(initial=first)) - first + 1
    dense = size <= min(SUMMED * keys.size, np.iinfo(np.int32).max)
    if dense and loops_ready():
        at = keys - first if counted.all() else np.where(counted, keys - first, -1)
        known, sums = compiled(key_sums)(at.ravel(), _rows(values), size)
        return known + first, sums
    if not counted.all():
        keys, values = keys[counted], [value[counted] for value in values]
    if not dense:
        known, place = places(keys)
        return known, sums_at(place, len(known), values)
    # One table of all keys in between: nothing is sorted, and no place looked up.
    at = keys - first
    there = np.zeros(size, dtype=bool)
    there[at] = True
    known = np.flatnonzero(there)
    return known + first, sums_at(at, size, values)[:, known]


def _rows(values: Values) -> FloatArray:
    """Return K arrays of values as the rows of one."""
    if isinstance(values, np.ndarray) and values.ndim == 2 and values.dtype == np.float64:
        return np.ascontiguousarray(values)
    return np.stack([np.asarray(value, dtype=np.float64).ravel() for value in values])


def sums_at(place: IntArray, size: int, values: Values) -> FloatArray:
    """Return the sums of each of K arrays of values by place.

    Parameters
    ----------
    place : ndarray of int
        From 0 to `size` - 1.
    size : int
    values : sequence of ndarray
        Each of the shape of `place`.

    Returns
    -------
    ndarray, shape (K, size)
    """
    flat = place.ravel()
    return np.stack([np.bincount(flat, weights=value.ravel(), minlength=size) for value in values])


@dataclass(frozen=True, kw_only=True)
class DateSums:
    """K sums by date.

    Parameters
    ----------
    dates : ndarray of int, shape (D,)
        Days since 1970-01-01 in ascending order; in bars the minutes at which they open.
    sums : ndarray, shape (K, D)
    """

    dates: IntArray
    sums: FloatArray

    @classmethod
    def of(cls, dates: Places, values: Values) -> DateSums:
        """Sum by date.

        Parameters
        ----------
        dates : ndarray of int
            `MISSING` where there is none; the value is then not counted.
        values : sequence of ndarray
            Each of the shape of `dates`.

        Returns
        -------
        DateSums

        Examples
        --------
        >>> DateSums.of(np.array([3, 5, 3]), [np.array([1.0, 2.0, 4.0])]).sums.tolist()
        [[5.0, 2.0]]
        """
        known, sums = sums_by_key(dates, values)
        return cls(dates=known, sums=sums)

    @classmethod
    def merged(cls, parts: Sequence[DateSums]) -> DateSums:
        """Add the sums of several blocks.

        Parameters
        ----------
        parts : sequence of DateSums

        Returns
        -------
        DateSums
        """
        return cls.of(np.concatenate([part.dates for part in parts]), np.concatenate([p.sums for p in parts], axis=1))


@dataclass(frozen=True, kw_only=True)
class Cells:
    """K sums by name (a market, or another date) and date.

    Parameters
    ----------
    names : ndarray, shape (U,)
    row : ndarray of int32, shape (C,)
        Position in `names`.
    dates : ndarray of int32, shape (C,)
    sums : ndarray, shape (K, C)
    """

    names: npt.NDArray[Any]
    row: ShortArray
    dates: ShortArray
    sums: FloatArray

    @classmethod
    def of(cls, names: npt.NDArray[Any], row: Places, dates: Places, values: Values) -> Cells:
        """Sum by name and date.

        Parameters
        ----------
        names : ndarray, shape (U,)
        row, dates : ndarray of int, shape (m,)
            Position in `names`, and date.
        values : sequence of ndarray, shape (m,)

        Returns
        -------
        Cells
        """
        rows, days = row.astype(np.int32, copy=False), dates.astype(np.int32, copy=False)
        first = int(days.min()) if days.size else 0
        span = int(days.max(initial=first)) - first + 1
        # The cells of a block lie close together where the longer of the two is the outer one.
        dated = span > len(names)
        outer, inner = (days, rows) if dated else (rows, days)
        origin, shape = ((first, 0), (span, len(names))) if dated else ((0, first), (len(names), span))
        if loops_ready() and 0 < shape[0] * shape[1] <= SUMMED * rows.size:
            *found, sums = compiled(cell_sums)(outer, inner, _rows(values), origin, shape)
        else:
            keys = (outer.astype(np.int64) - origin[0]) * shape[1] + (inner - origin[1])
            known, sums = sums_by_key(keys, values)
            found = [place.astype(np.int32) for place in np.divmod(known, shape[1])]
            found = [place + start for place, start in zip(found, origin, strict=True)]
        days, rows = found if dated else found[::-1]
        return cls(names=names, row=rows, dates=days, sums=sums)

    @classmethod
    def merged(cls, parts: Sequence[Cells]) -> Cells:
        """Add the sums of several blocks.

        Parameters
        ----------
        parts : sequence of Cells

        Returns
        -------
        Cells
        """
        names: Any = parts[0].names
        rows: list[Any] = [part.row for part in parts]
        if any(part.names is not names for part in parts):
            code, names = pd.factorize(np.concatenate([part.names for part in parts]))
            starts = np.cumsum([0, *(len(part.names) for part in parts)])
            rows = [code[start:][row] for row, start in zip(rows, starts[:-1], strict=True)]
        row, dates = np.concatenate(rows), np.concatenate([part.dates for part in parts])
        return cls.of(np.asarray(names), row, dates, np.concatenate([part.sums for part in parts], axis=1))
