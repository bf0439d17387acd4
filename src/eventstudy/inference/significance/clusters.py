"""Clusters of pairs that share an event or days of the window, and the overlap of the windows of different pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from ...windows import Window
from ..abnormal import AbnormalReturns
from ..models.least_squares import IntArray
from .keyed import MISSING, DateSums, places

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
    def of(cls, events: Labels, dates: npt.NDArray[np.datetime64], which: IntArray, days: IntArray) -> Clusters:
        """Find the clusters of n pairs.

        Parameters
        ----------
        events : ndarray, shape (n,)
            Event identifiers.
        dates : ndarray of datetime64, shape (n,)
            Label of day 0.
        which : ndarray of int, shape (n,)
            Set of days on which each pair has a return of the window; -1 for a pair without one.
        days : ndarray of int, shape (S, W)
            Days of each set; `MISSING` where there is none.

        Returns
        -------
        Clusters
        """
        there = np.flatnonzero(which >= 0)
        label = np.full(len(which), -1, dtype=np.int64)
        if not len(there):
            return cls(label=label, count=0, size=np.zeros(0, dtype=np.int64), chained=False)
        event = numbered(events[there])
        # Clusters are numbered in the order in which their first pair stands.
        found, known = pd.factorize(_connected(event, which[there], days))
        label[there] = found
        chained = _chained(found, event, pd.factorize(dates[there])[0])
        return cls(label=label, count=len(known), size=np.bincount(found, minlength=len(known)), chained=chained)

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
        days = np.where(present, abnormal.sessions[:, at].astype(np.int64), MISSING)
        which = np.where(present.any(axis=1), np.arange(len(present)), -1)
        return cls.of(rows["event_id"].to_numpy(dtype=object), rows["session"].to_numpy(), which, days)

    @property
    def largest(self) -> int:
        """Number of pairs in the largest cluster."""
        return int(self.size.max(initial=0))

    @property
    def first(self) -> IntArray:
        """Position of the first pair of each cluster."""
        found, position = np.unique(self.label, return_index=True)
        return np.asarray(position[found >= 0])

    @property
    def columns(self) -> tuple[IntArray, npt.NDArray[np.bool_]]:
        """Cluster of each pair, and whether the pair is the first of its cluster, shape (n,)."""
        first = np.zeros(len(self.label), dtype=bool)
        first[self.first] = True
        return self.label, first


def numbered(values: Labels) -> IntArray:
    """Return the number of each value, from 0 in the order in which they first stand.

    Parameters
    ----------
    values : ndarray of int or object, shape (n,)

    Returns
    -------
    ndarray of int, shape (n,)

    Examples
    --------
    >>> numbered(np.array([7, 5, 7])).tolist(), numbered(np.array([7, 5, 9])).tolist()
    ([0, 1, 0], [0, 1, 2])
    """
    if values.dtype.kind == "i":
        # A table of millions of different values takes several times the memory of sorting them.
        ordered = np.sort(values)
        if (ordered[1:] != ordered[:-1]).all():
            return np.arange(len(values))
    return np.asarray(pd.factorize(values)[0], dtype=np.int64)


def _connected(event: IntArray, which: IntArray, days: IntArray) -> IntArray:
    """Return the component of each pair in the graph of sets of days, their days, and events with several pairs."""
    # A set without a pair links nothing.
    used = np.bincount(which, minlength=len(days)) > 0
    some, column = np.nonzero((days != MISSING) & used[:, None])
    known, day = places(days[some, column])
    sets, count = len(days), len(known)
    of_events = (which, sets + count + event) if int(event.max()) + 1 < len(event) else (which[:0], event[:0])
    ends = [np.concatenate(part) for part in zip((some, sets + day), of_events, strict=True)]
    nodes = sets + count + (int(event.max()) + 1 if len(of_events[0]) else 0)
    graph = sparse.coo_array((np.ones(len(ends[0]), dtype=np.int8), tuple(ends)), shape=(nodes, nodes))
    return np.asarray(connected_components(graph, directed=False)[1][which], dtype=np.int64)


def _chained(cluster: IntArray, event: IntArray, date: IntArray) -> bool:
    """Return whether some cluster has no day 0 that is common to all its events."""
    dates, events = int(date.max()) + 1, int(event.max()) + 1
    if events < len(event):
        # A pair counts once for its event and date, and once for its event.
        cell = np.unique((cluster * dates + date) * events + event)
        by_date, of = np.divmod(cell, events)[0], np.unique(cluster * events + event) // events
    else:
        by_date, of = cluster * dates + date, cluster
    key, count = np.unique(by_date, return_counts=True)
    most = np.zeros(int(cluster.max()) + 1, dtype=np.int64)
    np.maximum.at(most, key // dates, count)
    return bool((most < np.bincount(of)).any())


def mean_overlap(sums: DateSums, n: int) -> float:
    """Return the mean overlap ``w_i'w_j / (|w_i| |w_j|)`` of the windows of the pairs i != j.

    It is one where all windows are the same days, and below zero where a window lies in the other's estimation window.

    Parameters
    ----------
    sums : DateSums
        Of `window_sums.overlap_sums`.
    n : int
        Number of pairs with a return in the window.

    Returns
    -------
    float
    """
    total, squares, count = sums.sums
    # Days with a single pair contribute exactly zero, without rounding error.
    return float((total**2 - squares)[count > 1].sum()) / (n * (n - 1)) if n > 1 else 0.0
