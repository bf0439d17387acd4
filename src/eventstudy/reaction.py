"""What happened between the stamps: day 0 against the last observation before the event, and what else fell into the windows."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from .events import Event, Precision
from .instruments import find_instrument
from .markets.alignment import align
from .markets.bars import BarSet
from .panel import EventPanel

ANATOMY_COLUMNS = ["event_id", "market", "reference", "open_gap", "high", "low", "close"]


def anatomy(panel: EventPanel, bars: BarSet, alignment: pd.DataFrame) -> pd.DataFrame:
    """Day 0 of every usable pair as simple returns against the last close or settlement before the event.

    Parameters
    ----------
    panel : EventPanel
    bars : BarSet
    alignment : DataFrame
        ``event_id``, ``market``, ``state``: one line a pair.

    Returns
    -------
    DataFrame
        ``event_id``, ``market``, ``reference`` (price), ``open_gap``, ``high``, ``low``, ``close`` (fractions).
        ``open_gap`` is NaN where the first price of day 0 is not the first after the event: the market was trading
        at the instant, or its recorded open is stale by construction.
    """
    state = alignment.set_index(["event_id", "market"])["state"]
    lines = []
    for row in panel.rows[panel.usable].itertuples():
        frame = bars[row.market].frame
        at = frame.index.get_loc(row.session)
        reference = frame["close"].iloc[at - 1]
        day = frame.iloc[at] / reference - 1.0
        gap = day.get("open", np.nan)
        trading = state[(row.event_id, row.market)] == "open"
        if trading or find_instrument(row.market).open_is_stale(row.session.date()):
            gap = np.nan
        prices = {name: day.get(name, np.nan) for name in ("high", "low", "close")}
        lines.append(
            {"event_id": row.event_id, "market": row.market, "reference": reference, "open_gap": gap, **prices}
        )
    return pd.DataFrame(lines, columns=ANATOMY_COLUMNS)


def what_else(panel: EventPanel, others: Iterable[Event]) -> pd.DataFrame:
    """Place other events on the event-time axis of every pair.

    Parameters
    ----------
    panel : EventPanel
    others : iterable of Event
        For an event known only as an interval, its start decides.

    Returns
    -------
    DataFrame
        ``event_id``, ``market``, ``tau``, ``other_id``, ``title``, ``start_utc``, ``precision``, ``approximate``:
        one line for every other event that falls within the panel's rows, in order of time.
    """
    usable = panel.rows[panel.usable]
    lines = []
    for other in sorted(others, key=lambda event: event.when.start):
        sessions = align(other.when.start, usable["market"].unique().tolist()).set_index("market")["session"]
        for position, row in usable.iterrows():
            at = _row_at_or_after(panel.sessions[position], sessions[row["market"]])
            if at is not None:
                lines.append(
                    {
                        "event_id": row["event_id"],
                        "market": row["market"],
                        "tau": int(panel.tau[at]),
                        "other_id": other.id,
                        "title": other.title,
                        "start_utc": pd.Timestamp(other.when.start),
                        "precision": other.when.precision.value,
                        "approximate": other.when.approximate or other.when.precision is not Precision.MINUTE,
                    }
                )
    columns = ["event_id", "market", "tau", "other_id", "title", "start_utc", "precision", "approximate"]
    return pd.DataFrame(lines, columns=columns)


def _row_at_or_after(sessions: np.ndarray, session: pd.Timestamp) -> int | None:
    """Position of the first row at or after `session`; None outside the rows."""
    known = np.flatnonzero(~np.isnat(sessions))
    if pd.isna(session) or not len(known):
        return None
    at = int(np.searchsorted(sessions[known], session.to_datetime64().astype("datetime64[D]")))
    before_first = at == 0 and sessions[known[0]] != session.to_datetime64().astype("datetime64[D]")
    return None if at == len(known) or before_first else int(known[at])
