"""One piece of news in many markets: p-values adjusted for the number of markets, joined by event time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from ...errors import UnknownNameError
from ...windows import Window
from ..abnormal import AbnormalReturns
from ..models.least_squares import IntArray
from .clusters import Clusters
from .placebo_ranks import detectable, hurdle
from .placebos import Placebos, placebos
from .result import TestResult
from .stepdown import maxima
from .stepdown import step_down as adjusted_for_number
from .volatility import counted

NOTHING_TO_COMPARE = "no return in the window, or no stretch of estimation days as long as the window"
NO_CAR = "the cumulative abnormal return is zero"
NO_MARKET_OF_FAMILY = "no market of the family has an abnormal return in the window"
Families = Mapping[str, Sequence[str]]


def max_t(
    abnormal: AbnormalReturns, window: Window, *, event_id: str, markets: Sequence[str] | None = None
) -> TestResult:
    """Test whether any market of a family reacted, adjusted for the number of markets.

    The statistic is the largest ``abs z`` among the markets, z from `placebos.placebos`; p is the share of placebo
    days, joined by event time, on which the largest among the markets with a return is at least as large (Westfall &
    Young 1993). It is the smallest p of `step_down`. Declare the families before looking at the data.

    Parameters
    ----------
    abnormal : AbnormalReturns
    window : Window
    event_id : str
    markets : sequence of str, optional
        The family; by default all markets of the event. One that could not be used is left out, with a note.

    Returns
    -------
    TestResult
    """
    name = "max_t"
    rows, notes = rows_of(abnormal, event_id, markets)
    found = placebos(abnormal, window)
    event, sums = found.event[rows], found.sums[rows]
    there, largest = np.isfinite(event), maxima(event, sums)
    if not there.any():
        return TestResult.not_applicable(name, "; ".join((NOTHING_TO_COMPARE, *notes)))
    count, full = int(counted(largest)), int(np.isfinite(sums[there]).all(axis=0).sum())
    return TestResult.of_p(
        name,
        float(np.nanmax(np.abs(event))),
        float(np.nanmin(_adjusted(found, rows))),
        f"placebo over {count} days",
        null=NO_MARKET_OF_FAMILY,
        n=int(there.sum()),
        notes=(f"{there.sum()} markets, {count} placebo days, {full} with all of them", *notes),
        figures={"common_taus": float(full), "smallest_p": 1 / (1 + count)},
    )


def step_down(abnormal: AbnormalReturns, window: Window, *, families: Families | None = None) -> list[TestResult]:
    """Adjust each market's p-value for the number of markets with the same news (Westfall & Young 1993).

    Step-down max-T. Markets are joined by event time, within the declared families; those in no family form one of
    their own. Pairs of different events on one date are one family. No p is below the market's own
    (`placebos.placebos`).

    Parameters
    ----------
    abnormal : AbnormalReturns
        Of n pairs.
    window : Window
    families : mapping of str to sequence of str, optional
        Markets of each family.

    Returns
    -------
    list of TestResult, length n
    """
    found = placebos(abnormal, window)
    results = [TestResult.not_applicable("step_down", NOTHING_TO_COMPARE)] * len(abnormal)
    for rows in news(abnormal, window, families):
        event, sums, p = found.event[rows], found.sums[rows], _adjusted(found, rows)
        largest = maxima(event, sums)
        count, size = int(counted(largest)), int(np.isfinite(event).sum())
        beyond = np.fmax(hurdle(largest, days=1), hurdle(sums, found.days))
        effect = detectable(beyond, sums, found.unit[rows])
        for k in np.flatnonzero(np.isfinite(event)):
            results[rows[k]] = TestResult.of_p(
                "step_down",
                float(event[k]),
                float(p[k]),
                f"placebo over {count} days",
                null=NO_CAR,
                n=size,
                notes=(f"one of {size}",),
                figures={"smallest_p": 1 / (1 + count), "mde80": float(effect[k])},
            )
    return results


def _adjusted(found: Placebos, rows: IntArray) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the step-down p-values of one family; for long windows a market's own p may be larger and is then used."""
    p = adjusted_for_number(found.event[rows], found.sums[rows])
    return np.asarray(np.where(np.isfinite(p), np.fmax(p, found.p[rows]), np.nan))


def news(abnormal: AbnormalReturns, window: Window, families: Families | None = None) -> Iterator[IntArray]:
    """Group the pairs that are adjusted together: those of one event or one date, by family.

    Parameters
    ----------
    abnormal : AbnormalReturns
    window : Window
    families : mapping of str to sequence of str, optional

    Yields
    ------
    ndarray of int
        Positions of the pairs of one group.
    """
    clusters = Clusters.of_pairs(abnormal, window)
    keys = abnormal.rows["event_id"].astype(str) if clusters.chained else pd.Series(clusters.label)
    markets = abnormal.rows["market"].astype(str).to_numpy()
    for found in keys.groupby(keys.to_numpy(), sort=False).indices.values():
        left = np.asarray(found)
        for members in (families or {}).values():
            inside = np.asarray(found)[np.isin(markets[found], list(members))]
            left = left[~np.isin(left, inside)]
            if len(inside):
                yield inside
        if len(left):
            yield left


def rows_of(
    abnormal: AbnormalReturns, event_id: str, markets: Sequence[str] | None
) -> tuple[IntArray, tuple[str, ...]]:
    """Return the positions of the usable markets of an event, and a note on the other markets named.

    Parameters
    ----------
    abnormal : AbnormalReturns
    event_id : str
    markets : sequence of str or None
        All markets of the event where None.

    Returns
    -------
    tuple of ndarray of int and tuple of str

    Raises
    ------
    UnknownNameError
        If a market is not one of the study's.
    """
    mine = np.flatnonzero((abnormal.rows["event_id"].astype(str) == event_id).to_numpy())
    if markets is None:
        return mine, ()
    row = dict(zip(abnormal.rows["market"].astype(str).iloc[mine], mine.tolist(), strict=True))
    known = list(dict.fromkeys(abnormal.outcomes["market"].astype(str)))
    for market in markets:
        if market not in known:
            raise UnknownNameError("market", market, known, where=f"event {event_id}")
    missing = [market for market in markets if market not in row]
    return np.array([row[market] for market in markets if market in row], dtype=np.int64), without(missing)


def without(markets: Sequence[str]) -> tuple[str, ...]:
    """Return the note of a joint test on the markets that it leaves out; none where there is no such market.

    Parameters
    ----------
    markets : sequence of str

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> without(["CL=F", "GC=F"]), without([])
    (('without CL=F, GC=F, which could not be used',), ())
    """
    return (f"without {', '.join(markets)}, which could not be used",) if markets else ()
