"""Windows that lack days: which, why, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..inference.abnormal import ROUNDING
from ..inference.models.protocol import Model
from ..panel import EventPanel, Outcome, each_row, shown, with_words
from ..windows import OwnWindow, Window, covering
from .inputs import Inputs, Reason

COLUMNS = ["event_id", "market", "window", "outcome", "detail"]
KEYS = COLUMNS[:3]
# An estimation window that lost more than this share of its rows is remarked upon.
MUCH = 0.2
NO_FORECAST = "the model has no forecast for some of its days; choose a shorter window or another model"
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Cells:
    """What is there of every return of a panel in the columns of its windows, and what a missing one is called."""

    panel: EventPanel
    inputs: Inputs
    markets: npt.NDArray[np.object_]
    columns: slice
    returns: BoolArray
    regressors: BoolArray
    own: IntArray | None

    @cached_property
    def present(self) -> BoolArray:
        """Returns with everything that the model needs, shape (n, E)."""
        return np.asarray(self.returns & self.regressors)

    def at(self, window: Window) -> slice:
        """Return the columns of a window among those that are there."""
        start = self.panel.at(window).start - self.columns.start
        return slice(start, start + window.length)

    def of_pair(self, window: Window, pair: int) -> Window:
        """Return the window of one pair."""
        if self.own is None or not isinstance(window, OwnWindow):
            return window
        return Window(int(self.own[pair, 0]), int(self.own[pair, 1]))

    def enough(self, window: Window, share: float) -> BoolArray:
        """Return which pairs have enough days of a window."""
        there, length = self.present[:, self.at(window)], np.array(window.length)
        if self.own is not None and isinstance(window, OwnWindow):
            tau = np.arange(window.first, window.last + 1)
            there = there & (tau >= self.own[:, :1]) & (tau <= self.own[:, 1:])
            length = self.own[:, 1] - self.own[:, 0] + 1
        days = there.sum(axis=1)
        return np.asarray((days > 0) & (days >= share * length - ROUNDING))

    def why(self, pair: int, at: int) -> Reason:
        """Say why the return of one pair in one row of event time cannot be used."""
        panel, market = self.panel, str(self.markets[pair])
        place = self.columns.start + at
        session = panel.sessions[pair, place]
        if np.isnat(session):
            index = self.inputs.series[market].index
            if np.isfinite(panel.returns[pair, :place]).any():
                return Outcome.OUTSIDE_PRICES, f"the prices end with {shown(index[-1])}"
            return Outcome.OUTSIDE_PRICES, f"the prices begin with {shown(index[0])}"
        day = pd.Timestamp(session)
        if not self.returns[pair, at]:
            plain = Outcome.INCOMPLETE_WINDOW, f"there is no return of {shown(day)}"
            return self.inputs.reasons(market).get(day, plain)
        named = " or ".join(panel.factor_names)
        return (
            Outcome.INCOMPLETE_WINDOW,
            f"{named} has no return over the span of {shown(day)}: no row at one of its ends",
        )


def mark_gaps(
    panel: EventPanel,
    model: Model,
    inputs: Inputs,
    windows: Sequence[Window],
    share: float,
    own: IntArray | None = None,
) -> tuple[EventPanel, pd.DataFrame]:
    """Find the windows that lack too many days.

    Parameters
    ----------
    panel : EventPanel
    model : Model
    inputs : Inputs
    windows : sequence of Window
    share : float
        Share of a window's days that must be there.
    own : ndarray of int, shape (n, 2), optional
        First and last row of each pair's own event window, where an `OwnWindow` is among the windows.

    Returns
    -------
    EventPanel
        A pair without any whole window has the outcome of its day 0, or of its first window; one that lost some names
        them in its detail.
    DataFrame
        ``event_id, market, window, outcome, detail``: one line a lost window of a pair that was usable.
    """
    design = model.design(panel.factors, panel.factor_names)
    whole = tuple(dict.fromkeys(windows))
    columns, rows = panel.at(covering(whole)), panel.rows
    cells = _Cells(
        panel=panel,
        inputs=inputs,
        markets=rows["market"].to_numpy(dtype=object),
        columns=columns,
        returns=np.isfinite(panel.returns[:, columns]),
        regressors=np.asarray(np.isfinite(design[:, columns]).all(axis=-1)),
        own=own,
    )
    ids = rows["event_id"].to_numpy(dtype=object)
    enough = np.column_stack([cells.enough(window, share) for window in whole])
    lacking = np.flatnonzero(panel.usable & ~enough.all(axis=1))
    places = [int(pair) for pair in lacking for there in enough[pair] if not there]
    lines = [
        (ids[pair], cells.markets[pair], window.label, *_lost(cells, int(pair), window))
        for pair in lacking
        for window, there in zip(whole, enough[pair], strict=True)
        if not there
    ]
    lost = pd.DataFrame(lines, columns=COLUMNS)
    return _told(panel, lost, places, np.asarray(enough.any(axis=1))), lost


def _lost(cells: _Cells, pair: int, window: Window) -> Reason:
    """Outcome of a window that lacks days, with its reason and its cure."""
    window, label = cells.of_pair(window, pair), window.label
    columns = cells.at(window)
    missing = columns.start + np.flatnonzero(~cells.present[pair, columns])
    outcome, reason = cells.why(pair, int(missing[0]))
    there = window.length - len(missing)
    cure = "choose another window"
    if there:
        cure = f"choose a shorter window, or min_window_share = {np.floor(100 * there / window.length) / 100:g}"
    days = "its day has no return" if window.length == 1 else f"{len(missing)} of {window.length} days have no return"
    return outcome, f"window {label}: {days} ({reason}); {cure}"


def _told(panel: EventPanel, lost: pd.DataFrame, places: Sequence[int], any_window: BoolArray) -> EventPanel:
    """Put the lost windows into the details of their pairs; those without any window left get another outcome."""
    if lost.empty:
        return panel
    rows, where = panel.rows, list(dict.fromkeys(places))
    before = (rows[name].iloc[where].to_numpy(dtype=object) for name in ("outcome", "detail"))
    told = dict(zip(where, zip(*before, strict=True), strict=True))
    for at, line in zip(places, each_row(lost), strict=True):
        outcome, detail = told[at]
        if any_window[at]:
            told[at] = outcome, "; ".join(filter(None, [detail, line.detail]))
        elif outcome == Outcome.OK or line.window == "[0,0]":
            told[at] = line.outcome, line.detail
    words = zip(("outcome", "detail"), zip(*told.values(), strict=True), strict=True)
    changed = {name: with_words(rows[name], np.array(where), column) for name, column in words}
    return replace(panel, rows=rows.assign(**changed))


def with_reasons(frame: pd.DataFrame, lost: pd.DataFrame, market: str = "market") -> pd.DataFrame:
    """Add to a frame of pairs and windows the ``outcome`` and ``detail`` of those without a cumulative return.

    Parameters
    ----------
    frame : DataFrame
        ``event_id``, the market, ``window``, ``car``; ``outcome`` and ``detail`` of the pair where it has them.
    lost : DataFrame
        Of `mark_gaps`.
    market : str
        Name of the market's column.

    Returns
    -------
    DataFrame
    """
    known = {key: (row.outcome, row.detail) for key, row in zip(_keys(lost, "market"), each_row(lost), strict=True)}
    outcomes, details = (pd.Series(word, index=frame.index) for word in (Outcome.OK.value, ""))
    without = ~np.isfinite(frame["car"].to_numpy())
    if "outcome" in frame:
        bad = np.asarray(frame["outcome"] != Outcome.OK.value, dtype=bool)
        outcomes = with_words(outcomes, np.flatnonzero(bad), frame["outcome"][bad])
        details = with_words(details, np.flatnonzero(bad), frame["detail"][bad])
        without &= ~bad
    keys = _keys(frame[without], market) if without.any() else []
    found = [known.get(key, (Outcome.INCOMPLETE_WINDOW, NO_FORECAST)) for key in keys]
    outcomes = with_words(outcomes, np.flatnonzero(without), [outcome for outcome, _ in found])
    details = with_words(details, np.flatnonzero(without), [detail for _, detail in found])
    return frame.assign(outcome=outcomes, detail=details)


def _keys(frame: pd.DataFrame, market: str) -> list[tuple[str, str, str]]:
    """Event, market and window of each line."""
    return list(zip(frame["event_id"], frame[market], frame["window"], strict=True))


def estimation_remarks(n_obs: IntArray, lengths: IntArray) -> dict[int, str]:
    """Say of each usable pair whose estimation window lost much how many rows are left.

    Parameters
    ----------
    n_obs : ndarray of int, shape (n,)
        Rows used.
    lengths : ndarray of int, shape (n,)
        Rows of each pair's estimation window.

    Returns
    -------
    dict of int to str
        By position among the usable pairs.
    """
    return {
        int(at): f"estimated on {n_obs[at]} of the {lengths[at]} rows of the estimation window: the others have no "
        "return, or no benchmark beside them"
        for at in np.flatnonzero(n_obs < (1 - MUCH) * lengths)
    }
