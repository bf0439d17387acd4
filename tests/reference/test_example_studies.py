"""Example studies of other programs, from their own files by ``eventstudy run``."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

ROOT = Path(os.environ.get("EVENTSTUDY_REFERENCE", ""))
pytestmark = pytest.mark.skipif(
    "EVENTSTUDY_REFERENCE" not in os.environ or not (ROOT / "data" / "sp500-additions").is_dir(),
    reason="EVENTSTUDY_REFERENCE does not point at the example studies",
)


def run(main, folder, text):
    """Run a study file; the tables of its report."""
    (folder / "study.toml").write_text(text)
    code, _, err = main("run", folder / "study.toml")
    assert code == 0, err
    tables = folder / "tables"
    return {name: pd.read_csv(tables / f"{name}.csv") for name in ("events", "tests")}


def test_additions_to_an_index_are_those_of_statsmodels(main, tmp_path):
    """EventStudyTools' example: 16 additions to the S&P 500, each from its line of the request file."""
    files = ROOT / "data" / "sp500-additions"
    found = run(
        main,
        tmp_path,
        f'events = "{files}/01_RequestFile.csv"\n'
        f'prices = ["{files}/02_FirmData.csv", "{files}/03_MarketData.csv"]\n'
        '[study]\nmodel = "market"\nbenchmark = "SP500"\nreturns = "simple"\nestimation = [-130, -11]\n'
        'windows = [[-2, 2]]\ntests = ["cross_sectional_t", "patell", "bmp"]\n',
    )
    cars = found["events"].query("window == '[-2,2]'").set_index("event_id")
    closes = pd.concat(
        pd.read_csv(files / name, sep=";", header=None, names=["firm", "day", "close"])
        for name in ("02_FirmData.csv", "03_MarketData.csv")
    )
    closes["day"], closes["firm"] = pd.to_datetime(closes["day"], format="%d.%m.%Y"), closes["firm"].str.strip()
    wide = closes.assign(close=closes["close"].abs()).pivot_table(index="day", columns="firm", values="close")
    names = ["id", "firm", "market", "day", "group", "first", "last", "end", "length"]
    request = pd.read_csv(files / "01_RequestFile.csv", sep=";", header=None, names=names)
    scar = []
    for line in request.itertuples():
        own = wide[[line.firm.strip(), line.market]].dropna().pct_change()
        zero = own.index.get_loc(pd.to_datetime(line.day, format="%d.%m.%Y"))
        before = own.iloc[zero + line.end - line.length + 1 : zero + line.end + 1].to_numpy()
        fitted = sm.OLS(before[:, 0], sm.add_constant(before[:, 1])).fit()
        event = own.iloc[zero + line.first : zero + line.last + 1].to_numpy()
        design = sm.add_constant(event[:, 1])
        car = float((event[:, 0] - fitted.predict(design)).sum())
        ones = np.ones(len(event))
        # Full covariance of the forecast errors: s² (W + 1'Z (X'X)⁻¹ Z'1).
        se = float(np.sqrt(fitted.mse_resid * len(event) + (ones @ design) @ fitted.cov_params() @ (design.T @ ones)))
        ours = cars.loc[line.id]
        # Sums of 120 products in another order: 1e-9 is far above their rounding.
        assert (ours["car"], ours["se"]) == pytest.approx((car, se), rel=1e-9)
        assert (ours["alpha"], ours["beta"]) == pytest.approx(tuple(fitted.params), rel=1e-9)
        scar.append((car, car / se, fitted.df_resid))
    values = np.array(scar)
    tests = found["tests"].set_index(["test", "window"])["statistic"]
    assert len(values) == 16
    for name, column in (("cross_sectional_t", 0), ("bmp", 1)):
        assert tests[name, "[-2,2]"] == pytest.approx(stats.ttest_1samp(values[:, column], 0).statistic, rel=1e-9)
    # Each standardised sum is a t variable, whose variance is df / (df - 2).
    patell = values[:, 1].sum() / np.sqrt((values[:, 2] / (values[:, 2] - 2)).sum())
    assert tests["patell", "[-2,2]"] == pytest.approx(patell, rel=1e-9)


def test_seven_shares_are_those_of_the_independent_computation(main, tmp_path):
    """The example of estudy2: seven shares, the week from 16 March 2020."""
    folder = ROOT / "oracle" / "seven-stocks-2020"
    lines = [f"{name},{name},2020-03-16" for name in ("AMZN", "ZM", "UBER", "NFLX", "SHOP", "FB", "UPWK")]
    (tmp_path / "events.csv").write_text("\n".join(["event_id,symbol,session", *lines]) + "\n")
    found = run(
        main,
        tmp_path,
        f'events = "events.csv"\nreturns_file = ["{folder}/rates.csv", "{folder}/rates_indx.csv"]\n'
        'layout = {missing = ["NA"]}\n'
        '[study]\nmodel = "market"\nbenchmark = "^GSPC"\nestimation = [-240, -1]\n'
        'windows = [[0, 4], [1, 1], [2, 2], [3, 3], [4, 4], [0, 0]]\ntests = "all"\nreturns_kind = "simple"\n',
    )
    fits = pd.read_csv(folder / "reference_fit_full.csv").set_index("name")
    cars = found["events"].query("window == '[0,4]'").set_index("symbol").reindex(fits.index)
    assert cars["L"].tolist() == fits["L"].tolist()
    for column, expected in (("alpha", fits["alpha"]), ("beta", fits["beta"]), ("sigma", np.sqrt(fits["s2"]))):
        np.testing.assert_allclose(cars[column], expected, rtol=1e-9)
    days = pd.read_csv(folder / "reference_daily_full.csv")
    tests = found["tests"].set_index(["test", "window"])
    # Those that count the events of one date as independent are refused, with the reason.
    for tau, row in days.iterrows():
        window = f"[{tau},{tau}]"
        for theirs, ours in {"adj_patell": "kp_patell", "adj_bmp": "kp_bmp"}.items():
            # The reference averages the correlations of pairs; here products add over dates, for any number of events.
            assert tests.loc[(ours, window), "statistic"] == pytest.approx(row[theirs], rel=5e-3)
        for ours in ("cross_sectional_t", "patell", "bmp"):
            refused = tests.loc[(ours, window)]
            assert np.isnan(refused["statistic"]) and refused["note"]
        cars = found["events"].query("window == @window")["car"]
        assert stats.ttest_1samp(cars, 0).statistic == pytest.approx(row["csect_t"], rel=1e-9)
        assert cars.mean() == pytest.approx(row["AAR"], rel=1e-9)
    whole = pd.read_csv(folder / "reference_cum_full.csv", index_col=0)["0"]
    cars = found["events"].query("window == '[0,4]'")
    assert cars["car"].mean() == pytest.approx(float(whole["CAAR"]), rel=1e-9)
