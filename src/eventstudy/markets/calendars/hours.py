"""Trading hours as arrays: stretches of trading, each with the session it belongs to, in local wall-clock time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.datetime64]
Instants = npt.NDArray[np.datetime64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Hours:
    """Stretches of continuous trading, in the order of time.

    Parameters
    ----------
    session : ndarray of datetime64[D], shape (m,)
        Label of the session to which each stretch belongs.
    start, end : ndarray of datetime64[ns], shape (m,)
        From `start` on, up to but not including `end`.
    """

    session: Days
    start: Instants
    end: Instants

    @classmethod
    def of(cls, session: Days, start: Instants, end: Instants) -> Hours:
        """Make hours of arrays in any order; stretches that last no time are left out.

        Parameters
        ----------
        session : ndarray of datetime64[D], shape (m,)
        start, end : ndarray of datetime64[ns], shape (m,)

        Returns
        -------
        Hours
        """
        keep = end > start
        # Sessions can begin on the eve and be given in any order; everything below relies on the order of time.
        order = np.argsort(start[keep], kind="stable")
        return cls(session=session[keep][order], start=start[keep][order], end=end[keep][order])

    def within(self, first: dt.date, last: dt.date) -> Hours:
        """Return the stretches of the sessions from `first` to `last`.

        Parameters
        ----------
        first, last : date

        Returns
        -------
        Hours
        """
        return self._only((self.session >= np.datetime64(first, "D")) & (self.session <= np.datetime64(last, "D")))

    def without(self, mine: Mask) -> Hours:
        """Return the hours with stretches, selected by a mask of shape (m,), struck out.

        Parameters
        ----------
        mine : ndarray of bool, shape (m,)

        Returns
        -------
        Hours
        """
        return self._only(~mine)

    def plus(self, other: Hours) -> Hours:
        """Return these hours and others.

        Parameters
        ----------
        other : Hours

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
        """Return the hours with the sessions selected by `mine` beginning at `at`; both of shape (m,).

        Parameters
        ----------
        mine : ndarray of bool, shape (m,)
        at : ndarray of datetime64[ns], shape (m,)

        Returns
        -------
        Hours
        """
        first = np.append(True, self.session[1:] != self.session[:-1])
        # A later opening also cuts stretches that begin before it; one that ends by then lasts no time and is left out.
        moved = mine & (first | (self.start < at))
        return Hours.of(self.session, np.where(moved, at, self.start), self.end)

    def closing(self, mine: Mask, at: Instants) -> Hours:
        """Return the hours with the sessions selected by `mine` ending at `at`; both of shape (m,).

        Parameters
        ----------
        mine : ndarray of bool, shape (m,)
        at : ndarray of datetime64[ns], shape (m,)

        Returns
        -------
        Hours
        """
        final = np.append(self.session[1:] != self.session[:-1], True)
        moved = mine & (final | (self.end > at))
        return Hours.of(self.session, self.start, np.where(moved, at, self.end))

    def unbroken(self, mine: Mask) -> Hours:
        """Return the hours with the sessions selected by `mine`, shape (m,), traded through from start to end.

        Parameters
        ----------
        mine : ndarray of bool, shape (m,)

        Returns
        -------
        Hours
        """
        first = np.flatnonzero(np.append(True, self.session[1:] != self.session[:-1]))
        final = np.append(first[1:], self.session.size) - 1
        through = Hours(session=self.session[first], start=self.start[first], end=self.end[final])
        return self._only(~mine).plus(through._only(mine[first]))

    def pausing(self, start: Instants, end: Instants) -> Hours:
        """Return the hours with trading stopped from `start` to `end`, both of shape (m,); NaT is no pause.

        Parameters
        ----------
        start, end : ndarray of datetime64[ns], shape (m,)

        Returns
        -------
        Hours
        """
        inside = (self.start < start) & (end < self.end)
        before = Hours.of(self.session, self.start, np.where(inside, start, self.end))
        after = Hours.of(self.session[inside], end[inside], self.end[inside])
        return before.plus(after)

    def _only(self, keep: Mask) -> Hours:
        """Select stretches by a mask."""
        return Hours(session=self.session[keep], start=self.start[keep], end=self.end[keep])


def wall_time(session: Days, at: dt.time | str) -> Instants:
    """Put a local time on each session's date; the text ``"-1 18:00"`` is 18:00 on the eve.

    Parameters
    ----------
    session : ndarray of datetime64[D], shape (n,)
    at : time or str

    Returns
    -------
    ndarray of datetime64[ns], shape (n,)
        Local wall-clock time.

    Examples
    --------
    >>> wall_time(np.array(["2020-01-08"], "datetime64[D]"), "-1 18:00")[0].astype("datetime64[m]")
    np.datetime64('2020-01-07T18:00')
    """
    day, _, clock = at.rpartition(" ") if isinstance(at, str) else ("", "", at.isoformat())
    hour, minute = (int(part) for part in clock.split(":")[:2])
    minutes = int(day or 0) * 1440 + hour * 60 + minute
    return cast(Instants, session.astype("datetime64[ns]") + np.timedelta64(minutes, "m"))
