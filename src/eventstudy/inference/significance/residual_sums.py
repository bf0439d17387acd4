"""Sums of the estimation residuals through time, without keeping them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..abnormal import AbnormalReturns
from ..models.least_squares import FloatArray
from ..stream import walk
from . import kernels
from .joined import joined_sessions
from .kernels import DaySums


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """What the tests need of the estimation residuals, without keeping them.

    Parameters
    ----------
    daily : DaySums
        Residuals by day of event time, shape (L,).
    correlation : float
        Mean correlation of the residuals of different events on the same calendar date.
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
        """Walk through the blocks once."""
        dates = next(iter(blocks)).estimation_sessions[0]
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


def pairwise_correlation(blocks: Iterable[AbnormalReturns]) -> float:
    """Return the mean of the correlations of all pairs of events over their common calendar dates.

    Pairs without at least three common dates, or without variance on them, have no correlation and are left out.
    """
    parts = [(b.fitted.residuals, joined_sessions(b)[0].astype("datetime64[D]").astype(np.int64)) for b in blocks]
    residuals, days = (np.concatenate(part) for part in zip(*parts, strict=True))
    event, column = np.nonzero(np.isfinite(residuals))
    date, place = np.unique(days[event, column], return_inverse=True)
    x, there = np.zeros((2, len(residuals), len(date)))
    x[event, place], there[event, place] = residuals[event, column], 1.0
    common, own, squares = there @ there.T, x @ there.T, (x**2) @ there.T
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = squares - own**2 / common
        correlation = (x @ x.T - own * own.T / common) / np.sqrt(variance * variance.T)
    pairs = (~np.eye(len(x), dtype=bool)) & (common >= 3) & np.isfinite(correlation)
    return float(correlation[pairs].mean()) if pairs.any() else float("nan")


class _DateSums:
    """Sums of scaled residuals by calendar date, added to block by block."""

    def __init__(self) -> None:
        self._first = 0
        self._sums = np.zeros((3, 0))

    def add(self, first: int, sums: FloatArray) -> None:
        """Add the sums of a block, shape (3, days), from the day `first` on."""
        self._reach(first, first + sums.shape[1] - 1)
        start = first - self._first
        self._sums[:, start : start + sums.shape[1]] += sums

    def _reach(self, first: int, last: int) -> None:
        """Make room for the days from `first` to `last`."""
        if self._sums.shape[1] == 0:
            self._first = first
        before = max(self._first - first, 0)
        after = max(last - (self._first + self._sums.shape[1] - 1), 0)
        self._sums = np.pad(self._sums, ((0, 0), (before, after)))
        self._first -= before

    @property
    def correlation(self) -> float:
        """Mean correlation of the pairs."""
        return float(kernels.mean_correlation(self._sums[0], self._sums[1], self._sums[2]))


def _sums_by_date(z: FloatArray, sessions: npt.NDArray[np.datetime64]) -> tuple[int, FloatArray]:
    """Return the first day, and by day from it on the sums of z, of its squares and of ones, shape (3, days)."""
    present = np.isfinite(z) & ~np.isnat(sessions)
    day = sessions.astype("datetime64[D]").astype(np.int64)
    first = int(day.min(where=present, initial=np.iinfo(np.int64).max)) if present.any() else 0
    # A missing residual adds nothing to whatever day it is put on.
    value, place = np.where(present, z, 0.0).ravel(), np.where(present, day - first, 0).ravel()
    weights = (value, value**2, present.ravel())
    return first, np.stack([np.bincount(place, weights=weight) for weight in weights])


def _residual_sums(
    block: AbnormalReturns, dates: npt.NDArray[np.datetime64]
) -> tuple[DaySums, FloatArray, FloatArray, FloatArray, bool, tuple[int, FloatArray]]:
    """Return what a `Timeline` adds up of one block; `dates` are the estimation days of the first event."""
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
    """Add the sums of the blocks."""
    iterator = iter(parts)
    total = next(iterator)
    for part in iterator:
        total = total + part
    return total
