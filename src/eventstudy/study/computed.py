"""Frames and arrays of a result that are computed when they are first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from ..inference.abnormal import AbnormalReturns
from ..inference.diagnostics import LAGS, residual_diagnostics
from ..inference.estimates import Estimates
from ..inference.models.least_squares import FloatArray
from ..inference.volatility import volatility_effects
from ..instruments.catalogue import Instruments
from ..markets.prices.bars import BarSet
from ..panel import EventPanel
from ..windows import OwnWindow, Window
from . import tables as frames
from .anatomy import ANATOMY_COLUMNS, ANATOMY_TEST_COLUMNS, FEW, anatomy, anatomy_tests
from .characteristics import with_characteristics
from .pairs import Pairs
from .wording import kind_of

DAY_ZERO = Window(0, 0)


class Computed:
    """Large frames of `eventstudy.study.result.EventStudyResult`, from the pairs and their estimates."""

    specification: Mapping[str, Any]
    pairs: Pairs
    estimates: Estimates
    lost: pd.DataFrame
    outcomes: pd.DataFrame
    bars: BarSet | None
    alignment: pd.DataFrame
    tests: pd.DataFrame
    instruments: Instruments
    characteristics: pd.DataFrame

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
        frame = frames.reaction(self.estimates, self.bars, kind_of(self.specification), self._placebos[DAY_ZERO])
        return frames.with_headline(frame, self.tests)

    @cached_property
    def car(self) -> pd.DataFrame:
        """Cumulative abnormal returns of every pair and window."""
        return frames.with_headline(frames.car(self.estimates, self.windows, self.lost, self._placebos), self.tests)

    @property
    def _days(self) -> BarSet | None:
        """Daily prices whose returns are studied; None where event time counts bars, and where there are none."""
        if self.bars is None or self.specification["measure"] or any(one.intraday for one in self.bars.values()):
            return None
        return self.bars

    @cached_property
    def anatomy(self) -> pd.DataFrame:
        """Day 0 of every pair in detail."""
        if self._days is None:
            return pd.DataFrame(columns=ANATOMY_COLUMNS)
        change = self.specification["returns"] == "change"
        return anatomy(self.estimates.rows, self._days, self.alignment, self.instruments, change=change)

    @cached_property
    def anatomy_tests(self) -> pd.DataFrame:
        """Day 0 of every pair beside the estimation days."""
        if self._days is None or len(self.estimates) > FEW or not self.abnormal.ordered:
            return pd.DataFrame(columns=ANATOMY_TEST_COLUMNS)
        families, change = self.specification["families"], self.specification["returns"] == "change"
        return anatomy_tests(
            self.abnormal, self.anatomy, self._days, self.instruments, families=families, change=change
        )

    @cached_property
    def ar(self) -> pd.DataFrame:
        """Abnormal returns of every pair and row of event time."""
        return frames.ar(self.abnormal)

    @cached_property
    def events(self) -> pd.DataFrame:
        """Estimates and cumulative abnormal returns of every event and window, and what is known of the events."""
        return with_characteristics(frames.events(self.estimates, self.windows, self.lost), self.characteristics)

    def volatility_effects(self, window: tuple[int, int] = (0, 9)) -> pd.DataFrame:
        """Estimate what an event window did to mean and variance, pair by pair: a GJR-GARCH with dummies.

        Parameters
        ----------
        window : pair of int
            Five rows or more, within the rows of the study.

        Returns
        -------
        DataFrame
            As `eventstudy.inference.volatility.volatility_effects`; needs the extra ``garch``.
        """
        return volatility_effects(self.panel, self.abnormal, Window.of(window))

    def diagnostics(self, lags: int = LAGS) -> pd.DataFrame:
        """Test the estimation residuals of every pair for autocorrelation, ARCH effects and normality.

        Parameters
        ----------
        lags : int
            Lags of the tests of Ljung & Box and of Engle.

        Returns
        -------
        DataFrame
            One row a pair that was studied, see `eventstudy.inference.diagnostics.residual_diagnostics`.
        """
        found = residual_diagnostics(self.pairs.blocks, lags)
        return found.iloc[self.pairs.order(self.estimates.usable)].reset_index(drop=True)

    @property
    def outcome_counts(self) -> dict[str, int]:
        """How many pairs have which outcome."""
        return {str(name): int(count) for name, count in self.outcomes["outcome"].value_counts().items()}

    @property
    def event_count(self) -> int:
        """Number of events, those that could not be studied included."""
        return int(self.outcomes["event_id"].nunique())

    def first_lost(self, count: int) -> pd.DataFrame:
        """Return the first pairs that were not studied.

        Parameters
        ----------
        count : int
            At most so many.

        Returns
        -------
        DataFrame
            Rows of `outcomes`.
        """
        return self.outcomes[self.outcomes["outcome"] != "ok"].head(count)

    @cached_property
    def overlaps(self) -> pd.DataFrame:
        """Other events of the same market in an event's windows."""
        return self.pairs.overlaps()

    @property
    def windows(self) -> list[Window]:
        """The events' own windows where they differ, and the study's, without the day 0 that is always computed."""
        own = self.pairs.preparation.own.window
        return [*own, *(Window.of(window) for window in self.specification["windows"])]

    @cached_property
    def _placebos(self) -> dict[Window, FloatArray]:
        """Placebo p-values of day 0 and of every window."""
        plain = [window for window in self.windows if not isinstance(window, OwnWindow)]
        windows = tuple(dict.fromkeys([*plain, DAY_ZERO]))
        return self.pairs.placebos(windows, self.estimates.usable)
