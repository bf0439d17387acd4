"""Load place names with their time zones from the tables in `data`."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

# A blank for every character of ASCII that is neither a letter nor a digit.
BLANKS = {code: " " for code in range(128) if not chr(code).isalnum()}


class Name(NamedTuple):
    """A name of a place: a country, region, city, demonym, or an institution ("actor") with its seat.

    Parameters
    ----------
    text : str
    kind : str
    country : str
        ISO 3166 code.
    zone : str
        IANA name of the zone; that of the capital or seat where there are several.
    several : bool
        True where the place has several time zones.
    state : str
        Code of a state or province (US, CA, AU).
    """

    text: str
    kind: str
    country: str
    zone: str
    several: bool
    state: str = ""


class City(NamedTuple):
    """A city of 15,000 people or more.

    Parameters
    ----------
    name : str
    country : str
        ISO 3166 code.
    state : str
        Code of the state or province (US, CA, AU); else empty.
    thousands : int
        People, in thousands.
    zone : str
        IANA name.
    """

    name: str
    country: str
    state: str
    thousands: int
    zone: str


@dataclass(frozen=True, kw_only=True)
class Gazetteer:
    """The tables of places; names are keyed as `key` returns them.

    Parameters
    ----------
    names : mapping of str to Name
    cities : mapping of str to tuple of City
        The largest first.
    countries : mapping of str to Name
        By ISO 3166 code.
    first_words : frozenset of str
        First words of names of several words.
    zones : mapping of str to tuple of str
        Zones of the cities of a country, by its ISO code.
    states : mapping of str to Name
    publishers : mapping of str to str
        Zones of news publishers by their web address.
    """

    names: MappingProxyType[str, Name]
    cities: MappingProxyType[str, tuple[City, ...]]
    countries: MappingProxyType[str, Name]
    first_words: frozenset[str]
    zones: MappingProxyType[str, tuple[str, ...]]
    states: MappingProxyType[str, Name]
    publishers: MappingProxyType[str, str]


def key(name: str) -> str:
    """Return a name in the form in which the tables are keyed: lower-case ASCII words, divided by single spaces.

    Parameters
    ----------
    name : str

    Returns
    -------
    str

    Examples
    --------
    >>> key("Saint-Étienne"), key("U.S.")
    ('saint etienne', 'u s')
    """
    if name.isascii():
        return " ".join(name.lower().translate(BLANKS).split())
    name = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in name.lower()).split())


@cache
def gazetteer() -> Gazetteer:
    """Load the tables of places.

    Returns
    -------
    Gazetteer
        Read once per process.
    """
    countries = {row[1]: Name(row[0], "country", row[1], row[2], row[3] == "1") for row in _rows("countries.tsv")}
    names = {key(c.text): c for c in countries.values()}
    for text, kind, country, zone in _rows("names.tsv"):
        own = countries.get(country)
        seat = zone.rstrip("?") or (own.zone if own else "")
        several = zone.endswith("?") or (not zone and own is not None and own.several)
        names.setdefault(key(text), Name(text, kind, country, seat, several))
    cities: dict[str, list[City]] = {}
    zones: dict[str, dict[str, None]] = {}
    for text, country, state, thousands, zone in _rows("places.tsv"):
        cities.setdefault(key(text), []).append(City(text, country, state, int(thousands), zone))
        zones.setdefault(country, {})[zone] = None
    states = {
        key(text): Name(text, "region", country, zone.rstrip("?"), zone.endswith("?"), code)
        for text, country, code, zone in _rows("states.tsv")
    }
    several_words = {k.split(" ", 1)[0] for table in (names, cities, states) for k in table if " " in k}
    return Gazetteer(
        names=MappingProxyType(names),
        cities=MappingProxyType({k: tuple(v) for k, v in cities.items()}),
        countries=MappingProxyType(countries),
        first_words=frozenset(several_words),
        zones=MappingProxyType({country: tuple(names) for country, names in zones.items()}),
        states=MappingProxyType(states),
        publishers=MappingProxyType({host: zone for host, zone in _rows("publishers.tsv")}),
    )


def _rows(name: str) -> list[list[str]]:
    text = (files(__package__) / "data" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
