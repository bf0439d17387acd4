"""The rolling market model against RollingOLS and predictions of statsmodels."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.regression.rolling import RollingOLS

from eventstudy import EventStudy
from eventstudy.errors import NotEnoughDataError, UsageError
from eventstudy.inference.models.registry import get_model, model_table
from eventstudy.inference.models.rolling import LEAST_FORECASTS, RollingMarketModel

DAYS, ROWS, AT = 230, 40, 200
STUDY = EventStudy(
    model=RollingMarketModel(benchmark="index", rows=ROWS), estimation=(-150, -11), windows=[(0, 0), (-1, 4)]
)


@pytest.fixture(scope="module")
def made():
    rng = np.random.default_rng(8)
    index = rng.normal(0, 0.01, DAYS)
    beta = 1 + np.cumsum(rng.normal(0, 0.05, (DAYS, 2)), axis=0)
    table = pd.DataFrame(beta * index[:, None] + rng.normal(0, 0.01, (DAYS, 2)), columns=list("ab"))
    table = table.assign(index=index).set_axis(pd.bdate_range("2019-01-01", periods=DAYS))
    table.iloc[rng.choice(np.arange(60, 180), 12, replace=False), 1] = np.nan
    events = pd.DataFrame({"event_id": list("ef"), "symbol": list("ab"), "session": table.index[[AT, AT]]})
    return table, events, STUDY.run(events, returns=table)


@pytest.mark.parametrize("at", [0, 1])
def test_every_number_is_that_of_statsmodels(made, at):
    table, events, result = made
    symbol = events["symbol"][at]
    used = table.iloc[AT - 150 : AT - 10][[symbol, "index"]].dropna()
    y, x = used[symbol].to_numpy(), sm.add_constant(used["index"].to_numpy())
    errors, unit = [], []
    for t in range(ROWS, len(y)):
        fit = sm.OLS(y[t - ROWS : t], x[t - ROWS : t]).fit()
        leverage = fit.get_prediction(x[t]).var_pred_mean[0] / fit.mse_resid
        errors.append(y[t] - fit.predict(x[t])[0])
        unit.append(errors[-1] / np.sqrt(1 + leverage))
    fitted = result.abnormal.fitted
    mine = fitted.residuals[at]
    # Both subtract means of 40 numbers in double precision.
    np.testing.assert_allclose(mine[np.isfinite(mine)], errors, rtol=1e-9, atol=1e-15)
    sigma = np.sqrt(np.mean(np.square(unit)))
    last = sm.OLS(y[-ROWS:], x[-ROWS:]).fit()
    np.testing.assert_allclose(fitted.params[at], last.params, rtol=1e-10)
    np.testing.assert_allclose(fitted.params[at], RollingOLS(y, x, window=ROWS).fit().params[-1], rtol=1e-8)
    assert fitted.sigma[at] == pytest.approx(sigma, rel=1e-10)
    assert (fitted.n_obs[at], fitted.df[at]) == (len(y), len(y) - ROWS)
    inside = table.iloc[AT - 1 : AT + 5]
    z = sm.add_constant(inside["index"].to_numpy())
    covariance = sigma**2 * (np.eye(6) + z @ np.linalg.inv(x[-ROWS:].T @ x[-ROWS:]) @ z.T)
    car = result.car.set_index(["market", "window"]).loc[(symbol, "[-1,4]")]
    wanted = [(inside[symbol] - z @ last.params).sum(), np.sqrt(covariance.sum())]
    np.testing.assert_allclose(car[["car", "se"]].astype(float), wanted, rtol=1e-9)


def test_placebos_are_forecasts_of_the_past(made):
    result = made[2]
    residuals, ar = result.abnormal.fitted.residuals[0], result.abnormal.ar[0, 1]
    count = np.isfinite(residuals).sum()
    expected = (1 + (np.abs(residuals[np.isfinite(residuals)]) >= abs(ar)).sum()) / (count + 1)
    tests = result.tests.set_index(["test", "market", "window"])
    row = tests.loc[("placebo", "a", "[0,0]")]
    assert row["p"] == pytest.approx(expected) and row["distribution"] == f"placebo over {count} days"
    assert tests.loc[("placebo_standardised", "a", "[0,0]"), "role"] == "headline"


def test_no_row_after_the_estimation_window_enters(made):
    table, events, result = made
    poisoned = table.copy()
    poisoned.iloc[AT - 10 :] = 9.0
    again = STUDY.run(events, returns=poisoned)
    assert np.array_equal(again.estimates.params, result.estimates.params)
    assert np.array_equal(again.estimates.sigma, result.estimates.sigma)


def test_too_few_forecasts_are_an_outcome(made):
    table, events, _ = made
    # The first security has every row, the second lacks some of them.
    study = replace(STUDY, estimation=(-10 - ROWS - LEAST_FORECASTS, -11), tests=())
    outcomes = study.run(events, returns=table).outcomes
    assert outcomes["outcome"].tolist() == ["ok", "fit_failed"]
    assert "needs 20 estimation rows more than its length" in outcomes["detail"][1]
    with pytest.raises(NotEnoughDataError, match="needs 20 estimation rows more"):
        replace(study, estimation=(-9 - ROWS - LEAST_FORECASTS, -11)).run(events, returns=table)


def test_returns_that_are_all_zero_do_not_vary_however_few_they_are(made):
    table, events, _ = made
    still = table.assign(b=0.0)
    still.iloc[AT - 20, 1] = np.nan
    study = replace(STUDY, estimation=(-10 - ROWS - LEAST_FORECASTS, -11), tests=())
    assert study.run(events, returns=still).outcomes["outcome"].tolist() == ["ok", "no_variance"]


def test_later_rows_and_short_stretches_are_refused(made):
    table, events, _ = made
    study = EventStudy(model="rolling-market", benchmark="index", estimation=(5, 29), windows=[(0, 0)])
    with pytest.raises(UsageError, match="'rolling-market' forecasts in the order of time"):
        study.run(events, returns=table)
    with pytest.raises(UsageError, match="write a whole number from 5"):
        RollingMarketModel(rows=4)


def test_it_is_a_table_of_a_study_file():
    model = get_model({"name": "rolling-market", "parameters": {"rows": 30, "benchmark": "M"}})
    assert model == RollingMarketModel(benchmark="M", rows=30)
    assert model_table(model) == {"name": "rolling-market", "parameters": {"rows": 30, "benchmark": "M"}}
