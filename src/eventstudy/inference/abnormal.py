"""Abnormal returns of every event-market pair, with the full covariance of their forecast errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import UsageError
from ..panel import EventPanel
from ..windows import Window, check_disjoint, covering
from .cumulative import CumulativeReturns, buy_and_hold
from .estimation import as_index, check_order, check_reach, clock_of, regressors_of, with_estimation_outcomes
from .labelled import Labelled, Labels
from .models.least_squares import FloatArray, IntArray, assemble
from .models.protocol import Fitted, Model
from .models.spans import error_over_spans, expected_over_spans, fit_over_spans

MIN_OBSERVATIONS = 20
BoolArray = npt.NDArray[np.bool_]
# A share times the number of days may differ from a whole number by rounding error.
ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True, repr=False)
class AbnormalReturns(Labelled):
    """Abnormal returns of n usable pairs over E rows of event time; returns are fractions, or price changes.

    Parameters
    ----------
    rows : DataFrame
        ``event_id``, ``market``, ``session`` ... of the usable pairs, in the order of the arrays.
    outcomes : DataFrame
        The rows of the whole panel, with the outcome of each pair.
    estimation, span : Window
        Rows of the estimation window (L), and rows that the abnormal returns cover (E).
    returns, ar : ndarray, shape (n, E)
        NaN where the return or a regressor is missing.
    between : ndarray, shape (n, G)
        Abnormal returns per root day of the G rows between estimation window and span; they update the volatility. None
        where the estimation window does not lie before the span.
    noise : ndarray, shape (n, E)
        Each day's own variance.
    loading : ndarray, shape (n, E, k)
        Loading on the error of the k parameters: the covariance is ``diag(noise) + loading loading'``.
    sessions, estimation_sessions : ndarray of datetime64[D], shapes (n, E) and (n, L)
    estimation_returns : ndarray, shape (n, L)
    estimation_factors, factors : ndarray, shapes (n, L, f) and (n, E, f)
        Regressors of the two windows.
    fitted, model : Fitted, Model
    log_returns, changes : bool
        Whether the returns are logarithmic, so that buy-and-hold returns exponentiate them; whether they are price
        changes, which do not compound.
    clock : ndarray, shape (n, L + G + E), optional
        For event time in bars: minute of the market's local day at which each bar opens, from the first estimation row.
    min_window_share : float
        Share of a window's days that must be present for a cumulative abnormal return; at least one day.
    spans, estimation_spans : ndarray, shapes (n, E) and (n, L), optional
        Days that each return covers, and variances are proportional to; None where all cover one.
    """

    rows: pd.DataFrame
    outcomes: pd.DataFrame
    estimation: Window
    span: Window
    returns: FloatArray
    ar: FloatArray
    between: FloatArray
    noise: FloatArray
    loading: FloatArray
    sessions: Labels
    estimation_sessions: Labels
    estimation_returns: FloatArray
    estimation_factors: FloatArray
    factors: FloatArray
    fitted: Fitted
    model: Model
    log_returns: bool = False
    clock: FloatArray | None = None
    changes: bool = False
    min_window_share: float = 0.0
    spans: FloatArray | None = None
    estimation_spans: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.ar)

    @property
    def tau(self) -> IntArray:
        """Event time of the columns, shape (E,)."""
        return np.arange(self.span.first, self.span.last + 1)

    @cached_property
    def se(self) -> FloatArray:
        """Standard errors of the daily abnormal returns, shape (n, E)."""
        variance = self.noise.copy()
        for k in range(self.loading.shape[-1]):
            variance += self.loading[..., k] ** 2
        return np.asarray(np.sqrt(variance))

    @cached_property
    def sar(self) -> FloatArray:
        """Abnormal returns over their standard errors, shape (n, E)."""
        return self.ar / self.se

    @property
    def daily_ar(self) -> FloatArray:
        """Abnormal returns over the root of the days they cover, on the scale of the residuals, shape (n, E)."""
        return self.ar if self.spans is None else self.ar / np.sqrt(self.spans)

    @property
    def cov(self) -> FloatArray:
        """Covariance of the forecast errors, shape (n, E, E)."""
        return assemble(self.noise, self.loading)

    @property
    def ordered(self) -> bool:
        """Whether the estimation window lies before the span, so that `history` is in the order of time."""
        return self.estimation.last < self.span.first

    @cached_property
    def derived(self) -> dict[tuple[str, Window] | str, Any]:
        """Cache of results that several tests share, by name."""
        return {}

    @cached_property
    def history(self) -> FloatArray:
        """Abnormal returns per root day from the first estimation row to the last of the span, (n, L + G + E)."""
        return np.concatenate([self.fitted.residuals, self.between, self.daily_ar], axis=1)

    def columns(self, window: Window) -> slice:
        """Return the columns of `window` within the span.

        Parameters
        ----------
        window : Window

        Returns
        -------
        slice

        Raises
        ------
        UsageError
            If the window is not within `span`.
        """
        if window.first < self.span.first or window.last > self.span.last:
            raise UsageError(f"window {window.label} is not within {self.span.label}, the rows of this study")
        start = window.first - self.span.first
        return slice(start, start + window.length)

    def complete(self, window: Window) -> BoolArray:
        """Return which pairs have enough days of `window` for a cumulative abnormal return.

        Parameters
        ----------
        window : Window

        Returns
        -------
        ndarray of bool, shape (n,)
        """
        days = self.days_of(window)
        return np.asarray((days > 0) & (days >= self.min_window_share * window.length - ROUNDING))

    def days_of(self, window: Window) -> IntArray:
        """Return the days of `window` with an abnormal return.

        Parameters
        ----------
        window : Window

        Returns
        -------
        ndarray of int, shape (n,)
        """
        if (key := ("days", window)) not in self.derived:
            self.derived[key] = np.isfinite(self.ar[:, self.columns(window)]).sum(axis=1)
        return np.asarray(self.derived[key])

    def car(self, window: Window) -> CumulativeReturns:
        """Cumulate over a window, for the pairs with enough days of it.

        Parameters
        ----------
        window : Window

        Returns
        -------
        CumulativeReturns
            NaN for the other pairs.
        """
        return self.cumulate(window, self.complete(window))

    def cumulate(self, window: Window, keep: BoolArray) -> CumulativeReturns:
        """Cumulate over the days present of a window, for selected pairs; see `CumulativeReturns.of`.

        Parameters
        ----------
        window : Window
        keep : ndarray of bool, shape (n,)

        Returns
        -------
        CumulativeReturns
        """
        at, df = self.columns(window), self.fitted.df
        return CumulativeReturns.of(
            window, ar=self.ar[:, at], noise=self.noise[:, at], loading=self.loading[:, at], keep=keep, df=df
        )

    def bhar(self, window: Window) -> FloatArray:
        """Return buy-and-hold ARs, ``prod(1 + R) - prod(1 + E[R])`` of simple returns (Barber & Lyon 1997).

        Parameters
        ----------
        window : Window

        Returns
        -------
        ndarray, shape (n,)
            Over the days present; NaN for price changes, which do not compound, and for pairs with too few days.
        """
        at = self.columns(window)
        found = buy_and_hold(self.returns[:, at], self.ar[:, at], logarithmic=self.log_returns)
        return np.where(self.complete(window) & ~np.bool_(self.changes), found, np.nan)


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
    """Estimate `model` for every usable pair of a panel and subtract its forecast from the event-window returns.

    The forecast errors have covariance ``s² (I + Z (X'X)⁻¹ Z')`` for least squares (Patell 1976; Salinger 1992).

    Parameters
    ----------
    model : Model
    panel : EventPanel
        Covers the estimation window and the event windows.
    estimation : Window
    windows : sequence of Window
        The abnormal returns cover every row from the first to the last of them.
    min_observations : int
        Pairs with fewer complete estimation rows get the outcome ``too_few_observations``.
    log_returns : bool
        Whether the returns are logarithmic (used for buy-and-hold returns only).
    changes : bool
        Whether the returns are price changes, which have no buy-and-hold return.
    min_window_share : float
        Share of a window's days that must be present, from 0 (one day) to 1 (all).

    Returns
    -------
    AbnormalReturns
        Of the usable pairs; `outcomes` lists the others with the reason.

    Raises
    ------
    UsageError
        If a window overlaps the estimation window, or the panel does not reach far enough.

    Examples
    --------
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
    span = covering(windows)
    check_reach(panel, (estimation, span))
    check_order(model, estimation, span)
    before = panel.columns(estimation)
    regressors = regressors_of(model, panel, estimation)
    spans = None if panel.spans is None else panel.spans[:, before]

    def fit(keep: BoolArray | slice) -> Fitted:
        covered = None if spans is None else spans[keep]
        return fit_over_spans(model, panel.returns[keep][:, before], regressors[keep], covered)

    keep = as_index(panel.usable)
    fitted = fit(keep)
    few = fitted.n_obs < min_observations
    flat = ~few & ~(fitted.sigma > 0)
    if few.any() or flat.any():
        panel = with_estimation_outcomes(panel, fitted, few, flat, min_observations)
        keep = as_index(panel.usable)
        fitted = fit(keep)
    good = panel if isinstance(keep, slice) else panel.only(keep)
    result = _forecast(model, fitted, good, regressors[keep], estimation, span)
    return replace(
        result, outcomes=panel.rows, log_returns=log_returns, changes=changes, min_window_share=min_window_share
    )


def _forecast(
    model: Model, fitted: Fitted, panel: EventPanel, regressors: FloatArray, estimation: Window, span: Window
) -> AbnormalReturns:
    """Subtract the forecasts of the fitted pairs from their returns; `regressors` are those of the estimation rows."""
    before, at, ordered = panel.columns(estimation), panel.at(span), estimation.last < span.first
    # Rows between the two are only there for an estimation window before the span.
    gap = slice(panel.at(estimation).stop, at.start) if ordered else slice(0)
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
        clock=clock_of(panel, slice(panel.at(estimation).start, at.stop)) if ordered else None,
        spans=here,
        estimation_spans=None if spans is None else spans[:, before],
    )
