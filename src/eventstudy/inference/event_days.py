"""Numbers of many pairs by event day, collected in one pass over blocks of abnormal returns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..panel import label_numbers
from ..windows import Window
from .abnormal import AbnormalReturns
from .models.least_squares import FloatArray, IntArray
from .significance.clusters import window_weights
from .significance.residual_sums import Timeline
from .significance.sample import Sample
from .stream import first_of, walk

# Of one window: days, sums over the pairs by day, and number of pairs.
Weights = tuple[IntArray, FloatArray, int]


@dataclass(frozen=True, kw_only=True)
class EventDays:
    """Daily and cumulative abnormal returns of n pairs over the E rows of the event windows.

    Parameters
    ----------
    blocks : iterable of AbnormalReturns
        Behind these numbers.
    span : Window
        Of E rows.
    ar, se : ndarray, shape (n, E)
        Daily abnormal returns (fractions) and their standard errors; NaN where missing.
    car, car_se : ndarray, shape (n, E)
        Sums from the first row on; NaN where too few of their days are there.
    held : ndarray, shape (n, E)
        Buy-and-hold abnormal returns of each day.
    df : ndarray, shape (n,)
    days : ndarray of int32, shape (n, E)
        Session of each row, in days since 1970-01-01; in bars the minute at which each opens.
    dates, events, markets : ndarray, shape (n,)
        Day 0 and identifiers.
    changes : bool
        Whether the returns are price changes.
    timeline : Timeline
        Sums of the estimation residuals.
    overlap, car_overlap : ndarray, shape (E,)
        Mean overlap of the one-day windows, and of the windows from the first row on, see `clusters.mean_overlap`.
    """

    blocks: Iterable[AbnormalReturns]
    span: Window
    ar: FloatArray
    se: FloatArray
    car: FloatArray
    car_se: FloatArray
    held: FloatArray
    df: FloatArray
    days: npt.NDArray[np.int32]
    dates: npt.NDArray[np.datetime64]
    events: npt.NDArray[np.object_]
    markets: npt.NDArray[np.object_]
    changes: bool
    timeline: Timeline
    overlap: FloatArray
    car_overlap: FloatArray

    @classmethod
    def of(cls, blocks: Iterable[AbnormalReturns]) -> EventDays:
        """Collect the numbers.

        Parameters
        ----------
        blocks : iterable of AbnormalReturns
            Can be iterated more than once.

        Returns
        -------
        EventDays
        """
        first = first_of(blocks)
        span, parts, sums = first.span, [], []
        single = [Window(tau, tau) for tau in range(span.first, span.last + 1)]
        summed = [Window(span.first, tau) for tau in range(span.first, span.last + 1)]
        for part, weights in walk(blocks, lambda block: (_numbers(block, summed), _weights(block, [*single, *summed]))):
            parts.append(part)
            sums.append(weights)
        overlaps = np.array([_overlap(window) for window in zip(*sums, strict=True)])
        columns: dict[str, Any] = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        return cls(
            blocks=blocks,
            span=span,
            changes=first.changes,
            timeline=Timeline.of(blocks),
            overlap=overlaps[: span.length],
            car_overlap=overlaps[span.length :],
            **columns,
        )

    @property
    def tau(self) -> IntArray:
        """Event time of the columns, shape (E,)."""
        return np.arange(self.span.first, self.span.last + 1)

    def day(self, at: int) -> Sample:
        """Return one day as a window of its own.

        Parameters
        ----------
        at : int
            Column.

        Returns
        -------
        Sample
        """
        ar, se = self.ar[:, at], self.se[:, at]
        found = self._sample(Window(int(self.tau[at]), int(self.tau[at])), ar, se, slice(at, at + 1), self.held[:, at])
        return _known(found, self.timeline, float(self.overlap[at]))

    def until(self, at: int) -> Sample:
        """Return the window from the first row to a day.

        Parameters
        ----------
        at : int
            Column of its last day.

        Returns
        -------
        Sample
        """
        window = Window(self.span.first, int(self.tau[at]))
        unknown = np.full(len(self.car), np.nan)
        found = self._sample(window, self.car[:, at], self.car_se[:, at], slice(0, at + 1), unknown)
        return _known(found, self.timeline, float(self.car_overlap[at]))

    def _sample(self, window: Window, car: FloatArray, se: FloatArray, at: slice, held: FloatArray) -> Sample:
        """Return the numbers of one window."""
        there = np.isfinite(car)[:, None]
        ar = np.where(there, self.ar[:, at], np.nan)
        return Sample(
            window=window,
            blocks=self.blocks,
            car=car,
            se=se,
            df=self.df,
            n_days=np.isfinite(ar).sum(axis=1),
            bhar=held,
            ar=ar,
            sar=ar / self.se[:, at],
            dates=self.dates,
            days=self.days[:, at],
            markets=self.markets,
            events=self.events,
            changes=self.changes,
        )


def _known(sample: Sample, timeline: Timeline, overlap: float) -> Sample:
    """Fill in what a sample would compute by passes over the blocks of its own."""
    # The number of pairs with few common days is only told in a note, and a table by day has none.
    vars(sample).update(timeline=timeline, shared=overlap, few_in_common=0)
    return sample


def _numbers(block: AbnormalReturns, summed: Sequence[Window]) -> dict[str, npt.NDArray[Any]]:
    """Return the columns of one block."""
    cars = [block.car(window) for window in summed]
    whole = np.isfinite(block.ar)
    return {
        "ar": block.ar.copy(),
        "se": np.where(whole, block.se, np.nan),
        "car": np.column_stack([car.car for car in cars]),
        "car_se": np.column_stack([car.se for car in cars]),
        "held": np.column_stack([block.bhar(Window(int(tau), int(tau))) for tau in block.tau]),
        "df": block.fitted.df.astype(np.float64),
        "days": label_numbers(block.sessions).astype(np.int32),
        "dates": block.rows["session"].to_numpy().astype("datetime64[D]"),
        "events": block.rows["event_id"].to_numpy(dtype=object),
        "markets": block.rows["market"].to_numpy(dtype=object),
    }


def _weights(block: AbnormalReturns, windows: Sequence[Window]) -> list[Weights]:
    """Return for each window its days, the sums over the pairs by day, and the number of pairs with a return in it."""
    return [_by_day(*window_weights(block, window)) for window in windows]


def _by_day(days: IntArray, weight: FloatArray) -> Weights:
    """Return the days, and by day the sums of the weights, of their squares and of ones, shape (3, D)."""
    there = weight != 0
    key, value = days[there], weight[there]
    first = np.int64(key.min()) if len(key) else np.int64(0)
    parts = (value, value**2, np.ones_like(value))
    sums = np.stack([np.bincount(key - first, weights=part) for part in parts]) if len(key) else np.zeros((3, 0))
    seen = sums[2] > 0
    days = np.asarray(first + np.flatnonzero(seen), dtype=np.int64)
    return days, np.asarray(sums[:, seen], dtype=np.float64), int((weight > 0).any(axis=1).sum())


def _overlap(parts: Sequence[Weights]) -> float:
    """Return the mean overlap of one window over all blocks, as `clusters.mean_overlap` has it."""
    days, sums = (np.concatenate([part[k] for part in parts], axis=-1) for k in (0, 1))
    n = sum(part[2] for part in parts)
    total, squares, count = (np.bincount(pd.factorize(days)[0], weights=row) for row in sums)
    # Days with a single pair contribute exactly zero, without rounding error.
    return float((total**2 - squares)[count > 1].sum()) / (n * (n - 1)) if n > 1 else 0.0
