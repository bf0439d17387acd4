"""User time and memory of reports: the sample's daily study alone, the whole sample, and a list of 200 events.

Run from the project's root:  .venv/bin/python benchmarks/report.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "reports/iran-2020/study.toml"
IMPORTS = "import pandas, matplotlib.figure, scipy.stats, exchange_calendars, trafilatura, jinja2"
EVENTS, SEED, RUNS = 200, 200, 3


def used(command: list[str]) -> tuple[float, float]:
    """User seconds and peak megabytes of one run of a command."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return usage.ru_utime, usage.ru_maxrss / 1024


def daily(folder: Path) -> Path:
    """Write the sample's study without its further parts and sensitivities."""
    lines = SAMPLE.read_text(encoding="utf-8").replace("../../", f"{ROOT.as_posix()}/").splitlines()
    kept = [line for line in lines if not line.startswith(("parts", "sensitivities"))]
    path = folder / "daily/study.toml"
    path.parent.mkdir()
    path.write_text("\n".join(kept), encoding="utf-8")
    return path


def many(folder: Path) -> Path:
    """Write a study of 200 events of as many firms on days of their own; simulated, with a fixed seed."""
    random = np.random.default_rng(SEED)
    days = pd.bdate_range("2020-01-01", periods=500)
    names = [f"F{number:03d}" for number in range(EVENTS)]
    index = random.normal(0, 0.01, days.size)
    noise = random.normal(0, 0.02, (days.size, EVENTS))
    frame = pd.DataFrame(index[:, None] + noise, index=days, columns=names).assign(INDEX=index)
    home = folder / "many"
    home.mkdir()
    frame.to_csv(home / "returns.csv", index_label="date")
    rows = random.integers(250, 480, EVENTS)
    events = pd.DataFrame({"event_id": names, "symbol": names, "session": days[rows].strftime("%Y-%m-%d")})
    events.to_csv(home / "events.csv", index=False)
    options = 'model = "market"\nbenchmark = "INDEX"\nreturns = "simple"\nestimation = [-210, -11]\n'
    path = home / "study.toml"
    path.write_text(f'events = "events.csv"\nreturns_file = "returns.csv"\n\n[study]\n{options}', encoding="utf-8")
    return path


def main() -> None:
    """Print a table: median user time, and that beyond the imports."""
    run = [sys.executable, "-m", "eventstudy", "run"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        commands = {
            "importing the libraries": [sys.executable, "-c", IMPORTS],
            "the sample's daily study alone": [*run, str(daily(folder)), "--force"],
            "the whole sample (make report)": [*run, str(SAMPLE), "--out", str(folder / "whole"), "--force"],
            f"{EVENTS} events": [*run, str(many(folder)), "--force"],
        }
        rows = {what: [used(command) for _ in range(RUNS)] for what, command in commands.items()}
    seconds = {what: sorted(one for one, _ in runs)[RUNS // 2] for what, runs in rows.items()}
    base = seconds["importing the libraries"]
    print("| what | user seconds (median) | beyond the imports | peak MB |\n|---|---|---|---|")
    for what, runs in rows.items():
        beyond = seconds[what] - base
        print(f"| {what} | {seconds[what]:.2f} | {beyond:.2f} | {max(peak for _, peak in runs):.0f} |")


if __name__ == "__main__":
    main()
