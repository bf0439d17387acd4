"""Regression of the reactions of many firms to one piece of news; slopes are ranked among those of earlier days."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from ..errors import UsageError
from ..windows import Window
from .abnormal import AbnormalReturns
from .models.least_squares import FloatArray
from .significance import placebo_ranks
from .significance import volatility as v
from .significance.clusters import Clusters
from .significance.joint import shrinkage_intensity
from .significance.placebos import first_row, forecast_leverage, own_leverage

Method = Literal["ols", "gls"]


def slopes_on_one_date(
    abnormal: AbnormalReturns, window: Window, characteristics: pd.DataFrame, *, method: Method = "ols"
) -> pd.DataFrame:
    """Regress the CARs of one date on characteristics, and rank the slopes among those of the days before the event.

    Firms on one date share its factors. If a characteristic is related to the exposure to one of them, its slope
    differs from zero on every day, and errors from that one cross-section (HC3 of `regress_cars`) reject 40 % of true
    nulls. The slopes of the days before show how much it varies (Cohn, Johnson, Liu & Wardlaw, "Past is prologue").
    Each slope is the return of a portfolio, and is tested like the return of one market: in units of the volatility
    known the day before (`volatility.robust_variance`), ranked among all stretches of estimation days.

    Parameters
    ----------
    abnormal : AbnormalReturns
        Of a study, ``result.abnormal``; all events on one date.
    window : Window
    characteristics : DataFrame
        Numeric, by market; a market with a missing value or without a return in the window is left out.
    method : {"ols", "gls"}
        ``"gls"`` weights by the inverse covariance of the first half of the estimation days (correlations shrunk,
        Ledoit & Wolf 2004), and ranks among the second half, which does not enter that covariance.

    Returns
    -------
    DataFrame
        One row per term (``const`` first): ``term, coefficient, se, statistic, p, smallest_p, n, days``; `se` from the
        slopes before the event, `days` the number of stretches compared.

    Raises
    ------
    UsageError
        If the events have several dates, a market has no characteristics, or there are too few.
    """
    if not abnormal.ordered:
        raise UsageError(
            f"slopes of one date are ranked among those of the days before; estimation window "
            f"{abnormal.estimation.label} is not before the event: choose another"
        )
    keep, x = complete_pairs(abnormal, window, characteristics)
    length = abnormal.fitted.residuals.shape[1]
    first = length // 2 if method == "gls" else 0
    history, opening = abnormal.history[keep], first_row(abnormal, window)
    covariance = _covariance(history[:, :first]) if first else np.eye(len(x))
    daily = _slopes(history[:, first : opening + window.length], x, covariance)
    before = daily[:, : length - first]
    variance = v.robust_variance(daily[:, : opening - first], length - first)
    own, ahead = own_leverage(abnormal, window.length)[keep].mean(axis=0), forecast_leverage(abnormal, window)[keep]
    sums = placebo_ranks.placebo_sums(before, variance[:, : length - first], own[first:], window.length)
    coefficient = daily[:, opening - first :].sum(axis=1)
    se = np.sqrt(window.length * variance[:, -1] * (1 + ahead.mean()))
    statistic = coefficient / se
    return pd.DataFrame(
        {
            "term": ["const", *characteristics.columns],
            "coefficient": coefficient,
            "se": se,
            "statistic": statistic,
            "p": placebo_ranks.volatility_p(statistic, sums, window.length),
            "smallest_p": 1.0 / (1 + v.counted(sums)),
            "n": len(x),
            "days": v.counted(sums),
        }
    )


def complete_pairs(
    abnormal: AbnormalReturns, window: Window, characteristics: pd.DataFrame
) -> tuple[v.BoolArray, FloatArray]:
    """Choose the pairs of one date that have all characteristics and a return on every day of a window.

    Parameters
    ----------
    abnormal : AbnormalReturns
    window : Window
    characteristics : DataFrame
        Numeric, by market.

    Returns
    -------
    keep : ndarray of bool, shape (n,)
    x : ndarray, shape (m, k + 1)
        Their characteristics after a constant.

    Raises
    ------
    UsageError
        If the events have several dates, a market has no characteristics, there are too few pairs, or a characteristic
        is constant or follows from the others.
    """
    if Clusters.of_pairs(abnormal, window).count != 1:
        raise UsageError("the events have several dates; regress_cars with `clusters` is for them")
    markets = abnormal.rows["market"].astype(str)
    missing = markets[~markets.isin(characteristics.index.astype(str))]
    if len(missing):
        raise UsageError(f"characteristics: no row for {', '.join(missing.iloc[:3])}; their index holds the markets")
    table = characteristics.set_axis(characteristics.index.astype(str)).loc[markets.tolist()].to_numpy(dtype=np.float64)
    keep = np.isfinite(table).all(axis=1) & np.isfinite(abnormal.ar[:, abnormal.columns(window)]).all(axis=1)
    if keep.sum() <= table.shape[1] + 1:
        raise UsageError(f"{int(keep.sum())} complete pairs for {table.shape[1] + 1} terms; more are needed")
    x = np.column_stack([np.ones(int(keep.sum())), table[keep]])
    if np.linalg.matrix_rank(x / np.abs(x).max(axis=0).clip(1e-300)) < x.shape[1]:
        names = ", ".join(map(str, characteristics.columns))
        raise UsageError(f"characteristics: {names} are constant, or one follows from the others; leave one out")
    return keep, x


def _covariance(residuals: FloatArray) -> FloatArray:
    """Return the shrunk covariance of residuals, shape (n, n); a missing day counts as zero."""
    filled = np.where(np.isfinite(residuals), residuals, 0.0)
    sd = np.sqrt((filled**2).mean(axis=1))
    z = filled / sd[:, None]
    shrunk = (1 - shrinkage_intensity(z)) * (z @ z.T / z.shape[1])
    np.fill_diagonal(shrunk, 1.0)
    return np.asarray(shrunk * np.outer(sd, sd))


def _slopes(returns: FloatArray, x: FloatArray, covariance: FloatArray) -> FloatArray:
    """Return the generalised-least-squares coefficients of each day over the pairs with a return, shape (k + 1, T)."""
    found = np.full((x.shape[1], returns.shape[1]), np.nan)
    masks, which = np.unique(np.isfinite(returns).T, axis=0, return_inverse=True)
    for number, there in enumerate(masks):
        days = np.flatnonzero(which.ravel() == number)
        if there.sum() > x.shape[1]:
            weighted = np.linalg.solve(covariance[np.ix_(there, there)], x[there])
            portfolio = np.linalg.solve(weighted.T @ x[there], weighted.T)
            found[:, days] = portfolio @ returns[np.ix_(there, days)]
    return found
