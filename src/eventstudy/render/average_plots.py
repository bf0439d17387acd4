"""Draw the averages and the distribution of many events on Axes; nothing is shown or saved here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from .style import EVENT, GRID, INK, LANE, LINES, MUTED, PLAIN, TEXT, clipped, new_axes, quiet, scale_of

DRAWN = 300
# The histogram covers these shares of the events; the others stand in its outermost bars.
TAILS = (0.5, 99.5)
BARS = 60
MARKED = 12
# More groups than this have their intervals beside the last day, each this share of the width further right.
BANDS, BESIDE = 3, 0.012
DASHES: Any = ("-", (0, (4, 1.5)), (0, (1, 1)))
BEFORE_DAY_ZERO: Any = (0, (3, 2))


def plot_caar(table: pd.DataFrame, ax: Axes | None = None, *, unit: str = "%") -> Axes:
    """Draw cumulative average abnormal returns with their 95 % intervals, one line a group.

    Up to three groups have bands; of more, which would cover each other, the last day has an error bar beside it.

    Parameters
    ----------
    table : DataFrame
        ``tau, caar, caar_low, caar_high, caar_n``, as fractions, and ``group`` where there are groups.
    ax : Axes, optional
    unit : {"%", "change", "log volume", "log range"}
        What the numbers are: fractions, or changes of the price.

    Returns
    -------
    Axes
    """
    ax = ax or new_axes()
    scale = scale_of(unit)
    groups = list(table["group"].unique()) if "group" in table else [None]
    for number, name in enumerate(groups):
        # Beyond the colours, dashes tell the lines apart.
        colour, dash = LINES[number % len(LINES)], DASHES[number // len(LINES) % len(DASHES)]
        lines = table if name is None else table[table["group"] == name]
        tau, n = lines["tau"], int(lines["caar_n"].max())
        low, high = scale * lines["caar_low"], scale * lines["caar_high"]
        if len(groups) <= BANDS:
            ax.fill_between(tau, low, high, color=colour, alpha=0.16, linewidth=0, zorder=2)
        else:
            beside = float(tau.max()) + BESIDE * (float(tau.max()) - float(tau.min())) * (number + 1)
            ax.vlines(beside, low.iloc[-1], high.iloc[-1], color=colour, linewidth=1.7, linestyle=dash, zorder=2)
        marker = "o" if len(lines) <= MARKED else None
        text = None if name is None else f"{clipped(name)} ({n:,})"
        ax.plot(
            tau, scale * lines["caar"], color=colour, linewidth=1.7, linestyle=dash, marker=marker, label=text, zorder=4
        )
    ax.axhline(0, color=MUTED, linewidth=0.8, zorder=3)
    ax.axvline(0, color=EVENT, linewidth=0.9, linestyle=BEFORE_DAY_ZERO, zorder=3)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    if "group" in table:
        for one in ax.legend(loc="best", fontsize=TEXT, frameon=False).get_texts():
            one.set_parse_math(False)
    return quiet(ax)


def plot_distribution(
    car: npt.NDArray[np.float64], ax: Axes | None = None, *, unit: str = "%", title: str = ""
) -> Axes:
    """Draw a histogram of cumulative abnormal returns, with their mean and median.

    Parameters
    ----------
    car : ndarray, shape (n,)
        As fractions; missing ones are left out. The outermost bars hold all that lies beyond them.
    ax : Axes, optional
    unit : {"%", "change", "log volume", "log range"}
        What the numbers are: fractions, or changes of the price.
    title : str

    Returns
    -------
    Axes
    """
    ax = ax or new_axes()
    values = scale_of(unit) * car[np.isfinite(car)]
    if len(values):
        low, high = np.percentile(values, TAILS)
        ax.hist(np.clip(values, low, high), bins=min(BARS, max(5, round(2 * len(values) ** 0.5))), color=LANE)
        for at, style, text in ((values.mean(), "-", "mean"), (np.median(values), BEFORE_DAY_ZERO, "median")):
            ax.axvline(float(at), color=EVENT, linewidth=1.2, linestyle=style, label=f"{text} {at:+.2f}", zorder=3)
        ax.legend(loc="upper right", fontsize=TEXT, frameon=False)
    ax.axvline(0, color=INK, linewidth=0.8, zorder=2)
    ax.set_title(title, loc="left", fontsize=TEXT, color=INK, **PLAIN)
    return quiet(ax)


def plot_paths(tau: Sequence[int], paths: npt.NDArray[np.float64], ax: Axes | None = None, *, unit: str = "%") -> Axes:
    """Draw the cumulative abnormal returns of many events, thin, with their mean.

    Parameters
    ----------
    tau : sequence of int, length E
    paths : ndarray, shape (n, E)
        As fractions. Beyond 300 events every k-th is drawn; the mean is that of all.
    ax : Axes, optional
    unit : {"%", "change", "log volume", "log range"}
        What the numbers are: fractions, or changes of the price.

    Returns
    -------
    Axes
    """
    ax = ax or new_axes()
    scale = scale_of(unit)
    step = -(-len(paths) // DRAWN) or 1
    ax.plot(tau, scale * paths[::step].T, color=GRID, linewidth=0.7, zorder=1)
    there = np.isfinite(paths)
    mean = np.where(there, paths, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    ax.plot(tau, scale * mean, color=INK, linewidth=1.8, zorder=3, label=f"mean of {len(paths):,}")
    ax.axhline(0, color=MUTED, linewidth=0.8, zorder=2)
    ax.axvline(0, color=EVENT, linewidth=0.9, linestyle=BEFORE_DAY_ZERO, zorder=2)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend(loc="best", fontsize=TEXT, frameon=False)
    return quiet(ax)
