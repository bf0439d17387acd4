"""The rows that an estimate needs, and the pairs that do not have them, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..errors import UsageError
from ..panel import EventPanel, Outcome
from ..windows import Window
from .models.protocol import Fitted, Model

BoolArray = npt.NDArray[np.bool_]


def rows_needed(model: Model, estimation: Window, windows: Sequence[Window]) -> Window:
    """Return the rows of event time that a panel must hold: all windows, and the model's reach around the event's.

    Without the rows of its reach a model with leads has no forecast of the last day, so that a CAR would depend on
    which other windows are listed. The estimation rows need none: their lags and leads stay within them.

    Parameters
    ----------
    model : Model
    estimation : Window
    windows : sequence of Window

    Returns
    -------
    Window

    Examples
    --------
    >>> from eventstudy.inference.models.factors import LaggedMarket
    >>> rows_needed(LaggedMarket(lags=1, leads=2), Window(-60, -11), [Window(0, 1)])
    Window(first=-60, last=3)
    """
    lags, leads = model.reach
    first, last = min(window.first for window in windows) - lags, max(window.last for window in windows) + leads
    return Window(min(estimation.first, first), max(estimation.last, last))


def check_reach(panel: EventPanel, windows: Sequence[Window]) -> None:
    """Raise `UsageError` if a window reaches beyond the panel."""
    for window in windows:
        if window.first < panel.tau[0] or window.last > panel.tau[-1]:
            raise UsageError(f"window {window.label} reaches beyond the panel's rows {panel.tau[0]} to {panel.tau[-1]}")


def with_estimation_outcomes(
    panel: EventPanel, fitted: Fitted, few: BoolArray, flat: BoolArray, min_observations: int
) -> EventPanel:
    """Mark the pairs that have too few observations or no variance."""
    usable = np.flatnonzero(panel.usable)
    short = [f"{n} estimation rows, {min_observations} needed" for n in fitted.n_obs[few]]
    still = ["the estimation window's returns or regressors do not vary"] * int(flat.sum())
    for where, outcome, detail in ((few, Outcome.TOO_FEW_OBSERVATIONS, short), (flat, Outcome.NO_VARIANCE, still)):
        mask = np.zeros(len(panel.rows), dtype=bool)
        mask[usable[where]] = True
        panel = panel.with_outcome(mask, outcome, detail)
    return panel
