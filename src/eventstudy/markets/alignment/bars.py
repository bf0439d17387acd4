"""Locate instants among the bars of one market."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..calendars.hours import Instants, Mask
from .sessions import Positions, last_at_or_before

NO_BAR = -1


@dataclass(frozen=True, kw_only=True, eq=False)
class BarPlacement:
    """Positions of k instants among n bars; every array has shape (k,).

    Parameters
    ----------
    first : ndarray of int
        Position of tau 0, the first bar that opens at or after the instant; -1 where there is none.
    before : ndarray of int
        Position of the last bar that ended at or before the instant; -1 where there is none.
    straddled : ndarray of bool
        Whether a bar contains the instant strictly inside, so that it belongs neither before nor after.
    """

    first: Positions
    before: Positions
    straddled: Mask


def place_in_bars(
    instants: Instants, starts: Instants, ends: Instants | np.timedelta64, *, order: Positions | None = None
) -> BarPlacement:
    """Locate instants among bars.

    Parameters
    ----------
    instants : ndarray of datetime64[ns], shape (k,)
        UTC.
    starts : ndarray of datetime64[ns], shape (n,)
        When each bar opens, in order; UTC.
    ends : ndarray of datetime64[ns], shape (n,), or timedelta64
        When each bar ends, or how long all bars last. Bars do not overlap.
    order : ndarray of int, shape (k,), optional
        Permutation that sorts the instants, if known.

    Returns
    -------
    BarPlacement
        Arrays of shape (k,).

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
