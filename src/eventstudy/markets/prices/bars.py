"""Price bars, daily or intraday, one frame per instrument: checked on construction, never repaired."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from ...errors import InputError, UnknownNameError, UsageError
from ...instruments.catalogue import Instrument, Instruments
from ...text import one_line, visible
from ..calendars.bar_sessions import BarHours, bar_hours
from .bar_checks import check_order, check_prices, length_of
from .from_pandas import PRICES as PRICES
from .from_pandas import price_frames
from .rolls import is_continuous_future, rolled_over
from .shown import Shown

RETURN_KINDS = ("log", "simple", "change")
ROLL_RULES = ("keep", "exclude")
ADJUSTMENTS = ("unknown", "raw", "split", "full")


@dataclass(frozen=True, kw_only=True, repr=False)
class Bars(Shown):
    """Price bars of one instrument: one row per session, or one row per intraday bar.

    Parameters
    ----------
    symbol : str
        Key in every table.
    frame : DataFrame
        Index, ascending and unique: session labels (tz-naive) of daily bars, or the instants (tz-aware, kept in UTC) at
        which intraday bars open. Columns: ``close``, and where known ``open``, ``high``, ``low``, ``volume`` and
        ``adj_close``; floats, in the instrument's own unit, NaN where a value other than the close is not known.
        Further columns, where present: ``end`` (when each bar ends, UTC), ``previous`` (the price against which the
        row's return is measured, where it is not the close of the row before) and ``rolled`` (whether the row's return
        spans or follows a roll, so that it compares two contracts).
    source : str
        Name of the file, or another origin of the bars.
    length : Timedelta, optional
        How long intraday bars last; by default the smallest step of the index.
    adjustment : {"unknown", "raw", "split", "full"}
        What the prices were adjusted for: nothing, splits, or splits and dividends.
    as_of : Timestamp, optional
        When the bars were recorded (UTC). Prices observed later than that are provisional.
    left_out : tuple of Timestamp
        Days whose rows were removed because the market had no session.
    instrument : Instrument, optional
        Whose calendar the bars follow; by default looked up by the symbol.

    Raises
    ------
    InputError
        If the index is not ascending and unique, or is neither days nor instants; if a close is missing, or a price is
        infinite or no number.
    UsageError
        If `adjustment` is not one of the four, or `as_of` has no time zone.
    """

    symbol: str
    frame: pd.DataFrame = field(repr=False)
    source: str = "memory"
    length: pd.Timedelta | None = None
    adjustment: str = "unknown"
    as_of: pd.Timestamp | None = None
    left_out: tuple[pd.Timestamp, ...] = ()
    instrument: Instrument | None = None

    def __post_init__(self) -> None:
        where = f"{self.source}: {self.symbol}"
        index = self.frame.index
        if not isinstance(index, pd.DatetimeIndex):
            raise InputError(f"{where}: the index must be session dates without a time zone, or instants with one")
        if not len(index):
            raise InputError(f"{where}: no rows; give at least one price")
        if "close" not in self.frame:
            raise InputError(f"{where}: no `close` column; found {', '.join(map(str, self.frame.columns))}")
        if self.adjustment not in ADJUSTMENTS:
            raise UnknownNameError("adjustment", self.adjustment, ADJUSTMENTS)
        if self.as_of is not None and self.as_of.tzinfo is None:
            raise UsageError(f"{where}: as_of {self.as_of} has no time zone; an instant needs one")
        check_order(index, where)
        object.__setattr__(self, "length", length_of(index, self.length, where))
        if index.tz is not None:
            object.__setattr__(self, "frame", self.frame.tz_convert("UTC"))
        check_prices(self.frame, [name for name in PRICES if name in self.frame], where)

    @property
    def intraday(self) -> bool:
        """Whether rows are bars within sessions."""
        return self.length is not None

    @property
    def index(self) -> pd.DatetimeIndex:
        """Session labels, or the instants at which bars open."""
        return pd.DatetimeIndex(self.frame.index)

    @property
    def labels(self) -> pd.DatetimeIndex:
        """The same without a time zone, as event time counts them: sessions, or UTC."""
        return self.index.tz_localize(None) if self.intraday else self.index

    @property
    def ends(self) -> pd.DatetimeIndex:
        """When each intraday bar ends."""
        if self.length is None:
            raise UsageError(f"{self.symbol}: daily bars end with their sessions; ask the market's calendar")
        return pd.DatetimeIndex(self.frame["end"]) if "end" in self.frame else self.index + self.length

    @property
    def clock(self) -> Instrument | None:
        """The instrument whose calendar the bars follow; None where the symbol has no clock."""
        return self.instrument or Instruments().get(self.symbol)

    def hours(self) -> BarHours:
        """Return the session and the period of trading of each intraday bar, by the market's calendar.

        Returns
        -------
        BarHours, shape (n,)
            One entry for each row.

        Raises
        ------
        UsageError
            If the bars are daily.
        """
        if not self.intraday:
            raise UsageError(f"{self.symbol}: daily bars are labelled by session already")
        return bar_hours(self.instrument or self.symbol, self.index)

    def returns(self, kind: str = "log", rolls: str = "keep") -> pd.Series:
        """Return the return of each row against the row before.

        Parameters
        ----------
        kind : {"log", "simple", "change"}
            ``ln(P_t / P_{t-1})`` or ``P_t / P_{t-1} - 1`` as fractions, or ``P_t - P_{t-1}`` in the price's own unit.
        rolls : {"keep", "exclude"}
            Whether returns that compare two contracts of a continuous future are kept, or set to NaN: the one across a
            known expiry, and after a flat row at the expiry the next one. See `eventstudy.markets.prices.rolls`.

        Returns
        -------
        Series, shape (n,)
            Indexed as the bars are; NaN in the first row and, except for changes, wherever one of the two prices is not
            positive.

        Raises
        ------
        UnknownNameError
            If `kind` or `rolls` is not one of those listed.
        """
        for name, value, known in (("return", kind, RETURN_KINDS), ("rolls rule", rolls, ROLL_RULES)):
            if value not in known:
                raise UnknownNameError(name, value, known)
        close, before = self.frame["close"].to_numpy(), self.previous_closes().to_numpy()
        if kind == "change":
            values = close - before
        else:
            growth = np.where(close > 0, close, np.nan) / np.where(before > 0, before, np.nan)
            values = np.log(growth) if kind == "log" else growth - 1.0
        if rolls == "exclude":
            values = np.where(self.rolled_rows(), np.nan, values)
        return pd.Series(values, index=self.frame.index, name=self.symbol)

    def previous_closes(self) -> pd.Series:
        """Return the price against which each row's return is measured.

        Returns
        -------
        Series, shape (n,)
            The close of the row before, or of the same contract where that is known; NaN in the first row.
        """
        return self.frame["previous"] if "previous" in self.frame else self.frame["close"].shift(1)

    def roll_days(self) -> pd.Series:
        """Return the expiry (or flat row at an expiry) that affects each row's return.

        Returns
        -------
        Series of datetime64, shape (n,)
            NaT where no roll affects the return.
        """
        if not is_continuous_future(self.symbol):
            return pd.Series(np.datetime64("NaT", "s"), index=self.frame.index)
        sessions = self.hours().session if self.intraday else self.index.to_numpy("M8[D]")
        flat = np.zeros(len(self.frame), dtype=bool) if self.intraday else self.flat_rows().to_numpy()
        days = rolled_over(self.symbol, sessions, flat)
        return pd.Series(days.astype("M8[s]"), index=self.frame.index)

    def rolled_rows(self) -> pd.Series:
        """Return which rows have a return that compares two contracts of a continuous future.

        Returns
        -------
        Series of bool, shape (n,)
            Indexed as the bars are.
        """
        return self.frame["rolled"] if "rolled" in self.frame else self.roll_days().notna()

    def flat_rows(self) -> pd.Series:
        """Return which rows have the same number as open, high, low and close.

        Returns
        -------
        Series of bool, shape (n,)
            All False where one of the four columns is missing.
        """
        if not set(PRICES) <= set(self.frame):
            return pd.Series(False, index=self.frame.index)
        prices = self.frame[list(PRICES)]
        # NaN compares false: a row that lacks one of the four is not flat.
        return prices.eq(prices["close"], axis=0).all(axis=1)

    def undefined_returns(self) -> pd.DatetimeIndex:
        """Return the labels of rows without a log or simple return: one of its two prices is not positive.

        Returns
        -------
        DatetimeIndex
            As `labels` has them: sessions, or UTC without a time zone.
        """
        bad = (self.frame["close"] <= 0) | (self.previous_closes() <= 0)
        return self.labels[bad.to_numpy()]

    def adjusted(self) -> Bars:
        """Return the bars with every price multiplied by ``adj_close / close``.

        Returns
        -------
        Bars
            Without the column ``adj_close``; `adjustment` is ``"full"``.

        Raises
        ------
        UsageError
            If there is no column ``adj_close``.
        """
        if "adj_close" not in self.frame:
            raise UsageError(f"{self.symbol}: no `adj_close` column in {self.source}; nothing to adjust by")
        factor = self.frame["adj_close"] / self.frame["close"]
        scaled = {name: self.frame[name] * factor for name in PRICES if name in self.frame}
        frame = self.frame.drop(columns="adj_close").assign(**scaled)
        return replace(self, frame=frame, adjustment="full")


@dataclass(frozen=True, kw_only=True)
class BarSet(Mapping[str, Bars]):
    """Bars of several instruments, by symbol.

    Parameters
    ----------
    bars : mapping of str to Bars
        By symbol.
    files : mapping of str to str
        SHA-256 of the files that the bars came from, by name.
    notes : tuple of str
        What was left out or read in a special way, and which prices were adjusted.
    faults : mapping of str to str
        Symbols in the files that could not be read, with the reason; asking for one raises it.

    Examples
    --------
    >>> days = pd.to_datetime(["2020-01-07", "2020-01-08"])
    >>> bars = BarSet.from_frames({"CL=F": pd.DataFrame({"close": [62.70, 59.61]}, index=days)})
    >>> float(bars["CL=F"].returns().iloc[-1].round(5))
    -0.05054
    """

    bars: Mapping[str, Bars]
    files: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_frames(cls, frames: Any, symbol: str | None = None) -> BarSet:
        """Check prices that are already in memory.

        Parameters
        ----------
        frames : mapping of str to DataFrame or Series, DataFrame or Series
            One frame for each symbol (index: session dates or instants; columns: see `Bars`), or what
            `eventstudy.markets.prices.from_pandas.price_frames` takes: the frames of ``yfinance.download`` and
            ``Ticker.history``, a wide frame of closes, a long frame, a Series of closes.
        symbol : str, optional
            The symbol, where the frame holds one instrument and does not name it.

        Returns
        -------
        BarSet
            One `Bars` for each symbol.

        Raises
        ------
        InputError, UsageError
            If the frames do not hold prices, or `Bars` refuses them.
        """
        found = price_frames(frames, symbol)
        return cls(bars={name: Bars(symbol=name, frame=frame) for name, frame in found.items()})

    def __getitem__(self, symbol: str) -> Bars:
        try:
            return self.bars[symbol]
        except KeyError:
            if symbol in self.faults:
                raise InputError(self.faults[symbol]) from None
            raise UnknownNameError("symbol", symbol, self.bars, "prices") from None

    def __contains__(self, symbol: object) -> bool:
        return symbol in self.bars

    def __iter__(self) -> Iterator[str]:
        return iter(self.bars)

    def __len__(self) -> int:
        return len(self.bars)

    def overview(self) -> pd.DataFrame:
        """Return one row per instrument: first and last label, number of rows, source.

        Returns
        -------
        DataFrame
            Columns ``market``, ``first``, ``last``, ``rows``, ``source``.
        """
        return pd.DataFrame(
            [
                {
                    "market": one.symbol,
                    "first": one.labels[0],
                    "last": one.labels[-1],
                    "rows": len(one.frame),
                    "source": one.source,
                }
                for one in self.bars.values()
            ]
        )

    def __repr__(self) -> str:
        return f"BarSet({len(self)} instruments: {one_line(', '.join(self), 200)})"

    def _repr_html_(self) -> str:
        return visible(self.overview().to_html(index=False, max_rows=30))
