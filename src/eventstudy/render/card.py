"""Small cards for notebooks: a heading, facts, and a text with marked places; every word is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from ..text import shortened

CUT = 80
LEFT = 'style="text-align:left"'
NOTHING = "\N{EN DASH}"
_MARK = "color:#1f2933;padding:0 .15em;border-radius:.2em;background:"
# What a place in a text may be: a time expression, the one that dates the event, a statement about a market.
MARKS = {"time": f"{_MARK}#fde7a9", "event": f"{_MARK}#f9c9c2;font-weight:600", "claim": f"{_MARK}#cfe3f7"}


def card(title: str, facts: Mapping[str, object], text: str = "") -> str:
    """Return a card as HTML.

    Parameters
    ----------
    title : str
        Untrusted.
    facts : mapping of str to object
        Untrusted values, by name; empty ones are left out.
    text : str
        HTML, as `marked` makes it; folded.

    Returns
    -------
    str

    Examples
    --------
    >>> card("<b>", {"where": ""})
    '<div><p><strong>&lt;b&gt;</strong></p><table></table></div>'
    """
    rows = "".join(
        f'<tr><th scope="row" {LEFT}>{escape(name)}</th><td {LEFT}>{escape(str(value))}</td></tr>'
        for name, value in facts.items()
        if value not in ("", None)
    )
    fold = f"<details><summary>Text</summary><div style='white-space:pre-wrap'>{text}</div></details>" if text else ""
    return f"<div><p><strong>{escape(title)}</strong></p><table>{rows}</table>{fold}</div>"


def marked(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    """Escape a text and mark places in it.

    Parameters
    ----------
    text : str
        Untrusted.
    spans : iterable of tuple of int, int and {"time", "event", "claim"}
        First and one-past-last character, and what is there; one that begins within another is left out.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> marked("a<b", [(0, 1, "time")]).endswith("&lt;b")
    True
    """
    pieces, done = [], 0
    for start, end, kind in sorted(spans):
        if start >= done:
            inner = escape(text[start:end])
            pieces += [escape(text[done:start]), f'<mark title="{kind}" style="{MARKS[kind]}">{inner}</mark>']
            done = end
    return "".join([*pieces, escape(text[done:])])


def cut(text: str, most: int = CUT) -> str:
    """Shorten a text for one line.

    Parameters
    ----------
    text : str
    most : int
        Characters.

    Returns
    -------
    str

    Examples
    --------
    >>> cut("a b", 3), cut("abcdef", 3), cut("")
    ('a b', 'ab…', '–')
    """
    line = " ".join(text.split()) or NOTHING
    return shortened(line, most)
