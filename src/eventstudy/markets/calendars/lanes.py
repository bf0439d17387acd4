"""Trading periods and breaks of markets around an instant, as data for a plot."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd

from ...instruments.catalogue import CATALOGUE, Instruments
from ...instruments.instrument import Instrument
from .schedule import LONGEST_CLOSURE, known_schedule

COLUMNS = ["market", "state", "start", "end"]
# Hours shown before an instant, at least after it, and after the opening of the last market.
BEFORE, AFTER, OPENED = 6, 24, 7


def trading_lanes(
    instant: pd.Timestamp,
    markets: Iterable[str],
    *,
    before: float = 6,
    after: float = 24,
    instruments: Instruments = CATALOGUE,
) -> pd.DataFrame:
    """List when each market trades and pauses around an instant.

    Parameters
    ----------
    instant : Timestamp
        In UTC.
    markets : iterable of str
        Symbols.
    before, after : float
        Hours around the instant; periods are cut at these bounds.
    instruments : Instruments
        Where symbols are looked up.

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
    parts = [lane for symbol in markets if len(lane := _lane(instruments.find(symbol), first, last))]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def hours_to_show(instant: pd.Timestamp, first_tradable: pd.Series) -> tuple[int, int]:
    """Return how many hours before and after an instant to show, so that every market's opening is visible.

    Parameters
    ----------
    instant : Timestamp
        UTC.
    first_tradable : Series of Timestamp
        When each market could first react (UTC).

    Returns
    -------
    int, int
        Hours before and after.

    Examples
    --------
    >>> hours_to_show(pd.Timestamp("2020-01-04T12:00Z"), pd.Series(pd.DatetimeIndex(["2020-01-06T14:30Z"])))
    (6, 58)
    """
    wait = (first_tradable.max() - instant).total_seconds() / 3600
    return BEFORE, max(AFTER, math.ceil(wait) + OPENED)


def _lane(instrument: Instrument, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """Return the periods of one market, cut at the bounds; none where its calendar does not reach."""
    on = known_schedule(instrument, (first - LONGEST_CLOSURE).date(), (last + LONGEST_CLOSURE).date())
    if on is None:
        return pd.DataFrame(columns=COLUMNS)
    stretches = on.stretches()
    trading = pd.DataFrame({"state": "open", "start": stretches["start"], "end": stretches["end"]})
    paused = pd.DataFrame({"state": "break", "start": stretches["end"], "end": stretches["start"].shift(-1)})
    both = pd.concat([trading, paused[stretches["break_follows"]]]).sort_values("start")
    cut = both.assign(
        start=both["start"].where(both["start"] > first, first), end=both["end"].where(both["end"] < last, last)
    )
    return cut[cut["start"] < cut["end"]].assign(market=instrument.symbol)[COLUMNS]
