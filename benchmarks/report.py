"""User time, memory and page of reports: the sample's daily study alone, the whole sample, 200 and 10,000 events.

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
# Events, securities and days of the simulated lists.
LISTS, SEED, RUNS = ((200, 200, 500), (10_000, 500, 2_000)), 200, 3


def used(command: list[str]) -> tuple[float, float]:
    """Processor seconds (user) and peak megabytes of one run of a command."""
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


def many(folder: Path, count: int, firms: int, length: int) -> Path:
    """Write a study of many events, each a firm on a day; simulated, with a fixed seed."""
    random = np.random.default_rng(SEED)
    days = pd.bdate_range("2012-01-02", periods=length)
    names = np.array([f"F{number:03d}" for number in range(firms)])
    index = random.normal(0, 0.01, days.size)
    noise = random.normal(0, 0.02, (days.size, firms))
    frame = pd.DataFrame(index[:, None] + noise, index=days, columns=names).assign(INDEX=index)
    home = folder / f"many-{count}"
    home.mkdir()
    frame.to_csv(home / "returns.csv", index_label="date", float_format="%.8f")
    # Each pair of a firm and a day once.
    pairs = random.choice(firms * (length - 270), count, replace=False)
    who, rows = pairs % firms, 250 + pairs // firms
    events = pd.DataFrame(
        {"event_id": np.arange(count), "symbol": names[who], "session": days[rows].strftime("%Y-%m-%d")}
    )
    events.assign(group=np.where(who % 2, "odd", "even")).to_csv(home / "events.csv", index=False)
    options = 'model = "market"\nbenchmark = "INDEX"\nreturns = "simple"\nestimation = [-210, -11]\n'
    path = home / "study.toml"
    path.write_text(f'events = "events.csv"\nreturns_file = "returns.csv"\n\n[study]\n{options}', encoding="utf-8")
    return path


def page_of(command: list[str]) -> str:
    """Size of the page that a command wrote, in megabytes."""
    if "run" not in command:
        return ""
    folder = Path(command[command.index("--out") + 1]) if "--out" in command else Path(command[-2]).parent
    return f"{(folder / 'report.html').stat().st_size / 1e6:.2f}"


def main() -> None:
    """Print a table: median user time, that beyond the imports, and the size of the page."""
    run = [sys.executable, "-m", "eventstudy", "run"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        commands = {
            "importing the libraries": [sys.executable, "-c", IMPORTS],
            "the sample's daily study alone": [*run, str(daily(folder)), "--force"],
            "the whole sample (make report)": [*run, str(SAMPLE), "--out", str(folder / "whole"), "--force"],
        }
        commands |= {f"{size[0]:,} events": [*run, str(many(folder, *size)), "--force"] for size in LISTS}
        rows = {what: [used(command) for _ in range(RUNS)] for what, command in commands.items()}
        pages = {what: page_of(command) for what, command in commands.items()}
        busy = os.getloadavg()[0]
    seconds = {what: sorted(one for one, _ in runs)[RUNS // 2] for what, runs in rows.items()}
    base = seconds["importing the libraries"]
    print(f"on average {busy:.1f} programs ran, these included")
    print("| what | user seconds (median) | beyond the imports | peak MB | page MB |\n|---|---|---|---|---|")
    for what, runs in rows.items():
        beyond = seconds[what] - base
        peak = max(peak for _, peak in runs)
        print(f"| {what} | {seconds[what]:.2f} | {beyond:.2f} | {peak:.0f} | {pages[what]} |")


if __name__ == "__main__":
    main()
