"""Each model against a second program or a direct computation."""

import io
import zipfile

import numpy as np
import pytest
import statsmodels.api as sm
from panels import EVENT, SPAN, estimation_of, make_panel, study

from eventstudy.errors import InputError, UnknownNameError, UsageError
from eventstudy.inference.models.factors import FactorModel, LaggedMarket
from eventstudy.inference.models.french import read_factors, read_french
from eventstudy.inference.models.peers import PeerPortfolio
from eventstudy.inference.models.registry import MODELS, get_model


def ols_of(panel, i, columns, y=None):
    """Fit event i by statsmodels on columns of shape (T, k); return the fit and the rows of the event window."""
    before, at = panel.at(estimation_of(panel)), panel.at(SPAN)
    y = panel.returns[i] if y is None else y
    used = np.isfinite(y[before]) & np.isfinite(columns[before]).all(axis=1)
    return sm.OLS(y[before][used], sm.add_constant(columns[before][used])).fit(), sm.add_constant(columns[at])


def assert_agrees(result, panel, i, ols, z, y=None):
    y = panel.returns[i] if y is None else y
    forecast = ols.get_prediction(z)
    np.testing.assert_allclose(result.fitted.params[i], ols.params, rtol=1e-10)
    np.testing.assert_allclose(result.ar[i], y[panel.at(SPAN)] - forecast.predicted_mean, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(result.se[i], forecast.se_obs, rtol=1e-10)


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_factor_models_agree_with_statsmodels(missing):
    panel = make_panel(factors=3, missing=missing)
    panel.factors[:, panel.at(SPAN)] = np.nan_to_num(panel.factors[:, panel.at(SPAN)])
    panel.returns[:, panel.at(SPAN)] = np.nan_to_num(panel.returns[:, panel.at(SPAN)])
    result = study(panel, FactorModel())
    for i in range(len(result)):
        assert_agrees(result, panel, i, *ols_of(panel, i, panel.factors[i]))


def test_the_risk_free_rate_comes_off_the_return_and_back_onto_the_forecast():
    panel = make_panel(factors=3)
    result = study(panel, FactorModel(factors=("f2", "f0"), riskfree="f1"))
    assert result.fitted.param_names == ("alpha", "beta[f2]", "beta[f0]")
    for i in range(len(result)):
        excess = panel.returns[i] - panel.factors[i, :, 1]
        assert_agrees(result, panel, i, *ols_of(panel, i, panel.factors[i][:, [2, 0]], excess), excess)


def test_lagged_market_uses_one_trimmed_sample():
    panel = make_panel()
    result = study(panel, LaggedMarket())
    x = panel.factors[0, :, 0]
    before = panel.at(estimation_of(panel))
    for i in range(len(result)):
        columns = np.column_stack([np.roll(x, 1), x, np.roll(x, -1)])
        inside = np.arange(before.start + 1, before.stop - 1)
        ols = sm.OLS(panel.returns[i, inside], sm.add_constant(columns[inside])).fit()
        assert result.fitted.n_obs[i] == len(inside)
        np.testing.assert_allclose(result.fitted.params[i], ols.params, rtol=1e-10)
        z = sm.add_constant(columns[panel.at(SPAN)])[:-1]
        np.testing.assert_allclose(result.se[i, :-1], ols.get_prediction(z).se_obs, rtol=1e-10)
    assert np.isnan(result.ar[:, -1]).all(), "the last row has no lead"


def test_spillover_is_one_regression_on_what_was_known_before_the_open():
    panel = make_panel()
    model = get_model("spillover")
    result = study(panel, model)
    assert model.known_before_open and "overnight-spillover" in model.description
    assert result.fitted.param_names == ("alpha", "beta")
    for i in range(len(result)):
        assert_agrees(result, panel, i, *ols_of(panel, i, panel.factors[i]))


def test_scholes_williams_is_the_ratio_of_covariances():
    panel = make_panel()
    result = study(panel, get_model("scholes-williams"))
    before = panel.at(estimation_of(panel))
    x = panel.factors[0, before, 0]
    z, m = x[:-2] + x[1:-1] + x[2:], x[1:-1]
    for i in range(len(result)):
        y = panel.returns[i, before][1:-1]
        beta = np.cov(y, z)[0, 1] / np.cov(m, z)[0, 1]
        alpha = y.mean() - beta * m.mean()
        e = y - alpha - beta * m
        s2 = e @ e / (len(e) - 2)
        np.testing.assert_allclose(result.fitted.params[i], [alpha, beta], rtol=1e-10)
        dz, dm = z - z.mean(), m - m.mean()
        day = panel.factors[i, panel.at(SPAN), 0][:-1] - m.mean()
        variance = s2 * (1 + 1 / len(e) + day**2 * (dz @ dz) / (dz @ dm) ** 2)
        np.testing.assert_allclose(result.se[i, :-1] ** 2, variance, rtol=1e-10)


def test_peers_are_averaged_over_those_that_traded():
    panel = make_panel(factors=3)
    panel.factors[0, 10, 1] = np.nan
    panel.factors[1, 11] = np.nan
    result = study(panel, PeerPortfolio(peers=("f0", "f1")))
    mean = np.nanmean(panel.factors[0][:, :2], axis=1)[:, None]
    ols, z = ols_of(panel, 0, mean)
    assert_agrees(result, panel, 0, ols, z)
    assert result.fitted.n_obs.tolist()[:3] == [80, 79, 80]


def test_robust_model_is_that_of_statsmodels_and_shrugs_at_an_outlier():
    panel = make_panel()
    before = panel.at(estimation_of(panel))
    panel.returns[0, before.start + 5] = 3.0
    result = study(panel, get_model("robust"))
    for i in range(len(result)):
        x = panel.factors[i, before, 0]
        rlm = sm.RLM(panel.returns[i, before], sm.add_constant(x)).fit()
        # Two iterations from different parametrisations stop at the same point within the solver's tolerance.
        np.testing.assert_allclose(result.fitted.params[i], rlm.params, rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(result.fitted.sigma[i], rlm.scale, rtol=1e-6)
        z = sm.add_constant(panel.factors[i, panel.at(SPAN), 0])
        variance = rlm.scale**2 + np.einsum("wi,ij,wj->w", z, rlm.bcov_scaled, z)
        np.testing.assert_allclose(result.se[i] ** 2, variance, rtol=1e-5)
    assert result.fitted.sigma[0] < 0.05


def test_garch_forecasts_return_to_the_long_run():
    pytest.importorskip("arch", reason="the extra garch is not installed")
    rng = np.random.default_rng(4)
    h, y = 1e-4, []
    for _ in range(1500):
        y.append(np.sqrt(h) * rng.standard_normal())
        h = 2e-6 + 0.08 * y[-1] ** 2 + 0.9 * h
    x = rng.normal(0, 0.01, (1, 1500, 1))
    fit = get_model("garch").fit(np.array([y]) + 0.8 * x[..., 0], x)
    assert fit.params[0, 1] == pytest.approx(0.8, abs=0.1)
    omega, a, b = fit.volatility[0]
    noise, _ = fit.forecast_error(np.zeros((1, 3, 1)), np.array([1, 2, 10_000]))
    assert noise[0, 0] == pytest.approx(fit.next_variance[0], rel=1e-12)
    assert noise[0, 1] == pytest.approx(omega + (a + b) * noise[0, 0], rel=1e-10)
    assert noise[0, 2] == pytest.approx(omega / (1 - a - b), rel=1e-10)
    flat = get_model("garch").fit(np.zeros((1, 50)), np.zeros((1, 50, 0)))
    assert np.isnan(flat.sigma[0])


@pytest.mark.parametrize("seed", [8, 20, 24, 26])
def test_a_variance_that_only_grows_has_no_mean(seed):
    """A level six times as high at the end: the optimum is at alpha + beta = 1, reached from either side by rounding.

    Just below one the mean variance was 1e6 and more times the variance of returns, and forecasts its differences.
    """
    pytest.importorskip("arch", reason="the extra garch is not installed")
    y = np.random.default_rng(seed).standard_normal(200) * np.where(np.arange(200) > 150, 0.06, 0.01)
    fit = get_model("garch").fit(y[None], np.zeros((1, 200, 0)))
    assert fit.failed[0] == (seed != 24) and np.isnan(fit.sigma[0]) == (seed != 24)
    if seed == 24:
        omega, alpha, beta = fit.volatility[0]
        noise, expected = fit.forecast_error(np.zeros((1, 300, 0)))[0][0], fit.next_variance[0]
        for value in noise:
            # 300 steps of one rounding each, and 1 - alpha - beta = 4e-4 loses four digits.
            assert value == pytest.approx(expected, rel=1e-10)
            expected = omega + (alpha + beta) * expected


def test_a_garch_search_without_an_end_fails_without_a_warning():
    """Volatility that grows by a factor of 55: the search does not converge, and the outcome alone says so."""
    pytest.importorskip("arch", reason="the extra garch is not installed")
    y = np.random.default_rng(1).standard_normal(200) * np.exp(np.linspace(0, 4, 200)) * 0.01
    fit = get_model("garch").fit(y[None], np.zeros((1, 200, 0)))
    assert fit.failed.tolist() == [True] and np.isnan([*fit.params[0], *fit.sigma]).all()


def test_unknown_models_and_factors_are_named():
    with pytest.raises(UnknownNameError, match="did you mean 'market'"):
        get_model("markt")
    with pytest.raises(UsageError, match="not among the factors"):
        study(make_panel(), get_model("capm"))
    with pytest.raises(UsageError, match="at least one factor"):
        study(make_panel(factors=0), FactorModel())
    with pytest.raises(UsageError, match="whole numbers from 0"):
        LaggedMarket(lags=-1)
    with pytest.raises(UsageError, match="needs the peers"):
        study(make_panel(factors=0), PeerPortfolio())


def test_every_model_states_itself_in_one_sentence():
    for name in MODELS:
        model = get_model(name)
        assert model.description.endswith(".")
        assert "object at" not in repr(model)
    assert EVENT[0] < 0


FRENCH = """This file was created using the 202001 database.

,Mkt-RF,SMB,HML,RF
20200107,  -0.19,  -0.03,  -0.25,  0.006
20200108,   0.47,  -0.17, -99.99,  0.006

 Annual Factors: January-December
,Mkt-RF,SMB,HML,RF
  2019,  28.28
"""


def test_french_factor_files_become_fractions(tmp_path):
    path = tmp_path / "factors.csv"
    path.write_text(FRENCH)
    frame = read_french(path)
    assert list(frame) == ["Mkt-RF", "SMB", "HML", "RF"]
    assert frame.loc["2020-01-08", "Mkt-RF"] == pytest.approx(0.0047, rel=1e-12)
    assert np.isnan(frame.loc["2020-01-08", "HML"])
    assert len(frame) == 2


TEXT_LAYOUT = """This file was created by CMPT_ME_BEME_RETS_DAILY using the 202001 CRSP database.

            Mkt-RF     SMB     HML      RF
20200107     -0.19   -0.03   -0.25   0.006
20200108      0.47   -0.17 -99.99    0.006
"""
Q_DAILY = "DATE,R_F,R_MKT,R_ME\n20200107,0.006,-0.19,-0.02\n20200108,0.006,0.47,-0.16\n"
Q_MONTHLY = "year,month,R_F,R_MKT\n2020,1,0.13,-0.11\n2020,2,0.12,-8.13\n"
MONTHLY = ",Mkt-RF\n202001,-0.11\n202002,-8.13\n\n Annual Factors: January-December \n,Mkt-RF\n 2020, 23.66\n"
WEEKLY = ",Mkt-RF,RF,\n20200103, 0.1,0.03,\n20200110, 0.9,0.03,\n"


def packed(text):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("F-F_Research_Data_Factors_daily.CSV", text)
    return target.getvalue()


@pytest.mark.parametrize(
    "content", [FRENCH.encode(), TEXT_LAYOUT.encode(), packed(FRENCH), b"\xef\xbb\xbf" + FRENCH.encode()]
)
def test_every_form_of_a_french_file_gives_the_same_fractions(tmp_path, content):
    path = tmp_path / "factors"
    path.write_bytes(content)
    frame = read_factors(path)
    assert list(frame) == ["Mkt-RF", "SMB", "HML", "RF"]
    # Decimal text over a hundred: one rounding.
    np.testing.assert_allclose(frame, [[-0.0019, -0.0003, -0.0025, 6e-5], [0.0047, -0.0017, np.nan, 6e-5]], rtol=1e-14)
    assert [f"{day:%Y-%m-%d}" for day in frame.index] == ["2020-01-07", "2020-01-08"]


@pytest.mark.parametrize(
    ("text", "names", "last", "day"),
    [
        (Q_DAILY, ["R_F", "R_MKT", "R_ME"], 0.0047, "2020-01-08"),
        (Q_DAILY.replace("202001", "2020-01-"), ["R_F", "R_MKT", "R_ME"], 0.0047, "2020-01-08"),
        (Q_MONTHLY, ["R_F", "R_MKT"], -0.0813, "2020-02-01"),
        (WEEKLY, ["Mkt-RF", "RF"], 0.009, "2020-01-10"),
        (MONTHLY, ["Mkt-RF"], -0.0813, "2020-02-01"),
    ],
)
def test_other_published_files_are_read(tmp_path, text, names, last, day):
    path = tmp_path / "factors.csv"
    path.write_text(text, encoding="utf-8")
    frame = read_factors(path)
    assert list(frame) == names and len(frame) == 2
    market = next(name for name in names if "M" in name and name != "R_ME")
    assert frame.loc[day, market] == pytest.approx(last, rel=1e-14)


def test_factor_files_are_joined_by_date(tmp_path):
    (tmp_path / "three.csv").write_text(FRENCH)
    (tmp_path / "mom.csv").write_text(",Mom,RF\n20200108,0.30,0.006\n20200109,0.10,0.006\n")
    frame = read_factors([tmp_path / "three.csv", tmp_path / "mom.csv"])
    assert list(frame) == ["Mkt-RF", "SMB", "HML", "RF", "Mom"] and len(frame) == 3
    assert frame["Mom"].tolist()[1:] == [0.003, 0.001] and np.isnan(frame["Mom"].iloc[0])
    (tmp_path / "mom.csv").write_text(",Mom,RF\n20200108,0.30,0.007\n")
    with pytest.raises(InputError, match="RF has other values"):
        read_factors([tmp_path / "three.csv", tmp_path / "mom.csv"])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b",A\n20200101,1\n20200102,x\n", "line 3: could not convert"),
        (b",A\n20200101,1\n20200101,2\n", "line 3: the date stands twice"),
        (b",A,B\n20200101,1,2\n20200102,2\n", "line 3: 1 values for 2 names"),
        (packed(FRENCH)[:-30], "no rows such as"),
    ],
)
def test_a_faulty_line_is_named(tmp_path, content, reason):
    path = tmp_path / "factors.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=reason):
        read_factors(path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("no table", "no rows such as"),
        (",A\n20200101,1,2\n", "1 names for 2 columns"),
        (",A\n20201301,1\n", "not a date"),
    ],
)
def test_other_files_are_refused_in_one_line(tmp_path, text, reason):
    path = tmp_path / "factors.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=reason):
        read_french(path)
    with pytest.raises(InputError, match="no such file"):
        read_french(tmp_path / "missing.csv")
