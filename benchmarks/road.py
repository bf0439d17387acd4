"""Time, memory and page size of the main road, each against importing its heaviest libraries in the same run.

Run from the project's root:  .venv/bin/python benchmarks/road.py
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUNS = 5
STUDY = str(ROOT / "reports/iran-2020/study.toml")


def measured(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak megabytes of one run of a command."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def main() -> None:
    python = sys.executable
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "import pandas, matplotlib, scipy.stats": [python, "-c", "import pandas, matplotlib.figure, scipy.stats"],
            "eventstudy --help": [python, "-m", "eventstudy", "--help"],
            "eventstudy run (sample)": [python, "-m", "eventstudy", "run", STUDY, "--out", folder, "--force"],
        }
        rows = {name: [measured(command) for _ in range(RUNS)] for name, command in commands.items()}
        size = (Path(folder) / "report.html").stat().st_size
    base = statistics.median(seconds for seconds, _ in rows["import pandas, matplotlib, scipy.stats"])
    print("| command | seconds (median) | times the imports | peak MB |\n|---|---|---|---|")
    for name, runs in rows.items():
        seconds = statistics.median(one for one, _ in runs)
        print(f"| `{name}` | {seconds:.2f} | {seconds / base:.2f} | {max(peak for _, peak in runs):.0f} |")
    print(f"\nreport.html: {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
