"""One date in many markets: the joint tests against loops, and which tests are read first."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from panels import make_panel, study
from scipy import stats

from eventstudy import EventStudy
from eventstudy.errors import UnknownNameError, UsageError
from eventstudy.inference.battery import TestPlan, run_tests
from eventstudy.inference.models.market import MarketAdjusted
from eventstudy.inference.significance import joint
from eventstudy.inference.significance.common_dates import CommonDates
from eventstudy.inference.significance.joint import gls, shrinkage_intensity
from eventstudy.windows import Window

DAY = Window(0, 0)


def one_event(n=4, **options):
    """One event in n markets that keep different holidays."""
    panel = make_panel(n, **options)
    panel.rows["event_id"] = "e"
    return panel


@pytest.fixture(scope="module")
def result():
    panel = one_event(missing=0.05, seed=11)
    at = panel.at(Window(0, 1))
    panel.returns[:, at] = np.nan_to_num(panel.returns[:, at], nan=0.01)
    panel.factors[:, at] = np.nan_to_num(panel.factors[:, at])
    return study(panel)


def test_multivariate_statistic_and_its_footnote():
    panel = one_event(3, seed=2)
    result = study(panel)
    found = joint.multivariate(result, DAY, event_id="e", draws=99)
    e, ar = result.fitted.residuals, result.ar[:, result.columns(DAY).start]
    statistic = ar @ np.linalg.inv(e @ e.T / e.shape[1]) @ ar
    assert found.statistic == pytest.approx(statistic, rel=1e-10)
    # Exact F of the multivariate regression with an event dummy (Binder 1985; Campbell, Lo & MacKinlay 1997, 4.A).
    df, leverage = result.fitted.df[0], (result.se[0, 3] / result.fitted.sigma[0]) ** 2
    f = ar @ np.linalg.inv(e @ e.T / df) @ ar / leverage * (df - 2) / (3 * df)
    assert f"= {f:.3f}, p {stats.f.sf(f, 3, df - 2):.4f}" in found.note


def test_multivariate_bootstrap_keeps_its_level():
    """Under the null p is uniform: over 60 studies its mean is .5 within four standard errors."""
    p = [
        joint.multivariate(study(one_event(2, seed=seed)), DAY, event_id="e", draws=49, seed=seed).p
        for seed in range(60)
    ]
    assert np.mean(p) == pytest.approx(0.5, abs=4 * np.sqrt(1 / 12 / 60))


def test_multivariate_bootstrap_puts_the_expected_return_back():
    """Market-adjusted returns are the same whether the benchmark is taken off before or by the model."""
    panel = one_event(3, seed=2)
    spread = replace(panel, returns=panel.returns - panel.factors[..., 0], factors=np.zeros_like(panel.factors))
    found, other = (joint.multivariate(study(p, MarketAdjusted()), DAY, event_id="e") for p in (panel, spread))
    assert found.statistic == pytest.approx(other.statistic, rel=1e-10)
    assert found.p == other.p


def test_common_effect_is_generalised_least_squares(result):
    e = np.random.default_rng(0).normal(size=(3, 100)) * [[1], [2], [3]]
    effect = np.array([1.0, 2.0, 3.0])
    cov = e @ e.T / 98
    inverse = np.linalg.inv(cov)
    estimate, se = gls(e, effect, df=98)
    assert estimate == pytest.approx(inverse.sum(axis=0) @ effect / inverse.sum(), rel=1e-10)
    assert se == pytest.approx(1 / np.sqrt(inverse.sum()), rel=1e-10)
    diagonal, _ = gls(e, effect, df=98, shrinkage=1.0)
    weights = 1 / np.diag(cov)
    assert diagonal == pytest.approx(weights @ effect / weights.sum(), rel=1e-10)
    assert joint.common_effect(result, DAY, event_id="e").applicable


def test_shrinkage_is_strong_without_correlation_and_weak_with_it():
    rng = np.random.default_rng(1)
    own, common = rng.normal(size=(8, 200)), rng.normal(size=200)
    assert shrinkage_intensity(own) > 0.7
    assert shrinkage_intensity(common + 0.5 * own) < 0.05


def test_shrinkage_is_the_sampling_variance_of_the_correlations_over_their_squares():
    """A loop over pairs of markets: the mean of the squared product of z less its squared mean, over the days."""
    e = np.random.default_rng(3).normal(size=(4, 60)) + 0.7 * np.random.default_rng(4).normal(size=60)
    noise = signal = 0.0
    for a, one in enumerate(e):
        for b, other in enumerate(e):
            if a != b:
                products = one * other / np.sqrt((one**2).mean() * (other**2).mean())
                noise += ((products - products.mean()) ** 2).mean() / 60
                signal += products.mean() ** 2
    assert 0.01 < noise / signal < 0.9
    assert shrinkage_intensity(e) == pytest.approx(noise / signal, rel=1e-10)


def test_portfolio_takes_its_signs_as_declared(result):
    long = joint.portfolio(result, DAY, event_id="e", weights={"m0": 1.0, "m1": -1.0})
    short = joint.portfolio(result, DAY, event_id="e", weights={"m0": -1.0, "m1": 1.0})
    assert long.statistic == pytest.approx(-short.statistic, rel=1e-12)
    assert long.p == short.p
    with pytest.raises(UsageError, match="weight other than zero"):
        joint.portfolio(result, DAY, event_id="e", weights={"m0": 0.0})


def test_too_few_common_dates_are_a_reason():
    panel = one_event(2)
    days = panel.returns.shape[1]
    panel.returns[0, : days - 14 : 2] = np.nan
    panel.returns[1, 1 : days - 14 : 2] = np.nan
    found = joint.common_effect(study(panel), DAY, event_id="e")
    assert not found.applicable
    assert "common estimation dates; 22 needed" in found.reason


def test_no_common_date_in_the_window_is_a_reason():
    panel = one_event(2)
    panel.returns[0, panel.at(DAY)] = np.nan
    common = CommonDates.of(study(panel), DAY, event_id="e", markets=("m0", "m1"))
    assert "no date of the window in common" in common.refuse("max_t").reason


def test_one_date_headlines_are_placebo_step_down_and_max_t(result):
    frame = run_tests(result, [DAY])
    headline = frame[frame["role"] == "headline"]
    assert set(headline["test"]) == {"placebo_standardised", "step_down", "max_t"}
    silent = frame[frame["test"].isin(["cross_sectional_t", "patell", "bmp"])]
    assert silent["p"].isna().all()
    assert silent["note"].str.contains("instead of 5 %").all()


def test_tests_through_time_are_silent_where_holidays_differ():
    panel = one_event()
    panel.sessions[1] += np.timedelta64(1, "D")
    frame = run_tests(study(panel), [DAY], TestPlan(names=("corrado", "kp_bmp"))).set_index("test")
    assert "different holidays" in frame.loc["corrado", "note"]
    assert np.isfinite(frame.loc["kp_bmp", "p"])
    aligned_frame = run_tests(study(one_event()), [DAY], TestPlan(names=("corrado",)))
    assert np.isfinite(aligned_frame["p"]).all()


def test_shared_dates_make_the_ranked_statistics_the_headline_and_warn():
    panel = make_panel(9, dates=[0, 0, 0, 4, 4, 4, 9, 9, 9])
    frame = run_tests(study(panel), [DAY]).set_index("test")
    assert frame.loc["bmp_rank", "role"] == "headline"
    assert frame.loc["bmp_rank", "smallest_p"] == 1 / 2000
    assert "no more volatile than usual" in frame.loc["bmp_rank", "note"]
    assert "cannot reject at 5 %" in frame.loc["sign_flip", "note"]
    assert frame.loc["bmp", "role"] == "unadjusted"
    assert "9 events in 3 clusters of shared days, counted as independent" in frame.loc["bmp", "note"]
    assert frame.loc["kp_bmp", "role"] == frame.loc["cluster_t_rank", "role"] == "secondary"


def test_plan_refuses_unknown_names_and_weights_make_a_portfolio(result):
    with pytest.raises(UnknownNameError, match="did you mean 'patell'"):
        TestPlan(names=("patel",))
    frame = run_tests(result, [DAY], TestPlan(names=("portfolio", "t"), weights={"m0": 1.0}))
    assert frame["test"].tolist() == ["t"] * 4 + ["portfolio"]
    assert isinstance(frame, pd.DataFrame)


def test_the_date_line_changes_no_joint_test():
    """Two markets that label the same news on neighbouring days, and the same returns with one label."""
    rng, days = np.random.default_rng(6), pd.bdate_range("2019-01-01", periods=240)
    common = rng.normal(0, 0.01, 240)
    west, east = (pd.Series(common + rng.normal(0, 0.01, 240), index=days) for _ in range(2))
    plan = EventStudy(
        windows=[(0, 0), (0, 2)], weights={"W": 1.0, "E": -0.5}, tests=["portfolio", "common_effect", "multivariate"]
    )
    tables = []
    for later in (0, 1):
        frame = pd.DataFrame({"W": west, "E": east.set_axis(east.index + later * pd.offsets.BDay())})
        events = pd.DataFrame({"event_id": "e", "symbol": ["W", "E"], "session": frame.index[[220, 220 + later]]})
        tests = plan.run(events, returns=frame).tests
        tables.append(tests.loc[tests["test"] != "holm", ["statistic", "p"]].to_numpy())
    assert np.isfinite(tables[0]).all()
    np.testing.assert_allclose(tables[1], tables[0], rtol=1e-9)
