"""One style for all figures: colours for light and dark paper, the size of text, quiet axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.transforms import blended_transform_factory

from ..text import shortened
from .tables import MINUS

# Every colour has its own name, so that a page can put it on dark paper. Lines, marks and text have a contrast of 3:1
# or more on their paper (text 4.5:1); up and down differ in hue, lightness and the shape of their mark.
LIGHT = {
    "paper": "#ffffff",
    "ink": "#1f2933",
    "muted": "#56616c",
    "grid": "#e3e7eb",
    "event": "#b42318",
    "up": "#0b62a4",
    "down": "#b9500b",
    "lane": "#7190b7",
    "pause": "#eef2f6",
    "inner": "#c6d9ee",
    "outer": "#e3edf7",
    "edge": "#6c8bb2",
    "green": "#1b7f5d",
    "purple": "#87509c",
}
DARK = {
    "paper": "#15191e",
    "ink": "#e7ebef",
    "muted": "#a5b0bc",
    "grid": "#2b333c",
    "event": "#ff8b78",
    "up": "#6db3f2",
    "down": "#f4a259",
    "lane": "#6584ab",
    "pause": "#222931",
    "inner": "#2d4a6b",
    "outer": "#1f2f42",
    "edge": "#7396c2",
    "green": "#57c79b",
    "purple": "#cb9ee2",
}
# The CSS variable of every colour of a drawing.
VARIABLES = {colour: f"--{name}" for name, colour in LIGHT.items()}
INK, MUTED, GRID, PAPER = (LIGHT[name] for name in ("ink", "muted", "grid", "paper"))
EVENT, UP, DOWN, LANE, PAUSE = (LIGHT[name] for name in ("event", "up", "down", "lane", "pause"))
INNER, OUTER, EDGE = (LIGHT[name] for name in ("inner", "outer", "edge"))
LINES = tuple(LIGHT[name] for name in ("ink", "up", "down", "green", "purple"))
TEXT = 9
NARROW = 5.0
LONGEST = 32
# How a unit is written on an axis.
UNIT_WORDS = {
    "%": "per cent",
    "change": "change",
    "log volume": "log units of volume",
    "log range": "log units of range",
}
PLAIN: dict[str, Any] = {"parse_math": False}
SAID: dict[str, Any] = {"fontsize": TEXT, "color": MUTED, **PLAIN}


def scale_of(unit: str) -> float:
    """Return the factor from the numbers of a frame to what is drawn.

    Parameters
    ----------
    unit : {"%", "change", "log volume", "log range"}

    Returns
    -------
    float
    """
    return 100.0 if unit == "%" else 1.0


def abnormal(unit: str, said: str = "") -> str:
    """Return how an axis of abnormal returns is named, or of another abnormal measure.

    Parameters
    ----------
    unit : {"%", "change", "log volume", "log range"}
    said : str
        How the unit of returns is written; in words by default.

    Returns
    -------
    str

    Examples
    --------
    >>> abnormal("%"), abnormal("log volume")
    ('abnormal return, per cent', 'abnormal log volume')
    """
    return f"abnormal return, {said or UNIT_WORDS[unit]}" if unit in ("%", "change") else f"abnormal {unit}"


def new_axes(width: float = 8.0, height: float = 4.5) -> Axes:
    """Return the Axes of a new figure that pyplot does not know; a notebook shows it when the figure is returned.

    Parameters
    ----------
    width, height : float
        Inches.

    Returns
    -------
    Axes
    """
    from matplotlib import pyplot as plt

    _, ax = plt.subplots(figsize=(width, height), layout="constrained")
    return ax


def narrow(ax: Axes) -> bool:
    """Return whether the figure is drawn for a narrow screen.

    Parameters
    ----------
    ax : Axes

    Returns
    -------
    bool
    """
    return bool(ax.figure.get_figure(root=True).get_figwidth() < NARROW)


def signed(value: float, digits: int = 1) -> str:
    """Write a number with its sign; zero has none.

    Parameters
    ----------
    value : float
    digits : int

    Returns
    -------
    str

    Examples
    --------
    >>> signed(-1.26), signed(-0.01), signed(2)
    ('−1.3', '0.0', '+2.0')
    """
    text = f"{value:z.{digits}f}"
    return text.replace("-", MINUS) if float(text) <= 0 else f"+{text}"


def clipped(text: object) -> str:
    """Shorten a name that would not leave room for the drawing.

    Parameters
    ----------
    text : object

    Returns
    -------
    str

    Examples
    --------
    >>> clipped("WTI crude"), len(clipped("x" * 100))
    ('WTI crude', 32)
    """
    return shortened(str(text), LONGEST)


def quiet(ax: Axes, grid: str = "y") -> Axes:
    """Remove the frame and the tick marks.

    Parameters
    ----------
    ax : Axes
    grid : {"x", "y"}
        Which axis has grid lines.

    Returns
    -------
    Axes
    """
    ax.grid(axis=grid, color=GRID, linewidth=0.7, zorder=0)  # type: ignore[arg-type]
    ax.set_axisbelow(True)
    ax.tick_params(length=0, labelsize=TEXT, labelcolor=INK)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax


def arrows(ax: Axes, values: pd.Series, lanes: Any) -> None:
    """Mark values by triangles that point up or down with their sign.

    Parameters
    ----------
    ax : Axes
    values : Series
    lanes : ndarray
        Their heights.
    """
    for marker, colour, chosen in (("^", UP, values >= 0), ("v", DOWN, values < 0)):
        at = chosen.to_numpy()
        ax.scatter(values[at], lanes[at], marker=marker, s=52, color=colour, edgecolor=PAPER, linewidth=0.8, zorder=5)


def legend(ax: Axes, handles: Sequence[Any], columns: int = 0) -> None:
    """Put the legend above the drawing, from the left edge of the figure, since names of markets take room there.

    Parameters
    ----------
    ax : Axes
    handles : sequence of artists
    columns : int
        As many as there are handles by default.
    """
    figure = ax.figure.get_figure(root=True)
    across = blended_transform_factory(figure.transFigure, ax.transAxes) if figure else ax.transAxes
    ax.legend(
        handles=list(handles),
        ncols=columns or len(handles),
        loc="lower left",
        bbox_to_anchor=(0.01, 1.0),
        bbox_transform=across,
        fontsize=TEXT,
        labelcolor=INK,
        frameon=False,
        borderaxespad=0.2,
        borderpad=0.2,
        handletextpad=0.4,
        handlelength=1.2,
        columnspacing=1.0,
    )
