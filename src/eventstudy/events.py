"""The nouns of a story: when something happened (`When`), the event itself, and the time phrases around it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from .errors import DatingError, UsageError
from .render.card import card, cut
from .text import LEAP_SECOND, LEAPING, visible

UTC = dt.UTC
MINUTE = dt.timedelta(minutes=1)


class Precision(StrEnum):
    """How finely a time is known."""

    MINUTE = "minute"
    HOUR = "hour"
    PART_OF_DAY = "part_of_day"
    DAY = "day"
    MULTI_DAY = "multi_day"


@dataclass(frozen=True, kw_only=True, repr=False)
class When:
    """A time as it is known: an instant, or the interval in which it lies.

    Parameters
    ----------
    start : datetime
        Time-zone aware; kept in UTC.
    end : datetime
        Equal to `start` at minute precision, else the exclusive end of the interval.
    precision : Precision
    tz : str
        Zone in which the source expressed it: an IANA name, ``"UTC"`` or an offset such as ``"+03:00"``.
    approximate : bool
        True where the source hedges ("at about").

    Raises
    ------
    UsageError
        If a bound has no time zone or the interval runs backwards.
    """

    start: dt.datetime
    end: dt.datetime
    precision: Precision
    tz: str = "UTC"
    approximate: bool = False

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            value = getattr(self, name)
            if value.tzinfo is None:
                raise UsageError(f"{value.isoformat()}: an instant needs a time zone, such as {value.isoformat()}Z")
            object.__setattr__(self, name, value.astimezone(UTC))
        if self.end < self.start:
            raise UsageError(f"an interval from {self.start} to {self.end} runs backwards")

    @classmethod
    def instant(cls, at: dt.datetime | str, *, tz: str = "UTC", approximate: bool = False) -> When:
        """Make a `When` of minute precision of a datetime with a zone, or of ISO 8601 text with one."""
        moment = parse_instant(at) if isinstance(at, str) else at
        return cls(start=moment, end=moment, precision=Precision.MINUTE, tz=tz, approximate=approximate)

    def __str__(self) -> str:
        if self.precision is Precision.MINUTE:
            return f"{self.start:%Y-%m-%d %H:%M} UTC"
        return f"{self.start:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M} UTC"

    def __repr__(self) -> str:
        about = ", approximate" if self.approximate else ""
        return f"When({self}, {self.precision}, clock {visible(cut(self.tz), keep='')}{about})"


@dataclass(frozen=True, kw_only=True, repr=False)
class Mention:
    """A time expression in a text and what it was taken for.

    Parameters
    ----------
    phrase : str
        The words, as they stand in the text.
    span : tuple of int
        First and one-past-last character of the phrase in the text.
    when : When or None
        None where the phrase cannot be resolved.
    is_event : bool
        Whether this is the mention that dates the main event.
    warnings : tuple of str
        What is uncertain about it.
    """

    phrase: str
    span: tuple[int, int]
    when: When | None
    is_event: bool = False
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        read = self.when or "unresolved"
        return f"Mention({visible(cut(self.phrase), keep='')!r}: {read}{', the event' if self.is_event else ''})"


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened, when it happened, when it became public, and the words that say so.

    Parameters
    ----------
    id : str
        Key of the event in every table.
    occurred, public : When or None
        When it took place and the earliest dated public report of it; at least one of the two.
    title : str
    evidence : str
        The sentence that dates it.
    mentions : tuple of Mention
        Every time expression of the source, for audit.
    warnings : tuple of str
        What is uncertain.
    confidence : float or None
        Probability, from 0 to 1, that the time was read rightly; None where it was given, not read.
    by_rule : str
        The publisher's rule that gives the minute, where the source states only the day; else empty.

    Examples
    --------
    >>> event = Event.at("2020-01-07T22:30:00Z", id="strike")
    >>> event.basis, str(event.when)
    ('occurred', '2020-01-07 22:30 UTC')
    """

    id: str
    occurred: When | None = None
    public: When | None = None
    title: str = ""
    evidence: str = ""
    mentions: tuple[Mention, ...] = ()
    warnings: tuple[str, ...] = ()
    confidence: float | None = None
    by_rule: str = ""

    def __post_init__(self) -> None:
        if self.occurred is None and self.public is None:
            raise DatingError(f"event {self.id!r} has no time: give `occurred` or `public`")

    @classmethod
    def at(cls, instant: dt.datetime | str, *, id: str = "event", title: str = "") -> Event:
        """Make an event of a known instant (ISO 8601 text with a time zone, or an aware datetime)."""
        return cls(id=id, title=title, occurred=When.instant(instant), evidence="the instant was given, not read")

    @property
    def when(self) -> When:
        """The time a study uses: `public` where it is known, else `occurred`."""
        when = self.public or self.occurred
        assert when is not None
        return when

    @property
    def basis(self) -> str:
        """Which of the two `when` is: ``"public"`` or ``"occurred"``."""
        return "public" if self.public else "occurred"

    def __repr__(self) -> str:
        sure = "" if self.confidence is None else f", {self.confidence:.0%} confidence"
        title = f": {visible(cut(self.title))!r}" if self.title else ""
        return f"Event({visible(cut(self.id))!r}, {self.when}, {self.basis}, {self.when.precision}{sure}{title})"

    def _repr_html_(self) -> str:
        facts = {
            "time": f"{self.when} ({self.basis}, known to the {self.when.precision.replace('_', ' ')})",
            "confidence": "" if self.confidence is None else f"{self.confidence:.0%}",
            "evidence": visible(self.evidence),
            "warnings": visible("; ".join(self.warnings)),
            "other time expressions": sum(not mention.is_event for mention in self.mentions) or "",
        }
        return card(visible(self.title or self.id), facts)


def parse_instant(text: str) -> dt.datetime:
    """Read ISO 8601 text with a time zone as an instant in UTC.

    Parameters
    ----------
    text : str
        For example ``2020-01-07T22:30:00Z`` or ``2020-01-08T01:30+03:00``.

    Returns
    -------
    datetime
        Aware, in UTC.

    Raises
    ------
    UsageError
        If the text is not ISO 8601 or has no time zone.

    Examples
    --------
    >>> parse_instant("2020-01-08T01:30+03:00").isoformat()
    '2020-01-07T22:30:00+00:00'
    """
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        if LEAPING in text:
            raise UsageError(f"{text!r} is {LEAP_SECOND}") from None
        raise UsageError(f"{text!r} is not an instant; write one such as 2020-01-07T22:30:00Z") from None
    if moment.tzinfo is None:
        if ":" not in text:
            raise UsageError(f"{text!r} has no time zone and no time of day; write one such as 2020-01-07T22:30:00Z")
        raise UsageError(f"{text!r} has no time zone; write {text.strip()}Z if it is UTC, or add its offset")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise UsageError(f"{text!r} lies outside the years that can be handled") from None
