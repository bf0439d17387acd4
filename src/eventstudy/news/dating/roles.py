"""Classify what a time expression dates, by the words around it: event, statement, price, page stamp or plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ..grammar.expressions import Expression
from ..grammar.scanner import DASHES
from ..grammar.sentences import Sentences
from ..text.lexicon import words
from ..text.tokens import Token
from .page_lines import Line, Lines, heads_entry, is_caption, is_stamp
from .plans import PASSIVE, REPORTS, is_to_come


class MentionRole(StrEnum):
    """What an expression dates."""

    EVENT = "event"
    STATEMENT = "statement"
    ANNOUNCEMENT = "announcement"
    SNAPSHOT = "market snapshot"
    STAMP = "publication stamp"
    DATELINE = "dateline"
    CAPTION = "caption"
    FORECAST = "forecast"
    STATUS = "status"


_INSTRUMENTS = words("instruments")
_MOVES = words("moves")
_HAPPENINGS = words("happenings")
_ANNOUNCES = words("announcements")
_SAYS = words("sayings")
_HALTS = words("halts")
_CROWDS = words("crowds")
_BEGINS = frozenset(["began", "begin", "begins", "open", "opened", "start", "started", "starts"])
_MEETINGS = frozenset(
    ["conference", "hearing", "market", "markets", "meeting", "negotiations", "session", "summit", "talks", "trading"]
)
_DIRECTIONS = frozenset(["down", "firmer", "higher", "lower", "softer", "up"])
_MODALS = frozenset(["could", "may", "might", "must", "should"])
_PERIODS = frozenset(["week", "month", "quarter", "year", "period", "days", "weeks", "months"])
_GOVERNORS = (_MOVES | _HAPPENINGS | _ANNOUNCES | _SAYS | _HALTS) - _DIRECTIONS
_CUTS = frozenset(
    ["after", "when", "followed", "following", "while", "but", "where", "although", "though", "because", ";", "—", "–"]
)
_LEGAL = words("aftermath")
_TRIPS = frozenset(["triggering", "tripping"])
_VEHICLES = frozenset(
    [
        "aircraft",
        "airliner",
        "boat",
        "bus",
        "convoy",
        "ferry",
        "flight",
        "helicopter",
        "jet",
        "plane",
        "ship",
        "train",
        "vessel",
    ]
)
_LEAVES = frozenset(["departed", "left"])
_HABITS = frozenset(["normally", "typically", "usually"])
_TRENDS = frozenset(["plunge", "rally", "rout", "selloff", "slump"])
_STARTS = frozenset(["began", "begun", "started"])
_SHARES = frozenset(["shares", "stock", "trading"])
_STATUS = frozenset(["by", "as", "since", "until", "till"])


@dataclass(frozen=True, kw_only=True)
class Cues:
    """The role of an expression, the words that it was inferred from, and its sentence.

    Parameters
    ----------
    role : MentionRole
    happenings, announces, says, legal : tuple of str
        Words near the expression of each list: events, announcements, verbs of saying, court proceedings and other
        aftermath.
    sentence : int
        Number of the sentence.
    after_says : bool
        True where the expression follows the verb of saying, so that it dates the statement.
    relative : bool
        True in "X fell on Tuesday after Y declared": the day is that of the price move, Y comes before it.
    future : bool
        True where the clause tells of something to come.
    before : bool
        True where the past perfect tells of something before the story.
    governor : str
        The nearest word of any of these lists.
    talks : bool
        True where a meeting, talks or trading began.
    period : bool
        True where it ends a reporting period: "the week ended April 28".
    trading : bool
        True where shares or trading are among the eight words before or after.
    entry : bool
        True where it heads an entry of a live blog, so that it dates the report in its line.
    """

    role: MentionRole
    happenings: tuple[str, ...] = ()
    announces: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    legal: tuple[str, ...] = ()
    sentence: int = 0
    after_says: bool = False
    relative: bool = False
    future: bool = False
    before: bool = False
    governor: str = ""
    trading: bool = False
    talks: bool = False
    period: bool = False
    entry: bool = False


def read_cues(tokens: Sequence[Token], sentences: Sentences, expressions: Sequence[Expression]) -> tuple[Cues, ...]:
    """Classify every expression by the words around it, within its sentence.

    Parameters
    ----------
    tokens : sequence of Token
    sentences : Sentences
    expressions : sequence of Expression
        Of the same text, in order.

    Returns
    -------
    tuple of Cues
        One for each expression.
    """
    lines = Lines(tokens)
    return tuple(
        _attributed([_cues(lines, sentences, e, expressions[max(0, n - 6) : n + 7]) for n, e in enumerate(expressions)])
    )


def _attributed(cues: Sequence[Cues]) -> Iterator[Cues]:
    """Read "..., the palace announced at 1730 GMT" as a statement where its sentence has dated the event before."""
    dated: set[int] = set()
    for c in cues:
        spoken = c.sentence in dated and c.announces and c.after_says
        yield replace(c, role=MentionRole.STATEMENT, happenings=()) if spoken else c
        if c.role is MentionRole.EVENT and c.happenings:
            dated.add(c.sentence)


def _cues(lines: Lines, sentences: Sentences, e: Expression, others: Sequence[Expression]) -> Cues:
    number = sentences.at(e.start)
    start, end = sentences.spans[number]
    tokens = lines.tokens
    first, last = lines.span_of(e)
    before = _plain([t.lower for t in tokens[max(0, first - 30) : first] if t.start >= start])
    after = [t.lower for t in tokens[last : last + (14 if before else 28)] if t.start < end]
    near_before, near_after, relative = _clause(
        before, after, bool(e.lead & {"after", "before"}) and e.reading.clock is None
    )
    window = near_before + near_after
    happenings = tuple(w for w in window if w in _HAPPENINGS)
    announces = tuple(w for w in window if w in _ANNOUNCES)
    says = tuple(w for w in window if w in _SAYS)
    bounded = bool(e.lead & {"until", "till", "by"}) and any(w in _MODALS for w in near_before[-8:])
    future = (bounded or is_to_come(e, near_before, near_after)) and not e.phrase.endswith("s")
    line = lines.around(first, last)
    role = _role_of_line(line, e, others) or _role(e, near_before, near_after, before)
    return Cues(
        role=role,
        happenings=happenings,
        announces=announces,
        says=says,
        legal=_nearest(near_before, near_after),
        sentence=number,
        after_says=_follows_saying(before if future else near_before[-5:]) or (not near_before and bool(says)),
        relative=relative and role is MentionRole.SNAPSHOT and e.reading.part is None and not e.reading.clock,
        future=future,
        before="had" in near_before,
        governor=_governor(near_before, near_after),
        talks=_is_beginning(window, near_before, near_after) and not _is_awaited(e, near_before),
        period=_ends_period(before),
        trading=any(w in _SHARES for w in before[-8:] + after[:8]),
        entry=heads_entry(line, e),
    )


def _role_of_line(line: Line, e: Expression, others: Sequence[Expression]) -> MentionRole | None:
    """Return the role that the line of an expression implies: dateline, caption or stamp."""
    if _is_dateline(line, e):
        return MentionRole.DATELINE
    if is_caption(line, e):
        return MentionRole.CAPTION
    return MentionRole.STAMP if is_stamp(line, e, others) else None


def _plain(near: list[str]) -> list[str]:
    """Drop "reported" right before the time, as in "a fire was reported at 9", which quotes nobody."""
    return near[:-1] if near[-1:] == ["reported"] and near[-2:-1] and near[-2] in PASSIVE else near


def _is_beginning(window: list[str], before: list[str], after: list[str]) -> bool:
    """Return whether a meeting, trading or a journey begins: "talks began at 9", "the train left Lyon at 9"."""
    opens = any(w in _BEGINS for w in window) and any(w in _MEETINGS for w in window)
    return opens or (_governor(before, after) in _LEAVES and any(w in _VEHICLES for w in before))


def _is_awaited(e: Expression, before: list[str]) -> bool:
    """Return whether "until" gives a beginning: "shares did not trade until 11:30"."""
    return "until" in e.lead and any(w in {"not", "t"} for w in before[-6:])


def _ends_period(before: list[str]) -> bool:
    """Return whether "the week ended", "the quarter ending" or "the week to" comes right before."""
    near = [w for w in before[-3:] if w != "on"]
    ends = near[-1:] != [] and near[-1] in {"ended", "ending", "to", "through"}
    return ends and any(w in _PERIODS for w in near[:-1])


def _follows_saying(before: list[str]) -> bool:
    return any(w in _SAYS or w in {"announced", "confirmed", "declared", "tweeted", "posted"} for w in before)


def _nearest(before: list[str], after: list[str]) -> tuple[str, ...]:
    """Return the nearest word of aftermath, unless a word of an event is nearer."""
    for word in (*reversed(before), *after):
        if word in _LEGAL:
            return (word,)
        if word in _HAPPENINGS:
            return ()
    return ()


def _clause(before: list[str], after: list[str], led: bool) -> tuple[list[str], list[str], bool]:
    """Cut the words around an expression to its clause; the flag tells whether a cause ("after ...") follows."""
    cut = max((n for n, w in enumerate(before) if w in _CUTS), default=-1)
    ends = _CUTS | {"and", ","} if before[cut + 1 :] else _CUTS
    stop = min((n for n, w in enumerate(after) if w in ends), default=len(after))
    caused = stop < len(after) and after[stop] in {"after", "following", "when"}
    # "after rising to a high" is no cause, but a move of the price itself
    caused = caused and not (after[stop + 1 : stop + 2] and after[stop + 1] in _MOVES)
    stop += 2 * (after[stop + 1 : stop + 2] != [] and after[stop + 1] in _TRIPS)
    return [] if led else before[cut + 1 :], after[:stop], caused


def _is_priced(around: list[str]) -> bool:
    """Return whether words give a price: a currency sign or an instrument, but not "it hit near the copper port"."""
    if any(w in {"$", "%", "€", "£"} for w in around):
        return True
    first = next((n for n, w in enumerate(around) if w in _INSTRUMENTS), None)
    moves = [n for n, w in enumerate(around) if w in _MOVES]
    return first is not None and not (moves and moves[-1] < first and all(around[n] in _HAPPENINGS for n in moves))


def _role(e: Expression, before: list[str], after: list[str], sentence: list[str]) -> MentionRole:
    window = before + after
    happens = [w for w in window if w in _HAPPENINGS and w not in _MOVES]
    if _STARTS.issuperset(happens) and any(
        w in _TRENDS or (w == "slide" and _is_priced(sentence + after)) for w in window
    ):
        return MentionRole.SNAPSHOT
    told = any(w in _SAYS or w in _ANNOUNCES for w in before[-4:])
    # The price may stand in the main clause only: "crude was up at $68, after closing lower on Tuesday".
    around = window if happens else sentence + after
    priced = not told and _is_priced(around) and not (any(w in _CROWDS for w in sentence + after) and not happens)
    governor = _governor(before, after)
    if any(w in _HALTS for w in window + after) or (governor in REPORTS and before[-8:] and "on" in before[-8:]):
        priced = False
    bound = bool(e.lead & {"by", "as"})
    if _is_awaited(e, before) or ("until" in e.lead and after[:1] == ["when"]):
        return MentionRole.EVENT
    if not happens and not e.reading.clock and sentence[:1] in (["it"], ["they"]) and _falls(before[-8:]):
        return MentionRole.SNAPSHOT
    if (priced and e.reading.clock and bound) or (_is_at_bell(e) and not any(w in _HALTS for w in window)):
        return MentionRole.SNAPSHOT
    if priced and any(w in _MOVES for w in window) and not (happens and e.reading.clock and not bound):
        return MentionRole.SNAPSHOT
    if is_to_come(e, before, after):
        return MentionRole.FORECAST
    if any(w in _HABITS for w in before[-12:]):
        return MentionRole.STATUS
    if e.lead & _STATUS and not (governor in _HALTS and bound):
        return MentionRole.STATUS
    if any(w in _ANNOUNCES for w in window) and not happens:
        return MentionRole.ANNOUNCEMENT
    if any(w in _SAYS for w in before[-6:] + after[:2]) and not (happens and not any(w in _SAYS for w in before[-4:])):
        return MentionRole.STATEMENT
    return MentionRole.EVENT


def _falls(near: list[str]) -> bool:
    """Return whether words tell of a price move, rather than of something that hit or struck."""
    return any(w in _MOVES and w not in _HAPPENINGS for w in near)


def _is_at_bell(e: Expression) -> bool:
    """Return whether a time is the opening or closing itself, as prices have it, rather than before or after it."""
    clock = e.reading.clock
    return clock is not None and bool(clock.bell) and not clock.away and not e.lead & {"after", "before"}


def _governor(before: list[str], after: list[str]) -> str:
    """Return the nearest word of any list; words after the expression count as three words farther away."""
    found = [(len(before) - n, w) for n, w in enumerate(before) if w in _GOVERNORS]
    found += [(n + 4, w) for n, w in enumerate(after) if w in _GOVERNORS]
    return min(found, default=(0, ""))[1]


def _is_dateline(line: Line, e: Expression) -> bool:
    """Match the date of "TOKYO, Jan 8 (Reuters) -" or "New Delhi, February 24: "."""
    day, before = e.reading.day, line.before
    if not 0 < len(before) <= 8 or e.reading.clock is not None or day is None or day.day is None:
        return False
    names = [t for t in before if t.text.isalpha()]
    if not names or not all(t.text[0].isupper() for t in names):
        return False
    ends = bool(line.after) and line.after[0].text in DASHES | {":"} and len(line.after) > 8
    return (names[0].text.isupper() and len(names[0].text) > 1) or (ends and before[-1].text == ",")
