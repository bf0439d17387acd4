"""Other events of the same market within an event's estimation and event windows."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

import numpy as np
import pandas as pd

from ..panel import EventPanel, Outcome
from ..windows import Window


class Overlap(StrEnum):
    """How to treat other events inside the windows of an event: keep, exclude from the estimation, or drop the pair."""

    KEEP = "keep"
    EXCLUDE = "exclude"
    DROP = "drop"


def overlapping_events(panel: EventPanel, estimation: Window, span: Window) -> pd.DataFrame:
    """List the other events of the same market whose day 0 lies in an event's estimation or event rows.

    Parameters
    ----------
    panel : EventPanel
    estimation, span : Window
        The estimation rows, and the event rows from the first to the last window.

    Returns
    -------
    DataFrame
        ``event_id, market, other, tau, where``: `tau` is the row of the other event's day 0, `where` is ``estimation``
        or ``event``.
    """
    ids, markets = panel.rows["event_id"].to_numpy(), panel.rows["market"].to_numpy()
    found = [
        (ids[i], markets[i], ids[j], tau, where)
        for i, j, tau in _meetings(panel)
        for where, window in (("estimation", estimation), ("event", span))
        if window.first <= tau <= window.last
    ]
    return pd.DataFrame(found, columns=["event_id", "market", "other", "tau", "where"])


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
    report, kind = overlapping_events(panel, estimation, span), Overlap(overlap)
    if kind is Overlap.KEEP or report.empty:
        return panel, report
    if kind is Overlap.DROP:
        inside = report[report["where"] == "event"]
        met = {(a, m): str(b) for a, m, b in zip(inside["event_id"], inside["market"], inside["other"], strict=True)}
        keys = list(zip(panel.rows["event_id"], panel.rows["market"], strict=True))
        mask = np.array([key in met for key in keys]) & panel.usable
        detail = [f"event {met[key]} lies in its window" for key, drop in zip(keys, mask, strict=True) if drop]
        return panel.with_outcome(mask, Outcome.OVERLAPPING, detail), report
    returns = panel.returns.copy()
    rows = panel.at(estimation)
    for i, _, tau in _meetings(panel):
        reach = (panel.tau >= tau + span.first) & (panel.tau <= tau + span.last)
        returns[i, rows] = np.where(reach[rows], np.nan, returns[i, rows])
    return replace(panel, returns=returns), report


def _meetings(panel: EventPanel) -> list[tuple[int, int, int]]:
    """Return (pair, other pair, tau of the other's day 0) for pairs of one market that have that day in their rows."""
    found = []
    # Labels are days, or openings of bars: two events of one day may belong to different bars.
    sessions = panel.sessions
    own = panel.rows["session"].to_numpy().astype(sessions.dtype)
    for group in panel.rows.groupby("market", sort=False).indices.values():
        for i in group:
            place = {day: t for t, day in enumerate(sessions[i].tolist()) if day is not None}
            found += [
                (int(i), int(j), int(panel.tau[place[own[j].item()]]))
                for j in group
                if j != i and own[j].item() in place
            ]
    return found
