"""Windows that single events bring along, in place of the study's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import UsageError
from ..inference.abnormal import ROUNDING, AbnormalReturns
from ..inference.battery import TestPlan, run_tests
from ..panel import EventPanel, Outcome
from ..windows import Window, check_before_event, check_disjoint, covering
from . import tables as frames

OWN = "own"
Bounds = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class OwnWindows:
    """Own windows of the pairs of a study, where they differ between pairs.

    Parameters
    ----------
    estimation, window : tuple of Window
        One a pair, in the order of the study; empty where all pairs have the study's.
    """

    estimation: tuple[Window, ...] = ()
    window: tuple[Window, ...] = ()

    @property
    def covering(self) -> tuple[Window, ...]:
        """The rows that the own event windows cover, as one window; empty where there are none."""
        return (covering(self.window),) if self.window else ()

    def on_panel(self, panel: EventPanel) -> EventPanel:
        """Return a panel without the returns before and after each pair's own estimation window.

        Parameters
        ----------
        panel : EventPanel

        Returns
        -------
        EventPanel
        """
        if not self.estimation:
            return panel
        whole, inside = covering(self.estimation), _inside(panel.tau, self.estimation)
        outside = (panel.tau >= whole.first) & (panel.tau <= whole.last) & ~inside
        return replace(panel, returns=np.where(outside, np.nan, panel.returns))

    def on_returns(self, abnormal: AbnormalReturns, share: float) -> AbnormalReturns:
        """Return abnormal returns of the rows of each pair's own event window; none where it lacks too many of them.

        Parameters
        ----------
        abnormal : AbnormalReturns
            Of the usable pairs.
        share : float
            Share of a window's days that must be there.

        Returns
        -------
        AbnormalReturns
            Their sum over all rows is the cumulative abnormal return of each pair's own window.
        """
        usable = abnormal.outcomes["outcome"].eq(Outcome.OK).to_numpy()
        inside = _inside(abnormal.tau, [one for one, kept in zip(self.window, usable, strict=True) if kept])
        ar = np.where(inside, abnormal.ar, np.nan)
        there = np.isfinite(ar).sum(axis=1)
        enough = (there > 0) & (there >= share * inside.sum(axis=1) - ROUNDING)
        return replace(abnormal, ar=np.where(enough[:, None], ar, np.nan), min_window_share=0.0)

    def frames(
        self, abnormal: AbnormalReturns, share: float, plan: TestPlan, lost: pd.DataFrame
    ) -> dict[str, pd.DataFrame]:
        """Return lines of the own windows for the frames ``car``, ``events`` and ``tests``; the window is ``own``.

        Parameters
        ----------
        abnormal : AbnormalReturns
        share : float
            Share of a window's days that must be there.
        plan : TestPlan
        lost : DataFrame
            Windows without a sum, of `mark_gaps`.

        Returns
        -------
        dict of str to DataFrame
            Empty where the pairs have no event windows of their own.
        """
        if not self.window:
            return {}
        mine, whole = self.on_returns(abnormal, share), [covering(self.window)]
        found = {
            "car": frames.car(mine, whole, lost),
            "events": frames.events(mine, whole, lost),
            "tests": run_tests(mine, whole, plan),
        }
        return {name: frame.assign(window=OWN) for name, frame in found.items()}


def own_windows(
    bounds: pd.DataFrame, estimation: Window, windows: Sequence[Window]
) -> tuple[Window, tuple[Window, ...], OwnWindows]:
    """Return the windows of a study whose events bring their own.

    Parameters
    ----------
    bounds : DataFrame
        ``estimation_first, estimation_last, window_first, window_last`` of each pair, or some of these columns; a pair
        without has the study's estimation window and the first of its event windows.
    estimation : Window
    windows : sequence of Window
        Of the study.

    Returns
    -------
    tuple of Window, tuple of Window and OwnWindows
        The estimation window that covers all, the event windows (first the one that all events bring), and those that
        differ between pairs.

    Raises
    ------
    UsageError
        If a line gives one bound of two, or an estimation window does not end before every event window.
    """
    own = {
        "estimation": _pairs(bounds, "estimation", estimation),
        "window": _pairs(bounds, "window", windows[0]),
    }
    differing = {kind: pairs for kind, pairs in own.items() if len(set(pairs)) > 1}
    if len(set(own["window"])) == 1:
        windows = tuple(dict.fromkeys((own["window"][0], *windows)))
    if own["estimation"]:
        estimation = covering(own["estimation"])
    try:
        for window in set(own["estimation"]):
            check_before_event(window)
        check_disjoint(estimation, (*windows, *differing.get("window", ())))
    except UsageError as error:
        raise UsageError(f"events: {error}") from None
    return estimation, tuple(windows), OwnWindows(**differing)


def _pairs(bounds: pd.DataFrame, kind: str, otherwise: Window) -> tuple[Window, ...]:
    """Return the window of a kind of each pair; empty where no pair has one of its own."""
    names = [f"{kind}_first", f"{kind}_last"]
    given = [name for name in names if name in bounds]
    if not given:
        return ()
    there = bounds.reindex(columns=names).notna()
    halves = there.any(axis=1) & ~there.all(axis=1)
    if halves.any():
        raise UsageError(f"events: {names[0]} and {names[1]} go together; give both or neither in each line")
    found = [
        Window(int(first), int(last)) if pd.notna(first) else otherwise
        for first, last in bounds[names].astype(object).to_numpy()
    ]
    return tuple(found) if there.any(axis=None) else ()


def _inside(tau: npt.NDArray[np.int64], windows: Sequence[Window]) -> npt.NDArray[np.bool_]:
    """Return which rows of event time lie in the window of each pair."""
    bounds = np.array([[window.first, window.last] for window in windows])
    return np.asarray((tau >= bounds[:, :1]) & (tau <= bounds[:, 1:]))
