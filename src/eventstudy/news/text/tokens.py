"""Split a text into words, numbers, signs and line ends."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

_TOKEN = re.compile(r"\d+|[^\W\d_]+|[^\s]|\n")
# A text with longer lines is not wrapped. In a wrapped one, a line much shorter than the longest ends a paragraph.
_WRAPPED, _FILLED = 130, 0.75
LINE_END = "\n"
# "10.18 AM: ..." heads an entry of a live blog and starts a new paragraph.
_ENTRY = re.compile(r"\s*\d{1,2}(?:[.:]\d\d)?\s?(?:[ap]\.?m\.?)?\s*[:|–—-]\s", re.IGNORECASE)


class Token(NamedTuple):
    """One word, run of digits, sign or line end.

    Parameters
    ----------
    text : str
    lower : str
        The text in lower case.
    start, end : int
        First and one-past-last character.
    """

    text: str
    lower: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """Split a text into words, runs of digits, single signs and line ends (`LINE_END`).

    Parameters
    ----------
    text : str

    Returns
    -------
    list of Token
        Without spaces, and without newlines that only wrap a paragraph.

    Examples
    --------
    >>> [token.text for token in tokenize("At 9.30 a.m.")]
    ['At', '9', '.', '30', 'a', '.', 'm', '.']
    """
    breaks = line_ends(text)
    return [
        Token(word := m[0], word.lower(), m.start(), m.end())
        for m in _TOKEN.finditer(text)
        if m[0] != LINE_END or m.start() in breaks
    ]


def line_ends(text: str) -> frozenset[int]:
    """Return the positions of the newlines that end a paragraph, heading or list item rather than wrap a line.

    Parameters
    ----------
    text : str

    Returns
    -------
    frozenset of int
    """
    if LINE_END not in text:
        return frozenset()
    lines = text.split(LINE_END)
    longest = max(len(line) for line in lines)
    ends, at = [], 0
    for line, following in pairwise(lines):
        at += len(line)
        first = following.split(maxsplit=1)[0] if following.strip() else ""
        goes_on = first[:1].islower() or (longest <= _WRAPPED and len(line) + len(first) >= _FILLED * longest)
        if not first or not goes_on or (line.rstrip().endswith((".", "!", "?", "…")) and _ENTRY.match(following)):
            ends.append(at)
        at += 1
    return frozenset(ends)
