"""Parse publication times as pages write them: ISO 8601, RFC 822, "Jan 8, 2020 5:41pm EST", a bare date."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...errors import InputError
from ...events import Precision, When
from ...text import LEAP_SECOND, LEAPING
from ..grammar.expressions import find_expressions
from ..grammar.readings import Reading
from ..grammar.scanner import ClockTime, Day
from ..places.zones import ABBREVIATIONS, ZoneWords, offset_at, offset_name
from ..text.tokens import tokenize

EARLIEST, LATEST = dt.timedelta(hours=-12), dt.timedelta(hours=14)
UNKNOWN = "unknown"
_CLOSE = dt.timedelta(minutes=2)
# A line of a page's header or foot that states its publication: "Published: 8 January 2020", "Posted on Jan 8, 2020".
_LABELLED = re.compile(
    r"^[ \t*_>]*(First published|First Published|Published|Posted|PUBLISHED|POSTED)\b(?: on| at)?[ \t]*:?(.*)$",
    re.MULTILINE,
)
_LATER = re.compile(r"[|•·;(]|\b(?:last )?(?:updated|modified|by)\b", re.IGNORECASE)
_LONGEST = 80


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """A publication time as written.

    Parameters
    ----------
    text : str
        As written.
    source : str
        Where it was found, for example ``"JSON-LD datePublished"``.
    day : date
        The calendar date as written, in whatever zone the writer meant.
    when : When
        The instant where a zone is stated; else the interval over every zone it may be in, with `tz` ``"unknown"``.
    """

    text: str
    source: str
    day: dt.date
    when: When

    @property
    def instant(self) -> dt.datetime | None:
        """The instant in UTC, where the zone is stated and the time known to the minute."""
        return self.when.start if self.when.start == self.when.end else None


def read_stamp(text: str, source: str) -> Stamp:
    """Read a publication time.

    Parameters
    ----------
    text : str
        Such as ``2020-01-07T22:47:00Z``, ``Wed, 08 Jan 2020 01:30:00 +0300`` or ``8 January 2020``.
    source : str
        Where it was found, for messages.

    Returns
    -------
    Stamp

    Raises
    ------
    InputError
        If it is not a time, or one that cannot exist.

    Examples
    --------
    >>> str(read_stamp("Wed, 08 Jan 2020 01:30:00 +0300", "RSS pubDate").when)
    '2020-01-07 22:30 UTC'
    """
    cleaned = " ".join(text.split())
    if LEAPING in cleaned:
        raise InputError(f"{source}: {cleaned[:60]!r} is {LEAP_SECOND}")
    stamp = _from_iso(cleaned, source) or _from_words(cleaned, source)
    if stamp is None:
        raise InputError(f"{source}: {cleaned[:60]!r} is not a date or time; write one such as 2020-01-07T22:30:00Z")
    return stamp


def _from_iso(text: str, source: str) -> Stamp | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) <= 10:
        return _stamp(text, source, moment.date(), None, None)
    clock = ClockTime(hour=moment.hour, minute=moment.minute)
    offset = moment.utcoffset()
    return _stamp(text, source, moment.date(), clock, None if offset is None else int(offset.total_seconds() // 60))


def _from_words(text: str, source: str) -> Stamp | None:
    tokens = tokenize(text)[:40]
    expressions = find_expressions(text, tokens)
    found = [r for e in expressions for r in e.readings]
    dated = next((r for r in found if r.day is not None and r.day.day is not None and r.day.year is not None), None)
    if dated is None or (
        not expressions[0].reading.clock and any(s in text for s in (":", "+")) and not any(r.clock for r in found)
    ):
        return None
    covered = [(e.start, e.end) for e in expressions]
    if any(t.text.isdigit() and not any(a <= t.start < b for a, b in covered) for t in tokens):
        return None
    timed = next((r for r in found if r.clock is not None), Reading())
    day = _date(dated.day)
    if day is None:
        return None
    return _stamp(text, source, day, timed.clock, _minutes(timed.zone, day))


def _date(day: Day | None) -> dt.date | None:
    try:
        return dt.date(day.year or 0, day.month or 0, day.day or 0) if day else None
    except ValueError:
        return None


def _minutes(zone: ZoneWords | None, day: dt.date) -> int | None:
    if zone is None or zone.kind == "local":
        return None
    if zone.kind == "utc":
        return 0
    if zone.kind == "offset":
        return zone.minutes
    if zone.kind == "place":
        return offset_at(zone.name, day)
    name, stated = ABBREVIATIONS[zone.name][0]
    return offset_at(name, day) if stated is None else stated


def _stamp(text: str, source: str, day: dt.date, clock: ClockTime | None, offset: int | None) -> Stamp:
    start = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    try:
        if clock is not None:
            start += dt.timedelta(hours=clock.hour, minutes=clock.minute)
        if clock is not None and offset is not None:
            at = start - dt.timedelta(minutes=offset)
            return Stamp(
                text=text, source=source, day=day, when=When.instant(at, tz=offset_name(offset) if offset else "UTC")
            )
        length = dt.timedelta() if clock is not None else dt.timedelta(days=1)
        when = When(start=start - LATEST, end=start + length - EARLIEST, precision=Precision.DAY, tz=UNKNOWN)
    except OverflowError:
        raise InputError(f"{source}: {text!r} is outside the supported years, 1 to 9999") from None
    return Stamp(text=text, source=source, day=day, when=when)


def stamp_lines(text: str) -> tuple[tuple[Stamp, ...], str]:
    r"""Return the publication times that lines of a plain text state, and the text without these lines.

    Parameters
    ----------
    text : str

    Returns
    -------
    (tuple of Stamp, str)
        In the order of the text; a line that names no date is left where it is.

    Raises
    ------
    InputError
        If a line states a leap second.

    Examples
    --------
    >>> stamps, text = stamp_lines("Oil jumps\nPosted on Jan 8, 2020 5:41 pm EST | Updated Jan 9\n\nIt rose.")
    >>> str(stamps[0].when), text
    ('2020-01-08 22:41 UTC', 'Oil jumps\n\n\nIt rose.')
    """
    found = []

    def taken(line: re.Match[str]) -> str:
        stated = _LATER.split(line[2], maxsplit=1)[0].strip(" \t*_,-–—")
        if not stated or len(stated) > _LONGEST:
            return line[0]
        try:
            found.append(read_stamp(stated, f"the line {line[1]!r}"))
        except InputError:
            if LEAPING in stated:  # a time that is stated and must not be lost as a sentence would be
                raise
            return line[0]
        return ""

    left = _LABELLED.sub(taken, text)
    return tuple(found), left


def settle_stamps(stamps: Sequence[Stamp], modified: Stamp | None = None) -> tuple[Stamp | None, tuple[str, ...]]:
    """Choose among the publication times of one page, with a warning where they disagree.

    Parameters
    ----------
    stamps : sequence of Stamp
        The most trusted first.
    modified : Stamp or None
        When the page was last changed, as it states; doubtful only where it comes before publication.

    Returns
    -------
    (Stamp or None, tuple of str)
        The first that states a zone and agrees with the most trusted one, else that one; and the warnings.
    """
    if not stamps:
        return None, ()
    first = stamps[0]
    agreeing = [
        s for s in stamps if s.when.start <= first.when.end + _CLOSE and first.when.start <= s.when.end + _CLOSE
    ]
    chosen = next((s for s in agreeing if s.instant is not None), first)
    warnings = []
    if len(agreeing) < len(stamps):
        listed = "; ".join(f"{s.source}: {s.text}" for s in stamps)
        warnings.append(f"the publication times disagree ({listed}); {chosen.source} is used")
    if modified is not None and modified.when.end + _CLOSE < chosen.when.start:
        warnings.append(f"{modified.source} ({modified.text}) is before {chosen.source} ({chosen.text})")
    if chosen.when.tz == UNKNOWN and chosen.when.end - chosen.when.start < dt.timedelta(days=2):
        warnings.append(f"{chosen.source} {chosen.text!r} states no time zone")
    return chosen, tuple(warnings)
