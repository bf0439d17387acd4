"""Regression of the reactions of one date by the covariance of the estimation window: each slope is a portfolio."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..errors import UsageError
from ..windows import Window
from .abnormal import AbnormalReturns
from .distributions import t_sf
from .models.least_squares import FloatArray
from .past_slopes import Method, complete_pairs

CURE = 'take method="ols", or errors="auto", which shrinks the covariance'
# Condition number of the correlations beyond which their inverse has no correct digits left.
SINGULAR = 1e12


def portfolio_slopes(
    abnormal: AbnormalReturns, window: Window, characteristics: pd.DataFrame, *, method: Method = "ols"
) -> pd.DataFrame:
    """Regress the CARs of one date on characteristics, with errors from the covariance of the estimation residuals.

    A slope is the return of a portfolio of the n firms, with weights ``X (X'X)⁻¹`` or, generalised, ``S⁻¹X (X'S⁻¹X)⁻¹``
    (Sefcik & Thompson 1986). With W the sums of products of the residuals on the days that all firms have, m these days
    less the parameters of the model, and the residuals of each firm scaled by the standard error of its CAR over its
    sigma, the covariance of the k slopes is

    - ``"ols"``: ``(X'X)⁻¹ X'WX (X'X)⁻¹ / m``, with m degrees of freedom;
    - ``"gls"``: ``(X'W⁻¹X)⁻¹ (1 + e'W⁻¹e) / f``, e the residuals of the regression, with ``f = m - (n - k)`` degrees of
      freedom: the forecast error of the slope's portfolio given the n - k portfolios without exposure to X (Rao 1967).

    Both are exact for normal returns of firms with the same estimation days and regressors. Neither allows for a
    variance that is larger at the event; `past_slopes.slopes_on_one_date` allows for the volatility of the day before.

    Parameters
    ----------
    abnormal : AbnormalReturns
        Of a study, ``result.abnormal``; all events on one date.
    window : Window
    characteristics : DataFrame
        Numeric, by market; a market with a missing value or without a return in the window is left out.
    method : {"ols", "gls"}

    Returns
    -------
    DataFrame
        One row per term (``const`` first): ``term, coefficient, se, t, p, df, n, days``; `days` is the number of
        estimation days that all firms have.

    Raises
    ------
    UsageError
        If the events have several dates, a market has no characteristics, there are too few pairs, or, for ``"gls"``,
        too few estimation days to invert the covariance.
    """
    keep, x = complete_pairs(abnormal, window, characteristics)
    car, fitted = abnormal.car(window), abnormal.fitted
    residuals = fitted.residuals[keep]
    present = np.isfinite(residuals)
    there = present.all(axis=0)
    scaled = residuals[:, there] * (car.se[keep] / fitted.sigma[keep])[:, None]
    # Residuals that are errors of forecasts have no fewer degrees of freedom than there are.
    m = int(there.sum()) - int((present.sum(axis=1) - fitted.df[keep]).max())
    fit = _generalised if method == "gls" else _ordinary
    coefficient, covariance, df = fit(car.car[keep], x, scaled, m)
    se = np.sqrt(np.diag(covariance))
    t = coefficient / se
    terms = {"term": ["const", *characteristics.columns], "coefficient": coefficient, "se": se, "t": t}
    return pd.DataFrame({**terms, "p": 2 * t_sf(np.abs(t), df), "df": df, "n": len(x), "days": int(there.sum())})


def _ordinary(car: FloatArray, x: FloatArray, residuals: FloatArray, m: int) -> tuple[FloatArray, FloatArray, int]:
    """Return the least-squares slopes, their covariance, and its degrees of freedom."""
    if m < 1:
        raise UsageError(f"the {len(x)} markets have too few estimation days in common; leave out the one with gaps")
    portfolios = np.linalg.lstsq(x, np.eye(len(x)), rcond=None)[0]
    daily = portfolios @ residuals
    return portfolios @ car, daily @ daily.T / m, m


def _generalised(car: FloatArray, x: FloatArray, residuals: FloatArray, m: int) -> tuple[FloatArray, FloatArray, int]:
    """Return the generalised slopes, their covariance, and its degrees of freedom."""
    n, k = x.shape
    squares = residuals @ residuals.T
    if m < n:
        raise UsageError(
            f'method="gls" inverts the covariance of {n} markets and needs {n} estimation days in common beyond the '
            f"parameters of the model, there are {max(m, 0)}; {CURE}"
        )
    if np.linalg.cond(np.corrcoef(residuals)) > SINGULAR:
        raise UsageError(f'method="gls" inverts the covariance of the markets, and one moves as others do; {CURE}')
    weighted = np.linalg.solve(squares, np.column_stack([x, car]))
    bread = np.linalg.inv(x.T @ weighted[:, :k])
    slopes = bread @ (weighted[:, :k].T @ car)
    # W⁻¹e, without a second solution.
    distance = (car - x @ slopes) @ (weighted[:, k] - weighted[:, :k] @ slopes)
    df = m - (n - k)
    return slopes, bread * (1 + distance) / df, df
