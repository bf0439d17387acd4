"""How far bars are followed after an event, whatever its windows, and the abnormal returns of these bars."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..inference.abnormal import AbnormalReturns, abnormal_returns
from ..markets.prices.bars import BarSet
from ..panel import EventPanel
from ..windows import Window

DAY = pd.Timedelta(days=1)


def bars_after(alignment: pd.DataFrame, bars: BarSet, until: pd.Timestamp | None = None) -> Window:
    """Return the bars of event time from tau 0 to a day after it opens, or to a later instant.

    Parameters
    ----------
    alignment : DataFrame
        Of `eventstudy.markets.alignment.events_in_bars.among_bars`.
    bars : BarSet
    until : Timestamp, optional
        Last stamp that is of interest (UTC).

    Returns
    -------
    Window
        Long enough for every pair; the prices of a pair may end earlier.
    """
    longest = 0
    for market, rows in alignment[alignment["reference_utc"].notna()].groupby("market", sort=False):
        opens = pd.DatetimeIndex(rows["session"]).as_unit("ns")
        stop = opens + DAY
        if until is not None:
            late = until.tz_convert(None)
            stop = stop.where(stop > late, late)
        starts = bars[str(market)].labels.as_unit("ns")
        longest = max(longest, int((starts.searchsorted(stop) - starts.searchsorted(opens)).max()) - 1)
    return Window(0, longest)


def followed(abnormal: AbnormalReturns, usable: EventPanel) -> AbnormalReturns:
    """Return the abnormal returns of studied pairs over all rows of their panel from tau 0 on.

    Parameters
    ----------
    abnormal : AbnormalReturns
        Over the event windows.
    usable : EventPanel
        The same pairs, with as many rows as there are.

    Returns
    -------
    AbnormalReturns
        Of the same estimates. A sum is there if one of its rows is.
    """
    last = int(usable.tau[np.isfinite(usable.returns).any(axis=0)][-1])
    return abnormal_returns(
        abnormal.model,
        usable,
        estimation=abnormal.estimation,
        windows=[Window(0, max(last, 0))],
        min_observations=0,
        log_returns=abnormal.log_returns,
        changes=abnormal.changes,
    )
