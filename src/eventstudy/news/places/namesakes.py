"""Choose among places of the same name."""

from __future__ import annotations

from collections.abc import Sequence

from ..text.lexicon import WEEKDAYS, words
from ..text.tokens import Token
from .gazetteer import City, Name

_CIVIC = words("civic")
_KNOWN = 300
_GIANT = 1_000


def is_doubtful(
    tokens: Sequence[Token], last: int, city: City, countries: set[str], regions: set[tuple[str, str]]
) -> bool:
    """Return whether a small place is probably part of another name, or outside the countries and regions of the text.

    Parameters
    ----------
    tokens : sequence of Token
    last : int
        Number of the last token of the name.
    city : City
    countries : set of str
        ISO codes of the countries in the text.
    regions : set of (str, str)
        Country code and zone of the regions in the text.

    Returns
    -------
    bool
    """
    if city.country in countries:
        elsewhere = any(country == city.country for country, _ in regions)
        return elsewhere and city.thousands < _KNOWN and (city.country, city.zone) not in regions
    after = tokens[last + 1] if last + 1 < len(tokens) else None
    longer = after is not None and after.text[0].isupper() and after.lower not in _CIVIC and after.lower not in WEEKDAYS
    return city.thousands < _KNOWN and (bool(countries) or longer)


def choose_city(
    cities: Sequence[City], qualifiers: Sequence[Name], countries: set[str], regions: set[tuple[str, str]]
) -> tuple[City | None, City | None]:
    """Choose a city among those of one name.

    Parameters
    ----------
    cities : sequence of City
        The largest first, at least one.
    qualifiers : sequence of Name
        The region or country written after the name.
    countries : set of str
        ISO codes of the countries in the text.
    regions : set of (str, str)
        Country code and zone of the regions in the text.

    Returns
    -------
    (City or None, City or None)
        The city, and a rival in another zone that cannot be ruled out. The city is None where none fits the
        qualifiers.
    """
    if qualifiers:
        near = [c for c in cities if c.country == qualifiers[-1].country or c.country == qualifiers[0].country]
        if state := qualifiers[0].state:
            return next((c for c in near if c.state == state), None), None
        exact = [c for c in near if c.zone == qualifiers[0].zone] if qualifiers[0].kind != "country" else near
        if exact or (near and qualifiers[0].several):
            return (exact or near)[0], None
        return None, None
    top = cities[0]
    rivals = [c for c in cities if c.zone != top.zone]
    if not rivals or (top.thousands >= _GIANT and top.thousands >= 10 * rivals[0].thousands):
        return top, None
    nearby = [c for c in cities if (c.country, c.zone) in regions]
    coherent = nearby or [c for c in cities if c.country in countries]
    if coherent:
        rival = next((c for c in coherent if c.zone != coherent[0].zone), None)
        return coherent[0], rival if rival and 4 * rival.thousands > coherent[0].thousands else None
    return top, rivals[0] if 4 * rivals[0].thousands > top.thousands else None
