"""Adjust prices for dividends and for splits that the user declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ...errors import EventStudyError, UnknownNameError, UsageError
from ...instruments.catalogue import Instrument, find_instrument
from .bars import PRICES, Bars, BarSet

CHOICES = ("auto", True, False)
# Kinds of instrument that pay dividends, so that closes as traded drop on each ex-day.
PAYING = ("share", "fund")


def is_share(symbol: str, instruments: Mapping[str, Instrument] | None = None) -> bool:
    """Return whether a symbol is a share or fund; True where nothing is known of it.

    Parameters
    ----------
    symbol : str
        As Yahoo writes it.
    instruments : mapping of str to Instrument, optional
        The user's declarations.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_share("CL=F"), is_share("^GSPC")
    (False, False)
    """
    try:
        return find_instrument(symbol, among=instruments).kind in PAYING
    except EventStudyError:
        return True


def adjust_bars(
    bars: BarSet, adjusted: str | bool = "auto", *, instruments: Mapping[str, Instrument] | None = None
) -> BarSet:
    """Select closes adjusted for dividends, or closes as traded.

    Open, high and low are scaled by the factor of the close: ``P' = P * adj_close / close``.

    Parameters
    ----------
    bars : BarSet
        Prices, with ``adj_close`` where the source has it.
    adjusted : {"auto", True, False}
        ``"auto"``: adjusted closes for shares and funds that have them, also for unknown symbols; closes as traded for
        futures, currencies and indices. True: adjusted closes for all. False: for none.
    instruments : mapping of str to Instrument, optional
        The user's declarations.

    Returns
    -------
    BarSet
        ``notes`` names the symbols whose prices are adjusted.

    Raises
    ------
    UnknownNameError
        If `adjusted` is not one of the three.
    UsageError
        If `adjusted` is True and a symbol has no adjusted close.

    Examples
    --------
    >>> days = pd.to_datetime(["2020-02-06", "2020-02-07"])
    >>> frame = pd.DataFrame({"close": [100.0, 99.0], "adj_close": [98.0, 99.0]}, index=days)
    >>> adjust_bars(BarSet.from_frames({"XYZ": frame}))["XYZ"].frame["close"].tolist()
    [98.0, 99.0]
    """
    if adjusted not in CHOICES:
        raise UnknownNameError("choice of adjusted", str(adjusted), ("auto", "true", "false"))
    has = [one for one in bars.values() if "adj_close" in one.frame and one.adjustment != "full"]
    if adjusted is True:
        ready = {one.symbol for one in (*has, *(one for one in bars.values() if one.adjustment == "full"))}
        if missing := [symbol for symbol in bars if symbol not in ready]:
            raise UsageError(f'{missing[0]}: no adjusted close in {bars[missing[0]].source}; set adjusted = "auto"')
    chosen = {
        one.symbol: one.adjusted()
        for one in has
        if adjusted is True or (adjusted and is_share(one.symbol, instruments))
    }
    notes = [f"{name}: adjusted close of {one.source}; open, high and low scaled alike" for name, one in chosen.items()]
    return replace(bars, bars={**bars.bars, **chosen}, notes=(*bars.notes, *notes)) if chosen else bars


def split_bars(bars: BarSet, splits: Mapping[str, Mapping[Any, float]]) -> BarSet:
    """Adjust the prices of shares for splits that the user declares.

    Parameters
    ----------
    bars : BarSet
        Prices as traded.
    splits : mapping of symbol to mapping of day to float
        New shares for one old share, by the first session at the new price: ``{"AAPL": {"2014-06-09": 7}}``; 0.1 where
        ten old shares become one. Earlier prices are divided by the ratio, earlier volumes multiplied.

    Returns
    -------
    BarSet
        ``notes`` names the symbols that were adjusted.

    Raises
    ------
    UsageError
        If a day is no row of the symbol, a ratio is not positive, or the symbol's prices are adjusted already.
    UnknownNameError
        If a symbol has no prices.

    Examples
    --------
    >>> days = pd.to_datetime(["2014-06-06", "2014-06-09"])
    >>> bars = BarSet.from_frames({"AAPL": pd.DataFrame({"close": [645.57, 93.70]}, index=days)})
    >>> split_bars(bars, {"AAPL": {"2014-06-09": 7}})["AAPL"].frame["close"].round(2).tolist()
    [92.22, 93.7]
    """
    made = {symbol: _split(bars[symbol], days) for symbol, days in splits.items()}
    notes = [f"{name}: adjusted for the declared split of {', '.join(map(str, splits[name]))}" for name in made]
    return replace(bars, bars={**bars.bars, **made}, notes=(*bars.notes, *notes)) if made else bars


def _split(bars: Bars, days: Mapping[Any, float]) -> Bars:
    """Adjust the prices of one symbol."""
    if bars.adjustment in ("split", "full"):
        raise UsageError(
            f"{bars.symbol}: splits declared for prices that are adjusted already ({bars.source}); "
            "take them out, or set adjusted = false"
        )
    factor = pd.Series(1.0, index=bars.labels)
    for day, ratio in days.items():
        at = _day(bars, day)
        if isinstance(ratio, bool) or not isinstance(ratio, int | float) or not 0 < ratio < np.inf:
            raise UsageError(
                f"{bars.symbol}: split of {day} has the ratio {ratio!r}; write new shares for one old, such as 7"
            )
        factor[factor.index < at] /= ratio
    values = factor.to_numpy()
    scaled = {name: bars.frame[name] * values for name in (*PRICES, "previous") if name in bars.frame}
    if "volume" in bars.frame:
        scaled["volume"] = bars.frame["volume"] / values
    frame = bars.frame.drop(columns="adj_close", errors="ignore").assign(**scaled)
    return replace(bars, frame=frame, adjustment="split")


def _day(bars: Bars, day: Any) -> pd.Timestamp:
    """Return the day of a split, which must be a row of the prices."""
    try:
        at = pd.Timestamp(day)
    except (ValueError, TypeError):
        raise UsageError(f"{bars.symbol}: split of {day!r}: write the day YYYY-MM-DD") from None
    if at not in bars.labels.normalize():
        why = f"{bars.source} has no row on that day; give the first at the new price"
        raise UsageError(f"{bars.symbol}: split of {at:%Y-%m-%d}: {why}")
    return at
