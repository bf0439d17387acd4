"""The frames behind the page of many events, each computed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ...study.exported import asked_for
from ...study.result import EventStudyResult
from ...windows import Window

GROUP = "group"
MOST_EXTREME = 10
SHARES = (1, 5, 25, 50, 75, 95, 99)
# Beyond so many lines the abnormal returns of every event and day are not written.
MOST_LINES = 100_000


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A regression of CARs that a study asks for.

    Parameters
    ----------
    on : tuple of str
        Columns of the events.
    options : mapping
        Further arguments of `EventStudyResult.regress_cars`.
    """

    on: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Explained:
        """Take a regression as a study file has it."""
        return cls(on=tuple(table["on"]), options={name: one for name, one in table.items() if name != "on"})


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the page of many events is made from.

    Parameters
    ----------
    result : EventStudyResult
    groups : tuple of str
        Columns of the events by which they are averaged.
    regressions : tuple of Explained
    """

    result: EventStudyResult
    groups: tuple[str, ...] = ()
    regressions: tuple[Explained, ...] = ()

    @classmethod
    def of(cls, result: EventStudyResult, groups: tuple[str, ...], regressions: tuple[Explained, ...] = ()) -> Facts:
        """Take the column ``group`` where no other is named."""
        known = result.events[GROUP].dropna().unique() if GROUP in result.events else ()
        own = (GROUP,) if len(known) > 1 else ()
        return cls(result=result, groups=groups or own, regressions=regressions)

    @cached_property
    def window(self) -> Window:
        """The window that is shown first."""
        return self.result.windows[0]

    @cached_property
    def days(self) -> dict[str, pd.DataFrame]:
        """Average abnormal returns by day and group, by the name of the grouping."""
        return {name: self.result.aar_by(name) for name in self.groups}

    @cached_property
    def averages(self) -> pd.DataFrame:
        """Average cumulative abnormal returns of every window."""
        return self.result.average_cars()

    @cached_property
    def group_averages(self) -> dict[str, pd.DataFrame]:
        """The same by group."""
        return {name: self.result.average_cars(name) for name in self.groups}

    @cached_property
    def compared(self) -> dict[str, pd.DataFrame]:
        """Tests whether the groups have one mean."""
        return {name: self.result.compare_groups(name) for name in self.groups}

    @cached_property
    def explained(self) -> list[pd.DataFrame]:
        """Regressions of CARs."""
        return [self.result.regress_cars(list(each.on), **each.options) for each in self.regressions]

    @cached_property
    def asked_for(self) -> dict[str, pd.DataFrame]:
        """Tables that the study asks for: diagnostics, weighted averages."""
        return asked_for(self.result)

    @cached_property
    def here(self) -> pd.DataFrame:
        """Events of the first window that have a cumulative abnormal return."""
        events = self.result.events
        return events[(events["window"] == self.window.label) & events["car"].notna()]

    @cached_property
    def extremes(self) -> pd.DataFrame:
        """The events with the largest and the smallest cumulative abnormal return of the first window."""
        order = self.here["car"].to_numpy().argsort(kind="stable")
        few = min(MOST_EXTREME, len(order) // 2)
        chosen = np.concatenate([order[::-1][:few], order[:few][::-1]])
        known = [name for name in ("title", "url") if name in self.here]
        rows = self.here.iloc[chosen][["event_id", "symbol", "car", "t", *known]]
        sessions = self.result.alignment.set_index(["event_id", "market"])["session"]
        keys = pd.MultiIndex.from_arrays([rows["event_id"], rows["symbol"]])
        return rows.assign(session=sessions.reindex(keys).to_numpy()).reset_index(drop=True)

    @cached_property
    def distribution(self) -> pd.DataFrame:
        """Quantiles of the cumulative abnormal returns of every window."""
        rows = []
        for window in self.result.windows:
            car = self.result.estimates.car(window).car
            car = car[np.isfinite(car)]
            row: dict[str, Any] = {"window": window.label, "n": len(car)}
            if len(car) > 1:
                row |= {f"q{share}": value for share, value in zip(SHARES, np.percentile(car, SHARES), strict=True)}
                row |= {"deviation": float(car.std(ddof=1)), "skewness": _moment(car, 3), "kurtosis": _moment(car, 4)}
            rows.append(row)
        columns = ["window", "n", *(f"q{share}" for share in SHARES), "deviation", "skewness", "kurtosis"]
        return pd.DataFrame(rows, columns=columns)

    @property
    def lost_windows(self) -> int:
        """Number of windows that lack days."""
        return len(self.result.lost)

    @property
    def overlaps(self) -> list[str]:
        """What is said of other events of the same market."""
        result = self.result
        return overlap_sentences(result.overlaps, len(result.estimates), str(result.specification["overlap"]))

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The large frames of the result that are exported."""
        result = self.result
        frames = {name: getattr(result, name) for name in ("events", "outcomes", "overlaps")}
        if len(result.estimates) * result.pairs.span.length <= MOST_LINES:
            frames["ar"] = result.ar
        return frames

    @cached_property
    def dropped(self) -> pd.DataFrame:
        """Pairs that were not studied: how many by outcome, and the first detail."""
        lost = self.result.outcomes[self.result.outcomes["outcome"] != "ok"]
        grouped = lost.groupby("outcome", sort=False)
        return grouped.agg(count=("event_id", "size"), detail=("detail", "first")).reset_index()


def _moment(x: np.ndarray[Any, np.dtype[np.float64]], power: int) -> float:
    """Standardised central moment."""
    deviation = x - x.mean()
    return float((deviation**power).mean() / (deviation**2).mean() ** (power / 2))


def overlap_sentences(overlaps: pd.DataFrame, pairs: int, how: str) -> list[str]:
    """Count the events that have another event of their market in a window.

    Parameters
    ----------
    overlaps : DataFrame
        Of the result.
    pairs : int
        Number of pairs.
    how : {"keep", "exclude", "drop"}

    Returns
    -------
    list of str
    """
    said = []
    words = {"estimation": "the estimation window", "event": "the event windows"}
    for where, inside in overlaps.groupby("where", sort=False):
        count = inside.drop_duplicates(["event_id", "market"]).shape[0]
        have, place = "have" if count != 1 else "has", words.get(str(where), str(where))
        said.append(f"{count:,} of {pairs:,} pairs {have} another event of the same market in {place}.")
    treated = {
        "keep": "They are kept as they are.",
        "exclude": "The rows of the others are taken out of the estimation window.",
        "drop": "Such pairs are dropped.",
    }
    return [*said, treated[how]] if said else ["No event has another event of its market in a window."]
