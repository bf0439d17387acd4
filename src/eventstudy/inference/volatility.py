"""Volatility event studies: a GJR-GARCH with a dummy of the event window in the mean and in the variance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import UsageError
from ..optional import need
from ..panel import EventPanel
from ..windows import Window
from .abnormal import AbnormalReturns
from .distributions import normal_sf
from .estimation import check_reach
from .models.least_squares import FloatArray, LinearFit

BoolArray = npt.NDArray[np.bool_]
# One day with a dummy of its own in the mean has no residual, and its variance would be estimated as zero.
MIN_DAYS = 5
MIN_ROWS = 100
# A stricter tolerance makes the search stop at the optimum with a complaint about its last step.
PRECISION = {"ftol": 1e-9, "maxiter": 1000}


@dataclass(frozen=True, kw_only=True)
class VolatilityEffect:
    """What the window of one event did to mean and variance.

    Parameters
    ----------
    n : int
        Rows used, those of the window among them.
    mean_effect, mean_se, mean_p : float
        Abnormal return a day in the window, its standard error (inverse Hessian; missing where that is not positive),
        and two-sided p-value (normal).
    variance_effect : float
        What a day of the window adds to the conditional variance (squared fractions).
    variance_ratio : float
        Mean conditional variance in the window over the same without what the dummy adds.
    variance_p : float
        Likelihood-ratio test of no effect on the variance, chi-squared with one degree of freedom.
    omega, arch, asymmetry, garch : float
        Of ``h_t = omega + (arch + asymmetry [e_{t-1} < 0]) e²_{t-1} + garch h_{t-1} + variance_effect D_t``.
    """

    n: int
    mean_effect: float
    mean_se: float
    mean_p: float
    variance_effect: float
    variance_ratio: float
    variance_p: float
    omega: float
    arch: float
    asymmetry: float
    garch: float


COLUMNS = ["event_id", "market", "window", *(one.name for one in fields(VolatilityEffect)), "detail"]


def event_volatility(returns: FloatArray, regressors: FloatArray, inside: BoolArray) -> VolatilityEffect | None:
    """Estimate a regression with GJR-GARCH(1,1) errors and a dummy of the event in the mean and in the variance.

    ``R_t = a + b'X_t + m D_t + e_t`` and ``h_t = omega + (arch + asymmetry [e_{t-1} < 0]) e²_{t-1} + garch h_{t-1} +
    v D_t`` (Glosten, Jagannathan & Runkle 1993; dummies as in Savickas 2003), by maximum likelihood of the normal
    distribution.

    Parameters
    ----------
    returns : ndarray, shape (T,)
        In the order of time; the estimation rows and those of the window.
    regressors : ndarray, shape (T, f)
    inside : ndarray of bool, shape (T,)
        The rows of the window; rows that lack a return or a regressor are left out.

    Returns
    -------
    VolatilityEffect or None
        None where the estimation does not converge.

    Raises
    ------
    UsageError
        If `arch` is not installed (extra ``garch``).

    Notes
    -----
    `arch` has no regressors in the variance. Its recursion is linear in the intercept, so that a dummy adds
    ``v Σ_j garch^j D_{t-j}`` to the variance of the same residuals; that is added to what `arch` computes, and `arch`
    estimates.
    """
    there = np.isfinite(returns) & np.isfinite(regressors).all(axis=1)
    scale = float(returns[there].std())
    y, x, dummy = returns[there] / scale, regressors[there] / scale, inside[there].astype(np.float64)
    x = np.column_stack([x, dummy])
    full, null = _fitted(y, x, dummy), _fitted(y, x, None)
    if full is None or null is None:
        return None
    values = np.asarray(full.params, dtype=np.float64)
    at, (omega, arch, asymmetry, garch, more) = x.shape[1], values[-5:]
    variance = float(np.asarray(full.param_cov)[at, at])
    # Where a parameter ends at its bound the surface may be no hill, and the Hessian gives no error.
    error = float(np.sqrt(variance)) if variance > 0 else np.nan
    h = np.asarray(full.conditional_volatility)[dummy > 0] ** 2
    added = _response(dummy, garch)[dummy > 0] * more
    return VolatilityEffect(
        n=len(y),
        mean_effect=float(values[at]) * scale,
        mean_se=error * scale,
        mean_p=2 * float(normal_sf(abs(values[at]) / error)),
        variance_effect=float(more) * scale**2,
        variance_ratio=float(h.mean() / (h - added).mean()),
        # Chi-squared with one degree of freedom is the square of a standard normal.
        variance_p=2 * float(normal_sf(np.sqrt(max(2 * (full.loglikelihood - null.loglikelihood), 0.0)))),
        omega=float(omega) * scale**2,
        arch=float(arch),
        asymmetry=float(asymmetry),
        garch=float(garch),
    )


def volatility_effects(panel: EventPanel, abnormal: AbnormalReturns, window: Window) -> pd.DataFrame:
    """Estimate `event_volatility` for every pair, on its estimation window, the rows between, and the event window.

    Parameters
    ----------
    panel : EventPanel
        Of the pairs of `abnormal`.
    abnormal : AbnormalReturns
    window : Window
        Of `MIN_DAYS` rows or more.

    Returns
    -------
    DataFrame
        ``event_id, market, window`` and the fields of `VolatilityEffect`, one line a pair; where there is no estimate
        they are missing and ``detail`` says why.

    Raises
    ------
    UsageError
        If the window is short, or the model is not a regression on its columns.
    """
    if window.length < MIN_DAYS:
        raise UsageError(f"window {window.label}: {window.length} rows; a variance needs {MIN_DAYS}, such as (0, 9)")
    check_reach(panel, (window,))
    if abnormal.estimation.last >= window.first:
        raise UsageError(
            f"window {window.label}: a GJR-GARCH runs in the order of time; the estimation window "
            f"{abnormal.estimation.label} must lie before it"
        )
    design, offset = abnormal.model.design(panel.factors, panel.factor_names), getattr(abnormal.fitted, "offset", False)
    if not isinstance(abnormal.fitted, LinearFit) or abnormal.fitted.center.shape[1] + offset != design.shape[-1]:
        raise UsageError(
            f"model {abnormal.model.name!r} is no regression on its columns; choose constant-mean, market or factors"
        )
    rows = panel.at(Window(abnormal.estimation.first, window.last))
    inside = (panel.tau[rows] >= window.first) & (panel.tau[rows] <= window.last)
    returns = panel.returns - design[..., 0] if offset else panel.returns
    pairs = zip(returns[:, rows], design[:, rows, int(offset) :], strict=True)
    labels = panel.rows[["event_id", "market"]].assign(window=window.label).to_numpy(dtype=object)
    lines = ([*label, *_line(y, x, inside)] for label, (y, x) in zip(labels, pairs, strict=True))
    return pd.DataFrame(lines, columns=COLUMNS)


def _line(y: FloatArray, x: FloatArray, inside: BoolArray) -> Iterator[Any]:
    """Return the fields of the effect, and why there is none."""
    there = np.isfinite(y) & np.isfinite(x).all(axis=1)
    rows, days = int(there.sum()), int((there & inside).sum())
    effect, why = None, ""
    if rows < MIN_ROWS or days < MIN_DAYS or np.ptp(y[there]) == 0:
        why = f"{rows} rows, {days} of them in the window; {MIN_ROWS} and {MIN_DAYS} with returns that vary needed"
    else:
        effect = event_volatility(y, x, inside)
        why = "" if effect else "the estimation did not converge"
    yield from astuple(effect) if effect else (rows, *[np.nan] * (len(fields(VolatilityEffect)) - 1))
    yield why


def _response(dummy: FloatArray, garch: float) -> FloatArray:
    """Return ``Σ_j garch^j D_{t-j}``: what one unit of the dummy's coefficient adds to each day's variance."""
    from scipy.signal import lfilter

    return np.asarray(lfilter([1.0], [1.0, -garch], dummy), dtype=np.float64)


def _fitted(y: FloatArray, x: FloatArray, dummy: FloatArray | None) -> Any:
    """Return the fit of `arch`, or None where it does not converge; without a dummy its own GJR-GARCH."""
    univariate = need("arch.univariate", "garch")
    volatility = univariate.GARCH(1, 1, 1) if dummy is None else _with_dummy()(dummy)
    model = univariate.LS(y, x, volatility=volatility, rescale=False)
    # The recursion starts from the variance of the residuals, not, as is usual in `arch`, from that of the first days.
    rows = np.column_stack([np.ones(len(y)), x])
    start = float(np.var(y - rows @ np.linalg.lstsq(rows, y, rcond=None)[0]))
    fit = model.fit(disp="off", show_warning=False, backcast=start, cov_type="classic", options=PRECISION)
    return fit if fit.convergence_flag == 0 else None


@cache
def _with_dummy() -> Any:
    """Return the volatility process of `arch` with a dummy; `arch` is loaded when it is first needed."""
    base: Any = need("arch.univariate", "garch").GARCH

    class GJRWithDummy(base):  # type: ignore[misc]
        """GJR-GARCH(1,1) whose intercept is larger by a parameter where a dummy is one."""

        def __init__(self, dummy: FloatArray) -> None:
            super().__init__(1, 1, 1)
            self.dummy, self._num_params = dummy, 5

        def bounds(self, resids: FloatArray) -> list[tuple[float, float]]:
            most = 10.0 * float(np.max(resids**2))
            return [*super().bounds(resids), (-most, most)]

        def constraints(self) -> tuple[FloatArray, FloatArray]:
            rows, least = super().constraints()
            rows = np.column_stack([rows, np.zeros(len(rows))])
            # The intercept stays positive in the window.
            return np.vstack([rows, [1.0, 0.0, 0.0, 0.0, 1.0]]), np.append(least, 0.0)

        def starting_values(self, resids: FloatArray) -> FloatArray:
            return np.append(super().starting_values(resids), 0.0)

        def parameter_names(self) -> list[str]:
            return [*super().parameter_names(), "event"]

        def compute_variance(
            self, parameters: FloatArray, resids: FloatArray, sigma2: FloatArray, backcast: Any, var_bounds: FloatArray
        ) -> FloatArray:
            super().compute_variance(parameters[:4], resids, sigma2, backcast, var_bounds)
            if len(parameters) > 4:
                sigma2 += parameters[4] * _response(self.dummy, float(parameters[3]))
                np.maximum(sigma2, var_bounds[:, 0], out=sigma2)
            return sigma2

    return GJRWithDummy
