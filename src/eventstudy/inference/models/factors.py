"""Models with several regressors: factors, or lags and leads of the benchmark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import UsageError
from .least_squares import FloatArray, LinearFit, least_squares
from .protocol import BenchmarkModel, Column, ModelBase, benchmark_column


@dataclass(frozen=True, kw_only=True)
class FactorModel(ModelBase):
    """Least-squares regression of returns, in excess of the risk-free rate if one is named, on a constant and factors.

    The CAPM (Sharpe 1964) has one factor, Fama & French (1993, 2015) three and five, Carhart (1997) four.

    Parameters
    ----------
    factors : tuple of str
        Columns of the panel, in order; all but the risk-free rate where it is empty.
    riskfree : str, optional
        Column of the risk-free rate (fraction); subtracted from the return and added back to the forecast.
    name : str
        Key in the table of models.

    Examples
    --------
    >>> FactorModel(factors=("Mkt-RF",), riskfree="RF", name="capm").description
    'Expected returns over RF come from a least-squares regression on a constant and Mkt-RF (capm).'
    """

    factors: tuple[str, ...] = ()
    riskfree: str | None = None
    name: str = "factors"

    weighted = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "riskfree", self.riskfree or None)

    @property
    def reads(self) -> Mapping[Column, tuple[str, ...]]:
        """The factors and the risk-free rate."""
        rate = {Column.RISKFREE: (self.riskfree,)} if self.riskfree else {}
        return {Column.FACTORS: self.factors, **rate}

    @property
    def description(self) -> str:
        """One sentence for the methods section."""
        over = f" over {self.riskfree}" if self.riskfree else ""
        named = ", ".join(self.factors) or "all factors"
        return f"Expected returns{over} come from a least-squares regression on a constant and {named} ({self.name})."

    def design(self, factors: FloatArray, names: Sequence[str]) -> FloatArray:
        """Select the risk-free rate, where there is one, and the factors.

        Parameters
        ----------
        factors : ndarray, shape (n, T, f)
        names : sequence of str, length f

        Returns
        -------
        ndarray, shape (n, T, g)

        Raises
        ------
        UsageError
            If there is no factor, or a named column is missing.
        """
        wanted = self.factors or tuple(name for name in names if name != self.riskfree)
        if not wanted:
            raise UsageError(f"model {self.name!r} needs at least one factor among the columns")
        columns = (self.riskfree, *wanted) if self.riskfree else wanted
        return factors[..., [benchmark_column(column, names, self.name) for column in columns]]

    def fit(self, returns: FloatArray, factors: FloatArray, weights: FloatArray | None = None) -> LinearFit:
        """Estimate alpha and one beta per factor.

        Parameters
        ----------
        returns, weights : ndarray, shape (n, L)
            Returns; optional weights, by default one.
        factors : ndarray, shape (n, L, g)
            From `design`.

        Returns
        -------
        LinearFit
        """
        offset = self.riskfree is not None
        count = factors.shape[-1] - offset
        names = self.factors or tuple(f"factor{j + 1}" for j in range(count))
        betas = ("beta",) if count == 1 else tuple(f"beta[{name}]" for name in names)
        return least_squares(returns, factors, param_names=("alpha", *betas), offset=offset, weights=weights)


@dataclass(frozen=True, kw_only=True)
class LaggedMarket(BenchmarkModel):
    """Market model with lags and leads of the benchmark in one regression (Dimson 1979), for thin trading.

    Lags count the market's own rows; for the benchmark's return known before the open use `OvernightSpillover`.

    Parameters
    ----------
    benchmark : str, optional
        Column of the panel; the only one where it is left out.
    lags, leads : int
        Rows before and after the day.
    """

    lags: int = 1
    leads: int = 1

    name = "dimson"
    weighted = True

    def __post_init__(self) -> None:
        if min(self.lags, self.leads) < 0:
            raise UsageError(f"model {self.name!r}: lags and leads are whole numbers from 0")

    @property
    def description(self) -> str:
        """One sentence for the methods section."""
        return (
            "Expected returns come from a least-squares regression on a constant and the benchmark's return with "
            f"{self.lags} lag(s) and {self.leads} lead(s) ({self.name})."
        )

    @property
    def reach(self) -> tuple[int, int]:
        """The numbers of lags and leads."""
        return self.lags, self.leads

    @property
    def shifts(self) -> tuple[int, ...]:
        """Rows by which the benchmark is shifted; negative for lags."""
        return tuple(range(-self.lags, self.leads + 1))

    def design(self, factors: FloatArray, names: Sequence[str]) -> FloatArray:
        """Return the benchmark with its lags and leads; NaN where they extend beyond the panel.

        Parameters
        ----------
        factors : ndarray, shape (n, T, f)
        names : sequence of str, length f

        Returns
        -------
        ndarray, shape (n, T, lags + 1 + leads)
        """
        market = super().design(factors, names)[..., 0]
        return np.stack([shifted(market, shift) for shift in self.shifts], axis=-1)

    def fit(self, returns: FloatArray, factors: FloatArray, weights: FloatArray | None = None) -> LinearFit:
        """Estimate alpha and one beta per shift; their sum is Dimson's beta.

        Parameters
        ----------
        returns, weights : ndarray, shape (n, L)
            Returns; optional weights, by default one.
        factors : ndarray, shape (n, L, g)
            From `design`.

        Returns
        -------
        LinearFit
        """
        betas = tuple(f"beta[{shift:+d}]" if shift else "beta[0]" for shift in self.shifts)
        return least_squares(returns, factors, param_names=("alpha", *betas), weights=weights)


@dataclass(frozen=True, kw_only=True)
class ScholesWilliams(BenchmarkModel):
    """Market model with the beta of Scholes & Williams (1977) for nonsynchronous trading.

    ``beta = cov(R, z) / cov(Rm, z)`` with ``z = Rm(-1) + Rm + Rm(+1)``, alpha from the means, all on one sample: the
    instrumental-variable estimator.

    Parameters
    ----------
    benchmark : str, optional
        Column of the panel; the only one where it is left out.
    """

    name = "scholes-williams"
    weighted = True
    description = (
        "Expected returns come from a market model whose beta is that of Scholes and Williams (1977), with the sum of "
        "the benchmark's lag, itself and lead as instrument."
    )

    @property
    def reach(self) -> tuple[int, int]:
        """One lag and one lead of the benchmark, in the instrument."""
        return 1, 1

    def design(self, factors: FloatArray, names: Sequence[str]) -> FloatArray:
        """Return the instrument and the benchmark, in this order.

        Parameters
        ----------
        factors : ndarray, shape (n, T, f)
        names : sequence of str, length f

        Returns
        -------
        ndarray, shape (n, T, 2)
        """
        market = super().design(factors, names)[..., 0]
        return np.stack([sum(shifted(market, shift) for shift in (-1, 0, 1)), market], axis=-1)

    def fit(self, returns: FloatArray, factors: FloatArray, weights: FloatArray | None = None) -> LinearFit:
        """Estimate alpha and beta with the instrument.

        Parameters
        ----------
        returns, weights : ndarray, shape (n, L)
            Returns; optional weights, by default one.
        factors : ndarray, shape (n, L, 2)
            From `design`.

        Returns
        -------
        LinearFit
        """
        # One sample for means and covariances: a separate sample for each lag can move beta far off.
        present = np.isfinite(returns) & np.isfinite(factors).all(axis=-1)
        n_obs = present.sum(axis=1)
        heavy = np.where(present, 1.0 if weights is None else weights, 0.0)
        mass = np.maximum(heavy.sum(axis=1), 1.0)
        columns = (factors[..., 0], factors[..., 1], returns)
        means = [(np.where(present, c, 0.0) * heavy).sum(axis=1) / mass for c in columns]
        z, x, y = (np.where(present, c - m[:, None], 0.0) * np.sqrt(heavy) for c, m in zip(columns, means, strict=True))
        with np.errstate(invalid="ignore", divide="ignore"):
            beta = (z * y).sum(axis=1) / (z * x).sum(axis=1)
            residuals = y - beta[:, None] * x
            sigma = np.sqrt((residuals**2).sum(axis=1) / (n_obs - 2))
            spread = np.sqrt((z**2).sum(axis=1)) / (z * x).sum(axis=1)
        root = np.zeros((len(returns), 2, 2))
        root[:, 0, 0], root[:, 1, 1] = 1.0 / np.sqrt(mass), spread
        return LinearFit(
            param_names=("alpha", "beta"),
            params=np.column_stack([means[2] - beta * means[1], beta]),
            sigma=sigma,
            n_obs=n_obs,
            df=n_obs - 2,
            residuals=np.where(present, residuals, np.nan),
            center=means[1][:, None],
            root=root,
        )


def shifted(values: FloatArray, shift: int) -> FloatArray:
    """Return values moved in time so that column t holds that of t + shift.

    Parameters
    ----------
    values : ndarray, shape (n, T)
    shift : int
        Rows; negative for a lag.

    Returns
    -------
    ndarray, shape (n, T)
        NaN beyond the ends.

    Examples
    --------
    >>> shifted(np.array([[1.0, 2.0, 3.0]]), -1).tolist()
    [[nan, 1.0, 2.0]]
    """
    moved = np.full_like(values, np.nan)
    if shift == 0:
        return values
    if shift > 0:
        moved[:, :-shift] = values[:, shift:]
    else:
        moved[:, -shift:] = values[:, :shift]
    return moved
