"""The contract of a model of the expected return: what it reads, what it offers, and what a fit of it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from ...errors import UsageError
from .least_squares import FloatArray, IntArray


class Column(StrEnum):
    """Kinds of columns that a model reads beside the returns; the study puts them into the panel."""

    BENCHMARK = "benchmark"
    FACTORS = "factors"
    RISKFREE = "riskfree"
    PEERS = "peers"
    TIME_OF_DAY = "time_of_day"


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
    """A model of the expected return; `ModelBase` has the usual answers to all but the first two and the last two.

    Nothing of a model is guessed: what other code needs to know stands here.
    """

    @property
    def name(self) -> str:
        """Key in the table of models."""

    @property
    def description(self) -> str:
        """One sentence for the methods section."""

    @property
    def reads(self) -> Mapping[Column, tuple[str, ...]]:
        """Kinds of columns that it reads, with their names; an empty tuple leaves the names to the study."""

    @property
    def reach(self) -> tuple[int, int]:
        """How many rows before and after a day its regressors take in (lags, leads); the panel is widened by them."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The options it was made with: ``MODELS[name](**parameters)`` is an equal model."""

    @property
    def known_before_open(self) -> bool:
        """Whether the benchmark must be the one known before each session opened, not that of the same date."""

    @property
    def iterates(self) -> bool:
        """Whether a fit is an iteration, too slow to repeat for each of many resamples."""

    @property
    def weighted(self) -> bool:
        """Whether `fit` takes ``weights``, shape (n, L): returns over several days then weigh as they should."""

    def design(self, factors: FloatArray, names: Sequence[str]) -> FloatArray:
        """Return the regressors, shape (n, T, g), of the factors of a panel, shape (n, T, f), named `names`."""

    def fit(self, returns: FloatArray, factors: FloatArray) -> Fitted:
        """Estimate on returns of shape (n, L) and regressors of shape (n, L, g)."""


@dataclass(frozen=True, kw_only=True)
class ModelBase:
    """The usual answers to `Model`; a model of one's own inherits them and overrides what differs.

    It reads no column, its options are the fields of the dataclass, and `design` and `fit` are still to be written.

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
        """The day alone."""
        return 0, 0

    @property
    def parameters(self) -> Mapping[str, Any]:
        """All fields but the name."""
        return {key: value for key, value in asdict(self).items() if key != "name"}

    @property
    def known_before_open(self) -> bool:
        """The benchmark of the same date."""
        return False

    @property
    def iterates(self) -> bool:
        """A closed form."""
        return False

    @property
    def weighted(self) -> bool:
        """Every return weighs the same."""
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
        """Use the benchmark, shape (n, T, 1)."""
        return factors[..., [benchmark_column(self.benchmark, names, self.name)]]


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
