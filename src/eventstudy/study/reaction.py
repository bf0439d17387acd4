"""What else was news: other listed events on the event-time axis of every market."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..events import Event, Precision
from ..instruments.catalogue import CATALOGUE, Instruments
from ..markets.alignment.sessions import align
from ..panel import EventPanel, each_row

WHAT_ELSE_COLUMNS = ["event_id", "market", "tau", "other_id", "title", "start_utc", "approximate", "session", "source"]


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
        row), ``source`` (its evidence): one line for every other event that falls within the panel's rows, in order of
        time.
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
            "source": other.evidence,
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
