"""Releases whose minute follows from their publisher's announced clock, such as the statements of central banks.

The facts stand in ``releases.toml``, each with its source. A day that no row covers has no release "by rule".
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypedDict
from zoneinfo import ZoneInfo

from annotated_types import Ge, Le, MinLen

from ..errors import InputError, UsageError
from ..files import package_text, parse_toml
from ..schema import validated
from .own_calendar import Text, Zone

_DAY = dt.timedelta(days=1)
# Weekly releases move in unpredictable ways around the turn of the year.
_QUIET = ((12, 23), (1, 2))
LONGEST_LIST = 200 * 366


@dataclass(frozen=True, kw_only=True)
class Release:
    """One release at the minute that its rule gives.

    Parameters
    ----------
    key : str
        Of its rule.
    institution, name : str
    instant : datetime
        In UTC.
    zone : str
        IANA zone of its clock.
    basis : str
        The rule: the local clock, its zone, and the source.
    """

    key: str
    institution: str
    name: str
    instant: dt.datetime
    zone: str
    basis: str


@dataclass(frozen=True, kw_only=True)
class ReleaseRule:
    """When one institution publishes one thing.

    Parameters
    ----------
    key, institution, name : str
    zone : str
        IANA zone of its clock.
    clocks : tuple of (date, str)
        The local time from each date on, in the order of the dates.
    source : str
    institutions, words : tuple of str
        Regular expressions of the names and the words by which news tells of it.
    kind : str
        ``"decision"``, ``"conference"`` or ``"data"``.
    days : frozenset of date
        Scheduled days; complete from the first to the last.
    weekday : int or None
        Of a weekly release; 0 is Monday.
    moved_by_holidays_from : int
        Weekday from which on a US federal holiday moves a weekly release.
    told : bool
        True where a day outside `days` may be taken from a text.
    other : mapping of date to str
        Days with another local time.
    never : frozenset of date
        Days without a rule.

    Examples
    --------
    >>> rule = release_rules()["fomc-statement"]
    >>> rule.on(dt.date(2012, 6, 20)).instant.isoformat(), rule.on(dt.date(2012, 6, 21)) is None
    ('2012-06-20T16:30:00+00:00', True)
    """

    key: str
    institution: str
    name: str
    zone: str
    clocks: tuple[tuple[dt.date, str], ...]
    source: str
    institutions: tuple[str, ...]
    words: tuple[str, ...]
    kind: str
    days: frozenset[dt.date] = frozenset()
    weekday: int | None = None
    moved_by_holidays_from: int = 0
    told: bool = False
    other: Mapping[dt.date, str] = field(default_factory=dict)
    never: frozenset[dt.date] = frozenset()

    def on(self, day: dt.date, *, told: bool = False) -> Release | None:
        """Return the release of a day, or None where the day has none by rule.

        Parameters
        ----------
        day : date
            Local date of the institution.
        told : bool
            True where a text says that it was that day.

        Returns
        -------
        Release or None
        """
        clock = self.other.get(day) or next((at for since, at in reversed(self.clocks) if since <= day), None)
        if clock is None or day in self.never or not (self._is_scheduled(day) or (told and self._may_be(day))):
            return None
        local = dt.datetime.combine(day, dt.time.fromisoformat(clock), ZoneInfo(self.zone))
        basis = f"{clock} {self.zone} by rule: {self.name} ({self.source})"
        return Release(
            key=self.key,
            institution=self.institution,
            name=self.name,
            instant=local.astimezone(dt.UTC),
            zone=self.zone,
            basis=basis,
        )

    def _is_scheduled(self, day: dt.date) -> bool:
        if day in self.days or day in self.other:
            return True
        return self.weekday == day.weekday() and not _is_moved(day, self.moved_by_holidays_from)

    def _may_be(self, day: dt.date) -> bool:
        """Return whether a day that only a text names can be one: a weekday outside the days that are known."""
        known = self.days and min(self.days) <= day <= max(self.days)
        return self.told and not known and day.weekday() < 5


def _is_moved(day: dt.date, since: int) -> bool:
    """Return whether a holiday of the same week may move a weekly release away from a day, or to another hour."""
    first, last = _QUIET
    if (day.month, day.day) >= first or (day.month, day.day) <= last:
        return True
    return any(day - n * _DAY in _federal_holidays(day.year) for n in range(day.weekday() - since + 1))


@functools.cache
def _federal_holidays(year: int) -> frozenset[dt.date]:
    """Return the US federal holidays of a year, as observed."""
    # imported here: pandas is slow to load and only weekly releases need it
    from pandas.tseries.holiday import USFederalHolidayCalendar

    found = USFederalHolidayCalendar().holidays(f"{year}-01-01", f"{year}-12-31")
    return frozenset(stamp.date() for stamp in found)


def releases(start: dt.date, end: dt.date) -> tuple[Release, ...]:
    """List the scheduled releases of a span of days.

    Parameters
    ----------
    start, end : date
        First and last day, local to each institution.

    Returns
    -------
    tuple of Release
        By instant. A release whose days are not known in advance, such as US retail sales, is not listed.

    Raises
    ------
    UsageError
        If the last day is before the first, or the span exceeds 200 years.

    Examples
    --------
    >>> [(r.name, r.instant.isoformat()) for r in releases(dt.date(2022, 7, 21), dt.date(2022, 7, 21))][:1]
    [('ECB monetary policy decision', '2022-07-21T12:15:00+00:00')]
    """
    if end < start:
        raise UsageError(f"the last day {end} is before the first, {start}")
    if (end - start).days > LONGEST_LIST:
        raise UsageError(f"{start} to {end} is too long; list at most 200 years")
    found = [each for rule in release_rules().values() for each in _between(rule, start, end)]
    return tuple(sorted(found, key=lambda each: (each.instant, each.key)))


def _between(rule: ReleaseRule, start: dt.date, end: dt.date) -> Iterator[Release]:
    every = (start + n * _DAY for n in range((end - start).days + 1)) if rule.weekday is not None else ()
    days = {*rule.days, *rule.other, *every}
    yield from (found for day in days if start <= day <= end and (found := rule.on(day)))


Texts = Annotated[tuple[Text, ...], MinLen(1), "a list of texts, each in quotes"]
ClockRow = TypedDict("ClockRow", {"from": dt.date, "at": Text})


class OtherRow(TypedDict):
    """A day with another local time."""

    day: dt.date
    at: Text


class _Needed(TypedDict):
    """Keys that every table of ``releases.toml`` has."""

    institution: Text
    name: Text
    zone: Zone
    clocks: Annotated[tuple[ClockRow, ...], MinLen(1), "a list of tables with from and at"]
    source: Text
    institutions: Texts
    words: Texts
    kind: Literal["decision", "conference", "data"]


class ReleaseTable(_Needed, total=False):
    """Keys of one table of ``releases.toml``."""

    days: Text
    weekday: Annotated[int, Ge(0), Le(4), "a whole number, 0 for Monday to 4 for Friday"]
    moved_by_holidays_from: Annotated[int, Ge(0), Le(4), "a whole number, 0 for Monday to 4 for Friday"]
    told: bool
    other: Annotated[tuple[OtherRow, ...], "a list of tables with day and at"]
    never: Annotated[tuple[dt.date, ...], "a list of dates"]


@functools.cache
def release_rules() -> Mapping[str, ReleaseRule]:
    """Return the rules of scheduled releases by their key.

    Returns
    -------
    mapping of str to ReleaseRule

    Examples
    --------
    >>> release_rules()["ecb-decision"].zone
    'Europe/Berlin'
    """
    tables = parse_toml(package_text(__package__, "releases.toml"), "releases.toml", InputError)
    return MappingProxyType({key: _rule(key, table) for key, table in tables.items()})


def _rule(key: str, table: object) -> ReleaseRule:
    checked: Mapping[str, Any] = validated(ReleaseTable, table, f"releases.toml: [{key}]", InputError)
    return ReleaseRule(
        key=key,
        **{
            **checked,
            "clocks": tuple((row["from"], row["at"]) for row in checked["clocks"]),
            "days": frozenset(_days(checked.get("days", ""))),
            "other": MappingProxyType({row["day"]: row["at"] for row in checked.get("other", ())}),
            "never": frozenset(checked.get("never", ())),
        },
    )


def _days(text: str) -> Iterator[dt.date]:
    """Yield the days of lines such as "2020 01-29 04-29"."""
    for line in text.splitlines():
        year, *days = line.split() or [""]
        yield from (dt.date.fromisoformat(f"{year}-{day}") for day in days)
