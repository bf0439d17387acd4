"""What the commands do, apart from taking options and printing."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ..instruments.catalogue import Instrument, catalogue, find_instrument, with_groups
from ..markets.alignment.explain import explain
from ..markets.alignment.sessions import align as align_instants
from ..markets.calendars.describe import session_near
from ..render import tables
from ..report.write import write_report
from ..study.config import read_study
from ..study.narrative import left_out
from ..study.run import StudyRun, run_study

ALIGNMENT_FIELDS = {
    "first_tradable": "first_tradable_utc",
    "reference": "reference_utc",
    "observation": "observation_utc",
}


@dataclass(frozen=True, kw_only=True)
class Done:
    """A finished run: what to print as text or JSON, and notes for stderr."""

    text: str
    record: dict[str, Any]
    notes: tuple[str, ...]


def run(study: Path, out: Path | None, *, force: bool) -> Done:
    """Run a study file and write its report."""
    file = read_study(study)
    done = run_study(file)
    page = write_report(
        done.result, out or file.path.parent, title=file.title, others=done.others, inputs=done.inputs, force=force
    )
    return Done(
        text=f"{done.result.summary()}\n\nreport: {page}", record=_record(done, page), notes=tuple(_notes(done))
    )


def _notes(done: StudyRun) -> Iterable[str]:
    """Say what stands beside the result: warnings of the dating, markets left out, oddities."""
    yield f"event: {done.event.when} ({done.event.basis}; {done.event.id})"
    yield from (f"warning: {warning}" for warning in done.event.warnings)
    yield from (f"left out: {line}" for line in left_out(done.result.outcomes))
    if len(done.result.oddities):
        yield f"data: {len(done.result.oddities)} oddities in the prices, listed in tables/oddities.csv"


def _record(done: StudyRun, page: Path) -> dict[str, Any]:
    """Return the result as plain values."""
    result = done.result
    return {
        "report": page.as_posix(),
        "finding": list(result.finding()),
        "reaction": _records(result.reaction),
        "car": _records(result.car),
        "outcomes": _records(result.outcomes[["market", "outcome", "observations", "detail"]]),
    }


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as mappings; what is missing is null."""
    rows = frame.drop(columns="event_id", errors="ignore").to_dict("records")
    return [{str(key): _plain(value) for key, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    """Return a value that JSON knows."""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}" if value.tzinfo else f"{value:%Y-%m-%d}"
    if value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    return value


def align(at: str, markets: list[str] | None) -> pd.DataFrame:
    """Align one instant with the named markets, or with all."""
    return align_instants(at, markets or list(catalogue())).astype({"market": str, "state": str})


def alignment_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Alignment rows as plain values, in the stable layout."""
    fields = ["market", "session", "state", *ALIGNMENT_FIELDS.values()]
    return _records(table.rename(columns=ALIGNMENT_FIELDS)[fields])


def alignment_text(table: pd.DataFrame, *, in_words: bool) -> str:
    """Alignment rows as a table for people, and each row in words where asked."""
    headings = dict(zip(ALIGNMENT_FIELDS, ("tradable", "seen before", "seen after"), strict=True))
    formats = {"session": tables.day, **dict.fromkeys(ALIGNMENT_FIELDS, tables.utc)}
    columns = ["market", "state", "session", *ALIGNMENT_FIELDS]
    text = tables.to_text(table[columns], formats, headings | {"session": "day 0"}) + "\n(times in UTC)"
    return "\n".join([text, "", *explain(table)]) if in_words else text


MARKET_COLUMNS = ("symbol", "name", "exchange", "calendar", "observation", "unit")


def markets(group: str = "") -> pd.DataFrame:
    """List the catalogue or a group of it: symbol, name, exchange, clock, and what the daily price is."""
    names = [str(name) for name in with_groups(f"@{group.removeprefix('@')}")] if group else list(catalogue())
    return pd.DataFrame([_market_row(find_instrument(name), MARKET_COLUMNS) for name in names])


def _market_row(each: Instrument, columns: Iterable[str]) -> dict[str, Any]:
    """Return fields of an instrument as plain values."""
    return {name: str(getattr(each, name)) for name in columns}


def markets_text(table: pd.DataFrame) -> str:
    """Return the catalogue as a table for people."""
    return tables.to_text(table.drop(columns="exchange"), {})


def market(symbol: str, day: str) -> dict[str, Any]:
    """Return what is known of one market, with its hours in UTC on a day."""
    found = find_instrument(symbol)
    columns = (*MARKET_COLUMNS, "clock_basis", "kind", "currency", "open_means", "close_means", "proxy_for", "remark")
    session = session_near(found, day)
    return {**_market_row(found, columns), **session, "unverified": list(found.unverified)}


def market_text(record: dict[str, Any]) -> str:
    """Return what is known of one market as lines for people."""
    shown = {key: ", ".join(value) if isinstance(value, list) else value for key, value in record.items()}
    width = max(map(len, shown))
    return "\n".join(f"{key.replace('_', ' '):<{width}}  {value}" for key, value in shown.items() if value)
