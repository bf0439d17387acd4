"""List the UTC offsets that two clocks of one moment can imply, and choose among them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from ..grammar.readings import Reading
from ..grammar.scanner import ClockTime
from ..places.gazetteer import gazetteer
from ..places.mentions import Place
from ..places.zones import offset_at, offset_name
from .zone_choice import ZoneChoice

# Offsets of the `tz` database lie between UTC-12 and UTC+14, in minutes.
_WEST, _EAST = -720, 840
_SUMMER = 60
_BOTH_SEASONS = frozenset({"ET", "CT", "MT", "PT"})


def _capitals(zone: str) -> set[str]:
    """Return the zone of the capital of the country that a zone lies in, where it is another one."""
    book = gazetteer()
    return {book.countries[c].zone for c, zones in book.zones.items() if zone in zones and c in book.countries} - {zone}


def zones_of(place: Place) -> tuple[str, ...]:
    """Return the zones of a place.

    Parameters
    ----------
    place : Place

    Returns
    -------
    tuple of str
        IANA names; all zones of its country where the place has several.
    """
    if not place.several:
        return place.zones
    return gazetteer().zones.get(place.country, place.zones)


def is_fixed(reading: Reading) -> bool:
    """Return whether a reading is fixed to UTC.

    Parameters
    ----------
    reading : Reading

    Returns
    -------
    bool
        Where it states UTC or an offset.
    """
    return reading.zone is not None and reading.zone.kind in {"utc", "offset"}


def _halves(clock: ClockTime) -> list[ClockTime]:
    if clock.half or clock.hour > 12:
        return [clock]
    return [clock, replace(clock, hour=(clock.hour + 12) % 24)]


def offsets_of(here: ClockTime, world: ClockTime, minutes: int) -> list[tuple[ClockTime, int]]:
    """List the UTC offsets that a local clock and a UTC clock can imply.

    Parameters
    ----------
    here : ClockTime
        The local clock.
    world : ClockTime
        The clock in UTC, or at a fixed offset.
    minutes : int
        Offset of `world`, in minutes east of UTC.

    Returns
    -------
    list of (ClockTime, int)
        A reading of the local clock and its offset in minutes east of UTC, the most likely first. There are several
        where the local clock lacks a.m. or p.m., or the date line makes the day open.
    """
    found = []
    for clock in _halves(here):
        gap = (clock.hour - world.hour) * 60 + clock.minute - world.minute + minutes
        found += [(clock, o) for o in (gap % 1440, gap % 1440 - 1440) if _WEST <= o <= _EAST]
    return found


def choose_offset(
    offered: list[tuple[ClockTime, int]], expected: list[int], known: list[int], *, explicit: bool
) -> tuple[ClockTime, int, list[str]]:
    """Choose the offset of a pair: the expected one, else that of a place in the text, else the nearest with a warning.

    Parameters
    ----------
    offered : list of (ClockTime, int)
        As returned by `offsets_of`.
    expected : list of int
        Offset of the zone chosen for the expression, in minutes; empty where there is none.
    known : list of int
        Offsets of all places in the text.
    explicit : bool
        True where the text names the local zone, so that `known` does not count.

    Returns
    -------
    (ClockTime, int, list of str)
        The reading, its offset in minutes east of UTC, and warnings.
    """
    for wanted in (expected, [] if explicit else known):
        fitting = [o for o in offered if o[1] in wanted]
        if fitting:
            return *fitting[0], []
    plain = [o for o in offered if o[0] == offered[0][0]]
    clock, offset = min(plain, key=lambda o: min((abs(o[1] - k) for k in expected), default=abs(o[1])))
    if not known:
        return clock, offset, []
    at, gap = offset_name((expected or known)[0]), offset_name(offset)
    reason = f"they differ by {gap}, the zone of the place is {at}; the UTC time is used"
    return clock, offset, [f"its clocks contradict each other or the place: {reason}"]


def is_local_right(here: Reading, zone: ZoneChoice, offset: int, expected: int, day: dt.date) -> bool:
    """Return whether the local half of a contradictory pair is more credible than the UTC half.

    It is where the text says "local time" and the place is certain: the UTC half is then the news desk's conversion. A
    difference of twelve hours is an exception: there a.m. was written for p.m., a mistake that the 24-hour UTC clock
    cannot have. It is also where the offset is no multiple of 15 minutes, because no zone keeps such an offset; where
    the text names a zone for both seasons ("ET") and the UTC half is an hour off, forgetting summer time; and where the
    place is certain and the UTC half was converted at the clock of the country's capital.

    Parameters
    ----------
    here : Reading
        The local half.
    zone : ZoneChoice
        Zone of the place.
    offset : int
        Offset that the pair implies, in minutes.
    expected : int
        Offset of `zone`, in minutes.
    day : date
        Local date.

    Returns
    -------
    bool
    """
    if offset % 15:
        return True
    if here.zone is not None and here.zone.name in _BOTH_SEASONS:
        return abs(offset - expected) == _SUMMER
    if here.zone is None and zone.is_sure:
        return offset in {offset_at(z, day) for z in _capitals(zone.zone)}
    called_local = here.zone is not None and here.zone.kind == "local"
    return called_local and zone.located and not zone.rivals and (offset - expected) % 720 != 0
