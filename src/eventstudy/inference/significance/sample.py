"""The input of the tests of many events: numbers of every pair for one window, and sums over the pairs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from ...windows import Window
from ..abnormal import AbnormalReturns
from ..models.least_squares import FloatArray, IntArray
from ..stream import first_of
from .calendar_sums import CalendarSums
from .cluster_sums import ClusterCells, ClusterPart
from .clusters import Clusters, mean_overlap, numbered
from .kernels import DaySums
from .merging import gather
from .moments import Moments
from .rank_sums import RankSums, Spread, rank_sums
from .residual_sums import ResidualSums, few_in_common
from .sample_sums import SampleSums, sums_by_date
from .window_sums import WindowSums

# Pairs with fewer than FEW common days are counted up to COUNTED events, since the work is quadratic.
COUNTED, FEW = 2_000, 20


def _second_pass(
    block: AbnormalReturns, spreads: Sequence[Spread], windows: Sequence[Window]
) -> tuple[tuple[RankSums, ...], tuple[ClusterPart, ...]]:
    """Return the ranks of one block, and what is to be summed by cluster."""
    ranks = rank_sums(block, spreads) if spreads else ()
    return ranks, tuple(ClusterPart.of(block, window) for window in windows)


def _placed(
    found: tuple[tuple[RankSums, ...], tuple[ClusterPart, ...]], *columns: npt.NDArray[Any]
) -> tuple[tuple[RankSums, ...], tuple[ClusterCells, ...]]:
    """Return the sums of one block whose clusters are known."""
    ranks, parts = found
    placed = zip(parts, columns[::2], columns[1::2], strict=True)
    return ranks, tuple(part.placed(label, first) for part, label, first in placed)


@dataclass(frozen=True, kw_only=True, eq=False)
class Samples:
    """The samples of several windows over the same pairs, collected together.

    The abnormal returns may come in blocks that are computed on demand: everything is summed in one pass over them, and
    the ranks, which need the cross-sectional deviations of all pairs, in a second one.

    Parameters
    ----------
    blocks : iterable of AbnormalReturns
        Can be iterated more than once; a list with one element for a study in memory.
    windows : tuple of Window
    collected : SampleSums, optional
        Of these blocks and windows, where they were summed before.
    """

    blocks: Iterable[AbnormalReturns]
    windows: tuple[Window, ...]
    collected: SampleSums | None = None

    @cached_property
    def sums(self) -> SampleSums:
        """Numbers of every pair, and sums by day and by date."""
        if self.collected is not None:
            return self.collected
        sums: SampleSums = gather(self.blocks, partial(SampleSums.of, windows=self.windows, calendar=False))
        return sums

    @cached_property
    def calendar(self) -> tuple[CalendarSums, ...]:
        """Sums by the calendar dates of every window."""
        if self.sums.calendar:
            return self.sums.calendar
        found: tuple[CalendarSums, ...] = gather(self.blocks, partial(sums_by_date, windows=self.windows))
        return found

    @property
    def ranks(self) -> tuple[RankSums, ...]:
        """Sums of ranks and signs of every window."""
        return self._second[0]

    @cached_property
    def _second(self) -> tuple[tuple[RankSums, ...], dict[Window, ClusterCells]]:
        """The ranks of every window, and on the way the sums by cluster."""
        return self._pass(
            [
                Spread(window=window, daily=_spread(part.sar), whole=float(_spread(Moments.of(part.car / part.se))))
                for window, part in zip(self.windows, self.sums.windows, strict=True)
            ]
        )

    @cached_property
    def by_cluster(self) -> dict[Window, ClusterCells]:
        """Sums by cluster of the windows whose clusters are a date each, which statistics over clusters need."""
        return (self._second if "_second" in self.__dict__ else self._pass([]))[1]

    def _pass(self, spreads: Sequence[Spread]) -> tuple[tuple[RankSums, ...], dict[Window, ClusterCells]]:
        """Sum over the blocks once more: by cluster, and the ranks where there are spreads."""
        windows = [window for window, found in self.clusters.items() if found.count > 1 and not found.chained]
        columns = [column for window in windows for column in self.clusters[window].columns]
        take = partial(_second_pass, spreads=spreads, windows=windows)
        ranks, cells = gather(self.blocks, take, *columns, place=_placed)
        return ranks, dict(zip(windows, cells, strict=True))

    @cached_property
    def clusters(self) -> dict[Window, Clusters]:
        """Clusters of pairs that share an event or a day of the window."""
        days, codes = self.sums.residuals.day_zero, self.event_codes
        held = [part.held for part in self.sums.windows]
        return {
            window: Clusters.of(codes, days, one.which, one.days)
            for window, one in zip(self.windows, held, strict=True)
        }

    @cached_property
    def event_codes(self) -> IntArray:
        """Number of the event of every pair, from 0, shape (n,)."""
        return numbered(self.sums.residuals.events)

    @cached_property
    def first(self) -> AbnormalReturns:
        """The first block with a pair."""
        return first_of(self.blocks)

    @cached_property
    def few_in_common(self) -> int:
        """Number of pairs of events with fewer than 20 common estimation dates (bars); zero beyond 2,000 events."""
        return few_in_common(self.blocks, FEW) if len(self.sums.residuals.events) <= COUNTED else 0

    def __iter__(self) -> Iterator[Sample]:
        return (Sample(samples=self, window=window) for window in self.windows)


@dataclass(frozen=True, kw_only=True, eq=False)
class Sample:
    """One window over n events (or event-market pairs).

    Parameters
    ----------
    samples : Samples
        Of this and other windows over the same pairs.
    window : Window
        W days.
    """

    samples: Samples
    window: Window

    @classmethod
    def of(cls, abnormal: AbnormalReturns | Iterable[AbnormalReturns], window: Window) -> Sample:
        """Collect the numbers for one window.

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
        return cls(samples=Samples(blocks=blocks, windows=(window,)), window=window)

    def __len__(self) -> int:
        return len(self.car)

    @property
    def blocks(self) -> Iterable[AbnormalReturns]:
        """The abnormal returns."""
        return self.samples.blocks

    @property
    def _number(self) -> int:
        """Position of the window among those that are collected together."""
        return self.samples.windows.index(self.window)

    @property
    def sums(self) -> WindowSums:
        """Numbers of every pair, and sums over the pairs, of this window."""
        return self.samples.sums.windows[self._number]

    @property
    def timeline(self) -> ResidualSums:
        """Sums of the estimation residuals, the same for every window."""
        return self.samples.sums.residuals

    @property
    def calendar(self) -> CalendarSums:
        """Sums by the calendar dates of this window."""
        return self.samples.calendar[self._number]

    @property
    def ranks(self) -> RankSums:
        """Sums of ranks and signs."""
        return self.samples.ranks[self._number]

    @property
    def changes(self) -> bool:
        """Whether the returns are price changes."""
        return self.samples.first.changes

    @property
    def car(self) -> FloatArray:
        """Cumulative abnormal returns (fractions), shape (n,)."""
        return self.sums.car

    @property
    def se(self) -> FloatArray:
        """Standard errors of the cumulative abnormal returns, shape (n,)."""
        return self.sums.se

    @property
    def df(self) -> FloatArray:
        """Degrees of freedom, shape (n,)."""
        return self.sums.df

    @property
    def n_days(self) -> IntArray:
        """Days present in the window, shape (n,)."""
        return self.sums.n_days

    @property
    def bhar(self) -> FloatArray:
        """Buy-and-hold abnormal returns, shape (n,)."""
        return self.sums.bhar

    @property
    def dates(self) -> npt.NDArray[np.datetime64]:
        """Day 0 of every pair, shape (n,)."""
        return self.timeline.day_zero

    @property
    def markets(self) -> npt.NDArray[np.object_] | IntArray:
        """Market of every pair, or its number, shape (n,)."""
        return self.timeline.markets

    @property
    def events(self) -> npt.NDArray[np.object_] | IntArray:
        """Event of every pair, or its number, shape (n,)."""
        return self.timeline.events

    @cached_property
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
    def derived(self) -> dict[tuple[object, ...], Any]:
        """Cache of results that several tests share, by name."""
        return {}

    @property
    def clusters(self) -> Clusters:
        """Clusters of pairs that share an event or a day of the window."""
        return self.samples.clusters[self.window]

    @cached_property
    def cluster_correlation(self) -> float:
        """Mean correlation of the mean SCARs of different clusters, see `ClusterCells.correlation`.

        Of windows whose clusters are a date each.
        """
        return self.samples.by_cluster[self.window].correlation(self.clusters.count)

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
        return mean_overlap(self.sums.overlap, self.n)

    @property
    def residual_correlation(self) -> float:
        """Mean correlation of the residuals of different events on the same calendar dates, or in the same bars.

        From sums by date, for any number of events: ``sum_t [(sum_i z)² - sum_i z²] / sum_t n_t (n_t - 1)``.
        """
        return self.timeline.correlation

    @property
    def few_in_common(self) -> int:
        """Number of pairs of events with fewer than 20 common estimation dates (bars); zero beyond 2,000 events."""
        return self.samples.few_in_common

    def event_columns(self, sums: DaySums) -> slice:
        """Return the positions of the window's days among the days of the sums of `ranks`.

        Parameters
        ----------
        sums : DaySums

        Returns
        -------
        slice
        """
        first = self.samples.first
        at = first.columns(self.window)
        start = sums.total.shape[-1] - first.span.length + at.start
        return slice(start, start + self.window.length)


def _spread(moments: Moments) -> FloatArray:
    """Return the standard deviation over the events; NaN where they differ only by rounding error."""
    spread = moments.deviation
    return np.asarray(np.where(spread > 0, spread, np.nan))
