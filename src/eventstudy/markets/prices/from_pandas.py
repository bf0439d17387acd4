"""Convert the price frames that pandas users have in memory to one frame per symbol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from ...arrow import as_pandas
from ...errors import InputError, UsageError

PRICES = ("open", "high", "low", "close")
# Column names of yfinance, in lower case; those of BESIDE hold no prices.
NAMES: Mapping[str, str] = MappingProxyType(
    {**{name: name for name in (*PRICES, "volume")}, "adj close": "adj_close", "adj_close": "adj_close"}
)
BESIDE = frozenset({"dividends", "stock splits", "capital gains", "repaired?"})
SYMBOL = ("symbol", "ticker")
DATE = ("date", "datetime", "session", "timestamp_utc")


def price_frames(data: Any, symbol: str | None = None) -> dict[str, pd.DataFrame]:
    """Return one frame of prices for each symbol.

    Parameters
    ----------
    data : mapping, DataFrame or Series
        A mapping of symbols to frames or Series of closes; a frame of ``yfinance.download`` (columns of two levels, in
        either order, or of one) or ``Ticker.history``; a wide frame with a column of closes for each symbol; a long
        frame with a column ``symbol``; a Series of closes, its name the symbol. Dates are the index, or a column. Also
        the same tables of polars or Arrow.
    symbol : str, optional
        The symbol, where the data hold one instrument and do not name it.

    Returns
    -------
    dict of str to DataFrame
        Columns in lower case; rows without any price are left out; rows in strictly descending order are reversed.
        Midnights of one time zone become session dates.

    Raises
    ------
    InputError
        If there is no level of prices, or the symbol is not known.
    UsageError
        If `data` is of another type.

    Examples
    --------
    >>> days = pd.to_datetime(["2024-01-02", "2024-01-03"])
    >>> closes = pd.DataFrame({"AAPL": [185.64, 184.25], "MSFT": [370.87, None]}, index=days)
    >>> {name: frame["close"].tolist() for name, frame in price_frames(closes).items()}
    {'AAPL': [185.64, 184.25], 'MSFT': [370.87]}
    """
    data = as_pandas(data)
    if isinstance(data, pd.Series):
        return price_frames(data.to_frame("close"), symbol or _named(data.name))
    if isinstance(data, pd.DataFrame):
        return _of_frame(data, symbol)
    if not isinstance(data, Mapping):
        raise UsageError(f"prices of type {type(data).__name__}; give a BarSet, a DataFrame, or frames by symbol")
    found = {}
    for name, one in data.items():
        frame = one.to_frame("close") if isinstance(one, pd.Series) else one
        if not isinstance(frame, pd.DataFrame):
            raise UsageError(f"{name}: prices of type {type(one).__name__}; give a DataFrame or a Series of closes")
        found.update(
            _of_frame(frame, str(name)) if isinstance(frame.columns, pd.MultiIndex) else {str(name): _tidied(frame)}
        )
    return found


def only_symbol(markets: Iterable[object] | None) -> str | None:
    """Return the symbol of a study of one market; None where there are more or none.

    Parameters
    ----------
    markets : iterable or None
        Symbols of the study.

    Returns
    -------
    str or None

    Examples
    --------
    >>> only_symbol(["AAPL"]), only_symbol(["AAPL", "MSFT"])
    ('AAPL', None)
    """
    symbols = [str(one) for one in markets or ()]
    return symbols[0] if len(symbols) == 1 else None


def _named(name: Any) -> str | None:
    """Return the name of a Series as a symbol; None where it is the name of a price column."""
    return None if name is None or str(name).lower() in NAMES else str(name)


def _of_frame(frame: pd.DataFrame, symbol: str | None) -> dict[str, pd.DataFrame]:
    """Return the frames by symbol of one frame."""
    if isinstance(frame.columns, pd.MultiIndex):
        return _of_levels(frame)
    frame = _dated(frame)
    lower = {str(name).lower(): name for name in frame.columns}
    if named := [lower[name] for name in SYMBOL if name in lower]:
        groups = frame.groupby(named[0], sort=False)
        return {str(name): _tidied(rows.drop(columns=named[0])) for name, rows in groups}
    if not set(lower) & set(NAMES):
        numeric = frame.select_dtypes("number")
        return {str(name): _tidied(numeric[[name]].set_axis(["close"], axis=1).dropna()) for name in numeric}
    if symbol is None:
        raise InputError('prices of one instrument without its symbol; give them as {"AAPL": frame}')
    return {symbol: _tidied(frame)}


def _of_levels(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the frames by symbol of a frame with two levels of columns, one of prices and one of symbols."""
    levels = [frame.columns.get_level_values(at) for at in range(frame.columns.nlevels)]
    priced = [at for at, names in enumerate(levels) if {str(name).lower() for name in names} & {"close", "adj close"}]
    if len(levels) != 2 or not priced:
        raise InputError("columns of several levels without a level of prices (Open, Close, ...) and one of symbols")
    other = 1 - priced[0]
    symbols = [name for name in dict.fromkeys(levels[other]) if str(name)]
    found = {}
    for name in symbols:
        of_one = levels[other] == name
        found[str(name)] = _tidied(frame.loc[:, of_one].set_axis(levels[1 - other][of_one], axis="columns"))
    return found


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    """Make a column of dates the index, unless the index has dates."""
    if isinstance(frame.index, pd.DatetimeIndex):
        return frame
    column = next((name for name in frame.columns if str(name).lower() in DATE), None)
    return frame if column is None else frame.set_index(column)


def _tidied(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with our column names, days or instants as index, and only rows with a price, ascending."""
    frame = _dated(frame)
    known = {name: NAMES.get(str(name).lower(), str(name)) for name in frame.columns}
    frame = frame.rename(columns=known)[[new for new in known.values() if new.lower() not in BESIDE]].rename_axis(
        columns=None
    )
    prices = [name for name in PRICES if name in frame]
    if (prices and len(prices) < len(frame.columns)) or len(prices) > 1:
        frame = frame.dropna(how="all", subset=prices)
    frame = frame.set_axis(_labels(frame.index))
    return (
        frame.iloc[::-1] if len(frame) > 1 and frame.index.is_monotonic_decreasing and frame.index.is_unique else frame
    )


def _labels(index: pd.Index) -> pd.Index:
    """Return midnights of one time zone as days without a zone; leave any other index to the checks of `Bars`."""
    if not isinstance(index, pd.DatetimeIndex) and pd.api.types.is_object_dtype(index) | pd.api.types.is_string_dtype(
        index
    ):
        try:  # only ISO 8601: pandas would read 01/02/2020 as the 2nd of January without a warning
            index = pd.DatetimeIndex(pd.to_datetime(index, format="ISO8601"))
        except (ValueError, TypeError):
            return index
    if isinstance(index, pd.DatetimeIndex) and index.tz is not None and len(index) > 1:
        local = index.tz_localize(None)
        if (local == local.normalize()).all():
            return local
    return index
