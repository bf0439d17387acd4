"""Draw a specification curve: sorted abnormal returns above, the choices of each specification below."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ..errors import UsageError
from .style import (
    EVENT,
    INK,
    LANE,
    PAPER,
    PLAIN,
    SAID,
    abnormal,
    legend,
    narrow,
    new_axes,
    quiet,
    scale_of,
)
from .tables import MINUS

LEVEL = 0.05
# Height of the numbers over that of one line of choices.
ABOVE = 8
DASHED: Any = (0, (3, 2))


def of_market(frame: pd.DataFrame, market: str | None = None) -> pd.DataFrame:
    """Return the specifications of one market, ascending in their abnormal return.

    Parameters
    ----------
    frame : DataFrame
        Of `EventStudy.specification_curve`.
    market : str, optional
        The first one by default.

    Returns
    -------
    DataFrame
        Those that have a number.

    Raises
    ------
    UsageError
        If there is none.
    """
    known = frame.dropna(subset="ar")
    chosen = known["market"].iloc[0] if market is None and len(known) else market
    mine = known[known["market"] == str(chosen)]
    if mine.empty:
        raise UsageError(f"no abnormal return of {'any market' if market is None else market} in this frame")
    return mine.sort_values("ar", kind="stable", ignore_index=True)


def choices(lines: pd.DataFrame) -> dict[str, pd.Series]:
    """Return which specifications take which choice; a choice that all take is left out.

    Parameters
    ----------
    lines : DataFrame
        Of `of_market`.

    Returns
    -------
    dict of str to Series of bool
        By the words of the choice, in drawing order.
    """
    deviations = lines["outliers"].map(lambda most: "all days" if np.isinf(most) else f"within {most:g} s.d.")
    named = {
        "first": lines["first"].map(lambda row: f"from row {row}".replace("-", MINUS)),
        "last": lines["last"].map(lambda row: f"to row {row}".replace("-", MINUS)),
        "returns": lines["returns"].map("{} returns".format),
        "outliers": deviations,
    }
    order = {"first": lines["first"], "last": -lines["last"], "outliers": -lines["outliers"]}
    found: dict[str, pd.Series] = {}
    for kind, words in named.items():
        ordered = words.iloc[order.get(kind, words).argsort(kind="stable")].unique()
        found |= {str(word): words == word for word in ordered} if len(ordered) > 1 else {}
    return found


def curve_height(frame: pd.DataFrame, market: str | None = None) -> float:
    """Return the height in inches that `plot_curve` needs.

    Parameters
    ----------
    frame : DataFrame
    market : str, optional

    Returns
    -------
    float
    """
    return 0.19 * (ABOVE + len(choices(of_market(frame, market)))) + 1.0


def plot_curve(
    frame: pd.DataFrame,
    ax: Axes | None = None,
    *,
    market: str | None = None,
    declared: float | None = None,
    unit: str = "%",
) -> Axes:
    """Draw the sorted abnormal returns of many specifications, with the choices of each below.

    Parameters
    ----------
    frame : DataFrame
        Of `EventStudy.specification_curve`: ``market, first, last, returns, outliers, ar, p``.
    ax : Axes, optional
        Of a grid, such as ``figure.subplots()``; its lower part becomes a second Axes.
    market : str, optional
        The first one by default.
    declared : float, optional
        Abnormal return of the declared specification, drawn as a line.
    unit : {"%", "change", "log volume", "log range"}
        What the numbers are: fractions, or changes of the price.

    Returns
    -------
    Axes
        That of the abnormal returns.

    Raises
    ------
    UsageError
        If the market has no number, or `ax` is not part of a grid.
    """
    lines = of_market(frame, market)
    taken = choices(lines)
    ax = ax or new_axes(8.0, curve_height(frame, market))
    place, figure = ax.get_subplotspec(), ax.figure
    if place is None:
        raise UsageError("plot_curve needs Axes of a grid, such as figure.subplots(), for the choices stand below")
    rows = place.subgridspec(2, 1, height_ratios=[ABOVE, max(len(taken), 1)], hspace=0.02)
    ax.set_subplotspec(rows[0])
    _numbers(ax, lines, declared, unit)
    _choices(figure.add_subplot(rows[1], sharex=ax), taken)
    return ax


def _numbers(ax: Axes, lines: pd.DataFrame, declared: float | None, unit: str) -> None:
    """Draw the sorted abnormal returns; full marks have p of 5 % or less."""
    values, clear = scale_of(unit) * lines["ar"], (lines["p"] <= LEVEL).to_numpy()
    handles = []
    for chosen, face, said in ((clear, INK, "p of 5 % or less"), (~clear, PAPER, "larger p")):
        ax.scatter(lines.index[chosen], values[chosen], s=16, facecolor=face, edgecolor=INK, linewidth=0.8, zorder=3)
        mark: dict[str, Any] = {"marker": "o", "markersize": 5, "markerfacecolor": face, "markeredgecolor": INK}
        handles.append(Line2D([], [], linestyle="", label=said, **mark))
    if declared is not None:
        line = {"color": EVENT, "linewidth": 0.9, "linestyle": DASHED}
        ax.axhline(scale_of(unit) * declared, zorder=1, **line)
        handles.insert(0, Line2D([], [], label="declared", **line))
    said = abnormal(unit).replace(", ", ",\n") if narrow(ax) else abnormal(unit)
    ax.set_ylabel(said, **SAID)
    ax.margins(x=0.01, y=0.1)
    legend(ax, handles)
    quiet(ax).tick_params(labelbottom=False)


def _choices(ax: Axes, taken: dict[str, pd.Series]) -> None:
    """Draw a mark in the line of each choice that a specification takes."""
    lanes = np.arange(len(taken))[::-1]
    for lane, chosen in zip(lanes, taken.values(), strict=True):
        at = np.flatnonzero(chosen)
        ax.scatter(at, np.full(len(at), lane), marker="|", s=42, linewidth=1.1, color=LANE, zorder=2)
    ax.set_yticks(lanes, list(taken), **PLAIN)
    ax.set_ylim(-0.7, len(taken) - 0.3)
    ax.set_xlabel("specifications, sorted" if narrow(ax) else "specifications, sorted by their abnormal return", **SAID)
    quiet(ax).tick_params(labelbottom=False)
