"""Where instants fall on the markets' clocks: the session that answers, the prices before, the trade after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import NotEnoughDataError, UsageError
from ..events import UTC, parse_instant
from ..instruments import Instrument, find_instrument
from .calendars import LONGEST_CLOSURE, Schedule, known_range, schedule
from .hours import Days, Instants

Moment = dt.datetime | str
NEVER = np.datetime64("NaT", "ns")
NO_DAY = np.datetime64("NaT", "D")


class State(StrEnum):
    """What a market does at an instant."""

    OPEN = "open"
    BREAK = "break"
    CLOSED = "closed"
    UNKNOWN = "outside_calendar"


@dataclass(frozen=True, kw_only=True, eq=False)
class Placement:
    """Where k instants fall on one market's clock; every array has shape (k,), NaT where the calendar ends.

    Parameters
    ----------
    state : ndarray of int8
        Position in `State`.
    session : ndarray of datetime64[D]
        Day 0: the first session whose observation is after the instant.
    first_tradable : ndarray of datetime64[ns]
        The instant itself while the market trades, else when it next does; UTC.
    reference, observation : ndarray of datetime64[ns]
        The last observation at or before the instant and the first after it; UTC.
    """

    state: npt.NDArray[np.int8]
    session: Days
    first_tradable: Instants
    reference: Instants
    observation: Instants


def align(
    instants: Moment | Iterable[Moment] | pd.DatetimeIndex, markets: str | Instrument | Iterable[str | Instrument]
) -> pd.DataFrame:
    """Place instants on the clocks of markets.

    Day 0 of a daily study is the first session whose observation (the close, or a future's settlement) is after the
    instant; its return is measured against the last observation at or before it. An event after the settlement but
    before the close of trading belongs to the next settlement.

    Parameters
    ----------
    instants : datetime, str or many of them
        With a time zone; text is ISO 8601.
    markets : str, Instrument or many of them

    Returns
    -------
    DataFrame
        One row an instant and market, markets varying fastest: ``instant`` (UTC), ``market`` (symbol), ``session``
        (tz-naive label of day 0), ``state`` (open, break, closed; outside_calendar where the calendar ends first),
        ``first_tradable``, ``reference`` and ``observation`` (UTC).

    Raises
    ------
    UsageError
        If an instant has no time zone, or nothing is given.
    UnknownNameError
        If a symbol is not known.
    NotEnoughDataError
        If no instant lies within what is known of any market's calendar.

    Examples
    --------
    >>> align("2020-01-07T22:30:00Z", "CL=F").iloc[0][["state", "first_tradable"]].astype(str).to_list()
    ['break', '2020-01-07 23:00:00+00:00']
    """
    moments = as_instants(instants)
    chosen = as_instruments(markets)
    placed = [place(moments, each) for each in chosen]
    if all((each.state == UNKNOWN).all() for each in placed):
        raise NotEnoughDataError(_outside(moments, chosen))
    rows, columns = moments.size, len(chosen)
    by_row = {
        name: np.stack([getattr(each, name) for each in placed], axis=1).reshape(rows * columns)
        for name in ("session", "state", "first_tradable", "reference", "observation")
    }
    return pd.DataFrame(
        {
            "instant": pd.DatetimeIndex(np.repeat(moments, columns), tz="UTC"),
            "market": pd.Categorical.from_codes(
                np.tile(np.arange(columns), rows), categories=pd.Index([each.symbol for each in chosen])
            ),
            "session": by_row["session"].astype("datetime64[s]"),
            "state": pd.Categorical.from_codes(by_row["state"], categories=pd.Index([str(state) for state in State])),
        }
        | {name: pd.DatetimeIndex(by_row[name], tz="UTC") for name in ("first_tradable", "reference", "observation")}
    )


def place(instants: Instants, instrument: Instrument) -> Placement:
    """Place instants, shape (k,), on one market's clock."""
    first, last = known_range(instrument.calendar)
    low = instants.min().astype("M8[D]").item() - LONGEST_CLOSURE
    high = instants.max().astype("M8[D]").item() + LONGEST_CLOSURE
    if high < first or low > last:
        return _nowhere(instants.size)
    return place_on(instants, schedule(instrument, max(low, first), min(high, last)))


def place_on(instants: Instants, on: Schedule) -> Placement:
    """Place instants, shape (k,), on a schedule; those before its first or after its last observation have no place."""
    after = np.searchsorted(on.observations, instants, side="right")
    inside = (after > 0) & (after < on.sessions.size)
    session = np.where(inside, np.append(on.sessions, NO_DAY)[after], NO_DAY)
    observation = np.where(inside, np.append(on.observations, NEVER)[after], NEVER)
    reference = np.where(inside, np.append(on.observations, NEVER)[after - 1], NEVER)
    stretch = np.searchsorted(on.starts, instants, side="right") - 1
    trading = instants < on.ends[stretch]
    state = np.where(trading, OPEN, np.where(on.pauses[stretch], BREAK, CLOSED))
    resumes = np.append(on.starts, NEVER)[stretch + 1]
    return Placement(
        state=np.where(inside, state, UNKNOWN).astype(np.int8),
        session=session,
        first_tradable=np.where(inside, np.where(trading, instants, resumes), NEVER),
        reference=reference,
        observation=observation,
    )


def as_instants(given: Moment | Iterable[Moment] | pd.DatetimeIndex) -> Instants:
    """Return instants as ``datetime64[ns]`` in UTC, shape (k,); one without a time zone is an error."""
    if isinstance(given, pd.DatetimeIndex):
        if given.tz is None:
            raise UsageError("instants without a time zone: localise them first, for example tz_localize('UTC')")
        moments = given.tz_convert("UTC").tz_localize(None).to_numpy("M8[ns]")
    else:
        several = [given] if isinstance(given, str | dt.datetime) else list(given)
        moments = np.array([_instant(each) for each in several], dtype="M8[ns]")
    if not moments.size or np.isnat(moments).any():
        raise UsageError("no instant to align; give at least one, such as 2020-01-07T22:30:00Z")
    return cast(Instants, moments)


def as_instruments(given: str | Instrument | Iterable[str | Instrument]) -> Sequence[Instrument]:
    """Return instruments of symbols and instruments, one or many, each once."""
    several = [given] if isinstance(given, str | Instrument) else list(given)
    if not several:
        raise UsageError("no market to align to; give at least one, such as CL=F")
    return list(dict.fromkeys(each if isinstance(each, Instrument) else find_instrument(each) for each in several))


OPEN, BREAK, CLOSED, UNKNOWN = (list(State).index(state) for state in State)


def _instant(given: Moment) -> np.datetime64:
    """One instant in UTC."""
    if isinstance(given, str):
        given = parse_instant(given)
    if given.tzinfo is None:
        raise UsageError(f"{given.isoformat()} has no time zone; an instant needs one, such as {given.isoformat()}Z")
    return np.datetime64(given.astimezone(UTC).replace(tzinfo=None), "ns")


def _nowhere(size: int) -> Placement:
    """Placement of instants that no calendar knows."""
    never = np.full(size, NEVER)
    return Placement(
        state=np.full(size, UNKNOWN, dtype=np.int8),
        session=np.full(size, NO_DAY),
        first_tradable=never,
        reference=never,
        observation=never,
    )


def _outside(instants: Instants, markets: Sequence[Instrument]) -> str:
    """Say that no instant lies within what is known of the calendars."""
    ranges = ", ".join(
        f"{each.symbol} {low} to {high}" for each in markets[:3] for low, high in [known_range(each.calendar)]
    )
    when = f"{instants.min().astype('M8[m]')}Z"
    return f"{when} lies outside the known calendars ({ranges}); give an instant within them"
