"""Expected returns by the time of day: each bar against the same clock time of earlier days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...errors import UsageError
from .least_squares import FloatArray, IntArray, assemble
from .protocol import Column, ModelBase

MIN_DAYS = 5


@dataclass(frozen=True, kw_only=True)
class TimeOfDay(ModelBase):
    """Mean and standard deviation of the returns of the same time of day, over the estimation window.

    Volatility varies over the day (Wood, McInish & Ord 1985; Andersen & Bollerslev 1997), so that a bar at the opening
    is compared with other openings and not with bars at noon. The estimation window is counted in bars.

    Examples
    --------
    >>> clock = np.tile([0.0, 720.0], 6)[None, :, None]
    >>> returns = np.tile([0.01, 0.001], 6)[None, :] * np.repeat([1, -1, 1, -1, 1, -1], 2)
    >>> fit = TimeOfDay().fit(returns, clock)
    >>> noise, _ = fit.forecast_error(np.array([[[0.0], [720.0]]]))
    >>> float(np.sqrt(noise[0, 0] / noise[0, 1]).round(6))
    10.0
    """

    name = "time-of-day"
    description = (
        "Expected returns are the mean return of the same time of day over the estimation window, and each bar's "
        f"standard error comes from the spread of those returns; a time of day with fewer than {MIN_DAYS} of them has "
        "no forecast (time-of-day model). Degrees of freedom are those of the rarest time of day."
    )

    @property
    def reads(self) -> Mapping[Column, tuple[str, ...]]:
        """The time of day at which a bar opens, which only studies in bars have."""
        return {Column.TIME_OF_DAY: ()}

    def design(self, factors: FloatArray, names: Sequence[str]) -> FloatArray:
        """Select the time of day.

        Parameters
        ----------
        factors : ndarray, shape (n, T, f)
        names : sequence of str, length f

        Returns
        -------
        ndarray, shape (n, T, 1)
            Minutes of the market's local day.

        Raises
        ------
        UsageError
            If the study has no bars.
        """
        if Column.TIME_OF_DAY not in names:
            raise UsageError(f'model "{self.name}" needs event time in bars; give their length, such as bars = "15min"')
        return factors[..., [list(names).index(Column.TIME_OF_DAY)]]

    def fit(self, returns: FloatArray, factors: FloatArray) -> DayPattern:
        """Estimate mean and standard deviation for each time of day.

        Parameters
        ----------
        returns : ndarray, shape (n, L)
        factors : ndarray, shape (n, L, 1)
            From `design`.

        Returns
        -------
        DayPattern
        """
        clock = factors[..., 0]
        moments = tuple(_moments(row, when) for row, when in zip(returns, clock, strict=True))
        fitted = DayPattern(moments=moments, residuals=np.empty(0))
        residuals = returns - fitted.predict(factors)
        return DayPattern(moments=moments, residuals=residuals)


@dataclass(frozen=True, kw_only=True, eq=False)
class Moments:
    """Mean, standard deviation and number of the returns of each time of day of one pair.

    Parameters
    ----------
    clock : ndarray, shape (d,)
        Times of day, ascending (minutes of the local day).
    mean, scale : ndarray, shape (d,)
        Mean and sample standard deviation (fractions).
    count : ndarray of int, shape (d,)
    """

    clock: FloatArray
    mean: FloatArray
    scale: FloatArray
    count: IntArray

    def at(self, clock: FloatArray) -> IntArray:
        """Return the positions of times of day in `clock`.

        Parameters
        ----------
        clock : ndarray, shape (W,)

        Returns
        -------
        ndarray of int, shape (W,)
            d, which has no forecast, for a time of day that is not known.
        """
        if not self.clock.size:
            return np.zeros(clock.shape, dtype=np.int64)
        found = np.searchsorted(self.clock, clock)
        known = self.clock[np.minimum(found, self.clock.size - 1)] == clock
        return np.where(known, found, self.clock.size)

    def look_up(self, moment: FloatArray | IntArray, clock: FloatArray) -> FloatArray:
        """Return a moment at times of day.

        Parameters
        ----------
        moment : ndarray, shape (d,)
            `mean`, `scale` or `count`.
        clock : ndarray, shape (W,)

        Returns
        -------
        ndarray, shape (W,)
            NaN where the time of day is not known.
        """
        return np.asarray(np.append(moment.astype(float), np.nan)[self.at(clock)])


@dataclass(frozen=True, kw_only=True, eq=False)
class DayPattern:
    """The time-of-day model fitted to n pairs; its properties are those of `LinearFit`.

    Parameters
    ----------
    moments : tuple of Moments, length n
    residuals : ndarray, shape (n, L)
    """

    moments: tuple[Moments, ...]
    residuals: FloatArray

    param_names = ()

    @property
    def params(self) -> FloatArray:
        """Empty, since times of day share no parameter; shape (n, 0)."""
        return np.empty((len(self.moments), 0))

    @property
    def n_obs(self) -> IntArray:
        """Number of returns used, shape (n,)."""
        return np.array([each.count.sum() for each in self.moments], dtype=np.int64)

    @property
    def df(self) -> IntArray:
        """Number of returns of the rarest time of day less one, shape (n,)."""
        return np.array([each.count.min() - 1 if each.count.size else 0 for each in self.moments], dtype=np.int64)

    @property
    def sigma(self) -> FloatArray:
        """Standard deviation about the means, pooled over all times of day, shape (n,)."""
        squares = [np.sum((each.count - 1) * each.scale**2) for each in self.moments]
        spare = [np.sum(each.count - 1) for each in self.moments]
        return np.sqrt(np.array(squares, dtype=float) / np.maximum(spare, 1))

    def predict(self, factors: FloatArray) -> FloatArray:
        """Return the mean of each bar's time of day.

        Parameters
        ----------
        factors : ndarray, shape (n, W, 1)
            Times of day.

        Returns
        -------
        ndarray, shape (n, W)
        """
        pairs = zip(self.moments, factors[..., 0], strict=True)
        return np.array([each.look_up(each.mean, clock) for each, clock in pairs]).reshape(factors.shape[:2])

    def forecast_error(self, factors: FloatArray, ahead: IntArray | None = None) -> tuple[FloatArray, FloatArray]:
        """Return each bar's own variance, and its loading on the error of shared means.

        The error of a mean is part of the bar's own variance, unless its time of day occurs on several of the W bars:
        then these bars share it as a loading.

        Parameters
        ----------
        factors : ndarray, shape (n, W, 1)
            Times of day.
        ahead : ndarray of int, shape (W,), optional
            Not used.

        Returns
        -------
        tuple of ndarray, shapes (n, W) and (n, W, k)
        """
        clock = factors[..., 0]
        pairs = list(zip(self.moments, clock, strict=True))
        scale = np.array([each.look_up(each.scale, row) for each, row in pairs]).reshape(clock.shape)
        count = np.array([each.look_up(each.count, row) for each, row in pairs]).reshape(clock.shape)
        shared = _shared(clock)
        alone = ~shared.any(axis=-1)
        noise = scale**2 * np.where(alone, 1.0 + 1.0 / count, 1.0)
        return noise, np.where(shared, (scale / np.sqrt(count))[..., None], 0.0)

    def forecast_cov(self, factors: FloatArray, ahead: IntArray | None = None) -> FloatArray:
        """Return the covariance of the forecast errors.

        Parameters
        ----------
        factors : ndarray, shape (n, W, 1)
            Times of day.
        ahead : ndarray of int, shape (W,), optional
            Not used.

        Returns
        -------
        ndarray, shape (n, W, W)
        """
        return assemble(*self.forecast_error(factors, ahead))


def _moments(returns: FloatArray, clock: FloatArray) -> Moments:
    """Return the moments of the times of day with at least `MIN_DAYS` returns."""
    present = np.isfinite(returns) & np.isfinite(clock)
    times, which, count = np.unique(clock[present], return_inverse=True, return_counts=True)
    mean = np.bincount(which, returns[present], times.size) / count
    deviation = returns[present] - mean[which]
    scale = np.sqrt(np.bincount(which, deviation**2, times.size) / np.maximum(count - 1, 1))
    enough = count >= MIN_DAYS
    return Moments(clock=times[enough], mean=mean[enough], scale=scale[enough], count=count[enough])


def _shared(clock: FloatArray) -> npt.NDArray[np.bool_]:
    """Return which bars have each time of day that occurs more than once, shape (n, W, k)."""
    several = [times[counts > 1] for times, counts in (np.unique(row, return_counts=True) for row in clock)]
    width = max((times.size for times in several), default=0)
    padded = np.full((len(clock), width), np.inf)
    for row, times in zip(padded, several, strict=True):
        row[: times.size] = times
    same: npt.NDArray[np.bool_] = clock[..., None] == padded[:, None, :]
    return same
