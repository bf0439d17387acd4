"""Cumulative abnormal returns of one window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from ..windows import Window
from .models.least_squares import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class CumulativeReturns:
    """Cumulative abnormal returns of n pairs over one window.

    Parameters
    ----------
    window : Window
    car, se, t : ndarray, shape (n,)
        Sum over the days present, its standard error and ``car / se``; NaN where too few days of the window are present
        (`AbnormalReturns.min_window_share`).
    df : ndarray of int, shape (n,)
    n_days : ndarray of int, shape (n,)
        Days present; a missing day is left out of the sum and of its variance, never taken as zero.
    """

    window: Window
    car: FloatArray
    se: FloatArray
    t: FloatArray
    df: IntArray
    n_days: IntArray

    @property
    def p(self) -> FloatArray:
        """Two-sided p-values of Student's t with `df`, shape (n,)."""
        return np.asarray(2 * stats.t.sf(np.abs(self.t), self.df))
