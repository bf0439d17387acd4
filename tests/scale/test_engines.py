"""Engines: answers in order, workers that are killed, and workers with another version of the package."""

import multiprocessing
import os
import signal
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from eventstudy.errors import NetworkError, UsageError
from eventstudy.scale import engines, run
from eventstudy.scale.dask_engine import DaskEngine, check_versions, engine_of
from eventstudy.scale.engines import LocalEngine, bytes_of, workers_for
from eventstudy.scale.partition import Plan, Task, estimate_part
from eventstudy.scale.versions import versions

# The second needs the spreads over all pairs, and so a second pass.
TWO_PASSES = ["bmp", "grank_t"]


class KillsAWorker(DaskEngine):
    """Kills a worker of the cluster as soon as there is one answer."""

    killed = ()

    def map(self, work, tasks):
        for answer in super().map(work, tasks):
            if not self.killed:
                pid = next(iter(self.client.run(os.getpid).values()))
                os.kill(pid, signal.SIGKILL)
                type(self).killed = (pid,)
            yield answer


def test_a_cluster_that_loses_a_worker_gives_the_same_bits(study, pack, events, packed, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed", reason="needs the extra scale")
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0", "memory_limit": 0}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:

        @contextmanager
        def engine(*_):
            yield KillsAWorker(client=client)

        monkeypatch.setattr(run, "engine_of", engine)
        chosen = replace(study, tests=TWO_PASSES)
        found = chosen.run(events, returns=pack, engine=client, out=str(tmp_path / "out"))
        alive = set(client.run(os.getpid).values())
    assert KillsAWorker.killed and not alive & set(KillsAWorker.killed)
    same = packed.tests[packed.tests["test"].isin(TWO_PASSES)].reset_index(drop=True)
    pd.testing.assert_frame_equal(same, found.tests, check_exact=True)
    pd.testing.assert_frame_equal(packed.events, found.events, check_exact=True)


def test_processes_that_are_killed_are_replaced():
    engine, answers = LocalEngine(workers=2), []
    for answer in engine.map(abs, range(-12, 0)):
        answers.append(answer)
        if len(answers) == 1:
            for child in multiprocessing.active_children():
                child.kill()
                child.join()
    engine.close()
    assert answers == [*range(12, 0, -1)]


def test_memory_is_given_back_after_a_task_that_fails_too(monkeypatch):
    given = []
    monkeypatch.setattr(engines, "give_back", lambda: given.append(True))
    assert engines.frugal(abs)(-1) == 1 and len(given) == 1
    with pytest.raises(TypeError):
        engines.frugal(abs)("x")
    assert len(given) == 2


def test_a_task_whose_workers_are_always_lost_is_named():
    engine = LocalEngine(workers=2)
    with pytest.raises(UsageError, match="3: its worker ended 12 times without an answer"):
        engine._mapped = lose_all
        next(engine.map(abs, [3, 4]))


def lose_all(work, tasks):
    raise BrokenProcessPool("lost")
    yield


@pytest.mark.parametrize(("name", "other"), [("market-eventstudy", "0.0.9"), ("numpy", "1.9"), ("numba", "0.1")])
def test_workers_with_other_versions_are_refused_by_name_and_version(study, name, other):
    theirs = versions() | {name: other}
    said = rf"has {name} {other.replace('.', '[.]')}, the run {versions()[name]}; install the same version"
    workers = {"tcp://10.0.0.7:4001": versions(), "tcp://10.0.0.8:4001": theirs}
    with pytest.raises(UsageError, match=rf"^worker tcp://10\.0\.0\.8:4001 {said}"):
        check_versions(SimpleNamespace(run=lambda function: workers))
    plan = Plan(study=study, pack=None, out=None, run="", common=(), versions=theirs)
    with pytest.raises(UsageError, match=rf"^worker .* has {name} .*, the run {other}; install the same"):
        estimate_part(Task(plan=plan, part=None, step="sums"))


def test_an_interrupt_while_a_cluster_starts_waits_until_it_can_be_closed(monkeypatch):
    distributed, did = pytest.importorskip("distributed", reason="needs the extra scale"), []

    class Starting:
        def __init__(self, **options):
            os.kill(os.getpid(), signal.SIGINT)
            did.append("started")

        def close(self):
            os.kill(os.getpid(), signal.SIGINT)
            did.append("closed")

    monkeypatch.setattr(distributed, "LocalCluster", Starting)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), engine_of("dask", 1, 0):
        did.append("used")
    assert did == ["started", "closed"] and signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ("ray", UsageError, 'write "dask", or an address'),
        (3, UsageError, "engine of type int"),
        ("dask://127.0.0.1:1", NetworkError, "no Dask scheduler answers"),
    ],
)
def test_engines_that_are_none(given, error, said, monkeypatch):
    monkeypatch.setattr("eventstudy.scale.dask_engine.SECONDS", 0.2)
    with pytest.raises(error, match=said), engine_of(given, 1, 0):
        pass


def test_memory_bounds_the_number_of_workers():
    assert [workers_for(bytes_of(text), 16) for text in ("1.25GB", "2 gb", "8GB")] == [1, 2, 10]
    with pytest.raises(UsageError, match="give 1 or more"):
        workers_for(bytes_of("2GB"), 0)
