"""Sentences about an abnormal volume or range, where a study of returns speaks of moves and of volatility."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from .wording import SUBJECTS, UNITS, in_unit, long_date, plain


def move_word(kind: str, move: str) -> str:
    """Return the word for what is abnormal.

    Parameters
    ----------
    kind : {"log", "simple", "change", "volume", "volatility"}
    move : str
        The word for a return.

    Returns
    -------
    str

    Examples
    --------
    >>> move_word("log", "moves"), move_word("volume", "moves")
    ('moves', 'volume')
    """
    return SUBJECTS.get(kind, move)


def spread_words(kind: str) -> str:
    """Return the words for what differs between ordinary days: volatility, or the spread of the measure.

    Parameters
    ----------
    kind : {"log", "simple", "change", "volume", "volatility"}

    Returns
    -------
    str
    """
    return f"the spread of the abnormal {SUBJECTS[kind]}" if kind in SUBJECTS else "volatility"


def day_zero_sentence(lead: Any, name: str, session: pd.Timestamp, kind: str, tested: Sequence[str] = ()) -> str:
    """Give the volume or range of day 0 as a multiple of what was expected.

    Parameters
    ----------
    lead : Series
        A row of the table of reactions.
    name : str
        Of the market.
    session : Timestamp
    kind : {"volume", "volatility"}
    tested : sequence of str
        What is said of its tests.

    Returns
    -------
    str
    """
    subject = SUBJECTS[kind]
    if pd.isna(lead["ar"]):
        return f"{name} has no {subject} of day 0, {long_date(session)}, to study."
    said = ", ".join([f"{in_unit(lead['ar'])} {UNITS[kind]}", *tested])
    times = plain(float(np.exp(lead["ar"])))
    return f"The {subject} of {name} on day 0, {long_date(session)}, was {times} times the expected ({said})."


def changed_sentence(names: str, kind: str) -> str:
    """Say that the measure varied more in the last days before day 0.

    Parameters
    ----------
    names : str
        The markets.
    kind : {"volume", "volatility"}

    Returns
    -------
    str
    """
    return (
        f"In {names} the abnormal {SUBJECTS[kind]} of the five days before day 0 varied more than expected beforehand. "
        "If its spread changed then, no test is right."
    )
