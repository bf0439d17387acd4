"""How unusual the peaks of reactions by the bar are, each by itself and among the markets of its family."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ..inference.abnormal import AbnormalReturns
from ..inference.models.least_squares import FloatArray
from ..inference.significance.excursions import Peak, path_peak
from ..inference.significance.multiplicity import holm
from ..inference.significance.stepdown import raised_in_order, step_down
from .anatomy import together

# Below so many ordinary stretches in common no joint p can be 5 %.
LEAST = 19


def peaks(
    reach: AbnormalReturns, counts: Sequence[int], families: Mapping[str, Sequence[str]] | None = None
) -> pd.DataFrame:
    """Compare the peak of every pair with the peaks of ordinary stretches of as many bars.

    Parameters
    ----------
    reach : AbnormalReturns
        In event time of bars, from tau 0 on.
    counts : sequence of int
        How many bars from tau 0 on each peak was searched in.
    families : mapping of str to sequence of str, optional
        Markets compared jointly; all markets of an event where none is declared.

    Returns
    -------
    DataFrame
        ``peak_larger, peak_stretches, peak_p, peak_step_down_p``, one line a pair.
    """
    found = [path_peak(reach, at, count) for at, count in enumerate(counts)]
    joint = np.full(len(found), np.nan)
    for places in together(reach.rows, families):
        there = [at for at in places if np.isfinite(found[at].p)]
        if there:
            joint[there] = joint_p([found[at] for at in there])
    columns = {f"peak_{name}": [getattr(one, name) for one in found] for name in ("larger", "stretches", "p")}
    return pd.DataFrame(columns).assign(peak_step_down_p=joint)


def joint_p(found: Sequence[Peak]) -> FloatArray:
    """Return step-down max-T p-values of the peaks of several markets, raised by the overlap of stretches.

    Parameters
    ----------
    found : sequence of Peak
        Each with a p.

    Returns
    -------
    ndarray, shape (m,)
        By Holm where fewer than 19 ordinary stretches are common to all.
    """
    z, rank, p = np.array([[one.z, one.rank, one.p] for one in found]).T
    common = min(one.ordinary.size for one in found)
    if common < LEAST:
        return holm(p)
    rows = np.array([one.ordinary[:common] for one in found])
    joint: FloatArray = np.fmax(raised_in_order(z, step_down(z, rows), p / rank), p)
    return joint
