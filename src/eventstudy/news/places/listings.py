"""Infer time zones from the exchange in brackets after a company, and from the exchange or currency of a text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain

from ...instruments.exchanges import exchange_of_suffix, exchanges
from .gazetteer import gazetteer
from .mentions import Place

_BRACKETED = re.compile(r"[(\[]([A-Za-z][A-Za-z -]{1,20}?) ?: ?[A-Z0-9.]{1,8}[,;)\]]")
_REST_OF_NAME = re.compile(r"(?: [A-Z][\w&-]*\.?| &|, Inc\.?){0,3}(?: shares| stock)? ?")
_CODED = re.compile(r"[(<]([A-Z0-9]{1,6}\.[A-Z]{1,2})[)>]")
# Codes that quote services put before a symbol, beside the names in the table of exchanges.
_CODES = {
    "amex": "XNYS",
    "bit": "XMIL",
    "epa": "XPAR",
    "etr": "XETR",
    "hkg": "XHKG",
    "krx": "XKRX",
    "lon": "XLON",
    "nasdaq": "XNAS",
    "nyse american": "XNYS",
    "nyse arca": "XNYS",
    "otc": "XNYS",
    "tsxv": "XTSX",
    "tsx-v": "XTSX",
    "tyo": "XTKS",
    "mcx": "XMOS",
}
_SIGNS = (
    (re.compile(r"\bRs\.? ?\d|\bcrores?\b|\blakhs?\b"), "Asia/Kolkata"),
    (re.compile(r"\b(?:plc|PLC|Plc)\b|£ ?\d|\d ?pence\b"), "Europe/London"),
    (re.compile(r"\bHK\$"), "Asia/Hong_Kong"),
    (re.compile(r"\bA\$"), "Australia/Sydney"),
    (re.compile(r"\bC\$"), "America/Toronto"),
    (re.compile(r"\bS\$"), "Asia/Singapore"),
    (re.compile(r"\bNZ\$"), "Pacific/Auckland"),
    (re.compile(r"\b(?:Inc|Corp|LLC)\b|\$ ?\d|\bChapter 11\b"), "America/New_York"),
)
_READ = 5_000


def listing_zone(text: str) -> str:
    """Return the zone of the exchange or currency named at the beginning of a text.

    Parameters
    ----------
    text : str
        Its first 5,000 characters are searched.

    Returns
    -------
    str
        An IANA name: that of an exchange in brackets first, then that of a quoted symbol, then that of a currency;
        empty where there is none.

    Examples
    --------
    >>> listing_zone("Acme (TSX:ACM) cut its guidance."), listing_zone("Acme Corp cut it."), listing_zone("It rained.")
    ('America/Toronto', 'America/New_York', '')
    """
    start = text[:_READ]
    return next(chain(_stated(start), (zone for sign, zone in _SIGNS if sign.search(start))), "")


def with_listings(text: str, places: Sequence[Place]) -> tuple[Place, ...]:
    """Put companies on the clock of the exchange that stands in brackets after their name, not on that of their seat.

    Parameters
    ----------
    text : str
    places : sequence of Place
        Of the same text, in order.

    Returns
    -------
    tuple of Place
        In order: a company that is a known place has the zone of its exchange, wherever it is named; for any other the
        brackets are a place. What stands inside the brackets is none.

    Examples
    --------
    >>> from eventstudy.news.places.mentions import find_places
    >>> from eventstudy.news.text.tokens import tokenize
    >>> text = "Microsoft Corp (NASDAQ: MSFT) said so. Acme (TSX: ACM) did not."
    >>> [(p.name, *p.zones) for p in with_listings(text, find_places(text, tokenize(text)))]
    [('Microsoft', 'America/New_York'), ('TSX: ACM', 'America/Toronto')]
    """
    found = [(m, zone) for m in _BRACKETED.finditer(text) if (zone := _zone_of(m[1]))]
    if not found:
        return tuple(places)
    ends = [p.end for p in places]
    zones: dict[str, str] = {}
    added: list[Place] = []
    for match, zone in found:
        n = bisect_right(ends, match.start()) - 1
        issuer = places[n] if n >= 0 and _is_issuer(places[n], text[places[n].end : match.start()]) else None
        if issuer is not None:
            zones.setdefault(issuer.name, zone)
        else:
            start, end = match.start() + 1, match.end() - 1
            name, country = text[start:end], _country_of(zone)
            added.append(Place(name=name, start=start, end=end, kind="actor", country=country, zones=(zone,)))
    spans = [(m.start(), m.end()) for m, _ in found]
    starts = [start for start, _ in spans]
    kept = [p for p in places if (n := bisect_right(starts, p.start) - 1) < 0 or p.start >= spans[n][1]]
    moved = [replace(p, zones=(zones[p.name],), several=False) if p.name in zones else p for p in kept]
    return tuple(sorted([*moved, *added], key=lambda p: p.start))


def _is_issuer(place: Place, between: str) -> bool:
    """Return whether a place is the company that stands before the brackets: "Microsoft Corp (", "Nokia Oyj ("."""
    return place.kind == "actor" and _REST_OF_NAME.fullmatch(between) is not None


def _zone_of(name: str) -> str:
    """Return the zone of an exchange by a name that news uses; empty where it is not known."""
    mic = _names().get(name.lower())
    return "" if mic is None else exchanges()[mic].zone


def _country_of(zone: str) -> str:
    return next((country for country, names in gazetteer().zones.items() if zone in names), "")


def _stated(text: str) -> Iterator[str]:
    for match in _BRACKETED.finditer(text):
        if zone := _zone_of(match[1]):
            yield zone
    for match in _CODED.finditer(text):
        if (found := exchange_of_suffix(match[1])) is not None:
            yield found[1].zone


@cache
def _names() -> dict[str, str]:
    named = {name.lower(): mic for mic, exchange in exchanges().items() for name in exchange.names}
    return named | _CODES
