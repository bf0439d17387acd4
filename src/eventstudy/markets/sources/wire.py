"""Check the answers of Yahoo's chart service before yfinance reads them.

yfinance takes a failed answer for an empty one and caches it. Here every request keeps the rate limit and every answer
of the chart service is checked by its status and its body, so that a failure is an exception and is never cached.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import json
import math
import zoneinfo
from collections import Counter
from typing import Any

from .pacing import Pace
from .protocol import FetchOutcome

CHART = "/v8/finance/chart/"
CRUMB_REFUSED = (401, 403)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Refusal(Exception):
    """An answer without usable prices.

    Parameters
    ----------
    outcome : FetchOutcome
        What kind of failure it is.
    detail : str
        The reason, in words.
    wait : float
        Seconds that the server asks to wait.
    retry : bool
        Whether another request may succeed.
    """

    def __init__(self, outcome: FetchOutcome, detail: str, *, wait: float = 0.0, retry: bool = True) -> None:
        super().__init__(detail)
        self.outcome, self.detail, self.wait, self.retry = outcome, detail, wait, retry


def watch(session: Any, pace: Pace, twice: list[str]) -> Any:
    """Make a session keep the rate limit and check what it receives.

    Parameters
    ----------
    session : requests.Session or curl_cffi.requests.Session
        Changed in place.
    pace : Pace
        The rate limit.
    twice : list of str
        Holds, after each answer with prices, the days or instants (UTC) of which it has more than one row.

    Returns
    -------
    session
        The same object. Its requests raise `Refusal` for an answer without usable prices.
    """
    ask = session.request
    crumbless = False

    def request(*args: Any, **options: Any) -> Any:
        nonlocal crumbless
        pace.take()
        if (left := pace.left()) <= 0:
            why = f"nothing answered within {pace.patience:g} s; check the network"
            raise Refusal(FetchOutcome.UNREACHABLE, why, retry=False)
        if left < float(options.get("timeout") or math.inf):
            options["timeout"] = left
        response = ask(*args, **options)
        pace.answered()
        if CHART in str(response.url):
            crumbless = response.status_code in CRUMB_REFUSED and not crumbless
            if not crumbless:  # after the first refusal yfinance gets another crumb and asks again
                twice[:] = _repeated(judge(response))
        return response

    session.request = request
    return session


def judge(response: Any) -> dict[str, Any]:
    """Check an answer of the chart service, and return its ``chart``.

    Parameters
    ----------
    response : Response
        With ``status_code``, ``headers`` and ``content``.

    Returns
    -------
    dict

    Raises
    ------
    Refusal
        If the answer cannot hold prices.
    """
    status = response.status_code
    wait = _seconds(response.headers.get("Retry-After"))
    if status == 429:
        raise Refusal(FetchOutcome.RATE_LIMITED, _waiting("HTTP 429, too many requests", wait), wait=wait)
    if status >= 500:
        raise Refusal(FetchOutcome.UNREACHABLE, _waiting(f"HTTP {status}", wait), wait=wait)
    chart = _chart(response)
    if status == 404:
        raise Refusal(FetchOutcome.DELISTED, _reason(chart) or "HTTP 404, no such symbol", retry=False)
    if reason := _reason(chart):
        raise Refusal(FetchOutcome.REFUSED, reason, retry=False)
    if status >= 400 or not isinstance(chart, dict):
        raise Refusal(FetchOutcome.BAD_PAYLOAD, f"HTTP {status} with {_shown(response)} where prices were due")
    _check_zone(chart)
    return chart


def _chart(response: Any) -> Any:
    """Return the ``chart`` of the answer, or None where the body is not such JSON."""
    try:
        answer = json.loads(response.content)
    except (ValueError, RecursionError):
        return None
    return answer.get("chart") if isinstance(answer, dict) else None


def _check_zone(chart: Any) -> None:
    """Raise unless the prices, if any, name an existing time zone; yfinance requests a missing one elsewhere."""
    results = chart.get("result")
    if not results:
        return
    try:
        zone = results[0]["meta"]["exchangeTimezoneName"]
        zoneinfo.ZoneInfo(zone)
    except (LookupError, TypeError, ValueError, OSError):
        raise Refusal(FetchOutcome.BAD_PAYLOAD, "an answer whose time zone is missing or does not exist") from None


def _repeated(chart: Any) -> list[str]:
    """Return the days, or instants (UTC), of which an answer has more than one row; yfinance keeps one of them."""
    results = chart.get("result") or [{}]
    meta, stamps = results[0].get("meta", {}), results[0].get("timestamp")
    known = [stamp for stamp in stamps if isinstance(stamp, int)] if isinstance(stamps, list) else []
    daily = meta.get("dataGranularity") == "1d"
    zone = zoneinfo.ZoneInfo(meta["exchangeTimezoneName"]) if daily else dt.UTC
    pattern = "%Y-%m-%d" if daily else "%Y-%m-%d %H:%M"
    labels = Counter(f"{(EPOCH + dt.timedelta(seconds=stamp)).astimezone(zone):{pattern}}" for stamp in known)
    return [label for label, count in labels.items() if count > 1]


def _reason(chart: Any) -> str:
    """Return Yahoo's own explanation of why there are no prices."""
    error = chart.get("error") if isinstance(chart, dict) else None
    if not error:
        return ""
    words = error.get("description") or error.get("code") if isinstance(error, dict) else error
    return f"Yahoo says: {' '.join(str(words).split())[:200]}"


def _shown(response: Any) -> str:
    """Describe a body that cannot be read by its length and first characters."""
    body = bytes(response.content)
    return (
        f"{len(body)} bytes that are not JSON of the chart service ({body[:40].decode('ascii', 'backslashreplace')!r})"
    )


def _seconds(value: str | None) -> float:
    """Return the seconds of a Retry-After header: a number or a date."""
    if not value:
        return 0.0
    if value.strip().isdigit():
        return float(value)
    try:
        until = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    until = until if until.tzinfo else until.replace(tzinfo=dt.UTC)
    return max(0.0, (until - dt.datetime.now(dt.UTC)).total_seconds())


def _waiting(text: str, wait: float) -> str:
    return f"{text}; the server asks to wait {wait:.0f} s" if wait else text
