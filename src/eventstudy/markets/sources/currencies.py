"""Daily currency prices at 17:00 New York, built from hourly bars.

Yahoo's daily close of a currency is the price at about 00:00 UTC of that date, which is when the day begins; read as a
close it shifts returns by a day. The interbank day runs from 17:00 to 17:00 New York.
"""

from __future__ import annotations

import datetime as dt

import pandas as pd

from .protocol import SESSION

ZONE = "America/New_York"
TO_MIDNIGHT = pd.Timedelta(hours=7)
LAST_HOUR = 16


def is_currency(symbol: str) -> bool:
    """Return whether a Yahoo symbol is a currency.

    Parameters
    ----------
    symbol : str
        As Yahoo writes it.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_currency("JPY=X"), is_currency("CL=F")
    (True, False)
    """
    return symbol.upper().endswith("=X")


def new_york_days(
    hourly: pd.DataFrame, start: dt.date, end: dt.date, now: pd.Timestamp
) -> tuple[pd.DataFrame, pd.DatetimeIndex]:
    """Return daily bars from 17:00 to 17:00 New York.

    Parameters
    ----------
    hourly : DataFrame
        Index: the instants (UTC) at which the hourly bars open; columns ``open``, ``high``, ``low``, ``close``.
    start, end : date
        First and last session, both included.
    now : Timestamp
        Sessions that end later are left out; with a time zone.

    Returns
    -------
    days : DataFrame
        Indexed by session; only weekdays whose last hour, 16:00 to 17:00, has a bar.
    missing : DatetimeIndex
        The other weekdays.

    Examples
    --------
    >>> hours = pd.date_range("2024-01-08 22:00", periods=24, freq="h", tz="UTC")
    >>> prices = pd.DataFrame({name: range(24) for name in ("open", "high", "low", "close")}, index=hours, dtype=float)
    >>> now = pd.Timestamp("2024-02-01", tz="UTC")
    >>> days, missing = new_york_days(prices, dt.date(2024, 1, 9), dt.date(2024, 1, 9), now)
    >>> days.loc["2024-01-09"].tolist()
    [0.0, 23.0, 0.0, 23.0]
    """
    local = pd.DatetimeIndex(hourly.index).tz_convert(ZONE).tz_localize(None)
    sessions = (local + TO_MIDNIGHT).normalize()
    groups = hourly.groupby(sessions.rename(SESSION))
    days = groups.agg({"open": "first", "high": "max", "low": "min", "close": "last"})
    closed = sessions[local.hour == LAST_HOUR].unique()
    over = pd.Timestamp(now).tz_convert(ZONE).tz_localize(None) + TO_MIDNIGHT
    weekdays = pd.bdate_range(start, end)
    weekdays = weekdays[weekdays + pd.Timedelta(days=1) <= over]
    good = weekdays.intersection(closed)
    return days.loc[days.index.isin(good)], weekdays.difference(good)
