"""The result of a study: labelled frames, a summary of them in sentences, and plots of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from ..events import Event
from ..files import local_path, write_all
from ..inference.estimates import Estimates
from ..instruments.catalogue import Instruments
from ..markets.prices.bars import BarSet
from ..markets.prices.quality import COLUMNS as ODDITY_COLUMNS
from . import tables as frames
from .benchmark import BENCHMARK_COLUMNS
from .careful import careful_course, careful_sentences
from .course import COURSE_COLUMNS
from .course_words import course_sentences
from .episodes import EPISODE_COLUMNS
from .exported import exported
from .finding import (
    break_sentence,
    family_sentence,
    lead_sentence,
    leading,
    slot_sentence,
)
from .first import lead_lag_table
from .formats import AVERAGE_FORMATS, REACTION_FORMATS, SUMMARY_HEADINGS, headed, in_units
from .headline import headline_sentences
from .listed import scheduled
from .narrative import affected_sentence, ahead_sentence, left_out, provisional
from .pairs import Pairs
from .pictures import Pictures
from .reaction import what_else
from .reaction_path import PATH_COLUMNS
from .stamps import Stamps
from .summary import Summary, day_zero_table, first_lines
from .wording import kind_of
from .workbook import workbook

SHORT = 40
# Pairs that the summary of more than 40 names one by one, of those left out and of those with gaps.
SOME = 5


@dataclass(frozen=True, kw_only=True, repr=False)
class EventStudyResult(Pictures):
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
    episodes : DataFrame
        The time after each event from stamp to stamp, and at fixed horizons: see `eventstudy.study.episodes`; empty,
        as `anatomy_tests`, beyond 40 pairs.
    oddities : DataFrame
        ``market, session, kind, detail``: what is odd in the data, such as missing sessions; nothing is repaired.
    files : mapping of str to str
        SHA-256 of every price file.
    path, course : DataFrame
        Of a study in bars: see `eventstudy.study.reaction_path` and `eventstudy.study.course`; empty otherwise.
    stamps : Stamps
        What else happened, and the stamps that split the time after the event.
    instruments : Instruments
        Where the study looked up symbols; gives the names of markets in sentences, tables and plots.
    characteristics : DataFrame
        ``event_id, symbol`` and what else was given of the events; columns of `events`.
    alternative : EventStudyResult or None
        The same study with the event at the last moment of the interval in which it is known to lie, where that gives
        another day 0 in some market.

    Attributes
    ----------
    anatomy : DataFrame
        ``event_id, market, reference, open_gap, high, low, range, close, retraced_from_high, retraced_from_low``; empty
        where returns were given, and in bars.
    anatomy_tests : DataFrame
        ``event_id, market, statistic, value, larger, days, p, step_down_p, flat, rolls, stale``: each statistic of day
        0 beside the same of every estimation day, see `eventstudy.study.anatomy`.
    panel : EventPanel
        Returns in event time, shape (n, T), of the pairs that were studied; no other price history is kept.
    abnormal : AbnormalReturns
        Abnormal returns and their forecast errors, as arrays.
    reaction : DataFrame
        Day 0: ``event_id, market, return, simple_return, change, ar, se, t, df, p, placebo_p, holm_p, mde80,
        headline_p, step_down_p, headline_mde80, family_mde80, placebo_dates, regime_ratio``; returns as fractions,
        ``change`` in the market's own unit. ``p, holm_p, mde80`` are those of t; ``headline_p`` is that of
        `placebo_standardised`, a rank among ``placebo_dates``; ``regime_ratio`` is the volatility just before the event
        over that of the estimation window.
    car : DataFrame
        ``event_id, market, window, car, se, t, p, placebo_p, outcome, detail, headline_p, step_down_p, headline_mde80,
        family_mde80, placebo_dates, regime_ratio``, one line per pair and window.
    ar : DataFrame
        ``event_id, market, tau, session, return, expected, ar, se, car, band, band_simultaneous``, one line per pair
        and row; ``car`` cumulates from the first row, ``band`` is the half-width of its 95 % interval around zero for
        one row alone (pointwise), ``band_simultaneous`` that of a band that holds the whole path at once.
    events : DataFrame
        One line per event and window: ``event_id, symbol, window, alpha, beta, sigma, L, car, se, scar, outcome``,
        and more; then the characteristics of the events.
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
    episodes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=EPISODE_COLUMNS))
    oddities: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=ODDITY_COLUMNS))
    files: Mapping[str, str] = field(default_factory=dict)
    path: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=PATH_COLUMNS))
    stamps: Stamps = field(default_factory=Stamps)
    course: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=COURSE_COLUMNS))
    instruments: Instruments = field(default_factory=Instruments)
    characteristics: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["event_id", "symbol"]))
    alternative: EventStudyResult | None = None
    # Tables that are read from files each time they are asked for.
    stored: ClassVar[tuple[str, ...]] = ()

    def finding(self) -> tuple[str, ...]:
        """Return what the study found in sentences; for many pairs, the test to read first of each window.

        Returns
        -------
        tuple of str
        """
        events, returns, known = (
            len(set(self.reaction["event_id"])),
            kind_of(self.specification),
            self.instruments,
        )
        if events > 1 or len(self.reaction) > SHORT:
            lost = int((self.outcomes["outcome"] != "ok").sum())
            pairs = f"{len(self.reaction):,} pairs with a market; {lost:,} pair{'' if lost == 1 else 's'} left out."
            counted = f"{events:,} event{'s' if events > 1 else ''} in {pairs}"
            return (counted, *headline_sentences(self.tests, self.events, returns, known))
        if not self.course.empty:
            return (*course_sentences(self.course, returns, known), *filter(None, (slot_sentence(self.tests, known),)))
        families = tuple(self.specification["families"] or ())
        first = self.leading
        # Of several events only one may be left; the others have outcomes of the same market.
        anatomy, outcomes = (table[table["event_id"] == first["event_id"]] for table in (self.anatomy, self.outcomes))
        before = self.estimates.estimation.last < self.pairs.span.first
        lead = lead_sentence(first, anatomy, outcomes, returns, families, known, ordered=before)
        family = family_sentence(self.reaction, families, instruments=known, ordered=before, returns=returns)
        return tuple(filter(None, (lead, family, break_sentence(self.tests, known, returns))))

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
        outcomes, named = self.outcomes, self.event_count > 1
        gone, early = left_out(outcomes, named=named), provisional(outcomes, named=named)
        most = SHORT if len(self.reaction) <= SHORT else SOME
        lost = (*first_lines([f"left out: {line}" for line in gone], most), *first_lines(early, most))
        said = (sentence(self.benchmark, self.instruments) for sentence in (affected_sentence, ahead_sentence))
        lines = (*self.finding(), *filter(None, said))
        if len(self.reaction) > SHORT:
            table, formats = frames.averages(self.events, self.tests), AVERAGE_FORMATS
        else:
            table, formats = day_zero_table(self.reaction, self.specification, self.instruments), REACTION_FORMATS
        return Summary(
            lines=lines,
            table=table,
            formats=in_units(formats, self.specification),
            left_out=lost,
            headings=headed(SUMMARY_HEADINGS, self.specification),
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
            ``event_id, market, tau, other_id, title, start_utc, approximate, session, source``.
        """
        studied = {event.when.start for event in self.dated}
        rest = [other for other in others if other.when.start not in studied]
        return what_else(self.panel, rest, self.instruments)

    def scheduled_releases(self) -> pd.DataFrame:
        """Place the scheduled releases of the rows studied in each market's event time, as `what_else` does events.

        Returns
        -------
        DataFrame
            As `what_else`; ``source`` gives the rule. Releases that are listed events are left out.
        """
        rows = self.ar["session"]
        if rows.isna().all() or not self.dated:
            return self.what_else(())
        first, last = (pd.Timestamp(at).tz_localize("UTC") for at in (rows.min(), rows.max()))
        week = pd.Timedelta(days=7)
        return self.what_else(scheduled(first - week, last + week, (*self.dated, *self.stamps.others)))

    def careful(self) -> tuple[str, ...]:
        """Return the sentences that a careful analyst would sign, by fixed rules; see `eventstudy.study.careful`.

        Returns
        -------
        tuple of str
            Empty for studies of several events, and where the estimation window does not lie before the event.
        """
        if len(self.dated) != 1 or self.estimates.estimation.last >= self.pairs.span.first:
            return ()
        returns, known = kind_of(self.specification), self.instruments
        if not self.course.empty:
            return (careful_course(self.course, self.episodes, returns, known),)
        return careful_sentences(
            self.leading,
            self.anatomy,
            self.anatomy_tests,
            self.tests,
            self.what_else(self.stamps.others),
            self.outcomes,
            self.dated[0].basis,
            returns,
            known,
        )

    def lead_lag(self, first: str, second: str, lags: int = 5, *, event_id: str | None = None) -> pd.DataFrame:
        """Correlate the bars of two markets at lags, in a study by the bar; see `eventstudy.study.first`.

        Parameters
        ----------
        first, second : str
            Symbols; at a positive lag the first one leads.
        lags : int
            Largest lag, in bars.
        event_id : str, optional
            The first event by default.

        Returns
        -------
        DataFrame
            ``lag, correlation, bars, band, p``.
        """
        chosen = self.reaction["event_id"].iloc[0] if event_id is None else event_id
        seed = int(self.specification["seed"])
        return lead_lag_table(self.panel, (first, second), event_id=chosen, lags=lags, seed=seed)

    def to_excel(self, path: str | os.PathLike[str], *, force: bool = False) -> Path:
        """Write every table as a sheet of an Excel workbook; needs the extra ``excel``.

        Parameters
        ----------
        path : path
            An ``.xlsx`` file.
        force : bool
            Whether an existing file is replaced.

        Returns
        -------
        Path
            Instants are in UTC; text is never a formula.
        """
        target = local_path(path, output=True)
        write_all(target.parent, {target.name: workbook(exported(self))}, force=force)
        return target

    def to_latex(self) -> str:
        """Return the table of `summary` as a LaTeX tabular with booktabs rules.

        Returns
        -------
        str
        """
        return self.summary().to_latex()

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()
