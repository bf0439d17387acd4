"""Correlation between the clusters of a sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...windows import Window
from ..abnormal import AbnormalReturns
from ..models.least_squares import IntArray
from . import kernels
from .clusters import mean_overlap
from .groups import Groups
from .kernels import DaySums
from .keyed import Cells, DateSums, places
from .window_sums import (
    BoolArray,
    HeldDays,
    days_present,
    group_residuals,
    overlap_sums,
    residuals_of_sets,
    sets_held,
)


@dataclass(frozen=True, kw_only=True)
class ClusterPart:
    """What is needed of one block: its groups, the days present, and standardised residuals of each set of days."""

    groups: Groups
    present: BoolArray
    at: slice
    fitted: bool
    held: HeldDays
    labels: IntArray
    sums: DaySums

    @classmethod
    def of(cls, block: AbnormalReturns, window: Window) -> ClusterPart:
        """Sum over the pairs of a block.

        Parameters
        ----------
        block : AbnormalReturns
        window : Window

        Returns
        -------
        ClusterPart
        """
        groups, at = Groups.of(block), block.columns(window)
        present = days_present(block, window)
        held, singles = sets_held(block, groups, window)
        residuals, sigma = block.fitted.residuals, block.fitted.sigma
        sums = group_residuals(residuals, groups, scale=sigma)
        return cls(
            groups=groups,
            present=present,
            at=at,
            fitted=bool(block.loading.shape[-1]),
            held=held,
            labels=np.concatenate([groups.joined_estimation, groups.joined_estimation[groups.number[singles]]]),
            sums=residuals_of_sets(held, singles, groups, sums, residuals, scale=sigma),
        )

    def placed(self, label: IntArray, first: BoolArray) -> ClusterCells:
        """Return the sums of the block, whose clusters are now known.

        Parameters
        ----------
        label : ndarray of int, shape (n,)
            Cluster of each pair; -1 for a pair without a return.
        first : ndarray of bool, shape (n,)
            Whether a pair is the first of its cluster.

        Returns
        -------
        ClusterCells
        """
        overlap = overlap_sums(self.present & first[:, None], self.groups, self.at, fitted=self.fitted)
        return ClusterCells(overlap=overlap, cells=self._cells(label))

    def _cells(self, label: IntArray) -> Cells:
        """Return number and sum of the residuals by cluster and date."""
        cluster = np.full(len(self.held.days), -1, dtype=np.int64)
        there = self.held.which >= 0
        cluster[self.held.which[there]] = label[there]
        some, column = np.nonzero((self.sums.present > 0) & (cluster >= 0)[:, None])
        known, row = places(cluster[some])
        values = [part[some, column] for part in (self.sums.present, self.sums.total)]
        return Cells.of(known, row, self.labels[some, column], values)


@dataclass(frozen=True, kw_only=True)
class ClusterCells:
    """Sums over the pairs of a window by cluster and date.

    Parameters
    ----------
    overlap : DateSums
        Weights of the first pair of each cluster, see `window_sums.overlap_sums`.
    cells : Cells
        Number and sum of the standardised residuals by cluster and date.
    """

    overlap: DateSums
    cells: Cells

    def correlation(self, clusters: int) -> float:
        """Return the mean correlation of the window's mean SCARs over all pairs of clusters.

        The mean correlation of the clusters' mean standardised residuals on common days, times the mean overlap of the
        windows of their first pairs.

        Parameters
        ----------
        clusters : int
            Their number.

        Returns
        -------
        float
        """
        return mean_overlap(self.overlap, clusters) * _correlation(self.cells)


def _correlation(cells: Cells) -> float:
    """Return the mean correlation of the clusters' means on common dates; zero where there is none."""
    mean = cells.sums[1] / cells.sums[0]
    mean /= np.sqrt(np.bincount(cells.row, mean**2) / np.maximum(np.bincount(cells.row), 1))[cells.row]
    sums = DateSums.of(cells.dates, [mean, mean**2, np.ones_like(mean)]).sums
    r = float(kernels.mean_correlation(*sums))
    return r if np.isfinite(r) else 0.0
