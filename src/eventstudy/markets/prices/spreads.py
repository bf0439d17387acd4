"""Spreads and cracks: prices computed from those of other instruments by a formula; their returns are changes."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

import pandas as pd

from ...errors import UsageError
from ...instruments.catalogue import CATALOGUE, Instrument, Instruments
from .bars import Bars, BarSet

TERM = re.compile(r"(?:(?P<sign>[+-])\s+)?(?:(?P<weight>\d+(?:\.\d+)?)\s+\*\s+)?(?P<symbol>[^\s*+-]\S*)")


def parse_formula(text: str) -> Mapping[str, float]:
    """Read a formula: a weighted sum of symbols.

    Parameters
    ----------
    text : str
        Symbols joined by ``+`` and ``-`` with blanks around them; a weight other than one is a number and ``*`` before
        the symbol.

    Returns
    -------
    mapping of str to float
        Weight of each symbol.

    Raises
    ------
    UsageError
        If it is not of that form, or a symbol occurs twice.

    Examples
    --------
    >>> dict(parse_formula("28 * RB=F + 14 * HO=F - CL=F"))
    {'RB=F': 28.0, 'HO=F': 14.0, 'CL=F': -1.0}
    """
    legs: dict[str, float] = {}
    for term in re.split(r"\s+(?=[+-]\s)", text.strip()):
        found = TERM.fullmatch(term)
        if found is None or (found["sign"] is None) is bool(legs) or found["symbol"] in legs:
            raise UsageError(f"formula {text!r}: write a sum such as BZ=F - CL=F or 28 * RB=F - CL=F, each symbol once")
        sign = -1.0 if found["sign"] == "-" else 1.0
        legs[found["symbol"]] = sign * float(found["weight"] or 1)
    return MappingProxyType(legs)


def spread_bars(symbol: str, formula: str, bars: BarSet) -> Bars:
    """Compute the closes of a spread on the sessions that all its legs have.

    Parameters
    ----------
    symbol : str
        Of the spread.
    formula : str
        As `parse_formula` takes it.
    bars : BarSet
        Prices of every leg.

    Returns
    -------
    Bars
        ``close`` and ``rolled``, whether a leg's return compares two contracts. Where a leg's return is that of one
        contract (``previous``), so is the spread's. There is no open, high or low: the legs' extremes do not coincide.

    Raises
    ------
    UsageError
        If the formula is wrong, or the legs have no row in common.
    UnknownNameError
        If a leg has no prices.

    Examples
    --------
    >>> days = pd.to_datetime(["2020-01-07", "2020-01-08"])
    >>> legs = {"BZ=F": [68.27, 65.44], "CL=F": [62.70, 59.61]}
    >>> bars = BarSet.from_frames({name: pd.DataFrame({"close": price}, index=days) for name, price in legs.items()})
    >>> float(spread_bars("BZ-CL", "BZ=F - CL=F", bars).returns("change").iloc[-1].round(2))
    0.26
    """
    legs = parse_formula(formula)
    index = functools.reduce(pd.Index.intersection, (bars[leg].frame.index for leg in legs))
    if index.empty:
        raise UsageError(f"{symbol} = {formula}: its legs have no row in common")
    close = pd.Series(0.0, index=index)
    change = pd.Series(0.0, index=index)
    rolled = pd.Series(0, index=index)
    for leg, weight in legs.items():
        one = bars[leg]
        close += weight * one.frame["close"].reindex(index)
        # Differences of cumulated returns: a return on a row that another leg lacks counts in the next common row.
        change += weight * one.returns("change").cumsum().reindex(index).diff()
        rolled += one.rolled_rows().cumsum().reindex(index).diff().fillna(0).astype(int)
    frame = pd.DataFrame({"close": close, "rolled": rolled > 0})
    if any("previous" in bars[leg].frame for leg in legs):
        frame["previous"] = close - change
    return replace(bars[next(iter(legs))], symbol=symbol, instrument=None, frame=frame, source=f"{symbol} = {formula}")


def missing_spreads(bars: BarSet, symbols: Iterable[str], instruments: Instruments = CATALOGUE) -> list[Instrument]:
    """Return the instruments among `symbols` that have a formula and no prices of their own.

    Parameters
    ----------
    bars : BarSet
    symbols : iterable of str
    instruments : Instruments
        Where symbols are looked up.

    Returns
    -------
    list of Instrument
    """
    return [each for name in symbols if name not in bars and (each := instruments.get(name)) and each.formula]


def with_formulas(bars: BarSet, symbols: Iterable[str], instruments: Instruments = CATALOGUE) -> BarSet:
    """Add the spreads among `symbols`: those without prices of their own whose instrument has a formula.

    Parameters
    ----------
    bars : BarSet
        Prices of the legs.
    symbols : iterable of str
        Symbols of a study.
    instruments : Instruments
        Where symbols are looked up.

    Returns
    -------
    BarSet
        With the spreads added.
    """
    missing = missing_spreads(bars, symbols, instruments)
    made = {each.symbol: replace(spread_bars(each.symbol, each.formula, bars), instrument=each) for each in missing}
    return replace(bars, bars={**bars.bars, **made}) if made else bars
