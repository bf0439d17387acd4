"""Reading large price files: seconds and memory of `read_bars`, as multiples of `pandas.read_csv` on the same file.

Run from the project's root:  .venv/bin/python benchmarks/reading.py [--repeats 3] [--folder KEPT] [FILE ...]
Each reading is a process of its own. Memory is the growth of its greatest resident size over that after the imports.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

READERS = ("pandas", "eventstudy")
SYMBOLS, DAYS = 1_000, 2_000


def prices(rows: int, columns: int, seed: int = 1) -> np.ndarray:
    """Draw prices that move by one per cent a row."""
    steps = np.random.default_rng(seed).normal(0, 0.01, (rows, columns))
    return np.round(100 * np.exp(steps.cumsum(axis=0)), 4)


def labels(number: int) -> pd.Index:
    return pd.bdate_range("2010-01-04", periods=number).strftime("%Y-%m-%d").rename("date")


def long_table(gaps: float = 0.0) -> pd.DataFrame:
    """Make a row for each symbol and day, one symbol after the other, with this share of volumes not known."""
    close = prices(DAYS, SYMBOLS).T.ravel()
    spread = np.random.default_rng(2).uniform(0, 0.02, (3, close.size))
    volume = np.random.default_rng(3).integers(1_000, 99_999_999, close.size).astype(object)
    volume[np.random.default_rng(4).random(close.size) < gaps] = ""
    return pd.DataFrame(
        {
            "date": np.tile(labels(DAYS), SYMBOLS),
            "symbol": np.repeat([f"S{at:04d}" for at in range(SYMBOLS)], DAYS),
            "open": np.round(close * (1 + spread[0] - 0.01), 4),
            "high": np.round(close * (1 + spread[1] + 0.01), 4),
            "low": np.round(close * (1 - spread[2] - 0.01), 4),
            "close": close,
            "volume": volume,
        }
    )


def by_day() -> pd.DataFrame:
    """Make the same rows, one day after the other."""
    return long_table().sort_values("date", kind="stable")


def wide_table(days: int, symbols: int, gaps: float = 0.0) -> pd.DataFrame:
    """Make a column of closes for each symbol; the first of them begin late, as new shares do."""
    close = prices(days, symbols)
    for at in range(round(gaps * symbols)):
        close[: at % (days // 2) + 1, at] = np.nan
    return pd.DataFrame(close, columns=[f"S{at:04d}" for at in range(symbols)], index=labels(days)).reset_index()


def minutes() -> pd.DataFrame:
    """Make bars by the minute of one symbol."""
    close = prices(1_600_000, 1)[:, 0]
    times = pd.date_range("2020-01-06", periods=close.size, freq="min").strftime("%Y-%m-%dT%H:%M:%SZ")
    return pd.DataFrame({"timestamp_utc": times, "open": close, "high": close + 1, "low": close - 1, "close": close})


FILES = {
    "long": long_table,
    "by day": by_day,
    "long, a volume in 100 not known": lambda: long_table(0.01),
    "wide, 1,000 symbols": lambda: wide_table(12_000, 1_000),
    "wide, 5,000 symbols": lambda: wide_table(2_500, 5_000),
    "wide, 5,000 symbols, half with gaps": lambda: wide_table(2_500, 5_000, 0.5),
    "minutes of one symbol": minutes,
}


def greatest() -> float:
    """Return the greatest resident size of this process so far, in megabytes (what `resource` has is inherited)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024 / 1e6  # type: ignore[index]


def read_once(reader: str, file: Path) -> dict[str, float]:
    """Read a file, and return processor seconds, seconds and megabytes."""
    from eventstudy import read_bars

    read_bars(file.with_name("small.csv"))  # whatever is loaded late is loaded now
    pd.read_csv(file.with_name("small.csv"))
    before, cpu, clock = greatest(), time.process_time(), time.perf_counter()
    table = pd.read_csv(file) if reader == "pandas" else read_bars(file)
    cpu, clock = time.process_time() - cpu, time.perf_counter() - clock
    return {"cpu": cpu, "seconds": clock, "memory": greatest() - before, "held": len(table)}


def measured(reader: str, file: Path) -> dict[str, float]:
    """Read a file in a process of its own."""
    command = [sys.executable, __file__, "--once", reader, str(file)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def written(name: str, folder: Path) -> Path:
    """Return the file of a name, which is written unless it is there."""
    file = folder / f"{re.sub(r'[^a-z0-9]+', '-', name)}.csv"
    if not file.exists():
        FILES[name]().to_csv(file, index=False)
    return file


def ratios(names: list[str], repeats: int, folder: Path) -> Iterator[dict[str, object]]:
    """Yield a row for each file: medians of both readers and their ratio."""
    folder.mkdir(exist_ok=True)
    (folder / "small.csv").write_text("symbol,date,close\nA,2020-01-06,1\nA,2020-01-07,1.5\n", encoding="ascii")
    for name in names:
        file = written(name, folder)
        runs = {reader: [measured(reader, file) for _ in range(repeats)] for reader in READERS}
        row: dict[str, object] = {"file": name, "MB": round(file.stat().st_size / 1e6)}
        for what in ("cpu", "seconds", "memory"):
            one, other = (statistics.median(run[what] for run in runs[reader]) for reader in READERS)
            row |= {
                f"{what} pandas": round(one, 2),
                f"{what} ours": round(other, 2),
                f"{what} x": round(other / one, 2),
            }
        yield row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", help=f"of: {'; '.join(FILES)}")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--folder", help="where the files are kept for another run")
    parser.add_argument("--once", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.once:
        print(json.dumps(read_once(given.once[0], Path(given.once[1]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        for row in ratios(given.files or list(FILES), given.repeats, Path(given.folder or folder)):
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
