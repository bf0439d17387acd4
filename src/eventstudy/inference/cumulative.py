"""Cumulative abnormal returns of one window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..windows import Window
from .compiled import compiled, use_loops
from .distributions import t_sf
from .models.least_squares import FloatArray, IntArray
from .window_loops import bought_and_held, cumulate_rows


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
        parameters = np.moveaxis(loading, -1, 0)
        if use_loops(len(ar)):
            # One layout of the memory, so that the loop is compiled once.
            total, variance, n_days = compiled(cumulate_rows)(*map(np.ascontiguousarray, (ar, noise, parameters)))
        else:
            present = np.isfinite(ar)
            total, n_days = np.where(present, ar, 0.0).sum(axis=1), present.sum(axis=1)
            variance = np.where(present, noise, 0.0).sum(axis=1)
            for one in parameters:
                variance += np.where(present, one, 0.0).sum(axis=1) ** 2
        keep = keep & (n_days > 0)
        car, se = (np.where(keep, part, np.nan) for part in (total, np.sqrt(variance)))
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


def buy_and_hold(returns: FloatArray, ar: FloatArray, *, logarithmic: bool) -> FloatArray:
    """Return ``prod(1 + R) - prod(1 + E[R])`` of simple returns over the days with an abnormal return.

    Parameters
    ----------
    returns, ar : ndarray, shape (n, W)
        Returns and abnormal returns (fractions).
    logarithmic : bool
        Whether the returns are logarithmic.

    Returns
    -------
    ndarray, shape (n,)
    """
    if use_loops(len(ar)):
        columns = map(np.ascontiguousarray, (returns, ar))
        return np.asarray(compiled(bought_and_held)(*columns, logarithmic))
    grown = [np.where(np.isfinite(ar), held, 0.0) for held in (returns, returns - ar)]
    if logarithmic:
        held, expected = (np.exp(values.sum(axis=1)) for values in grown)
    else:
        held, expected = ((1.0 + values).prod(axis=1) for values in grown)
    return np.asarray(held - expected)
