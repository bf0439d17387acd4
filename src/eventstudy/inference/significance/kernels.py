"""Arithmetic of the tests of many events, on arrays: events on the last axis, or before the days.

Every function takes any number of leading axes, so that one study, or a simulation of thousands of studies, is one
call. NaN marks a missing event; a study with too few events gives NaN or infinity, never an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np

from ..models.least_squares import FloatArray, deviation_of

Number = TypeVar("Number", float, FloatArray)


def count(x: FloatArray) -> FloatArray:
    """Return the number of events present, as a float.

    Parameters
    ----------
    x : ndarray, shape (..., n)

    Returns
    -------
    ndarray, shape (...)
    """
    return np.asarray(np.isfinite(x).sum(axis=-1), dtype=np.float64)


def mean(x: FloatArray) -> FloatArray:
    """Return the mean over the events present.

    Parameters
    ----------
    x : ndarray, shape (..., n)

    Returns
    -------
    ndarray, shape (...)
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(np.isfinite(x), x, 0.0).sum(axis=-1) / count(x))


def deviations(x: FloatArray) -> FloatArray:
    """Return the deviations from the mean over the events present; zero where one is missing.

    Parameters
    ----------
    x : ndarray, shape (..., n)

    Returns
    -------
    ndarray, shape (..., n)
    """
    return np.where(np.isfinite(x), x - mean(x)[..., None], 0.0)


def moment(x: FloatArray, power: Literal[2, 3]) -> FloatArray:
    """Return the sum of squares or cubes of the deviations from the mean over the events present.

    Parameters
    ----------
    x : ndarray, shape (..., n)
    power : {2, 3}

    Returns
    -------
    ndarray, shape (...)
    """
    deviation = deviations(x)
    if power == 2:
        return np.asarray(np.vecdot(deviation, deviation))
    return np.asarray(np.vecdot(deviation * deviation, deviation))


def deviation(x: FloatArray) -> FloatArray:
    """Return the standard deviation over the events present, with n - 1; zero where they differ by rounding alone.

    Parameters
    ----------
    x : ndarray, shape (..., n)

    Returns
    -------
    ndarray, shape (...)
    """
    return deviation_of(count(x), mean(x), moment(x, 2))


def mean_t(x: FloatArray) -> FloatArray:
    """Return ``mean / (sd / sqrt n)``: the cross-sectional t of CARs (Charest 1978), and of SCARs the BMP t.

    Parameters
    ----------
    x : ndarray, shape (..., n)

    Returns
    -------
    ndarray, shape (...)
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(mean(x) * np.sqrt(count(x)) / deviation(x))


def patell_z(scar: FloatArray, df: FloatArray) -> FloatArray:
    """Return ``sum SCAR / sqrt(sum df / (df - 2))`` over the events present (Patell 1976).

    Parameters
    ----------
    scar, df : ndarray, shape (..., n)

    Returns
    -------
    ndarray, shape (...)
    """
    present = np.isfinite(scar)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = np.where(present, df / (df - 2.0), 0.0).sum(axis=-1)
        return np.asarray(np.where(present, scar, 0.0).sum(axis=-1) / np.sqrt(variance))


def hall_t(x: FloatArray) -> FloatArray:
    """Return the skewness-adjusted t ``sqrt n (S + g S²/3 + g² S³/27 + g/(6n))`` (Hall 1992).

    S is mean over standard deviation and g the sample skewness ``n / ((n - 1) (n - 2)) sum (x - mean)³ / sd³``.

    Parameters
    ----------
    x : ndarray, shape (..., n)

    Returns
    -------
    ndarray, shape (...)
    """
    n = count(x)
    with np.errstate(invalid="ignore", divide="ignore"):
        sd = deviation(x)
        s = mean(x) / sd
        g = n / ((n - 1) * (n - 2)) * moment(x, 3) / sd**3
        return np.asarray(np.sqrt(n) * (s + g * s**2 / 3 + g**2 * s**3 / 27 + g / (6 * n)))


def brown_warner_1980_z(car: FloatArray, sd: FloatArray, days: FloatArray) -> FloatArray:
    """Return ``mean CAR / (sqrt(sum days s²) / n)``, s the events' own estimation deviations (Brown & Warner 1980).

    Parameters
    ----------
    car, sd, days : ndarray, shape (..., n)
        CAR and daily standard deviation (fractions), and days present in the window.

    Returns
    -------
    ndarray, shape (...)
    """
    present = np.isfinite(car)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = np.where(present, days * sd**2, 0.0).sum(axis=-1)
        return np.asarray(mean(car) * count(car) / np.sqrt(variance))


def inflation(correlation: Number, n: Number) -> Number:
    """Return ``1 + (n - 1) rbar``, by which correlation inflates the variance of a sum (Kolari & Pynnönen 2010).

    Parameters
    ----------
    correlation, n : float or ndarray
        Mean correlation of the pairs of events, and number of events.

    Returns
    -------
    float or ndarray
    """
    return 1.0 + (n - 1.0) * correlation


def mean_correlation(total: FloatArray, squares: FloatArray, present: FloatArray) -> FloatArray:
    """Return the mean correlation over the pairs of different events, from sums by calendar date.

    ``sum_t [(sum_i z)² - sum_i z²] / sum_t n_t (n_t - 1)``, with z = e / sqrt(e'e / L); where all windows coincide
    this is the mean of the n (n - 1) / 2 correlations (Kolari & Pynnönen 2010).

    Parameters
    ----------
    total, squares, present : ndarray, shape (..., D)
        Sums by date of z, of z² and of ones over the events.

    Returns
    -------
    ndarray, shape (...)
    """
    pairs = (present * (present - 1.0)).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((total**2 - squares).sum(axis=-1) / pairs)


def root_mean_square_scaled(residuals: FloatArray) -> FloatArray:
    """Return the residuals divided by the root of their mean square.

    Parameters
    ----------
    residuals : ndarray, shape (..., n, L)

    Returns
    -------
    ndarray, shape (..., n, L)
    """
    present = np.isfinite(residuals)
    squares = np.where(present, residuals, 0.0) ** 2
    scale = np.sqrt(squares.sum(axis=-1) / np.maximum(present.sum(axis=-1), 1))
    return np.asarray(residuals / scale[..., None])


@dataclass(frozen=True)
class DaySums:
    """Sums over the events by day of event time, from which rank and sign tests are computed.

    Parameters
    ----------
    total : ndarray, shape (..., T)
        Sum over the events present.
    present : ndarray, shape (..., T)
        Number of events present.
    """

    total: FloatArray
    present: FloatArray

    @classmethod
    def of(cls, x: FloatArray) -> DaySums:
        """Sum over the events.

        Parameters
        ----------
        x : ndarray, shape (..., n, T)
            NaN where missing.

        Returns
        -------
        DaySums
            Of shape (..., T).
        """
        there = np.isfinite(x)
        return cls(np.where(there, x, 0.0).sum(axis=-2), there.sum(axis=-2).astype(np.float64))

    @classmethod
    def merged(cls, parts: Sequence[DaySums]) -> DaySums:
        """Add the sums of several blocks.

        Parameters
        ----------
        parts : sequence of DaySums

        Returns
        -------
        DaySums
        """
        total, present = parts[0].total, parts[0].present
        for part in parts[1:]:
            total, present = total + part.total, present + part.present
        return cls(total, present)

    @property
    def mean(self) -> FloatArray:
        """Mean of each day over the events present; zero on a day without events."""
        return self.total / np.maximum(self.present, 1.0)

    @property
    def scaled(self) -> FloatArray:
        """Sum of each day over the root of the number of events present; zero on a day without events."""
        return self.total / np.sqrt(np.maximum(self.present, 1.0))

    @property
    def days(self) -> FloatArray:
        """Number of days with at least one event, shape (...)."""
        return np.asarray((self.present > 0).sum(axis=-1), dtype=np.float64)


def brown_warner_1985_t(sums: DaySums, event: FloatArray) -> FloatArray:
    """Return the sum of the window's daily means over ``sqrt(W)`` standard deviations of the estimation days' means.

    Source: Brown & Warner (1985).

    Parameters
    ----------
    sums : DaySums, shape (..., L)
        Residuals by estimation day.
    event : ndarray, shape (..., W)
        Daily mean abnormal returns of the window; NaN on a day without returns.

    Returns
    -------
    ndarray, shape (...)
    """
    daily = np.where(sums.present > 0, sums.mean, np.nan)
    present = np.isfinite(event)
    with np.errstate(invalid="ignore", divide="ignore"):
        total = np.where(present, event, 0.0).sum(axis=-1)
        return np.asarray(total / (deviation(daily) * np.sqrt(present.sum(axis=-1))))


def unit_variance(scar: FloatArray, df: FloatArray) -> FloatArray:
    """Return SCARs divided by the root of ``df / (df - 2)``, the variance of Student's t.

    Parameters
    ----------
    scar, df : ndarray, shape (..., n)

    Returns
    -------
    ndarray, shape (..., n)
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(scar * np.sqrt((df - 2.0) / df))


def variance_z(scar: FloatArray, df: FloatArray) -> FloatArray:
    """Return the standardised sum of squared SCARs, each F(1, df) without an event (Patell 1976; Beaver 1968).

    ``sum (SCAR² (df - 2) / df - 1) / sqrt(2 (df - 1) / (df - 4)) / sqrt n``.

    Parameters
    ----------
    scar, df : ndarray, shape (..., n)

    Returns
    -------
    ndarray, shape (...)
    """
    present = np.isfinite(scar)
    with np.errstate(invalid="ignore", divide="ignore"):
        excess = (scar**2 * (df - 2.0) / df - 1.0) / np.sqrt(2.0 * (df - 1.0) / (df - 4.0))
        return np.asarray(np.where(present, excess, 0.0).sum(axis=-1) / np.sqrt(count(scar)))
