"""Choose the day of a clock time that names none, from the other expressions of the text."""

from __future__ import annotations

from collections.abc import Sequence

from ...events import Precision
from ..grammar.expressions import Expression
from ..grammar.scanner import Day
from ..text.lexicon import PARTS
from .context import Resolved, Setting
from .roles import Cues, MentionRole
from .weights import limit, weights


def has_anchor(done: Sequence[Resolved], cues: Cues) -> bool:
    """Return whether an expression that names its own day is at most six sentences away.

    Parameters
    ----------
    done : sequence of Resolved
    cues : Cues
        Of the expression without a day.

    Returns
    -------
    bool
    """
    return any(r.day is not None and r.anchored and abs(r.cues.sentence - cues.sentence) <= 6 for r in done)


def day_from_context(setting: Setting, e: Expression, cues: Cues, done: Sequence[Resolved]) -> Day | None:
    """Choose the day of an expression that names none: that of another expression, else the day of the story.

    Parameters
    ----------
    setting : Setting
    e : Expression
    cues : Cues
    done : sequence of Resolved
        The expressions around it that are resolved already.

    Returns
    -------
    Day or None
        A full date; None where nothing in the text or its publication time gives one.
    """
    if cues.role is MentionRole.STAMP:
        done = ()  # the page's stamp is on the day of publication
    if e.reading.part == "overnight":
        # "overnight" is the night before publication, unless its sentence names a day
        done = [r for r in done if r.cues.sentence == cues.sentence]
    best, score = None, limit("least for a day")
    for r in done:
        if r.day is None or (r.when and r.when.precision is Precision.MULTI_DAY) or not _has_day(e, cues, r):
            continue
        worth = _governs(setting, e, cues, r)
        if worth > score:
            best, score = r, worth
    if best is not None and best.day is not None:
        return Day(year=best.day.year, month=best.day.month, day=best.day.day)
    today = setting.story_day(setting.where.dateline.zones[0] if setting.where.dateline else "")
    return None if today is None else Day(year=today.year, month=today.month, day=today.day)


def _has_day(e: Expression, cues: Cues, r: Resolved) -> bool:
    """Return whether an expression names its day, or is an earlier clock time of the same sentence."""
    earlier = r.cues.sentence == cues.sentence and r.expression.start < e.start and r.expression.shift is None
    return r.anchored or (earlier and r.expression.reading.clock is not None)


def _governs(setting: Setting, e: Expression, cues: Cues, r: Resolved) -> float:
    """Return the score of one expression's day as the day of another that names none."""
    return sum(weights().day[name] * value for name, value in _day_reasons(setting, e, cues, r).items())


def _day_reasons(setting: Setting, e: Expression, cues: Cues, r: Resolved) -> dict[str, float]:
    """Return the reasons for and against, each with its multiple."""
    distance, before = cues.sentence - r.cues.sentence, r.expression.start < e.start
    role, price = r.cues.role, MentionRole.SNAPSHOT
    spoken = role in {MentionRole.STATEMENT, MentionRole.STATUS} and cues.role is not MentionRole.STATEMENT
    far = setting.today is not None and r.day is not None and abs((setting.today - r.day).days) > 10
    return {
        "same sentence, before": distance == 0 and before,
        "same sentence, after": distance == 0 and not before,
        "earlier sentence": distance > 0,
        "each sentence before": max(distance, 0),
        "later sentence": distance < 0,
        "each sentence after": max(-distance, 0),
        "lead": r.cues.sentence == 0,
        # "was at $68 by 0343 GMT, after closing lower on Tuesday": the quote is of the publication day
        "price before its day": distance == 0 and not before and cues.role is price,
        "day of a statement": spoken,
        "dateline": role is MentionRole.DATELINE,
        "caption": role is MentionRole.CAPTION,
        "price of the publication day": cues.role is price and r.day is not None and r.day == setting.today,
        "has its own clock": _has_clock(r) and not (distance == 0 and before),
        "only one is of the aftermath": bool(r.cues.legal) != bool(cues.legal),
        "both are happenings": bool(r.cues.happenings) and bool(cues.happenings),
        "only one is to come": r.cues.future != cues.future and distance != 0,
        "only one is a price": (role is price) != (cues.role is price),
        "since": "since" in r.expression.lead,
        # "after the August 2 resignation", "who had been named on Monday"
        "background": bool(r.expression.lead & {"after", "before"}) or (r.cues.before and not cues.before),
        "after publication": r.when is not None and setting.is_later(r.when) and not cues.future,
        "over 10 days old": bool(distance) and far,
        **_part_fits(e, r),
    }


def _has_clock(r: Resolved) -> bool:
    """Return whether an expression has a clock time that is not a bell: "when markets opened on Friday" is a day."""
    clock = r.expression.reading.clock
    return clock is not None and not clock.bell


def _part_fits(e: Expression, r: Resolved) -> dict[str, float]:
    part, clock = r.expression.reading.part, e.reading.clock
    if part is None or clock is None or clock.half == "" or part == "overnight":
        return {}
    if e.reading.zone is not None and e.reading.zone.kind == "utc":
        return {}
    first, last = PARTS[part]
    fits = first <= clock.hour < last or (part == "morning" and clock.hour < 6)
    return {"part of day fits": fits, "part of day does not fit": not fits}
