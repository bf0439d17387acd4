"""Numbers of other programs, where EVENTSTUDY_REFERENCE points at the folder that holds them."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eventstudy.inference.abnormal import abnormal_returns
from eventstudy.inference.models.market import ConstantMean, MarketAdjusted, MarketModel
from eventstudy.inference.models.registry import get_model
from eventstudy.inference.significance import kernels, rank_kernels
from eventstudy.inference.significance.registry import TESTS
from eventstudy.inference.significance.sample import Sample
from eventstudy.panel import EventPanel
from eventstudy.windows import Window

ROOT = Path(os.environ.get("EVENTSTUDY_REFERENCE", ""))
FOLDER = ROOT / "oracle" if (ROOT / "oracle").is_dir() else ROOT
pytestmark = pytest.mark.skipif(
    "EVENTSTUDY_REFERENCE" not in os.environ or not (FOLDER / "base-r").is_dir(),
    reason="EVENTSTUDY_REFERENCE does not point at the reference numbers",
)
SEVEN = FOLDER / "seven-stocks-2020"


def seven_stocks(missing):
    """The seven stocks, events 16 to 20 March 2020; `missing` of them without a return on 18 March."""
    returns = pd.read_csv(SEVEN / "rates.csv", index_col=0, parse_dates=True)
    market = pd.read_csv(SEVEN / "rates_indx.csv", index_col=0, parse_dates=True)
    returns.loc["2020-03-18", list(missing)] = np.nan
    returns = returns.loc[:"2020-03-20"]
    n, days = returns.shape[1], len(returns)
    sessions = np.tile(returns.index.to_numpy().astype("datetime64[D]"), (n, 1))
    rows = pd.DataFrame({"event_id": list(returns), "market": list(returns), "outcome": "ok", "detail": ""})
    return EventPanel(
        rows=rows.assign(session=sessions[:, -5]),
        tau=np.arange(days) - days + 5,
        returns=returns.to_numpy().T.copy(),
        sessions=sessions,
        factors=np.tile(market.loc[returns.index].to_numpy()[None], (n, 1, 1)),
        factor_names=("GSPC",),
    )


def study(panel, model):
    return abnormal_returns(model, panel, estimation=Window(int(panel.tau[0]), -1), windows=[Window(0, 4)])


CASES = {"full": (), "missing2": ("AMZN", "ZM")}
COLUMNS = {
    "csect_t": "cross_sectional_t",
    "skew_t": "skewness_t",
    "cda_t": "brown_warner_1985",
    "patell_z": "patell",
    "adj_patell": "kp_patell",
    "bmp_t": "bmp",
    "adj_bmp": "kp_bmp",
    "corrado": "corrado",
    "corrado_zivney": "corrado_zivney",
    "grank_t": "grank_t",
    "grank_z": "grank_z",
    "sign_z": "sign",
    "gsign_z": "generalized_sign",
    "wilcoxon_Wplus": "wilcoxon",
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("column", COLUMNS)
def test_daily_statistics_of_the_independent_computation(case, column):
    result = study(seven_stocks(CASES[case]), MarketModel())
    reference = pd.read_csv(SEVEN / f"reference_daily_{case}.csv")
    for day in range(5):
        if (case, day) == ("missing2", 2) and column.startswith("grank"):
            # The reference keeps in n two firms that have no return that day: its deviation is that of a mean of
            # seven beside a mean of five. Here they are not part of the day's sample.
            continue
        sample = Sample.of(result, Window(day, day))
        if (case, day, column) == ("missing2", 2, "gsign_z"):
            # The reference's expected share is that of all seven firms; only the five with a return are in the test.
            share = (result.fitted.residuals > 0).sum(axis=1) / result.fitted.n_obs
            p = share[np.isfinite(sample.car)].mean()
            expected = ((sample.car > 0).sum() - 5 * p) / np.sqrt(5 * p * (1 - p))
            assert expected == pytest.approx(reference[column][day], rel=0.15)
        elif column.startswith("adj"):
            # The reference averages the correlations of pairs; here products add over dates, for any number of events.
            # Two of the seven firms have shorter windows, so that the two means differ in the third digit.
            np.testing.assert_allclose(_adjusted(sample, column, reference, day), reference[column][day], rtol=5e-3)
            expected = _adjusted(sample, column, reference, day)
        else:
            expected = reference[column][day]
        found = TESTS[COLUMNS[column]](sample)
        np.testing.assert_allclose(found.statistic, expected, rtol=1e-9)


def _adjusted(sample, column, reference, day):
    """Kolari and Pynnönen's factor times the reference's own unadjusted statistic."""
    block = next(iter(sample.blocks))
    z = block.fitted.residuals / np.sqrt(np.nanmean(block.fitted.residuals**2, axis=1))[:, None]
    products, pairs = 0.0, 0
    for t in range(z.shape[1]):
        there = z[np.isfinite(z[:, t]), t]
        products += there.sum() ** 2 - (there**2).sum()
        pairs += len(there) * (len(there) - 1)
    n, r = int(reference["n"][day]), products / pairs * sample.shared
    patell = column == "adj_patell"
    factor = 1 / np.sqrt(1 + (n - 1) * r) if patell else np.sqrt((1 - r) / (1 + (n - 1) * r))
    return reference["patell_z" if patell else "bmp_t"][day] * factor


@pytest.mark.parametrize("case", CASES)
def test_estimates_of_the_independent_computation(case):
    result = study(seven_stocks(CASES[case]), MarketModel())
    reference = pd.read_csv(SEVEN / f"reference_fit_{case}.csv")
    np.testing.assert_allclose(result.fitted.params, reference[["alpha", "beta"]], rtol=1e-10)
    np.testing.assert_allclose(result.fitted.sigma**2, reference["s2"], rtol=1e-10)
    np.testing.assert_array_equal(result.fitted.n_obs, reference["L"])


@pytest.mark.parametrize(
    ("model", "folder"), [(MarketModel(), "sim"), (MarketAdjusted(), "mrkt_adj"), (ConstantMean(), "mean_adj")]
)
def test_estudy2_agrees_on_complete_data(model, folder):
    result = study(seven_stocks(()), model)
    parametric = pd.read_csv(SEVEN / f"parametric_{folder}_full.csv")
    ranks = pd.read_csv(SEVEN / f"nonparametric_{folder}_full.csv")
    for day in range(5):
        sample = Sample.of(result, Window(day, day))
        for column, name, source in [
            ("t_test_stat", "cross_sectional_t", parametric),
            ("bw_1985_stat", "brown_warner_1985", parametric),
            ("sign_stat", "sign", ranks),
            ("wlcx_stat", "wilcoxon", ranks),
        ]:
            np.testing.assert_allclose(abs(TESTS[name](sample).statistic), abs(source[column][day]), rtol=1e-9)


def test_forecast_errors_of_predict_lm():
    result = study(seven_stocks(()), MarketModel())
    reference = pd.read_csv(FOLDER / "base-r" / "market_model_predict_lm.csv")
    for i, name in enumerate(result.rows["market"]):
        rows = reference[reference["sec"] == name]
        if rows.empty:
            continue
        np.testing.assert_allclose(result.ar[i], rows["ar"], rtol=1e-10)
        np.testing.assert_allclose(result.se[i], rows["se_ar"], rtol=1e-10)
        for day in range(5):
            car = result.car(Window(0, day))
            np.testing.assert_allclose(
                [car.car[i], car.se[i]], rows[["car", "se_car"]].iloc[day].to_numpy(), rtol=1e-10
            )
    amazon = list(result.rows["market"]).index("AMZN")
    assert result.car(Window(0, 4)).t[amazon] == pytest.approx(6.904359, abs=5e-7)


def test_scholes_williams_on_one_trimmed_sample():
    result = study(seven_stocks(()), get_model("scholes-williams"))
    amazon = list(result.rows["market"]).index("AMZN")
    assert result.fitted.params[amazon, 1] == pytest.approx(0.904632603596866, rel=1e-10)


def test_garch_benchmark():
    pytest.importorskip("arch", reason="the extra garch is not installed")
    series = pd.read_csv(FOLDER / "base-r" / "dem2gbp.csv")["DEM2GBP"].to_numpy()[None, :]
    fit = get_model("garch").fit(series, np.empty((*series.shape, 0)))
    reference = pd.read_csv(FOLDER / "base-r" / "dem2gbp_fGarch_norm.csv", index_col=0).iloc[:, 0]
    np.testing.assert_allclose(fit.params[0], reference.to_numpy(), rtol=0, atol=5e-5)


@pytest.mark.parametrize("group", ["good", "medium", "bad"])
def test_earnings_of_670_firms(group):
    folder = FOLDER / "earnings-670"
    stocks = pd.read_csv(folder / "KGStockReturns.csv.gz", index_col=0)
    market = pd.read_csv(folder / "KGMarketReturns.csv.gz", index_col=0)
    category = pd.read_csv(folder / "KGSurpriseCategory.csv")["Category"].to_numpy()
    reference = pd.read_csv(folder / "baseR_market_adjusted_tests.csv").query("group == @group").set_index("t")
    spread = (stocks.to_numpy() - market.to_numpy())[:, category == group]
    for t in (-30, -5, 0, 1, 30):
        x = spread[stocks.index == t][0]
        x = x[np.isfinite(x)]
        row = reference.loc[t]
        assert len(x) == row["n"]
        np.testing.assert_allclose(float(kernels.mean_t(x)), row["t_stat"], rtol=1e-6)
        np.testing.assert_allclose(float(rank_kernels.signed_rank_sum(x)), row["wilcox_V"], rtol=1e-12)
        assert (x > 0).sum() == row["npos"]
