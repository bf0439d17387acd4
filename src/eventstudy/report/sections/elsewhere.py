"""What else happened in the windows, as far as the list of other events knows."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
from markupsafe import Markup

from ...render import tables
from ...study import narrative
from ...windows import Window, covering
from ..section import Page, Section, filled, table
from .tests import shown_window

# What follows the publisher's name and day; whole in the list of events.
ADDRESSES = re.compile(r"[;,]?\s*https?://.*", re.DOTALL)


def section(page: Page) -> Section:
    """Build the section.

    Parameters
    ----------
    page : Page

    Returns
    -------
    Section
    """
    result = page.result
    sentences = (
        narrative.other_events_sentence(page.elsewhere, page.lead, result.instruments),
        narrative.before_sentence(
            page.elsewhere, result.car, page.lead, result.windows, page.returns, result.instruments
        ),
    )
    body = filled(
        "elsewhere",
        sentences=[each for each in sentences if each],
        table=_table(page, page.elsewhere, "Other events, by window"),
        releases=_table(page, page.releases, "Scheduled releases, by window"),
    )
    return Section(slug="what-else", title="What else happened in the windows", body=body, unit="Times in UTC.")


def _table(page: Page, frame: pd.DataFrame, caption: str) -> Markup | None:
    """Other events down, windows across: in how many markets the window holds the event, and how it is known."""
    windows = page.result.windows
    span = covering(windows)
    inside = frame[frame["tau"].between(span.first, span.last)]
    markets = page.result.reaction["market"].nunique()
    lines = [_line(group, windows, markets) for _, group in inside.groupby("other_id", sort=False)]
    if not lines:
        return None
    formats: dict[str, tables.Formatter] = {window.label: str for window in windows}
    headings = {"when": "From", "what": "Event", **{window.label: shown_window(window) for window in windows}}
    return table(pd.DataFrame(lines), formats, {**headings, "source": "Source"}, caption)


def _line(group: pd.DataFrame, windows: list[Window], markets: int) -> dict[str, Any]:
    """Return the row of one other event."""
    start, about = group["start_utc"].iloc[0], "about " * bool(group["approximate"].iloc[0])
    line = {"when": f"{about}{tables.utc(start)}", "what": group["title"].iloc[0]}
    for window in windows:
        inside = int(group["tau"].between(window.first, window.last).sum())
        line[window.label] = "" if not inside else "all" if inside == markets else f"{inside} of {markets}"
    return {**line, "source": ADDRESSES.sub("", group["source"].iloc[0])}
