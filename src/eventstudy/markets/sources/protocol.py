"""The protocol of price sources, and the outcome of fetching each symbol.

A source has one method, ``fetch(symbol, interval, start, end) -> Fetched``. A failure for one symbol is an outcome with
its reason, never an empty frame; only misuse raises.
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

# Length of the bars of each interval; None for daily bars, which are labelled by session and have no fixed length.
INTERVALS: Mapping[str, pd.Timedelta | None] = MappingProxyType(
    {"1d": None} | {f"{minutes}m": pd.Timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60, 90)}
)
SESSION, INSTANT = "session", "timestamp_utc"


class FetchOutcome(StrEnum):
    """Outcome of fetching one symbol.

    Notes
    -----
    - ``ok``: prices for the whole range that was asked for.
    - ``partial``: prices, but rows or days are missing; the detail names them.
    - ``empty``: the source knows the symbol and has no prices in the range.
    - ``delisted``: the source does not know the symbol, or no longer lists it.
    - ``rate_limited``: the source refused because of too many requests.
    - ``bad_payload``: the answer cannot be read, or contradicts itself.
    - ``unreachable``: no server answered, or the server failed.
    - ``refused``: the source does not answer such a request.
    """

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
    """A request for the prices of one symbol.

    Parameters
    ----------
    symbol : str
        As the source writes it.
    interval : str
        ``"1d"``, or minutes: ``"1m"``, ``"2m"``, ``"5m"``, ``"15m"``, ``"30m"``, ``"60m"``, ``"90m"``.
    start, end : date
        First and last day, both included.

    Raises
    ------
    UnknownNameError
        If the interval is not known.
    UsageError
        If `start` is later than `end`.
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
        What was asked for.
    outcome : FetchOutcome
        Whether there are prices, and if not why.
    source : str
        Name and version of the source.
    as_of : Timestamp
        When the answer was given (UTC).
    detail : str
        Why the outcome is not ``ok``, in words.
    frame : DataFrame or None
        Prices, only where the outcome is ``ok`` or ``partial``; index and columns as in `eventstudy.Bars`, and
        ``dividends`` and ``splits`` where the source has them.
    adjustment : str
        What the prices were adjusted for, as in `eventstudy.Bars`.
    facts : mapping of str to str
        What else the source reports: currency, time zone, a provisional last row, that no server ever answered.
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

        Returns
        -------
        Bars
            Prices and volume; dividends and splits are left out.

        Raises
        ------
        NetworkError
            If there are no prices; the message has the outcome and its reason.
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
    """A source of prices by symbol."""

    @property
    def version(self) -> str:
        """Name and version of the source, for provenance."""

    def fetch(self, symbol: str, interval: str, start: dt.date, end: dt.date) -> Fetched:
        """Return the prices of one symbol, or the reason why there are none.

        Parameters
        ----------
        symbol : str
            As the source writes it.
        interval : str
            A key of `INTERVALS`.
        start, end : date
            First and last day, both included.

        Returns
        -------
        Fetched
            The prices, or the outcome that explains why there are none.
        """


def fetch_all(source: Source, symbols: Iterable[str], interval: str, start: dt.date, end: dt.date) -> Iterator[Fetched]:
    """Fetch several symbols from a source, one after the other.

    After the source has limited the rate for good, the remaining symbols are not requested: more requests would prolong
    the block. The same holds where no server has ever answered (``facts["answered"]`` is ``"never"``): there is no
    network.

    Parameters
    ----------
    source : Source
        Where the prices come from.
    symbols : iterable of str
        A symbol given twice is requested once.
    interval : str
        A key of `INTERVALS`.
    start, end : date
        First and last day, both included.

    Yields
    ------
    Fetched
        One for each symbol, in the order given.
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
