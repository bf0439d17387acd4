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
    shown = frame.drop(columns="event_id", errors="ignore")
    names = [str(name) for name in shown]
    columns = [_plain_column(shown.iloc[:, at]) for at in range(len(names))]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _plain_column(column: pd.Series) -> list[Any]:
    """Return the values of a column as JSON has them; whole columns of numbers need no look at each value's type."""
    values = column.tolist()
    if column.dtype.kind in "iub":
        return values
    if column.dtype.kind == "f":
        return [None if math.isnan(value) else value for value in values]
    return [_plain(value) for value in values]


def _plain(value: Any) -> Any:
    """Return a value that JSON knows."""
    if isinstance(value, str):
        return value
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}" if value.tzinfo else f"{value:%Y-%m-%d}"
    if value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    return value
