"""What the articles of one event say together: when it took place, when it became public, and who contradicts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from ...events import MINUTE, Event, Precision, When
from .telling import LONGEST_READING, Telling, instant_text, last

# A reading so close to the article's own publication is the page's stamp, not a time in the text.
_STAMPED = dt.timedelta(minutes=15)
CLOSE, NO_TIME = dt.timedelta(seconds=30), dt.timedelta()
_SUPPORTED, _DOUBTED, _DAY = 0.7, 0.2, dt.timedelta(days=1)
_LAG, _AGE = 0.3, 0.1


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The time of the event that the members agree on best.

    Parameters
    ----------
    source : Telling
        The member that was read.
    when : When
    support : float
        Share of the members' weight, from 0 to 1, whose readings meet it.
    """

    source: Telling
    when: When
    support: float


def best_reading(members: Sequence[Telling]) -> Reading | None:
    """Choose the most precise of the well-supported readings.

    A reading counts by its confidence, less for an article that came days after the first, that is superseded by a
    correction of its publisher, or whose reading is its own publication stamp.

    Parameters
    ----------
    members : sequence of Telling
        In order of publication.

    Returns
    -------
    Reading or None
        None where no member can be dated.
    """
    dated = [(one, one.event) for one in members if one.event is not None]
    weights = [_weight(one, event, members) for one, event in dated]
    supports = [
        sum(w for w, (_, other) in zip(weights, dated, strict=True) if meet(event.when, other.when))
        for _, event in dated
    ]
    if not dated:
        return None
    enough = _SUPPORTED * max(supports)
    best = min(
        (n for n in range(len(dated)) if supports[n] >= enough),
        key=lambda n: (_length(dated[n][1].when), -weights[n], n),
    )
    return Reading(source=dated[best][0], when=dated[best][1].when, support=supports[best] / sum(weights))


def _weight(one: Telling, event: Event, members: Sequence[Telling]) -> float:
    """How much the reading of one member counts."""
    first = members[0].published or one.published
    weight = max(event.confidence or 0.0, 0.01) * (_DOUBTED if superseded(one, members) else 1.0)
    if first is None or one.published is None:
        return weight
    weight /= 1 + _LAG * max(0.0, (one.published.start - first.start) / _DAY)
    weight /= 1 + _AGE * max(0.0, (first.start - event.when.end) / _DAY)
    after = event.when.start > first.end + MINUTE  # the news was out
    stamped = _length(event.when) == NO_TIME and abs(event.when.start - one.published.start) <= _STAMPED
    return weight * (_DOUBTED if after or stamped or _length(event.when) > LONGEST_READING else 1.0)


def superseded(one: Telling, members: Sequence[Telling]) -> bool:
    """Whether a later member of the same publisher corrects an article.

    Parameters
    ----------
    one : Telling
    members : sequence of Telling
        In order of publication.

    Returns
    -------
    bool
    """
    later = members[members.index(one) + 1 :]
    return any(other.correction and other.source == one.source for other in later)


def meet(one: When, other: When) -> bool:
    """Whether two times can be the same: they overlap, or are at most half a minute apart."""
    return one.start <= last(other.start, other.end) + CLOSE and other.start <= last(one.start, one.end) + CLOSE


def _length(when: When) -> dt.timedelta:
    return when.end - when.start


@dataclass(frozen=True, kw_only=True)
class Publicity:
    """When an event became public.

    Parameters
    ----------
    when : When or None
    text : str
        An instant in UTC, or a day where no more is known; empty for none.
    source : str
        Who published then.
    """

    when: When | None = None
    text: str = ""
    source: str = ""


def earliest_report(members: Sequence[Telling], reading: Reading | None) -> Publicity:
    """Return the earliest publication among the members, or the earliest report that one of them quotes.

    Parameters
    ----------
    members : sequence of Telling
    reading : Reading or None
        Publications before its beginning cannot report it; they count only where there are no others.

    Returns
    -------
    Publicity
    """
    found = [report for one in members for report in _reports(one)]
    possible = [r for r in found if not early(r.when, reading)] or found
    return min(possible, key=_order, default=Publicity())


def _reports(one: Telling) -> list[Publicity]:
    """Return the publication of one member, and the report with its minute that it quotes."""
    reports = []
    name = f"{one.source}: {one.id}" if one.source else one.id
    if one.published is not None:
        reports.append(Publicity(when=one.published, text=one.published_text, source=name))
    # A minute by the publisher's rule is no report that the member quotes.
    quoted = one.event.public if one.event and not one.event.by_rule else None
    if quoted is not None and quoted.precision is Precision.MINUTE and not quoted.approximate:
        text = instant_text(quoted.start)
        reports.append(Publicity(when=quoted, text=text, source=f"report quoted by {name}"))
    return reports


def _order(report: Publicity) -> tuple[dt.datetime, dt.timedelta]:
    """Order of reports: one of which only the day is known is taken to be as late as it can be."""
    assert report.when is not None
    return report.when.end, report.when.end - report.when.start


def early(published: When | None, reading: Reading | None) -> bool:
    """Whether a publication ended before an event began."""
    return published is not None and reading is not None and published.end + MINUTE < reading.when.start


def contradictions(members: Sequence[Telling], reading: Reading | None) -> tuple[str, ...]:
    """Say which members contradict the time that was chosen.

    Parameters
    ----------
    members : sequence of Telling
    reading : Reading or None

    Returns
    -------
    tuple of str
        One line for each contradiction, the member's id first.
    """
    if reading is None:
        return ()
    lines = []
    for one in members:
        if early(one.published, reading):
            lines.append(f"{one.id}: its publication time {one.published_text} is before the event it reports")
        if one.event is not None and not meet(one.event.when, reading.when):
            lines.append(f"{one.id}: read as {one.event.when} ({one.event.confidence or 0:.0%})")
    return tuple(lines)
