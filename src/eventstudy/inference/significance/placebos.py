"""Sums of abnormal returns over the window and over stretches of estimation days, in units of expected volatility."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...windows import Window
from ..abnormal import AbnormalReturns
from ..models.least_squares import FloatArray
from ..models.spans import error_over_spans
from ..models.time_of_day import DayPattern
from . import placebo_ranks
from . import volatility as v
from .time_of_day import slot_variance


@dataclass(frozen=True, kw_only=True)
class Placebos:
    """Standardised sums of n pairs over a window of d days, and over P stretches of estimation days.

    Parameters
    ----------
    days : int
        d.
    event : ndarray, shape (n,)
        ``C_0 / sqrt(d h_0 (1 + leverage))``, h_0 known the day before the window.
    sums : ndarray, shape (n, P)
        ``C_s / sqrt(d h_s (1 - leverage))`` of every stretch of d estimation days.
    unit : ndarray, shape (n,)
        One unit of `event`, as an abnormal return (fraction).
    regime : ndarray, shape (n,)
        Volatility expected for the window over the sigma of the estimation window.
    recent : ndarray, shape (n,)
        Mean square of the last five days before the window, in units of the variance expected before them, where that
        is above its 97.5 % quantile; NaN elsewhere. Volatility has then changed, and no test keeps its level.
    by_slot : ndarray of bool, shape (n,)
        In bars: whether each bar could be compared with others of its time of day.
    """

    days: int
    event: FloatArray
    sums: FloatArray
    unit: FloatArray
    regime: FloatArray
    recent: FloatArray
    by_slot: v.BoolArray

    @cached_property
    def p(self) -> FloatArray:
        """Placebo p-values, shape (n,)."""
        return placebo_ranks.volatility_p(self.event, self.sums, self.days)

    @cached_property
    def smallest_p(self) -> FloatArray:
        """Smallest p-value possible with this number of placebos, shape (n,)."""
        return np.asarray(1.0 / (1 + v.counted(self.sums)))

    @cached_property
    def mde80(self) -> FloatArray:
        """Cumulative abnormal return that this test detects with 80 % power, shape (n,)."""
        return placebo_ranks.detectable(placebo_ranks.hurdle(self.sums, self.days), self.sums, self.unit)


def placebos(abnormal: AbnormalReturns, window: Window) -> Placebos:
    """Standardise the abnormal returns of each pair by the volatility known the day before (robust RiskMetrics 1996).

    Parameters
    ----------
    abnormal : AbnormalReturns
    window : Window

    Returns
    -------
    Placebos
        Computed once per window.
    """
    known = abnormal.derived
    if ("placebos", window) not in known:
        known["placebos", window] = _placebos(abnormal, window)
    found: Placebos = known["placebos", window]
    return found


def _placebos(abnormal: AbnormalReturns, window: Window) -> Placebos:
    """Compute what `placebos` returns."""
    residuals, car = abnormal.fitted.residuals, abnormal.car(window)
    length, opening = residuals.shape[1], first_row(abnormal, window)
    variance = known_variance(abnormal)
    sums = placebo_ranks.placebo_sums(
        residuals, variance[:, :length], own_leverage(abnormal, window.length), window.length
    )
    days = _days_spanned(abnormal, window)
    square = days * variance[:, opening] * (1 + forecast_leverage(abnormal, window))
    measure, unusual = v.recent_break(abnormal.history[:, :opening], variance, length)
    by_slot = np.zeros(len(abnormal), dtype=bool)
    if abnormal.clock is not None:
        sums, square, by_slot = _by_slot(abnormal, window, sums, square)
    with np.errstate(invalid="ignore", divide="ignore"):
        # Without a placebo the event cannot be ranked.
        unit = np.where((square > 0) & (v.counted(sums) > 0), np.sqrt(square), np.nan)
        return Placebos(
            days=window.length,
            event=car.car / unit,
            sums=sums,
            unit=unit,
            regime=np.sqrt(variance[:, opening]) / abnormal.fitted.sigma,
            recent=np.where(unusual, measure, np.nan),
            by_slot=by_slot,
        )


def known_variance(abnormal: AbnormalReturns) -> FloatArray:
    """Return the variance known before each day from the first estimation row on; computed once.

    Parameters
    ----------
    abnormal : AbnormalReturns

    Returns
    -------
    ndarray, shape (n, L + G + E + 1)
        NaN where the estimation window does not lie before the event windows.
    """
    if "variance" not in abnormal.derived and not abnormal.ordered:
        rows, days = abnormal.history.shape
        abnormal.derived["variance"] = np.full((rows, days + 1), np.nan)
    if "variance" not in abnormal.derived:
        thin = v.thinly_traded(abnormal.estimation_returns)
        length = abnormal.fitted.residuals.shape[1]
        abnormal.derived["variance"] = v.robust_variance(abnormal.history, length, thin)
    found: FloatArray = abnormal.derived["variance"]
    return found


def first_row(abnormal: AbnormalReturns, window: Window) -> int:
    """Return the position of a window's first day in `AbnormalReturns.history` and in `known_variance`.

    Parameters
    ----------
    abnormal : AbnormalReturns
    window : Window

    Returns
    -------
    int
        The variance there is the one known before the window.
    """
    return int(abnormal.history.shape[1] - abnormal.ar.shape[1] + abnormal.columns(window).start)


def plain_sums(abnormal: AbnormalReturns, days: int) -> FloatArray:
    """Return placebo SCARs: sums of every stretch of estimation days over their standard error.

    Parameters
    ----------
    abnormal : AbnormalReturns
    days : int

    Returns
    -------
    ndarray, shape (n, P)
    """
    residuals = abnormal.fitted.residuals
    square = np.broadcast_to(abnormal.fitted.sigma[:, None] ** 2, residuals.shape)
    return placebo_ranks.placebo_sums(residuals, square, own_leverage(abnormal, days), days)


def own_leverage(abnormal: AbnormalReturns, days: int) -> FloatArray:
    """Return the share by which the fit reduces the variance of the sum of each stretch of d estimation days.

    ``1'Z (X'X)⁻¹ Z'1 / d`` with Z the stretch's rows of X; ``d / L`` for a constant alone. Where the residuals are
    errors of forecasts, each by the rows before it, the error of the parameters adds to them: the share is the mean of
    ``z (X'X)⁻¹ z'`` over the stretch, with a minus.

    Parameters
    ----------
    abnormal : AbnormalReturns
    days : int
        d.

    Returns
    -------
    ndarray, shape (n, P)
    """
    fitted = abnormal.fitted
    present = np.isfinite(fitted.residuals)
    # A placebo day is not a forecast: the distance from the estimation window does not matter.
    ahead, spans = np.ones(present.shape[1], dtype=np.int64), abnormal.estimation_spans
    own = error_over_spans(fitted, abnormal.estimation_factors, ahead, spans)[1]
    if spans is not None:
        own = own / np.sqrt(spans)[..., None]
    if getattr(fitted, "outside", False):
        daily = np.where(present, (own**2).sum(axis=-1), 0.0)
        mean = v.window_sums(daily, days) / np.maximum(v.window_sums(present.astype(np.float64), days), 1.0)
        return -mean / fitted.sigma[:, None] ** 2
    return _square(own, present, days) / fitted.sigma[:, None] ** 2


def forecast_leverage(abnormal: AbnormalReturns, window: Window) -> FloatArray:
    """Return the variance that the parameters' error adds to the window's sum, over the variance of its days.

    Parameters
    ----------
    abnormal : AbnormalReturns
    window : Window

    Returns
    -------
    ndarray, shape (n,)
    """
    at = abnormal.columns(window)
    there = np.isfinite(abnormal.ar[:, at])
    square = _square(abnormal.loading[:, at], there, window.length)[:, 0] * there.sum(axis=1)
    return np.asarray(square / np.maximum(_days_spanned(abnormal, window), 1.0) / abnormal.fitted.sigma**2)


def _days_spanned(abnormal: AbnormalReturns, window: Window) -> FloatArray:
    """Return the number of days that the returns present in the window cover, shape (n,)."""
    at = abnormal.columns(window)
    there = np.isfinite(abnormal.ar[:, at]).astype(np.float64)
    return np.asarray(
        (there if abnormal.spans is None else np.where(there > 0, abnormal.spans[:, at], 0.0)).sum(axis=1)
    )


def _square(loading: FloatArray, present: v.BoolArray, days: int) -> FloatArray:
    """Return the squared sums of the loadings over each stretch, divided by its days present, shape (n, P)."""
    count = np.maximum(v.window_sums(present.astype(np.float64), days), 1.0)
    total = np.zeros_like(count)
    for k in range(loading.shape[-1]):
        total += v.window_sums(np.where(present, loading[..., k], 0.0), days) ** 2
    return total / count


def _by_slot(
    abnormal: AbnormalReturns, window: Window, sums: FloatArray, square: FloatArray
) -> tuple[FloatArray, FloatArray, v.BoolArray]:
    """Replace the variance by that of the time of day times the day's level, where these are known."""
    assert abnormal.clock is not None
    sums, square, days = sums.copy(), square.copy(), window.length
    by_slot = np.zeros(len(abnormal), dtype=bool)
    length, history = abnormal.fitted.residuals.shape[1], abnormal.history
    opening = first_row(abnormal, window)
    for i, (row, clock) in enumerate(zip(history, abnormal.clock, strict=True)):
        known = slot_variance(row[: opening + days], clock[: opening + days], length)
        # The mean of a time of day was estimated from the same bars: its error adds 1 / count to the forecast variance,
        # and the fit reduces the mean square by as much.
        own = 2.0 / known.count[opening:] if isinstance(abnormal.fitted, DayPattern) else np.zeros(days)
        inside = np.where(np.isfinite(row[opening : opening + days]), known.slot[opening:] * (1 + own), 0.0)
        by_slot[i] = bool(np.isfinite(inside).all() and np.isfinite(known.level[opening]))
        if by_slot[i]:
            square[i] = inside.sum() * known.level[opening]
            before = row[:length] + 0.0 * known.slot[:length]
            total = v.window_sums(np.where(np.isfinite(before), known.slot[:length], np.nan), days)
            stretch = v.window_sums(before, days)
            with np.errstate(invalid="ignore", divide="ignore"):
                z = stretch / np.sqrt(total * known.level[: len(total)])
            enough = 2 * v.window_sums(np.isfinite(before).astype(np.float64), days) >= days
            sums[i] = np.where(enough & (total > 0), z, np.nan)
    return sums, square, by_slot
