"""Where instants fall among the bars of one market, and what an event known only as an interval leaves open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...errors import UsageError
from ...events import When
from ...instruments.catalogue import Instrument
from ..calendars.hours import Instants, Mask
from ..calendars.schedule import labelled
from .sessions import Moment, Positions, align, as_instants, last_at_or_before

NO_BAR = -1


@dataclass(frozen=True, kw_only=True, eq=False)
class BarPlacement:
    """Where k instants fall among n bars; every array has shape (k,).

    Parameters
    ----------
    first : ndarray of int
        Position of tau 0, the first bar that opens at or after the instant; -1 where there is none.
    before : ndarray of int
        Position of the last bar that ended at or before the instant; -1 where there is none.
    straddled : ndarray of bool
        Whether a bar lies on both sides of the instant, so that it belongs neither before nor after.
    """

    first: Positions
    before: Positions
    straddled: Mask


def place_in_bars(
    instants: Instants, starts: Instants, ends: Instants | np.timedelta64, *, order: Positions | None = None
) -> BarPlacement:
    """Place instants among bars.

    Parameters
    ----------
    instants : ndarray of datetime64[ns], shape (k,)
        UTC.
    starts : ndarray of datetime64[ns], shape (n,)
        When each bar opens, in order; UTC.
    ends : ndarray of datetime64[ns], shape (n,), or timedelta64
        When each bar ends, or how long bars last. Bars do not overlap.
    order : ndarray of int, optional
        What sorts the instants, if known.

    Examples
    --------
    >>> starts = np.array(["2020-01-07T21:45", "2020-01-07T23:00"], "datetime64[ns]")
    >>> place_in_bars(np.array(["2020-01-07T22:30"], "datetime64[ns]"), starts, np.timedelta64(15, "m")).first
    array([1])
    """
    last = last_at_or_before(starts, instants, order=order)
    at = np.take(starts, last) if starts.size else instants
    begun = last != NO_BAR
    over = at + ends if isinstance(ends, np.timedelta64) else np.take(ends, last) if starts.size else instants
    inside = begun & (instants > at) & (instants < over)
    opens_now = begun & (instants == at)
    first = np.where(opens_now, last, last + 1)
    return BarPlacement(
        first=np.where(first < starts.size, first, NO_BAR),
        before=np.where(begun & (inside | opens_now), last - 1, last),
        straddled=inside,
    )


def align_to_bars(
    instants: Moment | Iterable[Moment] | pd.DatetimeIndex, starts: pd.DatetimeIndex, ends: pd.DatetimeIndex | str
) -> pd.DataFrame:
    """Place instants among the bars of one market.

    Parameters
    ----------
    instants : datetime, str or many of them
        With a time zone.
    starts : DatetimeIndex
        When each bar opens: with a time zone, sorted, unique.
    ends : DatetimeIndex or str
        When each bar ends, or how long bars last (``"15min"``).

    Returns
    -------
    DataFrame
        One row an instant: ``instant``; ``first`` (start of tau 0, the first bar that opens at or after it),
        ``before`` (start of the last bar that ended at or before it), ``straddling`` (start of the bar that holds the
        instant strictly inside), each NaT where there is none; ``wait`` (from the instant to tau 0).

    Raises
    ------
    UsageError
        If instants or bars have no time zone, or bars are not sorted, overlap or end before they begin.

    Examples
    --------
    >>> bars = pd.date_range("2020-01-07 21:00", periods=4, freq="15min", tz="UTC")
    >>> align_to_bars("2020-01-07T21:20Z", bars, "15min").iloc[0]["straddling"].strftime("%H:%M")
    '21:15'
    """
    moments, opens = as_instants(instants), as_instants(starts)
    length = pd.Timedelta(ends).to_timedelta64() if isinstance(ends, str) else None
    until = opens + length if length is not None else as_instants(ends)
    if until.shape != opens.shape or (until <= opens).any() or (opens[1:] < until[:-1]).any():
        raise UsageError("bars must be sorted, end after they begin and not overlap; sort them and drop duplicates")
    found = place_in_bars(moments, opens, until)
    straddling = np.where(found.straddled, found.before + 1, NO_BAR)
    columns = {"first": found.first, "before": found.before, "straddling": straddling}
    frame = pd.DataFrame(
        {"instant": labelled(moments)} | {name: labelled(_at(opens, where)) for name, where in columns.items()}
    )
    return frame.assign(wait=frame["first"] - frame["instant"])


def align_interval(when: When, markets: str | Instrument | Iterable[str | Instrument]) -> pd.DataFrame:
    """Place an event that is known only to lie in an interval on the clocks of markets.

    Parameters
    ----------
    when : When
        Its end is exclusive; an instant is an interval of no length.
    markets : str, Instrument or many of them

    Returns
    -------
    DataFrame
        One row a market: what `align` says of the interval's beginning, then ``latest_session`` and
        ``latest_observation`` for its last moment and ``depends``: whether day 0 depends on when in the interval the
        event happened.

    Examples
    --------
    >>> from eventstudy.events import Precision
    >>> day = dict(start=pd.Timestamp("2020-01-08T00:00Z"), end=pd.Timestamp("2020-01-09T00:00Z"))
    >>> align_interval(When(precision=Precision.DAY, **day), ["^N225", "^GSPC"])["depends"].to_list()
    [True, True]
    """
    last = when.end if when.end == when.start else when.end - pd.Timedelta(1, "us").to_pytimedelta()
    both = align([when.start, last], markets)
    half = len(both) // 2
    early, late = both.iloc[:half].reset_index(drop=True), both.iloc[half:].reset_index(drop=True)
    same = (early["session"] == late["session"]) | (early["session"].isna() & late["session"].isna())
    return early.assign(latest_session=late["session"], latest_observation=late["observation"], depends=~same)


def _at(starts: Instants, where: npt.NDArray[np.intp]) -> Instants:
    """Start of the bar at each position; NaT for no bar."""
    padded: Instants = np.append(starts, np.datetime64("NaT", "ns"))[where]
    return padded
