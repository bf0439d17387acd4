"""Reports under writers that are killed and writers at once: how many folders are left mixed (none may be).

A child writes the files of two reports in turn into one folder and is killed at a random moment within the writing; the
next start then repairs. Counted are folders that are mixed before the repair (and of them those that the page does not
give away), and folders that are mixed after it. Then eight writers write at once.

Run from the project's root:  .venv/bin/python benchmarks/kills.py [--kills 300] [--rounds 25]
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import tempfile
import time
from multiprocessing.synchronize import Event
from pathlib import Path

from eventstudy.errors import OutputError
from eventstudy.files import JOURNAL, LOCK, PART, repair, sha256, write_all
from eventstudy.report.named import PAGE, differing

NAMES = [*(f"tables/{name}.csv" for name in "abcdefgh"), *(f"figures/{name}.svg" for name in "abcdefgh"), "run.json"]
SIZE = 40_000
LONGEST_LIFE = 0.25
MINE = {"study.toml": b"the question", "tables/mine.csv": b"a table of the user's own"}


def forks() -> multiprocessing.context.ForkServerContext:
    """Return a context whose processes start at once, with what is slow to import already there."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["eventstudy.report.write"])
    return context


def report(letter: str) -> dict[str, bytes]:
    """Make the files of a report; the page comes last and names the hashes of the others, as the real one does."""
    contents = {name: f"{letter} {name} ".encode() * (SIZE // 20) for name in NAMES}
    named = (f'<meta name="eventstudy-file" content="{n} sha256:{sha256(c)}">' for n, c in contents.items())
    return {**contents, PAGE: "\n".join([letter, *named]).encode()}


def write_in_turn(folder: Path, letters: str, at_work: Event | None, turns: int) -> None:
    """Write reports in turn, for ever or so many times; another writer at work is no fault."""
    reports = [report(letter) for letter in letters]
    for turn in range(turns):
        if at_work is not None:
            at_work.set()
        try:
            write_all(folder, reports[turn % len(reports)], force=True)
        except OutputError:
            continue


def state(folder: Path) -> str:
    """Say which report a folder has: one of them, or a mixture."""
    letters = {(folder / name).read_bytes()[:1].decode() for name in (*NAMES, PAGE) if (folder / name).exists()}
    kept = all((folder / name).read_bytes() == content for name, content in MINE.items())
    return letters.pop() if len(letters) == 1 and kept else "mixed"


def kill_one(folder: Path, context: multiprocessing.context.ForkServerContext, chance: random.Random) -> None:
    """Start a writer and kill it."""
    at_work = context.Event()
    writer = context.Process(target=write_in_turn, args=(folder, "ab", at_work, 10**9))
    writer.start()
    at_work.wait()
    time.sleep(chance.uniform(0.0, LONGEST_LIFE))
    writer.kill()
    writer.join()


def kills(number: int, seed: int) -> None:
    """Kill writers, one after the other in the same folder, and print what was left."""
    context, chance = forks(), random.Random(seed)
    torn = hidden = mixed = left = interrupted = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_all(folder, MINE)
        write_all(folder, report("a"))
        for _ in range(number):
            kill_one(folder, context, chance)
            was = state(folder)
            torn += was == "mixed"
            hidden += was == "mixed" and not differing(folder)
            interrupted += bool(repair(folder))
            mixed += state(folder) == "mixed" or bool(differing(folder))
            left += any(path.name.endswith(PART) or path.name == JOURNAL for path in folder.rglob("*"))
            (folder / LOCK).unlink(missing_ok=True)
    print(
        f"{number} kills, {interrupted} within the writing: {torn} folders torn, {hidden} of them unnoticed by the page"
    )
    print(f"after the next start: {mixed} mixed, {left} with files left over")


def writers(rounds: int) -> None:
    """Let eight writers write at once, and print how many folders are mixed."""
    context = forks()
    mixed = 0
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_all(folder, MINE)
            every = [context.Process(target=write_in_turn, args=(folder, one, None, 5)) for one in "abcdefgh"]
            for one in every:
                one.start()
            for one in every:
                one.join()
            mixed += state(folder) == "mixed" or bool(differing(folder))
    print(f"{rounds} rounds of 8 writers: {mixed} folders mixed")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    kills(given.kills, given.seed)
    writers(given.rounds)
