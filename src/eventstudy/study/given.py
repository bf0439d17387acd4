"""What users give as events: an event, an instant, a file, a table, or many of them."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..arrow import as_pandas
from ..errors import UsageError
from ..events import Event, When
from ..markets.prices.bars import Bars, BarSet
from .event_list import EventList, read_events

Instant = str | dt.datetime | np.datetime64 | When
EventsLike = (
    Event | Instant | Iterable[Event | Instant] | EventList | pd.DataFrame | pd.Series | os.PathLike[str]  # files too
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d|\s*$)")
_CURE = (
    "give an Event (es.date_event(article), es.Event.at(instant)), an instant with its time zone such as "
    '"2020-01-07T22:30:00Z", or a table of events or its file'
)


def listed(events: EventsLike) -> Event | tuple[Event, ...] | EventList:
    """Return events as a study meets them: a file is read, a table checked, an instant made an event.

    Parameters
    ----------
    events : Event, instant, iterable of them, EventList, DataFrame or path
        An instant is a text of ISO 8601, a Timestamp or datetime, each with its time zone, or a `When`.

    Returns
    -------
    Event, tuple of Event or EventList

    Raises
    ------
    UsageError
        For anything else, and for an instant without a time zone.

    Examples
    --------
    >>> listed("2020-01-07T22:30:00Z")
    Event('event', 2020-01-07 22:30 UTC, occurred, minute)
    >>> [event.id for event in listed(pd.DatetimeIndex(["2020-01-07 22:30Z", "2020-01-03 02:00Z"]))]
    ['event-1', 'event-2']
    """
    if isinstance(events, Event | EventList):
        return events
    if _is_instant(events):
        return _event(events, "event")
    if isinstance(events, str | os.PathLike):
        return read_events(events)
    table = as_pandas(events)
    if isinstance(table, pd.DataFrame):
        return EventList.of_frame(table)
    if isinstance(table, bytes | Mapping | Bars | BarSet) or not isinstance(table, Iterable):
        raise UsageError(f"events of type {type(events).__name__}; {_CURE}")
    return tuple(_event(one, f"event-{number}") for number, one in enumerate(table, start=1))


def _is_instant(given: Any) -> bool:
    """Whether something is one moment; a text is one if it begins like a day of ISO 8601 and goes on like a clock."""
    if isinstance(given, str):
        return _DAY.match(given) is not None
    return isinstance(given, dt.date | np.datetime64 | When)


def _event(given: Any, name: str) -> Event:
    """Return an event as it is, and an instant as an event."""
    if isinstance(given, Event):
        return given
    if not _is_instant(given):
        raise UsageError(f"{name}: events of type {type(given).__name__}; {_CURE}")
    if isinstance(given, When):
        return Event(id=name, occurred=given, evidence="the time was given, not read")
    moment = pd.Timestamp(given) if isinstance(given, np.datetime64) else given
    if not isinstance(moment, str | dt.datetime):
        raise UsageError(f"{name}: {moment} is a day without a time; {_CURE}")
    if isinstance(moment, dt.datetime) and (pd.isna(moment) or moment.tzinfo is None):
        raise UsageError(f"{name}: {moment} has no time zone; an instant needs one, such as {moment}Z")
    return Event.at(moment, id=name)
