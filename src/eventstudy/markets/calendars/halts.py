"""Trading halts and outages: when an exchange stopped trading during its hours, from ``halts.toml``."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NotRequired, TypedDict

import numpy as np

from ...errors import InputError
from ...files import package_text, parse_toml
from ...schema import validated
from .hours import Hours

# `from` is a Python keyword, so this TypedDict cannot be written as a class.
HaltTable = TypedDict(
    "HaltTable",
    {"from": dt.datetime, "to": dt.datetime, "why": str, "source": str, "unverified": NotRequired[tuple[str, ...]]},
)


@dataclass(frozen=True, kw_only=True)
class Halt:
    """A halt of trading, in the exchange's local time.

    Parameters
    ----------
    begin, end : datetime
        Without a time zone; `end` is when trading resumed, or when the session would have ended.
    why, source : str
        The reason, and where it can be looked up.
    unverified : tuple of str
        ``from`` or ``to`` where the minute is uncertain.
    """

    begin: dt.datetime
    end: dt.datetime
    why: str
    source: str
    unverified: tuple[str, ...] = ()


@functools.cache
def halts() -> Mapping[str, tuple[Halt, ...]]:
    """Return the halts by calendar, in chronological order.

    Returns
    -------
    mapping of str to tuple of Halt
        By MIC.

    Examples
    --------
    >>> halts()["XTKS"][0].why
    'failure of the trading system'
    """
    return parse_halts(package_text(__package__, "halts.toml"))


def parse_halts(text: str, where: str = "halts.toml") -> Mapping[str, tuple[Halt, ...]]:
    r"""Read halts from TOML text: a list of tables for each calendar.

    Parameters
    ----------
    text : str
        TOML.
    where : str
        File, for messages.

    Returns
    -------
    mapping of str to tuple of Halt
        By MIC.

    Raises
    ------
    InputError, UnknownNameError
        If a table is wrong.

    Examples
    --------
    >>> day = "2020-10-01T"
    >>> text = f'[[XTKS]]\nfrom = {day}09:00:00\nto = {day}15:00:00\nwhy = "a failure"\nsource = "JPX"'
    >>> parse_halts(text)["XTKS"][0].end.isoformat()
    '2020-10-01T15:00:00'
    """
    tables = parse_toml(text, where, InputError)
    return MappingProxyType(
        {
            mic: tuple(_halt(row, f"{where}: {mic}, table {number}") for number, row in enumerate(rows, 1))
            for mic, rows in tables.items()
        }
    )


def _halt(row: object, where: str) -> Halt:
    """Return the halt that a table declares."""
    checked = validated(HaltTable, row, where, InputError)
    if checked["from"].tzinfo or checked["to"].tzinfo or checked["from"] >= checked["to"]:
        raise InputError(f"{where}: from and to are local times, without a zone, in the order of time")
    return Halt(
        begin=checked["from"],
        end=checked["to"],
        why=checked["why"],
        source=checked["source"],
        unverified=checked.get("unverified", ()),
    )


def interrupted(hours: Hours, stops: tuple[Halt, ...]) -> Hours:
    """Return trading hours without the times during which trading was halted.

    Parameters
    ----------
    hours : Hours
        Local wall-clock time.
    stops : tuple of Halt
        Halts of the same exchange.

    Returns
    -------
    Hours
        Local wall-clock time.
    """
    for stop in stops:
        # An abandoned session ends at the halt: its last price dates from then, not from the usual close.
        hours = hours.pausing(*(np.full(hours.session.size, at, dtype="M8[ns]") for at in (stop.begin, stop.end)))
    return hours
