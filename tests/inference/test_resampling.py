"""Placebo p-values against loops that count."""

import numpy as np
import pytest
import statsmodels.api as sm
from panels import EVENT, estimation_of, make_panel, study

from eventstudy.inference import ConstantMean, placebo_p
from eventstudy.inference.resampling import one_day_placebo
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
