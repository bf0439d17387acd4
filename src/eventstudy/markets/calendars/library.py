"""Calendars of exchange_calendars: their sessions in local hours, and the dates for which they are known.

This is the only module that imports exchange_calendars.
"""

from __future__ import annotations

import datetime as dt
import difflib
import functools
import importlib
import warnings
from collections.abc import Mapping
from types import MappingProxyType

import exchange_calendars
import pandas as pd
from pandas.tseries.holiday import AbstractHolidayCalendar

from ...errors import UnknownNameError, UsageError
from .hours import Hours
from .kept import kept
from .own_calendars import own_calendars

VERSION = str(exchange_calendars.__version__)
# Counts what `_built` makes of a calendar: what was kept by an earlier form of it is not read.
KEPT = 1
# Days that are built beside those asked for: a holiday can move the opening of a session so far away.
MARGIN = dt.timedelta(days=31)
KNOWN_FROM, KNOWN_UNTIL = dt.date(1990, 1, 1), dt.date(2026, 12, 31)
SAME_HOURS: Mapping[str, str] = MappingProxyType({"XNSE": "XBOM"})
# Exchanges whose holidays of 2027 are published (calendars for 2027 of NYSE, TMX, Euronext, Deutsche Boerse, SIX,
# Nasdaq Nordic, ASX, NZX, HKEX and JPX, the bank holidays of the United Kingdom) or follow from rules that have not
# changed for years. Where holidays are proclaimed from year to year (China, India, Singapore ...) 2026 is the last.
LONGER = (
    "XNYS XTSE XLON XDUB XPAR XAMS XBRU XLIS XOSL XMIL XETR XFRA XDUS XHAM XSTU XMAD XSWX XWBO XSTO XHEL XCSE XASX "
    "XNZE XHKG XTKS CMES us_futures 24/7 24/5"
)
PUBLISHED: Mapping[str, dt.date] = MappingProxyType(dict.fromkeys(LONGER.split(), dt.date(2027, 12, 31)))
CURE = (
    "name an exchange by its MIC, such as XNYS, or declare a clock of your own under [instruments] in study.toml or in "
    "EventStudy(instruments=...)"
)
# Calendars of exchange_calendars that are not of an exchange, with the module and class that build them.
PLAIN_CALENDARS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "24/7": ("always_open", "AlwaysOpenCalendar"),
        "24/5": ("weekday_calendar", "WeekdayCalendar"),
        "us_futures": ("us_futures_calendar", "QuantopianUSFuturesCalendar"),
    }
)


@functools.cache
def library_range(calendar: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last date for which a calendar of exchange_calendars is known.

    Parameters
    ----------
    calendar : str
        MIC, or another name of exchange_calendars.

    Returns
    -------
    date, date
        Both included.

    Examples
    --------
    >>> library_range("XSHG")[1].isoformat()
    '2026-12-31'
    """
    cls = _exchange_class(calendar)
    bounds = cls.bound_min(), cls.bound_max()
    low = KNOWN_FROM if bounds[0] is None else bounds[0].date()
    until = PUBLISHED.get(cls.name, KNOWN_UNTIL)
    return low, until if bounds[1] is None else min(bounds[1].date(), until)


def exchange_hours(calendar: str, first: dt.date, last: dt.date) -> tuple[str, Hours]:
    """Return the zone and local hours of an exchange from exchange_calendars, without our corrections.

    Parameters
    ----------
    calendar : str
        MIC, or another name of exchange_calendars.
    first, last : date
        Session labels, both included.

    Returns
    -------
    str
        IANA zone.
    Hours
        Local wall-clock time.
    """
    key = f"{KEPT} {VERSION} {pd.__version__} {calendar} {first} {last}"
    return kept(key, lambda: _built(calendar, first, last))


def _built(calendar: str, first: dt.date, last: dt.date) -> tuple[str, Hours]:
    """Build a calendar from its rules."""
    known = library_range(calendar)
    low, high = max(first - MARGIN, known[0]), min(last + MARGIN, known[1])
    found = _narrowed(_exchange_class(calendar), low, high)
    rows = found.schedule
    local = {name: rows[name].dt.tz_convert(found.tz).dt.tz_localize(None).to_numpy("M8[ns]") for name in rows.columns}
    days = rows.index.to_numpy("M8[D]")
    hours = Hours.of(days, local["open"], local["close"]).pausing(local["break_start"], local["break_end"])
    return str(found.tz), hours.within(first, last)


def _exchange_class(calendar: str) -> type[exchange_calendars.ExchangeCalendar]:
    """Return the class of exchange_calendars for a MIC."""
    known = exchange_calendars.get_calendar_names()
    if SAME_HOURS.get(calendar, calendar) not in known:
        names = [*own_calendars(), *SAME_HOURS, *known]
        near = difflib.get_close_matches(calendar, names, n=3, cutoff=0.75)
        raise UnknownNameError("calendar", calendar, (), near=near, cure=CURE)
    name = exchange_calendars.resolve_alias(SAME_HOURS.get(calendar, calendar))
    usual = f"exchange_calendar_{name.lower()}", f"{name}ExchangeCalendar"
    module, wanted = PLAIN_CALENDARS.get(name, usual)
    cls: type[exchange_calendars.ExchangeCalendar] = getattr(
        importlib.import_module(f"exchange_calendars.{module}"), wanted
    )
    return cls


def _narrowed(
    cls: type[exchange_calendars.ExchangeCalendar], first: dt.date, last: dt.date
) -> exchange_calendars.ExchangeCalendar:
    """Build a calendar for a limited range.

    Without this its holiday rules are evaluated from 1970 to 2200 for any range: two seconds for Korea's.
    """
    low, high = pd.Timestamp(first - MARGIN), pd.Timestamp(last + MARGIN)

    class Rules(AbstractHolidayCalendar):
        def holidays(self, start=None, end=None, return_name=False):  # type: ignore[no-untyped-def]
            return super().holidays(start or low, end or high, return_name)

    class Narrowed(cls):  # type: ignore[misc]
        @property
        def regular_holidays(self) -> AbstractHolidayCalendar | None:
            regular = super().regular_holidays
            return regular and Rules(rules=regular.rules)

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # deprecation warnings of exchange_calendars' own code
            return Narrowed(start=pd.Timestamp(first), end=pd.Timestamp(last))
    except (NotImplementedError, ValueError) as error:
        raise UsageError(
            f"calendar {cls.name}: exchange_calendars {VERSION} cannot build it with pandas {pd.__version__} "
            f"({type(error).__name__}); declare a clock of your own under [instruments]"
        ) from None
