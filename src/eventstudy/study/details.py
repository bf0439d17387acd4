"""What only the data of a study can tell: oddities, fingerprints, and day 0 in detail or the path by the bar."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..events import Event
from ..inference.estimates import Estimates
from ..instruments.catalogue import Instruments
from ..markets.alignment.events import inspect
from .inputs import Inputs
from .pairs import Pairs
from .reaction import anatomy
from .reaction_path import by_the_bar


def details(
    pairs: Pairs,
    estimates: Estimates,
    alignment: pd.DataFrame,
    inputs: Inputs,
    dated: tuple[Event, ...],
    instruments: Instruments,
    *,
    returns: str,
) -> dict[str, Any]:
    """Return the fields of `eventstudy.study.result.EventStudyResult` that the data give beside the returns.

    Parameters
    ----------
    pairs : Pairs
    estimates : Estimates
    alignment : DataFrame
    inputs : Inputs
    dated : tuple of Event
    instruments : Instruments
        Where symbols are looked up.
    returns : str
        Kind of return.
    """
    bars = inputs.prices
    if bars is None:
        return {} if inputs.given is None else {"oddities": inputs.given.oddities}
    if any(one.intraday for one in bars.values()):
        found: dict[str, Any] = by_the_bar(pairs.abnormal, alignment, bars, dated, returns)
    else:
        found = {"anatomy": anatomy(estimates.rows, bars, alignment, instruments)}
    oddities = inspect(bars, alignment["market"].unique(), instruments)
    return {"oddities": oddities, "files": dict(bars.files), **found}
