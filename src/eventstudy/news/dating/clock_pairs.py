"""Resolve clock times to UTC; where one moment is given on several clocks, check that they agree."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..grammar.expressions import Expression
from ..grammar.readings import Reading
from ..grammar.scanner import ClockTime
from ..places.mentions import Place
from ..places.zones import ZoneWords, instants_of, offset_at, offset_name
from ..places.zones import zone as clock_of
from .bells import ring
from .calendar_days import resolve_day
from .pair_offsets import choose_offset, is_fixed, is_local_right, offsets_of, zones_of
from .stated_zones import zone_of_words
from .weights import sure
from .zone_choice import ZoneChoice

_DAY = dt.timedelta(days=1)
# Minutes by which a rounded local time ("just after midnight") may differ from the UTC clock beside it.
_LOOSE = 12
_ROUNDED = dt.timedelta(minutes=1)
# Where news keeps a clock of twelve hours, "at 3:20" is in the afternoon.
_TWELVE_HOURS = frozenset(
    f"America/{city}" for city in ("New_York", "Chicago", "Denver", "Los_Angeles", "Detroit", "Phoenix", "Toronto")
)


@dataclass(frozen=True, kw_only=True)
class ResolvedClock:
    """A clock time in UTC.

    Parameters
    ----------
    start, end : datetime
        In UTC; they differ only where the local clock shows the time twice (the end of summer time).
    tz : str
        Zone: an IANA name, ``"UTC"`` or an offset such as ``"+03:00"``.
    until : datetime or None
        End of a range such as "from 9 to 11 a.m.".
    warnings : tuple of str
    confidence : float
        From 0 to 1.
    """

    start: dt.datetime
    end: dt.datetime
    tz: str
    until: dt.datetime | None = None
    warnings: tuple[str, ...] = ()
    confidence: float


def resolve_clock(
    e: Expression, day: dt.date, zone: ZoneChoice | None, places: Sequence[Place], *, bare_day: bool
) -> ResolvedClock | None:
    """Return the instant of a clock expression on a local day.

    Parameters
    ----------
    e : Expression
        At least one of its readings has a clock time.
    day : date
        Local date of the place, from the expression or from its context.
    zone : ZoneChoice or None
        The zone of the local clock.
    places : sequence of Place
        All places of the article. Two clocks whose difference fits one of them do not contradict each other.
    bare_day : bool
        True where the day comes from the context rather than from the expression.

    Returns
    -------
    ResolvedClock or None
        None where no zone is known.
    """
    world, here = _two_clocks(e)
    if world is None and here is not None and (here.zone is None or here.zone.kind == "local"):
        world = next((_fixed(r, day, places) for r in e.others if r.clock and r.zone and r is not here), None)
    if world is not None and here is not None:
        return _loose_pair(e, here, world, day, zone) or _pair(here, world, day, zone, places)
    if world is not None:
        return _agreed(_world_clock(e, world, day, zone, bare_day), e, world)
    if here is None:
        return None
    if zone is None:
        return None
    clock = ring(here.clock, zone.zone, day) if here.clock else None
    if clock is None:
        return None
    moment = _local(replace(here, clock=clock), day, zone)
    return _checked(moment, [r for r in e.readings if r.clock and r is not here], day, places)


def _two_clocks(e: Expression) -> tuple[Reading | None, Reading | None]:
    """Return the first clock that is fixed to UTC, and the first local one."""
    timed = [r for r in e.readings if r.clock]
    return next(filter(is_fixed, timed), None), next((r for r in timed if not is_fixed(r)), None)


def _fixed(reading: Reading, day: dt.date, places: Sequence[Place]) -> Reading | None:
    """Return a clock of a stated zone, as in "11:30 a.m. (5:30 am New York time)", as one at its offset of that day."""
    zone = zone_of_words(reading.zone, places, day) if reading.zone is not None else None
    if zone is None or (reading.zone is not None and reading.zone.several):
        return None
    return replace(reading, zone=ZoneWords(kind="offset", minutes=offset_at(zone.zone, day)))


def _fixed_minutes(reading: Reading) -> int:
    return reading.zone.minutes if reading.zone else 0


def _at(day: dt.date, clock: ClockTime, minutes: int) -> dt.datetime:
    start = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    return start + dt.timedelta(hours=clock.hour, minutes=clock.minute - minutes)


def _world_clock(e: Expression, world: Reading, day: dt.date, zone: ZoneChoice | None, bare_day: bool) -> ResolvedClock:
    """Resolve a clock given in UTC or at an offset; a day taken from the context is the local day of the place."""
    assert world.clock is not None
    minutes = _fixed_minutes(world)
    start = _at(day, world.clock, minutes)
    if bare_day and zone is not None and zone.zone not in {"UTC", ""}:
        start = next(
            (t for t in (start, start - _DAY, start + _DAY) if t.astimezone(clock_of(zone.zone)).date() == day), start
        )
    until = _at(day, world.until, minutes) if world.until else None
    if until is not None and until < start:
        until += _DAY
    return ResolvedClock(
        start=start,
        end=start,
        until=until,
        tz=offset_name(minutes) if minutes else "UTC",
        confidence=sure("one clock"),
    )


def _agreed(moment: ResolvedClock, e: Expression, world: Reading) -> ResolvedClock:
    """Compare two clocks that are both fixed to UTC; where they differ, take the second, which the writer converted."""
    assert world.clock is not None
    shown = world.clock.hour * 60 + world.clock.minute - _fixed_minutes(world)
    for other in e.readings:
        if other is world or other.clock is None or not is_fixed(other):
            continue
        gap = (other.clock.hour * 60 + other.clock.minute - _fixed_minutes(other) - shown + 720) % 1440 - 720
        if gap:
            reason = f"both are fixed to UTC and differ by {abs(gap)} minutes; the second is used"
            start = moment.start + dt.timedelta(minutes=gap)
            warnings = (*moment.warnings, f"its clocks contradict each other: {reason}")
            return replace(
                moment,
                start=start,
                end=start,
                warnings=warnings,
                confidence=sure("contradiction in UTC"),
            )
    return moment


def _local(reading: Reading, day: dt.date, zone: ZoneChoice) -> ResolvedClock:
    clock = reading.clock
    assert clock is not None
    warnings = list(zone.warnings)
    hour = clock.hour
    if clock.half == "" and reading.part in {"afternoon", "evening", "night"} and hour < 12:
        hour += 12
    elif clock.half == "" and reading.part == "morning" and hour == 12:
        hour = 0
    elif clock.half == "" and clock.exact and hour <= 6 and zone.zone in _TWELVE_HOURS:
        hour += 12
        warnings.append("the clock time may be a.m. or p.m.; p.m. is used")
    elif clock.half == "" and clock.exact is False:
        warnings.append("the clock time may be a.m. or p.m.; a.m. is used")
    day, hour = day + _DAY * (hour // 24), hour % 24
    found = instants_of(zone.zone, day, hour, clock.minute)
    if not found:
        warnings.append(f"{hour:02d}:{clock.minute:02d} did not exist in {zone.zone} on {day}: the clocks went forward")
        start = _at(day, replace(clock, hour=hour), offset_at(zone.zone, day, 0))
        return ResolvedClock(
            start=start,
            end=start,
            tz=zone.zone,
            warnings=tuple(warnings),
            confidence=sure("skipped hour"),
        )
    if len(found) == 2:
        both = " and ".join(f"{t:%Y-%m-%dT%H:%MZ}" for t in found)
        warnings.append(f"{hour:02d}:{clock.minute:02d} occurred twice in {zone.zone} on {day}, at {both}")
    until = None
    if reading.until is not None:
        ends = instants_of(zone.zone, day, reading.until.hour % 24, reading.until.minute)
        until = ends[-1] + _DAY * (ends[-1] < found[0]) if ends else None
    confidence = zone.confidence if len(found) == 1 else sure("hour shown twice")
    return ResolvedClock(
        start=found[0], end=found[-1], until=until, tz=zone.zone, warnings=tuple(warnings), confidence=confidence
    )


def _checked(moment: ResolvedClock, others: Sequence[Reading], day: dt.date, places: Sequence[Place]) -> ResolvedClock:
    """Check the further clocks of an expression that has none in UTC."""
    for other in others:
        zone = zone_of_words(other.zone, places, day) if other.zone else None
        if zone is None or other.clock is None:
            continue
        found = [
            t
            for n in (-1, 0, 1)
            for t in instants_of(zone.zone, day + n * _DAY, other.clock.hour % 24, other.clock.minute)
        ]
        if not any(abs(t - moment.start) <= _ROUNDED for t in found):
            shown = f"{other.clock.hour:02d}:{other.clock.minute:02d} in {zone.zone}"
            text = f"its clocks contradict each other: {shown} is a different time"
            moment = replace(
                moment,
                warnings=(*moment.warnings, text),
                confidence=sure("contradiction in UTC"),
            )
    return moment


def implied_zone(e: Expression) -> str:
    """Return the offset by which the local and the UTC clock of one expression differ.

    Parameters
    ----------
    e : Expression

    Returns
    -------
    str
        Such as ``"+03:00"``; empty where there is no such pair, or two offsets are possible.
    """
    world, here = _two_clocks(e)
    if world is None or here is None or world.clock is None or here.clock is None or not here.clock.half:
        return ""
    offsets = {o for _, o in offsets_of(here.clock, world.clock, _fixed_minutes(world))}
    if len(offsets) > 1 and here.day and world.day and here.day.weekday is not None and world.day.weekday is not None:
        ahead = (here.day.weekday - world.day.weekday) % 7
        minutes = world.clock.hour * 60 + world.clock.minute - _fixed_minutes(world)
        offsets = {o for o in offsets if (minutes + o) // 1440 % 7 == ahead}
    return offset_name(offsets.pop()) if len(offsets) == 1 else ""


def _loose_pair(
    e: Expression, here: Reading, world: Reading, day: dt.date, zone: ZoneChoice | None
) -> ResolvedClock | None:
    """Resolve "just after midnight (1102 GMT)": the local time is rounded by up to 12 minutes, the UTC one is exact."""
    assert here.clock is not None and world.clock is not None
    rounded = e.approximate or (not here.clock.exact and here.clock.minute == 0)
    if zone is None or not rounded or here.clock.minute % 30:
        return None
    offset = offset_at(zone.zone, day, here.clock.hour % 24, here.clock.minute)
    gaps = [(clock, o - offset) for clock, o in offsets_of(here.clock, world.clock, _fixed_minutes(world))]
    clock = next((clock for clock, gap in gaps if 0 < abs(gap) <= _LOOSE), None)
    if clock is None:
        return None
    start = _snap(_at(_local_day(here, world, day, offset), clock, offset), world)
    return ResolvedClock(start=start, end=start, tz=offset_name(offset), confidence=sure("loose pair"))


def _pair(
    here: Reading, world: Reading, day: dt.date, zone: ZoneChoice | None, places: Sequence[Place]
) -> ResolvedClock:
    """Resolve a local clock with its UTC counterpart: the difference is the offset, and settles the UTC date."""
    assert here.clock is not None and world.clock is not None
    expected = [offset_at(zone.zone, day, here.clock.hour % 24, here.clock.minute)] if zone else []
    # Where the place is certain, the other zones of its country cannot explain the difference.
    inside = zone.zone if zone and zone.is_sure else ""
    elsewhere = [zones_of(p) for p in places if not (p.several and inside in zones_of(p))]
    known = expected + [offset_at(z, day) for zones in elsewhere for z in zones]
    offered = offsets_of(here.clock, world.clock, _fixed_minutes(world))
    explicit = here.zone is not None and here.zone.kind != "local"
    clock, offset, warnings = choose_offset(_by_weekdays(here, world, day, offered), expected, known, explicit=explicit)
    foreign = bool(warnings) and not explicit and not (zone and zone.located) and offset % 60 == 0
    if foreign:
        warnings = []  # the writer's own zone, rather than that of a place named in passing
    local = bool(warnings) and zone is not None and is_local_right(here, zone, offset, expected[0], day)
    if local:
        offset = expected[0]
        reason = f"the difference matches no place of the text; the local time is used, at {offset_name(offset)}"
        warnings = [f"its clocks contradict each other: {reason}"]
    start = _at(_local_day(here, world, day, offset), clock, offset)
    if not local:
        start = _snap(_at(day, clock, expected[0]) if warnings and expected and here.day else start, world)
    warnings += _day_conflict(here, world, start)
    warnings += [w for w in zone.warnings if explicit and "not in force" in w] if zone else []
    bad = any("contradict" in w for w in warnings)
    until = start + dt.timedelta(minutes=_length(here, world)) if here.until or world.until else None
    return ResolvedClock(
        start=start,
        end=start,
        until=until,
        tz="UTC" if warnings and not local else offset_name(offset),
        warnings=tuple(warnings),
        confidence=sure("contradiction" if bad else "pair"),
    )


def _length(here: Reading, world: Reading) -> int:
    first, last = (here.clock, here.until) if here.until else (world.clock, world.until)
    assert first is not None and last is not None
    return ((last.hour - first.hour) * 60 + last.minute - first.minute) % 1440


def _local_day(here: Reading, world: Reading, day: dt.date, offset: int) -> dt.date:
    """Return the local date; where only the UTC clock names its day, derive it from that day."""
    if here.day is None and world.day is not None and world.clock is not None and here.clock is not None:
        span = resolve_day(world.day, day + _DAY, False)
        start = _at(span.first if span else day, world.clock, 0)
        return (start + dt.timedelta(minutes=offset)).date()
    return day


def _snap(start: dt.datetime, world: Reading) -> dt.datetime:
    """Return the moment nearest to `start` at which the UTC clock shows its time."""
    assert world.clock is not None
    minutes = _fixed_minutes(world)
    days = [start.date() + n * _DAY for n in (0, -1, 1)]
    return min((_at(d, world.clock, minutes) for d in days), key=lambda t: abs(t - start))


def _by_weekdays(
    here: Reading, world: Reading, day: dt.date, offered: list[tuple[ClockTime, int]]
) -> list[tuple[ClockTime, int]]:
    """Keep the readings that agree with the weekdays named for both clocks; all of them where none agrees."""
    return [o for o in offered if not _day_conflict(here, world, _at(day, *o))] or offered


def _day_conflict(here: Reading, world: Reading, start: dt.datetime) -> list[str]:
    if world.day is None or here.day is None or world.day.weekday is None:
        return []
    shown = start + dt.timedelta(minutes=_fixed_minutes(world))
    if shown.weekday() == world.day.weekday:
        return []
    return [f"its clocks contradict each other: the UTC time falls on a {shown:%A}, not on the weekday of the text"]
