"""Sessions of the pairs of one event on one common time axis, whatever date each exchange gives them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..abnormal import AbnormalReturns

Days = npt.NDArray[np.datetime64]


def joined_sessions(abnormal: AbnormalReturns) -> tuple[Days, Days]:
    """Return the session labels of the estimation rows and of the span, aligned between the pairs of each event.

    The pairs of one event are joined by event time: in the span they have the labels of the pair with the earliest
    day 0, and the estimation rows of a pair with a later day 0 get the weekday before (news at 15:00 UTC is of the 15th
    in New York and of the 16th in Tokyo).

    Parameters
    ----------
    abnormal : AbnormalReturns

    Returns
    -------
    tuple of ndarray of datetime64, shapes (n, L) and (n, E)
    """
    if "joined" not in abnormal.derived:
        abnormal.derived["joined"] = _joined(abnormal)
    found: tuple[Days, Days] = abnormal.derived["joined"]
    return found


def _joined(abnormal: AbnormalReturns) -> tuple[Days, Days]:
    """Align the labels of the pairs of each event."""
    if abnormal.one_pair_an_event:
        return abnormal.estimation_sessions, abnormal.sessions
    ids, day_zero = abnormal.rows["event_id"], abnormal.rows["session"].to_numpy().astype(abnormal.sessions.dtype)
    before, at = abnormal.estimation_sessions.copy(), abnormal.sessions.copy()
    for found in ids.groupby(ids, sort=False).indices.values():
        rows = np.asarray(found)
        reference = abnormal.sessions[rows[day_zero[rows].argmin()]]
        at[rows] = np.where(np.isnat(reference), at[rows], reference)
        later = rows[day_zero[rows] > day_zero[rows].min()]
        if len(later) and at.dtype == np.dtype("M8[D]"):
            before[later] = _weekday_before(before[later])
    return before, at


def _weekday_before(days: Days) -> Days:
    """Return the weekday before each day; NaT stays NaT."""
    known = ~np.isnat(days)
    shifted = days.copy()
    shifted[known] = np.busday_offset(days[known], -1, roll="forward")
    return shifted
