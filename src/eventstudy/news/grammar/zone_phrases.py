"""The grammar of time zones: GMT, UTC+0900, EDT, Eastern time, local time, Beijing time, U.S. time."""

from __future__ import annotations

from ..places.mentions import Place
from ..places.zones import ABBREVIATIONS, NAMES, UTC_NAMES, ZoneWords
from .scanner import DASHES, Scanner

_FIRST_WORDS = frozenset(name.split()[0] for name in NAMES)


def read_zone(s: Scanner, n: int) -> tuple[ZoneWords, int] | None:
    """Read a time zone: GMT, UTC+0900, EDT, Eastern time, local time, Beijing time, U.S. time.

    Parameters
    ----------
    s : Scanner
    n : int
        Number of the token to start at.

    Returns
    -------
    (ZoneWords, int) or None
        The zone, and the number of the next token.
    """
    token = s.at(n)
    if token.text.upper() in UTC_NAMES and (token.text != "z" and (len(token.text) > 1 or s.glued(n))):
        return read_offset(s, n + 1) or (ZoneWords(kind="utc"), n + 1)
    if token.lower == "coordinated" and s.word(n + 1) == "universal":
        return ZoneWords(kind="utc"), n + 3
    if token.lower == "greenwich" and s.word(n + 1) == "mean":
        return ZoneWords(kind="utc"), n + 3
    if token.text in ABBREVIATIONS:
        return ZoneWords(kind="abbreviation", name=token.text), n + 1
    if token.text == "HK" and s.at(n + 1).text == "/" and s.at(n + 2).text == "SIN":
        return ZoneWords(kind="place", name="Asia/Hong_Kong"), n + 3
    if token.lower == "local":
        return ZoneWords(kind="local"), n + 1 + (s.word(n + 1) == "time")
    return _dotted_zone(s, n) or _named_zone(s, n) or _place_time(s, n)


def read_offset(s: Scanner, n: int) -> tuple[ZoneWords, int] | None:
    """Read an offset from UTC: +3, +0900, -03:30.

    Parameters
    ----------
    s : Scanner
    n : int
        Number of the token to start at.

    Returns
    -------
    (ZoneWords, int) or None
        The offset, and the number of the next token.
    """
    if s.at(n).text not in DASHES | {"+"} or not s.at(n + 1).text.isdigit() or not s.glued(n + 1):
        return None
    digits, after = s.at(n + 1).text, n + 2
    if len(digits) <= 2 and s.word(after) == ":" and s.number(after + 1, 59, (2,)) is not None:
        digits, after = f"{digits:0>2}{s.at(after + 1).text}", after + 2
    if len(digits) not in {1, 2, 4}:
        return None
    minutes = int(digits) * 60 if len(digits) <= 2 else int(digits[:2]) * 60 + int(digits[2:])
    if minutes > 15 * 60:
        return None
    return ZoneWords(kind="offset", minutes=-minutes if s.at(n).text in DASHES else minutes), after


def _dotted_zone(s: Scanner, n: int) -> tuple[ZoneWords, int] | None:
    letters, after = "", n
    while s.at(after).text.isalpha() and len(s.at(after).text) == 1 and s.word(after + 1) == "." and s.glued(after + 1):
        letters, after = letters + s.at(after).text, after + 2
    if len(letters) < 2:
        return None
    if letters in UTC_NAMES:
        return ZoneWords(kind="utc"), after
    return (ZoneWords(kind="abbreviation", name=letters), after) if letters in ABBREVIATIONS else None


def _named_zone(s: Scanner, n: int) -> tuple[ZoneWords, int] | None:
    if s.word(n) not in _FIRST_WORDS:
        return None
    for length in (3, 2, 1):
        words = " ".join(s.word(n + k) for k in range(length))
        if words in NAMES and (
            s.word(n + length) == "time" or (length == 1 and s.at(n).text in {"Eastern", "Pacific"})
        ):
            name, _, preferred = NAMES[words].partition("@")
            return ZoneWords(kind="abbreviation", name=name, preferred=preferred), n + length + (
                s.word(n + length) == "time"
            )
    return None


def _place_time(s: Scanner, n: int) -> tuple[ZoneWords, int] | None:
    place = s.places.get(s.at(n).start)
    if place is None:
        return None
    after = n
    while after < len(s.tokens) and s.tokens[after].start < place.end:
        after += 1
    if s.word(after) == "." and s.glued(after):
        after += 1
    if s.word(after) == "local":
        after += 1
    if s.word(after) != "time":
        return None
    return place_words(place), after + 1


def place_words(place: Place) -> ZoneWords:
    """Return the zone of a place, as if the text had named it.

    Parameters
    ----------
    place : Place

    Returns
    -------
    ZoneWords
    """
    return ZoneWords(kind="place", name=place.zones[0], several=place.several or len(place.zones) > 1)
