"""Bootstrap tests of the mean CAR that keep the pairs of a cluster together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..models.least_squares import NO_VARIANCE, FloatArray
from .placebo_ranks import TIE
from .resampling import CELLS, DRAWS, NO_MEAN
from .result import TestResult
from .sample import Sample

# Below so many clusters two signs give too few patterns, and six values are drawn (Webb 2023).
FEW_CLUSTERS = 12
LEAST = 5
WEBB: FloatArray = np.sqrt(np.array([0.5, 1.0, 1.5]))


@dataclass(frozen=True, kw_only=True)
class ClusterTotals:
    """Sums over the pairs of each of G clusters.

    Parameters
    ----------
    total, count : ndarray, shape (G,)
        Sum of the CARs, and number of pairs.
    """

    total: FloatArray
    count: FloatArray

    @classmethod
    def of(cls, sample: Sample) -> ClusterTotals:
        """Sum the CARs of a sample by cluster.

        Parameters
        ----------
        sample : Sample

        Returns
        -------
        ClusterTotals
        """
        there = np.isfinite(sample.car)
        label, size = sample.clusters.label[there], sample.clusters.count
        total = np.bincount(label, weights=sample.car[there], minlength=size)
        return cls(
            total=np.asarray(total, dtype=np.float64), count=np.bincount(label, minlength=size).astype(np.float64)
        )

    def t(self) -> float:
        """Return the cluster-robust t of the mean, ``n m / sqrt(G / (G - 1) sum_g (S_g - n_g m)²)``.

        Returns
        -------
        float
        """
        n, groups = self.count.sum(), len(self.count)
        own = self.total.sum() / n
        spread = groups / (groups - 1) * ((self.total - self.count * own) ** 2).sum()
        # Clusters that differ by rounding error alone do not differ.
        differ = spread > NO_VARIANCE**2 * (self.total**2).sum()
        return float(own * n / np.sqrt(spread)) if differ else np.nan


def wild_cluster(sample: Sample, *, draws: int = DRAWS, seed: int = 0) -> TestResult:
    """Wild cluster bootstrap of the mean CAR, with the null hypothesis imposed (Cameron, Gelbach & Miller 2008).

    The statistic is the cluster-robust t of the mean. Each draw multiplies the CARs of a cluster by one random number:
    a sign (Rademacher), or below twelve clusters one of six values, ``± sqrt(1/2), ± 1, ± sqrt(3/2)`` (Webb 2023), and
    p is ``(1 + #{abs t* >= abs t}) / (draws + 1)``. Pairs linked by an event_id or by a shared day of the window are
    one cluster; those of one cluster may be correlated in any way, and clusters may differ in size and variance.

    Parameters
    ----------
    sample : Sample
    draws, seed : int
        Number of draws, and the seed.

    Returns
    -------
    TestResult
    """
    few = sample.clusters.count < FEW_CLUSTERS
    kind = "six values" if few else "signs"

    def draw(rng: np.random.Generator, totals: ClusterTotals, count: int) -> FloatArray:
        shape = (count, len(totals.total))
        signs = np.asarray(rng.integers(0, 2, shape) * 2.0 - 1.0, dtype=np.float64)
        return wild_t(totals, signs * WEBB[rng.integers(0, len(WEBB), shape)] if few else signs)

    return _drawn("wild_cluster", sample, draw, f"wild cluster bootstrap, {draws} drawn, {kind}", draws, seed)


def block_bootstrap(sample: Sample, *, draws: int = DRAWS, seed: int = 0) -> TestResult:
    """Bootstrap of the mean CAR by blocks of whole events, studentised (Efron & Tibshirani 1993; Cameron et al. 2008).

    Each draw takes as many clusters as there are, with replacement and with all their pairs, and compares its mean with
    that of the sample in units of its own cluster-robust error; p is ``(1 + #{abs t* >= abs t}) / (draws + 1)``. Pairs
    linked by an event_id or by a shared day of the window are one cluster.

    Parameters
    ----------
    sample : Sample
    draws, seed : int
        Number of draws, and the seed.

    Returns
    -------
    TestResult
    """

    def draw(rng: np.random.Generator, totals: ClusterTotals, count: int) -> FloatArray:
        groups = len(totals.total)
        return block_t(totals, rng.integers(0, groups, (count, groups)))

    return _drawn("block_bootstrap", sample, draw, f"block bootstrap, {draws} drawn", draws, seed)


def wild_t(totals: ClusterTotals, v: FloatArray) -> FloatArray:
    """Return the t of the mean of CARs that were multiplied by one number a cluster.

    Parameters
    ----------
    totals : ClusterTotals
    v : ndarray, shape (B, G)

    Returns
    -------
    ndarray, shape (B,)
    """
    mean = v @ totals.total / totals.count.sum()
    cross = v @ (totals.total * totals.count)
    return _ratio(totals, mean, (v**2) @ totals.total**2, cross, (totals.count**2).sum(), totals.count.sum())


def block_t(totals: ClusterTotals, chosen: np.ndarray) -> FloatArray:
    """Return the t of the mean of drawn clusters against the mean of the sample.

    Parameters
    ----------
    totals : ClusterTotals
    chosen : ndarray of int, shape (B, G)
        Clusters of each draw.

    Returns
    -------
    ndarray, shape (B,)
        Infinite where all are one cluster.
    """
    total, count = totals.total - totals.count * totals.total.sum() / totals.count.sum(), totals.count
    columns = (total, count, total**2, total * count, count**2)
    sums, n, squares, cross, sizes = (column[chosen].sum(axis=1) for column in columns)
    return _ratio(totals, sums / n, squares, cross, sizes, n)


def _ratio(
    totals: ClusterTotals,
    mean: FloatArray,
    squares: FloatArray,
    cross: FloatArray,
    sizes: FloatArray | float,
    n: FloatArray | float,
) -> FloatArray:
    """Return ``n m / sqrt(G / (G - 1) sum (S - n_g m)²)`` by sums of S², S n_g and n_g²; infinite without spread."""
    groups = len(totals.total)
    spread = groups / (groups - 1) * (squares - 2 * mean * cross + mean**2 * sizes)
    # A spread that is zero up to rounding error is that of draws of one cluster alone.
    sound = spread > TIE * squares
    return np.asarray(np.where(sound, mean * n / np.sqrt(np.where(sound, spread, 1.0)), np.inf))


def _drawn(
    name: str,
    sample: Sample,
    draw: Callable[[np.random.Generator, ClusterTotals, int], FloatArray],
    distribution: str,
    draws: int,
    seed: int,
) -> TestResult:
    """Compare the t of the mean with those of draws."""
    groups = sample.clusters.count
    if groups < LEAST:
        return TestResult.not_applicable(name, f"{groups} clusters of events; {LEAST} needed")
    totals, rng, larger = ClusterTotals.of(sample), np.random.default_rng(seed), 0
    t = totals.t()
    if not np.isfinite(t):
        return TestResult.not_applicable(name, "the clusters do not differ")
    step = max(CELLS // groups, 1)
    for start in range(0, draws, step):
        found = np.abs(draw(rng, totals, min(step, draws - start)))
        larger += int((found >= abs(t) * (1 - TIE)).sum())
    notes = (f"{groups} clusters, the largest of {sample.clusters.largest}",)
    figures = {"smallest_p": 1 / (1 + draws)}
    p = (1 + larger) / (1 + draws)
    return TestResult.of_p(name, t, p, distribution, null=NO_MEAN, n=sample.n, notes=notes, figures=figures)
