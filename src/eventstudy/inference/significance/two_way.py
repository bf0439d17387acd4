"""Pooled test of daily abnormal returns with errors clustered by market and by calendar date."""

from __future__ import annotations

import numpy as np

from ..models.least_squares import NO_VARIANCE
from .keyed import places
from .result import TestResult
from .sample import Sample

NO_DAILY_MEAN = "the mean daily abnormal return is zero"


def two_way_clustered_t(sample: Sample) -> TestResult:
    """Test of the mean daily abnormal return with errors clustered by market and by calendar date.

    ``V = V_market + V_date - V_both``, each with the factor G / (G - 1); t with the smaller number of clusters less
    one (Cameron, Gelbach & Miller 2011; Dutta et al. 2018).

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    name = "two_way_clustered_t"
    cells = sample.calendar.by_market
    count = int(cells.sums[0].sum())
    if count == 0:
        return TestResult.not_applicable(name, "0 events with returns; 2 needed")
    center = float(cells.sums[1].sum() / count)
    deviations = cells.sums[1] - center * cells.sums[0]
    parts = {
        "market": np.bincount(places(cells.row)[1], deviations),
        "date": np.bincount(places(cells.dates)[1], deviations),
        "both": deviations,
    }
    groups = min(len(parts["market"]), len(parts["date"]))
    if groups < 2:
        return TestResult.not_applicable(
            name, "all abnormal returns share one market or one date: nothing to cluster by"
        )
    meat = {name: (sums**2).sum() * len(sums) / max(len(sums) - 1, 1) for name, sums in parts.items()}
    variance = float(meat["market"] + meat["date"] - meat["both"]) / count**2
    # Returns that differ by rounding error alone have no variance.
    if not variance * count > (NO_VARIANCE * center) ** 2:
        return TestResult.not_applicable(name, "the clustered variance is not positive: too few clusters")
    t = center / np.sqrt(variance)
    return TestResult.of_t(name, float(t), groups - 1, null=NO_DAILY_MEAN, n=sample.n)
