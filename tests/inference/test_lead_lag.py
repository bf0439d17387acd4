"""Cross-correlation beside a plain loop, and the size of its band on markets that share restless hours."""

import numpy as np
import pytest

from eventstudy.inference.lead_lag import lead_lag


def test_correlations_beside_a_loop():
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((2, 60))
    x[5], y[20] = np.nan, np.nan
    found = lead_lag(x, y, lags=3, draws=9)
    for lag, value, count in zip(found.lags, found.correlation, found.bars, strict=True):
        pairs = [(x[t], y[t + lag]) for t in range(60) if 0 <= t + lag < 60]
        pairs = [(a, b) for a, b in pairs if np.isfinite(a) and np.isfinite(b)]
        product = sum(a * b for a, b in pairs)
        size = sum(a * a for a, _ in pairs) * sum(b * b for _, b in pairs)
        # Sums of sixty terms near one, in another order.
        assert value == pytest.approx(product / size**0.5, rel=1e-12) and count == len(pairs)


def test_a_lead_of_two_bars_is_found():
    rng = np.random.default_rng(2)
    x = rng.standard_normal(200)
    y = np.roll(x, 2) + rng.standard_normal(200)
    found = lead_lag(x, y, lags=4, draws=199)
    assert found.lags[found.correlation.argmax()] == 2 and found.p == 1 / 200
    assert found.correlation.max() > found.band


def test_false_positives_where_both_are_restless_at_once():
    """Independent signs, common volatility that varies fivefold: 5 % of cases, 99.9 % band."""
    rng, cases = np.random.default_rng(3), 300
    rejected = 0
    for _ in range(cases):
        scale = np.repeat(rng.choice([1.0, 5.0], 12), 10)
        x, y = scale * rng.standard_normal((2, 120))
        rejected += lead_lag(x, y, lags=2, draws=99, seed=int(rng.integers(1 << 30))).p <= 0.05
    assert abs(rejected / cases - 0.05) < 3.3 * np.sqrt(0.05 * 0.95 / cases)


def test_a_series_that_does_not_move():
    found = lead_lag(np.zeros(30), np.ones(30), lags=1, draws=9)
    assert found.correlation.tolist() == [0.0, 0.0, 0.0] and found.p == 1.0
