"""The result of a study: labelled frames, what they say in words, and pictures of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..errors import UnknownNameError, UsageError
from ..events import Event
from ..inference.abnormal import AbnormalReturns
from ..instruments.catalogue import Instruments
from ..markets.calendars.lanes import hours_to_show, trading_lanes
from ..markets.prices.quality import COLUMNS as ODDITY_COLUMNS
from ..panel import EventPanel
from ..render import plots, tables
from . import tables as frames
from .benchmark import BENCHMARK_COLUMNS
from .finding import break_sentence, course_sentences, family_sentence, headline_sentences, lead_sentence, leading
from .formats import AVERAGE_FORMATS, PERCENT, REACTION_FORMATS, SUMMARY_COLUMNS, SUMMARY_HEADINGS, in_units
from .narrative import affected_sentence, ahead_sentence, label, left_out, provisional
from .reaction import ANATOMY_COLUMNS, what_else
from .reaction_path import COURSE_COLUMNS, PATH_COLUMNS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHORT = 40


@dataclass(frozen=True, kw_only=True, repr=False)
class EventStudyResult:
    """What a study found. Every number is in a frame; printing one computes nothing.

    Parameters
    ----------
    specification : mapping
        The study as plain values, as it stands in a study file.
    method : tuple of str
        How the numbers were computed, in sentences.
    dated : tuple of Event
        The events, with their evidence.
    panel : EventPanel
        Returns in event time; no other price history is kept.
    abnormal : AbnormalReturns
    alignment : DataFrame
        ``event_id, market, session, state, first_tradable_utc, reference_utc, observation_utc``.
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
    tests : DataFrame
        ``test, event_id, market, window, n, statistic, df, p, note, role, distribution, null, regime_ratio,
        common_taus``; ids are empty for tests of the whole sample, ``market`` is the family for ``max_t``, ``role``
        says which to read first. ``regime_ratio`` is the volatility just before the event over that of the estimation
        window (tests of one pair), ``common_taus`` the estimation rows that all markets have (joint tests).
    outcomes : DataFrame
        ``event_id, market, session, outcome, observations, detail``: what became of every pair.
    overlaps : DataFrame
        ``event_id, market, other, tau, where``: other events of the same market in an event's windows.
    benchmark : DataFrame
        ``event_id, market, benchmark, benchmark_observation_utc, after_event, ahead``: when the benchmark's return
        beside day 0 was known; empty where the model takes none.
    anatomy : DataFrame
        ``event_id, market, reference, open_gap, high, low, close``; empty for a study of bare returns.
    oddities : DataFrame
        ``market, session, kind, detail``; empty for a study of bare returns.
    files : mapping of str to str
        SHA-256 of every price file.
    path, course : DataFrame
        Of a study in bars: see `eventstudy.intraday`; empty otherwise.
    instruments : Instruments
        Where the study looked its symbols up.
    alternative : EventStudyResult or None
        The same study with the event at the last moment of the interval in which it is known to lie, where that gives
        another day 0 in some market.
    """

    specification: Mapping[str, Any]
    method: tuple[str, ...]
    dated: tuple[Event, ...]
    panel: EventPanel
    abnormal: AbnormalReturns
    alignment: pd.DataFrame
    reaction: pd.DataFrame
    car: pd.DataFrame
    ar: pd.DataFrame
    events: pd.DataFrame
    tests: pd.DataFrame
    outcomes: pd.DataFrame
    overlaps: pd.DataFrame
    benchmark: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=BENCHMARK_COLUMNS))
    anatomy: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=ANATOMY_COLUMNS))
    oddities: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=ODDITY_COLUMNS))
    files: Mapping[str, str] = field(default_factory=dict)
    path: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=PATH_COLUMNS))
    course: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=COURSE_COLUMNS))
    instruments: Instruments = field(default_factory=Instruments)
    alternative: EventStudyResult | None = None

    @property
    def markets(self) -> list[str]:
        """Symbols of the markets that could be studied, in the order of the study."""
        return list(dict.fromkeys(self.reaction["market"]))

    @property
    def unit(self) -> str:
        """What pictures show: per cent, or the change of the price in its own unit."""
        return "change" if self.specification["returns"] == "change" else "%"

    def finding(self) -> tuple[str, ...]:
        """Return what the study found in sentences; for many pairs, the test to read first of each window."""
        events, returns = len(set(self.reaction["event_id"])), str(self.specification["returns"])
        if events > 1 or len(self.reaction) > SHORT:
            lost = int((self.outcomes["outcome"] != "ok").sum())
            pairs = f"{len(self.reaction):,} pairs with a market; {lost:,} pairs left out."
            counted = f"{events:,} event{'s' if events > 1 else ''} in {pairs}"
            return counted, *headline_sentences(self.tests, self.events, returns)
        if not self.course.empty:
            return course_sentences(self.course, returns)
        families = tuple(self.specification["families"] or ())
        lead = lead_sentence(self.leading, self.anatomy, self.outcomes, returns, families, self.instruments)
        return tuple(filter(None, (lead, family_sentence(self.reaction, families), break_sentence(self.tests))))

    @property
    def leading(self) -> pd.Series:
        """Row of `reaction` that is told first: the first market declared, else the largest move of its own kind."""
        row: pd.Series = leading(self.reaction, self.tests, self.specification["markets"] is not None)
        return row

    def summary(self) -> Summary:
        """Return the finding and the table of day 0, or of many events the averages, as text and as HTML."""
        lost = (*(f"left out: {line}" for line in left_out(self.outcomes)[:SHORT]), *provisional(self.outcomes)[:SHORT])
        lines = (*self.finding(), *filter(None, (affected_sentence(self.benchmark), ahead_sentence(self.benchmark))))
        if len(self.reaction) > SHORT:
            averages = frames.averages(self.events, self.tests)
            return Summary(lines=lines, table=averages, formats=AVERAGE_FORMATS, left_out=lost)
        return Summary(
            lines=lines,
            table=self._summary_table(),
            formats=in_units(REACTION_FORMATS, self.specification),
            left_out=lost,
        )

    def what_else(self, others: Iterable[Event]) -> pd.DataFrame:
        """Place other events on every market's event time; see `eventstudy.reaction.what_else`.

        One that starts with a studied event is taken for that event, and left out.
        """
        studied = {event.when.start for event in self.dated}
        rest = [other for other in others if other.when.start not in studied]
        return what_else(self.panel, rest, self.instruments)

    def plot_car(self, market: str | None = None, ax: Axes | None = None, *, event_id: str | None = None) -> Axes:
        """Plot the cumulative abnormal return of one market (the first by default), the others behind it in grey.

        Shown is the event `event_id`, by default the first that met the market.
        """
        chosen = self._market(market)
        met = self.ar.loc[self.ar["market"] == chosen, "event_id"]
        paths = self._of_event(self.ar, met.iloc[0] if event_id is None else event_id)
        return plots.plot_car(
            paths[paths["market"] == chosen],
            ax,
            title=f"{label(chosen)}: CAR from row {self.abnormal.span.first}, {self.unit}",
            others=paths[paths["market"] != chosen],
            unit=self.unit,
        )

    def plot_anatomy(self, ax: Axes | None = None, *, event_id: str | None = None) -> Axes:
        """Plot day 0 of every market: range, open and close against the last observation before the event."""
        frame = self._of_event(self.anatomy, event_id)
        return plots.plot_anatomy(frame.assign(market=frame["market"].map(label)), ax)

    def plot_path(
        self, ax: Axes | None = None, *, markets: Sequence[str] | None = None, event_id: str | None = None
    ) -> Axes:
        """Plot the path of the price around the event, bar by bar, of a study in bars.

        Parameters
        ----------
        ax : Axes, optional
        markets : sequence of str, optional
            All that have bars on both sides of the event, by default.
        event_id : str, optional
            The first event by default.
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
            frame[frame["market"].isin(chosen)].assign(market=lambda found: found["market"].map(label)),
            course[course["market"].isin(chosen)].assign(market=lambda found: found["market"].map(label)),
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
            lanes.assign(market=lanes["market"].map(label)),
            marks.assign(market=marks["market"].map(label)),
            instant,
            ax,
        )

    def _market(self, market: str | None) -> str:
        """Check the symbol of a studied market; the first by default."""
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

    def _summary_table(self) -> pd.DataFrame:
        several = len(set(self.reaction["event_id"])) > 1
        columns = (["event_id"] if several else []) + SUMMARY_COLUMNS
        if self.specification["returns"] == "simple":
            columns.remove("return")
        if self.specification["returns"] == "change":
            columns[columns.index("simple_return") : columns.index("ar")] = ["change"]
        return self.reaction[columns].assign(market=self.reaction["market"].map(label))

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()


@dataclass(frozen=True, kw_only=True, repr=False)
class Summary:
    """A few sentences and a table; prints as text, shows as HTML in a notebook, exports to LaTeX."""

    lines: tuple[str, ...]
    table: pd.DataFrame
    formats: Mapping[str, tables.Formatter]
    left_out: tuple[str, ...] = ()

    @property
    def _headings(self) -> dict[str, str]:
        return SUMMARY_HEADINGS if self.formats.get("ar", PERCENT) is PERCENT else {**SUMMARY_HEADINGS, "ar": "AR"}

    def __str__(self) -> str:
        body = tables.to_text(self.table, self.formats, self._headings)
        return "\n".join([*self.lines, "", body, *self.left_out])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        lines = "".join(f"<p>{escape(line)}</p>" for line in (*self.lines, *self.left_out))
        return lines + tables.to_html(self.table, self.formats, self._headings)

    def to_latex(self) -> str:
        """Return the table as a LaTeX tabular."""
        return tables.to_latex(self.table, self.formats, self._headings)
