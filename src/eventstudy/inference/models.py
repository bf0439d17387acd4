"""Models of the expected return: what the market would have done without the event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from ..errors import UsageError
from .linear import FloatArray, IntArray, LinearFit, least_squares


@runtime_checkable
class Fitted(Protocol):
    """An estimated model; `LinearFit` says what each part means."""

    @property
    def param_names(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def params(self) -> FloatArray: ...  # noqa: D102
    @property
    def sigma(self) -> FloatArray: ...  # noqa: D102
    @property
    def n_obs(self) -> IntArray: ...  # noqa: D102
    @property
    def df(self) -> IntArray: ...  # noqa: D102
    @property
    def residuals(self) -> FloatArray: ...  # noqa: D102

    def predict(self, factors: FloatArray) -> FloatArray:
        """Return the expected returns, shape (n, W)."""

    def forecast_error(self, factors: FloatArray, ahead: IntArray | None = None) -> tuple[FloatArray, FloatArray]:
        """Return each day's own variance, shape (n, W), and its loading on the parameters' error, (n, W, k).

        `ahead`, shape (W,), counts the rows since the last estimation row, for models whose variance moves.
        """

    def forecast_cov(self, factors: FloatArray, ahead: IntArray | None = None) -> FloatArray:
        """Return the covariance of the forecast errors, shape (n, W, W)."""


@runtime_checkable
class Model(Protocol):
    """What a model of the expected return offers. A new one is one class with these, and one line in `MODELS`."""

    @property
    def name(self) -> str:
        """Key in the table of models."""

    @property
    def description(self) -> str:
        """One sentence for the methods section."""

    def design(self, factors: FloatArray, names: Sequence[str]) -> FloatArray:
        """Return the regressors, shape (n, T, g), of the factors of a panel, shape (n, T, f), named `names`."""

    def fit(self, returns: FloatArray, factors: FloatArray) -> Fitted:
        """Estimate on returns of shape (n, L) and regressors of shape (n, L, g)."""


@dataclass(frozen=True, kw_only=True)
class ConstantMean:
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
        """Use no regressor."""
        return factors[..., :0]

    def fit(self, returns: FloatArray, factors: FloatArray) -> LinearFit:
        """Estimate the means."""
        return least_squares(returns, factors[..., :0], param_names=("alpha",))


@dataclass(frozen=True, kw_only=True)
class MarketAdjusted:
    """The benchmark's return itself: a market model with alpha zero and beta one; nothing is estimated but sigma.

    Sigma is taken about zero (k = 0), so that the forecast error has no parameter part.

    Parameters
    ----------
    benchmark : str, optional
        Factor of the panel that is the benchmark; the only one where it is left out.

    Examples
    --------
    >>> import numpy as np
    >>> fit = MarketAdjusted().fit(np.array([[0.02, 0.00]]), np.array([[[0.01], [0.01]]]))
    >>> float(fit.sigma[0].round(4)), int(fit.df[0])
    (0.01, 2)
    """

    benchmark: str | None = None

    name = "market-adjusted"
    description = (
        "Expected returns are the benchmark's return of the same day (market-adjusted model); "
        "sigma is taken about zero over the estimation window."
    )

    def design(self, factors: FloatArray, names: Sequence[str]) -> FloatArray:
        """Use the benchmark."""
        column = benchmark_column(self.benchmark, names, self.name)
        return factors[..., column : column + 1]

    def fit(self, returns: FloatArray, factors: FloatArray) -> LinearFit:
        """Estimate sigma."""
        return least_squares(returns, factors, param_names=(), intercept=False, offset=True)


@dataclass(frozen=True, kw_only=True)
class MarketModel:
    """Least squares of the return on a constant and the benchmark's return (Fama et al. 1969; MacKinlay 1997).

    Parameters
    ----------
    benchmark : str, optional
        Factor of the panel that is the benchmark; the only one where it is left out.

    Examples
    --------
    >>> import numpy as np
    >>> market = np.array([[[0.01], [-0.01], [0.02], [0.00]]])
    >>> fit = MarketModel().fit(0.001 + 0.5 * market[..., 0], market)
    >>> fit.params.round(6).tolist()
    [[0.001, 0.5]]
    """

    benchmark: str | None = None

    name = "market"
    description = (
        "Expected returns come from a least-squares regression of the return on a constant and the benchmark's "
        "return over the estimation window (market model)."
    )

    def design(self, factors: FloatArray, names: Sequence[str]) -> FloatArray:
        """Use the benchmark."""
        column = benchmark_column(self.benchmark, names, self.name)
        return factors[..., column : column + 1]

    def fit(self, returns: FloatArray, factors: FloatArray) -> LinearFit:
        """Estimate alpha, beta and sigma."""
        return least_squares(returns, factors, param_names=("alpha", "beta"))


@dataclass(frozen=True, kw_only=True)
class OvernightSpillover(MarketModel):
    """Least squares of the return on a constant and the benchmark's return that was known before the market opened.

    For markets that the benchmark's news reaches overnight: Tokyo on New York's previous close, London on Tokyo's of
    the same date (Hamao, Masulis & Ng 1990). The panel's benchmark column must hold that return, which is what
    `known_before_open` asks of a study; the regression itself knows no clocks.

    Parameters
    ----------
    benchmark : str, optional
        Factor of the panel that is the benchmark; the only one where it is left out.

    Examples
    --------
    >>> OvernightSpillover(benchmark="^GSPC").name
    'spillover'
    """

    name = "spillover"
    description = (
        "Expected returns come from a least-squares regression of the return on a constant and the benchmark's return "
        "between the last observations known before the previous session opened and before this one did "
        "(overnight-spillover model). In rows after day 0 that return can hold the benchmark's own reaction."
    )
    known_before_open = True


def benchmark_column(benchmark: str | None, names: Sequence[str], model: str) -> int:
    """Return the position of the benchmark among the factors of a panel.

    Raises
    ------
    UsageError
        If it is not there, or none is named and there is not exactly one factor.

    Examples
    --------
    >>> benchmark_column("SP500", ("SMB", "SP500"), "market")
    1
    """
    if benchmark is None:
        if len(names) != 1:
            have = f"there are {len(names)}: {', '.join(names)}" if names else "there is none"
            raise UsageError(f"model {model!r} needs one benchmark and {have}; name it with benchmark=")
        return 0
    if benchmark not in names:
        raise UsageError(f"model {model!r}: benchmark {benchmark!r} is not among the factors ({', '.join(names)})")
    return list(names).index(benchmark)
