"""Speed: market model, 250 estimation days, 21 event days, 1,000 securities x 5,000 days.

    python benchmarks/inference.py            # 1,000 to 1,000,000 events beside a loop over statsmodels
    python benchmarks/inference.py --most 100000

AR, CAR and their full variances, then every closed-form test of many events (no resampling; calendar-time portfolios,
which need all residuals at once, are not among them).
"""

from __future__ import annotations

import argparse
import resource
import sys
import time

import numpy as np
import statsmodels.api as sm

from eventstudy.inference.models.market import MarketModel
from eventstudy.inference.significance.protocol import Scope
from eventstudy.inference.significance.registry import TESTS
from eventstudy.inference.significance.sample import Sample
from eventstudy.inference.stream import EventStream
from eventstudy.windows import Window

SECURITIES, DAYS = 1_000, 5_000
ESTIMATION, WINDOW = Window(-260, -11), Window(-10, 10)
LOOPED = 300
RESAMPLED = ("skewness_t_bootstrap", "sign_flip", "calendar_time_t", "calendar_time_alpha")


def stream(events: int, seed: int = 1) -> EventStream:
    """Return simulated returns, one in two thousand missing, and random events."""
    rng = np.random.default_rng(seed)
    market = rng.normal(0, 0.01, DAYS)
    returns = rng.uniform(0.5, 1.5, (SECURITIES, 1)) * market + rng.normal(0, 0.02, (SECURITIES, DAYS))
    returns[rng.random(returns.shape) < 0.0005] = np.nan
    return EventStream(
        returns=returns,
        factors=market[:, None],
        factor_names=("market",),
        sessions=np.datetime64("2000-01-03", "D") + np.arange(DAYS),
        symbols=np.array([f"s{i}" for i in range(SECURITIES)], dtype=object),
        security=rng.integers(0, SECURITIES, events),
        day=rng.integers(-ESTIMATION.first, DAYS - WINDOW.last, events),
        event_ids=np.arange(events).astype(str).astype(object),
        model=MarketModel(),
        estimation=ESTIMATION,
        windows=(WINDOW,),
    )


def loop(source: EventStream, events: int) -> tuple[float, float]:
    """Return the seconds of a statsmodels loop over some events, and how far its CARs and errors are from ours."""
    ours = Sample.of(source, WINDOW)
    began, worst = time.perf_counter(), 0.0
    for i in range(events):
        day, y = source.day[i], source.returns[source.security[i]]
        before = slice(day + ESTIMATION.first, day + ESTIMATION.last + 1)
        at = slice(day + WINDOW.first, day + WINDOW.last + 1)
        used, seen = np.isfinite(y[before]), np.isfinite(y[at])
        fit = sm.OLS(y[before][used], sm.add_constant(source.factors[before][used])).fit()
        z = np.column_stack([np.ones(seen.sum()), source.factors[at][seen]])
        car = (y[at][seen] - fit.predict(z)).sum()
        cov = fit.scale * (np.eye(len(z)) + z @ fit.normalized_cov_params @ z.T)
        np.sqrt(np.diag(cov))
        worst = max(worst, abs(car - ours.car[i]), abs(np.sqrt(cov.sum()) - ours.se[i]))
    return time.perf_counter() - began, worst


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=1_000_000)
    most = parser.parse_args().most
    seconds, worst = loop(stream(LOOPED), LOOPED)
    print(f"statsmodels loop: {1e6 * seconds / LOOPED:.0f} us an event; ours agree to {worst:.1e}")
    sizes, spent = [n for n in (1_000, 10_000, 100_000, 1_000_000) if n <= most], []
    for events in sizes:
        source = stream(events)
        began = time.perf_counter()
        sample = Sample.of(source, WINDOW)
        cars = time.perf_counter() - began
        for name, test in TESTS.items():
            if test.scope is not Scope.SAMPLE:
                continue
            if name not in RESAMPLED:
                test(sample)
        total = time.perf_counter() - began
        spent.append(cars)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        gain = seconds / LOOPED * events / cars
        print(
            f"{events:>9,} events: AR and CAR {cars:7.2f} s ({gain:,.0f} x the loop), with all tests {total:7.2f} s, "
            f"peak memory {peak:.2f} GB",
            flush=True,
        )
    slope = np.polyfit(np.log(sizes), np.log(spent), 1)[0]
    print(f"slope of log seconds on log events: {slope:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
