"""Returns in event time, and the outcome of every event in every market.

Alignment builds an `EventPanel` and statistics read it; neither imports the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

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


@dataclass(frozen=True, kw_only=True)
class EventPanel:
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


def build_panel(
    rows: pd.DataFrame,
    returns: Mapping[str, pd.Series],
    span: Window,
    *,
    factors: pd.DataFrame | Mapping[str, pd.DataFrame] | None = None,
    spans: Mapping[str, pd.DataFrame] | None = None,
) -> EventPanel:
    """Put the returns of every market on the event-time axis of every event.

    Event time counts a market's own rows: day 0 is the row of the event's session, and a return across a session
    without a row is one observation.

    Parameters
    ----------
    rows : DataFrame
        ``event_id``, ``market``, ``session`` (tz-naive; NaT where the calendar has none): one row per pair.
    returns : mapping of str to Series
        Returns of each market (fractions or changes), indexed by its own ascending session labels, or by the openings
        of its bars (UTC, tz-naive).
    span : Window
        First and last row of event time to include.
    factors : DataFrame or mapping of str to DataFrame, optional
        Benchmark or factor returns by session label, one column each; matched to the session of every return. One frame
        for all markets, or one per market with the same columns.
    spans : mapping of str to DataFrame, optional
        Days that each return of a market covers, by its own session labels; one where it is left out.

    Returns
    -------
    EventPanel
        Of n pairs, one per row of `rows`, and T = ``span.length`` rows of event time. Pairs without a row at day 0 have
        NaN returns and the outcome that says why.

    Examples
    --------
    >>> days = pd.date_range("2020-01-01", periods=5)
    >>> rows = pd.DataFrame({"event_id": ["e"], "market": ["M"], "session": [days[3]]})
    >>> build_panel(rows, {"M": pd.Series([0.0, 0.1, 0.2, 0.3, 0.4], index=days)}, Window(-1, 1)).returns
    array([[0.2, 0.3, 0.4]])
    """
    tau = np.arange(span.first, span.last + 1, dtype=np.int64)
    shape = (len(rows), len(tau))
    values = np.full(shape, np.nan)
    unit = "M8[D]" if all(_are_days(pd.DatetimeIndex(series.index)) for series in returns.values()) else "M8[s]"
    sessions = np.full(shape, np.datetime64("NaT"), dtype=unit)
    outcomes = np.full(len(rows), Outcome.OK.value, dtype=object)
    details = np.full(len(rows), "", dtype=object)
    for market, group in rows.reset_index(drop=True).groupby("market", sort=False):
        where = group.index.to_numpy()
        series = returns.get(str(market))
        if series is None or series.empty:
            outcomes[where], details[where] = Outcome.NO_PRICE.value, "no price rows for this market"
            continue
        position, outcome, detail = _day_zero(pd.DatetimeIndex(series.index), group["session"])
        outcomes[where], details[where] = outcome, detail
        take = position[:, None] + tau[None, :]
        inside = (position[:, None] >= 0) & (take >= 0) & (take < len(series))
        safe = np.where(inside, take, 0)
        values[where] = np.where(inside, series.to_numpy(dtype=float)[safe], np.nan)
        labels = series.index.to_numpy().astype(unit)
        sessions[where] = np.where(inside, labels[safe], np.datetime64("NaT"))
    table = rows.reset_index(drop=True).assign(outcome=outcomes, detail=details)
    days = _match_factors(sessions, table["market"], spans)[..., 0] if spans else None
    return EventPanel(
        rows=table[list(ROW_COLUMNS)],
        tau=tau,
        returns=values,
        sessions=sessions,
        factors=_match_factors(sessions, table["market"], factors),
        factor_names=_names(factors),
        spans=None if days is None else np.where(np.isfinite(days), days, 1.0),
    )


def _day_zero(index: pd.DatetimeIndex, session: pd.Series) -> tuple[npt.NDArray[np.int64], list[str], list[str]]:
    """Return the row number of each session in `index` (-1 where missing), its outcome and the reason."""
    position = index.get_indexer(pd.DatetimeIndex(session)).astype(np.int64)
    outcomes, details = [Outcome.OK.value] * len(position), [""] * len(position)
    for at in np.flatnonzero(position < 0):
        outcomes[at], details[at] = _why_missing(index, session.iloc[at])
    return position, outcomes, details


def _why_missing(index: pd.DatetimeIndex, day: pd.Timestamp) -> tuple[str, str]:
    """Return outcome and reason of a session without a row."""
    if pd.isna(day):
        return Outcome.OUTSIDE_CALENDAR.value, "the calendar has no session for this instant"
    if not len(index) or day < index[0] or day > index[-1]:
        rows = f"{shown(index[0])} to {shown(index[-1])}" if len(index) else "which have no row"
        return Outcome.OUTSIDE_PRICES.value, f"{shown(day)} lies outside the prices, {rows}"
    return Outcome.NO_PRICE.value, f"no row for session {day:%Y-%m-%d}"


def _are_days(labels: pd.DatetimeIndex) -> bool:
    """Return whether labels are sessions rather than openings of bars."""
    return bool((labels == labels.normalize()).all())


def _names(factors: pd.DataFrame | Mapping[str, pd.DataFrame] | None) -> tuple[str, ...]:
    """Return the columns of the factors, the same for every market."""
    if factors is None:
        return ()
    frame = factors if isinstance(factors, pd.DataFrame) else next(iter(factors.values()), pd.DataFrame())
    return tuple(map(str, frame.columns))


def _match_factors(
    sessions: npt.NDArray[np.datetime64],
    markets: pd.Series,
    factors: pd.DataFrame | Mapping[str, pd.DataFrame] | None,
) -> FloatArray:
    """Return factor values at the session label of each return, shape (n, T, f); NaN where missing."""
    if isinstance(factors, pd.DataFrame):
        flat = pd.DatetimeIndex(sessions.ravel().astype("datetime64[s]"))
        return factors.reindex(flat).to_numpy(dtype=float).reshape(*sessions.shape, factors.shape[1])
    values = np.full((*sessions.shape, len(_names(factors))), np.nan)
    for market, frame in (factors or {}).items():
        mine = markets.eq(market).to_numpy()
        values[mine] = _match_factors(sessions[mine], markets[mine], frame)
    return values
