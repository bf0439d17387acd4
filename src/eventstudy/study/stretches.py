"""One stretch of time in one market: its prices, and the same stretch on ordinary days."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..inference.abnormal import AbnormalReturns
from ..inference.models.least_squares import FloatArray
from ..inference.significance import volatility as v
from ..inference.significance.placebo_ranks import TIE, rank_p, volatility_p
from ..inference.significance.placebos import known_variance, placebos
from ..markets.alignment.stamped import StampedPrices
from ..markets.prices.bars import Bars
from ..windows import Window

NOTHING = np.empty(0)
NO_PRICE = "not resolved: no price was known between the two stamps"
TOO_OLD = "not resolved: the last price is older than half the horizon"


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """A stretch between two known prices, and its null.

    Parameters
    ----------
    first, last : int
        Positions of its two prices; `last` is not after `first` where the prices do not resolve the stretch.
    ar : float
        Its abnormal return (of the study's kind), or its return less the mean of ordinary stretches.
    z : float
        The same in units of the volatility known before it.
    ordinary : ndarray, shape (P,)
        Ordinary stretches in the same units, in order of time.
    plain : ndarray, shape (P,)
        The same as returns.
    offset : int
        Rows from tau 0 to its first row; stretches are joined by it.
    days : int
        Rows that it spans, for the allowance for overlap.
    note : str
        Why there is no null.
    """

    first: int
    last: int
    ar: float = np.nan
    z: float = np.nan
    ordinary: FloatArray = field(default_factory=lambda: NOTHING)
    plain: FloatArray = field(default_factory=lambda: NOTHING)
    offset: int = 0
    days: int = 1
    note: str = ""

    @property
    def resolved(self) -> bool:
        """Whether the prices tell the stretch apart."""
        return self.last > self.first >= 0

    @property
    def stretches(self) -> int:
        """Number of ordinary stretches."""
        return int(np.isfinite(self.ordinary).sum())

    @property
    def larger(self) -> int:
        """How many of them were at least as large, not standardised."""
        with np.errstate(invalid="ignore"):
            there = np.isfinite(self.ordinary)
            return int((np.abs(self.plain[there]) >= abs(self.ar) * (1 - TIE)).sum())

    @property
    def p(self) -> float:
        """Placebo p; NaN without an ordinary stretch."""
        if not self.stretches or not np.isfinite(self.z):
            return np.nan
        return float(volatility_p(np.array([self.z]), self.ordinary[None, :], self.days)[0])

    def overlap(self, days: int) -> float:
        """By how much the overlap of so many days or bars raises p above the rank; one where it does not."""
        z, ordinary = np.array([self.z]), self.ordinary[None, :]
        return float((volatility_p(z, ordinary, days) / rank_p(z, ordinary))[0])


@dataclass(frozen=True, kw_only=True, eq=False)
class OrdinaryBars:
    """What the stretches of one pair in bars are compared with.

    Parameters
    ----------
    bars : Bars
    abnormal : AbnormalReturns
        Of one pair, from tau 0 on.
    """

    bars: Bars
    abnormal: AbnormalReturns

    def measure(self, first: int, last: int) -> Measured:
        """Measure a stretch of bars by their abnormal returns, beside every stretch of as many estimation bars.

        Parameters
        ----------
        first, last : int
            Positions of the bars with the two closes.

        Returns
        -------
        Measured
            A bar that holds the event itself is in the prices and in no abnormal return.
        """
        single = self.abnormal
        zero = int(self.bars.labels.get_indexer(pd.DatetimeIndex(single.sessions[0])[:1])[0])
        begin, end = max(0, first + 1 - zero), min(last - zero, single.span.last)
        if end < begin:
            return Measured(first=first, last=last, note="the bar that holds the event has no abnormal return")
        window = Window(begin, end)
        null, short = placebos(single, window), single.fitted.residuals.shape[1] < window.length
        return Measured(
            first=first,
            last=last,
            ar=float(single.car(window).car[0]),
            z=float(null.event[0]),
            ordinary=NOTHING if short else null.sums[0],
            plain=NOTHING if short else v.window_sums(single.fitted.residuals, window.length)[0],
            offset=window.first,
            days=window.length,
            note="the estimation window is shorter than the stretch" if short else _by_slot(bool(null.by_slot[0])),
        )


def _by_slot(known: bool) -> str:
    """Say where a stretch is compared with stretches of other hours."""
    return "" if known else "fewer than five days of its hours: compared with stretches of other hours"


@dataclass(frozen=True, kw_only=True, eq=False)
class OrdinaryDays:
    """What the stretches of one pair in sessions are compared with; computed once for all of them.

    Parameters
    ----------
    prices : StampedPrices
        Of `stamped_days`, from before the estimation window on.
    opens, closes : ndarray, shape (rows,)
        By row of the bars; NaN where there is none.
    rolled : ndarray of int, shape (rows,)
        Number of rolls up to each row.
    days : ndarray of int, shape (L,)
        Rows of the estimation days; -1 for a day without one.
    zero : int
        Row of day 0.
    scale : ndarray
        Volatility known before each row, from the first estimation day on.
    opening : int
        Position of day 0 in `scale`.
    change : bool
        Whether returns are differences.
    """

    prices: StampedPrices
    opens: FloatArray
    closes: FloatArray
    rolled: npt.NDArray[np.int64]
    days: npt.NDArray[np.int64]
    zero: int
    scale: FloatArray
    opening: int
    change: bool

    @classmethod
    def of(
        cls, prices: StampedPrices, bars: Bars, abnormal: AbnormalReturns, pair: int, *, change: bool
    ) -> OrdinaryDays:
        """Collect what one pair is compared with.

        Parameters
        ----------
        prices : StampedPrices
        bars : Bars
        abnormal : AbnormalReturns
            In sessions.
        pair : int
            Position of the pair.
        change : bool

        Returns
        -------
        OrdinaryDays
        """
        count = len(bars.frame)
        by_row = np.full((2, count), np.nan)
        by_row[prices.opens.astype(int), prices.rows] = prices.prices
        days = pd.DatetimeIndex(abnormal.estimation_sessions[pair])
        return cls(
            prices=prices,
            opens=by_row[1],
            closes=by_row[0],
            rolled=np.cumsum(bars.rolled_rows().to_numpy(dtype=bool)),
            days=bars.index.get_indexer(days),
            zero=int(bars.index.get_indexer(pd.DatetimeIndex([abnormal.rows["session"].iloc[pair]]))[0]),
            scale=np.sqrt(known_variance(abnormal)[pair]),
            opening=abnormal.history.shape[1] - abnormal.ar.shape[1] - abnormal.span.first,
            change=change,
        )

    def measure(self, first: int, last: int) -> Measured:
        """Measure a stretch between opens and closes, beside the same stretch of every estimation day.

        Parameters
        ----------
        first, last : int
            Positions of the two prices.

        Returns
        -------
        Measured
            Its abnormal return is less the mean of the ordinary stretches.
        """
        begin, end = (int(self.prices.rows[at]) - self.zero for at in (first, last))
        opened = bool(self.prices.opens[first])
        plain = self._ordinary(begin, end, opened, bool(self.prices.opens[last]))
        usual = float(np.nanmean(plain)) if np.isfinite(plain).any() else 0.0
        moved = _move(self.prices.prices[[first]], self.prices.prices[[last]], change=self.change)
        # Known before the first row that the stretch reaches: that of an open, else the row after a close.
        since = begin + (not opened)
        here, there = (
            self.scale[np.clip(at + since, 0, self.scale.size - 1)] for at in (self.opening, np.arange(self.days.size))
        )
        ar = float(moved[0]) - usual
        with np.errstate(invalid="ignore", divide="ignore"):
            ordinary = (plain - usual) / there
        return Measured(
            first=first,
            last=last,
            ar=ar,
            z=ar / here if here > 0 else np.nan,
            ordinary=ordinary,
            plain=plain - usual,
            days=max(end - begin, 1),
            note="" if np.isfinite(ordinary).any() else "no ordinary day has the two prices",
        )

    def _ordinary(self, begin: int, end: int, opened: bool, open_last: bool) -> FloatArray:
        """Return the same stretch of every estimation day; NaN across a roll, which compares two contracts."""
        a, b = self.days + begin, self.days + end
        known = (self.days >= 0) & (a >= 0) & (b < self.closes.size)
        a, b = np.where(known, a, 0), np.where(known, b, 0)
        starts, stops = (self.opens if is_open else self.closes for is_open in (opened, open_last))
        moved = _move(starts[a], stops[b], change=self.change)
        return np.where(known & (self.rolled[b] == self.rolled[a]), moved, np.nan)


def _move(before: FloatArray, after: FloatArray, *, change: bool) -> FloatArray:
    """Return simple returns, or differences; NaN where a price is not positive."""
    if change:
        return after - before
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where((before > 0) & (after > 0), after / before - 1.0, np.nan)
