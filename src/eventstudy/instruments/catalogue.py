"""What is known of each instrument: its names, the clock it trades by, and what its daily prices are prices of.

A declaration is a table in ``instruments.toml``; a user's own file has the same form. Nothing here knows sessions.
"""

from __future__ import annotations

import datetime as dt
import functools
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..errors import InputError, UnknownNameError

OWN_FILE = "EVENTSTUDY_INSTRUMENTS"


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """One market as a study sees it.

    Parameters
    ----------
    symbol : str
        Key in every table, for example ``"CL=F"``.
    name : str
        Short name for people.
    calendar : str
        The clock it trades by: an exchange's MIC, or one of the project's own (``"NYMEX"``).
    exchange : str
        MIC of the market it is listed on; empty where there is none.
    ric : str
        Code by which newswires name it.
    aliases : tuple of str
        Names as news writes them.
    asset_class, currency, unit : str
        ``unit`` is that of one price: ``"points"``, ``"USD/bbl"``, ``"percent"``, ...
    quote : str
        ``"direct"`` (up is dearer), ``"inverse"`` (up is weaker, as dollar/yen for the yen) or ``"yield"``.
    returns : str
        The kind of return that makes sense: ``"log"`` or, for yields and spreads, ``"change"``.
    total_return : bool
        Whether the series includes dividends.
    observation : str
        What its daily close is: ``"close"``, ``"settlement"``, ``"fixing"`` or ``"snapshot"``.
    observed_at : tuple of (date, time)
        When that price is known, local to `observed_zone`, each from its date on; empty: the session's close.
    observed_zone : str
        IANA zone of those times where it is not the calendar's.
    observed_early : tuple of time or None
        ``(closing_by, at)``: on days that close by the first (local to the calendar) the price is known at the second.
    observed_after_close : timedelta
        Delay of the observation after the session's close.
    open_means, close_means : str
        What the daily open and close are, in words.
    open_is_stale_before : date or None
        Daily opens before this date repeat older prices, so no opening gap can be read from them.
    proxy_for : str
        What it stands in for where the thing itself has no price here.
    family : str
        Instruments of one family move together by construction.
    formula : str
        Where its price is worked out of others': a sum such as ``"BZ=F - CL=F"``.
    unverified : tuple of str
        Fields for which no public source was found.

    Examples
    --------
    >>> crude = find_instrument("CL=F")
    >>> crude.name, crude.observation, crude.observed_at[-1][1].isoformat("minutes")
    ('WTI crude', 'settlement', '14:30')
    """

    symbol: str
    name: str
    calendar: str
    exchange: str = ""
    ric: str = ""
    aliases: tuple[str, ...] = ()
    asset_class: str = ""
    currency: str = ""
    unit: str = ""
    quote: str = "direct"
    returns: str = "log"
    total_return: bool = False
    observation: str = "close"
    observed_at: tuple[tuple[dt.date, dt.time], ...] = ()
    observed_zone: str = ""
    observed_early: tuple[dt.time, dt.time] | None = None
    observed_after_close: dt.timedelta = dt.timedelta(0)
    open_means: str = ""
    close_means: str = ""
    open_is_stale_before: dt.date | None = None
    proxy_for: str = ""
    family: str = ""
    formula: str = ""
    unverified: tuple[str, ...] = ()

    def open_is_stale(self, session: dt.date) -> bool:
        """Whether the daily open of `session` repeats an older price."""
        return self.open_is_stale_before is not None and session < self.open_is_stale_before


_FIELDS = tuple(field.name for field in fields(Instrument))
_CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "quote": ("direct", "inverse", "yield"),
        "returns": ("log", "simple", "change"),
        "observation": ("close", "settlement", "fixing", "snapshot"),
    }
)


def read_instruments(path: str | Path) -> Mapping[str, Instrument]:
    """Read declarations of instruments from a TOML file, one table a symbol.

    Raises
    ------
    InputError
        If the file is missing, is not TOML, or a declaration is wrong.
    UnknownNameError
        If a key is not known.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}); give a TOML file of instruments") from None
    return parse_instruments(text, where=str(path))


def parse_instruments(text: str, *, where: str = "instruments") -> Mapping[str, Instrument]:
    r"""Read declarations of instruments from TOML text.

    Examples
    --------
    >>> own = parse_instruments('["^XYZ"]\nname = "My index"\ncalendar = "XTKS"')
    >>> own["^XYZ"].observation
    'close'
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where}: not TOML: {error}") from None
    return MappingProxyType({symbol: _instrument(symbol, table, where) for symbol, table in tables.items()})


@functools.cache
def catalogue() -> Mapping[str, Instrument]:
    """Return the instruments that are known, by symbol: the package's, and those of a file of one's own.

    The file is named by the environment variable ``EVENTSTUDY_INSTRUMENTS``; its declarations win. It is read once.

    Raises
    ------
    InputError
        As `read_instruments`.

    Examples
    --------
    >>> catalogue()["^N225"].calendar
    'XTKS'
    """
    packaged, own = parse_instruments(catalogue_text(), where="instruments.toml"), own_file()
    return packaged if own is None else MappingProxyType({**packaged, **read_instruments(own)})


def own_file() -> Path | None:
    """Return the user's own file of instruments, where one is named."""
    named = os.environ.get(OWN_FILE)
    return Path(named) if named else None


def catalogue_text() -> str:
    """Return the declarations that come with the package, as they stand in ``instruments.toml``."""
    return resources.files(__package__).joinpath("instruments.toml").read_text(encoding="utf-8")


def find_instrument(symbol: str, *, among: Mapping[str, Instrument] | None = None) -> Instrument:
    """Return the instrument of a symbol.

    Parameters
    ----------
    symbol : str
    among : mapping, optional
        Where to look; the package's catalogue if left out.

    Raises
    ------
    UnknownNameError
        If there is none; the symbols of instruments with a like symbol, name or code are offered.

    Examples
    --------
    >>> find_instrument("Nikkei")
    Traceback (most recent call last):
    eventstudy.errors.UnknownNameError: unknown market 'Nikkei'; did you mean '^N225'?
    """
    known = catalogue() if among is None else among
    if symbol in known:
        return known[symbol]
    raise UnknownNameError("market", symbol, known, near=_named(symbol, known.values()))


def _named(text: str, instruments: Iterable[Instrument]) -> list[str]:
    """Symbols of the instruments that go by `text`: another spelling of the symbol, the RIC or a name in news."""
    wanted = text.strip().lower()
    return [
        each.symbol
        for each in instruments
        if wanted in {each.symbol.lower(), each.ric.lower(), each.name.lower(), *map(str.lower, each.aliases)} - {""}
    ]


def _instrument(symbol: str, table: Any, where: str) -> Instrument:
    """Make one instrument of its TOML table."""
    here = f"{where}: [{symbol!r}]"
    if not isinstance(table, dict):
        raise InputError(f"{here}: expected a table of facts about one instrument")
    for key in table:
        if key not in _FIELDS or key == "symbol":
            raise UnknownNameError("key", key, [name for name in _FIELDS if name != "symbol"], where=here)
    missing = [key for key in ("name", "calendar") if not table.get(key)]
    if missing:
        raise InputError(f"{here}: {' and '.join(missing)} must be given")
    return Instrument(symbol=symbol, **{key: _value(key, value, here) for key, value in table.items()})


def _value(key: str, value: Any, here: str) -> Any:
    """Check one TOML value and give it the type of its field."""
    if not isinstance(value, _TYPES[key]) or (isinstance(value, bool) and _TYPES[key] is not bool):
        raise InputError(f"{here}: {key} = {value!r} should be {_SPOKEN[key]}")
    if key in _CHOICES and value not in _CHOICES[key]:
        raise UnknownNameError(key, value, _CHOICES[key], where=here)
    if key == "observed_at":
        return _dated_times(value, here)
    if key == "observed_early":
        return _early_times(value, here)
    if key == "observed_after_close":
        return dt.timedelta(minutes=value)
    return tuple(value) if isinstance(value, list) else value


def _dated_times(rows: list[Any], here: str) -> tuple[tuple[dt.date, dt.time], ...]:
    """Read ``[{ from = DATE, at = TIME }, ...]``; a first row without a date holds from the beginning."""
    pairs = []
    for row in rows:
        since, at = (row.get("from", dt.date.min), row.get("at")) if isinstance(row, dict) else (None, None)
        if not isinstance(since, dt.date) or not isinstance(at, dt.time):
            raise InputError(f"{here}: observed_at takes rows such as {{ from = 2024-11-05, at = 15:30:00 }}")
        pairs.append((since, at))
    if pairs != sorted(pairs):
        raise InputError(f"{here}: the rows of observed_at must run forward in time")
    return tuple(pairs)


def _early_times(row: dict[str, Any], here: str) -> tuple[dt.time, dt.time]:
    """Read ``{ closing_by = TIME, at = TIME }``."""
    closing_by, at = row.get("closing_by"), row.get("at")
    if len(row) != 2 or not isinstance(closing_by, dt.time) or not isinstance(at, dt.time):
        raise InputError(f"{here}: observed_early looks like {{ closing_by = 13:45:00, at = 13:30:00 }}")
    return closing_by, at


_TYPES: Mapping[str, Any] = MappingProxyType(
    dict.fromkeys(_FIELDS, str)
    | {"aliases": list, "observed_at": list, "unverified": list, "total_return": bool, "observed_after_close": int}
    | {"observed_early": dict, "open_is_stale_before": dt.date}
)
_SPOKEN: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(_FIELDS, "text")
    | {"aliases": "a list of names", "observed_at": "a list of dated times", "unverified": "a list of keys"}
    | {"total_return": "true or false", "observed_after_close": "a whole number of minutes"}
    | {"observed_early": "two local times, closing_by and at", "open_is_stale_before": "a date such as 2025-06-23"}
)
