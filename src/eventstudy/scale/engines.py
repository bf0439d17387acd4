"""Engines: they call one function for each task and give the answers in the order of the tasks.

An engine is any object with `Engine`'s two methods. The functions are those of a module or partials of them.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Protocol

from ..errors import UsageError

# How often a task is tried again after its worker was lost.
TRIES = 12
MEGABYTE = 1_000_000
# What a process takes before and beside its partition, measured (docs/scale.md).
OF_THE_DRIVER, OF_A_WORKER = 500 * MEGABYTE, 750 * MEGABYTE
UNITS = {"KB": 1_000, "MB": MEGABYTE, "GB": 1_000 * MEGABYTE, "TB": 1_000_000 * MEGABYTE}


class Engine(Protocol):
    """Where tasks run."""

    def map(self, work: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[Any]:
        """Yield what a function returns for each task, in the order of the tasks."""
        ...

    @property
    def here(self) -> bool:
        """Whether tasks run within this process."""
        ...


@dataclass(kw_only=True, eq=False)
class LocalEngine:
    """Processes of this machine, started when they are first needed; one alone is the calling process itself.

    Parameters
    ----------
    workers : int
    """

    workers: int
    _pool: ProcessPoolExecutor | None = None
    _before: set[Any] = field(default_factory=set)
    _children: set[Any] = field(default_factory=set)

    @property
    def here(self) -> bool:
        """Whether tasks run within this process."""
        return self.workers == 1

    def map(self, work: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[Any]:
        """Yield what a function returns for each task, in the order of the tasks.

        Parameters
        ----------
        work : callable
        tasks : sequence

        Yields
        ------
        object

        Raises
        ------
        UsageError
            If the worker of a task is lost again and again.
        """
        if self.here or len(tasks) < 2:
            yield from map(work, tasks)
            return
        left, tries = deque(tasks), 0
        while left:
            try:
                for answer in self._mapped(work, list(left)):
                    left.popleft()
                    tries = 0
                    yield answer
            except BrokenProcessPool:
                # The pool is made anew; tasks that were done come back at once from what they wrote.
                tries += 1
                if tries > TRIES:
                    raise UsageError(lost(left[0])) from None

    def _mapped(self, work: Callable[[Any], Any], tasks: list[Any]) -> Iterator[Any]:
        """Yield the answers in order, with a few tasks waiting ahead."""
        waiting: deque[Future[Any]] = deque()
        try:
            for task in tasks:
                waiting.append(self._started_pool().submit(work, task))
                self._children |= set(multiprocessing.active_children()) - self._before
                if len(waiting) > 2 * self.workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except GeneratorExit:  # no more answers are wanted
            for future in waiting:
                future.cancel()
            raise
        except BaseException:
            self.close()
            raise

    def _started_pool(self) -> ProcessPoolExecutor:
        """Return the pool of processes."""
        if self._pool is None:
            # Not forked: pools of threads in the calling process would be copied in whatever state they are.
            context = multiprocessing.get_context("spawn")
            self._before = set(multiprocessing.active_children())
            self._pool = ProcessPoolExecutor(self.workers, mp_context=context, initializer=_started)
        return self._pool

    def close(self) -> None:
        """End the processes that were started, with what they are at."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            for child in self._children:
                child.terminate()
            for child in self._children:
                child.join()
        self._pool, self._children = None, set()


def _started() -> None:
    """Leave an interrupt from the keyboard to the process that asked, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: Any) -> None:
    """End this process when the one that started it has ended; one that is killed tells its workers nothing."""
    parent.join()
    os._exit(1)


def give_back() -> None:
    """Return freed memory to the system, where its C library can; else it waits in the process for the next use."""
    with suppress(AttributeError, TypeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def frugal(work: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a function that gives its memory back: a process that waits must not hold what the others need."""

    @wraps(work)
    def done(task: Any) -> Any:
        try:
            return work(task)
        finally:
            give_back()

    return done


def lost(task: Any) -> str:
    """Return the message for a task whose worker is lost again and again.

    Parameters
    ----------
    task : object

    Returns
    -------
    str
    """
    return f"{task}: its worker ended {TRIES} times without an answer; give fewer workers, or more memory, and --resume"


def bytes_of(memory: str | int) -> int:
    """Return an amount of memory in bytes.

    Parameters
    ----------
    memory : str or int
        Such as ``"2GB"``; a number is bytes.

    Returns
    -------
    int

    Raises
    ------
    UsageError
        If it is not an amount, or too little for one worker.

    Examples
    --------
    >>> bytes_of("2GB")
    2000000000
    """
    text = str(memory).upper().replace(" ", "")
    unit = next((unit for unit in UNITS if text.endswith(unit)), "")
    try:
        amount = int(float(text.removesuffix(unit)) * UNITS.get(unit, 1))
    except (ValueError, OverflowError):
        raise UsageError(f"memory {memory!r}: write an amount such as 2GB") from None
    least = OF_THE_DRIVER + OF_A_WORKER
    if amount < least:
        raise UsageError(f"memory {memory!r}: at least {least / UNITS['GB']:g}GB are needed")
    return amount


def workers_for(memory: int, workers: int | None = None) -> int:
    """Return how many processes fit into the memory, at most one a core.

    Parameters
    ----------
    memory : int
        Bytes, of all processes together.
    workers : int, optional
        As many as asked for, in place of one a core.

    Returns
    -------
    int

    Raises
    ------
    UsageError
        If there is less than one.

    Examples
    --------
    >>> workers_for(2_000_000_000, 8)
    2
    """
    if workers is not None and workers < 1:
        raise UsageError(f"{workers} workers; give 1 or more")
    return max(1, min(workers or _cores(), (memory - OF_THE_DRIVER) // OF_A_WORKER))


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
