"""Sums of the estimation residuals by day and by date, one record a block."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...panel import label_numbers
from ..abnormal import AbnormalReturns
from ..models.least_squares import FloatArray, IntArray
from . import kernels
from .groups import Groups
from .joined import joined_sessions
from .kernels import DaySums
from .keyed import MISSING, DateSums


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Dates of the estimation days, and whether they are the same for all pairs.

    Parameters
    ----------
    dates : ndarray of int, shape (L,)
        Of the first pair.
    one : bool
    """

    dates: IntArray
    one: bool

    @classmethod
    def merged(cls, parts: Sequence[Calendar]) -> Calendar:
        """Compare the calendars of several blocks.

        Parameters
        ----------
        parts : sequence of Calendar

        Returns
        -------
        Calendar
        """
        first = parts[0]
        return cls(dates=first.dates, one=all(p.one and np.array_equal(p.dates, first.dates) for p in parts))


@dataclass(frozen=True, kw_only=True)
class ResidualSums:
    """What the tests need of the n pairs and their estimation residuals, in place of the residuals.

    Parameters
    ----------
    events, markets : ndarray of object, shape (n,)
        Identifiers.
    day_zero : ndarray of datetime64[D], shape (n,)
    daily : DaySums
        Residuals by day of event time, shape (L,).
    by_date : DateSums
        Sums of the residuals over the root of their mean square, of the squares of these, and of ones.
    positive : ndarray, shape (n,)
        Share of positive residuals.
    sd : ndarray, shape (n,)
        Standard deviation of the residuals about their mean, with L - 1.
    skew : ndarray, shape (n,)
        Skewness of the residuals.
    calendar : Calendar
    """

    events: npt.NDArray[np.object_]
    markets: npt.NDArray[np.object_]
    day_zero: npt.NDArray[np.datetime64]
    daily: DaySums
    by_date: DateSums
    positive: FloatArray
    sd: FloatArray
    skew: FloatArray
    calendar: Calendar

    @classmethod
    def of(cls, block: AbnormalReturns, groups: Groups) -> ResidualSums:
        """Sum over the pairs of a block.

        Parameters
        ----------
        block : AbnormalReturns
        groups : Groups
            Of the pairs of the block.

        Returns
        -------
        ResidualSums
        """
        residuals = block.fitted.residuals
        known = np.isfinite(residuals)
        filled = np.where(known, residuals, 0.0)
        length = known.sum(axis=1).astype(np.float64)
        deviations = np.where(known, filled - (filled.sum(axis=1) / length)[:, None], 0.0)
        squares, cubes = np.vecdot(deviations, deviations), np.vecdot(deviations * deviations, deviations)
        return cls(
            events=block.column("event_id"),
            markets=block.column("market"),
            day_zero=block.column("session").astype("datetime64[D]"),
            daily=DaySums(filled.sum(axis=0), known.sum(axis=0).astype(np.float64)),
            by_date=_by_date(filled, known, length, groups),
            positive=(filled > 0).sum(axis=1) / length,
            sd=np.sqrt(squares / (length - 1)),
            skew=cubes / length / (squares / length) ** 1.5,
            calendar=Calendar(dates=groups.estimation[0], one=bool((groups.estimation == groups.estimation[0]).all())),
        )

    @property
    def correlation(self) -> float:
        """Mean correlation of the residuals of different events on the same calendar date, or in the same bar."""
        return float(kernels.mean_correlation(*self.by_date.sums))

    @property
    def skewness(self) -> float:
        """Mean skewness of the residuals."""
        return float(self.skew.mean())

    @property
    def one_calendar(self) -> bool:
        """Whether each day of event time is one and the same date for all pairs."""
        return self.calendar.one


def _by_date(filled: FloatArray, known: npt.NDArray[np.bool_], length: FloatArray, groups: Groups) -> DateSums:
    """Return sums by date of scaled residuals, of their squares and of ones."""
    scaled = filled / np.sqrt(np.vecdot(filled, filled) / length)[:, None]
    count = groups.sums(known)
    # A missing label has no residual.
    dates = np.where(count > 0, groups.joined_estimation, MISSING)
    return DateSums.of(dates, [groups.sums(scaled), groups.sums(scaled * scaled), count])


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
