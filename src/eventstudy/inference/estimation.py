"""The rows that an estimate needs, and the outcomes of pairs that do not have them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..errors import UsageError
from ..panel import EventPanel, Outcome
from ..windows import Window, covering
from .models.least_squares import FloatArray
from .models.protocol import Column, Fitted, Model

BoolArray = npt.NDArray[np.bool_]
FLAT = "the estimation window's returns or regressors do not vary"
FAILED = "the fit did not converge, or its variance is not mean-reverting; choose another model or estimation window"


def rows_needed(model: Model, estimation: Window, windows: Sequence[Window]) -> Window:
    """Return the rows of event time that a panel must hold: all windows, widened by the model's lags and leads.

    Without these rows a model with leads has no forecast of the last day, so that a CAR would depend on which other
    windows are listed. Estimation rows are not widened: their lags and leads stay within them.

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
    (lags, leads), span = model.reach, covering(windows)
    return Window(min(estimation.first, span.first - lags), max(estimation.last, span.last + leads))


def check_reach(panel: EventPanel, windows: Sequence[Window]) -> None:
    """Check that every window lies within the rows of a panel.

    Parameters
    ----------
    panel : EventPanel
    windows : sequence of Window

    Raises
    ------
    UsageError
        If a window extends beyond the panel.
    """
    for window in windows:
        if window.first < panel.tau[0] or window.last > panel.tau[-1]:
            raise UsageError(f"window {window.label} reaches beyond the panel's rows {panel.tau[0]} to {panel.tau[-1]}")


def check_order(model: Model, estimation: Window, span: Window) -> None:
    """Check that a model whose forecasts follow the order of time is estimated before the event windows.

    Parameters
    ----------
    model : Model
    estimation, span : Window
        Estimation rows, and rows from the first to the last event window.

    Raises
    ------
    UsageError
        If it is estimated on later rows.
    """
    if getattr(model, "recursive", False) and estimation.last >= span.first:
        raise UsageError(
            f"model {model.name!r} forecasts in the order of time; estimation window {estimation.label} does not lie "
            f"before the event windows {span.label}: choose rows before them, or another model"
        )


def regressors_of(model: Model, panel: EventPanel, estimation: Window) -> FloatArray:
    """Return the regressors of the estimation rows, whose lags and leads stay within each part of them.

    No return of the event window enters an estimate.

    Parameters
    ----------
    model : Model
    panel : EventPanel
    estimation : Window

    Returns
    -------
    ndarray, shape (n, L, g)
    """
    parts = [model.design(panel.factors[:, panel.at(part)], panel.factor_names) for part in estimation.parts]
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)


def as_index(keep: BoolArray) -> BoolArray | slice:
    """Return a mask, or a slice where it keeps all rows, which indexes without a copy.

    Parameters
    ----------
    keep : ndarray of bool

    Returns
    -------
    ndarray of bool or slice
    """
    return slice(None) if keep.all() else keep


def with_estimation_outcomes(
    panel: EventPanel, fitted: Fitted, few: BoolArray, flat: BoolArray, min_observations: int
) -> EventPanel:
    """Mark the pairs that have too few observations, no variance, or no fit.

    Parameters
    ----------
    panel : EventPanel
    fitted : Fitted
        Of the m usable pairs.
    few, flat : ndarray of bool, shape (m,)
        Usable pairs with fewer than `min_observations` rows; with rows enough but no positive residual variance.
    min_observations : int

    Returns
    -------
    EventPanel
        With the outcomes ``too_few_observations``, ``fit_failed`` and ``no_variance``.
    """
    usable = np.flatnonzero(panel.usable)
    short = [f"{n} estimation rows, {min_observations} needed" for n in fitted.n_obs[few]]
    failed = flat & np.asarray(getattr(fitted, "failed", False))
    for where, outcome, detail in (
        (few, Outcome.TOO_FEW_OBSERVATIONS, short),
        (failed, Outcome.FIT_FAILED, [getattr(fitted, "failure", FAILED)] * int(failed.sum())),
        (flat & ~failed, Outcome.NO_VARIANCE, [FLAT] * int((flat & ~failed).sum())),
    ):
        mask = np.zeros(len(panel.rows), dtype=bool)
        mask[usable[where]] = True
        panel = panel.with_outcome(mask, outcome, detail)
    return panel


def clock_of(panel: EventPanel, rows: slice) -> FloatArray | None:
    """Return the time of day of the rows of a panel in bars, in minutes.

    Parameters
    ----------
    panel : EventPanel
    rows : slice

    Returns
    -------
    ndarray or None
        None where the panel has no time of day.
    """
    if Column.TIME_OF_DAY not in panel.factor_names:
        return None
    return panel.factors[:, rows, panel.factor_names.index(Column.TIME_OF_DAY)]
