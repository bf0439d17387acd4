"""The events of one window as the tests of many events need them: per-event numbers, and sums through time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ..windows import Window
from . import kernels
from .abnormal import AbnormalReturns
from .kernels import DaySums
from .linear import NO_VARIANCE, FloatArray, IntArray
from .stream import walk

PAIRWISE = 300


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One window over n events (or event-market pairs).

    The abnormal returns may come in blocks that are computed when they are asked for: whatever needs the estimation
    residuals walks through the blocks and keeps sums, so that a million events need the memory of one block.

    Parameters
    ----------
    window : Window
    blocks : iterable of AbnormalReturns
        Can be walked through more than once; a list with one element for a study in memory.
    car, se : ndarray, shape (n,)
    df, n_days : ndarray, shape (n,)
    bhar : ndarray, shape (n,)
        Buy-and-hold abnormal returns.
    ar : ndarray, shape (n, W)
    sar : ndarray, shape (n, W)
    dates : ndarray of datetime64[D], shape (n,)
        Day 0.
    days : ndarray of int32, shape (n, W)
        Session of each day of the window, counted from 1970-01-01.
    markets : ndarray of object, shape (n,)
    """

    window: Window
    blocks: Iterable[AbnormalReturns]
    car: FloatArray
    se: FloatArray
    df: FloatArray
    n_days: IntArray
    bhar: FloatArray
    ar: FloatArray
    sar: FloatArray
    dates: npt.NDArray[np.datetime64]
    days: npt.NDArray[np.int32]
    markets: npt.NDArray[np.object_]

    @classmethod
    def of(cls, abnormal: AbnormalReturns | Iterable[AbnormalReturns], window: Window) -> Sample:
        """Collect the per-event numbers of one window.

        Parameters
        ----------
        abnormal : AbnormalReturns or iterable of AbnormalReturns
            In one piece, or in blocks.
        window : Window
        """
        blocks = [abnormal] if isinstance(abnormal, AbnormalReturns) else abnormal
        parts = list(walk(blocks, lambda block: _block(block, window)))
        # One column at a time, so that no more than one of them is ever held twice.
        stacked: dict[str, Any] = {name: np.concatenate([part.pop(name) for part in parts]) for name in list(parts[0])}
        return cls(window=window, blocks=blocks, **stacked)

    def __len__(self) -> int:
        return len(self.car)

    @property
    def n(self) -> int:
        """Events with any return in the window."""
        return int(np.isfinite(self.car).sum())

    @property
    def scar(self) -> FloatArray:
        """CAR over its standard error, shape (n,)."""
        return self.car / self.se

    @property
    def n_dates(self) -> int:
        """Different days 0 among the events present."""
        return len(np.unique(self.dates[np.isfinite(self.car)]))

    @cached_property
    def timeline(self) -> Timeline:
        """Sums of the estimation residuals."""
        return Timeline.of(self.blocks)

    @property
    def correlation(self) -> float:
        """Mean correlation of the window's abnormal returns over all pairs of events, as Kolari & Pynnönen need it.

        The residuals' mean correlation times the share of days that a pair has in common: one where all events are on
        one date, as the authors assume; pairs that never meet count as uncorrelated.
        """
        return 0.0 if self.shared == 0 else self.shared * self.residual_correlation

    @cached_property
    def shared(self) -> float:
        """Mean over the pairs of the days both windows have, over the root of the product of their lengths."""
        n, present = self.n, np.isfinite(self.ar)
        if n < 2:
            return 0.0
        first = int(self.days.min(where=present, initial=np.iinfo(np.int32).max))
        size = int(self.days.max(where=present, initial=first)) - first + 1
        share, weight, squares, events = 1.0 / np.sqrt(np.maximum(self.n_days, 1)), *np.zeros((3, size))
        for day in range(present.shape[1]):
            there = present[:, day]
            date = self.days[there, day] - first
            weight += np.bincount(date, weights=share[there], minlength=size)
            squares += np.bincount(date, weights=share[there] ** 2, minlength=size)
            events += np.bincount(date, minlength=size)
        # A date with one event is exactly alone, whatever the rounding.
        return float((weight**2 - squares)[events > 1].sum()) / (n * (n - 1))

    @cached_property
    def residual_correlation(self) -> float:
        """Mean correlation of the residuals of different events on the same calendar dates.

        The mean of the pairwise correlations up to `PAIRWISE` events; the same from sums by date beyond, which costs
        as many steps as there are events and differs only where the estimation windows do.
        """
        blocks = list(self.blocks) if len(self) <= PAIRWISE else []
        return pairwise_correlation(blocks) if blocks else self.timeline.correlation

    @property
    def rank_sums(self) -> DaySums:
        """Scaled ranks of the abnormal returns over the estimation window and the whole span, by day."""
        return self._plain[0]

    @property
    def sign_sums(self) -> DaySums:
        """Signs of the deviations from each event's median, by day, as `rank_sums`."""
        return self._plain[1]

    @property
    def restandardised_sums(self) -> DaySums:
        """As `rank_sums`, of standardised returns; those of the window's days over their cross-sectional deviation."""
        return self._standardised[0]

    @property
    def generalised_ranks(self) -> tuple[DaySums, FloatArray, FloatArray]:
        """Sums by day of the generalised ranks (the event last), the events' own ranks, and the days ranked."""
        return self._standardised[1:]

    @cached_property
    def _plain(self) -> tuple[DaySums, DaySums]:
        """Sums of ranks and signs, in one walk through the blocks."""
        ranks, signs = zip(*walk(self.blocks, _plain_sums), strict=True)
        return _sum_of(ranks), _sum_of(signs)

    @cached_property
    def _standardised(self) -> tuple[DaySums, DaySums, FloatArray, FloatArray]:
        """Sums of both kinds of standardised ranks, in one walk through the blocks."""
        daily, whole = _spread(self.sar.T), _spread(self.scar)
        parts = walk(self.blocks, lambda block: _standardised_sums(block, self.window, daily, whole))
        restandardised, generalised, own, ranked = zip(*parts, strict=True)
        return _sum_of(restandardised), _sum_of(generalised), np.concatenate(own), np.concatenate(ranked)

    def event_columns(self, sums: DaySums) -> slice:
        """Positions of the window's days among the days of `rank_sums` and its kin."""
        first = next(iter(self.blocks))
        at = first.columns(self.window)
        start = sums.total.shape[-1] - first.span.length + at.start
        return slice(start, start + self.window.length)


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """What the tests need of the estimation residuals, without keeping them.

    Parameters
    ----------
    daily : DaySums
        Residuals by day of event time, shape (L,).
    correlation : float
        Mean correlation of the residuals of different events on the same calendar date.
    positive : ndarray, shape (n,)
        Share of positive residuals.
    sd : ndarray, shape (n,)
        Standard deviation of the residuals about their mean, with L - 1.
    skewness : float
        Mean skewness of the residuals.
    one_calendar : bool
        Whether each day of event time is one and the same date for all events.
    """

    daily: DaySums
    correlation: float
    positive: FloatArray
    sd: FloatArray
    skewness: float
    one_calendar: bool

    @classmethod
    def of(cls, blocks: Iterable[AbnormalReturns]) -> Timeline:
        """Walk through the blocks once."""
        dates = next(iter(blocks)).estimation_sessions[0]
        by_date = _DateSums()
        daily, positive, sd, skewness, calendars = [], [], [], [], []
        for part in walk(blocks, lambda block: _residual_sums(block, dates)):
            daily.append(part[0])
            positive.append(part[1])
            sd.append(part[2])
            skewness.append(part[3])
            calendars.append(part[4])
            by_date.add(*part[5])
        return cls(
            daily=_sum_of(daily),
            correlation=by_date.correlation,
            positive=np.concatenate(positive),
            sd=np.concatenate(sd),
            skewness=float(np.concatenate(skewness).mean()),
            one_calendar=all(calendars),
        )


def pairwise_correlation(blocks: Iterable[AbnormalReturns]) -> float:
    """Return the mean of the correlations of all pairs of events over their common calendar dates.

    Pairs without at least three common dates, or without variance on them, have no correlation and are left out.
    """
    parts = [(b.fitted.residuals, b.estimation_sessions.astype("datetime64[D]").astype(np.int64)) for b in blocks]
    residuals, days = (np.concatenate(part) for part in zip(*parts, strict=True))
    event, column = np.nonzero(np.isfinite(residuals))
    date, place = np.unique(days[event, column], return_inverse=True)
    x, there = np.zeros((2, len(residuals), len(date)))
    x[event, place], there[event, place] = residuals[event, column], 1.0
    common, own, squares = there @ there.T, x @ there.T, (x**2) @ there.T
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = squares - own**2 / common
        correlation = (x @ x.T - own * own.T / common) / np.sqrt(variance * variance.T)
    pairs = (~np.eye(len(x), dtype=bool)) & (common >= 3) & np.isfinite(correlation)
    return float(correlation[pairs].mean()) if pairs.any() else float("nan")


class _DateSums:
    """Sums of scaled residuals by calendar date, added to block by block."""

    def __init__(self) -> None:
        self._first = 0
        self._sums = np.zeros((3, 0))

    def add(self, first: int, sums: FloatArray) -> None:
        """Add the sums of a block, shape (3, days), from the day `first` on."""
        self._reach(first, first + sums.shape[1] - 1)
        start = first - self._first
        self._sums[:, start : start + sums.shape[1]] += sums

    def _reach(self, first: int, last: int) -> None:
        """Make room for the days from `first` to `last`."""
        if self._sums.shape[1] == 0:
            self._first = first
        before = max(self._first - first, 0)
        after = max(last - (self._first + self._sums.shape[1] - 1), 0)
        self._sums = np.pad(self._sums, ((0, 0), (before, after)))
        self._first -= before

    @property
    def correlation(self) -> float:
        """Mean correlation of the pairs."""
        return float(kernels.mean_correlation(self._sums[0], self._sums[1], self._sums[2]))


def _spread(x: FloatArray) -> FloatArray:
    """Return the standard deviation over the events; NaN where they differ by no more than rounding."""
    spread = kernels.deviation(x)
    return np.where(spread > NO_VARIANCE * np.abs(kernels.mean(x)), spread, np.nan)


def _sums_by_date(z: FloatArray, sessions: npt.NDArray[np.datetime64]) -> tuple[int, FloatArray]:
    """Return the first day, and by day from it on the sums of z, of its squares and of ones, shape (3, days)."""
    present = np.isfinite(z) & ~np.isnat(sessions)
    day = sessions.astype("datetime64[D]").astype(np.int64)
    first = int(day.min(where=present, initial=np.iinfo(np.int64).max)) if present.any() else 0
    # A missing residual adds nothing to whatever day it is put on.
    value, place = np.where(present, z, 0.0).ravel(), np.where(present, day - first, 0).ravel()
    weights = (value, value**2, present.ravel())
    return first, np.stack([np.bincount(place, weights=weight) for weight in weights])


def _residual_sums(
    block: AbnormalReturns, dates: npt.NDArray[np.datetime64]
) -> tuple[DaySums, FloatArray, FloatArray, FloatArray, bool, tuple[int, FloatArray]]:
    """Return what a `Timeline` adds up of one block; `dates` are the estimation days of the first event."""
    residuals, sessions = block.fitted.residuals, block.estimation_sessions
    length, deviations = kernels.count(residuals), kernels.deviations(residuals)
    squares, cubes = np.vecdot(deviations, deviations), np.vecdot(deviations * deviations, deviations)
    return (
        DaySums.of(residuals),
        (residuals > 0).sum(axis=-1) / length,
        np.sqrt(squares / (length - 1)),
        cubes / length / (squares / length) ** 1.5,
        bool((sessions == dates).all()),
        _sums_by_date(kernels.root_mean_square_scaled(residuals), sessions),
    )


def _plain_sums(block: AbnormalReturns) -> tuple[DaySums, DaySums]:
    """Return one block's sums of ranks and of signs."""
    series = np.concatenate([block.fitted.residuals, block.ar], axis=1)
    return DaySums.of(kernels.scaled_ranks(series)), DaySums.of(kernels.median_signs(series))


def _standardised_sums(
    block: AbnormalReturns, window: Window, daily: FloatArray, whole: FloatArray
) -> tuple[DaySums, DaySums, FloatArray, FloatArray]:
    """Return one block's sums of restandardised and of generalised ranks, the events' own ranks and the days ranked."""
    residuals = block.fitted.residuals / block.fitted.sigma[:, None]
    sar, scar = block.sar, block.car(window).t[:, None]
    sar[:, block.columns(window)] /= daily
    restandardised = kernels.scaled_ranks(np.concatenate([residuals, sar], axis=1))
    series = np.concatenate([residuals, scar / whole], axis=1)
    u = np.where(np.isfinite(series[:, -1:]), kernels.scaled_ranks(series), np.nan)
    return DaySums.of(restandardised), DaySums.of(u), u[:, -1].copy(), kernels.count(series)


def _block(block: AbnormalReturns, window: Window) -> dict[str, npt.NDArray[np.generic]]:
    """Return the per-event numbers of one block."""
    at, car = block.columns(window), block.car(window)
    return {
        "car": car.car,
        "se": car.se,
        "df": car.df.astype(np.float64),
        "n_days": car.n_days,
        "bhar": block.bhar(window),
        "ar": block.ar[:, at],
        "sar": block.sar[:, at],
        "dates": block.rows["session"].to_numpy().astype("datetime64[D]"),
        "days": block.sessions[:, at].astype("datetime64[D]").astype(np.int64).astype(np.int32),
        "markets": block.rows["market"].to_numpy(dtype=object),
    }


def _sum_of(parts: Iterable[DaySums]) -> DaySums:
    """Add the sums of the blocks."""
    iterator = iter(parts)
    total = next(iterator)
    for part in iterator:
        total = total + part
    return total
