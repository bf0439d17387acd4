"""What ``eventstudy align`` and ``eventstudy markets`` do: clocks at an instant, and what is known of each market."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ..instruments.catalogue import Instrument, catalogue, find_instrument, with_groups
from ..markets.alignment.explain import explain
from ..markets.alignment.sessions import align as align_instants
from ..markets.calendars.describe import session_near
from ..render import tables
from .records import plain_rows
from .terminal import Answer, table_text

FIELDS = {
    "first_tradable": "first_tradable_utc",
    "reference": "reference_utc",
    "observation": "observation_utc",
}
COLUMNS = ("symbol", "name", "exchange", "calendar", "observation", "unit")
FACTS = (*COLUMNS, "clock_basis", "kind", "currency", "open_means", "close_means", "proxy_for", "remark")
SAMPLE_DAY = "2020-01-08"


def align(at: str, markets: Sequence[str] | None) -> Answer:
    """Align one instant with the named markets, each then in words as well, or with all.

    Parameters
    ----------
    at : str
        An instant, ISO 8601 with its time zone.
    markets : sequence of str or None
        Symbols and groups; the whole catalogue where it is None.

    Returns
    -------
    Answer
    """
    table = align_instants(at, markets or list(catalogue())).astype({"market": str, "state": str})
    headings = dict(zip(FIELDS, ("tradable", "seen before", "seen after"), strict=True))
    formats = {"session": tables.day, **dict.fromkeys(FIELDS, tables.utc)}
    shown = table_text(table[["market", "state", "session", *FIELDS]], formats, headings | {"session": "day 0"})
    lines = [f"{shown}\n(times in UTC)", *(["", *explain(table)] if markets else [])]
    rows = plain_rows(table.rename(columns=FIELDS)[["market", "session", "state", *FIELDS.values()]])
    return Answer(text="\n".join(lines), records=[rows])


def markets(symbol: str, group: str, on: str) -> Answer:
    """List the catalogue or a group of it, or explain one market of any symbol.

    Parameters
    ----------
    symbol : str
        The market to explain; empty to list.
    group : str
        The group to list; empty for all.
    on : str
        The day whose hours are shown, YYYY-MM-DD.

    Returns
    -------
    Answer
    """
    if symbol:
        return _market(symbol, on or SAMPLE_DAY)
    names = [str(name) for name in with_groups(f"@{group.removeprefix('@')}")] if group else list(catalogue())
    table = pd.DataFrame([_row(find_instrument(name), COLUMNS) for name in names])
    return Answer(text=table_text(table.drop(columns="exchange"), {}), records=[table.to_dict("records")])


def _row(instrument: Instrument, names: Sequence[str]) -> dict[str, Any]:
    """Return fields of an instrument as plain values."""
    return {name: str(getattr(instrument, name)) for name in names}


def _market(symbol: str, day: str) -> Answer:
    """Explain one market, with its hours in UTC on a day."""
    found = find_instrument(symbol)
    record = {**_row(found, FACTS), **session_near(found, day), "unverified": list(found.unverified)}
    shown = {key: ", ".join(value) if isinstance(value, list) else value for key, value in record.items()}
    width = max(map(len, shown))
    lines = [f"{key.replace('_', ' '):<{width}}  {value}" for key, value in shown.items() if value]
    return Answer(text="\n".join(lines), records=[record])
