"""The report's figures, drawn off screen; the same inputs give the same bytes, whatever the user's own settings are."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ..render import plots
from ..render.curve_plot import curve_height, plot_curve
from ..render.spread_plots import has_lines, plot_sensitivities, sensitivity_lines
from ..render.style import INK, MUTED, SAID, TEXT, abnormal
from ..study.result import EventStudyResult
from ..study.wording import label
from . import alternatives
from .beside import Beside

# A fixed salt and no date make the files reproducible. A $ in a title or name must not start mathematics. Text stays
# text, so that it can be selected and follows the page.
SETTINGS: dict[Any, Any] = {
    "svg.hashsalt": "eventstudy",
    "svg.fonttype": "none",
    "text.parse_math": False,
    "text.usetex": False,
    "text.color": INK,
    "axes.unicode_minus": True,
    "axes.labelcolor": MUTED,
    # Titles stand on the axes: matplotlib would lay out the ticks of both axes to find out.
    "axes.titley": 1.0,
    "hatch.linewidth": 0.6,
    "font.size": TEXT,
}
WIDE, NARROW = 7.6, 3.9
PANEL, PATH = 1.75, 3.9
Drawing = Callable[[float], Figure]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A figure: drawn for wide and for narrow screens, with the words that stand for it.

    Parameters
    ----------
    svg : bytes
        For wide screens and paper.
    narrow : bytes
        SVG for narrow screens.
    draw : callable
        From a width in inches to the figure.
    alt : str
        What the figure shows, with its numbers.
    """

    svg: bytes
    narrow: bytes
    draw: Drawing
    alt: str

    def png(self) -> bytes:
        """Return the wide figure as PNG, which no page needs."""
        with own_settings():
            return _saved(_laid_out(self.draw(WIDE)), "png")


def figures(result: EventStudyResult) -> dict[str, Picture]:
    """Draw every figure of a study of one event.

    Parameters
    ----------
    result : EventStudyResult

    Returns
    -------
    dict of str to Picture
        By name.
    """
    lanes = len(result.alignment)
    drawings: dict[str, Drawing] = {
        "sessions": partial(_one, height=0.3 * lanes + 1.1, plot=result.plot_sessions),
        "car": _car_grid(result),
    }
    if not result.anatomy.empty:
        drawings["anatomy"] = partial(_one, height=0.3 * lanes + 1.1, plot=result.plot_anatomy)
    if not result.path.empty:
        drawings["path"] = partial(_one, height=PATH, plot=result.plot_path)
    if len(result.first_to_trade) > 1:
        drawings["first"] = lambda width: _one(width, (0.4 if width < WIDE else 0.3) * lanes + 1.1, result.plot_first)
    if not result.placebo_days.empty:
        drawings["placebos"] = partial(_one, height=0.3 * len(result.reaction) + 1.1, plot=result.plot_placebos)
    return {name: _picture(draw, alternatives.TEXTS[name](result)) for name, draw in drawings.items()}


def beside_figures(result: EventStudyResult, beside: Beside) -> dict[str, Picture]:
    """Draw what stands beside a result: the path of every part in bars, and other specifications.

    Parameters
    ----------
    result : EventStudyResult
    beside : Beside

    Returns
    -------
    dict of str to Picture
        By name: ``PART_path``, ``sensitivities``, ``curve``.
    """
    found = {
        f"{part.slug}_path": _picture(
            partial(_one, height=PATH, plot=part.result.plot_path), alternatives.path(part.result)
        )
        for part in beside.parts
        if not part.result.path.empty
    }
    lead, frame = str(result.leading["market"]), beside.sensitivities
    if frame is not None and has_lines(frame, lead):
        lanes = len(sensitivity_lines(frame, lead))
        plot = partial(plot_sensitivities, frame, market=lead, unit=result.unit)
        found["sensitivities"] = _picture(
            lambda width: _one(width, (0.36 if width < WIDE else 0.28) * lanes + 1.0, plot),
            alternatives.sensitivities(result, frame),
        )
    if beside.curve is not None and has_lines(beside.curve, lead):
        height = curve_height(beside.curve, lead)
        declared = float(result.leading["ar"])
        drawn = partial(plot_curve, beside.curve, market=lead, declared=declared, unit=result.unit)
        found["curve"] = _picture(partial(_one, height=height, plot=drawn), alternatives.curve(result, beside.curve))
    return found


def single_pictures(asked: Mapping[str, tuple[Callable[[Axes], Axes], float, str]]) -> dict[str, Picture]:
    """Draw figures of one picture each.

    Parameters
    ----------
    asked : mapping of str to tuple of callable, float and str
        What draws each on its Axes, its height in inches, and the words that stand for it.

    Returns
    -------
    dict of str to Picture
        By name.
    """
    return {name: _picture(partial(_one, height=height, plot=plot), alt) for name, (plot, height, alt) in asked.items()}


def figure_files(pictures: Mapping[str, Picture], *, png: bool = False) -> dict[str, bytes]:
    """Return the figures as files.

    Parameters
    ----------
    pictures : mapping of str to Picture
    png : bool

    Returns
    -------
    dict of str to bytes
        ``NAME.svg``, and ``NAME.png`` if asked for.
    """
    files = {f"{name}.svg": each.svg for name, each in pictures.items()}
    return files | ({f"{name}.png": each.png() for name, each in pictures.items()} if png else {})


@contextmanager
def own_settings() -> Iterator[None]:
    """Draw with matplotlib's own settings and ours, not with those of a ``matplotlibrc`` that lies about."""
    with mpl.rc_context(), warnings.catch_warnings():
        # The viewer of an SVG has fonts that matplotlib lacks.
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        mpl.rcdefaults()
        for name, value in SETTINGS.items():
            mpl.rcParams[name] = value
        yield


def _picture(draw: Drawing, alt: str) -> Picture:
    """Draw a figure for both widths."""
    with own_settings():
        wide, narrow = (_saved(_laid_out(draw(width)), "svg") for width in (WIDE, NARROW))
        return Picture(svg=wide, narrow=narrow, draw=draw, alt=alt)


def _laid_out(figure: Figure) -> Figure:
    """Lay a figure out once, not once for each format."""
    for axis in (axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)):
        # Where an axis has no label, its ticks need not be laid out twice to find the label's place.
        if not axis.label.get_text():
            axis.set_label_coords(0.5, 0.5)
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
    # None rather than "none": matplotlib draws once more before each format as long as there is an engine of any kind.
    figure.set_layout_engine(None)
    return figure


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


def _one(width: float, height: float, plot: Callable[..., Any]) -> Figure:
    figure = _figure(width, height)
    plot(figure.subplots())
    return figure


def _car_grid(result: EventStudyResult) -> Drawing:
    """One small panel for each market, all on one scale; they are drawn once, and arranged for each width."""
    panels = cache(lambda: _panels(result))
    names = [label(market, result.instruments) for market in result.markets]
    return lambda width: _arranged(panels(), names, width)


def _panels(result: EventStudyResult) -> Figure:
    """Draw a panel for each market; they are arranged later."""
    figure = _figure(WIDE, PANEL)
    first = None
    for market in result.markets:
        first = ax = figure.add_subplot(sharex=first, sharey=first)
        plots.plot_car(result.ar[result.ar["market"] == market], ax, unit=result.unit)
    figure.supxlabel("price rows from the event (day 0 = 0)", **SAID)
    figure.supylabel(f"cumulative {abnormal(result.unit, result.unit)}", **SAID)
    return figure


def _arranged(figure: Figure, names: Sequence[str], width: float) -> Figure:
    """Put panels into a grid; only those at its edge have labels of their axes."""
    columns = min(4 if width == WIDE else 2, len(names))
    rows = math.ceil(len(names) / columns)
    figure.set_size_inches(width, PANEL * rows + 0.4 if columns > 1 else 3.0)
    figure.set_layout_engine("constrained")
    grid = figure.add_gridspec(rows, columns)
    for place, (name, ax) in enumerate(zip(names, figure.axes, strict=True)):
        left, below = place % columns == 0, place + columns >= len(names)
        ax.set_subplotspec(grid[place])
        ax.tick_params(labelleft=left, labelbottom=below)
        # Ticks without labels or marks take no room: the layout need not look at them.
        ax.yaxis.set_in_layout(left)
        ax.xaxis.set_in_layout(below)
        plots.titled(ax, name)
    return figure
