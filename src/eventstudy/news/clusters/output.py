"""Write a list of events: table rows, JSON records, and the evidence file from which a later call goes on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...errors import UsageError
from ...events import When
from ...optional import need
from ..dating.output import csv_table, when_record
from .consensus import meet
from .news_event import NewsEvent
from .telling import Telling, instant_text

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "event_id",
    "instant",
    "title",
    "occurred_start",
    "occurred_end",
    "public",
    "public_source",
    "confidence",
    "n_articles",
)
TABLES = (".csv", ".parquet")


def event_row(found: NewsEvent) -> dict[str, Any]:
    """Return the table row of one event.

    Parameters
    ----------
    found : NewsEvent

    Returns
    -------
    dict
        By the names of `COLUMNS`. ``instant`` is what a study uses: ``public`` where it is known to the minute, else
        the earliest instant at which the news can have been public.

    Examples
    --------
    >>> from eventstudy import Article, events_from
    >>> article = Article.of("A bomb exploded at 0915 GMT in Lyon.", published="2021-03-05T10:00:00Z", title="Blast")
    >>> row = event_row(events_from([article])[0])
    >>> row["instant"], row["occurred_start"], row["n_articles"]
    ('2021-03-05T10:00:00Z', '2021-03-05T09:15:00Z', 1)
    """
    return {
        "event_id": found.id,
        "instant": instant_text(found.when.start) if found.when else "",
        "title": found.title,
        "occurred_start": instant_text(found.occurred.start) if found.occurred else "",
        "occurred_end": instant_text(found.occurred.end) if found.occurred else "",
        "public": found.public_text,
        "public_source": found.public_source,
        "confidence": round(found.confidence, 3),
        "n_articles": len(found.members),
    }


def events_frame(found: Sequence[NewsEvent]) -> pd.DataFrame:
    """Return a list of events as a table, one row each.

    Parameters
    ----------
    found : sequence of NewsEvent

    Returns
    -------
    DataFrame
        The columns of `eventstudy events -o`: ``event_id``; ``instant``, ``occurred_start``, ``occurred_end`` (UTC; NaT
        where unknown); ``title``; ``public`` (text: an instant, or a day where no more is known), ``public_source``;
        ``confidence`` (0 to 1) and ``n_articles``.

    Examples
    --------
    >>> from eventstudy import Article, events_from
    >>> article = Article.of("A bomb exploded at 0915 GMT in Lyon.", published="2021-03-05T10:00:00Z", title="Blast")
    >>> events_frame(events_from([article]))[["instant", "n_articles"]]
                        instant  n_articles
    0 2021-03-05 10:00:00+00:00           1
    """
    # imported here: pandas is slow to load and gathering itself does not need it
    import pandas as pd

    frame = pd.DataFrame([event_row(one) for one in found], columns=list(COLUMNS))
    for column in ("instant", "occurred_start", "occurred_end"):
        frame[column] = pd.to_datetime(frame[column], utc=True, format="ISO8601")
    return frame


def news_event_record(found: NewsEvent) -> dict[str, Any]:
    """Return the stable JSON record of an event.

    Parameters
    ----------
    found : NewsEvent

    Returns
    -------
    dict
        ``id``, ``title``, ``event`` (``start_utc``, ``end_utc``, ``precision``, ``tz``, ``approximate``, ``basis``,
        ``evidence``, ``evidence_id``, ``warnings``: the contradictions), ``public_utc`` (an instant, or a day where no
        more is known), ``public_source``, ``confidence``, ``spread`` (of the members' readings; null where none is
        dated), ``members`` (``id``, ``published_utc``, ``source``, ``title``, ``url``, ``sha256``, ``start_utc``,
        ``end_utc``, ``precision``, ``confidence``, ``agrees``).
    """
    when = found.occurred or found.public
    spread = (
        {"start_utc": instant_text(found.spread[0]), "end_utc": instant_text(found.spread[1])} if found.spread else None
    )
    return {
        "id": found.id,
        "title": found.title,
        "event": {
            **_when(when),
            "basis": None if when is None else "occurred" if found.occurred else "public",
            "evidence": found.evidence,
            "evidence_id": found.evidence_id,
            "warnings": list(found.contradictions),
        },
        "public_utc": found.public_text or None,
        "public_source": found.public_source,
        "confidence": round(found.confidence, 3),
        "spread": spread,
        "members": [_member(one, found.occurred) for one in found.members],
    }


def _member(one: Telling, occurred: When | None) -> dict[str, Any]:
    """Return what an event's record says of one article."""
    when = one.event.when if one.event else None
    read = _when(when)
    return {
        "id": one.id,
        "published_utc": one.published_text or None,
        "source": one.source,
        "title": one.title,
        "url": one.url,
        "sha256": one.sha256,
        **{key: read[key] for key in ("start_utc", "end_utc", "precision")},
        "confidence": round(one.event.confidence or 0.0, 3) if one.event else None,
        "agrees": meet(when, occurred) if when and occurred else None,
    }


def _when(when: When | None) -> dict[str, Any]:
    """Return the fields of a time, finer than a second where it is known so."""
    return when_record(when, instant_text)


def event_table(found: Sequence[NewsEvent], name: str) -> bytes:
    """Return the content of a table file of events.

    Parameters
    ----------
    found : sequence of NewsEvent
    name : str
        Name of the file to write; its ending chooses ``.csv`` or ``.parquet``.

    Returns
    -------
    bytes

    Raises
    ------
    UsageError
        If the ending is another one, or Parquet is asked for and `pyarrow` is not installed.
    """
    check_table_name(name)
    if name.lower().endswith(".parquet"):
        need("pyarrow", "prices")
        return bytes(events_frame(found).to_parquet(None, index=False))
    return csv_table(COLUMNS, map(event_row, found))


def check_table_name(name: str) -> None:
    """Raise `UsageError` unless a table can be written under a name."""
    if not name.lower().endswith(TABLES):
        raise UsageError(f"{name}: unknown file ending; use one of {', '.join(TABLES)}")


def evidence_lines(found: Sequence[NewsEvent]) -> bytes:
    """Return the evidence file of a list of events, which a later call reads back with `read_evidence`.

    Parameters
    ----------
    found : sequence of NewsEvent

    Returns
    -------
    bytes
        JSON Lines: the record of each event, where each member also has its ``reading`` and its ``terms``.
    """
    lines = []
    for one in found:
        record = news_event_record(one)
        for member, telling in zip(record["members"], one.members, strict=True):
            member["kept"] = _kept(telling)
        lines.append(json.dumps(record, ensure_ascii=False, allow_nan=False))
    return "".join(f"{line}\n" for line in lines).encode()


def _kept(one: Telling) -> dict[str, Any]:
    """Return what only a later call needs of an article."""
    event = one.event
    return {
        "published": _when(one.published) if one.published else None,
        "occurred": _when(event.occurred) if event and event.occurred else None,
        "public": _when(event.public) if event and event.public else None,
        "evidence": event.evidence if event else "",
        "warnings": list(event.warnings) if event else [],
        "confidence": event.confidence if event else None,
        "times": [[instant_text(a), instant_text(b)] for a, b in one.times],
        "terms": dict(one.terms),
        "correction": one.correction,
    }
