"""Sums of the estimation residuals by day and by date, one record a block."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...panel import label_numbers
from ..abnormal import AbnormalReturns
from ..compiled import compiled, use_loops
from ..models.least_squares import FloatArray, IntArray
from . import kernels
from .groups import Groups
from .joined import joined_sessions
from .kernels import DaySums
from .keyed import MISSING, DateSums, places
from .sum_loops import halved, pair_moments
from .window_sums import sums_by_group

# Events that are compared with the later ones at once.
TOGETHER = 32
WORD = 64


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
    events, markets : ndarray of object or int, shape (n,)
        Names, or numbers that tell them apart.
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

    events: npt.NDArray[np.object_] | IntArray
    markets: npt.NDArray[np.object_] | IntArray
    day_zero: npt.NDArray[np.datetime64]
    daily: DaySums
    by_date: DateSums
    positive: FloatArray
    sd: FloatArray
    skew: FloatArray
    calendar: Calendar

    @classmethod
    def of(cls, block: AbnormalReturns, groups: Groups, residuals_by_group: DaySums) -> ResidualSums:
        """Sum over the pairs of a block.

        Parameters
        ----------
        block : AbnormalReturns
        groups : Groups
            Of the pairs of the block.
        residuals_by_group : DaySums, shape (P, L)
            See `group_residuals`.

        Returns
        -------
        ResidualSums
        """
        residuals, (events, markets) = block.fitted.residuals, block.keys
        length, positive, squares, cubes, raw = moments_of(residuals)
        return cls(
            events=events,
            markets=markets,
            day_zero=block.column("session").astype("datetime64[D]"),
            daily=DaySums(residuals_by_group.total.sum(axis=0), residuals_by_group.present.sum(axis=0)),
            by_date=_by_date(residuals, np.sqrt(raw / length), groups),
            positive=positive,
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


def moments_of(residuals: FloatArray) -> FloatArray:
    """Return moments of the residuals of each pair, as `sum_loops.pair_moments`.

    Parameters
    ----------
    residuals : ndarray, shape (n, L)
        NaN where missing.

    Returns
    -------
    ndarray, shape (5, n)
    """
    if use_loops(len(residuals)):
        return np.asarray(compiled(pair_moments, halved)(residuals))
    known = np.isfinite(residuals)
    filled = np.where(known, residuals, 0.0)
    length = known.sum(axis=1).astype(np.float64)
    away = np.where(known, filled - (filled.sum(axis=1) / length)[:, None], 0.0)
    squares, cubes = np.vecdot(away, away), np.vecdot(away * away, away)
    return np.stack([length, (filled > 0).sum(axis=1) / length, squares, cubes, np.vecdot(filled, filled)])


def _by_date(residuals: FloatArray, scale: FloatArray, groups: Groups) -> DateSums:
    """Return sums by date of scaled residuals, of their squares and of ones."""
    sums = sums_by_group(residuals, groups, scale)
    # A missing label has no residual.
    return DateSums.of(np.where(sums[2] > 0, groups.joined_estimation, MISSING), sums)


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
    event = np.repeat(np.arange(len(there)), np.count_nonzero(there, axis=1))
    date, place = places(days[there])
    present = np.zeros((len(there), -(-len(date) // WORD) * WORD), dtype=bool)
    present[event, place] = True
    words = np.packbits(present, axis=1).view(np.uint64)
    first, last = (words > 0).argmax(axis=1), words.shape[1] - 1 - (words[:, ::-1] > 0).argmax(axis=1)
    order = np.argsort(first)
    # Word after word in memory: counts are then added along long rows.
    words = np.ascontiguousarray(words.T)
    return sum(_few(words, order[at:], first, last, least) for at in range(0, len(order), TOGETHER))


def _few(words: npt.NDArray[np.uint64], order: IntArray, first: IntArray, last: IntArray, least: int) -> int:
    """Count the pairs of the first events of an order with the others that have few common dates, one bit a date."""
    mine = order[:TOGETHER]
    end = int(last[mine].max()) + 1
    # Events in the order of their first dates: the later ones have none of these.
    near = order[: int(np.searchsorted(first[order], end))]
    among = words[int(first[mine].min()) : end]
    both = among[:, mine, None] & among[:, None, near]
    few = np.bitwise_count(both).sum(axis=0, dtype=np.int64) < least
    far = (len(order) - len(near)) * len(mine)
    return int(few.sum()) - int(few[np.tri(*few.shape, dtype=np.bool_)].sum()) + (far if least > 0 else 0)
