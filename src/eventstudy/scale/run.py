"""A study over a pack: events to partitions, partitions to rows and sums, sums to tests."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from ..errors import InputError, NotEnoughDataError, OutputError, UnknownNameError, UsageError
from ..files import sha256
from ..inference.battery import MANY, TestPlan, run_tests
from ..inference.models.protocol import Column
from ..inference.overlaps import Overlap
from ..inference.significance.merging import merged
from ..inference.significance.protocol import Scope
from ..inference.significance.sample_sums import SampleSums
from ..study.given import EventsLike
from ..study.inputs import refuse_measure
from .dask_engine import engine_of
from .engines import Engine, bytes_of, workers_for
from .options import Options
from .pack import RETURNS, Pack
from .partition import SUMS, Done, Partition, Plan, Task, estimate_part
from .passes import Partitions, StoredSamples
from .result import StoredResult
from .routing import route
from .storage import RUN, Folder
from .stored import Home
from .versions import PACKAGE, versions


@dataclass(kw_only=True)
class _Session:
    """The engine of a run: open while the run lasts, opened again for what is asked of its result later."""

    options: Options
    engine: Engine | None = None

    @contextmanager
    def __call__(self) -> Iterator[Engine]:
        """Give the engine."""
        if self.engine is not None:
            yield self.engine
            return
        memory = bytes_of(self.options.memory)
        with engine_of(self.options.engine, workers_for(memory, self.options.workers), memory) as engine:
            self.engine = engine
            try:
                yield engine
            finally:
                self.engine = None


@dataclass(kw_only=True)
class _Counted:
    """What became of all pairs."""

    parts: list[Partition] = field(default_factory=list)
    pairs: list[int] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    files: list[str] = field(default_factory=list)

    def add(self, part: Partition, note: Done) -> None:
        """Count the pairs of one partition."""
        self.outcomes.update(note["outcomes"])
        self.lost += int(note["lost"])
        self.files += [str(name) for name in note["files"]]
        if note["failed"]:
            self.failed[str(note["failed"])] += sum(note["outcomes"].values())
        if note["pairs"]:
            self.parts.append(part)
            self.pairs.append(int(note["pairs"]))


def run_packed(study: Any, events: EventsLike, root: str, options: Options) -> StoredResult:
    """Meet events with the prices or returns of a pack.

    Parameters
    ----------
    study : EventStudy
    events : Event, iterable of Event, EventList, DataFrame or path
    root : str
        The folder of the pack.
    options : Options

    Returns
    -------
    StoredResult

    Raises
    ------
    UsageError
        If the study does not go with the pack.
    InputError
        If the pack is not whole, or a run is taken up with other inputs.
    OutputError
        If there is a run in the folder and it is not to be taken up.
    NotEnoughDataError
        If no event can be used.
    """
    pack = Pack.open(root)
    declared = _declared(study, pack)
    tests = _tests(declared)
    session = _Session(options=options)
    home = Home.of(options.out)
    _refuse_taken(home.folder, allowed=options.resume or options.force)
    with session() as engine:
        if not (home.folder.shared and pack.folder.shared) and not engine.here:
            raise UsageError(f"{home.folder.root}: other processes do not see memory://; give workers = 1")
        plan, parts = _planned(declared, events, pack, home.folder, resume=options.resume)
        tasks = [Task(plan=plan, part=part, step=SUMS) for part in parts]
        counted = _Counted()
        partitions = Partitions(plan=plan, parts=counted.parts, counts=counted.pairs, engine=session)
        sums = _summed(partitions, tasks, engine, counted)
        windows = tuple(dict.fromkeys(declared.event_windows))
        samples = StoredSamples(blocks=partitions, windows=windows, collected=sums)
        made = run_tests(samples, windows, tests) if tests.names else pd.DataFrame()
    return StoredResult.of(
        declared,
        plan=plan,
        home=home,
        samples=samples,
        tests=made,
        counted=counted,
        remarks=_remarks(pack, parts, counted.failed),
    )


def _declared(study: Any, pack: Pack) -> Any:
    """Return the study with the kind of returns that the pack holds, or raise where the two do not fit."""
    if Column.MATCHED in study._model.reads:
        raise UsageError(f"model {study._model.name!r} takes peers of each market; over a pack choose another model")
    for name in ("diagnostics", "event_weights"):
        if getattr(study, name) is not None:
            raise UsageError(f"`{name}` asks for a table of a study in memory; leave it out over a pack")
    if study.markets is not None:
        for symbol in study.markets:
            if symbol not in pack.bucket_of:
                raise UnknownNameError("market", symbol, pack.bucket_of, pack.folder.root)
    if pack.holds == RETURNS:
        refuse_measure(study)
        if study.bars is not None:
            raise UsageError(f"{pack.folder.root} holds returns; a study in bars needs a pack of prices")
        if study.returns_kind not in (None, pack.kind) or study.returns_unit == "percent":
            raise UsageError(
                f"{pack.folder.root} holds {pack.kind} returns as fractions; leave out returns_kind and unit"
            )
        return replace(study, returns=pack.kind)
    if pack.intraday != (study.bars is not None):
        held, cure = (
            ("bars", 'give bars = "15min" or the like') if pack.intraday else ("daily prices", "leave out bars")
        )
        raise UsageError(f"{pack.folder.root} holds {held}; {cure}")
    return study


def _tests(study: Any) -> TestPlan:
    """Return which tests are made: those of the whole sample."""
    plan: TestPlan = study._plan(MANY + 1)
    for test in plan.tests:
        if test.scope is not Scope.SAMPLE:
            raise UsageError(
                f"test {test.name} looks at one pair or event; over a pack, choose tests of the whole sample"
            )
    return plan


def _refuse_taken(out: Folder, *, allowed: bool) -> None:
    """Raise where another run is in the folder."""
    if out.holds(RUN) and not allowed:
        raise OutputError(
            f"{out.name(RUN)} already there; pass --resume to go on with that run, or another --out folder"
        )


def _planned(study: Any, events: EventsLike, pack: Pack, out: Folder, *, resume: bool) -> tuple[Plan, list[Partition]]:
    """Route the events, and fix what the run is of."""
    common = tuple(dict.fromkeys(study._factor_names(dict.fromkeys(pack.symbols))))
    parts = route(events, pack, out, whole=study.overlap != Overlap.KEEP)
    own = versions()
    known = {
        "format": 1,
        "version": own[PACKAGE],
        **{name: one for name, one in own.items() if name != PACKAGE},
        "pack": pack.digest,
        "study": sha256(json.dumps(study.specification(), sort_keys=True, default=str).encode()),
        "events": sha256(json.dumps([(part.bucket, part.digest) for part in parts]).encode()),
    }
    content = (json.dumps(known, indent=1) + "\n").encode()
    if resume and out.holds(RUN):
        _same_run(out, known)
    out.write(RUN, content)
    plan = Plan(study=study, pack=pack, out=out, run=sha256(content), common=common, versions=own)
    return plan, parts


def _same_run(out: Folder, known: dict[str, Any]) -> None:
    """Raise unless the run in the folder is of the same inputs."""
    try:
        before = json.loads(out.read(RUN))
        other = [name for name, value in known.items() if before.get(name) != value]
    except (ValueError, AttributeError):
        other = ["note of the run"]
    if other:
        raise InputError(
            f"{out.name(RUN)}: that run had another {other[0]}; give another --out folder, or the same inputs"
        )


def _summed(partitions: Partitions, tasks: Sequence[Task], engine: Engine, counted: _Counted) -> SampleSums:
    """Estimate all partitions, and add their sums in the order of the partitions."""

    def usable() -> Iterator[tuple[Task, Done]]:
        for task, note in zip(tasks, engine.map(estimate_part, tasks), strict=True):
            counted.add(task.part, note)
            if note["pairs"]:
                yield task, note

    records = (partitions._read(task, note) for task, note in usable())
    first = next(records, None)
    if first is None:
        counts = "; ".join(f"{n:,} {name}" for name, n in counted.outcomes.items())
        why = next(iter(counted.failed), counts)
        raise NotEnoughDataError(f"no market is left to study: {why or 'no event meets a bucket'}")
    sums: SampleSums = partitions.spool.merged(_chained(first, records), merged)
    return sums


def _chained(first: SampleSums, others: Iterator[SampleSums]) -> Iterator[SampleSums]:
    yield first
    yield from others


def _remarks(pack: Pack, parts: Sequence[Partition], failed: Counter[str]) -> tuple[str, ...]:
    """Say which buckets have no events or could not be read."""
    met = {part.bucket for part in parts}
    empty = [bucket.name for at, bucket in enumerate(pack.buckets) if at not in met]
    named = f"{', '.join(empty[:5])}{' ...' if len(empty) > 5 else ''}"
    said = [f"no events for {len(empty)} of {len(pack.buckets)} buckets: {named}"] if empty else []
    return (*said, *(f"bucket left out, {count:,} pairs: {why}" for why, count in failed.items()))
