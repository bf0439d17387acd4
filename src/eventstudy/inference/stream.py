"""Abnormal returns of many pairs, computed block by block when they are asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..panel_source import PanelSource
from .abnormal import AbnormalReturns

IntArray = npt.NDArray[np.int64]
# Pairs per block: of more, memory grows faster than the time of calls and of merging shrinks.
BLOCK = 8_192
THREADS = 2
Taken = TypeVar("Taken")


@dataclass(frozen=True, kw_only=True)
class EventStream:
    """Pairs of a source in blocks, each a deterministic set of pairs; an input of `Sample.of`.

    Pairs with the same session labels stand together, so that sums by date are made once for all of them; the pairs of
    one event are in one block.

    Parameters
    ----------
    source : PanelSource
        Of n pairs.
    estimate : callable
        From the numbers of pairs of the source to the abnormal returns of those that are usable, in this order.
    block : int
        Pairs per block; memory grows with it.
    threads : int
        Blocks computed in parallel, ahead of the consumer.
    """

    source: PanelSource
    estimate: Callable[[IntArray], AbnormalReturns]
    block: int = BLOCK
    threads: int = THREADS

    def __len__(self) -> int:
        return len(self.source)

    def __iter__(self) -> Iterator[AbnormalReturns]:
        return self.map(lambda block: block)

    @cached_property
    def blocks(self) -> list[IntArray]:
        """Numbers of the pairs of each block."""
        order, ends = self._order()
        # A block ends at the first place where it may, once it is full.
        full = ends[np.searchsorted(ends, np.arange(self.block, len(order), self.block))]
        cuts = np.unique([0, *full.tolist(), len(order)])
        return [order[start:end] for start, end in pairwise(cuts)]

    def _order(self) -> tuple[IntArray, IntArray]:
        """Return the pairs in the order of the blocks, and the positions at which a block may end."""
        event = self.source.event_numbers
        if len(event) == event.max(initial=-1) + 1:
            return np.argsort(self.source.label, kind="stable"), np.arange(1, len(event) + 1)
        day = self.source.rows["session"].to_numpy().astype("M8[s]").astype(np.int64)
        first = pd.Series(day).groupby(event).transform("min").to_numpy()
        order = np.lexsort((self.source.label, event, first))
        return order, np.append(np.flatnonzero(np.diff(event[order])) + 1, len(order))

    def each(self, take: Callable[[IntArray], Taken]) -> Iterator[Taken]:
        """Apply a function to the pairs of each block, in worker threads.

        Parameters
        ----------
        take : callable
            From the numbers of the pairs to whatever is to be kept.

        Yields
        ------
        Any
            Its results, in the order of the blocks.
        """
        pending: deque[Future[Taken]] = deque()
        with ThreadPoolExecutor(self.threads) as pool:
            for pairs in self.blocks:
                pending.append(pool.submit(take, pairs))
                if len(pending) > 2 * self.threads:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()

    def map(self, take: Callable[[AbnormalReturns], Taken]) -> Iterator[Taken]:
        """Apply a function to the abnormal returns of each block, in the worker thread that computed them.

        Parameters
        ----------
        take : callable
            From `AbnormalReturns` to whatever is to be kept.

        Yields
        ------
        Any
            Its results, in the order of the blocks.
        """
        return self.each(lambda pairs: take(self.estimate(pairs)))


def first_of(blocks: Iterable[AbnormalReturns]) -> AbnormalReturns:
    """Return the first block that has a pair; the first one where none has.

    Parameters
    ----------
    blocks : iterable of AbnormalReturns

    Returns
    -------
    AbnormalReturns
    """
    if not isinstance(blocks, EventStream):
        return next(iter(blocks))
    kept = map(blocks.estimate, blocks.blocks)
    first = next(kept)
    return first if len(first) else next((block for block in kept if len(block)), first)


def walk(blocks: Iterable[AbnormalReturns], take: Callable[[AbnormalReturns], Taken]) -> Iterator[Taken]:
    """Apply a function to each block that has a pair: in parallel for an `EventStream`, else one after the other.

    Parameters
    ----------
    blocks : iterable of AbnormalReturns
    take : callable
        From `AbnormalReturns` to whatever is to be kept.

    Yields
    ------
    Any
        Its results, in the order of the blocks.
    """
    if not isinstance(blocks, EventStream):
        return map(take, blocks)
    found = blocks.map(lambda block: take(block) if len(block) else None)
    return (one for one in found if one is not None)
