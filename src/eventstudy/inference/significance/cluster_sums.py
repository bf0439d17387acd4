"""Correlation between the clusters of a sample."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np

from ...windows import Window
from ..abnormal import AbnormalReturns
from ..models.least_squares import IntArray
from . import kernels
from .clusters import Clusters, mean_overlap
from .groups import Groups
from .kernels import DaySums
from .keyed import Cells, DateSums, places
from .merging import gather
from .window_sums import (
    BoolArray,
    HeldDays,
    days_present,
    group_residuals,
    overlap_sums,
    residuals_of_sets,
    sets_held,
)


def cluster_correlation(blocks: Iterable[AbnormalReturns], window: Window, clusters: Clusters) -> float:
    """Return the mean correlation of the window's mean SCARs over all pairs of clusters.

    The mean correlation of the clusters' mean standardised residuals on common days, times the mean overlap of the
    windows of their first pairs.

    Parameters
    ----------
    blocks : iterable of AbnormalReturns
    window : Window
    clusters : Clusters
        Of all pairs of the blocks.

    Returns
    -------
    float
    """
    first = np.zeros(len(clusters.label), dtype=bool)
    first[clusters.first] = True
    overlap, cells = gather(blocks, partial(_Part.of, window=window), clusters.label, first, place=_placed)
    return mean_overlap(overlap, clusters.count) * _correlation(cells)


@dataclass(frozen=True, kw_only=True)
class _Part:
    """What is needed of one block: its groups, the days present, and standardised residuals of each set of days."""

    groups: Groups
    present: BoolArray
    at: slice
    fitted: bool
    held: HeldDays
    labels: IntArray
    sums: DaySums

    @classmethod
    def of(cls, block: AbnormalReturns, window: Window) -> _Part:
        """Sum over the pairs of a block."""
        groups, at = Groups.of(block), block.columns(window)
        present = days_present(block, window)
        held, singles = sets_held(present, groups, at)
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

    def overlap(self, first: BoolArray) -> DateSums:
        """Return the weights of the selected pairs by date."""
        return overlap_sums(self.present & first[:, None], self.groups, self.at, fitted=self.fitted)

    def cells(self, label: IntArray) -> Cells:
        """Return number and sum of the residuals by cluster and date."""
        cluster = np.full(len(self.held.days), -1, dtype=np.int64)
        there = self.held.which >= 0
        cluster[self.held.which[there]] = label[there]
        some, column = np.nonzero((self.sums.present > 0) & (cluster >= 0)[:, None])
        known, row = places(cluster[some])
        values = [part[some, column] for part in (self.sums.present, self.sums.total)]
        return Cells.of(known, row, self.labels[some, column], values)


def _placed(part: _Part, label: IntArray, first: BoolArray) -> tuple[DateSums, Cells]:
    """Return the sums of one block whose clusters are known."""
    return part.overlap(first), part.cells(label)


def _correlation(cells: Cells) -> float:
    """Return the mean correlation of the clusters' means on common dates; zero where there is none."""
    mean = cells.sums[1] / cells.sums[0]
    mean /= np.sqrt(np.bincount(cells.row, mean**2) / np.maximum(np.bincount(cells.row), 1))[cells.row]
    sums = DateSums.of(cells.dates, [mean, mean**2, np.ones_like(mean)]).sums
    r = float(kernels.mean_correlation(*sums))
    return r if np.isfinite(r) else 0.0
