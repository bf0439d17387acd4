"""Align events with markets, one row per pair, and mark the pairs that the prices cannot serve."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from ...errors import NotEnoughDataError, UsageError
from ...events import Event, When
from ...instruments.catalogue import CATALOGUE, Instrument, Instruments
from ...panel import EventPanel, Outcome
from ..calendars.schedule import LONGEST_CLOSURE, known_schedule
from ..prices.bars import Bars, BarSet
from ..prices.quality import findings, labelled_findings
from ..prices.spreads import missing_spreads, parse_formula, with_formulas
from .events_in_bars import among_bars, in_bars_of
from .one_news import refuse_apart
from .own_sessions import only_sessions, sessions_within
from .sessions import align

ALIGNMENT_COLUMNS = ["event_id", "market", "session", "state", "first_tradable_utc", "reference_utc", "observation_utc"]
RECENT = pd.Timedelta(days=7)
LAST_MOMENT = dt.timedelta(microseconds=1)


def meet(
    events: Event | Iterable[Event],
    markets: Sequence[str],
    bars: BarSet | None = None,
    instruments: Instruments = CATALOGUE,
) -> tuple[tuple[Event, ...], pd.DataFrame]:
    """Align every event with every market.

    Parameters
    ----------
    events : Event or iterable of Event
        One that is known only as an interval is aligned at its beginning; see `at_the_end`.
    markets : sequence of str
        Symbols.
    bars : BarSet, optional
        Where event time counts bars: day 0 is set to one of them, see `events_in_bars.among_bars`.
    instruments : Instruments
        Where symbols are looked up.

    Returns
    -------
    tuple of Event
        The events, in order.
    DataFrame
        ``event_id, market, session, state, first_tradable_utc, reference_utc, observation_utc``.

    Raises
    ------
    UsageError
        If there is no event, or two share an id.
    """
    dated = (events,) if isinstance(events, Event) else tuple(events)
    ids = [event.id for event in dated]
    if not dated or len(set(ids)) < len(ids):
        raise UsageError("events: give at least one, each with an id of its own")
    table = align([event.when.start for event in dated], [instruments.find(name) for name in markets])
    alignment = _plain(table.assign(event_id=np.repeat(ids, len(markets))))
    return dated, alignment if bars is None else among_bars(alignment, table["instant"], bars)


def at_the_end(event: Event) -> Event:
    """Return the event as if it had happened at the last moment of its interval.

    Parameters
    ----------
    event : Event
        Returned unchanged if its time is an instant.

    Returns
    -------
    Event
        With an approximate instant.
    """
    when = event.when
    if when.start == when.end:
        return event
    last = When.instant(when.end - LAST_MOMENT, tz=when.tz, approximate=True)
    return replace(event, public=last) if event.public else replace(event, occurred=last)


def meet_lines(
    events: pd.DataFrame, instruments: Instruments = CATALOGUE, bars: BarSet | None = None, *, alone: bool = False
) -> pd.DataFrame:
    """Align lines that each name an event and its market.

    Parameters
    ----------
    events : DataFrame
        ``event_id``, ``market``, ``session`` (day 0, tz-naive; NaT where the instant decides) and ``instant`` (UTC).
    instruments : Instruments
        Where symbols are looked up.
    bars : BarSet, optional
        Where event time counts bars; the events must then be instants.
    alone : bool
        Whether no two lines are known to give sessions of one event.

    Returns
    -------
    DataFrame
        One row per line, in the order of `events`: the columns that `meet` returns.

    Raises
    ------
    UsageError
        If the sessions of one event lie more than two weekdays apart; the message names the lines.
    UnknownNameError
        If a symbol has instants but no clock.
    """
    table = events.reset_index(drop=True)
    timed = table["instant"].notna().to_numpy()
    if bars is not None and not timed.all():
        raise UsageError("events: a study in bars needs instants; give the column `instant`, not `session`")
    days = table[["event_id", "market", "session"]]
    given = days[~timed] if timed.any() else days
    if not alone:
        refuse_apart(given, instruments)
    if not timed.any():
        return _plain(given)
    parts = [given.assign(at=given.index)] if len(given) else []
    found = {symbol: instruments.find(str(symbol)) for symbol in table.loc[timed, "market"].unique()}
    # Symbols of one clock are placed at once: a study of thousands of shares has a handful of clocks.
    clocks = table.loc[timed, "market"].map({symbol: _clock_key(each) for symbol, each in found.items()})
    for _, group in table[timed].groupby(clocks, sort=False):
        placed = align(group["instant"].tolist(), found[group["market"].iloc[0]])
        parts.append(
            placed.assign(market=group["market"].to_numpy(), event_id=group["event_id"].to_numpy(), at=group.index)
        )
    alignment = _plain(pd.concat(parts).sort_values("at"))
    return alignment if bars is None else among_bars(alignment, table["instant"], bars)


def prepared(
    bars: BarSet,
    length: str | None,
    markets: Sequence[str],
    instruments: Instruments = CATALOGUE,
    *,
    read: Collection[str] | None = None,
) -> BarSet:
    """Return the prices as a study needs them: observed rows on sessions, bars of one length, spreads computed.

    Parameters
    ----------
    bars : BarSet
        As read.
    length : str or None
        Length of bars such as ``"15min"``; None for daily ones.
    markets : sequence of str
        Symbols of the study; spreads among them are computed from their legs.
    instruments : Instruments
        Where symbols are looked up.
    read : collection of str, optional
        All symbols whose prices the study reads, beside the legs; the others keep their rows on days without a session,
        and their calendars are not needed. All are read where it is left out.

    Returns
    -------
    BarSet
    """
    # Each set of bars carries the study's own clock, so that quality checks and bar hours do not look up another one.
    clocked = {symbol: replace(one, instrument=instruments.get(symbol)) for symbol, one in bars.bars.items()}
    known = {symbol: observed(one, instruments) for symbol, one in clocked.items()}
    spreads = missing_spreads(bars, markets, instruments)
    taken = known if read is None else {*read, *(leg for each in spreads for leg in parse_formula(each.formula))}
    kept = {symbol: only_sessions(one, instruments) if symbol in taken else one for symbol, one in known.items()}
    return with_formulas(in_bars_of(replace(bars, bars=kept), length), markets, instruments)


def observed(bars: Bars, instruments: Instruments = CATALOGUE) -> Bars:
    """Return the bars without rows that were recorded before the market's price was known.

    Parameters
    ----------
    bars : Bars
        Returned unchanged where `as_of` or the market's clock is not known.
    instruments : Instruments
        Where the symbol is looked up.

    Returns
    -------
    Bars

    Raises
    ------
    NotEnoughDataError
        If no row is left.
    """
    instrument = instruments.get(bars.symbol)
    if bars.as_of is None or instrument is None:
        return bars
    if bars.intraday:
        known = bars.ends <= bars.as_of
    else:
        recent = known_schedule(instrument, (bars.index[-1] - LONGEST_CLOSURE).date(), bars.index[-1].date())
        if recent is None:
            return bars
        frame = recent.frame()
        unknown = frame["session"][frame["observation"] > bars.as_of]
        known = ~bars.index.isin(unknown)
    if not known.any():
        raise NotEnoughDataError(f"{bars.symbol}: no row was observed by {bars.as_of:%Y-%m-%d %H:%M} UTC")
    return bars if known.all() else replace(bars, frame=bars.frame[known])


def mark_provisional(panel: EventPanel, bars: BarSet, alignment: pd.DataFrame, last: int) -> EventPanel:
    """Mark the pairs whose day 0, or a later row of event time, is not observed yet.

    Day 0 within a week after the last price makes a pair ``provisional``; later rows that the prices do not reach yet
    are mentioned in the detail of a pair that is ``ok``. Running the study again with longer prices completes both.

    Parameters
    ----------
    panel : EventPanel
        n pairs in event time.
    bars : BarSet
        Prices of the markets.
    alignment : DataFrame
        One row per pair, with ``observation_utc``.
    last : int
        Last tau of the event windows.

    Returns
    -------
    EventPanel
        With outcomes and details updated.
    """
    rows = panel.rows
    there = rows["market"].isin(list(bars)).to_numpy()
    ends = {market: bars[market].labels[-1] for market in rows["market"][there].unique()}
    gap = rows["session"] - pd.to_datetime(rows["market"].map(ends))
    recent = gap.gt(pd.Timedelta(0)) & gap.le(RECENT) & rows["outcome"].eq(Outcome.OUTSIDE_PRICES)
    waiting = np.flatnonzero(recent)
    known = alignment["observation_utc"].to_numpy()
    said = [_waiting(known[at], bars[rows["market"].iloc[at]]) for at in waiting]
    panel = panel.with_outcome(recent.to_numpy(), Outcome.PROVISIONAL, said)
    late = (panel.tau > 0) & (panel.tau <= last)
    after = np.isnat(panel.sessions[:, late]).sum(axis=1)
    short = np.flatnonzero(there & panel.usable & (after > 0))
    details = [
        f"provisional: the prices end with {_end(bars[rows['market'].iloc[at]])}, "
        f"{after[at]} of the rows after day 0 are not there yet"
        for at in short
    ]
    return panel.with_outcome(np.isin(np.arange(len(rows)), short), Outcome.OK, details)


def _end(bars: Bars) -> str:
    """Return the last label of the prices."""
    return f"{bars.labels[-1]:%Y-%m-%d}" + (f" {bars.labels[-1]:%H:%M} UTC" if bars.intraday else "")


def _waiting(observation: pd.Timestamp, bars: Bars) -> str:
    """Describe what is missing for day 0."""
    when = "" if pd.isna(observation) else f" is observed at {pd.Timestamp(observation):%Y-%m-%d %H:%M} UTC and"
    recorded = "" if bars.as_of is None else f", recorded at {bars.as_of:%Y-%m-%d %H:%M} UTC"
    return f"day 0{when} is not there yet: the prices end with {_end(bars)}{recorded}; run the study again when it is"


def inspect(bars: BarSet, markets: Iterable[str], instruments: Instruments = CATALOGUE) -> pd.DataFrame:
    """List the unusual rows in the prices of markets.

    Parameters
    ----------
    bars : BarSet
        Prices of a study.
    markets : iterable of str
        Symbols; those without prices are passed over.
    instruments : Instruments
        Where symbols are looked up.

    Returns
    -------
    DataFrame
        ``market, session, kind, detail``, as `eventstudy.markets.prices.quality.oddities` returns it.
    """
    found = [
        (market, one)
        for market in markets
        if market in bars
        for one in findings(bars[market], _sessions(instruments.get(market), bars[market]))
    ]
    return labelled_findings([market for market, _ in found], [one for _, one in found])


def _sessions(instrument: Instrument | None, bars: Bars) -> pd.DatetimeIndex | None:
    """Return the sessions of the market's calendar over the range of the prices, as far as it is known."""
    return None if instrument is None or bars.intraday else sessions_within(instrument, bars.index)


def _clock_key(each: Instrument) -> str:
    """Return what determines an instrument's sessions and observations; equal for those of one clock."""
    observed = (each.observed_at, each.observed_zone, each.observed_early, each.observed_after_close)
    return repr((each.calendar, hash(each.calendar), observed))


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Rename the instants as UTC and order the columns; those of a given session are missing."""
    names = {name: f"{name}_utc" for name in ("first_tradable", "reference", "observation")}
    plain = table.rename(columns=names)
    plain = plain.astype({name: str for name in ("market", "state") if name in plain})
    return plain.reset_index(drop=True).reindex(columns=ALIGNMENT_COLUMNS)
