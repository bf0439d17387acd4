"""Convert prices to another currency by the exchange rate of each session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from ...errors import UsageError
from ...instruments.catalogue import Instrument, find_instrument
from ..calendars.schedule import schedule
from .bars import PRICES, Bars, BarSet

# Exchanges of these currencies quote in hundredths: pence, cents, agorot.
HUNDREDTHS: Mapping[str, str] = MappingProxyType({"GBp": "GBP", "GBX": "GBP", "ZAc": "ZAR", "ILA": "ILS"})
UNCONVERTED = ("fx", "currency", "yield", "rate", "volatility_index")
DOLLAR = "USD"
# By market convention the base currency of a pair is the first of these that it contains.
FIRST = ("EUR", "GBP", "AUD", "NZD", "USD")
# An intraday rate older than this is not used: the currency market was closed.
STALE = pd.Timedelta(days=1)


def convert_currency(
    bars: BarSet, to: str, rates: BarSet | None = None, *, instruments: Mapping[str, Instrument] | None = None
) -> BarSet:
    """Convert prices quoted in other currencies.

    Daily prices take the rate whose session has the same date: the interbank day from 17:00 to 17:00 New York, within
    which the market's session closes. Where `rates` has intraday bars, the rate is that of the last bar that had ended
    when the market's price was known (or at the bar's own end), so that later news cannot have moved it. The return in
    the new currency combines the local return and the currency's return.

    Parameters
    ----------
    bars : BarSet
        Currencies, yields and volatility indices among them are not converted.
    to : str
        ISO code, such as ``"USD"``.
    rates : BarSet, optional
        Exchange rates; `bars` by default. A rate is found under Yahoo's symbols: ``GBPUSD=X`` (dollars for a pound),
        ``USDJPY=X`` or ``JPY=X`` (yen for a dollar).
    instruments : mapping of str to Instrument, optional
        The user's declarations.

    Returns
    -------
    BarSet
        Without the rows that have no rate; ``notes`` has their number and the rates used.

    Raises
    ------
    UsageError
        If a rate is missing, the currency of a market is not known, or no row has a rate.

    Examples
    --------
    >>> days = pd.to_datetime(["2020-01-07", "2020-01-08"])
    >>> closes = {"^N225": [23575.72, 23204.76], "JPY=X": [108.4, 109.1]}
    >>> bars = BarSet.from_frames({name: pd.DataFrame({"close": close}, index=days) for name, close in closes.items()})
    >>> convert_currency(bars, "USD")["^N225"].frame["close"].round(2).tolist()
    [217.49, 212.69]
    """
    known = bars if rates is None else rates
    made: dict[str, Bars] = {}
    notes: list[str] = []
    for one in bars.values():
        instrument = find_instrument(one.symbol, among=instruments)
        if instrument.asset_class in UNCONVERTED:
            continue
        currency, unit = currency_of(instrument)
        if (currency, unit) != (to, 1.0):
            made[one.symbol], note = _converted(one, instrument, currency, unit, to, known)
            notes.append(note)
    return replace(bars, bars={**bars.bars, **made}, notes=(*bars.notes, *notes)) if made else bars


def currency_of(instrument: Instrument) -> tuple[str, float]:
    """Return the currency of an instrument's prices, and the factor that converts a price to it.

    Parameters
    ----------
    instrument : Instrument
        With its currency, and its unit where the price is in hundredths (pence).

    Returns
    -------
    tuple of str and float
        ISO code, and 1.0 or 0.01.

    Raises
    ------
    UsageError
        If its currency is not known.

    Examples
    --------
    >>> currency_of(find_instrument("^N225"))
    ('JPY', 1.0)
    """
    if not instrument.currency:
        raise UsageError(f"{instrument.symbol}: its currency is not known; declare it under [instruments]")
    for name in (instrument.currency, instrument.unit):
        if name in HUNDREDTHS:
            return HUNDREDTHS[name], 0.01
    return instrument.currency, 1.0


def rate_symbols(currency: str, to: str) -> dict[str, bool]:
    """Return the symbols under which an exchange rate may be found, and how it applies.

    Parameters
    ----------
    currency, to : str
        ISO codes.

    Returns
    -------
    dict of str to bool
        True where prices are multiplied by the rate, False where they are divided.

    Examples
    --------
    >>> rate_symbols("JPY", "USD")
    {'JPYUSD=X': True, 'USDJPY=X': False, 'JPY=X': False}
    """
    found = {f"{currency}{to}=X": True, f"{to}{currency}=X": False}
    if to == DOLLAR:
        found[f"{currency}=X"] = False
    if currency == DOLLAR:
        found[f"{to}=X"] = True
    return found


def usual_rate(currency: str, to: str) -> str:
    """Return the symbol among `rate_symbols` that the market quotes by convention, and so with the most digits.

    Parameters
    ----------
    currency, to : str
        ISO codes.

    Returns
    -------
    str
        Yahoo's symbol.

    Examples
    --------
    >>> usual_rate("JPY", "USD"), usual_rate("GBP", "USD"), usual_rate("JPY", "EUR")
    ('JPY=X', 'GBPUSD=X', 'EURJPY=X')
    """
    one, other = sorted((currency, to), key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))
    return f"{other}=X" if one == DOLLAR else f"{one}{other}=X"


def _converted(
    bars: Bars, instrument: Instrument, currency: str, unit: float, to: str, rates: BarSet
) -> tuple[Bars, str]:
    """Return the converted bars of one market, and a note that names the rate."""
    if currency == to:
        return _scaled(bars, pd.Series(unit, index=bars.index)), f"{bars.symbol}: {unit:g} {to} for one of its prices"
    symbols = rate_symbols(currency, to)
    found = [name for name in symbols if name in rates]
    if not found:
        raise UsageError(
            f"{bars.symbol} is in {currency}; give the prices of {' or '.join(symbols)} to convert it to {to}"
        )
    rate = rates[found[0]]
    quoted = _beside(bars, instrument, rate)
    factor = unit * (quoted if symbols[found[0]] else 1.0 / quoted)
    left = int(factor.isna().sum())
    if left == len(factor):
        raise UsageError(f"{bars.symbol}: {rate.symbol} has no rate on any of its days; give rates of the same days")
    lost = (
        f"; {left} rows without a rate left out, the first of {bars.labels[factor.isna()][0]:%Y-%m-%d}" if left else ""
    )
    return _scaled(bars, factor), f"{bars.symbol}: {currency} to {to} by {rate.symbol} of the same session{lost}"


def _beside(bars: Bars, instrument: Instrument, rate: Bars) -> pd.Series:
    """Return the exchange rate for each row; NaN where there is none."""
    quoted = rate.frame["close"]
    if not rate.intraday:
        if bars.intraday:
            why = "a daily rate cannot convert intraday prices; give intraday rates"
            raise UsageError(f"{bars.symbol} has intraday bars and {rate.symbol} has not: {why}")
        return quoted.reindex(bars.index)
    asked = bars.ends if bars.intraday else _known_at(bars, instrument)
    ends = rate.ends.as_unit("ns").asi8
    at = np.searchsorted(ends, asked.as_unit("ns").asi8, side="right") - 1
    waited = asked.as_unit("ns").asi8 - ends[np.maximum(at, 0)]
    fresh = (at >= 0) & (waited <= STALE.value) & asked.notna()
    return pd.Series(np.where(fresh, quoted.to_numpy()[np.maximum(at, 0)], np.nan), index=bars.index)


def _known_at(bars: Bars, instrument: Instrument) -> pd.DatetimeIndex:
    """Return when each daily price is known (UTC); NaT where the calendar has no such session."""
    days = schedule(instrument, bars.index[0].date(), bars.index[-1].date())
    known = pd.Series(pd.DatetimeIndex(days.observations).tz_localize("UTC"), index=pd.DatetimeIndex(days.sessions))
    return pd.DatetimeIndex(known.reindex(bars.index))


def _scaled(bars: Bars, factor: pd.Series) -> Bars:
    """Return the bars with every price multiplied by a factor; rows without a factor are left out."""
    names = [name for name in (*PRICES, "adj_close", "previous") if name in bars.frame]
    frame = bars.frame.assign(**{name: bars.frame[name] * factor for name in names})[factor.notna()]
    return replace(bars, frame=frame)
