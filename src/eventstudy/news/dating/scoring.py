"""Choose the time expression that dates the event of an article, by a sum of weighted reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from ...events import Precision, When
from .context import Resolved, Setting
from .roles import MentionRole
from .weights import limit, weights

_NEVER = frozenset({MentionRole.STAMP, MentionRole.DATELINE, MentionRole.SNAPSHOT, MentionRole.CAPTION})


class Reason(NamedTuple):
    """One reason for or against an expression: its words, its weight, and the name of the weight with its multiple."""

    text: str
    weight: float
    name: str
    value: float


def _because(text: str, name: str, value: float = 1.0) -> Reason:
    return Reason(text, weights().event[name] * value, name, value)


_CLOSES = frozenset({"close", "closed", "closing", "ended", "settled"})
LAST_RESORT = "no time of an event is given; that of the market's move or of the page is taken"


@dataclass(frozen=True, kw_only=True)
class Scored:
    """A resolved expression with its reasons for and against being the event.

    Parameters
    ----------
    resolved : Resolved
    reasons : tuple of Reason
        What counts and how much.
    eligible : bool
        Whether it can date an event at all.
    basis : str
        ``"occurred"`` or ``"public"``.
    warnings : tuple of str
    """

    resolved: Resolved
    reasons: tuple[Reason, ...]
    eligible: bool
    basis: str = "occurred"
    warnings: tuple[str, ...] = ()

    @property
    def total(self) -> float:
        """The sum of the reasons."""
        return sum(reason.weight for reason in self.reasons)


def rank(resolved: Sequence[Resolved], setting: Setting) -> tuple[Scored, ...]:
    """Judge every expression, in the order of the text."""
    return tuple(_judge(r, setting) for r in resolved)


def choose(scored: Sequence[Scored]) -> tuple[Scored, ...]:
    """Rank the expressions that date an event, one for each event, the finest where several give the same one."""
    candidates = [s for s in scored if s.eligible]
    candidates = candidates or [replace(s, warnings=(*s.warnings, LAST_RESORT)) for s in scored if _is_last_resort(s)]
    ranked = sorted(candidates, key=lambda s: (-s.total, s.resolved.expression.start))
    chosen: list[Scored] = []
    for s in ranked:
        if not any(_overlap(s, c) for c in chosen):
            chosen.append(max((f for f in ranked if f is s or _refines(f, s)), key=lambda f: (f is not s, f.total)))
    return (_doubted(chosen[0], chosen[1:]), *chosen[1:]) if chosen else ()


def _is_last_resort(s: Scored) -> bool:
    """Say whether an expression may stand for the event where nothing dates it: a market's day, or the page's stamp."""
    r = s.resolved
    bound = r.expression.lead & {"since", "until", "till", "by", "as", "from"}
    if r.when is None or r.when.precision is Precision.MULTI_DAY or bound or r.cues.governor in _CLOSES:
        return False
    return r.cues.role in {MentionRole.SNAPSHOT, MentionRole.STAMP, MentionRole.DATELINE}


def _is_finer(one: Scored, other: Scored) -> bool:
    """Say whether one is a clock time and the other no more than a day."""
    return one.resolved.expression.reading.clock is not None and other.resolved.expression.reading.clock is None


def _doubted(first: Scored, rest: Sequence[Scored]) -> Scored:
    """Add what makes the choice itself doubtful: another time nearly as likely, or nothing better than a statement."""
    warnings = list(first.warnings)
    rival = min(rest, key=lambda s: first.total - s.total, default=None)
    clocked = [s for s in rest if s.resolved.expression.reading.clock is not None]
    near = [s for s in clocked if first.total - s.total <= limit("near rival with a clock")]
    if rival is not None and first.total - rival.total <= limit("near rival") and not _is_finer(first, rival):
        near.append(rival)
    if near:
        warnings.append(f"{near[0].resolved.expression.phrase!r} is nearly as likely to be the time of the event")
    if first.resolved.cues.role is MentionRole.STATEMENT and first.resolved.expression.reading.clock is None:
        warnings.append("the time is that of a statement; when what it speaks of happened is not given")
    return replace(first, warnings=tuple(warnings))


def _overlap(one: Scored, other: Scored) -> bool:
    a, b = one.resolved.when, other.resolved.when
    return a is not None and b is not None and a.start <= b.end and b.start <= a.end


def _refines(fine: Scored, coarse: Scored) -> bool:
    """Say whether one expression gives the same happening as another, more finely."""
    a, b = fine.resolved.when, coarse.resolved.when
    if (
        a is None
        or b is None
        or b.start == b.end
        or fine.resolved.cues.role in {MentionRole.STATUS, MentionRole.FORECAST, MentionRole.SNAPSHOT}
    ):
        return False
    # "in the morning" may begin at midnight where a clock time says so
    early = dt.timedelta(hours=6 if coarse.resolved.expression.reading.part == "morning" else 0)
    return (
        b.start - early <= a.start
        and a.end <= b.end
        and a.end - a.start < b.end - b.start
        and fine.total > coarse.total - limit("finer reading")
    )


def _judge(r: Resolved, setting: Setting) -> Scored:
    cues, when = r.cues, r.when
    reasons = [
        _because(f"role: {cues.role}", f"role {cues.role}"),
        *_of_place_in_text(r),
        *_of_words(r),
        *_age(r, setting),
    ]
    warnings: tuple[str, ...] = ()
    if cues.relative and when is not None and when.precision is Precision.DAY:
        reasons.append(_because("the day of a market's move, which the event came before", "day of a market's move"))
        warnings = ("the day is that of the market's move; the event came before it, perhaps on the day before",)
    if when is not None and when.precision is Precision.MULTI_DAY:
        warnings = ("only a span of several days is given",)
    total = sum(reason.weight for reason in reasons)
    eligible = (
        when is not None
        and total > limit("least for an event")
        and _can_be_event(r, when, setting.is_later(when), cues.relative)
    )
    basis = "public" if cues.role in {MentionRole.ANNOUNCEMENT, MentionRole.STATEMENT} else "occurred"
    return Scored(resolved=r, reasons=tuple(reasons), eligible=eligible, basis=basis, warnings=warnings)


def _of_place_in_text(r: Resolved) -> list[Reason]:
    reasons = []
    if r.when is not None:
        reasons.append(_because(f"precision: {r.when.precision}", f"precision {r.when.precision}"))
    number = r.cues.sentence
    if number == 0:
        return [*reasons, _because("sentence 1", "first sentence")]
    first, step = weights().event["later sentence"], weights().event["each further sentence"]
    # falls to nothing with the distance from the lead, and no further
    return [*reasons, Reason(f"sentence {number + 1}", max(0.0, first + step * number), "later sentence", 1.0)]


def _of_words(r: Resolved) -> list[Reason]:
    cues, reasons = r.cues, []
    if cues.happenings:
        words = f"event words: {_listed(cues.happenings)}"
        reasons.append(_because(words, "one event word", min(2, len(cues.happenings))))
    if cues.announces:
        reasons.append(_because(f"announcement words: {_listed(cues.announces)}", "announcement words"))
    if cues.says and cues.after_says:
        reasons.append(_because(f"follows a verb of saying: {cues.says[0]}", "follows a verb of saying"))
    if cues.before:
        reasons.append(_because("past perfect: told as what came before", "past perfect"))
    if cues.legal:
        reasons.append(_because(f"aftermath words: {_listed(cues.legal)}", "aftermath words"))
    if r.expression.shift is not None:
        reasons.append(_because("counted from another time", "counted from another time"))
    if r.expression.lead & {"after", "before"} and not r.expression.approximate:
        reasons.append(_because("only a bound", "only a bound"))
    return reasons


def _listed(found: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(found))


def _can_be_event(r: Resolved, when: When, later: bool, relative: bool) -> bool:
    """Say whether an expression can date an event: a plan only with its hour, a price only where it answers one."""
    if later or r.cues.role is MentionRole.FORECAST:
        return when.precision in {Precision.MINUTE, Precision.HOUR} and r.cues.role not in _NEVER
    return r.cues.role not in _NEVER or relative


def _age(r: Resolved, setting: Setting) -> list[Reason]:
    today = setting.today
    if today is None or r.day is None:
        return []
    days, to_minute = (today - r.day).days, r.when is not None and r.when.precision is Precision.MINUTE
    if r.when is not None and setting.is_later(r.when):
        return [_because("after publication: a plan, not a happening", "after publication")]
    if days > 60:
        return [_because(f"{days} days old", f"over 60 days old{', to the minute' if to_minute else ''}")]
    return [_because(f"{days} days old", "over 3 days old")] if days > 3 and not to_minute else []
