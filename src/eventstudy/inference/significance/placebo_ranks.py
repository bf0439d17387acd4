"""Placebo p-values of standardised sums: one row per series, placebo stretches on the last axis."""

from __future__ import annotations

import numpy as np

from ..distributions import t_ppf, t_sf
from ..models.least_squares import FloatArray, IntArray
from .kernels import mean
from .volatility import counted, quantile_present, window_sums

# Equal sums may differ by rounding error; such a placebo counts as large as the event.
TIE = 1e-12


# Longer windows also use the p-value of overlapping sums, since their placebos are strongly dependent.
SHORT = 5
# Mean overshoot of a random walk over a boundary, in standard deviations of a step: -zeta(1/2) / sqrt(2 pi).
OVERSHOOT = 0.5825971579390106


def standardised(
    sums: FloatArray, days: IntArray | FloatArray, variance: FloatArray, leverage: FloatArray | float
) -> FloatArray:
    """Return ``C / sqrt(days h (1 + leverage))``.

    Parameters
    ----------
    sums : ndarray, shape (...)
        Sums of abnormal returns.
    days : ndarray, shape (...)
        Days present in each.
    variance : ndarray, shape (...)
        Daily variance h known the day before the first of them.
    leverage : ndarray or float
        Variance of the parameters' error over the sum's own variance; negative for days within the estimation window.

    Returns
    -------
    ndarray, shape (...)
        NaN where the variance is not positive.
    """
    square = days * variance * (1.0 + leverage)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(square > 0, sums / np.sqrt(square), np.nan))


def placebo_sums(residuals: FloatArray, variance: FloatArray, leverage: FloatArray | float, days: int) -> FloatArray:
    """Return the standardised sums of all P = L - days + 1 stretches of consecutive estimation days.

    Parameters
    ----------
    residuals : ndarray, shape (n, L)
        A stretch with less than half its days is NaN.
    variance : ndarray, shape (n, L or more)
        Known the day before each day.
    leverage : ndarray, shape (n, P), or float
        Of each stretch; subtracted, since the estimate used these days.
    days : int

    Returns
    -------
    ndarray, shape (n, P)
    """
    count = window_sums(np.isfinite(residuals).astype(np.float64), days)
    before = variance[:, : count.shape[1]]
    z = standardised(window_sums(residuals, days), count, before, -leverage)
    return np.where(2 * count >= days, z, np.nan)


def rank_p(event: FloatArray, placebos: FloatArray) -> FloatArray:
    """Return the rank p-value ``(1 + #{abs z_s >= abs z_0}) / (P + 1)``.

    Parameters
    ----------
    event : ndarray, shape (...)
        z_0.
    placebos : ndarray, shape (..., P)
        z_s; NaN does not count.

    Returns
    -------
    ndarray, shape (...)

    Examples
    --------
    >>> rank_p(np.array([2.0]), np.array([[1.0, -2.0, np.nan, 3.0]]))
    array([0.75])
    """
    with np.errstate(invalid="ignore"):
        larger = (np.abs(placebos) >= np.abs(event)[..., None] * (1 - TIE)).sum(axis=-1)
    return np.asarray(np.where(np.isfinite(event), (1 + larger) / (1 + counted(placebos)), np.nan))


def overlap_df(placebos: FloatArray, days: int) -> FloatArray:
    """Return the number of independent sums that P overlapping ones amount to, ``P / (1 + 2 sum_k (1 - k / days)²)``.

    Parameters
    ----------
    placebos : ndarray, shape (..., P)
    days : int
        Length of each sum.

    Returns
    -------
    ndarray, shape (...)
    """
    share = 1.0 - np.arange(1, days) / days
    return np.asarray(counted(placebos) / (1.0 + 2.0 * (share**2).sum()))


def overlap_p(event: FloatArray, placebos: FloatArray, days: int) -> FloatArray:
    """Return the two-sided p-value of ``z_0 / rms z_s``, t with `overlap_df` degrees of freedom.

    Parameters
    ----------
    event : ndarray, shape (...)
    placebos : ndarray, shape (..., P)
    days : int

    Returns
    -------
    ndarray, shape (...)
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(2 * t_sf(np.abs(event) / np.sqrt(mean(placebos**2)), overlap_df(placebos, days)))


def peak_p(event: FloatArray, placebos: FloatArray, days: int) -> FloatArray:
    """Return the p-value of the cumulative sum that is largest in size: twice `overlap_p` of a sum as large.

    ``P(max_k |S_k| >= x) <= 2 P(|S_d| >= x)`` for independent, symmetric steps (Lévy), with equality as steps become
    small. A path that is seen at the ends of its steps misses what lies between; x is raised by `OVERSHOOT` steps
    (Siegmund, "Sequential Analysis", 1985, ch. X).

    Parameters
    ----------
    event : ndarray, shape (...)
        Largest absolute cumulative sum, in units of the expected size of the whole sum.
    placebos : ndarray, shape (..., P)
        Standardised whole sums of ordinary stretches.
    days : int
        Steps of the path.

    Returns
    -------
    ndarray, shape (...)
    """
    return np.minimum(2 * overlap_p(event + OVERSHOOT / np.sqrt(days), placebos, days), 1.0)


def volatility_p(event: FloatArray, placebos: FloatArray, days: int) -> FloatArray:
    """Return the placebo p-value of standardised sums: the rank, and beyond five days the larger of it and `overlap_p`.

    Overlapping sums of many days contain few independent ones, so that the rank alone rejects too often.

    Parameters
    ----------
    event : ndarray, shape (...)
    placebos : ndarray, shape (..., P)
    days : int

    Returns
    -------
    ndarray, shape (...)
    """
    p = rank_p(event, placebos)
    return p if days <= SHORT else np.asarray(np.maximum(p, overlap_p(event, placebos, days)))


def hurdle(placebos: FloatArray, days: int, level: float = 0.05) -> FloatArray:
    """Return the critical value of ``abs z_0``: beyond it `volatility_p` is at most `level`.

    Parameters
    ----------
    placebos : ndarray, shape (..., P)
    days : int
    level : float

    Returns
    -------
    ndarray, shape (...)
        Infinite where there are too few placebos.
    """
    size = -np.sort(-np.where(np.isfinite(placebos), np.abs(placebos), -np.inf), axis=-1)
    place = np.floor(level * (counted(placebos) + 1) + TIE).astype(int)
    beyond = np.take_along_axis(size, np.maximum(place - 1, 0)[..., None], axis=-1)[..., 0]
    beyond = np.where(place > 0, beyond, np.inf)
    if days <= SHORT:
        return np.asarray(beyond)
    critical = -t_ppf(level / 2, overlap_df(placebos, days))
    return np.asarray(np.maximum(beyond, critical * np.sqrt(mean(placebos**2))))


def detectable(beyond: FloatArray, placebos: FloatArray, unit: FloatArray) -> FloatArray:
    """Return the effect that a test with a given critical value detects with 80 % power, ``unit (beyond + q80)``.

    ``q80`` is half the distance between the 20 % and the 80 % quantile of the placebos: the ordinary variation that is
    added to the effect.

    Parameters
    ----------
    beyond : ndarray, shape (n,)
        From `hurdle`, or the same for the maxima of a family.
    placebos : ndarray, shape (n, P)
    unit : ndarray, shape (n,)
        Abnormal return of one unit of z: ``sqrt(days h_0 (1 + leverage))``.

    Returns
    -------
    ndarray, shape (n,)
        Abnormal return (fraction).
    """
    low, high = quantile_present(placebos, 0.2), quantile_present(placebos, 0.8)
    with np.errstate(invalid="ignore"):
        return np.asarray(unit * (beyond + (high - low) / 2))
