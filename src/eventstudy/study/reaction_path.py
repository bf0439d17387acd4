"""The path of the price around an event, bar by bar."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..markets.prices.bars import Bars, BarSet
from ..panel import each_row
from ..windows import Window

LEAD = 24
PATH_COLUMNS = ["event_id", "market", "tau", "start_utc", "end_utc", "close", "move", "across_break", "straddling"]


def path(alignment: pd.DataFrame, bars: BarSet, span: Window, returns: str = "log") -> pd.DataFrame:
    """Follow the price of every pair from some bars before the event to the end of its windows.

    Parameters
    ----------
    alignment : DataFrame
        Of `eventstudy.markets.alignment.events_in_bars.among_bars`.
    bars : BarSet
    span : Window
        Bars of event time; at least 24 before the event are shown, where there are as many.
    returns : str
        For ``"change"`` moves are differences.

    Returns
    -------
    DataFrame
        ``event_id``, ``market``, ``tau`` (missing for the bar that holds the instant), ``start_utc``, ``end_utc``,
        ``close``, ``move`` (simple return, or change, since the last close before the event), ``across_break``
        (whether a break or a closure lies between the bar and the one before), ``straddling``. No bar is made up.
    """
    parts = [
        _path(row, bars[row.market], Window(min(span.first, -LEAD), span.last), returns)
        for row in each_row(alignment[alignment["reference_utc"].notna()])
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=PATH_COLUMNS)


def _path(row: Any, bars: Bars, span: Window, returns: str) -> pd.DataFrame:
    """Path of one pair."""
    first = int(bars.labels.get_indexer(pd.DatetimeIndex([row.session]))[0])
    before = int(bars.ends.get_indexer(pd.DatetimeIndex([row.reference_utc]))[0])
    at = np.arange(max(0, before + 1 + span.first), min(len(bars.frame), first + span.last + 1))
    straddling = (at > before) & (at < first)
    tau = np.where(at >= first, at - first, at - before - 1)
    close, reference = bars.frame["close"].to_numpy()[at], float(bars.frame["close"].iloc[before])
    return pd.DataFrame(
        {
            "event_id": row.event_id,
            "market": row.market,
            "tau": pd.array(np.where(straddling, 0, tau), dtype="Int64"),
            "start_utc": bars.index[at],
            "end_utc": bars.ends[at],
            "close": close,
            "move": close - reference if returns == "change" else close / reference - 1.0,
            "across_break": bars.hours().crosses[at],
            "straddling": straddling,
        }
    ).assign(tau=lambda frame: frame["tau"].mask(frame["straddling"]))
