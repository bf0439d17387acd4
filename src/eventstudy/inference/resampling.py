"""p-values counted against other days of the same market instead of read off a table."""

from __future__ import annotations

import numpy as np

from ..windows import Window
from .abnormal import AbnormalReturns
from .linear import FloatArray, IntArray

# Sums that should tie may differ in the last bits; the event's own sum must count itself.
TIE = 1e-12


def placebo_p(abnormal: AbnormalReturns, window: Window) -> FloatArray:
    """Return the placebo-in-time p-value of each pair over one window, two-sided.

    One day: ``(1 + #{|e_t| >= |AR|}) / (L + 1)`` over the L estimation residuals (Gelbach, Helland & Klick 2013).
    More days: the model is refitted on the L + W days with the event's among them, the residuals are joined in a
    circle, and p is the share of the L + W circular sums of W days that are at least as large as the event's
    (Chernozhukov, Wüthrich & Zhu 2021); exact if the days can be exchanged.

    Parameters
    ----------
    abnormal : AbnormalReturns
    window : Window

    Returns
    -------
    ndarray, shape (n,)
        NaN where no day of the window is present. Never below ``1 / (L + 1)``, or ``1 / (L + W)``.
    """
    if window.length == 1:
        return one_day_placebo(abnormal.fitted.residuals, abnormal.ar[:, abnormal.columns(window).start])
    at = abnormal.columns(window)
    returns = np.concatenate([abnormal.estimation_returns, abnormal.returns[:, at]], axis=1)
    factors = np.concatenate([abnormal.estimation_factors, abnormal.factors[:, at]], axis=1)
    residuals = abnormal.model.fit(returns, factors).residuals
    return circular_placebo(residuals, window.length)


def one_day_placebo(residuals: FloatArray, ar: FloatArray) -> FloatArray:
    """Return ``(1 + #{|e_t| >= |AR|}) / (L + 1)`` of each row.

    Parameters
    ----------
    residuals : ndarray, shape (n, L)
        NaN where missing; such days do not count.
    ar : ndarray, shape (n,)

    Returns
    -------
    ndarray, shape (n,)

    Examples
    --------
    >>> one_day_placebo(np.array([[0.01, -0.03, np.nan, 0.02]]), np.array([-0.02]))
    array([0.75])
    """
    with np.errstate(invalid="ignore"):
        larger = (np.abs(residuals) >= np.abs(ar)[:, None] * (1 - TIE)).sum(axis=1)
    p = (1 + larger) / (1 + np.isfinite(residuals).sum(axis=1))
    return np.where(np.isfinite(ar), p, np.nan)


def circular_placebo(residuals: FloatArray, days: int) -> FloatArray:
    """Return the share of circular sums of residuals at least as large as that of the last `days` columns.

    Parameters
    ----------
    residuals : ndarray, shape (n, L + W)
        Those of the event window last; NaN where missing. Missing days are left out and the rest closes up.
    days : int
        W, the length of the event window.

    Returns
    -------
    ndarray, shape (n,)

    Examples
    --------
    >>> circular_placebo(np.array([[1.0, -1.0, 1.0, -3.0, 1.0, 1.0]]), 2).round(4)
    array([0.6667])
    """
    present = np.isfinite(residuals)
    length = present.sum(axis=1)
    width = present[:, residuals.shape[1] - days :].sum(axis=1)
    order = np.argsort(~present, axis=1, kind="stable")
    closed_up = np.take_along_axis(np.where(present, residuals, 0.0), order, axis=1)
    sums = np.abs(_circular_sums(closed_up, length, width))
    event = np.take_along_axis(sums, np.maximum(length - width, 0)[:, None], axis=1)
    counted = np.arange(sums.shape[1]) < length[:, None]
    scale = np.abs(closed_up).max(axis=1, keepdims=True)
    share = ((sums >= event - TIE * scale) & counted).sum(axis=1) / np.maximum(length, 1)
    return np.where(width > 0, share, np.nan)


def _circular_sums(values: FloatArray, length: IntArray, width: IntArray) -> FloatArray:
    """Return the sums of `width` values from each start, going round after `length` values, shape (n, M)."""
    cumulated = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
    end = np.arange(values.shape[1]) + width[:, None]
    wraps = end > length[:, None]
    total = np.take_along_axis(cumulated, length[:, None], axis=1)
    end = np.clip(np.where(wraps, end - length[:, None], end), 0, values.shape[1])
    return np.asarray(np.take_along_axis(cumulated, end, axis=1) - cumulated[:, :-1] + np.where(wraps, total, 0.0))
