"""Read prices in JSON as rows of a table: Yahoo's chart, Alpha Vantage, and lists of records or of columns."""

from __future__ import annotations

import datetime as dt
import json
import re
import zoneinfo
from pathlib import Path
from typing import Any

from ...errors import InputError

Rows = tuple[list[list[Any]], dict[str, Any]]
# Keys of Polygon and Finnhub.
LETTERS = {"t": "timestamp", "o": "open", "h": "high", "l": "low", "c": "close", "v": "volume"}
_UNKNOWN = "not Yahoo's chart, Alpha Vantage's series or a list of records; save the prices as CSV"


def json_rows(content: bytes, file: Path) -> Rows:
    """Return the rows of a JSON file, a header first, and what the file itself declares of its layout.

    Parameters
    ----------
    content : bytes
        UTF-8 text.
    file : Path
        For messages.

    Returns
    -------
    tuple of list of rows and dict
        Rows of cells, and keys of a `Layout` with their values.

    Raises
    ------
    InputError
        If it is not JSON, or not of a known form.
    """
    try:
        value = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file}: not JSON that can be read ({type(error).__name__}); fetch it again") from None
    try:
        if isinstance(value, dict) and "chart" in value:
            return _chart(value["chart"])
        if isinstance(value, dict) and "Meta Data" in value:
            return _series(value)
        if isinstance(value, dict):
            return _answer(value)
        return _records(value), {}
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, OSError):
        raise InputError(f"{file}: {_UNKNOWN}") from None


def _chart(chart: dict[str, Any]) -> Rows:
    """Return the rows of Yahoo's chart; daily rows are dated in the exchange's time zone."""
    header = ["symbol", "date", "open", "high", "low", "close", "adj_close", "volume"]
    rows: list[list[Any]] = []
    for result in chart["result"]:
        meta, indicators = result["meta"], result["indicators"]
        stamps = result["timestamp"]
        adjusted = (indicators.get("adjclose") or [{}])[0].get("adjclose")
        quote = {**indicators["quote"][0], "adj_close": adjusted or [None] * len(stamps)}
        zone = zoneinfo.ZoneInfo(meta["exchangeTimezoneName"])
        daily = str(meta.get("dataGranularity", "1d")) in ("1d", "5d", "1wk", "1mo", "3mo")
        columns = [quote[name] for name in header[2:]]
        for stamp, *prices in zip(stamps, *columns, strict=True):
            at = dt.datetime.fromtimestamp(stamp, dt.UTC)
            shown = f"{at.astimezone(zone):%Y-%m-%d}" if daily else f"{at:%Y-%m-%dT%H:%M:%SZ}"
            rows.append([meta["symbol"], shown, *prices])
    return [header, *rows], {}


def _series(answer: dict[str, Any]) -> Rows:
    """Return the rows of Alpha Vantage's answer: a table of dates under a key that contains ``Time Series``."""
    about = {re.sub(r"^\d+\. ", "", key): str(value) for key, value in answer["Meta Data"].items()}
    name = next(key for key in answer if "Time Series" in key)
    days = answer[name]
    columns = list(next(iter(days.values())))
    rows = [[about["Symbol"], day, *(values[column] for column in columns)] for day, values in days.items()]
    return [["symbol", "date", *columns], *rows], {"timezone": about.get("Time Zone", "")}


def _answer(answer: dict[str, Any]) -> Rows:
    """Return the rows of an answer that holds one list of records, or prices in columns, beside the symbol."""
    lists = [value for value in answer.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
    if not lists and set("tohlc") <= set(answer):
        columns = {LETTERS[key]: answer[key] for key in "tohlcv" if key in answer}
        return [[*columns], *map(list, zip(*columns.values(), strict=True))], {}
    (records,) = lists
    rows = _records([{_named(key, record): value for key, value in record.items()} for record in records])
    about = {**answer, **answer.get("meta", {})}
    own = {"symbol", "ticker"} & set(rows[0])
    symbol = str(about.get("symbol") or about.get("ticker") or "")
    return rows, {"symbol": symbol} if symbol and not own else {}


def _named(key: str, record: dict[str, Any]) -> str:
    """Return the full name of a price that is written as one letter; `-` for the other letters beside them."""
    if not set("tohlc") <= set(record):
        return key
    return LETTERS.get(key, "count" if len(key) <= 2 else key)


def _records(records: list[dict[str, Any]]) -> list[list[Any]]:
    """Return the rows of a list of records, with columns in the order of their first occurrence."""
    columns = list(dict.fromkeys(key for record in records for key in record))
    return [columns, *([record.get(column) for column in columns] for record in records)]
