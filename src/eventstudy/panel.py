"""Returns in event time, and the outcome of every event in every market.

Alignment builds an `EventPanel` and statistics read it; neither imports the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .render.shown import Shown
from .windows import Window

FloatArray = npt.NDArray[np.float64]
ROW_COLUMNS = ("event_id", "market", "session", "outcome", "detail")


class Outcome(StrEnum):
    """Outcome of one event in one market; pairs with an outcome other than ``ok`` are excluded and listed."""

    OK = "ok"
    NO_PRICE = "no_price"
    OUTSIDE_PRICES = "outside_prices"
    OUTSIDE_CALENDAR = "outside_calendar"
    TOO_FEW_OBSERVATIONS = "too_few_observations"
    NO_VARIANCE = "no_variance"
    FIT_FAILED = "fit_failed"
    INCOMPLETE_WINDOW = "incomplete_window"
    NON_POSITIVE_PRICE = "non_positive_price"
    PROVISIONAL = "provisional"
    OVERLAPPING = "overlapping"


@dataclass(frozen=True, kw_only=True, repr=False)
class EventPanel(Shown):
    """Returns of n event-market pairs on T consecutive rows of event time.

    Parameters
    ----------
    rows : DataFrame
        One row per pair, in the order of the arrays: ``event_id``, ``market``, ``session`` (day 0, tz-naive),
        ``outcome`` (an `Outcome`) and ``detail`` (the reason; empty when ok).
    tau : ndarray of int, shape (T,)
        Event time in rows; 0 is the event's row.
    returns : ndarray, shape (n, T)
        Fractions, or price changes; NaN where missing.
    sessions : ndarray of datetime64[D], shape (n, T)
        Session label of each return; NaT where missing. For event time in bars: the opening of each bar (UTC,
        datetime64[s]).
    factors : ndarray, shape (n, T, f)
        Benchmark or factor returns on the same rows; ``f`` may be 0.
    factor_names : tuple of str, length f
    spans : ndarray, shape (n, T), optional
        Number of benchmark days that each return and its factors cover; None where all cover one.
    """

    rows: pd.DataFrame
    tau: npt.NDArray[np.int64]
    returns: FloatArray
    sessions: npt.NDArray[np.datetime64]
    factors: FloatArray
    factor_names: tuple[str, ...] = field(default=())
    spans: FloatArray | None = None

    def _facts(self) -> dict[str, object]:
        usable = int((self.rows["outcome"] == Outcome.OK).sum())
        span = f"{self.tau[0]} to {self.tau[-1]}" if self.tau.size else "none"
        return {"pairs": f"{usable:,} of {len(self.rows):,}", "rows": span, "factors": ", ".join(self.factor_names)}

    def at(self, window: Window) -> slice:
        """Return the columns of a window on the event-time axis.

        Parameters
        ----------
        window : Window
            Within the rows of the panel.

        Returns
        -------
        slice
            Into the axis of length T.
        """
        start = int(window.first - self.tau[0])
        return slice(start, start + window.length)

    def columns(self, estimation: Window) -> slice | npt.NDArray[np.int64]:
        """Return the positions of an estimation window's rows, which may have two parts.

        Parameters
        ----------
        estimation : Window
            Within the rows of the panel.

        Returns
        -------
        slice or ndarray of int
            Into the axis of length T.
        """
        if len(estimation.parts) == 1:
            return self.at(estimation)
        places = np.arange(len(self.tau))
        return np.concatenate([places[self.at(part)] for part in estimation.parts])

    @property
    def usable(self) -> npt.NDArray[np.bool_]:
        """Pairs with outcome ``ok``, shape (n,)."""
        return np.asarray(self.rows["outcome"].to_numpy(dtype=object) == Outcome.OK, dtype=bool)

    def only(self, keep: npt.NDArray[np.bool_]) -> EventPanel:
        """Return the panel of the selected pairs.

        Parameters
        ----------
        keep : ndarray of bool, shape (n,)

        Returns
        -------
        EventPanel
            Of ``keep.sum()`` pairs, in the same order.
        """
        return replace(
            self,
            rows=self.rows.loc[keep].reset_index(drop=True),
            returns=self.returns[keep],
            sessions=self.sessions[keep],
            factors=self.factors[keep],
            spans=None if self.spans is None else self.spans[keep],
        )

    def with_outcome(self, where: npt.NDArray[np.bool_], outcome: Outcome, detail: list[str]) -> EventPanel:
        """Return the panel with a new outcome for the selected pairs.

        Parameters
        ----------
        where : ndarray of bool, shape (n,)
            Pairs to mark; all of them ``ok`` so far.
        outcome : Outcome
        detail : list of str
            One reason per selected pair, in order.

        Returns
        -------
        EventPanel
        """
        rows = self.rows.copy()
        rows.loc[where, "outcome"] = outcome
        rows.loc[where, "detail"] = detail
        return replace(self, rows=rows)


def label_numbers(sessions: npt.NDArray[np.datetime64]) -> npt.NDArray[np.int64]:
    """Return session labels as whole numbers since 1970-01-01: days, or minutes for the openings of bars.

    Parameters
    ----------
    sessions : ndarray of datetime64
        Unit D for sessions, s for bars; any shape.

    Returns
    -------
    ndarray of int
        Same shape.

    Examples
    --------
    >>> label_numbers(np.array(["1970-01-02"], "M8[D]")), label_numbers(np.array(["1970-01-02T00:15"], "M8[s]"))
    (array([1]), array([1455]))
    """
    unit = "M8[D]" if sessions.dtype == np.dtype("M8[D]") else "M8[m]"
    return sessions.astype(unit).astype(np.int64)


def with_words(column: pd.Series, at: npt.NDArray[np.int64], words: Iterable[str]) -> pd.Series:
    """Return a column of text with other words at some positions.

    An array of objects would be read word by word to make the column.

    Parameters
    ----------
    column : Series
    at : ndarray of int
    words : iterable of str
        One a position.

    Returns
    -------
    Series

    Examples
    --------
    >>> with_words(pd.Series("", index=range(3)), np.array([1]), ["late"]).tolist()
    ['', 'late', '']
    """
    if not len(at):
        return column
    changed = column.copy()
    changed.iloc[at] = list(map(str, words))
    return changed


def each_row(frame: pd.DataFrame) -> Iterator[Any]:
    """Iterate over the rows of a frame as named tuples.

    Parameters
    ----------
    frame : DataFrame

    Yields
    ------
    namedtuple
        One per row, without the index.

    Examples
    --------
    >>> [row.market for row in each_row(pd.DataFrame({"market": ["CL=F"]}))]
    ['CL=F']
    """
    return frame.itertuples(index=False)


def shown(label: pd.Timestamp) -> str:
    """Write a session, or when a bar opens.

    Parameters
    ----------
    label : Timestamp

    Returns
    -------
    str

    Examples
    --------
    >>> shown(pd.Timestamp("2020-01-08")), shown(pd.Timestamp("2020-01-08 09:15"))
    ('2020-01-08', '2020-01-08 09:15 UTC')
    """
    return f"{label:%Y-%m-%d}" if label == label.normalize() else f"{label:%Y-%m-%d %H:%M} UTC"
