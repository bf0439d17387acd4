"""The work of one partition: some events of one bucket, from its files to rows and sums in the output folder.

Each function is plain: what it is given decides what it writes, so it may run anywhere and again.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError
from ..inference.battery import TEST_COLUMNS
from ..inference.estimates import Estimates
from ..inference.significance.merging import gather, merged
from ..inference.significance.sample_sums import SampleSums
from ..study import tables as frames
from ..study.characteristics import with_characteristics
from ..study.event_list import EventList
from ..study.inputs import Inputs, prices_given
from ..study.meeting import Meeting
from ..study.own_windows import OwnWindows
from ..study.pairs import Pairs
from ..windows import Window
from .engines import frugal
from .pack import RETURNS, SYMBOL, Pack
from .records import record_bytes
from .storage import Folder
from .tables import parquet_bytes, parquet_table
from .versions import Versions, refuse_others, versions

SUMS = "sums"
# Tables of rows that a run writes, one file a partition.
ROWS = ("events", "car", "outcomes", "alignment", "lost")
FAILED = "bucket_failed"
Done = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What every partition of a run shares.

    Parameters
    ----------
    study : EventStudy
    pack : Pack
    out : Folder
        Where rows and sums go.
    run : str
        Fingerprint of the study, the pack, the events and the versions.
    common : tuple of str
        Symbols of the benchmark and the factors, which every partition reads.
    versions : mapping of str to str
        Of the packages that compute.
    """

    study: Any
    pack: Pack
    out: Folder
    run: str
    common: tuple[str, ...]
    versions: Versions


@dataclass(frozen=True, kw_only=True)
class Partition:
    """Some events of one bucket.

    Parameters
    ----------
    number : int
        Sums are added in this order.
    bucket : int
        Position in the pack.
    events : str
        File of the events in the output folder.
    digest : str
        Its SHA-256.
    """

    number: int
    bucket: int
    events: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Task:
    """One step of a run for one partition.

    Parameters
    ----------
    plan : Plan
    part : Partition
    step : str
        Name of the step; its answer is kept under it.
    take, place, merge : callable
        As `eventstudy.inference.significance.merging.gather` has them; unused in the first step.
    columns : tuple of ndarray
        Values of the pairs of the partition.
    """

    plan: Plan
    part: Partition
    step: str
    take: Callable[..., Any] | None = None
    place: Callable[..., Any] | None = None
    merge: Callable[..., Any] = merged
    columns: tuple[np.ndarray[Any, Any], ...] = ()

    def __str__(self) -> str:
        return f"partition {self.part.number} (bucket {self.plan.pack.buckets[self.part.bucket].name})"

    @property
    def note(self) -> str:
        """Name of the file that says what the step has written."""
        return f"state/{self.step}/{self.part.number:05d}.json"

    @property
    def record(self) -> str:
        """Name of the file with the sums of the step."""
        return f"state/{self.step}/{self.part.number:05d}.npz"

    def row_file(self, table: str) -> str:
        """Return the name of the file with the rows of a table."""
        return f"{table}/part-{self.part.number:05d}.parquet"

    def done(self) -> Done | None:
        """Return what the step has written, if all of it is there as it was written.

        Returns
        -------
        dict or None
        """
        if not self.plan.out.holds(self.note):
            return None
        try:
            note: Done = json.loads(self.plan.out.read(self.note))
            if note["run"] != self.plan.run or note["failed"]:
                return None
            for name, digest in note["files"].items():
                self.plan.out.read(name, digest)
        except (InputError, ValueError, LookupError, TypeError):
            return None
        return note

    def finish(self, files: Mapping[str, bytes], **facts: Any) -> Done:
        """Write files, and then the note that names them.

        Parameters
        ----------
        files : mapping of str to bytes
        **facts
            Further entries of the note.

        Returns
        -------
        dict
            The note.
        """
        hashes = {name: self.plan.out.write(name, content) for name, content in files.items()}
        note = {"run": self.plan.run, "failed": "", "files": hashes, **facts}
        self.plan.out.write(self.note, json.dumps(note).encode())
        return note


@frugal
def estimate_part(task: Task) -> Done:
    """Estimate the pairs of a partition: write their rows, and the sums that the tests need.

    Parameters
    ----------
    task : Task

    Returns
    -------
    dict
        ``files`` by name with their SHA-256, ``pairs`` (usable ones), ``outcomes`` by kind, ``failed``: why the
        bucket could not be read, in which case every line has the outcome ``bucket_failed``.
    """
    refuse_others(platform.node(), versions(), task.plan.versions)
    if (done := task.done()) is not None:
        return done
    events = _events(task)
    try:
        inputs = _inputs(task)
    except InputError as error:
        return _all_failed(task, events, str(error))
    study, meeting = _met(task, events, inputs)
    pairs = study._pairs(meeting.alignment, inputs, OwnWindows())
    every = tuple(dict.fromkeys(study.event_windows))
    estimates, lost, samples = pairs.estimates(every, tested=True)
    tables = _rows(study, estimates, lost, meeting)
    files = {task.row_file(name): parquet_bytes(_plain(table)) for name, table in tables.items()}
    if len(estimates):
        sums = samples.collected or SampleSums.of(pairs.abnormal, every)
        files[task.record] = record_bytes(_slim(sums, pairs, task.plan.pack))
    found = tables["outcomes"]
    counts = {str(name): int(count) for name, count in found["outcome"].value_counts(sort=False).items()}
    return task.finish(files, pairs=len(estimates), outcomes=counts, lost=len(lost))


@frugal
def gather_part(task: Task) -> Done:
    """Sum over the pairs of a partition what a test needs beside the first sums.

    Parameters
    ----------
    task : Task

    Returns
    -------
    dict
    """
    refuse_others(platform.node(), versions(), task.plan.versions)
    if (done := task.done()) is not None:
        return done
    assert task.take is not None
    pairs = pairs_of(task)
    record = gather(pairs.blocks, task.take, *task.columns, place=task.place, merge=task.merge)
    record = _slim(record, pairs, task.plan.pack) if isinstance(record, SampleSums) else record
    return task.finish({task.record: record_bytes(record)})


def pairs_of(task: Task) -> Pairs:
    """Return the pairs of a partition, not yet estimated.

    Parameters
    ----------
    task : Task

    Returns
    -------
    Pairs

    Raises
    ------
    InputError
        If the bucket cannot be read.
    """
    inputs = _inputs(task)
    study, meeting = _met(task, _events(task), inputs)
    pairs: Pairs = study._pairs(meeting.alignment, inputs, OwnWindows())
    return pairs


def _events(task: Task) -> EventList:
    """Read the events of the partition."""
    content = task.plan.out.read(task.part.events, task.part.digest)
    frame = parquet_table(content, task.part.events).to_pandas().set_index("line")
    frame["symbol"] = frame["symbol"].astype(object).where(frame["symbol"].notna(), None)
    return EventList(frame=frame)


def _inputs(task: Task) -> Inputs:
    """Read the prices or returns that the partition needs."""
    plan, study = task.plan, task.plan.study
    bucket = plan.pack.buckets[task.part.bucket]
    parts = plan.pack.rows_with(bucket, plan.common)
    if plan.pack.holds == RETURNS:
        wide = [plan.pack.returns(part) for part in parts]
        frame = wide[0] if len(wide) == 1 else pd.concat(wide, axis="columns", sort=True)
        return Inputs.of_returns(frame, kind=study.returns, unit="fraction", instruments=study._known(None))
    rows = parts[0] if len(parts) == 1 else pd.concat([part.astype({SYMBOL: object}) for part in parts])
    wanted = [*bucket.symbols, *plan.common]
    prices = prices_given(study, plan.pack.bars(rows), wanted)
    assert prices is not None
    return Inputs.of_prices(prices, study.returns, study.rolls, measure=study._measure)


def _met(task: Task, events: EventList, inputs: Inputs) -> tuple[Any, Meeting]:
    """Align the events with the markets of the bucket."""
    study = task.plan.study
    bucket = set(task.plan.pack.buckets[task.part.bucket].symbols)
    markets = [name for name in study._markets(inputs.series) if name in bucket]
    by_the_bar = inputs.prices if study.bars else None
    meeting = Meeting.of(events, markets, by_the_bar, study._known(inputs.prices))
    return study, replace(meeting, late=None)


def _rows(study: Any, estimates: Estimates, lost: pd.DataFrame, meeting: Meeting) -> dict[str, pd.DataFrame]:
    """Return the rows of the pairs, by table."""
    windows = [Window.of(window) for window in study.windows]
    lengths = np.full(len(estimates), study.estimation_window.length, dtype=np.int64)
    no_tests = pd.DataFrame(columns=list(TEST_COLUMNS))
    return {
        "events": with_characteristics(frames.events(estimates, windows, lost), meeting.characteristics),
        "car": frames.with_headline(frames.car(estimates, windows, lost, {}), no_tests),
        "outcomes": frames.outcomes(estimates, lengths),
        "alignment": meeting.alignment,
        "lost": lost,
    }


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose columns of objects are text, so that every partition has the same types."""
    text = [name for name in frame if frame[name].dtype == object]
    return frame.astype(dict.fromkeys(text, "string")) if text else frame


def _slim(sums: SampleSums, pairs: Pairs, pack: Pack) -> SampleSums:
    """Return sums with numbers in place of the names of events and markets.

    An event is 64 bits of a hash of its name, the same in every partition: of ten million names two are taken for one
    with a probability of 3e-6.
    """
    residuals, rows = sums.residuals, pairs.source.rows
    events, event = _known(residuals.events, rows["event_id"])
    ids: Any = pd.util.hash_array(events, categorize=False).view(np.int64)[event]
    place = {symbol: at for at, symbol in enumerate(pack.symbols)}
    markets, market = _known(residuals.markets, rows["market"])
    numbers: Any = np.array([place.get(str(name), -1) for name in markets], dtype=np.int32)[market]
    return replace(sums, residuals=replace(residuals, events=ids, markets=numbers))


def _known(values: Any, names: pd.Series) -> tuple[Any, Any]:
    """Return the names of events or markets, and the position of each value, itself a name or a position, in them."""
    if values.dtype.kind == "i":
        return np.asarray(names.unique(), dtype=object), values
    number, known = pd.factorize(values)
    return np.asarray(known, dtype=object), number


def _all_failed(task: Task, events: EventList, why: str) -> Done:
    """Write that no event of the partition could be studied."""
    lines = events.frame
    rows = pd.DataFrame(
        {
            "event_id": lines["event_id"].astype(str).to_numpy(),
            "market": lines["symbol"].fillna("").astype(str).to_numpy(),
            "session": lines["session"].to_numpy(),
            "outcome": FAILED,
            "observations": 0,
            "detail": why,
        }
    )
    files = {task.row_file("outcomes"): parquet_bytes(_plain(rows))}
    return task.finish(files, failed=why, pairs=0, outcomes={FAILED: len(rows)}, lost=0)
