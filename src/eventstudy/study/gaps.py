"""Windows that lack days: which, why, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..inference.abnormal import ROUNDING, AbnormalReturns
from ..inference.models.protocol import Model
from ..panel import EventPanel, Outcome, each_row, shown
from ..windows import Window
from .inputs import Inputs, Reason

COLUMNS = ["event_id", "market", "window", "outcome", "detail"]
KEYS = COLUMNS[:3]
# An estimation window that lost more than this share of its rows is remarked upon.
MUCH = 0.2
NO_FORECAST = "the model has no forecast for some of its days; choose a shorter window or another model"
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class _Cells:
    """What is there of every return of a panel, and what a missing one is called."""

    panel: EventPanel
    inputs: Inputs
    returns: BoolArray
    regressors: BoolArray

    @property
    def present(self) -> BoolArray:
        """Returns with everything that the model needs, shape (n, T)."""
        return np.asarray(self.returns & self.regressors)

    def why(self, pair: int, at: int) -> Reason:
        """Say why the return of one pair in one row of event time cannot be used."""
        panel, market = self.panel, str(self.panel.rows["market"].iloc[pair])
        session = panel.sessions[pair, at]
        if np.isnat(session):
            index = self.inputs.series[market].index
            if np.isfinite(panel.returns[pair, :at]).any():
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
    panel: EventPanel, model: Model, inputs: Inputs, windows: Sequence[Window], share: float
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

    Returns
    -------
    EventPanel
        A pair without any whole window has the outcome of its day 0, or of its first window; one that lost some names
        them in its detail.
    DataFrame
        ``event_id, market, window, outcome, detail``: one line a lost window of a pair that was usable.
    """
    design = model.design(panel.factors, panel.factor_names)
    cells = _Cells(
        panel=panel,
        inputs=inputs,
        returns=np.isfinite(panel.returns),
        regressors=np.asarray(np.isfinite(design).all(axis=-1)),
    )
    whole = tuple(dict.fromkeys(windows))
    enough = np.column_stack([_enough(cells.present[:, panel.at(window)], share) for window in whole])
    lines = [
        (*panel.rows.loc[pair, ["event_id", "market"]], window.label, *_lost(cells, int(pair), window))
        for pair in np.flatnonzero(panel.usable & ~enough.all(axis=1))
        for window, there in zip(whole, enough[pair], strict=True)
        if not there
    ]
    lost = pd.DataFrame(lines, columns=COLUMNS)
    return _told(panel, lost, np.asarray(enough.any(axis=1))), lost


def _enough(present: BoolArray, share: float) -> BoolArray:
    """Which rows have enough days."""
    days = present.sum(axis=1)
    return np.asarray((days > 0) & (days >= share * present.shape[1] - ROUNDING))


def _lost(cells: _Cells, pair: int, window: Window) -> Reason:
    """Outcome of a window that lacks days, with its reason and its cure."""
    columns = cells.panel.at(window)
    missing = columns.start + np.flatnonzero(~cells.present[pair, columns])
    outcome, reason = cells.why(pair, int(missing[0]))
    there = window.length - len(missing)
    cure = "choose another window"
    if there:
        cure = f"choose a shorter window, or min_window_share = {np.floor(100 * there / window.length) / 100:g}"
    days = "its day has no return" if window.length == 1 else f"{len(missing)} of {window.length} days have no return"
    return outcome, f"window {window.label}: {days} ({reason}); {cure}"


def _told(panel: EventPanel, lost: pd.DataFrame, any_window: BoolArray) -> EventPanel:
    """Put the lost windows into the details of their pairs; those without any window left get another outcome."""
    if lost.empty:
        return panel
    outcomes, details = panel.rows["outcome"].tolist(), panel.rows["detail"].tolist()
    places = {key: at for at, key in enumerate(zip(panel.rows["event_id"], panel.rows["market"], strict=True))}
    for line in each_row(lost):
        at = places[line.event_id, line.market]
        if any_window[at]:
            details[at] = "; ".join(filter(None, [details[at], line.detail]))
        elif outcomes[at] == Outcome.OK or line.window == "[0,0]":
            outcomes[at], details[at] = line.outcome, line.detail
    return replace(panel, rows=panel.rows.assign(outcome=outcomes, detail=details))


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
    outcomes = frame["outcome"].tolist() if "outcome" in frame else [Outcome.OK.value] * len(frame)
    details = frame["detail"].tolist() if "detail" in frame else [""] * len(frame)
    for at, (key, car) in enumerate(zip(_keys(frame, market), frame["car"], strict=True)):
        if outcomes[at] != Outcome.OK:
            continue
        details[at] = ""
        if not np.isfinite(car):
            outcomes[at], details[at] = known.get(key, (Outcome.INCOMPLETE_WINDOW, NO_FORECAST))
    return frame.assign(outcome=[str(one) for one in outcomes], detail=details)


def _keys(frame: pd.DataFrame, market: str) -> list[tuple[str, str, str]]:
    """Event, market and window of each line."""
    return list(zip(frame["event_id"], frame[market], frame["window"], strict=True))


def estimation_remarks(abnormal: AbnormalReturns) -> list[str]:
    """Say of each usable pair whose estimation window lost much how many rows are left; empty for the others.

    Parameters
    ----------
    abnormal : AbnormalReturns

    Returns
    -------
    list of str
        One a pair.
    """
    length = abnormal.estimation.length
    return [
        f"estimated on {n} of the {length} rows of the estimation window: the others have no return, or no benchmark "
        "beside them"
        if n < (1 - MUCH) * length
        else ""
        for n in abnormal.fitted.n_obs
    ]
