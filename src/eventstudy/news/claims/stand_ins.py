"""Find the words that stand for a market named before, and names that are not known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from .names import Name
from .words import DIRECTION

_PRONOUN = re.compile(
    r"\b(?P<oil>(?:both|the two) (?:benchmarks?|contracts|grades|crude (?:benchmarks|contracts|"
    r"futures)|benchmark contracts))\b|(?P<it>\b(?:it|they|prices|the (?:index|benchmark|gauge|"
    r"contract|benchmark index|"
    r"main index|barometer|blue-chip index|currency|metal|precious metal|cryptocurrency|token|"
    r"commodity|stock|shares|front-month contract|most[- ]active contract|pair|unit|average|market|"
    r"yield|price)|"
    r"(?:the|its|their) (?:shares|stock|share price)|shares|yields|futures)\b)",
    re.IGNORECASE,
)
_GAUGE = re.compile(
    r"\b(?:benchmark|main|local) (?:stock|share|equity) (?:gauge|index|market|benchmark)\b|"
    r"\bstock (?:benchmark|gauge)\b",
    re.IGNORECASE,
)
GAUGES = {
    "JPY": "^N225", "PHP": "PSEI.PS", "KRW": "^KS11", "INR": "^NSEI", "IDR": "^JKSE", "MYR": "^KLSE", "THB": "^SET.BK",
    "TWD": "^TWII", "SGD": "^STI", "BRL": "^BVSP", "MXN": "^MXX", "AUD": "^AXJO", "NZD": "^NZ50", "CAD": "^GSPTSE",
}  # fmt: skip
_STRANGER = re.compile(
    r"(?<=[a-z,] )"
    r"(?P<who>[A-Z][\w&.-]+(?: [A-Z][\w&.-]+){0,3}) (?:also |both |shares )?"
    rf"(?={DIRECTION.pattern})"
)
_PLACED = re.compile(r"\b(?:in|of|on|at|by|to|for|and|from|with|than)\s(?:the\s)?(?:[A-Z][\w.]*\s)*$")
# A city that stands for its exchange: "Tokyo rose 0.7 percent and Seoul closed 0.5 percent higher".
_CITIES = {
    "Tokyo": "^N225", "Hong Kong": "^HSI", "Sydney": "^AXJO", "Seoul": "^KS11", "Shanghai": "000001.SS",
    "Singapore": "^STI", "Taipei": "^TWII", "Mumbai": "^BSESN", "Jakarta": "^JKSE", "Kuala Lumpur": "^KLSE",
    "Bangkok": "^SET.BK", "Manila": "PSEI.PS", "Wellington": "^NZ50", "London": "^FTSE", "Frankfurt": "^GDAXI",
    "Paris": "^FCHI",
}  # fmt: skip
_CITY = re.compile(
    rf"(?P<city>{'|'.join(_CITIES)})(?= (?:was |were |had |closed |ended |finished )?"
    rf"(?:{DIRECTION.pattern}|[\d.]+ ?(?:%|per ?cent)))"
)
_NO_STRANGER = re.compile(
    r"^(?:I|U\.?S\.?|It|The|They|But|And|OPEC\+?|Mr\.?|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|"
    r"March|April|May|June|July|August|September|October|November|December|Asia|Europe|Street|New York|London|Tokyo|"
    r"Hong Kong|Seoul|Sydney|Singapore|Shanghai|GMT|EDT|EST|ET)\b|(?:day|GMT|UTC|[ap]\.m\.|York)$"
)
_KIND_OF = (
    ("currency", ("currency", "unit", "pair")), ("metal", ("metal",)), ("crypto", ("cryptocurrency", "token")),
    ("share", ("stock", "shares", "share price")),
    ("index", ("index", "gauge", "barometer", "average", "market")),
    ("future", ("contract", "prices", "commodity", "futures")), ("yield", ("yield",)),
)  # fmt: skip


def stand_ins(sentence: str, recent: Mapping[str, Name], names: Sequence[Name]) -> list[Name]:
    """Return the pronouns and common nouns that stand for a market named before.

    Parameters
    ----------
    sentence : str
    recent : mapping of str to Name
        The last market of each kind that earlier sentences named.
    names : sequence of Name
        Markets that this sentence names.

    Returns
    -------
    list of Name
    """
    known = dict(recent)
    found: list[Name] = []
    places = sorted([*names], key=lambda n: n.start)
    gauges = [*_GAUGE.finditer(sentence)]
    for m in _PRONOUN.finditer(sentence):
        if any(m.start() < g.end() and g.start() < m.end() for g in gauges):
            continue
        for name in places:
            if name.start < m.start() and name.kind != "other":
                known[name.kind] = known["last"] = name
        found += _pronoun(m, known, sentence)
    for m in _CITY.finditer(sentence):
        if not _PLACED.search(sentence, 0, m.start()):
            exchange = _CITIES[m["city"]]
            found.append(Name(text=m[0], start=m.start(), end=m.end(), kind="index", symbol=exchange, loose=True))
    for m in gauges:
        money = recent.get("currency")
        gauge = GAUGES.get(money.symbol or "") if money else None
        found.append(Name(text=m[0], start=m.start(), end=m.end(), kind="index", symbol=gauge))
    return found


def _pronoun(m: re.Match[str], known: dict[str, Name], sentence: str) -> list[Name]:
    """Return the market that a stand-in means, of the kind that its noun asks for."""
    place = {"text": m[0], "start": m.start(), "end": m.end()}
    if m["oil"]:
        return [Name(kind="both", symbol=None, **place)]  # type: ignore[arg-type]
    if not re.match(
        r"(?:\s\w+){0,3}?\s(?:\w+ed|\w+ing|was|were|is|has|had|hit|rose|fell|sank|slid|lost|shed|up|down|"
        r"then|later|closed|stood|plunged|jumped)\b",
        sentence[m.end() :],
    ):
        return []
    noun = m[0].lower()
    kind = next((kind for kind, nouns in _KIND_OF if any(noun.endswith(each) for each in nouns)), "last")
    meant = _meant(kind, known)
    return [] if meant is None else [replace(meant, **place)]  # type: ignore[arg-type]


def _meant(kind: str, known: dict[str, Name]) -> Name | None:
    if kind == "metal":
        return known.get("metal") or known.get("spot") or known.get("future")
    return known.get(kind)


def strangers(sentence: str) -> Iterator[Name]:
    """Yield names that are not known: capitalised words before a direction word, so that no other market takes over.

    Parameters
    ----------
    sentence : str

    Yields
    ------
    Name
        Of the kind ``other``.
    """
    for m in _STRANGER.finditer(sentence):
        if not _NO_STRANGER.search(m["who"]) and not _PLACED.search(sentence, 0, m.start("who")):
            yield Name(text=m["who"], start=m.start("who"), end=m.end("who"), kind="other", symbol=None)
