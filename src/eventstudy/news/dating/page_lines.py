"""Recognise time expressions outside the story: page stamps, headings of live-blog entries, photo captions."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from ..grammar.expressions import Expression
from ..grammar.scanner import DASHES
from ..text.lexicon import words
from ..text.tokens import LINE_END, Token

_STAMPS = words("stamps")
_STAMP_LEADS = words("stamp leads")
_CAPTIONS = words("captions")
_POSES = words("poses")
_BYLINE = words("byline")
_HALTS = words("halts")
_SEPARATORS = frozenset("|•·*([") | DASHES
_STOPS = frozenset(".?!")
# A line longer than this is a paragraph, not a stamp or a caption.
_STAMP_WORDS, _CAPTION_TOKENS, _REACH = 8, 60, 60
_REPORT_TOKENS = 4


@dataclass(frozen=True, kw_only=True)
class Line:
    """The tokens of the line around an expression, at most 60 on each side.

    Parameters
    ----------
    before, after : sequence of Token
        Before and after the expression.
    tokens : sequence of Token
        Of the whole line.
    """

    before: Sequence[Token]
    after: Sequence[Token]
    tokens: Sequence[Token]


class Lines:
    """The lines of a text, found by token. Built once for a text, so that the cost of an expression stays constant.

    Parameters
    ----------
    tokens : sequence of Token
    """

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self._starts = [t.start for t in tokens]
        self._ends = [n for n, t in enumerate(tokens) if t.text == LINE_END]

    def span_of(self, e: Expression) -> tuple[int, int]:
        """Return the first and one-past-last token of an expression.

        Parameters
        ----------
        e : Expression

        Returns
        -------
        (int, int)
        """
        return bisect_left(self._starts, e.start), bisect_left(self._starts, e.end)

    def around(self, first: int, last: int) -> Line:
        """Return the line around a run of tokens.

        Parameters
        ----------
        first, last : int
            First and one-past-last token.

        Returns
        -------
        Line
        """
        n, m = bisect_left(self._ends, first), bisect_left(self._ends, last)
        start = max(first - _REACH, self._ends[n - 1] + 1 if n else 0)
        end = min(last + _REACH, self._ends[m] if m < len(self._ends) else len(self.tokens))
        tokens = self.tokens[start:end]
        return Line(before=tokens[: first - start], after=tokens[last - start :], tokens=tokens)


def is_stamp(line: Line, e: Expression, others: Sequence[Expression]) -> bool:
    """Return whether an expression is a stamp of the page: labelled as one, or alone on its line.

    Parameters
    ----------
    line : Line
    e : Expression
    others : sequence of Expression
        The expressions around it.

    Returns
    -------
    bool
    """
    return _is_labelled(line, e) or _is_entry(line, e) or _is_alone(line, e, others)


def _is_labelled(line: Line, e: Expression) -> bool:
    """Match "Published: 8 January 2020", "- Posted 02 Apr", "(updates at 1400 GMT)", "It was published a year ago"."""
    for n in range(len(line.before) - 1, max(-1, len(line.before) - 6), -1):
        if line.before[n].lower in _STAMPS:
            lead = [t for t in line.before[max(0, n - 4) : n] if t.lower not in _STAMP_LEADS]
            labelled = line.before[n].text[0].isupper() or any(t.text == ":" for t in line.before[n:])
            ends = not lead or lead[-1].text in _SEPARATORS | _STOPS
            return ends and (labelled or bool(e.shift) or e.reading.clock is not None)
    return False


def _is_entry(line: Line, e: Expression) -> bool:
    """Match the clock that heads an entry of a live blog: "7.02am: We're back", "UPDATE, 12:32 PM: ..."."""
    if e.reading.clock is None or any(t.text[0].isalnum() and t.lower not in _STAMP_LEADS for t in line.before):
        return False
    following = line.after[0].text if line.after else LINE_END
    return following in {":", "|", LINE_END} or (following in DASHES and len(line.after) > 3)


def heads_entry(line: Line, e: Expression) -> bool:
    """Return whether an expression is the clock of a live-blog entry with its report on the same line.

    Parameters
    ----------
    line : Line
    e : Expression

    Returns
    -------
    bool
        The entry dates its own report.
    """
    return _is_entry(line, e) and len(line.after) > _REPORT_TOKENS


def _is_alone(line: Line, e: Expression, others: Sequence[Expression]) -> bool:
    """Match a date or clock on a line with nothing else but names, as in bylines and page headers."""
    if len(line.tokens) >= _STAMP_WORDS + 2 * _REACH or not _is_dated(e):
        return False
    start, end = line.tokens[0].start, line.tokens[-1].end
    covered = [(o.start, o.end) for o in others if o.start < end and o.end > start]
    capitals = bool(line.before) and line.before[0].text.isupper() and len(line.before[0].text) > 2
    if capitals and e.reading.clock is None:
        return False
    names = 0
    for t in line.tokens:
        if t.text.isalpha() and not any(a <= t.start < b for a, b in covered):
            names += 1
            plain = (not t.text[0].isupper() and t.lower not in _BYLINE) or t.lower in _HALTS
            if plain or names > _STAMP_WORDS:
                return False
    return True


def _is_dated(e: Expression) -> bool:
    day = e.reading.day
    return e.reading.clock is not None or (day is not None and day.day is not None) or bool(e.shift and e.shift.ago)


def is_caption(line: Line, e: Expression) -> bool:
    """Return whether an expression dates a picture: "FILE PHOTO: ... May 8, 2019", "(AP Photo)", "is seen on ...".

    Parameters
    ----------
    line : Line
    e : Expression

    Returns
    -------
    bool
    """
    day = e.reading.day
    if day is None or day.day is None or len(line.tokens) > _CAPTION_TOKENS:
        return False
    if any(t.lower in _CAPTIONS for t in line.tokens):
        return True
    return day.year is not None and e.reading.clock is None and any(t.lower in _POSES for t in line.before)
