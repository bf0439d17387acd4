"""A specification curve: day 0 of each market under many specifications at once, with its joint p."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..events import Event
from ..inference.abnormal import abnormal_returns
from ..inference.models.least_squares import FloatArray
from ..inference.significance.placebo_ranks import rank_p
from ..inference.significance.placebos import placebos
from ..panel import EventPanel
from ..windows import Window, covering
from .light import DAY_ZERO, Prepared, outlying
from .listed import without_rows
from .wording import in_percent

SHARES = (0.6, 0.7, 0.8, 0.9, 1.0)
FURTHER = (0, 5, 10, 20)
OUTLIERS = (np.inf, 4.0, 3.0)
CURVE_COLUMNS = ["event_id", "market", "first", "last", "returns", "outliers", "ar", "z", "p", "joint_p"]


@dataclass(frozen=True, kw_only=True)
class _One:
    """One specification and its numbers for n pairs: z of the event, and of the days that all specifications have."""

    window: Window
    returns: str
    outliers: float
    keys: pd.DataFrame
    ar: FloatArray
    z: FloatArray
    p: FloatArray
    ordinary: FloatArray


def specification_curve(study: Any, event: Event, bars: Any, *, others: Iterable[Event] = ()) -> pd.DataFrame:
    """Estimate day 0 of every market under 60 or more specifications.

    Parameters
    ----------
    study : EventStudy
    event : Event
    bars : BarSet, or what `EventStudy.run` takes
    others : iterable of Event
        Listed events, for a study that leaves their days out of the estimation.

    Returns
    -------
    DataFrame
        One line a market and specification: estimation window (``first``, ``last``), kind of ``returns``, ``outliers``
        (estimation days beyond so many deviations left out), ``ar``, ``z`` and ``p`` (standardised placebo), ascending
        in ``ar``; and ``joint_p`` of the market: the median of ``|z|`` over all specifications, ranked among the same
        median of every day that lies in all estimation windows. It is no headline of one date.
    """
    day = replace(study, windows=[(0, 0)], episodes=None)
    kinds = ("log", "simple") if in_percent(study.kind) else (study.returns,)
    listed = tuple(others)
    found = [one for kind in kinds for one in _of_kind(replace(day, returns=kind), event, bars, listed)]
    joint = _joint(found)
    parts = [
        one.keys.assign(
            first=one.window.first,
            last=one.window.last,
            returns=one.returns,
            outliers=one.outliers,
            ar=one.ar,
            z=one.z,
            p=one.p,
        )
        for one in found
    ]
    table = pd.concat(parts, ignore_index=True).merge(joint, on=["event_id", "market"])
    order = {market: at for at, market in enumerate(joint["market"])}
    by = table["market"].map(order)
    return table.assign(by=by).sort_values(["by", "ar"], kind="stable").reset_index(drop=True)[CURVE_COLUMNS]


def _of_kind(study: Any, event: Event, bars: Any, others: Iterable[Event]) -> Iterator[_One]:
    """Estimate the specifications with one kind of return, all markets at once."""
    prepared, windows = Prepared.of(study, bars, others), _windows(study.estimation_window)
    reach = covering(windows)
    wide = replace(prepared, study=replace(study, estimation=reach))
    panel = wide.panel(wide.meet(event))
    panel = panel.only(panel.usable)
    common = Window(max(window.first for window in windows), min(window.last for window in windows))
    for window in windows:
        for deviations in OUTLIERS:
            yield _one(study, panel, window, deviations, common)


def _windows(declared: Window) -> list[Window]:
    """Return the declared estimation window, shorter ones, and the same further from the event."""
    firsts = [declared.last - round(share * declared.length) + 1 for share in SHARES]
    lasts = [declared.last - further for further in FURTHER]
    return [Window(first, last) for first in firsts for last in lasts if last - first >= declared.length // 3]


def _one(study: Any, panel: EventPanel, window: Window, deviations: float, common: Window) -> _One:
    """Estimate one specification."""
    options: dict[str, Any] = {"estimation": window, "windows": [DAY_ZERO], "min_observations": study.min_observations}
    abnormal = abnormal_returns(study._model, panel, **options)
    if np.isfinite(deviations):
        kept = panel.only(abnormal.outcomes["outcome"].eq("ok").to_numpy())
        abnormal = abnormal_returns(study._model, without_rows(kept, window, outlying(abnormal, deviations)), **options)
    found = placebos(abnormal, DAY_ZERO)
    start = common.first - window.first
    return _One(
        window=window,
        returns=study.kind,
        outliers=deviations,
        keys=abnormal.rows[["event_id", "market"]].reset_index(drop=True),
        ar=abnormal.car(DAY_ZERO).car,
        z=found.event,
        p=found.p,
        ordinary=found.sums[:, start : start + common.length],
    )


def _joint(found: list[_One]) -> pd.DataFrame:
    """Rank each market's median size over the specifications among that of ordinary days."""
    keys = found[0].keys
    lines = []
    for event_id, market in zip(keys["event_id"], keys["market"], strict=True):
        event: list[float] = []
        ordinary: list[FloatArray] = []
        for one in found:
            at = np.flatnonzero(one.keys["market"].eq(market).to_numpy())
            event.extend(one.z[at])
            ordinary.extend(one.ordinary[at])
        # A day that a specification leaves out counts by the others; half of them must have it.
        rows = np.abs(np.array(ordinary))
        enough = 2 * np.isfinite(rows).sum(axis=0) >= len(rows)
        medians = np.nanmedian(np.where(enough, rows, 0.0), axis=0)
        p = rank_p(np.array([np.nanmedian(np.abs(event))]), np.where(enough, medians, np.nan)[None, :])
        lines.append({"event_id": event_id, "market": market, "joint_p": float(p[0])})
    return pd.DataFrame(lines)
