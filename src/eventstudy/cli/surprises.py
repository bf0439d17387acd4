"""What ``eventstudy surprises`` does: regress moves in windows of minutes on surprises."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import NotEnoughDataError
from ..markets.sources.files import read_bars
from ..render.tables import number, p_value
from ..study.surprise_events import INSTANT, read_surprises
from ..study.surprises import said, surprise_responses
from .releases import day_of
from .terminal import Answer, table_text

SHOWN = ("response", "coefficient", "se", "t", "p", "n", "low", "high", "aware_low", "aware_high")
FORMATS = {
    **dict.fromkeys(("coefficient", "se", "low", "high", "aware_low", "aware_high"), number(4)),
    "t": number(),
    "p": p_value,
    "n": number(0),
}
HEADINGS = {"low": "95 % from", "high": "to", "aware_low": "bias-aware from", "aware_high": "to"}


def surprises(
    events: Path,
    prices: Path | None,
    response: Sequence[str] | None,
    surprise: Sequence[str] | None,
    window: str,
    days: tuple[str, str],
    **options: Any,
) -> Answer:
    """Regress responses on surprises.

    Parameters
    ----------
    events : Path
        A table that `eventstudy.study.surprise_events.read_surprises` reads.
    prices : Path or None
        Bars within the day.
    response, surprise : sequence of str or None
    window : str
    days : pair of str
        First and last day, each may be empty.
    **options
        Of `eventstudy.study.surprises.surprise_responses`.

    Returns
    -------
    Answer
        With a note of each response's contamination, and of what was left out.
    """
    table = _between(read_surprises(events, window), days)
    if table.empty:
        raise NotEnoughDataError(f"{events}: no event in these days")
    bars = None if prices is None else read_bars(prices)
    named = list(surprise or ["surprise"])
    found = surprise_responses(table, bars, surprise=named, responses=response or None, window=window, **options)
    lost = found[found["left_out"] != ""]
    left_out = (f"{name}: left out: {why}" for name, why in zip(lost["response"], lost["left_out"], strict=True))
    notes = [*said(found), *left_out]
    records = json.loads(found.to_json(orient="records", double_precision=15))
    return Answer(text=table_text(found[list(SHOWN)], FORMATS, HEADINGS), records=records, notes=notes)


def _between(table: pd.DataFrame, days: tuple[str, str]) -> pd.DataFrame:
    """Return the events of some days."""
    first, last = (
        pd.Timestamp(day_of(text, option)) if text else None
        for text, option in zip(days, ("--from", "--to"), strict=True)
    )
    at = table[INSTANT].dt.tz_localize(None).dt.normalize()
    keep = (at >= first if first is not None else at.notna()) & (at <= last if last is not None else at.notna())
    kept: pd.DataFrame = table[keep].reset_index(drop=True)
    return kept
