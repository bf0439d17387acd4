"""Returns of a study on the event-time axis, by session or by the bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from ..inference.estimation import rows_needed
from ..inference.models.protocol import Column, Model
from ..markets.alignment.events_in_bars import bar_panel
from ..panel import EventPanel
from ..panel_source import PanelSource, panel_source
from ..windows import Window
from .benchmark import Beside
from .inputs import Inputs
from .reach import bars_after


def series_known(series: Mapping[str, pd.Series], model: Model, *, given: bool) -> Mapping[str, pd.Series]:
    """Return the returns beside which a model's benchmark is put.

    A model whose benchmark is the one known before the opening goes by the clocks: in given returns a NaN is then a day
    without a session.
    """
    if not (given and model.known_before_open):
        return series
    return {name: one.dropna() for name, one in series.items()}


def in_event_time(
    alignment: pd.DataFrame,
    inputs: Inputs,
    factors: Beside,
    model: Model,
    *,
    estimation: Window,
    windows: Sequence[Window],
    in_bars: bool,
) -> PanelSource | EventPanel:
    """Put returns and factors in event time: as a source of panels, or for event time in bars as a panel.

    In bars the panel goes on for a day after the event, or to the last episode, whatever the windows.

    Parameters
    ----------
    alignment : DataFrame
    inputs : Inputs
    factors : Beside
    model : Model
    estimation : Window
    windows : sequence of Window
    in_bars : bool
        Whether event time counts bars.
    """
    series, bars = inputs.series, inputs.prices
    beyond = [] if bars is None or not in_bars else [bars_after(alignment, bars, inputs.stamps.last)]
    span = rows_needed(model, estimation, [*windows, *beyond])
    if bars is None or not in_bars:
        return panel_source(alignment, series, span, factors=factors.factors, spans=factors.spans)
    # A model by the time of day has returns across a break among its like, and no sums over spans.
    timed = Column.TIME_OF_DAY in model.reads
    spans, unbroken = (None, None) if timed else (factors.spans, estimation)
    return bar_panel(alignment, series, span, bars, factors=factors.factors, spans=spans, unbroken=unbroken)
