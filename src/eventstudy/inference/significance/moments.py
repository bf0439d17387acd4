"""Number, mean and sum of squares of values, merged block by block without loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..compiled import compiled, use_loops
from ..models.least_squares import FloatArray, deviation_of
from . import kernels
from .sum_loops import column_moments


@dataclass(frozen=True, kw_only=True)
class Moments:
    """Number, mean and sum of squared deviations of the events present; merged without loss (Chan et al. 1983).

    Parameters
    ----------
    n, mean, squares : ndarray, shape (...)
    """

    n: FloatArray
    mean: FloatArray
    squares: FloatArray

    @classmethod
    def of(cls, x: FloatArray) -> Moments:
        """Take the moments over the last axis.

        Parameters
        ----------
        x : ndarray, shape (..., n)

        Returns
        -------
        Moments
        """
        return cls(n=kernels.count(x), mean=np.nan_to_num(kernels.mean(x)), squares=kernels.moment(x, 2))

    @classmethod
    def by_column(cls, x: FloatArray) -> Moments:
        """Take the moments of each column.

        Parameters
        ----------
        x : ndarray, shape (n, W)

        Returns
        -------
        Moments
            Of shape (W,).
        """
        if use_loops(len(x)):
            n, mean, squares = compiled(column_moments)(np.ascontiguousarray(x))
            return cls(n=n, mean=mean, squares=squares)
        there = np.isfinite(x)
        n = there.sum(axis=0).astype(np.float64)
        mean = np.where(there, x, 0.0).sum(axis=0) / np.maximum(n, 1.0)
        return cls(n=n, mean=mean, squares=(np.where(there, x - mean, 0.0) ** 2).sum(axis=0))

    @classmethod
    def merged(cls, parts: Sequence[Moments]) -> Moments:
        """Merge the moments of several blocks.

        Parameters
        ----------
        parts : sequence of Moments

        Returns
        -------
        Moments
        """
        n, means, squares = (np.stack([getattr(part, name) for part in parts]) for name in ("n", "mean", "squares"))
        whole = n.sum(axis=0)
        center = (n * means).sum(axis=0) / np.maximum(whole, 1.0)
        return cls(n=whole, mean=center, squares=(squares + n * (means - center) ** 2).sum(axis=0))

    @property
    def deviation(self) -> FloatArray:
        """Standard deviation, with n - 1; zero where it is rounding alone."""
        return deviation_of(self.n, self.mean, self.squares)
