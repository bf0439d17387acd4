"""The narrow waist: returns in event time, and what became of every event in every market.

Clocks fill an `EventPanel`, statistics read it; neither knows the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from .windows import Window

FloatArray = npt.NDArray[np.float64]
ROW_COLUMNS = ("event_id", "market", "session", "outcome", "detail")


class Outcome(StrEnum):
    """What became of one event in one market; everything but ``ok`` is left out, and said so."""

    OK = "ok"
    NO_PRICE = "no_price"
    OUTSIDE_PRICES = "outside_prices"
    OUTSIDE_CALENDAR = "outside_calendar"
    TOO_FEW_OBSERVATIONS = "too_few_observations"
    NO_VARIANCE = "no_variance"
    NON_POSITIVE_PRICE = "non_positive_price"
    OVERLAPPING = "overlapping"


@dataclass(frozen=True, kw_only=True)
class EventPanel:
    """Returns of n event-market pairs at T consecutive points of event time.

    Parameters
    ----------
    rows : DataFrame
        One line a pair, in the order of the arrays: ``event_id``, ``market``, ``session`` (day 0, tz-naive),
        ``outcome`` (an `Outcome`) and ``detail`` (words; empty when ok).
    tau : ndarray of int, shape (T,)
        Event time; row 0 is the event's.
    returns : ndarray, shape (n, T)
        NaN where there is none.
    sessions : ndarray of datetime64[D], shape (n, T)
        Session label of each return; NaT where there is none.
    factors : ndarray, shape (n, T, f)
        Benchmark or factor returns beside each return; ``f`` may be 0.
    factor_names : tuple of str
    """

    rows: pd.DataFrame
    tau: npt.NDArray[np.int64]
    returns: FloatArray
    sessions: npt.NDArray[np.datetime64]
    factors: FloatArray
    factor_names: tuple[str, ...] = field(default=())

    def at(self, window: Window) -> slice:
        """Positions of `window` on the event-time axis."""
        start = int(window.first - self.tau[0])
        return slice(start, start + window.length)

    @property
    def usable(self) -> npt.NDArray[np.bool_]:
        """Which pairs have outcome ``ok``, shape (n,)."""
        return (self.rows["outcome"] == Outcome.OK).to_numpy(dtype=bool)

    def only(self, keep: npt.NDArray[np.bool_]) -> EventPanel:
        """Return the panel of the pairs selected by a boolean mask of shape (n,)."""
        return replace(
            self,
            rows=self.rows.loc[keep].reset_index(drop=True),
            returns=self.returns[keep],
            sessions=self.sessions[keep],
            factors=self.factors[keep],
        )

    def with_outcome(self, where: npt.NDArray[np.bool_], outcome: Outcome, detail: list[str]) -> EventPanel:
        """Return the panel with another outcome for the pairs that are still ok and selected by `where`.

        `detail` has one text per selected pair, in order.
        """
        rows = self.rows.copy()
        rows.loc[where, "outcome"] = outcome
        rows.loc[where, "detail"] = detail
        return replace(self, rows=rows)
