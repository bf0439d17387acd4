"""Split a text into sentences; "a.m." does not end one before a weekday, a month or a time zone."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise

from ..places.zones import ABBREVIATIONS, NAMES, UTC_NAMES
from ..text.tokens import line_ends

# Possessive quantifiers prevent backtracking: a megabyte of dots must not take quadratic time.
_STOP = re.compile(r"(?<![.!?])[.!?]++[\"'”’)\]]*+(?=\s+[\"'“‘(\[]*[A-Z0-9])|\n|\[(?:\.\.\.|…)\]")
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Za-z]|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec|Mon|Tues?|Wed|Thu(?:rs)?|Fri|Sat|Sun|Mr|Mrs|Ms|Dr|St|Gen|Sen|Rep"
    r"|Calif|Fla|Tex|Pa|Ga|Ill|Mich|Mass|Conn|Md|Va|Wash|Ore|Ariz|Colo|Nev|Tenn|Ky|Ala|Okla|Kan|Minn|Wis|Neb|Mont|Wyo|Ont"
    r"|Gov|Lt|Col|Capt|Sgt|Maj|Adm|Prof|Rev|Hon|No|vs|Mt|Ft|approx))$"
)
_CLOCK_END = re.compile(r"\b[ap]\.?m$", re.IGNORECASE)
# Words that continue a sentence after "a.m.": a day, a month, a zone, a figure or an opening bracket.
_ZONE_NAMES = "|".join(sorted({name.split()[0].capitalize() for name in NAMES}))
_GOES_ON = re.compile(
    r"\s+(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Jan|Feb|Mar|Apr|May|June?\b|July?\b|Aug|Sep|Oct|Nov|Dec"
    rf"|(?:{'|'.join(sorted({*ABBREVIATIONS, *UTC_NAMES}))})\b|(?:{_ZONE_NAMES})(?:\s\w+){{0,2}}\s[Tt]ime\b"
    r"|[ECMP]\.?[SD]?\.?T\.|[A-Z]\w+(?: [A-Z]\w+)? (?:local )?[Tt]ime\b|(?:Eastern|Pacific)\b|[\d({])"
)


class Sentences:
    """The sentences of a text.

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
        """Return the number of the sentence that holds a character.

        Parameters
        ----------
        position : int
            Of the character.

        Returns
        -------
        int
            Counted from 0.
        """
        return max(0, bisect_right(self._starts, position) - 1)


def _spans(text: str) -> tuple[tuple[int, int], ...]:
    lines = line_ends(text)
    cuts = [0, *(m.end() for m in _STOP.finditer(text) if _ends_sentence(text, m, lines)), len(text)]
    spans = []
    for first, last in pairwise(cuts):
        piece = text[first:last]
        start, end = first + len(piece) - len(piece.lstrip()), first + len(piece.rstrip())
        if end > start and text[start:end] not in {"[...]", "[…]"}:
            spans.append((start, end))
    return tuple(spans) or ((0, 0),)


def _ends_sentence(text: str, stop: re.Match[str], lines: frozenset[int]) -> bool:
    if stop.group() == "\n":
        return stop.start() in lines
    if not stop.group().startswith("."):
        return True
    before = text[max(0, stop.start() - 12) : stop.start()]
    if _CLOCK_END.search(before):
        return not _GOES_ON.match(text, stop.end())
    return not _ABBREVIATION.search(before)
