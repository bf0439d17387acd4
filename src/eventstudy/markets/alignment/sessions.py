"""Align instants with markets' clocks: the session that reacts, the price before, and the first trade after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...errors import NotEnoughDataError, UsageError
from ...events import UTC, Event, parse_instant
from ...instruments.catalogue import Instrument, find_instrument, with_groups
from ..calendars.hours import Days, Instants, Mask
from ..calendars.schedule import LONGEST_CLOSURE, Schedule, known_range, known_schedule, labelled

InstantLike = dt.datetime | str | Event
Positions = npt.NDArray[np.intp]
NEVER = np.datetime64("NaT", "ns")
NO_DAY = np.datetime64("NaT", "D")
# Years that datetime64[ns] can represent; numpy silently wraps around to another date beyond them.
EARLIEST, LATEST = 1678, 2261
# Number of events that are placed on every clock at a time: they fit in the processor's cache.
BLOCK = 100_000


class State(StrEnum):
    """State of a market at an instant."""

    OPEN = "open"
    BREAK = "break"
    CLOSED = "closed"
    HALT = "halt"
    UNKNOWN = "outside_calendar"


OPEN, BREAK, CLOSED, HALT, UNKNOWN = range(len(State))
COLUMNS: Mapping[str, str] = MappingProxyType(
    {"session": "M8[s]", "state": "i1", "first_tradable": "M8[ns]", "reference": "M8[ns]", "observation": "M8[ns]"}
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Placement:
    """Position of k instants on one market's clock; every array has shape (k,), NaT outside the calendar.

    Parameters
    ----------
    state : ndarray of int8
        Position in `State`.
    session : ndarray of datetime64[s]
        Day 0: the first session whose observation is after the instant.
    first_tradable : ndarray of datetime64[ns]
        The instant itself while the market trades, else its next opening; UTC.
    reference, observation : ndarray of datetime64[ns]
        The last observation at or before the instant and the first after it; UTC.
    """

    state: npt.NDArray[np.int8]
    session: Days
    first_tradable: Instants
    reference: Instants
    observation: Instants


@dataclass(frozen=True, kw_only=True, eq=False)
class ClockSteps:
    """State of one market's clock from each mark to the next; between marks nothing changes.

    Parameters
    ----------
    marks : ndarray of datetime64[ns], shape (n,)
        In order; UTC.
    holds : Placement
        Of shape (n + 1,): the last entry is for instants before the first mark. While a market is open its
        `first_tradable` is that of the next opening.
    """

    marks: Instants
    holds: Placement

    def at(self, instants: Instants, *, order: Positions | None = None) -> Placement:
        """Return the position of instants on the clock.

        Parameters
        ----------
        instants : ndarray of datetime64[ns], shape (k,)
            UTC.
        order : ndarray of int, shape (k,), optional
            Permutation that sorts the instants, if it is known already.

        Returns
        -------
        Placement
            Of shape (k,).
        """
        step = last_at_or_before(self.marks, instants, order=order)
        found = {name: np.take(getattr(self.holds, name), step) for name in COLUMNS}
        np.copyto(found["first_tradable"], instants, where=found["state"] == OPEN)
        return Placement(**found)


NOWHERE = ClockSteps(
    marks=np.array([], dtype="M8[ns]"),
    holds=Placement(
        state=np.array([UNKNOWN], dtype=np.int8),
        session=np.array([NO_DAY], dtype="M8[s]"),
        first_tradable=np.array([NEVER]),
        reference=np.array([NEVER]),
        observation=np.array([NEVER]),
    ),
)


def align(
    instants: InstantLike | Iterable[InstantLike] | pd.DatetimeIndex | pd.Series,
    markets: str | Instrument | Iterable[str | Instrument],
    *,
    among: Mapping[str, Instrument] | None = None,
) -> pd.DataFrame:
    """Align instants with the sessions of markets.

    Day 0 of a daily study is the first session whose observation (the close, or the settlement of a future) is after
    the instant; its return is measured against the last observation at or before it. An event after the settlement but
    before the close of trading belongs to the next settlement.

    Parameters
    ----------
    instants : datetime, str, Event or many of them
        With a time zone; text is ISO 8601. Of an event known as an interval, its beginning.
    markets : str, Instrument or many of them
        Symbols, groups such as ``"@oil"``, or instruments.
    among : mapping of str to Instrument, optional
        The user's declarations, which take precedence over the catalogue and the rules.

    Returns
    -------
    DataFrame
        One row per instant and market, markets varying fastest: ``instant`` (UTC), ``market`` (symbol), ``session``
        (tz-naive label of day 0), ``state`` (open, break, closed, halt; outside_calendar beyond the calendar),
        ``first_tradable``, ``reference`` and ``observation`` (UTC).

    Raises
    ------
    UsageError
        If an instant has no time zone, or no instant or market is given.
    UnknownNameError
        If a symbol is not known.
    NotEnoughDataError
        If no instant lies within the known range of any market's calendar.

    Examples
    --------
    >>> align("2020-01-07T22:30:00Z", "CL=F").iloc[0][["state", "first_tradable"]].astype(str).to_list()
    ['break', '2020-01-07 23:00:00+00:00']
    """
    moments = as_instants(instants)
    chosen = as_instruments(markets, among)
    shape = moments.size, len(chosen)
    cells = {name: np.empty(shape, dtype) for name, dtype in COLUMNS.items()}
    clocks = [_steps_around(moments, market) for market in chosen]
    for begin in range(0, moments.size, BLOCK):
        block = moments[begin : begin + BLOCK]
        order = np.argsort(block)
        for position, steps in enumerate(clocks):
            placed = steps.at(block, order=order)
            for name, cell in cells.items():
                cell[begin : begin + BLOCK, position] = getattr(placed, name)
    if (cells["state"] == UNKNOWN).all():
        raise NotEnoughDataError(_outside(moments, chosen))
    return _frame(moments, chosen, {name: cell.reshape(-1) for name, cell in cells.items()})


def _frame(moments: Instants, markets: Sequence[Instrument], cells: Mapping[str, npt.NDArray[Any]]) -> pd.DataFrame:
    """Return the results as a labelled frame, markets varying fastest."""
    symbols, states = pd.Index([each.symbol for each in markets]), pd.Index([str(state) for state in State])
    instants = {name: labelled(cells[name]) for name in ("first_tradable", "reference", "observation")}
    return pd.DataFrame(
        {
            "instant": labelled(np.repeat(moments, len(markets))),
            "market": pd.Categorical.from_codes(np.tile(np.arange(len(markets)), moments.size), categories=symbols),
            "session": cells["session"],
            "state": pd.Categorical.from_codes(cells["state"], categories=states),
        }
        | instants,
        copy=False,
    )


def clock_steps(on: Schedule) -> ClockSteps:
    """Return the clock of a schedule; its marks are all starts and ends of trading and all observations.

    Parameters
    ----------
    on : Schedule
        Of one market.

    Returns
    -------
    ClockSteps
        With one entry for each distinct mark.
    """
    marks = np.unique(np.concatenate([on.observations, on.starts, on.ends, on.halt_starts, on.halt_ends]))
    # "right": a price observed at the very instant of the event was made before it, so it is the reference, not day 0.
    after = np.searchsorted(on.observations, marks, side="right")
    # Before the first observation and after the last, the reference or day 0 lies beyond what is known.
    inside = (after > 0) & (after < on.sessions.size)
    stretch = np.searchsorted(on.starts, marks, side="right") - 1
    state = np.where(marks < on.ends[stretch], OPEN, np.where(on.pauses[stretch], BREAK, CLOSED))
    state = np.where((state != OPEN) & _within(marks, on.halt_starts, on.halt_ends), HALT, state)
    known = {
        "state": np.where(inside, state, UNKNOWN),
        "session": np.where(inside, np.append(on.sessions, NO_DAY)[after], NO_DAY),
        "first_tradable": np.where(inside, np.append(on.starts, NEVER)[stretch + 1], NEVER),
        "reference": np.where(inside, on.observations[after - 1], NEVER),
        "observation": np.where(inside, np.append(on.observations, NEVER)[after], NEVER),
    }
    nowhere = NOWHERE.holds
    holds = {name: np.append(known[name], getattr(nowhere, name)).astype(COLUMNS[name]) for name in COLUMNS}
    return ClockSteps(marks=marks, holds=Placement(**holds))


def _within(marks: Instants, begins: Instants, ends: Instants) -> Mask:
    """Return whether each mark lies within an interval; the intervals are in order and do not overlap."""
    if not begins.size:
        return np.zeros(marks.size, dtype=bool)
    last = np.searchsorted(begins, marks, side="right") - 1
    return (last >= 0) & (marks < ends[last])


def _steps_around(instants: Instants, market: Instrument) -> ClockSteps:
    """Return a market's clock over the known part of its calendar around instants."""
    # The margin covers the reference before the first instant and the observation after the last, across closures too.
    low = instants.min().astype("M8[D]").item() - LONGEST_CLOSURE
    high = instants.max().astype("M8[D]").item() + LONGEST_CLOSURE
    on = known_schedule(market, low, high)
    return NOWHERE if on is None else clock_steps(on)


def last_at_or_before(marks: Instants, instants: Instants, *, order: Positions | None = None) -> Positions:
    """Return the position of the last mark at or before each instant; -1 where there is none.

    Instants are looked up in chronological order, several times as fast as at random.

    Parameters
    ----------
    marks : ndarray of datetime64[ns], shape (n,)
        In order; UTC.
    instants : ndarray of datetime64[ns], shape (k,)
        UTC.
    order : ndarray of int, shape (k,), optional
        Permutation that sorts the instants.

    Returns
    -------
    ndarray of int, shape (k,)
    """
    order = np.argsort(instants) if order is None else order
    step = np.empty(instants.size, dtype=np.intp)
    step[order] = np.searchsorted(marks.view(np.int64), instants.view(np.int64)[order], side="right") - 1
    return step


def as_instants(given: InstantLike | Iterable[InstantLike] | pd.DatetimeIndex | pd.Series) -> Instants:
    """Return instants as an array in UTC; refuse any without a time zone.

    Parameters
    ----------
    given : datetime, str, DatetimeIndex, Series or iterable of them
        With a time zone; text is ISO 8601.

    Returns
    -------
    ndarray of datetime64[ns], shape (k,)
        UTC.

    Raises
    ------
    UsageError
        If an instant has no time zone, or none is given.
    """
    if isinstance(given, pd.Series) and pd.api.types.is_datetime64_any_dtype(given.dtype):
        given = pd.DatetimeIndex(given)
    if isinstance(given, pd.DatetimeIndex):
        if given.tz is None:
            raise UsageError("instants without a time zone: localise them first, for example tz_localize('UTC')")
        moments = given.tz_convert("UTC").tz_localize(None).to_numpy("M8[ns]")
    else:
        several = [given] if isinstance(given, str | dt.datetime | Event) else list(given)
        moments = np.array([_instant(each) for each in several], dtype="M8[ns]")
    if not moments.size or np.isnat(moments).any():
        raise UsageError("no instant to align; give at least one, such as 2020-01-07T22:30:00Z")
    return cast(Instants, moments)


def as_instruments(
    given: str | Instrument | Iterable[str | Instrument], among: Mapping[str, Instrument] | None = None
) -> Sequence[Instrument]:
    """Return the instruments of symbols and groups, each once.

    Parameters
    ----------
    given : str, Instrument or iterable of them
        Symbols, groups such as ``"@oil"``, or instruments.
    among : mapping of str to Instrument, optional
        The user's declarations, which take precedence.

    Returns
    -------
    list of Instrument
        In the order given.

    Raises
    ------
    UsageError
        If nothing is given.
    """
    several = with_groups([given] if isinstance(given, str | Instrument) else given)
    if not several:
        raise UsageError("no market to align to; give at least one, such as CL=F")
    found = [each if isinstance(each, Instrument) else find_instrument(each, among=among) for each in several]
    return list(dict.fromkeys(found))


def _instant(given: InstantLike) -> np.datetime64:
    """Return one instant in UTC."""
    if isinstance(given, Event):
        given = given.when.start
    if isinstance(given, str):
        given = parse_instant(given)
    if not EARLIEST <= given.year <= LATEST:
        raise NotEnoughDataError(f"{given.isoformat()} lies outside the known calendars; give an instant within them")
    if given.tzinfo is None:
        raise UsageError(f"{given.isoformat()} has no time zone; an instant needs one, such as {given.isoformat()}Z")
    return np.datetime64(given.astimezone(UTC).replace(tzinfo=None), "ns")


def _outside(instants: Instants, markets: Sequence[Instrument]) -> str:
    """Describe the calendars' known ranges, for instants outside all of them."""
    ranges = ", ".join(
        f"{each.symbol} {low} to {high}" for each in markets[:3] for low, high in [known_range(each.calendar)]
    )
    when = f"{instants.min().astype('M8[m]')}Z"
    return f"{when} lies outside the known calendars ({ranges}); give an instant within them"
