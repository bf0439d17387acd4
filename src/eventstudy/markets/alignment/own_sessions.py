"""Keep only rows on sessions of their market: a price on any other day is not an observation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from ...errors import InputError, NotEnoughDataError, UsageError
from ...instruments.catalogue import Instrument, Instruments
from ...table import Table
from ..calendars.schedule import known_range, known_sessions
from ..prices.bars import Bars
from ..prices.quality import COLUMNS, calendar_findings, labelled_findings


def sessions_within(instrument: Instrument, index: pd.DatetimeIndex) -> pd.DatetimeIndex | None:
    """Return the sessions from the first to the last label of an index; None where the calendar is not known.

    Parameters
    ----------
    instrument : Instrument
    index : DatetimeIndex, shape (n,)
        Ascending session labels.

    Returns
    -------
    DatetimeIndex, shape (m,), or None
    """
    if not len(index):
        return None
    first, last = index[0].date(), index[-1].date()
    known = known_sessions(instrument.calendar, first, last)
    if known is not None and not len(known):
        raise NotEnoughDataError(
            f"{instrument.symbol}: no session of {instrument.calendar} from {first} to {last}; narrow the dates"
        )
    return known


def no_session(instrument: Instrument, index: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Return the labels that are not sessions, within the known years of the calendar.

    Parameters
    ----------
    instrument : Instrument
    index : DatetimeIndex, shape (n,)
        Ascending session labels.

    Returns
    -------
    DatetimeIndex, shape (m,)
    """
    sessions = sessions_within(instrument, index)
    if sessions is None:
        return index[:0]
    low, high = (pd.Timestamp(day) for day in known_range(instrument.calendar))
    return index[(index >= low) & (index <= high) & ~index.isin(sessions)]


def only_sessions(bars: Bars, instruments: Instruments) -> Bars:
    """Return daily bars without the rows on days that are not sessions; `Bars.left_out` lists them.

    The return of the next row is that since the last session. Bars with no row on any session are returned unchanged,
    and so are those of a symbol without a clock.

    Parameters
    ----------
    bars : Bars
        Daily; intraday bars are returned unchanged.
    instruments : Instruments
        Where the symbol is looked up.

    Returns
    -------
    Bars
    """
    instrument = None if bars.intraday else instruments.get(bars.symbol)
    extra = bars.index[:0] if instrument is None else no_session(instrument, bars.index)
    if not 0 < len(extra) < len(bars.index):
        return bars
    keep = ~bars.index.isin(extra)
    frame = bars.frame[keep]
    if "previous" in frame:
        frame = frame.assign(previous=_previous(bars, keep))
    if "rolled" in frame:
        frame = frame.assign(rolled=_touched(bars.frame["rolled"].to_numpy(dtype=bool), keep))
    return replace(bars, frame=frame, left_out=tuple(extra))


def _previous(bars: Bars, keep: np.ndarray) -> np.ndarray:
    """Return the price against which each kept row's return is measured, in the contract of that row.

    Growth over a row left out is part of the growth of the next: the ratios ``close / previous`` of both multiply.
    """
    close, previous = bars.frame["close"].to_numpy(dtype=float), bars.frame["previous"].to_numpy(dtype=float)
    result = previous.copy()
    for at in range(1, len(close)):
        if not keep[at - 1]:
            same = result[at] == close[at - 1]
            result[at] = result[at - 1] if same else result[at] * result[at - 1] / close[at - 1]
    return np.asarray(result[keep])


def _touched(marked: np.ndarray, keep: np.ndarray) -> np.ndarray:
    """Return the roll marks of the kept rows, including those of the rows left out before each."""
    group = np.cumsum(np.append(True, keep[:-1]))
    return np.asarray(pd.Series(marked).groupby(group).cummax().to_numpy()[keep])


# What an object column of returns may hold, as pandas infers it.
NUMBERS = ("floating", "integer", "mixed-integer-float", "empty")


@dataclass(frozen=True, kw_only=True)
class GivenReturns:
    """Returns given by the user instead of prices, by symbol.

    Parameters
    ----------
    series : mapping of str to Series
        By ascending session; NaN where there is none.
    infinite : mapping of str to DatetimeIndex
        Days whose return was not finite.
    oddities : DataFrame
        ``market, session, kind, detail``: sessions without a row, and rows on days without a session.
    """

    series: Mapping[str, pd.Series]
    infinite: Mapping[str, pd.DatetimeIndex] = field(default_factory=dict)
    oddities: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=COLUMNS))


def returns_by_symbol(
    returns: pd.DataFrame, instruments: Instruments | None = None, *, kind: str = "log", per: float = 1.0
) -> GivenReturns:
    """Split a frame of returns into one series per symbol.

    Without instruments there is no clock: event time counts the rows of the frame, and a NaN is a missing day. With
    instruments each symbol counts the sessions of its own market that have a return; a return on another day is added
    to the next session's.

    Parameters
    ----------
    returns : DataFrame, sessions x symbols
        Fractions; index of ascending tz-naive sessions.
    instruments : Instruments, optional
        Where symbols are looked up.
    kind : {"log", "simple", "change"}
        How returns combine.
    per : float
        What the returns are divided by to be fractions: 100 for per cent.

    Returns
    -------
    GivenReturns
        One series for each column.

    Raises
    ------
    UsageError
        If the index is not ascending tz-naive sessions, or a column occurs twice.
    InputError
        If a column is not numeric.
    """
    index = _sessions_of(returns)
    if not returns.columns.is_unique:
        raise UsageError("returns: duplicate column; keep one of the two")
    _refuse_other_than_numbers(returns)
    if not any(_declared_clock(str(symbol), instruments) for symbol in returns):
        return _one_table(returns, index, per)
    series, infinite, found = {}, {}, []
    for symbol in returns:
        values = pd.Series(returns[symbol].to_numpy(dtype=np.float64, na_value=np.nan), index=index) / per
        infinite[str(symbol)] = index[np.isinf(values)]
        found.append(_not_finite(str(symbol), infinite[str(symbol)]))
        values = pd.Series(values.where(np.isfinite(values)).to_numpy(), index=index, name=str(symbol))
        instrument = _declared_clock(str(symbol), instruments)
        if instrument is not None:
            own = values.dropna()
            found.append(_oddities(own, instrument))
            values = _own_rows(own, instrument, kind)
        series[str(symbol)] = values
    listed = [one for one in found if len(one)]
    oddities = pd.concat(listed, ignore_index=True) if listed else pd.DataFrame(columns=COLUMNS)
    return GivenReturns(series=series, infinite=infinite, oddities=oddities)


def _sessions_of(returns: pd.DataFrame) -> pd.DatetimeIndex:
    """Return the index of a frame of returns; raise where it is not that of ascending sessions."""
    index = returns.index
    if not isinstance(index, pd.DatetimeIndex):
        wrong = 'it holds no dates; frame.set_index("date"), or a column of dates, cures that'
    elif index.tz is not None:
        wrong = f"it is in {index.tz}; frame.tz_localize(None) keeps the days"
    elif not index.is_unique:
        wrong = f"{index[index.duplicated()][0]:%Y-%m-%d} occurs twice; keep one of the two"
    elif not index.is_monotonic_increasing:
        wrong = "frame.sort_index() puts it in order"
    else:
        return index
    raise UsageError(f"returns: the index must be ascending session dates without a time zone, each once: {wrong}")


def _one_table(returns: pd.DataFrame, index: pd.DatetimeIndex, per: float) -> GivenReturns:
    """Return the columns of a frame whose rows count as the sessions of all, as one matrix."""
    values = returns.to_numpy(dtype=np.float64, na_value=np.nan).T
    values = np.ascontiguousarray(values) if per == 1.0 else values / per
    names, bad = tuple(map(str, returns.columns)), np.flatnonzero(np.isinf(values).any(axis=1))
    infinite = {names[row]: index[np.isinf(values[row])] for row in bad}
    if len(bad):
        values = np.where(np.isinf(values), np.nan, values)
    found = [_not_finite(symbol, days) for symbol, days in infinite.items()]
    oddities = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)
    return GivenReturns(series=Table(index=index, names=names, matrix=values), infinite=infinite, oddities=oddities)


def _not_finite(symbol: str, days: pd.DatetimeIndex) -> pd.DataFrame:
    """List the infinite returns of a column, which count as missing."""
    said = "the return is not finite and counts as missing"
    return labelled_findings(symbol, [(day, "not_finite", said) for day in days])


def _refuse_other_than_numbers(returns: pd.DataFrame) -> None:
    """Refuse text, decimals and truth values, which pandas would turn into numbers in silence."""
    for at, dtype in enumerate(returns.dtypes):
        if dtype.kind in "iuf":
            continue
        symbol = returns.columns[at]
        held = pd.api.types.infer_dtype(returns[symbol], skipna=True) if dtype.kind == "O" else str(dtype)
        if held not in NUMBERS:
            raise InputError(f"returns: column {symbol} is not numeric ({held}); convert it with astype(float)")


def _declared_clock(symbol: str, instruments: Instruments | None) -> Instrument | None:
    """Return the instrument of a column: one declared by the study, or any if the study names a calendar."""
    if instruments is None:
        return None
    return instruments.own.get(symbol) if instruments.calendar is None else instruments.get(symbol)


def _own_rows(returns: pd.Series, instrument: Instrument, kind: str) -> pd.Series:
    """Return the returns of the sessions; a return of another day is joined to the next session's."""
    index = pd.DatetimeIndex(returns.index)
    keep = ~index.isin(no_session(instrument, index))
    if keep.all() or not keep.any():
        return returns
    # Each group ends with a session: a return between two sessions belongs to the next one.
    group = np.cumsum(np.append(True, keep[:-1]))
    grown = 1.0 + returns if kind == "simple" else returns
    joined = grown.groupby(group)
    values = joined.transform("prod") - 1.0 if kind == "simple" else joined.transform("sum")
    return values[keep]


def _oddities(returns: pd.Series, instrument: Instrument) -> pd.DataFrame:
    """List the sessions without a return and the returns on days without a session."""
    index = pd.DatetimeIndex(returns.index)
    sessions = sessions_within(instrument, index)
    findings = [] if sessions is None else list(calendar_findings(index, sessions, ()))
    return labelled_findings(str(returns.name), findings)
