"""One event of a list: what its articles say together."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...errors import DatingError
from ...events import Event, When
from ...files import sha256
from ...render.shown import Shown
from .consensus import Reading, best_reading, contradictions, earliest_report, meet
from .linkage import logistic
from .telling import Telling

_SLUG_WORDS, _HASH_DIGITS = 5, 6
_LATEST = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, kw_only=True, repr=False)
class NewsEvent(Shown):
    """One happening, with the articles that tell it.

    Parameters
    ----------
    id : str
        Day, words of the title and six digits of the first member's hash; it stays when articles are added.
    title : str
        Of the first member that has one.
    occurred : When or None
        When it took place: the most precise of the well-supported readings; None where no member could be dated.
    public : When or None
        The earliest publication among the members or report that one of them quotes; not before `occurred`.
    public_text : str
        The same in writing: an instant in UTC, or only a day; empty where unknown.
    public_source : str
        Who published then.
    confidence : float
        Probability, from 0 to 1, that `occurred` is right; 0 where it is None.
    evidence, evidence_id : str
        The sentence that dates it, and the member in which it stands.
    spread : (datetime, datetime) or None
        Beginning of the earliest and end of the latest reading among the members.
    contradictions : tuple of str
        One line for each member that contradicts the time, its id first.
    members : tuple of Telling
        In order of publication.
    """

    id: str
    title: str
    occurred: When | None
    public: When | None
    public_text: str
    public_source: str
    confidence: float
    evidence: str
    evidence_id: str
    spread: tuple[dt.datetime, dt.datetime] | None
    contradictions: tuple[str, ...]
    members: tuple[Telling, ...]

    def _facts(self) -> dict[str, object]:
        return {
            "": self.id,
            "title": self.title,
            "occurred": self.occurred or "unknown",
            "public": self.public or "unknown",
            "confidence": f"{self.confidence:.0%}",
            "articles": len(self.members),
            "contradictions": "; ".join(self.contradictions),
            "evidence": self.evidence,
        }

    @property
    def event(self) -> Event:
        """The event as a study takes it.

        Raises
        ------
        DatingError
            If it has no time at all.
        """
        if self.when is None:
            raise DatingError(f"{self.id}: no article states a time or its publication; pass --published")
        return Event(
            id=self.id,
            occurred=self.occurred,
            public=self.public,
            title=self.title,
            evidence=self.evidence,
            warnings=self.contradictions,
            confidence=self.confidence if self.occurred else None,
        )

    @property
    def when(self) -> When | None:
        """The time a study uses: `public` where it is known, else `occurred`."""
        return self.public or self.occurred


def in_order(members: Sequence[Telling]) -> list[Telling]:
    """Return articles in order of publication; those that state none come last.

    Parameters
    ----------
    members : sequence of Telling

    Returns
    -------
    list of Telling
    """
    return sorted(members, key=lambda one: (one.published.end if one.published else _LATEST, one.id, one.title))


def news_event(members: Sequence[Telling], known_id: str = "") -> NewsEvent:
    """Make one event of the articles that tell it.

    Parameters
    ----------
    members : sequence of Telling
        At least one.
    known_id : str
        The id of an event that exists already; a new one is made where it is empty.

    Returns
    -------
    NewsEvent
    """
    members = in_order(members)
    reading = best_reading(members)
    occurred = reading.when if reading else None
    report = earliest_report(members, reading)
    whens = [one.event.when for one in members if one.event]
    return NewsEvent(
        id=known_id or _new_id(members[0], occurred),
        title=next((one.title for one in members if one.title), ""),
        occurred=occurred,
        public=_not_before(report.when, occurred),
        public_text=report.text,
        public_source=report.source,
        confidence=_confidence(reading, members),
        evidence=reading.source.event.evidence if reading and reading.source.event else "",
        evidence_id=reading.source.id if reading else "",
        spread=(min(when.start for when in whens), max(when.end for when in whens)) if whens else None,
        contradictions=contradictions(members, reading),
        members=tuple(members),
    )


def _not_before(public: When | None, occurred: When | None) -> When | None:
    """Cut what is known of a publication to what lies after the event began."""
    if public is None or occurred is None or not public.start < occurred.start < public.end:
        return public
    return replace(public, start=occurred.start)


def _new_id(first: Telling, when: When | None) -> str:
    """Day, words of the title, and digits of a hash of what identifies the first member."""
    slug = "-".join(re.findall(r"[a-z0-9]+", first.title.lower())[:_SLUG_WORDS]) or "untitled"
    day = first.published_text[:10] or (f"{when.start:%Y-%m-%d}" if when else "undated")
    return f"{day}-{slug}-{sha256(first.key.encode())[:_HASH_DIGITS]}"


def confidence_features(reading: Reading, members: Sequence[Telling]) -> dict[str, float]:
    """Return the inputs of the probability that the time of an event is right.

    Parameters
    ----------
    reading : Reading
    members : sequence of Telling

    Returns
    -------
    dict of str to float
        By the names of the table ``time`` of ``weights.toml``.
    """
    sure = reading.source.event.confidence if reading.source.event else None
    agreeing = {one.source for one in members if one.event and meet(one.event.when, reading.when)}
    return {
        "always": 1.0,
        "support": reading.support,
        "confidence": sure or 0.0,
        "several sources": float(len(agreeing) > 1),
    }


def _confidence(reading: Reading | None, members: Sequence[Telling]) -> float:
    """Probability that the time of the event is right."""
    return logistic("time", confidence_features(reading, members)) if reading is not None else 0.0
