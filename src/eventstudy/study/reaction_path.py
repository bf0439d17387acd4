"""The course of a reaction by the bar: the path of the price, the first abnormal bar, the peak, and how it faded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from ..events import Event
from ..inference.abnormal import AbnormalReturns
from ..inference.significance.multiplicity import holm
from ..markets.alignment.events_in_bars import STRADDLING
from ..markets.prices.bars import Bars, BarSet
from ..panel import each_row
from ..windows import Window

LEVEL = 0.05
LEAD = 24
PATH_COLUMNS = ["event_id", "market", "tau", "start_utc", "end_utc", "close", "move", "across_break", "straddling"]
COURSE_COLUMNS = [
    "event_id",
    "market",
    "tau_zero_utc",
    "straddling_utc",
    "straddling_return",
    "first_abnormal",
    "first_abnormal_utc",
    "peak",
    "peak_utc",
    "peak_car",
    "half_life_bars",
    "half_life_minutes",
    "minutes_to_first",
    "minutes_to_peak",
    "note",
]
OCCURRED = "only the time of the occurrence is known, not of the first report: no reaction times"


def by_the_bar(
    abnormal: AbnormalReturns, alignment: pd.DataFrame, bars: BarSet, events: Iterable[Event], returns: str = "log"
) -> dict[str, pd.DataFrame]:
    """Return the `path` of the prices and the `course` of the reactions, under these names."""
    return {
        "path": path(alignment, bars, abnormal.span, returns),
        "course": course(abnormal, alignment, bars, events),
    }


def path(alignment: pd.DataFrame, bars: BarSet, span: Window, returns: str = "log") -> pd.DataFrame:
    """Follow the price of every pair from some bars before the event to the end of its windows.

    Parameters
    ----------
    alignment : DataFrame
        Of `eventstudy.markets.alignment.events_in_bars.among_bars`.
    bars : BarSet
    span : Window
        Bars of event time; at least 24 before the event are shown, where there are as many.
    returns : str
        For ``"change"`` moves are differences.

    Returns
    -------
    DataFrame
        ``event_id``, ``market``, ``tau`` (missing for the bar that holds the instant), ``start_utc``, ``end_utc``,
        ``close``, ``move`` (simple return, or change, since the last close before the event), ``across_break``
        (whether a break or a closure lies between the bar and the one before), ``straddling``. No bar is made up.
    """
    parts = [
        _path(row, bars[row.market], Window(min(span.first, -LEAD), span.last), returns)
        for row in each_row(alignment[alignment["reference_utc"].notna()])
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=PATH_COLUMNS)


def _path(row: Any, bars: Bars, span: Window, returns: str) -> pd.DataFrame:
    """Path of one pair."""
    first = int(bars.labels.get_indexer(pd.DatetimeIndex([row.session]))[0])
    before = int(bars.ends.get_indexer(pd.DatetimeIndex([row.reference_utc]))[0])
    at = np.arange(max(0, before + 1 + span.first), min(len(bars.frame), first + span.last + 1))
    straddling = (at > before) & (at < first)
    tau = np.where(at >= first, at - first, at - before - 1)
    close, reference = bars.frame["close"].to_numpy()[at], float(bars.frame["close"].iloc[before])
    return pd.DataFrame(
        {
            "event_id": row.event_id,
            "market": row.market,
            "tau": pd.array(np.where(straddling, 0, tau), dtype="Int64"),
            "start_utc": bars.index[at],
            "end_utc": bars.ends[at],
            "close": close,
            "move": close - reference if returns == "change" else close / reference - 1.0,
            "across_break": bars.hours().crosses[at],
            "straddling": straddling,
        }
    ).assign(tau=lambda frame: frame["tau"].mask(frame["straddling"]))


def course(
    abnormal: AbnormalReturns, alignment: pd.DataFrame, bars: BarSet, events: Iterable[Event], level: float = LEVEL
) -> pd.DataFrame:
    """Tell when every usable pair first moved abnormally, where it peaked and how fast it came back.

    Parameters
    ----------
    abnormal : AbnormalReturns
        In event time of bars.
    alignment : DataFrame
    bars : BarSet
    events : iterable of Event
        Reaction times are measured from an event's public time; none where only its occurrence is known.
    level : float
        A bar is abnormal if its p-value is at most this, after Holm's allowance for the bars from tau 0 on.

    Returns
    -------
    DataFrame
        ``event_id``, ``market``; ``tau_zero_utc``, when tau 0 opens; ``straddling_utc`` and ``straddling_return`` of
        the bar that holds the instant; ``first_abnormal`` (tau) and when it opens; ``peak`` (tau), when it ends and
        ``peak_car``, the CAR from tau 0 largest in size; ``half_life_bars`` and ``half_life_minutes`` from the peak to
        the first bar at which half of it is gone; ``minutes_to_first`` and ``minutes_to_peak`` from the event to the
        end of those bars; ``note``. Missing where there is none.
    """
    whens = {event.id: event for event in events}
    keyed = alignment.set_index(["event_id", "market"])
    after = abnormal.tau >= 0
    degrees = abnormal.fitted.df
    lines = []
    for at, row in enumerate(each_row(abnormal.rows)):
        p = 2 * stats.t.sf(np.abs(abnormal.sar[at, after]), degrees[at])
        place = keyed.loc[(row.event_id, row.market)]
        turns = _turns(abnormal.ar[at, after], p, abnormal.sessions[at, after], bars[row.market], level)
        line = {"event_id": row.event_id, "market": row.market, **turns, **_straddling(place, bars[row.market])}
        lines.append(line | _times(line, whens.get(row.event_id)))
    return pd.DataFrame(lines, columns=COURSE_COLUMNS)


def turning_points(ar: npt.NDArray[np.float64], p: npt.NDArray[np.float64], level: float) -> tuple[int, int, int]:
    """Return the positions of the first abnormal bar, of the peak, and of the bar at which half of it is gone.

    Parameters
    ----------
    ar, p : ndarray, shape (T,)
        Abnormal returns and their p-values from tau 0 on; NaN where there is none.
    level : float

    Returns
    -------
    tuple of int
        -1 for what does not come about.

    Examples
    --------
    >>> turning_points(np.array([0.0, 0.04, 0.01, -0.01, -0.02]), np.array([0.9, 0.001, 0.2, 0.3, 0.1]), 0.05)
    (1, 2, 4)
    """
    present = np.isfinite(ar)
    if not present.any():
        return -1, -1, -1
    adjusted = np.ones(ar.size)
    adjusted[present] = holm(p[present])
    first = int(np.argmax(adjusted <= level)) if (adjusted <= level).any() else -1
    car = np.cumsum(np.where(present, ar, 0.0))
    peak = int(np.argmax(np.abs(car)))
    gone = np.sign(car[peak]) * car[peak:] <= abs(car[peak]) / 2
    return first, peak, peak + int(np.argmax(gone)) if gone.any() and car[peak] else -1


def _turns(
    ar: npt.NDArray[np.float64],
    p: npt.NDArray[np.float64],
    starts: npt.NDArray[np.datetime64],
    bars: Bars,
    level: float,
) -> dict[str, Any]:
    """Find the turning points of one pair, with their times."""
    first, peak, half = turning_points(ar, p, level)
    opens = pd.DatetimeIndex(starts).tz_localize("UTC")
    ends = pd.Series(bars.ends, index=bars.index).reindex(opens)
    halved = half >= 0
    return {
        "tau_zero_utc": opens[0],
        "first_abnormal": pd.NA if first < 0 else first,
        "first_abnormal_utc": pd.NaT if first < 0 else opens[first],
        "first_end": pd.NaT if first < 0 else ends.iloc[first],
        "peak": pd.NA if peak < 0 else peak,
        "peak_utc": pd.NaT if peak < 0 else ends.iloc[peak],
        "peak_car": np.nan if peak < 0 else float(np.nansum(ar[: peak + 1])),
        "half_life_bars": half - peak if halved else pd.NA,
        "half_life_minutes": (ends.iloc[half] - ends.iloc[peak]).total_seconds() / 60 if halved else np.nan,
    }


def _straddling(place: pd.Series, bars: Bars) -> dict[str, Any]:
    """Bar that holds the instant, and its return."""
    start = place[STRADDLING]
    known = pd.notna(start)
    return {"straddling_utc": start, "straddling_return": bars.returns("simple")[start] if known else np.nan}


def _times(line: Mapping[str, Any], event: Event | None) -> dict[str, Any]:
    """Minutes from the public time of the event, and what must be said."""
    notes = []
    if event is None or event.basis != "public":
        notes.append(OCCURRED)
        first = peak = np.nan
    else:
        since = pd.Timestamp(event.when.start)
        first, peak = ((line[name] - since).total_seconds() / 60 for name in ("first_end", "peak_utc"))
    if pd.notna(line["straddling_utc"]):
        notes.append(f"the bar of {line['straddling_utc']:%H:%M} holds the event and belongs to neither side")
    return {"minutes_to_first": first, "minutes_to_peak": peak, "note": "; ".join(notes)}
