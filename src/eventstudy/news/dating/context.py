"""The context of an article's expressions: publication time, places, and the day that the story is about."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter

from ...events import When
from ..grammar.expressions import Expression
from ..grammar.scanner import Day
from ..places.zones import ZoneWords
from ..places.zones import zone as clock_of
from ..reading.stamps import Stamp
from ..text.lexicon import WEEKDAY_NAMES
from .roles import Cues, MentionRole
from .zone_choice import Whereabouts, ZoneChoice

# Pages are often stamped some minutes before the last update of the text: a clock time so little later is no plan.
_GRACE = dt.timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """The publication time and the places of an article.

    Parameters
    ----------
    stamp : Stamp or None
        Publication time as written.
    where : Whereabouts
    dated : date or None
        The date in the dateline.
    ahead : bool
        True where the first weekday of the text is the day after a publication date that names no zone.
    stated : tuple of (int, ZoneWords)
        Named zones of clock times in the text, each with the number of its sentence.
    body : int
        Number of the first sentence of the story, after the lines of the page's header.
    """

    stamp: Stamp | None
    where: Whereabouts
    dated: dt.date | None = None
    ahead: bool = False
    stated: tuple[tuple[int, ZoneWords], ...] = ()
    body: int = 0

    @cached_property
    def today(self) -> dt.date | None:
        """The writer's date, in the zone of the publication time or dateline."""
        return self.story_day("")

    @property
    def instant(self) -> dt.datetime | None:
        """The publication instant, where known."""
        return self.stamp.instant if self.stamp else None

    @cached_property
    def latest(self) -> dt.datetime | None:
        """The last instant at which the article can have been published."""
        return self.stamp.when.end + _GRACE if self.stamp else None

    def is_later(self, when: When) -> bool:
        """Return whether a time lies after the last instant at which the article can have been published.

        Parameters
        ----------
        when : When

        Returns
        -------
        bool
        """
        return self.latest is not None and when.start > self.latest

    def capped(self, when: When) -> When:
        """Cut an interval so that it ends no later than publication.

        Parameters
        ----------
        when : When

        Returns
        -------
        When
            Unchanged where it ends before publication. A publication date without a zone counts until its last end in
            any zone.
        """
        if self.stamp is None or not when.start < self.stamp.when.end < when.end:
            return when
        return replace(when, end=self.stamp.when.end)

    def stated_before(self, sentence: int) -> ZoneWords | None:
        """Return the zone that the text stated last before a sentence.

        Parameters
        ----------
        sentence : int
            Number of the sentence.

        Returns
        -------
        ZoneWords or None
            None where that sentence and the two before it state none.
        """
        last = bisect_right(self.stated, sentence, key=itemgetter(0)) - 1
        return self.stated[last][1] if last >= 0 and self.stated[last][0] >= sentence - 2 else None

    def story_day(self, zone: str) -> dt.date | None:
        """Return the writer's "today" in a zone.

        Parameters
        ----------
        zone : str
            Empty or ``"unknown"`` for the publication date as written.

        Returns
        -------
        date or None
            None where neither a publication time nor a dateline is known.
        """
        if self.instant is not None:
            return self.instant.astimezone(clock_of(zone)).date() if zone and zone != "unknown" else self.stamp_day
        if self.dated is not None:
            return self.dated
        if self.stamp_day is None:
            return None
        return self.stamp_day + dt.timedelta(days=1) if self.ahead else self.stamp_day

    @property
    def stamp_day(self) -> dt.date | None:
        """The calendar date of publication as written."""
        return self.stamp.day if self.stamp else self.dated

    def shift_warning(self, day: Day, date: dt.date) -> tuple[str, ...]:
        """Return a warning where a weekday was resolved to the day after the publication date.

        Parameters
        ----------
        day : Day
            As written.
        date : date
            As resolved.

        Returns
        -------
        tuple of str
            One warning or none.
        """
        if not self.ahead or day.weekday is None or self.stamp is None or date <= self.stamp.day:
            return ()
        name = WEEKDAY_NAMES[date.weekday()]
        note = f"the publication date {self.stamp.day} has no zone; {name} is read as {date}, a day later"
        return (f"{note}, not a week earlier",)

    def no_day_warning(self) -> tuple[str, ...]:
        """Return a warning where only a publication date without a zone gives a clock time its day.

        Returns
        -------
        tuple of str
            One warning or none.
        """
        if self.stamp is None or self.instant is not None or self.dated is not None:
            return ()
        note = f"no day is stated; the publication date {self.stamp.day}, of unknown zone, is used"
        return (f"{note}: it may be a day later or earlier",)


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """A time expression with the time that it was resolved to.

    Parameters
    ----------
    expression : Expression
    cues : Cues
    when : When or None
        None where it cannot be resolved; the warnings give the reason.
    day : date or None
        Local date.
    zone : ZoneChoice or None
    warnings : tuple of str
    confidence : float
        From 0 to 1.
    anchored : bool
        True where the expression itself names its day.
    """

    expression: Expression
    cues: Cues
    when: When | None = None
    day: dt.date | None = None
    zone: ZoneChoice | None = None
    warnings: tuple[str, ...] = ()
    confidence: float = 0.0
    anchored: bool = True


def runs_ahead(stamp: Stamp | None, expressions: Sequence[Expression], cues: Sequence[Cues]) -> bool:
    """Return whether the first weekday of the story is the day after a publication date without a zone.

    Parameters
    ----------
    stamp : Stamp or None
    expressions : sequence of Expression
        In the order of the text.
    cues : sequence of Cues
        One for each expression.

    Returns
    -------
    bool
    """
    if stamp is None or stamp.instant is not None:
        return False
    for e, c in zip(expressions, cues, strict=True):
        day = e.reading.day
        if (
            day is None
            or day.weekday is None
            or day.day is not None
            or day.which
            or c.future
            or c.role is MentionRole.FORECAST
        ):
            continue
        return day.weekday == (stamp.day.weekday() + 1) % 7
    return False
