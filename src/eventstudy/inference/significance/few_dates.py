"""Few dates with many markets: statistics over clusters, ranked among sets of ordinary days.

A cluster is what happened at one time: the pairs of one piece of news, or of several on one date. Each draw takes one
estimation day a cluster, the same for all its pairs, and lays the window there; the pairs of a cluster then move
together as they do on ordinary days (section "Few dates" of docs/methods.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..models.least_squares import FloatArray, IntArray
from .volatility import TIE

DRAWS = 1999
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class ClusterSums:
    """Numbers, sums and sums of squares of standardised returns by cluster: all that the tests of few dates need.

    Parameters
    ----------
    count, total, squares : ndarray, shape (..., G)
        Over the pairs of each cluster that have a return.
    """

    count: FloatArray
    total: FloatArray
    squares: FloatArray

    @classmethod
    def of(cls, x: FloatArray, cluster: IntArray, size: int) -> ClusterSums:
        """Sum over the pairs of each cluster; `x` has shape (n,) or (n, P), the sums (G,) or (P, G)."""
        there = np.isfinite(x)
        value = np.where(there, x, 0.0)
        sums = np.zeros((3, size, *x.shape[1:]))
        for part, values in zip(sums, (there.astype(np.float64), value, value**2), strict=True):
            np.add.at(part, cluster, values)
        count, total, squares = (part.T for part in sums)
        return cls(count=count, total=total, squares=squares)

    def only(self, keep: BoolArray) -> ClusterSums:
        """Return the sums of the clusters selected by a mask of shape (G,)."""
        return ClusterSums(count=self.count[..., keep], total=self.total[..., keep], squares=self.squares[..., keep])

    def drawn(self, days: IntArray) -> ClusterSums:
        """Return the sums of one day a cluster, `days` of shape (B, G), from sums by day, shape (P, G)."""
        cluster = np.arange(self.count.shape[1])
        return ClusterSums(
            count=self.count[days, cluster], total=self.total[days, cluster], squares=self.squares[days, cluster]
        )


Statistic = Callable[[ClusterSums], FloatArray]


def cluster_t(sums: ClusterSums) -> FloatArray:
    """Return the t of the cluster means, ``mean / (sd / sqrt G)``, over the clusters that are there, shape (...)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        there = sums.count > 0
        means = np.where(there, sums.total / sums.count, 0.0)
        groups = there.sum(axis=-1)
        mean = means.sum(axis=-1) / groups
        spread = np.where(there, means - mean[..., None], 0.0)
        sd = np.sqrt((spread**2).sum(axis=-1) / (groups - 1))
        return np.asarray(mean * np.sqrt(groups) / sd)


def bmp_t(sums: ClusterSums) -> FloatArray:
    """Return the t of all pairs, ``mean / (sd / sqrt N)``: BMP's statistic (Boehmer, Musumeci & Poulsen 1991)."""
    n, total, squares = (part.sum(axis=-1) for part in (sums.count, sums.total, sums.squares))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / n
        return np.asarray(mean * np.sqrt(n) / np.sqrt((squares - n * mean**2) / (n - 1)))


def drawn_days(count: FloatArray, draws: int, seed: int) -> IntArray:
    """Draw one day for each cluster, among those on which it has a return, shape (draws, G).

    `count`, shape (P, G), says how many pairs each cluster has on each day; every cluster has one with a return.
    """
    order = np.argsort(count == 0, axis=0, kind="stable")
    known = (count > 0).sum(axis=0)
    place = np.floor(np.random.default_rng(seed).random((draws, count.shape[1])) * known).astype(np.int64)
    return np.take_along_axis(order, place, axis=0)


def ranked_among_sets(
    event: ClusterSums, placebos: ClusterSums, statistic: Statistic, *, factor: float, draws: int, seed: int
) -> tuple[float, float]:
    """Return a statistic of the event's clusters and its p-value among those of random sets of estimation days.

    Parameters
    ----------
    event : ClusterSums, shape (G,)
    placebos : ClusterSums, shape (P, G)
        Of every day on which the window could be laid.
    statistic : callable
        `bmp_t` or `cluster_t`.
    factor : float
        On the event's statistic, for windows that lie in other clusters' estimation windows.
    draws, seed : int
        Sets drawn.

    Returns
    -------
    tuple of float
        T and ``(1 + #{abs T_b >= abs T}) / (B + 1)``.
    """
    observed = float(statistic(event)) * factor
    drawn = np.abs(statistic(placebos.drawn(drawn_days(placebos.count, draws, seed))))
    return observed, float((1 + (drawn >= abs(observed) * (1 - TIE)).sum()) / (1 + draws))
