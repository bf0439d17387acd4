"""Step-down adjustment of p-values for several markets with the same news, preserving their correlation."""

from __future__ import annotations

import numpy as np

from ..models.least_squares import FloatArray
from .placebo_ranks import TIE
from .volatility import counted


def step_down(event: FloatArray, placebos: FloatArray) -> FloatArray:
    """Return every market's p-value, adjusted for the number of markets.

    The markets are taken in descending order of ``abs z_0``; each is compared, placebo day by placebo day, with the
    largest ``abs z_s`` among itself and the markets after it that have a return: ``(1 + #{max >= abs z_0}) / (P + 1)``,
    and no p is below the one before (step-down max-T: Westfall & Young 1993, algorithm 4.1).

    Parameters
    ----------
    event : ndarray, shape (..., m)
        Standardised sums of the event window; NaN where missing, and then p is NaN.
    placebos : ndarray, shape (..., m, P)
        The same of placebo days, joined by event time.

    Returns
    -------
    ndarray, shape (..., m)

    Examples
    --------
    >>> placebos = np.array([[1.0, -2.0, 0.5, 0.1], [0.5, 2.5, -0.2, 0.3]])
    >>> step_down(np.array([1.5, 3.0]), placebos).tolist()
    [0.4, 0.2]
    """
    order = np.argsort(-np.nan_to_num(np.abs(event), nan=-1.0), axis=-1, kind="stable")
    size = np.take_along_axis(np.abs(event), order, axis=-1)
    rows = np.take_along_axis(np.abs(placebos), order[..., None], axis=-2)
    there = np.isfinite(size)
    # A market without a return in the window must not enter the placebo maxima either.
    rows = np.where(there[..., None] & np.isfinite(rows), rows, -np.inf)
    largest = np.flip(np.maximum.accumulate(np.flip(rows, axis=-2), axis=-2), axis=-2)
    with np.errstate(invalid="ignore"):
        larger = (largest >= size[..., None] * (1 - TIE)).sum(axis=-1)
    adjusted = np.maximum.accumulate((1 + larger) / (1 + np.isfinite(largest).sum(axis=-1)), axis=-1)
    result = np.full(event.shape, np.nan)
    np.put_along_axis(result, order, np.where(there, adjusted, np.nan), axis=-1)
    return result


def raised_in_order(event: FloatArray, p: FloatArray, factor: FloatArray) -> FloatArray:
    """Return adjusted p-values times a factor each, none below that of a larger ``abs z_0``.

    Parameters
    ----------
    event, p, factor : ndarray, shape (m,)
        Without missing values. The factor is what a test of one statistic by itself adds to its rank.

    Returns
    -------
    ndarray, shape (m,)

    Examples
    --------
    >>> raised_in_order(np.array([1.0, -3.0]), np.array([0.2, 0.1]), np.array([1.0, 3.0])).round(2).tolist()
    [0.3, 0.3]
    """
    order, raised = np.argsort(-np.abs(event), kind="stable"), np.minimum(p * factor, 1.0)
    raised[order] = np.maximum.accumulate(raised[order])
    return raised


def maxima(event: FloatArray, placebos: FloatArray) -> FloatArray:
    """Return the largest ``abs z_s`` of each placebo day among the markets with an event.

    Parameters
    ----------
    event : ndarray, shape (..., m)
    placebos : ndarray, shape (..., m, P)

    Returns
    -------
    ndarray, shape (..., P)
        NaN where no market has a value.
    """
    taken = np.isfinite(event)[..., None] & np.isfinite(placebos)
    largest = np.where(taken, np.abs(placebos), -np.inf).max(axis=-2, initial=-np.inf)
    return np.where(np.isfinite(largest), largest, np.nan)


def smallest_p(event: FloatArray, placebos: FloatArray) -> float:
    """Return the smallest p-value that the placebos of a family can give, ``1 / (P + 1)``.

    Parameters
    ----------
    event : ndarray, shape (m,)
    placebos : ndarray, shape (m, P)

    Returns
    -------
    float
    """
    return float(1.0 / (1 + counted(maxima(event, placebos))))
