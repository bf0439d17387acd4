"""The offsets that two clocks of one moment can mean, and the choice among them."""

from __future__ import annotations

from dataclasses import replace

from ..grammar.readings import Reading
from ..grammar.scanner import ClockTime
from ..places.gazetteer import gazetteer
from ..places.mentions import Place
from ..places.zones import offset_name
from .zone_choice import ZoneChoice

# The offsets that zones keep, in minutes.
_WEST, _EAST = -720, 840


def zones_of(place: Place) -> tuple[str, ...]:
    """Return the zones of a place, all those of its country where it keeps several clocks."""
    if not place.several:
        return place.zones
    return gazetteer().zones.get(place.country, place.zones)


def _halves(clock: ClockTime) -> list[ClockTime]:
    if clock.half or clock.hour > 12:
        return [clock]
    return [clock, replace(clock, hour=(clock.hour + 12) % 24)]


def offsets_of(here: ClockTime, world: ClockTime, minutes: int) -> list[tuple[ClockTime, int]]:
    """List what a pair can mean, a reading of the local clock and its offset, the plainest first."""
    found = []
    for clock in _halves(here):
        gap = (clock.hour - world.hour) * 60 + clock.minute - world.minute + minutes
        found += [(clock, o) for o in (gap % 1440, gap % 1440 - 1440) if _WEST <= o <= _EAST]
    return found


def choose_offset(
    offered: list[tuple[ClockTime, int]], expected: list[int], known: list[int], *, explicit: bool
) -> tuple[ClockTime, int, list[str]]:
    """Choose what a pair means: by the expected offset, else by one of a place of the text, else with a warning."""
    for wanted in (expected, [] if explicit else known):
        fitting = [o for o in offered if o[1] in wanted]
        if fitting:
            return *fitting[0], []
    plain = [o for o in offered if o[0] == offered[0][0]]
    clock, offset = min(plain, key=lambda o: min((abs(o[1] - k) for k in expected), default=abs(o[1])))
    if not known:
        return clock, offset, []
    at, gap = offset_name((expected or known)[0]), offset_name(offset)
    reason = f"they differ by {gap}, its clock by {at}; UTC is taken"
    return clock, offset, [f"its clocks contradict each other or the place: {reason}"]


def is_local_right(here: Reading, zone: ZoneChoice, offset: int, expected: int) -> bool:
    """Say whether the local half of a contradictory pair is to be believed.

    Where the text says "local time" at a place that is sure, the UTC half is the desk's conversion. Twelve hours
    apart, though, an a.m. stands for a p.m., which a clock of 24 hours cannot get wrong.
    """
    if offset % 15:
        return True
    called_local = here.zone is not None and here.zone.kind == "local"
    return called_local and zone.located and not zone.rivals and (offset - expected) % 720 != 0
