"""Models with at most one benchmark: constant mean, market-adjusted, market model, overnight spillover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .least_squares import FloatArray, LinearFit, least_squares
from .protocol import BenchmarkModel, ModelBase


@dataclass(frozen=True, kw_only=True)
class ConstantMean(ModelBase):
    """The mean return of the estimation window (the comparison-period mean of Masulis 1980; Brown & Warner 1980).

    Examples
    --------
    >>> import numpy as np
    >>> fit = ConstantMean().fit(np.array([[0.01, 0.03, np.nan, 0.02]]), np.empty((1, 4, 0)))
    >>> float(fit.params[0, 0].round(4)), int(fit.n_obs[0]), int(fit.df[0])
    (0.02, 3, 2)
    """

    name = "constant-mean"
    description = "Expected returns are the mean return of the estimation window (constant-mean model)."

    def design(self, factors: FloatArray, names: Sequence[str]) -> FloatArray:
        """Select no regressor.

        Parameters
        ----------
        factors : ndarray, shape (n, T, f)
        names : sequence of str, length f

        Returns
        -------
        ndarray, shape (n, T, 0)
        """
        return factors[..., :0]

    def fit(self, returns: FloatArray, factors: FloatArray) -> LinearFit:
        """Estimate the mean and sigma of each pair.

        Parameters
        ----------
        returns : ndarray, shape (n, L)
        factors : ndarray, shape (n, L, f)
            Not used.

        Returns
        -------
        LinearFit
        """
        return least_squares(returns, factors[..., :0], param_names=("alpha",))


@dataclass(frozen=True, kw_only=True)
class MarketAdjusted(BenchmarkModel):
    """The benchmark's return itself: a market model with alpha zero and beta one; only sigma is estimated.

    Sigma is taken about zero (k = 0), so that the forecast error has no parameter part (Brown & Warner 1980).

    Parameters
    ----------
    benchmark : str, optional
        Column of the panel; the only one where it is left out.

    Examples
    --------
    >>> import numpy as np
    >>> fit = MarketAdjusted().fit(np.array([[0.02, 0.00]]), np.array([[[0.01], [0.01]]]))
    >>> float(fit.sigma[0].round(4)), int(fit.df[0])
    (0.01, 2)
    """

    name = "market-adjusted"
    weighted = True
    description = (
        "Expected returns are the benchmark's return of the same day (market-adjusted model); "
        "sigma is taken about zero over the estimation window."
    )

    def fit(self, returns: FloatArray, factors: FloatArray, weights: FloatArray | None = None) -> LinearFit:
        """Estimate sigma.

        Parameters
        ----------
        returns, weights : ndarray, shape (n, L)
            Returns; optional weights, by default one.
        factors : ndarray, shape (n, L, 1)
            The benchmark's returns.

        Returns
        -------
        LinearFit
        """
        return least_squares(returns, factors, param_names=(), intercept=False, offset=True, weights=weights)


@dataclass(frozen=True, kw_only=True)
class MarketModel(BenchmarkModel):
    """Least-squares regression of returns on a constant and the benchmark's return (Fama et al. 1969; MacKinlay 1997).

    Parameters
    ----------
    benchmark : str, optional
        Column of the panel; the only one where it is left out.

    Examples
    --------
    >>> import numpy as np
    >>> market = np.array([[[0.01], [-0.01], [0.02], [0.00]]])
    >>> fit = MarketModel().fit(0.001 + 0.5 * market[..., 0], market)
    >>> fit.params.round(6).tolist()
    [[0.001, 0.5]]
    """

    name = "market"
    weighted = True
    description = (
        "Expected returns come from a least-squares regression of the return on a constant and the benchmark's "
        "return over the estimation window (market model)."
    )

    def fit(self, returns: FloatArray, factors: FloatArray, weights: FloatArray | None = None) -> LinearFit:
        """Estimate alpha, beta and sigma.

        Parameters
        ----------
        returns, weights : ndarray, shape (n, L)
            Returns; optional weights, by default one.
        factors : ndarray, shape (n, L, 1)
            The benchmark's returns.

        Returns
        -------
        LinearFit
        """
        return least_squares(returns, factors, param_names=("alpha", "beta"), weights=weights)


@dataclass(frozen=True, kw_only=True)
class OvernightSpillover(MarketModel):
    """Least-squares regression of the return on a constant and the benchmark's return known before the market opened.

    For markets that open after the benchmark has closed: Tokyo on New York's previous close, London on Tokyo's close of
    the same date (Hamao, Masulis & Ng 1990). The benchmark column of the panel must hold that return, which
    `known_before_open` requests from a study; the regression itself is independent of clocks.

    Parameters
    ----------
    benchmark : str, optional
        Column of the panel; the only one where it is left out.

    Examples
    --------
    >>> OvernightSpillover(benchmark="^GSPC").name
    'spillover'
    """

    name = "spillover"
    description = (
        "Expected returns come from a least-squares regression of the return on a constant and the benchmark's return "
        "between the last observations known before the previous session opened and before this one opened "
        "(overnight-spillover model). In rows after day 0 that return can include the benchmark's own reaction."
    )

    @property
    def known_before_open(self) -> bool:
        """Requires the benchmark's return known before each session opened."""
        return True
