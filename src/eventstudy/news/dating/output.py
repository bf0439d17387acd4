"""What a dating says, as plain records: the stable JSON of one article, and rows for tables of many."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ...events import Event, When
from .dating import Dating


def dating_record(dating: Dating) -> dict[str, Any]:
    """Return the stable JSON record of a dated article.

    Parameters
    ----------
    dating : Dating

    Returns
    -------
    dict
        ``id``, ``event``, ``events``, ``mentions``, ``warnings``. Undecided: the times of ``event`` are
        null, the reason is among its warnings.

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
                **_when(m.when),
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
    }


def _event(event: Event | None, dating: Dating) -> dict[str, Any]:
    if event is None:
        return {**_when(None), "basis": None, "evidence": "", "warnings": list(dating.warnings)}
    return {
        **_when(event.when),
        "basis": event.basis,
        "evidence": event.evidence,
        "warnings": list(event.warnings),
        "id": event.id,
    }


def _when(when: When | None) -> dict[str, Any]:
    if when is None:
        return {"start_utc": None, "end_utc": None, "precision": None, "tz": None, "approximate": None}
    return {
        "start_utc": stamp(when.start),
        "end_utc": stamp(when.end),
        "precision": str(when.precision),
        "tz": when.tz,
        "approximate": when.approximate,
    }


def review_record(dating: Dating) -> dict[str, Any]:
    """Return what a person needs to check a dating: the text in pieces, and how each expression was judged.

    Parameters
    ----------
    dating : Dating

    Returns
    -------
    dict
        ``id``, ``title``, ``published``, ``event``, ``warnings``; ``pieces``: text and the number of the expression
        it is, or None; ``expressions``: phrase, when, tz, zone_source, role, is_event, score, reasons, warnings.
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
                "reasons": [(reason, round(weight, 1)) for reason, weight in s.reasons],
                "warnings": list(m.warnings),
            }
            for m, s in zip(dating.mentions, dating.scored, strict=True)
        ],
    }


def explain(dating: Dating) -> str:
    """Return how each time expression was read and why it is, or is not, the event: one paragraph each.

    Examples
    --------
    >>> from eventstudy import Article, date_article
    >>> dating = date_article(Article.of("A bomb exploded at 0915 GMT in Lyon.", published="2021-03-05T10:00:00Z"))
    >>> print(explain(dating).splitlines()[0])
    * 'at 0915 GMT' = 2021-03-05 09:15 UTC, UTC (the text)
    """
    lines = []
    for e in review_record(dating)["expressions"]:
        zone = f", {e['tz']}" + (f" ({e['zone_source']})" if e["zone_source"] else "")
        lines.append(f"{'*' if e['is_event'] else ' '} {e['phrase']!r} = {e['when']}{zone if e['tz'] else ''}")
        lines.append(
            f"    {e['score']:+.1f}: " + ", ".join(f"{reason} {weight:+.1f}" for reason, weight in e["reasons"])
        )
        lines += [f"    doubt: {warning}" for warning in e["warnings"]]
    return "\n".join(lines)


def stamp(moment: dt.datetime) -> str:
    """Write an instant as ``2020-01-07T22:30:00Z``."""
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
