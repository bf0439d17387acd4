"""The report's figures, drawn off screen; the same inputs give the same bytes."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ..render import plots
from ..study.result import EventStudyResult
from ..study.wording import label
from .sections import Part

# A fixed salt and no date make the files reproducible. A $ in a title or name must not start mathematics.
RC: Any = {
    "svg.hashsalt": "eventstudy",
    "svg.fonttype": "path",
    "text.parse_math": False,
    "text.usetex": False,
    "font.size": 9,
}
PER_ROW = 4


def figures(result: EventStudyResult) -> dict[str, bytes]:
    """Draw every figure of a study of one event, as ``NAME.svg`` and ``NAME.png``.

    Parameters
    ----------
    result : EventStudyResult

    Returns
    -------
    dict of str to bytes
        SVG and PNG by file name.
    """
    with mpl.rc_context(RC):
        drawn = {"sessions": _sessions(result), "car": _car_grid(result)}
        if not result.anatomy.empty:
            drawn["anatomy"] = _anatomy(result)
        if not result.path.empty:
            drawn["path"] = _path(result)
        if len(result.first_to_trade) > 1:
            drawn["first"] = _first(result)
        return _all_saved(drawn)


def part_figures(parts: Iterable[Part]) -> dict[str, bytes]:
    """Draw the path of every part in bars, as ``PART_path.svg`` and ``PART_path.png``.

    Parameters
    ----------
    parts : iterable of Part

    Returns
    -------
    dict of str to bytes
        SVG and PNG by file name.
    """
    with mpl.rc_context(RC):
        drawn = {f"{part.slug}_path": _path(part.result) for part in parts if not part.result.path.empty}
        return _all_saved(drawn)


def drawn(asked: Mapping[str, tuple[Callable[[Axes], Axes], tuple[float, float]]]) -> dict[str, bytes]:
    """Draw figures of one picture each, as ``NAME.svg`` and ``NAME.png``.

    Parameters
    ----------
    asked : mapping of str to tuple of callable and pair of float
        What draws each on its Axes, and its size in inches.

    Returns
    -------
    dict of str to bytes
        SVG and PNG by file name.
    """
    with mpl.rc_context(RC):
        made = {name: _figure(*size) for name, (_, size) in asked.items()}
        for name, (draw, _) in asked.items():
            draw(made[name].subplots())
        return _all_saved(made)


def _all_saved(drawn: Mapping[str, Figure]) -> dict[str, bytes]:
    """Lay out every figure once, not once for each format, and write it in both."""
    for figure in drawn.values():
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
    return {f"{name}.{kind}": _saved(figure, kind) for name, figure in drawn.items() for kind in ("svg", "png")}


def _figure(width: float, height: float) -> Figure:
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _saved(figure: Figure, kind: str) -> bytes:
    """Bytes of a figure without a date in it."""
    buffer = io.BytesIO()
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    figure.savefig(buffer, format=kind, dpi=144, metadata=metadata)
    return buffer.getvalue()


def _sessions(result: EventStudyResult) -> Figure:
    figure = _figure(9.2, 0.34 * len(result.alignment) + 1.3)
    result.plot_sessions(figure.subplots())
    return figure


def _anatomy(result: EventStudyResult) -> Figure:
    figure = _figure(9.2, 0.36 * len(result.anatomy) + 1.0)
    result.plot_anatomy(figure.subplots())
    return figure


def _first(result: EventStudyResult) -> Figure:
    figure = _figure(9.2, 0.36 * len(result.first_to_trade) + 1.0)
    result.plot_first(figure.subplots())
    return figure


def _path(result: EventStudyResult) -> Figure:
    figure = _figure(9.2, 4.2)
    result.plot_path(figure.subplots())
    return figure


def _car_grid(result: EventStudyResult) -> Figure:
    """One small panel for each market, all on one scale."""
    markets = result.markets
    columns = min(PER_ROW, len(markets))
    rows = math.ceil(len(markets) / columns)
    figure = _figure(9.2, 1.9 * rows + 0.4 if columns > 1 else 3.2)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    paths: pd.DataFrame = result.ar
    for market, ax in zip(markets, grid, strict=False):
        mine = paths[paths["market"] == market]
        plots.plot_car(mine, ax, title=label(market, result.instruments), unit=result.unit)
    for ax in grid[len(markets) :]:
        ax.set_visible(False)
    figure.supxlabel("price rows from the event (day 0 = 0)", fontsize=8.5, color=plots.MUTED)
    figure.supylabel(f"cumulative abnormal return, {result.unit}", fontsize=8.5, color=plots.MUTED)
    return figure
