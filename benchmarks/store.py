"""The store under many writers at once and under writers that are killed: how many files are damaged (none may be).

Run from the project's root:  .venv/bin/python benchmarks/store.py [--processes 8] [--runs 100] [--kills 200]
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import multiprocessing
import random
import tempfile
import time
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Event
from pathlib import Path

import numpy as np
import pandas as pd

from eventstudy.markets.sources.protocol import Fetched, FetchOutcome, Request
from eventstudy.markets.sources.store import Store
from eventstudy.markets.sources.stored_files import UNFINISHED

START = pd.Timestamp("2026-01-01", tz="UTC")
ROWS = 2_000
LONGEST_LIFE = 0.25


def answer(number: int, symbol: str = "CL=F", rows: int = ROWS) -> Fetched:
    """Make an answer of a source, the same for the same number."""
    days = pd.bdate_range("2010-01-04", periods=rows, name="session").as_unit("us")
    prices = 60 + np.random.default_rng(number).normal(0, 1, (rows, 4)).cumsum(axis=0)
    return Fetched(
        request=Request(symbol=symbol, interval="1d", start=dt.date(2010, 1, 4), end=dt.date(2026, 1, 1)),
        outcome=FetchOutcome.OK,
        source="benchmark",
        as_of=START + pd.Timedelta(seconds=number),
        frame=pd.DataFrame(prices, index=days, columns=["open", "high", "low", "close"]),
    )


def write_and_read(folder: Path, numbers: range) -> None:
    """Keep an answer that is this process's own and one that every process keeps; read the latest each time."""
    store = Store(folder=folder)
    for number in numbers:
        own = store.put(answer(number))
        store.put(answer(number % len(numbers), symbol="SHARED"))
        if not store.read(own).frame.equals(answer(number).frame):
            raise SystemExit("another frame came back")


def write_for_ever(folder: Path, first: int, working: Event) -> None:
    store = Store(folder=folder)
    for number in itertools.count(first):
        store.put(answer(number))
        working.set()


def context() -> ForkServerContext:
    """Start processes with everything imported, so that they are killed while writing."""
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(["pyarrow.parquet", "eventstudy.markets.sources.store"])
    return made


def damaged(store: Store) -> list[str]:
    """Files that are neither usable nor merely unfinished."""
    return [line for line in store.survey().ignored if UNFINISHED not in line]


def many_writers(folder: Path, processes: int, runs: int) -> tuple[int, int, float]:
    """Files that are usable, damaged ones, and seconds."""
    start = time.perf_counter()
    spans = [range(at * runs, (at + 1) * runs) for at in range(processes)]
    writers = [context().Process(target=write_and_read, args=(folder, span)) for span in spans]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        if writer.exitcode:
            raise SystemExit(f"a writer ended with {writer.exitcode}")
    store = Store(folder=folder)
    return len(store.survey().entries), len(damaged(store)), time.perf_counter() - start


def killed_writers(folder: Path, kills: int, seed: int) -> tuple[int, int, int]:
    """Files that are usable, damaged ones, and unfinished ones, after `kills` writers were killed at random."""
    moments = random.Random(seed)
    made = context()
    for kill in range(kills):
        working = made.Event()  # on a busy machine a writer may take long to begin
        writer = made.Process(target=write_for_ever, args=(folder, kill * 1_000_000, working))
        writer.start()
        working.wait()
        time.sleep(moments.uniform(0, LONGEST_LIFE))
        writer.kill()
        writer.join()
    store = Store(folder=folder)
    unfinished = len(list(folder.rglob(f"{UNFINISHED}*")))
    return len(store.survey().entries), len(damaged(store)), unfinished


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in (("processes", 8), ("runs", 100), ("kills", 200), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=value)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        usable, bad, seconds = many_writers(Path(folder), given.processes, given.runs)
    wanted = given.processes * given.runs + given.runs
    print("| trial | files | damaged | unfinished | seconds |\n|---|---|---|---|---|")
    print(f"| {given.processes} processes x {given.runs} runs | {usable} of {wanted} | {bad} | 0 | {seconds:.0f} |")
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        kept, torn, unfinished = killed_writers(Path(folder), given.kills, given.seed)
    seconds = time.perf_counter() - start
    print(f"| {given.kills} writers killed (SIGKILL) | {kept} | {torn} | {unfinished} | {seconds:.0f} |")
    if bad or torn or usable != wanted:
        raise SystemExit("the store lost or damaged a file")


if __name__ == "__main__":
    main()
