"""Regressions on surprises: against statsmodels' formulas written out, known shares of other news, and coverage."""

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from eventstudy.errors import NotEnoughDataError, UnknownNameError, UsageError
from eventstudy.inference.surprises import contamination, first_component, surprise_response


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(5)
    x = rng.standard_normal(60)
    return 0.4 * x + rng.standard_normal(60) * (0.2 + 0.1 * x**2), x


def hac(y, x, lags):
    """Newey and West with Bartlett weights, written out."""
    design = np.column_stack([np.ones(len(x)), x])
    bread = np.linalg.inv(design.T @ design)
    scores = design * (y - design @ (bread @ design.T @ y))[:, None]
    meat = scores.T @ scores
    for lag in range(1, lags + 1):
        cross = sum(np.outer(scores[t], scores[t - lag]) for t in range(lag, len(x)))
        meat += (1 - lag / (lags + 1)) * (cross + cross.T)
    return np.sqrt(np.diag(bread @ meat @ bread) * len(x) / (len(x) - 2))[1]


def test_the_errors_are_those_of_the_formulas(data):
    y, x = data
    n = len(x)
    centred = x - x.mean()
    slope = centred @ y / (centred @ centred)
    e = y - y.mean() - slope * centred
    hc0 = np.sqrt((centred**2 * e**2).sum()) / (centred @ centred)
    leverage = 1 / n + centred**2 / (centred @ centred)
    hc3 = np.sqrt((centred**2 * (e / (1 - leverage)) ** 2).sum()) / (centred @ centred)
    # Sums of 60 products: a few units in the last place.
    for errors, se in (("HC0", hc0), ("HC1", hc0 * np.sqrt(n / (n - 2))), ("HC3", hc3), ("HAC", hac(y, x, 3))):
        found = surprise_response(y, x, errors=errors)
        assert found["coefficient"] == pytest.approx(slope, rel=1e-12) and found["se"] == pytest.approx(se, rel=1e-10)
        assert found["p"] == pytest.approx(2 * stats.t.sf(abs(slope / se), n - 2), rel=1e-8)
        assert found["high"] - found["low"] == pytest.approx(2 * stats.t.ppf(0.975, n - 2) * se, rel=1e-10)
    assert surprise_response(y, x, errors="HAC", lags=7)["se"] == pytest.approx(hac(y, x, 7), rel=1e-10)


def test_the_bias_aware_interval_solves_for_the_folded_normal(data):
    y, x = data
    other = np.random.default_rng(6).normal(0, 0.3, 200)
    found = surprise_response(y, x, control_response=other, correlation=0.5)
    bound = 0.5 * other.std(ddof=1) / x.std(ddof=1)
    assert found["bias_bound"] == pytest.approx(bound, rel=1e-12)
    ratio = bound / found["se"]
    covered = lambda c: stats.norm.cdf(c - ratio) - stats.norm.cdf(-c - ratio) - 0.95  # noqa: E731
    critical = optimize.brentq(covered, 0, 50, xtol=1e-12)
    wide = critical * found["se"] * stats.t.ppf(0.975, 58) / stats.norm.ppf(0.975)
    assert found["aware_high"] - found["coefficient"] == pytest.approx(wide, rel=1e-8)
    none = surprise_response(y, x, control_response=other, correlation=0.0)
    assert none["aware_low"] == pytest.approx(none["low"], rel=1e-12)
    assert np.isnan(surprise_response(y, x)["aware_low"])


def test_far_biases_join_near_ones(data):
    y, x = data
    other = np.array([-1.0, 1.0] * 50)
    se, spread = surprise_response(y, x)["se"], x.std(ddof=1) / other.std(ddof=1)
    widths = []
    for ratio in (19.999999, 20.000001):
        found = surprise_response(y, x, control_response=other * ratio * se * spread, correlation=1.0)
        widths.append(found["aware_high"] - found["coefficient"])
    assert widths[0] == pytest.approx(widths[1], rel=1e-6)


def test_other_news_biases_the_slope_and_the_aware_interval_covers():
    """Other news moves surprise and response with another slope: the plain interval misses, the wide one holds."""
    rng, plain, aware, identified = np.random.default_rng(7), 0, 0, 0
    cases, truth = 300, 0.5
    for _ in range(cases):
        shock, noise = rng.normal(0, 1, 80), rng.normal(0, 0.7, (2, 400))
        background = rng.normal(0, 0.7, 80)
        y = truth * shock + 2.0 * background + rng.normal(0, 0.3, 80)
        outside = 2.0 * noise[0] + rng.normal(0, 0.3, 400)
        found = surprise_response(y, shock + background, control_response=outside, control_surprise=noise[0])
        plain += found["low"] <= truth <= found["high"]
        aware += found["aware_low"] <= truth <= found["aware_high"]
        identified += contamination(shock + background, noise[0]).identifies()
    assert plain / cases < 0.2
    assert aware / cases > 0.95 - 3.3 * np.sqrt(0.95 * 0.05 / cases)
    assert identified == cases


def test_the_meter_rejects_at_its_level_where_nothing_happens():
    """Event windows like any others: called clearly more variable in 5 % of cases (99.9 % band), fat tails or not."""
    rng, cases = np.random.default_rng(9), 600
    for draw in (lambda n: rng.standard_normal(n), lambda n: rng.standard_t(5, n)):
        wrong = sum(bool(contamination(draw(60), draw(600)).identifies()) for _ in range(cases))
        assert wrong / cases < 0.05 + 3.3 * np.sqrt(0.05 * 0.95 / cases)
    strong = [contamination(3 * rng.standard_normal(60), rng.standard_normal(600)) for _ in range(50)]
    assert all(each.identifies() for each in strong)
    assert np.mean([each.share for each in strong]) == pytest.approx(1 / 9, rel=0.1)


def test_the_bound_is_the_farthest_effect_that_the_controls_allow(data):
    """By a search over effects on a fine grid."""
    y, x = data
    rng = np.random.default_rng(8)
    background = 0.5 * rng.standard_normal(150)
    other = -0.8 * background + 0.2 * rng.standard_normal(150)
    for correlation in (0.3, 0.9):
        found = surprise_response(y, x, control_response=other, control_surprise=background, correlation=correlation)
        grid = found["coefficient"] + np.linspace(-3, 3, 60_001)
        rest = np.array([(other - b * background).std(ddof=1) for b in grid])
        allowed = grid[np.abs(found["coefficient"] - grid) * x.std(ddof=1) <= correlation * rest]
        far = np.abs(allowed - found["coefficient"]).max()
        assert 0 < far < 2.9 and found["bias_bound"] == pytest.approx(far, abs=1.01e-4)
    assert surprise_response(y, x, control_response=9 * other, control_surprise=9 * background)["bias_bound"] == np.inf


def test_the_meter_without_controls_says_nothing():
    assert contamination([1.0, 2.0, -1.0], []).identifies() is None


def test_the_first_component_is_that_of_the_covariance():
    rng = np.random.default_rng(10)
    frame = pd.DataFrame(rng.standard_normal((50, 1)) + 0.4 * rng.standard_normal((50, 3)), columns=["a", "b", "c"])
    frame.loc[7, "b"] = np.nan
    kept = frame.dropna()
    vector = np.linalg.eigh(kept.cov())[1][:, -1]
    score = (kept - kept.mean()) @ vector
    slope = np.polyfit(score, kept["c"], 1)[0]
    found = first_component(frame, "c")
    np.testing.assert_allclose(found[kept.index], slope * score, rtol=1e-9, atol=1e-12)
    assert np.isnan(found[7])
    assert np.polyfit(found[kept.index], kept["c"], 1)[0] == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"errors": "HC9"}, UnknownNameError, "HC9"),
        ({"errors": "HAC", "lags": 60}, UsageError, "from 0 to 59"),
        ({"control_response": [1.0, 2.0], "correlation": 1.5}, UsageError, "not from 0 to 1"),
        ({"control_response": [1.0, 2.0], "control_surprise": [1.0]}, UsageError, "give as many"),
    ],
)
def test_wrong_options(data, options, error, words):
    with pytest.raises(error, match=words):
        surprise_response(*data, **options)


def test_too_few_events(data):
    y, x = data
    with pytest.raises(NotEnoughDataError, match="3 events have both"):
        surprise_response([1.0, 2.0, 3.0, np.nan], [1.0, 2.0, 4.0, 5.0])
    with pytest.raises(NotEnoughDataError, match="surprises are the same"):
        surprise_response(y, np.ones(60))
    with pytest.raises(UsageError, match="60 responses and 2"):
        surprise_response(y, x[:2])
