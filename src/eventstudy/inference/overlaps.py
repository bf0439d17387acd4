"""Other events of the same market within an event's estimation and event windows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..panel import EventPanel, Outcome
from ..panel_source import PanelSource
from ..windows import Window

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
# Cells of pairs and rows that are compared at once where only the labels are known.
CHUNK = 4_000_000


class Overlap(StrEnum):
    """How to treat other events inside the windows of an event: keep, exclude from the estimation, or drop the pair."""

    KEEP = "keep"
    EXCLUDE = "exclude"
    DROP = "drop"


@dataclass(frozen=True, kw_only=True)
class Meetings:
    """Pairs of one market of which one has its day 0 among the rows of the other.

    Parameters
    ----------
    pair, other : ndarray of int, shape (m,)
        Positions among the n pairs.
    tau : ndarray of int, shape (m,)
        Row of the other's day 0 in the event time of the pair.
    """

    pair: IntArray
    other: IntArray
    tau: IntArray

    @classmethod
    def of(cls, source: PanelSource | EventPanel) -> Meetings:
        """Find them: by sorted positions in a source, by sorted labels in a panel.

        Parameters
        ----------
        source : PanelSource or EventPanel

        Returns
        -------
        Meetings
            Ordered by market, pair and other.
        """
        market = pd.factorize(source.rows["market"])[0].astype(np.int64)
        if isinstance(source, PanelSource):
            # A pair without a row of day 0 starts before the first row of the first market.
            day_zero = source.start - source.tau[0]
            ok: BoolArray = np.asarray(source.start > 0)
            pair, other = _neighbours(market, day_zero, day_zero + source.tau[0], day_zero + source.tau[-1], ok, ok)
            return cls(pair=pair, other=other, tau=day_zero[other] - day_zero[pair])
        # Labels are days, or openings of bars: two events of one day may belong to different bars.
        labels = source.sessions.astype(np.int64)
        known = ~np.isnat(source.sessions)
        own = source.rows["session"].to_numpy().astype(source.sessions.dtype)
        first, last = np.where(known, labels, np.iinfo(np.int64).max).min(axis=1), labels.max(axis=1)
        place = own.astype(np.int64)
        dated, seen = np.asarray(place > np.iinfo(np.int64).min), np.asarray(known.any(axis=1))
        pair, other = _neighbours(market, place, first, last, seen, dated)
        column = _columns(source.sessions, pair, own[other])
        there = column >= 0
        return cls(pair=pair[there], other=other[there], tau=source.tau[column[there]])

    def within(self, window: Window) -> BoolArray:
        """Return which of them have the other's day 0 in a window.

        Parameters
        ----------
        window : Window

        Returns
        -------
        ndarray of bool, shape (m,)
        """
        inside = [(self.tau >= part.first) & (self.tau <= part.last) for part in window.parts]
        return np.asarray(np.any(inside, axis=0))

    def of_pairs(self, pairs: IntArray) -> Meetings:
        """Return those of some pairs, with positions among these.

        Parameters
        ----------
        pairs : ndarray of int

        Returns
        -------
        Meetings
            `other` is unchanged.
        """
        order = np.argsort(pairs)
        place = np.searchsorted(pairs[order], self.pair)
        mine = order[np.minimum(place, len(pairs) - 1)]
        keep = pairs[mine] == self.pair
        return Meetings(pair=mine[keep], other=self.other[keep], tau=self.tau[keep])


def _neighbours(
    market: IntArray,
    place: IntArray,
    first: IntArray,
    last: IntArray,
    pairs: BoolArray,
    others: BoolArray,
) -> tuple[IntArray, IntArray]:
    """Return (pair, other) of one market with ``first <= place of other <= last``, by market, pair and other."""
    candidates = np.flatnonzero(others)
    order = candidates[np.lexsort((place[candidates], market[candidates]))]
    edges = np.searchsorted(market[order], np.arange(market.max(initial=0) + 2))
    # One ascending key for all markets: the number of the market, then the place within it.
    low = int(min(place.min(initial=0), first.min(initial=0)))
    size = int(max(place.max(initial=0), last[pairs].max(initial=0))) - low + 2
    key = market[order] * size + (place[order] - low)
    mine = np.flatnonzero(pairs)
    begin = np.searchsorted(key, market[mine] * size + (first[mine] - low), side="left")
    end = np.searchsorted(key, market[mine] * size + (last[mine] - low), side="right")
    begin, end = np.maximum(begin, edges[market[mine]]), np.minimum(end, edges[market[mine] + 1])
    count = np.maximum(end - begin, 0)
    pair = np.repeat(mine, count)
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    other = order[np.repeat(begin, count) + offset]
    apart = pair != other
    pair, other = pair[apart], other[apart]
    order = np.lexsort((other, pair, market[pair]))
    return pair[order], other[order]


def _columns(sessions: npt.NDArray[np.datetime64], pair: IntArray, label: npt.NDArray[np.datetime64]) -> IntArray:
    """Return the column of each label in its pair's row of sessions; -1 where there is none."""
    found = np.full(len(pair), -1, dtype=np.int64)
    step = max(CHUNK // max(sessions.shape[1], 1), 1)
    for start in range(0, len(pair), step):
        at = slice(start, start + step)
        same = sessions[pair[at]] == label[at, None]
        found[at] = np.where(same.any(axis=1), same.argmax(axis=1), -1)
    return found


def overlapping_events(source: PanelSource | EventPanel, estimation: Window, span: Window) -> pd.DataFrame:
    """List the other events of the same market whose day 0 lies in an event's estimation or event rows.

    Parameters
    ----------
    source : PanelSource or EventPanel
    estimation, span : Window
        The estimation rows, and the event rows from the first to the last window.

    Returns
    -------
    DataFrame
        ``event_id, market, other, tau, where``: `tau` is the row of the other event's day 0, `where` is ``estimation``
        or ``event``.
    """
    return listed(source.rows, Meetings.of(source), estimation, span)


def listed(rows: pd.DataFrame, meetings: Meetings, estimation: Window, span: Window) -> pd.DataFrame:
    """List meetings as `overlapping_events` does.

    Parameters
    ----------
    rows : DataFrame
        Of the n pairs.
    meetings : Meetings
    estimation, span : Window

    Returns
    -------
    DataFrame
    """
    ids, markets = rows["event_id"].to_numpy(), rows["market"].to_numpy()
    inside = [meetings.within(window) for window in (estimation, span)]
    at, where = np.nonzero(np.column_stack(inside))
    return pd.DataFrame(
        {
            "event_id": ids[meetings.pair[at]],
            "market": markets[meetings.pair[at]],
            "other": ids[meetings.other[at]],
            "tau": meetings.tau[at],
            "where": np.array(["estimation", "event"], dtype=object)[where],
        }
    )


def resolve_overlaps(
    panel: EventPanel, *, estimation: Window, span: Window, overlap: Overlap | str = Overlap.KEEP
) -> tuple[EventPanel, pd.DataFrame]:
    """Keep other events, exclude their windows from the estimation, or drop the pairs whose event window holds one.

    Parameters
    ----------
    panel : EventPanel
    estimation, span : Window
        The estimation rows, and the event rows from the first to the last window.
    overlap : {"keep", "exclude", "drop"}
        ``exclude`` sets the returns of `span` around each other event to missing in the estimation rows; ``drop`` gives
        pairs whose `span` holds another event the outcome ``overlapping``.

    Returns
    -------
    tuple of EventPanel and DataFrame
        The panel to study and the list of `overlapping_events`.
    """
    meetings, ids = Meetings.of(panel), panel.rows["event_id"].to_numpy()
    resolved = without_overlaps(panel, meetings, ids, estimation=estimation, span=span, overlap=overlap)
    return resolved, listed(panel.rows, meetings, estimation, span)


def without_overlaps(
    panel: EventPanel,
    meetings: Meetings,
    ids: npt.NDArray[np.object_],
    *,
    estimation: Window,
    span: Window,
    overlap: Overlap | str,
) -> EventPanel:
    """Treat the other events of a panel as `resolve_overlaps` does.

    Parameters
    ----------
    panel : EventPanel
    meetings : Meetings
        Of the pairs of the panel.
    ids : ndarray
        ``event_id`` by the number in ``meetings.other``.
    estimation, span : Window
    overlap : {"keep", "exclude", "drop"}

    Returns
    -------
    EventPanel
    """
    kind = Overlap(overlap)
    if kind is Overlap.KEEP or not len(meetings.pair):
        return panel
    if kind is Overlap.DROP:
        inside = meetings.within(span)
        met = dict(zip(meetings.pair[inside].tolist(), ids[meetings.other[inside]], strict=True))
        mask = np.isin(np.arange(len(panel.rows)), list(met)) & panel.usable
        detail = [f"event {met[at]} lies in its window" for at in np.flatnonzero(mask).tolist()]
        return panel.with_outcome(mask, Outcome.OVERLAPPING, detail)
    returns = panel.returns.copy()
    rows = np.arange(len(panel.tau))[panel.columns(estimation)]
    columns = panel.tau[rows]
    for i, tau in zip(meetings.pair.tolist(), meetings.tau.tolist(), strict=True):
        reach = (columns >= tau + span.first) & (columns <= tau + span.last)
        returns[i, rows[reach]] = np.nan
    return replace(panel, returns=returns)
