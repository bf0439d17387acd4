"""Words, numbers and signs of a text with their places in it, and its sentences."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise
from typing import NamedTuple

_TOKEN = re.compile(r"\d+|[^\W\d_]+|\S")
_STOP = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]*[A-Z0-9])|\n\s*\n|\[(?:\.\.\.|…)\]")
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Za-z]|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec|Mon|Tues?|Wed|Thu(?:rs)?|Fri|Sat|Sun|Mr|Mrs|Ms|Dr|St|Gen|Sen|Rep"
    r"|Calif|Fla|Tex|Pa|Ga|Ill|Mich|Mass|Conn|Md|Va|Wash|Ore|Ariz|Colo|Nev|Tenn|Ky|Ala|Okla|Kan|Minn|Wis|Neb|Mont|Wyo|Ont"
    r"|Gov|Lt|Col|Capt|Sgt|Maj|Adm|Prof|Rev|Hon|No|vs|Mt|Ft|approx))$"
)
_CLOCK_END = re.compile(r"\b[ap]\.?m$", re.IGNORECASE)
_GOES_ON = re.compile(
    r"\s+(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Jan|Feb|Mar|Apr|May|June?\b|July?\b|Aug|Sep|Oct|Nov|Dec|GMT|UTC|[ECMP][SD]?T\b"
    r"|Eastern|Pacific|Central|Mountain|[A-Z]{3,4}T\b|BST|[A-Z]\w+ (?:time|Time)\b|[\d({])"
)


class Token(NamedTuple):
    """One word, run of digits or sign, with its first and one-past-last character."""

    text: str
    lower: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """Split a text into words, runs of digits and single signs."""
    return [Token(word := m[0], word.lower(), m.start(), m.end()) for m in _TOKEN.finditer(text)]


class Sentences:
    """The sentences of a text, found by position.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> text = "It struck at 1:30 a.m. Wednesday. The U.S. military said so."
    >>> [text[a:b] for a, b in Sentences(text).spans]
    ['It struck at 1:30 a.m. Wednesday.', 'The U.S. military said so.']
    """

    def __init__(self, text: str) -> None:
        self.spans = _spans(text)
        self._starts = [start for start, _ in self.spans]

    def at(self, position: int) -> int:
        """Return the number of the sentence that holds a character."""
        return max(0, bisect_right(self._starts, position) - 1)


def _spans(text: str) -> tuple[tuple[int, int], ...]:
    cuts = [0, *(m.end() for m in _STOP.finditer(text) if _ends_sentence(text, m)), len(text)]
    spans = []
    for first, last in pairwise(cuts):
        piece = text[first:last]
        start, end = first + len(piece) - len(piece.lstrip()), first + len(piece.rstrip())
        if end > start and text[start:end] not in {"[...]", "[…]"}:
            spans.append((start, end))
    return tuple(spans) or ((0, 0),)


def _ends_sentence(text: str, stop: re.Match[str]) -> bool:
    if not stop.group().startswith("."):
        return True
    before = text[max(0, stop.start() - 12) : stop.start()]
    if _CLOCK_END.search(before):
        return not _GOES_ON.match(text, stop.end())
    return not _ABBREVIATION.search(before)
