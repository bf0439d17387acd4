"""Penalised regression on a pool of peers: lasso and ridge."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import UnknownNameError, UsageError
from ...optional import need
from .least_squares import FloatArray
from .pool import Combination, PeerPool

# Both grids run from a penalty that leaves no slope, or next to none, to one that leaves least squares almost as it is.
GRID = 40
LASSO_RANGE = (1.0, 1e-3)
RIDGE_RANGE = (1e2, 1e-4)
PRECISION, SEARCH, MOST_STEPS = 1e-9, 1e-5, 5_000


@dataclass(frozen=True, kw_only=True)
class PenalisedPeers(PeerPool):
    """Lasso or ridge regression of a security's returns on the returns of a pool of peers (Baker & Gelbach 2020).

    With peers standardised over the estimation window (``z``) and an unpenalised constant, the slopes minimise
    ``|y - Zb|² / (2 L) + λ Σ|b|`` (lasso, Tibshirani 1996) or ``|y - Zb|² + λ Σ b²`` (ridge, Hoerl & Kennard 1970).
    λ has the least mean squared error in cross-validation in the order of time: the estimation window is cut into
    ``folds + 1`` blocks, and each block but the first is forecast by a fit on all blocks before it. No row outside the
    estimation window is read. Estimated by scikit-learn (extra ``peers``).

    Sigma has ``L - 1 - d`` degrees of freedom, d the number of peers with a weight (lasso; Zou, Hastie & Tibshirani
    2007) or the trace of the ridge's smoother. The forecast error takes the chosen peers and λ as given.

    Parameters
    ----------
    peers : tuple of str
        Columns of the panel; all of them where it is empty.
    penalty : {"lasso", "ridge"}
    folds : int
        Forecasts of the cross-validation, 2 or more.

    Raises
    ------
    UsageError
        If `penalty` or `folds` is something else; in a fit, if scikit-learn is not installed.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> pool = rng.normal(0, 0.01, (1, 200, 8))
    >>> returns = 0.6 * pool[..., 2] + 0.4 * pool[..., 5] + rng.normal(0, 0.001, (1, 200))
    >>> fit = PenalisedPeers().fit(returns, pool)
    >>> fit.params[0, [3, 6]].round(1).tolist()
    [0.6, 0.4]
    """

    penalty: str = "lasso"
    folds: int = 5

    name = "penalised-peers"

    def __post_init__(self) -> None:
        if self.penalty not in ("lasso", "ridge"):
            raise UnknownNameError("penalty", self.penalty, ("lasso", "ridge"), f"model {self.name!r}")
        if self.folds < 2:
            raise UsageError(f"model {self.name!r}: folds is {self.folds}; write a whole number from 2")

    @property
    def description(self) -> str:
        """One sentence for the methods section."""
        return (
            f"Expected returns come from a {self.penalty} regression on a constant and the returns of a pool of peers, "
            f"its penalty chosen by {self.folds} forecasts in the order of time within the estimation window."
        )

    def combine(self, returns: FloatArray, peers: FloatArray) -> Combination | None:
        """Estimate the slopes of one pair.

        Parameters
        ----------
        returns : ndarray, shape (L,)
        peers : ndarray, shape (L, k)
            Both centred.

        Returns
        -------
        Combination or None
            None where the lasso does not converge.
        """
        spread, size = peers.std(axis=0), returns.std()
        z, y = peers / spread, returns / size
        order = need("sklearn.model_selection", "peers").TimeSeriesSplit(self.folds)
        lasso = self.penalty == "lasso"
        slopes, ridge = _lasso(z, y, order) if lasso else _ridge(z, y, order)
        if slopes is None:
            return None
        used = slopes != 0
        smoother = np.zeros(z.T.shape)
        smoother[used] = np.linalg.pinv(z[:, used]) if lasso else _smoother(z, ridge)
        return Combination(slopes=slopes * size / spread, smoother=smoother / spread[:, None])


def _lasso(z: FloatArray, y: FloatArray, order: Any) -> tuple[FloatArray | None, float]:
    """Return the slopes, or None without convergence, and the penalty."""
    linear = need("sklearn.linear_model", "peers")
    grid = float(np.abs(z.T @ y).max()) / len(y) * np.geomspace(*LASSO_RANGE, GRID)
    with warnings.catch_warnings():
        # The search may be coarse; the fit with the chosen penalty is precise, and checked.
        warnings.simplefilter("ignore", need("sklearn.exceptions", "peers").ConvergenceWarning)
        best = float(linear.LassoCV(alphas=grid, cv=order, tol=SEARCH, max_iter=MOST_STEPS).fit(z, y).alpha_)
        fit = linear.Lasso(alpha=best, tol=PRECISION, max_iter=10 * MOST_STEPS).fit(z, y)
    converged = fit.dual_gap_ <= PRECISION * (y @ y)
    return (np.asarray(fit.coef_, dtype=np.float64) if converged else None), best


def _ridge(z: FloatArray, y: FloatArray, order: Any) -> tuple[FloatArray, float]:
    """Return the slopes and the penalty."""
    ridge = need("sklearn.linear_model", "peers").Ridge
    grid, error = len(y) * np.geomspace(*RIDGE_RANGE, GRID), np.zeros(GRID)
    several = np.tile(y[:, None], GRID)
    for past, following in order.split(z):
        # One target for each penalty: the fits of a fold are one call.
        fit = ridge(alpha=grid, solver="cholesky").fit(z[past], several[past])
        error += ((several[following] - fit.predict(z[following])) ** 2).mean(axis=0)
    best = float(grid[int(np.argmin(error))])
    return np.asarray(ridge(alpha=best, solver="cholesky").fit(z, y).coef_, dtype=np.float64), best


def _smoother(z: FloatArray, penalty: float) -> FloatArray:
    """Return ``(Z'Z + penalty)⁻¹ Z'``."""
    inner: FloatArray = z.T @ z + penalty * np.eye(z.shape[1])
    return np.asarray(np.linalg.solve(inner, z.T), dtype=np.float64)
