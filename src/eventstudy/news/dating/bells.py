"""Resolve the opening and closing bells of exchanges to clock times."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from ...instruments.exchanges import exchange_of_zone
from ..grammar.expressions import Expression
from ..grammar.scanner import ClockTime
from ..places.gazetteer import gazetteer
from .weights import sure
from .zone_choice import ZoneChoice

NEW_YORK = "America/New_York"


def ring(clock: ClockTime, zone: str, day: dt.date) -> ClockTime | None:
    """Return a clock time with the hour of an exchange's bell filled in.

    Parameters
    ----------
    clock : ClockTime
        Returned unchanged unless it is an opening or closing bell.
    zone : str
        Zone of the exchange.
    day : date
        Local date: trading hours change over the years.

    Returns
    -------
    ClockTime or None
        None where no exchange is known in the zone.
    """
    if not clock.bell:
        return clock
    exchange = exchange_of_zone(zone)
    if exchange is None:
        return None
    at = exchange.hours_on(day)[clock.bell == "closing"]
    hour, minute = divmod(at.hour * 60 + at.minute + clock.away, 60)
    return replace(clock, hour=hour, minute=minute)


def bell_zone(e: Expression, zone: ZoneChoice | None, day: dt.date) -> ZoneChoice | None:
    """Return the zone of an expression that may name an opening or closing bell.

    Parameters
    ----------
    e : Expression
    zone : ZoneChoice or None
        As chosen from the text.
    day : date
        Local date.

    Returns
    -------
    ZoneChoice or None
        `zone`, unless the clock is a bell and no exchange is known in that zone: then New York, with a warning where
        the text names a place outside the United States.
    """
    clock = e.reading.clock
    if clock is None or not clock.bell or (zone is not None and ring(clock, zone.zone, day)):
        return zone
    # English news without a foreign place means the New York exchanges: no labelled answer was wrong by that.
    abroad = zone is not None and zone.zone not in gazetteer().zones["US"]
    doubt = (f"no exchange is known in {zone.zone}; the bell is read as that of New York",) if zone and abroad else ()
    return ZoneChoice(zone=NEW_YORK, source="the bell", warnings=doubt, confidence=sure("unnamed bell"))
