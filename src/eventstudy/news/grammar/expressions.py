"""Find and parse the time expressions of English news, without resolving them.

An expression is a reading (a clock, a zone, a day, a part of the day, in any order that English allows) with the
further readings that the writer gives of the same moment: "1:30 a.m. Wednesday (2230 GMT Tuesday)",
"5 p.m. PT/8 p.m. ET (0000 GMT)".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..places.mentions import Place
from ..text.lexicon import (
    APPROXIMATE,
    LONG_UNITS,
    MONTHS,
    NUMBERS,
    PREFIXES,
    RELATIVE_DAYS,
    SHORT_WEEKDAYS,
    UNITS,
    WEEKDAYS,
    words,
)
from ..text.tokens import Token
from .clocks import read_clock
from .readings import Reading, read_alternates, read_reading
from .scanner import APOSTROPHES, Scanner
from .zone_phrases import place_words

_VAGUE_UNITS = {"moments": 10, "minutes": 40, "hours": 12}
_STARTERS = frozenset().union(
    words("starters"), NUMBERS, MONTHS, WEEKDAYS, SHORT_WEEKDAYS, RELATIVE_DAYS, _VAGUE_UNITS, {"several", "few"}
)
_SOON = frozenset({"minute", "minutes", "moments", "seconds"})
_ARTICLES = frozenset({"a", "an"})
_AMOUNT_SIGNS = frozenset("$€£¥")
_Parsed = tuple[Reading, tuple[Reading, ...], int, "Shift | None"]


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A moment given by its distance from another one.

    Parameters
    ----------
    minutes : float
        Length of the distance; an upper limit where vague.
    sign : int
        -1 for earlier, +1 for later.
    vague : bool
        True for "minutes later", "a few days ago".
    days : bool
        True where it is counted in days or longer units.
    ago : bool
        True where it is counted from the publication.
    """

    minutes: float
    sign: int
    vague: bool
    days: bool = False
    ago: bool = False


@dataclass(frozen=True, kw_only=True)
class Expression:
    """A time expression: its position, words and readings, and the words that lead into it.

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
    >>> from eventstudy.news.text.tokens import tokenize
    >>> text = "Missiles were fired at about 1:30 a.m. (2230 GMT), it said on Wednesday."
    >>> [e.phrase for e in find_expressions(text, tokenize(text))]
    ['at about 1:30 a.m. (2230 GMT)', 'on Wednesday']
    """
    scanner = Scanner(text, list(tokens), {p.start: p for p in places})
    found: list[Expression] = []
    n = low = 0
    while n < len(scanner.tokens):
        token = scanner.tokens[n]
        may_start = token.lower in _STARTERS or (token.text.isdigit() and not _is_figure(scanner, n))
        got = _shifted(scanner, n) if may_start else None
        if got is None and may_start and token.lower not in _ARTICLES:
            got = _parse(scanner, n)
        if got is None:
            n += 1
            continue
        reading, others, after, shift = got
        found.append(_expression(scanner, n, after, low, reading, others, shift))
        n = low = after
    return tuple(found)


def _is_figure(s: Scanner, n: int) -> bool:
    """Return whether digits belong to an amount: "$65"."""
    return s.at(n - 1).text in _AMOUNT_SIGNS and s.glued(n)


def _parse(s: Scanner, n: int) -> _Parsed | None:
    got = read_reading(s, n, Reading())
    if got is None:
        return None
    reading, after = got
    others: list[Reading] = []
    while True:
        more = read_alternates(s, after, reading)
        if more is None:
            break
        others += more[0]
        after = more[1]
        longer = read_reading(s, after, reading, joined=True)
        if longer is not None:
            reading, after = longer
    reading, others = _share(reading, others)
    after = _past_bell(s, after, reading)
    return (reading, tuple(others), after, None) if _says_when(s, n, reading) else None


def _past_bell(s: Scanner, n: int, reading: Reading) -> int:
    """Skip a bell that only describes a clock: "at 9:09 am, before the market opened"."""
    at = n + (s.word(n) == ",")
    if reading.clock is None or reading.clock.bell or s.word(at) not in {"after", "before"}:
        return n
    bell = read_clock(s, at + 1 + (s.word(at + 1) == "the"))
    return bell[1] if bell is not None and bell[0].bell else n


def _says_when(s: Scanner, n: int, reading: Reading) -> bool:
    if reading.clock is not None or reading.day is not None:
        return True
    return reading.part in {"overnight", "early hours", "small hours"} or (
        reading.part is not None
        and s.word(n - 1) == "the"
        and s.word(n - 2) in {"in", "during"}
        and reading.part not in {"early", "late"}
    )


def _share(reading: Reading, others: list[Reading]) -> tuple[Reading, list[Reading]]:
    """Give a bracketed bare zone to the reading before it, and drop readings without a clock."""
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
    if amount is not None and unit in UNITS and (counted := _after_doing(s, at + 1, amount * UNITS[unit])):
        return counted
    sign = {"later": 1, "earlier": -1, "ago": -1}.get(s.word(at + 1), 0)
    if not sign or (unit not in UNITS and unit not in LONG_UNITS and unit not in _VAGUE_UNITS):
        return None
    if s.word(at + 2) == "than":
        return None  # "an hour later than usual" compares
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
        day = read_reading(s, at + 2, Reading(), joined=True) if unit == "hours" else None
        if day is not None and day[0].day is not None and day[0].clock is None:
            return day[0], (), day[1], None
        return Reading(), (), at + 2, Shift(minutes=most, sign=sign, vague=True, ago=ago)
    return Reading(), (), at + 2, Shift(minutes=amount * UNITS[unit], sign=sign, vague=False, ago=ago)


def _after_doing(s: Scanner, n: int, minutes: float) -> _Parsed | None:
    """Read the clock of "five minutes after taking off at 1:38 p.m.", and add the distance."""
    sign = {"after": 1, "before": -1}.get(s.word(n), 0)
    if not sign or not s.word(n + 1).endswith("ing"):
        return None
    at = next((k for k in range(n + 2, n + 7) if s.word(k) == "at"), 0)
    got = _parse(s, at + 1) if at else None
    clock = got[0].clock if got is not None else None
    if got is None or got[1] or clock is None or clock.bell:
        return None
    total = clock.hour * 60 + clock.minute + sign * round(minutes)
    if not 0 <= total < 1440:
        return None
    moved = replace(clock, hour=total // 60, minute=total % 60, exact=True, half=clock.half and "24")
    return replace(got[0], clock=moved), (), got[2], None


def _place_before(s: Scanner, n: int, low: int) -> tuple[Place, int] | None:
    """Return the place of "in New York" right before "at 5 p.m."."""
    for first in range(max(low, n - 6), n - 1):
        place = s.places.get(s.at(first + 1).start)
        if s.word(first) == "in" and place is not None and place.end == s.at(n - 1).end and not place.several:
            return place, first
    return None


def _from_bell(s: Scanner, unit: int, low: int, reading: Reading) -> tuple[Reading, int]:
    """Add the minutes of "four minutes after the opening bell"; other clocks stay as they are."""
    word, clock = s.word(unit - 1), reading.clock
    count = int(word) if word.isascii() and word.isdigit() and len(word) <= 2 else NUMBERS.get(word)
    if count is None or clock is None or not clock.bell or unit - 1 < low:
        return reading, unit
    away = int(count) if s.word(unit + 1) == "after" else -int(count)
    return replace(reading, clock=replace(clock, away=away)), unit - 1


def _expression(
    s: Scanner, n: int, after: int, low: int, reading: Reading, others: tuple[Reading, ...], shift: Shift | None
) -> Expression:
    first = n
    while first > low and first > n - 6 and (s.word(first - 1) in PREFIXES or s.at(first - 1).text == "~"):
        first -= 1
    while first < n and s.word(first) in {"the", "of", "to", "a"} and s.word(first + 1) != "early":
        first += 1
    if s.word(first) == "in" and s.word(first + 1) in {"about", "around", "at", "on"}:
        first += 1  # "was sworn in at"
    if reading.part is None and first < n and s.word(first) == "time":
        first += 1
    lead = {s.word(k) for k in range(first, n)}
    before = _place_before(s, first, low) if reading.clock is not None and reading.zone is None else None
    if before is not None:
        reading, first = replace(reading, zone=place_words(before[0])), before[1]
    if first < n and s.word(first) in {"before", "after"} and first - 1 > low and s.word(first - 1) in _SOON:
        reading, first = _from_bell(s, first - 1, low, reading)
        lead.add("shortly")
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
