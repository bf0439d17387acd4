"""Aggregate intraday bars to longer bars."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from ...errors import UsageError
from .bars import PRICES, Bars

DAY = pd.Timedelta(days=1)


def resample(bars: Bars, length: str | pd.Timedelta) -> Bars:
    """Return longer bars; none spans a break or a closure of the market.

    Parameters
    ----------
    bars : Bars
        Intraday bars.
    length : str or Timedelta
        For example ``"15min"``. Bars begin at its multiples since midnight UTC, or when trading begins.

    Returns
    -------
    Bars
        Open, high, low, close and volume of each longer bar; ``end`` is when it ends (UTC).

    Raises
    ------
    UsageError
        If `bars` are daily, or longer than `length`.
    """
    step = bar_length(length)
    if bars.length is None or step < bars.length:
        have = "daily" if bars.length is None else f"{bars.length.total_seconds() / 60:g} minutes long"
        raise UsageError(f"{bars.symbol}: bars of {length} cannot be made of bars that are {have}")
    if step == bars.length:
        return bars
    hours = bars.hours()
    floor = bars.index.floor(step).tz_localize(None).to_numpy("M8[ns]")
    with_bounds = bars.frame.assign(
        start=np.fmax(floor, hours.begins), end=np.fmin(floor + step.to_timedelta64(), hours.ends)
    )
    rules = dict(zip(PRICES, ("first", "max", "min", "last"), strict=True)) | {"volume": "sum", "end": "first"}
    groups = with_bounds.groupby("start")
    grouped = groups.agg({name: how for name, how in rules.items() if name in with_bounds})
    if "open" in grouped:  # pandas' agg("first") skips NaN, and would take the open of a later bar
        grouped["open"] = groups["open"].first(skipna=False)
    frame = grouped.assign(end=grouped["end"].dt.tz_localize("UTC")).tz_localize("UTC").rename_axis("timestamp_utc")
    return replace(bars, frame=frame, length=step)


def bar_length(text: str | pd.Timedelta) -> pd.Timedelta:
    """Read the length of a bar, such as ``"15min"`` or ``"1h"``.

    Parameters
    ----------
    text : str or Timedelta
        A length as pandas reads it.

    Returns
    -------
    Timedelta
        Shorter than a day.

    Raises
    ------
    UsageError
        If it is not a length, or not shorter than a day.

    Examples
    --------
    >>> bar_length("1h").total_seconds()
    3600.0
    """
    try:
        length = pd.Timedelta(text)
    except ValueError:
        raise UsageError(f"bars of {text!r}: write a length such as 1min, 15min or 1h") from None
    if not pd.Timedelta(0) < length < DAY:
        raise UsageError(f"bars of {text!r}: a bar lasts less than a day, such as 15min")
    return length
