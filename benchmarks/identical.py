"""One small study run a hundred times in other surroundings: the bytes of its report must be the same.

Each run has a time zone, locale, hash seed, level of optimisation, working folder, matplotlibrc, number of threads and
encoding of its own, drawn with a fixed seed. With each Python all files must be the same, byte for byte; between
Pythons all but `run.json` and the page, which name the versions.

Run from the project's root:  .venv/bin/python benchmarks/identical.py [--runs 100] [--python PATH ...]
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from eventstudy.files import sha256
from eventstudy.report.named import PAGE

STUDY = """title = "Two markets"
at = "2020-01-07T22:30:00Z"
prices = "PRICES"
markets = ["CL=F", "^N225"]
[study]
windows = [[0, 0], [0, 1]]
"""
STYLE = "figure.figsize: 2, 2\nfont.size: 22\nsvg.hashsalt: other\naxes.facecolor: red\n"
SURROUNDINGS: dict[str, list[str]] = {
    "TZ": ["UTC", "Asia/Tokyo", "America/New_York", "Pacific/Kiritimati", "Asia/Kathmandu", ""],
    "LC_ALL": ["C", "C.UTF-8", "POSIX", "de_DE.UTF-8", "tr_TR.UTF-8"],
    "PYTHONHASHSEED": ["0", "1", "4294967295", "random"],
    "PYTHONOPTIMIZE": ["", "1", "2"],
    "PYTHONUTF8": ["0", "1"],
    "OMP_NUM_THREADS": ["1", "2"],
    "COLUMNS": ["20", "80", "300"],
    "MPLBACKEND": ["", "svg", "pdf"],
}
PLACES = ["root of the project", "/", "with a matplotlibrc", "näme with spaces"]


def surroundings(chance: random.Random, home: Path) -> tuple[dict[str, str], Path]:
    """Draw the environment and the working folder of a run."""
    drawn = {name: chance.choice(values) for name, values in SURROUNDINGS.items()}
    places = {PLACES[0]: Path.cwd(), PLACES[1]: Path("/")}
    place = chance.choice(PLACES)
    folder = places.get(place, home / place)
    folder.mkdir(exist_ok=True)
    if place == PLACES[2]:
        (folder / "matplotlibrc").write_text(STYLE)
    return {name: value for name, value in drawn.items() if value}, folder


def run(python: str, home: Path, number: int, chance: random.Random) -> dict[str, str]:
    """Run the study once, and return the hashes of its files by name."""
    environment, folder = surroundings(chance, home)
    out = home / f"out-{number}"
    subprocess.run(
        [python, "-m", "eventstudy", "run", str(home / "study.toml"), "--out", str(out)],
        env={**os.environ, "PYTHONPATH": str(Path("src").resolve()), **environment},
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return {p.relative_to(out).as_posix(): sha256(p.read_bytes()) for p in sorted(out.rglob("*")) if p.is_file()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100, help="in all")
    parser.add_argument("--python", nargs="+", default=[sys.executable])
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance, seen = random.Random(given.seed), defaultdict(set)
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        (home / "study.toml").write_text(STUDY.replace("PRICES", Path("data/prices").resolve().as_posix()))
        for number in range(given.runs):
            python = given.python[number % len(given.python)]
            hashes = run(python, home, number, chance)
            seen[python].add(tuple(hashes.items()))
            common = tuple((file, found) for file, found in hashes.items() if file not in (PAGE, "run.json"))
            seen["without versions"].add(common)
    for python, versions in seen.items():
        files = sorted({len(one) for one in versions})
        print(f"{python}: {len(versions)} different among {files} files")
    raise SystemExit(any(len(versions) > 1 for versions in seen.values()))


if __name__ == "__main__":
    main()
