"""What a study says of itself: its windows, its model, the columns that it takes, and its specification in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import pandas as pd

from ..inference.battery import TestPlan
from ..inference.models.protocol import Model
from ..inference.models.registry import factor_columns, get_model, model_table
from ..instruments.catalogue import Instruments
from ..markets.prices.measures import Measure
from ..windows import Window, estimation_of, plain
from .clocks import plain_instruments
from .light import DAY_ZERO
from .method import method_sentences
from .repeats import Repeats


class Specified(Repeats):
    """What follows from the fields of `eventstudy.study.study.EventStudy` alone."""

    model: Any
    benchmark: str | None
    returns: str
    measure: str | None
    shares: Mapping[str, Mapping[str, float]] | None
    rolls: str
    factors: Sequence[str]
    markets: Sequence[str] | None
    estimation: Any
    windows: Any
    tests: Any
    families: Any
    weights: Any
    calendar: str | None
    instruments: Mapping[str, Any] | None
    seed: int

    @property
    def estimation_window(self) -> Window:
        """The estimation window."""
        return estimation_of(self.estimation)

    @property
    def event_windows(self) -> tuple[Window, ...]:
        """The event windows, and day 0, which is always computed."""
        return (*map(Window.of, self.windows), DAY_ZERO)

    def _known(self, bars: Any) -> Instruments:
        """Where symbols are looked up; columns of returns have no clock by rule, whatever their names look like."""
        rules = bars is not None or self.calendar is not None
        return Instruments(own=self.instruments or {}, calendar=self.calendar, rules=rules)

    @property
    def kind(self) -> str:
        """What is studied: a kind of return, or a measure."""
        return self.measure or self.returns

    @property
    def _measure(self) -> Measure | None:
        """The measure that is studied in place of returns."""
        return None if self.measure is None else Measure(kind=self.measure, rolls=self.rolls, shares=self.shares or {})

    @property
    def _model(self) -> Model:
        """The model, by its name or as it was given."""
        return get_model(self.model, self.benchmark)

    def specification(self) -> dict[str, Any]:
        """Return the study as plain values, as they stand in a study file."""
        names = [item.name for item in fields(self) if item.name != "instruments"]  # type: ignore[arg-type]
        values = {name: plain(getattr(self, name)) for name in names}
        if not isinstance(self.model, str):
            values["model"] = plain(model_table(self._model))
        return values | {"instruments": plain_instruments(self.instruments)}

    def method(self) -> tuple[str, ...]:
        """Return the specification in sentences."""
        return method_sentences(self.specification(), self._model.description, self.estimation_window)

    def _plan(self, pairs: int = 0) -> TestPlan:
        return TestPlan.chosen(self.tests, pairs, families=self.families, weights=self.weights or {}, seed=self.seed)

    def _factor_names(self, series: Mapping[str, pd.Series]) -> list[str]:
        """Return the columns that the model takes beside the returns."""
        return factor_columns(self._model, self.benchmark, tuple(self.factors), series)

    def _markets(self, series: Mapping[str, pd.Series]) -> list[str]:
        """Symbols to study; a benchmark or factor is only studied when it is asked for."""
        taken = self._factor_names(series)
        return list(self.markets) if self.markets is not None else [name for name in series if name not in taken]
