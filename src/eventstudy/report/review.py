"""Pages to check by eye how articles were dated, and how they were gathered into events."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

_KEPT = frozenset("\n\t")
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cn"})


def review_page(records: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the review page of dated articles.

    Parameters
    ----------
    records : sequence of mapping
        One for each article, as `eventstudy.news.dating.output.review_record` makes them.

    Returns
    -------
    bytes
        One HTML file in UTF-8 that loads nothing and runs no script. Invisible and bidirectional characters are written
        as their code points.
    """
    undecided = sum(not record["decided"] for record in records)
    undated = sum(record["event"]["start_utc"] is None for record in records)
    return _rendered("review.html.j2", records=records, undecided=undecided, undated=undated)


def events_page(records: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the review page of a list of events: each with its articles, how they were read, and who contradicts.

    Parameters
    ----------
    records : sequence of mapping
        One for each event, as `eventstudy.news.clusters.output.news_event_record` makes them.

    Returns
    -------
    bytes
        As those of `review_page`.
    """
    articles = sum(len(record["members"]) for record in records)
    return _rendered("events.html.j2", records=records, articles=articles)


def _rendered(template: str, **values: Any) -> bytes:
    """Fill a template of this folder."""
    environment = Environment(
        loader=PackageLoader("eventstudy.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    environment.filters["visible"] = visible
    return environment.get_template(template).render(**values).encode("utf-8", errors="replace")


def visible(text: object) -> str:
    r"""Replace control, format and unassigned characters by their code points; line breaks and tabs are kept.

    Parameters
    ----------
    text : object
        Untrusted text; anything else is converted by `str`.

    Returns
    -------
    str

    Examples
    --------
    >>> visible("oil\u202egnp\x1b[31m")
    'oil\u2039U+202E\u203agnp\u2039U+001B\u203a[31m'
    """
    return "".join(
        f"\u2039U+{ord(c):04X}\u203a" if c not in _KEPT and unicodedata.category(c) in _UNSEEN | {"Cs"} else c
        for c in str(text)
    )
