"""How often does the test that is read first reject a true null? Measured through `EventStudy.run(...).tests`.

    python benchmarks/validity_headline.py                            # every case up to 2,000 repetitions; resumes
    python benchmarks/validity_headline.py --reps 500 --case "5 dates x 12 markets"
    python benchmarks/validity_headline.py --page                     # only writes docs/validity.md from the counts

Counts are kept in validity_headline.csv after every block of repetitions: stop it at any time, and run it again. The
seed of a block is made of the case's name and the block's number, so that a case run alone has the same numbers.
"""

from __future__ import annotations

import argparse
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from headline_bars import STUDY, SYMBOL, simulate_bars
from headline_cases import CASES, Case, simulate
from headline_page import put

from eventstudy import EventStudy

HERE = Path(__file__).parent
COUNTS = HERE / "validity_headline.csv"
PAGE = HERE.parent / "docs" / "validity.md"
KEYS = ["case", "window", "test"]
COLUMNS = [*KEYS, "reps", "at_5", "at_1", "no_p"]
SEED = 20200108


def block(case: Case, number: int) -> pd.DataFrame:
    """Return the counts of one block of repetitions."""
    rng = np.random.default_rng([SEED, zlib.crc32(case.name.encode()), number])
    runs = [case.block] if case.by_pair else [1] * case.block
    found = [tuple(_p_values(case, _tests(case, reps, rng))) for reps in runs]
    rows = pd.DataFrame([line for run in found for line in run], columns=["window", "test", "p"])
    counted = rows.groupby(["window", "test"], sort=False)["p"]
    table = counted.agg(
        reps="size",
        at_5=lambda p: int((p <= 0.05).sum()),
        at_1=lambda p: int((p <= 0.01).sum()),
        no_p=lambda p: int(p.isna().sum()),
    )
    return table.reset_index().assign(case=case.name)[COLUMNS]


def _tests(case: Case, reps: int, rng: np.random.Generator) -> pd.DataFrame:
    """Run one study."""
    if case.bars:
        prices, events = simulate_bars(case.bars, reps, rng)
        return EventStudy(**STUDY, windows=case.windows, tests=case.tests).run(events, prices).tests
    returns, events = simulate(case, reps, rng)
    return EventStudy(windows=case.windows, tests=case.tests).run(events, returns=returns).tests


def _p_values(case: Case, tests: pd.DataFrame) -> Iterator[tuple[str, str, float]]:
    """Yield window, test and p of every repetition in a table of tests.

    Of one date: the p of the first market, and the smallest step-down p among all. Otherwise the p of every test, and
    that of the one whose role is the headline.
    """
    if case.by_pair:
        made = tests[tests["test"].isin(case.tests)]
        first = made[(made["test"] == "placebo_standardised") & made["market"].isin(["M0", SYMBOL])]
        yield from first[["window", "test", "p"]].itertuples(index=False, name=None)
        if case.pairs > 1:
            smallest = made[made["test"] == "step_down"].groupby(["window", "event_id"], sort=False)["p"].min()
            yield from ((window, "step_down", p) for (window, _), p in smallest.items())
        return
    made = tests[(tests["market"] == "") & tests["test"].isin(case.tests)]
    yield from made[["window", "test", "p"]].itertuples(index=False, name=None)
    read_first = made[made["role"] == "headline"].set_index("window")["p"]
    yield from ((window, "headline", read_first.get(window, np.nan)) for window in dict.fromkeys(made["window"]))


def known(path: Path = COUNTS) -> pd.DataFrame:
    """Return the counts kept so far."""
    return pd.read_csv(path) if path.exists() else pd.DataFrame(columns=COLUMNS)


def add(counts: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    """Return the sums of two tables of counts, in the order of the cases."""
    both = pd.concat([counts, more]) if len(counts) else more
    total = both.groupby(KEYS, sort=False).sum().reset_index()
    place = {name: at for at, name in enumerate(CASES)}
    return total.sort_values("case", key=lambda names: names.map(place), kind="stable").astype({"reps": int})


def measure(cases: list[Case], reps: int, minutes: float) -> None:
    """Add blocks of repetitions to the counts until every case has enough, or the time is over."""
    began, counts = time.monotonic(), known()
    for case in cases:
        done = int(counts.loc[counts["case"] == case.name, "reps"].max()) if case.name in set(counts["case"]) else 0
        while done < reps and time.monotonic() - began < 60 * minutes:
            counts = add(counts, block(case, done // case.block))
            done += case.block
            write_whole(COUNTS, counts.to_csv(index=False))
        print(f"{time.monotonic() - began:6.0f} s  {done:6d}  {case.name}", file=sys.stderr, flush=True)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is never seen half written."""
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def main() -> int:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reps", type=int, default=2_000)
    parser.add_argument("--case", nargs="*", choices=list(CASES), metavar="CASE", help="only these cases")
    parser.add_argument("--minutes", type=float, default=90.0, help="stop after so many minutes")
    parser.add_argument("--page", action="store_true", help="only write the page from the counts")
    options = parser.parse_args()
    if not options.page:
        measure([CASES[name] for name in options.case or CASES], options.reps, options.minutes)
    write_whole(PAGE, put(PAGE.read_text(encoding="utf-8"), known()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
