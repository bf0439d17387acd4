"""Choose the time zone of a local clock time from the places of the text."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import islice

from ...instruments.exchanges import exchanges
from ..grammar.expressions import Expression
from ..grammar.scanner import ClockTime
from ..grammar.sentences import Sentences
from ..places.gazetteer import gazetteer, key
from ..places.mentions import Place
from ..places.zones import offset_at
from ..text.lexicon import words
from .roles import Cues, MentionRole
from .weights import limit, sure, weights

# So many places of the lead, before and after an expression are weighed; the limit keeps long texts linear in time.
_REACH = 25
_MARKET_NAMES = words("market names")


@dataclass(frozen=True, kw_only=True)
class ZoneChoice:
    """A zone, how it was found, what speaks against it, and the confidence in it.

    Parameters
    ----------
    zone : str
        An IANA name, ``"UTC"`` or an offset such as ``"+03:00"``.
    source : str
        The words or place that it comes from.
    warnings : tuple of str
    confidence : float
        From 0 to 1.
    rivals : tuple of str
        Other zones nearly as likely.
    several : bool
        True where only a country with several zones is known, which settles no hour.
    located : bool
        True where the text places the event there ("in", "near"), or names the zone.
    """

    zone: str
    source: str
    warnings: tuple[str, ...] = ()
    confidence: float
    rivals: tuple[str, ...] = ()
    several: bool = False
    located: bool = False

    @property
    def is_sure(self) -> bool:
        """True where the event is placed there, the place has one zone, and there is no rival."""
        return self.located and not self.several and not self.rivals


@dataclass(frozen=True, kw_only=True)
class Whereabouts:
    """The places of an article.

    Parameters
    ----------
    sentences : Sentences
    places : sequence of Place
        Those of the text, without the dateline's.
    dateline : Place or None
    home : str
        Zone of the publisher, where known.
    title : sequence of Place
    listing : str
        Zone of the exchange or currency that the text names, for a text without places.
    """

    sentences: Sentences
    places: Sequence[Place]
    dateline: Place | None = None
    home: str = ""
    title: Sequence[Place] = ()
    listing: str = ""

    @cached_property
    def _starts(self) -> list[int]:
        return [p.start for p in self.places]

    @cached_property
    def _weights(self) -> list[tuple[float, int]]:
        """For each place its weight by itself, and the number of its sentence."""
        return [(_weight(p), self.sentences.at(p.start)) for p in self.places]

    def zone_for(self, e: Expression, cues: Cues, day: dt.date | None) -> ZoneChoice | None:
        """Choose the zone of an expression that names none.

        Each place gets a sum of weights (table ``zone`` of ``weights.toml``) for how it is named and how near it is.

        Parameters
        ----------
        e : Expression
        cues : Cues
        day : date or None
            Local date, where known: zones are rivals only where their clocks differ on that day.

        Returns
        -------
        ZoneChoice or None
            None where the text names no place, exchange or currency, and the publisher's zone is not known.
        """
        worth = weights().zone
        # A bare clock alone on its line heads an entry told on the clock of the scene; a labelled one is the page's.
        labelled = e.reading.day is not None or e.start > self.sentences.spans[cues.sentence][0]
        stamp = cues.role is MentionRole.STAMP and labelled
        if self.home and (stamp or _is_deictic(e)):
            own_clock = sure("publisher's clock")
            return ZoneChoice(zone=self.home, source="the publisher's own clock", confidence=own_clock, located=stamp)
        own = _is_today(e) or cues.role is MentionRole.DATELINE
        if own and self.dateline is not None and not self.dateline.several:
            zone, source = self.dateline.zones[0], f"the place {self.dateline.name!r}"
            return ZoneChoice(zone=zone, source=source, confidence=sure("place"), located=True)
        bell = e.reading.clock is not None and bool(e.reading.clock.bell)
        market = bell or (cues.role is MentionRole.SNAPSHOT and not cues.relative)
        scored = [(self._score(n, p, e, cues, market), n, p) for n, p in self._near(e.start)]
        scored += [(worth["actor in the title" if p.kind == "actor" else "title"], 10_000, p) for p in self.title]
        if self.dateline is not None:
            scored.append((worth["dateline, for a price" if market else "dateline"], -1, self.dateline))
        traded = cues.trading and e.reading.clock is not None
        scored = [(s, n, _at_exchange(p) if traded and p.kind == "actor" else p) for s, n, p in scored if s > 0]
        if not scored:
            return self._without_place()
        best = self._finer(max(scored, key=lambda s: (s[0], -s[1])), scored)
        return self._choice(self._by_dateline(best), scored, day)

    def _finer(
        self, best: tuple[float, int, Place], scored: list[tuple[float, int, Place]]
    ) -> tuple[float, int, Place]:
        """Replace a country with several zones by a place inside it with one: "Indonesia's Maluku islands"."""
        score, _, country = best
        if not country.several or country.kind == "region":
            return best
        inside = [s for s in scored if s[2].country == country.country and not s[2].several and s[2].kind != "actor"]
        finer = max(inside, key=lambda s: (s[0], -s[1]), default=best)
        return (score, *finer[1:]) if score - finer[0] < limit("finer place") else best

    def _without_place(self) -> ZoneChoice | None:
        """Return the publisher's zone, or that of the exchange or currency named."""
        if self.home:
            only = sure("publisher's clock only")
            return ZoneChoice(zone=self.home, source="the publisher's own clock", confidence=only)
        if not self.listing:
            return None
        doubt = f"no place is named; the zone {self.listing} is used, from the exchange or currency named"
        only = sure("exchange or currency only")
        return ZoneChoice(zone=self.listing, source="the exchange or currency", warnings=(doubt,), confidence=only)

    def _by_dateline(self, best: tuple[float, int, Place]) -> tuple[float, int, Place]:
        """Replace a country with several zones by the dateline's city, where that lies in it."""
        _, _, place = best
        city = self.dateline
        if city is None or not place.several or city.several or place.country != city.country or place.kind == "region":
            return best
        return best[0], -1, city

    def _near(self, position: int) -> Iterable[tuple[int, Place]]:
        if len(self.places) <= 2 * _REACH:
            return enumerate(self.places)
        middle, last = bisect_left(self._starts, position), len(self.places)
        numbers = {*range(_REACH), *range(max(0, middle - _REACH), min(last, middle + _REACH))}
        return [(n, self.places[n]) for n in sorted(numbers)]

    def _score(self, n: int, p: Place, e: Expression, cues: Cues, market: bool) -> float:
        worth = weights().zone
        if p.kind == "actor" and not market and _is_market(p.name):
            return worth["name of a market"]
        score, where = self._weights[n]
        if market and p.located:
            score += worth["scene, for a price"]
        clock = e.reading.clock
        if market and p.kind == "actor" and _rings(p, clock, self.dateline):
            score += worth["actor, for a price"]
        if e.start <= p.start < e.end:
            return score + worth["inside the expression"]
        if where == cues.sentence:
            gap = max(p.start - e.end, e.start - p.end, 0)
            score += worth["same sentence"] + min(gap, 120) * worth["each character between"]
            return score + worth["speaker of a statement"] * self._speaks(p, e, cues)
        distance = cues.sentence - where
        if distance < 0:
            kept = worth["share kept in a later sentence"] * score
            return kept + min(-distance, 6) * worth["each sentence after"]
        score += worth["earlier sentence"] + min(distance, 8) * worth["each sentence before"]
        return score + worth["lead"] * (where == 0)

    def _speaks(self, p: Place, e: Expression, cues: Cues) -> bool:
        """Return whether the place is that of the speaker, and the expression dates the statement."""
        if p.located or p.kind == "city" or not (cues.says or cues.after_says):
            return False
        opens = e.start <= self.sentences.spans[cues.sentence][0] + 1
        return (p.end <= e.start and cues.after_says) or (opens and 0 <= p.start - e.end < 4)

    def _choice(
        self, best: tuple[float, int, Place], scored: list[tuple[float, int, Place]], day: dt.date | None
    ) -> ZoneChoice:
        score, _, place = best
        zone, warnings, rivals = place.zones[0], [], []
        when = day or dt.date(2020, 1, 15)
        if len(place.zones) > 1 and _differ(zone, place.zones[1], when):
            rivals.append(place.zones[1])
            warnings.append(
                f"{place.name!r} may be in {zone} or in {place.zones[1]}; say which in the text or give the instant"
            )
        several = place.several and place.kind in {"country", "demonym"}
        if several or (place.several and place.kind == "region"):
            warnings.append(f"{place.name!r} has several time zones; {zone} is used, name a city to be exact")
        least = score - limit("near place")
        near = (p for s, _, p in scored if s > least and _differ(zone, p.zones[0], when) and not _holds(p, place))
        for other in islice(near, 1):
            rivals.append(other.zones[0])
            warnings.append(f"the place could be {place.name!r} ({zone}) or {other.name!r} ({other.zones[0]})")
        weak = sure("weak place") * (score < limit("weak place"))
        confidence = sure("place") + sure("doubtful place") * bool(warnings) + weak
        return ZoneChoice(
            zone=zone,
            source=f"the place {place.name!r}",
            warnings=tuple(warnings),
            confidence=confidence,
            rivals=tuple(rivals),
            several=several,
            located=place.located or place.kind in {"country", "region"},
        )


def _at_exchange(company: Place) -> Place:
    """Return a company on the clock of its country's leading exchange, by which its shares trade; else unchanged."""
    zones = gazetteer().zones.get(company.country, ())
    zone = next((each.zone for each in exchanges().values() if each.zone in zones), "")
    return replace(company, zones=(zone,), several=False) if zone else company


def _weight(p: Place) -> float:
    worth = weights().zone
    weight = worth[f"{'located' if p.located else 'named'} {p.kind}"]
    if p.several and p.kind in {"country", "region"}:
        weight += worth["several clocks"]
    return weight + worth["several namesakes"] * (len(p.zones) > 1)


def _rings(p: Place, clock: ClockTime | None, dateline: Place | None) -> bool:
    """Return whether a price's time is on an exchange's clock: a day, a bell, or any in a text without dateline."""
    return clock is None or ((bool(clock.bell) or dateline is None) and _is_market(p.name))


@cache
def _is_market(name: str) -> bool:
    return key(name).replace(" ", "-") in _MARKET_NAMES


@cache
def _differ(one: str, other: str, day: dt.date) -> bool:
    return one != other and offset_at(one, day) != offset_at(other, day)


def _holds(country: Place, place: Place) -> bool:
    """Return whether the first place is the country of the second, which is finer."""
    inside = place.kind == "city" or (place.kind == "region" and not place.several)
    return country.kind in {"country", "demonym"} and country.country == place.country and inside


def _is_today(e: Expression) -> bool:
    """Return whether an expression names the writer's own day: "today", "this morning"."""
    day = e.reading.day
    return day is not None and day.shift == 0 and day.unit == "day"


def _is_deictic(e: Expression) -> bool:
    day = e.reading.day
    return (
        day is not None
        and day.shift == 0
        and day.unit == "day"
        and (day.which == "this" or "tonight" in e.phrase.lower())
    )
