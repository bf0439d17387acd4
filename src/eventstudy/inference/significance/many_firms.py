"""Many firms on one date: the cross-sectional mean over its spread, each in units of its expected size."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from ...windows import Window
from ..abnormal import AbnormalReturns
from ..models.least_squares import FloatArray
from . import placebo_ranks
from . import volatility as v
from .kernels import DaySums
from .merging import gather
from .placebos import plain_sums
from .result import TestResult
from .sample import Sample

NO_COMMON_MEAN = "the mean abnormal return relative to the cross-sectional spread is no larger than on other days"
LEAST = 10


def double_standardised(sample: Sample) -> TestResult:
    """Mean over spread of the standardised abnormal returns of one date, ranked among the estimation days.

    ``T = (m / sqrt h_m) / (s / sqrt h_s)``: m and s are the mean and standard deviation over the firms, h_m and h_s the
    values of m² and s² expected the day before (`volatility.robust_variance`). Dividing by the spread keeps the level
    where the event raises all variances; dividing each by its expectation keeps it where the volatility of the firms,
    or of their common shock, is clustered in time.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    name = "double_standardised"
    if sample.n < LEAST:
        return TestResult.not_applicable(name, f"{sample.n} pairs with returns; {LEAST} needed for a spread")
    event, placebos = double_kernel(*_moments(sample))
    p = float(placebo_ranks.volatility_p(event, placebos, sample.window.length)[0])
    count = int(v.counted(placebos)[0])
    return TestResult.of_p(
        name,
        float(event[0]),
        p,
        f"placebo over {count} days",
        null=NO_COMMON_MEAN,
        n=sample.n,
        notes=(f"{sample.n} pairs in one cluster",),
        figures={"smallest_p": 1 / (1 + count)},
    )


def double_kernel(daily: FloatArray, stretches: FloatArray, event: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the statistic T of the event and of the placebo days.

    Parameters
    ----------
    daily : ndarray, shape (2, R, T)
        Mean and standard deviation over the firms of each day, from the first estimation day to the last before the
        window; R is the number of samples.
    stretches : ndarray, shape (2, R, P)
        The same of the standardised sums of every stretch of estimation days as long as the window.
    event : ndarray, shape (2, R)
        The same of the window.

    Returns
    -------
    tuple of ndarray, shapes (R,) and (R, P)
    """
    estimation = stretches.shape[-1]
    expected = [np.sqrt(v.robust_variance(part, estimation)) for part in daily]
    with np.errstate(invalid="ignore", divide="ignore"):
        (mean, spread), (usual_mean, usual_spread) = event, (part[:, -1] for part in expected)
        at = (mean / usual_mean) / (spread / usual_spread)
        (mean, spread), (usual_mean, usual_spread) = stretches, (part[:, :estimation] for part in expected)
        return at, (mean / usual_mean) / (spread / usual_spread)


def _moments(sample: Sample) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the cross-sectional mean and spread by day, by stretch and over the window, for one sample."""
    parts = gather(sample.blocks, partial(_sums, window=sample.window), merge=_added)
    daily, stretches, event = (_mean_and_spread(*part) for part in parts)
    return daily[:, None], stretches[:, None], event


Sums = tuple[DaySums, FloatArray]


def _sums(block: AbnormalReturns, window: Window) -> tuple[Sums, Sums, Sums]:
    """Return sums over the pairs of one block: by day before the window, by stretch, and over the window."""
    sigma = block.fitted.sigma[:, None]
    before = np.concatenate([block.between / sigma, block.sar[:, : block.columns(window).start]], axis=1)
    daily = np.concatenate([plain_sums(block, 1), before], axis=1)
    stretches, event = plain_sums(block, window.length), block.car(window).t[:, None]
    return _summed(daily), _summed(stretches), _summed(event)


def _summed(z: FloatArray) -> Sums:
    """Return the sums over the pairs, and the sums of squares."""
    return DaySums.of(z), np.asarray(np.nansum(z**2, axis=0))


def _added(parts: Sequence[tuple[Sums, ...]]) -> tuple[Sums, ...]:
    """Add the sums of several blocks."""
    columns = [zip(*part, strict=True) for part in zip(*parts, strict=True)]
    return tuple((DaySums.merged(sums), np.sum(squares, axis=0)) for sums, squares in columns)


def _mean_and_spread(total: DaySums, square: FloatArray) -> FloatArray:
    """Return mean and standard deviation of sums over all blocks, shape (2, days); NaN with fewer than two pairs."""
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total.total / total.present
        spread = np.sqrt((square - total.present * mean**2) / (total.present - 1))
    return np.where(total.present > 1, np.stack([mean, spread]), np.nan)
