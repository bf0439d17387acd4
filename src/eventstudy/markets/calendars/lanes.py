"""Stretches of trading and pauses around an instant, for a picture of the markets' clocks."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ...instruments.catalogue import find_instrument
from .schedule import known_range, schedule

COLUMNS = ["market", "state", "start", "end"]
MARGIN = pd.Timedelta(days=7)


def trading_lanes(
    instant: pd.Timestamp, markets: Iterable[str], *, before: float = 6, after: float = 24
) -> pd.DataFrame:
    """List when each market trades and pauses around an instant.

    Parameters
    ----------
    instant : Timestamp
        In UTC.
    markets : iterable of str
    before, after : float
        Hours around the instant; stretches are cut at these bounds.

    Returns
    -------
    DataFrame
        ``market``, ``state`` (``open`` or ``break``), ``start``, ``end`` (UTC). A market has no line outside the years
        for which its calendar is known.

    Examples
    --------
    >>> lanes = trading_lanes(pd.Timestamp("2020-01-07T22:30Z"), ["CL=F"], before=1, after=1)
    >>> lanes[["state"]].assign(start=lanes["start"].dt.strftime("%H:%M")).values.tolist()
    [['open', '21:30'], ['break', '22:00'], ['open', '23:00']]
    """
    first, last = instant - pd.Timedelta(hours=before), instant + pd.Timedelta(hours=after)
    parts = [_lane(symbol, first, last) for symbol in markets]
    known = [part for part in parts if len(part)]
    return pd.concat(known, ignore_index=True) if known else pd.DataFrame(columns=COLUMNS)


def _lane(symbol: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """Stretches of one market, cut at the bounds."""
    market = find_instrument(symbol)
    low, high = known_range(market.calendar)
    begin, end = max(low, (first - MARGIN).date()), min(high, (last + MARGIN).date())
    if begin > end:
        return pd.DataFrame(columns=COLUMNS)
    stretches = schedule(market, begin, end).stretches()
    trading = pd.DataFrame({"state": "open", "start": stretches["start"], "end": stretches["end"]})
    paused = pd.DataFrame({"state": "break", "start": stretches["end"], "end": stretches["start"].shift(-1)})
    both = pd.concat([trading, paused[stretches["break_follows"]]]).sort_values("start")
    cut = both.assign(
        start=both["start"].where(both["start"] > first, first), end=both["end"].where(both["end"] < last, last)
    )
    return cut[cut["start"] < cut["end"]].assign(market=symbol)[COLUMNS]
