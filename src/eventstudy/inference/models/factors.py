"""Models with several regressors: factors, lags and leads of the benchmark, peers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import UsageError
from .least_squares import FloatArray, LinearFit, least_squares
from .protocol import BenchmarkModel, Column, ModelBase, benchmark_column


@dataclass(frozen=True, kw_only=True)
class FactorModel(ModelBase):
    """Least squares of the return, over the risk-free rate where there is one, on a constant and factors.

    The CAPM (Sharpe 1964) has one factor, Fama & French (1993, 2015) three and five, Carhart (1997) four.

    Parameters
    ----------
    factors : tuple of str
        Columns of the panel, in order; all but the risk-free rate where it is empty.
    riskfree : str, optional
        Column of the risk-free rate; it is taken off the return, and added back to the forecast.
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

    @property
    def weighted(self) -> bool:
        """Weighted least squares."""
        return True

    def design(self, factors: FloatArray, names: Sequence[str]) -> FloatArray:
        """Use the risk-free rate, where there is one, and the factors."""
        wanted = self.factors or tuple(name for name in names if name != self.riskfree)
        if not wanted:
            raise UsageError(f"model {self.name!r} needs at least one factor among the columns")
        columns = (self.riskfree, *wanted) if self.riskfree else wanted
        return factors[..., [benchmark_column(column, names, self.name) for column in columns]]

    def fit(self, returns: FloatArray, factors: FloatArray, weights: FloatArray | None = None) -> LinearFit:
        """Estimate alpha and one beta a factor."""
        offset = self.riskfree is not None
        count = factors.shape[-1] - offset
        names = self.factors or tuple(f"factor{j + 1}" for j in range(count))
        betas = ("beta",) if count == 1 else tuple(f"beta[{name}]" for name in names)
        return least_squares(returns, factors, param_names=("alpha", *betas), offset=offset, weights=weights)


@dataclass(frozen=True, kw_only=True)
class LaggedMarket(BenchmarkModel):
    """Market model with lags and leads of the benchmark, in one regression (Dimson 1979).

    For thin trading. Lags count the market's own rows; what was known overnight is `OvernightSpillover`'s.

    Parameters
    ----------
    benchmark : str, optional
    lags, leads : int
        Rows back and ahead.
    """

    lags: int = 1
    leads: int = 1

    name = "dimson"

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
        """The lags and the leads."""
        return self.lags, self.leads

    @property
    def shifts(self) -> tuple[int, ...]:
        """Rows by which the benchmark is moved: negative ones are lags."""
        return tuple(range(-self.lags, self.leads + 1))

    @property
    def weighted(self) -> bool:
        """Weighted least squares."""
        return True

    def design(self, factors: FloatArray, names: Sequence[str]) -> FloatArray:
        """Use the benchmark's lags, itself and its leads; NaN where they reach beyond the panel."""
        market = super().design(factors, names)[..., 0]
        return np.stack([shifted(market, shift) for shift in self.shifts], axis=-1)

    def fit(self, returns: FloatArray, factors: FloatArray, weights: FloatArray | None = None) -> LinearFit:
        """Estimate alpha and one beta a shift; their sum is Dimson's beta."""
        betas = tuple(f"beta[{shift:+d}]" if shift else "beta[0]" for shift in self.shifts)
        return least_squares(returns, factors, param_names=("alpha", *betas), weights=weights)


@dataclass(frozen=True, kw_only=True)
class ScholesWilliams(BenchmarkModel):
    """Market model with the beta of Scholes & Williams (1977) for asynchronous trading.

    ``beta = cov(R, z) / cov(Rm, z)`` with ``z = Rm(-1) + Rm + Rm(+1)``, alpha from the means, all on one sample: the
    instrumental-variable estimator.

    Parameters
    ----------
    benchmark : str, optional
    """

    name = "scholes-williams"
    description = (
        "Expected returns come from a market model whose beta is that of Scholes and Williams (1977), with the sum of "
        "the benchmark's lag, itself and lead as instrument."
    )

    @property
    def reach(self) -> tuple[int, int]:
        """One lag and one lead, in the instrument."""
        return 1, 1

    @property
    def weighted(self) -> bool:
        """Weighted least squares."""
        return True

    def design(self, factors: FloatArray, names: Sequence[str]) -> FloatArray:
        """Use the benchmark and, first, the instrument."""
        market = super().design(factors, names)[..., 0]
        return np.stack([sum(shifted(market, shift) for shift in (-1, 0, 1)), market], axis=-1)

    def fit(self, returns: FloatArray, factors: FloatArray, weights: FloatArray | None = None) -> LinearFit:
        """Estimate alpha and beta."""
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


@dataclass(frozen=True, kw_only=True)
class PeerPortfolio(ModelBase):
    """Market model on the equal-weighted mean return of peers (Baker & Gelbach 2020).

    Parameters
    ----------
    peers : tuple of str
        Columns of the panel; all of them where it is empty. A day counts the peers that have a return.
    """

    peers: tuple[str, ...] = ()

    name = "peers"
    description = (
        "Expected returns come from a least-squares regression on a constant and the equal-weighted mean return of the "
        "peers."
    )

    @property
    def reads(self) -> Mapping[Column, tuple[str, ...]]:
        """The peers."""
        return {Column.PEERS: self.peers}

    @property
    def weighted(self) -> bool:
        """Weighted least squares."""
        return True

    def design(self, factors: FloatArray, names: Sequence[str]) -> FloatArray:
        """Use the mean of the peers."""
        wanted = self.peers or tuple(names)
        if not wanted:
            raise UsageError("model 'peers' needs the peers' returns among the columns")
        chosen = factors[..., [benchmark_column(peer, names, self.name) for peer in wanted]]
        there = np.isfinite(chosen)
        count = there.sum(axis=-1, keepdims=True)
        mean = np.where(there, chosen, 0.0).sum(axis=-1, keepdims=True) / np.maximum(count, 1)
        return np.where(count > 0, mean, np.nan)

    def fit(self, returns: FloatArray, factors: FloatArray, weights: FloatArray | None = None) -> LinearFit:
        """Estimate alpha and beta."""
        return least_squares(returns, factors, param_names=("alpha", "beta"), weights=weights)


def shifted(values: FloatArray, shift: int) -> FloatArray:
    """Return values, shape (n, T), moved so that column t holds that of t + shift; NaN beyond the ends.

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
