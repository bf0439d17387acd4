"""Abnormal returns of every event-market pair, with the full covariance of their forecast errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..errors import UsageError
from ..panel import EventPanel, Outcome
from ..windows import Window, check_disjoint
from .models.least_squares import FloatArray
from .models.protocol import Column, Fitted, Model
from .models.spans import error_over_spans, expected_over_spans, fit_over_spans
from .record import AbnormalReturns, BoolArray, CumulativeReturns

__all__ = ["MIN_OBSERVATIONS", "AbnormalReturns", "BoolArray", "CumulativeReturns", "abnormal_returns", "rows_needed"]

MIN_OBSERVATIONS = 20
FLAT = "the estimation window's returns or regressors do not vary"
FAILED = "the fit did not converge, or its variances do not return to a mean; choose another model or estimation window"


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


def abnormal_returns(
    model: Model,
    panel: EventPanel,
    *,
    estimation: Window,
    windows: Sequence[Window],
    min_observations: int = MIN_OBSERVATIONS,
    log_returns: bool = False,
    changes: bool = False,
    min_window_share: float = 0.0,
) -> AbnormalReturns:
    """Estimate `model` for every usable pair of a panel and take its forecast off the event-window returns.

    Parameters
    ----------
    model : Model
    panel : EventPanel
        Covers the estimation window and the event windows.
    estimation : Window
    windows : sequence of Window
        The abnormal returns cover every row from the first to the last of them.
    min_observations : int
        Fewer estimation rows with all that the model needs give the outcome ``too_few_observations``.
    log_returns : bool
        Whether the returns are logarithmic (only buy-and-hold returns ask).
    changes : bool
        Whether the returns are changes of a price, which have no buy-and-hold return.
    min_window_share : float
        Share of a window's days that must be present, from 0 (one day) to 1 (all).

    Returns
    -------
    AbnormalReturns
        Of the pairs that could be used; `outcomes` says what became of the others.

    Raises
    ------
    UsageError
        If a window overlaps the estimation window, or the panel does not reach far enough.

    Examples
    --------
    >>> import pandas as pd
    >>> from eventstudy.inference.models.market import ConstantMean
    >>> returns = np.append(np.tile([0.01, -0.01], 15), 0.05)[None, :]
    >>> rows = pd.DataFrame({"event_id": ["e"], "market": ["m"], "outcome": ["ok"], "detail": [""]})
    >>> panel = EventPanel(rows=rows, tau=np.arange(-30, 1), returns=returns, factors=np.empty((1, 31, 0)),
    ...                    sessions=np.datetime64("2020-01-01", "D") + np.arange(31)[None, :])
    >>> result = abnormal_returns(ConstantMean(), panel, estimation=Window(-30, -1), windows=[Window(0, 0)])
    >>> car = result.car(Window(0, 0))
    >>> round(float(car.car[0]), 6), round(float(car.t[0]), 3)
    (0.05, 4.836)
    """
    if not windows:
        raise UsageError("give at least one event window, such as [0, 0]")
    check_disjoint(estimation, windows)
    span = Window(min(w.first for w in windows), max(w.last for w in windows))
    _check_reach(panel, (estimation, span))
    before = panel.at(estimation)
    # Lags and leads of the estimation rows stay within them: no return of the event window enters an estimate.
    regressors = model.design(panel.factors[:, before], panel.factor_names)
    spans = None if panel.spans is None else panel.spans[:, before]

    def fit(keep: BoolArray | slice) -> Fitted:
        return fit_over_spans(
            model, panel.returns[keep][:, before], regressors[keep], None if spans is None else spans[keep]
        )

    keep = _rows(panel.usable)
    fitted = fit(keep)
    few = fitted.n_obs < min_observations
    flat = ~few & ~(fitted.sigma > 0)
    if few.any() or flat.any():
        panel = _with_estimation_outcomes(panel, fitted, few, flat, min_observations)
        keep = _rows(panel.usable)
        fitted = fit(keep)
    good = panel if isinstance(keep, slice) else panel.only(keep)
    result = _forecast(model, fitted, good, regressors[keep], estimation, span)
    return replace(
        result, outcomes=panel.rows, log_returns=log_returns, changes=changes, min_window_share=min_window_share
    )


def _check_reach(panel: EventPanel, windows: Sequence[Window]) -> None:
    """Raise `UsageError` if a window reaches beyond the panel."""
    for window in windows:
        if window.first < panel.tau[0] or window.last > panel.tau[-1]:
            raise UsageError(f"window {window.label} reaches beyond the panel's rows {panel.tau[0]} to {panel.tau[-1]}")


def _forecast(
    model: Model, fitted: Fitted, panel: EventPanel, regressors: FloatArray, estimation: Window, span: Window
) -> AbnormalReturns:
    """Take the forecasts of the fitted pairs off their returns; `regressors` are those of the estimation rows."""
    before, at = panel.at(estimation), panel.at(span)
    gap = slice(before.stop, max(before.stop, at.start))
    design, returns, spans = model.design(panel.factors, panel.factor_names), panel.returns, panel.spans
    factors, ahead = design[:, at], np.arange(span.first, span.last + 1) - estimation.last
    here = None if spans is None else spans[:, at]
    noise, loading = error_over_spans(fitted, factors, ahead, here)
    pause = None if spans is None else spans[:, gap]
    between = returns[:, gap] - expected_over_spans(fitted, design[:, gap], pause)
    return AbnormalReturns(
        rows=panel.rows,
        outcomes=panel.rows,
        estimation=estimation,
        span=span,
        returns=returns[:, at],
        ar=returns[:, at] - expected_over_spans(fitted, factors, here),
        between=between if pause is None else between / np.sqrt(pause),
        noise=noise,
        loading=loading,
        sessions=panel.sessions[:, at],
        estimation_sessions=panel.sessions[:, before],
        estimation_returns=returns[:, before],
        estimation_factors=regressors,
        factors=factors,
        fitted=fitted,
        model=model,
        clock=_clock(panel, slice(before.start, at.stop)),
        spans=here,
        estimation_spans=None if spans is None else spans[:, before],
    )


def _clock(panel: EventPanel, rows: slice) -> FloatArray | None:
    """Return the time of day of the rows of a panel in bars."""
    if Column.TIME_OF_DAY not in panel.factor_names:
        return None
    return panel.factors[:, rows, panel.factor_names.index(Column.TIME_OF_DAY)]


def _rows(keep: BoolArray) -> BoolArray | slice:
    """Return the mask, or the slice of everything where it keeps all: a view instead of a copy."""
    return slice(None) if keep.all() else keep


def _with_estimation_outcomes(
    panel: EventPanel, fitted: Fitted, few: BoolArray, flat: BoolArray, min_observations: int
) -> EventPanel:
    """Mark the pairs that have too few observations, no variance, or no fit."""
    usable = np.flatnonzero(panel.usable)
    short = [f"{n} estimation rows, {min_observations} needed" for n in fitted.n_obs[few]]
    failed = flat & np.asarray(getattr(fitted, "failed", False))
    for where, outcome, detail in (
        (few, Outcome.TOO_FEW_OBSERVATIONS, short),
        (failed, Outcome.FIT_FAILED, [FAILED] * int(failed.sum())),
        (flat & ~failed, Outcome.NO_VARIANCE, [FLAT] * int((flat & ~failed).sum())),
    ):
        mask = np.zeros(len(panel.rows), dtype=bool)
        mask[usable[where]] = True
        panel = panel.with_outcome(mask, outcome, detail)
    return panel
