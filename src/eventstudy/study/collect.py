"""The frames of a result, computed from the abnormal returns of a study."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..inference.abnormal import AbnormalReturns
from ..inference.battery import TestPlan
from ..windows import Window
from . import tables as frames
from .inputs import Inputs
from .own_windows import OwnWindows


def collected(
    abnormal: AbnormalReturns,
    windows: tuple[Window, ...],
    lost: pd.DataFrame,
    inputs: Inputs,
    own: OwnWindows,
    plan: TestPlan,
    *,
    share: float,
    returns: str,
) -> dict[str, Any]:
    """Return the frames ``reaction``, ``car``, ``ar``, ``events`` and ``tests`` of a result.

    Parameters
    ----------
    abnormal : AbnormalReturns
        Of the usable pairs.
    windows : tuple of Window
        The event windows of the study.
    lost : DataFrame
        Windows without a sum, of `mark_gaps`.
    inputs : Inputs
    own : OwnWindows
        Event windows that differ between pairs; their lines come first.
    plan : TestPlan
    share : float
        Share of a window's days that must be there.
    returns : {"log", "simple", "change"}

    Returns
    -------
    dict of str to DataFrame
    """
    reaction = frames.reaction(abnormal, inputs.prices, returns)
    every = tuple(dict.fromkeys((*windows, frames.DAY_ZERO)))
    found = {
        "tests": frames.tests(abnormal, every, plan, reaction),
        "car": frames.car(abnormal, windows, lost),
        "events": frames.events(abnormal, windows, lost),
    }
    for name, frame in own.frames(abnormal, share, plan, lost).items():
        found[name] = pd.concat([frame, found[name]], ignore_index=True)
    return {
        "reaction": frames.with_headline(reaction, found["tests"]),
        "car": frames.with_headline(found["car"], found["tests"]),
        "ar": frames.ar(abnormal),
        "events": found["events"],
        "tests": found["tests"],
    }
