"""Pooled test of daily abnormal returns with errors clustered by market and by calendar date."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from ..models.least_squares import FloatArray, IntArray
from .result import TestResult
from .sample import Sample

NO_DAILY_MEAN = "the mean daily abnormal return is zero"


KeyOfDay = Callable[[int], IntArray]


# Cells of market and date are counted in one table unless fewer than one in DENSE would be used.
DENSE = 4


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
    count = int(np.isfinite(sample.ar).sum())
    if count == 0:
        return TestResult.not_applicable(name, "0 events with returns; 2 needed")
    center = float(np.nansum(sample.ar) / count)
    market = pd.factorize(sample.markets)[0].astype(np.int64)
    date = sample.days - sample.days.min(where=np.isfinite(sample.ar), initial=np.iinfo(np.int32).max)
    span = int(date.max(where=np.isfinite(sample.ar), initial=0)) + 1
    markets = int(market.max()) + 1
    both = _dense(lambda day: market * span + date[:, day], sample, markets * span)
    parts = {
        "market": _cluster_sums(sample, center, lambda day: market, markets),
        "date": _cluster_sums(sample, center, lambda day: date[:, day], span),
        "both": _cluster_sums(sample, center, *both),
    }
    groups = min(len(parts["market"]), len(parts["date"]))
    if groups < 2:
        return TestResult.not_applicable(
            name, "all abnormal returns share one market or one date: nothing to cluster by"
        )
    meat = {name: (sums**2).sum() * len(sums) / max(len(sums) - 1, 1) for name, sums in parts.items()}
    variance = float(meat["market"] + meat["date"] - meat["both"]) / count**2
    if not variance > 0:
        return TestResult.not_applicable(name, "the clustered variance is not positive: too few clusters")
    t = center / np.sqrt(variance)
    return TestResult.of_t(name, float(t), groups - 1, null=NO_DAILY_MEAN, n=sample.n)


def _cluster_sums(sample: Sample, center: float, key: KeyOfDay, size: int) -> FloatArray:
    """Return the sum of deviations of each cluster, accumulated day by day to avoid a copy of all event-days."""
    sums, events = np.zeros((2, size))
    for day in range(sample.ar.shape[1]):
        there = np.isfinite(sample.ar[:, day])
        keys = key(day)[there]
        sums += np.bincount(keys, weights=sample.ar[there, day] - center, minlength=size)
        events += np.bincount(keys, minlength=size)
    return sums[events > 0]


def _dense(key: KeyOfDay, sample: Sample, size: int) -> tuple[KeyOfDay, int]:
    """Return keys and their number, renumbered without gaps where a table of all `size` keys would be mostly empty."""
    if size <= DENSE * sample.ar.size:
        return key, size
    there = np.isfinite(sample.ar)
    cells = np.unique(np.concatenate([key(day)[there[:, day]] for day in range(there.shape[1])]))
    return lambda day: np.searchsorted(cells, key(day)), len(cells)
