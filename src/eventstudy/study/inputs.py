"""What a study computes with: returns by symbol, from prices or as they were given, and why some do not exist."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from ..arrow import as_pandas
from ..errors import InputError, UnknownNameError, UsageError
from ..inference.overlaps import Overlap
from ..instruments.catalogue import Instruments
from ..markets.alignment.events import prepared
from ..markets.alignment.own_sessions import GivenReturns, returns_by_symbol
from ..markets.prices.bars import RETURN_KINDS, ROLL_RULES, Bars, BarSet
from ..markets.prices.from_pandas import only_symbol
from ..markets.prices.measures import MEASURES, Measure
from ..markets.sources.files import read_bars
from ..panel import Outcome, shown
from ..table import Table
from .stamps import Stamps

BarsLike = BarSet | Bars | Mapping[str, Any] | Sequence[Bars] | pd.DataFrame | pd.Series | str | os.PathLike[str]
UNITS = ("fraction", "percent")
WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "returns": tuple(RETURN_KINDS),
        "measure": MEASURES,
        "rolls": tuple(ROLL_RULES),
        "overlap": tuple(Overlap),
        "exclude": ("listed",),
        "returns_kind": ("log", "simple"),
        "returns_unit": UNITS,
    }
)
SPOKEN = MappingProxyType({"returns": "return", "rolls": "rolls rule", "overlap": "overlap rule"})
# Daily returns in per cent have a median size of .18 to 1.6, as fractions below .05.
NO_FRACTION = 0.1
LONG = {"symbol", "return"}
# Returns that are looked at together: they stay in the processor's cache.
CELLS = 100_000
Reason = tuple[Outcome, str]


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """Returns by symbol and where they come from.

    Parameters
    ----------
    series : mapping of str to Series
        By session, or by when bars open (UTC, tz-naive).
    prices : BarSet or None
        None where returns were given.
    given : GivenReturns or None
        None where prices were.
    rolls : str
        Whether returns that touch a roll were dropped.
    measure : Measure or None
        What the series are, where they are no returns.
    stamps : Stamps
        What else happened, and how it splits the time after the event.
    """

    series: Mapping[str, pd.Series]
    prices: BarSet | None = None
    given: GivenReturns | None = None
    rolls: str = "keep"
    measure: Measure | None = None
    stamps: Stamps = field(default_factory=Stamps)

    @classmethod
    def of_prices(
        cls, prices: BarSet, kind: str, rolls: str, stamps: Stamps | None = None, measure: Measure | None = None
    ) -> Inputs:
        """Compute the returns of prices, or another measure.

        Parameters
        ----------
        prices : BarSet
        kind : {"log", "simple", "change"}
        rolls : {"exclude", "keep"}
        stamps : Stamps, optional
        measure : Measure, optional

        Returns
        -------
        Inputs
        """
        every = prices.items()
        series = {name: measure.values(one) if measure else one.returns(kind, rolls) for name, one in every}
        series = {name: one.set_axis(prices[name].labels) for name, one in series.items()}
        return cls(series=series, prices=prices, rolls=rolls, measure=measure, stamps=stamps or Stamps())

    @classmethod
    def of_returns(cls, returns: pd.DataFrame, *, kind: str, unit: str | None, instruments: Instruments) -> Inputs:
        """Take returns as they were given.

        Parameters
        ----------
        returns : DataFrame
            Sessions x symbols.
        kind : {"log", "simple", "change"}
        unit : {"fraction", "percent"} or None
            Fractions where it is None, if they look like fractions.
        instruments : Instruments or None
            Clocks of the columns; None to count the rows of the frame.

        Returns
        -------
        Inputs

        Raises
        ------
        InputError
            If a column looks like per cent or like prices and the unit was not declared.
        """
        check_known("returns_unit", unit, UNITS)
        table = _by_session(_table(as_pandas(returns)))
        given = returns_by_symbol(table, instruments, kind=kind, per=100.0 if unit == "percent" else 1.0)
        if unit is None and kind != "change":
            _refuse_per_cent(given.series)
        return cls(series=given.series, given=given)

    def reasons(self, market: str) -> Mapping[pd.Timestamp, Reason]:
        """Return why returns of a market do not exist, by label.

        Parameters
        ----------
        market : str

        Returns
        -------
        mapping of Timestamp to tuple of Outcome and str
        """
        if self.given is not None:
            days = self.given.infinite.get(market, ())
            return {day: (Outcome.INCOMPLETE_WINDOW, f"the return of {day:%Y-%m-%d} is not finite") for day in days}
        if self.prices is None or market not in self.prices:
            return {}
        bars = self.prices[market]
        if self.measure is None:
            bad = "the price of {} or of the row before is not positive: no return exists"
            found = {day: (Outcome.NON_POSITIVE_PRICE, bad.format(shown(day))) for day in bars.undefined_returns()}
        else:
            found = {day: (Outcome.INCOMPLETE_WINDOW, why) for day, why in self.measure.reasons(bars).items()}
        if self.rolls == "exclude":
            for day in bars.labels[bars.rolled_rows().to_numpy(dtype=bool)]:
                found[day] = (
                    Outcome.INCOMPLETE_WINDOW,
                    f'the return of {shown(day)} touches a roll (rolls = "exclude")',
                )
        return found


def _table(given: Any) -> pd.DataFrame:
    """Return returns as a frame; a Series, or several by symbol, are plain enough."""
    if isinstance(given, pd.Series) and given.name is not None:
        return given.to_frame()
    if isinstance(given, Mapping) and given and all(isinstance(one, pd.Series) for one in given.values()):
        return pd.DataFrame(given)
    if not isinstance(given, pd.DataFrame):
        raise UsageError(
            f"returns of type {type(given).__name__}; give a frame with sessions as index and a column for each "
            "symbol, or a Series named by its symbol (a file of returns is the key `returns_file` of study.toml)"
        )
    return given


def _by_session(table: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with its column of dates as index, and with a column a symbol where it has a line for each."""
    if not isinstance(table.index, pd.DatetimeIndex):
        dates = [name for name in table if pd.api.types.is_datetime64_any_dtype(table[name])]
        if not dates:
            return table
        table = table.set_index(dates[0])
    if len(table.columns) != len(LONG) or set(table.columns) != LONG:
        return table
    long = table.set_index("symbol", append=True)
    if long.index.has_duplicates:
        day, symbol = long.index[long.index.duplicated()][0]
        raise UsageError(f"returns: {symbol} has two returns of {shown(day)}; keep one of the two")
    # pivot_table would take means of duplicates.
    return long["return"].unstack().rename_axis(columns=None)  # noqa: PD010


def prices_given(study: Any, bars: Any, markets: Sequence[str] | None) -> BarSet | None:
    """Return given prices as a study needs them.

    Parameters
    ----------
    study : EventStudy
    bars : BarsLike or None
    markets : sequence of str or None
        Symbols that are studied; None for all that have prices.

    Returns
    -------
    BarSet or None

    Raises
    ------
    UsageError
        If a study in bars is given no prices.
    """
    if bars is None and study.bars is not None:
        raise UsageError("a study in bars needs prices: run(events, bars)")
    if bars is None:
        return None
    known = _bar_set(bars, only_symbol(study.markets))
    read = None if markets is None else {*symbols_read(study), *markets}
    return prepared(known, study.bars, markets or (), study._known(bars), read=read)


def _bar_set(given: Any, symbol: str | None) -> BarSet:
    """Return prices of any form as one set; a file or folder is read."""
    if isinstance(given, str | os.PathLike):
        return read_bars(given)
    found = given if isinstance(given, BarSet) else _of_bars(given) or BarSet.from_frames(given, symbol)
    if not len(found):
        raise InputError("prices: no column of prices in them; give a frame with dates as index and closes by symbol")
    return found


def _of_bars(given: Any) -> BarSet | None:
    """Return one or several `Bars` as a set; None for anything else."""
    several = [given] if isinstance(given, Bars) else list(given.values()) if isinstance(given, Mapping) else given
    if isinstance(several, list | tuple) and several and all(isinstance(one, Bars) for one in several):
        return BarSet(bars={one.symbol: one for one in several})
    return None


def symbols_read(study: Any) -> tuple[str, ...]:
    """Return the symbols that a study declares: its markets, and what its model reads.

    Parameters
    ----------
    study : EventStudy

    Returns
    -------
    tuple of str
        Without duplicates; no market where the study takes all that there are.
    """
    read = (name for names in study._model.reads.values() for name in names)
    benchmark = () if study.benchmark is None else (study.benchmark,)
    return tuple(dict.fromkeys((*(study.markets or ()), *benchmark, *study.factors, *read)))


def check_words(study: Any) -> None:
    """Raise `UnknownNameError` for the first option of a study that is none of its known words.

    Parameters
    ----------
    study : EventStudy
    """
    for option, known in WORDS.items():
        check_known(SPOKEN.get(option, option), getattr(study, option), known)


def check_measure(study: Any) -> None:
    """Raise `UsageError` if the options of a study do not go with what it measures.

    Parameters
    ----------
    study : EventStudy
    """
    if study.shares is not None and study.measure != "volume":
        raise UsageError('shares: shares outstanding go with measure = "volume"; leave them out')
    if study.measure is None:
        return
    if study.bars is not None:
        raise UsageError(f"measure = {study.measure!r} takes daily prices; leave out bars = {study.bars!r}")
    if study.returns != "log":
        raise UsageError(
            f"measure = {study.measure!r} stands in place of returns; leave out returns = {study.returns!r}"
        )
    if study._model.known_before_open:
        raise UsageError(f"measure = {study.measure!r}: model {study._model.name!r} is for returns; choose 'market'")
    study._measure  # noqa: B018  # reads the days of the shares


def refuse_measure(study: Any) -> None:
    """Raise `UsageError` if a study of a measure is given returns.

    Parameters
    ----------
    study : EventStudy
    """
    if study.measure is not None:
        raise UsageError(f"measure = {study.measure!r} needs prices with its columns: run(events, bars)")


def check_known(name: str, value: str | None, known: tuple[str, ...]) -> None:
    """Raise `UnknownNameError` unless a declaration is one of the known values, or is left out.

    Parameters
    ----------
    name : str
    value : str or None
    known : tuple of str
    """
    if value is not None and value not in known:
        raise UnknownNameError(name, str(value), known)


def _refuse_per_cent(series: Mapping[str, pd.Series]) -> None:
    """Raise `InputError` for the first column whose returns are too large to be fractions."""
    if isinstance(series, Table):
        series = {series.names[row]: series[series.names[row]] for row in _large(series.matrix)}
    for symbol, values in series.items():
        size = np.abs(values.to_numpy(dtype=float))
        size = size[np.isfinite(size) & (size > 0)]
        if size.size and np.median(size) > NO_FRACTION:
            raise InputError(
                f"returns: column {symbol} has a median size of {np.median(size):.3g}, like per cent or prices; "
                'declare returns_unit = "percent" or "fraction" and returns_kind = "log" or "simple", or give '
                "prices as run(events, bars)"
            )


def _large(matrix: np.ndarray) -> list[int]:
    """Return the rows with as many sizes above the limit of fractions as below: the others have a smaller median."""
    step, rows = max(CELLS // max(matrix.shape[1], 1), 1), []
    for start in range(0, len(matrix), step):
        size = np.abs(matrix[start : start + step])
        some = np.flatnonzero(np.fmax.reduce(size, axis=1, initial=0.0) > NO_FRACTION)
        size = size[some]
        rows += (start + some[2 * (size > NO_FRACTION).sum(axis=1) >= (size > 0).sum(axis=1)]).tolist()
    return rows
