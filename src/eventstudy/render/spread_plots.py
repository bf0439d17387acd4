"""Draw one number beside many: ordinary days, other specifications, other markets; nothing is shown or saved here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, PercentFormatter
from matplotlib.transforms import blended_transform_factory

from ..errors import UsageError
from .style import (
    DOWN,
    EVENT,
    GRID,
    INK,
    LANE,
    MUTED,
    PAPER,
    PLAIN,
    SAID,
    TEXT,
    UP,
    abnormal,
    arrows,
    clipped,
    legend,
    narrow,
    new_axes,
    quiet,
    scale_of,
    signed,
)
from .tables import MINUS, p_value

DECLARED = "declared"
# Half the height of the mark of an ordinary day, in lanes.
TICK = 0.28
# Equal numbers may differ by rounding error, as in the placebo test.
TIE = 1e-12
DASHED: Any = (0, (3, 2))
# Beyond so many columns the numbers of a heat map would overlap.
LABELLED = 14


def plot_placebos(days: pd.DataFrame, events: pd.DataFrame, ax: Axes | None = None, *, unit: str = "%") -> Axes:
    """Draw day 0 of every market among its ordinary days, one lane a market.

    Parameters
    ----------
    days : DataFrame
        ``market`` (label), ``ar``: one line a market and ordinary day, in the volatility expected for day 0.
    events : DataFrame
        ``market`` (label), ``ar`` of day 0: one line a market, in drawing order.
    ax : Axes, optional
    unit : {"%", "change", "log volume", "log range"}
        What the numbers are: fractions, or changes of the price.

    Returns
    -------
    Axes
        At the right: day 0, and on how many of the ordinary days the number was as large, up or down.
    """
    ax = ax or new_axes(8.0, 0.36 * len(events) + 1.2)
    lanes = np.arange(len(events))[::-1]
    values = scale_of(unit) * events["ar"]
    ax.axvline(0, color=MUTED, linewidth=0.9, zorder=1)
    for lane, market in zip(lanes, events["market"], strict=True):
        at = scale_of(unit) * days.loc[days["market"] == market, "ar"].to_numpy()
        _ticks(ax, at, lane)
    arrows(ax, values, lanes)
    counted = (as_large(days, market, ar) for market, ar in zip(events["market"], events["ar"], strict=True))
    texts = (f"{signed(value)} ({k}/{n})" for value, (k, n) in zip(values, counted, strict=True))
    _at_the_edge(ax, texts, lanes)
    ax.set_yticks(lanes, [clipped(market) for market in events["market"]], **PLAIN)
    _signed_axis(ax, abnormal(unit), margin=0.08)
    ordinary = Line2D([], [], linestyle="", marker="|", color=LANE, markersize=9, label="ordinary day")
    legend(ax, [ordinary, *_day_zero_marks()])
    return quiet(ax, grid="x")


def _ticks(ax: Axes, values: npt.NDArray[np.float64], lane: float) -> None:
    """Draw a short upright line at each value; one path for all of them keeps the file small."""
    x = np.repeat(values, 3)
    y = np.tile([lane - TICK, lane + TICK, np.nan], len(values))
    ax.plot(x, y, color=LANE, linewidth=0.7, zorder=2)


def _at_the_edge(ax: Axes, texts: Iterable[str], lanes: npt.NDArray[np.int64]) -> None:
    """Write a text at the right end of each lane, where no mark is."""
    where = blended_transform_factory(ax.transAxes, ax.transData)
    for text, lane in zip(texts, lanes, strict=True):
        ax.text(1.01, lane, text, transform=where, ha="left", va="center", fontsize=TEXT, color=INK, **PLAIN)


def as_large(days: pd.DataFrame, market: str, value: float) -> tuple[int, int]:
    """Count the ordinary days that are as large as day 0.

    Parameters
    ----------
    days : DataFrame
        As `plot_placebos` takes it.
    market : str
    value : float
        Abnormal return of day 0.

    Returns
    -------
    tuple of int
        These days, and all ordinary days of the market.
    """
    mine = days.loc[days["market"] == market, "ar"].abs()
    return int((mine >= abs(value) * (1 - TIE)).sum()), len(mine)


def _day_zero_marks() -> list[Line2D]:
    """Return the marks of the legend for day 0."""
    shapes = (("^", UP, "day 0 up"), ("v", DOWN, "day 0 down"))
    return [
        Line2D([], [], linestyle="", marker=marker, color=colour, markersize=7, label=label)
        for marker, colour, label in shapes
    ]


def _signed_axis(ax: Axes, said: str, *, margin: float) -> None:
    """Write numbers with a real minus sign on the horizontal axis."""
    ax.set_xlabel(said, **SAID)
    ax.xaxis.set_major_formatter(FuncFormatter(_number))
    ax.margins(x=margin, y=0.6 / (len(ax.get_yticks()) + 1))


def _number(value: float, _: int) -> str:
    """Label of a number on an axis."""
    return f"{value:zg}".replace("-", MINUS)


def sensitivity_lines(frame: pd.DataFrame, market: str | None = None) -> pd.DataFrame:
    """Return the departures whose abnormal return `plot_sensitivities` draws.

    Parameters
    ----------
    frame : DataFrame
        Of `EventStudy.sensitivities`.
    market : str, optional
        The first one by default.

    Returns
    -------
    DataFrame
        Rows of one market that have a number. Those that leave another market out are not among them: they change
        joint p-values alone.

    Raises
    ------
    UsageError
        If the market has no row.
    """
    known = frame.dropna(subset=["market", "ar"])
    chosen = str(known["market"].iloc[0]) if market is None and len(known) else str(market)
    lines = known[known["market"] == chosen]
    if lines.empty:
        raise UsageError(f"no abnormal return of {'any market' if market is None else market} in this frame")
    return lines[lines["kind"] != "markets"]


def has_lines(frame: pd.DataFrame, market: str) -> bool:
    """Return whether `plot_sensitivities` can draw a market.

    Parameters
    ----------
    frame : DataFrame
        Of `EventStudy.sensitivities`.
    market : str

    Returns
    -------
    bool
    """
    return bool((frame["market"].eq(market) & frame["ar"].notna()).any())


def plot_sensitivities(
    frame: pd.DataFrame, ax: Axes | None = None, *, market: str | None = None, unit: str = "%"
) -> Axes:
    """Draw day 0 of one market under each departure from the declared specification, with its p.

    Parameters
    ----------
    frame : DataFrame
        Of `EventStudy.sensitivities`: ``variant, kind, market, ar, p``.
    ax : Axes, optional
    market : str, optional
        The first one by default.
    unit : {"%", "change", "log volume", "log range"}
        What the numbers are: fractions, or changes of the price.

    Returns
    -------
    Axes

    Raises
    ------
    UsageError
        If the market has no row.
    """
    lines = sensitivity_lines(frame, market)
    ax = ax or new_axes(8.0, 0.3 * len(lines) + 1.0)
    lanes, values = np.arange(len(lines))[::-1], scale_of(unit) * lines["ar"].to_numpy()
    declared = lines["variant"].eq(DECLARED).to_numpy()
    ax.axvline(0, color=MUTED, linewidth=0.9, zorder=1)
    for value in values[declared]:
        ax.axvline(value, color=EVENT, linewidth=0.9, linestyle=DASHED, zorder=1)
    look: dict[str, Any] = {"edgecolor": PAPER, "linewidth": 0.8, "zorder": 3}
    ax.scatter(values[~declared], lanes[~declared], marker="o", s=42, color=INK, label="departure", **look)
    ax.scatter(values[declared], lanes[declared], marker="D", s=48, color=EVENT, label=DECLARED, **look)
    texts = (f"{signed(value)} (p {p_value(p)})" for value, p in zip(values, lines["p"], strict=True))
    _at_the_edge(ax, texts, lanes)
    names = [clipped(variant) for variant in lines["variant"]]
    ax.set_yticks(lanes, [_folded(name) for name in names] if narrow(ax) else names, **PLAIN)
    _signed_axis(ax, abnormal(unit).replace(",", " of day 0,"), margin=0.1)
    legend(ax, ax.get_legend_handles_labels()[0][::-1])
    return quiet(ax, grid="x")


def _folded(name: str) -> str:
    """Break a long name near its middle."""
    gaps = [at for at, letter in enumerate(name) if letter == " "]
    cut = min(gaps, key=lambda at: abs(2 * at - len(name)), default=0)
    return f"{name[:cut]}\n{name[cut + 1 :]}" if len(name) > 18 and cut else name


def plot_heat(frame: pd.DataFrame, ax: Axes | None = None, *, unit: str = "%") -> Axes:
    """Draw abnormal returns as colours, markets down and days across, with their numbers.

    Parameters
    ----------
    frame : DataFrame
        ``market`` (label), ``tau``, ``ar``: one line a market and day.
    ax : Axes, optional
    unit : {"%", "change", "log volume", "log range"}
        What the numbers are: fractions, or changes of the price.

    Returns
    -------
    Axes
        Orange is down, blue is up, white is zero; both ends stand for the largest size. Beyond 14 days (7 on a narrow
        figure) the numbers are left out.
    """
    wide = scale_of(unit) * frame.pivot_table(index="market", columns="tau", values="ar", sort=False, dropna=False)
    wide = wide.sort_index(axis=1)
    ax = ax or new_axes(1.9 + 0.62 * wide.shape[1], 0.36 * len(wide) + 1.3)
    values = np.ma.masked_invalid(wide.to_numpy())
    most = float(np.abs(values).max()) if values.count() else 1.0
    colours = LinearSegmentedColormap.from_list("signed", [DOWN, PAPER, UP])
    scale = Normalize(-most or -1.0, most or 1.0)
    mesh = ax.pcolormesh(values, cmap=colours, norm=scale, edgecolor=GRID, linewidth=0.7)
    ax.invert_yaxis()
    most_days = LABELLED // 2 if narrow(ax) else LABELLED
    if wide.shape[1] <= most_days:
        _cell_numbers(ax, values, most)
    ax.set_yticks(np.arange(len(wide)) + 0.5, [clipped(market) for market in wide.index], **PLAIN)
    step = -(-wide.shape[1] // most_days)
    ax.set_xticks(
        np.arange(0, wide.shape[1], step) + 0.5, [_number(float(tau), 0) for tau in wide.columns[::step].to_numpy()]
    )
    ax.set_xlabel("price rows from the event (day 0 = 0)", **SAID)
    bar = ax.figure.colorbar(mesh, ax=ax, shrink=0.8, format=FuncFormatter(_number))
    bar.set_label(abnormal(unit), **SAID)
    bar.ax.tick_params(length=0, labelsize=TEXT, labelcolor=INK)
    bar.outline.set_visible(False)
    quiet(ax).grid(visible=False)
    return ax


def _cell_numbers(ax: Axes, values: Any, most: float) -> None:
    """Write the number of each cell, light on dark colours."""
    for (row, column), value in np.ndenumerate(values.filled(np.nan)):
        if np.isfinite(value):
            colour = PAPER if abs(value) > 0.85 * most else INK
            place: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": TEXT, "color": colour}
            ax.text(column + 0.5, row + 0.5, signed(value), **place, **PLAIN)


def plot_reliability(frame: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw how often datings of each stated confidence were right, with 95 % intervals (Wilson).

    Parameters
    ----------
    frame : DataFrame
        ``predicted`` (mean confidence of a class, from 0 to 1), ``observed`` (share that was right), ``n``.
    ax : Axes, optional

    Returns
    -------
    Axes
        On the dashed line the confidence is the share that is right.
    """
    from statsmodels.stats.proportion import proportion_confint

    ax = ax or new_axes(4.6, 4.4)
    right = (frame["observed"] * frame["n"]).round().to_numpy()
    low, high = proportion_confint(right, frame["n"].to_numpy(), method="wilson")
    ax.plot([0, 1], [0, 1], color=MUTED, linewidth=0.9, linestyle=DASHED, zorder=1)
    ax.vlines(frame["predicted"], low, high, color=LANE, linewidth=3, zorder=2)
    ax.scatter(frame["predicted"], frame["observed"], s=42, color=INK, edgecolor=PAPER, linewidth=0.8, zorder=3)
    for predicted, top, n in zip(frame["predicted"], high, frame["n"], strict=True):
        place: dict[str, Any] = {"ha": "center", "va": "bottom", "textcoords": "offset points"}
        ax.annotate(f"{n:,}", (predicted, top), (0, 2), **place, **SAID)
    for axis, said in ((ax.xaxis, "stated confidence"), (ax.yaxis, "share that was right")):
        axis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
        axis.set_label_text(said, **SAID)
    ax.set_xlim(-0.03, 1.03)
    ax.set_ylim(-0.03, 1.1)
    return quiet(ax)
