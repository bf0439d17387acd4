"""Clusters of pairs that share an event or days of the window, and the overlap of the windows of different pairs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from ...windows import Window
from ..abnormal import AbnormalReturns
from ..models.least_squares import FloatArray, IntArray
from ..stream import walk
from .joined import joined_sessions

Labels = npt.NDArray[np.object_] | IntArray


@dataclass(frozen=True, kw_only=True)
class Clusters:
    """Connected sets of pairs: linked by an event_id or by a shared day of the window.

    Parameters
    ----------
    label : ndarray of int, shape (n,)
        0 to `count` - 1; -1 for a pair without a return in the window.
    count : int
        Number of clusters G.
    size : ndarray of int, shape (G,)
        Pairs in each.
    chained : bool
        Whether some cluster has no day 0 that is common to all its events.
    """

    label: IntArray
    count: int
    size: IntArray
    chained: bool

    @classmethod
    def of(
        cls, events: Labels, dates: npt.NDArray[np.datetime64], days: IntArray, present: npt.NDArray[np.bool_]
    ) -> Clusters:
        """Find the clusters of n pairs.

        Parameters
        ----------
        events : ndarray, shape (n,)
            Event identifiers.
        dates : ndarray of datetime64, shape (n,)
            Label of day 0.
        days : ndarray of int, shape (n, W)
            Days of the window.
        present : ndarray of bool, shape (n, W)
            Whether there is a return.

        Returns
        -------
        Clusters
        """
        there = np.flatnonzero(present.any(axis=1))
        label = np.full(len(present), -1, dtype=np.int64)
        if not len(there):
            return cls(label=label, count=0, size=np.zeros(0, dtype=np.int64), chained=False)
        event = pd.factorize(events[there])[0]
        pair, column = np.nonzero(present[there])
        day = pd.factorize(days[there][pair, column])[0]
        count, found = _connected(event, pair, day)
        label[there] = found
        chained = _chained(found, event, pd.factorize(dates[there])[0])
        return cls(label=label, count=count, size=np.bincount(found, minlength=count), chained=chained)

    @classmethod
    def of_pairs(cls, abnormal: AbnormalReturns, window: Window) -> Clusters:
        """Find the clusters of the pairs of a study in memory.

        Parameters
        ----------
        abnormal : AbnormalReturns
        window : Window

        Returns
        -------
        Clusters
        """
        at, rows = abnormal.columns(window), abnormal.rows
        present = np.isfinite(abnormal.ar[:, at]) & abnormal.complete(window)[:, None]
        days = abnormal.sessions[:, at].astype(np.int64)
        return cls.of(rows["event_id"].to_numpy(dtype=object), rows["session"].to_numpy(), days, present)

    @property
    def largest(self) -> int:
        """Number of pairs in the largest cluster."""
        return int(self.size.max(initial=0))

    @property
    def first(self) -> IntArray:
        """Position of the first pair of each cluster."""
        found, position = np.unique(self.label, return_index=True)
        return np.asarray(position[found >= 0])


def _connected(event: IntArray, pair: IntArray, day: IntArray) -> tuple[int, IntArray]:
    """Return the number of components of the graph of events and days, and the component of each pair."""
    events, days = int(event.max()) + 1, int(day.max()) + 1
    links = np.ones(len(day), dtype=np.int8)
    graph = sparse.coo_array((links, (event[pair], events + day)), shape=(events + days, events + days))
    count, component = connected_components(graph, directed=False)
    return int(count), np.asarray(component[event], dtype=np.int64)


def _chained(cluster: IntArray, event: IntArray, date: IntArray) -> bool:
    """Return whether some cluster has no day 0 that is common to all its events."""
    # An event lies in one cluster, so cells of date and event say it all.
    cells = np.unique(date * (int(event.max()) + 1) + event)
    day, which = np.divmod(cells, int(event.max()) + 1)
    cluster_of = np.zeros(int(event.max()) + 1, dtype=np.int64)
    cluster_of[event] = cluster
    by_date, events_on_date = np.unique(cluster_of[which] * (int(date.max()) + 1) + day, return_counts=True)
    most = np.zeros(int(cluster.max()) + 1, dtype=np.int64)
    np.maximum.at(most, by_date // (int(date.max()) + 1), events_on_date)
    events_in = np.bincount(cluster_of)
    return bool((most < events_in).any())


def mean_overlap(blocks: Iterable[AbnormalReturns], window: Window, only: IntArray | None = None) -> float:
    """Return the mean overlap ``w_i'w_j / (|w_i| |w_j|)`` of the windows of the pairs i != j.

    w_i is one on the days of the window that are present and ``-d / L`` on the estimation rows, whose mean was
    subtracted: the correlation of two CARs is that of their returns times this number. It is one where all windows are
    the same days, and below zero where a window lies in the other's estimation window.

    Parameters
    ----------
    blocks : iterable of AbnormalReturns
    window : Window
    only : ndarray of int, optional
        Positions of the pairs to use; all by default.

    Returns
    -------
    float
    """
    start, n, parts = 0, 0, []
    for day, weight in walk(blocks, lambda block: window_weights(block, window)):
        rows = slice(None) if only is None else only[(only >= start) & (only < start + len(day))] - start
        parts.append(_by_day(day[rows], weight[rows]))
        n += int((weight[rows] > 0).any(axis=1).sum())
        start += len(day)
    days, sums = (np.concatenate(part, axis=-1) for part in zip(*parts, strict=True))
    total, squares, count = (np.bincount(pd.factorize(days)[0], weights=row) for row in sums)
    # Days with a single pair contribute exactly zero, without rounding error.
    return float((total**2 - squares)[count > 1].sum()) / (n * (n - 1)) if n > 1 else 0.0


def window_weights(block: AbnormalReturns, window: Window) -> tuple[IntArray, FloatArray]:
    """Return the days of each pair and their weights w_i / |w_i|; see `mean_overlap`.

    Parameters
    ----------
    block : AbnormalReturns
        Of n pairs.
    window : Window

    Returns
    -------
    tuple of ndarray of int and ndarray, shape (n, L + W)
        Days since 1970-01-01, and weights; zero where a day is missing.
    """
    at = block.columns(window)
    before, inside = joined_sessions(block)
    present, seen = np.isfinite(block.ar[:, at]) & block.complete(window)[:, None], ~np.isnat(before)
    days, length = present.sum(axis=1, keepdims=True), seen.sum(axis=1, keepdims=True)
    # Without parameters no mean of the estimation days was subtracted.
    share = days / length if block.loading.shape[-1] else np.zeros_like(days, dtype=np.float64)
    weight = np.concatenate([-share * seen, present.astype(np.float64)], axis=1)
    size = np.sqrt(days + share**2 * length)
    labels = np.concatenate([before, inside[:, at]], axis=1).astype(np.int64)
    return labels, weight / np.where(size > 0, size, 1.0)


def _by_day(day: IntArray, weight: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return the days with a weight, and by day the sum of weights, of their squares and of ones, shape (3, D)."""
    there = weight != 0
    value, key = weight[there], day[there]
    first = int(key.min(initial=0))
    if key.size and int(key.max()) - first < key.size:
        place, days = key - first, np.arange(first, int(key.max()) + 1)
    else:
        days, place = np.unique(key, return_inverse=True)
    sums = [np.bincount(place, weights=part, minlength=len(days)) for part in (value, value**2, np.ones_like(value))]
    return days, np.stack(sums)
