"""Against base R: lm and predict, t.test, wilcox.test, binom.test, p.adjust (make_reference.R made the files)."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from eventstudy.inference.abnormal import abnormal_returns
from eventstudy.inference.models.market import MarketModel
from eventstudy.inference.significance import kernels, nonparametric
from eventstudy.inference.significance.multiplicity import benjamini_hochberg, holm
from eventstudy.panel import EventPanel
from eventstudy.windows import Window

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def result():
    data = pd.read_csv(HERE / "r_returns.csv")
    returns = data[["s1", "s2", "s3", "s4"]].to_numpy().T
    n, days = returns.shape
    sessions = np.tile(np.datetime64("2020-01-01", "D") + np.arange(days), (n, 1))
    rows = pd.DataFrame({"event_id": "e", "market": ["s1", "s2", "s3", "s4"], "outcome": "ok", "detail": ""})
    panel = EventPanel(
        rows=rows.assign(session=sessions[:, 125]),
        tau=np.arange(days) - 125,
        returns=returns,
        sessions=sessions,
        factors=np.tile(data["market"].to_numpy()[None, :, None], (n, 1, 1)),
        factor_names=("market",),
    )
    return abnormal_returns(MarketModel(), panel, estimation=Window(-125, -6), windows=[Window(0, 10)])


def test_market_model_and_forecast_errors(result):
    reference = pd.read_csv(HERE / "r_market_model.csv")
    car = result.car(Window(0, 10))
    for i, name in enumerate(result.rows["market"]):
        rows = reference[reference["name"] == name]
        assert result.fitted.df[i] == rows["df"].iloc[0]
        np.testing.assert_allclose(result.fitted.params[i], rows[["alpha", "beta"]].iloc[0], rtol=1e-10)
        np.testing.assert_allclose(result.fitted.sigma[i], rows["sigma"].iloc[0], rtol=1e-10)
        np.testing.assert_allclose(result.ar[i], rows["ar"], rtol=1e-10)
        np.testing.assert_allclose(result.se[i], rows["se"], rtol=1e-10)
        np.testing.assert_allclose(
            [car.car[i], car.se[i], car.p[i]], rows[["car", "car_se", "car_p"]].iloc[0], rtol=1e-10
        )


@pytest.mark.parametrize("case", ["small", "larger", "ties"])
def test_cross_section(case):
    row = pd.read_csv(HERE / "r_tests.csv", index_col="case").loc[case]
    x = np.array(row["x"].split(), float)
    sample = SimpleNamespace(car=x)  # all that these two read
    assert float(kernels.mean_t(x)) == pytest.approx(row["t"], rel=1e-12)
    wilcoxon, sign = nonparametric.wilcoxon(sample), nonparametric.sign(sample)
    assert wilcoxon.statistic == row["V"]
    assert wilcoxon.p == pytest.approx(row["wilcox_p"], rel=1e-10)
    if sign.distribution == "exact binomial":
        assert sign.p == pytest.approx(row["binom_p"], rel=1e-10)


def test_adjusted_p_values():
    reference = pd.read_csv(HERE / "r_adjust.csv")
    np.testing.assert_allclose(holm(reference["p"]), reference["holm"], rtol=1e-14)
    np.testing.assert_allclose(benjamini_hochberg(reference["p"]), reference["bh"], rtol=1e-14)
