"""The partitions of a run as the blocks of a sample: every sum is made where the data are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from ..inference.abnormal import AbnormalReturns
from ..inference.significance.merging import merged
from ..inference.significance.sample import Samples
from ..inference.significance.sample_sums import SampleSums
from .engines import Engine
from .partition import Done, Partition, Plan, Task, gather_part, pairs_of
from .records import read_record, record_bytes
from .spool import Spool


@dataclass(kw_only=True, eq=False)
class Partitions:
    """The abnormal returns of all partitions, never held at once.

    Parameters
    ----------
    plan : Plan
    parts : list of Partition
        Those with usable pairs.
    counts : list of int
        Their usable pairs.
    engine : callable
        Gives the engine within a ``with`` statement.
    spool : Spool
    """

    plan: Plan
    parts: list[Partition]
    counts: list[int]
    engine: Callable[[], AbstractContextManager[Engine]]
    spool: Spool = field(default_factory=Spool)

    def __iter__(self) -> Iterator[AbnormalReturns]:
        """Yield the blocks of every partition, computed in this process."""
        for part in self.parts:
            pairs = pairs_of(Task(plan=self.plan, part=part, step=""))
            yield from (block for block in pairs.blocks if len(block))

    def gather(
        self,
        take: Callable[[AbnormalReturns], Any],
        *columns: np.ndarray[Any, Any],
        place: Callable[..., Any] | None = None,
        merge: Callable[[Sequence[Any]], Any] = merged,
    ) -> Any:
        """Take a record of every block where its partition is, and merge them in the order of the partitions.

        Parameters
        ----------
        take, place, merge : callable
            See `eventstudy.inference.significance.merging.gather`.
        *columns : ndarray, shape (n, ...)
            Values of all pairs.

        Returns
        -------
        record
        """
        step, tasks, start = _named(take, columns), [], 0
        for part, count in zip(self.parts, self.counts, strict=True):
            own = tuple(np.asarray(column[start : start + count]) for column in columns)
            start += count
            tasks.append(Task(plan=self.plan, part=part, step=step, take=take, place=place, merge=merge, columns=own))
        with self.engine() as engine:
            return self.collected(tasks, engine.map(gather_part, tasks), merge)

    def collected(self, tasks: Sequence[Task], notes: Iterator[Done], merge: Callable[[Sequence[Any]], Any]) -> Any:
        """Merge the sums of a step.

        Parameters
        ----------
        tasks : sequence of Task
        notes : iterator of dict
            What they return, in their order.
        merge : callable

        Returns
        -------
        record
        """
        return self.spool.merged(map(self._read, tasks, notes), merge)

    def _read(self, task: Task, note: Done) -> Any:
        """Read the sums of one partition."""
        content = self.plan.out.read(task.record, note["files"][task.record])
        return read_record(content, self.plan.out.name(task.record))


@dataclass(frozen=True, kw_only=True, eq=False)
class StoredSamples(Samples):
    """The samples of partitions that were summed before, whose numbers of pairs are memory maps."""

    @property
    def sums(self) -> SampleSums:
        """Numbers of every pair, and sums by day and by date; what was read before is let go first."""
        assert isinstance(self.blocks, Partitions) and self.collected is not None
        self.blocks.spool.release()
        return self.collected


def _named(take: Callable[..., Any], columns: Sequence[Any]) -> str:
    """Return a name for a step: the function, and the hash of what it is given."""
    bound = take if isinstance(take, partial) else partial(take)
    given = tuple(tuple(one) if isinstance(one, list) else one for one in (*bound.args, *bound.keywords.values()))
    digest = hashlib.sha256(record_bytes(given))
    for column in columns:
        # Hashed in place: a copy of what is given of all pairs may not fit.
        digest.update(f"{column.dtype} {column.shape}".encode())
        digest.update(np.ascontiguousarray(column).view(np.uint8).data)
    return f"{bound.func.__qualname__.strip('_')}-{digest.hexdigest()[:16]}"
