"""The table of power in docs/validity.md: the test to read first against the best one that keeps its level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from headline_cases import CASES, Case

RIVALS = {
    "placebo_ewma": "placebo_standardised by the plain EWMA",
    "max_t_ewma": "step_down by the plain EWMA",
    "max_t_sigma": "step_down without scaling by volatility",
    "holm_t": "Holm over t",
    "cluster_t_table": "cluster t read off Student's table",
    "bmp_rank_by_day": "mean over spread, ranked",
    "portfolio_rank": "mean over its EWMA, ranked",
}
OF_ONE = ("placebo_ewma", "placebo", "t")


@dataclass(frozen=True, kw_only=True)
class Duel:
    """A test to read first, and the tests that compete with it.

    Parameters
    ----------
    powers : str
        Cases with an effect: names that begin with this and hold "effect".
    first : str
        The test to read first.
    rivals : tuple of str
    like : str
        Beginning of the names of other cases that are variants of the same design.
    """

    powers: str
    first: str
    rivals: tuple[str, ...]
    like: str = ""

    def variants(self) -> list[Case]:
        """Cases of a true null in which a test must keep its level, apart from those in which none does."""
        begins = (self.powers, self.like or self.powers)
        return [
            case for name, case in CASES.items() if name.startswith(begins) and case.target not in ("power", "declared")
        ]


DATES = ("cluster_t_rank", "bmp_rank", "kp_bmp", "cluster_t_table", "sign_flip", "calendar_time_t")
CHAINS = ("kp_bmp", "calendar_time_t", "two_way_clustered_t")
DUELS = (
    Duel(powers="1 market", first="placebo_standardised", rivals=OF_ONE),
    Duel(powers="1 future", first="placebo_standardised", rivals=OF_ONE, like="1 market"),
    Duel(powers="12 markets", first="step_down", rivals=("max_t_ewma", "max_t_sigma", "holm_t")),
    Duel(powers="half-hour bars, open", first="placebo_standardised", rivals=("placebo", "t")),
    *(Duel(powers=f"{n} dates", first="headline", rivals=DATES) for n in (3, 5, 10)),
    Duel(
        powers="50 firms on one date",
        first="headline",
        rivals=("kp_bmp", "bmp_rank_by_day", "portfolio_rank"),
    ),
    Duel(
        powers="60 firms on own dates",
        first="headline",
        rivals=("cross_sectional_t", "patell", "corrado", "grank_t", "generalized_sign"),
    ),
    Duel(powers="60 firms on consecutive days", first="headline", rivals=CHAINS),
    # The five days of a week are five dates with several firms each.
    Duel(powers="60 firms in one week", first="headline", rivals=(*CHAINS, "cluster_t_rank"), like="5 dates"),
)
RARE = 5.0
TooLarge = Callable[[Case, str, pd.Series], bool]
HEAD = """### Power against the best test that keeps its level

Power in per cent at 5 %. A competitor keeps its level if it exceeds the bound of no variant of the same design above
(in the window in which power is measured, beyond Monte-Carlo error); the others stand behind it with the size that
they reach, since their power is no measure. The last column is the power of the test to read first over that of the
best that keeps its level.

| effect | repetitions | test to read first | best that keeps its level | over it | not compared: largest size |
|---|---|---|---|---|---|
"""


def power_table(counts: pd.DataFrame, too_large: TooLarge) -> str:
    """Return the table; `too_large(case, window, row)` says whether a size is above its bound."""
    lines = [
        _line(duel, case, counts, too_large)
        for duel in DUELS
        for name, case in CASES.items()
        if name.startswith(duel.powers) and case.target == "power" and name in set(counts["case"])
    ]
    return HEAD + "\n".join(lines) + "\n"


def _line(duel: Duel, case: Case, counts: pd.DataFrame, too_large: TooLarge) -> str:
    """Return the line of one case with an effect."""
    mine = counts[counts["case"] == case.name].set_index("test")
    window, reps = mine["window"].iloc[0], int(mine["reps"].max())
    power = 100 * mine["at_5"] / mine["reps"]
    sizes = {test: _worst(duel, test, window, counts, too_large) for test in duel.rivals if test in mine.index}
    fair = [test for test, (kept, _) in sizes.items() if kept and power[test] == power[test]]
    best = max(fair, key=lambda test: power[test], default="")
    others = [f"{RIVALS.get(test, test)} {size:.0f} %" for test, (kept, size) in sizes.items() if not kept]
    against = f"{RIVALS.get(best, best)}: {power[best]:.1f}" if best else "none"
    # A competitor that hardly ever rejects is no measure.
    ratio = f"{100 * power[duel.first] / power[best]:.0f} %" if best and power[best] > RARE else ""
    name = f"{case.name}, {window}" if window != "[0,0]" else case.name
    return f"| {name} | {reps:,} | {power[duel.first]:.1f} | {against} | {ratio} | {'; '.join(others)} |"


def _worst(duel: Duel, test: str, window: str, counts: pd.DataFrame, too_large: TooLarge) -> tuple[bool, float]:
    """Return whether a test keeps its level in every variant, and its largest size at 5 %."""
    kept, largest = True, 0.0
    for case in duel.variants():
        row = counts[(counts["case"] == case.name) & (counts["window"] == window) & (counts["test"] == test)]
        if len(row) and row["no_p"].iloc[0] < row["reps"].iloc[0]:
            kept = kept and not too_large(case, window, row.iloc[0])
            largest = max(largest, float(100 * row["at_5"].iloc[0] / row["reps"].iloc[0]))
    return kept, largest
