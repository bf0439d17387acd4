"""Fetch prices from Yahoo through yfinance: one request per symbol, adjusted for splits only, failures as outcomes.

Yahoo's terms allow personal use; nothing is requested unless the user asks for it.
"""

from __future__ import annotations

import atexit
import datetime as dt
import functools
import logging
import math
import re
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from ...errors import EventStudyError, UsageError
from ...instruments.catalogue import Instruments
from ...optional import need
from ...text import first_few
from ..calendars.schedule import schedule
from ..prices.bars import PRICES
from .currencies import is_currency, new_york_days
from .pacing import LONGEST_WAIT, Pace
from .protocol import INSTANT, SESSION, Fetched, FetchOutcome, Request
from .wire import Refusal, watch

EXTRA = "prices"
# Days of history that Yahoo serves, from yfinance 1.7.0 (scrapers/history.py); one-minute bars a week at a time.
REACH: Mapping[str, int] = MappingProxyType({"1m": 7, "2m": 60, "5m": 60, "15m": 60, "30m": 60, "90m": 60, "60m": 730})
COLUMNS = {
    "Open": "open",
    "High": "high",
    "Low": "low",
    "Close": "close",
    "Adj Close": "adj_close",
    "Volume": "volume",
    "Dividends": "dividends",
    "Stock Splits": "splits",
}
SYMBOL = re.compile(r"[A-Za-z0-9.^=&_-]{1,32}")
ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]")
STRAY_SHARE = 0.1


def _now() -> pd.Timestamp:
    return pd.Timestamp.now("UTC")


@dataclass(frozen=True, kw_only=True)
class YahooSource:
    """Yahoo's chart service.

    Parameters
    ----------
    session : requests.Session or curl_cffi.requests.Session, optional
        A session of the user's own, for example with a proxy; it is made to keep the rate limit.
    pace : Pace
        Rate limit of the requests.
    attempts : int
        Requests for one symbol before giving up, at least 1.
    timeout : float
        Seconds to wait for one answer.
    now : callable
        Returns the present instant (UTC).

    Notes
    -----
    Daily prices of currencies are built from hourly bars at 17:00 New York: see
    `eventstudy.markets.sources.currencies`.
    """

    session: Any = None
    pace: Pace = field(default_factory=Pace)
    attempts: int = 4
    timeout: float = 15.0
    now: Callable[[], pd.Timestamp] = _now
    twice: list[str] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        session = (
            need("curl_cffi.requests", EXTRA).Session(impersonate="chrome") if self.session is None else self.session
        )
        object.__setattr__(self, "session", watch(session, self.pace, self.twice))

    @property
    def version(self) -> str:
        """Yahoo, by the version of yfinance."""
        return f"yahoo (yfinance {need('yfinance', EXTRA).__version__})"

    def fetch(self, symbol: str, interval: str, start: dt.date, end: dt.date) -> Fetched:
        """Fetch the prices of one symbol.

        Parameters
        ----------
        symbol : str
            As Yahoo writes it.
        interval : str
            A key of `eventstudy.markets.sources.protocol.INTERVALS`.
        start, end : date
            First and last day, both included.

        Returns
        -------
        Fetched
            ``adjustment`` is ``"split"``: Yahoo's prices are adjusted for splits, ``adj_close`` for dividends as well.

        Raises
        ------
        UsageError
            If Yahoo cannot have such a symbol.
        """
        if not SYMBOL.fullmatch(symbol):
            raise UsageError(f"{symbol!r} is not a symbol of Yahoo's, such as CL=F or ^N225")
        if ISIN.fullmatch(symbol.upper()):
            raise UsageError(f"{symbol} is an ISIN; pass Yahoo's own symbol, such as 7203.T")
        request = Request(symbol=symbol.upper(), interval=interval, start=start, end=end)
        try:
            return self._currency(request) if is_currency(symbol) and interval == "1d" else self._ask(request)
        except Refusal as refusal:
            silent = refusal.outcome is FetchOutcome.UNREACHABLE and math.isfinite(self.pace.left())
            return self._answer(request, refusal.outcome, refusal.detail, facts={"answered": "never"} if silent else {})

    def _answer(self, request: Request, outcome: FetchOutcome, detail: str, **rest: Any) -> Fetched:
        return Fetched(request=request, outcome=outcome, detail=detail, source=self.version, as_of=self.now(), **rest)

    def _currency(self, request: Request) -> Fetched:
        """Return the daily prices of a currency, built from its hourly bars."""
        first = request.start - dt.timedelta(days=1)
        hours = Request(symbol=request.symbol, interval="60m", start=first, end=request.end)
        reach = self._first_day("60m")
        if request.start < reach:
            raise Refusal(
                FetchOutcome.REFUSED,
                f"a currency's daily close is built from hourly bars, which Yahoo has from {reach} on; its own daily "
                "close is the price at 00:00 UTC, when the day begins",
                retry=False,
            )
        hourly = self._ask(hours)
        assert hourly.frame is not None
        days, missing = new_york_days(hourly.frame, request.start, request.end, self.now())
        if days.empty:
            raise Refusal(FetchOutcome.EMPTY, "no hourly bar from 16:00 to 17:00 New York in these days")
        detail = f"no 17:00 New York close {_days(missing)}" if len(missing) else ""
        facts = {**hourly.facts, "built_from": "60m bars, 17:00 New York to 17:00 New York"}
        outcome = FetchOutcome.PARTIAL if detail else FetchOutcome.OK
        return self._answer(request, outcome, detail, frame=days, adjustment="raw", facts=facts)

    def _first_day(self, interval: str) -> dt.date:
        """Return the first day for which Yahoo has bars of an interval."""
        days = REACH.get(interval)
        return dt.date.min if days is None else (self.now() - pd.Timedelta(days=days - 1)).date()

    def _ask(self, request: Request) -> Fetched:
        """Request prices until there is an answer, or another attempt cannot help."""
        reach = self._first_day(request.interval)
        if request.end < reach:
            why = f"Yahoo has {request.interval} bars from {reach} on; ask for later days or a longer interval"
            raise Refusal(FetchOutcome.REFUSED, why, retry=False)
        for attempt in range(1, self.attempts + 1):
            try:
                return self._once(request, max(request.start, reach))
            except Refusal as refusal:
                hopeless = not refusal.retry or refusal.wait > LONGEST_WAIT or not self.pace.allows(attempt)
                if hopeless or attempt == self.attempts:
                    raise
                self.pace.back_off(attempt, refusal.wait)
        raise AssertionError("attempts must be at least 1")

    def _once(self, request: Request, first: dt.date) -> Fetched:
        """Request prices once."""
        frame, facts = self._history(request, first)
        frame, left_out = _tidied(frame, request)
        zone = facts["timezone"]
        if request.interval == "1d":
            _check_sessions(request.symbol, pd.DatetimeIndex(frame.index), zone)
            if frame.index[-1] >= self.now().tz_convert(zone).tz_localize(None).normalize():
                facts["provisional"] = f"{frame.index[-1]:%Y-%m-%d}"
        details = [f"no full price {_days(left_out)}"] if len(left_out) else []
        if self.twice:
            details.append(f"more than one row for {first_few(self.twice)}; one was kept")
        if first > request.start:
            details.append(f"Yahoo has {request.interval} bars from {first} on")
        outcome = FetchOutcome.PARTIAL if details else FetchOutcome.OK
        return self._answer(request, outcome, "; ".join(details), frame=frame, adjustment="split", facts=facts)

    def _history(self, request: Request, first: dt.date) -> tuple[pd.DataFrame, dict[str, str]]:
        """Call yfinance and convert whatever it raises to a refusal."""
        yahoo, data, errors = (need(f"yfinance{name}", EXTRA) for name in ("", ".data", ".exceptions"))
        with _outspoken(yahoo):
            data.YfData.cache_get.cache_clear()
            try:
                ticker = yahoo.Ticker(request.symbol, session=self.session)
                frame = ticker.history(
                    interval=request.interval,
                    start=first,
                    end=request.end + dt.timedelta(days=1),
                    auto_adjust=False,
                    actions=True,
                    keepna=True,
                    timeout=self.timeout,
                )
                meta = ticker.history_metadata
                return frame, {key: str(meta[name]) for key, name in _FACTS.items()}
            except Refusal:
                raise
            except errors.YFRateLimitError:
                raise Refusal(FetchOutcome.RATE_LIMITED, "HTTP 429, too many requests") from None
            except errors.YFTzMissingError:
                raise Refusal(FetchOutcome.BAD_PAYLOAD, "an answer without the exchange's time zone") from None
            except errors.YFPricesMissingError:
                raise Refusal(FetchOutcome.EMPTY, "Yahoo knows the symbol and has no prices in these days") from None
            except OSError as error:
                raise _unreachable(error) from None
            except Exception as error:
                raise Refusal(FetchOutcome.BAD_PAYLOAD, f"{type(error).__name__}: {str(error)[:200]}") from None


_FACTS = {"currency": "currency", "timezone": "exchangeTimezoneName", "instrument_type": "instrumentType"}


@functools.cache
def _private_cache(yahoo: Any) -> str:
    """Give yfinance's cache (time zones, cookies) a folder of this process; a shared one may be locked."""
    folder = tempfile.mkdtemp(prefix="eventstudy-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    yahoo.set_tz_cache_location(folder)
    return folder


@contextmanager
def _outspoken(yahoo: Any) -> Iterator[None]:
    """Make yfinance raise its errors instead of logging them, during one call."""
    _private_cache(yahoo)
    logger = logging.getLogger("yfinance")
    hidden, level = yahoo.config.debug.hide_exceptions, logger.level
    yahoo.config.debug.hide_exceptions = False
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # deprecation warnings of yfinance's own code; the user cannot act on them
            yield
    finally:
        yahoo.config.debug.hide_exceptions = hidden
        logger.setLevel(level)


def _unreachable(error: OSError) -> Refusal:
    """Distinguish an incomplete answer from a server that did not answer."""
    name = type(error).__name__
    broken = name in ("ChunkedEncodingError", "ContentDecodingError", "IncompleteRead", "JSONDecodeError")
    outcome = FetchOutcome.BAD_PAYLOAD if broken else FetchOutcome.UNREACHABLE
    words = " ".join(str(error).split()).partition(" See http")[0]  # curl appends a link to its manual
    return Refusal(outcome, f"{name}: {words[:200]}")


def _tidied(frame: pd.DataFrame, request: Request) -> tuple[pd.DataFrame, pd.DatetimeIndex]:
    """Return the rows with four finite prices, and the labels of the other rows."""
    if frame.empty:
        raise Refusal(FetchOutcome.EMPTY, "Yahoo knows the symbol and has no prices in these days")
    index = pd.DatetimeIndex(frame.index)
    if index.hasnans:
        raise Refusal(FetchOutcome.BAD_PAYLOAD, "a null among the timestamps")
    index = index.tz_localize(None).normalize() if request.interval == "1d" else index.tz_convert("UTC")
    label = SESSION if request.interval == "1d" else INSTANT
    frame = (
        frame.rename(columns=COLUMNS)[list(COLUMNS.values())]
        .astype(float)
        .set_axis(index.as_unit("us"))
        .rename_axis(label)
    )
    prices = frame[list(PRICES)].to_numpy()
    if np.isinf(prices).any():
        raise Refusal(FetchOutcome.BAD_PAYLOAD, "an infinite price")
    full = ~np.isnan(prices).any(axis=1)
    if not full.any():
        raise Refusal(FetchOutcome.EMPTY, f"{len(frame)} rows and no full price among them")
    return frame[full], index[~full]


def _check_sessions(symbol: str, days: pd.DatetimeIndex, zone: str) -> None:
    """Refuse daily labels that are not sessions of the market, as under a wrong time zone."""
    instrument = Instruments().get(symbol)
    if instrument is None:
        return
    try:
        sessions = schedule(instrument, days[0].date(), days[-1].date()).sessions
    except EventStudyError:  # outside the calendar's range there is nothing to compare with
        return
    strays = days[~np.isin(days.to_numpy("M8[D]"), sessions)]
    if len(strays) > max(1, STRAY_SHARE * len(days)):
        raise Refusal(
            FetchOutcome.BAD_PAYLOAD,
            f"{len(strays)} of {len(days)} days are no session of {instrument.calendar} ({_days(strays)}): "
            f"dated in a wrong time zone? Yahoo says {zone}",
            retry=False,
        )


def _days(index: pd.DatetimeIndex) -> str:
    """List the first few labels."""
    pattern = "%Y-%m-%d" if (index == index.normalize()).all() else "%Y-%m-%d %H:%M"
    return f"on {first_few(index.strftime(pattern).tolist())}"
