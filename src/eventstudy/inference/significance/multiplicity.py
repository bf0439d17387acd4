"""Adjustments for multiple tests, and the minimum detectable effect."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..distributions import t_ppf
from ..models.least_squares import FloatArray


def holm(p: npt.ArrayLike) -> FloatArray:
    """Return Holm's adjusted p-values, which control the probability of any false rejection.

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
    values = np.asarray(p, dtype=np.float64)
    present = np.isfinite(values)
    ordered, order = np.sort(values[present]), np.argsort(values[present], kind="stable")
    # statsmodels' multipletests gives the same numbers, but runs the garbage collector in each call (0.1 s), and a
    # study of many events makes one call per event.
    steps = np.maximum.accumulate(ordered * np.arange(len(ordered), 0, -1))
    adjusted = np.empty_like(ordered)
    adjusted[order] = np.minimum(steps, 1.0)
    return _among(adjusted, present)


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
    values = np.asarray(p, dtype=np.float64)
    present = np.isfinite(values)
    from scipy import stats

    return _among(stats.false_discovery_control(values[present]), present)


def minimum_detectable_effect(se: npt.ArrayLike, df: npt.ArrayLike, power: float = 0.8) -> FloatArray:
    """Return the effect that a two-sided 5 % t test detects with the given power.

    ``(t_{.975,df} + t_{power,df}) se`` (Brav & Heaton 2015).

    Parameters
    ----------
    se : array_like
        Standard errors (fractions).
    df : array_like
        Their degrees of freedom.
    power : float
        Between 0 and 1.

    Returns
    -------
    ndarray
        Fractions; shape of `se` and `df` broadcast together.

    Examples
    --------
    >>> float(minimum_detectable_effect(1.0, 199).round(3))
    2.815
    """
    freedom = np.asarray(df, dtype=np.float64)
    return np.asarray((t_ppf(0.975, freedom) + t_ppf(power, freedom)) * np.asarray(se), dtype=np.float64)


def _among(adjusted: npt.NDArray[np.float64], present: npt.NDArray[np.bool_]) -> FloatArray:
    """Return an array with adjusted values where there is a test and NaN elsewhere."""
    result = np.full(present.shape, np.nan)
    result[present] = adjusted
    return result
