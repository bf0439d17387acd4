"""Models whose expected return is a combination of peers that is estimated pair by pair."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .least_squares import NO_VARIANCE, FloatArray, IntArray, LinearFit
from .peers import peer_returns
from .protocol import Column, ModelBase

BoolArray = npt.NDArray[np.bool_]
MIN_ROWS = 20
# A peer without a return on a row takes the row out, unless most peers have one: then the peer is taken out.
MOST = 0.5


@dataclass(frozen=True, kw_only=True)
class Combination:
    """The estimate of one pair.

    Parameters
    ----------
    slopes : ndarray, shape (k,)
        Coefficients of the peers.
    smoother : ndarray, shape (k, L)
        How the slopes depend on the returns, near the estimate: ``d slopes / d returns``.
    """

    slopes: FloatArray
    smoother: FloatArray

    def used_up(self, peers: FloatArray) -> float:
        """Return the effective number of parameters, the trace of ``peers smoother``.

        Parameters
        ----------
        peers : ndarray, shape (L, k)

        Returns
        -------
        float
        """
        return float(np.einsum("tk,kt->", peers, self.smoother))

    @property
    def root(self) -> FloatArray:
        """The upper triangular matrix U with ``U U' = smoother smoother'``, shape (k, k)."""
        slopes = len(self.slopes)
        upper = np.zeros((slopes, slopes))
        lower = np.asarray(np.linalg.qr(self.smoother[::-1].T, mode="r")).T[::-1, ::-1]
        upper[:, slopes - lower.shape[1] :] = lower
        return upper


@dataclass(frozen=True, kw_only=True)
class PoolFit(LinearFit):
    """A combination of peers estimated for n pairs; a peer without weight may lack returns in the event window.

    Parameters
    ----------
    failed : ndarray of bool, shape (n,)
        Whether returns that vary gave no estimate: too few rows, or no converged fit.
    """

    failed: BoolArray

    failure = (
        f"a pool of peers needs {MIN_ROWS} rows, a peer with returns on them, fewer parameters than rows and a fit "
        "that converges; choose another pool or estimation window"
    )

    def _held(self, factors: FloatArray) -> FloatArray:
        """Return the peers' returns with the mean in place of those of peers without weight."""
        weightless = self.params[:, self.params.shape[1] - factors.shape[-1] :] == 0.0
        return np.where(weightless[:, None, :], self.center[:, None, :], factors)

    def predict(self, factors: FloatArray) -> FloatArray:
        """Return the expected returns.

        Parameters
        ----------
        factors : ndarray, shape (n, W, f)

        Returns
        -------
        ndarray, shape (n, W)
        """
        return super().predict(self._held(factors))

    def forecast_error(self, factors: FloatArray, ahead: IntArray | None = None) -> tuple[FloatArray, FloatArray]:
        """Return each day's own variance, and its loading on the error of the parameters.

        Parameters
        ----------
        factors : ndarray, shape (n, W, f)
        ahead : ndarray of int, shape (W,), optional
            Not used.

        Returns
        -------
        tuple of ndarray, shapes (n, W) and (n, W, k)
        """
        return super().forecast_error(self._held(factors), ahead)


@dataclass(frozen=True, kw_only=True)
class PeerPool(ModelBase):
    """Base of models that choose a combination of peers; a subclass estimates it for one pair in `combine`.

    A peer that is the security itself (the same return on every row) is left out, and so is one without a return on a
    row on which most peers have one.

    Parameters
    ----------
    peers : tuple of str
        Columns of the panel; all of them where it is empty.
    """

    peers: tuple[str, ...] = ()

    @property
    def constant(self) -> bool:
        """Whether there is a constant beside the peers."""
        return True

    @property
    def reads(self) -> Mapping[Column, tuple[str, ...]]:
        """The peers."""
        return {Column.PEERS: self.peers}

    @property
    def iterates(self) -> bool:
        """One optimisation per pair."""
        return True

    @property
    def flexible(self) -> bool:
        """The fit follows the estimation rows so closely that their residuals are smaller than forecast errors."""
        return True

    @abstractmethod
    def combine(self, returns: FloatArray, peers: FloatArray) -> Combination | None:
        """Estimate the combination for one pair; None where there is no estimate.

        Parameters
        ----------
        returns : ndarray, shape (L,)
        peers : ndarray, shape (L, k)
            Both centred where there is a constant.

        Returns
        -------
        Combination or None
        """

    def design(self, factors: FloatArray, names: Sequence[str]) -> FloatArray:
        """Select the peers.

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
            If there is no peer, or a named column is missing.
        """
        return peer_returns(self.peers, factors, names, self.name)

    def fit(self, returns: FloatArray, factors: FloatArray) -> PoolFit:
        """Estimate pair by pair.

        Parameters
        ----------
        returns : ndarray, shape (n, L)
        factors : ndarray, shape (n, L, g)
            From `design`.

        Returns
        -------
        PoolFit
        """
        nothing = np.full(returns.shape[1], np.nan), np.full(factors.shape[1:], np.nan)
        # A pair without returns comes first, so that the arrays have their shapes where there are no pairs.
        pairs = [self._pair(y, x) for y, x in (nothing, *zip(returns, factors, strict=True))]
        columns: dict[str, Any] = {key: np.stack([pair[key] for pair in pairs])[1:] for key in pairs[0]}
        return PoolFit(param_names=self._names(factors.shape[-1]), intercept=self.constant, **columns)

    def _pair(self, y: FloatArray, x: FloatArray) -> dict[str, Any]:
        """Estimate one pair: the fields of `PoolFit`, with missing values where there is no estimate."""
        rows, chosen = usable(y, x)
        first, n_obs = int(self.constant), int(rows.sum())
        found, y, pool = _blank(x.shape, first, n_obs), y[rows], x[rows][:, chosen]
        # Too few rows is an outcome of its own, and so are returns that do not vary.
        if not n_obs or np.ptp(y) == 0:
            return found
        mean, middle = (y.mean(), pool.mean(axis=0)) if first else (0.0, np.zeros(pool.shape[1]))
        y, pool = y - mean, pool - middle
        best = self.combine(y, pool) if n_obs >= MIN_ROWS and chosen.any() else None
        spare = n_obs - first - best.used_up(pool) if best else 0.0
        if best is None or spare < 1:
            return found | {"failed": True}
        at, left = first + np.flatnonzero(chosen), y - pool @ best.slopes
        found["params"][:], found["params"][at], found["center"][chosen] = 0.0, best.slopes, middle
        found["params"][:first] = mean - middle @ best.slopes
        found["root"][np.ix_(at, at)], found["root"][:first, :first] = best.root, 1.0 / np.sqrt(n_obs)
        found["residuals"][rows] = left
        varies = left @ left > NO_VARIANCE**2 * (y @ y)
        return found | {"df": int(spare), "sigma": np.sqrt(left @ left / spare) if varies else np.nan}

    def _names(self, pool: int) -> tuple[str, ...]:
        """Return the names of the parameters."""
        weights = (f"weight[{name}]" for name in self.peers or [f"peer{j + 1}" for j in range(pool)])
        return (*(("alpha",) if self.constant else ()), *weights)


def usable(returns: FloatArray, peers: FloatArray) -> tuple[BoolArray, BoolArray]:
    """Return the rows and the peers that one pair is estimated with.

    Parameters
    ----------
    returns : ndarray, shape (L,)
    peers : ndarray, shape (L, g)

    Returns
    -------
    tuple of ndarray of bool, shapes (L,) and (g,)

    Examples
    --------
    >>> rows, chosen = usable(np.array([1.0, 2.0, 3.0]), np.array([[1.0, 2, np.nan], [2, 3, 4], [3, 3, 5]]))
    >>> rows.tolist(), chosen.tolist()
    ([True, True, True], [False, True, False])
    """
    there = np.isfinite(peers)
    rows = np.isfinite(returns) & (there.mean(axis=1) > MOST)
    kept = peers[rows]
    itself = (kept == returns[rows, None]).all(axis=0)
    flat = np.ptp(kept, axis=0) == 0 if rows.any() else np.zeros(peers.shape[1], dtype=bool)
    return rows, there[rows].all(axis=0) & ~itself & ~flat


def _blank(shape: tuple[int, ...], first: int, n_obs: int) -> dict[str, Any]:
    """Return the fields of `PoolFit` of a pair without an estimate."""
    days, pool = shape
    return {
        "params": np.full(first + pool, np.nan),
        "root": np.zeros((first + pool, first + pool)),
        "center": np.zeros(pool),
        "residuals": np.full(days, np.nan),
        "sigma": np.nan,
        "n_obs": n_obs,
        "df": 0,
        "failed": False,
    }
