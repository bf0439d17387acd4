"""What only the data of a study can tell: oddities, fingerprints, and day 0 in detail or the path by the bar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..events import Event
from ..inference.abnormal import AbnormalReturns
from ..instruments.catalogue import Instruments
from ..markets.alignment.events import inspect
from ..panel import EventPanel
from .anatomy import anatomy, anatomy_tests
from .course import course
from .inputs import Inputs
from .reach import followed
from .reaction_path import path


def details(
    usable: EventPanel,
    abnormal: AbnormalReturns,
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
    usable : EventPanel
        The pairs that were studied.
    abnormal : AbnormalReturns
    alignment : DataFrame
    inputs : Inputs
    dated : tuple of Event
    instruments : Instruments
        Where symbols are looked up.
    study : mapping
        The specification, as plain values.
    """
    bars = inputs.prices
    if bars is None:
        return {} if inputs.given is None else {"oddities": inputs.given.oddities}
    if any(one.intraday for one in bars.values()):
        found: dict[str, Any] = {
            "path": path(alignment, bars, abnormal.span, study["returns"]),
            "course": course(
                followed(abnormal, usable),
                alignment,
                bars,
                dated,
                inputs.stamps.others,
                horizon=study["horizon"],
                returns=study["returns"],
            ),
        }
    else:
        change = study["returns"] == "change"
        days = anatomy(usable, bars, alignment, instruments, change=change)
        tested = anatomy_tests(abnormal, days, bars, instruments, families=study["families"], change=change)
        found = {"anatomy": days, "anatomy_tests": tested}
    oddities = inspect(bars, alignment["market"].unique(), instruments)
    return {"oddities": oddities, "files": dict(bars.files), **found}
