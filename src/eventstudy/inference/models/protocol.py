"""The interface of a model of the expected return: the columns it reads, its properties, and the fit it returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from ...errors import UsageError
from .least_squares import FloatArray, IntArray


class Column(StrEnum):
    """Kinds of columns that a model reads beside the returns; the study adds them to the panel."""

    BENCHMARK = "benchmark"
    FACTORS = "factors"
    RISKFREE = "riskfree"
    PEERS = "peers"
    MATCHED = "matched"
    TIME_OF_DAY = "time_of_day"


@runtime_checkable
class Fitted(Protocol):
    """A model estimated for n pairs; see `LinearFit` for the fields."""

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
        """Return the expected returns.

        Parameters
        ----------
        factors : ndarray, shape (n, W, g)
            Regressors, as in the fit.

        Returns
        -------
        ndarray, shape (n, W)
        """

    def forecast_error(self, factors: FloatArray, ahead: IntArray | None = None) -> tuple[FloatArray, FloatArray]:
        """Return each day's own variance, and its loading on the error of the parameters.

        Parameters
        ----------
        factors : ndarray, shape (n, W, g)
            Regressors, as in the fit.
        ahead : ndarray of int, shape (W,), optional
            Rows since the last estimation row, for models with time-varying variance.

        Returns
        -------
        tuple of ndarray, shapes (n, W) and (n, W, k)
        """

    def forecast_cov(self, factors: FloatArray, ahead: IntArray | None = None) -> FloatArray:
        """Return the covariance of the forecast errors.

        Parameters
        ----------
        factors : ndarray, shape (n, W, g)
            Regressors, as in the fit.
        ahead : ndarray of int, shape (W,), optional
            Rows since the last estimation row.

        Returns
        -------
        ndarray, shape (n, W, W)
        """


@runtime_checkable
class Model(Protocol):
    """A model of the expected return; `ModelBase` has defaults for all but `name`, `description`, `design` and `fit`.

    Other code reads these properties only and makes no assumption about a model's class.
    """

    @property
    def name(self) -> str:
        """Key in the table of models."""

    @property
    def description(self) -> str:
        """One sentence for the methods section."""

    @property
    def reads(self) -> Mapping[Column, tuple[str, ...]]:
        """Kinds of columns that the model reads, with their names; for an empty tuple the study chooses the names."""

    @property
    def reach(self) -> tuple[int, int]:
        """Rows before and after a day that its regressors use (lags, leads); the panel is widened by them."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The options of the model: ``MODELS[name](**parameters)`` is an equal model."""

    @property
    def known_before_open(self) -> bool:
        """Whether the benchmark must be the one known before each session opened, not that of the same date."""

    @property
    def iterates(self) -> bool:
        """Whether a fit is iterative and too slow to repeat for many resamples."""

    @property
    def weighted(self) -> bool:
        """Whether `fit` takes ``weights``, shape (n, L), for returns over several days."""

    def design(self, factors: FloatArray, names: Sequence[str]) -> FloatArray:
        """Return the regressors made of the factors of a panel.

        Parameters
        ----------
        factors : ndarray, shape (n, T, f)
        names : sequence of str, length f

        Returns
        -------
        ndarray, shape (n, T, g)
        """

    def fit(self, returns: FloatArray, factors: FloatArray) -> Fitted:
        """Estimate the model for every pair.

        Parameters
        ----------
        returns : ndarray, shape (n, L)
        factors : ndarray, shape (n, L, g)
            Regressors, from `design`.

        Returns
        -------
        Fitted
        """


@dataclass(frozen=True, kw_only=True)
class ModelBase:
    """Default answers of `Model`; inherit from it and override what differs.

    It reads no column and its options are the fields of the dataclass; a subclass adds ``description``, ``design`` and
    ``fit``.

    Examples
    --------
    >>> ModelBase().reach, dict(ModelBase().reads)
    ((0, 0), {})
    """

    @property
    def name(self) -> str:
        """The name of the class."""
        return type(self).__name__

    @property
    def reads(self) -> Mapping[Column, tuple[str, ...]]:
        """No column."""
        return {}

    @property
    def reach(self) -> tuple[int, int]:
        """No row but the day itself."""
        return 0, 0

    @property
    def parameters(self) -> Mapping[str, Any]:
        """All fields but the name."""
        return {key: value for key, value in asdict(self).items() if key != "name"}

    @property
    def known_before_open(self) -> bool:
        """Uses the benchmark of the same date."""
        return False

    @property
    def iterates(self) -> bool:
        """Estimated in closed form."""
        return False

    @property
    def flexible(self) -> bool:
        """Has few parameters, so that its residuals in the estimation window are about as large as forecast errors."""
        return False

    @property
    def recursive(self) -> bool:
        """Forecasts do not depend on the order of the estimation rows."""
        return False

    @property
    def weighted(self) -> bool:
        """Takes no weights."""
        return False


@dataclass(frozen=True, kw_only=True)
class BenchmarkModel(ModelBase):
    """Base of models on one benchmark, whose return of the day is the only regressor unless `design` is overridden.

    Parameters
    ----------
    benchmark : str, optional
        Column of the panel that is the benchmark; the only one where it is left out.

    Examples
    --------
    >>> BenchmarkModel(benchmark="SP500").reads[Column.BENCHMARK]
    ('SP500',)
    """

    benchmark: str | None = None

    @property
    def reads(self) -> Mapping[Column, tuple[str, ...]]:
        """The benchmark."""
        return {Column.BENCHMARK: () if self.benchmark is None else (self.benchmark,)}

    def design(self, factors: FloatArray, names: Sequence[str]) -> FloatArray:
        """Select the benchmark.

        Parameters
        ----------
        factors : ndarray, shape (n, T, f)
        names : sequence of str, length f

        Returns
        -------
        ndarray, shape (n, T, 1)

        Raises
        ------
        UsageError
            If the benchmark is not among the factors, or is not named and there are several.
        """
        column = benchmark_column(self.benchmark, names, self.name)
        return factors[..., column : column + 1]


def benchmark_column(benchmark: str | None, names: Sequence[str], model: str) -> int:
    """Return the position of the benchmark among the factors of a panel.

    Parameters
    ----------
    benchmark : str or None
    names : sequence of str
        Factors of the panel.
    model : str
        Name of the model, for messages.

    Returns
    -------
    int

    Raises
    ------
    UsageError
        If it is missing, or none is named and there is not exactly one factor.

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
