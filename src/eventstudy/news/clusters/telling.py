"""What one article contributes to a list of events: its words, its publication time, and how its event was dated."""

from __future__ import annotations

import datetime as dt
import email.utils
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from ...events import MINUTE, UTC, Event, When
from ..dating.dating import date_article
from ..reading.article import Article
from ..reading.stamps import Stamp
from .terms import headline_of, publisher_of, terms_of, weighted_terms

Interval = tuple[dt.datetime, dt.datetime]
LONGEST_READING = dt.timedelta(days=3)
_CORRECTION = re.compile(
    r"\A\W*(?:CORRECTED|CORRECTION|REFILE|RPT-CORRECTED)\b|\A[^.]{0,80}\((?:corrects|corrected)\b", re.I
)
_READINGS, _OPENING = 6, 300


@dataclass(frozen=True, kw_only=True)
class Telling:
    """One article, as far as a list of events needs it.

    Parameters
    ----------
    id, title, source, url, sha256 : str
        As those of the article; `source` is the publisher, or the host of the address.
    published : When or None
        Publication time, to the second where it is stated so.
    published_text : str
        The same in writing: an instant in UTC, or only a day; empty where unknown.
    event : Event or None
        The main event as read from this article alone, without its mentions; None where it cannot be dated.
    times : tuple of (datetime, datetime)
        The intervals of up to six times of the text that are at most three days long, the main event's first.
    terms : mapping of str to float
        Weights of the words, before those of rarity.
    correction : bool
        Whether it says that it corrects an earlier article.
    """

    id: str
    title: str = ""
    source: str = ""
    url: str = ""
    sha256: str = ""
    published: When | None = None
    published_text: str = ""
    event: Event | None = None
    times: tuple[Interval, ...] = ()
    terms: Mapping[str, float]
    correction: bool = False

    @cached_property
    def title_terms(self) -> frozenset[str]:
        """Terms of the title."""
        return frozenset(terms_of(self.title))

    @property
    def key(self) -> str:
        """What tells this article from others, so that one that is read twice counts once."""
        return "\n".join((self.id, self.source, self.title, self.published_text))


def tell(article: Article, story: str) -> Telling:
    """Date an article and collect its words.

    Parameters
    ----------
    article : Article
    story : str
        Its text without the furniture of the page.

    Returns
    -------
    Telling
    """
    dating = date_article(article)
    events = dating.events[:_READINGS]
    whens = [*(event.when for event in events), *(m.when for m in dating.mentions if m.when)]
    short = (when for when in whens if when.end - when.start <= LONGEST_READING)
    published = _publication(article.stamp)
    return Telling(
        id=article.id,
        title=headline_of(article),
        source=publisher_of(article),
        url=article.url,
        sha256=article.sha256,
        published=published,
        published_text=_written(published, article.stamp),
        event=replace(events[0], mentions=()) if events else None,
        times=tuple(dict.fromkeys((when.start, when.end) for when in short))[:_READINGS],
        terms=weighted_terms(headline_of(article), story),
        correction=bool(_CORRECTION.search(article.title) or _CORRECTION.search(article.text[:_OPENING])),
    )


def last(start: dt.datetime, end: dt.datetime) -> dt.datetime:
    """Return the last minute of an interval, so that a day does not meet the day after it.

    Parameters
    ----------
    start, end : datetime
        The end is exclusive, or equal to the start.

    Returns
    -------
    datetime
    """
    return max(start, end - MINUTE)


def _publication(stamp: Stamp | None) -> When | None:
    """Publication time; an instant with the seconds that the dating of articles leaves out."""
    if stamp is None or stamp.instant is None:
        return stamp.when if stamp else None
    exact = _to_the_second(stamp.text)
    near = exact is not None and abs(exact - stamp.instant) < MINUTE
    return When.instant(exact if exact is not None and near else stamp.instant, tz=stamp.when.tz)


def _to_the_second(text: str) -> dt.datetime | None:
    """Read ISO 8601 or RFC 822 text with a zone."""
    for read in (dt.datetime.fromisoformat, email.utils.parsedate_to_datetime):
        try:
            moment = read(" ".join(text.split()))
        except ValueError:
            continue
        if moment.tzinfo is not None:
            return moment
    return None


def _written(published: When | None, stamp: Stamp | None) -> str:
    """Write a publication time: an instant, or only the day where the zone or the time of day is not stated."""
    if published is None or stamp is None:
        return ""
    return instant_text(published.start) if published.start == published.end else stamp.day.isoformat()


def instant_text(moment: dt.datetime) -> str:
    """Write an instant in UTC, to the second, or finer where it is known so.

    Parameters
    ----------
    moment : datetime
        With a time zone.

    Returns
    -------
    str

    Examples
    --------
    >>> instant_text(dt.datetime(2020, 1, 7, 22, 30, tzinfo=UTC))
    '2020-01-07T22:30:00Z'
    """
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
