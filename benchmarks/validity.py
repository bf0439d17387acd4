"""How often do the tests reject a true null? The library's own kernels on simulated studies.

    python benchmarks/validity.py                        # 20,000 repetitions; writes docs/validity.md and sizes.csv
    python benchmarks/validity.py --reps 2000 --check    # only checks; exits 1 if a cell leaves its band

Each cell is the share of studies with p <= .05, two-sided, in per cent. Market model by least squares with the
forecast error; sigma of a firm U(1 %, 3 %), of an index
U(.8 %, 2 %), beta U(.5, 1.5), market 1 % a day.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from headline_page import put
from scipy import stats
from simulated import MANY, ONE_DATE, simulate
from validity_headline import known
from validity_page import page, sizes_csv
from validity_peers_page import known_peers, put_peers

from eventstudy.inference.models.least_squares import least_squares
from eventstudy.inference.significance import kernels, rank_kernels, sizes
from eventstudy.inference.significance.joint import gls, hotelling
from eventstudy.inference.significance.kernels import DaySums
from eventstudy.inference.significance.placebo_ranks import rank_p, standardised
from eventstudy.inference.significance.registry import TESTS
from eventstudy.inference.significance.resampling import circular_placebo, one_day_placebo
from eventstudy.inference.significance.stepdown import step_down
from eventstudy.inference.significance.volatility import robust_variance

BLOCK = 50
LEVEL = 0.05


def fitted(returns: np.ndarray, market: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return residuals (reps, n, L), AR, SAR and df (reps, n) of the market model."""
    reps, n, days = returns.shape
    y, x = returns.reshape(-1, days), market.reshape(-1, days, 1)
    fit = least_squares(y[:, :-1], x[:, :-1], param_names=("alpha", "beta"))
    ar = y[:, -1] - fit.predict(x[:, -1:])[:, 0]
    variance = fit.forecast_cov(x[:, -1:])[:, 0, 0]
    per_event = (ar, ar / np.sqrt(variance), fit.df.astype(float), fit.sigma)
    return fit.residuals.reshape(reps, n, -1), *(value.reshape(reps, n) for value in per_event)


def rejects_t(t: np.ndarray, df: float | np.ndarray) -> np.ndarray:
    """Return whether two-sided t tests reject."""
    return 2 * stats.t.sf(np.abs(t), df) <= LEVEL


def rejects_z(z: np.ndarray) -> np.ndarray:
    """Return whether two-sided z tests reject."""
    return 2 * stats.norm.sf(np.abs(z)) <= LEVEL


def correlation_of(residuals: np.ndarray) -> np.ndarray:
    """Return the mean correlation of each study's residuals, dates by position."""
    z = kernels.root_mean_square_scaled(residuals)
    return kernels.mean_correlation(z.sum(axis=-2), (z**2).sum(axis=-2), np.full(z.shape[::2], float(z.shape[1])))


def adjusted_bmp(sar: np.ndarray, rbar: np.ndarray) -> np.ndarray:
    """Return the adjusted BMP t; zero, which never rejects, where it is undefined."""
    inflation = kernels.inflation(rbar, np.full_like(rbar, sar.shape[-1]))
    with np.errstate(invalid="ignore"):
        return np.where(inflation > 0, kernels.mean_t(sar) * np.sqrt((1 - rbar) / inflation), 0.0)


def many_events(returns: np.ndarray, market: np.ndarray) -> dict[str, np.ndarray]:
    """Return the rejections of the tests of many events, one per study."""
    residuals, ar, sar, df, sigma = fitted(returns, market)
    n, length = ar.shape[1], residuals.shape[2]
    rbar = correlation_of(residuals)
    patell, bmp = kernels.patell_z(sar, df), kernels.mean_t(sar)
    plain = DaySums.of(rank_kernels.scaled_ranks(np.concatenate([residuals, ar[..., None]], axis=-1)))
    # On one day the re-standardised and the generalised ranks are of the same numbers.
    event = sar / kernels.deviation(sar)[:, None]
    u = rank_kernels.scaled_ranks(np.concatenate([residuals / sigma[..., None], event[..., None]], axis=-1))
    generalised = DaySums.of(u)
    portfolio = residuals.mean(axis=1)
    return {
        "cross_sectional_t": rejects_t(kernels.mean_t(ar), n - 1),
        "brown_warner_1985": rejects_t(
            kernels.brown_warner_1985_t(DaySums.of(residuals), ar.mean(axis=1)[:, None]), length - 1
        ),
        "patell": rejects_z(patell),
        "bmp": rejects_t(bmp, n - 1),
        "bmp, read off the normal": rejects_z(bmp),
        "kp_bmp": rejects_t(adjusted_bmp(sar, rbar), n - 1),
        "kp_patell": rejects_z(patell / np.sqrt(np.maximum(1 + (n - 1) * rbar, 1e-12))),
        "corrado": rejects_z(rank_kernels.corrado_z(plain)[:, -1]),
        "corrado_zivney_restandardised": rejects_z(rank_kernels.corrado_zivney_z(generalised)[:, -1]),
        "grank_t": rejects_t(rank_kernels.grank_t(generalised, np.full(len(ar), float(n))), length - 1),
        "grank_z": rejects_z(rank_kernels.grank_z(u[..., -1], np.full((len(ar), n), length + 1.0))),
        "brown_warner_1980": rejects_z(kernels.brown_warner_1980_z(ar, kernels.deviation(residuals), np.ones_like(ar))),
        "skewness_t": rejects_t(kernels.hall_t(ar), n - 1),
        "sign": stats.binom.sf(np.maximum((ar > 0).sum(axis=1), (ar < 0).sum(axis=1)) - 1, n, 0.5) * 2 <= LEVEL,
        "wilcoxon": rejects_z(
            (rank_kernels.signed_rank_sum(ar) - n * (n + 1) / 4) / np.sqrt(n * (n + 1) * (2 * n + 1) / 24)
        ),
        "variance_f": stats.f.sf(kernels.deviation(kernels.unit_variance(sar, df)) ** 2, n - 1, df.sum(axis=1))
        <= LEVEL,
        "beaver_u": stats.norm.sf(kernels.variance_z(sar, df)) <= LEVEL,
        "generalized_sign": rejects_z(rank_kernels.generalized_sign_z(ar, (residuals > 0).mean(axis=-1))),
        "placebo, equal-weighted portfolio": one_day_placebo(portfolio, ar.mean(axis=1)) <= LEVEL,
    }


def one_date(returns: np.ndarray, market: np.ndarray) -> dict[str, np.ndarray]:
    """Return the rejections of the tests of one date in many markets, one per study."""
    residuals, ar, sar, df, sigma = fitted(returns, market)
    (reps, n), freedom = ar.shape, float(df[0, 0])
    p = 2 * stats.t.sf(np.abs(sar), df)
    both = least_squares(
        returns.reshape(-1, returns.shape[2]), market.reshape(-1, market.shape[2], 1), param_names=("alpha", "beta")
    ).residuals.reshape(returns.shape)
    weights = returns.mean(axis=1)
    whole = least_squares(weights[:, :-1], market[:, 0, :-1, None], param_names=("alpha", "beta"))
    portfolio = weights[:, -1] - whole.predict(market[:, 0, -1:, None])[:, 0]
    error = np.sqrt(whole.forecast_cov(market[:, 0, -1:, None])[:, 0, 0])
    leverage = (ar / sar / sigma)[:, 0]
    f = hotelling(residuals, ar) / residuals.shape[2] * freedom / leverage**2 * (freedom - n + 1) / (n * freedom)
    estimate, se = gls(residuals, ar, df=freedom)
    flat = residuals.reshape(-1, residuals.shape[2])
    expected = robust_variance(flat, flat.shape[1]).reshape(reps, n, -1)
    z, z_0 = (
        standardised(residuals, 1, expected[..., :-1], 0.0),
        standardised(ar / leverage[:, None], 1, expected[..., -1], 0.0),
    )
    usual = robust_variance(whole.residuals, flat.shape[1])
    return {
        "t with forecast error, market 1": p[:, 0] <= LEVEL,
        "smallest of n p-values": p.min(axis=1) <= LEVEL,
        "Holm": p.min(axis=1) * n <= LEVEL,
        "placebo, market 1": one_day_placebo(residuals[:, 0], ar[:, 0]) <= LEVEL,
        "placebo with refit, market 1": circular_placebo(both[:, 0], 1) <= LEVEL,
        "placebo_standardised, market 1": rank_p(z_0[:, 0], z[:, 0]) <= LEVEL,
        "max_t": step_down(z_0, z).min(axis=1) <= LEVEL,
        "placebo with refit, equal-weighted portfolio": circular_placebo(both.mean(axis=1), 1) <= LEVEL,
        "cross_sectional_t": rejects_t(kernels.mean_t(ar), n - 1),
        "patell": rejects_z(kernels.patell_z(sar, df)),
        "bmp": rejects_t(kernels.mean_t(sar), n - 1),
        "kp_bmp": rejects_t(adjusted_bmp(sar, correlation_of(residuals)), n - 1),
        "t with forecast error, equal-weighted portfolio": rejects_t(portfolio / error, freedom),
        "multivariate F": stats.f.sf(f, n, freedom - n + 1) <= LEVEL,
        "common_effect, no shrinkage": rejects_t(estimate / (se * leverage), freedom),
        "EWMA-standardised placebo, equal-weighted portfolio": rank_p(
            portfolio / np.sqrt(usual[:, -1]), whole.residuals / np.sqrt(usual[:, :-1])
        )
        <= LEVEL,
    }


TABLES = {"many": (MANY, many_events), "one": (ONE_DATE, one_date)}


def measure(job: tuple[str, str, int, int]) -> tuple[str, str, dict[str, float]]:
    """Return the rejection rates of one column."""
    table, column, reps, seed = job
    designs, tests = TABLES[table]
    rng = np.random.default_rng([seed, list(TABLES).index(table), list(designs).index(column)])
    counts: dict[str, int] = {}
    for start in range(0, reps, BLOCK):
        returns, market = simulate(designs[column], min(BLOCK, reps - start), rng)
        for name, rejected in tests(returns, market).items():
            counts[name] = counts.get(name, 0) + int(rejected.sum())
    return table, column, {name: 100 * value / reps for name, value in counts.items()}


def bands(reps: int) -> dict[tuple[str, str, str], tuple[float, float]]:
    """Return (low, high) of the cells that are held, in per cent."""
    wide = reps < 20_000
    rough = (2.9, 7.3) if reps < 2_000 else (3.4, 6.8)  # three standard errors and more
    valid = rough if wide else (4.5, 5.6)
    skewed = rough if wide else (4.5, 6.0)
    margin = 4.5 if reps < 2_000 else 3.0 if wide else 1.5
    held: dict[tuple[str, str, str], tuple[float, float]] = {}
    for row in ("cross_sectional_t", "patell", "bmp", "kp_bmp", "brown_warner_1985", "corrado", "grank_t"):
        held |= {("many", row, column): skewed if row == "grank_t" else valid for column in ("a", "a2")}
    for row in ("cross_sectional_t", "bmp", "kp_bmp", "grank_t", "generalized_sign"):
        band = {"grank_t": skewed, "generalized_sign": (valid[0], max(valid[1], 6.0))}.get(row, valid)
        held |= {("many", row, column): band for column in ("b x2", "b4 x4")}
    for row in ("kp_bmp", "kp_patell", "brown_warner_1985", "placebo, equal-weighted portfolio"):
        held |= {("many", row, column): valid for column in ("c .05", "c .10", "c .30")}
    for row, cells in FAILURES.items():
        held |= {("many", row, column): (rate - margin, rate + margin) for column, rate in cells.items()}
    for row, rate in POWER.items():
        held[("many", row, "p1 1%")] = (rate - margin * 2 / 3, rate + margin * 2 / 3)
    for row in ("max_t", "placebo with refit, market 1", "placebo with refit, equal-weighted portfolio"):
        held |= {("one", row, column): valid if wide else (4.0, 5.8) for column in ("s1", "s2", "s4", "s5")}
    return held


# What an independent simulation found, in per cent: tests that fail must fail by this much, and find this much.
FAILURES = {
    "patell": {"b x2": 16.2, "b4 x4": 33.2, "c .05": 29.2, "c .10": 41.4, "c .30": 62.3},
    "brown_warner_1985": {"b x2": 16.3, "b4 x4": 32.8},
    "placebo, equal-weighted portfolio": {"b x2": 16.1, "b4 x4": 32.6},
    "corrado": {"b x2": 9.5, "b4 x4": 14.5, "c .05": 5.1, "c .10": 4.8, "c .30": 4.3, "cb .10+x2": 8.7},
    "bmp": {"c .05": 29.7, "c .10": 43.1, "c .30": 67.6},
    "generalized_sign": {"c .05": 23.9, "c .10": 35.9, "c .30": 61.0},
    "grank_z": {"c .05": 30.0, "c .10": 43.1, "c .30": 67.5},
    "grank_t": {"d2 skew": 15.2, "N12 .3": 8.8, "N12 .6": 9.9},
    "corrado_zivney_restandardised": {"d2 skew": 15.2, "N12 .3": 8.7, "N12 .6": 9.9},
    "kp_patell": {"cb .10+x2": 16.3},
    "kp_bmp": {"cb .10+x2": 4.9},
}
POWER = {"patell": 97.1, "bmp": 96.2, "corrado": 96.0, "cross_sectional_t": 91.1, "generalized_sign": 85.5}


def main() -> int:
    """Measure, print what left its band, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reps", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=20200108)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--columns", nargs="*", help="only these columns")
    parser.add_argument("--check", action="store_true", help="hold the cells to their bands; write nothing")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "docs" / "validity.md")
    parser.add_argument("--sizes", type=Path, default=Path(sizes.__file__).with_suffix(".csv"))
    options = parser.parse_args()
    began = time.perf_counter()
    jobs = [
        (table, column, options.reps, options.seed)
        for table, (designs, _) in TABLES.items()
        for column in designs
        if not options.columns or column in options.columns
    ]
    rates: dict[str, dict[str, dict[str, float]]] = {"many": {}, "one": {}}
    with ProcessPoolExecutor(options.jobs) as pool:
        for table, column, cells in pool.map(measure, jobs):
            rates[table][column] = cells
            print(f"{time.perf_counter() - began:6.0f} s  {table} {column}", file=sys.stderr)
    if not options.check and not options.columns:
        text = put(page(rates, options.reps, options.seed), known())
        options.out.write_text(put_peers(text, known_peers()), encoding="utf-8")
        options.sizes.write_text(sizes_csv(rates, TESTS), encoding="utf-8")
    return report(rates, options.reps)


def report(rates: dict[str, dict[str, dict[str, float]]], reps: int) -> int:
    """Print the cells outside their bands; return 1 if there are any."""
    held = {key: band for key, band in bands(reps).items() if key[2] in rates[key[0]]}
    out = 0
    for (table, row, column), (low, high) in held.items():
        rate = rates[table][column][row]
        if not low <= rate <= high:
            out += 1
            print(f"{table} / {row} / {column}: {rate:.2f} is outside [{low:.1f}, {high:.1f}]")
    print(f"{len(held) - out} of {len(held)} cells within their bands")
    return int(out > 0)


if __name__ == "__main__":
    sys.exit(main())
