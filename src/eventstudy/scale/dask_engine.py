"""Tasks on a Dask cluster: one that is given, one at an address, or one of processes of this machine."""

from __future__ import annotations

import logging
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from typing import Any

from ..errors import NetworkError, UsageError
from ..optional import need
from .engines import TRIES, Engine, LocalEngine, lost
from .storage import EXTRA
from .versions import COMPUTING, reader, refuse_others, versions

ADDRESS = "dask://"
SECONDS = 20
STARTS = 3
# Of a cluster that is started here. Workers keep freed memory: with Dask's setting each large array is given back to
# the system and its pages are made anew. Nobody looks at samples of the stacks, and the clocks of four servers cost as
# much as a tenth of the work. Busy machines answer late.
HERE = {
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None,
    "distributed.worker.profile.enabled": False,
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.tick.interval": "1s",
    "distributed.comm.timeouts.connect": "300s",
    "distributed.comm.timeouts.tcp": "300s",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class DaskEngine:
    """Workers of a Dask cluster.

    Parameters
    ----------
    client : distributed.Client
    """

    client: Any

    @property
    def here(self) -> bool:
        """Whether tasks run within this process."""
        return False

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
            If the worker of a task is lost again and again, or has another version of what computes.
        """
        check_versions(self.client)
        waiting: deque[tuple[Any, Any]] = deque()
        ahead = 2 * max(1, len(self.client.scheduler_info(n_workers=-1)["workers"]))
        try:
            for task in tasks:
                waiting.append((task, self._submitted(work, task)))
                if len(waiting) > ahead:
                    yield self._answer(work, *waiting.popleft())
            while waiting:
                yield self._answer(work, *waiting.popleft())
        finally:
            self.client.cancel([future for _, future in waiting])

    def _submitted(self, work: Callable[[Any], Any], task: Any) -> Any:
        """Send a task; the cluster takes it up again when its worker is lost."""
        return self.client.submit(work, task, pure=False)

    def _answer(self, work: Callable[[Any], Any], task: Any, future: Any) -> Any:
        """Wait for an answer; a task whose workers were lost too often for the cluster is sent again."""
        distributed = need("distributed", EXTRA)
        for _ in range(TRIES):
            try:
                return future.result()
            except (distributed.scheduler.KilledWorker, distributed.client.FutureCancelledError):
                future = self._submitted(work, task)
        raise UsageError(lost(task))


def check_versions(client: Any) -> None:
    """Raise for the first worker that has another version of what computes than this process.

    Parameters
    ----------
    client : distributed.Client

    Raises
    ------
    UsageError
        With the worker's name and versions.
    """
    for worker, theirs in sorted(client.run(reader(COMPUTING)).items()):
        refuse_others(worker, theirs, versions())


@contextmanager
def engine_of(given: Any, workers: int, memory: int) -> Iterator[Engine]:
    """Return the engine that is asked for, and close what was started for it.

    Parameters
    ----------
    given : None, str or distributed.Client
        None: processes of this machine. ``"dask"``: a Dask cluster of them. ``"dask://host:port"``: the cluster with
        this scheduler. A client: its cluster.
    workers, memory : int
        Processes, and bytes for all of them, where they are started here.

    Yields
    ------
    Engine

    Raises
    ------
    UsageError
        If it is none of these.
    NetworkError
        If nobody answers at the address.
    """
    if given is None:
        with closing(LocalEngine(workers=workers)) as engine:
            yield engine
    elif not isinstance(given, str):
        if not hasattr(given, "submit"):
            raise UsageError(
                f'engine of type {type(given).__name__}; give None, "dask", "dask://host:port" or a client'
            )
        yield DaskEngine(client=given)
    else:
        with _client(given, workers, memory) as client:
            yield DaskEngine(client=client)


@contextmanager
def _client(given: str, workers: int, memory: int) -> Iterator[Any]:
    """Connect to a cluster, or start one."""
    if given != "dask" and not given.startswith(ADDRESS):
        raise UsageError(f'engine {given!r}: write "dask", or an address such as "dask://host:8786"')
    if given == "dask":
        with _started(workers) as client:
            yield client
        return
    distributed = need("distributed", EXTRA)
    address = given.removeprefix(ADDRESS)
    try:
        client = distributed.Client(f"tcp://{address}", timeout=SECONDS)
    except (OSError, ValueError):
        raise NetworkError(f"{given}: no Dask scheduler answers; start one with: dask scheduler") from None
    with client:
        yield client


@contextmanager
def _started(workers: int) -> Iterator[Any]:
    """Start a cluster of processes of this machine."""
    distributed = need("distributed", EXTRA)
    options = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": ":0", "memory_limit": 0}
    # Warnings that a process ends late, or is started again, are of no use to the caller: the answers are the same.
    options["silence_logs"] = logging.ERROR
    with need("dask", EXTRA).config.set(HERE), ExitStack() as ending:
        with _interrupt_after():
            cluster = _cluster(distributed, options)
            ending.callback(_closed, cluster)
        yield ending.enter_context(distributed.Client(cluster))


def _closed(cluster: Any) -> None:
    """End a cluster that was started here."""
    # On a busy machine a killed worker may be gone later than Dask waits; its answers are written.
    with _interrupt_after(), suppress(TimeoutError):
        cluster.close()


@contextmanager
def _interrupt_after() -> Iterator[None]:
    """Let an interrupt from the keyboard wait for the end of the block.

    A cluster that is interrupted while it starts or ends prints the traces of its own threads when the program ends.
    What starts within the block, and its processes, are never interrupted: they end with the cluster.
    """
    in_main = threading.current_thread() is threading.main_thread()  # no other thread is interrupted
    if not in_main or signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        yield
        return
    came: list[object] = []
    before = signal.signal(signal.SIGINT, lambda *_: came.append(True))
    try:
        with _blocked():
            yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        raise KeyboardInterrupt


@contextmanager
def _blocked() -> Iterator[None]:
    """Keep interrupts from this thread and from the threads and processes that it starts, where the system can."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # started later, it would let interrupts through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _cluster(distributed: Any, options: dict[str, Any]) -> Any:
    """Return a new cluster of this machine; one whose worker is killed before it has begun is started again."""
    for _ in range(STARTS):
        try:
            return distributed.LocalCluster(**options)
        except (RuntimeError, TimeoutError) as error:
            said = error
    raise UsageError(f"a Dask cluster of this machine does not start ({said}); give no engine") from None
