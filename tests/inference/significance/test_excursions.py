"""Extremes beside plain loops, and the false positives of their nulls on random walks."""

import numpy as np
import pytest
from panels import null_bars

from eventstudy.inference.significance.excursions import (
    DAY_STATISTICS,
    Peak,
    against_ordinary_days,
    day_statistics,
    joint_p,
    largest_sums,
    oriented,
    path_peak,
    retraced,
)
from eventstudy.inference.significance.placebo_ranks import overlap_p, peak_p


def test_a_peak_that_is_beside_nothing():
    found = Peak(ordinary=np.empty(0))
    assert (found.larger, found.stretches) == (0, 0) and np.isnan([found.p, found.rank, found.z]).all()


def days_of(steps):
    """Open, high, low, close and the close before of random-walk days; steps have shape (..., days, ticks)."""
    path = np.exp(np.cumsum(steps, axis=-1))
    start = np.cumprod(path[..., -1], axis=-1) / path[..., -1]
    prices = path * start[..., None]
    return prices[..., 0], prices.max(-1), prices.min(-1), prices[..., -1], start


def test_day_statistics_beside_a_loop():
    rng = np.random.default_rng(5)
    prices = days_of(0.002 * rng.standard_normal((7, 12)))
    found = day_statistics(*prices, change=False)
    for k, (o, h, low, c, ref) in enumerate(zip(*prices, strict=True)):
        expected = {
            "open_gap": o / ref - 1,
            "high": h / ref - 1,
            "low": low / ref - 1,
            "range": h / ref - low / ref,
            "close": c / ref - 1,
            "high_to_close": (h - c) / ref,
            "low_to_close": (c - low) / ref,
        }
        for name, value in expected.items():
            # A difference of two prices near one, each rounded once.
            assert found[name][k] == pytest.approx(value, rel=1e-12, abs=1e-15)
    assert set(found) == set(DAY_STATISTICS)


def test_the_share_retraced_is_not_capped():
    extreme, close, reference = (
        np.array([65.65, 59.15, 10.0]),
        np.array([59.61, 59.61, 9.0]),
        np.array([62.7, 62.7, 10]),
    )
    shares = retraced(extreme, close, reference)
    assert shares[:2].round(3).tolist() == [2.047, 0.13] and np.isnan(shares[2])


def test_ranks_beside_a_loop():
    rng = np.random.default_rng(7)
    event, placebos, units = rng.exponential(size=3), rng.exponential(size=(3, 40)), rng.uniform(1, 2, (3, 40))
    placebos[1, ::3], units[2, ::4] = np.nan, np.nan
    found = against_ordinary_days(event, placebos, np.full(3, 1.5), units)
    for i in range(3):
        there = [k for k in range(40) if np.isfinite(placebos[i, k]) and np.isfinite(units[i, k])]
        assert found.larger[i] == sum(placebos[i, k] >= event[i] for k in there)
        larger = sum(placebos[i, k] / units[i, k] >= event[i] / 1.5 for k in there)
        assert found.p[i] == (1 + larger) / (1 + len(there)) and found.days[i] == len(there)


def test_largest_sums_beside_a_loop():
    values = np.array([0.1, -0.4, np.nan, 0.2, 0.5, -0.1])
    found = largest_sums(values, 3)
    for s in range(4):
        total, largest = 0.0, 0.0
        for value in values[s : s + 3]:
            total += 0.0 if np.isnan(value) else value
            largest = max(largest, abs(total))
        assert found[s] == pytest.approx(largest, rel=1e-15)
    assert largest_sums(values, 7).size == 0


@pytest.mark.parametrize("statistic", list(DAY_STATISTICS))
def test_false_positives_of_days(statistic):
    """Twelve correlated random walks, 99 ordinary days: alone and jointly 5 % in 800 cases, 99.9 % band."""
    rng = np.random.default_rng(11)
    alone = joint = 0
    cases, markets, ordinary = 800, 4, 99
    for _ in range(cases):
        common = rng.standard_normal((ordinary + 1, 8))
        steps = 0.004 * (0.7 * common + 0.7 * rng.standard_normal((markets, ordinary + 1, 8)))
        values = oriented(day_statistics(*days_of(steps), change=False)[statistic], DAY_STATISTICS[statistic])
        one = np.ones(markets)
        event, placebos, units = values[:, -1], values[:, :-1], np.ones((markets, ordinary))
        alone += against_ordinary_days(event, placebos, one, units).p[0] <= 0.05
        joint += (joint_p(event, placebos, one, units) <= 0.05).any()
    band = 3.3 * np.sqrt(0.05 * 0.95 / cases)
    assert abs(alone / cases - 0.05) < band and abs(joint / cases - 0.05) < band


def test_the_p_of_a_peak_is_that_of_a_walk():
    """Largest sizes of 40,000 walks of 16 known steps, in a plain simulation; three errors of it."""
    steps = np.random.default_rng(3).standard_normal((40_000, 16))
    peaks = np.abs(np.cumsum(steps, axis=1)).max(axis=1) / 4
    ordinary = np.random.default_rng(4).standard_normal((1, 1_000_000))
    for x in (1.9, 2.1, 2.4):
        share = (peaks >= x).mean()
        found = peak_p(np.array([x]), ordinary / np.sqrt((ordinary**2).mean()), 16)[0]
        # The correction leaves terms of the order of 1 / 16.
        assert found == pytest.approx(share, rel=0.08) and found > 2 * overlap_p(np.array([x + 0.16]), ordinary, 16)[0]


@pytest.mark.parametrize(("estimation", "length", "least"), [(40, 14, 0.0), (100, 16, 0.02), (200, 4, 0.02)])
def test_false_positives_of_peaks(estimation, length, least):
    """At most 5 % of true nulls (99.9 % band), also where ordinary stretches overlap so that few are independent."""
    cases = 500
    found = null_bars(cases, estimation, length, seed=17)
    rate = np.mean([path_peak(found, k, length).p <= 0.05 for k in range(cases)])
    assert least <= rate < 0.05 + 3.3 * np.sqrt(0.05 * 0.95 / cases)


def test_a_stretch_as_long_as_the_window_compares_with_nothing():
    """Its residuals sum to zero by the fit, so that only rounding would be left as the unit."""
    found = null_bars(20, 40, 40, seed=2)
    assert all(np.isnan(path_peak(found, k, 40).p) for k in range(20))
    assert all(np.isfinite(path_peak(found, k, 20).p) for k in range(20))
