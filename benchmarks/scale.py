"""Studies over packs: memory, time, equal bits on every engine, after kills and when a run is taken up.

``python benchmarks/scale.py prove --events 1000000 --symbols 1000 --days 2500 --kills 10`` makes a pack and a list of
events in a folder of its own, runs the study in processes of this machine, in memory (where all pairs fit), on a Dask
cluster of two workers, and with a worker and then the driver killed at random ten times and ``--resume`` on the other
engine; ``--engines`` names those of the killed runs.
With ``--home`` the folder stays, and ``--steps`` chooses what is done there, so that each step may have a run of its
own: ``--home made --steps make,local``, then ``--home made --steps dask``, and so on.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

from eventstudy import EventStudy
from eventstudy.inference.significance.protocol import Draws
from eventstudy.inference.significance.registry import TESTS
from eventstudy.scale.packing import write_pack
from eventstudy.scale.tables import parquet_bytes

WINDOWS = [(0, 1)]
STEPS = ("make", "local", "memory", "dask", "kills")
Found = dict[str, dict[str, object]]


def study() -> EventStudy:
    return EventStudy(model="market", benchmark="M", windows=WINDOWS, estimation=(-210, -11))


def make(home: Path, events: int, symbols: int, days: int, buckets: int) -> None:
    rng = np.random.default_rng(20)
    index = pd.bdate_range("1986-01-01", periods=days)
    market = rng.normal(0, 0.006, days)
    values = rng.standard_normal((days, symbols)) * 0.012 + market[:, None]
    names = [f"S{number:05d}" for number in range(symbols)]
    frame = pd.DataFrame(values, index=index, columns=names).assign(M=market)
    write_pack(frame, str(home / "pack"), returns="log", securities=-(-(symbols + 1) // buckets), force=True)
    (home / "events").mkdir(exist_ok=True)
    at, piece = 0, 500_000
    while at < events:
        count = min(piece, events - at)
        part = pd.DataFrame(
            {
                "event_id": np.char.add("e", np.arange(at, at + count).astype(str)),
                "symbol": pd.Categorical.from_codes(rng.integers(0, symbols, count), names).astype(str),
                "session": index[rng.integers(220, days - 3, count)],
            }
        )
        (home / f"events/{at:09d}.parquet").write_bytes(parquet_bytes(part))
        at += count


def digest(tests: pd.DataFrame) -> str:
    kept = tests[["test", "window", "n", "statistic", "df", "p"]]
    return hashlib.sha256(kept.to_csv(index=False, float_format="%.17g").encode()).hexdigest()[:16]


def one(args: argparse.Namespace) -> None:
    """Run the study once in this process, and write its tests."""
    home = Path(args.home)
    engine = None if args.engine == "local" else args.engine
    start = time.perf_counter()
    result = study().run(
        str(home / "events"),
        returns=str(home / "pack"),
        engine=engine,
        out=args.out,
        memory=args.memory,
        workers=args.workers,
        resume=args.resume,
    )
    seconds = time.perf_counter() - start
    result.tests.to_parquet(Path(args.out) / "tests.parquet")
    own = resource.getrusage(resource.RUSAGE_SELF)
    said = {"seconds": round(seconds, 1), "digest": digest(result.tests), "pairs": len(result.estimates)}
    print(json.dumps(said | {"cpu_of_driver": round(own.ru_utime + own.ru_stime, 1)}))


def tree_memory(process: psutil.Process) -> int:
    """Bytes of a process and those that it started; what they share counts once."""
    total = 0
    for each in [process, *process.children(recursive=True)]:
        try:
            total += each.memory_full_info().pss
        except psutil.Error:
            continue
    return total


def launched(home: Path, out: Path, engine: str, *, resume: bool, memory: str, workers: int) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, "one", "--home", str(home), "--out", str(out), "--engine", engine]
    command += ["--memory", memory, "--workers", str(workers), *(["--resume"] if resume else [])]
    log = (home / f"{out.name}.log").open("a")
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)


def watched(process: subprocess.Popen[str]) -> dict[str, object]:
    """Wait for a run; return what it says and the most memory that it had."""
    peak = [0]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)

    def look() -> None:
        while process.poll() is None:
            with contextlib.suppress(psutil.Error):
                peak[0] = max(peak[0], tree_memory(psutil.Process(process.pid)))
            time.sleep(0.5)

    watcher = threading.Thread(target=look)
    watcher.start()
    said, _ = process.communicate()
    watcher.join()
    if process.returncode:
        raise SystemExit(f"{process.args}: exit {process.returncode}; see its log")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(said.strip().splitlines()[-1]) | {"cpu": round(cpu, 1), "peak_gb": round(peak[0] / 1e9, 2)}


def run(home: Path, engine: str, args: argparse.Namespace) -> dict[str, object]:
    out = home / f"out-{engine}"
    shutil.rmtree(out, ignore_errors=True)
    return watched(launched(home, out, engine, resume=False, memory=args.memory, workers=args.workers))


def killed(home: Path, args: argparse.Namespace) -> dict[str, object]:
    """Kill a worker and then the driver at random moments, take the run up on the next engine each time."""
    out, rng, workers, drivers = home / "out-kills", random.Random(6), 0, 0
    engines = args.engines.split(",")
    shutil.rmtree(out, ignore_errors=True)
    whole = len(list((home / "out-local/state").glob("*/*.json")))
    for life in range(args.kills):
        resume = (out / "run-state.json").exists()
        engine = engines[life % len(engines)]
        process = launched(home, out, engine, resume=resume, memory=args.memory, workers=args.workers)
        most = max(1, whole // (2 * args.kills))
        wait_for(out, process, rng.randint(1, most), rng.uniform(0, 3))
        workers += kill_a_worker(process, rng)
        wait_for(out, process, rng.randint(1, most), rng.uniform(0, 3))
        drivers += process.poll() is None
        process.kill()
        process.wait()
    engine = engines[args.kills % len(engines)]
    last = watched(launched(home, out, engine, resume=True, memory=args.memory, workers=args.workers))
    return last | {"last_engine": engine, "workers_killed": workers, "drivers_killed": drivers}


def wait_for(out: Path, process: subprocess.Popen[str], steps: int, seconds: float) -> None:
    """Wait until so many further steps of partitions are written, and for some seconds more."""
    goal = len(list(out.glob("state/*/*.json"))) + steps
    while process.poll() is None and len(list(out.glob("state/*/*.json"))) < goal:
        time.sleep(0.2)
    time.sleep(seconds)


def kill_a_worker(process: subprocess.Popen[str], rng: random.Random) -> bool:
    """Kill a process that a run has started, if there is one."""
    with contextlib.suppress(psutil.Error):  # the run, or the worker, may end meanwhile
        children = psutil.Process(process.pid).children(recursive=True)
        if found := [one for one in children if "spawn_main" in " ".join(one.cmdline())]:
            rng.choice(found).send_signal(signal.SIGKILL)
            return True
    return False


def in_memory(home: Path) -> dict[str, object]:
    """Compare the closed-form tests with those of the study in memory."""
    from eventstudy.scale.pack import Pack

    pack = Pack.open(str(home / "pack"))
    frame = pd.concat([pack.returns(pack.rows(bucket)) for bucket in pack.buckets], axis="columns", sort=True)
    events = pd.concat([pd.read_parquet(path) for path in sorted((home / "events").glob("*.parquet"))])
    start = time.perf_counter()
    tests = study().run(events.reset_index(drop=True), returns=frame).tests
    seconds = time.perf_counter() - start
    drawn = {name for name, test in TESTS.items() if test.draws is not Draws.NEVER}
    keys = ["test", "window"]
    here = tests[~tests["test"].isin(drawn)].set_index(keys)["statistic"]
    there = pd.read_parquet(home / "out-local/tests.parquet").set_index(keys)["statistic"].reindex(here.index)
    worst = ((here - there).abs() / here.abs().clip(lower=1.0)).max()
    assert worst < 1e-12 and here.isna().equals(there.isna())
    names = sorted({name for name, _ in here[here.notna()].index})
    return {
        "seconds": round(seconds, 1),
        "statistics": int(here.notna().sum()),
        "largest_difference": float(worst),
        "tests": names,
    }


def made(home: Path, args: argparse.Namespace) -> dict[str, object]:
    start = time.perf_counter()
    make(home, args.events, args.symbols, args.days, args.buckets)
    return {
        "events": args.events,
        "rows": args.symbols * args.days,
        "buckets": args.buckets,
        "seconds": round(time.perf_counter() - start, 1),
    }


def step(name: str, home: Path, args: argparse.Namespace) -> dict[str, object]:
    """Do one step of the proof."""
    if name == "make":
        return made(home, args)
    if name == "memory":
        return in_memory(home)
    if name in ("local", "dask"):
        return run(home, name, args)
    return killed(home, args)


def prove(args: argparse.Namespace) -> None:
    home = Path(args.home or tempfile.mkdtemp(prefix="eventstudy-scale-"))
    home.mkdir(parents=True, exist_ok=True)
    notes = home / "found.json"
    found: Found = json.loads(notes.read_text()) if notes.exists() else {}
    for name in args.steps.split(","):
        found[name] = step(name, home, args)
        notes.write_text(json.dumps(found, indent=1))
        print(name, json.dumps(found[name]), flush=True)
        if name in ("dask", "kills"):
            shutil.rmtree(home / f"out-{name}")
    if "dask" in found:
        ratios = {key: float(str(found["dask"][key])) / float(str(found["local"][key])) for key in ("seconds", "cpu")}
        print("Dask over local", {key: round(value, 2) for key, value in ratios.items()})
    digests = {name: one["digest"] for name, one in found.items() if "digest" in one}
    print("digests", digests, "equal" if len(set(digests.values())) == 1 else "NOT EQUAL")
    if not args.home:
        shutil.rmtree(home)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    proof = commands.add_parser("prove")
    proof.add_argument("--events", type=int, default=1_000_000)
    proof.add_argument("--symbols", type=int, default=1_000)
    proof.add_argument("--days", type=int, default=2_500)
    proof.add_argument("--buckets", type=int, default=100)
    proof.add_argument("--kills", type=int, default=10)
    proof.add_argument("--engines", default="local,dask", help="of the lives of the step kills, in turn")
    proof.add_argument("--home", default="")
    proof.add_argument("--steps", default=",".join(STEPS), help=f"of {', '.join(STEPS)}")
    alone = commands.add_parser("one")
    alone.add_argument("--home", required=True)
    alone.add_argument("--out", required=True)
    alone.add_argument("--engine", default="local")
    alone.add_argument("--resume", action="store_true")
    for each in (proof, alone):
        each.add_argument("--memory", default="2GB")
        each.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    {"prove": prove, "one": one}[args.command](args)


if __name__ == "__main__":
    main()
