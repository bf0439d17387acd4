"""What every model and every test of the tables must keep to; a new one is checked by adding its line."""

import inspect
from dataclasses import replace

import numpy as np
import pytest
from panels import SAMPLE_TESTS, SPAN, estimation_of, make_panel, study

from eventstudy.inference.battery import TestPlan, run_tests
from eventstudy.inference.models.protocol import Fitted, Model
from eventstudy.inference.models.registry import MODELS, get_model
from eventstudy.inference.significance.protocol import Draws, Scope
from eventstudy.inference.significance.registry import CHOICES, TESTS
from eventstudy.inference.significance.sample import Sample
from eventstudy.windows import Window

FACTORS = ("Mkt-RF", "SMB", "HML", "RF", "Mom", "RMW", "CMA")


def panel_for(name, **options):
    """A panel with the factors that the model asks for."""
    named = {"capm", "fama-french-3", "carhart", "fama-french-5"}
    count = len(FACTORS) if name in named else 1
    panel = make_panel(6, factors=count, estimation=120, **options)
    if name in named:
        return replace(panel, factor_names=FACTORS)
    if name == "matched-peers":
        return replace(panel, factor_names=("matched",))
    if name == "time-of-day":
        clock = np.broadcast_to((panel.tau % 4 * 60.0)[None, :, None], panel.factors.shape)
        return replace(panel, factors=clock.copy(), factor_names=("time_of_day",))
    return panel


@pytest.fixture(params=sorted(MODELS))
def name(request):
    for extra, needed in (("arch", ("garch",)), ("sklearn", ("penalised-peers",))):
        if request.param in needed:
            pytest.importorskip(extra, reason=f"the extra with {extra} is not installed")
    return request.param


def test_models_keep_their_protocol(name):
    model = get_model(name)
    assert isinstance(model, Model)
    assert model == get_model(name)
    assert model.name
    assert model.description.endswith(".")
    assert model.weighted == ("weights" in inspect.signature(model.fit).parameters)
    result = study(panel_for(name), model)
    fitted = result.fitted
    assert isinstance(fitted, Fitted)
    n, length = result.estimation_returns.shape
    assert fitted.params.shape == (n, len(fitted.param_names))
    assert fitted.residuals.shape == (n, length)
    for values in (fitted.sigma, fitted.df, fitted.n_obs):
        assert values.shape == (n,)
    assert (fitted.df <= fitted.n_obs).all()
    assert (fitted.sigma > 0).all()


def test_models_forecast_with_a_proper_covariance(name):
    result = study(panel_for(name), get_model(name))
    ahead = result.tau - result.estimation.last
    seen = np.isfinite(result.ar).all(axis=0)
    cov = result.fitted.forecast_cov(result.factors, ahead)[:, seen][:, :, seen]
    np.testing.assert_allclose(cov, result.cov[:, seen][:, :, seen], rtol=1e-12)
    np.testing.assert_allclose(cov, np.swapaxes(cov, 1, 2), rtol=1e-12, atol=1e-18)
    assert (np.linalg.eigvalsh(cov) > 0).all()
    np.testing.assert_allclose(np.sqrt(np.diagonal(cov, axis1=1, axis2=2)), result.se[:, seen], rtol=1e-12)


def test_models_report_missing_days(name):
    panel = panel_for(name)
    panel.returns[0, 5:15] = np.nan
    panel.returns[1, panel.at(Window(0, 0))] = np.nan
    result = study(panel, get_model(name))
    assert result.fitted.n_obs[1] - result.fitted.n_obs[0] in (9, 10)
    assert np.isnan(result.fitted.residuals[0]).sum() >= 10
    assert np.isnan(result.ar[1, 3])
    assert result.car(SPAN).n_days[1] < result.car(SPAN).n_days[2]


def test_models_never_look_into_the_event_window(name):
    panel = panel_for(name)
    before = study(panel, get_model(name))
    rows = slice(panel.at(estimation_of(panel)).stop, None)
    panel.returns[:, rows] = 1e6
    panel.factors[:, rows] = -1e6
    after = study(panel, get_model(name))
    np.testing.assert_array_equal(before.fitted.params, after.fitted.params)
    np.testing.assert_array_equal(before.fitted.sigma, after.fitted.sigma)


def test_models_do_not_change_what_they_are_given(name):
    panel = panel_for(name)
    returns, factors = panel.returns.copy(), panel.factors.copy()
    study(panel, get_model(name))
    np.testing.assert_array_equal(panel.returns, returns)
    np.testing.assert_array_equal(panel.factors, factors)


@pytest.fixture(scope="module")
def independent():
    # Four days apart: the windows of four days do not overlap, so every event is a cluster of its own.
    return study(make_panel(30, dates=4 * np.arange(30), seed=8))


@pytest.mark.parametrize("test", SAMPLE_TESTS)
def test_tests_say_what_they_are(test, independent):
    if test == "double_standardised":
        independent = study(make_panel(30, seed=8))
    window = Window(0, 0) if test in ("cluster_t_rank", "bmp_rank") else Window(-1, 2)
    found = SAMPLE_TESTS[test](Sample.of(independent, window))
    assert found.name == test
    assert found.applicable, found.reason
    assert 0 <= found.p <= 1
    record = SAMPLE_TESTS[test]
    assert found.null == record.null
    assert ("one-sided" in found.note) == (record.sides == 1)
    assert found.distribution
    assert found.n == 30
    assert record.function.__doc__


@pytest.mark.parametrize("test", TESTS.values(), ids=TESTS)
def test_records_say_what_they_assume(test):
    assert test.declares_dependence or test.scope is Scope.PAIR
    takes = set(inspect.signature(test.function).parameters)
    assert ("seed" in takes) == (test.draws is not Draws.NEVER)
    assert ("weights" in takes) == (test.declares == "weights")
    assert bool({"families", "markets"} & takes) >= (test.declares == "families")
    assert all(0 <= rate <= 100 for rate in test.measured.values())


def test_tests_that_draw_give_the_same_for_a_seed_and_another_p_for_another(independent):
    sample, drawn = Sample.of(independent, Window(0, 0)), {n for n, t in TESTS.items() if t.draws is Draws.ALWAYS}
    assert drawn == {"multivariate", "skewness_t_bootstrap", "wild_cluster", "block_bootstrap"}
    assert drawn == set(CHOICES["all"]) - set(CHOICES["standard"])
    bootstrap = TESTS["skewness_t_bootstrap"]
    assert bootstrap(sample, seed=1).p == bootstrap(sample, seed=1).p != bootstrap(sample, seed=2).p


def test_pair_and_joint_results_have_the_null_of_their_record():
    panel = make_panel(3)
    panel.rows["event_id"] = "e"
    plan = TestPlan(families={"two": ["m0", "m1"], "one": ["m2"]}, weights={"m0": 1.0, "m1": -1.0})
    result, plain = study(panel), [name for name, test in TESTS.items() if test.scope is not Scope.SAMPLE]
    frame = run_tests(result, [Window(0, 0)], replace(plan, names=tuple(plain)))
    assert sorted(set(frame["test"])) == sorted(plain)
    assert frame["null"].tolist() == [TESTS[name].null for name in frame["test"]]
    assert frame.loc[frame["test"] == "max_t", "market"].tolist() == ["two", "one"]
    for name in ("t", "placebo", "placebo_standardised"):
        assert [one.null for one in TESTS[name](result, Window(0, 0))] == [TESTS[name].null] * 3


@pytest.mark.parametrize("test", SAMPLE_TESTS)
def test_tests_of_one_event_work_or_say_why_not(test):
    found = SAMPLE_TESTS[test](Sample.of(study(make_panel(1)), Window(0, 0)))
    assert found.applicable or len(found.reason) > 20
    assert found.applicable == np.isfinite(found.p)


@pytest.mark.parametrize("test", SAMPLE_TESTS)
def test_tests_without_any_return_say_why_not(test):
    panel = make_panel(3)
    panel.returns[:, panel.at(Window(0, 0))] = np.nan
    found = SAMPLE_TESTS[test](Sample.of(study(panel), Window(0, 0)))
    assert not found.applicable
    assert found.reason


@pytest.mark.parametrize("test", SAMPLE_TESTS)
def test_tests_are_the_same_each_time(test, independent):
    first, second = (SAMPLE_TESTS[test](Sample.of(independent, Window(0, 1))) for _ in range(2))
    assert first == second


def test_the_table_has_every_test_once_per_window():
    result = study(make_panel(5, dates=range(5)))
    frame = run_tests(result, [Window(0, 0), Window(0, 1)])
    whole = frame[frame["event_id"] == ""]
    assert whole.groupby("window")["test"].apply(list).map(sorted).tolist() == [sorted(SAMPLE_TESTS)] * 2
    assert frame["p"].notna().eq(~frame["note"].str.startswith("not applicable")).all()
