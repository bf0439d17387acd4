"""What a time expression is about, by the words around it: a happening, a statement, a price, a stamp, a plan."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from operator import attrgetter

from ..grammar.expressions import Expression
from ..grammar.sentences import Sentences
from ..text.lexicon import words
from ..text.tokens import Token


class MentionRole(StrEnum):
    """What the moment of an expression is the moment of."""

    EVENT = "event"
    STATEMENT = "statement"
    ANNOUNCEMENT = "announcement"
    SNAPSHOT = "market snapshot"
    STAMP = "publication stamp"
    DATELINE = "dateline"
    FORECAST = "forecast"
    STATUS = "status"


_INSTRUMENTS = words("instruments")
_MOVES = words("moves")
_HAPPENINGS = words("happenings")
_ANNOUNCES = words("announcements")
_SAYS = words("sayings")
_STAMPS = frozenset(["updated", "published", "modified", "posted", "updated:", "filed", "edited", "printed"])
_FORECASTS = words("forecasts")
_PLANS = words("plans")
_START = attrgetter("start")
_PASSIVE = frozenset(["was", "were", "been", "be", "first"])
_BE = frozenset(["is", "are", "was", "were"])
_PLAN_WORDS = _PLANS | _BE | {"agreed"}
_TALKS = frozenset(["begin", "gather", "hold", "meet", "restart", "resume", "return", "speak", "start", "vote"])
_CUTS = frozenset(
    ["after", "when", "following", "while", "but", "where", "although", "though", "because", ";", "—", "–"]
)
_LEGAL = words("aftermath")
_TRENDS = frozenset(["plunge", "rally", "rout", "selloff", "slump"])
_STARTS = frozenset(["began", "begun", "started"])
_STATUS = frozenset(["by", "as", "since", "until", "till"])


@dataclass(frozen=True, kw_only=True)
class Cues:
    """The role of an expression with the words that speak for it, and the sentence it stands in.

    Parameters
    ----------
    role : MentionRole
    happenings, announces, says, legal : tuple of str
        The words of each kind near the expression.
    sentence : int
        Number of the sentence.
    after_says : bool
        True where the expression follows the verb of saying, so that it dates the saying.
    relative : bool
        True in "X fell on Tuesday after Y declared": the day is that of the move, Y comes before.
    future : bool
    before : bool
        True where the past perfect tells what came before the story.
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


def read_cues(tokens: Sequence[Token], sentences: Sentences, expressions: Sequence[Expression]) -> tuple[Cues, ...]:
    """Judge every expression by the words around it, within its sentence."""
    cues = [_cues(tokens, sentences, e, bisect_left(tokens, e.start, key=_START)) for e in expressions]
    return tuple(_attributed(c, cues[:n]) for n, c in enumerate(cues))


def _attributed(cues: Cues, before: Sequence[Cues]) -> Cues:
    """Take "..., the palace announced at 1730 GMT" for a statement where its sentence has dated what it is about."""
    dated = any(c.sentence == cues.sentence and c.role is MentionRole.EVENT and c.happenings for c in before)
    if dated and cues.announces and cues.after_says:
        return replace(cues, role=MentionRole.STATEMENT, happenings=())
    return cues


def _cues(tokens: Sequence[Token], sentences: Sentences, e: Expression, first: int) -> Cues:
    number = sentences.at(e.start)
    start, end = sentences.spans[number]
    last = first
    while last < len(tokens) and tokens[last].start < e.end:
        last += 1
    before = _plain([t.lower for t in tokens[max(0, first - 30) : first] if t.start >= start])
    after = [t.lower for t in tokens[last : last + 14] if t.start < end]
    near_before, near_after, relative = _clause(
        before, after, bool(e.lead & {"after", "before"}) and e.reading.clock is None
    )
    window = near_before + near_after
    happenings = tuple(w for w in window if w in _HAPPENINGS)
    announces = tuple(w for w in window if w in _ANNOUNCES)
    says = tuple(w for w in window if w in _SAYS)
    future = _is_future(near_before, near_after) and not e.phrase.endswith("s")
    role = _role(tokens, e, first, near_before, near_after, before)
    return Cues(
        role=role,
        happenings=happenings,
        announces=announces,
        says=says,
        legal=_nearest(near_before, near_after),
        sentence=number,
        after_says=_follows_saying(before if future else near_before[-5:]) or (not near_before and bool(says)),
        relative=relative and role is MentionRole.SNAPSHOT and e.reading.part is None,
        future=future,
        before="had" in near_before,
    )


def _plain(near: list[str]) -> list[str]:
    """Pass over "reported" right before the time, as in "a fire was reported at 9": nobody is quoted."""
    return near[:-1] if near[-1:] == ["reported"] and near[-2:-1] and near[-2] in _PASSIVE else near


def _follows_saying(before: list[str]) -> bool:
    return any(w in _SAYS or w in {"announced", "confirmed", "declared", "tweeted", "posted"} for w in before)


def _nearest(before: list[str], after: list[str]) -> tuple[str, ...]:
    """Return the words of aftermath, where one of them stands nearer than any happening."""
    for word in (*reversed(before), *after):
        if word in _LEGAL:
            return (word,)
        if word in _HAPPENINGS:
            return ()
    return ()


def _clause(before: list[str], after: list[str], led: bool) -> tuple[list[str], list[str], bool]:
    """Cut the words around an expression to its own clause; the flag says that a cause ("after ...") follows."""
    cut = max((n for n, w in enumerate(before) if w in _CUTS), default=-1)
    ends = _CUTS | {"and", ","} if before[cut + 1 :] else _CUTS
    stop = min((n for n, w in enumerate(after) if w in ends), default=len(after))
    caused = stop < len(after) and after[stop] in {"after", "following", "when"}
    return [] if led else before[cut + 1 :], after[:stop], caused


def _is_future(before: list[str], after: list[str]) -> bool:
    if any(w in _SAYS or w in _ANNOUNCES for w in before[-3:]):
        return False
    if after[:1] == ["that"] and any(w in _SAYS for w in before):
        return False  # "said at 1000 GMT that he would form a government"
    near = before[-12:] + after[:4]
    if any(w in _PLAN_WORDS and _is_plan(near, n) for n, w in enumerate(near)):
        return True
    return any(w in _FORECASTS for w in near)


def _is_plan(near: list[str], n: int) -> bool:
    """Say whether a plan is told from a word on: "expects to", "was to", "agreed to meet", but not "agreed to buy"."""
    to = "to" in near[n + 1 : n + 2] if near[n] in {"set", "ready"} else "to" in near[n + 1 :]
    if near[n] == "agreed":
        return to and any(w in _TALKS for w in near[n + 2 : n + 5])
    return (near[n] in _PLANS and to) or (near[n] in _BE and near[n + 1 : n + 2] == ["to"])


def _is_priced(around: list[str]) -> bool:
    """Say whether words tell a price: a figure's sign or an instrument, but not "it hit near the copper port"."""
    if any(w in {"$", "%", "€", "£"} for w in around):
        return True
    first = next((n for n, w in enumerate(around) if w in _INSTRUMENTS), None)
    moves = [n for n, w in enumerate(around) if w in _MOVES]
    return first is not None and not (moves and moves[-1] < first and all(around[n] in _HAPPENINGS for n in moves))


def _role(
    tokens: Sequence[Token], e: Expression, first: int, before: list[str], after: list[str], sentence: list[str]
) -> MentionRole:
    window = before + after
    if before and len(before) <= 3 and any(w in _STAMPS for w in before[:2]):
        return MentionRole.STAMP
    if _is_dateline(tokens, e, first):
        return MentionRole.DATELINE
    happens = [w for w in window if w in _HAPPENINGS and w not in _MOVES]
    if _STARTS.issuperset(happens) and any(
        w in _TRENDS or (w == "slide" and _is_priced(sentence + after)) for w in window
    ):
        return MentionRole.SNAPSHOT
    told = any(w in _SAYS or w in _ANNOUNCES for w in before[-4:])
    # a subordinate clause moves what the main clause prices: "crude was up at $68, after closing lower on Tuesday"
    around = window if happens else sentence + after
    priced = not told and _is_priced(around)
    if priced and e.reading.clock and e.lead & {"by", "as"}:
        return MentionRole.SNAPSHOT
    if priced and any(w in _MOVES for w in window) and not (happens and e.reading.clock and not e.lead & {"by", "as"}):
        return MentionRole.SNAPSHOT
    if _is_future(before, after):
        return MentionRole.FORECAST
    if e.lead & {"by", "as", "since", "until", "till"}:
        return MentionRole.STATUS
    if any(w in _ANNOUNCES for w in window) and not happens:
        return MentionRole.ANNOUNCEMENT
    if any(w in _SAYS for w in before[-6:] + after[:2]) and not (happens and not any(w in _SAYS for w in before[-4:])):
        return MentionRole.STATEMENT
    return MentionRole.EVENT


def _is_dateline(tokens: Sequence[Token], e: Expression, first: int) -> bool:
    if first > 8 or first == 0 or e.reading.clock is not None or e.reading.day is None or e.reading.day.day is None:
        return False
    place = [t for t in tokens[:first] if t.text.isalpha()]
    return bool(place) and place[0].text.isupper() and all(t.text[0].isupper() for t in place)
