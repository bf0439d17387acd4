"""Resolve time expressions to UTC: the zone, the day and the clock of each, and what is uncertain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from ...events import Precision, When
from ..grammar.expressions import Expression
from ..grammar.scanner import ClockTime
from ..places.zones import zone as clock_of
from .bells import bell_zone
from .calendar_days import Span, local, part_span, resolve_day
from .clock_pairs import ResolvedClock, implied_zone, resolve_clock
from .context import Resolved, Setting
from .day_choice import day_from_context, has_anchor
from .pair_offsets import is_fixed
from .roles import Cues, MentionRole
from .stated_zones import zone_of_words
from .weights import sure
from .zone_choice import ZoneChoice

_DAY = dt.timedelta(days=1)
_HOUR = dt.timedelta(hours=1)
_MINUTE = dt.timedelta(minutes=1)
# A day is sought in so many expressions of the lead, before and after; the limit keeps long texts linear in time.
_LEAD, _BACK, _AHEAD = 5, 40, 10
_NIGHTS = frozenset({"night", "late night"})
_NIGHT_ENDS = 5
# "Two hours ago" on a page with a date only is that day.
_HALF_DAY = 720
NO_ZONE = "no time zone is stated and no place implies one"
NO_DAY = "no publication date is known, so the day is unknown; pass --published"


OPEN_HALF = "a.m. or p.m. is not said; it is read as a.m."


def resolve(setting: Setting, expressions: Sequence[Expression], cues: Sequence[Cues]) -> tuple[Resolved, ...]:
    """Resolve the expressions of a text.

    Those that name their day come first, because the others may take their day from them.

    Parameters
    ----------
    setting : Setting
    expressions : sequence of Expression
        In the order of the text.
    cues : sequence of Cues
        One for each expression.

    Returns
    -------
    tuple of Resolved
        One for each expression, in the same order. A time that cannot be resolved has a warning and no interval.
    """
    done: dict[int, Resolved] = {}
    order = sorted(range(len(expressions)), key=lambda n: (_stage(expressions[n]), n))
    for n in order:
        e, c = expressions[n], cues[n]
        first = max(_LEAD, n - _BACK)
        near = [done[k] for k in (*range(_LEAD), *range(first, n + _AHEAD)) if k in done and k != n]
        try:
            if e.shift is not None:
                done[n] = _shifted(setting, e, c, [r for r in near if r.expression.start < e.start])
            elif e.reading.clock is not None:
                done[n] = _clocked(setting, e, c, near)
            else:
                done[n] = _dated(setting, e, c, near)
        except (OverflowError, ValueError):
            done[n] = Resolved(expression=e, cues=c, warnings=("no such time exists",))
    return tuple(_stamped(setting, done[n]) for n in range(len(expressions)))


def _stamped(setting: Setting, r: Resolved) -> Resolved:
    """Mark a full date and clock at the minute of publication as the page's stamp, unless it dates something else."""
    day, told = r.expression.reading.day, r.cues.happenings or r.cues.announces or r.cues.says
    if setting.instant is None or r.when is None or r.expression.reading.clock is None or told:
        return r
    full = day is not None and day.year is not None and r.when.precision is Precision.MINUTE
    if not full or abs(r.when.start - setting.instant) > _MINUTE:
        return r
    return replace(r, cues=replace(r.cues, role=MentionRole.STAMP))


def half_is_open(e: Expression) -> bool:
    """Return whether a clock in words names no half of the day, and nothing beside it does: "at half past two".

    Parameters
    ----------
    e : Expression

    Returns
    -------
    bool
    """
    clock, said = e.reading.clock, f" {e.phrase.lower()} "
    spoken = " past " in said or "o'clock" in said or "o’clock" in said or (" to " in said and e.reading.until is None)
    return clock is not None and not clock.half and spoken and not e.others and e.reading.part is None


def _stage(e: Expression) -> int:
    if e.shift is not None:
        return 2
    return 0 if any(r.day is not None for r in e.readings) else 1


def _zone(setting: Setting, e: Expression, cues: Cues, day: dt.date | None) -> ZoneChoice | None:
    """Return the zone of the first clock that is not fixed to UTC: the stated one, else that of a place."""
    near = setting.where.zone_for(e, cues, day)
    here = next((r for r in e.readings if r.clock and not (r.zone and r.zone.kind in {"utc", "offset"})), e.reading)
    if here.zone is None and here.clock is not None and not (near is not None and near.located):
        stated = setting.stated_before(cues.sentence)
        return near if stated is None else zone_of_words(stated, setting.where.places, day, near)
    if here.zone is None or here.zone.kind in {"utc", "local"}:
        return near
    return zone_of_words(here.zone, setting.where.places, day, near)


def _dated(setting: Setting, e: Expression, cues: Cues, done: Sequence[Resolved]) -> Resolved:
    """Resolve a day, part of a day or longer span."""
    zone = _zone(setting, e, cues, None)
    if e.reading.zone is not None and e.reading.zone.kind == "utc":
        zone = ZoneChoice(zone="UTC", source="the text", confidence=sure("UTC day"))
    day = e.reading.day
    anchored = True
    warnings: list[str] = []
    if day is None:
        day, anchored = day_from_context(setting, e, cues, done), False
    span = resolve_day(day, setting.story_day(zone.zone if zone else ""), cues.future) if day is not None else None
    if span is None or day is None:
        return Resolved(expression=e, cues=cues, zone=zone, warnings=(NO_DAY,))
    warnings += span.warnings
    if zone is None:
        warnings.append(f"{NO_ZONE}; the interval covers the day in every zone")
        return _result(e, cues, _over_all_zones(span, e), span, None, warnings, sure("no zone"), anchored)
    warnings += zone.warnings
    if e.reading.part is not None and span.precision is Precision.DAY:
        start, end = part_span(e.reading.part, span.first, zone.zone, relative=day.shift == 0 or not anchored)
        when = When(start=start, end=end, precision=Precision.PART_OF_DAY, tz=zone.zone, approximate=e.approximate)
    else:
        when = span.when(zone.zone, e.approximate)
    warnings += setting.shift_warning(day, span.first)
    return _result(e, cues, when, span, zone, warnings, zone.confidence, anchored)


def _result(
    e: Expression,
    cues: Cues,
    when: When,
    span: Span,
    zone: ZoneChoice | None,
    warnings: Sequence[str],
    confidence: float,
    anchored: bool,
) -> Resolved:
    return Resolved(
        expression=e,
        cues=cues,
        when=when,
        day=span.first,
        zone=zone,
        warnings=tuple(dict.fromkeys(warnings)),
        confidence=confidence,
        anchored=anchored,
    )


def _over_all_zones(span: Span, e: Expression) -> When:
    first = dt.datetime(span.first.year, span.first.month, span.first.day, tzinfo=dt.UTC)
    last = dt.datetime(span.last.year, span.last.month, span.last.day, tzinfo=dt.UTC)
    return When(
        start=first - dt.timedelta(hours=14),
        end=last + dt.timedelta(hours=12),
        precision=span.precision,
        tz="unknown",
        approximate=True,
    )


def _clocked(setting: Setting, e: Expression, cues: Cues, done: Sequence[Resolved]) -> Resolved:
    """Resolve a clock time: its day from the expression or the context, its zone, and its other clocks."""
    # The day that is sought is the local one: "at 2000 GMT on Monday (9 a.m. on Tuesday)".
    stated = next((r.day for r in sorted(e.readings, key=is_fixed) if r.day is not None), None)
    zone = _zone(setting, e, cues, None)
    here = _clock_of_day(e, zone)
    anchored = stated is not None
    day_words = stated or day_from_context(setting, e, cues, done)
    span = resolve_day(day_words, setting.story_day(here), cues.future) if day_words is not None else None
    if span is None or day_words is None:
        return Resolved(expression=e, cues=cues, zone=zone, warnings=(NO_DAY,))
    warnings = [*span.warnings, *(setting.shift_warning(day_words, span.first) if stated else ())]
    if zone is None or zone.warnings or any(r.zone and r.zone.kind == "abbreviation" for r in e.readings):
        zone = _zone(setting, e, cues, span.first)
    zone = bell_zone(e, zone, span.first)
    day = span.first + _DAY * _closes_day(e)
    moment = resolve_clock(e, day, _day_zone(setting, e, cues, zone), setting.where.places, bare_day=not anchored)
    if moment is None:
        return Resolved(expression=e, cues=cues, zone=zone, warnings=(*warnings, NO_ZONE))
    if not anchored:
        moment = _not_after_publication(setting, moment, cues)
        if not has_anchor(done, cues):
            warnings += setting.no_day_warning()
    when = _when(e, moment)
    warnings += [*moment.warnings, *([OPEN_HALF] if half_is_open(e) else [])]
    return Resolved(
        expression=e,
        cues=cues,
        when=when,
        day=span.first,
        zone=_zone_shown(e, moment, zone),
        warnings=tuple(dict.fromkeys(warnings)),
        confidence=moment.confidence,
        anchored=anchored,
    )


def _zone_shown(e: Expression, moment: ResolvedClock, zone: ZoneChoice | None) -> ZoneChoice | None:
    """Return the zone to report for an instant: the offset where the text gives one."""
    if moment.tz[0] not in "+-" and moment.tz != "UTC":
        return zone
    source = "the two clocks" if e.others else "the text"
    return ZoneChoice(zone=moment.tz, source=source, confidence=moment.confidence)


def _clock_of_day(e: Expression, zone: ZoneChoice | None) -> str:
    """Return the zone in which the day of an expression is counted: UTC where only the UTC clock names a day."""
    dated = next((r for r in e.readings if r.day is not None), e.reading)
    if dated is not e.reading and dated.zone is not None and dated.zone.kind == "utc":
        return "UTC"
    return implied_zone(e) or (zone.zone if zone else "UTC" if e.reading.zone else "")


def _closes_day(e: Expression) -> bool:
    """Return whether the time is past the day named: "before midnight on Friday", "1 a.m. last night"."""
    clock = e.reading.clock
    if clock is not None and e.reading.part in _NIGHTS and clock.hour < _NIGHT_ENDS and clock.half:
        return True
    ends = bool(e.lead & {"before", "until", "till", "by"})
    return ends and not e.others and e.reading.clock is not None and "midnight" in e.phrase.lower()


def _day_zone(setting: Setting, e: Expression, cues: Cues, zone: ZoneChoice | None) -> ZoneChoice | None:
    """Return the zone whose day a price's GMT time falls on: that of the writer, not of the event."""
    if cues.role is not MentionRole.SNAPSHOT or zone is None or e.reading.zone is None:
        return zone
    if e.reading.zone.kind != "utc" or e.others:
        return zone
    return replace(zone, zone=setting.where.dateline.zones[0] if setting.where.dateline else "UTC")


def _not_after_publication(setting: Setting, moment: ResolvedClock, cues: Cues) -> ResolvedClock:
    """Step back one day where a past moment would come after publication."""
    latest = setting.latest
    if cues.future or cues.role is MentionRole.FORECAST or latest is None or moment.start <= latest:
        return moment
    return replace(moment, start=moment.start - _DAY, end=moment.end - _DAY)


def _when(e: Expression, moment: ResolvedClock) -> When:
    clock = e.reading.clock or ClockTime(hour=0)
    start, end, approximate = moment.start, moment.end, e.approximate
    if end > start:
        return When(start=start, end=end, precision=Precision.HOUR, tz=moment.tz, approximate=True)
    if clock.bell and e.lead & {"before", "after"} and not e.lead & {"just", "shortly", "soon"}:
        return _session_edge(e, moment)
    if e.reading.until is not None:
        return When(start=start, end=max(start, moment.until or start), precision=Precision.PART_OF_DAY, tz=moment.tz)
    if e.lead & {"sometime", "time"} or ("after" in e.lead and not e.lead & {"shortly", "just", "soon"}):
        return When(start=start, end=start + _HOUR, precision=Precision.PART_OF_DAY, tz=moment.tz, approximate=True)
    approximate = approximate or bool(e.lead & {"before", "after"}) or "midday" in e.phrase.lower()
    vague = e.reading.zone is None or e.reading.zone.kind == "local"
    if not clock.exact and vague and not e.others and e.lead & {"at", "around", "about"}:
        return When(start=start, end=start + _HOUR, precision=Precision.HOUR, tz=moment.tz, approximate=approximate)
    return When(start=start, end=start, precision=Precision.MINUTE, tz=moment.tz, approximate=approximate)


def _session_edge(e: Expression, moment: ResolvedClock) -> When:
    """Return the interval before the opening bell or after the closing one, within its local day."""
    day = moment.start.astimezone(clock_of(moment.tz)).date()
    start, end = (
        (local(day, 0, moment.tz), moment.start) if "before" in e.lead else (moment.start, local(day, 24, moment.tz))
    )
    return When(start=start, end=end, precision=Precision.PART_OF_DAY, tz=moment.tz)


def _shifted(setting: Setting, e: Expression, cues: Cues, done: Sequence[Resolved]) -> Resolved:
    """Resolve "40 minutes later" from the last clock time before it, "two days ago" from the publication date."""
    shift = e.shift
    assert shift is not None
    zone = setting.where.zone_for(e, cues, None)
    if shift.days:
        return _days_away(setting, e, cues, zone, shift.sign * round(shift.minutes / 1440), vague=shift.vague)
    anchors = [r.when for r in done if r.when is not None and r.when.precision in {Precision.MINUTE, Precision.HOUR}]
    base = setting.instant if shift.ago else (anchors[-1].start if anchors else None)
    if base is None and shift.ago and shift.minutes <= _HALF_DAY:
        return _days_away(setting, e, cues, zone, 0, vague=False)
    if base is None:
        return Resolved(expression=e, cues=cues, zone=zone, warnings=("the time that it is relative to is not known",))
    away = base + shift.sign * dt.timedelta(minutes=shift.minutes)
    tz = zone.zone if zone else "UTC"
    if shift.vague:
        when = When(
            start=min(base, away), end=max(base, away), precision=Precision.PART_OF_DAY, tz=tz, approximate=True
        )
    else:
        when = When(start=away, end=away, precision=Precision.MINUTE, tz=tz, approximate=True)
    return Resolved(
        expression=e,
        cues=cues,
        when=when,
        day=when.start.date(),
        zone=zone,
        confidence=sure("distance"),
        anchored=False,
    )


def _days_away(
    setting: Setting, e: Expression, cues: Cues, zone: ZoneChoice | None, days: int, *, vague: bool
) -> Resolved:
    """Resolve "two days ago" from the publication date; "weeks ago" within three days either way."""
    today = setting.story_day(zone.zone if zone else "")
    if today is None or zone is None:
        return Resolved(expression=e, cues=cues, zone=zone, warnings=(NO_DAY,))
    first = today + days * _DAY
    reach = 3 if vague else 0
    precision = Precision.MULTI_DAY if vague else Precision.DAY
    span = Span(first=first - reach * _DAY, last=first + (reach + 1) * _DAY, precision=precision)
    when = span.when(zone.zone, vague)
    return _result(e, cues, when, span, zone, zone.warnings, sure("vague distance"), not vague)
