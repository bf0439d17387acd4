"""Arithmetic of rank and sign tests of many events, on arrays; see `kernels` for the layout of the axes."""

from __future__ import annotations

import numpy as np

from ..models.least_squares import FloatArray, IntArray
from .kernels import DaySums, count, mean


def ranks(x: FloatArray) -> FloatArray:
    """Return the ranks along the last axis from 1; ties share their mean rank.

    Parameters
    ----------
    x : ndarray, shape (..., T)

    Returns
    -------
    ndarray, shape (..., T)
        NaN where `x` is NaN.
    """
    order = np.argsort(x, axis=-1)
    ordered = np.take_along_axis(x, order, axis=-1)
    result = np.empty_like(x)
    places = np.broadcast_to(np.arange(1.0, x.shape[-1] + 1), x.shape)
    np.put_along_axis(result, order, places, axis=-1)
    tied = (ordered[..., 1:] == ordered[..., :-1]).any(axis=-1)
    if tied.any():
        result[tied] = _tied_ranks(ordered[tied], order[tied])
    result[np.isnan(x)] = np.nan
    return result


def _tied_ranks(ordered: FloatArray, order: IntArray) -> FloatArray:
    """Return the ranks of sorted rows, shape (m, T), in the original order; ties share their mean rank."""
    rows, days = ordered.shape
    starts = np.concatenate([np.ones((rows, 1), dtype=bool), ordered[:, 1:] != ordered[:, :-1]], axis=1)
    group = np.cumsum(starts.ravel()) - 1
    first = np.flatnonzero(starts.ravel())
    size = np.diff(np.append(first, rows * days))
    middle = (first % days) + (size + 1) / 2.0
    result = np.empty_like(ordered)
    np.put_along_axis(result, order, middle[group].reshape(rows, days), axis=-1)
    return result


def scaled_ranks(x: FloatArray) -> FloatArray:
    """Return ``rank / (M + 1) - 1/2`` along the last axis, M the number of days present (Corrado & Zivney 1992).

    Parameters
    ----------
    x : ndarray, shape (..., T)

    Returns
    -------
    ndarray, shape (..., T)
    """
    present = np.isfinite(x).sum(axis=-1, keepdims=True)
    return np.asarray(ranks(x) / (present + 1.0) - 0.5)


def median_signs(x: FloatArray) -> FloatArray:
    """Return the signs of the deviations from each row's median (Corrado & Zivney 1992).

    Parameters
    ----------
    x : ndarray, shape (..., T)

    Returns
    -------
    ndarray, shape (..., T)
        -1, 0 or 1; NaN where `x` is NaN.
    """
    present = np.isfinite(x)
    ordered = np.sort(x, axis=-1)
    n = present.sum(axis=-1, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum((n - 1) // 2, 0), axis=-1)
    high = np.take_along_axis(ordered, np.minimum(n // 2, x.shape[-1] - 1), axis=-1)
    return np.asarray(np.sign(x - (low + high) / 2.0))


def corrado_z(sums: DaySums) -> FloatArray:
    """Return each day's mean scaled rank over the root of its mean square through time (Corrado 1989).

    Parameters
    ----------
    sums : DaySums, shape (..., T)
        Of scaled ranks.

    Returns
    -------
    ndarray, shape (..., T)
    """
    return _over_time(sums.mean, sums.days)


def corrado_zivney_z(sums: DaySums) -> FloatArray:
    """Return each day's ``sum U / sqrt n`` over the root of its mean square through time (Corrado & Zivney 1992).

    Parameters
    ----------
    sums : DaySums, shape (..., T)
        Of scaled ranks or of signs.

    Returns
    -------
    ndarray, shape (..., T)
    """
    return _over_time(sums.scaled, sums.days)


def _over_time(daily: FloatArray, days: FloatArray) -> FloatArray:
    """Return daily values over the root of their mean square through time."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(daily / np.sqrt((daily**2).sum(axis=-1) / days)[..., None])


def grank_t(sums: DaySums, n: FloatArray) -> FloatArray:
    """Return ``Z sqrt((T - 2) / (T - 1 - Z²))`` of generalised ranks, with T - 2 degrees of freedom.

    ``Z = Ubar_0 / S`` with ``S² = (1/T) sum_t (n_t / n) Ubar_t²`` (Kolari & Pynnönen 2011).

    Parameters
    ----------
    sums : DaySums, shape (..., T)
        Of scaled ranks; the event is the last day.
    n : ndarray, shape (...)
        Number of events.

    Returns
    -------
    ndarray, shape (...)
    """
    days = sums.days
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt((sums.present / np.asarray(n)[..., None] * sums.mean**2).sum(axis=-1) / days)
        z = sums.mean[..., -1] / spread
        return np.asarray(z * np.sqrt((days - 2) / (days - 1 - z**2)))


def grank_z(u: FloatArray, present: FloatArray) -> FloatArray:
    """Return the mean generalised rank of the event over its deviation under uniform ranks (Kolari & Pynnönen 2011).

    The variance of a scaled rank among M days is ``(M - 1) / (12 (M + 1))``.

    Parameters
    ----------
    u, present : ndarray, shape (..., n)
        The events' own scaled ranks, and the number M of days ranked for each.

    Returns
    -------
    ndarray, shape (...)
    """
    there = np.isfinite(u)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = np.where(there, (present - 1) / (12 * (present + 1)), 0.0).sum(axis=-1)
        return np.asarray(np.where(there, u, 0.0).sum(axis=-1) / np.sqrt(variance))


def sign_z(x: FloatArray) -> FloatArray:
    """Return ``(w - n / 2) / sqrt(n / 4)``, w the number of positive values among the n that are not zero.

    Parameters
    ----------
    x : ndarray, shape (..., n)

    Returns
    -------
    ndarray, shape (...)
    """
    n = (np.isfinite(x) & (x != 0)).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(((x > 0).sum(axis=-1) - n / 2) / np.sqrt(n / 4))


def signed_rank_sum(x: FloatArray) -> FloatArray:
    """Return the sum of the ranks of absolute values over the positive ones; zeros are dropped (Wilcoxon 1945).

    Parameters
    ----------
    x : ndarray, shape (..., n)

    Returns
    -------
    ndarray, shape (...)
    """
    return np.asarray(np.apply_along_axis(_signed_rank_sum, -1, x))


def _signed_rank_sum(x: FloatArray) -> float:
    """Return the sum of one row, in the memory of a few copies of it; sums of halves are exact in any order."""
    size, count = np.unique(np.abs(x[(x > 0) | (x < 0)]), return_counts=True)
    rank = np.cumsum(count) - (count - 1) / 2.0
    return float(rank[np.searchsorted(size, np.sort(x[x > 0]))].sum())


def generalized_sign_z(car: FloatArray, fraction: FloatArray) -> FloatArray:
    """Return ``(w - n p) / sqrt(n p (1 - p))``, p the mean share of positive residuals (Cowan 1992).

    Parameters
    ----------
    car, fraction : ndarray, shape (..., n)
        CARs, and shares of positive estimation residuals; only events with a CAR count.

    Returns
    -------
    ndarray, shape (...)
    """
    n = count(car)
    p = mean(np.where(np.isfinite(car), fraction, np.nan))
    with np.errstate(invalid="ignore", divide="ignore"):
        positive = (car > 0).sum(axis=-1)
        return np.asarray((positive - n * p) / np.sqrt(n * p * (1 - p)))
