"""Models that are estimated one event at a time: robust regression and GARCH."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...optional import need
from .least_squares import FloatArray, IntArray, LinearFit, assemble
from .protocol import BenchmarkModel

MIN_ROWS = 10
PRECISION = {"ftol": 1e-12, "maxiter": 500}
# An optimum is known to about the root of `ftol`: a persistence alpha + beta this near to one cannot be told from one.
LARGEST_PERSISTENCE = 1 - 1e-6


@dataclass(frozen=True, kw_only=True)
class RobustMarketModel(BenchmarkModel):
    """Market model by Huber's M-estimator, which limits the influence of outliers in the estimation window (1964).

    Estimated by `statsmodels.RLM` with its defaults (Huber's t = 1.345, scale by the median absolute deviation). Sigma
    is that robust scale; the forecast error uses the parameters' covariance of the same fit.

    Parameters
    ----------
    benchmark : str, optional
        Column of the panel; the only one where it is left out.
    """

    name = "robust"
    weighted = True
    description = (
        "Expected returns come from a market model estimated by Huber's M-estimator over the estimation window."
    )

    @property
    def iterates(self) -> bool:
        """One optimisation per pair."""
        return True

    def fit(self, returns: FloatArray, factors: FloatArray, weights: FloatArray | None = None) -> LinearFit:
        """Estimate alpha, beta and sigma, pair by pair; each row is multiplied by the root of its weight.

        Parameters
        ----------
        returns, weights : ndarray, shape (n, L)
            Returns; optional weights, by default one.
        factors : ndarray, shape (n, L, 1)

        Returns
        -------
        LinearFit
            NaN for pairs with fewer than `MIN_ROWS` rows, or without variation.
        """
        import statsmodels.api as sm

        n, days = returns.shape
        params, sigma, center = np.full((n, 2), np.nan), np.full(n, np.nan), np.zeros((n, 1))
        root, residuals = np.zeros((n, 2, 2)), np.full((n, days), np.nan)
        present = np.isfinite(returns) & np.isfinite(factors[..., 0])
        n_obs = present.sum(axis=1)
        for i in np.flatnonzero(n_obs >= MIN_ROWS):
            y, x = returns[i, present[i]], factors[i, present[i], 0]
            heavy = np.ones_like(x) if weights is None else weights[i, present[i]]
            middle, scale = np.average(x, weights=heavy), np.sqrt(heavy)
            center[i] = middle
            if np.ptp(x) == 0 or np.ptp(y) == 0:
                continue
            # On a centred regressor the covariance is well conditioned and the constant independent of the slope.
            fit = sm.RLM(y * scale, np.column_stack([scale, (x - middle) * scale])).fit()
            params[i] = fit.params[0] - fit.params[1] * middle, fit.params[1]
            sigma[i], residuals[i, present[i]] = fit.scale, fit.resid
            root[i] = np.linalg.cholesky(fit.bcov_scaled) / fit.scale
        return LinearFit(
            param_names=("alpha", "beta"),
            params=params,
            sigma=sigma,
            n_obs=n_obs,
            df=n_obs - 2,
            residuals=residuals,
            center=center,
            root=root,
        )


@dataclass(frozen=True, kw_only=True)
class GarchFit:
    """A regression with GARCH(1,1) errors estimated for n pairs; the other fields are those of `LinearFit`.

    Parameters
    ----------
    mean_params : ndarray, shape (n, m)
        Constant and slopes.
    mean_cov : ndarray, shape (n, m, m)
        Their covariance.
    volatility : ndarray, shape (n, 3)
        ``omega, alpha, beta`` of ``h_t = omega + alpha e²_{t-1} + beta h_{t-1}``.
    next_variance : ndarray, shape (n,)
        Variance of the day after the last estimation day used.
    failed : ndarray of bool, shape (n,)
        Whether returns that vary gave no estimate: no convergence, or ``alpha + beta`` is one within 1e-6 or more (no
        mean variance).
    """

    param_names: tuple[str, ...]
    mean_params: FloatArray
    mean_cov: FloatArray
    volatility: FloatArray
    next_variance: FloatArray
    failed: npt.NDArray[np.bool_]
    sigma: FloatArray
    n_obs: IntArray
    df: IntArray
    residuals: FloatArray

    @property
    def params(self) -> FloatArray:
        """Mean and volatility parameters, shape (n, m + 3)."""
        return np.concatenate([self.mean_params, self.volatility], axis=1)

    def predict(self, factors: FloatArray) -> FloatArray:
        """Return the expected returns.

        Parameters
        ----------
        factors : ndarray, shape (n, W, m - 1)

        Returns
        -------
        ndarray, shape (n, W)
        """
        return np.asarray(self.mean_params[:, :1] + np.einsum("nwf,nf->nw", factors, self.mean_params[:, 1:]))

    def forecast_error(self, factors: FloatArray, ahead: IntArray | None = None) -> tuple[FloatArray, FloatArray]:
        """Return each day's variance, and its loading on the error of the mean's parameters.

        ``h_{T+j} = hbar + (a + b)^(j-1) (h_{T+1} - hbar)`` with ``hbar = omega / (1 - a - b)`` (Bollerslev
        1986). Returns of the event window never enter: the variance is forecast at the end of the estimation window.

        Parameters
        ----------
        factors : ndarray, shape (n, W, m - 1)
        ahead : ndarray of int, shape (W,), optional
            Rows since the last estimation row; 1 to W where it is left out.

        Returns
        -------
        tuple of ndarray, shapes (n, W) and (n, W, m)
        """
        # Rows before the end of the estimation window have no forecast; they get that of the first day after it.
        days = np.arange(1, factors.shape[1] + 1) if ahead is None else np.maximum(ahead, 1)
        omega, alpha, beta = (self.volatility[:, [j]] for j in range(3))
        long_run = omega / (1 - alpha - beta)
        noise = long_run + (alpha + beta) ** (days - 1) * (self.next_variance[:, None] - long_run)
        rows = np.concatenate([np.ones((*factors.shape[:2], 1)), factors], axis=-1)
        return noise, np.einsum("nwi,nij->nwj", rows, np.linalg.cholesky(self.mean_cov))

    def forecast_cov(self, factors: FloatArray, ahead: IntArray | None = None) -> FloatArray:
        """Return the covariance of the forecast errors.

        Parameters
        ----------
        factors : ndarray, shape (n, W, m - 1)
        ahead : ndarray of int, shape (W,), optional
            Rows since the last estimation row.

        Returns
        -------
        ndarray, shape (n, W, W)
        """
        return assemble(*self.forecast_error(factors, ahead))


@dataclass(frozen=True, kw_only=True)
class GarchMarketModel(BenchmarkModel):
    """Market model with GARCH(1,1) errors (Bollerslev 1986), estimated by the `arch` package (extra ``garch``).

    The recursion starts from the sample variance, as in the published DEM/GBP benchmark.

    Parameters
    ----------
    benchmark : str, optional
        Column of the panel; the only one where it is left out. Without factors the mean is a constant.
    """

    name = "garch"
    description = (
        "Expected returns come from a market model with GARCH(1,1) errors; the variance of each event day is the one "
        "forecast at the end of the estimation window."
    )

    @property
    def iterates(self) -> bool:
        """One optimisation per pair."""
        return True

    @property
    def recursive(self) -> bool:
        """The variance of a day follows from the days before it."""
        return True

    def design(self, factors: FloatArray, names: Sequence[str]) -> FloatArray:
        """Return the benchmark, or no regressor where the panel has no factor.

        Parameters
        ----------
        factors : ndarray, shape (n, T, f)
        names : sequence of str, length f

        Returns
        -------
        ndarray, shape (n, T, 1) or (n, T, 0)
        """
        return super().design(factors, names) if names else factors

    def fit(self, returns: FloatArray, factors: FloatArray) -> GarchFit:
        """Estimate pair by pair.

        Parameters
        ----------
        returns : ndarray, shape (n, L)
        factors : ndarray, shape (n, L, m - 1)
            From `design`.

        Returns
        -------
        GarchFit
            Sigma is NaN for pairs that do not converge.

        Raises
        ------
        UsageError
            If `arch` is not installed.
        """
        n, slopes = len(returns), factors.shape[-1]
        present = np.isfinite(returns) & np.isfinite(factors).all(axis=-1)
        n_obs = present.sum(axis=1)
        mean = np.full((n, slopes + 1), np.nan)
        cov = np.tile(np.eye(slopes + 1), (n, 1, 1))
        volatility, following, sigma = np.full((n, 3), np.nan), np.full(n, np.nan), np.full(n, np.nan)
        residuals, failed = np.full(returns.shape, np.nan), np.zeros(n, dtype=bool)
        for i in np.flatnonzero(n_obs >= MIN_ROWS):
            rows = present[i]
            found = _garch(returns[i, rows], factors[i, rows])
            if found is None:
                failed[i] = np.ptp(returns[i, rows]) > 0
                continue
            mean[i], cov[i], volatility[i], following[i], residuals[i, rows] = found
            sigma[i] = np.sqrt((residuals[i, rows] ** 2).sum() / max(n_obs[i] - slopes - 1, 1))
        return GarchFit(
            param_names=("alpha", *(("beta",) if slopes == 1 else ()), "omega", "arch", "garch"),
            mean_params=mean,
            mean_cov=cov,
            volatility=volatility,
            next_variance=following,
            failed=failed,
            sigma=sigma,
            n_obs=n_obs,
            df=n_obs - slopes - 1,
            residuals=residuals,
        )


def _garch(y: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, float, FloatArray] | None:
    """Return mean parameters, their covariance, volatility parameters, next variance and residuals, or None."""
    arch_model = need("arch", "garch").arch_model
    if np.ptp(y) == 0:
        return None
    slopes, scale = x.shape[1], float(y.std())
    kind = {"mean": "LS", "x": x / scale} if slopes else {"mean": "Constant"}
    model = arch_model(y / scale, vol="GARCH", p=1, q=1, rescale=False, **kind)
    # Returns have variance one here; the default backcast would start the recursion from the first 75 days.
    fit = model.fit(disp="off", show_warning=False, backcast=1.0, options=PRECISION)
    values = np.asarray(fit.params, dtype=np.float64)
    omega, alpha, beta = values[slopes + 1 :]
    if fit.convergence_flag != 0 or not 0 < alpha + beta < LARGEST_PERSISTENCE:
        return None
    errors = np.asarray(fit.resid, dtype=np.float64)
    last = float(np.asarray(fit.conditional_volatility)[-1]) ** 2
    following = omega + alpha * errors[-1] ** 2 + beta * last
    unit = np.r_[scale, np.ones(slopes)]
    cov = np.asarray(fit.param_cov, dtype=np.float64)[: slopes + 1, : slopes + 1] * np.outer(unit, unit)
    volatility = np.array([omega * scale**2, alpha, beta])
    return values[: slopes + 1] * unit, cov, volatility, following * scale**2, errors * scale
