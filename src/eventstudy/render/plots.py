"""Draw frames on Axes and return the Axes. Text is taken literally; nothing is shown or saved here."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Any

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from .style import (
    DOWN,
    EDGE,
    EVENT,
    GRID,
    INK,
    INNER,
    LANE,
    LINES,
    MUTED,
    OUTER,
    PAPER,
    PAUSE,
    PLAIN,
    SAID,
    TEXT,
    UNIT_WORDS,
    UP,
    arrows,
    clipped,
    legend,
    narrow,
    new_axes,
    quiet,
    scale_of,
    signed,
)

BANDS = {"band_simultaneous": OUTER, "band": INNER}
FEW = 30
GAP = 0.075


def plot_car(
    path: pd.DataFrame,
    ax: Axes | None = None,
    *,
    title: str = "",
    others: pd.DataFrame | None = None,
    unit: str = "%",
) -> Axes:
    """Draw a cumulative abnormal return with its 95 % bands around zero: pointwise (inner) and simultaneous (outer).

    Parameters
    ----------
    path : DataFrame
        One market: ``tau``, ``car``, ``band`` (half-width for one day alone) and ``band_simultaneous`` (for the whole
        path at once; may be left out), as fractions.
    ax : Axes, optional
    title : str
    others : DataFrame, optional
        Further markets (``market``, ``tau``, ``car``), drawn thin and grey behind.
    unit : {"%", "change", "log volume", "log range"}
        What the numbers are: fractions, or changes of the price.

    Returns
    -------
    Axes
    """
    ax = ax or new_axes()
    scale = scale_of(unit)
    for _, other in () if others is None else others.groupby("market", sort=False):
        ax.plot(other["tau"], scale * other["car"], color=GRID, linewidth=1, zorder=1)
    for band, colour in BANDS.items():
        half = scale * path.get(band, path["band"])
        ax.fill_between(path["tau"], -half, half, color=colour, linewidth=0, zorder=2)
        ax.plot(path["tau"], np.column_stack([-half, half]), color=EDGE, linewidth=0.7, zorder=2.5)
    ax.axhline(0, color=MUTED, linewidth=0.8, zorder=3)
    ax.axvline(0, color=EVENT, linewidth=0.9, linestyle=(0, (3, 2)), zorder=3)
    dots = "o" if len(path) <= FEW else None
    ax.plot(path["tau"], scale * path["car"], color=INK, linewidth=1.6, marker=dots, markersize=3.2, zorder=4)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return titled(quiet(ax), title)


def titled(ax: Axes, title: str) -> Axes:
    """Write what a panel shows above it, shortened on a narrow figure.

    Parameters
    ----------
    ax : Axes
    title : str

    Returns
    -------
    Axes
    """
    ax.set_title(clipped(title) if narrow(ax) else title, loc="left", fontsize=TEXT, color=INK, **PLAIN)
    return ax


def plot_anatomy(frame: pd.DataFrame, ax: Axes | None = None, *, unit: str = "%") -> Axes:
    """Draw day 0 of every market against the last observation before the event.

    Parameters
    ----------
    frame : DataFrame
        ``market`` (label), ``open_gap`` (NaN where it says nothing), ``high``, ``low``, ``close``.
    ax : Axes, optional
    unit : {"%", "change", "log volume", "log range"}
        What the moves are: simple returns as fractions, or changes of the price.

    Returns
    -------
    Axes
    """
    ax = ax or new_axes(8.0, 0.36 * len(frame) + 1.2)
    lanes = np.arange(len(frame))[::-1]
    moves = scale_of(unit) * frame[["open_gap", "high", "low", "close"]]
    ax.axvline(0, color=MUTED, linewidth=0.9, zorder=1)
    ax.hlines(lanes, moves["low"], moves["high"], color=LANE, linewidth=6, zorder=2)
    ax.scatter(moves["open_gap"], lanes, marker="|", s=130, color=INK, linewidth=1.6, zorder=4)
    arrows(ax, moves["close"], lanes)
    for side, column in ((-1, "low"), (1, "high")):
        for lane, value in zip(lanes, moves[column], strict=True):
            _beside(ax, value, lane, side)
    ax.set_yticks(lanes, [clipped(market) for market in frame["market"]], **PLAIN)
    said = f"{UNIT_WORDS[unit]} against the last observation before the event"
    return _lane_axes(ax, said, ["open", "close up", "close down"])


def plot_first(frame: pd.DataFrame, ax: Axes | None = None, *, unit: str = "%") -> Axes:
    """Draw the first price and day 0 of every market, in the order in which the markets could react.

    Parameters
    ----------
    frame : DataFrame
        ``market`` (label), ``first_tradable_utc``, ``first_return`` (NaN where there is none), ``return``.
    ax : Axes, optional
    unit : {"%", "change", "log volume", "log range"}
        What the returns are: fractions, or changes of the price.

    Returns
    -------
    Axes
    """
    ax = ax or new_axes(8.0, 0.36 * len(frame) + 1.2)
    scale = scale_of(unit)
    lanes = np.arange(len(frame))[::-1]
    first, close = scale * frame["first_return"], scale * frame["return"]
    ax.axvline(0, color=MUTED, linewidth=0.9, zorder=1)
    ax.hlines(lanes, first, close, color=LANE, linewidth=3, zorder=2)
    ax.scatter(first, lanes, marker="|", s=130, color=INK, linewidth=1.6, zorder=3)
    arrows(ax, close, lanes)
    between = "\n" if narrow(ax) else "  "
    names = [
        f"{clipped(market)}{between}{when.day} {when:%b %H:%M}"
        for market, when in zip(frame["market"], frame["first_tradable_utc"], strict=True)
    ]
    ax.set_yticks(lanes, names, **PLAIN)
    said = f"{UNIT_WORDS[unit]} against the last observation before the event"
    return _lane_axes(ax, said, ["first price", "day 0 up", "day 0 down"])


def _beside(ax: Axes, value: float, lane: float, side: int) -> None:
    """Write a number at the left (-1) or the right (1) end of a bar."""
    if np.isfinite(value):
        place: dict[str, Any] = {"ha": "right" if side < 0 else "left", "va": "center", "textcoords": "offset points"}
        ax.annotate(signed(value), (value, lane), (4 * side, 0), **place, **SAID)


def _lane_axes(ax: Axes, said: str, marks: Sequence[str]) -> Axes:
    """Finish a picture with one lane a market: the unit below, the marks above."""
    shapes = (("|", INK, 9.0), ("^", UP, 7.0), ("v", DOWN, 7.0))
    handles = [
        Line2D([], [], linestyle="", marker=marker, color=colour, markersize=size, markeredgecolor=colour, label=mark)
        for (marker, colour, size), mark in zip(shapes, marks, strict=True)
    ]
    ax.set_xlabel(said.replace(" the last", "\nthe last") if narrow(ax) else said, **SAID)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:zg}".replace("-", "\N{MINUS SIGN}")))
    ax.margins(x=0.16, y=0.6 / (len(ax.get_yticks()) + 1))
    legend(ax, handles)
    return quiet(ax, grid="x")


def plot_sessions(lanes: pd.DataFrame, marks: pd.DataFrame, instant: pd.Timestamp, ax: Axes | None = None) -> Axes:
    """Draw one lane a market: when it trades, pauses, could first react and is first observed.

    Parameters
    ----------
    lanes : DataFrame
        ``market`` (label), ``state`` (``"open"`` or ``"break"``), ``start``, ``end`` (UTC).
    marks : DataFrame
        ``market`` (label), ``first_tradable_utc``, ``observation_utc``: one line a market, in drawing order.
    instant : Timestamp
        The event.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = ax or new_axes(8.0, 0.34 * len(marks) + 1.3)
    row = {market: len(marks) - 1 - number for number, market in enumerate(marks["market"])}
    for lane in lanes.itertuples():
        _session(ax, row[lane.market], lane)
    ax.axvline(_at(instant), color=EVENT, linewidth=1.4, zorder=3)
    seen = marks[marks["first_tradable_utc"].notna()]
    places = [row[market] for market in seen["market"]]
    halo: dict[str, Any] = {"edgecolor": PAPER, "linewidth": 0.8}
    first = ax.scatter(
        seen["first_tradable_utc"], places, marker=">", s=52, color=INK, zorder=4, label="could first react", **halo
    )
    observed = ax.scatter(
        seen["observation_utc"], places, marker="D", s=40, color=EVENT, zorder=4, label="day 0 observed", **halo
    )
    ax.set_yticks(list(row.values()), [clipped(market) for market in row], **PLAIN)
    low, high = ax.get_xlim()
    step = next(each for each in (3, 6, 12, 24) if 24 * (high - low) / each <= (6 if narrow(ax) else 13) or each == 24)
    ax.xaxis.set_major_locator(mdates.HourLocator(byhour=range(0, 24, step)))  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_formatter(FuncFormatter(_hour))
    ax.set_xlabel("UTC", **SAID)
    event = Line2D([], [], color=EVENT, linewidth=1.4, label="event")
    legend(ax, [event, first, observed])
    return quiet(ax, grid="x")


def _session(ax: Axes, row: int, lane: Any) -> None:
    """Draw one stretch of trading, or one break, in the lane of its market."""
    start, closed = _at(lane.start), lane.state == "break"
    look: dict[str, Any] = {"color": LANE, "linewidth": 0}
    if closed:
        look = {"facecolor": PAUSE, "hatch": "////", "edgecolor": MUTED, "linewidth": 0.3}
    ax.barh(row, _at(lane.end) - start, left=start, height=0.46, zorder=2, **look)


def plot_path(
    path: pd.DataFrame, course: pd.DataFrame, instant: pd.Timestamp | None, ax: Axes | None = None, *, unit: str = "%"
) -> Axes:
    """Draw the path of prices around an event; a line stops where trading does, and no bar is made up.

    Parameters
    ----------
    path : DataFrame
        ``market`` (label), ``end_utc``, ``move`` since the last close before the event, ``across_break``,
        ``straddling``: one line a bar.
    course : DataFrame
        ``market`` (label), ``first_abnormal_utc``, ``peak_utc``: one line a market.
    instant : Timestamp or None
        The event.
    ax : Axes, optional
    unit : {"%", "change", "log volume", "log range"}
        What ``move`` is: a fraction, or a change of the price.

    Returns
    -------
    Axes
    """
    ax = ax or new_axes(9.2, 4.4)
    scale = scale_of(unit)
    handles = []
    for colour, (market, bars) in zip(cycle(LINES), path.groupby("market", sort=False), strict=False):
        mine = course[course["market"] == market]
        _one_path(ax, bars.assign(move=scale * bars["move"]), mine, colour)
        handles.append(Line2D([], [], color=colour, linewidth=1.6, label=clipped(market)))
    if instant is not None:
        ax.axvline(_at(instant), color=EVENT, linewidth=1.2, zorder=2)
    ax.axhline(0, color=MUTED, linewidth=0.8, zorder=1)
    locator = mdates.AutoDateLocator(minticks=3, maxticks=5 if narrow(ax) else 10)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(FuncFormatter(_hour))
    ax.set_xlabel("UTC", **SAID)
    ax.set_ylabel(f"{unit} since the last bar before the event", **SAID)
    legend(ax, handles, columns=2 if narrow(ax) else 4)
    return quiet(ax)


def _one_path(ax: Axes, bars: pd.DataFrame, course: pd.DataFrame, colour: str) -> None:
    """Draw the path of one market, and mark its first abnormal bar and its peak."""
    for _, stretch in bars.groupby(bars["across_break"].cumsum()):
        ax.plot(stretch["end_utc"], stretch["move"], color=colour, linewidth=1.6, zorder=3)
    held = bars[bars["straddling"]]
    ax.scatter(held["end_utc"], held["move"], s=26, facecolor=PAPER, edgecolor=colour, zorder=4)
    for name, on, marker in (("first_abnormal_utc", "start_utc", "^"), ("peak_utc", "end_utc", "o")):
        at = bars[bars[on].isin(course[name])]
        ax.scatter(at["end_utc"], at["move"], marker=marker, s=52, color=colour, edgecolor=PAPER, zorder=5)


def mark_events(ax: Axes, instants: pd.Series) -> Axes:
    """Mark other events on a picture in time, each with its number.

    Parameters
    ----------
    ax : Axes
        Drawn in UTC.
    instants : Series of Timestamp
        In order of time; those outside the picture are not drawn.

    Returns
    -------
    Axes
    """
    low, high = ax.get_xlim()
    for number, instant in enumerate(instants, start=1):
        at = _at(instant)
        if low < at < high:
            ax.axvline(at, color=MUTED, linewidth=0.8, linestyle=(0, (2, 2)), zorder=1)
            height = 1.0 - GAP * ((number - 1) % 3)
            place: dict[str, Any] = {
                "xycoords": ("data", "axes fraction"),
                "textcoords": "offset points",
                "ha": "left",
                "va": "top",
            }
            ax.annotate(str(number), (at, height), (2, -1), **place, **SAID)
    ax.set_xlim(low, high)
    return ax


def _at(moment: Any) -> float:
    """Return an instant as matplotlib counts time."""
    return float(mdates.date2num(moment))  # type: ignore[no-untyped-call]


def _hour(position: float, _: int) -> str:
    """Label of an hour; midnight carries the date."""
    moment = mdates.num2date(position)  # type: ignore[no-untyped-call]
    return f"{moment:%H:%M}" if moment.hour else f"{moment:%H:%M}\n{moment.day} {moment:%b}"
