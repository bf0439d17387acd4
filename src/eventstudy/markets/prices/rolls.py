"""Rolls of continuous futures: when front contracts expire, and which rows of a spliced series a roll affects.

The last trading day, by the exchanges' rules; the row after it belongs to another contract:

- WTI (NYMEX CL): three business days before the 25th of the month, or before the business day that precedes it
  (cmegroup.com, contract specifications of Light Sweet Crude Oil; rulebook chapter 200).
- Brent Last Day Financial (NYMEX BZ) and, since the contracts of 2016, ICE Brent: the last London business day of the
  month, the one before it in December (cmegroup.com, contract specifications of BZ; theice.com, Brent Crude Futures).
- Heating oil and gasoline (HO, RB): the last business day of the month; natural gas (NG): the third last
  (cmegroup.com, contract specifications of each).
- Gold, silver and copper (GC, SI, HG): the third last business day of the month
  (cmegroup.com, contract specifications of each).

The rules of stock index futures are public too, but data vendors splice these series days before the expiry, on
different days: their rolls are not known here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from ...instruments.catalogue import Instruments, find_instrument
from ...instruments.rules import contract_root
from ..calendars.hours import Days, Mask
from ..calendars.schedule import known_range, schedule

Pick = Callable[[Days], Any]
NO_DAY = np.datetime64("NaT", "D")
# The last expiry before the first row is at most this many days earlier: front contracts are monthly.
MONTH = np.timedelta64(40, "D")


def _nth_last(n: int) -> Pick:
    """Return the rule "n-th last business day of the month"."""
    return lambda days: days[-n]


def _before_the_25th(days: Days) -> Any:
    """Return the third business day before the 25th, or before the last business day that precedes it."""
    return days[days <= days[0].astype("M8[M]").astype("M8[D]") + 24][-4]


def _brent(days: Days) -> Any:
    """Return the last London business day of the month; in December the one before."""
    return days[-2] if days[0].astype("M8[M]").astype(int) % 12 == 11 else days[-1]


@dataclass(frozen=True, kw_only=True)
class ExpiryRule:
    """Rule for the last trading day, selected from the business days of each month.

    Parameters
    ----------
    pick : callable
        Takes the business days of one month, returns the last trading day.
    business_days : str
        Symbol whose sessions are the business days; empty for those of the future itself.
    since : date
        First day for which the rule is known to hold.
    """

    pick: Pick
    business_days: str = ""
    since: dt.date = dt.date(2006, 7, 1)


RULES: Mapping[str, ExpiryRule] = MappingProxyType(
    {
        "CL=F": ExpiryRule(pick=_before_the_25th),
        "BZ=F": ExpiryRule(pick=_brent, business_days="^FTSE", since=dt.date(2016, 1, 1)),
        "LCOc1": ExpiryRule(pick=_brent, business_days="^FTSE", since=dt.date(2016, 1, 1)),
        "HO=F": ExpiryRule(pick=_nth_last(1)),
        "RB=F": ExpiryRule(pick=_nth_last(1)),
        "NG=F": ExpiryRule(pick=_nth_last(3)),
        "GC=F": ExpiryRule(pick=_nth_last(3)),
        "SI=F": ExpiryRule(pick=_nth_last(3)),
        "HG=F": ExpiryRule(pick=_nth_last(3)),
    }
)


def is_continuous_future(symbol: str) -> bool:
    """Return whether a symbol is a continuous future: a series of successive contracts.

    Parameters
    ----------
    symbol : str
        As Yahoo writes it.

    Returns
    -------
    bool
    """
    found = Instruments().get(symbol)
    return found is not None and found.kind == "future" and contract_root(symbol) is None


def expiries(symbol: str, first: np.datetime64, last: np.datetime64) -> Days:
    """Return the last trading days of a future's front contracts, by the exchange's rule.

    Parameters
    ----------
    symbol : str
        Of the continuous series.
    first, last : datetime64[D]
        Range, both included.

    Returns
    -------
    ndarray of datetime64[D]
        Empty where no rule is known.

    Examples
    --------
    >>> expiries("CL=F", np.datetime64("2019-12-01"), np.datetime64("2020-01-31")).astype(str).tolist()
    ['2019-12-19', '2020-01-21']
    """
    rule = RULES.get(symbol)
    if rule is None:
        return np.empty(0, dtype="M8[D]")
    instrument = find_instrument(rule.business_days or symbol)
    known = known_range(instrument.calendar)
    low = max(first.astype("M8[M]").astype("M8[D]"), np.datetime64(max(rule.since, known[0])))
    high = min((last.astype("M8[M]") + 1).astype("M8[D]") - 1, np.datetime64(known[1]))
    if high < low:
        return np.empty(0, dtype="M8[D]")
    days = schedule(instrument, low.item(), high.item()).sessions
    months = days.astype("M8[M]")
    found = np.array([rule.pick(days[months == month]) for month in np.unique(months)], dtype="M8[D]")
    return found[(found >= first) & (found <= last)]


def rolled_over(symbol: str, sessions: Days, flat: Mask) -> Days:
    """Return, for each row, the expiry (or flat row) that affects its return; NaT where there is none.

    A roll affects a return if a last trading day lies between its two rows, or if the row before is the flat one that
    repeats the expired contract's price. Where no rule is known, every flat row is taken for such a row, and its own
    return counts as affected too.

    Parameters
    ----------
    symbol : str
    sessions : ndarray of datetime64[D], shape (n,)
        Session of each row, in order; NaT outside trading hours.
    flat : ndarray of bool, shape (n,)
        Rows in which open, high, low and close are one number.

    Returns
    -------
    ndarray of datetime64[D], shape (n,)
        All NaT for a symbol that is not a continuous future.

    Examples
    --------
    >>> days = np.array(["2019-07-31", "2019-08-01", "2019-08-02", "2019-08-05"], "M8[D]")
    >>> rolled_over("BZ=F", days, np.array([False, True, False, False])).astype(str).tolist()
    ['NaT', '2019-07-31', '2019-07-31', 'NaT']
    """
    known = pd.Series(sessions).ffill().bfill().to_numpy("M8[D]")
    if not is_continuous_future(symbol) or np.isnat(known).any():
        return np.full(sessions.size, NO_DAY)
    touched = np.where(flat, known, NO_DAY)
    if symbol in RULES:
        days = expiries(symbol, known[0] - MONTH, known[-1])
        passed = np.searchsorted(days, known, side="left")
        across = np.append(False, passed[1:] > passed[:-1])
        touched = np.where(across, np.append(NO_DAY, days)[passed], NO_DAY)
    before = np.append(NO_DAY, np.where(flat, touched, NO_DAY)[:-1])
    return np.where(np.isnat(touched), before, touched)
