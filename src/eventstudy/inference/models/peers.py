"""Market model on a portfolio of peers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import UsageError
from .least_squares import FloatArray, LinearFit, least_squares
from .protocol import Column, ModelBase, benchmark_column


@dataclass(frozen=True, kw_only=True)
class PeerPortfolio(ModelBase):
    """Market model on the equal-weighted mean return of peers (Baker & Gelbach 2020).

    Parameters
    ----------
    peers : tuple of str
        Columns of the panel; all of them where it is empty. Each day's mean is over the peers that have a return.
    """

    peers: tuple[str, ...] = ()

    name = "peers"
    weighted = True
    description = (
        "Expected returns come from a least-squares regression on a constant and the equal-weighted mean return of the "
        "peers."
    )

    @property
    def reads(self) -> Mapping[Column, tuple[str, ...]]:
        """The peers."""
        return {Column.PEERS: self.peers}

    def design(self, factors: FloatArray, names: Sequence[str]) -> FloatArray:
        """Return the mean of the peers.

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
            If there is no peer, or a named column is missing.
        """
        chosen = peer_returns(self.peers, factors, names, self.name)
        there = np.isfinite(chosen)
        count = there.sum(axis=-1, keepdims=True)
        mean = np.where(there, chosen, 0.0).sum(axis=-1, keepdims=True) / np.maximum(count, 1)
        return np.where(count > 0, mean, np.nan)

    def fit(self, returns: FloatArray, factors: FloatArray, weights: FloatArray | None = None) -> LinearFit:
        """Estimate alpha and beta.

        Parameters
        ----------
        returns, weights : ndarray, shape (n, L)
            Returns; optional weights, by default one.
        factors : ndarray, shape (n, L, 1)
            From `design`.

        Returns
        -------
        LinearFit
        """
        return least_squares(returns, factors, param_names=("alpha", "beta"), weights=weights)


def peer_returns(peers: Sequence[str], factors: FloatArray, names: Sequence[str], model: str) -> FloatArray:
    """Select the returns of peers from the factors of a panel.

    Parameters
    ----------
    peers : sequence of str
        All columns where it is empty.
    factors : ndarray, shape (n, T, f)
    names : sequence of str, length f
    model : str
        Name of the model, for messages.

    Returns
    -------
    ndarray, shape (n, T, g)

    Raises
    ------
    UsageError
        If there is no peer, or a named column is missing.
    """
    wanted = peers or tuple(names)
    if not wanted:
        raise UsageError(f"model {model!r} needs the peers' returns among the columns")
    return factors[..., [benchmark_column(peer, names, model) for peer in wanted]]
