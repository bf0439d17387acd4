"""The how-tos for adding a model and a test: their code runs, and does from outside the package what they say."""

import contextlib
import io
import re
from types import SimpleNamespace

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from eventstudy import EventStudy, TestResult
from eventstudy.errors import UnknownNameError, UsageError
from places_of_tests import ROOT


def run(page):
    """Return the names that the Python blocks of a page leave, run one after the other."""
    text = (ROOT / "docs/how-to" / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 2
    names = {"__name__": "how_to"}
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile("\n".join(blocks), page, "exec"), names)  # the project's own page
    return names | {"said": said.getvalue().splitlines(), "promised": re.findall(r"^print\(.*  # (.*)$", text, re.M)}


@pytest.fixture(scope="module")
def model_page():
    return run("adding-a-model.md")


@pytest.fixture(scope="module")
def test_page():
    return run("adding-a-test.md")


def test_a_model_from_outside_gives_its_abnormal_returns(model_page):
    returns, result = model_page["returns"], model_page["result"]
    excess = (returns["FIRM"] - returns["INDEX"]).to_numpy()
    before, at = excess[150 - 120 : 150 - 10], excess[150:152]
    assert result.markets == ["FIRM"]
    # Sums of a hundred floats of size .01 carry rounding of about 1e-17.
    assert result.car["car"].iloc[0] == pytest.approx((at - before.mean()).sum(), rel=1e-10, abs=1e-14)
    variance = before.var(ddof=1) * (2 + 4 / len(before))
    assert result.car["se"].iloc[0] == pytest.approx(np.sqrt(variance), rel=1e-10)
    assert result.method[1] == model_page["BetaOne"].description


def test_a_model_from_outside_is_recorded_and_not_read_back(model_page):
    table = model_page["result"].specification["model"]
    assert table == {"name": "beta-one", "parameters": {"benchmark": "INDEX"}}
    with pytest.raises(UnknownNameError, match="unknown model 'beta-one'"):
        EventStudy(model=table)


def test_the_model_of_two_regressors_agrees_with_least_squares(model_page):
    quadratic, returns = model_page["Quadratic"], model_page["returns"]
    study = EventStudy(model=quadratic(benchmark="INDEX"), estimation=(-120, -11), windows=[(0, 0)], tests=["t"])
    result = study.run(model_page["events"], returns=returns)
    y, x = (returns[name].to_numpy()[150 - 120 : 151] for name in ("FIRM", "INDEX"))
    X = np.column_stack([np.ones_like(x), x, x**2])
    beta = np.linalg.lstsq(X[:110], y[:110], rcond=None)[0]
    # Least squares by another factorisation: the condition number of X is about 1e4.
    assert result.car["car"].iloc[0] == pytest.approx(y[-1] - X[-1] @ beta, rel=1e-9, abs=1e-13)


def test_a_model_that_says_too_little_is_refused():
    class Nothing:
        name = "nothing"

    with pytest.raises(UsageError, match=r"model is .*; write a name such as .* \(see ModelBase\)"):
        EventStudy(model=Nothing())


def test_a_test_from_outside_gives_its_number(test_page):
    line = test_page["study"](test_page["undeclared"], test_page["own"])
    returns, firms, own = (test_page[name] for name in ("returns", "firms", "own"))
    series = [returns[firm].to_numpy() for firm in firms]
    car = [one[row] - one[row - 120 : row - 10].mean() for one, row in zip(series, own, strict=True)]
    share = {"limits": (1 / 12, 1 / 12)}
    t = stats.mstats.trimmed_mean(car, **share) / stats.mstats.trimmed_stde(car, **share)
    # The same sums of twelve floats in another order.
    np.testing.assert_allclose([line["statistic"], line["p"]], [t, 2 * stats.t.sf(abs(t), 9)], rtol=1e-10)
    assert (line["test"], line["n"], line["null"]) == ("my_trimmed_t", 12, test_page["NULL"])


def test_the_test_of_the_page_rejects_as_often_as_its_level_and_the_plain_one_twice_as_often(test_page):
    """2,000 studies of twelve normal events: the 99.9 % Monte-Carlo band about 5 % is 3.4 to 6.6."""
    draws = np.random.default_rng(12).standard_normal((2000, 12))
    p = np.array([test_page["my_trimmed_t"](SimpleNamespace(car=car)).p for car in draws])
    assert 0.034 < (p < 0.05).mean() < 0.066
    plain = stats.ttest_1samp(np.sort(draws)[:, 1:-1], 0, axis=1).pvalue
    assert 0.08 < (plain < 0.05).mean() < 0.12


def test_the_guard_refuses_it_until_it_declares_what_it_assumes(test_page):
    study, shared = test_page["study"], test_page["shared"]
    refused, shown = study(test_page["undeclared"], shared), study(test_page["declared"], shared)
    assert np.isnan(refused["p"]) and "does not declare what it assumes" in refused["note"]
    assert 0 < shown["p"] < 1 and shown["role"] == "unadjusted"
    assert "counted as independent" in shown["note"] and "has not been measured" in shown["note"]
    one_date = study(test_page["declared"], [150] * 12)
    assert np.isnan(one_date["p"]) and "counts them as independent" in one_date["note"]


def test_a_test_from_outside_cannot_take_the_name_of_another(test_page):
    with pytest.raises(UsageError, match="'bmp' is already a test of the library"):
        EventStudy(tests=[type(test_page["declared"])(**{**vars(test_page["declared"]), "name": "bmp"})])
    with pytest.raises(UsageError, match="tests"):
        EventStudy(tests=[lambda sample: TestResult.not_applicable("x", "y")])
    with pytest.raises(UsageError, match=r"duplicate test"):
        EventStudy(tests=[test_page["declared"], test_page["declared"]])


@pytest.fixture(scope="module")
def panel_page():
    pytest.importorskip("linearmodels", reason="linearmodels is not installed")
    return run("panel-regressions.md")


def test_the_page_on_panels_prints_what_it_says(panel_page):
    assert panel_page["said"] == panel_page["promised"] and len(panel_page["said"]) == 5


def test_fama_macbeth_is_the_mean_of_the_slopes_by_day(panel_page):
    days = panel_page["event_days"].groupby("session")
    slopes = [sm.OLS(day["ar"], sm.add_constant(day["exposure"])).fit().params["exposure"] for _, day in days]
    assert len(slopes) == 5
    # Two factorisations of well-conditioned matrices.
    assert panel_page["slope"] == pytest.approx(np.mean(slopes), rel=1e-10)
    assert panel_page["error"] == pytest.approx(np.std(slopes, ddof=1) / np.sqrt(5), rel=1e-10)
    # Sums of the same abnormal returns: the slope of the sum is the sum of the slopes.
    assert panel_page["sums"]["coefficient"] == pytest.approx(np.sum(slopes), rel=1e-10)


def test_fixed_effects_are_those_of_demeaned_columns(panel_page):
    """A balanced panel: both effects come off by the means of rows and columns; errors by firm from the scores."""
    wide = {name: panel_page["panel"][name].unstack().to_numpy() for name in ("ar", "exposure_after")}
    y, x = (v - v.mean(0) - v.mean(1, keepdims=True) + v.mean() for v in wide.values())
    slope = (x * y).sum() / (x * x).sum()
    assert panel_page["by_firm"].params["exposure_after"] == pytest.approx(slope, rel=1e-9)
    scores = (x * (y - slope * x)).sum(axis=1)
    # linearmodels corrects for the parameters: a slope, a constant, 119 firms and 14 days.
    variance = (scores**2).sum() / (x * x).sum() ** 2 * 1800 / (1800 - 135)
    assert panel_page["by_firm"].std_errors["exposure_after"] == pytest.approx(np.sqrt(variance), rel=1e-9)
