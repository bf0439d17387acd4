"""Variance of bars: by time of day, and by the level of the day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..models.least_squares import FloatArray, IntArray

# Weight of the past, per day.
DECAY = 0.8
MIN_DAYS = 5


@dataclass(frozen=True, kw_only=True)
class SlotVariance:
    """Variance of T bars, as known the day before.

    Parameters
    ----------
    slot : ndarray, shape (T,)
        Mean square of the estimation bars of the same time of day, without the bar itself; NaN for fewer than five.
    level : ndarray, shape (T,)
        Exponentially weighted mean, over the days before, of each day's mean square in units of `slot`.
    count : ndarray, shape (T,)
        Number of estimation bars of the same time of day.
    """

    slot: FloatArray
    level: FloatArray
    count: FloatArray


def slot_variance(residuals: FloatArray, clock: FloatArray, estimation: int) -> SlotVariance:
    """Return the variance of each bar's time of day and the level of its day, known the day before.

    Volatility varies over the day (Andersen & Bollerslev 1997): a bar at the opening must not be ranked among bars at
    noon without scaling.

    Parameters
    ----------
    residuals, clock : ndarray, shape (T,)
        In order of time; `clock` is the minute of the market's local day, and a new day begins where it decreases.
    estimation : int
        Number of first bars, from which the variances are estimated.

    Returns
    -------
    SlotVariance

    Examples
    --------
    >>> e, clock = np.tile([2.0, 1.0], 7), np.tile([540.0, 720.0], 7)
    >>> slot_variance(e, clock, 12).slot[-2:].tolist()
    [4.0, 1.0]
    """
    seen = np.isfinite(residuals) & np.isfinite(clock)
    times, which = np.unique(clock[np.isfinite(clock)], return_inverse=True)
    slot = np.full(len(clock), len(times))
    slot[np.isfinite(clock)] = which
    early = seen & (np.arange(len(clock)) < estimation)
    square = np.where(seen, residuals, 0.0) ** 2
    total, count = (np.bincount(slot[early], part, len(times) + 1) for part in (square[early], np.ones(early.sum())))
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = (total[slot] - square * early) / (count[slot] - early)
        scale = np.where(count[slot] >= MIN_DAYS, scale, np.nan)
        z = np.where(seen & (scale > 0), square / scale, np.nan)
    day = _days(clock)
    return SlotVariance(slot=scale, level=_levels(z, day)[day], count=count[slot])


def _days(clock: FloatArray) -> IntArray:
    """Return the day number of each bar: a new day begins where the clock goes back."""
    known = np.flatnonzero(np.isfinite(clock))
    starts = np.zeros(len(clock), dtype=np.int64)
    starts[known[1:]] = clock[known[1:]] <= clock[known[:-1]]
    return np.cumsum(starts)


def _levels(z: FloatArray, day: IntArray) -> FloatArray:
    """Return the exponentially weighted mean square known before each day."""
    there = np.isfinite(z)
    size = int(day[-1]) + 1
    total, count = np.bincount(day[there], z[there], size), np.bincount(day[there], minlength=size)
    level = np.ones(size)
    for k in range(size - 1):
        level[k + 1] = DECAY * level[k] + (1 - DECAY) * total[k] / count[k] if count[k] else level[k]
    return level
