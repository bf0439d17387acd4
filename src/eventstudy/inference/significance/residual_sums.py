"""Sums of the estimation residuals by day and by date, accumulated block by block."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...panel import label_numbers
from ..abnormal import AbnormalReturns
from ..models.least_squares import FloatArray
from ..stream import first_of, walk
from . import kernels
from .joined import joined_sessions
from .kernels import DaySums


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """Sums of the estimation residuals that the tests need, in place of the residuals themselves.

    Parameters
    ----------
    daily : DaySums
        Residuals by day of event time, shape (L,).
    correlation : float
        Mean correlation of the residuals of different events on the same calendar date, or in the same bar.
    positive : ndarray, shape (n,)
        Share of positive residuals.
    sd : ndarray, shape (n,)
        Standard deviation of the residuals about their mean, with L - 1.
    skewness : float
        Mean skewness of the residuals.
    one_calendar : bool
        Whether each day of event time is one and the same date for all events.
    """

    daily: DaySums
    correlation: float
    positive: FloatArray
    sd: FloatArray
    skewness: float
    one_calendar: bool

    @classmethod
    def of(cls, blocks: Iterable[AbnormalReturns]) -> Timeline:
        """Accumulate the sums in one pass over the blocks.

        Parameters
        ----------
        blocks : iterable of AbnormalReturns

        Returns
        -------
        Timeline
        """
        dates = first_of(blocks).estimation_sessions[0]
        by_date = _DateSums()
        daily, positive, sd, skewness, calendars = [], [], [], [], []
        for part in walk(blocks, lambda block: _residual_sums(block, dates)):
            daily.append(part[0])
            positive.append(part[1])
            sd.append(part[2])
            skewness.append(part[3])
            calendars.append(part[4])
            by_date.add(*part[5])
        return cls(
            daily=sum_of(daily),
            correlation=by_date.correlation,
            positive=np.concatenate(positive),
            sd=np.concatenate(sd),
            skewness=float(np.concatenate(skewness).mean()),
            one_calendar=all(calendars),
        )


def few_in_common(blocks: Iterable[AbnormalReturns], least: int) -> int:
    """Return the number of pairs of events with fewer than `least` common estimation dates, or bars.

    Parameters
    ----------
    blocks : iterable of AbnormalReturns
    least : int

    Returns
    -------
    int
    """
    parts = [(np.isfinite(b.fitted.residuals), label_numbers(joined_sessions(b)[0])) for b in blocks]
    there, days = (np.concatenate(part) for part in zip(*parts, strict=True))
    event, column = np.nonzero(there)
    date, place = np.unique(days[event, column], return_inverse=True)
    present = np.zeros((len(there), len(date)), dtype=np.float32)
    present[event, place] = 1.0
    common = present @ present.T
    return int((np.tril(common < least, k=-1) & np.tri(len(there), k=-1, dtype=bool)).sum())


class _DateSums:
    """Sums of scaled residuals by calendar date, accumulated block by block."""

    def __init__(self) -> None:
        self._first = 0
        self._sums = np.zeros((3, 0))

    def add(self, first: int, sums: FloatArray) -> None:
        """Add the sums of a block, shape (3, days), from the day `first` on."""
        self._reach(first, first + sums.shape[1] - 1)
        start = first - self._first
        self._sums[:, start : start + sums.shape[1]] += sums

    def _reach(self, first: int, last: int) -> None:
        """Extend the sums to the days from `first` to `last`."""
        if self._sums.shape[1] == 0:
            self._first = first
        before = max(self._first - first, 0)
        after = max(last - (self._first + self._sums.shape[1] - 1), 0)
        self._sums = np.pad(self._sums, ((0, 0), (before, after)))
        self._first -= before

    @property
    def correlation(self) -> float:
        """Mean correlation over the pairs of events."""
        return float(kernels.mean_correlation(self._sums[0], self._sums[1], self._sums[2]))


def _sums_by_date(z: FloatArray, sessions: npt.NDArray[np.datetime64]) -> tuple[int, FloatArray]:
    """Return the first day or minute, and from it on the sums of z, of its squares and of ones, shape (3, days)."""
    present = np.isfinite(z) & ~np.isnat(sessions)
    day = label_numbers(sessions)
    first = int(day.min(where=present, initial=np.iinfo(np.int64).max)) if present.any() else 0
    # A missing residual counts zero, so that it can be added to any day.
    value, place = np.where(present, z, 0.0).ravel(), np.where(present, day - first, 0).ravel()
    weights = (value, value**2, present.ravel())
    return first, np.stack([np.bincount(place, weights=weight) for weight in weights])


def _residual_sums(
    block: AbnormalReturns, dates: npt.NDArray[np.datetime64]
) -> tuple[DaySums, FloatArray, FloatArray, FloatArray, bool, tuple[int, FloatArray]]:
    """Return the contributions of one block to a `Timeline`; `dates` are the estimation days of the first event."""
    residuals, sessions = block.fitted.residuals, block.estimation_sessions
    length, deviations = kernels.count(residuals), kernels.deviations(residuals)
    squares, cubes = np.vecdot(deviations, deviations), np.vecdot(deviations * deviations, deviations)
    return (
        DaySums.of(residuals),
        (residuals > 0).sum(axis=-1) / length,
        np.sqrt(squares / (length - 1)),
        cubes / length / (squares / length) ** 1.5,
        bool((sessions == dates).all()),
        _sums_by_date(kernels.root_mean_square_scaled(residuals), joined_sessions(block)[0]),
    )


def sum_of(parts: Iterable[DaySums]) -> DaySums:
    """Add the sums of several blocks.

    Parameters
    ----------
    parts : iterable of DaySums
        At least one.

    Returns
    -------
    DaySums
    """
    iterator = iter(parts)
    total = next(iterator)
    for part in iterator:
        total = total + part
    return total
