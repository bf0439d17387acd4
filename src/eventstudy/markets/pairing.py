"""Which session of a benchmark was known when a market's price was: two clocks side by side."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from ..instruments import Instrument
from .alignment import last_at_or_before
from .calendars import LONGEST_CLOSURE, known_range, labelled, schedule
from .hours import Instants


def pair_sessions(market: Instrument, benchmark: Instrument, first: dt.date, last: dt.date) -> pd.DataFrame:
    """Pair each session of a market with the latest one of a benchmark that was observed no later.

    Tokyo is paired with New York's previous close, London with Tokyo's of the same date, crude (settled at 14:30
    New York) with New York's close of the day before. Where the paired session is an earlier date, a regression on it
    is an overnight spillover, not a market model.

    Parameters
    ----------
    market, benchmark : Instrument
    first, last : date
        Sessions of the market, both included.

    Returns
    -------
    DataFrame
        One row a session of the market: ``session``, ``observation`` (UTC), ``benchmark_session`` and
        ``benchmark_observation`` (the latest at or before ``observation``; NaT before the benchmark's calendar
        begins) and ``same_date``.

    Raises
    ------
    NotEnoughDataError
        If a calendar is not known for the dates.

    Examples
    --------
    >>> from eventstudy.instruments import find_instrument
    >>> day = dt.date(2020, 1, 8)
    >>> pairs = pair_sessions(find_instrument("^N225"), find_instrument("^GSPC"), day, day)
    >>> pairs["benchmark_session"].dt.strftime("%Y-%m-%d").to_list(), pairs["same_date"].to_list()
    (['2020-01-07'], [False])
    """
    own = schedule(market, first, last)
    low, high = known_range(benchmark.calendar)
    other = schedule(benchmark, max(first - LONGEST_CLOSURE, low), min(last + dt.timedelta(days=1), high))
    at = last_at_or_before(other.observations, own.observations)
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


def observed_after(pairs: pd.DataFrame, instant: pd.Timestamp) -> pd.Series:
    """Whether each pair's benchmark price is dated after an instant, so that the event is in its own benchmark.

    Examples
    --------
    >>> from eventstudy.instruments import find_instrument
    >>> first, last = dt.date(2020, 1, 8), dt.date(2020, 1, 9)
    >>> pairs = pair_sessions(find_instrument("^N225"), find_instrument("^GSPC"), first, last)
    >>> observed_after(pairs, pd.Timestamp("2020-01-07T22:30Z")).to_list()
    [False, True]
    """
    return pairs["benchmark_observation"] > instant


def _with_nat(instants: Instants) -> Instants:
    """Append NaT, which position -1 then finds."""
    return np.append(instants, np.datetime64("NaT", "ns"))
