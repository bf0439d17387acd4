"""Returns of many markets in one row of memory, from which panels of any pairs are cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from .panel import ROW_COLUMNS, EventPanel, FloatArray, Outcome, shown, with_words
from .table import Table
from .windows import Window

IntArray = npt.NDArray[np.int64]
Factors = pd.DataFrame | Mapping[str, pd.DataFrame] | None
Kind = TypeVar("Kind", bound=np.generic)


@dataclass(frozen=True, kw_only=True)
class PanelSource:
    """Everything from which the panel of n pairs, or of some of them, is cut.

    The rows of all markets stand one after the other, with as many missing rows between two markets as event time may
    reach beyond them; a pair is then one position.

    Parameters
    ----------
    rows : DataFrame
        As in `EventPanel`.
    tau : ndarray of int, shape (T,)
    returns : ndarray, shape (R,)
        Of all markets, one after the other.
    start : ndarray of int, shape (n,)
        Position in `returns` of each pair's first row.
    sessions : ndarray of datetime64, shape (Q,)
        Labels; those of markets with one index stand here once.
    factors : ndarray, shape (Q, f)
    spans : ndarray, shape (Q,), optional
    label : ndarray of int, shape (n,)
        Position in `sessions`, `factors` and `spans` of each pair's first row.
    factor_names : tuple of str, length f
    """

    rows: pd.DataFrame
    tau: IntArray
    returns: FloatArray
    start: IntArray
    sessions: npt.NDArray[np.datetime64]
    factors: FloatArray
    label: IntArray
    factor_names: tuple[str, ...] = ()
    spans: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.start)

    @cached_property
    def event_numbers(self) -> IntArray:
        """Number of each pair's event, from 0 in the order in which they first stand."""
        return pd.factorize(self.rows["event_id"])[0]

    @cached_property
    def market_numbers(self) -> tuple[IntArray, npt.NDArray[np.object_]]:
        """Number of each pair's market, and the markets by number."""
        number, names = pd.factorize(self.rows["market"])
        return number, np.asarray(names, dtype=object)

    @cached_property
    def _labels(self) -> dict[str, npt.NDArray[np.generic]]:
        """The columns of the rows as arrays, which are cut faster than a frame."""
        names = [name for name in ROW_COLUMNS if name != "session"]
        columns = {name: self.rows[name].to_numpy(dtype=object) for name in names}
        return {name: columns.get(name, self.rows["session"].to_numpy()) for name in ROW_COLUMNS}

    def _cut_rows(self, pairs: IntArray | slice) -> pd.DataFrame:
        """Return the rows of some of the pairs; as objects, since pandas would convert every block into strings."""
        parts = {name: part[pairs] for name, part in self._labels.items()}
        return pd.DataFrame({name: pd.Series(part, dtype=part.dtype, copy=False) for name, part in parts.items()})

    def only(self, pairs: IntArray) -> PanelSource:
        """Return the source of some of the pairs.

        Parameters
        ----------
        pairs : ndarray of int

        Returns
        -------
        PanelSource
        """
        rows = self.rows.iloc[pairs].reset_index(drop=True)
        return replace(self, rows=rows, start=self.start[pairs], label=self.label[pairs])

    def panel(self, pairs: IntArray | slice = slice(None)) -> EventPanel:
        """Cut the panel of some of the pairs.

        Parameters
        ----------
        pairs : ndarray of int or slice

        Returns
        -------
        EventPanel
        """
        length, label = len(self.tau), self.label[pairs]
        whole = isinstance(pairs, slice) and pairs == slice(None)
        rows = self.rows if whole else self._cut_rows(pairs)
        factors = np.empty((len(label), length, self.factors.shape[1]))
        for j, column in enumerate(self.factors.T):
            factors[..., j] = _cut(column, label, length)
        return EventPanel(
            rows=rows.reset_index(drop=True),
            tau=self.tau,
            returns=_cut(self.returns, self.start[pairs], length),
            sessions=_cut(self.sessions, label, length),
            factors=factors,
            factor_names=self.factor_names,
            spans=None if self.spans is None else _cut(self.spans, label, length),
        )


def build_panel(
    rows: pd.DataFrame,
    returns: Mapping[str, pd.Series],
    span: Window,
    *,
    factors: Factors = None,
    spans: Mapping[str, pd.DataFrame] | None = None,
) -> EventPanel:
    """Return the whole panel of `panel_source`.

    Parameters
    ----------
    rows, returns, span, factors, spans
        As in `panel_source`.

    Returns
    -------
    EventPanel

    Examples
    --------
    >>> days = pd.date_range("2020-01-01", periods=5)
    >>> rows = pd.DataFrame({"event_id": ["e"], "market": ["M"], "session": [days[3]]})
    >>> build_panel(rows, {"M": pd.Series([0.0, 0.1, 0.2, 0.3, 0.4], index=days)}, Window(-1, 1)).returns
    array([[0.2, 0.3, 0.4]])
    """
    return panel_source(rows, returns, span, factors=factors, spans=spans).panel()


def panel_source(
    rows: pd.DataFrame,
    returns: Mapping[str, pd.Series],
    span: Window,
    *,
    factors: Factors = None,
    spans: Mapping[str, pd.DataFrame] | None = None,
) -> PanelSource:
    """Arrange returns in event time, counted in each market's own rows.

    Parameters
    ----------
    rows : DataFrame
        ``event_id``, ``market``, ``session`` (day 0), one row per pair. For event time in bars, ``session`` is when the
        bar at tau 0 opens (UTC, tz-naive).
    returns : mapping of str to Series
        By market, indexed by ascending session; by when bars open for event time in bars.
    span : Window
        Rows of event time.
    factors : DataFrame or mapping of str to DataFrame, optional
        Indexed by session, matched to each market's labels; a mapping holds one frame per market.
    spans : mapping of str to DataFrame, optional
        Days that each return covers, one column, by market.

    Returns
    -------
    PanelSource
        Pairs whose market has no prices, or no row at day 0, have NaN returns and the outcome that says why.
    """
    tau = np.arange(span.first, span.last + 1, dtype=np.int64)
    table = rows.reset_index(drop=True)
    code, markets = pd.factorize(table["market"])
    names = list(map(str, markets))
    pad = max(-int(tau[0]), int(tau[-1]), len(tau)) + 1
    split = isinstance(factors, Mapping) or spans is not None
    kept = _Segments.of(names, returns, pad, split=split)
    zero, outcomes, details = _day_zero(table["session"], code, kept)
    first = np.where(zero < 0, -pad, zero + tau[0])
    values, labels = _laid_out(names, returns, kept, pad)
    return PanelSource(
        rows=table.assign(outcome=outcomes, detail=details)[list(ROW_COLUMNS)],
        tau=tau,
        returns=values,
        start=np.where(zero < 0, 0, kept.value[code] + first),
        sessions=labels,
        factors=_beside(factors, kept, len(labels)),
        label=np.where(zero < 0, 0, kept.first_label[code] + first),
        factor_names=_names(factors),
        spans=None if spans is None else _ones_where_missing(_beside(spans, kept, len(labels))[:, 0]),
    )


@dataclass(frozen=True, kw_only=True)
class _Segments:
    """Where the rows of each market, and the labels of each index, begin.

    ``segment`` (per market) is the number of its index, -1 for a market without prices; ``indices`` and ``owners`` (per
    segment) hold that index and the first market that has it.
    """

    segment: IntArray
    indices: list[pd.DatetimeIndex]
    owners: list[str]
    value: IntArray
    label: IntArray

    @classmethod
    def of(cls, names: list[str], returns: Mapping[str, pd.Series], pad: int, *, split: bool) -> _Segments:
        """Return the segments; with `split` every market has labels of its own, since what stands beside it differs."""
        shared = returns.index if isinstance(returns, Table) else None
        known: dict[object, int] = {}
        indices: list[pd.DatetimeIndex] = []
        segment, owners = np.full(len(names), -1, dtype=np.int64), []
        for at, name in enumerate(names):
            if name not in returns:
                continue
            index = pd.DatetimeIndex(returns[name].index) if shared is None else shared
            if not len(index):
                continue
            key = name if split else id(returns[name].index) if shared is None else 0
            if key not in known:
                known[key] = len(indices)
                indices.append(index)
                owners.append(name)
            segment[at] = known[key]
        rows = np.array([len(indices[one]) if one >= 0 else 0 for one in segment], dtype=np.int64)
        there = np.where(segment >= 0, rows + pad, 0)
        value = pad + np.cumsum(there) - there
        sizes = np.array([len(index) for index in indices], dtype=np.int64) + pad
        label = pad + np.cumsum(sizes) - sizes
        return cls(segment=segment, indices=indices, owners=owners, value=value, label=label)

    @property
    def first_label(self) -> IntArray:
        """Where the labels of each market begin; 0 for one without prices."""
        there = self.segment >= 0
        found = np.zeros(len(self.segment), dtype=np.int64)
        found[there] = self.label[self.segment[there]]
        return found


def _laid_out(
    names: list[str], returns: Mapping[str, pd.Series], kept: _Segments, pad: int
) -> tuple[FloatArray, npt.NDArray[np.datetime64]]:
    """Return the returns of all markets, and the labels of all indices, with `pad` missing rows around each."""
    there = np.flatnonzero(kept.segment >= 0)
    end = max((int(kept.value[at]) + len(kept.indices[kept.segment[at]]) for at in there), default=0) + pad
    values = np.full(end, np.nan)
    for at in there:
        row = returns.row(names[at]) if isinstance(returns, Table) else returns[names[at]].to_numpy(dtype=float)
        values[kept.value[at] : kept.value[at] + len(row)] = row
    unit = "M8[D]" if all(map(_are_days, kept.indices)) else "M8[s]"
    size = sum(len(index) + pad for index in kept.indices) + pad
    labels = np.full(size, np.datetime64("NaT"), dtype=unit)
    for index, start in zip(kept.indices, kept.label, strict=True):
        labels[start : start + len(index)] = index.to_numpy().astype(unit)
    return values, labels


def _day_zero(session: pd.Series, code: IntArray, kept: _Segments) -> tuple[IntArray, pd.Series, pd.Series]:
    """Return the row of each session in its market's index (-1 where missing), the outcome and the reason."""
    position = np.full(len(session), -1, dtype=np.int64)
    segment = np.where(code >= 0, kept.segment[code], -1)
    unpriced = Outcome.NO_PRICE.value, "no price rows for this market"
    why = dict.fromkeys(np.flatnonzero(segment < 0).tolist(), unpriced)
    days = pd.DatetimeIndex(session)
    order = np.argsort(segment, kind="stable")
    edges = np.searchsorted(segment[order], np.arange(len(kept.indices) + 1))
    for number, index in enumerate(kept.indices):
        mine = order[edges[number] : edges[number + 1]]
        position[mine] = index.get_indexer(days[mine])
        why |= {int(at): _why_missing(index, session.iloc[at]) for at in mine[position[mine] < 0]}
    lost = np.array(list(why), dtype=np.int64)
    outcomes = with_words(pd.Series(Outcome.OK.value, index=session.index), lost, [one for one, _ in why.values()])
    details = with_words(pd.Series("", index=session.index), lost, [one for _, one in why.values()])
    return position, outcomes, details


def _why_missing(index: pd.DatetimeIndex, day: pd.Timestamp) -> tuple[str, str]:
    """Return outcome and reason of a session without a row."""
    if pd.isna(day):
        return Outcome.OUTSIDE_CALENDAR.value, "the calendar has no session for this instant"
    if not len(index) or day < index[0] or day > index[-1]:
        rows = f"{shown(index[0])} to {shown(index[-1])}" if len(index) else "which have no row"
        return Outcome.OUTSIDE_PRICES.value, f"{shown(day)} lies outside the prices, {rows}"
    return Outcome.NO_PRICE.value, f"no row for session {day:%Y-%m-%d}"


def _beside(factors: Factors, kept: _Segments, size: int) -> FloatArray:
    """Return factor values at the labels of all indices, shape (Q, f); NaN where missing."""
    values = np.full((size, len(_names(factors))), np.nan)
    if factors is None or not values.shape[1]:
        return values
    for index, owner, start in zip(kept.indices, kept.owners, kept.label, strict=True):
        frame = factors if isinstance(factors, pd.DataFrame) else factors.get(owner)
        if frame is not None:
            values[start : start + len(index)] = frame.reindex(index).to_numpy(dtype=float)
    return values


def _names(factors: Factors) -> tuple[str, ...]:
    """Return the columns of the factors, the same for every market."""
    if factors is None:
        return ()
    frame = factors if isinstance(factors, pd.DataFrame) else next(iter(factors.values()), pd.DataFrame())
    return tuple(map(str, frame.columns))


def _ones_where_missing(spans: FloatArray) -> FloatArray:
    """Return numbers of days; one where it is not known."""
    return np.where(np.isfinite(spans), spans, 1.0)


def _cut(flat: npt.NDArray[Kind], start: IntArray, length: int) -> npt.NDArray[Kind]:
    """Return `length` values from each start on, shape (n, length)."""
    return sliding_window_view(flat, length)[start]


def _are_days(labels: pd.DatetimeIndex) -> bool:
    """Return whether labels are sessions rather than openings of bars."""
    return bool((labels == labels.normalize()).all())
