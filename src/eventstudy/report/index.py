"""The index page of several reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..text import visible
from .template import template


def index_page(rows: Sequence[Mapping[str, str]], *, title: str) -> bytes:
    """Return a page that lists studies, with a link to the report of each.

    Parameters
    ----------
    rows : sequence of mapping
        ``study``, ``state``, ``report`` (relative to the page; empty where there is none) and ``finding``.
    title : str

    Returns
    -------
    bytes
        One HTML file in UTF-8 that loads nothing and runs no script.

    Examples
    --------
    >>> row = {"study": "a", "state": "done", "report": "a/report.html", "finding": "+1 %"}
    >>> b'<a href="a/report.html">a</a>' in index_page([row], title="Studies")
    True
    """
    shown = [{**row, "study": visible(row["study"]), "finding": visible(row["finding"])} for row in rows]
    return template("index.html.j2").render(rows=shown, title=visible(title)).encode()
