"""Which time expression dates the article's event: a sum of small reasons, each of which can be shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...events import Precision, When
from .context import Setting
from .resolve import Resolved
from .roles import MentionRole

_PRECISION = {
    Precision.MINUTE: 3.0,
    Precision.HOUR: 2.6,
    Precision.PART_OF_DAY: 1.6,
    Precision.DAY: 0.8,
    Precision.MULTI_DAY: -2.5,
}
_ROLE = {
    MentionRole.EVENT: 2.0,
    MentionRole.ANNOUNCEMENT: 1.8,
    MentionRole.STATEMENT: -0.8,
    MentionRole.FORECAST: -0.8,
    MentionRole.STATUS: -1.2,
    MentionRole.SNAPSHOT: -6.0,
    MentionRole.STAMP: -6.0,
    MentionRole.DATELINE: -8.0,
}
_NEVER = frozenset({MentionRole.STAMP, MentionRole.DATELINE, MentionRole.SNAPSHOT})
_WEAK = -1.5
# Within these of the best, another time, or another clock time, is named as a rival.
_CLOSE, _CLOSE_CLOCK = 1.0, 1.75


@dataclass(frozen=True, kw_only=True)
class Scored:
    """A resolved expression with its reasons for and against being the event.

    Parameters
    ----------
    resolved : Resolved
    reasons : tuple of (str, float)
        What counts and how much.
    eligible : bool
        Whether it can date an event at all.
    basis : str
        ``"occurred"`` or ``"public"``.
    warnings : tuple of str
    """

    resolved: Resolved
    reasons: tuple[tuple[str, float], ...]
    eligible: bool
    basis: str = "occurred"
    warnings: tuple[str, ...] = ()

    @property
    def total(self) -> float:
        """The sum of the reasons."""
        return sum(weight for _, weight in self.reasons)


def rank(resolved: Sequence[Resolved], setting: Setting) -> tuple[Scored, ...]:
    """Judge every expression, in the order of the text."""
    return tuple(_judge(r, setting) for r in resolved)


def choose(scored: Sequence[Scored]) -> tuple[Scored, ...]:
    """Rank the expressions that date an event, one for each event, the finest where several give the same one."""
    ranked = sorted((s for s in scored if s.eligible), key=lambda s: (-s.total, s.resolved.expression.start))
    chosen: list[Scored] = []
    for s in ranked:
        if not any(_overlap(s, c) for c in chosen):
            chosen.append(max((f for f in ranked if f is s or _refines(f, s)), key=lambda f: (f is not s, f.total)))
    return (_doubted(chosen[0], chosen[1:]), *chosen[1:]) if chosen else ()


def _is_finer(one: Scored, other: Scored) -> bool:
    """Say whether one is a clock time and the other no more than a day."""
    return one.resolved.expression.reading.clock is not None and other.resolved.expression.reading.clock is None


def _doubted(first: Scored, rest: Sequence[Scored]) -> Scored:
    """Add what makes the choice itself doubtful: another time nearly as likely, or nothing better than a statement."""
    warnings = list(first.warnings)
    rival = min(rest, key=lambda s: first.total - s.total, default=None)
    clocked = [s for s in rest if s.resolved.expression.reading.clock is not None]
    near = [s for s in clocked if first.total - s.total <= _CLOSE_CLOCK]
    if rival is not None and first.total - rival.total <= _CLOSE and not _is_finer(first, rival):
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
        and fine.total > coarse.total - 4
    )


def _judge(r: Resolved, setting: Setting) -> Scored:
    cues, when = r.cues, r.when
    reasons = [(f"role: {cues.role}", _ROLE[cues.role]), *_of_place_in_text(r), *_of_words(r), *_age(r, setting)]
    warnings: tuple[str, ...] = ()
    if cues.relative and when is not None and when.precision is Precision.DAY:
        reasons.append(("the day of a market's move, which the event came before", 5.5))
        warnings = ("the day is that of the market's move; the event came before it, perhaps on the day before",)
    if when is not None and when.precision is Precision.MULTI_DAY:
        warnings = ("only a span of several days is given",)
    total = sum(w for _, w in reasons)
    eligible = when is not None and total > _WEAK and _can_be_event(r, when, setting.is_later(when), cues.relative)
    basis = "public" if cues.role in {MentionRole.ANNOUNCEMENT, MentionRole.STATEMENT} else "occurred"
    return Scored(resolved=r, reasons=tuple(reasons), eligible=eligible, basis=basis, warnings=warnings)


def _of_place_in_text(r: Resolved) -> list[tuple[str, float]]:
    number = r.cues.sentence
    reasons = [(f"precision: {r.when.precision}", _PRECISION[r.when.precision])] if r.when is not None else []
    return [*reasons, (f"sentence {number + 1}", 2.0 if number == 0 else max(0.0, 1.4 - 0.4 * number))]


def _of_words(r: Resolved) -> list[tuple[str, float]]:
    cues, reasons = r.cues, []
    if cues.happenings:
        reasons.append((f"event words: {_listed(cues.happenings)}", min(1.6, 0.8 * len(cues.happenings))))
    if cues.announces:
        reasons.append((f"announcement words: {_listed(cues.announces)}", 0.5))
    if cues.says and cues.after_says:
        reasons.append((f"follows a verb of saying: {cues.says[0]}", -0.7))
    if cues.before:
        reasons.append(("past perfect: told as what came before", -0.8))
    if cues.legal:
        reasons.append((f"aftermath words: {_listed(cues.legal)}", -1.0))
    if r.expression.shift is not None:
        reasons.append(("counted from another time", -3.0))
    if r.expression.lead & {"after", "before"} and not r.expression.approximate:
        reasons.append(("only a bound", -1.0))
    return reasons


def _listed(found: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(found))


def _can_be_event(r: Resolved, when: When, later: bool, relative: bool) -> bool:
    """Say whether an expression can date an event: a plan only with its hour, a price only where it answers one."""
    if later or r.cues.role is MentionRole.FORECAST:
        return when.precision in {Precision.MINUTE, Precision.HOUR} and r.cues.role not in _NEVER
    return r.cues.role not in _NEVER or relative


def _age(r: Resolved, setting: Setting) -> list[tuple[str, float]]:
    today = setting.today
    if today is None or r.day is None:
        return []
    days = (today - r.day).days
    if r.when is not None and setting.is_later(r.when):
        return [("after publication: a plan, not a happening", -2.0)]
    if days > 60:
        return [(f"{days} days old", -4.0 if r.when is None or r.when.precision is not Precision.MINUTE else -1.5)]
    if days > 3 and not (r.when and r.when.precision is Precision.MINUTE):
        return [(f"{days} days old", -1.0)]
    return []
