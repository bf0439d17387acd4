"""The result of a study: labelled frames, a summary of them in sentences, and plots of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..errors import UnknownNameError, UsageError
from ..events import Event
from ..inference.abnormal import AbnormalReturns
from ..inference.estimates import Estimates
from ..inference.models.least_squares import FloatArray
from ..instruments.catalogue import Instruments
from ..markets.calendars.lanes import hours_to_show, trading_lanes
from ..markets.prices.bars import BarSet
from ..markets.prices.quality import COLUMNS as ODDITY_COLUMNS
from ..panel import EventPanel
from ..render import plots
from ..windows import Window
from . import tables as frames
from .benchmark import BENCHMARK_COLUMNS
from .finding import (
    break_sentence,
    course_sentences,
    family_sentence,
    headline_sentences,
    lead_sentence,
    leading,
    slot_sentence,
)
from .formats import AVERAGE_FORMATS, REACTION_FORMATS, in_units
from .narrative import affected_sentence, ahead_sentence, left_out, provisional
from .pairs import Pairs
from .reaction import ANATOMY_COLUMNS, what_else
from .reaction_path import COURSE_COLUMNS, PATH_COLUMNS
from .summary import Summary, day_zero_table
from .wording import label, with_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHORT = 40
DAY_ZERO = Window(0, 0)


@dataclass(frozen=True, kw_only=True, repr=False)
class EventStudyResult:
    """What a study found. Every number is in a frame; printing a result computes nothing.

    Parameters
    ----------
    specification : mapping
        The study as plain values, as it stands in a study file.
    method : tuple of str
        How the numbers were computed, in sentences.
    dated : tuple of Event
        The events, with their evidence; empty where a frame of events was studied.
    pairs : Pairs
        The event-market pairs, from which large arrays and frames are computed when they are asked for.
    estimates : Estimates
        Estimates and cumulative abnormal returns of every usable pair.
    lost : DataFrame
        ``event_id, market, window, outcome, detail``: windows that lack days.
    bars : BarSet or None
        The prices; None where returns were given.
    alignment : DataFrame
        ``event_id, market, session, state, first_tradable_utc, reference_utc, observation_utc``.
    tests : DataFrame
        ``test, event_id, market, window, n, statistic, df, p, note, role, distribution, null, regime_ratio,
        common_taus``; ids are empty for tests of the whole sample, ``market`` is the family for ``max_t``, ``role``
        says which to read first. ``regime_ratio`` is the volatility just before the event over that of the estimation
        window (tests of one pair), ``common_taus`` the number of estimation rows that all markets have (joint tests).
    outcomes : DataFrame
        ``event_id, market, session, outcome, observations, detail``: one line a pair. ``outcome`` is ``ok`` or the
        reason why the pair was not studied, ``observations`` the number of estimation rows used.
    benchmark : DataFrame
        ``event_id, market, benchmark, benchmark_observation_utc, after_event, ahead``: when the benchmark's price of
        day 0 was observed; empty where the model takes none.
    anatomy : DataFrame
        ``event_id, market, reference, open_gap, high, low, close``; empty where returns were given.
    oddities : DataFrame
        ``market, session, kind, detail``: what is odd in the data, such as missing sessions; nothing is repaired.
    files : mapping of str to str
        SHA-256 of every price file.
    path, course : DataFrame
        Of a study in bars: see `eventstudy.study.reaction_path`; empty otherwise.
    instruments : Instruments
        Where the study looked up symbols; gives the names of markets in sentences, tables and plots.
    alternative : EventStudyResult or None
        The same study with the event at the last moment of the interval in which it is known to lie, where that gives
        another day 0 in some market.

    Attributes
    ----------
    panel : EventPanel
        Returns in event time, shape (n, T), of the pairs that were studied; no other price history is kept.
    abnormal : AbnormalReturns
        Abnormal returns and their forecast errors, as arrays.
    reaction : DataFrame
        Day 0: ``event_id, market, return, simple_return, change, ar, se, t, df, p, placebo_p, holm_p, mde80,
        headline_p, step_down_p, headline_mde80, family_mde80``; returns as fractions, ``change`` in the market's own
        unit. ``p, holm_p, mde80`` are those of t; ``headline_p`` is that of `placebo_standardised`.
    car : DataFrame
        ``event_id, market, window, car, se, t, p, placebo_p, outcome, detail, headline_p, step_down_p, headline_mde80,
        family_mde80``, one line per pair and window.
    ar : DataFrame
        ``event_id, market, tau, session, return, expected, ar, se, car, band, band_simultaneous``, one line per pair
        and row; ``car`` cumulates from the first row, ``band`` is the half-width of its 95 % interval around zero for
        one row alone (pointwise), ``band_simultaneous`` that of a band that holds the whole path at once.
    events : DataFrame
        One line per event and window: ``event_id, symbol, window, alpha, beta, sigma, L, car, se, scar, outcome``,
        and more.
    overlaps : DataFrame
        ``event_id, market, other, tau, where``: other events of the same market in an event's windows.
    """

    specification: Mapping[str, Any]
    method: tuple[str, ...]
    dated: tuple[Event, ...]
    pairs: Pairs
    estimates: Estimates
    lost: pd.DataFrame
    bars: BarSet | None
    alignment: pd.DataFrame
    tests: pd.DataFrame
    outcomes: pd.DataFrame
    benchmark: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=BENCHMARK_COLUMNS))
    anatomy: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=ANATOMY_COLUMNS))
    oddities: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=ODDITY_COLUMNS))
    files: Mapping[str, str] = field(default_factory=dict)
    path: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=PATH_COLUMNS))
    course: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=COURSE_COLUMNS))
    instruments: Instruments = field(default_factory=Instruments)
    alternative: EventStudyResult | None = None

    @property
    def panel(self) -> EventPanel:
        """Returns in event time of the pairs that were studied."""
        return self.pairs.panel

    @property
    def abnormal(self) -> AbnormalReturns:
        """Abnormal returns and their forecast errors."""
        return self.pairs.abnormal

    @cached_property
    def reaction(self) -> pd.DataFrame:
        """Day 0 of every pair."""
        frame = frames.reaction(self.estimates, self.bars, str(self.specification["returns"]), self._placebos[DAY_ZERO])
        return frames.with_headline(frame, self.tests)

    @cached_property
    def car(self) -> pd.DataFrame:
        """Cumulative abnormal returns of every pair and window."""
        return frames.with_headline(frames.car(self.estimates, self._windows, self.lost, self._placebos), self.tests)

    @cached_property
    def ar(self) -> pd.DataFrame:
        """Abnormal returns of every pair and row of event time."""
        return frames.ar(self.abnormal)

    @cached_property
    def events(self) -> pd.DataFrame:
        """Estimates and cumulative abnormal returns of every event and window."""
        return frames.events(self.estimates, self._windows, self.lost)

    @cached_property
    def overlaps(self) -> pd.DataFrame:
        """Other events of the same market in an event's windows."""
        return self.pairs.overlaps()

    @property
    def _windows(self) -> list[Window]:
        """The windows of the study, without the day 0 that is always computed."""
        return [Window.of(window) for window in self.specification["windows"]]

    @cached_property
    def _placebos(self) -> dict[Window, FloatArray]:
        """Placebo p-values of day 0 and of every window."""
        windows = tuple(dict.fromkeys([*self._windows, DAY_ZERO]))
        return self.pairs.placebos(windows, self.estimates.usable)

    @property
    def markets(self) -> list[str]:
        """Symbols of the markets that were studied, in the order of the study."""
        return list(dict.fromkeys(self.estimates.rows["market"]))

    @property
    def unit(self) -> str:
        """Unit of plots: ``"%"``, or ``"change"`` of the price in its own unit."""
        return "change" if self.specification["returns"] == "change" else "%"

    def finding(self) -> tuple[str, ...]:
        """Return what the study found in sentences; for many pairs, the test to read first of each window.

        Returns
        -------
        tuple of str
        """
        events, returns, known = (
            len(set(self.reaction["event_id"])),
            str(self.specification["returns"]),
            self.instruments,
        )
        if events > 1 or len(self.reaction) > SHORT:
            lost = int((self.outcomes["outcome"] != "ok").sum())
            pairs = f"{len(self.reaction):,} pairs with a market; {lost:,} pairs left out."
            counted = f"{events:,} event{'s' if events > 1 else ''} in {pairs}"
            return counted, *headline_sentences(self.tests, self.events, returns)
        if not self.course.empty:
            return (*course_sentences(self.course, returns, known), *filter(None, (slot_sentence(self.tests, known),)))
        families = tuple(self.specification["families"] or ())
        lead = lead_sentence(self.leading, self.anatomy, self.outcomes, returns, families, known)
        family = family_sentence(self.reaction, families, instruments=known)
        return tuple(filter(None, (lead, family, break_sentence(self.tests, known))))

    @property
    def leading(self) -> pd.Series:
        """Row of `reaction` that is named first: the first market declared, else the largest standardised move."""
        row: pd.Series = leading(self.reaction, self.tests, self.specification["markets"] is not None)
        return row

    def summary(self) -> Summary:
        """Return the finding with the table of day 0, or for more than 40 pairs with the averages.

        Returns
        -------
        Summary
        """
        lost = (*(f"left out: {line}" for line in left_out(self.outcomes)[:SHORT]), *provisional(self.outcomes)[:SHORT])
        said = (sentence(self.benchmark, self.instruments) for sentence in (affected_sentence, ahead_sentence))
        lines = (*self.finding(), *filter(None, said))
        if len(self.reaction) > SHORT:
            averages = frames.averages(self.events, self.tests)
            return Summary(lines=lines, table=averages, formats=AVERAGE_FORMATS, left_out=lost)
        return Summary(
            lines=lines,
            table=day_zero_table(self.reaction, self.specification, self.instruments),
            formats=in_units(REACTION_FORMATS, self.specification),
            left_out=lost,
        )

    def what_else(self, others: Iterable[Event]) -> pd.DataFrame:
        """Place other events in each market's event time; see `eventstudy.study.reaction.what_else`.

        Parameters
        ----------
        others : iterable of Event
            One that starts at the same instant as a studied event is taken to be that event, and is left out.

        Returns
        -------
        DataFrame
            ``event_id, market, tau, other_id, title, start_utc, approximate, session``.
        """
        studied = {event.when.start for event in self.dated}
        rest = [other for other in others if other.when.start not in studied]
        return what_else(self.panel, rest, self.instruments)

    def plot_car(self, market: str | None = None, ax: Axes | None = None, *, event_id: str | None = None) -> Axes:
        """Plot the cumulative abnormal return of one market, with those of the others in grey.

        Parameters
        ----------
        market : str, optional
            A symbol; the first market by default.
        ax : Axes, optional
        event_id : str, optional
            The first event of this market by default.

        Returns
        -------
        Axes

        Raises
        ------
        UnknownNameError
            If the market or event was not studied.
        """
        chosen = self._market(market)
        met = self.ar.loc[self.ar["market"] == chosen, "event_id"]
        paths = self._of_event(self.ar, met.iloc[0] if event_id is None else event_id)
        return plots.plot_car(
            paths[paths["market"] == chosen],
            ax,
            title=f"{label(chosen, self.instruments)}: CAR from row {self.abnormal.span.first}, {self.unit}",
            others=paths[paths["market"] != chosen],
            unit=self.unit,
        )

    def plot_anatomy(self, ax: Axes | None = None, *, event_id: str | None = None) -> Axes:
        """Plot day 0 of every market: range, open and close against the last observation before the event.

        Parameters
        ----------
        ax : Axes, optional
        event_id : str, optional
            The first event by default.

        Returns
        -------
        Axes
        """
        return plots.plot_anatomy(with_names(self._of_event(self.anatomy, event_id), self.instruments), ax)

    def plot_path(
        self, ax: Axes | None = None, *, markets: Sequence[str] | None = None, event_id: str | None = None
    ) -> Axes:
        """Plot the price around the event, bar by bar, of a study in bars.

        Parameters
        ----------
        ax : Axes, optional
        markets : sequence of str, optional
            All that have bars on both sides of the event, by default.
        event_id : str, optional
            The first event by default.

        Returns
        -------
        Axes

        Raises
        ------
        UsageError
            If the study is not in bars.
        UnknownNameError
            If a market or the event was not studied.
        """
        if self.path.empty:
            raise UsageError('plot_path needs a study in bars, such as EventStudy(bars="15min")')
        frame, course = self._of_event(self.path, event_id), self._of_event(self.course, event_id)
        chosen = list(frame["market"].unique()) if markets is None else list(markets)
        for market in chosen:
            if market not in set(frame["market"]):
                raise UnknownNameError("market", market, frame["market"].unique(), "this study")
        instants = [event.when.start for event in self.dated if event.id == frame["event_id"].iloc[0]]
        return plots.plot_path(
            with_names(frame[frame["market"].isin(chosen)], self.instruments, chosen),
            with_names(course[course["market"].isin(chosen)], self.instruments, chosen),
            pd.Timestamp(instants[0]) if instants else None,
            ax,
            unit=self.unit,
        )

    def plot_sessions(
        self, ax: Axes | None = None, *, event_id: str | None = None, hours: tuple[int, int] | None = None
    ) -> Axes:
        """Plot when every market trades around the instant, and when it could first react.

        Parameters
        ----------
        ax : Axes, optional
        event_id : str, optional
            The first event by default.
        hours : tuple of int, optional
            Hours shown before and after the instant: by default 6, and 24 or as many as every market needs to open.

        Returns
        -------
        Axes

        Raises
        ------
        UsageError
            If the study was given sessions in place of instants.
        """
        marks = self._of_event(self.alignment, event_id)
        marks = marks[marks["first_tradable_utc"].notna()]
        instants = [event.when.start for event in self.dated if event.id == marks["event_id"].iloc[0]]
        if not instants:
            raise UsageError("plot_sessions needs the instant of the event; this study was given sessions")
        instant = pd.Timestamp(instants[0])
        before, after = hours or hours_to_show(instant, marks["first_tradable_utc"])
        markets = marks["market"].tolist()
        lanes = trading_lanes(instant, markets, before=before, after=after, instruments=self.instruments)
        return plots.plot_sessions(
            with_names(lanes, self.instruments, markets), with_names(marks, self.instruments, markets), instant, ax
        )

    def _market(self, market: str | None) -> str:
        """Return the symbol of a studied market; the first by default."""
        if market is None:
            return self.markets[0]
        if market not in self.markets:
            raise UnknownNameError("market", market, self.markets, "this study")
        return market

    def _of_event(self, frame: pd.DataFrame, event_id: str | None) -> pd.DataFrame:
        """Return the rows of one event, the first by default."""
        chosen = self.reaction["event_id"].iloc[0] if event_id is None else event_id
        if chosen not in set(frame["event_id"]):
            raise UnknownNameError("event", chosen, set(frame["event_id"]), "this study")
        return frame[frame["event_id"] == chosen]

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()
