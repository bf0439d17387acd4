"""The pairs of a study: estimated once, and their large arrays computed again when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..inference.abnormal import AbnormalReturns
from ..inference.direct import DirectFits
from ..inference.direct_returns import DirectPairs
from ..inference.estimates import Estimates
from ..inference.estimation import as_index
from ..inference.models.least_squares import FloatArray
from ..inference.overlaps import Meetings, listed
from ..inference.significance.merging import fold, gather
from ..inference.significance.resampling import placebo_p
from ..inference.significance.sample import Samples
from ..inference.significance.sample_sums import SampleSums
from ..inference.stream import BLOCK, EventStream, walk
from ..panel import EventPanel, with_words
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
        ids = np.empty(0, dtype=object) if met is None else self._ids
        prepared, lost = self.preparation.panel(panel, numbers, met, ids)
        return prepared, lost, self.estimate(prepared)

    def unprepared(self) -> EventPanel:
        """Return the panel of all pairs before gaps and overlaps are treated.

        Returns
        -------
        EventPanel
        """
        return self.source if isinstance(self.source, EventPanel) else self.source.panel()

    def _cut(self, numbers: IntArray) -> tuple[EventPanel, pd.DataFrame, AbnormalReturns]:
        """Cut, prepare and estimate the panel of some of the pairs."""
        assert isinstance(self.source, PanelSource)
        return self._estimated(self.source.panel(numbers), numbers)

    def _abnormal_of(self, numbers: IntArray) -> AbnormalReturns:
        """Return the abnormal returns of some of the pairs."""
        if self._direct is not None:
            return self._direct[0].block(numbers)
        return self._cut(numbers)[2]

    @property
    def abnormal(self) -> AbnormalReturns:
        """Abnormal returns of all usable pairs."""
        return self._whole[2]

    @property
    def panel(self) -> EventPanel:
        """Returns in event time of the usable pairs."""
        return self._whole[0].only(np.asarray(self.abnormal.outcomes["outcome"] == "ok", dtype=bool))

    @property
    def blocks(self) -> list[AbnormalReturns] | EventStream:
        """The abnormal returns in one piece, or in blocks computed on demand."""
        # Not kept: blocks hold this object, and what holds itself stays in memory until Python looks for it.
        if isinstance(self.source, EventPanel) or len(self.source) <= KEPT:
            return [self.abnormal]
        return EventStream(source=self.source, estimate=self._abnormal_of, block=BLOCK)

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
        source = self.source
        chosen = np.arange(len(source.rows)) if numbers is None else numbers

        def of(panel: EventPanel, pairs: IntArray) -> AbnormalReturns:
            found = self._estimated(panel, pairs)[2]
            return self.preparation.own.of(pairs).on_returns(found) if own else found

        if isinstance(source, EventPanel):
            return [of(source.only(np.isin(np.arange(len(source.rows)), chosen)), chosen)]
        if len(chosen) <= KEPT:
            return [of(source.panel(chosen), chosen)]
        part = source.only(chosen)
        return EventStream(source=part, estimate=lambda at: of(source.panel(chosen[at]), chosen[at]), block=BLOCK)

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

        windows = tuple(windows)
        if self._direct is not None:
            direct, lacking = self._direct
            estimates = direct.fits.estimates(direct.outcomes, self.preparation.share)
            summed = gather(blocks, partial(SampleSums.of, windows=windows)) if tested and len(estimates) else None
            return estimates, lacking, Samples(blocks=blocks, windows=windows, collected=summed)

        def take(numbers: IntArray) -> tuple[Estimates, pd.DataFrame, SampleSums | None]:
            _, lost, abnormal = self._cut(numbers)
            sums = SampleSums.of(abnormal, windows) if tested and len(abnormal) else None
            return self._numbers(abnormal, windows, self.preparation.own.of(numbers)), lost, sums

        parts, lost, sums = zip(*blocks.each(take), strict=True)
        collected = fold([one for one in sums if one is not None]) if any(sums) else None
        joined = Estimates.joined(parts, np.concatenate(blocks.blocks), self.source.rows)
        return joined, _one_frame(lost), Samples(blocks=blocks, windows=windows, collected=collected)

    @cached_property
    def _direct(self) -> tuple[DirectPairs, pd.DataFrame] | None:
        """The pairs made without panels, and the windows that lack days; None where panels are needed.

        A pair of which the loops cannot tell whether it can be used is estimated from its panel, for its outcome.
        """
        ready, source, blocks = self.preparation, self.source, self.blocks
        special = ready.needs_meetings or ready.own.differ or ready.listed.events or ready.estimation.last > 0
        if not isinstance(blocks, EventStream) or special:
            return None
        fits = DirectFits.of(blocks.source, ready.model, ready.estimation, ready.windows)
        if fits is None:
            return None
        # Prices may not reach to the last day of a window yet: then a panel tells how many days are to come.
        doubtful = fits.doubtful(ready.share if ready.inputs.prices is None else 1.0, ready.least)
        first = int(np.argmin(doubtful))
        doubtful[first] = True
        rest = np.flatnonzero(doubtful)
        slow = replace(blocks, source=blocks.source.only(rest))

        # From the source of these pairs alone: that of all would first make the labels of all.
        def cut(pairs: IntArray) -> tuple[EventPanel, pd.DataFrame, AbnormalReturns]:
            return self._estimated(slow.source.panel(pairs), rest[pairs])

        parts = [(pairs, *cut(pairs)[1:]) for pairs in slow.blocks]
        outcomes = _with_outcomes(source.rows, rest, [(pairs, found.outcomes) for pairs, _, found in parts])
        lost = _one_frame([lost for _, lost, _ in parts])
        like = cut(np.searchsorted(rest, [first]))[2]
        made = DirectPairs(fits=fits, outcomes=outcomes, like=like)
        return (made, lost) if np.isfinite(fits.fit[as_index(made.usable)]).all() else None

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


def _one_frame(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the lines of several frames as one."""
    return pd.concat([one for one in parts if len(one)] or list(parts), ignore_index=True)


def _with_outcomes(rows: pd.DataFrame, pairs: IntArray, parts: Sequence[tuple[IntArray, pd.DataFrame]]) -> pd.DataFrame:
    """Return the rows of all pairs with the outcomes and details of some of them."""
    where, found = np.concatenate([pairs[at] for at, _ in parts]), _one_frame([one for _, one in parts])
    return rows.assign(**{name: with_words(rows[name], where, found[name]) for name in ("outcome", "detail")})
