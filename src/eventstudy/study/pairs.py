"""The pairs of a study: estimated once, and their large arrays computed again when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..inference.abnormal import AbnormalReturns
from ..inference.direct import direct_estimates
from ..inference.estimates import Estimates
from ..inference.models.least_squares import FloatArray
from ..inference.overlaps import Meetings, listed
from ..inference.significance.merging import fold
from ..inference.significance.resampling import placebo_p
from ..inference.significance.sample import Samples, SampleSums
from ..inference.stream import BLOCK, EventStream, walk
from ..panel import EventPanel
from ..panel_source import PanelSource
from ..windows import Window
from .own_windows import OwnWindows
from .preparation import Preparation

IntArray = npt.NDArray[np.int64]
# Beyond this many pairs the returns in event time are not kept: they are computed in blocks, again for each use.
KEPT = 20_000


@dataclass(frozen=True, kw_only=True, eq=False)
class Pairs:
    """The n event-market pairs of a study.

    Parameters
    ----------
    source : PanelSource or EventPanel
        A panel where event time counts bars.
    preparation : Preparation
    estimate : callable
        From a prepared panel to its abnormal returns.
    """

    source: PanelSource | EventPanel
    preparation: Preparation
    estimate: Callable[[EventPanel], AbnormalReturns]

    @cached_property
    def _ids(self) -> npt.NDArray[np.object_]:
        """The event_id of every pair."""
        return self.source.rows["event_id"].to_numpy(dtype=object)

    @property
    def span(self) -> Window:
        """Rows from the first to the last window."""
        return self.preparation.span

    @cached_property
    def _whole(self) -> tuple[EventPanel, pd.DataFrame, AbnormalReturns]:
        """The panel of all pairs, the windows that lack days, and the abnormal returns."""
        panel = self.unprepared()
        return self._estimated(panel, np.arange(len(panel.rows)))

    def _estimated(self, panel: EventPanel, numbers: IntArray) -> tuple[EventPanel, pd.DataFrame, AbnormalReturns]:
        """Prepare and estimate a panel."""
        met = self.meetings if self.preparation.needs_meetings else None
        prepared, lost = self.preparation.panel(panel, numbers, met, self._ids)
        return prepared, lost, self.estimate(prepared)

    def unprepared(self) -> EventPanel:
        """Return the panel of all pairs before gaps and overlaps are treated.

        Returns
        -------
        EventPanel
        """
        return self.source if isinstance(self.source, EventPanel) else self.source.panel()

    def _abnormal_of(self, panel: EventPanel, numbers: IntArray) -> AbnormalReturns:
        """Return the abnormal returns of the pairs of a panel."""
        return self._estimated(panel, numbers)[2]

    @property
    def abnormal(self) -> AbnormalReturns:
        """Abnormal returns of all usable pairs."""
        return self._whole[2]

    @property
    def panel(self) -> EventPanel:
        """Returns in event time of the usable pairs."""
        return self._whole[0].only(np.asarray(self.abnormal.outcomes["outcome"] == "ok", dtype=bool))

    @cached_property
    def blocks(self) -> list[AbnormalReturns] | EventStream:
        """The abnormal returns in one piece, or in blocks computed on demand."""
        if isinstance(self.source, EventPanel) or len(self.source) <= KEPT:
            return [self.abnormal]
        return EventStream(source=self.source, estimate=self._abnormal_of, block=BLOCK)

    def _own_of(self, panel: EventPanel, numbers: IntArray) -> AbnormalReturns:
        """Return the abnormal returns of each pair's own event window alone."""
        return self.preparation.own.of(numbers).on_returns(self._abnormal_of(panel, numbers))

    def only(self, numbers: IntArray | None = None, *, own: bool = False) -> list[AbnormalReturns] | EventStream:
        """Return the abnormal returns of some of the pairs, estimated for them alone.

        Parameters
        ----------
        numbers : ndarray of int, optional
            Positions among all pairs; all by default.
        own : bool
            Whether to keep the rows of each pair's own event window alone.

        Returns
        -------
        list of AbnormalReturns, or EventStream
            In one piece, or in blocks computed on demand.
        """
        if numbers is None and not own:
            return self.blocks
        source, of = self.source, self._own_of if own else self._abnormal_of
        chosen = np.arange(len(source.rows)) if numbers is None else numbers
        if isinstance(source, EventPanel):
            return [of(source.only(np.isin(np.arange(len(source.rows)), chosen)), chosen)]
        if len(chosen) <= KEPT:
            return [of(source.panel(chosen), chosen)]
        return EventStream(source=source.only(chosen), estimate=lambda panel, at: of(panel, chosen[at]), block=BLOCK)

    def estimates(self, windows: Sequence[Window], *, tested: bool = False) -> tuple[Estimates, pd.DataFrame, Samples]:
        """Estimate every pair, in one pass.

        Parameters
        ----------
        windows : sequence of Window
        tested : bool
            Whether to sum what tests of many events need in the same pass.

        Returns
        -------
        tuple of Estimates, DataFrame and Samples
            The numbers of each pair, the windows that lack days, and the input of the tests.
        """
        blocks = self.blocks
        if not isinstance(blocks, EventStream):
            samples = Samples(blocks=blocks, windows=tuple(windows))
            return self._numbers(self._whole[2], windows, self.preparation.own), self._whole[1], samples

        def take(panel: EventPanel, numbers: IntArray) -> tuple[Estimates, pd.DataFrame, SampleSums | None]:
            _, lost, abnormal = self._estimated(panel, numbers)
            sums = SampleSums.of(abnormal, windows) if tested and len(abnormal) else None
            return self._numbers(abnormal, windows, self.preparation.own.of(numbers)), lost, sums

        known, rest = (None, np.arange(len(self.source.rows))) if tested else self._direct(windows)
        slow = blocks if known is None else replace(blocks, source=blocks.source.only(rest))
        parts, lost, sums = zip(*slow.each(lambda panel, at: take(panel, rest[at])), strict=True)
        collected = fold([one for one in sums if one is not None]) if any(sums) else None
        order = rest[np.concatenate(slow.blocks)]
        if known is not None:
            parts, order = (known, *parts), np.append(np.setdiff1d(np.arange(len(blocks)), rest), order)
        joined = Estimates.joined(parts, order, self.source.rows)
        lacking = pd.concat([one for one in lost if len(one)] or list(lost), ignore_index=True)
        return joined, lacking, Samples(blocks=blocks, windows=tuple(windows), collected=collected)

    def _direct(self, windows: Sequence[Window]) -> tuple[Estimates | None, IntArray]:
        """Return the numbers of the pairs that need no panel, and the others, which do."""
        ready, source, everyone = self.preparation, self.source, np.arange(len(self.source.rows))
        special = ready.needs_meetings or ready.own.differ or ready.listed.events or ready.estimation.last > 0
        if isinstance(source, EventPanel) or special:
            return None, everyone
        found = direct_estimates(source, ready.model, ready.estimation, windows, ready.least)
        return (None, everyone) if found is None else (found[0], everyone[~found[1]])

    def _numbers(self, abnormal: AbnormalReturns, windows: Sequence[Window], own: OwnWindows) -> Estimates:
        """Take the numbers of abnormal returns, those of the pairs' own windows among them."""
        found = Estimates.of(abnormal, windows)
        if not own.window:
            return found
        return found.and_cars(own.on_returns(abnormal), self.preparation.own.window)

    def placebos(self, windows: Sequence[Window], usable: npt.NDArray[np.bool_]) -> dict[Window, FloatArray]:
        """Return the placebo p-values of the usable pairs.

        Parameters
        ----------
        windows : sequence of Window
        usable : ndarray of bool, shape (n,)

        Returns
        -------
        dict of Window to ndarray
        """
        parts = [*walk(self.blocks, lambda block: [placebo_p(block, window) for window in windows])]
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
        order = self.order(usable)
        return dict(zip(windows, (column[order] for column in columns), strict=True))

    def order(self, usable: npt.NDArray[np.bool_]) -> IntArray | slice:
        """Return the index that puts values of the usable pairs, block after block, in the order of the pairs.

        Parameters
        ----------
        usable : ndarray of bool, shape (n,)

        Returns
        -------
        ndarray of int or slice
            All of them as they stand, where the blocks are in that order.
        """
        if not isinstance(self.blocks, EventStream):
            return slice(None)
        numbers = np.concatenate(self.blocks.blocks)
        return np.argsort(numbers[usable[numbers]])

    def overlaps(self) -> pd.DataFrame:
        """List the other events of the same market in an event's windows.

        Returns
        -------
        DataFrame
            As `eventstudy.inference.overlaps.overlapping_events`.
        """
        return listed(self.source.rows, self.meetings, self.preparation.estimation, self.span)

    @cached_property
    def meetings(self) -> Meetings:
        """Pairs of one market whose rows hold each other's day 0."""
        return Meetings.of(self.source)
