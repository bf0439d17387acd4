"""Draw several studies side by side on Axes; nothing is shown or saved here."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from .style import INK, MUTED, PLAIN, abnormal, clipped, new_axes, quiet, scale_of

NORMAL_95 = 1.959964


def plot_comparison(table: pd.DataFrame, ax: Axes | None = None, *, unit: str = "%") -> Axes:
    """Draw the sum of every study, market and window, with 1.96 standard errors on both sides.

    Parameters
    ----------
    table : DataFrame
        Of `eventstudy.compare`.
    ax : Axes, optional
    unit : {"%", "change", "log volume", "log range"}
        What the numbers are: fractions, or changes of the price.

    Returns
    -------
    Axes
    """
    lines = table[table["car"].notna()]
    ax = ax or new_axes(8.0, 0.3 * len(lines) + 1.0)
    lanes, scale = np.arange(len(lines))[::-1], scale_of(unit)
    ax.axvline(0, color=MUTED, linewidth=0.9, zorder=1)
    width = NORMAL_95 * scale * lines["se"].fillna(0.0)
    ax.errorbar(scale * lines["car"], lanes, xerr=width, fmt="o", color=INK, ecolor=MUTED, elinewidth=1.1, zorder=3)
    # Each part is clipped by itself, so that a long one leaves the others to be read.
    names = lines[["market", "window", "study"]].astype(str).map(clipped).agg("  ".join, axis=1).str.strip()
    ax.set_yticks(lanes, names, **PLAIN)
    ax.set_ylim(-0.8, len(lines) - 0.2)
    ax.set_xlabel("cumulative abnormal change" if unit == "change" else f"cumulative {abnormal(unit, unit)}")
    return quiet(ax, grid="x")
