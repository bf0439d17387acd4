"""Read declarations of instruments: one table a symbol, from a file, a study file or Python."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, NotRequired, TypedDict

from annotated_types import Ge, Le

from ..errors import InputError, UsageError
from ..files import local_path, parse_toml, read_toml
from ..schema import validated
from .instrument import Instrument
from .own_calendar import CalendarTable, OwnCalendar, Text, Zone, calendar_of, calendar_table, read_holidays

DatedTime = TypedDict("DatedTime", {"from": NotRequired[dt.date], "at": dt.time})
Names = Annotated[tuple[str, ...], "a list of names, each in quotes"]
DatedTimes = Annotated[
    tuple[DatedTime, ...], "a list such as [{ at = 15:00:00 }, { from = 2024-11-05, at = 15:30:00 }]"
]


class EarlyTimes(TypedDict):
    """Keys of `Instrument.observed_early`."""

    closing_by: dt.time
    at: dt.time


class InstrumentTable(TypedDict, total=False):
    """Keys of a declaration: those of `Instrument`, and ``clock`` for a calendar of its own."""

    name: Text
    calendar: Text
    clock: CalendarTable
    exchange: str
    ric: str
    aliases: Names
    asset_class: str
    currency: str
    unit: str
    quote: Literal["direct", "inverse", "yield"]
    returns: Literal["log", "simple", "change"]
    total_return: bool
    observation: Literal["close", "settlement", "fixing", "snapshot"]
    observed_at: DatedTimes
    observed_zone: Zone
    observed_early: Annotated[EarlyTimes, "two local times such as { closing_by = 13:45:00, at = 13:30:00 }"]
    observed_after_close: Annotated[int, Ge(0), Le(1440), "a whole number of minutes, 0 to 1440"]
    open_means: str
    close_means: str
    open_is_stale_before: dt.date
    proxy_for: str
    family: str
    formula: str
    remark: str
    unverified: Names


def read_instruments(path: str | Path) -> Mapping[str, Instrument]:
    """Read declarations of instruments from a TOML file, one table a symbol.

    Parameters
    ----------
    path : path

    Returns
    -------
    mapping of str to Instrument

    Raises
    ------
    InputError
        If the file is missing, is not TOML, or a declaration is wrong.
    UnknownNameError
        If a key is not known.
    """
    file = local_path(path)
    _, tables = read_toml(file, InputError)
    return instruments_of(tables, where=str(file), folder=file.parent, basis=file.name)


def parse_instruments(text: str, *, where: str = "instruments", basis: str = "declared") -> Mapping[str, Instrument]:
    r"""Read declarations of instruments from TOML text.

    Parameters
    ----------
    text : str
    where : str
        File, for messages.
    basis : str
        Why they have their clocks, for `Instrument.clock_basis`.

    Returns
    -------
    mapping of str to Instrument

    Examples
    --------
    >>> own = parse_instruments('["^XYZ"]\nname = "My index"\ncalendar = "XTKS"')
    >>> own["^XYZ"].observation
    'close'
    """
    return instruments_of(parse_toml(text, where, InputError), where=where, basis=basis)


def instruments_of(
    tables: Mapping[str, Any],
    *,
    where: str = "instruments",
    folder: Path | None = None,
    basis: str = "declared",
    base: Callable[[str], Instrument | None] = lambda symbol: None,
) -> Mapping[str, Instrument]:
    """Make instruments of tables of plain values, one a symbol.

    Parameters
    ----------
    tables : mapping of str to table or Instrument
        As they stand in ``instruments.toml``, or in ``[instruments]`` of a study file.
    where : str
        File, for messages.
    folder : Path, optional
        Where files of holidays are looked for.
    basis : str
        Why they have their clocks, for `Instrument.clock_basis`.
    base : callable, optional
        What is known of a symbol already; a table then only changes the keys that it gives.

    Returns
    -------
    mapping of str to Instrument

    Raises
    ------
    InputError
        If a declaration is wrong.
    UnknownNameError
        If a key is not known.

    Examples
    --------
    >>> clock = {"timezone": "Asia/Ho_Chi_Minh", "open": "09:00", "close": "14:45", "breaks": [["11:30", "13:00"]]}
    >>> own = instruments_of({"VNM.VN": {"name": "Vinamilk", "clock": clock}, "VIC.VN": {"calendar": "VNM.VN"}})
    >>> str(own["VIC.VN"].calendar), own["VIC.VN"].name
    ('VNM.VN', 'VIC.VN')
    """
    if not isinstance(tables, Mapping):
        raise InputError(f'{where}: expected a table of instruments, such as ["^XYZ"] with calendar = "XTKS"')
    found: dict[str, Instrument] = {}
    for symbol, table in tables.items():
        if isinstance(table, Instrument):
            if table.symbol != symbol:
                raise UsageError(
                    f"{where}: the instrument {table.symbol!r} stands under {symbol!r}; use one of the two"
                )
            found[symbol] = table
        else:
            found[symbol] = _instrument(symbol, table, f"{where}: [{symbol!r}]", folder, basis, base(symbol))
    shared = {symbol: each.calendar for symbol, each in found.items() if isinstance(each.calendar, OwnCalendar)}
    return MappingProxyType(
        {
            symbol: replace(each, calendar=shared[each.calendar]) if each.calendar in shared else each
            for symbol, each in found.items()
        }
    )


def _instrument(
    symbol: str, table: Any, here: str, folder: Path | None, basis: str, base: Instrument | None
) -> Instrument:
    """Make one instrument of its table."""
    if not isinstance(table, Mapping):
        raise InputError(f"{here}: expected a table of facts about one instrument")
    checked: Mapping[str, Any] = validated(InstrumentTable, dict(table), here, InputError)
    if {"calendar", "clock"} <= checked.keys():
        raise InputError(f"{here}: two clocks for one symbol; give calendar or clock, not both")
    if base is None and not {"calendar", "clock"} & checked.keys():
        raise InputError(f'{here}: calendar must be given, such as "XNYS", or a clock of its own')
    values = {key: _value(key, value, here) for key, value in checked.items() if key != "clock"}
    if "clock" in checked:
        values["calendar"] = calendar_of(symbol, checked["clock"], f"{here}: clock", _reader(folder))
    if "calendar" in values:
        values["clock_basis"] = basis
    return Instrument(symbol=symbol, **{"name": symbol, **values}) if base is None else replace(base, **values)


def _reader(folder: Path | None) -> Callable[[str], tuple[Any, ...]]:
    """Return a reader of files of holidays in a folder."""
    return lambda name: read_holidays((folder or Path()) / local_path(name))


def _value(key: str, value: Any, here: str) -> Any:
    """Give one checked value the type of its field."""
    if key == "observed_at":
        rows = tuple((row.get("from", dt.date.min), row["at"]) for row in value)
        if list(rows) != sorted(rows):
            raise InputError(f"{here}: the rows of observed_at must run forward in time")
        return rows
    if key == "observed_early":
        return value["closing_by"], value["at"]
    return dt.timedelta(minutes=value) if key == "observed_after_close" else value


def table_of(instrument: Instrument) -> dict[str, Any]:
    """Return the table that declares an instrument; `instruments_of` makes the same instrument of it.

    Parameters
    ----------
    instrument : Instrument

    Returns
    -------
    dict
        Keys of `InstrumentTable` that differ from their defaults.

    Examples
    --------
    >>> table_of(Instrument(symbol="X", name="x", calendar="XTKS", observed_after_close=dt.timedelta(minutes=5)))
    {'name': 'x', 'calendar': 'XTKS', 'observed_after_close': 5}
    """
    table: dict[str, Any] = {}
    for item in fields(instrument):
        value = getattr(instrument, item.name)
        if item.name in ("symbol", "clock_basis") or value == item.default:
            continue
        if isinstance(value, OwnCalendar):
            table["clock"] = calendar_table(value)
        else:
            table[item.name] = _written(item.name, value)
    return table


def _written(key: str, value: Any) -> Any:
    """Return the value of a field as a declaration has it."""
    if key == "observed_at":
        return [{"at": at} if since == dt.date.min else {"from": since, "at": at} for since, at in value]
    if key == "observed_early":
        return dict(zip(("closing_by", "at"), value, strict=True))
    if isinstance(value, dt.timedelta):
        return int(value.total_seconds() // 60)
    return list(value) if isinstance(value, tuple) else value
