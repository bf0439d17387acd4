"""The table of the test to read first, in docs/validity.md."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from headline_cases import CASES, Case
from headline_power import power_table

BEGIN, END = "<!-- The test to read first: written by benchmarks/validity_headline.py -->", "<!-- end -->"
WINDOWS = ("[0,0]", "[-1,1]", "[0,10]")
SHOWN = {"bars": ("[0,0]", "[0,3]")}
# Placebo stretches in 200 estimation days, and the levels that so many can have.
PLACEBOS = {"[0,0]": 200, "[-1,1]": 198, "[0,10]": 190, "[0,3]": 517}
BOUNDS = {
    "tight": {
        "[0,0]": ((4.0, 6.0), (0.6, 1.6)),
        "[-1,1]": ((4.0, 6.0), (0.6, 1.6)),
        "[0,10]": ((4.0, 6.5), (0.6, 2.0)),
    },
    "upper": {window: ((0.0, 6.0), (0.0, 1.6)) for window in WINDOWS},
    "wide": {window: ((2.0, 8.5), (0.0, 100.0)) for window in WINDOWS},
    "bars": {"[0,0]": ((4.0, 7.0), (0.6, 2.2)), "[0,3]": ((3.5, 7.0), (0.6, 2.2))},
}
READ_FIRST = ("placebo_standardised", "step_down", "headline")
SAID = {
    "placebo_standardised": "placebo_standardised, the first market",
    "step_down": "step_down, any market",
    "headline": "by design",
}
INTRODUCTION = """## The test to read first

Rejections in per cent at 5 % / 1 %, of `EventStudy.run(...).tests` on simulated returns: constant mean, 200 estimation
days, a gap of ten. Written by `make validity` (`benchmarks/validity_headline.py`; counts in
`benchmarks/validity_headline.csv`). Where one run gives one p, the first run of each block of twenty goes through
`EventStudy.run`; the others make the same tests of the same returns without its other frames, and the first is compared
between both ways to the last digit. Designs are described in `benchmarks/headline_cases.py`: markets of one date are
correlated .5, firms of one date .1, of neighbouring days .3. "By design" is the test whose role is `headline`: bmp for
events on own dates, kp_bmp where windows of different dates share days, cluster_t_rank from five dates on, bmp_rank for
two to four, double_standardised for more than 40 pairs on one date. Factors on the variance hold from tau 0 on, so that
[-1,1] has them on two of its three days.

A rate r of n repetitions has the 95 % Monte-Carlo band r +- 1.96 sqrt(r (100 - r) / n): at 5 % it is {bands}.
A rank among P placebo stretches has the attainable levels 4.98 / 1.00 for [0,0], 4.52 / .50 for [-1,1] and 4.71 / .52
for [0,10]. Held to are 4.0 to 6.0 and .6 to 1.6 ([0,10]: 6.5 and 2.0), the lower ends times attainable over nominal
level, widened by the band of their number of repetitions; **bold** is outside. A cell above its bound but within the
band is not shown to hold: more repetitions decide it.
"""


def put(page: str, counts: pd.DataFrame) -> str:
    """Return a page with the section written from the counts, in its old place or before the first section."""
    section = f"{BEGIN}\n\n{_section(counts)}\n{END}\n"
    if BEGIN in page:
        before, rest = page.split(BEGIN)
        return before + section + rest.split(END + "\n", 1)[1]
    before, rest = page.split("\n## ", 1)
    return f"{before}\n{section}\n## {rest}"


def _section(counts: pd.DataFrame) -> str:
    """Return the introduction and the tables."""
    sizes = sorted(set(counts["reps"]))
    bands = ", ".join(f"+-{1.96 * math.sqrt(5 * 95 / n):.1f} at {n:,}" for n in sizes if n in (sizes[0], sizes[-1]))
    parts = [INTRODUCTION.format(bands=bands)]
    for target, title in (
        ("tight", "Held to their level"),
        ("upper", "Held from above: conservative is allowed"),
        ("wide", "Held to between 2 and 8.5 % at 5 %"),
        ("bars", "Half-hour bars, volatility U-shaped over the day: held to 4 to 7 ([0,3]: 3.5) and .6 to 2.2"),
        ("declared", "No test is right here: declared, and said beside the finding"),
    ):
        lines = [line for case in CASES.values() if case.target == target for line in _lines(case, counts)]
        if lines:
            parts.append(f"### {title}\n\n{_head(target)}\n" + "\n".join(lines) + "\n")
    return "\n".join([*parts, power_table(counts, too_large), _outside(counts), _missing(counts)])


def _head(target: str) -> str:
    """Return the head of a table."""
    names = ["case", "test", "repetitions", *SHOWN.get(target, WINDOWS)]
    return f"| {' | '.join(names)} |\n|{'---|' * len(names)}"


def _lines(case: Case, counts: pd.DataFrame) -> list[str]:
    """Return the lines of one case: the tests to read first."""
    mine = counts[counts["case"] == case.name]
    windows, lines = SHOWN.get(case.target, WINDOWS), []
    for test in [test for test in dict.fromkeys(mine["test"]) if test in READ_FIRST]:
        rows = mine[mine["test"] == test].set_index("window")
        if rows["no_p"].sum() == rows["reps"].sum():
            continue
        cells = [_cell(case, window, rows.loc[window]) for window in windows]
        lines.append(f"| {case.name} | {SAID.get(test, test)} | {rows['reps'].max():,} | {' | '.join(cells)} |")
    return lines


def _cell(case: Case, window: str, row: pd.Series) -> str:
    """Return both rates of one cell; bold where one is outside its bounds."""
    five, one = (100 * row[level] / row["reps"] for level in ("at_5", "at_1"))
    text = f"{five:.1f} / {one:.1f}"
    if row["no_p"]:
        text += f" ({100 * row['no_p'] / row['reps']:.0f} % without p)"
    return f"**{text}**" if leaves(case, window, row) else text


def too_large(case: Case, window: str, row: pd.Series) -> bool:
    """Say whether a rate is above its bounds by more than Monte-Carlo error."""
    return leaves(case, window, row, below=False)


def leaves(case: Case, window: str, row: pd.Series, *, below: bool = True) -> bool:
    """Say whether a rate is outside its bounds by more than Monte-Carlo error; above them only without `below`."""
    bounds = BOUNDS.get(case.target)
    if bounds is None:
        return False
    for level, column, (low, high) in zip((0.05, 0.01), ("at_5", "at_1"), bounds[window], strict=True):
        attainable = math.floor(level * (PLACEBOS[window] + 1)) / (PLACEBOS[window] + 1) if case.by_pair else level
        low = low * min(attainable / level, 1.0) if below else 0.0
        n, rate = row["reps"], 100 * row[column] / row["reps"]
        under, above = (1.96 * np.sqrt(max(end * (100 - end), 0.0) / n) for end in (low, high))
        if not low - under <= rate <= high + above:
            return True
    return False


def _outside(counts: pd.DataFrame) -> str:
    """Name the cells outside their bounds."""
    held, out = 0, []
    for row in counts[counts["test"].isin(READ_FIRST)].to_dict("records"):
        case = CASES.get(row["case"])
        if case is None or case.target not in BOUNDS:
            continue
        held += 1
        if leaves(case, row["window"], pd.Series(row)):
            rates = " / ".join(f"{100 * row[level] / row['reps']:.1f}" for level in ("at_5", "at_1"))
            out.append(f"{row['case']}, {row['window']} ({SAID[row['test']]}): {rates}")
    listed = "\n".join(f"- {line}" for line in out)
    return (
        f"{held - len(out)} of {held} cells are within their bounds{'.' if not out else '; outside are:'}\n\n{listed}\n"
    )


def _missing(counts: pd.DataFrame) -> str:
    """Name the cases without any repetition so far."""
    missing = [name for name in CASES if name not in set(counts["case"])]
    return f"Not measured yet: {'; '.join(missing)}.\n" if missing else ""
