"""Cumulative abnormal returns of one window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..windows import Window
from .distributions import t_sf
from .models.least_squares import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class CumulativeReturns:
    """Cumulative abnormal returns of n pairs over one window.

    Parameters
    ----------
    window : Window
    car, se, t : ndarray, shape (n,)
        Sum over the days present (fraction), its standard error and ``car / se``; NaN where too few days of the window
        are present (`AbnormalReturns.min_window_share`).
    df : ndarray of int, shape (n,)
        Degrees of freedom of the residual variance.
    n_days : ndarray of int, shape (n,)
        Days present; a missing day is left out of the sum and of its variance, never counted as zero.
    """

    window: Window
    car: FloatArray
    se: FloatArray
    t: FloatArray
    df: IntArray
    n_days: IntArray

    @classmethod
    def of(
        cls,
        window: Window,
        *,
        ar: FloatArray,
        noise: FloatArray,
        loading: FloatArray,
        keep: npt.NDArray[np.bool_],
        df: IntArray,
    ) -> CumulativeReturns:
        """Sum the abnormal returns of a window.

        ``Var(CAR) = c'V c`` with V = ``diag(noise) + loading loading'`` and c one on the days present, zero elsewhere
        (Campbell, Lo & MacKinlay 1997, ch. 4).

        Parameters
        ----------
        window : Window
            W rows of event time.
        ar, noise : ndarray, shape (n, W)
            Abnormal returns (fractions; NaN where missing) and each day's own forecast variance.
        loading : ndarray, shape (n, W, k)
            Loading on the error of the k parameters.
        keep : ndarray of bool, shape (n,)
            Pairs that get a CAR.
        df : ndarray of int, shape (n,)
            Degrees of freedom of the residual variance.

        Returns
        -------
        CumulativeReturns
        """
        present = np.isfinite(ar)
        n_days = present.sum(axis=1)
        variance = np.where(present, noise, 0.0).sum(axis=1)
        for k in range(loading.shape[-1]):
            variance += np.where(present, loading[..., k], 0.0).sum(axis=1) ** 2
        keep = keep & (n_days > 0)
        car = np.where(keep, np.where(present, ar, 0.0).sum(axis=1), np.nan)
        se = np.where(keep, np.sqrt(variance), np.nan)
        return cls(window=window, car=car, se=se, t=car / se, df=df, n_days=n_days)

    @classmethod
    def joined(cls, parts: Sequence[CumulativeReturns], order: IntArray) -> CumulativeReturns:
        """Join the pairs of several blocks.

        Parameters
        ----------
        parts : sequence of CumulativeReturns
            Of one window.
        order : ndarray of int, shape (n,)
            Positions among the joined pairs, in the order wanted.

        Returns
        -------
        CumulativeReturns
        """
        columns = {
            name: np.concatenate([getattr(part, name) for part in parts])[order]
            for name in ("car", "se", "t", "df", "n_days")
        }
        return cls(window=parts[0].window, **columns)

    @property
    def p(self) -> FloatArray:
        """Two-sided p-values of Student's t with `df`, shape (n,)."""
        return np.asarray(2 * t_sf(np.abs(self.t), self.df))
