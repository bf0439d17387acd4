"""The event: what the article says, how it was read, and how sure that reading is."""

from __future__ import annotations

import pandas as pd

from ...events import Event, When
from ...study import narrative
from ...study.wording import long_date
from ..section import Page, Section, filled, table

HEADINGS = {"phrase": "Words", "when": "Taken for", "notes": "Notes"}


def section(page: Page) -> Section:
    """Build the section.

    Parameters
    ----------
    page : Page

    Returns
    -------
    Section
    """
    result, event = page.result, page.event
    late = None if result.alternative is None else result.alternative.reaction
    uncertain = narrative.interval_sentence(
        result.reaction, late, str(event.when.precision), page.returns, result.instruments
    )
    mentions = _mentions(event)
    body = filled(
        "event",
        event=event,
        when=when_words(event.when),
        basis=narrative.basis_sentence(event.basis),
        uncertain=uncertain,
        count=len(mentions),
        mentions=table(mentions, {}, HEADINGS, "Other time expressions of the article") if len(mentions) else "",
    )
    return Section(slug="event", title="The event and its evidence", body=body)


def when_words(when: When) -> str:
    """Write when something happened: ``7 January 2020, 22:30 UTC``, or ``between ... and ...`` for an interval.

    Parameters
    ----------
    when : When

    Returns
    -------
    str
    """
    start = pd.Timestamp(when.start)
    if when.start == when.end:
        return f"{long_date(start)}, {start:%H:%M} UTC"
    end = pd.Timestamp(when.end)
    return f"between {long_date(start)}, {start:%H:%M} UTC and {long_date(end)}, {end:%H:%M} UTC"


def _mentions(event: Event) -> pd.DataFrame:
    """List the time expressions of the article that do not date the event, with the time each was read as."""
    rows = [
        {
            "phrase": mention.phrase,
            "when": str(mention.when) if mention.when else "not resolved",
            "notes": "; ".join(mention.warnings),
        }
        for mention in event.mentions
        if not mention.is_event
    ]
    return pd.DataFrame(rows, columns=list(HEADINGS))
