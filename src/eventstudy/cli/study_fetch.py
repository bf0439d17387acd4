"""What ``eventstudy run --fetch`` gets before the run: prices that a study needs and that the store lacks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd

from ..errors import NetworkError, NotEnoughDataError, UsageError
from ..markets.prices.conversion import rate_symbols, usual_rate
from ..markets.sources.protocol import Source
from ..markets.sources.store import Entry, Store
from ..markets.sources.yahoo import YahooSource
from ..study.config import STORE, StudyFile
from ..study.prices import days_needed, foreign, interval_of, needed
from ..study.run import event_days
from .price_actions import fetched_into, remarks
from .terminal import note

DAY = pd.Timedelta(days=1)


def fetch_missing(
    file: StudyFile, *, source: Callable[[], Source] = YahooSource, today: dt.date | None = None
) -> StudyFile:
    """Fetch the prices that a study needs and the store lacks, and pin the files that it then reads.

    Parameters
    ----------
    file : StudyFile
    source : callable
        Makes the source; nothing is made where nothing is missing.
    today : date, optional
        The present day (UTC) where it is left out.

    Returns
    -------
    StudyFile
        The same study with ``pins``.

    Raises
    ------
    UsageError
        If the study takes its prices from elsewhere than the store, or pins them already.
    NetworkError
        If a symbol of which the store has nothing could not be fetched.
    NotEnoughDataError
        If the days of the study have not come yet.
    """
    _check(file)
    store, interval = Store.of(None), interval_of(file)
    first, last = days_needed(file, *event_days(file))
    last = min(last, today or dt.datetime.now(dt.UTC).date())
    if first > last:
        raise NotEnoughDataError(f"{file.path}: the study begins on {first}; there are no prices yet")
    have = {
        name: _covering(store, name, interval, first, last) for name in _symbols(file, store, interval, first, last)
    }
    missing = [name for name, entry in have.items() if entry is None]
    if missing:
        have |= _fetched(store, source, missing, interval, first, last)
    return replace(file, pins=tuple(entry.sha256 for entry in have.values() if entry is not None))


def _check(file: StudyFile) -> None:
    """Raise `UsageError` for a study to which fetching means nothing."""
    if file.prices is not None or file.returns_file is not None or file.pack is not None:
        raise UsageError(f'{file.path}: --fetch gets prices into the store; write prices = "{STORE}" to use them')
    if file.pins:
        raise UsageError(f"{file.path}: `pins` settle which prices are used; take them out, or leave out --fetch")


def _symbols(file: StudyFile, store: Store, interval: str, first: dt.date, last: dt.date) -> list[str]:
    """Symbols that the study needs, and for each currency the rate that is there, else the usual one."""
    rates = []
    for currency in foreign(file):
        names = rate_symbols(currency, str(file.currency))
        there = (name for name in names if _covering(store, name, interval, first, last))
        rates.append(next(there, usual_rate(currency, str(file.currency))))
    return list(dict.fromkeys((*needed(file), *rates)))


def _covering(store: Store, symbol: str, interval: str, first: dt.date, last: dt.date) -> Entry | None:
    """Return the youngest answer that has all days that were over when it was given."""
    for entry in reversed(store.survey(symbol, interval).entries):
        asked, unfinished = entry.provenance.get("request", {}), entry.provenance.get("facts", {}).get("provisional")
        over = min(str(asked.get("to", "")), str((entry.as_of - DAY).date()))
        if (
            str(asked.get("from", "9999")) <= str(first)
            and str(last) <= over
            and not (unfinished or "9999") <= str(last)
        ):
            return entry
    return None


def _fetched(
    store: Store, source: Callable[[], Source], missing: Sequence[str], interval: str, first: dt.date, last: dt.date
) -> dict[str, Entry]:
    """Fetch and tell; where nothing arrives an older answer stands in, if there is one."""
    found: dict[str, Entry] = {}
    failed: list[str] = []
    note(f"fetching {len(missing)} symbols from Yahoo, {first} to {last}, into {store.folder}")
    for fetched, entry in fetched_into(store, source, missing, interval, first, last):
        symbol, said = fetched.request.symbol, f"{fetched.outcome}{f': {fetched.detail}' if fetched.detail else ''}"
        older = store.survey(symbol, interval).entries
        if entry is not None:
            found[symbol] = entry
            note(f"fetched {symbol}: {said}; {entry.provenance['rows']} rows, SHA-256 {entry.sha256[:12]}")
        elif older:
            found[symbol] = older[-1]
            note(f"{symbol}: {said}; the answer of {older[-1].as_of:%Y-%m-%d} is used")
        else:
            failed.append(f"{symbol}: {said}")
        for line in remarks(fetched):
            note(line)
    if failed:
        raise NetworkError("; ".join(failed))
    return found
