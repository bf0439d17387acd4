"""Trading hours as arrays: periods of trading, each with its session, in local wall-clock time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt

from ...instruments.own_calendar import minutes_of

Days = npt.NDArray[np.datetime64]
Instants = npt.NDArray[np.datetime64]
Mask = npt.NDArray[np.bool_]
# The sessions before and after a day are sought so far away. Cairo had none from 28 January to 22 March 2011 (54 days),
# Athens none from 29 June to 31 July 2015.
LONGEST_CLOSURE = dt.timedelta(days=62)


@dataclass(frozen=True, kw_only=True, eq=False)
class Hours:
    """Periods of continuous trading, in chronological order.

    Parameters
    ----------
    session : ndarray of datetime64[D], shape (m,)
        Label of the session to which each period belongs.
    start, end : ndarray of datetime64[ns], shape (m,)
        `start` is included, `end` is not; local wall-clock time.
    """

    session: Days
    start: Instants
    end: Instants

    @classmethod
    def of(cls, session: Days, start: Instants, end: Instants) -> Hours:
        """Return hours from arrays in any order; periods of no duration are left out.

        Parameters
        ----------
        session : ndarray of datetime64[D], shape (m,)
            Session labels.
        start, end : ndarray of datetime64[ns], shape (m,)
            Local wall-clock time.

        Returns
        -------
        Hours
            Sorted by `start`.
        """
        keep = end > start
        # Sessions can begin on the day before and be given in any order; the methods below need chronological order.
        order = np.argsort(start[keep], kind="stable")
        return cls(session=session[keep][order], start=start[keep][order], end=end[keep][order])

    def within(self, first: dt.date, last: dt.date) -> Hours:
        """Return the periods of the sessions from `first` to `last`.

        Parameters
        ----------
        first, last : date
            Session labels, both included.

        Returns
        -------
        Hours
        """
        return self._only((self.session >= np.datetime64(first, "D")) & (self.session <= np.datetime64(last, "D")))

    def without(self, mine: Mask) -> Hours:
        """Return the hours without the periods that a mask selects.

        Parameters
        ----------
        mine : ndarray of bool, shape (m,)
            Periods to remove.

        Returns
        -------
        Hours
        """
        return self._only(~mine)

    def plus(self, other: Hours) -> Hours:
        """Return the union of these hours and others.

        Parameters
        ----------
        other : Hours
            Periods that do not overlap these.

        Returns
        -------
        Hours
        """
        return Hours.of(
            np.concatenate([self.session, other.session]),
            np.concatenate([self.start, other.start]),
            np.concatenate([self.end, other.end]),
        )

    def opening(self, mine: Mask, at: Instants) -> Hours:
        """Return the hours with the opening of the selected sessions moved.

        Parameters
        ----------
        mine : ndarray of bool, shape (m,)
            Periods of the sessions to change.
        at : ndarray of datetime64[ns], shape (m,)
            New openings; local wall-clock time.

        Returns
        -------
        Hours
        """
        first = np.append(True, self.session[1:] != self.session[:-1])
        # A later opening also cuts periods that begin before it; one that ends by then has no duration and is left out.
        moved = mine & (first | (self.start < at))
        return Hours.of(self.session, np.where(moved, at, self.start), self.end)

    def closing(self, mine: Mask, at: Instants) -> Hours:
        """Return the hours with the close of the selected sessions moved.

        Parameters
        ----------
        mine : ndarray of bool, shape (m,)
            Periods of the sessions to change.
        at : ndarray of datetime64[ns], shape (m,)
            New closes; local wall-clock time.

        Returns
        -------
        Hours
        """
        final = np.append(self.session[1:] != self.session[:-1], True)
        moved = mine & (final | (self.end > at))
        return Hours.of(self.session, self.start, np.where(moved, at, self.end))

    def unbroken(self, mine: Mask) -> Hours:
        """Return the hours with the breaks of the selected sessions removed.

        Parameters
        ----------
        mine : ndarray of bool, shape (m,)
            Periods of the sessions to change.

        Returns
        -------
        Hours
        """
        first = np.flatnonzero(np.append(True, self.session[1:] != self.session[:-1]))
        final = np.append(first[1:], self.session.size) - 1
        through = Hours(session=self.session[first], start=self.start[first], end=self.end[final])
        return self._only(~mine).plus(through._only(mine[first]))

    def pausing(self, start: Instants, end: Instants) -> Hours:
        """Return the hours without the time from `start` to `end` in each period.

        Parameters
        ----------
        start, end : ndarray of datetime64[ns], shape (m,)
            Local wall-clock time; NaT for no pause. A period that lies within its pause is left out.

        Returns
        -------
        Hours
        """
        cut = (start < self.end) & (self.start < end)
        before = Hours.of(self.session, self.start, np.where(cut, start, self.end))
        after = Hours.of(self.session[cut], end[cut], self.end[cut])
        return before.plus(after)

    def _only(self, keep: Mask) -> Hours:
        """Select periods by a mask."""
        return Hours(session=self.session[keep], start=self.start[keep], end=self.end[keep])


def wall_time(session: Days, at: dt.time | str) -> Instants:
    """Return a local time on each session's date; the text ``"-1 18:00"`` is 18:00 on the day before.

    Parameters
    ----------
    session : ndarray of datetime64[D], shape (n,)
        Session labels.
    at : time or str
        ``"HH:MM"``, or ``"-1 HH:MM"`` for the day before.

    Returns
    -------
    ndarray of datetime64[ns], shape (n,)
        Local wall-clock time.

    Examples
    --------
    >>> wall_time(np.array(["2020-01-08"], "datetime64[D]"), "-1 18:00")[0].astype("datetime64[m]")
    np.datetime64('2020-01-07T18:00')
    """
    minutes = minutes_of(at if isinstance(at, str) else f"{at:%H:%M}")
    return cast(Instants, session.astype("datetime64[ns]") + np.timedelta64(minutes, "m"))
