"""The day of a market of which a statement speaks: its prices, and the price from which its moves are counted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ...claims import Claim, ClaimKind
from ...errors import EventStudyError
from ...instruments.catalogue import Instrument
from ...markets.calendars.schedule import known_schedule
from ...markets.prices.bars import Bars

# A statement is of a session of the last days before its publication.
_BACK = pd.Timedelta(days=12)
_NOON = pd.Timedelta(hours=12)
# The last bar before a time stands for that time if it is no older; the daily break of futures takes an hour.
_STALE = pd.Timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class MarketDay:
    """Prices of one session.

    Parameters
    ----------
    session : Timestamp
    open, high, low, close : float
        NaN where not known.
    reference : float
        Close or settlement of the session before.
    before : Timestamp
        That session.
    over : bool
        Whether the session had ended when the statement was published.
    until : Timestamp or None
        Where bars within the day exist: the instant (UTC) up to which open, high, low and close count.
    rolled : bool
        Whether the move compares two contracts of a future.
    proxy : str
        Symbol of the market that stands in for the one spoken of; empty where the prices are its own.
    """

    session: pd.Timestamp
    open: float
    high: float
    low: float
    close: float
    reference: float
    before: pd.Timestamp
    over: bool = True
    until: pd.Timestamp | None = None
    rolled: bool = False
    proxy: str = ""


def days_of(claim: Claim, bars: Bars, instrument: Instrument) -> list[MarketDay]:
    """Return the sessions of which a statement may speak, the likeliest first.

    One where the statement or the minute of publication tells it; where only the day of publication is known, the
    sessions that readers of that day may mean.

    Parameters
    ----------
    claim : Claim
    bars : Bars
    instrument : Instrument

    Returns
    -------
    list of MarketDay
        Empty where nothing tells the day, or the prices do not hold it.
    """
    found = []
    for session, over in _sessions(claim, instrument):
        day = _within_day(claim, bars, session) if bars.intraday else _daily(bars, session, over=over)
        if day is not None:
            found.append(day)
    return found


def _sessions(claim: Claim, instrument: Instrument) -> list[tuple[pd.Timestamp, bool]]:
    """Return candidate sessions, each with whether it was over at publication."""
    told = claim.asof or claim.published
    if claim.day is not None and claim.asof is None:
        day = pd.Timestamp(claim.day)
        end = _ends(instrument, day)
        return [(day, claim.published is None or end is None or end <= _utc(claim.published))]
    if told is None:
        return []
    at = _utc(told)
    steps = _steps(instrument, at)
    if steps is None:
        return []
    rows = _candidates(claim, steps, at, instrument)
    published = at if claim.published is None else _utc(claim.published)
    return list(zip(rows["session"], rows["close"] <= published, strict=True))


def _candidates(claim: Claim, steps: pd.DataFrame, at: pd.Timestamp, instrument: Instrument) -> pd.DataFrame:
    """Return the sessions of which a statement may speak, the likeliest first."""
    if claim.asof is not None and not claim.published_exactly:
        # A clock without a day, in a text of which only the day is known, may be that of the day after.
        begun = steps[steps["open"] <= at + pd.Timedelta(days=1)]
        return begun.tail(2)
    # A currency closes at another hour in each centre, mostly before its daily bar does.
    close = claim.kind is ClaimKind.CLOSE
    closed = close and instrument.kind != "currency"
    rows = steps[(steps["observation"] if closed else steps["open"]) <= at].iloc[::-1]
    if claim.asof is not None or claim.published_exactly:
        return rows.head(2 if close and not closed else 1)
    middle = at - (at - _utc(claim.published_from)) / 2 if claim.published_from else at - _NOON
    rows = rows.head(3)
    away = (rows["session"].dt.tz_localize("UTC") + _NOON - middle).abs()
    return rows.reindex(away.sort_values(kind="stable").index).head(2 if closed else 3)


def _utc(moment: dt.datetime) -> pd.Timestamp:
    return pd.Timestamp(moment).tz_convert("UTC")


def _steps(instrument: Instrument, at: pd.Timestamp) -> pd.DataFrame | None:
    """Return the sessions around an instant; None where the calendar is not known."""
    first, last = (at - _BACK).date(), (at + pd.Timedelta(days=2)).date()
    try:
        known = known_schedule(instrument, first, last)
    except EventStudyError:
        return None
    return None if known is None else known.frame()


def _ends(instrument: Instrument, day: pd.Timestamp) -> pd.Timestamp | None:
    steps = _steps(instrument, day.tz_localize("UTC"))
    rows = None if steps is None else steps[steps["session"] == day]
    return None if rows is None or rows.empty else rows["close"].iloc[0]


def _daily(bars: Bars, session: pd.Timestamp, *, over: bool) -> MarketDay | None:
    """Return a row of daily bars with the close before it; None where either is missing."""
    at = int(bars.index.get_indexer(pd.DatetimeIndex([session]))[0])
    if at < 1:
        return None
    row = bars.frame.iloc[at]
    return MarketDay(
        session=session,
        open=float(row.get("open", np.nan)),
        high=float(row.get("high", np.nan)),
        low=float(row.get("low", np.nan)),
        close=float(row["close"]),
        reference=float(bars.previous_closes().iloc[at]),
        before=bars.index[at - 1],
        over=over,
        rolled=bool(bars.rolled_rows().iloc[at]),
    )


def _within_day(claim: Claim, bars: Bars, session: pd.Timestamp) -> MarketDay | None:
    """Return the bars of a session up to the instant that the statement speaks of, and the close before it."""
    hours = pd.DatetimeIndex(bars.hours().session)
    earlier = bars.frame[hours < session]
    if earlier.empty:
        return None
    return _up_to(claim, bars, session, float(earlier["close"].iloc[-1]), hours[hours < session][-1])


def _up_to(claim: Claim, bars: Bars, session: pd.Timestamp, reference: float, before: pd.Timestamp) -> MarketDay | None:
    """Return the bars of a session up to the instant that the statement speaks of; None where they end too early."""
    told = claim.asof or (claim.published if claim.published_exactly else None)
    until = None if told is None else _utc(told)
    inside = pd.DatetimeIndex(bars.hours().session) == session
    own = bars.frame[inside if until is None else inside & (bars.ends <= until)]
    if own.empty or (until is not None and _ends_early(bars, session, bars.ends[inside], until)):
        return None
    return MarketDay(
        session=session,
        open=float(own.iloc[0].get("open", np.nan)),
        high=float(own["high"].max()) if "high" in own else np.nan,
        low=float(own["low"].min()) if "low" in own else np.nan,
        close=float(own["close"].iloc[-1]),
        reference=reference,
        before=before,
        until=until,
    )


def _ends_early(bars: Bars, session: pd.Timestamp, ends: pd.DatetimeIndex, until: pd.Timestamp) -> bool:
    """Whether the last bar of a session by an instant is old, although the session went on."""
    over = None if bars.clock is None else _ends(bars.clock, session)
    return bool((until if over is None else min(until, over)) - ends[ends <= until][-1] > _STALE)


def day_by_proxy(claim: Claim, day: MarketDay, proxy: Bars) -> MarketDay | None:
    """Return a day's prices up to the instant that a statement speaks of, by the bars of a market that stands in.

    Parameters
    ----------
    claim : Claim
    day : MarketDay
        By the market's own daily bars, whose close before it stays the reference.
    proxy : Bars
        Bars within the day.

    Returns
    -------
    MarketDay or None
        None where the statement has no instant, or the bars do not reach it.
    """
    if claim.asof is None and not claim.published_exactly:
        return None
    found = _up_to(claim, proxy, day.session, day.reference, day.before)
    return None if found is None else replace(found, proxy=proxy.symbol, rolled=day.rolled)
