"""Assign each intraday bar to its session and its period of trading, by the market's calendar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...instruments.catalogue import Instrument, find_instrument
from .hours import Days, Instants, Mask
from .schedule import LONGEST_CLOSURE, Schedule, known_range, schedule


@dataclass(frozen=True, kw_only=True, eq=False)
class BarHours:
    """Session and period of trading of n bars; every array has shape (n,).

    Parameters
    ----------
    timezone : str
        The market's IANA zone.
    session : ndarray of datetime64[D]
        Session of each bar; NaT outside trading hours.
    begins, ends : ndarray of datetime64[ns]
        The period of trading, or the pause between two, in which each bar opens; UTC.
    """

    timezone: str
    session: Days
    begins: Instants
    ends: Instants

    @property
    def inside(self) -> Mask:
        """Whether each bar opens within trading hours."""
        return ~np.isnat(self.session)

    @property
    def crosses(self) -> Mask:
        """Whether a break or a closure lies between each bar and the one before."""
        # Cryptocurrencies and currencies trade around the clock: one session ends as the next begins, without a gap.
        seamless = self.inside[1:] & self.inside[:-1] & (self.begins[1:] == self.ends[:-1])
        return np.append(False, (self.begins[1:] != self.begins[:-1]) & ~seamless)


def bar_hours(market: str | Instrument, starts: pd.DatetimeIndex) -> BarHours:
    """Return the session and period of trading in which each bar opens.

    Parameters
    ----------
    market : str or Instrument
        Symbol, or the instrument itself.
    starts : DatetimeIndex, shape (n,)
        When each bar opens, in order; with a time zone.

    Returns
    -------
    BarHours
        Arrays of shape (n,).

    Examples
    --------
    >>> starts = pd.DatetimeIndex(["2020-01-07T21:45Z", "2020-01-07T22:15Z", "2020-01-07T23:00Z"])
    >>> found = bar_hours("CL=F", starts)
    >>> found.session.astype(str).tolist(), found.crosses.tolist()
    (['2020-01-07', 'NaT', '2020-01-08'], [False, True, True])
    """
    instrument = market if isinstance(market, Instrument) else find_instrument(market)
    first, last = known_range(instrument.calendar)
    low, high = max(first, starts[0].date() - LONGEST_CLOSURE), min(last, starts[-1].date() + LONGEST_CLOSURE)
    return _placed(starts.tz_convert("UTC").tz_localize(None).to_numpy("M8[ns]"), schedule(instrument, low, high))


def local_minute(starts: Instants, timezone: str) -> npt.NDArray[np.float64]:
    """Return the minute of the local day at which each bar opens; NaN for NaT.

    Parameters
    ----------
    starts : ndarray of datetime64[ns], shape (n,)
        UTC.
    timezone : str
        IANA name.

    Returns
    -------
    ndarray of float, shape (n,)
        Minutes since local midnight, from 0 to 1440.

    Examples
    --------
    >>> local_minute(np.array(["2020-01-07T23:00"], "M8[ns]"), "America/New_York").tolist()
    [1080.0]
    """
    local = pd.DatetimeIndex(starts).tz_localize("UTC").tz_convert(timezone)
    return np.asarray(local.hour * 60 + local.minute + local.second / 60, dtype=float)


def _placed(at: Instants, on: Schedule) -> BarHours:
    """Find the period of trading, or the pause, that contains each instant."""
    stretch = np.searchsorted(on.starts, at, side="right") - 1
    inside = (stretch >= 0) & (at < on.ends[stretch])
    started = np.where(stretch >= 0, on.ends[stretch], np.datetime64("NaT"))
    following = np.append(on.starts, np.datetime64("NaT"))[stretch + 1]
    return BarHours(
        timezone=on.timezone,
        session=np.where(inside, on.sessions[on.owner[stretch]], np.datetime64("NaT", "D")),
        begins=np.where(inside, on.starts[stretch], started).astype("M8[ns]"),
        ends=np.where(inside, on.ends[stretch], following).astype("M8[ns]"),
    )
