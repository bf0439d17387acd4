"""What must hold for any returns."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from panels import EVENT, SAMPLE_TESTS, SPAN, estimation_of, make_panel, study
from scipy import stats

from eventstudy.inference.models.market import ConstantMean
from eventstudy.inference.significance.multiplicity import holm
from eventstudy.inference.significance.resampling import placebo_p
from eventstudy.inference.significance.sample import Sample
from eventstudy.windows import Window

WINDOW = Window(-1, 2)
CLOSED = sorted(set(SAMPLE_TESTS) - {"skewness_t_bootstrap", "calendar_time_alpha", "bhar_t", "bhar_skewness_t"})
ONE_SIDED = {"variance_f", "beaver_u", "wilcoxon"}
# Properties of all tests at once take a third of the examples: each makes every test twice.
few = settings(max_examples=max(1, settings().max_examples // 3))
seeds = st.integers(0, 2**32 - 1)
cases = st.fixed_dictionaries(
    {"seed": seeds, "n": st.integers(3, 7), "missing": st.sampled_from([0.0, 0.1]), "estimation": st.integers(40, 60)}
)


def results(result, names=CLOSED):
    sample = Sample.of(result, WINDOW)
    return {name: SAMPLE_TESTS[name](sample) for name in names}


def assert_same(a, b, sign=1.0):
    for name, found in a.items():
        other = b[name]
        assert found.applicable == other.applicable, name
        if found.applicable:
            flip = 1.0 if name in ONE_SIDED else sign
            if not (name == "wilcoxon" and sign < 0):
                np.testing.assert_allclose(other.statistic, flip * found.statistic, rtol=1e-6, atol=1e-8, err_msg=name)
            if name not in ("generalized_sign",) or sign > 0:
                np.testing.assert_allclose(other.p, found.p, rtol=1e-5, atol=1e-8, err_msg=name)


@few
@given(cases, st.floats(0.01, 100))
def test_scale_does_not_matter(case, scale):
    panel = make_panel(**case)
    scaled = replace(panel, returns=panel.returns * scale, factors=panel.factors * scale)
    assert_same(results(study(panel)), results(study(scaled)))


@few
@given(cases)
def test_sign_turns_with_the_returns(case):
    panel = make_panel(**case)
    turned = replace(panel, returns=-panel.returns, factors=-panel.factors)
    names = sorted(set(CLOSED) - {"generalized_sign"})
    assert_same(results(study(panel), names), results(study(turned), names), sign=-1.0)


@few
@given(cases, seeds)
def test_the_order_of_events_does_not_matter(case, seed):
    panel = make_panel(**case)
    order = np.random.default_rng(seed).permutation(len(panel.rows))
    shuffled = replace(
        panel,
        rows=panel.rows.iloc[order].reset_index(drop=True),
        returns=panel.returns[order],
        sessions=panel.sessions[order],
        factors=panel.factors[order],
    )
    assert_same(results(study(panel)), results(study(shuffled)))


@given(cases, seeds)
def test_the_order_of_estimation_rows_does_not_matter_to_the_estimates(case, seed):
    panel = make_panel(**case)
    rows = panel.at(estimation_of(panel))
    order = np.random.default_rng(seed).permutation(rows.stop)
    returns, factors = panel.returns.copy(), panel.factors.copy()
    returns[:, rows], factors[:, rows] = returns[:, order], factors[:, order]
    first, second = study(panel), study(replace(panel, returns=returns, factors=factors))
    np.testing.assert_allclose(first.fitted.params, second.fitted.params, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(first.se, second.se, rtol=1e-8)


@given(cases, st.integers(EVENT[0], EVENT[1] - 1))
def test_cars_add_up(case, cut):
    result = study(make_panel(**(case | {"missing": 0.0})))
    left, right = result.car(Window(EVENT[0], cut)), result.car(Window(cut + 1, EVENT[1]))
    np.testing.assert_allclose(left.car + right.car, result.car(SPAN).car, rtol=1e-9, atol=1e-13)


@given(cases, st.floats(allow_nan=True, allow_infinity=True))
def test_poison_in_the_event_window_leaves_the_estimates_bit_identical(case, poison):
    panel = make_panel(**case)
    returns = panel.returns.copy()
    returns[:, panel.at(SPAN)] = poison
    clean, poisoned = study(panel), study(replace(panel, returns=returns))
    np.testing.assert_array_equal(clean.fitted.params, poisoned.fitted.params)
    np.testing.assert_array_equal(clean.fitted.sigma, poisoned.fitted.sigma)
    np.testing.assert_array_equal(clean.fitted.residuals, poisoned.fitted.residuals)


@given(cases, st.floats(-5, 5))
def test_adding_beta_times_the_market_changes_no_abnormal_return(case, beta):
    panel = make_panel(**case)
    moved = replace(panel, returns=panel.returns + beta * panel.factors[..., 0])
    np.testing.assert_allclose(study(panel).ar, study(moved).ar, rtol=1e-7, atol=1e-12)


@few
@given(cases)
def test_p_values_are_probabilities_and_missing_days_are_counted(case):
    panel = make_panel(**case)
    result = study(panel)
    for found in results(result).values():
        assert (0 <= found.p <= 1) if found.applicable else found.reason
    p = placebo_p(result, WINDOW)
    assert ((p > 0) & (p <= 1) | np.isnan(p)).all()
    used = np.isfinite(panel.returns[:, panel.at(SPAN)]) & np.isfinite(panel.factors[:, panel.at(SPAN), 0])
    np.testing.assert_array_equal(result.car(SPAN).n_days, used.sum(axis=1))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_never_lowers_a_p_value_and_keeps_the_order(p):
    adjusted = holm(p)
    assert (adjusted >= np.array(p) - 1e-15).all()
    assert (adjusted <= 1).all()
    order = np.argsort(p, kind="stable")
    assert (np.diff(adjusted[order]) >= 0).all()


@settings(max_examples=1, deadline=None)
@given(st.just(20200108))
def test_p_values_of_one_market_are_uniform_under_the_null(seed):
    """Kolmogorov-Smirnov over 4,000 markets; a wrong degree of freedom or a lost forecast error moves it."""
    rng = np.random.default_rng(seed)
    panel = make_panel(3, factors=0, estimation=40)
    n = 4000
    many = replace(
        panel,
        rows=panel.rows.loc[np.zeros(n, dtype=int)].reset_index(drop=True),
        returns=rng.normal(size=(n, len(panel.tau))),
        sessions=np.repeat(panel.sessions[:1], n, axis=0),
        factors=np.empty((n, len(panel.tau), 0)),
    )
    result = study(many, ConstantMean())
    for window in (Window(0, 0), SPAN):
        assert stats.kstest(result.car(window).p, "uniform").pvalue > 0.01
    rejected = (placebo_p(result, SPAN) <= 0.05).mean()
    assert rejected == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / n) + 1 / 50)
