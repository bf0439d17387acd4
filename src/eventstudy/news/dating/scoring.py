"""Choose the time expression that dates the event of an article, by a sum of weighted reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...events import Precision
from .context import Resolved, Setting
from .reasons import Reason, reasons_of
from .roles import MentionRole
from .weights import limit, weights

_NEVER = frozenset({MentionRole.STAMP, MentionRole.DATELINE, MentionRole.SNAPSHOT, MentionRole.CAPTION})
_REACH = 30
# An announcement older than this was public before the article, so the article does not date its publication.
_FRESH = dt.timedelta(days=4)
_CLOSES = frozenset({"close", "closed", "closing", "ended", "settled"})
LAST_RESORT = "no time of an event is given; that of the price move or of the page is used"


@dataclass(frozen=True, kw_only=True)
class Scored:
    """A resolved expression with its reasons for and against being the time of the event.

    Parameters
    ----------
    resolved : Resolved
    reasons : tuple of Reason
    eligible : bool
        True where it can date an event and its sum is high enough.
    basis : str
        ``"occurred"`` or ``"public"``.
    is_later : bool
        True after the last instant at which the article can have been published.
    warnings : tuple of str
    """

    resolved: Resolved
    reasons: tuple[Reason, ...]
    eligible: bool
    basis: str = "occurred"
    is_later: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def total(self) -> float:
        """The sum of the reasons."""
        return sum(reason.weight for reason in self.reasons)

    @property
    def by_text(self) -> float:
        """The sum without the reasons that come from the markets asked about."""
        return sum(reason.weight for reason in self.reasons if reason.name not in weights().market)


def rank(resolved: Sequence[Resolved], setting: Setting) -> tuple[Scored, ...]:
    """Score every expression.

    Parameters
    ----------
    resolved : sequence of Resolved
        In the order of the text.
    setting : Setting

    Returns
    -------
    tuple of Scored
        In the same order.
    """
    return tuple(_judge(r, setting, _near(resolved, n)) for n, r in enumerate(resolved))


def _near(resolved: Sequence[Resolved], n: int) -> Sequence[Resolved]:
    """Return the 30 expressions on each side of one; the limit keeps the cost linear in long texts."""
    return resolved[max(0, n - _REACH) : n + _REACH]


def choose(scored: Sequence[Scored]) -> tuple[Scored, ...]:
    """Rank the expressions that date an event, one for each event.

    Parameters
    ----------
    scored : sequence of Scored

    Returns
    -------
    tuple of Scored
        The most likely first. Of several that give the same event, the finest; empty where none dates an event.
    """
    candidates = [s for s in scored if s.eligible]
    candidates = candidates or [replace(s, warnings=(*s.warnings, LAST_RESORT)) for s in scored if _is_last_resort(s)]
    ranked = sorted(candidates, key=lambda s: (-s.total, s.resolved.expression.start))
    chosen: list[Scored] = []
    for s in ranked:
        if not any(_overlap(s, c) for c in chosen):
            chosen.append(max((f for f in ranked if f is s or _refines(f, s)), key=lambda f: (f is not s, f.total)))
    return (_doubted(chosen[0], chosen[1:]), *chosen[1:]) if chosen else ()


def _is_last_resort(s: Scored) -> bool:
    """Return whether an expression may date the event where no other does: a price move's day, or the page's stamp."""
    r = s.resolved
    bound = r.expression.lead & {"since", "until", "till", "by", "as", "from"}
    if r.when is None or r.when.precision is Precision.MULTI_DAY or bound or r.cues.governor in _CLOSES:
        return False
    return r.cues.role in {MentionRole.SNAPSHOT, MentionRole.STAMP, MentionRole.DATELINE}


def _is_finer(one: Scored, other: Scored) -> bool:
    """Return whether one is a clock time and the other only a day."""
    return one.resolved.expression.reading.clock is not None and other.resolved.expression.reading.clock is None


def _doubted(first: Scored, rest: Sequence[Scored]) -> Scored:
    """Add warnings about the choice: another time nearly as likely, or only the time of an old statement."""
    warnings = list(first.warnings)
    rival = min(rest, key=lambda s: first.total - s.total, default=None)
    clocked = [s for s in rest if s.resolved.expression.reading.clock is not None]
    near = [s for s in clocked if first.total - s.total <= limit("near rival with a clock")]
    if rival is not None and first.total - rival.total <= limit("near rival") and not _is_finer(first, rival):
        near.append(rival)
    if near:
        warnings.append(f"{near[0].resolved.expression.phrase!r} is nearly as likely to be the time of the event")
    # A statement of the last days has the basis "public", which says this already; such answers are as often right as
    # those without a warning (16 of 18 labelled pages).
    old = first.resolved.cues.role is MentionRole.STATEMENT and first.basis != "public"
    if old and first.resolved.expression.reading.clock is None:
        warnings.append("the time is that of a statement; the time of the event itself is not given")
    return replace(first, warnings=tuple(warnings))


def _overlap(one: Scored, other: Scored) -> bool:
    a, b = one.resolved.when, other.resolved.when
    return a is not None and b is not None and a.start <= b.end and b.start <= a.end


def _refines(fine: Scored, coarse: Scored) -> bool:
    """Return whether one expression gives the same event as another, at a finer precision."""
    a, b = fine.resolved.when, coarse.resolved.when
    if (
        a is None
        or b is None
        or b.start == b.end
        or fine.resolved.cues.role in {MentionRole.STATUS, MentionRole.FORECAST, MentionRole.SNAPSHOT}
    ):
        return False
    # "in the morning" begins at 06:00 but may contain a clock time from midnight on, such as 2 a.m.
    early = dt.timedelta(hours=6 if coarse.resolved.expression.reading.part == "morning" else 0)
    return (
        b.start - early <= a.start
        and a.end <= b.end
        and a.end - a.start < b.end - b.start
        and fine.total > coarse.total - limit("finer reading")
    )


def _judge(r: Resolved, setting: Setting, others: Sequence[Resolved]) -> Scored:
    cues, when = r.cues, r.when
    reasons = reasons_of(r, setting, others)
    warnings: tuple[str, ...] = ()
    if cues.relative and when is not None and when.precision is Precision.DAY:
        warnings = ("the day is that of the price move; the event came before it, perhaps on the day before",)
    if when is not None and when.precision is Precision.MULTI_DAY:
        warnings = ("only a span of several days is given",)
    scored = Scored(resolved=r, reasons=reasons, eligible=False, is_later=when is not None and setting.is_later(when))
    eligible = can_be_event(scored) and scored.total > limit("least for an event")
    reported = cues.role in {MentionRole.ANNOUNCEMENT, MentionRole.STATEMENT}
    fresh = when is None or setting.latest is None or setting.latest - when.end <= _FRESH
    basis = "public" if reported and fresh else "occurred"
    return replace(scored, eligible=eligible, basis=basis, warnings=warnings)


def can_be_event(s: Scored) -> bool:
    """Return whether an expression can date an event.

    A plan can only with its hour, the day of a price move only where the sentence says what the prices reacted to.

    Parameters
    ----------
    s : Scored

    Returns
    -------
    bool
    """
    cues, when = s.resolved.cues, s.resolved.when
    if when is None:
        return False
    if s.is_later and not cues.future and cues.role is not MentionRole.FORECAST:
        return False  # the past tense excludes a time after publication
    if s.is_later or cues.role is MentionRole.FORECAST:
        return when.precision in {Precision.MINUTE, Precision.HOUR} and cues.role not in _NEVER
    return cues.role not in _NEVER or cues.relative
