"""Tests whose distribution under the null is known exactly: rejection rates by draws from it."""

import dataclasses

import numpy as np
import pytest
from panels import make_panel, study
from scipy import stats

from eventstudy.inference.abnormal import abnormal_returns
from eventstudy.inference.models.iterative import GarchMarketModel
from eventstudy.inference.significance import kernels
from eventstudy.inference.significance.registry import TESTS
from eventstudy.inference.significance.sample import Sample
from eventstudy.panel import Outcome
from eventstudy.windows import Window


@pytest.mark.parametrize("df", [12, 19, 100])
def test_the_variance_of_scars_is_measured_against_that_of_a_t(df):
    """4,000 studies of 100 events without any effect: 5 % within the Monte-Carlo band and what the tails of a t add."""
    scar = np.random.default_rng(df).standard_t(df, (4000, 100))
    f = kernels.deviation(kernels.unit_variance(scar, np.full(100, float(df)))) ** 2
    assert f.mean() == pytest.approx(1.0, abs=0.01)
    rejected = (stats.f.sf(f, 99, 100.0 * df) < 0.05).mean()
    assert 0.04 < rejected < 0.085
    assert (stats.f.sf(kernels.deviation(scar) ** 2, 99, 100.0 * df) < 0.05).mean() > rejected


def test_events_without_a_car_are_not_in_the_expected_share_of_signs():
    result = study(make_panel(6, missing=0.0, dates=None, skew=True, seed=3))
    ar = result.ar.copy()
    ar[:2, result.columns(Window(0, 0))] = np.nan
    lost = dataclasses.replace(result, ar=ar)
    found = TESTS["generalized_sign"](Sample.of(lost, Window(0, 0)))
    positive = (result.fitted.residuals > 0).mean(axis=1)[2:]
    p, above = positive.mean(), (ar[2:, result.columns(Window(0, 0))] > 0).sum()
    assert found.n == 4 and found.notes == (f"expected share {p:.3f}",)
    assert found.statistic == pytest.approx((above - 4 * p) / np.sqrt(4 * p * (1 - p)), rel=1e-12)


def test_changes_of_a_price_are_not_held():
    result = dataclasses.replace(study(make_panel(6, missing=0.0, dates=None, skew=True, seed=3)), changes=True)
    assert np.isnan(result.bhar(Window(0, 0))).all()
    for name in ("bhar_t", "bhar_skewness_t"):
        assert "do not compound" in TESTS[name](Sample.of(result, Window(0, 0))).note


def test_a_garch_fit_that_fails_is_called_that(monkeypatch):
    pytest.importorskip("arch", reason="the extra garch is not installed")
    panel = make_panel(3, missing=0.0, dates=None, skew=False, seed=4)
    returns = panel.returns.copy()
    returns[2] = 0.001
    panel = dataclasses.replace(panel, returns=returns)
    from eventstudy.inference.models import iterative

    real = iterative._garch
    first = returns[0, 0]
    monkeypatch.setattr(iterative, "_garch", lambda y, x: None if y[0] == first else real(y, x))
    estimation = Window(int(panel.tau[0]), -11)
    found = abnormal_returns(GarchMarketModel(), panel, estimation=estimation, windows=[Window(0, 0)]).outcomes
    assert found["outcome"].tolist() == [Outcome.FIT_FAILED, Outcome.OK, Outcome.NO_VARIANCE]
    assert "did not converge" in found["detail"].iloc[0]
