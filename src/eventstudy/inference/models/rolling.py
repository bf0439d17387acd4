"""Market model whose beta is estimated on the most recent rows only."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from ...errors import UsageError
from .least_squares import COLLINEAR, NO_VARIANCE, FloatArray, LinearFit, least_squares
from .protocol import BenchmarkModel

LEAST_ROWS, LEAST_FORECASTS = 5, 20
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class RollingFit(LinearFit):
    """The regression on the most recent rows of n pairs; the residuals are forecast errors of the rows before.

    Parameters
    ----------
    failed : ndarray of bool, shape (n,)
        Whether returns that vary gave no estimate.
    """

    failed: BoolArray

    failure = (
        f"a rolling regression needs {LEAST_FORECASTS} estimation rows more than its length `rows`, and a benchmark "
        "that varies in each stretch; choose fewer `rows`, or a longer estimation window"
    )

    @property
    def outside(self) -> bool:
        """Residuals are errors of forecasts, not of a fit."""
        return True


@dataclass(frozen=True, kw_only=True)
class RollingMarketModel(BenchmarkModel):
    """Market model on a moving window of rows, for betas that change (Fama & MacBeth 1973).

    Each row t of the estimation window is forecast by least squares on the `rows` complete rows before it, and the
    event window by the last `rows` rows of the estimation window; no return of the event window enters. With ``e_t``
    the forecast error and ``h_t = 1 / rows + (x_t - mean)² / SS`` of its stretch, ``e_t / sqrt(1 + h_t)`` has the
    variance of one day where beta is constant (Brown, Durbin & Evans 1975). Sigma is the root of their mean square over
    the M forecasts, so that what beta drifts by is part of it; it has M degrees of freedom. The forecast error of the
    event window is ``sigma² (I + Z (X'X)⁻¹ Z')``, X the last rows.

    Parameters
    ----------
    benchmark : str, optional
        Column of the panel; the only one where it is left out.
    rows : int
        Length of the moving window, at least 5.

    Raises
    ------
    UsageError
        If `rows` is smaller.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> market = rng.normal(0, 0.01, (1, 200, 1))
    >>> beta = np.repeat([0.5, 1.5], 100)
    >>> returns = beta * market[..., 0] + rng.normal(0, 0.001, (1, 200))
    >>> RollingMarketModel(rows=60).fit(returns, market).params[0].round(1).tolist()
    [0.0, 1.5]
    """

    rows: int = 60

    name = "rolling-market"

    def __post_init__(self) -> None:
        if self.rows < LEAST_ROWS:
            raise UsageError(f"model {self.name!r}: rows is {self.rows}; write a whole number from {LEAST_ROWS}")

    @property
    def description(self) -> str:
        """One sentence for the methods section."""
        return (
            f"Expected returns come from a market model on the last {self.rows} rows of the estimation window; its "
            f"sigma is that of forecasts of the other rows, each by the {self.rows} rows before it, and has as many "
            "degrees of freedom as there are forecasts (rolling model)."
        )

    @property
    def recursive(self) -> bool:
        """Each row is forecast by those before it."""
        return True

    def fit(self, returns: FloatArray, factors: FloatArray) -> RollingFit:
        """Estimate alpha, beta and sigma.

        Parameters
        ----------
        returns : ndarray, shape (n, L)
        factors : ndarray, shape (n, L, 1)
            The benchmark's returns.

        Returns
        -------
        RollingFit
        """
        there = np.isfinite(returns) & np.isfinite(factors[..., 0])
        count = there.sum(axis=1)
        last = there & (np.cumsum(there[:, ::-1], axis=1)[:, ::-1] <= self.rows)
        recent = least_squares(np.where(last, returns, np.nan), factors, param_names=("alpha", "beta"))
        order = np.argsort(~there, axis=1, kind="stable")
        y, x = (np.take_along_axis(values, order, axis=1) for values in (returns, factors[..., 0]))
        error, unit = forecast_errors(y, x, self.rows)
        forecasts, size = np.isfinite(unit).sum(axis=1), np.where(there, returns, 0.0)
        whole = (forecasts == count - self.rows) & (forecasts >= LEAST_FORECASTS)
        sigma = np.sqrt(np.nansum(unit**2, axis=1) / np.maximum(forecasts, 1))
        varies = sigma > NO_VARIANCE * np.sqrt(np.vecdot(size, size))
        residuals = np.full(returns.shape, np.nan)
        np.put_along_axis(residuals, order, error, axis=1)
        plain = {item.name: getattr(recent, item.name) for item in fields(LinearFit)}
        own = {"n_obs": count, "df": forecasts, "residuals": residuals}
        own["sigma"] = np.where(whole & varies, sigma, np.nan)
        return RollingFit(**plain | own, failed=~whole & (np.ptp(size, axis=1) > 0))


def forecast_errors(y: FloatArray, x: FloatArray, rows: int) -> tuple[FloatArray, FloatArray]:
    """Forecast each value by least squares on the values before it.

    Parameters
    ----------
    y, x : ndarray, shape (n, L)
        Complete values first.
    rows : int
        Length of the moving window.

    Returns
    -------
    tuple of ndarray, shapes (n, L)
        Forecast errors, and the same over ``sqrt(1 + h)``; NaN in the first `rows` columns, and where x does not vary.
    """
    error, unit = np.full(y.shape, np.nan), np.full(y.shape, np.nan)
    for t in range(rows, y.shape[1]):
        past_x, past_y = x[:, t - rows : t], y[:, t - rows : t]
        mean_x, mean_y = past_x.mean(axis=1), past_y.mean(axis=1)
        away = past_x - mean_x[:, None]
        squares = np.vecdot(away, away)
        squares = np.where(squares > COLLINEAR**2 * rows * mean_x**2, squares, np.nan)
        beta = np.vecdot(away, past_y) / squares
        error[:, t] = y[:, t] - mean_y - beta * (x[:, t] - mean_x)
        unit[:, t] = error[:, t] / np.sqrt(1 + 1 / rows + (x[:, t] - mean_x) ** 2 / squares)
    return error, unit
