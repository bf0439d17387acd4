"""Sections of the page of many events that list: extreme events, pairs left out, overlaps, oddities."""

from __future__ import annotations

from urllib.parse import urlsplit

import pandas as pd

from ...render import tables
from ...study.wording import car_name, label
from ...text import shortened
from ..section import Section, filled, table
from .page_of_many import Many

COUNT, NUMBER = tables.number(0), tables.number()
MOST_LISTED = 25
# Characters of a title; the table of events has it whole.
LONGEST = 200


def extremes(page: Many) -> Section | None:
    """Build the list of the most extreme events."""
    frame = page.facts.extremes
    if frame.empty:
        return None
    shown = [
        {
            "title": shortened(str(row.get("title") or row["event_id"]), LONGEST),
            "id": shortened(str(row["event_id"]), LONGEST),
            "url": _address(row.get("url")),
            "market": label(str(row["symbol"]), page.facts.result.instruments),
            "day": tables.NOTHING if pd.isna(row["session"]) else tables.day(row["session"]),
            "car": page.amount(row["car"]),
            "t": NUMBER(row["t"]),
        }
        for row in frame.astype(object).where(frame.notna(), None).to_dict("records")
    ]
    body = filled("many_extremes", events=shown, window=car_name(page.facts.window.label))
    return Section(slug="extremes", title="The most extreme events", body=body, unit=page.unit, files=("events",))


def _address(url: object) -> str:
    """Return a web address; nothing for what is none, since a page must not run what a list holds."""
    try:
        parts = urlsplit(str(url or ""))
    except ValueError:
        return ""
    return str(url) if parts.scheme in ("http", "https") and parts.netloc else ""


def sample(page: Many) -> Section:
    """Build what was studied, left out, and overlaps."""
    result, counts = page.facts.result, page.facts.result.outcome_counts
    total, lost = sum(counts.values()), sum(counts.values()) - counts.get("ok", 0)
    headings = {"outcome": "Outcome", "count": "Pairs", "detail": "The first, in words"}
    formats: dict[str, tables.Formatter] = {"count": COUNT}
    names = {"event_id": "Event", "market": "Market", "outcome": "Outcome", "detail": "Reason"}
    listed = _in_words(result.first_lost(MOST_LISTED)[list(names)], "outcome")
    dropped = table(_in_words(page.facts.dropped, "outcome"), formats, headings, "Pairs left out, by reason")
    body = filled(
        "many_sample",
        studied=f"{len(result.estimates):,}",
        total=f"{total:,}",
        dropped=dropped if lost else "",
        listed=table(listed, {}, names, "Pairs left out") if lost else "",
        more=lost - len(listed),
        windows=f"{page.facts.lost_windows:,}" if page.facts.lost_windows else "",
        overlaps=page.facts.overlaps,
    )
    files = ("outcomes", "overlaps")
    return Section(slug="sample", title="What was studied, and what was left out", body=body, files=files)


def _in_words(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Write the codes of a column as words."""
    return frame.assign(**{column: frame[column].astype(str).str.replace("_", " ")})


def oddities(page: Many) -> Section:
    """Build what is odd in the data: counted by kind, with the first of each."""
    frame = page.facts.result.oddities
    grouped = frame.groupby("kind", sort=False)
    counted = grouped.agg(count=("market", "size"), markets=("market", "nunique"), detail=("detail", "first"))
    headings = {"kind": "Kind", "count": "Rows", "markets": "Markets", "detail": "The first, in words"}
    shown = _in_words(counted.reset_index(), "kind")
    formats: dict[str, tables.Formatter] = {"count": COUNT, "markets": COUNT}
    body = filled(
        "many_oddities", table=table(shown, formats, headings, "What is odd in the data") if len(shown) else ""
    )
    return Section(slug="data", title="What is odd in the data", body=body, files=("oddities",))
