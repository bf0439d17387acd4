"""What is done to a panel before it is estimated: outcomes of pairs with gaps, and other events taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..inference.abnormal import MIN_OBSERVATIONS
from ..inference.models.protocol import Model
from ..inference.overlaps import Meetings, Overlap, without_overlaps
from ..markets.alignment.events import mark_provisional
from ..panel import EventPanel
from ..windows import Window, covering
from .gaps import mark_gaps
from .inputs import Inputs
from .listed import Listed
from .own_windows import OwnWindows


@dataclass(frozen=True, kw_only=True, eq=False)
class Preparation:
    """How the panels of a study are prepared.

    Parameters
    ----------
    alignment : DataFrame
        One row per pair.
    inputs : Inputs
    model : Model
    windows : sequence of Window
    estimation : Window
    share : float
        Share of a window's days that must be there.
    overlap : {"keep", "exclude", "drop"}
    own : OwnWindows
        Windows that differ between pairs.
    listed : Listed
        Events whose days are left out of the estimation.
    least : int
        Estimation rows that a pair needs.
    """

    alignment: pd.DataFrame
    inputs: Inputs
    model: Model
    windows: Sequence[Window]
    estimation: Window
    share: float
    overlap: str
    own: OwnWindows = field(default_factory=OwnWindows)
    listed: Listed = field(default_factory=Listed)
    least: int = MIN_OBSERVATIONS

    @property
    def every(self) -> tuple[Window, ...]:
        """The windows of the study, and the one that covers the own windows of the pairs."""
        return (*self.windows, *self.own.window)

    @property
    def span(self) -> Window:
        """Rows from the first to the last window."""
        return covering(self.every)

    @property
    def needs_meetings(self) -> bool:
        """Whether other events of the same market change what is estimated."""
        return self.overlap != Overlap.KEEP

    def panel(
        self,
        panel: EventPanel,
        numbers: npt.NDArray[np.int64],
        meetings: Meetings | None,
        ids: npt.NDArray[np.object_],
    ) -> tuple[EventPanel, pd.DataFrame]:
        """Prepare the panel of some of the pairs.

        Parameters
        ----------
        panel : EventPanel
        numbers : ndarray of int
            Their positions in `alignment`.
        meetings : Meetings or None
            Of all pairs; None where they change nothing.
        ids : ndarray
            ``event_id`` of all pairs; unused without meetings.

        Returns
        -------
        tuple of EventPanel and DataFrame
            The panel with the outcome of each pair, and the windows that lack days.
        """
        bars, own = self.inputs.prices, self.own.of(numbers)
        panel = own.on_panel(panel, self.estimation)
        if bars is not None:
            panel = mark_provisional(panel, bars, self.alignment.iloc[numbers], self.span.last)
        panel, lost = mark_gaps(panel, self.model, self.inputs, self.every, self.share, own.event)
        panel = self.listed.out_of(panel, self.estimation)
        if meetings is None:
            return panel, lost
        met = meetings.of_pairs(numbers)
        return without_overlaps(panel, met, ids, estimation=self.estimation, span=self.span, overlap=self.overlap), lost
