"""Draw frames on Axes and return the Axes. Text is taken literally; nothing is shown or saved here."""

from __future__ import annotations

from itertools import cycle
from typing import Any

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

INK, MUTED, GRID = "#1f2933", "#7b8794", "#e4e7eb"
ACCENT, UP, DOWN, SOFT = "#b42318", "#1f7a4d", "#b42318", "#c3dafe"
LINES = (INK, "#b7791f", "#2b6cb0", "#2f855a", "#805ad5")
OPEN_LANE, BREAK_LANE = "#9db8d9", "#eef2f6"
BANDS = {"band_simultaneous": 0.4, "band": 0.75}
FEW = 30
PLAIN: dict[str, Any] = {"parse_math": False}


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


def plot_car(
    path: pd.DataFrame,
    ax: Axes | None = None,
    *,
    title: str = "",
    others: pd.DataFrame | None = None,
    unit: str = "%",
) -> Axes:
    """Draw a cumulative abnormal return with its 95 % bands around zero: pointwise (dark) and simultaneous (light).

    Parameters
    ----------
    path : DataFrame
        One market: ``tau``, ``car``, ``band`` (half-width for one day alone) and ``band_simultaneous`` (for the whole
        path at once; may be left out), as fractions.
    ax : Axes, optional
    title : str
    others : DataFrame, optional
        Further markets (``market``, ``tau``, ``car``), drawn thin and grey behind.
    unit : {"%", "change"}
        What the numbers are: fractions, or changes of the price.

    Returns
    -------
    Axes
    """
    ax = ax or new_axes()
    scale = _scale(unit)
    for _, other in () if others is None else others.groupby("market", sort=False):
        ax.plot(other["tau"], scale * other["car"], color=GRID, linewidth=1, zorder=1)
    for band, alpha in BANDS.items():
        half = scale * path.get(band, path["band"])
        ax.fill_between(path["tau"], -half, half, color=SOFT, alpha=alpha, linewidth=0, zorder=2)
    ax.axhline(0, color=MUTED, linewidth=0.8, zorder=3)
    ax.axvline(0, color=ACCENT, linewidth=0.9, linestyle=(0, (3, 2)), zorder=3)
    dots = "o" if len(path) <= FEW else None
    ax.plot(path["tau"], scale * path["car"], color=INK, linewidth=1.6, marker=dots, markersize=3.2, zorder=4)
    ax.set_title(title, loc="left", fontsize=9, color=INK, **PLAIN)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return quiet(ax)


def plot_anatomy(frame: pd.DataFrame, ax: Axes | None = None, *, unit: str = "%") -> Axes:
    """Draw day 0 of every market against the last observation before the event.

    Parameters
    ----------
    frame : DataFrame
        ``market`` (label), ``open_gap`` (NaN where it says nothing), ``high``, ``low``, ``close``.
    ax : Axes, optional
    unit : {"%", "change"}
        What the moves are: simple returns as fractions, or changes of the price.

    Returns
    -------
    Axes
    """
    ax = ax or new_axes(8.0, 0.36 * len(frame) + 1.2)
    lanes = range(len(frame))[::-1]
    moves = _scale(unit) * frame[["open_gap", "high", "low", "close"]]
    colours = [UP if close >= 0 else DOWN for close in moves["close"]]
    ax.axvline(0, color=MUTED, linewidth=0.9, zorder=1)
    ax.hlines(lanes, moves["low"], moves["high"], color=OPEN_LANE, linewidth=7, zorder=2)
    ax.scatter(moves["open_gap"], lanes, marker="|", s=130, color=INK, linewidth=1.6, zorder=4, label="open")
    ax.scatter(moves["close"], lanes, marker="D", s=30, color=colours, zorder=5, label="close or settlement")
    for lane, low, high in zip(lanes, moves["low"], moves["high"], strict=True):
        ax.annotate(
            f"{low:+.1f}",
            (low, lane),
            (-4, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=7.5,
            color=MUTED,
        )
        ax.annotate(
            f"{high:+.1f}",
            (high, lane),
            (4, 0),
            textcoords="offset points",
            ha="left",
            va="center",
            fontsize=7.5,
            color=MUTED,
        )
    ax.set_yticks(list(lanes), frame["market"].tolist(), **PLAIN)
    ax.set_xlabel(f"{unit} against the last observation before the event (bar: low to high)", color=MUTED, fontsize=8.5)
    ax.legend(loc="lower right", fontsize=7.5, frameon=False)
    ax.margins(x=0.12)
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
        closed = lane.state == "break"
        ax.barh(
            row[lane.market],
            mdates.date2num(lane.end) - mdates.date2num(lane.start),  # type: ignore[no-untyped-call]
            left=mdates.date2num(lane.start),  # type: ignore[no-untyped-call]
            height=0.46,
            color=BREAK_LANE if closed else OPEN_LANE,
            hatch="////" if closed else None,
            edgecolor=MUTED if closed else "none",
            linewidth=0.3,
            zorder=2,
        )
    lane_of = [row[market] for market in marks["market"]]
    ax.axvline(mdates.date2num(instant), color=ACCENT, linewidth=1.4, zorder=3)  # type: ignore[no-untyped-call]
    known = marks["first_tradable_utc"].notna().to_numpy()
    marks, lane_of = marks[known], [lane for lane, seen in zip(lane_of, known, strict=True) if seen]
    ax.scatter(
        marks["first_tradable_utc"], lane_of, marker=">", s=34, color=INK, zorder=4, label="first tradable moment"
    )
    ax.scatter(
        marks["observation_utc"],
        lane_of,
        marker="D",
        s=26,
        color=ACCENT,
        zorder=4,
        label="day 0 observed (close or settlement)",
    )
    ax.set_yticks(list(row.values()), list(row), **PLAIN)
    ax.xaxis.set_major_locator(mdates.HourLocator(byhour=range(0, 24, 3)))  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_formatter(FuncFormatter(_hour))
    ax.set_xlabel("UTC", color=MUTED, fontsize=8.5)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, fontsize=7.5, frameon=False)
    return quiet(ax, grid="x")


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
    unit : {"%", "change"}
        What ``move`` is: a fraction, or a change of the price.

    Returns
    -------
    Axes
    """
    ax = ax or new_axes(9.2, 4.4)
    scale = _scale(unit)
    for colour, (market, bars) in zip(cycle(LINES), path.groupby("market", sort=False), strict=False):
        for number, (_, stretch) in enumerate(bars.groupby(bars["across_break"].cumsum())):
            ax.plot(
                stretch["end_utc"],
                scale * stretch["move"],
                color=colour,
                linewidth=1.5,
                label=str(market) if number == 0 else None,
                zorder=3,
            )
        held = bars[bars["straddling"]]
        ax.scatter(held["end_utc"], scale * held["move"], s=26, facecolor="white", edgecolor=colour, zorder=4)
        mine = course[course["market"] == market]
        for name, on, marker in (("first_abnormal_utc", "start_utc", "^"), ("peak_utc", "end_utc", "o")):
            at = bars[bars[on].isin(mine[name])]
            ax.scatter(at["end_utc"], scale * at["move"], marker=marker, s=44, color=colour, zorder=5)
    if instant is not None:
        ax.axvline(mdates.date2num(instant), color=ACCENT, linewidth=1.2, zorder=2)  # type: ignore[no-untyped-call]
    ax.axhline(0, color=MUTED, linewidth=0.8, zorder=1)
    ax.xaxis.set_major_locator(mdates.AutoDateLocator(maxticks=12))  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_formatter(FuncFormatter(_hour))
    ax.set_title(
        f"{unit} since the last bar before the event (line); triangle: first abnormal bar, dot: peak; UTC",
        loc="left",
        fontsize=9,
        color=INK,
        **PLAIN,
    )
    ax.legend(loc="best", fontsize=7.5, frameon=False)
    return quiet(ax)


def plot_first(frame: pd.DataFrame, ax: Axes | None = None, *, unit: str = "%") -> Axes:
    """Draw the first price and day 0 of every market, in the order in which the markets could react.

    Parameters
    ----------
    frame : DataFrame
        ``market`` (label), ``first_tradable_utc``, ``first_return`` (NaN where there is none), ``return``.
    ax : Axes, optional
    unit : {"%", "change"}
        What the returns are: fractions, or changes of the price.

    Returns
    -------
    Axes
    """
    ax = ax or new_axes(8.0, 0.36 * len(frame) + 1.2)
    scale = _scale(unit)
    lanes = list(range(len(frame))[::-1])
    first, close = scale * frame["first_return"], scale * frame["return"]
    ax.axvline(0, color=MUTED, linewidth=0.9, zorder=1)
    ax.hlines(lanes, first, close, color=OPEN_LANE, linewidth=3, zorder=2)
    ax.scatter(first, lanes, marker="|", s=130, color=INK, linewidth=1.6, zorder=3, label="first price after the event")
    colours = [UP if each >= 0 else DOWN for each in close]
    ax.scatter(close, lanes, marker="D", s=30, color=colours, zorder=4, label="close or settlement of day 0")
    names = [
        f"{market}  {when.day} {when:%b %H:%M}"
        for market, when in zip(frame["market"], frame["first_tradable_utc"], strict=True)
    ]
    ax.set_yticks(lanes, names, **PLAIN)
    ax.set_xlabel(
        f"{unit} against the last observation before the event; in order of the first tradable moment, UTC",
        color=MUTED,
        fontsize=8.5,
    )
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, fontsize=7.5, frameon=False)
    ax.margins(x=0.08)
    return quiet(ax, grid="x")


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
        at = mdates.date2num(instant)  # type: ignore[no-untyped-call]
        if low < at < high:
            ax.axvline(at, color=MUTED, linewidth=0.8, linestyle=(0, (2, 2)), zorder=1)
            ax.annotate(
                str(number),
                (at, 0.995 if number % 2 else 0.955),
                xycoords=("data", "axes fraction"),
                ha="left",
                va="top",
                fontsize=7.5,
                color=MUTED,
                xytext=(2, 0),
                textcoords="offset points",
            )
    ax.set_xlim(low, high)
    return ax


def _scale(unit: str) -> float:
    """Return the factor from the numbers of a frame to what is drawn."""
    return 100.0 if unit == "%" else 1.0


def _hour(position: float, _: int) -> str:
    """Label of an hour; midnight carries the date."""
    moment = mdates.num2date(position)  # type: ignore[no-untyped-call]
    return f"{moment:%H:%M}" if moment.hour else f"{moment:%H:%M}\n{moment.day} {moment:%b}"


def quiet(ax: Axes, grid: str = "y") -> Axes:
    """Remove the frame and the tick marks.

    Parameters
    ----------
    ax : Axes
    grid : {"x", "y"}

    Returns
    -------
    Axes
    """
    ax.grid(axis=grid, color=GRID, linewidth=0.7, zorder=0)  # type: ignore[arg-type]
    ax.set_axisbelow(True)
    ax.tick_params(length=0, labelsize=8, labelcolor=INK)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax
