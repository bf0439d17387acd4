"""Frames as plain records, for JSON; commands that run no study import nothing of a study for it."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as mappings of plain values; what is missing is null.

    Parameters
    ----------
    frame : DataFrame
        Any; a column ``event_id`` is left out.

    Returns
    -------
    list of dict
        One a row: text, numbers, and None for what is missing; days and instants as text.
    """
    rows = frame.drop(columns="event_id", errors="ignore").to_dict("records")
    return [{str(key): _plain(value) for key, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    """Return a value that JSON knows."""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}" if value.tzinfo else f"{value:%Y-%m-%d}"
    if value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    return value
