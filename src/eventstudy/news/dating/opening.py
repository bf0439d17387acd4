"""Find where a story begins, and the place and day of its dateline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ..grammar.expressions import Expression
from ..grammar.sentences import Sentences
from ..places.mentions import DATELINE_MARKS, Place
from .context import Setting

# A page's header is at most this many lines; the story is searched for in them.
_HEADER = 40
# A dateline is sought among so many places: the header and the title of a page may name some before it.
_FIRST = 12


def first_sentence(text: str, sentences: Sentences) -> int:
    """Return the number of the first full sentence, after the lines of a page's header.

    Parameters
    ----------
    text : str
    sentences : Sentences
        Of the same text.

    Returns
    -------
    int
        Counted from 0; 0 where none of the first 40 is a full sentence.
    """
    whole = (n for n, (start, end) in enumerate(sentences.spans[:_HEADER]) if _is_whole(text[start:end]))
    return next(whole, 0)


def _is_whole(sentence: str) -> bool:
    """Return whether a line is a sentence: at least eight words and a full stop."""
    return sentence.rstrip("\"'”’)").endswith((".", "!", "?")) and sentence.count(" ") >= 7


def dateline_of(text: str, places: Sequence[Place]) -> tuple[Place | None, int]:
    """Return the place of a dateline such as "TOKYO, Jan 8 (Reuters) -" or "SEOUL/TOKYO - ".

    Parameters
    ----------
    text : str
    places : sequence of Place
        Of the same text, in order.

    Returns
    -------
    (Place or None, int)
        The place and the position where the dateline ends; None and 0 where the text has no dateline.
    """
    for place in places[:_FIRST]:
        rest = text[place.end : place.end + 60].partition("\n")[0]
        opens = place.start < 3 or _opens_line(text, place)
        marks = (*DATELINE_MARKS, ": ") if any(c.isdigit() for c in rest[: rest.find(": ") + 1]) else DATELINE_MARKS
        ends = min((n for n in (rest.find(mark) for mark in marks) if n >= 0), default=-1)
        if opens and ends >= 0 and not any(c in rest[:ends] for c in ";?!"):
            return place, place.end + ends
        if place.start < 3 and place.name.isupper() and rest[:1] in {",", " ", "/"} and "Kyodo" in rest[:12]:
            return place, place.end
    return None, 0


def _opens_line(text: str, place: Place) -> bool:
    """Return whether a place opens a line as a dateline: "NAIROBI, Kenya", "MAYFIELD, Ky.", not "WTO - a history"."""
    before = text[text.rfind("\n", 0, place.start) + 1 : place.start]
    town = f"{before}{place.name}".split(",")[0]
    return town.isupper() and place.kind in {"city", "region", "country"} and (not before or before == f"{town}, ")


def dateline_date(e: Expression | None, near: dt.date | None) -> dt.date | None:
    """Return the date of a dateline.

    Parameters
    ----------
    e : Expression or None
        The dateline's time expression.
    near : date or None
        Publication date: a date without a year is the nearest to it.

    Returns
    -------
    date or None
    """
    if e is None or e.reading.day is None:
        return None
    day = e.reading.day
    try:
        if day.year:
            return dt.date(day.year, day.month or 1, day.day or 1)
        if near is None:
            return None
        found = [dt.date(near.year + n, day.month or 1, day.day or 1) for n in (-1, 0, 1)]
    except ValueError:
        return None
    return min(found, key=lambda d: abs((d - near).days))


def dateline_doubt(setting: Setting) -> tuple[str, ...]:
    """Return a warning where the dateline and the publication time are more than two days apart.

    Parameters
    ----------
    setting : Setting

    Returns
    -------
    tuple of str
        One warning or none.
    """
    if setting.dated is None or setting.stamp is None or abs((setting.dated - setting.stamp.day).days) <= 2:
        return ()
    return (f"the dateline says {setting.dated}, {setting.stamp.source} {setting.stamp.text}; the dateline is used",)
