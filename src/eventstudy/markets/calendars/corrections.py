"""Corrections to exchange calendars: sessions where the library differs from the exchange, with their sources."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypedDict, cast
from zoneinfo import ZoneInfo

import numpy as np
from annotated_types import MinLen

from ...errors import InputError
from ...files import package_text, parse_toml
from ...instruments.own_calendar import Time, Weekdays, Zone
from ...schema import shown, validated
from .hours import Days, Hours, Mask, wall_time


@dataclass(frozen=True, kw_only=True)
class Override:
    """One correction, in the exchange's local time.

    Parameters
    ----------
    date : date
        The session; where `last` or a break makes it a rule for many, the first of them.
    verb : str
        ``closed``; ``session`` (add one, from `at` to `until`); ``open`` or ``close`` (at another time, `at`);
        ``break`` (trading stops from `at` to `until` and at no other time of the day).
    at, until : str
        Local times.
    last : date or None
        Last session to which the rule applies.
    weekmask : str
        Weekdays to which it applies, as numpy writes them.
    summer_time_of : str
        IANA zone; the rule applies only on days on which this zone has summer time.
    source : str
        Where it can be looked up.
    """

    date: dt.date
    verb: str
    at: str = ""
    until: str = ""
    last: dt.date | None = None
    weekmask: str = "1111111"
    summer_time_of: str = ""
    source: str

    def applies(self, sessions: Days) -> Mask:
        """Return the sessions to which the correction applies.

        Parameters
        ----------
        sessions : ndarray of datetime64[D], shape (n,)
            Session labels.

        Returns
        -------
        ndarray of bool, shape (n,)
        """
        day = np.datetime64(self.date)
        if self.last is None and self.verb != "break":
            return cast(Mask, sessions == day)
        ends = np.datetime64("9999-12-31" if self.last is None else self.last)
        mine = np.is_busday(sessions, weekmask=self.weekmask) & (sessions >= day) & (sessions <= ends)
        return mine & _in_summer_time(sessions, self.summer_time_of) if self.summer_time_of else mine


class _Needed(TypedDict):
    """Keys that every table of ``overrides.toml`` has."""

    dates: Annotated[tuple[dt.date, ...], MinLen(1), "a list of dates"]
    verb: Literal["closed", "session", "open", "close", "break"]
    source: Annotated[str, MinLen(1), "where it can be looked up"]


class OverrideTable(_Needed, total=False):
    """Keys of one table of ``overrides.toml``."""

    at: Time
    until: Time
    last: dt.date
    weekmask: Weekdays
    summer_time_of: Zone


NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"closed": (), "session": ("at", "until"), "open": ("at",), "close": ("at",), "break": ("at", "until")}
)


@functools.cache
def overrides() -> Mapping[str, tuple[Override, ...]]:
    """Return the package's corrections by calendar, in the order in which they apply.

    Returns
    -------
    mapping of str to tuple of Override
        By MIC.

    Examples
    --------
    >>> [each.verb for each in overrides()["XHKG"]][:3]
    ['break', 'break', 'open']
    """
    return parse_overrides(package_text(__package__, "overrides.toml"))


def parse_overrides(text: str, where: str = "overrides.toml") -> Mapping[str, tuple[Override, ...]]:
    r"""Read corrections from TOML text: a list of tables for each calendar.

    Parameters
    ----------
    text : str
        TOML.
    where : str
        File, for messages.

    Returns
    -------
    mapping of str to tuple of Override
        By MIC.

    Raises
    ------
    InputError, UnknownNameError
        If a table is wrong.

    Examples
    --------
    >>> text = '[[XTKS]]\ndates = [2020-10-01]\nverb = "closed"\nsource = "JPX"'
    >>> parse_overrides(text)["XTKS"][0].date.isoformat()
    '2020-10-01'
    """
    tables = parse_toml(text, where, InputError)
    found = {}
    for mic, rows in tables.items():
        if not isinstance(rows, list):
            raise InputError(f"{where}: {mic} is {shown(rows)}; write a list of tables, each headed [[{mic}]]")
        numbered = [(f"{where}: {mic}, table {number}", row) for number, row in enumerate(rows, 1)]
        found[mic] = tuple(each for here, row in numbered for each in _overrides_of(row, here))
    return MappingProxyType(found)


def _overrides_of(row: object, where: str) -> Iterator[Override]:
    """Yield the corrections of one table, one for each date."""
    checked = validated(OverrideTable, row, where, InputError)
    for key in NEEDED[checked["verb"]]:
        if key not in checked:
            raise InputError(f'{where}: verb = "{checked["verb"]}" needs {key}, a local time such as "09:30"')
    rest: dict[str, Any] = {key: value for key, value in checked.items() if key != "dates"}
    yield from (Override(date=day, **rest) for day in checked["dates"])


def _in_summer_time(sessions: Days, zone: str) -> Mask:
    """Return whether a zone has summer time at noon of each session's date."""
    clock = ZoneInfo(zone)
    noons = [dt.datetime.combine(day, dt.time(12), clock) for day in sessions.astype("M8[D]").tolist()]
    return np.array([bool(noon.dst()) for noon in noons], dtype=bool)


def corrected(hours: Hours, corrections: tuple[Override, ...], first: dt.date, last: dt.date) -> Hours:
    """Return trading hours with corrections applied in order.

    Parameters
    ----------
    hours : Hours
        Local wall-clock time.
    corrections : tuple of Override
        Of the same exchange.
    first, last : date
        Range of session labels within which sessions are added.

    Returns
    -------
    Hours
        Local wall-clock time.
    """
    for each in corrections:
        if each.verb != "session":
            hours = _changed(hours, each)
        elif first <= each.date <= last:
            day = np.array([each.date], dtype="datetime64[D]")
            added = Hours.of(day, wall_time(day, each.at), wall_time(day, each.until))
            hours = hours.without(hours.session == day).plus(added)
    return hours


def _changed(hours: Hours, change: Override) -> Hours:
    """Apply one correction to the sessions that it concerns."""
    mine = change.applies(hours.session)
    if not mine.any():
        return hours
    if change.verb == "closed":
        return hours.without(mine)
    if change.verb == "open":
        return hours.opening(mine, wall_time(hours.session, change.at))
    if change.verb == "close":
        return hours.closing(mine, wall_time(hours.session, change.at))
    # Remove the library's own break first, or the corrected day would have both.
    whole = hours.unbroken(mine)
    days = whole.session
    mine = change.applies(days)
    stops, resumes = (np.where(mine, wall_time(days, at), _NEVER) for at in (change.at, change.until))
    return whole.pausing(stops, resumes)


_NEVER = np.datetime64("NaT", "ns")
