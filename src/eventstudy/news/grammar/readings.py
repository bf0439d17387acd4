"""The grammar of one reading of a moment (clock, zone, day, part, in any order) and of its readings on other clocks."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..places.zones import ZoneWords
from ..text.lexicon import PARTS, words
from .bells import bell_clock
from .clocks import read_clock
from .days import read_day, read_part
from .scanner import APOSTROPHES, DASHES, ClockTime, Day, Scanner
from .zone_phrases import place_words, read_offset, read_zone

_BETWEEN = words("between")
_STAMP_SIGNS = frozenset("/|.·•") | DASHES
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One way in which a moment is given; absent parts are None.

    Parameters
    ----------
    clock : ClockTime or None
    until : ClockTime or None
        End of a range.
    zone : ZoneWords or None
    day : Day or None
    part : str or None
        A key of `PARTS`.
    """

    clock: ClockTime | None = None
    until: ClockTime | None = None
    zone: ZoneWords | None = None
    day: Day | None = None
    part: str | None = None


def read_reading(s: Scanner, n: int, so_far: Reading, joined: bool = False) -> tuple[Reading, int] | None:
    """Read as many parts of one reading as follow each other.

    Parameters
    ----------
    s : Scanner
    n : int
        Number of the token to start at.
    so_far : Reading
        Parts read before; only absent ones are added.
    joined : bool
        True where the parts before are part of the same expression, so that "on" or "at" may come between.

    Returns
    -------
    (Reading, int) or None
        The reading, and the number of the next token.
    """
    reading, after, found = so_far, n, False
    while True:
        step = _next_part(s, after, reading, first=not (found or joined))
        if step is None:
            break
        reading, after, found = step[0], step[1], True
    return (reading, after) if found else None


def _next_part(s: Scanner, n: int, reading: Reading, first: bool) -> tuple[Reading, int] | None:
    at = n
    if s.at(n).text in APOSTROPHES and s.word(n + 1) == "s" and reading.part is None and reading.day is not None:
        return _owned(s, n + 2, reading)
    if reading.clock is None and reading.day is not None and reading.day.year is not None:
        clock = _stamped_clock(s, n)
        if clock is not None:
            return replace(reading, clock=clock[0]), clock[1]
    for skipped in range(1 if first else 5):
        if skipped:
            if not (s.word(at) in _BETWEEN or (s.word(at) == "t" and s.glued(at) and s.at(at + 1).text.isdigit())):
                break
            at += 1
        got = _part(s, at, reading)
        if got is not None:
            return got
    return None if first else _beyond_place(s, n, reading)


def _owned(s: Scanner, n: int, reading: Reading) -> tuple[Reading, int] | None:
    """Read "on Sunday's morning", "Wednesday's open"."""
    part, word = read_part(s, n), s.word(n)
    if part and part[0] not in {"early", "late"}:
        return replace(reading, part=part[0]), part[1]
    if reading.clock is not None or word not in {"open", "close"}:
        return None
    return replace(reading, clock=bell_clock("closing" if word == "close" else "opening")), n + 1


def _zone_first(s: Scanner, n: int, reading: Reading) -> tuple[Reading, int] | None:
    """Read a zone before its clock: "2021-03-25 HKT 01:39", "GMT 20:53", "KSA 23:53"."""
    if reading.clock is not None or reading.zone is not None or not s.at(n).text.isupper():
        return None
    zone, place = read_zone(s, n), s.places.get(s.at(n).start)
    if zone is None and place is not None and place.kind == "country" and place.end == s.at(n).end:
        zone = place_words(place), n + 1
    if zone is None or s.word(zone[1] + 1) != ":" or zone[0].kind == "local":
        return None
    clock = read_clock(s, zone[1])
    return (replace(reading, zone=zone[0], clock=clock[0]), clock[1]) if clock is not None else None


def _stamped_clock(s: Scanner, n: int) -> tuple[ClockTime, int] | None:
    """Read the clock of a stamp after its date: "August 24, 2020 - 2:11pm", "9 April 2015 / 3:30 AM"."""
    if s.at(n).text not in _STAMP_SIGNS or s.at(n + 2).text not in {":", "."} or not s.glued(n + 2):
        return None
    clock = read_clock(s, n + 1)
    return clock if clock is not None and clock[1] > n + 3 else None


def _part(s: Scanner, n: int, reading: Reading) -> tuple[Reading, int] | None:
    if reading.clock is None and (clock := read_clock(s, n)):
        return _ranged(s, replace(reading, clock=clock[0]), clock[1])
    if reading.zone is None and (zone := _zone(s, n, reading)):
        return replace(reading, zone=zone[0]), zone[1]
    if led := _zone_first(s, n, reading):
        return led
    if reading.day is None and (day := read_day(s, n)):
        # "early 2019" is a part of the year, but "at 1:30 in 2019" gives no day
        return None if day[0].unit != "day" and reading.clock is not None else (replace(reading, day=day[0]), day[1])
    if reading.part is None and (part := read_part(s, n)):
        name, after = part
        if name in {"early", "late"} and not (reading.day or _day_follows(s, after)):
            return None
        return replace(reading, part=name), after
    if reading.part in {"early", "late"} and s.word(n) in {"morning", "afternoon", "evening", "night"}:
        both = f"{reading.part} {s.word(n)}"
        return (replace(reading, part=both), n + 1) if both in PARTS else None
    return None


def _day_follows(s: Scanner, n: int) -> bool:
    while s.word(n) in {"on", "in", "the", "of"}:
        n += 1
    day = read_day(s, n)
    return (day is not None and day[0].unit == "day") or s.word(n) in PARTS


def _zone(s: Scanner, n: int, reading: Reading) -> tuple[ZoneWords, int] | None:
    if reading.clock is None and reading.part is None:
        return None
    zone = read_zone(s, n)
    if zone is not None:
        return zone if reading.clock or zone[0].kind != "place" or s.word(zone[1] - 1) == "time" else None
    if reading.clock is None:
        return None
    if s.glued(n) or s.word(n - 1) not in {"in", ","}:
        offset = read_offset(s, n)
        return offset if offset is not None and (s.glued(n) or len(s.at(n + 1).text) == 4) else None
    place = s.places.get(s.at(n).start)
    if place is None or place.kind not in {"city", "country", "region"} or s.word(n - 1) == ",":
        return None
    after = n
    while after < len(s.tokens) and s.tokens[after].start < place.end:
        after += 1
    return place_words(place), after


def _ranged(s: Scanner, reading: Reading, n: int) -> tuple[Reading, int]:
    """Add the end of a range: "between 1:45 a.m. and 2:15 a.m.", "0100-0130 GMT"."""
    sign = s.word(n)
    stamped = reading.day is not None and reading.day.year is not None and s.glued(n)
    if sign not in {"-", "–", "and", "to", "until"} or (stamped and read_offset(s, n)):
        return reading, n
    end = read_clock(s, n + 1)
    if end is None or reading.clock is None or (sign == "and" and end[0].half == ""):
        return reading, n
    return replace(reading, until=end[0]), end[1]


def _beyond_place(s: Scanner, n: int, reading: Reading) -> tuple[Reading, int] | None:
    """Continue after a place in the middle: "on Friday at Union Station at 2:21 p.m."."""
    if reading.clock is not None and reading.clock.bell and reading.day is None and (day := _day_of_bell(s, n)):
        return replace(reading, day=day[0]), day[1]
    if s.word(n) not in {"at", "in", "near", "outside"} or not s.at(n + 1).text[:1].isupper():
        return None
    at = n + 1
    while at < n + 10 and (s.at(at).text[:1].isupper() or s.word(at) in {".", "of", "the", "'", ","}):
        at += 1
    if s.word(at) not in {"at", "around", "about", "on", "shortly"}:
        return None
    while s.word(at) in _BETWEEN:
        at += 1
    if reading.clock is None and reading.day is not None and (clock := read_clock(s, at)):
        return replace(reading, clock=clock[0]), clock[1]
    if reading.day is None and reading.clock is not None and (day := read_day(s, at)) and day[0].unit == "day":
        return replace(reading, day=day[0]), day[1]
    return None


def _day_of_bell(s: Scanner, n: int) -> tuple[Day, int] | None:
    """Read the day of "the close of trading in natural gas in Europe on Friday"."""
    for at in range(n, n + 8) if s.word(n) == "in" else ():
        if not s.at(at).text.isalpha():
            return None
        if s.word(at) == "on" and (day := read_day(s, at + 1)):
            return day if day[0].unit == "day" else None
    return None


def read_alternates(s: Scanner, n: int, reading: Reading) -> tuple[list[Reading], int] | None:
    """Read the same moment on other clocks, in brackets or after a slash, a comma or a dash.

    Parameters
    ----------
    s : Scanner
    n : int
        Number of the token to start at.
    reading : Reading
        The first reading of the moment.

    Returns
    -------
    (list of Reading, int) or None
        The further readings, and the number of the next token.
    """
    if reading.clock is None and reading.part is None:
        return None
    if s.at(n).text in _OPEN:
        return _bracketed(s, n + 1)
    if s.word(n) == "," and s.word(n + 1) == "which" and s.word(n + 2) in {"is", "was"}:
        same = read_reading(s, n + 3, Reading())
        return ([same[0]], same[1]) if same is not None and same[0].clock and same[0].zone else None
    n += s.word(n) == "," and s.word(n + 1) == "or"
    if s.word(n) not in {"/", ",", "or", "-", "–", "—"} or reading.clock is None:
        return None
    at = n + 1 + (s.word(n + 1) == "or")
    got = read_reading(s, at, Reading())
    if got is None or got[0].clock is None or got[0].zone is None:
        return None
    if s.word(n) not in {"/", "or"} and got[0].zone.kind != "utc":
        return None
    return [got[0]], got[1]


def _of_place(s: Scanner, n: int, reading: Reading) -> tuple[Reading, int]:
    """Add the bare place that ends a bracket: "(2am UAE)"."""
    place = s.places.get(s.at(n).start)
    if place is None or reading.clock is None or reading.zone is not None:
        return reading, n
    after = n
    while after < len(s.tokens) and s.tokens[after].start < place.end:
        after += 1
    return (replace(reading, zone=place_words(place)), after) if s.at(after).text in _CLOSE else (reading, n)


def _bracketed(s: Scanner, n: int) -> tuple[list[Reading], int] | None:
    readings: list[Reading] = []
    while s.word(n) in _BETWEEN | {";", "/", "and", "or", "i", "e", ".", "="}:
        n += 1
    zone = read_zone(s, n)
    if zone is not None and s.at(zone[1]).text in _CLOSE:
        return [Reading(zone=zone[0])], zone[1] + 1
    while True:
        got = read_reading(s, n, Reading())
        if got is None or (got[0].clock is None and not readings):
            break
        reading, n = _of_place(s, got[1], got[0])
        readings.append(reading)
        while s.word(n) in {",", ";", "/", "and", "or", "in"}:
            n += 1
    if not readings:
        return None
    for _ in range(4):
        if s.at(n).text in _CLOSE:
            return readings, n + 1
        n += 1
    return None
