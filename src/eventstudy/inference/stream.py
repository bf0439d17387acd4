"""Events on one table of returns, computed in blocks on demand."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view as windows_of

from ..errors import UsageError
from ..panel import EventPanel, Outcome
from ..windows import Window
from .abnormal import AbnormalReturns, abnormal_returns
from .estimation import rows_needed
from .models.least_squares import FloatArray, IntArray
from .models.protocol import Model

BLOCK = 4_096
Taken = TypeVar("Taken")


@dataclass(frozen=True, kw_only=True)
class EventStream:
    """Abnormal returns of any number of events, block by block; an input of `Sample.of`.

    Parameters
    ----------
    returns : ndarray, shape (S, D)
        Simple or logarithmic returns (fractions) of S securities on D common sessions; NaN where missing.
    factors : ndarray, shape (D, f)
        Benchmark or factor returns of the same sessions.
    factor_names : tuple of str, length f
    sessions : ndarray of datetime64[D], shape (D,)
    symbols : ndarray of object, shape (S,)
    security, day : ndarray of int, shape (n,)
        Row of `returns` and column of day 0 of each event.
    event_ids : ndarray of object, shape (n,)
    model : Model
    estimation : Window
    windows : tuple of Window
    block : int
        Events per block; memory grows with it, results do not depend on it.
    threads : int
        Blocks computed in parallel, ahead of the consumer.

    Raises
    ------
    UsageError
        If an event's windows extend beyond the table.
    """

    returns: FloatArray
    factors: FloatArray
    factor_names: tuple[str, ...]
    sessions: npt.NDArray[np.datetime64]
    symbols: npt.NDArray[np.object_]
    security: IntArray
    day: IntArray
    event_ids: npt.NDArray[np.object_]
    model: Model
    estimation: Window
    windows: tuple[Window, ...]
    block: int = BLOCK
    threads: int = 2

    def __post_init__(self) -> None:
        inside = (self.day + self.tau[0] >= 0) & (self.day + self.tau[-1] < self.returns.shape[1])
        if not inside.all():
            first = self.event_ids[~inside][0]
            raise UsageError(f"event {first!r}: its windows reach beyond the {self.returns.shape[1]} sessions")

    @property
    def tau(self) -> IntArray:
        """Event time of the rows needed, shape (T,)."""
        rows = rows_needed(self.model, self.estimation, self.windows)
        return np.arange(rows.first, rows.last + 1)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Labels of all events, as in `EventPanel`."""
        labels = {
            "event_id": self.event_ids,
            "market": self.symbols[self.security],
            "session": self.sessions[self.day],
            "outcome": str(Outcome.OK),
            "detail": "",
        }
        return pd.DataFrame(labels)

    def __iter__(self) -> Iterator[AbnormalReturns]:
        return self.map(lambda block: block)

    def map(self, take: Callable[[AbnormalReturns], Taken]) -> Iterator[Taken]:
        """Apply a function to each block, in the worker thread that computed it.

        Parameters
        ----------
        take : callable
            From `AbnormalReturns` to whatever is to be kept.

        Yields
        ------
        Any
            Its results, in the order of the blocks.
        """
        pending: deque[Future[Taken]] = deque()
        with ThreadPoolExecutor(self.threads) as pool:
            for start in range(0, len(self.day), self.block):
                rows = slice(start, start + self.block)
                pending.append(pool.submit(self._taken, take, rows))
                if len(pending) > 2 * self.threads:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()

    def panel(self, rows: slice) -> EventPanel:
        """Return the panel of some of the events.

        Parameters
        ----------
        rows : slice
            Of the n events.

        Returns
        -------
        EventPanel
        """
        security, start = self.security[rows], self.day[rows] + self.tau[0]
        tau = self.tau
        length = len(tau)
        return EventPanel(
            rows=self.rows.iloc[rows].reset_index(drop=True),
            tau=tau,
            returns=windows_of(self.returns, length, axis=1)[security, start],
            sessions=windows_of(self.sessions, length)[start],
            factors=np.swapaxes(windows_of(self.factors, length, axis=0)[start], 1, 2),
            factor_names=self.factor_names,
        )

    def _taken(self, take: Callable[[AbnormalReturns], Taken], rows: slice) -> Taken:
        """Compute one block and apply a function to it."""
        return take(self._abnormal(rows))

    def _abnormal(self, rows: slice) -> AbnormalReturns:
        """Compute the abnormal returns of one block."""
        windows: Sequence[Window] = self.windows
        return abnormal_returns(self.model, self.panel(rows), estimation=self.estimation, windows=windows)


def walk(blocks: Iterable[AbnormalReturns], take: Callable[[AbnormalReturns], Taken]) -> Iterator[Taken]:
    """Apply a function to each block: in parallel for an `EventStream`, one after the other for other iterables.

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
    return blocks.map(take) if isinstance(blocks, EventStream) else map(take, blocks)
