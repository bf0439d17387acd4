"""Placebo p-values against loops that count."""

from itertools import product

import numpy as np
import pytest
import statsmodels.api as sm
from panels import EVENT, estimation_of, make_panel, study
from scipy import stats

from eventstudy.errors import UsageError
from eventstudy.inference.models.market import ConstantMean
from eventstudy.inference.significance.registry import TESTS
from eventstudy.inference.significance.resampling import (
    conformal_interval,
    one_day_placebo,
    placebo_p,
    sign_flip,
    skewness_t_bootstrap,
)
from eventstudy.inference.significance.sample import Sample
from eventstudy.windows import Window


@pytest.mark.parametrize("missing", [0.0, 0.15])
def test_one_day_placebo_counts_larger_residuals(missing):
    panel = make_panel(missing=missing)
    result = study(panel, windows=[Window(0, 1)])
    for i, p in enumerate(placebo_p(result, Window(0, 0))):
        ar, residuals = result.ar[i, 0], [e for e in result.fitted.residuals[i] if e == e]
        if np.isnan(ar):
            assert np.isnan(p)
        else:
            assert p == (1 + sum(abs(e) >= abs(ar) for e in residuals)) / (len(residuals) + 1)


@pytest.mark.parametrize("missing", [0.0, 0.15])
@pytest.mark.parametrize("window", [Window(0, 1), Window(*EVENT)])
def test_window_placebo_refits_with_the_event_and_goes_round(window, missing):
    panel = make_panel(missing=missing, estimation=60)
    found = placebo_p(study(panel), window)
    before, at = panel.at(estimation_of(panel)), panel.at(window)
    for i, p in enumerate(found):
        y = np.r_[panel.returns[i, before], panel.returns[i, at]]
        x = np.r_[panel.factors[i, before, 0], panel.factors[i, at, 0]]
        used = np.isfinite(y) & np.isfinite(x)
        days = int(used[-window.length :].sum())
        if days == 0:
            assert np.isnan(p)
            continue
        e = sm.OLS(y[used], sm.add_constant(x[used])).fit().resid
        sums = [abs(sum(e[(s + j) % len(e)] for j in range(days))) for s in range(len(e))]
        assert p == pytest.approx(sum(s >= sums[len(e) - days] - 1e-14 for s in sums) / len(e), abs=1e-15)


def test_the_smallest_placebo_p_is_one_over_the_number_of_days():
    panel = make_panel(3, factors=0)
    panel.returns[:, panel.at(Window(0, 1))] = 5.0
    result = study(panel, ConstantMean(), windows=[Window(0, 1)])
    length = result.fitted.n_obs[0]
    np.testing.assert_array_equal(placebo_p(result, Window(0, 0)), 1 / (length + 1))
    np.testing.assert_array_equal(placebo_p(result, Window(0, 1)), 1 / (length + 2))


def test_ties_count_against_the_event():
    assert one_day_placebo(np.array([[0.1, -0.1, 0.05]]), np.array([0.1])).tolist() == [0.75]


def test_conformal_interval_holds_what_the_placebo_does_not_reject():
    result = study(make_panel())
    bounds = conformal_interval(result, Window(0, 0))
    ar = result.ar[:, 3]
    for i, (low, high) in enumerate(bounds):
        for effect, inside in [(low + 1e-9, True), (high - 1e-9, True), (low - 1e-9, False), (high + 1e-9, False)]:
            p = one_day_placebo(result.fitted.residuals[[i]], ar[[i]] - effect)[0]
            assert (p > 0.05) == inside
    with pytest.raises(UsageError, match="for one day"):
        conformal_interval(result, Window(0, 1))


def test_sign_flip_enumerates_all_patterns_of_dates():
    panel = make_panel(9, dates=[0, 0, 3, 3, 7, 11, 11, 20, 24])
    sample = Sample.of(study(panel), Window(0, 1))
    found = sign_flip(sample)
    sums = {}
    for date, scar in zip(sample.dates, sample.scar, strict=True):
        sums[date] = sums.get(date, 0.0) + scar
    values = list(sums.values())
    flips = [sum(s * v for s, v in zip(signs, values, strict=True)) for signs in product((1, -1), repeat=len(values))]
    assert found.p == np.mean([abs(f) >= abs(sum(values)) * (1 - 1e-12) for f in flips])
    assert found.distribution == f"sign flips, all {2 ** len(values)}"
    assert f"{len(values)} clusters" in found.note


def test_sign_flip_draws_where_there_are_many_dates():
    panel = make_panel(20, dates=np.arange(20))
    sample = Sample.of(study(panel), Window(0, 0))
    p = sign_flip(sample, draws=4000, seed=1).p
    z = sample.scar.sum() / np.sqrt((sample.scar**2).sum())
    assert p == pytest.approx(2 * stats.norm.sf(abs(z)), abs=0.04)
    assert sign_flip(sample, seed=1).p == sign_flip(sample, seed=1).p


def test_signs_are_those_that_the_generator_draws():
    """An odd number of signs a pattern, so that patterns share random words; and too many for one array of draws."""
    sample = Sample.of(study(make_panel(21, dates=np.arange(21))), Window(0, 0))
    signs = 2 * np.random.default_rng(4).integers(0, 2, (25_001, 21)) - 1
    larger = np.abs(signs @ sample.scar) >= abs(sample.scar.sum()) * (1 - 1e-12)
    assert sign_flip(sample, draws=25_001, seed=4).p == (1 + larger.sum()) / 25_002


def test_bootstrapped_skewness_t_has_its_statistic_and_a_fair_p():
    panel = make_panel(60, dates=np.arange(60))
    sample = Sample.of(study(panel), Window(0, 0))
    found = skewness_t_bootstrap(sample)
    assert found.statistic == TESTS["skewness_t"](sample).statistic
    assert found.p == pytest.approx(TESTS["skewness_t"](sample).p, abs=0.15)
    few = Sample.of(study(make_panel(8)), Window(0, 0))
    assert skewness_t_bootstrap(few).reason == "8 events with returns; 20 needed to resample a quarter"
