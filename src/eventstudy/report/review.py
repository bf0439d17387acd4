"""A page on which a person checks how articles were dated: the text with its expressions marked, and their reading."""

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
        One HTML file in UTF-8 that asks nothing of anywhere and runs no script. Characters that would not be seen,
        or would turn the text around, stand as their code points.
    """
    environment = Environment(
        loader=PackageLoader("eventstudy.report", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["visible"] = visible
    undecided = sum(not record["decided"] for record in records)
    undated = sum(record["event"]["start_utc"] is None for record in records)
    page = environment.get_template("review.html.j2").render(records=records, undecided=undecided, undated=undated)
    return page.encode("utf-8", errors="replace")


def visible(text: object) -> str:
    r"""Write characters that cannot be seen, or that turn text around, as their code points.

    Parameters
    ----------
    text : object

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
