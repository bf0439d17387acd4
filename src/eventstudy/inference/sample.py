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
from .linear import FloatArray, IntArray
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
        series = (np.concatenate([block.fitted.residuals, block.ar], axis=1) for block in self.blocks)
        parts = [(DaySums.of(kernels.scaled_ranks(x)), DaySums.of(kernels.median_signs(x))) for x in series]
        return _sum_of(part[0] for part in parts), _sum_of(part[1] for part in parts)

    @cached_property
    def _standardised(self) -> tuple[DaySums, DaySums, FloatArray, FloatArray]:
        """Sums of both kinds of standardised ranks, in one walk through the blocks."""
        daily, whole = kernels.deviation(self.sar.T), kernels.deviation(self.scar)
        restandardised, generalised, own, ranked = [], [], [], []
        for block in self.blocks:
            residuals = block.fitted.residuals / block.fitted.sigma[:, None]
            sar, scar = block.sar, block.car(self.window).t[:, None]
            sar[:, block.columns(self.window)] /= daily
            restandardised.append(DaySums.of(kernels.scaled_ranks(np.concatenate([residuals, sar], axis=1))))
            series = np.concatenate([residuals, scar / whole], axis=1)
            u = np.where(np.isfinite(scar), kernels.scaled_ranks(series), np.nan)
            generalised.append(DaySums.of(u))
            own.append(u[:, -1].copy())
            ranked.append(kernels.count(series))
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
        daily, positive, sd, skewness = [], [], [], []
        by_date, one_calendar, dates = _DateSums(), True, None
        for block in blocks:
            residuals = block.fitted.residuals
            daily.append(DaySums.of(residuals))
            length = kernels.count(residuals)
            positive.append((residuals > 0).sum(axis=-1) / length)
            sd.append(kernels.deviation(residuals))
            skewness.append(kernels.moment(residuals, 3) / length / (kernels.moment(residuals, 2) / length) ** 1.5)
            dates = block.estimation_sessions[0] if dates is None else dates
            one_calendar &= bool((block.estimation_sessions == dates).all())
            by_date.add(kernels.root_mean_square_scaled(residuals), block.estimation_sessions)
        return cls(
            daily=_sum_of(daily),
            correlation=by_date.correlation,
            positive=np.concatenate(positive),
            sd=np.concatenate(sd),
            skewness=float(np.concatenate(skewness).mean()),
            one_calendar=one_calendar,
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

    def add(self, z: FloatArray, sessions: npt.NDArray[np.datetime64]) -> None:
        """Add a block, shape (n, L)."""
        present = np.isfinite(z) & ~np.isnat(sessions)
        if not present.any():
            return
        day = sessions[present].astype("datetime64[D]").astype(np.int64)
        value = z[present]
        self._reach(int(day.min()), int(day.max()))
        for row, weights in enumerate((value, value**2, np.ones_like(value))):
            self._sums[row] += np.bincount(day - self._first, weights=weights, minlength=self._sums.shape[1])

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
