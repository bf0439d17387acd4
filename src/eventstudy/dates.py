"""What ``eventstudy date`` prints: the event of each article, its evidence, and the other time expressions."""

from __future__ import annotations

import json
from collections.abc import Iterable

from .news import Dating, date_article, dating_record, read_articles


def date_all(paths: Iterable[str], published: str = "") -> list[Dating]:
    """Date every article of the given files, in order."""
    return [date_article(article) for article in read_articles(paths, published=published)]


def as_json(dating: Dating) -> str:
    """Return the stable record of one article as one line of JSON."""
    return json.dumps(dating_record(dating), ensure_ascii=False, allow_nan=False)


def undecided(dating: Dating) -> str:
    """Say why an article's event has no time, and what to pass."""
    reason = dating.warnings[-1] if dating.warnings else "no time found"
    return f"{dating.article_id}: {reason}; pass --published, or give `at` in a study file"


def as_text(dating: Dating) -> str:
    """Return the event of one article and its evidence for people."""
    if not dating.events:
        return f"{dating.article_id}: undecided"
    event = dating.events[0]
    lines = [f"{dating.article_id}: {event.when} ({event.basis}, to the {event.when.precision}, clock {event.when.tz})"]
    lines.append(f'  evidence: "{event.evidence}"')
    lines += [f"  warning: {warning}" for warning in event.warnings]
    others = [mention for mention in dating.mentions if not mention.is_event]
    lines += [f"  not the event: {mention.phrase!r} = {mention.when or 'unresolved'}" for mention in others]
    return "\n".join(lines)
