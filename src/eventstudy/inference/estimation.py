"""Pairs whose estimation window cannot be used, each with its reason."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..panel import EventPanel, Outcome
from .models.protocol import Fitted

BoolArray = npt.NDArray[np.bool_]


def with_estimation_outcomes(
    panel: EventPanel, fitted: Fitted, few: BoolArray, flat: BoolArray, min_observations: int
) -> EventPanel:
    """Mark the pairs that have too few observations or no variance."""
    usable = np.flatnonzero(panel.usable)
    for where, outcome, detail in (
        (
            few,
            Outcome.TOO_FEW_OBSERVATIONS,
            [f"{n} estimation rows, {min_observations} needed" for n in fitted.n_obs[few]],
        ),
        (
            flat,
            Outcome.NO_VARIANCE,
            ["the estimation window's returns or regressors do not vary, or the fit failed"] * int(flat.sum()),
        ),
    ):
        mask = np.zeros(len(panel.rows), dtype=bool)
        mask[usable[where]] = True
        panel = panel.with_outcome(mask, outcome, detail)
    return panel
