"""Windows that single events bring along, in place of the study's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import UsageError
from ..inference.abnormal import ROUNDING, AbnormalReturns
from ..inference.battery import TestPlan
from ..panel import EventPanel, Outcome
from ..windows import OwnWindow, Window, check_beside_event, check_disjoint, covering

IntArray = npt.NDArray[np.int64]
# Tests that take the CAR of each pair and its standard error, or days by date; others compare windows of one length.
OF_ANY_LENGTH = frozenset(
    {
        *("t", "cross_sectional_t", "patell", "kp_patell", "bmp", "kp_bmp", "skewness_t", "skewness_t_bootstrap"),
        *("two_way_clustered_t", "sign", "generalized_sign", "wilcoxon", "sign_flip", "bhar_t", "bhar_skewness_t"),
        *("calendar_time_t", "calendar_time_alpha", "wild_cluster", "block_bootstrap"),
    }
)


@dataclass(frozen=True, kw_only=True, eq=False)
class OwnWindows:
    """Windows of n pairs, where they differ between pairs.

    Parameters
    ----------
    estimation, event : ndarray of int, shape (n, 2), optional
        First and last row of each pair's window; None where all pairs have the study's.
    """

    estimation: IntArray | None = None
    event: IntArray | None = None

    @property
    def differ(self) -> bool:
        """Whether any windows differ between pairs."""
        return self.estimation is not None or self.event is not None

    @property
    def window(self) -> tuple[OwnWindow, ...]:
        """The rows that the own event windows cover, as one window; empty where there are none."""
        if self.event is None:
            return ()
        return (OwnWindow(int(self.event[:, 0].min()), int(self.event[:, 1].max())),)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What the method says of them; nothing where no windows differ."""
        kinds = {"estimation windows": self.estimation, "event windows": self.event}
        given = [name for name, pairs in kinds.items() if pairs is not None]
        said = (
            f"The list of events gives {' and '.join(given)} of single events; rows of event time in the method are "
            "those that all of them cover together."
        )
        return (said,) if given else ()

    def of(self, pairs: IntArray | npt.NDArray[np.bool_]) -> OwnWindows:
        """Return the windows of some of the pairs.

        Parameters
        ----------
        pairs : ndarray of int or bool

        Returns
        -------
        OwnWindows
        """
        event = None if self.event is None else self.event[pairs]
        return replace(self, estimation=None if self.estimation is None else self.estimation[pairs], event=event)

    def lengths(self, usable: npt.NDArray[np.bool_], otherwise: int) -> IntArray:
        """Return the rows of the estimation window of each usable pair.

        Parameters
        ----------
        usable : ndarray of bool, shape (n,)
        otherwise : int
            Of the study.

        Returns
        -------
        ndarray of int
        """
        if self.estimation is None:
            return np.full(int(usable.sum()), otherwise, dtype=np.int64)
        return np.asarray((self.estimation[:, 1] - self.estimation[:, 0] + 1)[usable])

    def on_panel(self, panel: EventPanel, estimation: Window) -> EventPanel:
        """Return a panel without the returns before and after each pair's own estimation window.

        Parameters
        ----------
        panel : EventPanel
            Of these pairs.
        estimation : Window
            The rows that the estimation windows of all pairs of the study cover.

        Returns
        -------
        EventPanel
        """
        if self.estimation is None:
            return panel
        among = (panel.tau >= estimation.first) & (panel.tau <= estimation.last)
        outside = among & ~_inside(panel.tau, self.estimation)
        return replace(panel, returns=np.where(outside, np.nan, panel.returns))

    def on_returns(self, abnormal: AbnormalReturns) -> AbnormalReturns:
        """Return abnormal returns of the rows of each pair's own event window; none where it lacks too many of them.

        Parameters
        ----------
        abnormal : AbnormalReturns
            Of the usable ones of these pairs.

        Returns
        -------
        AbnormalReturns
            Their sum over all rows is the cumulative abnormal return of each pair's own window.
        """
        assert self.event is not None
        inside = _inside(abnormal.tau, self.event[np.asarray(abnormal.outcomes["outcome"] == Outcome.OK)])
        ar = np.where(inside, abnormal.ar, np.nan)
        there = np.isfinite(ar).sum(axis=1)
        enough = (there > 0) & (there >= abnormal.min_window_share * inside.sum(axis=1) - ROUNDING)
        return replace(abnormal, ar=np.where(enough[:, None], ar, np.nan), min_window_share=0.0)

    def plan(self, plan: TestPlan) -> TestPlan:
        """Return the tests of a plan that windows of several lengths allow.

        Parameters
        ----------
        plan : TestPlan

        Returns
        -------
        TestPlan
        """
        return replace(plan, names=tuple(test for test in plan.names if test in OF_ANY_LENGTH))


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
    given = {
        "estimation": _bounds(bounds, "estimation", estimation),
        "event": _bounds(bounds, "window", windows[0]),
    }
    own = {kind: pairs for kind, pairs in given.items() if pairs is not None}
    try:
        distinct = {kind: _distinct(pairs) for kind, pairs in own.items()}
        if "estimation" in distinct:
            estimation = _of_all(estimation, distinct["estimation"])
        if len(distinct.get("event", ())) == 1:
            windows = tuple(dict.fromkeys((*distinct["event"], *windows)))
        check_disjoint(estimation, (*windows, *distinct.get("event", ())))
    except UsageError as error:
        raise UsageError(f"events: {error}") from None
    return estimation, tuple(windows), OwnWindows(**_differing(own, distinct))


def _of_all(declared: Window, own: Sequence[Window]) -> Window:
    """Return the rows that the estimation windows of all events cover, which lie on one side of the event."""
    if len(declared.parts) > 1:
        raise UsageError(f"estimation window {declared.label} has two parts; leave the bounds of single events out")
    covered = covering(own)
    check_beside_event(covered)
    return covered


def _differing(own: Mapping[str, IntArray], distinct: Mapping[str, list[Window]]) -> dict[str, IntArray]:
    """Return the bounds that differ between pairs."""
    return {kind: pairs for kind, pairs in own.items() if len(distinct[kind]) > 1}


def _distinct(pairs: IntArray) -> list[Window]:
    """Return the different windows of the pairs."""
    return [Window(int(first), int(last)) for first, last in np.unique(pairs, axis=0)]


def _bounds(bounds: pd.DataFrame, kind: str, otherwise: Window) -> IntArray | None:
    """Return the first and last row of each pair's window of a kind; None where no pair has one of its own."""
    names = [f"{kind}_first", f"{kind}_last"]
    there = bounds.reindex(columns=names).notna().to_numpy()
    if not there.any():
        return None
    if (there[:, 0] != there[:, 1]).any():
        raise UsageError(f"events: {names[0]} and {names[1]} go together; give both or neither in each line")
    numbers = bounds[names].astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(there, numbers, (otherwise.first, otherwise.last)).astype(np.int64)


def _inside(tau: IntArray, bounds: IntArray) -> npt.NDArray[np.bool_]:
    """Return which rows of event time lie in the window of each pair, shape (n, T)."""
    return np.asarray((tau >= bounds[:, :1]) & (tau <= bounds[:, 1:]))
