"""Faults seen in other event-study packages, each as the test that would have caught it."""

import numpy as np
import pytest
from panels import SAMPLE_TESTS, SPAN, estimation_of, make_panel, study
from scipy import stats

from eventstudy.inference.models.market import ConstantMean, MarketModel
from eventstudy.inference.significance.sample import Sample
from eventstudy.windows import Window

DAYS = [Window(t, t) for t in (-1, 0, 1)]
# These need many days or draws, or all events on one date.
OTHERWISE = {"calendar_time_alpha", "skewness_t_bootstrap", "double_standardised"}


def samples(result):
    return [Sample.of(result, window) for window in DAYS]


@pytest.mark.parametrize("name", sorted(set(SAMPLE_TESTS) - OTHERWISE))
def test_a_statistic_computed_once_and_repeated_for_every_event_day(name):
    result = study(make_panel(9, dates=[0, 1, 1, 3, 4, 6, 7, 9, 9], seed=3))
    found = [SAMPLE_TESTS[name](sample).statistic for sample in samples(result)]
    if name in ("sign", "wilcoxon", "generalized_sign"):
        assert len(set(found)) > 1
    else:
        assert len(set(found)) == 3


def test_statistics_joined_on_the_firm_rather_than_on_the_event():
    """Two events of one firm keep their own sigma: naming all firms alike changes nothing."""
    panel = make_panel(8, dates=[0, 2, 5, 6, 8, 9, 11, 12])
    named = study(panel)
    panel.rows["market"] = "one firm"
    for name in ("patell", "bmp", "kp_patell", "kp_bmp", "brown_warner_1980", "corrado", "grank_t"):
        own, joined = (SAMPLE_TESTS[name](Sample.of(result, DAYS[1])) for result in (named, study(panel)))
        assert own.statistic == joined.statistic


def test_missing_returns_counted_as_zero_in_a_car():
    panel = make_panel()
    at = panel.at(Window(-1, 2))
    panel.returns[0, at.start + 1] = np.nan
    result = study(panel)
    car = result.car(Window(-1, 2))
    days = [t for t in range(2, 6) if t != 3]
    assert car.n_days[0] == 3
    assert car.car[0] == pytest.approx(result.ar[0, days].sum(), rel=1e-14)
    assert car.se[0] == pytest.approx(np.sqrt(result.cov[0][np.ix_(days, days)].sum()), rel=1e-12)


def test_sums_built_as_mean_times_n_while_n_is_the_valid_count():
    panel = make_panel(7)
    panel.returns[:2, panel.at(DAYS[1])] = np.nan
    sample = Sample.of(study(panel), DAYS[1])
    car = sample.car[2:]
    assert sample.n == 5
    assert SAMPLE_TESTS["sign"](sample).statistic == pytest.approx(((car > 0).sum() - 2.5) / np.sqrt(5 / 4), rel=1e-14)
    assert SAMPLE_TESTS["cross_sectional_t"](sample).statistic == pytest.approx(
        stats.ttest_1samp(car, 0).statistic, rel=1e-12
    )


def test_residual_variance_divided_by_l_or_l_minus_one():
    panel = make_panel()
    result = study(panel)
    residuals = result.fitted.residuals
    np.testing.assert_allclose(
        result.fitted.sigma**2, (residuals**2).sum(axis=1) / (residuals.shape[1] - 2), rtol=1e-12
    )


def test_forecast_error_ignored():
    result = study(make_panel())
    length = result.fitted.n_obs[0]
    assert (result.se > result.fitted.sigma[:, None] * np.sqrt(1 + 1 / length) * (1 - 1e-12)).all()


def test_car_variance_without_the_covariance_term():
    panel = make_panel(factors=0)
    result = study(panel, ConstantMean())
    days, length = SPAN.length, result.fitted.n_obs[0]
    full = result.car(SPAN).se ** 2 / result.fitted.sigma**2
    np.testing.assert_allclose(full, days + days**2 / length, rtol=1e-12)
    assert (full > days * (1 + 1 / length) + 0.5).all(), "the days' variances alone are smaller"


def test_sigma_taken_over_the_event_window_too():
    panel = make_panel()
    before = study(panel)
    panel.returns[:, panel.at(SPAN)] += 1.0
    np.testing.assert_array_equal(study(panel).fitted.sigma, before.fitted.sigma)


def test_a_ninety_per_cent_band_that_covers_eighty():
    """p = .10 sits at t.ppf(.95), not at t.ppf(.90)."""
    result = study(make_panel())
    car = result.car(DAYS[1])
    half = stats.t.ppf(0.95, car.df) * car.se
    p = 2 * stats.t.sf(half / car.se, car.df)
    np.testing.assert_allclose(p, 0.10, rtol=1e-9)  # scipy before 1.17 inverts t to 2e-10
    assert (car.p < 0.10).tolist() == (np.abs(car.car) > half).tolist()


def test_normal_p_values_at_small_n():
    sample = Sample.of(study(make_panel(5)), DAYS[1])
    for name in ("bmp", "cross_sectional_t", "kp_bmp"):
        found = SAMPLE_TESTS[name](sample)
        assert found.distribution == "t(4)"
        assert found.p == pytest.approx(2 * stats.t.sf(abs(found.statistic), 4), rel=1e-12)


def test_abnormal_returns_rounded_before_cumulating():
    panel = make_panel()
    result = study(panel)
    np.testing.assert_allclose(result.car(SPAN).car, result.ar.sum(axis=1), rtol=1e-13)


def test_half_open_windows_that_lose_the_first_day():
    result = study(make_panel())
    assert result.ar.shape[1] == SPAN.length == 10
    np.testing.assert_allclose(result.car(Window(-3, -1)).car, result.ar[:, :3].sum(axis=1), rtol=1e-14)
    np.testing.assert_array_equal(result.car(Window(6, 6)).car, result.ar[:, -1])
    assert result.fitted.n_obs[0] == estimation_of(make_panel()).length


def test_mean_pairwise_correlation_with_the_diagonal_included():
    sample = Sample.of(study(make_panel(6, seed=9)), DAYS[1])
    matrix = np.corrcoef(sample.blocks[0].fitted.residuals)
    off = matrix[np.triu_indices(6, 1)].mean()
    assert sample.correlation == sample.residual_correlation == pytest.approx(off, rel=1e-10)
    assert abs(sample.correlation - matrix.mean()) > 0.1


def test_correlation_aligned_by_relative_day_instead_of_calendar_date():
    """The same residuals on the same dates correlate perfectly, whatever the events' own days are."""
    panel = make_panel(2, dates=[0, 7], factors=0)
    common = np.random.default_rng(0).normal(size=panel.returns.shape[1] + 7)
    panel.returns[0], panel.returns[1] = common[:-7], common[7:]
    result = study(panel, ConstantMean())
    assert Sample.of(result, DAYS[1]).residual_correlation == pytest.approx(1.0, abs=1e-10)
    assert abs(np.corrcoef(result.fitted.residuals)[0, 1]) < 0.5


def test_events_dropped_in_silence():
    panel = make_panel(4)
    panel.returns[2, panel.at(estimation_of(panel))] = np.nan
    result = study(panel, MarketModel())
    assert len(result) == 3
    assert len(result.outcomes) == 4
    assert result.outcomes["detail"][2] == "0 estimation rows, 20 needed"


def test_undefined_adjustments_are_said_and_not_computed():
    """With two markets that mirror each other, 1 + (n - 1) rbar is zero."""
    panel = make_panel(2, factors=0)
    panel.returns[1] = -panel.returns[0] * 1.5
    for name in ("kp_bmp", "kp_patell"):
        found = SAMPLE_TESTS[name](Sample.of(study(panel, ConstantMean()), DAYS[1]))
        assert not found.applicable
        assert "not positive" in found.reason or "not finite" in found.reason


def test_correlation_taken_for_all_pairs_though_few_share_a_date():
    """Events on dates of their own are independent, however alike the firms' residuals are on common dates."""
    panel = make_panel(12, dates=np.arange(12), factors=0)
    common = np.random.default_rng(1).normal(0, 0.05, panel.returns.shape[1] + 11)
    panel.returns[...] += np.stack([common[i : i + panel.returns.shape[1]] for i in range(12)])
    sample = Sample.of(study(panel, ConstantMean()), DAYS[1])
    assert sample.residual_correlation > 0.5
    # What is left comes from estimation windows with days in common.
    assert abs(sample.correlation) < 0.02
    kp, bmp = (SAMPLE_TESTS[name](sample).statistic for name in ("kp_bmp", "bmp"))
    assert kp == pytest.approx(bmp, rel=0.1)
    two = Sample.of(study(panel, ConstantMean()), Window(0, 1))
    assert two.shared == pytest.approx(11 * 2 * 0.5 / (12 * 11), abs=0.03)
