"""Placebo p-values of standardised sums: one row per series, placebo stretches on the last axis."""

from __future__ import annotations

import numpy as np
from scipy import stats

from ..models.least_squares import FloatArray, IntArray
from .volatility import counted, mean_present, quantile_present, window_sums

# Sums that should tie may differ in the last bits; such a placebo counts as large as the event.
TIE = 1e-12


# Windows longer than this need the p-value of overlapping sums beside the rank.
SHORT = 5


def standardised(
    sums: FloatArray, days: IntArray | FloatArray, variance: FloatArray, leverage: FloatArray | float
) -> FloatArray:
    """Return ``C / sqrt(days h (1 + leverage))``; NaN where that has no variance.

    Parameters
    ----------
    sums : ndarray, shape (...)
        Sums of abnormal returns.
    days : ndarray, shape (...)
        Days present in each.
    variance : ndarray, shape (...)
        Known the day before the first of them.
    leverage : ndarray or float
        Error of the estimated parameters over the sum's own variance; negative for days that the estimate saw.
    """
    square = days * variance * (1.0 + leverage)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(square > 0, sums / np.sqrt(square), np.nan))


def placebo_sums(residuals: FloatArray, variance: FloatArray, leverage: FloatArray | float, days: int) -> FloatArray:
    """Return the standardised sums of every stretch of `days` neighbours, shape (n, P), P = L - days + 1.

    Parameters
    ----------
    residuals : ndarray, shape (n, L)
        A stretch with less than half its days is NaN.
    variance : ndarray, shape (n, L or more)
        Known the day before each day.
    leverage : ndarray, shape (n, P), or float
        Of each stretch; the estimate saw these days, so that it counts against them.
    days : int
    """
    count = window_sums(np.isfinite(residuals).astype(np.float64), days)
    before = variance[:, : count.shape[1]]
    z = standardised(window_sums(residuals, days), count, before, -leverage)
    return np.where(2 * count >= days, z, np.nan)


def rank_p(event: FloatArray, placebos: FloatArray) -> FloatArray:
    """Return ``(1 + #{abs z_s >= abs z_0}) / (P + 1)`` over the placebos on the last axis.

    Examples
    --------
    >>> rank_p(np.array([2.0]), np.array([[1.0, -2.0, np.nan, 3.0]]))
    array([0.75])
    """
    with np.errstate(invalid="ignore"):
        larger = (np.abs(placebos) >= np.abs(event)[..., None] * (1 - TIE)).sum(axis=-1)
    return np.asarray(np.where(np.isfinite(event), (1 + larger) / (1 + counted(placebos)), np.nan))


def overlap_df(placebos: FloatArray, days: int) -> FloatArray:
    """Return how many independent sums the overlapping ones are worth, ``P / (1 + 2 sum_k (1 - k / days)²)``."""
    share = 1.0 - np.arange(1, days) / days
    return np.asarray(counted(placebos) / (1.0 + 2.0 * (share**2).sum()))


def overlap_p(event: FloatArray, placebos: FloatArray, days: int) -> FloatArray:
    """Return the two-sided p of ``z_0 / rms z_s``, t with `overlap_df` degrees of freedom."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(
            2 * stats.t.sf(np.abs(event) / np.sqrt(mean_present(placebos**2)), overlap_df(placebos, days))
        )


def volatility_p(event: FloatArray, placebos: FloatArray, days: int) -> FloatArray:
    """Return the placebo p-value of standardised sums: the rank, and beyond five days the larger of it and `overlap_p`.

    Overlapping sums of many days hold few independent ones, so that the largest of them is too small a hurdle.
    """
    p = rank_p(event, placebos)
    return p if days <= SHORT else np.asarray(np.maximum(p, overlap_p(event, placebos, days)))


def hurdle(placebos: FloatArray, days: int, level: float = 0.05) -> FloatArray:
    """Return the size beyond which `volatility_p` is at most `level`; infinite where there are too few placebos."""
    size = -np.sort(-np.where(np.isfinite(placebos), np.abs(placebos), -np.inf), axis=-1)
    place = np.floor(level * (counted(placebos) + 1) + TIE).astype(int)
    beyond = np.take_along_axis(size, np.maximum(place - 1, 0)[..., None], axis=-1)[..., 0]
    beyond = np.where(place > 0, beyond, np.inf)
    if days <= SHORT:
        return np.asarray(beyond)
    critical = stats.t.isf(level / 2, overlap_df(placebos, days))
    return np.asarray(np.maximum(beyond, critical * np.sqrt(mean_present(placebos**2))))


def detectable(beyond: FloatArray, placebos: FloatArray, unit: FloatArray) -> FloatArray:
    """Return the effect that a test with the hurdle `beyond` finds in four of five cases, ``unit (beyond + q80)``.

    ``q80`` is half the distance between the 20 % and the 80 % quantile of the placebos: what a day adds or takes away.

    Parameters
    ----------
    beyond : ndarray, shape (n,)
        Of `hurdle`, or the same of the maxima of a family.
    placebos : ndarray, shape (n, P)
    unit : ndarray, shape (n,)
        One unit of z in abnormal return: ``sqrt(days h_0 (1 + leverage))``.
    """
    low, high = quantile_present(placebos, 0.2), quantile_present(placebos, 0.8)
    with np.errstate(invalid="ignore"):
        return np.asarray(unit * (beyond + (high - low) / 2))
