"""Events of any form met with the markets of a study."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from ..events import Event
from ..instruments.catalogue import Instruments
from ..markets.alignment.events import LAST_MOMENT, at_the_end, meet, meet_lines
from ..markets.prices.bars import BarSet
from .event_layouts import OWN_WINDOWS
from .event_list import EventList

EventsMet = Event | Iterable[Event] | EventList


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """Events and their day 0 in each market.

    Parameters
    ----------
    alignment : DataFrame
        One row a pair.
    late : DataFrame or None
        The same with each event at the end of the interval in which it lies, where that gives another day 0.
    dated : tuple of Event
        Empty where events are given line by line.
    characteristics : DataFrame
        ``event_id, symbol`` and what else is known of the events; symbols are missing where a line meets every market.
    bounds : DataFrame
        Own windows of the pairs, in the order of `alignment`; no columns where the study's are meant.
    """

    alignment: pd.DataFrame
    late: pd.DataFrame | None = None
    dated: tuple[Event, ...] = ()
    late_dated: tuple[Event, ...] = ()
    characteristics: pd.DataFrame = field(default_factory=lambda: pd.DataFrame({"event_id": [], "symbol": []}))
    bounds: pd.DataFrame = field(default_factory=pd.DataFrame)

    @classmethod
    def of(cls, events: EventsMet, markets: Sequence[str], bars: BarSet | None, instruments: Instruments) -> Meeting:
        """Align events with markets.

        Parameters
        ----------
        events : Event, iterable of Event or EventList
        markets : sequence of str
            Markets that an event without a symbol meets.
        bars : BarSet or None
            Where event time counts bars.
        instruments : Instruments

        Returns
        -------
        Meeting
        """
        if isinstance(events, EventList) and (events.symbols or events.frame["instant"].isna().any()):
            return cls._of_lines(events, markets, bars, instruments)
        given = events if isinstance(events, Event) else tuple(events)
        dated, alignment = meet(given, markets, bars, instruments)
        late_dated, late = meet(map(at_the_end, dated), markets, bars, instruments)
        same = alignment["session"].equals(late["session"])
        known = {"characteristics": events.characteristics} if isinstance(events, EventList) else {}
        return cls(alignment=alignment, late=None if same else late, dated=dated, late_dated=late_dated, **known)

    @classmethod
    def _of_lines(
        cls, events: EventList, markets: Sequence[str], bars: BarSet | None, instruments: Instruments
    ) -> Meeting:
        """Align events that name their markets, or their sessions."""
        lines = events.lines(markets)
        alignment, late = meet_lines(lines, instruments, bars, alone=events.alone), None
        if lines["until"].notna().any():
            last = (lines["until"] - LAST_MOMENT).fillna(lines["instant"])
            late = meet_lines(lines.assign(instant=last), instruments, bars, alone=events.alone)
            late = None if late["session"].equals(alignment["session"]) else late
        own = [name for name in OWN_WINDOWS if name in lines]
        bounds = lines[own].reset_index(drop=True)
        return cls(alignment=alignment, late=late, characteristics=events.characteristics, bounds=bounds)

    def at_the_end(self) -> Meeting:
        """Return the meeting of the same events at the end of their intervals."""
        assert self.late is not None
        return replace(self, alignment=self.late, late=None, dated=self.late_dated)


def markets_met(events: Event | tuple[Event, ...] | EventList, markets: Sequence[str] | None) -> tuple[str, ...] | None:
    """Return the symbols that events meet; None where one of them meets every market that has prices.

    Parameters
    ----------
    events : Event, tuple of Event or EventList
    markets : sequence of str or None
        Of the study.

    Returns
    -------
    tuple of str or None
    """
    if not isinstance(events, EventList):
        return None if markets is None else tuple(markets)
    return None if markets is None and events.everywhere else (*(markets or ()), *events.symbols)
