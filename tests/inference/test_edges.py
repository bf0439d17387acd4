"""Values at the edges of rules: the least number of days, zeros, one day of a pattern, the last day of a recursion."""

from types import SimpleNamespace

import numpy as np
import pytest
from panels import ESTIMATION, make_panel, study
from scipy import stats

from eventstudy.inference.models.registry import get_model
from eventstudy.inference.models.time_of_day import TimeOfDay
from eventstudy.inference.significance import nonparametric
from eventstudy.panel import Outcome


@pytest.mark.parametrize(("least", "kept"), [(ESTIMATION - 1, 4), (ESTIMATION, 4), (ESTIMATION + 1, 0)])
def test_the_least_number_of_estimation_days_is_enough(least, kept):
    result = study(make_panel(n=4), min_observations=least)
    assert (result.outcomes["outcome"] == Outcome.OK).sum() == kept


@pytest.mark.parametrize(("n", "digits"), [(12, 16), (40, 16), (400, 1)], ids=["exact", "normal", "ties"])
def test_wilcoxon_drops_zeros_and_nothing_else(n, digits):
    rng = np.random.default_rng(3)
    car = np.r_[rng.normal(0.3, 1, n).round(digits), 0.0, 1.0, np.nan]
    found = nonparametric.wilcoxon(SimpleNamespace(car=car))
    kept = car[(car < 0) | (car > 0)]
    expected = stats.wilcoxon(kept, method="exact" if n < 25 else "asymptotic", correction=False)
    assert found.n == len(kept) and found.p == pytest.approx(expected.pvalue, rel=1e-10)
    assert found.statistic == stats.rankdata(np.abs(kept))[kept > 0].sum()


def test_the_error_of_a_time_of_day_is_that_of_a_new_value_and_of_its_mean():
    """One bar of each time: s² (1 + 1/n). A bar of a time that was never seen has no forecast."""
    rng = np.random.default_rng(5)
    clock = np.tile([540.0, 600.0, 660.0], 20)[None, :, None]
    returns = rng.normal(0, 0.01, (1, 60))
    fitted = TimeOfDay().fit(returns, clock)
    asked = np.array([[[600.0], [660.0], [720.0], [570.0]]])
    noise, loading = fitted.forecast_error(asked)
    for at, first in ((0, 1), (1, 2)):
        seen = returns[0, first::3]
        total = noise[0, at] + (loading[0, at] ** 2).sum()
        assert fitted.predict(asked)[0, at] == pytest.approx(seen.mean(), rel=1e-12)
        assert total == pytest.approx(seen.var(ddof=1) * (1 + 1 / 20), rel=1e-12)
    twice = np.array([[[600.0], [600.0]]])  # two bars of one time share the error of its mean
    noise_of_both, loading = fitted.forecast_error(twice)
    seen = returns[0, 1::3]
    np.testing.assert_allclose(noise_of_both, seen.var(ddof=1), rtol=1e-12)
    np.testing.assert_allclose((loading[0, 0] * loading[0, 1]).sum(), seen.var(ddof=1) / 20, rtol=1e-12)
    assert np.isnan(noise[0, 2:]).all() and np.isnan(fitted.predict(asked)[0, 2:]).all()


def test_garch_goes_on_from_its_last_day_and_predicts_by_its_slope():
    """The recursion by a plain loop over the residuals, with the parameters found, from the variance of returns."""
    pytest.importorskip("arch", reason="the extra garch is not installed")
    rng = np.random.default_rng(4)
    h, y = 1e-4, []
    for _ in range(300):
        y.append(np.sqrt(h) * rng.standard_normal())
        h = 4e-6 + 0.1 * y[-1] ** 2 + 0.86 * h
    x = rng.normal(0, 0.01, (1, 300, 1))
    fit = get_model("garch").fit(np.array([y]) + 0.8 * x[..., 0], x)
    (omega, alpha, beta), start = fit.volatility[0], (np.array(y) + 0.8 * x[0, :, 0]).std() ** 2
    variance = omega + (alpha + beta) * start
    for residual in fit.residuals[0]:
        variance = omega + alpha * residual**2 + beta * variance
    assert fit.next_variance[0] == pytest.approx(variance, rel=1e-9)
    constant, slope = fit.mean_params[0]
    asked = np.array([[[0.02], [-0.01]]])
    np.testing.assert_allclose(fit.predict(asked)[0], constant + slope * asked[0, :, 0], rtol=1e-12)
