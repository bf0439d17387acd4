"""Where prices come from: one small protocol, and an outcome for every symbol that was asked for.

A source has one method, ``fetch(symbol, interval, start, end) -> Fetched``. What goes wrong with one symbol is an
outcome with its reason, never an empty frame; only misuse raises.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

import pandas as pd

from ...errors import NetworkError, UnknownNameError, UsageError
from ..prices.bars import PRICES, Bars

INTERVALS: Mapping[str, pd.Timedelta | None] = MappingProxyType(
    {"1d": None} | {f"{minutes}m": pd.Timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60, 90)}
)
SESSION, INSTANT = "session", "timestamp_utc"


class FetchOutcome(StrEnum):
    """What became of one symbol."""

    OK = "ok"
    PARTIAL = "partial"
    EMPTY = "empty"
    DELISTED = "delisted"
    RATE_LIMITED = "rate_limited"
    BAD_PAYLOAD = "bad_payload"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked of a source.

    Parameters
    ----------
    symbol : str
    interval : str
        ``"1d"``, or minutes: ``"1m"``, ``"2m"``, ``"5m"``, ``"15m"``, ``"30m"``, ``"60m"``, ``"90m"``.
    start, end : date
        First and last day, both included.

    Raises
    ------
    UsageError
        If the interval is not known or the days run backwards.
    """

    symbol: str
    interval: str
    start: dt.date
    end: dt.date

    def __post_init__(self) -> None:
        if self.interval not in INTERVALS:
            raise UnknownNameError("interval", self.interval, INTERVALS)
        if self.start > self.end:
            raise UsageError(f"from {self.start} to {self.end} runs backwards; give the earlier day first")


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """The answer of a source for one symbol.

    Parameters
    ----------
    request : Request
    outcome : FetchOutcome
    source : str
        The source and its version.
    as_of : Timestamp
        When the answer was given (UTC).
    detail : str
        Why the outcome is not ``ok``, in words.
    frame : DataFrame or None
        Prices, only where the outcome is ``ok`` or ``partial``; index and columns as `eventstudy.Bars` has them, and
        ``dividends`` and ``splits`` where the source tells them.
    adjustment : str
        What the prices were adjusted for, as `eventstudy.Bars` has it.
    facts : mapping of str to str
        What else the source says: currency, time zone, a provisional last row, that no server has ever answered.
    """

    request: Request
    outcome: FetchOutcome
    source: str
    as_of: pd.Timestamp
    detail: str = ""
    frame: pd.DataFrame | None = field(default=None, repr=False)
    adjustment: str = "unknown"
    facts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (self.frame is not None) != (self.outcome in (FetchOutcome.OK, FetchOutcome.PARTIAL)):
            raise ValueError(f"{self.request.symbol}: outcome {self.outcome} and a frame do not go together")

    def bars(self) -> Bars:
        """Return the prices as checked bars.

        Raises
        ------
        NetworkError
            If there are none; the message has the outcome and its reason.
        """
        if self.frame is None:
            raise NetworkError(f"{self.request.symbol}: {self.outcome}: {self.detail}")
        return Bars(
            symbol=self.request.symbol,
            frame=self.frame[[name for name in (*PRICES, "volume", "adj_close") if name in self.frame]],
            source=self.source,
            length=INTERVALS[self.request.interval],
            adjustment=self.adjustment,
            as_of=self.as_of,
        )


class Source(Protocol):
    """Anything that has prices by symbol."""

    @property
    def version(self) -> str:
        """Name and version of the source, for provenance."""

    def fetch(self, symbol: str, interval: str, start: dt.date, end: dt.date) -> Fetched:
        """Return the prices of one symbol from `start` to `end`, both included, or why there are none."""


def fetch_all(source: Source, symbols: Iterable[str], interval: str, start: dt.date, end: dt.date) -> Iterator[Fetched]:
    """Ask a source for several symbols, one after the other.

    Once the source limits the rate for good, the remaining symbols are not asked for: it would make matters worse. Nor
    are they where no server has ever answered (``facts["answered"]`` is ``"never"``): there is no network.

    Yields
    ------
    Fetched
        One a symbol, in the order given; a symbol given twice is asked for once.
    """
    stopped: Fetched | None = None
    for symbol in dict.fromkeys(symbols):
        if stopped is None:
            fetched = source.fetch(symbol, interval, start, end)
            hopeless = fetched.outcome is FetchOutcome.RATE_LIMITED or fetched.facts.get("answered") == "never"
            stopped = fetched if hopeless else None
            yield fetched
        else:
            why = "refused with" if stopped.outcome is FetchOutcome.RATE_LIMITED else "not reached,"
            yield Fetched(
                request=Request(symbol=symbol, interval=interval, start=start, end=end),
                outcome=stopped.outcome,
                detail=f"not asked for: {stopped.request.symbol} was {why} {stopped.detail}",
                source=source.version,
                as_of=stopped.as_of,
            )
