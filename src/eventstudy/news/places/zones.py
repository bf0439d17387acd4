"""Names and abbreviations of time zones in English news, and conversions between local time and UTC."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

# Each abbreviation with the zones that use it and the offset it states, in minutes (None: the offset in force).
# Offsets are from the `tz` database (NEWS and area files). Of several zones, the places of the text decide.
ABBREVIATIONS: MappingProxyType[str, tuple[tuple[str, int | None], ...]] = MappingProxyType(
    {
        "ET": (("America/New_York", None),),
        "EST": (("America/New_York", -300), ("Australia/Sydney", 600)),
        "EDT": (("America/New_York", -240), ("Australia/Sydney", 660)),
        "CT": (("America/Chicago", None),),
        "CST": (("America/Chicago", -360), ("Asia/Shanghai", 480), ("America/Havana", -300)),
        "CDT": (("America/Chicago", -300), ("America/Havana", -240)),
        "MT": (("America/Denver", None),),
        "MST": (("America/Denver", -420), ("America/Phoenix", -420)),
        "MDT": (("America/Denver", -360),),
        "PT": (("America/Los_Angeles", None),),
        "PST": (("America/Los_Angeles", -480), ("Asia/Manila", 480), ("Asia/Karachi", 300)),
        "PDT": (("America/Los_Angeles", -420),),
        "AKST": (("America/Anchorage", -540),),
        "AKDT": (("America/Anchorage", -480),),
        "HST": (("Pacific/Honolulu", -600),),
        "AST": (("America/Halifax", -240), ("Asia/Riyadh", 180), ("America/Puerto_Rico", -240)),
        "ADT": (("America/Halifax", -180),),
        "NST": (("America/St_Johns", -210),),
        "NDT": (("America/St_Johns", -150),),
        "BRT": (("America/Sao_Paulo", -180),),
        "ART": (("America/Argentina/Buenos_Aires", -180),),
        "CLT": (("America/Santiago", -240),),
        "CLST": (("America/Santiago", -180),),
        "COT": (("America/Bogota", -300),),
        "VET": (("America/Caracas", -240),),
        "BST": (("Europe/London", 60), ("Asia/Dhaka", 360)),
        "WET": (("Europe/Lisbon", 0),),
        "WEST": (("Europe/Lisbon", 60),),
        "CET": (("Europe/Paris", 60),),
        "CEST": (("Europe/Paris", 120),),
        "EET": (("Europe/Athens", 120),),
        "EEST": (("Europe/Athens", 180),),
        "MSK": (("Europe/Moscow", 180),),
        "TRT": (("Europe/Istanbul", 180),),
        "SAST": (("Africa/Johannesburg", 120),),
        "EAT": (("Africa/Nairobi", 180),),
        "WAT": (("Africa/Lagos", 60),),
        "CAT": (("Africa/Maputo", 120),),
        "IST": (("Asia/Kolkata", 330), ("Asia/Jerusalem", 120), ("Europe/Dublin", 60)),
        "IDT": (("Asia/Jerusalem", 180),),
        "IRST": (("Asia/Tehran", 210),),
        "IRDT": (("Asia/Tehran", 270),),
        "GST": (("Asia/Dubai", 240),),
        "PKT": (("Asia/Karachi", 300),),
        "NPT": (("Asia/Kathmandu", 345),),
        "ICT": (("Asia/Bangkok", 420),),
        "WIB": (("Asia/Jakarta", 420),),
        "WITA": (("Asia/Makassar", 480),),
        "WIT": (("Asia/Jayapura", 540),),
        "HKT": (("Asia/Hong_Kong", 480),),
        "SGT": (("Asia/Singapore", 480),),
        "MYT": (("Asia/Kuala_Lumpur", 480),),
        "PHT": (("Asia/Manila", 480),),
        "PHST": (("Asia/Manila", 480),),
        "AWST": (("Australia/Perth", 480),),
        "JST": (("Asia/Tokyo", 540),),
        "KST": (("Asia/Seoul", 540),),
        "ACST": (("Australia/Adelaide", 570),),
        "ACDT": (("Australia/Adelaide", 630),),
        "AEST": (("Australia/Sydney", 600), ("Australia/Brisbane", 600)),
        "AEDT": (("Australia/Sydney", 660),),
        "NZST": (("Pacific/Auckland", 720),),
        "NZDT": (("Pacific/Auckland", 780),),
    }
)
# Zone names of several words, without their closing "time".
NAMES = MappingProxyType(
    {
        "eastern": "ET",
        "eastern standard": "EST",
        "eastern daylight": "EDT",
        "us eastern": "ET",
        "east coast": "ET",
        "us east coast": "ET",
        "west coast": "PT",
        "us west coast": "PT",
        "australian east coast": "AEST",
        "central": "CT",
        "central standard": "CST",
        "central daylight": "CDT",
        "mountain": "MT",
        "mountain standard": "MST",
        "mountain daylight": "MDT",
        "pacific": "PT",
        "pacific standard": "PST",
        "pacific daylight": "PDT",
        "atlantic standard": "AST",
        "alaska": "AKST",
        "hawaii standard": "HST",
        "british summer": "BST",
        "central european": "CET",
        "central european standard": "CET",
        "central european summer": "CEST",
        "eastern european": "EET",
        "eastern european summer": "EEST",
        "western european": "WET",
        "moscow standard": "MSK",
        "japan standard": "JST",
        "japan": "JST",
        "korea standard": "KST",
        "korean standard": "KST",
        "india standard": "IST@Asia/Kolkata",
        "indian standard": "IST@Asia/Kolkata",
        "israel standard": "IST@Asia/Jerusalem",
        "irish standard": "IST@Europe/Dublin",
        "china standard": "CST@Asia/Shanghai",
        "pakistan standard": "PKT",
        "gulf standard": "GST",
        "arabia standard": "AST@Asia/Riyadh",
        "singapore standard": "SGT",
        "philippine standard": "PHT",
        "australian eastern": "AEST",
        "australian eastern standard": "AEST",
        "australian eastern daylight": "AEDT",
        "new zealand standard": "NZST",
        "new zealand daylight": "NZDT",
    }
)
UTC_NAMES = frozenset({"GMT", "UTC", "UCT", "Z", "ZULU"})


@dataclass(frozen=True, kw_only=True)
class ZoneWords:
    """A time zone as written in a text.

    Parameters
    ----------
    kind : str
        ``"utc"``, ``"offset"``, ``"abbreviation"``, ``"place"`` or ``"local"`` ("local time": the zone of the place).
    name : str
        The abbreviation as written in `ABBREVIATIONS`, or the IANA zone of the place.
    minutes : int
        East of UTC, for an offset.
    preferred : str
        The one zone meant where the words settle an ambiguous abbreviation ("Indian Standard Time").
    several : bool
        True where the place named has several time zones ("U.S. time").
    """

    kind: str
    name: str = ""
    minutes: int = 0
    preferred: str = ""
    several: bool = False


@cache
def zone(name: str) -> dt.tzinfo:
    """Return the time zone of a name.

    Parameters
    ----------
    name : str
        An IANA name, ``"UTC"`` or an offset such as ``"+03:00"``.

    Returns
    -------
    tzinfo
    """
    if name == "UTC":
        return dt.UTC
    if name[0] in "+-":
        hours, minutes = int(name[1:3]), int(name[4:6])
        return dt.timezone((-1 if name[0] == "-" else 1) * dt.timedelta(hours=hours, minutes=minutes))
    return ZoneInfo(name)


def offset_name(minutes: int) -> str:
    """Write an offset as ``"+03:00"``.

    Parameters
    ----------
    minutes : int
        East of UTC.

    Returns
    -------
    str

    Examples
    --------
    >>> offset_name(-210)
    '-03:30'
    """
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


@cache
def offset_at(name: str, day: dt.date, hour: int = 12, minute: int = 0) -> int:
    """Return the offset of a zone at a local time.

    Parameters
    ----------
    name : str
        Zone, as in `zone`.
    day : date
        Local date.
    hour, minute : int
        Local time; noon by default, because clocks are changed at night.

    Returns
    -------
    int
        Minutes east of UTC.
    """
    local = dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone(name))
    offset = local.utcoffset()
    return int(offset.total_seconds() // 60) if offset is not None else 0


def instants_of(name: str, day: dt.date, hour: int, minute: int) -> tuple[dt.datetime, ...]:
    """Return the instants at which the clocks of a zone show a local time.

    Parameters
    ----------
    name : str
        Zone, as in `zone`.
    day : date
        Local date.
    hour, minute : int
        Local time.

    Returns
    -------
    tuple of datetime
        In UTC: one; two in the repeated hour when summer time ends; none in the skipped hour when it begins.
    """
    found: list[dt.datetime] = []
    for fold in (0, 1):
        local = dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone(name), fold=fold)
        instant = local.astimezone(dt.UTC)
        if instant.astimezone(zone(name)).replace(tzinfo=None, fold=0) != local.replace(tzinfo=None, fold=0):
            continue
        if instant not in found:
            found.append(instant)
    return tuple(found)
