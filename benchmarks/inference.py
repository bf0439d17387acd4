"""Speed of `EventStudy.run(events, returns=frame)`: market model, 250 estimation days, 21 event days.

    python benchmarks/inference.py            # 1,000 to 100,000 events beside a loop over statsmodels
    python benchmarks/inference.py --most 1000000 --tests none

1,000 securities x 5,000 days, one return in two thousand missing; events at random. Seconds are CPU seconds of this
process, all threads together, with the frame of events (estimates, CAR, standard error, t and p of every event).
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from importlib.util import find_spec

import numpy as np
import pandas as pd
import statsmodels.api as sm

from eventstudy import EventStudy

SECURITIES, DAYS = 1_000, 5_000
ESTIMATION, WINDOW = (-260, -11), (-10, 10)
LOOPED, ENOUGH = 300, 25_000


def simulated(events: int, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return returns, sessions x symbols with the market among them, and random events."""
    rng = np.random.default_rng(seed)
    market = rng.normal(0, 0.01, DAYS)
    values = rng.uniform(0.5, 1.5, (SECURITIES, 1)) * market + rng.normal(0, 0.02, (SECURITIES, DAYS))
    values[rng.random(values.shape) < 0.0005] = np.nan
    days, names = pd.bdate_range("2000-01-03", periods=DAYS), np.array([f"s{i}" for i in range(SECURITIES)])
    returns = pd.DataFrame(values.T, index=days, columns=names).assign(market=market)
    at = rng.integers(-ESTIMATION[0], DAYS - WINDOW[1], events)
    symbol = names[rng.integers(0, SECURITIES, events)]
    return returns, pd.DataFrame({"event_id": np.arange(events).astype(str), "symbol": symbol, "session": days[at]})


def study(tests: str | tuple[str, ...]) -> EventStudy:
    """Return the study that is measured."""
    return EventStudy(
        model="market",
        benchmark="market",
        estimation=ESTIMATION,
        windows=[WINDOW],
        returns="simple",
        min_window_share=0.0,
        tests=tests,
    )


def loop(returns: pd.DataFrame, events: pd.DataFrame) -> tuple[float, np.ndarray]:
    """Return the CPU seconds of a statsmodels loop, and the CAR and standard error of each event."""
    y, market = returns.to_numpy(), returns["market"].to_numpy()
    row, column = returns.index.get_indexer(events["session"]), returns.columns.get_indexer(events["symbol"])
    began, found = time.process_time(), []
    for day, security in zip(row, column, strict=True):
        before, at = (slice(day + first, day + last + 1) for first, last in (ESTIMATION, WINDOW))
        used, seen = np.isfinite(y[before, security]), np.isfinite(y[at, security])
        fit = sm.OLS(y[before, security][used], sm.add_constant(market[before][used])).fit()
        z = np.column_stack([np.ones(seen.sum()), market[at][seen]])
        covariance = fit.scale * (np.eye(len(z)) + z @ fit.normalized_cov_params @ z.T)
        found.append(((y[at, security][seen] - fit.predict(z)).sum(), np.sqrt(covariance.sum())))
    return time.process_time() - began, np.array(found)


def compiling(tests: str) -> float:
    """Return the CPU seconds of a first run that is large enough for compiled loops; zero without numba."""
    if not find_spec("numba"):
        return 0.0
    returns, events = simulated(ENOUGH)
    began = time.process_time()
    study(() if tests == "none" else "standard").run(events, returns=returns)
    study(()).run(events, returns=returns)
    return time.process_time() - began


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=100_000)
    parser.add_argument("--tests", choices=("none", "standard", "both"), default="both")
    options = parser.parse_args()
    returns, events = simulated(LOOPED)
    seconds, expected = loop(returns, events)
    study(()).run(events, returns=returns)
    ours = study(()).run(events, returns=returns).events[["car", "se"]].to_numpy()
    worst = np.abs(ours - expected).max()
    print(f"statsmodels loop: {1e6 * seconds / LOOPED:.0f} us an event; ours agree to {worst:.1e}")
    print(f"compiled loops ready after {compiling(options.tests):.1f} s of CPU")
    for size in [n for n in (1_000, 10_000, 100_000, 1_000_000) if n <= options.most]:
        returns, events = simulated(size)
        for tests in ("none", "standard") if options.tests == "both" else (options.tests,):
            began, wall = time.process_time(), time.perf_counter()
            result = study(() if tests == "none" else tests).run(events, returns=returns)
            assert len(result.events) == size
            spent, passed = time.process_time() - began, time.perf_counter() - wall
            peak, gain = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, seconds / LOOPED * size / spent
            print(f"{size:>9,} events, tests {tests}: {spent:.2f} s of CPU ({gain:,.0f} x the loop), ", end="")
            print(f"{passed:.2f} s passed, peak memory {peak:.2f} GB", flush=True)
            del result  # so that the next one is measured without it
    return 0


if __name__ == "__main__":
    sys.exit(main())
