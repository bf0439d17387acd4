"""Which keys of a study file are needed, and which go together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from ..errors import UnknownNameError, UsageError
from ..events import parse_instant

STORE = "store"
OF_PRICES = ("adjusted", "splits", "currency")
OF_ONE = ("sensitivities", "curve", "volatility")
OF_MANY = ("groups", "regressions")


def check_places(raw: Mapping[str, Any], top: Collection[str], studied: Collection[str], file: Path) -> None:
    """Raise for a key of the table ``[study]`` that is unknown, or for one that stands above or below by mistake.

    Parameters
    ----------
    raw : mapping
        A study file as it was read.
    top, studied : collection of str
        Keys of the top level, and of the table.
    file : Path
        For the message.

    Raises
    ------
    UsageError
        For the first key in the wrong place.
    UnknownNameError
        If a key of the table is unknown.
    """
    for key in raw:
        if key in studied and key not in top:
            raise UsageError(f"{file}: `{key}` is a key of the table [study]; write it below a line [study]")
    table = raw.get("study")
    for key in table if isinstance(table, Mapping) else ():
        if key in top and key not in studied:
            raise UsageError(f"{file}: [study]: `{key}` is no key of this table; write it above the line [study]")
        if key not in studied:
            raise UnknownNameError("key", key, studied, f"{file}: [study]")


def check_together(table: Mapping[str, Any], file: Path) -> None:
    """Raise `UsageError` if keys are missing, or do not go together.

    Parameters
    ----------
    table : mapping
        The top level of a study file.
    file : Path
        For the message.

    Raises
    ------
    UsageError
        For the first such key.
    """
    beside = [key for key in ("article", "at") if key in table]
    if beside and "events" in table:
        raise UsageError(
            f"{file}: `events` are the events studied and do not go with `{beside[0]}`; "
            "call a list of what else happened `other_events`"
        )
    if not beside and "events" not in table:
        raise UsageError(
            f'{file}: name an `article`, or give the instant: at = "2020-01-07T22:30:00Z", or a list: '
            'events = "events.csv"'
        )
    if "published" in table and "article" not in table:
        raise UsageError(f"{file}: `published` says when an `article` was published; there is none")
    if ignored := [key for key in ("event", "min_confidence") if key in table and "events" in table]:
        raise UsageError(f"{file}: `{ignored[0]}` chooses an event of an `article`; it does not go with `events`")
    if given := [key for key in OF_ONE if table.get(key) and "events" in table]:
        raise UsageError(f"{file}: `{given[0]}` is about one event; it does not go with `events`")
    if given := [key for key in OF_MANY if key in table and "events" not in table]:
        raise UsageError(f"{file}: `{given[0]}` takes columns of a list of events; it goes with `events`")
    _check_measure(table, file)
    if "event" in table and "at" in table:
        raise UsageError(f"{file}: `event` chooses a time of the article, `at` gives another; leave one out")
    if "pack" in table:
        _check_pack(table, file)
        return
    if "engine" in table:
        raise UsageError(f"{file}: [engine] is where a study over a `pack` runs; name one, or take the table out")
    if "prices" not in table and "returns_file" not in table:
        raise UsageError(f'{file}: no `prices`; name a CSV file or a folder of them, or "{STORE}"')
    if "prices" in table and "returns_file" in table:
        raise UsageError(f"{file}: `prices` and `returns_file` are both there; give one of the two")
    if prices := [key for key in OF_PRICES if key in table and "returns_file" in table]:
        raise UsageError(f"{file}: `{prices[0]}` concerns prices; it does not go with `returns_file`")
    _check_store(table, file)


def _check_store(table: Mapping[str, Any], file: Path) -> None:
    """Raise for keys that do not go with the store of prices, or only with it."""
    stored = table.get("prices") == STORE
    if stored and "markets" not in table:
        raise UsageError(f"{file}: prices from the store need `markets`, a list of symbols")
    if stored and "layout" in table:
        raise UsageError(f'{file}: `layout` describes price files; it does not go with prices = "{STORE}"')
    if "pins" in table and not stored:
        raise UsageError(f'{file}: `pins` name files of the store; they go with prices = "{STORE}"')


def _check_measure(table: Mapping[str, Any], file: Path) -> None:
    """Raise for a key about returns beside another measure."""
    if table.get("volatility") and "measure" in table.get("study", {}):
        raise UsageError(f"{file}: `volatility` is about returns; it does not go with `measure`")
    if "returns_file" in table and "measure" in table.get("study", {}):
        raise UsageError(f"{file}: `measure` takes prices with its columns; give `prices` in place of `returns_file`")


def _check_pack(table: Mapping[str, Any], file: Path) -> None:
    """Raise for keys that do not go with a pack."""
    for key in (
        "prices",
        "returns_file",
        "factors_file",
        "layout",
        "pins",
        *OF_PRICES,
        *OF_MANY,
        *OF_ONE,
        "other_events",
    ):
        if key in table:
            raise UsageError(f"{file}: `{key}` does not go with `pack`; leave one out")


def stamp_text(value: str | dt.date) -> str:
    """Return a time of publication as text, as an article has it.

    Parameters
    ----------
    value : str or date

    Returns
    -------
    str
    """
    return value if isinstance(value, str) else value.isoformat()


def instant_text(value: str | dt.datetime, file: Path) -> str:
    """Return the instant as text; it must have a time zone.

    Parameters
    ----------
    value : str or datetime
    file : Path
        For the message.

    Returns
    -------
    str

    Raises
    ------
    UsageError
        If it is no instant.
    """
    text = value.isoformat() if isinstance(value, dt.datetime) else value
    try:
        parse_instant(text)
    except UsageError as error:
        raise UsageError(f"{file}: at = {error}") from None
    return text
