"""Align events with intraday bars: tau 0 of every pair, and event time counted in bars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...errors import UsageError
from ...panel import EventPanel
from ...panel_source import build_panel
from ...windows import Window
from ..calendars.bar_sessions import local_minute
from ..calendars.schedule import labelled
from ..prices.bars import Bars, BarSet
from ..prices.resample import resample
from .bars import NO_BAR, place_in_bars
from .sessions import as_instants

STRADDLING = "straddling_utc"
TIME_OF_DAY = "time_of_day"


def in_bars_of(bars: BarSet, length: str | None) -> BarSet:
    """Return bars of one length, or daily ones.

    Parameters
    ----------
    bars : BarSet
        Bars of a study.
    length : str or None
        Such as ``"15min"``; shorter bars are aggregated to it. None for daily bars.

    Returns
    -------
    BarSet
        All of one length.

    Raises
    ------
    UsageError
        If there are bars of another kind, or longer than `length`.
    """
    if length is not None:
        return replace(bars, bars={symbol: resample(one, length) for symbol, one in bars.bars.items()})
    for one in bars.values():
        if one.length is not None:
            minutes = one.length.total_seconds() / 60
            raise UsageError(f'{one.symbol}: bars of {minutes:g} minutes; say so in the study: bars = "{minutes:g}min"')
    return bars


def among_bars(alignment: pd.DataFrame, instants: pd.Series, bars: BarSet) -> pd.DataFrame:
    """Set tau 0 of every pair to a bar instead of a session.

    Tau 0 is the first bar that opens at or after the instant. The reference is the end of the last bar that ended at
    or before it. A bar that contains the instant strictly inside belongs to neither side.

    Parameters
    ----------
    alignment : DataFrame
        One row per pair, as `eventstudy.markets.alignment.events.meet` returns it.
    instants : Series of Timestamp
        The instant of each row (UTC).
    bars : BarSet
        Intraday.

    Returns
    -------
    DataFrame
        The same rows: ``session`` is when the bar at tau 0 opens (UTC, tz-naive), ``reference_utc`` the end of the bar
        before and ``observation_utc`` the end of tau 0; ``straddling_utc``, when the straddling bar opens, is added.
        Where there is no bar on one side of the instant, ``session`` is the instant itself, outside the prices.
    """
    parts = [
        _among(group, as_instants(list(instants[group.index])), bars[str(market)])
        for market, group in alignment.groupby("market", sort=False)
        if market in bars
    ]
    left = alignment[~alignment["market"].isin(list(bars))]
    never = labelled(np.full(len(left), np.datetime64("NaT", "ns")))
    nowhere = {name: never for name in ("reference_utc", "observation_utc", STRADDLING)}
    left = left.assign(session=np.full(len(left), np.datetime64("NaT", "s")), **nowhere)
    return pd.concat([*parts, left] if len(left) else parts).sort_index()


def _among(lines: pd.DataFrame, instants: npt.NDArray[np.datetime64], bars: Bars) -> pd.DataFrame:
    """Locate the instants of one market's rows."""
    starts, ends = bars.labels.to_numpy("M8[ns]"), bars.ends.tz_localize(None).to_numpy("M8[ns]")
    found = place_in_bars(instants, starts, ends)
    placed = (found.first != NO_BAR) & (found.before != NO_BAR)
    never = np.datetime64("NaT", "ns")
    straddling = np.where(found.straddled, starts[np.minimum(found.before + 1, starts.size - 1)], never)
    return lines.assign(
        session=np.where(placed, starts[found.first], instants).astype("M8[s]"),
        reference_utc=labelled(np.where(placed, ends[found.before], never)),
        observation_utc=labelled(np.where(placed, ends[found.first], never)),
        **{STRADDLING: labelled(straddling)},
    )


def bar_panel(
    alignment: pd.DataFrame,
    series: Mapping[str, pd.Series],
    span: Window,
    bars: BarSet,
    *,
    factors: pd.DataFrame | Mapping[str, pd.DataFrame] | None = None,
    spans: Mapping[str, pd.DataFrame] | None = None,
    unbroken: Window | None = None,
) -> EventPanel:
    """Arrange the returns of bars in event time.

    Parameters
    ----------
    alignment : DataFrame
        As `among_bars` returns it.
    series : mapping of str to Series
        Returns by when bars open (UTC, tz-naive).
    span : Window
        Rows of event time, in bars.
    bars : BarSet
        The bars behind `series`.
    factors : DataFrame or mapping of str to DataFrame, optional
        As in `eventstudy.panel_source.build_panel`.
    spans : mapping of str to DataFrame, optional
        As in `eventstudy.panel_source.build_panel`.
    unbroken : Window, optional
        Rows of event time in which a return across a break or a closure is left out: it is not the return of one bar.

    Returns
    -------
    EventPanel
        Without straddling bars: tau -1 ended at or before the instant. The last factor is the time of day, the minute
        of the market's own day at which each bar opens.
    """
    wide = build_panel(alignment, series, Window(span.first - 1, span.last), factors=factors, spans=spans)
    straddled = alignment[STRADDLING].notna().to_numpy()
    panel = _without(wide, int(-1 - wide.tau[0]), straddled)
    returns = panel.returns.copy()
    clock = np.full((*returns.shape, 1), np.nan)
    inside = np.zeros(len(panel.tau), dtype=bool)
    if unbroken is not None:
        inside[panel.at(unbroken)] = True
    for market in (market for market in alignment["market"].unique() if market in bars):
        mine = np.flatnonzero(alignment["market"].eq(market))
        hours = bars[market].hours()
        across = np.isin(panel.sessions[mine], bars[market].labels[hours.crosses].to_numpy(panel.sessions.dtype))
        returns[mine] = np.where(across & inside, np.nan, returns[mine])
        flat = panel.sessions[mine].ravel().astype("M8[ns]")
        clock[mine, :, 0] = local_minute(flat, hours.timezone).reshape(len(mine), -1)
    return replace(
        panel,
        returns=returns,
        factors=np.concatenate([panel.factors, clock], axis=-1),
        factor_names=(*panel.factor_names, TIME_OF_DAY),
    )


def _without(panel: EventPanel, before: int, straddled: npt.NDArray[np.bool_]) -> EventPanel:
    """Drop the column before tau 0 of the straddled pairs, and the first column of the others."""

    def moved(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        dropped = np.concatenate([values[:, :before], values[:, before + 1 :]], axis=1)
        chosen = straddled.reshape(-1, *[1] * (values.ndim - 1))
        return np.where(chosen, dropped, values[:, 1:])

    return replace(
        panel,
        tau=panel.tau[1:],
        returns=moved(panel.returns),
        sessions=moved(panel.sessions),
        factors=moved(panel.factors),
        spans=None if panel.spans is None else moved(panel.spans),
    )
