"""What is known of events, beside the numbers of their reactions."""

from __future__ import annotations

import pandas as pd

RESULT_COLUMNS = frozenset(
    {
        *("window", "alpha", "beta", "sigma", "L", "car", "se", "scar", "outcome", "detail", "df", "n_days", "t", "p"),
        *("tau", "session", "market"),
    }
)


def with_characteristics(events: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Add what is known of the events to a frame of pairs and windows.

    Parameters
    ----------
    events : DataFrame
        ``event_id``, ``symbol``, ``window`` and numbers.
    known : DataFrame
        ``event_id``, ``symbol`` (missing where it goes for every market) and the characteristics; one that has the name
        of a column of results gets ``given_`` before it.

    Returns
    -------
    DataFrame
        Rows as in `events`.
    """
    named = [name for name in known if name not in ("event_id", "symbol")]
    if not named:
        return events
    labels = {name: f"given_{name}" if name in RESULT_COLUMNS or name in events else name for name in named}
    everywhere = known["symbol"].isna()
    found = events[["event_id"]].join(
        known[everywhere].drop_duplicates("event_id").set_index("event_id")[named], on="event_id"
    )
    if not everywhere.all():
        keys = pd.MultiIndex.from_frame(events[["event_id", "symbol"]])
        own = known[~everywhere].set_index(["event_id", "symbol"])[named].reindex(keys).set_axis(events.index)
        found = own if not everywhere.any() else found[named].combine_first(own)
    return events.assign(**{str(labels[name]): found[name].to_numpy() for name in named})
