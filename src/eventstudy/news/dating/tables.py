"""Dated articles as a table, one row each, in CSV, Parquet or JSON Lines by the name of the file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from ...errors import UsageError
from .dating import Dating
from .output import dating_record

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
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")
_WRITERS = (".csv", ".jsonl", ".parquet")


def event_row(dating: Dating) -> dict[str, Any]:
    """Return one row for one article: its main event, or empty times and the reason among the warnings.

    The columns are those that `eventstudy.events.read_events` reads, and more; ``source`` is the dating sentence.

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
    }


def table_bytes(datings: Sequence[Dating], name: str) -> bytes:
    """Return the file of a table of dated articles.

    Parameters
    ----------
    datings : sequence of Dating
    name : str
        Of the file to be; its ending chooses ``.csv``, ``.jsonl`` (the full record of each article) or ``.parquet``.

    Raises
    ------
    UsageError
        If the ending is another one, or Parquet is asked for and `pyarrow` is not installed.
    """
    ending = next((e for e in _WRITERS if name.lower().endswith(e)), "")
    if ending == ".csv":
        return _csv([event_row(d) for d in datings])
    if ending == ".jsonl":
        lines = (json.dumps(dating_record(d), ensure_ascii=False, allow_nan=False) for d in datings)
        return "".join(f"{line}\n" for line in lines).encode()
    if ending == ".parquet":
        return _parquet([event_row(d) for d in datings])
    raise UsageError(f"{name}: the ending says nothing of the format; use one of {', '.join(_WRITERS)}")


def _csv(rows: Sequence[dict[str, Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([row[c] if c == "tz" else _cell(row[c]) for c in COLUMNS] for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    """Write true and false in small letters, and keep text from being run as a spreadsheet's formula."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def _parquet(rows: Sequence[dict[str, Any]]) -> bytes:
    # imported here: pandas is slow to load and no other part of this room needs it
    import pandas as pd

    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    for column in ("start_utc", "end_utc"):
        frame[column] = pd.to_datetime(frame[column], utc=True)
    try:
        return frame.to_parquet(None, index=False)
    except ImportError:
        raise UsageError(
            "writing Parquet needs pyarrow (the extra `prices`): pip install pyarrow; or name a .csv or .jsonl file"
        ) from None
