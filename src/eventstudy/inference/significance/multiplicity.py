"""Many p-values at once, and the smallest effect a test could have found."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

FloatArray = npt.NDArray[np.float64]


def holm(p: npt.ArrayLike) -> FloatArray:
    """Return Holm's adjusted p-values, which control the chance of any false rejection.

    The i-th smallest of m p-values becomes the running maximum of ``(m - i + 1) p_(i)``, at most 1 (Holm 1979).

    Parameters
    ----------
    p : array_like, shape (m,)
        NaN where there is no test; it stays NaN and does not count.

    Returns
    -------
    ndarray, shape (m,)

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).round(10).tolist()
    [0.03, 0.06, 0.06]
    """
    values, order, count = _ranked(p)
    steps = np.maximum.accumulate(values[order] * (count - np.arange(count)))
    return _unranked(values, order, np.minimum(steps, 1.0))


def benjamini_hochberg(p: npt.ArrayLike) -> FloatArray:
    """Return Benjamini and Hochberg's adjusted p-values, which control the expected share of false rejections.

    The i-th smallest of m p-values becomes the running minimum, from the largest down, of ``m p_(i) / i``
    (Benjamini & Hochberg 1995).

    Parameters
    ----------
    p : array_like, shape (m,)
        NaN where there is no test; it stays NaN and does not count.

    Returns
    -------
    ndarray, shape (m,)

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03]).round(10).tolist()
    [0.03, 0.04, 0.04]
    """
    values, order, count = _ranked(p)
    steps = values[order] * count / np.arange(1, count + 1)
    return _unranked(values, order, np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0))


def minimum_detectable_effect(se: npt.ArrayLike, df: npt.ArrayLike, power: float = 0.8) -> FloatArray:
    """Return the effect that a two-sided 5 % t test finds with the given power.

    ``(t_{.975,df} + t_{power,df}) se``: what a study could have seen, to be read beside what it did not see.

    Parameters
    ----------
    se : array_like
        Standard errors.
    df : array_like
        Their degrees of freedom.
    power : float

    Returns
    -------
    ndarray

    Examples
    --------
    >>> float(minimum_detectable_effect(1.0, 199).round(3))
    2.815
    """
    freedom = np.asarray(df, dtype=np.float64)
    return np.asarray((stats.t.ppf(0.975, freedom) + stats.t.ppf(power, freedom)) * np.asarray(se), dtype=np.float64)


def _ranked(p: npt.ArrayLike) -> tuple[FloatArray, npt.NDArray[np.intp], int]:
    """Return the values, the order of those that are numbers, and how many there are."""
    values = np.asarray(p, dtype=np.float64)
    count = int(np.isfinite(values).sum())
    return values, np.argsort(values, kind="stable")[:count], count


def _unranked(values: FloatArray, order: npt.NDArray[np.intp], adjusted: FloatArray) -> FloatArray:
    """Put the adjusted values back in place."""
    result = np.full_like(values, np.nan)
    result[order] = adjusted
    return result
