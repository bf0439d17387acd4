"""Find the places that a text names, each with its time zone or the zones it may be in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..text.lexicon import MONTHS, SHORT_WEEKDAYS, WEEKDAYS, words
from ..text.tokens import Token
from .gazetteer import City, Gazetteer, Name, gazetteer, key
from .namesakes import choose_city, is_doubtful

_LOCATIVE = words("locative")
_BEFORE_OF = words("before of")
_CIVIC = words("civic")
_SITES = words("sites")
_PERSONS = words("persons")
_MISSIONS = frozenset(["ambassador", "consulate", "embassy", "envoy"])
_LONGEST = 5
_WELL_KNOWN = 400
DATELINE_MARKS = (" - ", " -- ", " — ", " – ", ") ")
_JOINERS = frozenset(".-'’&")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place named in a text.

    Parameters
    ----------
    name : str
        As written in the text.
    start, end : int
        Its first and one-past-last character.
    kind : str
        country, region, city, demonym or actor (an institution or person who stands for a place).
    country : str
        ISO 3166 code.
    zones : tuple of str
        IANA names, most likely first; more than one where several places share the name.
    several : bool
        True where the place has several time zones, of which the main city's is given.
    located : bool
        True where the text places something there ("in", "near", a city with its country) rather than just naming it.
    """

    name: str
    start: int
    end: int
    kind: str
    country: str
    zones: tuple[str, ...]
    several: bool = False
    located: bool = False


def find_places(text: str, tokens: Sequence[Token]) -> tuple[Place, ...]:
    """Find the places that a text names.

    Parameters
    ----------
    text : str
    tokens : sequence of Token
        Of the same text.

    Returns
    -------
    tuple of Place
        In the order of the text; a city with its country is one place.

    Examples
    --------
    >>> from eventstudy.news.text.tokens import tokenize
    >>> text = "A fire broke out near Fairfield, California."
    >>> [(p.name, p.zones) for p in find_places(text, tokenize(text))]
    [('Fairfield, California', ('America/Los_Angeles',))]
    """
    book = gazetteer()
    matches = _matches(text, tokens, book)
    countries = {m.name.country for m in matches if m.name is not None}
    regions = {(m.name.country, m.name.zone) for m in matches if m.name and m.name.kind in {"region", "state"}}
    places: list[Place] = []
    settled: dict[str, Place] = {}
    skip = 0
    for n, match in enumerate(matches):
        if n < skip:
            continue
        qualifiers = _qualifiers(matches, n, tokens)
        if _belongs_to_next(matches, n, tokens) or _is_across(tokens, match) or _describes(tokens, match):
            continue
        place = _resolve(text, tokens, match, [q.name for q in qualifiers if q.name is not None], countries, regions)
        if place is not None and qualifiers:
            end = tokens[qualifiers[-1].last].end
            settled[place.name.lower()] = place
            place = replace(place, name=text[place.start : end], end=end, located=True)
            skip = n + 1 + len(qualifiers)
        elif place is not None and (before := settled.get(place.name.lower())):
            place = replace(place, country=before.country, zones=before.zones, several=before.several)
        if place is not None:
            places.append(place)
    return tuple(places)


@dataclass(frozen=True)
class _Match:
    first: int
    last: int
    name: Name | None
    cities: tuple[City, ...]


def _matches(text: str, tokens: Sequence[Token], book: Gazetteer) -> list[_Match]:
    found = []
    n = 0
    while n < len(tokens):
        match = _longest(text, tokens, n, book) if tokens[n].text[0].isupper() else None
        if match is None:
            n += 1
            continue
        found.append(match)
        n = match.last + 1
    return found


def _longest(text: str, tokens: Sequence[Token], n: int, book: Gazetteer) -> _Match | None:
    first = tokens[n].lower if tokens[n].lower.isascii() else key(tokens[n].lower)
    if first not in book.first_words and first not in book.names and first not in book.cities:
        return None
    words, best = "", None
    for count, last in enumerate(_word_ends(text, tokens, n)):
        word = tokens[last].lower if tokens[last].lower.isascii() else key(tokens[last].lower)
        words = f"{words} {word}" if words else word
        name, cities = book.names.get(words), book.cities.get(words, ())
        written = text[tokens[n].start : tokens[last].end]
        if name is not None and not _same_case(name.text, written):
            name = None
        if (name is not None or cities) and (tokens[last].text[0].isupper() or tokens[last].text == "s"):
            best = _Match(n, last, name, cities)
        elif name is not None:
            best = _Match(n, last, name, ())
        if count == 0 and word not in book.first_words:
            break
    if best is not None and best.first == best.last and _is_calendar_word(tokens[n].lower):
        return None
    return best


def _word_ends(text: str, tokens: Sequence[Token], n: int) -> list[int]:
    ends, last = [n], n
    for _ in range(2 * _LONGEST):
        after = last + 1
        while (
            after < len(tokens) and tokens[after].text in _JOINERS and tokens[after].start - tokens[after - 1].end == 0
        ):
            after += 1
        if (
            after >= len(tokens)
            or not tokens[after].text[0].isalnum()
            or tokens[after].start - tokens[after - 1].end > 1
        ):
            break
        if "\n\n" in text[tokens[last].end : tokens[after].start]:
            break
        ends.append(after)
        last = after
        if len(ends) == _LONGEST:
            break
    return ends


def _same_case(name: str, written: str) -> bool:
    return not name.isupper() or len(name) > 5 or written.isupper()


def _is_calendar_word(word: str) -> bool:
    return word in MONTHS or word in WEEKDAYS or word in SHORT_WEEKDAYS


def _qualifiers(matches: Sequence[_Match], n: int, tokens: Sequence[Token]) -> list[_Match]:
    """List the countries or regions that follow a city after commas: "Reading, Berkshire, UK"."""
    found: list[_Match] = []
    if not matches[n].cities and (matches[n].name is None or matches[n].name.kind not in {"region", "city", "country"}):  # type: ignore[union-attr]
        return found
    last = matches[n].last
    for match in matches[n + 1 : n + 3]:
        between = [t.text for t in tokens[last + 1 : match.first]]
        if (
            between not in ([","], [",", "in"], ["in"])
            or match.name is None
            or match.name.kind not in {"country", "region", "state"}
            or (_is_country(matches[n]) and match.name.kind == "country")
        ):
            break
        found.append(_as_state(matches[n], match))
        last = match.last
    return found


def _as_state(city: _Match, qualifier: _Match) -> _Match:
    """Read a qualifier as a state where it can be one: "Athens, Georgia", but not "Batumi, Georgia"."""
    assert qualifier.name is not None
    state = gazetteer().states.get(key(qualifier.name.text.removesuffix(" state")))
    abroad = any(c.country == qualifier.name.country for c in city.cities) and qualifier.name.kind == "country"
    return qualifier if state is None or abroad else replace(qualifier, name=state)


def _is_country(match: _Match) -> bool:
    return match.name is not None and match.name.kind == "country" and not match.cities


def _after_town(tokens: Sequence[Token], first: int) -> bool:
    """Return whether a state's abbreviation follows a town that is not in the tables: "Mayfield, Ky."."""
    return first > 1 and tokens[first - 1].text == "," and tokens[first - 2].text[0].isupper()


def _describes(tokens: Sequence[Token], match: _Match) -> bool:
    """Return whether a place only describes a person: "Hollywood legend", "the Chelsea striker"."""
    after = tokens[match.last + 1].text if match.last + 1 < len(tokens) else ""
    return after in _PERSONS and (match.name is None or match.name.kind in {"city", "region"})


def _is_across(tokens: Sequence[Token], match: _Match) -> bool:
    """Return whether a place is named only for its embassy, or as the far side of a border."""
    first, after = match.first, match.last + 1
    if first > 1 and tokens[first - 1].lower == "with" and tokens[first - 2].lower in {"border", "frontier"}:
        return True
    if [t.text for t in tokens[after : after + 2]] in (["'", "s"], ["’", "s"]):
        after += 2
    return after < len(tokens) and tokens[after].lower in _MISSIONS


def _belongs_to_next(matches: Sequence[_Match], n: int, tokens: Sequence[Token]) -> bool:
    """Return whether an institution is that of the place after it: "the Supreme Court of India"."""
    name, after = matches[n].name, matches[n + 1] if n + 1 < len(matches) else None
    if name is None or name.kind != "actor" or after is None or after.name is None:
        return False
    return after.name.kind in {"country", "region"} and [
        t.lower for t in tokens[matches[n].last + 1 : after.first]
    ] == ["of"]


def _resolve(
    text: str,
    tokens: Sequence[Token],
    match: _Match,
    qualifiers: Sequence[Name],
    countries: set[str],
    regions: set[tuple[str, str]],
) -> Place | None:
    name = match.name
    if match.cities and tokens[min(match.last + 1, len(tokens) - 1)].text == "County":
        return None  # "Washington County, Kansas": the state after it is a place of its own
    located = bool(qualifiers) or _located(tokens, match.first) or _opens(text, tokens, match)
    if name is not None and name.kind == "state" and _after_town(tokens, match.first):
        return _named(text, tokens, match, name, "region", located=True)
    if qualifiers and name is not None and name.kind in {"country", "city"} and name.country != qualifiers[0].country:
        name = None  # "Guernsey, Saskatchewan", "Odessa, Texas"
    if name is not None and name.kind not in {"nothing", "state"}:
        site = name.kind == "demonym" and tokens[min(match.last + 1, len(tokens) - 1)].lower in _SITES
        return _named(text, tokens, match, name, name.kind, located=located or site)
    if (name is not None and (match.last > match.first or not located)) or not (match.cities or qualifiers):
        return None
    if not located and not _stands_alone(tokens, match):
        return None
    city, other = choose_city(match.cities, qualifiers, countries, regions) if match.cities else (None, None)
    if city is None:
        return _named(text, tokens, match, qualifiers[0], "city", located=True) if qualifiers else None
    if not qualifiers and is_doubtful(tokens, match.last, city, countries, regions):
        return None
    start, end = tokens[match.first].start, tokens[match.last].end
    zones = (city.zone,) if other is None else (city.zone, other.zone)
    return Place(
        name=text[start:end], start=start, end=end, kind="city", country=city.country, zones=zones, located=located
    )


def _named(text: str, tokens: Sequence[Token], match: _Match, name: Name, kind: str, *, located: bool) -> Place:
    start, end = tokens[match.first].start, tokens[match.last].end
    return Place(
        name=text[start:end],
        start=start,
        end=end,
        kind=kind,
        country=name.country,
        zones=(name.zone,),
        several=name.several,
        located=located,
    )


def _located(tokens: Sequence[Token], first: int) -> bool:
    before = [t.lower for t in tokens[max(0, first - 4) : first]]
    while (
        before
        and before[-1] in {"the", "city", "of"}
        and not (before[-1] == "of" and len(before) > 1 and before[-2] in _BEFORE_OF)
    ):
        if before[-1] == "city":
            return True
        if before[-1] == "of":
            return False
        before.pop()
    return bool(before) and (before[-1] in _LOCATIVE or before[-1] == "of")


def _opens(text: str, tokens: Sequence[Token], match: _Match) -> bool:
    """Return whether a name in capitals opens the text as a dateline: "SUVA, Jan 8 (Reuters) - "."""
    end = tokens[match.last].end
    follows = text[end : end + 60]
    return match.first == 0 and text[:end].isupper() and any(mark in follows for mark in DATELINE_MARKS)


def _stands_alone(tokens: Sequence[Token], match: _Match) -> bool:
    """Return whether a city's bare name is well known and not part of a longer name, such as a person's."""
    if match.cities[0].thousands < _WELL_KNOWN:
        return False
    before = tokens[match.first - 1] if match.first else None
    after = tokens[match.last + 1] if match.last + 1 < len(tokens) else None
    if before is not None and before.text[0].isupper() and before.text[-1].isalpha() and match.first > 1:
        return False
    return after is None or not after.text[0].isupper() or after.lower in _CIVIC or after.lower in WEEKDAYS
