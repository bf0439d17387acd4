"""Benchmark returns for a market's rows: over the same days, or as known before each opening."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...instruments.catalogue import Instrument
from ..calendars.hours import Instants
from ..calendars.schedule import LONGEST_CLOSURE, known_range, labelled, schedule
from .sessions import last_at_or_before

FloatArray = npt.NDArray[np.float64]


def benchmark_sessions(
    market: Instrument,
    benchmark: Instrument,
    first: dt.date,
    last: dt.date,
    *,
    by: Literal["observation", "open", "date"] = "observation",
) -> pd.DataFrame:
    """Pair each session of a market with the latest one of a benchmark that was observed no later.

    Tokyo is paired with New York's previous close, London with Tokyo's of the same date, crude (settled at 14:30
    New York) with New York's close of the day before. Where the paired session is an earlier date, a regression on it
    is an overnight spillover, not a market model.

    Parameters
    ----------
    market, benchmark : Instrument
        Whose sessions are paired.
    first, last : date
        Sessions of the market, both included.
    by : {"observation", "open", "date"}
        By when the benchmark's price must be known: the observation of the market's own price, or the session's
        opening. With ``"date"`` the benchmark's session is that of the same date, known by then or not, and NaT where
        it has none.

    Returns
    -------
    DataFrame
        One row per session of the market: ``session``, ``observation`` (UTC), ``benchmark_session`` and
        ``benchmark_observation`` (the latest at or before that moment; NaT before the benchmark's calendar begins) and
        ``same_date``.

    Raises
    ------
    NotEnoughDataError
        If a calendar is not known for the dates.

    Examples
    --------
    >>> from eventstudy.instruments.catalogue import find_instrument
    >>> day = dt.date(2020, 1, 8)
    >>> pairs = benchmark_sessions(find_instrument("^N225"), find_instrument("^GSPC"), day, day)
    >>> pairs["benchmark_session"].dt.strftime("%Y-%m-%d").to_list(), pairs["same_date"].to_list()
    (['2020-01-07'], [False])
    """
    own = schedule(market, first, last)
    low, high = known_range(benchmark.calendar)
    other = schedule(benchmark, max(first - LONGEST_CLOSURE, low), min(last + dt.timedelta(days=1), high))
    if by == "date":
        at = np.searchsorted(other.sessions, own.sessions, side="right") - 1
        at = np.where(other.sessions[at] == own.sessions, at, -1)
    else:
        at = last_at_or_before(other.observations, own.opens if by == "open" else own.observations)
    session = np.append(other.sessions, np.datetime64("NaT", "D"))[at]
    return pd.DataFrame(
        {
            "session": own.sessions.astype("M8[s]"),
            "observation": labelled(own.observations),
            "benchmark_session": session.astype("M8[s]"),
            "benchmark_observation": labelled(_with_nat(other.observations)[at]),
            "same_date": session == own.sessions,
        }
    )


def over_same_span(returns: pd.Series, rows: pd.DatetimeIndex, *, kind: str = "log") -> tuple[pd.Series, pd.Series]:
    """Return a benchmark's return between a market's consecutive rows, and how many benchmark rows it spans.

    A return across days on which the market has no row spans several returns of the benchmark: logarithmic returns and
    changes add, simple returns compound. This is the trade-to-trade return of Maynes & Rumsey (1993).

    Parameters
    ----------
    returns : Series
        Of the benchmark, by its own ascending labels.
    rows : DatetimeIndex, shape (n,)
        The market's own ascending labels.
    kind : {"log", "simple", "change"}
        How the returns combine.

    Returns
    -------
    tuple of Series, shape (n,)
        Return, in the units of `returns`, and number of rows; both by `rows`. NaN where the benchmark has no row at one
        end of the span, or a return within it is missing. The first row is taken to span one day.

    Examples
    --------
    >>> days = pd.date_range("2020-01-06", periods=4)
    >>> benchmark = pd.Series([0.01, 0.02, 0.03, 0.04], index=days)
    >>> values, steps = over_same_span(benchmark, days[[0, 2, 3]])
    >>> values.tolist(), steps.tolist()
    ([0.01, 0.05, 0.04], [1.0, 2.0, 1.0])
    """
    place = pd.DatetimeIndex(returns.index).get_indexer(rows)
    before = np.append(place[:1] - 1, place[:-1])
    known = (place >= 0) & (before >= 0)
    known[:1] = place[:1] >= 0
    steps = np.where(known, place - before, np.nan)
    values = returns.to_numpy(dtype=float)
    found = np.where(known, values[np.maximum(place, 0)], np.nan) if values.size else np.full(len(rows), np.nan)
    for at in np.flatnonzero(steps > 1):
        found[at] = _joined(values[before[at] + 1 : place[at] + 1], kind)
    return pd.Series(found, index=rows, name=returns.name), pd.Series(steps, index=rows, name=returns.name)


def _joined(values: FloatArray, kind: str) -> float:
    """Return the return over several rows."""
    return float(np.prod(1.0 + values) - 1.0) if kind == "simple" else float(values.sum())


def known_overnight(
    returns: pd.Series, rows: pd.DatetimeIndex, market: Instrument, benchmark: Instrument, *, compound: bool = False
) -> pd.Series:
    """Return a benchmark's return between what was known at the openings of consecutive rows of a market.

    Several sessions of the benchmark during a holiday of the market are one return; no session is a return of zero.

    Parameters
    ----------
    returns : Series
        Of the benchmark, by its own ascending sessions.
    rows : DatetimeIndex, shape (n,)
        Sessions of the market that have a price, ascending.
    market, benchmark : Instrument
        Whose clocks decide what was known.
    compound : bool
        Whether the returns are simple ones, which compound; others add.

    Returns
    -------
    Series, shape (n,)
        By `rows`; NaN in the first one, and wherever a row is not a session of the market's calendar or the benchmark
        has no return of a session that is needed.

    Raises
    ------
    NotEnoughDataError
        If a calendar is not known for any of the dates.

    Examples
    --------
    >>> from eventstudy.instruments.catalogue import find_instrument
    >>> days = pd.DatetimeIndex(["2019-12-30", "2020-01-06"])
    >>> york = pd.Series(0.01, index=pd.DatetimeIndex(["2019-12-27", *pd.bdate_range("2019-12-30", "2020-01-03")]))
    >>> york = york.drop(pd.Timestamp("2020-01-01"))
    >>> known_overnight(york, days, find_instrument("^N225"), find_instrument("^GSPC")).round(6).to_list()
    [nan, 0.04]
    """
    low, high = known_range(market.calendar)
    pairs = benchmark_sessions(market, benchmark, max(rows[0].date(), low), min(rows[-1].date(), high), by="open")
    known = pd.DatetimeIndex(pairs["benchmark_session"].set_axis(pairs["session"]).reindex(rows))
    filled = known.to_series().ffill()
    last = np.where(filled.isna(), -1, returns.index.searchsorted(filled, side="right") - 1)
    lost = ~known.isin(returns.index)
    owner = np.searchsorted(last, np.arange(len(returns)), side="left")
    total = np.full(len(rows) + 1, float(compound))
    join = np.multiply if compound else np.add
    join.at(total, owner, returns.to_numpy(dtype=float) + float(compound))
    values = total[:-1] - float(compound)
    return pd.Series(np.where(lost | np.append(True, lost[:-1]), np.nan, values), index=rows, name=returns.name)


def observed_after(pairs: pd.DataFrame, instant: pd.Timestamp) -> pd.Series:
    """Return whether the benchmark price of each pair is observed after an instant.

    The event then affects its own benchmark.

    Parameters
    ----------
    pairs : DataFrame
        As `benchmark_sessions` returns it.
    instant : Timestamp
        UTC.

    Returns
    -------
    Series of bool
        Indexed as `pairs`; False where there is no benchmark session.

    Examples
    --------
    >>> from eventstudy.instruments.catalogue import find_instrument
    >>> first, last = dt.date(2020, 1, 8), dt.date(2020, 1, 9)
    >>> pairs = benchmark_sessions(find_instrument("^N225"), find_instrument("^GSPC"), first, last)
    >>> observed_after(pairs, pd.Timestamp("2020-01-07T22:30Z")).to_list()
    [False, True]
    """
    return pairs["benchmark_observation"] > instant


def _with_nat(instants: Instants) -> Instants:
    """Append NaT, so that position -1 selects it."""
    return np.append(instants, np.datetime64("NaT", "ns"))
