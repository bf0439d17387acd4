"""Few dates with many markets: statistics over clusters, ranked among sets of estimation days.

A cluster contains the pairs of one event, or of several on one date. Each draw takes one estimation day per cluster,
the same for all its pairs, as the start of a placebo window, so that the correlation within a cluster is preserved
(docs/validity.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy import sparse

from ..models.least_squares import FloatArray, IntArray
from .merging import gather
from .placebo_ranks import TIE
from .placebos import plain_sums
from .result import TestResult
from .sample import Sample

DRAWS = 1999
# Draws whose sums are looked up at once: they stay in the processor's cache.
TOGETHER = 125
# Beyond this many clusters Student's t is accurate, and the sums by day would need much memory.
MANY_CLUSTERS = 1000
COMMON_SHOCK = "assumes that the common shock of the event days is no more volatile than usual"
NO_MEAN = "the mean standardised cumulative abnormal return is zero"
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class ClusterSums:
    """Numbers, sums and sums of squares of standardised returns by cluster.

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
        """Sum over the pairs of each cluster.

        Parameters
        ----------
        x : ndarray, shape (n,) or (n, P)
            Standardised returns; NaN where missing.
        cluster : ndarray of int, shape (n,)
        size : int
            Number of clusters G.

        Returns
        -------
        ClusterSums
            Of shape (G,) or (P, G).
        """
        there = np.isfinite(x)
        value = np.where(there, x, 0.0)
        members = sparse.csr_array((np.ones(len(x)), (cluster, np.arange(len(x)))), shape=(size, len(x)))
        count, total, squares = ((members @ values).T for values in (there, value, value**2))
        return cls(count=count, total=total, squares=squares)

    def only(self, keep: BoolArray) -> ClusterSums:
        """Return the sums of the selected clusters.

        Parameters
        ----------
        keep : ndarray of bool, shape (G,)

        Returns
        -------
        ClusterSums
        """
        # Cluster after cluster in memory, as `drawn` looks them up.
        count, total, squares = (part.T[keep].T for part in (self.count, self.total, self.squares))
        return ClusterSums(count=count, total=total, squares=squares)

    def drawn(self, days: IntArray) -> ClusterSums:
        """Return the sums of one day per cluster, from sums by day of shape (P, G).

        Parameters
        ----------
        days : ndarray of int, shape (B, G)

        Returns
        -------
        ClusterSums
            Of shape (B, G).
        """
        at = days.T + np.arange(days.shape[1])[:, None] * len(self.count)
        count, total, squares = (part.T.ravel().take(at).T for part in (self.count, self.total, self.squares))
        return ClusterSums(count=count, total=total, squares=squares)


Statistic = Callable[[ClusterSums], FloatArray]
Drawn = tuple[BoolArray, dict[Statistic, FloatArray]]


def cluster_t(sums: ClusterSums) -> FloatArray:
    """Return the t of the cluster means, ``mean / (sd / sqrt G)``, over the clusters that have a return.

    Parameters
    ----------
    sums : ClusterSums, shape (..., G)

    Returns
    -------
    ndarray, shape (...)
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        there = sums.count > 0
        means = np.where(there, sums.total / sums.count, 0.0)
        groups = there.sum(axis=-1)
        mean = means.sum(axis=-1) / groups
        spread = np.where(there, means - mean[..., None], 0.0)
        sd = np.sqrt((spread**2).sum(axis=-1) / (groups - 1))
        return np.asarray(mean * np.sqrt(groups) / sd)


def bmp_t(sums: ClusterSums) -> FloatArray:
    """Return the t of all N pairs, ``mean / (sd / sqrt N)`` (Boehmer, Musumeci & Poulsen 1991).

    Parameters
    ----------
    sums : ClusterSums, shape (..., G)

    Returns
    -------
    ndarray, shape (...)
    """
    n, total, squares = (part.sum(axis=-1) for part in (sums.count, sums.total, sums.squares))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / n
        return np.asarray(mean * np.sqrt(n) / np.sqrt((squares - n * mean**2) / (n - 1)))


def drawn_days(count: FloatArray, draws: int, seed: int) -> Iterator[IntArray]:
    """Draw one day for each cluster, among the days on which it has a return.

    Parameters
    ----------
    count : ndarray, shape (P, G)
        Number of pairs of each cluster on each day; every cluster has a day with at least one.
    draws, seed : int

    Yields
    ------
    ndarray of int, shape (at most TOGETHER, G)
        Together `draws` rows.
    """
    there = count > 0
    known = there.sum(axis=0)
    gaps = np.flatnonzero(known < len(there))
    nth = np.argsort(~there[:, gaps], axis=0, kind="stable")
    rng = np.random.default_rng(seed)
    for start in range(0, draws, TOGETHER):
        days = (rng.random((min(TOGETHER, draws - start), len(known))) * known).astype(np.int64)
        days[:, gaps] = np.take_along_axis(nth, days[:, gaps], axis=0)
        yield days


def among_sets(placebos: ClusterSums, *, draws: int, seed: int) -> dict[Statistic, FloatArray]:
    """Return `bmp_t` and `cluster_t` of random sets of estimation days.

    Parameters
    ----------
    placebos : ClusterSums, shape (P, G)
        Of every day at which a placebo window can start.
    draws, seed : int
        Number B of sets drawn, and the seed.

    Returns
    -------
    dict of callable to ndarray, shape (B,)
    """
    parts = [(bmp_t(sums), cluster_t(sums)) for sums in map(placebos.drawn, drawn_days(placebos.count, draws, seed))]
    return dict(zip((bmp_t, cluster_t), map(np.concatenate, zip(*parts, strict=True)), strict=True))


def rank_among(t: float, drawn: FloatArray) -> float:
    """Return the p-value of a statistic among those of random sets of days.

    Parameters
    ----------
    t : float
    drawn : ndarray, shape (B,)

    Returns
    -------
    float
        ``(1 + #{abs T_b >= abs T}) / (B + 1)``.
    """
    return float((1 + (np.abs(drawn) >= abs(t) * (1 - TIE)).sum()) / (1 + len(drawn)))


def bmp_rank(sample: Sample, *, draws: int = DRAWS, seed: int = 0) -> TestResult:
    """BMP's t over all pairs, ranked among random sets of estimation days, one per cluster.

    For two to four clusters. Assumes that the common shock of the event days is no more volatile than usual: with twice
    its variance the test rejects 9 to 14 % of true nulls at 5 %.

    Parameters
    ----------
    sample : Sample
    draws, seed : int
        Number of sets drawn, and the seed.

    Returns
    -------
    TestResult
    """
    return _ranked("bmp_rank", sample, bmp_t, draws=draws, seed=seed)


def cluster_t_rank(sample: Sample, *, draws: int = DRAWS, seed: int = 0) -> TestResult:
    """Student's t of the cluster means of SCAR, ranked among random sets of estimation days, one per cluster.

    For five clusters or more: it keeps its level when the event raises the variance, of the firms or of their common
    shock.

    Parameters
    ----------
    sample : Sample
    draws, seed : int
        Number of sets drawn, and the seed.

    Returns
    -------
    TestResult
    """
    return _ranked("cluster_t_rank", sample, cluster_t, draws=draws, seed=seed)


def _ranked(name: str, sample: Sample, statistic: Statistic, *, draws: int, seed: int) -> TestResult:
    """Return the result of one of the two tests."""
    clusters = sample.clusters
    if clusters.count < 2 or sample.n < 3:
        return TestResult.not_applicable(
            name, f"{sample.n} pairs in {clusters.count} cluster(s); 3 in 2 clusters needed"
        )
    if clusters.chained:
        return TestResult.not_applicable(
            name, "events of different dates share window days, so that a cluster is not one date"
        )
    r = sample.cluster_correlation
    inflation = 1 + (clusters.count - 1) * r
    if not inflation > 0:
        return TestResult.not_applicable(name, "the clusters' windows lie in each other's estimation windows")
    factor = np.sqrt((1 - r) / inflation) if statistic is cluster_t else 1 / np.sqrt(inflation)
    event = ClusterSums.of(sample.scar, clusters.label % (clusters.count + 1), clusters.count + 1)
    if clusters.count > MANY_CLUSTERS:
        return _of_table(name, sample, float(statistic(event) * factor), statistic)
    keep, drawn = _drawn(sample, event, draws, seed)
    t = float(statistic(event.only(keep))) * factor
    notes = (f"{int(keep.sum())} clusters", *((COMMON_SHOCK,) if statistic is bmp_t else ()))
    p, over = rank_among(t, drawn[statistic]), f"placebo over {draws} sets of days"
    figures = {"smallest_p": 1 / (1 + draws)}
    return TestResult.of_p(name, t, p, over, null=NO_MEAN, n=sample.n, notes=notes, figures=figures)


def _of_table(name: str, sample: Sample, t: float, statistic: Statistic) -> TestResult:
    """Return the cluster t with Student's distribution, for very many clusters."""
    count = sample.clusters.count
    if statistic is bmp_t:
        return TestResult.not_applicable(
            name, f"{count} clusters are too many for this test: use kp_bmp or cluster_t_rank"
        )
    return TestResult.of_t(name, t, count - 1, null=NO_MEAN, n=sample.n, notes=(f"{count} clusters",))


def _drawn(sample: Sample, event: ClusterSums, draws: int, seed: int) -> Drawn:
    """Return the clusters that take part, and their statistics over sets of days; made once for both tests."""
    if (key := ("sets of days", draws, seed)) not in sample.derived:
        placebos = _placebo_sums(sample)
        # A cluster takes part if it has a return in the window and on some placebo day; the last is not a cluster.
        keep = (event.count > 0) & (placebos.count > 0).any(axis=0)
        keep[-1] = False
        sample.derived[key] = keep, among_sets(placebos.only(keep), draws=draws, seed=seed)
    found: Drawn = sample.derived[key]
    return found


def _placebo_sums(sample: Sample) -> ClusterSums:
    """Return the sums of placebo SCARs by day and cluster, shape (P, G + 1); the last is of pairs without a return."""
    size, length = sample.clusters.count + 1, sample.window.length
    take, place = partial(plain_sums, days=length), partial(_by_cluster, size=size)
    sums: ClusterSums = gather(sample.blocks, take, sample.clusters.label % size, place=place, merge=_added)
    return sums


def _by_cluster(z: FloatArray, label: IntArray, size: int) -> ClusterSums:
    """Return the sums of one block whose clusters are known."""
    return ClusterSums.of(z, label, size)


def _added(parts: Sequence[ClusterSums]) -> ClusterSums:
    """Add the sums of several blocks."""
    return ClusterSums(**{name: sum(getattr(part, name) for part in parts) for name in ("count", "total", "squares")})
