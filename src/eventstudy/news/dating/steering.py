"""Prefer the events of an article that belong to given markets: by country or currency, and by subject."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from ...instruments.catalogue import Instrument, find_instrument, with_groups
from ...instruments.exchanges import exchanges
from ..places.gazetteer import gazetteer
from ..places.mentions import Place
from ..text.lexicon import words
from .reasons import Reason
from .scoring import Scored
from .weights import weights
from .zone_choice import Whereabouts

# Asset classes whose prices belong to one country; a currency pair belongs to that of each currency but the dollar.
_NATIONAL = frozenset({"share", "fund", "equity_index", "index_future", "volatility_index", "yield", "rate_future"})
_SUBJECTS: Mapping[str, str] = MappingProxyType(
    {
        "fx": "subject rates",
        "currency_future": "subject rates",
        "yield": "subject rates",
        "rate_future": "subject rates",
        "share": "subject shares",
        "commodity_future": "subject commodities",
        "crypto": "subject crypto",
        "crypto_future": "subject crypto",
    }
)


@dataclass(frozen=True, kw_only=True)
class Interest:
    """What the events of given markets have in their sentences.

    Parameters
    ----------
    countries : frozenset of str
        ISO 3166 codes; ``"EU"`` for the euro area.
    words : frozenset of str
        Words of the asset classes, in lower case.
    names : frozenset of str
        Names of the markets, in lower case.
    """

    countries: frozenset[str]
    words: frozenset[str]
    names: frozenset[str]


def interest_of(markets: str | Iterable[str | Instrument]) -> Interest:
    """Return what the events of given markets have in their sentences.

    Parameters
    ----------
    markets : str or iterable of str or Instrument
        Symbols, groups such as ``"@oil"``, or instruments.

    Returns
    -------
    Interest

    Raises
    ------
    UnknownNameError
        If nothing is known of a symbol.

    Examples
    --------
    >>> sorted(interest_of(["TRY=X"]).countries), "inflation" in interest_of(["TRY=X"]).words
    (['TR'], True)
    """
    found = [find_instrument(m) if isinstance(m, str) else m for m in with_groups(markets)]
    return Interest(
        countries=frozenset(country for each in found for country in _countries(each)),
        words=frozenset(w for each in found if (name := _SUBJECTS.get(each.asset_class)) for w in words(name)),
        names=frozenset(name.lower() for each in found for name in (each.name, *each.aliases) if len(name) > 2),
    )


def _countries(each: Instrument) -> tuple[str, ...]:
    """Return the countries of a market: of its exchange or currency; none for commodities and coins."""
    if each.asset_class in {"fx", "currency_future"}:
        pair = (each.symbol[:3] if re.fullmatch(r"[A-Z]{6}=X", each.symbol) else "", each.currency)
        return tuple(code[:2] for code in pair if code and code != "USD")
    if each.asset_class not in _NATIONAL:
        return ()
    exchange = exchanges().get(each.exchange or str(each.calendar))
    zones = gazetteer().zones.items()
    home = next((country for country, names in zones if exchange is not None and exchange.zone in names), "")
    return (home or each.currency[:2].upper(),)


def steer(scored: Sequence[Scored], interest: Interest, text: str, where: Whereabouts) -> tuple[Scored, ...]:
    """Add to each possible event the reasons for it that come from the markets.

    The sentence of the expression counts: a place in a country of the markets is one reason, a word of their asset
    class or the name of one of them another. The weights are those of the table ``market`` of ``weights.toml``. No
    reason makes an event of an expression that was none.

    Parameters
    ----------
    scored : sequence of Scored
    interest : Interest
    text : str
    where : Whereabouts
        Places and sentences of the text.

    Returns
    -------
    tuple of Scored
        In the same order.
    """
    of_places: dict[int, set[str]] = {}
    for place in where.places:
        of_places.setdefault(where.sentences.at(place.start), set()).update(_codes(place))
    steered = []
    for s in scored:
        number = s.resolved.cues.sentence
        start, end = where.sentences.spans[number]
        here = of_places.get(number, set())
        found = _reasons(interest, " ".join(text[start:end].lower().split()), here) if s.eligible else ()
        steered.append(replace(s, reasons=(*s.reasons, *found)))
    return tuple(steered)


def _codes(place: Place) -> set[str]:
    """Return the country of a place; with the euro area where its seat is meant."""
    euro = place.name.lower().replace("the ", "") in {"ecb", "european central bank", "eurozone", "euro zone"}
    return {place.country, "EU"} if euro else {place.country}


def _reasons(interest: Interest, sentence: str, countries: set[str]) -> tuple[Reason, ...]:
    """Return the reasons that one sentence gives."""
    found = []
    if interest.countries & countries:
        found.append(Reason("in the country of the market", weights().market["country"], "country", 1.0))
    said = interest.words & set(re.findall(r"[a-z]+", sentence))
    named = next((name for name in interest.names if re.search(rf"\b{re.escape(name)}\b", sentence)), None)
    if said or named:
        about = ", ".join(sorted(said)) or named
        found.append(Reason(f"about the market: {about}", weights().market["subject"], "subject", 1.0))
    return tuple(found)
