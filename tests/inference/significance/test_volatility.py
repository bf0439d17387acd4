"""Volatility-standardised placebos against plain loops, and their size on a few thousand series."""

import math

import numpy as np
import pytest
from scipy import stats

from eventstudy.inference.significance import placebo_ranks
from eventstudy.inference.significance import volatility as v

RNG = np.random.default_rng(5)


def loop_variance(row, estimation, thin, decay=0.94):
    """The recursion day by day, with floats."""
    kept = [e for e in row[:estimation] if not math.isnan(e)]
    h = sum(e * e for e in kept) / len(kept)
    for _ in range(3):
        kept_now = [e for e in kept if e * e <= 16 * h]
        h = sum(e * e for e in kept_now) / len(kept_now)
    out, left = [h], []
    for e in row:
        if not math.isnan(e):
            if e * e > 16 * h and not thin:
                left.append(e * e)
                if len(left) == 5:
                    h, left = sum(left) / 5, []
            else:
                h, left = decay * h + (1 - decay) * e * e, []
        out.append(h)
    return out


def spoiled(kind):
    e = RNG.standard_normal((4, 60))
    if kind == "gaps":
        e[RNG.random(e.shape) < 0.2] = np.nan
    if kind == "shocks":
        e[:, 10] = 9.0
        e[1, 30:37] = 15.0
        e[2, 30:34] = 15.0
        e[3, 20:24] = [9, np.nan, -9, 11]
        e[3, 24:26] = 12.0
    return e


@pytest.mark.parametrize("kind", ["whole", "gaps", "shocks"])
@pytest.mark.parametrize("thin", [False, True])
def test_the_variance_is_the_recursion(kind, thin):
    e = spoiled(kind)
    found = v.robust_variance(e, 40, np.full(4, thin))
    expected = [loop_variance(row, 40, thin) for row in e.tolist()]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_one_shock_is_not_learnt_and_a_new_level_is():
    e = np.tile([1.0, -1.0], 40)[None, :].copy()
    e[0, 50] = 20.0
    assert v.robust_variance(e, 40)[0, 51] == 1.0
    e[0, 50:60] *= 10.0
    assert v.robust_variance(e, 40)[0, 60] > 80.0


def test_thin_trading_is_more_than_two_fifths_zeros():
    returns = np.array([[0.0, 0.0, 1.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0, np.nan]])
    assert v.thinly_traded(returns).tolist() == [False, True]


@pytest.mark.parametrize("days", [1, 3, 8])
def test_placebo_sums_and_their_p_are_counted(days):
    e = spoiled("gaps")
    variance = v.robust_variance(e, 60)
    z = placebo_ranks.placebo_sums(e, variance, 0.1, days)
    event = np.array([0.5, -1.5, 2.5, np.nan])
    rank, overlap = placebo_ranks.rank_p(event, z), placebo_ranks.overlap_p(event, z, days)
    for i, row in enumerate(e):
        kept = []
        for s in range(60 - days + 1):
            part = [x for x in row[s : s + days] if not math.isnan(x)]
            if 2 * len(part) >= days and part:
                kept.append(sum(part) / math.sqrt(len(part) * variance[i, s] * 0.9))
        np.testing.assert_allclose(z[i][np.isfinite(z[i])], kept, rtol=1e-12)
        if math.isnan(event[i]):
            assert np.isnan(rank[i])
            continue
        assert rank[i] == (1 + sum(abs(x) >= abs(event[i]) for x in kept)) / (1 + len(kept))
        df = len(kept) / (1 + 2 * sum((1 - k / days) ** 2 for k in range(1, days)))
        rms = math.sqrt(sum(x * x for x in kept) / len(kept))
        assert overlap[i] == pytest.approx(2 * stats.t.sf(abs(event[i]) / rms, df), rel=1e-10)
    expected = rank if days <= 5 else np.maximum(rank, overlap)
    np.testing.assert_array_equal(placebo_ranks.volatility_p(event, z, days), expected)


@pytest.mark.parametrize("days", [1, 11])
def test_the_hurdle_is_where_the_p_value_passes_five_per_cent(days):
    z = placebo_ranks.placebo_sums(RNG.standard_normal((3, 200)), np.ones((3, 201)), 0.0, days)
    beyond = placebo_ranks.hurdle(z, days)
    assert (placebo_ranks.volatility_p(beyond * (1 + 1e-9), z, days) <= 0.05).all()
    assert (placebo_ranks.volatility_p(beyond * (1 - 1e-9), z, days) > 0.05).all()
    assert np.isinf(placebo_ranks.hurdle(z[:, :15], 1)).all()


def test_the_last_five_days_are_compared_with_five_days_before():
    e = spoiled("whole")
    e[0, 55:] = 2.5
    e[1, 58] = 30.0
    variance = v.robust_variance(e, 50)
    measure, unusual = v.recent_break(e, variance, 50)
    for i, row in enumerate(e):
        values = [np.mean([min(x * x / variance[i, s], 9.0) for x in row[s : s + 5]]) for s in range(56)]
        assert measure[i] == pytest.approx(values[-1], rel=1e-12)
        assert unusual[i] == (values[-1] > np.quantile(values[:46], 0.975))
    assert unusual[0]


def series(kind, n, rng, days=221):
    """Unit-variance noise; a standard t(4), or GARCH(1,1) with t(5) shocks."""
    if kind == "normal":
        return rng.standard_normal((n, days))
    if kind == "t4":
        return rng.standard_t(4, (n, days))
    e, h = np.empty((n, days + 100)), np.ones(n)
    for t in range(days + 100):
        e[:, t] = np.sqrt(h * 3 / 5) * rng.standard_t(5, n)
        h = 0.02 + 0.08 * e[:, t] ** 2 + 0.90 * h
    return e[:, 100:]


@pytest.mark.parametrize("kind", ["normal", "t4", "garch"])
@pytest.mark.parametrize("days", [1, 11])
def test_the_placebo_keeps_its_size(kind, days):
    """Within three Monte-Carlo errors of [4.0, 6.0] % at 3,000 repetitions (error .40 points)."""
    e = series(kind, 3_000, np.random.default_rng(7))
    residuals = e - e[:, :200].mean(axis=1, keepdims=True)
    variance = v.robust_variance(residuals[:, :210], 200)
    z = placebo_ranks.placebo_sums(residuals[:, :200], variance, days / 200, days)
    event = placebo_ranks.standardised(residuals[:, 210 : 210 + days].sum(axis=1), days, variance[:, -1], days / 200)
    assert 0.028 <= (placebo_ranks.volatility_p(event, z, days) <= 0.05).mean() <= 0.072


def test_an_earlier_shock_leaves_the_power():
    """82 % of shifts of three deviations are found, and 81 % three days after a shock of six (error .9 points)."""
    e = np.random.default_rng(3).standard_normal((2_000, 211))
    e[:, 210] += 3
    found = []
    for shock in (0.0, 6.0):
        e[:, 207] += shock
        residuals = e - e[:, :200].mean(axis=1, keepdims=True)
        variance = v.robust_variance(residuals[:, :210], 200)
        z = placebo_ranks.placebo_sums(residuals[:, :200], variance, 1 / 200, 1)
        event = placebo_ranks.standardised(residuals[:, 210], 1, variance[:, -1], 1 / 200)
        found.append((placebo_ranks.volatility_p(event, z, 1) <= 0.05).mean())
    np.testing.assert_allclose(found, [0.82, 0.81], atol=0.03)


def test_the_detectable_effect_is_found_in_four_of_five_cases():
    e = np.random.default_rng(4).standard_t(5, (2_000, 201))
    residuals = e - e[:, :200].mean(axis=1, keepdims=True)
    variance = v.robust_variance(residuals[:, :200], 200)
    z = placebo_ranks.placebo_sums(residuals[:, :200], variance, 1 / 200, 1)
    unit = np.sqrt(variance[:, -1] * (1 + 1 / 200))
    effect = placebo_ranks.detectable(placebo_ranks.hurdle(z, 1), z, unit)
    p = placebo_ranks.volatility_p((residuals[:, 200] + effect) / unit, z, 1)
    assert (p <= 0.05).mean() == pytest.approx(0.80, abs=0.03)
