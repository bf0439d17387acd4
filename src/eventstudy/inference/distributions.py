"""Tails and quantiles of Student's t, the normal and F, by `scipy.special`: `scipy.stats` takes a second to import."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
from scipy import special

FloatArray = npt.NDArray[np.float64]
# So many tails are computed in two threads: scipy lets another thread run meanwhile.
MANY, PARTS = 100_000, 2


def _array(x: npt.ArrayLike) -> FloatArray:
    return np.asarray(x, dtype=np.float64)


def t_sf(x: npt.ArrayLike, df: npt.ArrayLike) -> FloatArray:
    """Return the probability that Student's t exceeds x.

    Parameters
    ----------
    x : array_like
    df : array_like
        Degrees of freedom; infinite for the normal.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> round(float(t_sf(2.0, 10)), 4)
    0.0367
    """
    freedom, value = np.broadcast_arrays(_array(df), _array(x))
    if value.size < MANY:
        return _t_tail(freedom, value)
    with ThreadPoolExecutor(PARTS) as pool:
        parts = pool.map(_t_tail, *(np.array_split(one.ravel(), PARTS) for one in (freedom, value)))
        return np.concatenate(list(parts)).reshape(value.shape)


def _t_tail(freedom: FloatArray, value: FloatArray) -> FloatArray:
    """Return the tail of Student's t, and of the normal where the degrees of freedom are infinite."""
    normal, tail = np.isinf(freedom), special.stdtr(freedom, -value)
    return np.asarray(np.where(normal, special.ndtr(-value), tail) if normal.any() else tail)


def t_ppf(q: npt.ArrayLike, df: npt.ArrayLike) -> FloatArray:
    """Return the quantile of Student's t.

    Parameters
    ----------
    q : array_like
        Between 0 and 1.
    df : array_like
        Degrees of freedom; infinite for the normal.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> round(float(t_ppf(0.975, 10)), 4)
    2.2281
    """
    freedom, share = _array(df), _array(q)
    return np.asarray(np.where(np.isinf(freedom), special.ndtri(share), special.stdtrit(freedom, share)))


def normal_sf(x: npt.ArrayLike) -> FloatArray:
    """Return the probability that a standard normal exceeds x.

    Parameters
    ----------
    x : array_like

    Returns
    -------
    ndarray

    Examples
    --------
    >>> round(float(normal_sf(1.96)), 4)
    0.025
    """
    return np.asarray(special.ndtr(-_array(x)))


def f_sf(x: npt.ArrayLike, between: npt.ArrayLike, within: npt.ArrayLike) -> FloatArray:
    """Return the probability that F exceeds x.

    Parameters
    ----------
    x, between, within : array_like
        Value, and the two degrees of freedom.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> round(float(f_sf(3.0, 2, 20)), 4)
    0.0725
    """
    return np.asarray(special.fdtrc(_array(between), _array(within), _array(x)), dtype=np.float64)
