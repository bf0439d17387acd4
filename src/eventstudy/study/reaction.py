"""What happened between the stamps: day 0 against the last observation before the event, and what else was news."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..events import Event, Precision
from ..instruments.catalogue import CATALOGUE, Instruments
from ..markets.alignment.sessions import align
from ..markets.prices.bars import BarSet
from ..panel import EventPanel, each_row

WHAT_ELSE_COLUMNS = ["event_id", "market", "tau", "other_id", "title", "start_utc", "approximate", "session"]
ANATOMY_COLUMNS = ["event_id", "market", "reference", "open_gap", "high", "low", "close"]


def anatomy(
    rows: pd.DataFrame, bars: BarSet, alignment: pd.DataFrame, instruments: Instruments = CATALOGUE
) -> pd.DataFrame:
    """Day 0 of every usable pair as simple returns against the last close or settlement before the event.

    Parameters
    ----------
    rows : DataFrame
        ``event_id``, ``market`` and ``session`` of the usable pairs.
    bars : BarSet
    alignment : DataFrame
        ``event_id``, ``market``, ``state``: one line a pair.
    instruments : Instruments
        Where symbols are looked up.

    Returns
    -------
    DataFrame
        ``event_id``, ``market``, ``reference`` (price), ``open_gap``, ``high``, ``low``, ``close`` (fractions).
        ``open_gap`` is NaN where the first price of day 0 is not the first after the event: the market was trading
        at the instant, or its recorded open is stale by construction.
    """
    state = alignment.set_index(["event_id", "market"])["state"]
    lines = []
    for row in each_row(rows):
        frame = bars[row.market].frame
        at = int(frame.index.get_indexer(pd.DatetimeIndex([row.session]))[0])
        reference = frame["close"].iloc[at - 1]
        day = frame.iloc[at] / reference - 1.0
        gap = day.get("open", np.nan)
        trading = state[(row.event_id, row.market)] == "open"
        known = instruments.get(row.market)
        if trading or (known is not None and known.open_is_stale(row.session.date())):
            gap = np.nan
        prices = {name: day.get(name, np.nan) for name in ("high", "low", "close")}
        lines.append(
            {"event_id": row.event_id, "market": row.market, "reference": reference, "open_gap": gap, **prices}
        )
    return pd.DataFrame(lines, columns=ANATOMY_COLUMNS)


def what_else(panel: EventPanel, others: Iterable[Event], instruments: Instruments = CATALOGUE) -> pd.DataFrame:
    """Place other events on the event-time axis of every pair.

    Parameters
    ----------
    panel : EventPanel
    others : iterable of Event
        For an event known only as an interval, its start decides.
    instruments : Instruments
        Where symbols are looked up.

    Returns
    -------
    DataFrame
        ``event_id``, ``market``, ``tau``, ``other_id``, ``title``, ``start_utc``, ``approximate``, ``session`` (that
        row): one line for every other event that falls within the panel's rows, in order of time.
    """
    ordered = sorted(others, key=lambda event: event.when.start)
    if not ordered:
        return pd.DataFrame(columns=WHAT_ELSE_COLUMNS)
    markets = [instruments.find(name) for name in panel.rows["market"].unique()]
    placed = align([other.when.start for other in ordered], markets)
    in_bars = panel.sessions.dtype != np.dtype("M8[D]")
    labels = placed["instant"].dt.tz_localize(None) if in_bars else placed["session"]
    sessions = dict(zip(zip(placed["instant"], placed["market"], strict=True), labels, strict=True))
    lines = [
        {
            "event_id": row.event_id,
            "market": row.market,
            "tau": int(panel.tau[at]),
            "other_id": other.id,
            "title": other.title,
            "start_utc": pd.Timestamp(other.when.start),
            "approximate": other.when.approximate or other.when.precision is not Precision.MINUTE,
            "session": pd.Timestamp(panel.sessions[position][at]),
        }
        for other in ordered
        for position, row in enumerate(each_row(panel.rows))
        if (at := _row_at_or_after(panel.sessions[position], sessions[pd.Timestamp(other.when.start), row.market]))
        is not None
    ]
    return pd.DataFrame(lines, columns=WHAT_ELSE_COLUMNS)


def _row_at_or_after(sessions: npt.NDArray[np.datetime64], session: pd.Timestamp) -> int | None:
    """Position of the first row at or after `session`; None outside the rows."""
    known = np.flatnonzero(~np.isnat(sessions))
    if pd.isna(session) or not len(known):
        return None
    day = session.to_datetime64().astype(sessions.dtype)
    at = int(np.searchsorted(sessions[known], day))
    if at == len(known) or day < sessions[known[0]]:
        return None
    return int(known[at])
