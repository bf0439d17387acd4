"""How often does the test that is read first reject a true null? Measured through `EventStudy.run(...).tests`.

Where one run gives one p, all but the first run of a block make the same tests on the same returns without the frames
that a study makes besides; the first is made both ways, and must be equal to the last digit.

    python benchmarks/validity_headline.py                            # every case; resumes
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
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from headline_bars import STUDY, SYMBOL, simulate_bars
from headline_cases import CASES, Case, simulate
from headline_page import put
from headline_rolls import FUTURE, simulate_rolls

from eventstudy import EventStudy, Window
from eventstudy.inference.abnormal import abnormal_returns
from eventstudy.inference.battery import TestPlan, run_tests
from eventstudy.inference.models.registry import get_model
from eventstudy.panel import EventPanel, Outcome

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
    found = [tuple(_p_values(case, _tests(case, reps, rng, first=k == 0))) for k, reps in enumerate(runs)]
    rows = pd.DataFrame([line for run in found for line in run], columns=["window", "test", "p"])
    counted = rows.groupby(["window", "test"], sort=False)["p"]
    table = counted.agg(
        reps="size",
        at_5=lambda p: int((p <= 0.05).sum()),
        at_1=lambda p: int((p <= 0.01).sum()),
        no_p=lambda p: int(p.isna().sum()),
    )
    return table.reset_index().assign(case=case.name)[COLUMNS]


def _tests(case: Case, reps: int, rng: np.random.Generator, *, first: bool) -> pd.DataFrame:
    """Run one study; all but the first of a block without the frames that `EventStudy.run` makes beside its tests."""
    if case.bars:
        prices, events = simulate_bars(case.bars, reps, rng, case.effect)
        return EventStudy(**STUDY, windows=case.windows, tests=case.tests).run(events, prices).tests
    if case.rolls:
        prices, events = simulate_rolls(reps, rng, case.effect)
        return EventStudy(rolls=case.rolls, windows=case.windows, tests=case.tests).run(events, prices).tests
    returns, events = simulate(case, reps, rng)
    study = EventStudy(windows=case.windows, tests=case.tests)
    made = tests_alone(study, returns, events)
    if first:
        whole = study.run(events, returns=returns).tests
        pd.testing.assert_frame_equal(made, whole[whole["test"] != "holm"].reset_index(drop=True), check_exact=True)
    return made


def tests_alone(study: EventStudy, returns: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Return what `EventStudy.run(events, returns=returns).tests` holds for complete returns, without its other frames.

    A study makes a dozen frames besides; without them a repetition takes a fifth of the time.
    """
    windows = study.event_windows
    tau = np.arange(study.estimation_window.first, max(window.last for window in windows) + 1)
    row = returns.index.get_indexer(events["session"])[:, None] + tau
    column = returns.columns.get_indexer(events["symbol"])[:, None]
    panel = EventPanel(
        rows=events.rename(columns={"symbol": "market"}).assign(outcome=Outcome.OK, detail=""),
        tau=tau,
        returns=returns.to_numpy()[row, column],
        sessions=returns.index.to_numpy().astype("M8[D]")[row],
        factors=np.empty((*row.shape, 0)),
    )
    model, log = get_model(study.model, study.benchmark), study.returns == "log"
    least = {"min_observations": study.min_observations, "min_window_share": study.min_window_share}
    made = abnormal_returns(model, panel, estimation=study.estimation_window, windows=windows, log_returns=log, **least)
    return run_tests(made, tuple(dict.fromkeys(windows)), TestPlan(names=tuple(study.tests), seed=study.seed))


def _p_values(case: Case, tests: pd.DataFrame) -> Iterator[tuple[str, str, float]]:
    """Yield window, test and p of every repetition in a table of tests.

    Of one date: every test's p of the first market, and the smallest p of its markets that allows for their number.
    Otherwise the p of every test, and that of the one whose role is the headline.
    """
    tests = tests[tests["window"].isin([Window.of(window).label for window in case.windows])]
    if case.by_pair:
        first = tests["market"].isin(["M0", SYMBOL, FUTURE]) & ~tests["test"].isin(["step_down", "holm"])
        yield from tests.loc[first, ["window", "test", "p"]].itertuples(index=False, name=None)
        if case.pairs > 1:
            yield from _of_families(case, tests)
        return
    yield from tests.loc[tests["market"] == "", ["window", "test", "p"]].itertuples(index=False, name=None)
    read_first = tests[tests["role"] == "headline"].set_index("window")["p"]
    yield from ((window, "headline", read_first.get(window, np.nan)) for window in dict.fromkeys(tests["window"]))


def _of_families(case: Case, tests: pd.DataFrame) -> Iterator[tuple[str, str, float]]:
    """Yield window, test and p of the tests of all markets of each event."""
    joint = tests[tests["test"].isin(["step_down", "max_t_ewma", "max_t_sigma", "t"])]
    smallest = joint.groupby(["window", "test", "event_id"], sort=False)["p"].min()
    for (window, test, _), p in smallest.items():
        yield (window, "holm_t", min(case.pairs * p, 1.0)) if test == "t" else (window, test, p)


def known(path: Path = COUNTS) -> pd.DataFrame:
    """Return the counts kept so far."""
    return pd.read_csv(path) if path.exists() else pd.DataFrame(columns=COLUMNS)


def add(counts: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    """Return the sums of two tables of counts, in the order of the cases."""
    both = pd.concat([counts, more]) if len(counts) else more
    total = both.groupby(KEYS, sort=False).sum().reset_index()
    place = {name: at for at, name in enumerate(CASES)}
    return total.sort_values("case", key=lambda names: names.map(place), kind="stable").astype({"reps": int})


def measure(cases: list[Case], reps: int | None, minutes: float, jobs: int) -> None:
    """Add blocks of repetitions to the counts until every case has enough, or the time is over."""
    began, counts = time.monotonic(), known()
    with ProcessPoolExecutor(jobs) as pool:
        for case in cases:
            enough = reps or case.enough
            done = int(counts.loc[counts["case"] == case.name, "reps"].max()) if case.name in set(counts["case"]) else 0
            while done < enough and time.monotonic() - began < 60 * minutes:
                first, missing = done // case.block, -(-(enough - done) // case.block)
                for more in pool.map(block, [case] * jobs, range(first, first + min(jobs, missing))):
                    counts, done = add(counts, more), done + case.block
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
    parser.add_argument("--reps", type=int, help="of each case; by default 2,000, of one market 20,000")
    parser.add_argument("--case", nargs="*", choices=list(CASES), metavar="CASE", help="only these cases")
    parser.add_argument("--minutes", type=float, default=90.0, help="stop after so many minutes")
    parser.add_argument("--jobs", type=int, default=1, help="processes; the numbers do not depend on it")
    parser.add_argument("--page", action="store_true", help="only write the page from the counts")
    options = parser.parse_args()
    if not options.page:
        measure([CASES[name] for name in options.case or CASES], options.reps, options.minutes, options.jobs)
    write_whole(PAGE, put(PAGE.read_text(encoding="utf-8"), known()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
