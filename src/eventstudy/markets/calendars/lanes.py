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
        ``market``, ``state`` (``open`` or ``break``), ``start``, ``end`` (UTC).

    Examples
    --------
    >>> lanes = trading_lanes(pd.Timestamp("2020-01-07T22:30Z"), ["CL=F"], before=1, after=1)
    >>> lanes[["state"]].assign(start=lanes["start"].dt.strftime("%H:%M")).values.tolist()
    [['open', '21:30'], ['break', '22:00'], ['open', '23:00']]
    """
    first, last = instant - pd.Timedelta(hours=before), instant + pd.Timedelta(hours=after)
    parts = [lane for symbol in markets if len(lane := _lane(symbol, first, last))]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def _lane(symbol: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """Stretches of one market, cut at the bounds; none where its calendar does not reach."""
    instrument = find_instrument(symbol)
    known = known_range(instrument.calendar)
    low, high = max((first - MARGIN).date(), known[0]), min((last + MARGIN).date(), known[1])
    if low > high:
        return pd.DataFrame(columns=COLUMNS)
    stretches = schedule(instrument, low, high).stretches()
    trading = pd.DataFrame({"state": "open", "start": stretches["start"], "end": stretches["end"]})
    paused = pd.DataFrame({"state": "break", "start": stretches["end"], "end": stretches["start"].shift(-1)})
    both = pd.concat([trading, paused[stretches["break_follows"]]]).sort_values("start")
    cut = both.assign(
        start=both["start"].where(both["start"] > first, first), end=both["end"].where(both["end"] < last, last)
    )
    return cut[cut["start"] < cut["end"]].assign(market=symbol)[COLUMNS]
