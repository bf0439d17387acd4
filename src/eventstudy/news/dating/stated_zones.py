"""Return the zone that a text states: UTC, an offset, an abbreviation or a place ("Beijing time")."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ..places.gazetteer import gazetteer
from ..places.mentions import Place
from ..places.zones import ABBREVIATIONS, ZoneWords, offset_at, offset_name
from .weights import sure
from .zone_choice import ZoneChoice

_OPEN_TO_DOUBT = frozenset({"IST", "AST", "CST"})


def zone_of_words(
    words: ZoneWords, places: Sequence[Place], day: dt.date | None, near: ZoneChoice | None = None
) -> ZoneChoice | None:
    """Return the zone that a text states.

    Parameters
    ----------
    words : ZoneWords
    places : sequence of Place
        Of the article; they settle an abbreviation that several zones use.
    day : date or None
        Local date, where known: it decides whether summer time is in force.
    near : ZoneChoice or None
        The zone that the places alone would suggest.

    Returns
    -------
    ZoneChoice or None
        None for "local time" where no place suggests a zone.
    """
    if words.kind == "utc":
        return ZoneChoice(zone="UTC", source="the text", confidence=sure("UTC in the text"))
    if words.kind == "offset":
        return ZoneChoice(zone=offset_name(words.minutes), source="the text", confidence=sure("UTC in the text"))
    if words.kind == "place":
        doubt = (f"the place named has several time zones; {words.name} is used",) if words.several else ()
        return ZoneChoice(
            zone=words.name,
            source="the place in the expression",
            warnings=doubt,
            confidence=sure("place in the expression"),
        )
    if words.kind == "local":
        return near
    return _abbreviated(words, places, day, near)


def _abbreviated(words: ZoneWords, places: Sequence[Place], day: dt.date | None, near: ZoneChoice | None) -> ZoneChoice:
    options = [o for o in ABBREVIATIONS[words.name] if not words.preferred or o[0] == words.preferred]
    # "IST" is Irish time in summer only, so an option out of season is dropped where another is in force.
    in_force = [o for o in options if day is None or o[1] is None or offset_at(o[0], day) == o[1]]
    options = in_force if words.name == "IST" and in_force else options
    zones, countries = {z for p in places for z in p.zones[:1]}, {p.country for p in places}
    fitting = [o for o in options if near is not None and o[0] == near.zone]
    fitting = fitting or [o for o in options if o[0] in zones] or [o for o in options if _lies_in(o[0], countries)]
    if not fitting and words.name in _OPEN_TO_DOUBT and near is not None:
        fitting = [o for o in options if _shares_clock(o, zones, day)]
    (name, stated), warnings = (fitting or options)[0], []
    offsets = {o[1] for o in (fitting or options)}
    if len(offsets) > 1 and (words.name in _OPEN_TO_DOUBT or len(fitting) > 1):
        others = ", ".join(o[0] for o in (fitting or options)[1:])
        warnings.append(f"{words.name} is read as the zone {name}; it may be {others}")
    if day is not None and stated is not None and offset_at(name, day) != stated:
        return _out_of_season(words.name, name, stated, day, near, warnings)
    return ZoneChoice(
        zone=name,
        source=f"{words.name} in the text",
        warnings=tuple(warnings),
        confidence=sure("doubtful abbreviation" if warnings else "abbreviation"),
    )


def _lies_in(zone: str, countries: set[str]) -> bool:
    return any(zone in gazetteer().zones.get(country, ()) for country in countries)


def _shares_clock(option: tuple[str, int | None], zones: set[str], day: dt.date | None) -> bool:
    when = day or dt.date(2020, 1, 15)
    return option[1] is not None and any(offset_at(z, when) == option[1] for z in zones if z)


def _out_of_season(
    abbreviation: str, name: str, stated: int, day: dt.date, near: ZoneChoice | None, warnings: list[str]
) -> ZoneChoice:
    """Handle "EDT" in December: take the offset in force that day, unless the place has the stated offset."""
    if near is not None and offset_at(near.zone, day) == stated:
        return ZoneChoice(
            zone=near.zone,
            source=f"{abbreviation} in the text",
            warnings=tuple(warnings),
            confidence=sure("abbreviation out of season"),
        )
    shown = offset_name(offset_at(name, day))
    warnings.append(f"{abbreviation} ({offset_name(stated)}) is not in force in {name} on {day}; {shown} is used")
    return ZoneChoice(
        zone=name,
        source=f"{abbreviation} in the text",
        warnings=tuple(warnings),
        confidence=sure("abbreviation not in force"),
    )
