"""Sessions and instants of each market: when it trades, and when its daily price is known.

This is the only module that converts local wall-clock time to UTC.
"""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...errors import NotEnoughDataError
from ...files import package_text, sha256
from ...instruments.catalogue import catalogue_text, own_file
from ...instruments.exchanges import exchanges_text
from ...instruments.instrument import Instrument
from ...instruments.own_calendar import OwnCalendar
from .corrections import corrected, overrides
from .halts import Halt, halts, interrupted
from .hours import LONGEST_CLOSURE as LONGEST_CLOSURE
from .hours import Days, Hours, Instants, Mask, wall_time
from .library import SAME_HOURS, VERSION, exchange_hours, library_range
from .own_calendars import FILES, own_calendars, regular_hours


@dataclass(frozen=True, kw_only=True, eq=False)
class Schedule:
    """The sessions of one instrument, when it trades and when its daily price is known.

    All instants are UTC as ``datetime64[ns]``; `frame` and `stretches` give them labelled and with their zone.

    Parameters
    ----------
    instrument : Instrument
        Whose schedule it is.
    timezone : str
        IANA name of the market's zone.
    sessions : ndarray of datetime64[D], shape (n,)
        Session labels.
    observations : ndarray of datetime64[ns], shape (n,)
        When the session's daily price is known: its close, or the settlement of a future.
    starts, ends : ndarray of datetime64[ns], shape (m,)
        Periods of continuous trading in order; a session has one, or more if it has breaks.
    owner : ndarray of int, shape (m,)
        Position in `sessions` of the session to which each period belongs.
    pauses : ndarray of bool, shape (m,)
        Whether the gap after a period is a break: it ends on the local day on which it began.
    halt_starts, halt_ends : ndarray of datetime64[ns], shape (h,)
        When trading was stopped by a halt or an outage, in order.
    """

    instrument: Instrument
    timezone: str
    sessions: Days
    observations: Instants
    starts: Instants
    ends: Instants
    owner: np.ndarray[tuple[int], np.dtype[np.intp]]
    pauses: Mask
    halt_starts: Instants
    halt_ends: Instants

    @property
    def opens(self) -> Instants:
        """When each session begins, shape (n,)."""
        first: Instants = self.starts[np.searchsorted(self.owner, np.arange(self.sessions.size), side="left")]
        return first

    @property
    def closes(self) -> Instants:
        """When each session ends, shape (n,)."""
        last: Instants = self.ends[np.searchsorted(self.owner, np.arange(self.sessions.size), side="right") - 1]
        return last

    def frame(self) -> pd.DataFrame:
        """Return the schedule as one row per session.

        Returns
        -------
        DataFrame
            ``session`` (tz-naive), ``open``, ``close``, ``observation`` (UTC).
        """
        columns = {"open": self.opens, "close": self.closes, "observation": self.observations}
        return pd.DataFrame(
            {"session": self.sessions.astype("datetime64[ns]")}
            | {name: labelled(values) for name, values in columns.items()}
        )

    def stretches(self) -> pd.DataFrame:
        """Return the schedule as one row per period of trading.

        Returns
        -------
        DataFrame
            ``session`` (tz-naive), ``start``, ``end`` (UTC), and ``break_follows``, whether a break follows.
        """
        return pd.DataFrame(
            {
                "session": self.sessions[self.owner].astype("datetime64[ns]"),
                "start": labelled(self.starts),
                "end": labelled(self.ends),
                "break_follows": self.pauses,
            }
        )


def schedule(instrument: Instrument, first: dt.date, last: dt.date) -> Schedule:
    """Return the sessions of an instrument from `first` to `last`, both included.

    Parameters
    ----------
    instrument : Instrument
        Its calendar and observation times are used.
    first, last : date
        Session labels; the range has no default.

    Returns
    -------
    Schedule
        With at least one session.

    Raises
    ------
    NotEnoughDataError
        If the market's calendar is not known for the whole range, or the range has no session.
    UnknownNameError
        If the instrument names an unknown calendar.
    UsageError
        If exchange_calendars has the calendar but cannot build it.

    Examples
    --------
    >>> from eventstudy.instruments.catalogue import find_instrument
    >>> crude = schedule(find_instrument("CL=F"), dt.date(2020, 1, 8), dt.date(2020, 1, 8))
    >>> crude.frame().iloc[0].astype(str).to_list()[1:]
    ['2020-01-07 23:00:00+00:00', '2020-01-08 22:00:00+00:00', '2020-01-08 19:30:00+00:00']
    """
    calendar = instrument.calendar
    known = known_range(calendar)
    if first < known[0] or last > known[1]:
        raise NotEnoughDataError(
            f"{instrument.symbol}: the calendar {calendar} is known from {known[0]} to {known[1]}, "
            f"not for {first} to {last}; narrow the dates"
        )
    zone, years = _local_hours(calendar, *_whole_years(first, last, known))
    hours = years.within(first, last)
    if not hours.session.size:
        raise NotEnoughDataError(f"{instrument.symbol}: no session of {calendar} from {first} to {last}")
    sessions, owner = np.unique(hours.session, return_inverse=True)
    starts, ends = _utc(hours.start, zone), _utc(hours.end, zone)
    places = np.arange(sessions.size)
    opens, closes = starts[np.searchsorted(owner, places)], ends[np.searchsorted(owner, places, side="right") - 1]
    return Schedule(
        instrument=instrument,
        timezone=zone,
        sessions=sessions,
        observations=_observations(instrument, sessions, opens, closes, zone),
        starts=starts,
        ends=ends,
        owner=owner,
        pauses=np.append(_same_day_gap(hours), False),
        **_halts_of(calendar, first, last, zone),
    )


@functools.lru_cache(maxsize=256)
def known_schedule(instrument: Instrument, first: dt.date, last: dt.date) -> Schedule | None:
    """Return the schedule of the part of a range for which the calendar is known; None where it is known for no part.

    Parameters
    ----------
    instrument : Instrument
        Its calendar and observation times are used.
    first, last : date
        Session labels, both included.

    Returns
    -------
    Schedule or None

    Examples
    --------
    >>> from eventstudy.instruments.catalogue import find_instrument
    >>> known_schedule(find_instrument("CL=F"), dt.date(1980, 1, 1), dt.date(1980, 12, 31)) is None
    True
    """
    known = known_range(instrument.calendar)
    low, high = max(first, known[0]), min(last, known[1])
    return None if low > high else schedule(instrument, low, high)


@functools.lru_cache(maxsize=1024)
def known_sessions(calendar: str | OwnCalendar, first: dt.date, last: dt.date) -> pd.DatetimeIndex | None:
    """Return the session labels of `known_schedule`, which all instruments of one calendar share.

    Parameters
    ----------
    calendar : str or OwnCalendar
    first, last : date
        Session labels, both included.

    Returns
    -------
    DatetimeIndex or None
    """
    known = known_range(calendar)
    low, high = max(first, known[0]), min(last, known[1])
    if low > high:
        return None
    days = _local_hours(calendar, *_whole_years(low, high, known))[1].within(low, high).session
    return pd.DatetimeIndex(np.unique(days).astype("M8[s]"))


def _same_day_gap(hours: Hours) -> Mask:
    """Return whether trading stops after each period but the last and resumes on the same local day."""
    same: Mask = hours.end[:-1].astype("M8[D]") == hours.start[1:].astype("M8[D]")
    return same & (hours.end[:-1] < hours.start[1:])


def _halts_of(calendar: str | OwnCalendar, first: dt.date, last: dt.date, zone: str) -> dict[str, Instants]:
    """Return when the halts of a calendar began and ended (UTC)."""
    near = [each for each in _stops(calendar) if first <= each.begin.date() <= last]
    begins = np.array([each.begin for each in near], dtype="M8[ns]")
    ends = np.array([each.end for each in near], dtype="M8[ns]")
    return {"halt_starts": _utc(begins, zone), "halt_ends": _utc(ends, zone)}


def _stops(calendar: str | OwnCalendar) -> tuple[Halt, ...]:
    """Return the halts of a calendar; a calendar declared by the user has none."""
    return () if isinstance(calendar, OwnCalendar) else halts().get(calendar, ())


@functools.cache
def known_range(calendar: str | OwnCalendar) -> tuple[dt.date, dt.date]:
    """Return the first and the last date for which a calendar is known.

    Parameters
    ----------
    calendar : str or OwnCalendar
        As `Instrument.calendar` has it.

    Returns
    -------
    date, date
        Both included.

    Raises
    ------
    UnknownNameError
        If there is no calendar of that name.

    Examples
    --------
    >>> known_range("XSHG")[1].isoformat()
    '2026-12-31'
    """
    if (own := _own(calendar)) is not None:
        return own.first, own.last
    return library_range(str(calendar))


def _own(calendar: str | OwnCalendar) -> OwnCalendar | None:
    """Return a calendar declared by the project or by the user; None for one of exchange_calendars."""
    return calendar if isinstance(calendar, OwnCalendar) else own_calendars().get(calendar)


def calendar_provenance() -> dict[str, str]:
    """Return what sessions and observations are based on: exchange_calendars' version and hashes of our own tables.

    Returns
    -------
    dict of str to str
        Version or SHA-256, by name.

    Examples
    --------
    >>> sorted(calendar_provenance())
    ['clocks.toml', 'exchange_calendars', 'exchanges.toml', 'halts.toml', 'holidays.csv', 'instruments.toml', \
'overrides.toml']
    """
    texts = {name: package_text(__package__, name) for name in FILES}
    texts |= {"exchanges.toml": exchanges_text(), "instruments.toml": catalogue_text()}
    if (own := own_file()) is not None:
        texts["instruments of one's own"] = own.read_text(encoding="utf-8")
    hashes = {name: sha256(text.encode()) for name, text in texts.items()}
    return {"exchange_calendars": VERSION, **hashes}


def _whole_years(first: dt.date, last: dt.date, known: tuple[dt.date, dt.date]) -> tuple[dt.date, dt.date]:
    """Widen a range to whole years, so that nearby ranges share one cached result."""
    return max(first.replace(month=1, day=1), known[0]), min(last.replace(month=12, day=31), known[1])


@functools.lru_cache(maxsize=256)
def _local_hours(calendar: str | OwnCalendar, first: dt.date, last: dt.date) -> tuple[str, Hours]:
    """Return the zone and corrected local hours of a calendar; instruments of one exchange share them."""
    own = _own(calendar)
    if own is not None:
        zone, hours = own.timezone, regular_hours(own, first, last)
    else:
        zone, hours = exchange_hours(str(calendar), first, last)
    name = str(calendar)
    corrections = () if own is calendar else overrides().get(SAME_HOURS.get(name, name), ())
    return zone, interrupted(corrected(hours, corrections, first, last), _stops(calendar))


def _observations(instrument: Instrument, sessions: Days, opens: Instants, closes: Instants, zone: str) -> Instants:
    """Return when each session's daily price is known; `opens` and `closes` are UTC, `zone` is the calendar's."""
    own_zone = instrument.observed_zone or zone
    usual = closes + np.timedelta64(instrument.observed_after_close)
    known = usual
    for since, at in instrument.observed_at:
        known = np.where(sessions >= np.datetime64(since), _utc(wall_time(sessions, at), own_zone), known)
    # A session that opens only after the usual settlement time, as on 14 September 2001, settles at its close.
    known = np.where(known <= opens, usual, known)
    if instrument.observed_early is None:
        # A settlement is computed from trades, so a session that closes before the usual time settles at its close.
        return np.minimum(known, closes) if instrument.observation == "settlement" else known
    closing_by, at = instrument.observed_early
    short = closes <= _utc(wall_time(sessions, closing_by), zone)
    return np.where(short, _utc(wall_time(sessions, at), own_zone), known)


def labelled(instants: Instants) -> pd.DatetimeIndex:
    """Return UTC instants (``datetime64[ns]``) as a tz-aware index, without a copy.

    Parameters
    ----------
    instants : ndarray of datetime64[ns], shape (n,)
        UTC.

    Returns
    -------
    DatetimeIndex, shape (n,)
        In the zone UTC.
    """
    return pd.DatetimeIndex(instants.view(np.int64), dtype=pd.DatetimeTZDtype("ns", "UTC"), copy=False)


def _utc(local: Instants, zone: str) -> Instants:
    """Convert local wall-clock time to UTC."""
    # At changes of clocks pandas raises for an hour that occurs twice or not at all: take standard time for the former
    # and the first valid moment for the latter. Only markets that trade through that night are affected, by one hour.
    standard = np.zeros(local.size, dtype=bool)
    aware = pd.DatetimeIndex(local).tz_localize(zone, ambiguous=standard, nonexistent="shift_forward")
    instants: Instants = aware.tz_convert("UTC").tz_localize(None).to_numpy("M8[ns]")
    return instants
