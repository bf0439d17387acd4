"""Prices by the instant at which they were known: ends of bars, or opens and closes of sessions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...instruments.instrument import Instrument
from ..calendars.hours import Instants
from ..calendars.schedule import known_range, schedule
from ..prices.bars import Bars

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class StampedPrices:
    """Prices of one market in order of time; every array has shape (k,).

    Parameters
    ----------
    times : ndarray of datetime64[ns]
        When each price was known (UTC).
    prices : ndarray
    rows : ndarray of int
        Position of the price's row among the bars.
    opens : ndarray of bool
        Whether it is the open of its row, not the close.
    """

    times: Instants
    prices: Floats
    rows: npt.NDArray[np.int64]
    opens: npt.NDArray[np.bool_]

    def last(self, stamp: pd.Timestamp) -> int:
        """Return the position of the last price known at or before a stamp; -1 without one.

        Parameters
        ----------
        stamp : Timestamp
            With a time zone.

        Returns
        -------
        int
        """
        at = stamp.tz_convert("UTC").tz_localize(None).to_datetime64()
        return int(np.searchsorted(self.times, at, side="right")) - 1

    def time(self, position: int) -> pd.Timestamp:
        """Return when a price was known (UTC).

        Parameters
        ----------
        position : int

        Returns
        -------
        Timestamp
        """
        return pd.Timestamp(self.times[position]).tz_localize("UTC")


def stamped_bars(bars: Bars) -> StampedPrices:
    """Stamp every close of intraday bars with the end of its bar.

    Parameters
    ----------
    bars : Bars

    Returns
    -------
    StampedPrices

    Examples
    --------
    >>> index = pd.DatetimeIndex(["2020-01-07T23:00Z", "2020-01-07T23:15Z"])
    >>> prices = stamped_bars(Bars(symbol="CL=F", frame=pd.DataFrame({"close": [63.1, 63.9]}, index=index)))
    >>> prices.last(pd.Timestamp("2020-01-07T23:29Z"))
    0
    """
    count = len(bars.frame)
    return StampedPrices(
        times=bars.ends.tz_convert("UTC").tz_localize(None).to_numpy("M8[ns]"),
        prices=bars.frame["close"].to_numpy(dtype=float),
        rows=np.arange(count),
        opens=np.zeros(count, dtype=bool),
    )


def stamped_days(bars: Bars, instrument: Instrument, first: int, last: int) -> StampedPrices:
    """Stamp the opens and closes of sessions by the market's clock.

    Parameters
    ----------
    bars : Bars
        Daily.
    instrument : Instrument
        Opens that are stale by construction are left out, and so are those of rows with one price all day.
    first, last : int
        Rows of interest.

    Returns
    -------
    StampedPrices
    """
    rows = np.arange(max(first, 0), min(last, len(bars.frame) - 1) + 1)
    days = bars.index[rows]
    low, high = known_range(instrument.calendar)
    clock = schedule(instrument, max(low, days[0].date()), min(high, days[-1].date())).frame().set_index("session")
    clock = clock.reindex(days)
    close = bars.frame["close"].to_numpy(dtype=float)[rows]
    opened = np.asarray(bars.frame.get("open", np.full(len(bars.frame), np.nan)), dtype=float)[rows]
    stale = np.array([instrument.open_is_stale(day.date()) for day in days]) | bars.flat_rows().to_numpy()[rows]
    parts = pd.DataFrame(
        {
            "time": [*clock["open"], *clock["observation"]],
            "price": [*np.where(stale, np.nan, opened), *close],
            "row": [*rows, *rows],
            "open": [True] * len(rows) + [False] * len(rows),
        }
    )
    parts = parts[parts["time"].notna() & parts["price"].notna()].sort_values("time", kind="stable")
    return StampedPrices(
        times=pd.DatetimeIndex(parts["time"]).tz_convert("UTC").tz_localize(None).to_numpy("M8[ns]"),
        prices=parts["price"].to_numpy(dtype=float),
        rows=parts["row"].to_numpy(dtype=np.int64),
        opens=parts["open"].to_numpy(dtype=bool),
    )
