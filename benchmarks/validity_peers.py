"""Rejection rates with peers, rolling betas, weights, bootstraps by clusters and regressions of one date.

    python benchmarks/validity_peers.py                      # all parts; writes its section of docs/validity.md
    python benchmarks/validity_peers.py --parts slopes       # one of models, bootstraps, weights, slopes

Counts are kept in `validity_peers.csv`, so that parts can be measured one by one; rates of tests in the registry go to
`significance/sizes_dates.csv`, from which their records have them.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from validity_peers_page import put_peers, sizes_dates

from eventstudy.inference.abnormal import AbnormalReturns, abnormal_returns
from eventstudy.inference.cross_section import regress_cars
from eventstudy.inference.models.market import ConstantMean, MarketModel
from eventstudy.inference.models.matched import MatchedPeers
from eventstudy.inference.models.penalised import PenalisedPeers
from eventstudy.inference.models.protocol import Model
from eventstudy.inference.models.rolling import RollingMarketModel
from eventstudy.inference.past_slopes import slopes_on_one_date
from eventstudy.inference.portfolio_slopes import portfolio_slopes
from eventstudy.inference.significance import bootstrap, kernels, sizes
from eventstudy.inference.weighted import weighted_cars
from eventstudy.panel import EventPanel
from eventstudy.windows import Window

LEVEL, DAY = 0.05, Window(0, 0)
COUNTS = Path(__file__).with_suffix(".csv")
PAGE = Path(__file__).parent.parent / "docs" / "validity.md"
LENGTH, FIRMS, POOL, NEAREST = 200, 20, 12, 10
EFFECT = 0.01
DRAWS = 999
Tally = Callable[[str, str, Any], None]


def panel_of(returns: np.ndarray, factors: np.ndarray, names: tuple[str, ...], dates: np.ndarray) -> EventPanel:
    """Put simulated returns (n, L + 1), the event last, into a panel; `dates` is the number of each pair's date."""
    n, days = returns.shape
    tau = np.arange(1 - days, 1)
    # Dates lie so far apart that their estimation windows share no day.
    calendar = np.datetime64("1980-01-01", "D") + 2 * days * dates[:, None] + np.arange(days)
    ids = [f"e{i:05d}" for i in range(n)]
    rows = {"event_id": ids, "market": ids, "session": calendar[:, -1], "outcome": "ok", "detail": ""}
    return EventPanel(
        rows=pd.DataFrame(rows), tau=tau, returns=returns, sessions=calendar, factors=factors, factor_names=names
    )


def estimated(model: Model, panel: EventPanel) -> AbnormalReturns:
    """Estimate a model on all rows before the event."""
    return abnormal_returns(model, panel, estimation=Window(int(panel.tau[0]), -1), windows=[DAY])


def industry(rng: np.random.Generator, studies: int, *, one_date: bool) -> tuple[np.ndarray, ...]:
    """Return the market, firms and pool of an industry, shapes (studies x 20, L + 1) and (..., 12) for the pool.

    ``R = b M + g F + e``: market and industry factor 1 % a day, b and g U(.5, 1.5), own noise U(1 %, 2 %). On one date
    the firms of a study share market, factor and pool; else each has its own.
    """
    worlds = studies if one_date else studies * FIRMS
    shape = (worlds, LENGTH + 1)
    market, factor = rng.normal(0, 0.01, (2, *shape))
    loads = rng.uniform(0.5, 1.5, (2, worlds, 1, POOL))
    own = rng.normal(0, 1, (*shape, POOL)) * rng.uniform(0.01, 0.02, (worlds, 1, POOL))
    pool = loads[0] * market[..., None] + loads[1] * factor[..., None] + own
    market, factor, pool = (np.repeat(part, FIRMS if one_date else 1, axis=0) for part in (market, factor, pool))
    b, g = rng.uniform(0.5, 1.5, (2, len(market), 1))
    firms = b * market + g * factor + rng.normal(0, 1, market.shape) * rng.uniform(0.01, 0.02, (len(market), 1))
    return market, firms, pool


# Each model with what it reads, and by what the repetitions are divided: a penalty is chosen for each firm by itself.
MODELS: dict[str, tuple[Model, str, int]] = {
    "market": (MarketModel(), "market", 1),
    "rolling-market": (RollingMarketModel(), "market", 1),
    "matched-peers": (MatchedPeers(), "matched", 1),
    "penalised-peers, ridge": (PenalisedPeers(penalty="ridge"), "pool", 25),
    "penalised-peers, lasso": (PenalisedPeers(), "pool", 25),
}


def models(tally: Tally, reps: int, rng: np.random.Generator) -> None:
    """Measure tests of day 0 under models of peers and of a rolling beta; power by a shift of the abnormal returns."""
    for one_date in (False, True):
        where = "one date" if one_date else "own dates"
        for _ in range(reps // 50):
            market, firms, pool = industry(rng, 50, one_date=one_date)
            for name, (model, read, slower) in MODELS.items():
                count = len(firms) // slower
                table = {"market": market[..., None], "matched": pool[..., :NEAREST].mean(axis=-1)[..., None]}
                factors = table.get(read, pool)[:count]
                names = (read,) if read != "pool" else tuple(f"P{i}" for i in range(POOL))
                numbers = np.arange(count) // FIRMS if one_date else np.arange(count)
                study = estimated(model, panel_of(firms[:count], factors, names, numbers % 150))
                _of_model(tally, name, where, study, one_date=one_date)


def _of_model(tally: Tally, name: str, where: str, study: AbnormalReturns, *, one_date: bool) -> None:
    """Count the rejections of the tests of one model."""
    car = study.car(DAY)
    tally(name, f"t, each firm, {where}", car.p)
    tests = {f"bmp, {where}": _bmp} | ({f"kp_bmp, {where}": _kp_bmp} if one_date else {})
    residuals = study.fitted.residuals.reshape(-1, FIRMS, study.fitted.residuals.shape[-1])
    for test, made in tests.items():
        for shift in (0.0, EFFECT) if test != "bmp, one date" else (0.0,):
            p = made(((car.car + shift) / car.se).reshape(-1, FIRMS), residuals)
            tally(name, f"{test}, power" if shift else test, p)


def _bmp(scar: np.ndarray, _: np.ndarray) -> np.ndarray:
    """Return the p of the standardised cross-sectional test, one per study."""
    return 2 * stats.t.sf(np.abs(kernels.mean_t(scar)), FIRMS - 1)


def _kp_bmp(scar: np.ndarray, residuals: np.ndarray) -> np.ndarray:
    """Return the p of the same adjusted for the mean correlation of the residuals."""
    kept = residuals[..., np.isfinite(residuals).all(axis=(0, 1))]
    z = kernels.root_mean_square_scaled(kept)
    days = np.full(z.shape[::2], float(FIRMS))
    rbar = kernels.mean_correlation(z.sum(axis=-2), (z**2).sum(axis=-2), days)
    inflation = kernels.inflation(rbar, np.full_like(rbar, FIRMS))
    t = np.where(inflation > 0, kernels.mean_t(scar) * np.sqrt((1 - rbar) / np.where(inflation > 0, inflation, 1)), 0)
    return 2 * stats.t.sf(np.abs(t), FIRMS - 1)


# Pairs of each date.
DATES: dict[str, tuple[np.ndarray, float, str]] = {
    "50 own dates": (np.ones(50, dtype=int), 0.0, "normal"),
    "50 own dates, skew": (np.ones(50, dtype=int), 0.0, "skew"),
    "20 dates x 3": (np.full(20, 3), 0.5, "normal"),
    "8 dates x 6": (np.full(8, 6), 0.5, "normal"),
    "5 dates x 12": (np.full(5, 12), 0.5, "normal"),
    "10 dates of 1 to 19": (np.arange(1, 20, 2), 0.5, "normal"),
}


def _cars(rng: np.random.Generator, counts: np.ndarray, rho: float, shape: str) -> np.ndarray:
    """Return abnormal returns of the pairs of several dates: correlated within a date, sigma U(1 %, 3 %)."""
    n = counts.sum()
    if shape == "skew":
        own = (np.exp(0.607 * rng.standard_normal(n)) - np.exp(0.607**2 / 2)) / np.sqrt(
            (np.exp(0.607**2) - 1) * np.exp(0.607**2)
        )
    else:
        own = rng.standard_normal(n)
    common = np.repeat(rng.standard_normal(len(counts)), counts)
    return (np.sqrt(rho) * common + np.sqrt(1 - rho) * own) * rng.uniform(0.01, 0.03, n)


def bootstraps(tally: Tally, reps: int, rng: np.random.Generator) -> None:
    """Measure the bootstraps of the mean by clusters, beside the clustered t of the same numbers."""
    for name, (counts, rho, shape) in DATES.items():
        label = np.repeat(np.arange(len(counts)), counts)
        clusters = SimpleNamespace(label=label, count=len(counts), largest=int(counts.max()))
        for rep in range(reps):
            car = _cars(rng, counts, rho, shape)
            for column, shift in ((name, 0.0), (f"{name}, power", EFFECT)):
                sample = SimpleNamespace(car=car + shift, clusters=clusters, n=len(car))
                t = bootstrap.ClusterTotals.of(sample).t()
                tally("t by clusters", column, 2 * stats.t.sf(abs(t), len(counts) - 1))
                for test in (bootstrap.wild_cluster, bootstrap.block_bootstrap):
                    tally(test.__name__, column, test(sample, draws=DRAWS, seed=rep).p)


WEIGHTED = {"30 own dates": (30, 1, 0.0), "10 dates x 3": (10, 3, 0.5), "one date x 30": (1, 30, 0.3)}


def weights(tally: Tally, reps: int, rng: np.random.Generator) -> None:
    """Measure the mean weighted by value: lognormal weights, standard deviation 1 of the logarithm."""
    for name, (dates, each, rho) in WEIGHTED.items():
        numbers, n = np.repeat(np.arange(dates), each), dates * each
        for _ in range(reps):
            common = rng.standard_normal((dates, 102))[numbers]
            noise = np.sqrt(rho) * common + np.sqrt(1 - rho) * rng.standard_normal((n, 102))
            returns = noise * rng.uniform(0.01, 0.03, (n, 1))
            study = estimated(ConstantMean(), panel_of(returns, np.empty((n, 102, 0)), (), numbers))
            weight = rng.lognormal(0, 1, n)
            for column, shift in ((name, 0.0), (f"{name}, power", EFFECT)):
                row = weighted_cars([replace(study, ar=study.ar + shift)], [DAY], weight).iloc[0]
                tally("weighted_t", column, row["p"])
                tally("calendar_t of the weighted portfolio", column, row["calendar_p"])


SLOPES = {"exposure": 1.0, "exposure, variance x2": 2.0}
FORMS: dict[str, Callable[[AbnormalReturns, pd.DataFrame], pd.DataFrame]] = {
    "portfolio ols": lambda study, size: portfolio_slopes(study, DAY, size),
    "portfolio gls": lambda study, size: portfolio_slopes(study, DAY, size, method="gls"),
    "one-date ols (default)": lambda study, size: slopes_on_one_date(study, DAY, size),
    "one-date gls": lambda study, size: slopes_on_one_date(study, DAY, size, method="gls"),
    "HC3": lambda study, size: regress_cars(study.car(DAY).car, size.reset_index(drop=True)),
}


def slopes(tally: Tally, reps: int, rng: np.random.Generator) -> None:
    """Measure slopes on a characteristic that is related to the exposure to a factor, of 20 firms on one date."""
    for name, variance in SLOPES.items():
        for _ in range(reps):
            size = rng.standard_normal(FIRMS)
            exposure = size + rng.standard_normal(FIRMS)
            factor, own = rng.normal(0, 0.01, LENGTH + 1), rng.normal(0, 0.015, (FIRMS, LENGTH + 1))
            returns = np.outer(exposure, factor) + own
            returns[:, -1] *= np.sqrt(variance)
            for column, slope in ((name, 0.0), (f"{name}, power", EFFECT)):
                moved = returns.copy()
                moved[:, -1] += slope * size
                panel = panel_of(moved, np.empty((*moved.shape, 0)), (), np.zeros(FIRMS, dtype=int))
                study = estimated(ConstantMean(), panel)
                table = pd.DataFrame({"size": size}, index=pd.Index(panel.rows["market"]))
                for form, made in FORMS.items():
                    tally(form, column, made(study, table)["p"].iloc[1])


PARTS = {"models": (models, 500), "bootstraps": (bootstraps, 1_000), "weights": (weights, 250)}
PARTS |= {"slopes": (slopes, 150)}


def measured(part: str, reps: int | None, seed: int) -> pd.DataFrame:
    """Run one part and return its counts."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    run, usual = PARTS[part]

    def tally(row: str, column: str, p: Any) -> None:
        p = np.atleast_1d(p)
        counts[row, column][0] += p.size
        counts[row, column][1] += int((p <= LEVEL).sum())

    run(tally, usual if reps is None else reps, np.random.default_rng([seed, list(PARTS).index(part)]))
    lines: Iterator[dict[str, Any]] = (
        {"part": part, "row": row, "column": column, "reps": n, "rejected": rejected}
        for (row, column), (n, rejected) in counts.items()
    )
    return pd.DataFrame(lines)


def main() -> int:
    """Measure, and write the counts, the section of the page and the rates of the registry."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="*", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--reps", type=int)
    parser.add_argument("--seed", type=int, default=20200108)
    options = parser.parse_args()
    for part in options.parts:
        began = time.perf_counter()
        write(part, measured(part, options.reps, options.seed))
        print(f"{time.perf_counter() - began:6.0f} s  {part}", file=sys.stderr)
    return 0


def write(part: str, counts: pd.DataFrame) -> None:
    """Put the counts of a part among those of the others, and write what is made from them."""
    if COUNTS.exists():
        known = pd.read_csv(COUNTS)
        counts = pd.concat([known[known["part"] != part], counts], ignore_index=True)
    counts.to_csv(COUNTS, index=False)
    PAGE.write_text(put_peers(PAGE.read_text(encoding="utf-8"), counts), encoding="utf-8")
    Path(sizes.__file__).with_name("sizes_dates.csv").write_text(sizes_dates(counts), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
