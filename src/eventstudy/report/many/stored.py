"""The frames behind the page of a study over a pack: nothing with a line for each pair is read whole."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from ...errors import UsageError
from ...scale.result import StoredResult
from ...study.result import EventStudyResult
from .facts import MOST_EXTREME, Explained, Facts

# Lines of the tables of pairs beside the page; all of them are in the Parquet files of the run.
FIRST = 1_000
WHERE = "The tables events and outcomes hold the first 1,000 lines; all are in the Parquet files of the run."


class StoredFacts(Facts):
    """What the page of a study over a pack is made from."""

    @classmethod
    def of(cls, result: EventStudyResult, groups: tuple[str, ...], regressions: tuple[Explained, ...] = ()) -> Facts:
        """Refuse groups and regressions, which need all pairs in memory."""
        if groups or regressions:
            raise UsageError("groups and regressions need a study in memory; leave them out over a pack")
        return cls(result=result)

    @property
    def _stored(self) -> StoredResult:
        assert isinstance(self.result, StoredResult)
        return self.result

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The first lines of the large frames."""
        return {name: self._stored.first_rows(name, FIRST) for name in ("events", "outcomes")}

    @property
    def lost_windows(self) -> int:
        """Number of windows that lack days."""
        return self._stored.lost_count

    @property
    def overlaps(self) -> list[str]:
        """What is said of other events of the same market."""
        how = str(self.result.specification["overlap"])
        return [
            f"Other events of the same market in a window: overlap = {how!r}. They are not counted over a pack.",
            WHERE,
        ]

    @cached_property
    def extremes(self) -> pd.DataFrame:
        """The events with the largest and the smallest cumulative abnormal return of the first window."""
        car = np.asarray(self.result.estimates.car(self.window).car)
        known = np.flatnonzero(np.isfinite(car))
        few = min(MOST_EXTREME, len(known) // 2)
        if not few:
            return pd.DataFrame(columns=["event_id", "symbol", "car", "t", "session"])
        order = known[np.argpartition(car[known], (few - 1, len(known) - few))]
        bounds = float(car[order[:few]].max()), float(car[order[-few:]].min())
        rows = self._stored.beyond(self.window, *bounds)
        rows = rows.sort_values("car", kind="stable")
        return pd.concat([rows.iloc[::-1].head(few), rows.head(few).iloc[::-1]], ignore_index=True)

    @cached_property
    def dropped(self) -> pd.DataFrame:
        """Pairs that were not studied: how many by outcome, and the first detail."""
        lost = {name: count for name, count in self.result.outcome_counts.items() if name != "ok"}
        details = {name: self._stored.first_lost(1, name)["detail"].tolist() for name in lost}
        rows = [(name, count, "".join(details[name])) for name, count in lost.items()]
        return pd.DataFrame(rows, columns=["outcome", "count", "detail"])
