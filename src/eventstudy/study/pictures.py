"""The pictures of a result, each from one of its frames."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..errors import UnknownNameError, UsageError
from ..events import Event
from ..inference.significance.placebos import placebos
from ..instruments.catalogue import Instruments
from ..markets.calendars.lanes import hours_to_show, trading_lanes
from ..render import average_plots, plots, spread_plots
from .averages import Averages, By
from .computed import DAY_ZERO
from .first import first_to_trade
from .listed import scheduled
from .stamps import Stamps
from .wording import LOGARITHMS, car_name, in_percent, kind_of, label, with_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes


ALL = "all"


class Pictures(Averages):
    """Plots of the frames that `eventstudy.study.result.EventStudyResult` holds."""

    dated: tuple[Event, ...]
    alignment: pd.DataFrame
    anatomy: pd.DataFrame
    path: pd.DataFrame
    course: pd.DataFrame
    episodes: pd.DataFrame
    stamps: Stamps
    instruments: Instruments

    @cached_property
    def first_to_trade(self) -> pd.DataFrame:
        """The markets in the order in which they could react, see `eventstudy.study.first`; none without a price."""
        dated = () if self.specification.get("measure") else self.dated
        instants = pd.Series({event.id: pd.Timestamp(event.when.start) for event in dated}, dtype="M8[ns, UTC]")
        return first_to_trade(self.alignment, self.reaction, self.anatomy, self.path, instants)

    @property
    def markets(self) -> list[str]:
        """Symbols of the markets that were studied, in the order of the study."""
        return list(dict.fromkeys(self.estimates.rows["market"]))

    @property
    def unit(self) -> str:
        """Unit of plots: ``"%"``, ``"change"`` of the price in its own unit, or log units of what is measured."""
        kind = kind_of(self.specification)
        return "%" if in_percent(kind) else LOGARITHMS.get(kind, kind)

    def plot_car(self, market: str | None = None, ax: Axes | None = None, *, event_id: str | None = None) -> Axes:
        """Plot the cumulative abnormal return of one market, with those of the others in grey.

        Parameters
        ----------
        market : str, optional
            A symbol; the first market by default.
        ax : Axes, optional
        event_id : str, optional
            The first event of this market by default; ``"all"`` draws the events of every market, or of the one that is
            named, with their mean.

        Returns
        -------
        Axes

        Raises
        ------
        UnknownNameError
            If the market or event was not studied.
        """
        if event_id == ALL:
            return self._plot_all(market, ax)
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

    @property
    def placebo_days(self) -> pd.DataFrame:
        """Ordinary days of every pair: ``event_id, market, ar``, abnormal returns in the volatility of its day 0.

        That is the standardised abnormal return of each estimation day times the volatility expected for day 0, so that
        the rank of day 0 among them gives the p of `placebo_standardised`.
        """
        found, rows = placebos(self.abnormal, DAY_ZERO), self.abnormal.rows
        each = np.arange(len(rows)).repeat(found.sums.shape[1])
        frame = rows[["event_id", "market"]].iloc[each].reset_index(drop=True)
        return frame.assign(ar=(found.unit[:, None] * found.sums).ravel()).dropna(subset="ar", ignore_index=True)

    def plot_placebos(self, ax: Axes | None = None, *, event_id: str | None = None) -> Axes:
        """Plot day 0 of every market among its ordinary days; see `placebo_days`.

        Parameters
        ----------
        ax : Axes, optional
        event_id : str, optional
            The first event by default.

        Returns
        -------
        Axes
        """
        day, known = self._of_event(self.reaction, event_id), self.instruments
        ordinary = self.placebo_days
        ordinary = ordinary[ordinary["event_id"] == day["event_id"].iloc[0]]
        return spread_plots.plot_placebos(
            with_names(ordinary, known, day["market"]), with_names(day, known), ax, unit=self.unit
        )

    def plot_heat(self, ax: Axes | None = None, *, event_id: str | None = None) -> Axes:
        """Plot the abnormal return of every market on every day as a colour with its number.

        Parameters
        ----------
        ax : Axes, optional
        event_id : str, optional
            The first event by default.

        Returns
        -------
        Axes
        """
        frame = with_names(self._of_event(self.ar, event_id), self.instruments)
        return spread_plots.plot_heat(frame, ax, unit=self.unit)

    def plot_caar(self, ax: Axes | None = None, *, by: By | None = None) -> Axes:
        """Plot the cumulative average abnormal return of many events with its 95 % interval.

        Parameters
        ----------
        ax : Axes, optional
        by : str, mapping or Series, optional
            One line a group: a column of `events`, or the group of every ``event_id``.

        Returns
        -------
        Axes
        """
        return average_plots.plot_caar(self.average_returns(by), ax, unit=self.unit)

    def plot_car_distribution(self, window: tuple[int, int] | None = None, ax: Axes | None = None) -> Axes:
        """Plot how many events had a cumulative abnormal return of which size.

        Parameters
        ----------
        window : pair of int, optional
            One of the study's windows; the first by default.
        ax : Axes, optional

        Returns
        -------
        Axes
        """
        chosen = self._window(window)
        return average_plots.plot_distribution(
            self.estimates.car(chosen).car, ax, unit=self.unit, title=car_name(chosen.label)
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
        return plots.plot_anatomy(
            with_names(self._of_event(self.anatomy, event_id), self.instruments), ax, unit=self.unit
        )

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
        drawn = plots.plot_path(
            with_names(frame[frame["market"].isin(chosen)], self.instruments, chosen),
            with_names(course[course["market"].isin(chosen)], self.instruments, chosen),
            pd.Timestamp(instants[0]) if instants else None,
            ax,
            unit=self.unit,
        )
        return plots.mark_events(drawn, pd.Series([pd.Timestamp(event.when.start) for event in self.listed_after()]))

    def listed_after(self) -> tuple[Event, ...]:
        """Return listed events and scheduled releases after the studied one, in order of time, as `plot_path` has them.

        Returns
        -------
        tuple of Event
            Up to the last bar of `path`, or the last episode.
        """
        last = self.path["end_utc"].max() if len(self.path) else self.episodes["to_utc"].max()
        start = min((event.when.start for event in self.dated), default=None)
        if start is None or pd.isna(last):
            return ()
        known = (*self.dated, *self.stamps.others)
        every = (*self.stamps.others, *scheduled(pd.Timestamp(start), pd.Timestamp(last), known))
        later = [event for event in every if start < event.when.start <= last]
        return tuple(sorted(later, key=lambda event: event.when.start))

    def plot_first(self, ax: Axes | None = None, *, event_id: str | None = None) -> Axes:
        """Plot the first price and day 0 of every market, in the order in which they could react.

        Parameters
        ----------
        ax : Axes, optional
        event_id : str, optional
            The first event by default.

        Returns
        -------
        Axes
        """
        frame = self._of_event(self.first_to_trade, event_id)
        return plots.plot_first(with_names(frame, self.instruments), ax, unit=self.unit)

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

    def _plot_all(self, market: str | None, ax: Axes | None) -> Axes:
        """Plot the cumulative abnormal returns of all pairs, thin, with their mean."""
        known = self.estimates.rows["market"].eq(self._market(market)) if market else np.ones(len(self.estimates), bool)
        blocks = self.pairs.only(np.flatnonzero(self.estimates.usable)[np.asarray(known)])
        paths = np.concatenate([np.nancumsum(block.ar, axis=1) + 0 * block.ar for block in blocks])
        return average_plots.plot_paths(
            range(self.pairs.span.first, self.pairs.span.last + 1), paths, ax, unit=self.unit
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
        chosen = self.estimates.rows["event_id"].iloc[0] if event_id is None else event_id
        if chosen not in set(frame["event_id"]):
            raise UnknownNameError("event", chosen, set(frame["event_id"]), "this study")
        return frame[frame["event_id"] == chosen]
