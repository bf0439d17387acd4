"""The benchmark and factors of a study: which of their returns stands beside a market's, and when it was known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ..errors import UnknownNameError, UsageError
from ..events import Event
from ..inference.models.protocol import Column, Model
from ..instruments.catalogue import CATALOGUE, Instrument, Instruments
from ..markets.alignment.benchmark_sessions import benchmark_sessions, known_overnight, over_same_span
from ..markets.calendars.schedule import known_range
from ..markets.prices.measures import MEASURES
from ..table import Table

BENCHMARK_COLUMNS = ["event_id", "market", "benchmark", "benchmark_observation_utc", "after_event", "ahead"]
PARTS = {Column.BENCHMARK, Column.FACTORS, Column.PEERS}


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Benchmark and factor returns beside those of the markets, as `eventstudy.panel_source.build_panel` takes them.

    Parameters
    ----------
    factors : DataFrame, mapping of str to DataFrame, or None
        One frame where all series have the same rows, else one a market; None where the model takes none.
    spans : mapping of str to DataFrame, optional
        Days that each return spans; None where all span one.
    """

    factors: pd.DataFrame | Mapping[str, pd.DataFrame] | None = None
    spans: Mapping[str, pd.DataFrame] | None = None


def factors_of(
    model: Model,
    names: Sequence[str],
    series: Mapping[str, pd.Series],
    markets: Sequence[str],
    *,
    returns: str = "log",
    instruments: Instruments = CATALOGUE,
) -> Beside:
    """Return the factors of a study: those over the same span, or those known before it opened, market by market.

    Parameters
    ----------
    model : Model
        One whose ``known_before_open`` is true takes what was known overnight; see
        `eventstudy.markets.alignment.benchmark_sessions.known_overnight`. Others take the factors' returns between the
        market's own two rows; see `eventstudy.markets.alignment.benchmark_sessions.over_same_span`.
    names : sequence of str
        Symbols whose returns are factors.
    series : mapping of str to Series
        Returns of every symbol, by session.
    markets : sequence of str
    returns : {"log", "simple", "change"}
    instruments : Instruments
        Where symbols are looked up.

    Returns
    -------
    Beside

    Raises
    ------
    UsageError
        If a model that goes by the clocks meets a symbol without one, or event time in bars.
    """
    if Column.MATCHED in model.reads:
        return _matched(model, series, markets, returns)
    if not names:
        return Beside()
    if model.known_before_open:
        return Beside(factors=_overnight(model, names, series, markets, returns, instruments))
    if isinstance(series, Table) or _one_index(series, (*names, *markets)):
        return Beside(factors=pd.concat([series[name].rename(name) for name in names], axis=1))
    factors, spans = {}, {}
    for market in markets:
        rows = pd.DatetimeIndex(series[market].index if market in series else [])
        factors[market], spans[market] = _between_rows(names, series, rows, returns)
    return Beside(factors=factors, spans=spans)


def _between_rows(
    names: Sequence[str], series: Mapping[str, pd.Series], rows: pd.DatetimeIndex, returns: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the factors between a market's consecutive rows, and the days that they span.

    Volume and range are of one day, and no sum over a span.
    """
    if returns in MEASURES:
        return pd.DataFrame({name: series[name].reindex(rows) for name in names}), pd.DataFrame(1, rows, [0])
    beside = {name: over_same_span(series[name], rows, kind=returns) for name in names}
    steps = pd.DataFrame({name: steps for name, (_, steps) in beside.items()}, index=rows)
    return pd.DataFrame({name: values for name, (values, _) in beside.items()}), steps.max(axis=1).to_frame()


def _matched(model: Model, series: Mapping[str, pd.Series], markets: Sequence[str], returns: str) -> Beside:
    """Return the mean return of each market's own peers; no return for a market without peers."""
    matches, factors, spans = model.parameters["matches"], {}, {}
    for market in markets:
        peers = matches.get(market, ())
        for name in peers:
            if name not in series:
                raise UnknownNameError("peer", name, series, f"model {model.name!r}: {market}")
        rows = pd.DatetimeIndex(series[market].index if market in series else [])
        beside, steps = _between_rows(peers, series, rows, returns)
        factors[market] = beside.mean(axis=1).reindex(rows).to_frame(Column.MATCHED)
        spans[market] = steps
    one = isinstance(series, Table) or _one_index(series, tuple(markets))
    return Beside(factors=factors, spans=None if one else spans)


def _one_index(series: Mapping[str, pd.Series], names: Sequence[str]) -> bool:
    """Return whether all series have the same rows."""
    first = series[names[0]].index
    return all(series[name].index is first for name in names if name in series)


def _overnight(
    model: Model,
    names: Sequence[str],
    series: Mapping[str, pd.Series],
    markets: Sequence[str],
    returns: str,
    instruments: Instruments,
) -> Mapping[str, pd.DataFrame]:
    """Return the factors that were known before each market opened."""
    clocks = {symbol: _clock(symbol, instruments, model.name) for symbol in (*names, *markets)}
    found = {}
    for market in markets:
        rows = pd.DatetimeIndex(series[market].index if market in series else [])
        if (rows != rows.normalize()).any():
            raise UsageError(f"model {model.name!r} goes by sessions, not by bars; leave out bars=, or choose a model")
        if len(rows):
            own, compound = clocks[market], returns == "simple"
            columns = {
                name: known_overnight(series[name], rows, own, clocks[name], compound=compound) for name in names
            }
            found[market] = pd.DataFrame(columns)
    return found


def beside(
    model: Model,
    names: Sequence[str],
    alignment: pd.DataFrame,
    dated: Sequence[Event],
    instruments: Instruments = CATALOGUE,
    *,
    in_bars: bool = False,
) -> pd.DataFrame:
    """For each event and market, return when the benchmark price of day 0 was observed.

    Parameters
    ----------
    model : Model
    names : sequence of str
        Symbols whose returns are factors; those without a clock have no line.
    alignment : DataFrame
        ``event_id, market, session, observation_utc``.
    dated : sequence of Event
        The events, as instants.
    instruments : Instruments
        Where symbols are looked up.
    in_bars : bool
        Whether event time counts bars: then both are observed when the bar ends.

    Returns
    -------
    DataFrame
        ``event_id, market, benchmark, benchmark_observation_utc`` (NaT where it has no session), ``after_event``
        (observed after the event) and ``ahead`` (observed after the market's own price).
    """
    takes, chosen = PARTS & set(model.reads), model.reads.get(Column.BENCHMARK, ())
    used = [name for name in names if takes and instruments.get(name) and (not chosen or name in chosen)]
    events = {event.id: pd.Timestamp(event.when.start) for event in dated}
    parts = []
    for market, group in alignment[alignment["event_id"].isin(list(events))].groupby("market", sort=False):
        for name in used:
            own, other = instruments.get(str(market)), instruments.find(name)
            known = group["observation_utc"] if in_bars else _observed(model, own, other, group["session"])
            line = group[["event_id", "market"]].assign(
                benchmark=name,
                benchmark_observation_utc=known,
                after_event=known > group["event_id"].map(events),
                ahead=known > group["observation_utc"],
            )
            parts += [line] if name != market else []
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=BENCHMARK_COLUMNS)


def _observed(model: Model, own: Instrument | None, other: Instrument, sessions: pd.Series) -> pd.Series:
    """When the benchmark's price beside each session of a market was known; NaT where there is none."""
    ranges = [known_range(each.calendar) for each in (own, other) if each is not None]
    low, high = (pd.Timestamp(edge) for edge in (max(low for low, _ in ranges), min(high for _, high in ranges)))
    inside = sessions[sessions.between(low, high)]
    if inside.empty or own is None:
        return pd.Series(pd.NaT, index=sessions.index, dtype="datetime64[ns, UTC]")
    first, last = inside.min().date(), inside.max().date()
    pairs = benchmark_sessions(own, other, first, last, by="open" if model.known_before_open else "date")
    return pairs.set_index("session")["benchmark_observation"].reindex(sessions).set_axis(sessions.index)


def _clock(symbol: str, instruments: Instruments, model: str) -> Instrument:
    """Return the instrument of a symbol, whose clock the model needs."""
    found = instruments.get(symbol)
    if found is None:
        raise UsageError(
            f"model {model!r} goes by the clocks, and {symbol!r} has none: name a calendar=, declare it in "
            "instruments=, or use model 'market'"
        )
    return found
