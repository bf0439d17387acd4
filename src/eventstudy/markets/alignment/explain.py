"""Describe an alignment in words, one sentence per row, for checking."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...instruments.catalogue import Instrument, find_instrument


def explain(alignment: pd.DataFrame, *, among: Mapping[str, Instrument] | None = None) -> list[str]:
    """Return one sentence in words for each row of an alignment.

    Parameters
    ----------
    alignment : DataFrame
        As `eventstudy.align` returns it.
    among : mapping, optional
        The user's declarations, which take precedence over the catalogue and the rules.

    Returns
    -------
    list of str
        One sentence per row, in order.

    Examples
    --------
    >>> from eventstudy import align
    >>> print(explain(align("2020-01-07T22:30Z", "CL=F"))[0])
    WTI crude was in its daily break at 22:30 UTC on 7 January 2020; it reopened at 23:00 UTC; the first settlement \
after the event is that of 8 January 2020, 19:30 UTC, the last before it was on 7 January 2020, 19:30 UTC.
    """
    return [_sentence(row, find_instrument(str(row["market"]), among=among)) for _, row in alignment.iterrows()]


def _sentence(row: pd.Series, instrument: Instrument) -> str:
    """Return the sentence for one row."""
    when = f"{_clock(row['instant'])} on {_day(row['instant'])}"
    if row["state"] == "outside_calendar":
        return f"{instrument.name}: {when} lies outside what is known of its calendar ({instrument.calendar})."
    price = instrument.observation
    return (
        f"{instrument.name} {_state(row, instrument)} at {when}{_resumption(row)}; "
        f"the first {price} after the event is that of {_day(row['session'])}, "
        f"{_clock(row['observation'], row['session'])}, "
        f"the last before it was on {_day(row['reference'])}, {_clock(row['reference'])}."
    )


def _state(row: pd.Series, instrument: Instrument) -> str:
    """Describe what the market was doing."""
    if row["state"] != "break":
        words = {"open": "was trading", "halt": "was halted", "closed": "was closed"}
        return words[str(row["state"])]
    return "was in its daily break" if "future" in instrument.asset_class else "was in its midday break"


def _resumption(row: pd.Series) -> str:
    """Describe when the market could next be traded."""
    if row["state"] == "open":
        return ""
    again = row["first_tradable"]
    on = "" if again.date() == row["instant"].date() else f" on {_day(again)}"
    return f"; it {'opened' if row['state'] == 'closed' else 'reopened'} at {_clock(again)}{on}"


def _day(at: pd.Timestamp) -> str:
    """Write a date as ``7 January 2020``."""
    return f"{at.day} {at:%B %Y}"


def _clock(at: pd.Timestamp, session: pd.Timestamp | None = None) -> str:
    """Write a time in UTC, with its date where that is not the session's."""
    on = "" if session is None or at.date() == session.date() else f" on {_day(at)}"
    return f"{at:%H:%M} UTC{on}"
