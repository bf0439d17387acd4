"""Compare two records of one series: later adjustments, corrected closes, and rows that are gone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from .bars import Bars
from .quality import Finding, labelled_findings

# Relative difference up to which two closes count as equal.
SAME = 1e-6


def revised_rows(older: Bars, newer: Bars) -> pd.DataFrame:
    """List the differences between two records of one instrument, over the rows of the older one.

    Parameters
    ----------
    older, newer : Bars
        The same instrument, recorded at two times.

    Returns
    -------
    DataFrame
        Columns ``market``, ``session``, ``kind``, ``detail``; kinds ``adjustment_drift`` (all closes up to a date are
        multiplied by one number, as after a split or dividend; the session is that date), ``revised`` (another close)
        and ``row_gone``. Closes that differ by less than one part in a million are equal.

    Examples
    --------
    >>> days = pd.to_datetime(["2020-01-06", "2020-01-07", "2020-01-08"])
    >>> before, after = (Bars(symbol="X", frame=pd.DataFrame({"close": closes}, index=days))
    ...                  for closes in ([10.0, 12.0, 6.0], [5.0, 6.0, 6.0]))
    >>> revised_rows(before, after)["detail"].tolist()
    ['2 closes up to here are now 0.5 times what they were']
    """
    return labelled_findings(newer.symbol, list(_differences(older, newer)))


def _differences(older: Bars, newer: Bars) -> Iterator[Finding]:
    """Yield rows that are gone, and changed closes; consecutive changes by one factor are one finding."""
    before = older.frame["close"].set_axis(older.labels)
    after = newer.frame["close"].set_axis(newer.labels)
    covered = before.index[(before.index >= after.index[0]) & (before.index <= after.index[-1])]
    for label in covered.difference(after.index):
        yield label, "row_gone", f"a close of {before[label]:g} before, no row now"
    common = before.index.intersection(after.index)
    old, new = before[common].to_numpy(float), after[common].to_numpy(float)
    changed = ~np.isclose(old, new, rtol=SAME, atol=0.0)
    factor = np.divide(new, old, out=np.full(len(old), np.nan), where=old != 0)
    step = np.r_[True, (changed[1:] != changed[:-1]) | ~np.isclose(factor[1:], factor[:-1], rtol=1e-4)]
    starts = np.flatnonzero(step).tolist()
    for start, stop in zip(starts, [*starts[1:], len(common)], strict=True):
        if not changed[start]:
            continue
        if stop - start > 1:
            detail = f"{stop - start} closes up to here are now {factor[start]:.6g} times what they were"
            yield common[stop - 1], "adjustment_drift", detail
        else:
            yield common[start], "revised", f"close {old[start]:g} before, {new[start]:g} now"
