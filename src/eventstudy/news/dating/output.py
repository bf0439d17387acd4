"""Write datings as JSON records, table rows, CSV, JSON Lines and Parquet."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...errors import UsageError
from ...events import Event, When
from ...optional import need
from .dating import Dating, open_choice

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "id",
    "start_utc",
    "end_utc",
    "precision",
    "approximate",
    "basis",
    "title",
    "source",
    "tz",
    "published",
    "other_events",
    "warnings",
    "confidence",
    "decided",
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")
_WRITERS = (".csv", ".jsonl", ".parquet")


def dating_record(dating: Dating) -> dict[str, Any]:
    """Return the stable JSON record of a dated article.

    Parameters
    ----------
    dating : Dating

    Returns
    -------
    dict
        ``id``, ``event``, ``events``, ``mentions``, ``warnings``, ``confidence`` (the probability that ``event`` is
        right, from 0 to 1), ``decided`` (whether that is high enough to use it without confirmation) and ``to_settle``
        (for an undecided one the two most likely readings and how to settle the choice; else empty). Where no time was
        found, the times of ``event`` are null and the reason is among its warnings.

    Examples
    --------
    >>> from eventstudy import Article, date_article
    >>> dating = date_article(Article.of("A bomb exploded at 0915 GMT in Lyon.", published="2021-03-05T10:00:00Z"))
    >>> dating_record(dating)["event"]["start_utc"]
    '2021-03-05T09:15:00Z'
    """
    first = dating.events[0] if dating.events else None
    return {
        "id": dating.article_id,
        "event": _event(first, dating),
        "events": [_event(e, dating) for e in dating.events],
        "mentions": [
            {
                "phrase": m.phrase,
                **when_record(m.when),
                "is_event": m.is_event,
                "warnings": list(m.warnings),
                "start_char": m.span[0],
                "end_char": m.span[1],
                "role": str(s.resolved.cues.role),
                "zone_source": s.resolved.zone.source if s.resolved.zone else "",
                "confidence": round(s.resolved.confidence, 2),
            }
            for m, s in zip(dating.mentions, dating.scored, strict=True)
        ],
        "warnings": list(dating.warnings),
        "confidence": round(dating.confidence, 3),
        "decided": dating.decided,
        "to_settle": open_choice(dating) if dating.events and not dating.decided else "",
    }


def _event(event: Event | None, dating: Dating) -> dict[str, Any]:
    if event is None:
        return {**when_record(None), "basis": None, "evidence": "", "warnings": list(dating.warnings), "by_rule": ""}
    return {
        **when_record(event.when),
        "basis": event.basis,
        "evidence": event.evidence,
        "warnings": list(event.warnings),
        "id": event.id,
        "by_rule": event.by_rule,
    }


def stamp(moment: dt.datetime) -> str:
    """Write an instant as ``2020-01-07T22:30:00Z``.

    Parameters
    ----------
    moment : datetime
        With a time zone.

    Returns
    -------
    str
    """
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def when_record(when: When | None, written: Callable[[dt.datetime], str] = stamp) -> dict[str, Any]:
    """Return the fields of a time in a record.

    Parameters
    ----------
    when : When or None
        All fields are null for None.
    written : callable
        Writes an instant.

    Returns
    -------
    dict
        ``start_utc``, ``end_utc``, ``precision``, ``tz``, ``approximate``.
    """
    if when is None:
        return {"start_utc": None, "end_utc": None, "precision": None, "tz": None, "approximate": None}
    return {
        "start_utc": written(when.start),
        "end_utc": written(when.end),
        "precision": str(when.precision),
        "tz": when.tz,
        "approximate": when.approximate,
    }


def review_record(dating: Dating) -> dict[str, Any]:
    """Return what a person needs to check a dating: the text in pieces, and the score of each expression.

    Parameters
    ----------
    dating : Dating

    Returns
    -------
    dict
        ``id``, ``title``, ``published``, ``event``, ``warnings``, ``confidence``, ``decided``; ``pieces``: text and the
        number of its expression, or None; ``expressions``: phrase, when, tz, zone_source, role, is_event, score,
        reasons, warnings.
    """
    pieces: list[tuple[str, int | None]] = []
    at = 0
    for n, mention in enumerate(dating.mentions):
        pieces += [(dating.text[at : mention.span[0]], None), (dating.text[mention.span[0] : mention.span[1]], n)]
        at = mention.span[1]
    pieces.append((dating.text[at:], None))
    return {
        "id": dating.article_id,
        "title": dating.title,
        "published": dating.published,
        "event": dating_record(dating)["event"],
        "warnings": list(dating.warnings),
        "confidence": round(dating.confidence, 3),
        "decided": dating.decided,
        "pieces": [piece for piece in pieces if piece[0]],
        "expressions": [
            {
                "phrase": m.phrase,
                "when": str(m.when) if m.when else "not resolved",
                "tz": m.when.tz if m.when else "",
                "zone_source": s.resolved.zone.source if s.resolved.zone else "",
                "role": str(s.resolved.cues.role),
                "is_event": m.is_event,
                "score": round(s.total, 1),
                "reasons": [(reason.text, round(reason.weight, 1)) for reason in s.reasons],
                "warnings": list(m.warnings),
            }
            for m, s in zip(dating.mentions, dating.scored, strict=True)
        ],
    }


def event_row(dating: Dating) -> dict[str, Any]:
    """Return the table row of one article: its main event, or empty times and the reason among the warnings.

    Parameters
    ----------
    dating : Dating

    Returns
    -------
    dict
        By the names of `COLUMNS`: those that `eventstudy.read_events` reads, and more. ``source`` is the
        sentence that dates the event.

    Examples
    --------
    >>> from eventstudy import Article, date_article
    >>> article = Article.of("A bomb exploded at 0915 GMT in Lyon.", published="2021-03-05T10:00:00Z")
    >>> row = event_row(date_article(article))
    >>> row["start_utc"], row["precision"], row["basis"]
    ('2021-03-05T09:15:00Z', 'minute', 'occurred')
    """
    record = dating_record(dating)
    event = record["event"]
    return {
        "id": record["id"],
        **{key: event[key] for key in ("start_utc", "end_utc", "precision", "approximate", "basis")},
        "title": dating.title,
        "source": event["evidence"],
        "tz": event["tz"],
        "published": dating.published,
        "other_events": max(0, len(record["events"]) - 1),
        "warnings": "; ".join(dict.fromkeys([*event["warnings"], *record["warnings"]])),
        "confidence": record["confidence"],
        "decided": record["decided"],
    }


def table_bytes(datings: Sequence[Dating], name: str) -> bytes:
    """Return the content of a table file of dated articles.

    Parameters
    ----------
    datings : sequence of Dating
    name : str
        Name of the file to write; its ending chooses ``.csv``, ``.jsonl`` (the full record of each article) or
        ``.parquet``.

    Returns
    -------
    bytes

    Raises
    ------
    UsageError
        If the ending is another one, or Parquet is asked for and `pyarrow` is not installed.
    """
    ending = next((e for e in _WRITERS if name.lower().endswith(e)), "")
    if ending == ".csv":
        return csv_table(COLUMNS, map(event_row, datings))
    if ending == ".jsonl":
        lines = (json.dumps(dating_record(d), ensure_ascii=False, allow_nan=False) for d in datings)
        return "".join(f"{line}\n" for line in lines).encode()
    if ending == ".parquet":
        return _parquet(datings)
    raise UsageError(f"{name}: unknown file ending; use one of {', '.join(_WRITERS)}")


def csv_table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Write rows as CSV; text that a spreadsheet would run as a formula gets a leading apostrophe.

    Parameters
    ----------
    columns : sequence of str
    rows : iterable of mapping
        By the names of the columns; ``tz``, which may begin with a sign, stays as it is.

    Returns
    -------
    bytes
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row[c] if c == "tz" else _cell(row[c]) for c in columns] for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    """Write booleans in lower case, and keep a spreadsheet from running text as a formula."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def datings_frame(datings: Iterable[Dating]) -> pd.DataFrame:
    """Return a table of dated articles, one row each.

    Parameters
    ----------
    datings : iterable of Dating

    Returns
    -------
    DataFrame
        The columns of `eventstudy date -o`: ``id``, ``start_utc`` and ``end_utc`` (UTC; NaT where undecided),
        ``precision``, ``approximate``, ``basis``, ``title``, ``source`` (the sentence that dates the event), ``tz``,
        ``published``, ``other_events`` (a count), ``warnings``, ``confidence`` (0 to 1) and ``decided``.

    Examples
    --------
    >>> from eventstudy import Article, date_article
    >>> article = Article.of("A bomb exploded at 0915 GMT in Lyon.", published="2021-03-05T10:00:00Z")
    >>> datings_frame([date_article(article)])[["start_utc", "precision"]]
                      start_utc precision
    0 2021-03-05 09:15:00+00:00    minute
    """
    # imported here: pandas is slow to load and dating itself does not need it
    import pandas as pd

    frame = pd.DataFrame([event_row(d) for d in datings], columns=list(COLUMNS))
    for column in ("start_utc", "end_utc"):
        frame[column] = pd.to_datetime(frame[column], utc=True)
    return frame


def _parquet(datings: Sequence[Dating]) -> bytes:
    need("pyarrow", "prices")
    return datings_frame(datings).to_parquet(None, index=False)
