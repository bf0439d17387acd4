"""The synthetic control: a weighted mean of donors that were not affected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .least_squares import FloatArray
from .pool import Combination, PeerPool


@dataclass(frozen=True, kw_only=True)
class SyntheticControl(PeerPool):
    """A weighted mean of donors' returns, weights at least zero that sum to one (Abadie, Diamond & Hainmueller 2010).

    ``min |y - Xw|²`` over the estimation window, ``w >= 0, Σ w = 1``. The donors are declared: they must not have been
    affected by the event. Since ``y = y Σ w``, the residual is ``(X - y1')w`` up to its sign; the least of
    ``|(X - y1')u|² + (1'u - 1)²`` over ``u >= 0`` is a multiple of w, so that non-negative least squares (Lawson &
    Hanson 1974; scipy) gives w exactly.

    The p-value to read is `placebo`, the conformal test of Chernozhukov, Wüthrich & Zhu (2021): the weights are fitted
    with the event's days in, as under the null, and the event's sum is ranked among those of all blocks of as many
    days. Sigma has ``L - (m - 1)`` degrees of freedom, m the number of donors with a weight; the forecast error takes
    these m as given.

    Parameters
    ----------
    peers : tuple of str
        Columns of the donors; all of them where it is empty.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> donors = rng.normal(0, 0.01, (1, 100, 4))
    >>> returns = donors @ np.array([0.7, 0.3, 0.0, 0.0]) + rng.normal(0, 1e-4, (1, 100))
    >>> SyntheticControl().fit(returns, donors).params.round(2).tolist()
    [[0.7, 0.3, 0.0, 0.0]]
    """

    name = "synthetic-control"

    @property
    def description(self) -> str:
        """One sentence for the methods section."""
        donors = f": {', '.join(self.peers)}" if self.peers else ""
        return (
            "Expected returns are a weighted mean, with weights from 0 to 1 that sum to one, of the returns of donors "
            f"that are declared unaffected by the event (synthetic control{donors}); read the placebo p, which is the "
            "conformal one."
        )

    @property
    def constant(self) -> bool:
        """No constant: the expected return lies among the donors' returns."""
        return False

    def combine(self, returns: FloatArray, peers: FloatArray) -> Combination:
        """Estimate the weights of one pair.

        Parameters
        ----------
        returns : ndarray, shape (L,)
        peers : ndarray, shape (L, k)

        Returns
        -------
        Combination
        """
        from scipy.linalg import null_space
        from scipy.optimize import nnls

        apart = (peers - returns[:, None]) / (returns.std() * np.sqrt(len(returns)))
        found, _ = nnls(np.vstack([apart, np.ones(peers.shape[1])]), np.append(np.zeros(len(returns)), 1.0))
        weights = np.asarray(found / found.sum(), dtype=np.float64)
        used = np.flatnonzero(weights)
        # The weights in use move within their plane: sums of the directions in it stay zero.
        within = null_space(np.ones((1, len(used))))
        smoother = np.zeros(peers.T.shape)
        if len(used) > 1:
            smoother[used] = within @ np.linalg.pinv(peers[:, used] @ within)
        return Combination(slopes=weights, smoother=smoother)
