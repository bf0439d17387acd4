"""What only the data of a study can tell: oddities, fingerprints, and day 0 in detail or the path by the bar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..events import Event
from ..inference.estimates import Estimates
from ..instruments.catalogue import Instruments
from ..markets.alignment.events import inspect
from ..markets.prices.bars import BarSet
from .anatomy import FEW
from .course import course
from .episodes import episodes
from .inputs import Inputs
from .pairs import Pairs
from .reach import followed
from .reaction_path import path


def details(
    pairs: Pairs,
    estimates: Estimates,
    alignment: pd.DataFrame,
    inputs: Inputs,
    dated: tuple[Event, ...],
    instruments: Instruments,
    *,
    study: Mapping[str, Any],
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
    study : mapping
        The specification, as plain values.
    """
    bars, change = inputs.prices, study["returns"] == "change"
    if bars is None:
        return {} if inputs.given is None else {"oddities": inputs.given.oddities}
    in_bars = any(one.intraday for one in bars.values())
    found = _by_the_bar(pairs, alignment, bars, dated, inputs, study) if in_bars else {}
    if len(estimates) <= FEW and pairs.abnormal.ordered and inputs.measure is None:
        found["episodes"] = episodes(
            pairs.abnormal,
            pairs.panel,
            alignment,
            bars,
            dated,
            inputs.stamps,
            instruments,
            families=study["families"],
            change=change,
        )
    oddities = inspect(bars, alignment["market"].unique(), instruments)
    return {"oddities": oddities, "files": dict(bars.files), **found}


def _by_the_bar(
    pairs: Pairs,
    alignment: pd.DataFrame,
    bars: BarSet,
    dated: tuple[Event, ...],
    inputs: Inputs,
    study: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the path of the prices and the course of the reactions."""
    reach, returns = followed(pairs.abnormal, pairs.panel), study["returns"]
    others, horizon = inputs.stamps.others, study["horizon"]
    return {
        "path": path(alignment, bars, pairs.span, returns),
        "course": course(
            reach, alignment, bars, dated, others, horizon=horizon, returns=returns, families=study["families"]
        ),
    }
