"""The study: a frozen specification, and the one verb that meets events with prices."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pandas as pd

from ..errors import NotEnoughDataError, UsageError, refuse_duplicates
from ..events import Event
from ..inference.abnormal import MIN_OBSERVATIONS, AbnormalReturns, abnormal_returns
from ..inference.models.registry import get_model
from ..markets.prices.resample import bar_length
from ..panel import EventPanel
from ..panel_source import PanelSource
from ..scale.options import Options, refuse_further, said
from ..scale.run import run_packed
from ..schema import check_fields
from ..windows import Window, estimation_of
from . import options
from . import tables as frames
from .benchmark import beside, factors_of
from .clocks import clock_sentences, named
from .details import details
from .event_list import EventList
from .event_time import in_event_time, series_known
from .given import EventsLike, listed
from .inputs import BarsLike, Inputs, check_measure, check_words, prices_given, refuse_measure
from .listed import Listed
from .meeting import Meeting, markets_met
from .method import price_sentences
from .narrative import left_out
from .own_windows import OwnWindows, own_windows
from .pairs import Pairs
from .preparation import Preparation
from .result import EventStudyResult
from .specified import Specified
from .stamps import Stamps
from .wording import in_percent


@dataclass(frozen=True, kw_only=True, repr=False)
class EventStudy(Specified):
    """How events meet prices: the specification of a study, as a methods section would state it.

    Parameters
    ----------
    model : str, Model or mapping
        Expected-return model: a name such as ``"market"``, a table such as ``{"name": "dimson", "parameters": {"lags":
        5, "leads": 0}}``, or a model, also one of your own (see `eventstudy.inference.models.protocol.ModelBase`).
    benchmark : str, optional
        Symbol whose returns the market models use; not needed where the model names its own.
    factors : sequence of str
        Further columns that a factor model uses; those that the model names by default.
    markets : sequence of str, optional
        Symbols to study, in order of interest; all that have prices by default.
    bars : str, optional
        Length of a bar, such as ``"15min"``: event time then counts bars, not sessions. Shorter bars are put together.
    returns : {"log", "simple", "change"}
        Kind of return computed from bars.
    measure : {"volume", "volatility"}, optional
        Study the logarithm of the daily volume, or of the daily range (Parkinson's volatility), in place of returns;
        see `eventstudy.markets.prices.measures.Measure`. Needs daily prices with these columns.
    shares : mapping of str to mapping of day to float, optional
        With ``measure="volume"``: shares outstanding by their first day; the measure is then turnover.
    rolls : {"exclude", "keep"}
        Whether returns that touch the roll of a continuous future are dropped.
    estimation : pair of int, or two pairs
        First and last row of the estimation window in event time: before the event, after it, or two pairs for both
        sides (daily studies). Tests that take the volatility known the day before need rows before the event.
    windows : sequence of pairs of int
        Event windows for the cumulative abnormal returns. Day 0 is always computed.
    min_observations : int
        Estimation rows a market needs; fewer give it the outcome ``too_few_observations``.
    tests : {"standard", "all"} or sequence of str or SignificanceTest
        ``"standard"``: the tests of each pair, max-T for one date, and the closed-form tests of many events;
        ``"all"``: also those that draw at random. Beyond 200 pairs, those of each pair are in `result.events` alone.
    families : mapping of str to sequence of str, optional
        Markets that are tested jointly, declared before looking: ``{"oil": ["CL=F", "BZ=F"]}``.
    weights : mapping of str to float, optional
        A portfolio of markets, signs included, declared before looking.
    calendar : str, optional
        Clock of the symbols that neither `instruments`, the catalogue nor a suffix gives one, such as ``"XNYS"``.
    instruments : mapping of str to table or Instrument, optional
        Markets of your own, or other facts of known ones; an `Instrument` may also stand among the markets.
    overlap : {"keep", "exclude", "drop"}
        Other events of the same market in the windows: kept, out of the estimation, or the pair dropped; listed.
    min_window_share : float
        Share of a window's days that must have an abnormal return; one with fewer is out, and named with the reason.
    returns_kind : {"log", "simple"}, optional
        What returns that are given to `run` are; `returns` where it is left out.
    returns_unit : {"fraction", "percent"}, optional
        Unit of returns that are given to `run`; fractions where it is left out, if they look like fractions.
    seed : int
        Of everything random.
    horizon : str
        In bars: longest search for a reaction's turning points; the next listed event ends it.
    exclude : {"listed"}, optional
        Leave the days (in bars, the bars) on which a listed event falls out of the estimation.
    episodes : sequence of str or table, optional
        Stamps that split the time after the event, see `eventstudy.study.stamps`; all listed events by default.
    event_weights : str, optional
        Column of the events, such as ``"weight"``, by which a report also averages over events: by value, or as a
        portfolio; see `EventStudyResult.average_cars`.
    diagnostics : int, optional
        Lags of the tests of the estimation residuals that a report writes: see `EventStudyResult.diagnostics`.

    Raises
    ------
    UsageError
        If an option is unknown, or a window overlaps the estimation window.

    Examples
    --------
    >>> import numpy as np
    >>> days = pd.bdate_range("2019-01-01", "2020-01-08")
    >>> close = pd.Series([60 + at % 7 / 10 for at in range(len(days))], index=days, name="CL=F")
    >>> result = EventStudy(windows=[(0, 0)]).run("2020-01-07T22:30:00Z", close)
    >>> result.alignment["session"].iloc[0].date().isoformat()
    '2020-01-08'
    """

    model: options.ModelChoice = "constant-mean"
    benchmark: str | None = None
    factors: options.Names = ()
    markets: options.Symbols | None = None
    bars: str | None = None
    returns: str = "log"
    measure: str | None = None
    shares: options.Shares | None = None
    rolls: str = "exclude"
    estimation: options.Estimation = (-210, -11)
    windows: options.Windows = ((0, 0), (0, 1), (-1, 1))
    min_observations: options.Rows = MIN_OBSERVATIONS
    tests: options.TestNames = "standard"
    families: options.Families | None = None
    weights: options.Weights | None = None
    calendar: str | None = None
    instruments: Mapping[str, Any] | None = None
    overlap: str = "keep"
    min_window_share: options.Share = 1.0
    returns_kind: str | None = None
    returns_unit: str | None = None
    seed: options.Seed = 0
    horizon: options.Horizon = "4h"
    exclude: str | None = None
    episodes: options.Episodes | None = None
    event_weights: str | None = None
    diagnostics: options.Lags | None = None

    def __post_init__(self) -> None:
        for name, value in named(self.markets, self.benchmark, self.instruments).items():
            object.__setattr__(self, name, value)
        for name in ("factors", "markets", "windows", "tests", "episodes"):
            object.__setattr__(self, name, options.listed(getattr(self, name)))
        check_fields(self)
        object.__setattr__(self, "estimation", estimation_of(self.estimation))
        object.__setattr__(self, "windows", tuple(map(Window.of, self.windows)))
        check_words(self)
        check_measure(self)
        refuse_duplicates("window", [Window.of(window).label for window in self.windows])
        refuse_duplicates("market", self.markets or ())
        options.check_declared(self.families, self.weights, self.markets)
        options.check_windows(self.estimation_window, self.event_windows, in_bars=self.bars is not None)
        model = get_model(self.model, self.benchmark)
        if isinstance(self.model, Mapping):
            object.__setattr__(self, "model", model)
        self._plan()
        for length in filter(None, (self.bars, self.horizon)):
            bar_length(length)
        Stamps.of(self.episodes)

    def run(
        self,
        events: EventsLike,
        bars: BarsLike | None = None,
        *,
        returns: pd.DataFrame | str | os.PathLike[str] | None = None,
        returns_kind: str | None = None,
        returns_unit: str | None = None,
        others: Iterable[Event] = (),
        engine: Any = None,
        out: str | os.PathLike[str] | None = None,
        memory: str | None = None,
        workers: int | None = None,
        resume: bool | None = None,
        force: bool | None = None,
    ) -> EventStudyResult:
        """Meet events with prices, or with returns computed elsewhere.

        Parameters
        ----------
        events : Event, instant, iterable of them, EventList, DataFrame or path
            An event or instant meets every market; a file or frame is read as by `read_events`.
        bars : BarSet, Bars, mapping of str to DataFrame, DataFrame, Series or path, optional
            Prices by symbol, or their files; also the frames of yfinance, a wide frame or a Series of closes.
        returns : DataFrame, optional
            Sessions x symbols, or lines of date, symbol and return, also of polars or Arrow; the benchmark is among
            them; not with `bars`. Without the study's `calendar` event time counts the rows of the frame and a NaN
            is a missing day; with it, each market's sessions that have a return. Or a pack's folder.
        returns_kind, returns_unit : str, optional
            What `returns` are.
        others : iterable of Event
            What else happened.
        engine, out, memory, workers, resume, force : optional
            Only with a pack: see `eventstudy.scale.options.Options`.

        Returns
        -------
        EventStudyResult

        Raises
        ------
        EventStudyError
            If arguments do not fit together, a symbol or unit is unknown, or no event can be used in any market.
        """
        packed = said(engine=engine, out=out, memory=memory, workers=workers, resume=resume, force=force)
        if isinstance(returns, str | os.PathLike):
            return run_packed(self, events, os.fspath(returns), Options.of(bars, packed))
        refuse_further(packed)
        given = listed(events)
        prices = prices_given(self, bars, markets_met(given, self.markets))
        if (prices is None) == (returns is None):
            raise UsageError("run(events, bars) or run(events, returns=frame): give exactly one of the two")
        if prices is not None:
            stamps = Stamps.of(self.episodes, others)
            return self._meet(given, Inputs.of_prices(prices, self.returns, self.rolls, stamps, self._measure))
        assert returns is not None
        refuse_measure(self)
        kind, unit = returns_kind or self.returns_kind, returns_unit or self.returns_unit
        declared = replace(self, returns=kind or self.returns, returns_kind=kind, returns_unit=unit)
        inputs = Inputs.of_returns(returns, kind=declared.returns, unit=unit, instruments=self._known(None))
        return declared._meet(given, inputs)

    def _meet(self, events: Event | tuple[Event, ...] | EventList, inputs: Inputs) -> EventStudyResult:
        """Align the events, and study them."""
        by_the_bar, known = inputs.prices if self.bars else None, self._known(inputs.prices)
        meeting = Meeting.of(events, self._markets(inputs.series), by_the_bar, known)
        estimation, windows, own = own_windows(meeting.bounds, self.estimation_window, self.event_windows[:-1])
        study = replace(self, estimation=estimation, windows=windows)
        late = None if meeting.late is None else study._study(meeting.at_the_end(), inputs, own)
        return study._study(meeting, inputs, own, late)

    def _source(self, alignment: pd.DataFrame, inputs: Inputs, windows: Sequence[Window]) -> PanelSource | EventPanel:
        """Put returns in event time."""
        series, bars = inputs.series, inputs.prices
        names, markets = self._factor_names(series), alignment["market"].unique().tolist()
        known = series_known(series, self._model, given=bars is None)
        factors = factors_of(self._model, names, known, markets, returns=self.kind, instruments=self._known(bars))
        estimation, in_bars = self.estimation_window, self.bars is not None
        return in_event_time(
            alignment, inputs, factors, self._model, estimation=estimation, windows=windows, in_bars=in_bars
        )

    def _study(
        self, meeting: Meeting, inputs: Inputs, own: OwnWindows, alternative: EventStudyResult | None = None
    ) -> EventStudyResult:
        """Estimate, test, and collect the frames."""
        alignment, dated = meeting.alignment, meeting.dated
        options.check_declared(self.families, self.weights, alignment["market"].unique().tolist())
        every, bars = tuple(dict.fromkeys(self.event_windows)), inputs.prices
        pairs = self._pairs(alignment, inputs, own)
        estimates, lost, samples = pairs.estimates(every, tested=bool(self._plan(len(alignment)).names))
        outcomes = frames.outcomes(estimates, own.lengths(estimates.usable, self.estimation_window.length))
        if not len(estimates):
            reasons = outcomes.drop_duplicates(["outcome", "detail"]).head(3)
            raise NotEnoughDataError(f"no market is left to study: {'; '.join(left_out(reasons))}")
        known, taken = self._known(bars), self._factor_names(inputs.series)
        clocks = clock_sentences(known, alignment["market"].unique())
        return EventStudyResult(
            specification=self.specification(),
            method=(*self.method(), *own.sentences, *price_sentences(() if bars is None else bars.notes), *clocks),
            dated=dated,
            pairs=pairs,
            estimates=estimates,
            lost=lost,
            bars=bars,
            alignment=alignment,
            tests=frames.tests(estimates, pairs, samples, self._plan(len(estimates))),
            outcomes=outcomes,
            benchmark=beside(self._model, taken, alignment, dated, known, in_bars=self.bars is not None),
            instruments=known,
            stamps=inputs.stamps,
            characteristics=meeting.characteristics,
            alternative=alternative,
            **details(pairs, estimates, alignment, inputs, dated, known, study=self.specification()),
        )

    def _pairs(self, alignment: pd.DataFrame, inputs: Inputs, own: OwnWindows | None = None) -> Pairs:
        """Return the pairs, and how they are estimated."""
        ready = Preparation(
            alignment=alignment,
            inputs=inputs,
            model=self._model,
            windows=tuple(dict.fromkeys(self.event_windows)),
            estimation=self.estimation_window,
            share=self.min_window_share,
            overlap=self.overlap,
            own=own or OwnWindows(),
            listed=Listed.of(self.exclude, inputs.stamps.others, self._known(inputs.prices)),
            least=self.min_observations,
        )
        estimate = partial(self._estimate, windows=ready.every)
        return Pairs(source=self._source(alignment, inputs, ready.every), preparation=ready, estimate=estimate)

    def _estimate(self, panel: EventPanel, windows: Sequence[Window] | None = None) -> AbnormalReturns:
        """Estimate the model for every pair that can be used."""
        return abnormal_returns(
            self._model,
            panel,
            estimation=self.estimation_window,
            windows=self.event_windows if windows is None else windows,
            min_observations=self.min_observations,
            log_returns=self.kind == "log",
            changes=not in_percent(self.kind),
            min_window_share=self.min_window_share,
        )
