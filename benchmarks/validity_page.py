"""The page that shows the measured rejection rates."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy import stats
from simulated import MANY, ONE_DATE, Design

# Rows of the tables that are a test of the library under another name.
ROWS_OF_TESTS = {"t with forecast error, market 1": "t", "placebo, market 1": "placebo"}
TESTS_OF_VARIANCE = ("variance_f", "beaver_u")


def theory() -> dict[tuple[str, str], float]:
    """Return the rejection rates that have a closed form, by row and column, in per cent."""
    rates = {}
    for column, design in MANY.items():
        if design.shift or design.tails != "normal":
            continue
        n, z, t = design.n, stats.norm.ppf(0.975), stats.t.ppf(0.975, design.n - 1)
        inflation = 1 + (n - 1) * design.rho
        rates["patell", column] = 200 * stats.norm.sf(z / np.sqrt(design.variance * inflation))
        bmp = np.sqrt((1 - design.rho) / inflation)
        rates["bmp", column] = 200 * stats.t.sf(t * bmp, n - 1)
        rates["bmp, read off the normal", column] = 200 * stats.t.sf(z * bmp, n - 1)
        rates["kp_bmp", column] = 5.0
        rates["kp_patell", column] = 200 * stats.norm.sf(z / np.sqrt(design.variance))
    return rates


def page(rates: dict[str, dict[str, dict[str, float]]], reps: int, seed: int) -> str:
    """Return the text of docs/validity.md."""
    parts = [
        INTRODUCTION.format(reps=f"{reps:,}", seed=seed),
        "## Many events\n",
        MANY_LEGEND,
        table_of(rates["many"]),
        "\n### The same from closed forms (large L)\n",
        THEORY_LEGEND,
        table_of({c: {r: v for (r, k), v in theory().items() if k == c} for c in MANY if ("patell", c) in theory()}),
        "\n## One date, twelve markets\n",
        ONE_LEGEND,
        table_of(rates["one"]),
    ]
    return "\n".join(parts) + "\n"


def sizes_csv(rates: dict[str, dict[str, dict[str, float]]], tests: Iterable[str]) -> str:
    """Return the text of significance/sizes.csv: the rates of the library's tests where the null hypothesis is true."""
    designs = MANY | ONE_DATE
    columns = {c: cells for table in rates.values() for c, cells in table.items() if not designs[c].shift}
    rows = {name: name for name in tests} | ROWS_OF_TESTS
    lines = [",".join(["test", *columns])]
    lines += [
        ",".join([test, *(_size(test, designs[column], cells.get(row)) for column, cells in columns.items())])
        for row, test in rows.items()
        if any(row in cells for cells in columns.values())
    ]
    return "\n".join(lines) + "\n"


def _size(test: str, design: Design, rate: float | None) -> str:
    """Write a rate; nothing where there is none, or where a test of variance meets a variance that did change."""
    false = test in TESTS_OF_VARIANCE and design.variance != 1
    return "" if rate is None or false else f"{rate:.1f}"


def table_of(columns: dict[str, dict[str, float]]) -> str:
    """Return rates as a Markdown table."""
    rows = list(next(iter(columns.values())))
    lines = ["| test | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    lines += [f"| {row} | " + " | ".join(f"{cells[row]:.1f}" for cells in columns.values()) + " |" for row in rows]
    return "\n".join(lines)


INTRODUCTION = """# How often the tests are wrong

Rejections at the two-sided 5 % level, in per cent, of the library's own kernels on simulated studies: {reps} a cell,
seed {seed}. Written by `python benchmarks/validity.py`; nothing here is typed by hand. A valid test shows 5 under a
true null; Monte-Carlo error at 20,000 repetitions is 0.15 (95 % band 4.7 to 5.3). Tests that are known to fail must
fail here too, by as much as theory says.

Returns follow a market model (beta U(.5, 1.5), market 1 % a day), estimated by least squares over L = 250 days with the
forecast error in every standard error.
"""
MANY_LEGEND = """50 events, residual sigma U(1 %, 3 %). **a** events on independent dates; **a2** one date, no
correlation; **b**, **b4** variance doubled and fourfold on the event day; **c** residuals correlated .05, .10, .30 (one
date); **cb** both; **d** t(4) tails; **d2** lognormal residuals, skewness 2.3; **p** power: a shift of .5 % or 1 %
(with doubled variance, with correlation .1); **N12** twelve events, correlated .3 and .6.

What to take from it: only the adjusted BMP survives correlation *and* event-induced variance; unadjusted tests on
events that share a date reject a true null a third of the time and more; GRANK-T and the re-standardised rank test do
not stand skewed residuals; BMP read off the normal is wrong for few events.
"""
THEORY_LEGEND = """Patell: `2 Phi(-1.96 / sqrt(v (1 + (N - 1) rho)))`; BMP: Student's t with `(1 - rho)` in place of v.
"""
ONE_LEGEND = """Twelve indices, sigma U(.8 %, 2 %). **s1**, **s2** correlation .3 and .6; **s3**, **s4** L = 60 and 120;
**s5** multivariate t(4); **s6** all variances doubled on the event day; **s7** GARCH; **s8** GARCH, events in a wild
spell (variance above 1.5 times its mean); **w1-w3** power for -1, -2, -4 % everywhere; **x1** only the common factor's
variance, fourfold; **x2** uneven loadings; **x3** half the markets load with the opposite sign; **x4** power for +3 %
and -3 % in opposite halves. From s3 on, the correlation is .6 (x2: uneven).

What to take from it: over markets on one date the cross-sectional t, Patell and BMP reject a true null a third to two
thirds of the time; `max_t` keeps its level across markets and tails; in a wild spell only the volatility-standardised
placebo stays near its level; a rise in variance on the very day cannot be told from a reaction; averaging markets that
move in opposite directions finds nothing (x4).
"""
