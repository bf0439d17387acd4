"""The figures of the page of many events, and the words that stand for them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...render.average_plots import plot_caar, plot_distribution
from ...render.style import SAID, UNIT_WORDS, clipped
from ...study.wording import car_name
from .facts import Facts

HEIGHT, LOW = 3.4, 2.8
Draw = Callable[[Axes], Axes]


def drawings(facts: Facts) -> dict[str, tuple[Draw, float, str]]:
    """Return how each figure is drawn, and the words that stand for it.

    Parameters
    ----------
    facts : Facts

    Returns
    -------
    dict of str to tuple of callable, height in inches and str
        By name: ``caar``, ``caar_1`` for the first grouping and so on, ``distribution``.
    """
    result, unit = facts.result, facts.result.unit
    car = result.estimates.car(facts.window).car
    found: dict[str, tuple[Draw, float, str]] = {
        "caar": (lambda ax: _labelled(plot_caar(result.aar, ax, unit=unit), unit), HEIGHT, _said(result.aar, unit)),
        "distribution": (
            lambda ax: _counted(plot_distribution(car, ax, unit=unit, title=car_name(facts.window.label)), unit),
            LOW,
            f"Histogram of {int(np.isfinite(car).sum()):,} cumulative abnormal returns; quantiles below.",
        ),
    }
    for number, frame in enumerate(facts.days.values(), start=1):
        found[f"caar_{number}"] = (_of_groups(frame, unit), HEIGHT, _said(frame, unit))
    return found


def _of_groups(frame: pd.DataFrame, unit: str) -> Draw:
    """Draw one line a group."""
    return lambda ax: _labelled(plot_caar(frame, ax, unit=unit), unit)


def _labelled(ax: Axes, unit: str) -> Axes:
    """Name the axes of a path."""
    ax.set_xlabel("days from the event (day 0 = 0)", **SAID)
    ax.set_ylabel(f"CAAR, {unit}", **SAID)
    return ax


def _counted(ax: Axes, unit: str) -> Axes:
    """Name the axes of a histogram."""
    ax.set_xlabel(unit, **SAID)
    ax.set_ylabel("events", **SAID)
    return ax


def _said(frame: pd.DataFrame, unit: str) -> str:
    """Give where each line ends."""
    last = frame[frame["tau"] == frame["tau"].max()]
    names = last.get("group", ["all events"])
    ends = "; ".join(f"{clipped(name)} {value:+.4f}" for name, value in zip(names, last["caar"], strict=True))
    amount = "fractions" if unit == "%" else UNIT_WORDS[unit]
    return f"Cumulative average abnormal return up to day {int(last['tau'].iloc[0])}, {amount}: {ends}."
