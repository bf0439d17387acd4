"""The anatomy of a reaction by the bar: first move, extremes, half-life, and what is kept at the next observation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..events import Event
from ..inference.abnormal import AbnormalReturns
from ..inference.distributions import t_sf
from ..inference.significance.multiplicity import holm
from ..markets.alignment.events_in_bars import STRADDLING
from ..markets.alignment.sessions import align
from ..markets.prices.bars import Bars, BarSet
from ..panel import each_row
from .peaks import peaks

LEVEL = 0.05
HORIZON = "horizon"
COURSE_COLUMNS = [
    "event_id",
    "market",
    "tau_zero_utc",
    "straddling_utc",
    "straddling_return",
    "until_utc",
    "until",
    "first_move",
    "first_move_utc",
    "first_abnormal",
    "first_abnormal_utc",
    "peak",
    "peak_utc",
    "peak_car",
    "peak_larger",
    "peak_stretches",
    "peak_p",
    "peak_step_down_p",
    "high",
    "high_utc",
    "low",
    "low_utc",
    "half_life_bars",
    "half_life_minutes",
    "back_to_zero_utc",
    "next_observation_utc",
    "kept",
    "session_high_utc",
    "session_low_utc",
    "minutes_to_first",
    "minutes_to_peak",
    "note",
]
OCCURRED = "only the time of the occurrence is known, not of the first report: no reaction times"
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Turns:
    """Positions of the turning points of one path; -1 for what does not come about.

    Parameters
    ----------
    first_move : int
        First bar with a return other than zero.
    first_abnormal : int
        First bar that is significant after Holm's adjustment.
    peak : int
        Bar at which the cumulative abnormal return is largest in size.
    half, zero : int
        First bar after the peak at which half of it, all of it is gone.
    """

    first_move: int = -1
    first_abnormal: int = -1
    peak: int = -1
    half: int = -1
    zero: int = -1


def turning_points(ar: Floats, p: Floats, level: float = LEVEL, returns: Floats | None = None) -> Turns:
    """Return the turning points of a path of abnormal returns.

    Parameters
    ----------
    ar, p : ndarray, shape (T,)
        Abnormal returns and their p-values from tau 0 to the end of the search; NaN where there is none.
    level : float
        A bar is abnormal if its p-value is at most this, after Holm's adjustment for the T bars.
    returns : ndarray, shape (T,), optional
        Returns, for the first move; `ar` by default.

    Returns
    -------
    Turns

    Examples
    --------
    >>> turning_points(np.array([0.0, 0.04, 0.01, -0.01, -0.05]), np.array([0.9, 0.001, 0.2, 0.3, 0.1]))
    Turns(first_move=1, first_abnormal=1, peak=2, half=4, zero=4)
    """
    present = np.isfinite(ar)
    if not present.any():
        return Turns()
    adjusted = np.ones(ar.size)
    adjusted[present] = holm(p[present])
    car = np.cumsum(np.where(present, ar, 0.0))
    peak = int(np.argmax(np.abs(car)))
    left = np.sign(car[peak]) * car[peak:]
    moved = ar if returns is None else returns
    return Turns(
        first_move=_first(np.isfinite(moved) & (moved != 0)),
        first_abnormal=_first(adjusted <= level),
        peak=peak,
        half=_first(left <= left[0] / 2, peak) if car[peak] else -1,
        zero=_first(left <= 0, peak) if car[peak] else -1,
    )


def _first(mask: npt.NDArray[np.bool_], offset: int = 0) -> int:
    """Return the position of the first True, counted from `offset`; -1 without one."""
    return offset + int(np.argmax(mask)) if mask.any() else -1


def search_end(
    opens: pd.Timestamp, event: Event | None, others: Sequence[Event], horizon: str
) -> tuple[pd.Timestamp, str]:
    """Return until when a reaction is searched for its turning points, and what ends the search.

    Parameters
    ----------
    opens : Timestamp
        When tau 0 opens (UTC).
    event : Event or None
    others : sequence of Event
        Other listed events, in any order; one that starts with the studied event is taken to be that event.
    horizon : str
        Longest search, counted from `opens`, such as ``"4h"``.

    Returns
    -------
    Timestamp
        UTC.
    str
        The id of the next listed event, or ``"horizon"``.

    Examples
    --------
    >>> stocks = Event.at("2020-01-08T02:30:00Z", id="messages")
    >>> search_end(pd.Timestamp("2020-01-07T23:00Z"), None, [stocks], "4h")
    (Timestamp('2020-01-08 02:30:00+0000', tz='UTC'), 'messages')
    """
    limit = opens + pd.Timedelta(horizon)
    known = opens if event is None else max(opens, pd.Timestamp(event.when.start))
    later = [other for other in others if known < pd.Timestamp(other.when.start) < limit]
    following = min(later, key=lambda other: other.when.start, default=None)
    return (limit, HORIZON) if following is None else (pd.Timestamp(following.when.start), following.id)


def course(
    reach: AbnormalReturns,
    alignment: pd.DataFrame,
    bars: BarSet,
    events: Iterable[Event],
    others: Iterable[Event] = (),
    *,
    horizon: str = "4h",
    returns: str = "log",
    families: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Describe the reaction of every pair up to the next listed event or the horizon; event windows play no part.

    Parameters
    ----------
    reach : AbnormalReturns
        In event time of bars, from tau 0 to beyond the end of the search.
    alignment : DataFrame
    bars : BarSet
    events : iterable of Event
        Reaction times are measured from an event's public time; none where only its occurrence is known.
    others : iterable of Event
        Other listed events; the first after tau 0 opens ends the search.
    horizon : str
        Longest search from tau 0's opening.
    returns : {"log", "simple", "change"}
        For ``"change"`` the extremes are differences, else simple returns.
    families : mapping of str to sequence of str, optional
        Markets whose peaks are compared jointly; all markets of an event where none is declared.

    Returns
    -------
    DataFrame
        ``tau_zero_utc``, when tau 0 opens; ``straddling_utc`` and ``straddling_return`` of the bar that holds the
        instant; ``until_utc`` and ``until`` (id of the event or ``"horizon"``), the end of the search; ``first_move``
        and ``first_abnormal`` (tau) and when these bars open; ``peak`` (tau), when it ends, and ``peak_car``, the CAR
        from tau 0 largest in size; ``peak_larger`` of ``peak_stretches`` stretches of as many estimation bars had at
        least as large a peak, ``peak_p`` is the rank in units of the volatility known before each, with an allowance
        for the overlap of stretches, and ``peak_step_down_p`` that among the markets of the family; ``high`` and
        ``low``, the extremes of the bars' prices against the reference, and when these bars end; ``half_life_bars`` and
        ``half_life_minutes`` from the peak until half of it is gone; ``back_to_zero_utc``; ``next_observation_utc``,
        the next close or settlement, and ``kept``, the CAR at that time over ``peak_car``; ``session_high_utc`` and
        ``session_low_utc``, the extremes up to the next observation; ``minutes_to_first`` and ``minutes_to_peak`` from
        the event to the end of those bars; ``note``. Missing where there is none.
    """
    whens, elsewhere = {event.id: event for event in events}, list(others)
    keyed = alignment.set_index(["event_id", "market"])
    lines, counts = [], []
    for at, row in enumerate(each_row(reach.rows)):
        event, own = whens.get(row.event_id), bars[row.market]
        found = _Pair(reach=reach, at=at, bars=own, place=keyed.loc[(row.event_id, row.market)], kind=returns)
        end, reason = search_end(found.opens[0], event, elsewhere, horizon)
        line = {"event_id": row.event_id, "market": row.market, "until_utc": end, "until": reason}
        counts.append(found.until(end))
        line |= {**found.turns(counts[-1]), **found.straddling(), **found.observed(event)}
        lines.append(line | _times(line, event, _before(found.opens[0], event, elsewhere)))
    return pd.DataFrame(lines).assign(**peaks(reach, counts, families)).reindex(columns=COURSE_COLUMNS)


@dataclass(frozen=True, kw_only=True)
class _Pair:
    """One event in one market, from tau 0 on."""

    reach: AbnormalReturns
    at: int
    bars: Bars
    place: pd.Series
    kind: str

    @property
    def opens(self) -> pd.DatetimeIndex:
        """When the bars open; NaT beyond the prices."""
        return pd.DatetimeIndex(self.reach.sessions[self.at]).tz_localize("UTC")

    @property
    def ends(self) -> pd.Series:
        """When the bars end."""
        return pd.Series(self.bars.ends, index=self.bars.index).reindex(self.opens)

    def until(self, end: pd.Timestamp) -> int:
        """Count the bars that end by an instant."""
        return int((self.ends <= end).sum())

    def turns(self, inside: int) -> dict[str, Any]:
        """Find the turning points of so many bars, with their times."""
        ar, opens, ends = self.reach.ar[self.at, :inside], self.opens, self.ends
        p = 2 * t_sf(np.abs(self.reach.sar[self.at, :inside]), self.reach.fitted.df[self.at])
        turns = turning_points(ar, p, returns=self.reach.returns[self.at, :inside])

        def when(position: int, of: Any) -> Any:
            return pd.NaT if position < 0 else of[position]

        stop = ends.array
        halved = turns.half >= 0
        return {
            "tau_zero_utc": opens[0],
            "first_move": _number(turns.first_move),
            "first_move_utc": when(turns.first_move, opens),
            "first_abnormal": _number(turns.first_abnormal),
            "first_abnormal_utc": when(turns.first_abnormal, opens),
            "first_end": when(turns.first_abnormal, stop),
            "peak": _number(turns.peak),
            "peak_utc": when(turns.peak, stop),
            "peak_car": np.nan if turns.peak < 0 else float(np.nansum(ar[: turns.peak + 1])),
            "half_life_bars": turns.half - turns.peak if halved else pd.NA,
            "half_life_minutes": _minutes(stop[turns.half] - stop[turns.peak]) if halved else np.nan,
            "back_to_zero_utc": when(turns.zero, stop),
            **self._extremes(inside),
        }

    def _extremes(self, count: int, prefix: str = "") -> dict[str, Any]:
        """Highest and lowest price of the first bars against the reference, and when these bars end."""
        frame = self.bars.frame.reindex(self.opens[:count])
        # Positions are taken by number: beyond the prices several rows have no label.
        reference = self.reference
        found: dict[str, Any] = {}
        for name, pick in (("high", np.nanargmax), ("low", np.nanargmin)):
            prices = frame.get(name, frame["close"]).fillna(frame["close"]).to_numpy(dtype=float)
            there = np.isfinite(prices).any()
            at = int(pick(prices)) if there else -1
            found[f"{prefix}{name}"] = self._moved(prices[at], reference) if there else np.nan
            found[f"{prefix}{name}_utc"] = self.ends.array[at] if there else pd.NaT
        return found

    @property
    def reference(self) -> float:
        """Last close before the event."""
        return float(self.bars.frame["close"].array[self.bars.ends.get_loc(self.place["reference_utc"])])

    def _moved(self, price: float, reference: float) -> float:
        """Return the simple return, or change, of a price."""
        return price - reference if self.kind == "change" else price / reference - 1.0

    def straddling(self) -> dict[str, Any]:
        """Bar that holds the instant, and its return."""
        start = self.place[STRADDLING]
        known = pd.notna(start)
        kind = "change" if self.kind == "change" else "simple"
        return {
            "straddling_utc": start,
            "straddling_return": self.bars.returns(kind)[start] if known else np.nan,
        }

    def observed(self, event: Event | None) -> dict[str, Any]:
        """CAR at the market's next close or settlement over its peak, and the extremes up to then."""
        clock, instant = self.bars.clock, self.opens[0] if event is None else event.when.start
        assert clock is not None
        observation = align([instant], [clock])["observation"].iloc[0]
        until = self.until(observation)
        extremes = self._extremes(until, "session_")
        car = float(np.nansum(self.reach.ar[self.at, :until])) if until else np.nan
        return {"next_observation_utc": observation, "car_then": car} | extremes


def _number(position: int) -> Any:
    """Return a position, or what is missing."""
    return pd.NA if position < 0 else position


def _minutes(span: pd.Timedelta) -> float:
    """Return the minutes of a span."""
    return span.total_seconds() / 60


def _before(opens: pd.Timestamp, event: Event | None, others: Sequence[Event]) -> list[str]:
    """Return the ids of the listed events between the event and the first bar."""
    if event is None:
        return []
    return [other.id for other in others if event.when.start < other.when.start and opens >= other.when.start]


def _times(line: Mapping[str, Any], event: Event | None, before: Sequence[str]) -> dict[str, Any]:
    """Minutes from the public time of the event, what is kept, and what must be said."""
    notes = []
    first = peak = np.nan
    if event is None or event.basis != "public":
        notes.append(OCCURRED)
    else:
        since = pd.Timestamp(event.when.start)
        first, peak = (_minutes(line[name] - since) for name in ("first_end", "peak_utc"))
    if pd.notna(line["straddling_utc"]):
        notes.append(f"the bar of {line['straddling_utc']:%H:%M} holds the event and belongs to neither side")
    if before:
        notes.append(f"before the first bar there was also {', '.join(before)}: these moves hold that news too")
    kept = line["car_then"] / line["peak_car"] if line["peak_car"] else np.nan
    return {"minutes_to_first": first, "minutes_to_peak": peak, "kept": kept, "note": "; ".join(notes)}
