"""The sizes of the tests on one's own prices: the same pipeline on placebo dates, where nothing is known to happen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import NotEnoughDataError, UsageError
from ..events import Event
from ..inference.abnormal import AbnormalReturns
from ..inference.battery import run_tests
from ..markets.alignment.sessions import align
from ..windows import covering
from .light import DAY_ZERO, Prepared

LEAST = 100
LEVEL = 0.05
NOON = dt.time(12, tzinfo=dt.UTC)
EACH, ANY = "each market", "any market"
SIZE_COLUMNS = ["test", "over", "dates", "rate", "low", "high", "effect", "power"]
Progress = Callable[[int, int], None]


def sizes(
    study: Any,
    bars: Any,
    *,
    events: Event | Iterable[Event] = (),
    others: Iterable[Event] = (),
    repetitions: int | None = None,
    effect: float = 0.02,
    level: float = LEVEL,
    seed: int = 0,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Measure how often each test of a study rejects on dates on which nothing is known to have happened.

    Parameters
    ----------
    study : EventStudy
        In sessions.
    bars : BarSet, or what `EventStudy.run` takes
    events : Event or iterable of Event
        The study's own events: no placebo window touches theirs, and the first gives the time of day; noon UTC without.
    others : iterable of Event
        Listed events, for a study that leaves their days out of the estimation.
    repetitions : int, optional
        How many of the placebo dates are drawn; all by default. One date serves once.
    effect : float
        Added to day 0 of every market for the power (fraction, or change).
    level : float
    seed : int
        Of the draw.
    progress : callable, optional
        Called with the number of dates done and the number of all.

    Returns
    -------
    DataFrame
        One line a test of day 0 and what its rate is taken ``over``: ``"each market"`` (the share of pairs of date and
        market), ``"any market"`` (the share of dates on which it rejects in at least one) or, for a joint test, its
        family. ``dates``; ``rate`` at the level; ``low`` and ``high``, within which 95 % of the rates of a right test
        lie with as many independent dates; ``effect`` and ``power``, the rate with the effect.

    Raises
    ------
    UsageError
        If the study counts bars, or more repetitions are asked for than there are dates.
    NotEnoughDataError
        If there are fewer than 100 placebo dates; the message gives the number of sessions needed.
    """
    if study.bars is not None:
        raise UsageError("sizes: a study in bars has no placebo sessions; measure the study of daily prices")
    own = (events,) if isinstance(events, Event) else tuple(events)
    prepared = Prepared.of(replace(study, episodes=None), bars, others)
    dates = placebo_dates(prepared, own)
    chosen = _drawn(dates, repetitions, seed)
    tables = []
    for done, when in enumerate(chosen):
        tables.append(_tested(prepared, Event.at(when, id=f"placebo-{done}"), effect))
        if progress is not None:
            progress(done + 1, len(chosen))
    made = pd.concat(tables, ignore_index=True)
    return _rates(made, len(chosen), level).assign(effect=effect)[SIZE_COLUMNS]


def _drawn(dates: Sequence[dt.datetime], repetitions: int | None, seed: int) -> list[dt.datetime]:
    """Return the dates that are used, in order of time."""
    if repetitions is None:
        return list(dates)
    if not 1 <= repetitions <= len(dates):
        raise UsageError(f"repetitions = {repetitions}: there are {len(dates)} placebo dates, and each serves once")
    places = np.random.default_rng(seed).choice(len(dates), repetitions, replace=False)
    return [dates[at] for at in sorted(places)]


def placebo_dates(prepared: Prepared, events: Sequence[Event]) -> list[dt.datetime]:
    """Return instants whose event windows touch neither each other nor those of the study's events.

    Parameters
    ----------
    prepared : Prepared
    events : sequence of Event

    Returns
    -------
    list of datetime
        UTC, in order; each with its own estimation window in every market.

    Raises
    ------
    NotEnoughDataError
        If there are fewer than 100.
    """
    study, known = prepared.study, prepared.study._known(prepared.prices)
    markets = study._markets(prepared.inputs.series)
    labels = {market: prepared.prices[market].labels for market in markets}
    clocks = [known.find(market) for market in markets]
    first, last = max(one[0] for one in labels.values()), min(one[-1] for one in labels.values())
    clock = events[0].when.start.timetz() if events else NOON
    instants = [dt.datetime.combine(day.date(), clock) for day in pd.date_range(first, last)]
    rows = _rows(instants, clocks, labels)
    span = covering(study.event_windows)
    reach = study.estimation_window.first - 1
    taken = (
        _rows([event.when.start for event in events], clocks, labels) if events else np.empty((0, len(markets)), int)
    )
    # Of the instants that reach the same sessions, such as those of a weekend, the last one stands for all.
    last_of_its_row = np.append((rows[1:] != rows[:-1]).any(axis=1), True)
    whole = last_of_its_row & (rows + reach >= 0).all(axis=1) & (rows >= 0).all(axis=1)
    whole &= (rows + span.last < np.array([len(one) for one in labels.values()])).all(axis=1)
    whole &= (np.abs(rows[:, None, :] - taken[None, :, :]) >= span.length).all(axis=(1, 2))
    dates: list[dt.datetime] = []
    before = np.full(len(markets), -(10**9))
    for at in np.flatnonzero(whole):
        if (rows[at] - before >= span.length).all():
            dates.append(instants[at])
            before = rows[at]
    if len(dates) < LEAST:
        shortest = min(len(one) for one in labels.values())
        needed = -reach + (LEAST + len(events) + 1) * span.length
        raise NotEnoughDataError(
            f"{len(dates)} placebo dates: the sizes of tests need {LEAST}, about {needed:,} sessions with windows of "
            f"{span.length} rows, and the shortest prices have {shortest:,}; give longer prices or shorter windows"
        )
    return dates


def _rows(instants: Sequence[dt.datetime], clocks: Sequence[Any], labels: dict[str, Any]) -> npt.NDArray[np.int64]:
    """Return the row of day 0 of each instant and market, shape (k, m); far below zero where there is none."""
    sessions = pd.DatetimeIndex(align(instants, clocks)["session"])
    shape = len(instants), len(clocks)
    days = sessions.to_numpy().reshape(shape)
    found = [index.get_indexer(pd.DatetimeIndex(days[:, at])) for at, index in enumerate(labels.values())]
    rows = np.column_stack(found).astype(np.int64)
    return np.where(rows < 0, -(10**6), rows)


def _tested(prepared: Prepared, event: Event, effect: float) -> pd.DataFrame:
    """Return the p-values of every test of one placebo date, without and with the effect."""
    abnormal = prepared.abnormal(prepared.meet(event))
    if not len(abnormal):
        return pd.DataFrame(columns=["test", "market", "date", "p", "p_effect"])
    plain, moved = (_p_values(prepared, each) for each in (abnormal, _moved(abnormal, effect)))
    return plain.assign(date=event.id, p_effect=moved["p"].to_numpy())


def _moved(abnormal: AbnormalReturns, effect: float) -> AbnormalReturns:
    """Return abnormal returns with an effect on day 0 of every pair."""
    at = abnormal.columns(DAY_ZERO).start
    ar, returns = abnormal.ar.copy(), abnormal.returns.copy()
    ar[:, at] += effect
    returns[:, at] += effect
    return replace(abnormal, ar=ar, returns=returns)


def _p_values(prepared: Prepared, abnormal: AbnormalReturns) -> pd.DataFrame:
    """Return test, market and p of every test of day 0 that the study makes of one date."""
    table = run_tests(abnormal, (DAY_ZERO,), prepared.study._plan(len(abnormal)))
    return table[["test", "market", "p"]]


def _rates(made: pd.DataFrame, dates: int, level: float) -> pd.DataFrame:
    """Return the rejection rates by test."""
    lines = [line for test, group in made.groupby("test", sort=False) for line in _lines(str(test), group, level)]
    from scipy import stats

    low, high = stats.binom.interval(0.95, dates, level)
    return pd.DataFrame(lines).assign(dates=dates, low=low / dates, high=high / dates)


def _lines(test: str, group: pd.DataFrame, level: float) -> Iterator[dict[str, Any]]:
    """Return the rates of one test: over pairs and over dates, or by family for a joint test."""
    here = group[group["p"].notna()]
    if here.empty:
        return
    hit = here.assign(rate=here["p"] <= level, power=here["p_effect"] <= level)
    joint = not hit.duplicated(["date", "market"]).any() and hit.groupby("date").size().max() == 1
    if joint or test in ("max_t",):
        for family, rows in hit.groupby("market", sort=False):
            yield {"test": test, "over": str(family) or "all", **rows[["rate", "power"]].mean()}
        return
    yield {"test": test, "over": EACH, **hit[["rate", "power"]].mean()}
    yield {"test": test, "over": ANY, **hit.groupby("date")[["rate", "power"]].any().mean()}
