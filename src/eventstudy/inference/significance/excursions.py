"""How unusual a day's or a path's extremes are: the same statistic on every ordinary day or stretch.

A maximum is compared with maxima, each in units of the volatility that was known before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ...windows import Window
from ..abnormal import AbnormalReturns
from ..models.least_squares import FloatArray, IntArray
from .placebo_ranks import TIE, peak_p, rank_p
from .placebos import first_row, known_variance, own_leverage, placebos
from .stepdown import step_down
from .time_of_day import slot_variance
from .volatility import counted, window_sums

# Share of a stretch's variance that is no more than rounding of what the fit leaves.
LEAST = 1e-9
# Each statistic of a day, and how it counts as large: both signs, above zero or below.
DAY_STATISTICS: Mapping[str, str] = MappingProxyType(
    {
        "open_gap": "both",
        "high": "up",
        "low": "down",
        "range": "up",
        "close": "both",
        "high_to_close": "up",
        "low_to_close": "up",
    }
)


def day_statistics(
    open_: FloatArray, high: FloatArray, low: FloatArray, close: FloatArray, reference: FloatArray, *, change: bool
) -> dict[str, FloatArray]:
    """Return how far the prices of each day lie from the reference, and its high and low from its close.

    Parameters
    ----------
    open_, high, low, close, reference : ndarray, shape (T,)
        Prices; the reference is the last one before the day.
    change : bool
        Whether differences are taken instead of simple returns.

    Returns
    -------
    dict of str to ndarray, shape (T,)
        By the names in `DAY_STATISTICS`: ``P / reference - 1``, and differences over the reference.

    Examples
    --------
    >>> one = [np.array([x]) for x in (62.84, 65.65, 59.15, 59.61, 62.70)]
    >>> {k: round(float(v[0]), 4) for k, v in day_statistics(*one, change=False).items()}["range"]
    0.1037
    """
    unit = np.ones_like(reference) if change else reference
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "open_gap": (open_ - reference) / unit,
            "high": (high - reference) / unit,
            "low": (low - reference) / unit,
            "range": (high - low) / unit,
            "close": (close - reference) / unit,
            "high_to_close": (high - close) / unit,
            "low_to_close": (close - low) / unit,
        }


def retraced(extreme: FloatArray, close: FloatArray, reference: FloatArray) -> FloatArray:
    """Return the share of an excursion that is gone at the close, ``(extreme - close) / (extreme - reference)``.

    Parameters
    ----------
    extreme, close, reference : ndarray, shape (...)
        Prices.

    Returns
    -------
    ndarray, shape (...)
        Not capped: above one where the price ended beyond where it began; NaN without an excursion.

    Examples
    --------
    >>> float(retraced(np.array(65.65), np.array(59.61), np.array(62.70)).round(2))
    2.05
    """
    way = extreme - reference
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(way != 0, (extreme - close) / way, np.nan))


def oriented(values: FloatArray, side: str) -> FloatArray:
    """Return values so that a large number is unusual.

    Parameters
    ----------
    values : ndarray, shape (...)
    side : {"both", "up", "down"}
        Whether both signs count, only positive or only negative values.

    Returns
    -------
    ndarray, shape (...)
        Not negative.
    """
    return np.abs(values) if side == "both" else np.maximum(values if side == "up" else -values, 0.0)


@dataclass(frozen=True, kw_only=True)
class Unusual:
    """How one statistic of m markets compares with that of ordinary days or stretches; every array has shape (m,).

    Parameters
    ----------
    larger : ndarray of int
        Ordinary days with a statistic at least as large, not standardised.
    days : ndarray of int
        Ordinary days compared with.
    p : ndarray
        ``(1 + #{v_s / scale_s >= v_0 / scale_0}) / (P + 1)``.
    """

    larger: IntArray
    days: IntArray
    p: FloatArray


def against_ordinary_days(event: FloatArray, placebos: FloatArray, unit: FloatArray, units: FloatArray) -> Unusual:
    """Compare a statistic with ordinary days, plainly and in units of the volatility known before each.

    Parameters
    ----------
    event : ndarray, shape (m,)
        Oriented, see `oriented`.
    placebos : ndarray, shape (m, P)
        NaN for days that are left out.
    unit, units : ndarray, shapes (m,) and (m, P)
        Volatility known before the event and before each day.

    Returns
    -------
    Unusual
        p is NaN where the event's statistic is missing or there is no ordinary day.

    Examples
    --------
    >>> one = np.ones(1)
    >>> found = against_ordinary_days(3 * one, np.array([[1.0, 4.0, np.nan, 2.0]]), one, np.ones((1, 4)))
    >>> found.larger.tolist(), found.days.tolist(), found.p.tolist()
    ([1], [3], [0.5])
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        z, z0 = placebos / units, event / unit
        # Days without a known volatility are in neither count.
        plain = ((placebos >= event[:, None] * (1 - TIE)) & np.isfinite(z)).sum(axis=1)
    days = counted(z)
    return Unusual(larger=plain, days=days, p=np.where(days > 0, rank_p(z0, z), np.nan))


def joint_p(event: FloatArray, placebos: FloatArray, unit: FloatArray, units: FloatArray) -> FloatArray:
    """Return the step-down max-T p-values of one statistic over the markets of a family, joined by event time.

    Parameters
    ----------
    event, placebos, unit, units : ndarray
        As in `against_ordinary_days`.

    Returns
    -------
    ndarray, shape (m,)
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        z, z0 = placebos / units, event / unit
        return step_down(np.where(counted(z) > 0, z0, np.nan), z)


def day_units(abnormal: AbnormalReturns) -> tuple[FloatArray, FloatArray]:
    """Return the volatility known before day 0 and before each estimation day.

    Parameters
    ----------
    abnormal : AbnormalReturns
        In sessions.

    Returns
    -------
    ndarray, shape (n,)
    ndarray, shape (n, L)
    """
    variance, opening = known_variance(abnormal), first_row(abnormal, Window(0, 0))
    with np.errstate(invalid="ignore"):
        return np.sqrt(variance[:, opening]), np.sqrt(variance[:, : abnormal.fitted.residuals.shape[1]])


def largest_sums(values: FloatArray, length: int) -> FloatArray:
    """Return the largest absolute cumulative sum of each stretch of consecutive values.

    Parameters
    ----------
    values : ndarray, shape (T,)
        A missing value counts as zero; a stretch with less than half its values is NaN.
    length : int

    Returns
    -------
    ndarray, shape (T - length + 1,)
        Empty where T < length.

    Examples
    --------
    >>> largest_sums(np.array([1.0, 1.0, -3.0, 0.5]), 2).tolist()
    [2.0, 2.0, 3.0]
    """
    if length > values.size or length < 1:
        return np.empty(0)
    stretches = sliding_window_view(values, length)
    present = np.isfinite(stretches)
    largest = np.abs(np.cumsum(np.where(present, stretches, 0.0), axis=1)).max(axis=1)
    return np.where(2 * present.sum(axis=1) >= length, largest, np.nan)


def stretch_units(abnormal: AbnormalReturns, length: int) -> FloatArray:
    """Return the standard deviation of the sum of each stretch of estimation bars, expected before it.

    Parameters
    ----------
    abnormal : AbnormalReturns
        In bars: by the time of day where five days of the estimation window have these hours.
    length : int

    Returns
    -------
    ndarray, shape (n, P)
        The fit uses these bars, which makes their sums smaller; allowed for as in `placebos`. Computed once per length.
    """
    known, key = abnormal.derived, ("stretch units", Window(0, length - 1))
    if key not in known:
        known[key] = _stretch_units(abnormal, length)
    found: FloatArray = known[key]
    return found


def _stretch_units(abnormal: AbnormalReturns, length: int) -> FloatArray:
    """Compute what `stretch_units` returns."""
    present = np.isfinite(abnormal.fitted.residuals)
    count = window_sums(present.astype(np.float64), length)
    variance = known_variance(abnormal)[:, : count.shape[1]]
    square = count * variance * (1.0 - own_leverage(abnormal, length))
    if abnormal.clock is not None:
        stop = first_row(abnormal, Window(0, 0)) + length
        for pair in np.flatnonzero(placebos(abnormal, Window(0, length - 1)).by_slot):
            seen = slot_variance(abnormal.history[pair, :stop], abnormal.clock[pair, :stop], present.shape[1])
            slots = window_sums(np.where(present[pair], seen.slot[: present.shape[1]], 0.0), length)
            square[pair] = slots * seen.level[: slots.size]
    # A stretch that is the whole estimation window sums to zero by the fit: it compares with nothing.
    return np.sqrt(np.where(square > LEAST * count * variance, square, np.nan))


@dataclass(frozen=True, kw_only=True)
class Peak:
    """The largest cumulative abnormal return of one path, beside those of ordinary stretches.

    Parameters
    ----------
    larger, stretches : int
        Ordinary stretches with at least as large a peak, not standardised, and all of them.
    p : float
        The larger of the rank and of `peak_p`: ordinary stretches overlap, so that few of them are independent, and the
        rank alone rejects too often.
    rank : float
        The rank alone.
    z : float
        The peak in units of the size expected of the whole sum.
    ordinary : ndarray, shape (P,)
        Peaks of ordinary stretches in the same units, in order of time.
    """

    larger: int = 0
    stretches: int = 0
    p: float = np.nan
    rank: float = np.nan
    z: float = np.nan
    ordinary: FloatArray


def path_peak(abnormal: AbnormalReturns, pair: int, length: int) -> Peak:
    """Compare the largest cumulative abnormal return of the first bars with those of ordinary stretches.

    Parameters
    ----------
    abnormal : AbnormalReturns
    pair : int
        Position of the pair.
    length : int
        Bars from tau 0 on.

    Returns
    -------
    Peak
    """
    residuals = abnormal.fitted.residuals[pair]
    if not 0 < length <= residuals.size:
        return Peak(ordinary=np.empty(0))
    window = Window(0, length - 1)
    null = placebos(abnormal, window)
    event, unit = largest_sums(abnormal.ar[pair, abnormal.columns(window)], length), null.unit[[pair]]
    ordinary, units = largest_sums(residuals, length)[None, :], stretch_units(abnormal, length)[[pair]]
    found = against_ordinary_days(event, ordinary, unit, units)
    z, rank = event / unit, float(found.p[0])
    with np.errstate(invalid="ignore", divide="ignore"):
        return Peak(
            larger=int(found.larger[0]),
            stretches=int(found.days[0]),
            p=float(np.maximum(rank, peak_p(z, null.sums[[pair]], length))[0]),
            rank=rank,
            z=float(z[0]),
            ordinary=(ordinary / units)[0],
        )
