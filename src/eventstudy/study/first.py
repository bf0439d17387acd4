"""Who could trade first: the first tradable moment of every market, and its first price after the event."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..errors import UnknownNameError, UsageError
from ..inference.lead_lag import lead_lag
from ..panel import EventPanel

FIRST_COLUMNS = [
    "event_id",
    "market",
    "first_tradable_utc",
    "state",
    "wait_minutes",
    "first_seen_utc",
    "first_seen",
    "first_return",
    "observation_utc",
    "return",
    "p",
]
LEAD_LAG_COLUMNS = ["lag", "correlation", "bars", "band", "p"]


def first_to_trade(
    alignment: pd.DataFrame, reaction: pd.DataFrame, anatomy: pd.DataFrame, path: pd.DataFrame, instants: pd.Series
) -> pd.DataFrame:
    """List the studied markets in the order in which they could react.

    Parameters
    ----------
    alignment, reaction, anatomy, path : DataFrame
        Of a result.
    instants : Series
        Instant of each event (UTC), by its id.

    Returns
    -------
    DataFrame
        In order of ``first_tradable_utc``; ``wait_minutes`` is the time from the event to that moment, zero where the
        market was open. ``first_return`` is the simple return (or change) of the first price after the event against
        the last before it, ``first_seen`` what that is: the ``open`` of day 0, or the close of the first ``bar``; it is
        missing where the prices do not hold one, such as the open of a market that was trading. ``return`` is that of
        day 0 (of tau 0 in bars), and ``p`` its rank among ordinary days. Empty where the study has no dated event.
    """
    if instants.empty:
        return pd.DataFrame(columns=FIRST_COLUMNS)
    keys = ["event_id", "market"]
    moved = reaction["simple_return"].where(reaction["simple_return"].notna(), reaction["change"])
    table = reaction[keys].assign(**{"return": moved, "p": reaction["headline_p"]}).merge(alignment, on=keys)
    gaps = anatomy[[*keys, "open_gap"]].rename(columns={"open_gap": "first_return"})
    gaps = gaps.assign(first_seen="open")
    zero = path[path["tau"].eq(0).fillna(False)]
    bars = zero[[*keys, "move", "end_utc"]].rename(columns={"move": "first_return", "end_utc": "first_seen_utc"})
    first = gaps if path.empty else bars.assign(first_seen="bar")
    table = table.merge(first, on=keys, how="left")
    if path.empty:
        table["first_seen_utc"] = table["first_tradable_utc"].where(table["first_return"].notna())
    table.loc[table["first_return"].isna(), "first_seen"] = ""
    since = table["first_tradable_utc"] - table["event_id"].map(instants)
    table = table.assign(wait_minutes=since.dt.total_seconds() / 60)
    return table.sort_values(["event_id", "first_tradable_utc"], kind="stable").reset_index(drop=True)[FIRST_COLUMNS]


def lead_lag_table(
    panel: EventPanel, names: Sequence[str], *, event_id: str, lags: int = 5, draws: int = 999, seed: int = 0
) -> pd.DataFrame:
    """Correlate the bars that two markets have in common, at lags.

    Parameters
    ----------
    panel : EventPanel
        In bars.
    names : sequence of str
        Two symbols.
    event_id : str
    lags : int
        Largest lag, in bars.
    draws, seed : int
        Permutations, and the seed.

    Returns
    -------
    DataFrame
        ``lag`` (positive: the first market leads), ``correlation``, ``bars``, ``band`` (95 % of permutations keep the
        largest of all lags within it) and ``p`` of the largest at a lag other than zero.

    Raises
    ------
    UsageError
        If the study is not in bars.
    UnknownNameError
        If a market was not studied.
    """
    if panel.sessions.dtype == np.dtype("M8[D]"):
        raise UsageError('lead and lag need a study in bars, such as EventStudy(bars="15min")')
    rows = panel.rows[panel.rows["event_id"] == event_id]
    series = []
    for name in names:
        if name not in set(rows["market"]):
            raise UnknownNameError("market", name, rows["market"].unique(), "this study")
        at = int(rows.index[rows["market"] == name][0])
        known = ~np.isnat(panel.sessions[at])
        series.append(pd.Series(panel.returns[at][known], index=panel.sessions[at][known]))
    both = pd.concat(series, axis=1, join="inner").sort_index()
    found = lead_lag(both.iloc[:, 0].to_numpy(), both.iloc[:, 1].to_numpy(), lags, draws=draws, seed=seed)
    return pd.DataFrame(
        {"lag": found.lags, "correlation": found.correlation, "bars": found.bars, "band": found.band, "p": found.p}
    )[LEAD_LAG_COLUMNS]
