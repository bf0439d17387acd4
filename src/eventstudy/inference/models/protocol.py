"""What a model of the expected return offers, and what it gives when it is fitted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from ...errors import UsageError
from .least_squares import FloatArray, IntArray


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
