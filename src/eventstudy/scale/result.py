"""The result of a study over a pack: averages and tests in memory, the rows of pairs in Parquet files."""

from __future__ import annotations

from dataclasses import MISSING, fields
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import UsageError
from ..inference.averages import average_cars
from ..inference.significance.sample import Samples
from ..optional import need
from ..study.formats import AVERAGE_FORMATS, SUMMARY_HEADINGS, headed, in_units
from ..study.headline import headline_sentence
from ..study.result import EventStudyResult
from ..study.summary import Summary
from ..study.wording import kind_of
from ..windows import Window, covering
from .partition import FAILED, ROWS, Plan
from .passes import Partitions
from .storage import EXTRA, RUN, Folder
from .stored import NOT_HERE, Home, StoredEstimates, StoredPairs

LISTED = 40
ROWS_BELOW = tuple(f"{name}/" for name in ROWS)


class StoredResult(EventStudyResult):
    """What a study over a pack found; see `EventStudyResult`.

    Tables with a line for each pair are read from the folder of the run each time they are asked for; `dataset` opens
    them without reading. Averages of groups and regressions need a study in memory.
    """

    out: Folder
    remarks: tuple[str, ...]
    stored = (*ROWS, "overlaps", "reaction", "ar")

    def __init__(self, **values: Any) -> None:
        plain = {item.name: item for item in fields(EventStudyResult) if item.name not in ROWS}
        for name, item in plain.items():
            if name not in values and item.default_factory is not MISSING:
                values[name] = item.default_factory()
            elif name not in values and item.default is not MISSING:
                values[name] = item.default
        self.__dict__.update(values)

    @classmethod
    def of(
        cls,
        study: Any,
        *,
        plan: Plan,
        home: Home,
        samples: Samples,
        tests: pd.DataFrame,
        counted: Any,
        remarks: tuple[str, ...],
    ) -> StoredResult:
        """Collect what a run has found.

        Parameters
        ----------
        study : EventStudy
        plan : Plan
        home : Home
        samples : Samples
            Of all windows, summed.
        tests : DataFrame
        counted : object
            ``outcomes``, ``lost`` and ``files`` of all partitions.
        remarks : tuple of str

        Returns
        -------
        StoredResult
        """
        assert isinstance(samples.blocks, Partitions)
        sources = {name: digest for bucket in plan.pack.buckets for name, digest in bucket.files.items()}
        return cls(
            specification=study.specification(),
            method=(*study.method(), f"Computed bucket by bucket over the pack {plan.pack.folder.root}."),
            dated=(),
            pairs=StoredPairs(blocks=samples.blocks, span=covering(samples.windows)),
            estimates=StoredEstimates(sums=samples.sums, windows=samples.windows),
            bars=None,
            tests=tests,
            instruments=study._known(None),
            files=sources,
            out=home.folder,
            remarks=remarks,
            _counts=dict(counted.outcomes),
            _lost=counted.lost,
            _home=home,
            _samples=samples,
            _names=tuple(counted.files),
        )

    def dataset(self, table: str) -> Any:
        """Open a table of rows without reading it.

        Parameters
        ----------
        table : {"events", "car", "outcomes", "alignment", "lost"}

        Returns
        -------
        pyarrow.dataset.Dataset
        """
        if table not in ROWS:
            raise UsageError(f"table {table!r}: choose from {', '.join(ROWS)}")
        return self.out.dataset([name for name in self.__dict__["_names"] if name.startswith(f"{table}/")])

    def differing_rows(self, other: Folder) -> dict[str, str]:
        """Compare the files of rows with those of the same run in another folder.

        Parameters
        ----------
        other : Folder
            Without a run in it nothing is compared.

        Returns
        -------
        dict of str to str
            What the other folder has in place of a file, by name.
        """
        if not other.holds(RUN):
            return {}
        rows = [name for name in self.__dict__["_names"] if name.startswith(ROWS_BELOW)]
        gone = {name: "nothing" for name in rows if not other.holds(name)}
        kept = [name for name in rows if name not in gone]
        changed = {name: "other bytes" for name in kept if other.read(name) != self.out.read(name)}
        return gone | changed

    def first_rows(self, table: str, count: int) -> pd.DataFrame:
        """Read the first rows of a table.

        Parameters
        ----------
        table : str
            As `dataset` has it.
        count : int

        Returns
        -------
        DataFrame
        """
        frame: pd.DataFrame = self.dataset(table).head(count).to_pandas()
        return frame

    @property
    def outcome_counts(self) -> dict[str, int]:
        """How many pairs have which outcome."""
        counts: dict[str, int] = self.__dict__["_counts"]
        return counts

    @cached_property
    def event_count(self) -> int:
        """Number of events with a usable pair."""
        samples: Samples = self.__dict__["_samples"]
        return int(samples.event_codes.max()) + 1

    @property
    def lost_count(self) -> int:
        """Number of windows that lack days."""
        return int(self.__dict__["_lost"])

    def beyond(self, window: Window, low: float, high: float) -> pd.DataFrame:
        """Read the pairs with a cumulative abnormal return at or beyond two bounds, with their day 0.

        Parameters
        ----------
        window : Window
        low, high : float

        Returns
        -------
        DataFrame
            ``event_id, symbol, car, t``, title and url where known, and ``session``.
        """
        field = need("pyarrow.compute", EXTRA).field
        data = self.dataset("events")
        names = [name for name in ("event_id", "symbol", "car", "t", "title", "url") if name in data.schema.names]
        outside = (field("window") == window.label) & ((field("car") <= low) | (field("car") >= high))
        rows = data.to_table(columns=names, filter=outside).to_pandas()
        placed = self.dataset("alignment").to_table(
            columns=["event_id", "market", "session"], filter=field("event_id").isin(rows["event_id"].tolist())
        )
        days = placed.to_pandas().rename(columns={"market": "symbol"})
        found: pd.DataFrame = rows.merge(days, on=["event_id", "symbol"], how="left")
        return found

    def first_lost(self, count: int, outcome: str = "") -> pd.DataFrame:
        """Return the first pairs that were not studied.

        Parameters
        ----------
        count : int
            At most so many.
        outcome : str
            Only those with this outcome; by default all but those of a bucket that failed, which `remarks` counts.

        Returns
        -------
        DataFrame
        """
        field = need("pyarrow.compute", EXTRA).field("outcome")
        wanted = field == outcome if outcome else ~field.isin(["ok", FAILED])
        frame: pd.DataFrame = self.dataset("outcomes").head(count, filter=wanted).to_pandas()
        return frame

    @property
    def reaction(self) -> pd.DataFrame:
        """Day 0 of every pair is a window of `car` here."""
        raise UsageError(NOT_HERE)

    @property
    def overlaps(self) -> pd.DataFrame:
        """Other events of the same market are not listed over a pack."""
        raise UsageError(NOT_HERE)

    def _read(self, table: str) -> pd.DataFrame:
        frame: pd.DataFrame = self.dataset(table).to_table().to_pandas()
        return frame

    @property
    def events(self) -> pd.DataFrame:
        """Estimates and cumulative abnormal returns of every event and window, read from the run's folder."""
        return self._read("events")

    @property
    def car(self) -> pd.DataFrame:
        """Cumulative abnormal returns of every pair and window, read from the run's folder."""
        return self._read("car")

    @property
    def outcomes(self) -> pd.DataFrame:  # type: ignore[override]
        """What became of every pair, read from the run's folder."""
        return self._read("outcomes")

    @property
    def alignment(self) -> pd.DataFrame:  # type: ignore[override]
        """Day 0 of every pair, read from the run's folder."""
        return self._read("alignment")

    @property
    def lost(self) -> pd.DataFrame:  # type: ignore[override]
        """Windows that lack days, read from the run's folder."""
        return self._read("lost")

    @property
    def windows(self) -> list[Window]:
        """The study's windows, without the day 0 that is always computed."""
        return [Window.of(window) for window in self.specification["windows"]]

    @cached_property
    def aar(self) -> pd.DataFrame:
        """Average and cumulative average abnormal return of every event day, by two passes on one engine."""
        partitions: Any = self.pairs.blocks
        with partitions.engine():
            table: pd.DataFrame = super().aar
        return table

    @cached_property
    def averages(self) -> pd.DataFrame:
        """Averages of every window, from the sums of the run."""
        samples: Samples = self.__dict__["_samples"]
        return average_cars(samples, self.windows)

    def _average_cars(self, pairs: npt.NDArray[np.int64] | None, weights: object = None) -> pd.DataFrame:
        if pairs is not None or weights is not None:
            raise UsageError(NOT_HERE)
        return self.averages

    def _labels(self, by: object) -> pd.Series:
        raise UsageError(NOT_HERE)

    def _of_event(self, frame: pd.DataFrame, event_id: str | None) -> pd.DataFrame:
        raise UsageError(NOT_HERE)

    def finding(self) -> tuple[str, ...]:
        """Return what the study found in sentences: how many pairs, and the test to read first of each window.

        Returns
        -------
        tuple of str
        """
        returns, lost = (
            kind_of(self.specification),
            sum(self.outcome_counts.values()) - self.outcome_counts.get("ok", 0),
        )
        left = f"{lost:,} pair{'' if lost == 1 else 's'} left out"
        counted = f"{len(self.estimates):,} pairs of an event with a market; {left}."
        rows = self.averages.to_dict("records")
        told = [
            headline_sentence(self.tests, row["window"], row["mean_car"], row["n"], returns, self.instruments)
            for row in rows
            if row["n"] and len(self.tests)
        ]
        return (counted, *told)

    def summary(self) -> Summary:
        """Return the finding with the averages.

        Returns
        -------
        Summary
        """
        lost = [f"left out: {count:,} {name}" for name, count in self.outcome_counts.items() if name != "ok"]
        columns = ["window", "n", "mean_car", "median_car", "positive", "test", "statistic", "p"]
        return Summary(
            lines=self.finding(),
            table=self.averages[columns],
            formats=in_units(AVERAGE_FORMATS, self.specification),
            left_out=(*lost[:LISTED], *self.remarks[:LISTED]),
            headings=headed(SUMMARY_HEADINGS, self.specification),
        )
