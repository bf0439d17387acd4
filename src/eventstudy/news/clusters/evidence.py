"""Read back the evidence file of a list of events, so that articles added later join them."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ...errors import InputError, UsageError
from ...events import Event, Precision, When, parse_instant
from ...files import MEGABYTE, read_bytes
from .news_event import NewsEvent, news_event
from .telling import Telling

_LARGEST = 1000 * MEGABYTE


def read_evidence(path: str | os.PathLike[str]) -> tuple[NewsEvent, ...]:
    """Read the evidence file that ``eventstudy events -o`` writes beside its table.

    Parameters
    ----------
    path : path
        JSON Lines, one event each.

    Returns
    -------
    tuple of NewsEvent
        With the ids and members of the file; what the members say together is computed anew.

    Raises
    ------
    InputError
        If the file is missing or a line is wrong; the message names the line.
    """
    try:
        lines = read_bytes(path, limit=_LARGEST).decode("utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise InputError(f"{path}: not an evidence file in UTF-8; name the .jsonl file beside the table") from None
    found = [_event(line, f"{path}:{n}") for n, line in enumerate(lines, 1) if line.strip()]
    ids = Counter(one.id for one in found)
    if twice := next((name for name, count in ids.items() if count > 1), ""):
        raise InputError(f"{path}: event {twice} stands there twice; keep one line")
    return tuple(found)


def _event(line: str, where: str) -> NewsEvent:
    try:
        record = json.loads(line)
        members = [_telling(member) for member in record["members"]]
        if not members or not isinstance(record["id"], str) or not record["id"]:
            raise ValueError
        return news_event(members, record["id"])
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError, UsageError) as error:
        told = f" ({error})" if isinstance(error, UsageError) else ""
        raise InputError(f"{where}: not an event with its members, as `eventstudy events -o` writes it{told}") from None


def _telling(member: Mapping[str, Any]) -> Telling:
    kept = member["kept"]
    occurred, public = _when(kept["occurred"]), _when(kept["public"])
    event = None
    if occurred is not None or public is not None:
        event = Event(
            id=member["id"],
            occurred=occurred,
            public=public,
            title=member["title"],
            evidence=kept["evidence"],
            warnings=tuple(map(str, kept["warnings"])),
            confidence=None if kept["confidence"] is None else float(kept["confidence"]),
        )
    return Telling(
        id=member["id"],
        title=member["title"],
        source=member["source"],
        url=member["url"],
        sha256=member["sha256"],
        published=_when(kept["published"]),
        published_text=member["published_utc"] or "",
        event=event,
        times=tuple((parse_instant(a), parse_instant(b)) for a, b in kept["times"]),
        terms={str(term): float(weight) for term, weight in kept["terms"].items()},
        correction=bool(kept["correction"]),
    )


def _when(value: Mapping[str, Any] | None) -> When | None:
    if value is None:
        return None
    return When(
        start=parse_instant(value["start_utc"]),
        end=parse_instant(value["end_utc"]),
        precision=Precision(value["precision"]),
        tz=value["tz"],
        approximate=value["approximate"],
    )
