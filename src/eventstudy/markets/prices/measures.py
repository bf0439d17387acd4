"""What a study measures beside returns: the logarithm of the volume, or of the range, of each daily bar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...errors import UsageError
from .bars import Bars

MEASURES = ("volume", "volatility")
COLUMNS = {"volume": ("volume",), "volatility": ("high", "low")}
# Parkinson (1980): for a Brownian motion over one day, E[ln(H / L)²] = 4 ln 2 sigma².
PARKINSON = 4 * np.log(2)
ABSENT = {"volume": "no volume of {} is known", "volatility": "high and low of {} are not both known"}
ZERO = {
    "volume": "the volume of {} is zero and has no logarithm",
    "volatility": "high and low of {} are equal, and their range has no logarithm",
}
NO_SHARES = "the shares outstanding of {} are not given"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """The natural logarithm of the daily volume, or of Parkinson's daily volatility.

    ``ln V_t``, or ``ln(V_t / S_t)`` where the shares outstanding are given (turnover; Ajinkya & Jain 1989, Campbell &
    Wasley 1996); ``ln(ln(H_t / L_t) / sqrt(4 ln 2))`` (Parkinson 1980; its logarithm is close to normal: Alizadeh,
    Brandt & Diebold 2002).

    Parameters
    ----------
    kind : {"volume", "volatility"}
    rolls : {"keep", "exclude"}
        Whether rows that touch the roll of a continuous future have a value.
    shares : mapping of str to mapping of day to float
        Shares outstanding, by the first day on which there were so many.

    Raises
    ------
    UsageError
        If a day of `shares` is none.

    Examples
    --------
    >>> days = pd.to_datetime(["2020-01-07", "2020-01-08", "2020-01-09"])
    >>> frame = pd.DataFrame({"close": [10.0, 10.5, 10.4], "volume": [1000.0, 0.0, 4000.0]}, index=days)
    >>> bars = Bars(symbol="MINE", frame=frame)
    >>> Measure(kind="volume").values(bars).round(3).tolist()
    [6.908, nan, 8.294]
    >>> Measure(kind="volume").reasons(bars)[days[1]]
    'the volume of 2020-01-08 is zero and has no logarithm'
    """

    kind: str
    rolls: str = "keep"
    shares: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for symbol, known in self.shares.items():
            _by_day(symbol, known)

    def values(self, bars: Bars) -> pd.Series:
        """Return the measure of every row.

        Parameters
        ----------
        bars : Bars
            Daily.

        Returns
        -------
        Series, shape (n,)
            Indexed as the bars are; NaN where the level is missing or not positive.

        Raises
        ------
        UsageError
            If the bars are intraday: volume and range then depend on the time of day.
        """
        level = self._level(bars)
        values = pd.Series(np.log(level.where(level > 0)))
        if self.rolls == "exclude":
            values = values.mask(bars.rolled_rows())
        return values.rename(bars.symbol)

    def reasons(self, bars: Bars) -> dict[pd.Timestamp, str]:
        """Say of each row without a level why it has none.

        Parameters
        ----------
        bars : Bars

        Returns
        -------
        dict of Timestamp to str
        """
        level, raw = self._level(bars), self._raw(bars)
        found = {}
        for day in level.index[~(level > 0)]:
            said = ABSENT[self.kind] if pd.isna(raw[day]) else ZERO[self.kind] if raw[day] <= 0 else NO_SHARES
            found[day] = said.format(f"{day:%Y-%m-%d}")
        return found

    def _raw(self, bars: Bars) -> pd.Series:
        """Return volume, or Parkinson's volatility, of every row; missing where the prices lack the columns."""
        if bars.intraday:
            raise UsageError(f"{bars.symbol}: measure = {self.kind!r} takes daily prices, not bars of the day")
        if not set(COLUMNS[self.kind]) <= set(bars.frame):
            return pd.Series(np.nan, index=bars.frame.index)
        if self.kind == "volume":
            return bars.frame["volume"].astype(float)
        high, low = bars.frame["high"], bars.frame["low"]
        # A negative or zero price, as of oil in April 2020, has no logarithm.
        return pd.Series(np.log(high.where(high > 0) / low.where(low > 0)) / np.sqrt(PARKINSON))

    def _level(self, bars: Bars) -> pd.Series:
        """Return what the logarithm is taken of: the volume as a share of the shares outstanding, if they are given."""
        raw = self._raw(bars)
        if bars.symbol not in self.shares:
            return raw
        known = _by_day(bars.symbol, self.shares[bars.symbol])
        return raw / known.reindex(bars.index, method="ffill")


def _by_day(symbol: str, shares: Mapping[str, float]) -> pd.Series:
    """Return shares outstanding in the order of their first days."""
    try:
        days = [pd.Timestamp(pd.to_datetime(day, format="%Y-%m-%d")) for day in shares]
    except ValueError:
        found = ", ".join(map(str, shares))
        raise UsageError(f'shares: {symbol}: write days as {{"2020-08-31" = 17.0e9}}, found {found}') from None
    return pd.Series(list(shares.values()), index=days, dtype=float).sort_index()
