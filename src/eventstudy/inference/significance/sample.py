"""The input of the tests of many events: numbers per event for one window, and sums over time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from ...panel import label_numbers
from ...windows import Window
from ..abnormal import AbnormalReturns
from ..models.least_squares import NO_VARIANCE, FloatArray, IntArray
from ..stream import EventStream, first_of, walk
from . import kernels, rank_kernels
from .clusters import Clusters, mean_overlap
from .kernels import DaySums
from .residual_sums import Timeline, few_in_common, sum_of

# Pairs with fewer than FEW common days are counted up to COUNTED events, since the work is quadratic.
COUNTED, FEW = 2_000, 20


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One window over n events (or event-market pairs).

    The abnormal returns may come in blocks that are computed on demand: what depends on the estimation residuals is
    accumulated over the blocks, so that a million events need the memory of a few blocks.

    Parameters
    ----------
    window : Window
        W days.
    blocks : iterable of AbnormalReturns
        Can be iterated more than once; a list with one element for a study in memory.
    car, se : ndarray, shape (n,)
        Cumulative abnormal return and its standard error (fractions).
    df, n_days : ndarray, shape (n,)
        Degrees of freedom, and days present in the window.
    bhar : ndarray, shape (n,)
        Buy-and-hold abnormal returns.
    ar, sar : ndarray, shape (n, W)
        Daily abnormal returns, and the same over their standard errors.
    dates : ndarray of datetime64[D], shape (n,)
        Day 0.
    days : ndarray of int32, shape (n, W)
        Session of each day of the window, in days since 1970-01-01; in bars the minute at which each opens.
    markets, events : ndarray of object, shape (n,)
        Identifiers.
    changes : bool
        Whether the returns are price changes.
    """

    window: Window
    blocks: Iterable[AbnormalReturns]
    car: FloatArray
    se: FloatArray
    df: FloatArray
    n_days: IntArray
    bhar: FloatArray
    ar: FloatArray
    sar: FloatArray
    dates: npt.NDArray[np.datetime64]
    days: npt.NDArray[np.int32]
    markets: npt.NDArray[np.object_]
    events: npt.NDArray[np.object_]
    changes: bool = False

    @classmethod
    def of(cls, abnormal: AbnormalReturns | Iterable[AbnormalReturns], window: Window) -> Sample:
        """Collect the numbers per event for one window.

        Parameters
        ----------
        abnormal : AbnormalReturns or iterable of AbnormalReturns
            In one piece, or in blocks.
        window : Window

        Returns
        -------
        Sample
        """
        blocks = [abnormal] if isinstance(abnormal, AbnormalReturns) else abnormal
        rows = len(blocks) if isinstance(blocks, EventStream) else sum(map(len, blocks))
        stacked = _stacked(walk(blocks, lambda block: _block(block, window)), rows)
        return cls(window=window, blocks=blocks, changes=first_of(blocks).changes, **stacked)

    def __len__(self) -> int:
        return len(self.car)

    @property
    def n(self) -> int:
        """Number of events with a cumulative abnormal return."""
        return int(np.isfinite(self.car).sum())

    @property
    def scar(self) -> FloatArray:
        """CAR over its standard error, shape (n,)."""
        return self.car / self.se

    @property
    def n_dates(self) -> int:
        """Number of distinct days 0 among the events present."""
        return len(np.unique(self.dates[np.isfinite(self.car)]))

    @cached_property
    def timeline(self) -> Timeline:
        """Sums of the estimation residuals."""
        return Timeline.of(self.blocks)

    @cached_property
    def clusters(self) -> Clusters:
        """Clusters of pairs that share an event or a day of the window."""
        present = np.isfinite(self.ar) & np.isfinite(self.car)[:, None]
        return Clusters.of(self.events, self.dates, self.days.astype(np.int64), present)

    @property
    def correlation(self) -> float:
        """Mean correlation of the window's CARs over all pairs of events (Kolari & Pynnönen 2010).

        The mean correlation of the residuals times `shared`, which is one where all events are on one date, as in the
        paper.
        """
        return 0.0 if self.shared == 0 else self.shared * self.residual_correlation

    @cached_property
    def shared(self) -> float:
        """Mean overlap of the windows of pairs of events, see `clusters.mean_overlap`."""
        return mean_overlap(self.blocks, self.window) if self.n > 1 else 0.0

    @property
    def residual_correlation(self) -> float:
        """Mean correlation of the residuals of different events on the same calendar dates, or in the same bars.

        From sums by date, for any number of events: ``sum_t [(sum_i z)² - sum_i z²] / sum_t n_t (n_t - 1)``.
        """
        return self.timeline.correlation

    @cached_property
    def few_in_common(self) -> int:
        """Number of pairs of events with fewer than 20 common estimation dates (bars); zero beyond 2,000 events."""
        return few_in_common(self.blocks, FEW) if len(self) <= COUNTED else 0

    @property
    def rank_sums(self) -> DaySums:
        """Scaled ranks of the abnormal returns over estimation window and span, summed by day."""
        return self._plain[0]

    @property
    def sign_sums(self) -> DaySums:
        """Signs of the deviations from each event's median, summed by day."""
        return self._plain[1]

    @property
    def restandardised_sums(self) -> DaySums:
        """Ranks of standardised returns (in the window over their cross-sectional deviation), summed by day."""
        return self._standardised[0]

    @property
    def generalised_ranks(self) -> tuple[DaySums, FloatArray, FloatArray]:
        """Sums by day of generalised ranks (the event last), the events' own ranks, and numbers of days ranked."""
        return self._standardised[1:]

    @cached_property
    def _plain(self) -> tuple[DaySums, DaySums]:
        """Sums of ranks and signs, in one pass over the blocks."""
        ranks, signs = zip(*walk(self.blocks, lambda block: _plain_sums(block, self.window)), strict=True)
        return sum_of(ranks), sum_of(signs)

    @cached_property
    def _standardised(self) -> tuple[DaySums, DaySums, FloatArray, FloatArray]:
        """Sums of both kinds of standardised ranks, in one pass over the blocks."""
        daily, whole = _spread(self.sar.T), _spread(self.scar)
        parts = walk(self.blocks, lambda block: _standardised_sums(block, self.window, daily, whole))
        restandardised, generalised, own, ranked = zip(*parts, strict=True)
        return sum_of(restandardised), sum_of(generalised), np.concatenate(own), np.concatenate(ranked)

    def event_columns(self, sums: DaySums) -> slice:
        """Return the positions of the window's days among the days of `rank_sums` and similar sums.

        Parameters
        ----------
        sums : DaySums

        Returns
        -------
        slice
        """
        first = first_of(self.blocks)
        at = first.columns(self.window)
        start = sums.total.shape[-1] - first.span.length + at.start
        return slice(start, start + self.window.length)


def _spread(x: FloatArray) -> FloatArray:
    """Return the standard deviation over the events; NaN where they differ only by rounding error."""
    spread = kernels.deviation(x)
    return np.where(spread > NO_VARIANCE * np.abs(kernels.mean(x)), spread, np.nan)


def _whole(block: AbnormalReturns, window: Window, values: FloatArray) -> FloatArray:
    """Return values by day, with NaN in the window for pairs that have too few days of it."""
    lost = ~block.complete(window)
    if not lost.any():
        return values
    kept, at = values.copy(), block.columns(window)
    kept[lost, at] = np.nan
    return kept


def _plain_sums(block: AbnormalReturns, window: Window) -> tuple[DaySums, DaySums]:
    """Return one block's sums of ranks and of signs."""
    series = np.concatenate([block.fitted.residuals, _whole(block, window, block.daily_ar)], axis=1)
    return DaySums.of(rank_kernels.scaled_ranks(series)), DaySums.of(rank_kernels.median_signs(series))


def _standardised_sums(
    block: AbnormalReturns, window: Window, daily: FloatArray, whole: FloatArray
) -> tuple[DaySums, DaySums, FloatArray, FloatArray]:
    """Return one block's sums of restandardised and of generalised ranks, the events' own ranks and the days ranked."""
    residuals = block.fitted.residuals / block.fitted.sigma[:, None]
    sar, scar = _whole(block, window, block.sar), block.car(window).t[:, None]
    sar[:, block.columns(window)] /= daily
    restandardised = rank_kernels.scaled_ranks(np.concatenate([residuals, sar], axis=1))
    series = np.concatenate([residuals, scar / whole], axis=1)
    u = np.where(np.isfinite(series[:, -1:]), rank_kernels.scaled_ranks(series), np.nan)
    return DaySums.of(restandardised), DaySums.of(u), u[:, -1].copy(), kernels.count(series)


def _block(block: AbnormalReturns, window: Window) -> dict[str, npt.NDArray[Any]]:
    """Return the numbers per event of one block."""
    at, car = block.columns(window), block.car(window)
    return {
        "car": car.car,
        "se": car.se,
        "df": car.df.astype(np.float64),
        "n_days": car.n_days,
        "bhar": block.bhar(window),
        "ar": _whole(block, window, block.ar)[:, at],
        "sar": _whole(block, window, block.sar)[:, at],
        "dates": block.rows["session"].to_numpy().astype("datetime64[D]"),
        "days": label_numbers(block.sessions[:, at]).astype(np.int32),
        "markets": block.rows["market"].to_numpy(dtype=object),
        "events": block.rows["event_id"].to_numpy(dtype=object),
    }


def _stacked(parts: Iterator[dict[str, npt.NDArray[Any]]], rows: int) -> dict[str, Any]:
    """Concatenate the blocks, of at most `rows` events in all; each is released once it is copied."""
    first = next(parts)
    whole = {name: np.empty((rows, *values.shape[1:]), values.dtype) for name, values in first.items()}
    filled = 0
    for part in chain([first], parts):
        start, filled = filled, filled + len(part["car"])
        for name, values in part.items():
            whole[name][start:filled] = values
    return {name: values[:filled] for name, values in whole.items()}
