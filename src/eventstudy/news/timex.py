"""Time expressions in news English: found and parsed, not yet resolved.

An expression is a reading (a clock, a zone, a day, a part of the day, in any order the language allows) with the
further readings that the writer gives of the same moment: "1:30 a.m. Wednesday (2230 GMT Tuesday)",
"5 p.m. PT/8 p.m. ET (0000 GMT)".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .clock_grammar import read_clock
from .day_grammar import read_day, read_part
from .lexicon import APPROXIMATE, LONG_UNITS, NUMBERS, PARTS, PREFIXES, UNITS, words
from .places import Place
from .scanner import APOSTROPHES, Clock, Day, Scanner
from .tokens import Token
from .zone_grammar import place_words, read_offset, read_zone
from .zones import ZoneWords

_BETWEEN = words("between")
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
_BOUNDS = frozenset({"after", "before", "until", "till"})
_VAGUE_UNITS = {"moments": 10, "minutes": 40, "hours": 12}


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One way in which a moment is given; absent parts are None."""

    clock: Clock | None = None
    until: Clock | None = None
    zone: ZoneWords | None = None
    day: Day | None = None
    part: str | None = None


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A moment given by its distance from another one: minutes (at most, where vague), before (-1) or after (+1)."""

    minutes: float
    sign: int
    vague: bool
    days: bool = False
    ago: bool = False


@dataclass(frozen=True, kw_only=True)
class Expression:
    """A time expression: its place in the text, its words, its readings, and the words that lead into it.

    Parameters
    ----------
    start, end : int
        First and one-past-last character.
    phrase : str
    reading : Reading
    others : tuple of Reading
        The same moment on other clocks.
    lead : frozenset of str
        Words before it such as "by", "about", "since".
    shift : Shift or None
        Set for "40 minutes later"; then the reading is empty.
    """

    start: int
    end: int
    phrase: str
    reading: Reading
    others: tuple[Reading, ...] = ()
    lead: frozenset[str] = frozenset()
    shift: Shift | None = None

    @property
    def approximate(self) -> bool:
        """True where the writer hedges."""
        return bool(self.lead & (APPROXIMATE | {"sometime", "some"}))

    @property
    def readings(self) -> tuple[Reading, ...]:
        """All readings, the first one first."""
        return (self.reading, *self.others)


def find_expressions(text: str, tokens: Sequence[Token], places: Sequence[Place] = ()) -> tuple[Expression, ...]:
    """Find the time expressions of a text.

    Parameters
    ----------
    text : str
    tokens : sequence of Token
    places : sequence of Place
        Those of the text; they make "Beijing time" and "in London" zones.

    Returns
    -------
    tuple of Expression
        In the order of the text, not overlapping.

    Examples
    --------
    >>> from eventstudy.news.tokens import tokenize
    >>> text = "Missiles were fired at about 1:30 a.m. (2230 GMT), it said on Wednesday."
    >>> [e.phrase for e in find_expressions(text, tokenize(text))]
    ['at about 1:30 a.m. (2230 GMT)', 'on Wednesday']
    """
    scanner = Scanner(text, list(tokens), {p.start: p for p in places})
    found: list[Expression] = []
    n = low = 0
    while n < len(scanner.tokens):
        got = _shifted(scanner, n) or _parse(scanner, n)
        if got is None:
            n += 1
            continue
        reading, others, after, shift = got
        found.append(_expression(scanner, n, after, low, reading, others, shift))
        n = low = after
    return tuple(found)


_Parsed = tuple[Reading, tuple[Reading, ...], int, Shift | None]


def _parse(s: Scanner, n: int) -> _Parsed | None:
    if not _may_start(s, n):
        return None
    got = _reading(s, n, Reading())
    if got is None:
        return None
    reading, after = got
    others: list[Reading] = []
    while True:
        more = _alternates(s, after, reading)
        if more is None:
            break
        others += more[0]
        after = more[1]
        longer = _reading(s, after, reading, joined=True)
        if longer is not None:
            reading, after = longer
    reading, others = _share(reading, others)
    return (reading, tuple(others), after, None) if _says_when(s, n, reading) else None


_STARTERS = words("starters") | set(NUMBERS)


def _may_start(s: Scanner, n: int) -> bool:
    token = s.at(n)
    return token.text.isdigit() or token.lower in _STARTERS or read_day(s, n) is not None


def _says_when(s: Scanner, n: int, reading: Reading) -> bool:
    if reading.clock is not None or reading.day is not None:
        return True
    return reading.part in {"overnight", "early hours", "small hours"} or (
        reading.part is not None
        and s.word(n - 1) == "the"
        and s.word(n - 2) in {"in", "during"}
        and reading.part not in {"early", "late"}
    )


def _reading(s: Scanner, n: int, so_far: Reading, joined: bool = False) -> tuple[Reading, int] | None:
    """Read as many parts of one reading as follow each other; None where there is none at all."""
    reading, after, found = so_far, n, False
    while True:
        step = _next_part(s, after, reading, first=not (found or joined))
        if step is None:
            break
        reading, after, found = step[0], step[1], True
    return (reading, after) if found else None


def _next_part(s: Scanner, n: int, reading: Reading, first: bool) -> tuple[Reading, int] | None:
    at = n
    for skipped in range(1 if first else 5):
        if skipped:
            if not (s.word(at) in _BETWEEN or (s.word(at) == "t" and s.glued(at) and s.at(at + 1).text.isdigit())):
                break
            at += 1
        got = _part(s, at, reading)
        if got is not None:
            return got
    return None if first else _beyond_place(s, n, reading)


def _part(s: Scanner, n: int, reading: Reading) -> tuple[Reading, int] | None:
    if reading.clock is None and (clock := read_clock(s, n)):
        return _ranged(s, replace(reading, clock=clock[0]), clock[1])
    if reading.zone is None and (zone := _zone(s, n, reading)):
        return replace(reading, zone=zone[0]), zone[1]
    if reading.day is None and (day := read_day(s, n)):
        # "early 2019" is a span of the year, "at 1:30 in 2019" no moment of a day
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
    if sign not in {"-", "–", "and", "to", "until"}:
        return reading, n
    end = read_clock(s, n + 1)
    if end is None or reading.clock is None or (sign == "and" and end[0].half == ""):
        return reading, n
    return replace(reading, until=end[0]), end[1]


def _beyond_place(s: Scanner, n: int, reading: Reading) -> tuple[Reading, int] | None:
    """Go on after a place in the middle: "on Friday at Union Station at 2:21 p.m."."""
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


def _alternates(s: Scanner, n: int, reading: Reading) -> tuple[list[Reading], int] | None:
    """Read the same moment on other clocks, in brackets or after a stroke, a comma or a dash."""
    if reading.clock is None and reading.part is None:
        return None
    if s.at(n).text in _OPEN:
        return _bracketed(s, n + 1)
    if s.word(n) == "," and s.word(n + 1) in {"or", "which"}:
        n += 1
    if s.word(n) not in {"/", ",", "or", "-", "–", "—"} or reading.clock is None:
        return None
    at = n + 1 + (s.word(n + 1) == "or")
    got = _reading(s, at, Reading())
    if got is None or got[0].clock is None or got[0].zone is None:
        return None
    if s.word(n) not in {"/", "or"} and got[0].zone.kind != "utc":
        return None
    return [got[0]], got[1]


def _bracketed(s: Scanner, n: int) -> tuple[list[Reading], int] | None:
    readings: list[Reading] = []
    while s.word(n) in _BETWEEN | {";", "/", "and", "or", "i", "e", ".", "="}:
        n += 1
    zone = read_zone(s, n)
    if zone is not None and s.at(zone[1]).text in _CLOSE:
        return [Reading(zone=zone[0])], zone[1] + 1
    while True:
        got = _reading(s, n, Reading())
        if got is None or (got[0].clock is None and not readings):
            break
        readings.append(got[0])
        n = got[1]
        while s.word(n) in {",", ";", "/", "and", "or", "in"}:
            n += 1
    if not readings:
        return None
    for _ in range(4):
        if s.at(n).text in _CLOSE:
            return readings, n + 1
        n += 1
    return None


def _share(reading: Reading, others: list[Reading]) -> tuple[Reading, list[Reading]]:
    """Give a bracketed bare zone to the reading before it, and drop readings that say nothing more."""
    for other in others:
        if other.clock is None and other.zone is not None and (reading.zone is None or reading.zone.kind == "local"):
            reading = replace(reading, zone=other.zone)
    return reading, [o for o in others if o.clock is not None]


def _shifted(s: Scanner, n: int) -> _Parsed | None:
    """Read a distance from another moment: "40 minutes later", "Hours earlier", "two days ago"."""
    word, at = s.word(n), n
    amount: float | None = float(word) if word.isascii() and word.isdigit() and len(word) <= 3 else NUMBERS.get(word)
    vague = False
    if word in {"several", "few"} or (word == "a" and s.word(n + 1) in {"few", "couple"}):
        at, vague, amount = n + 1 + (word == "a") + (s.word(n + 2) == "of"), True, None
    elif word == "half" and s.word(n + 1) in {"a", "an"}:
        at, amount = n + 2, 0.5
    elif amount is not None:
        at = n + 1
    elif word not in _VAGUE_UNITS:
        return None
    unit = s.word(at)
    sign = {"later": 1, "earlier": -1, "ago": -1}.get(s.word(at + 1), 0)
    if not sign or (unit not in UNITS and unit not in LONG_UNITS and unit not in _VAGUE_UNITS):
        return None
    ago = s.word(at + 1) == "ago"
    if unit in LONG_UNITS:
        days = (amount or 5) * LONG_UNITS[unit]
        return (
            Reading(),
            (),
            at + 2,
            Shift(minutes=days * 1440, sign=sign, vague=vague or unit not in {"day", "days"}, days=True, ago=ago),
        )
    if amount is None:
        most = _VAGUE_UNITS.get(unit, 1) * (60 if unit == "hours" else 1)
        day = _reading(s, at + 2, Reading(), joined=True) if unit == "hours" else None
        if day is not None and day[0].day is not None and day[0].clock is None:
            return day[0], (), day[1], None
        return Reading(), (), at + 2, Shift(minutes=most, sign=sign, vague=True, ago=ago)
    return Reading(), (), at + 2, Shift(minutes=amount * UNITS[unit], sign=sign, vague=False, ago=ago)


def _place_before(s: Scanner, n: int, low: int) -> tuple[Place, int] | None:
    """Find "in New York" right before "at 5 p.m."."""
    for first in range(max(low, n - 6), n - 1):
        place = s.places.get(s.at(first + 1).start)
        if s.word(first) == "in" and place is not None and place.end == s.at(n - 1).end and not place.several:
            return place, first
    return None


def _expression(
    s: Scanner, n: int, after: int, low: int, reading: Reading, others: tuple[Reading, ...], shift: Shift | None
) -> Expression:
    first = n
    while first > low and first > n - 6 and (s.word(first - 1) in PREFIXES or s.at(first - 1).text == "~"):
        first -= 1
    while first < n and s.word(first) in {"the", "of", "to", "a"} and s.word(first + 1) != "early":
        first += 1
    if reading.part is None and first < n and s.word(first) == "time":
        first += 1
    lead = {s.word(k) for k in range(first, n)}
    before = _place_before(s, first, low) if reading.clock is not None and reading.zone is None else None
    if before is not None:
        reading, first = replace(reading, zone=place_words(before[0])), before[1]
    if s.word(first - 1) in {"between", "within"}:
        first -= 1
    if s.word(first - 1) == "as" and s.word(first) == "of":
        first -= 1
        lead.add("as")
    if s.word(first - 1) == "to" and first == n:
        lead.add("to")
    end = s.tokens[after - 1].end
    if s.at(after).text in APOSTROPHES and s.word(after + 1) == "s" and s.glued(after + 1):
        end = s.at(after + 1).end
    start = s.at(first).start
    return Expression(
        start=start,
        end=end,
        phrase=s.text[start:end],
        reading=reading,
        others=others,
        lead=frozenset(lead),
        shift=shift,
    )
