"""The study: a frozen specification, and the one verb that meets events with prices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from . import frames
from .errors import NotEnoughDataError, UnknownNameError, UsageError
from .events import Event
from .inference import Model, abnormal_returns, get_model
from .inference.abnormal import MIN_OBSERVATIONS, AbnormalReturns
from .instruments import find_instrument
from .markets.alignment import align
from .markets.bars import RETURN_KINDS, ROLL_RULES, Bars, BarSet
from .markets.calendars import known_range, schedule
from .markets.quality import COLUMNS as ODDITY_COLUMNS
from .markets.quality import oddities
from .narrative import left_out
from .panel import EventPanel, Outcome, build_panel
from .reaction import ANATOMY_COLUMNS, anatomy
from .results import EventStudyResult
from .windows import Window, check_disjoint

DAY_ZERO = Window(0, 0)
ALIGNMENT_COLUMNS = ["event_id", "market", "session", "state", "first_tradable_utc", "reference_utc", "observation_utc"]


@dataclass(frozen=True, kw_only=True)
class EventStudy:
    """How events meet prices: the specification of a study, as a methods section would state it.

    Parameters
    ----------
    model : str or Model
        Expected-return model: ``"constant-mean"``, ``"market"``, ``"market-adjusted"``, or an object with the same
        methods.
    benchmark : str, optional
        Symbol whose returns the market models use.
    markets : sequence of str, optional
        Symbols to study, in order of interest; all that have prices by default.
    returns : {"log", "simple"}
        Kind of return computed from bars.
    rolls : {"exclude", "keep"}
        Whether returns that touch the roll of a continuous future are dropped.
    estimation : pair of int
        First and last row of the estimation window in event time.
    windows : sequence of pairs of int
        Event windows for the cumulative abnormal returns. Day 0 is always computed.
    min_observations : int
        Estimation rows a market needs; fewer give it the outcome ``too_few_observations``.
    seed : int
        Seed of everything random.

    Raises
    ------
    UsageError
        If an option is unknown, or a window overlaps the estimation window.

    Examples
    --------
    >>> days = pd.bdate_range("2019-01-01", "2020-01-08")
    >>> close = pd.Series(60 + np.sin(np.arange(len(days))), index=days)
    >>> bars = BarSet.from_frames({"CL=F": close.to_frame("close")})
    >>> result = EventStudy(windows=[(0, 0)]).run(Event.at("2020-01-07T22:30:00Z"), bars)
    >>> result.alignment["session"].iloc[0].date().isoformat()
    '2020-01-08'
    """

    model: str | Model = "constant-mean"
    benchmark: str | None = None
    markets: tuple[str, ...] | None = None
    returns: str = "log"
    rolls: str = "exclude"
    estimation: Window | tuple[int, int] = (-210, -11)
    windows: Sequence[Window | tuple[int, int]] = ((0, 0), (0, 1), (-1, 1))
    min_observations: int = MIN_OBSERVATIONS
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "estimation", Window.of(self.estimation))
        object.__setattr__(self, "windows", tuple(map(Window.of, self.windows)))
        if self.markets is not None:
            object.__setattr__(self, "markets", tuple(self.markets))
        for name, value, known in (("return", self.returns, RETURN_KINDS), ("rolls rule", self.rolls, ROLL_RULES)):
            if value not in known:
                raise UnknownNameError(name, str(value), known)
        if not self.windows:
            raise UsageError("give at least one event window, such as [0, 0]")
        _refuse_twice("window", [Window.of(window).label for window in self.windows])
        _refuse_twice("market", self.markets or ())
        check_disjoint(self.estimation_window, self.event_windows)
        if self.min_observations < 3:
            raise UsageError(f"min_observations is {self.min_observations}; a variance needs at least 3 rows")
        get_model(self.model, self.benchmark)

    @property
    def estimation_window(self) -> Window:
        """The estimation window."""
        return Window.of(self.estimation)

    @property
    def event_windows(self) -> tuple[Window, ...]:
        """The event windows, and day 0, which is always computed."""
        return (*map(Window.of, self.windows), DAY_ZERO)

    def run(
        self,
        events: Event | Iterable[Event] | pd.DataFrame,
        bars: BarSet | Mapping[str, pd.DataFrame] | None = None,
        *,
        returns: pd.DataFrame | None = None,
    ) -> EventStudyResult:
        """Meet events with prices, or with returns computed elsewhere.

        Parameters
        ----------
        events : Event, iterable of Event or DataFrame
            An `Event` meets every market. A frame has ``event_id``, ``symbol`` and either ``session`` (tz-naive day) or
            ``instant`` (UTC), and meets the one market that each line names.
        bars : BarSet or mapping of str to DataFrame, optional
            Prices by symbol.
        returns : DataFrame, optional
            Sessions x symbols, as fractions, NaN where a market has no row; the benchmark among the columns. Exactly
            one of `bars` and `returns`.

        Returns
        -------
        EventStudyResult

        Raises
        ------
        UsageError
            If the arguments do not fit together.
        UnknownNameError
            If a symbol is not in the catalogue or has no prices.
        NotEnoughDataError
            If no event can be used in any market.
        """
        if (bars is None) == (returns is None):
            raise UsageError("run(events, bars) or run(events, returns=frame): give exactly one of the two")
        prices = bars if bars is None or isinstance(bars, BarSet) else BarSet.from_frames(bars)
        series = self._series(prices, returns)
        markets = self._markets(series)
        dated, alignment = _meet(events, markets)
        panel = self._panel(alignment, series, prices)
        abnormal = abnormal_returns(
            get_model(self.model, self.benchmark),
            panel,
            estimation=self.estimation_window,
            windows=self.event_windows,
            min_observations=self.min_observations,
        )
        outcomes = frames.outcomes(abnormal)
        if not len(abnormal):
            raise NotEnoughDataError(f"no market is left to study: {'; '.join(left_out(outcomes.head(3)))}")
        return self._result(abnormal, panel, dated, alignment, outcomes, prices)

    def specification(self) -> dict[str, Any]:
        """Return the study as plain values, as they stand in a study file."""
        plain: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name == "windows":
                value = [[window.first, window.last] for window in value]
            elif isinstance(value, Window):
                value = [value.first, value.last]
            elif isinstance(value, tuple):
                value = list(value)
            plain[item.name] = value if isinstance(value, str | int | list) or value is None else value.name
        return plain

    def method(self) -> tuple[str, ...]:
        """Return the specification in sentences."""
        estimation = self.estimation_window
        kind = "log" if self.returns == "log" else "simple"
        rolls = "kept" if self.rolls == "keep" else "dropped"
        return (
            "Day 0 is the first session whose observation (the close, or for a future its settlement) comes after the "
            "event; the reference is the last observation at or before it. Event time counts a market's own rows.",
            get_model(self.model, self.benchmark).description,
            f"Returns are {kind} returns, close to close; those touching the roll of a continuous future are {rolls}.",
            f"The model is estimated on rows {estimation.first} to {estimation.last} of event time. Standard "
            "errors are those of a forecast: sigma and the error of the estimated parameters, with their covariance "
            "over a window.",
            "p is two-sided, from Student's t with L - k degrees of freedom. Placebo p counts how many ordinary days "
            "(or windows of the same length) of the same market were at least as large; it assumes no distribution.",
            "Holm p allows for the number of markets. mde80 is the abnormal return that this test would find in four "
            "of five cases.",
        )

    def _series(self, bars: BarSet | None, returns: pd.DataFrame | None) -> dict[str, pd.Series]:
        """Return the returns of every symbol, by session."""
        if bars is not None:
            return {symbol: bars[symbol].returns(self.returns, self.rolls) for symbol in bars}
        assert returns is not None
        index = returns.index
        ascending = index.is_monotonic_increasing and index.is_unique
        if not isinstance(index, pd.DatetimeIndex) or index.tz is not None or not ascending:
            raise UsageError("returns: the index must be ascending session dates without a time zone, each once")
        # A market has no row on the sessions of others: event time counts its own.
        return {str(symbol): returns[symbol].astype(float).dropna() for symbol in returns}

    def _markets(self, series: Mapping[str, pd.Series]) -> list[str]:
        """Symbols to study; a benchmark is only studied when it is asked for."""
        if self.benchmark is not None and self.benchmark not in series:
            raise UnknownNameError("benchmark", self.benchmark, series, "prices")
        return list(self.markets) if self.markets is not None else [name for name in series if name != self.benchmark]

    def _panel(self, alignment: pd.DataFrame, series: Mapping[str, pd.Series], bars: BarSet | None) -> EventPanel:
        """Put returns in event time; pairs that need a return which does not exist are marked."""
        every = (self.estimation_window, *self.event_windows)
        span = Window(min(window.first for window in every), max(window.last for window in every))
        factors = None if self.benchmark is None else series[self.benchmark].to_frame(self.benchmark)
        panel = build_panel(alignment, series, span, factors=factors)
        if bars is None:
            return panel
        needed = np.zeros(len(panel.tau), dtype=bool)
        for window in every:
            needed[panel.at(window)] = True
        return _mark_undefined(panel, bars, needed)

    def _result(
        self,
        abnormal: AbnormalReturns,
        panel: EventPanel,
        dated: tuple[Event, ...],
        alignment: pd.DataFrame,
        outcomes: pd.DataFrame,
        bars: BarSet | None,
    ) -> EventStudyResult:
        """Collect the frames."""
        usable = panel.only(abnormal.outcomes["outcome"].eq(Outcome.OK).to_numpy())
        reaction = frames.reaction(abnormal, bars, self.returns)
        nothing = pd.DataFrame(columns=ANATOMY_COLUMNS)
        odd = pd.DataFrame(columns=ODDITY_COLUMNS) if bars is None else _oddities(bars, alignment["market"].unique())
        return EventStudyResult(
            specification=self.specification(),
            method=self.method(),
            dated=dated,
            panel=usable,
            abnormal=abnormal,
            alignment=alignment,
            reaction=reaction,
            car=frames.car(abnormal, self.event_windows[:-1]),
            ar=frames.ar(abnormal),
            tests=frames.tests(abnormal, self.event_windows[:-1], reaction),
            outcomes=outcomes,
            anatomy=nothing if bars is None else anatomy(usable, bars, alignment),
            oddities=odd,
            files={} if bars is None else dict(bars.files),
        )


def _refuse_twice(what: str, names: Sequence[str]) -> None:
    """Raise if a name is there twice."""
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{what} {name} stands twice; keep one")


def _meet(events: Event | Iterable[Event] | pd.DataFrame, markets: list[str]) -> tuple[tuple[Event, ...], pd.DataFrame]:
    """Events and their alignment, one line for every event-market pair."""
    if isinstance(events, pd.DataFrame):
        return (), _meet_frame(events)
    dated = (events,) if isinstance(events, Event) else tuple(events)
    ids = [event.id for event in dated]
    if not dated or len(set(ids)) < len(ids):
        raise UsageError("events: give at least one, each with an id of its own")
    table = align([event.when.start for event in dated], markets)
    named = table.assign(event_id=np.repeat(ids, len(markets)))
    return dated, _alignment_columns(named)


def _meet_frame(events: pd.DataFrame) -> pd.DataFrame:
    """Alignment of a frame of events that name their market."""
    missing = [name for name in ("event_id", "symbol") if name not in events]
    if missing or ("session" in events) == ("instant" in events):
        raise UsageError("events: a frame needs the columns event_id, symbol and either session or instant")
    if "session" in events:
        table = events.rename(columns={"symbol": "market"}).assign(session=pd.to_datetime(events["session"]))
        return table.reindex(columns=ALIGNMENT_COLUMNS)
    parts = [
        align(group["instant"].tolist(), str(symbol)).assign(event_id=group["event_id"].to_numpy(), order=group.index)
        for symbol, group in events.groupby("symbol", sort=False)
    ]
    return _alignment_columns(pd.concat(parts).sort_values("order"))


def _alignment_columns(table: pd.DataFrame) -> pd.DataFrame:
    """Name the instants as UTC and put the columns in their order."""
    names = {name: f"{name}_utc" for name in ("first_tradable", "reference", "observation")}
    plain = table.rename(columns=names).astype({"market": str, "state": str})
    return plain.reset_index(drop=True)[ALIGNMENT_COLUMNS]


def _mark_undefined(panel: EventPanel, bars: BarSet, needed: np.ndarray) -> EventPanel:
    """Mark the pairs for which a needed return touches a price that is not positive."""
    rows = panel.rows
    for market in rows.loc[panel.usable, "market"].unique():
        days = bars[market].undefined_returns().to_numpy().astype("datetime64[D]")
        touched = np.isin(panel.sessions, days) & needed & (rows["market"] == market).to_numpy()[:, None]
        where = touched.any(axis=1) & panel.usable
        first = [str(panel.sessions[at][touched[at]][0]) for at in np.flatnonzero(where)]
        detail = [
            f"the price of {day} or of the row before is not positive: no return exists; choose other rows"
            for day in first
        ]
        panel = panel.with_outcome(where, Outcome.NON_POSITIVE_PRICE, detail)
    return panel


def _oddities(bars: BarSet, markets: Iterable[str]) -> pd.DataFrame:
    """List what is odd in the prices of the studied markets."""
    found = [oddities(bars[market], _sessions(market, bars[market])) for market in markets if market in bars]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=ODDITY_COLUMNS)


def _sessions(market: str, bars: Bars) -> pd.DatetimeIndex:
    """Sessions that the market's calendar has over the prices, as far as it is known."""
    instrument, index = find_instrument(market), pd.DatetimeIndex(bars.frame.index)
    first, last = known_range(instrument.calendar)
    known = schedule(instrument, max(first, index[0].date()), min(last, index[-1].date()))
    return pd.DatetimeIndex(known.sessions.astype("datetime64[s]"))
