"""Facts about stock exchanges that news and markets share: names, city, zone, and hours with their dated changes.

The declarations stand in ``exchanges.toml``. Sessions and holidays belong to `eventstudy.markets.calendars`.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, NotRequired, TypedDict
from zoneinfo import ZoneInfo

from annotated_types import MinLen, Predicate

from ..errors import InputError
from ..files import package_text, parse_toml
from ..schema import validated
from .own_calendar import Text, Zone, is_zone


@dataclass(frozen=True, kw_only=True)
class RegularHours:
    """Opening and closing time from a date on.

    Parameters
    ----------
    since : date
    open, close : str
        Local time, ``"09:30"``; ``"16:00 America/New_York"`` follows another zone's clock.
    """

    since: dt.date
    open: str
    close: str


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One stock exchange.

    Parameters
    ----------
    mic : str
        Market identifier code (ISO 10383).
    name, city : str
    zone : str
        IANA zone of its clock.
    hours : tuple of RegularHours
        Regular hours of continuous trading, in the order of their dates. The first row holds from the beginning.
    names : tuple of str
        Other names that news uses.
    calendar : str
        Name of the calendar whose sessions it keeps; empty where none can be built.
    currency : str
        Currency of most of its prices.
    unit : str
        Unit of its prices where it is not the currency, such as ``"GBp"`` (pence).
    suffixes : tuple of str
        Endings by which Yahoo marks its symbols.
    unverified : tuple of str
        Fields for which no public source was found.

    Examples
    --------
    >>> tokyo = exchanges()["XTKS"]
    >>> [at.isoformat("minutes") for at in tokyo.hours_on(dt.date(2024, 11, 4))]
    ['09:00', '15:00']
    """

    mic: str
    name: str
    city: str
    zone: str
    hours: tuple[RegularHours, ...]
    names: tuple[str, ...] = ()
    calendar: str
    currency: str
    unit: str = ""
    suffixes: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()

    def hours_on(self, day: dt.date) -> tuple[dt.time, dt.time]:
        """Return the regular opening and closing time on a day, local; half days and holidays are not known here.

        Parameters
        ----------
        day : date

        Returns
        -------
        time, time
        """
        row = [each for each in self.hours if each.since <= day][-1]
        return self._local(row.open, day), self._local(row.close, day)

    def _local(self, written: str, day: dt.date) -> dt.time:
        """Read a time of day; one that follows another zone's clock is converted to the local one."""
        clock, _, zone = written.partition(" ")
        at = dt.time.fromisoformat(clock)
        if not zone:
            return at
        return dt.datetime.combine(day, at, ZoneInfo(zone)).astimezone(ZoneInfo(self.zone)).time()


def _is_hour(written: str) -> bool:
    """Whether a text is a time of day, perhaps with the zone whose clock it follows."""
    clock, _, zone = written.partition(" ")
    return re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", clock) is not None and (not zone or is_zone(zone))


Texts = Annotated[tuple[Text, ...], "a list of texts, each in quotes"]
Hour = Annotated[str, Predicate(_is_hour), 'a time such as "09:30", or "16:00 America/New_York"']
HoursTable = TypedDict("HoursTable", {"from": NotRequired[dt.date], "open": Hour, "close": Hour})


class _Needed(TypedDict):
    """Keys that every table of ``exchanges.toml`` has."""

    name: Text
    city: Text
    zone: Zone
    currency: Text
    hours: Annotated[tuple[HoursTable, ...], MinLen(1), "a list of tables with open and close"]


class ExchangeTable(_Needed, total=False):
    """Keys of one table of ``exchanges.toml``."""

    names: Texts
    calendar: str
    unit: Text
    suffixes: Texts
    unverified: Texts


@functools.cache
def exchanges() -> Mapping[str, Exchange]:
    """Return the exchanges by MIC.

    Returns
    -------
    mapping of str to Exchange

    Examples
    --------
    >>> exchanges()["XLON"].city, exchanges()["XLON"].unit
    ('London', 'GBp')
    """
    return parse_exchanges(exchanges_text())


def parse_exchanges(text: str, where: str = "exchanges.toml") -> Mapping[str, Exchange]:
    r"""Read exchanges from TOML text, one table a MIC.

    Parameters
    ----------
    text : str
    where : str
        File, for messages.

    Returns
    -------
    mapping of str to Exchange

    Raises
    ------
    InputError, UnknownNameError
        If a table is wrong.

    Examples
    --------
    >>> facts = 'name = "x"\ncity = "x"\nzone = "Asia/Tokyo"\ncurrency = "JPY"'
    >>> parse_exchanges(f'[XXXX]\n{facts}\nhours = [{{ open = "09:00", close = "15:00" }}]')["XXXX"].calendar
    'XXXX'
    """
    tables = parse_toml(text, where, InputError)
    return MappingProxyType({mic: _exchange(mic, table, f"{where}: [{mic}]") for mic, table in tables.items()})


def exchanges_text() -> str:
    """Return the declarations that come with the package, as they stand in ``exchanges.toml``.

    Returns
    -------
    str
    """
    return package_text(__package__, "exchanges.toml")


def exchange_of_zone(zone: str) -> Exchange | None:
    """Return the leading exchange of an IANA zone, or None where no exchange is known there.

    Parameters
    ----------
    zone : str
        IANA name.

    Returns
    -------
    Exchange or None

    Examples
    --------
    >>> exchange_of_zone("America/New_York").name
    'New York Stock Exchange'
    >>> exchange_of_zone("Europe/Vaduz") is None
    True
    """
    return next((each for each in exchanges().values() if each.zone == zone), None)


def exchange_of_suffix(symbol: str) -> tuple[str, Exchange] | None:
    """Return the suffix of a Yahoo symbol and the exchange that it stands for, or None where it has none that is known.

    Parameters
    ----------
    symbol : str
        As Yahoo writes it.

    Returns
    -------
    tuple of str and Exchange, or None

    Examples
    --------
    >>> suffix, exchange = exchange_of_suffix("7203.T")
    >>> suffix, exchange.mic
    ('.T', 'XTKS')
    """
    _, dot, ending = symbol.rpartition(".")
    suffix = dot + ending
    found = next((each for each in exchanges().values() if suffix in each.suffixes), None)
    return None if found is None else (suffix, found)


def _exchange(mic: str, table: object, where: str) -> Exchange:
    """Make an exchange of its TOML table; it keeps its own calendar unless another is named."""
    checked: Mapping[str, Any] = validated(ExchangeTable, table, where, InputError)
    rows = checked["hours"]
    hours = tuple(
        RegularHours(since=row.get("from", dt.date.min), open=row["open"], close=row["close"]) for row in rows
    )
    if any(later.since <= before.since for before, later in itertools.pairwise(hours)):
        raise InputError(f"{where}: the rows of hours must run forward in time")
    return Exchange(mic=mic, **{"calendar": mic, **checked, "hours": hours})
