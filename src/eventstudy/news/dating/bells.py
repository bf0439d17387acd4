"""When the opening and the closing bell ring, by the zone of the exchange.

Regular hours of the cash market as the exchanges publish them (NYSE, LSE, Euronext, Xetra, JPX, HKEX, SSE, NSE, ASX,
KRX, SGX, TSX, B3); half days are not known here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import MappingProxyType

from ..grammar.scanner import ClockTime

_CONTINENT = ((9, 0), (17, 30))
_BELLS = MappingProxyType(
    {
        "America/New_York": ((9, 30), (16, 0)),
        "America/Toronto": ((9, 30), (16, 0)),
        "America/Sao_Paulo": ((10, 0), (17, 0)),
        "Europe/London": ((8, 0), (16, 30)),
        "Europe/Paris": _CONTINENT,
        "Europe/Berlin": _CONTINENT,
        "Europe/Amsterdam": _CONTINENT,
        "Europe/Brussels": _CONTINENT,
        "Europe/Madrid": _CONTINENT,
        "Europe/Rome": _CONTINENT,
        "Europe/Zurich": _CONTINENT,
        "Asia/Kolkata": ((9, 15), (15, 30)),
        "Asia/Hong_Kong": ((9, 30), (16, 0)),
        "Asia/Shanghai": ((9, 30), (15, 0)),
        "Asia/Tokyo": ((9, 0), (15, 30)),
        "Asia/Seoul": ((9, 0), (15, 30)),
        "Asia/Singapore": ((9, 0), (17, 0)),
        "Australia/Sydney": ((10, 0), (16, 0)),
    }
)
# Tokyo closed at 15:00 until its trading day was made longer.
_TOKYO_LONGER = dt.date(2024, 11, 5)


def ring(clock: ClockTime, zone: str, day: dt.date) -> ClockTime | None:
    """Return the time of day of a bell in a zone; None where no exchange's bell is known. Other clocks are returned."""
    if not clock.bell:
        return clock
    if zone not in _BELLS:
        return None
    hour, minute = _BELLS[zone][clock.bell == "closing"]
    if zone == "Asia/Tokyo" and clock.bell == "closing" and day < _TOKYO_LONGER:
        minute = 0
    return replace(clock, hour=hour, minute=minute)
