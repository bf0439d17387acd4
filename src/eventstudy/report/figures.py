"""The report's figures, drawn off screen; the same inputs give the same bytes, whatever the user's own settings are."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ..render import plots
from ..render.curve_plot import curve_height, plot_curve
from ..render.spread_plots import has_lines, plot_sensitivities, sensitivity_lines
from ..render.style import INK, MUTED, SAID, TEXT
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
    "hatch.linewidth": 0.6,
    "font.size": TEXT,
}
WIDE, NARROW = 7.6, 3.9
PANEL, PATH = 1.75, 3.9


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A figure: drawn for wide and for narrow screens, with the words that stand for it.

    Parameters
    ----------
    svg : bytes
        For wide screens and paper.
    narrow : bytes
        SVG for narrow screens.
    wide : Figure
        What `svg` was written from.
    alt : str
        What the figure shows, with its numbers.
    """

    svg: bytes
    narrow: bytes
    wide: Figure
    alt: str

    def png(self) -> bytes:
        """Return the wide figure as PNG, which no page needs."""
        with own_settings():
            return _saved(self.wide, "png")


Drawing = Callable[[float], Figure]


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
        "car": partial(_car_grid, result),
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
        wide = _laid_out(draw(WIDE))
        narrow = _laid_out(draw(NARROW))
        return Picture(svg=_saved(wide, "svg"), narrow=_saved(narrow, "svg"), wide=wide, alt=alt)


def _laid_out(figure: Figure) -> Figure:
    """Lay a figure out once, not once for each format."""
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


def _car_grid(result: EventStudyResult, width: float) -> Figure:
    """One small panel for each market, all on one scale."""
    markets = result.markets
    columns = min(4 if width == WIDE else 2, len(markets))
    rows = math.ceil(len(markets) / columns)
    figure = _figure(width, PANEL * rows + 0.4 if columns > 1 else 3.0)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for market, ax in zip(markets, grid, strict=False):
        mine = result.ar[result.ar["market"] == market]
        plots.plot_car(mine, ax, title=label(market, result.instruments), unit=result.unit)
    for ax in grid[len(markets) :]:
        ax.set_visible(False)
    figure.supxlabel("price rows from the event (day 0 = 0)", **SAID)
    figure.supylabel(f"cumulative abnormal return, {result.unit}", **SAID)
    return figure
