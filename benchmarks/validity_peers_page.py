"""The section of docs/validity.md on peers, weights, bootstraps and regressions of one date."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

COUNTS = Path(__file__).with_name("validity_peers.csv")
BEGIN = "<!-- Peers, weights, bootstraps, slopes: written by benchmarks/validity_peers.py -->"
END = "<!-- end of peers -->"
POWER = ", power"
REGISTRY = ("wild_cluster", "block_bootstrap")
INTRODUCTION = """## Peers, rolling betas, weights, bootstraps and slopes of one date

Rejections in per cent at the two-sided 5 % level: of a true null, and after the stroke with an effect of 1 % on day 0
of the same simulated returns. Seed 20200108, `python benchmarks/validity_peers.py`; counts in
`benchmarks/validity_peers.csv`. The 95 % Monte-Carlo band of a valid test is {bands}.
"""
LEGENDS = {
    "models": """### Benchmarks

Day 0, 200 estimation days, 20 firms a study. Returns are `b M + g F + e`: market and industry factor 1 % a day, b and g
U(.5, 1.5), own noise U(1 %, 2 %). The peers are 12 firms of the same industry; matched-peers takes the mean of 10.
**Own dates**: every firm in a world of its own; **one date**: all 20 share market, industry and peers. Repetitions:
{reps}; `t` counts each firm.
""",
    "bootstraps": """### Bootstraps of the mean by clusters

Abnormal returns of normal pairs, sigma U(1 %, 3 %), those of one date correlated .5; "skew": lognormal, skewness 2.3.
`t by clusters` is Student's t of the same statistic with clusters - 1 degrees of freedom. 999 draws, {reps}
repetitions. With fewer than five clusters, thus on one date, both bootstraps do not apply.
""",
    "weights": """### Means weighted by value

Lognormal weights (standard deviation 1 of the logarithm), constant mean over 101 days, sigma U(1 %, 3 %); correlation
.5 within ten dates, .3 on one date. `weighted_t` takes the cross-section on own dates, clusters on ten dates, and the
mean correlation on one date. {reps} repetitions.
""",
    "slopes": """### Slopes on one date

20 firms, 200 estimation days, a characteristic that is related to the exposure to a common factor of 1 % a day; own
noise 1.5 %. "variance x2": all returns of the event day. Power: 1 % a unit (standard deviation) of the characteristic.
{reps} repetitions.
""",
}


def put_peers(page: str, counts: pd.DataFrame) -> str:
    """Return a page with the section written from the counts, in its old place or before the tests of many events."""
    section = f"{BEGIN}\n\n{_section(counts)}\n{END}\n"
    if BEGIN in page:
        before, rest = page.split(BEGIN)
        return before + section + rest.split(END + "\n", 1)[1]
    before, rest = page.split("\n## Many events", 1)
    return f"{before}\n{section}\n## Many events{rest}"


def known_peers() -> pd.DataFrame:
    """Return the counts measured so far."""
    return pd.read_csv(COUNTS)


def sizes_dates(counts: pd.DataFrame) -> str:
    """Return the text of significance/sizes_dates.csv: rates of tests of the registry under a true null hypothesis."""
    chosen = counts[counts["row"].isin(REGISTRY) & ~counts["column"].str.endswith(POWER)]
    rates, columns = _rates(chosen), list(dict.fromkeys(chosen["column"]))
    lines = [["test", *columns], *([row, *(rates[row, column] for column in columns)] for row in REGISTRY)]
    return "".join(",".join(f'"{cell}"' for cell in line) + "\n" for line in lines) if rates else "test\n"


def _rates(counts: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Return the rejection rates in per cent, as text, by row and column."""
    lines = counts.to_dict("records")
    return {(line["row"], line["column"]): f"{100 * line['rejected'] / line['reps']:.1f}" for line in lines}


def _section(counts: pd.DataFrame) -> str:
    """Return the introduction and the table of each part."""
    sizes = sorted(set(counts["reps"]))
    bands = ", ".join(f"5 +- {1.96 * math.sqrt(5 * 95 / n):.1f} at {n:,}" for n in (sizes[0], sizes[-1]))
    parts = [INTRODUCTION.format(bands=bands)]
    for part, legend in LEGENDS.items():
        mine = counts[counts["part"] == part]
        if len(mine):
            parts.append(f"{legend.format(reps=_reps(mine))}\n{_table(mine)}\n")
    return "\n".join(parts)


def _reps(counts: pd.DataFrame) -> str:
    """Say how often a part was repeated; each firm of a study counts in the column of `t`."""
    studies = counts[~counts["column"].str.startswith("t,")]
    by_row = studies.groupby("row", sort=False)["reps"].max()
    if by_row.min() == by_row.max():
        return f"{by_row.iloc[0]:,}"
    return ", ".join(f"{row} {n:,}" for row, n in by_row.items())


def _table(counts: pd.DataFrame) -> str:
    """Return the rates of one part as a Markdown table, each with the power after a stroke."""
    rates = _rates(counts)
    columns = [name for name in counts["column"].unique() if not name.endswith(POWER)]
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for row in counts["row"].unique():
        both = [[rates[row, one] for one in (name, name + POWER) if (row, one) in rates] for name in columns]
        lines.append(f"| {row} | " + " | ".join(" / ".join(cell) for cell in both) + " |")
    return "\n".join(lines)
