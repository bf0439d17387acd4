"""Diagnostics of estimation residuals against statsmodels, complete and with missing rows."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.diagnostic import acorr_ljungbox
from statsmodels.stats.stattools import jarque_bera

from eventstudy import EventStudy
from eventstudy.errors import UsageError
from eventstudy.inference.diagnostics import DIAGNOSTIC_COLUMNS
from eventstudy.report.write import report_files
from eventstudy.study import pairs
from eventstudy.study.exported import exported

DAYS, LAGS = 190, 4
STUDY = EventStudy(
    model="market", benchmark="index", estimation=(-150, -11), windows=[(0, 0)], min_observations=6, tests=()
)


def frame():
    """Four securities: independent, autocorrelated, with changing variance, with gaps; and one with few rows."""
    rng = np.random.default_rng(12)
    noise = rng.standard_t(5, (DAYS, 5)) * 0.01
    for day in range(1, DAYS):
        noise[day, 1] += 0.4 * noise[day - 1, 1]
        noise[day, 2] *= np.sqrt(0.3 + 2e3 * min(noise[day - 1, 2] ** 2, 0.002))
    index = rng.normal(0, 0.01, DAYS)
    table = pd.DataFrame(
        noise + index[:, None], columns=list("abcde"), index=pd.bdate_range("2019-01-01", periods=DAYS)
    )
    table.iloc[rng.choice(DAYS - 30, 25, replace=False), 3] = np.nan
    table.iloc[: DAYS - 39, 4] = np.nan
    table["e"] = table["e"].where(np.arange(DAYS) % 3 != 1)
    return table.assign(index=index)


@pytest.fixture(scope="module")
def made():
    returns = frame()
    events = pd.DataFrame({"event_id": list("vwxyz"), "symbol": list("abcde"), "session": returns.index[-8:-3]})
    events.loc[4, "session"] = returns.index[-4 if pd.notna(returns["e"].iloc[-4]) else -5]
    return returns, events, STUDY.run(events, returns=returns)


def residuals(returns, symbol, session):
    """Residuals of the market model by statsmodels, the missing rows left out."""
    at = returns.index.get_loc(session)
    rows = returns.iloc[at - 150 : at - 10][[symbol, "index"]].dropna()
    return sm.OLS(rows[symbol].to_numpy(), sm.add_constant(rows["index"].to_numpy())).fit().resid


def arch(e):
    """Engle's statistic by a regression of statsmodels, as its own `het_arch` makes it."""
    squares = e**2
    before = np.column_stack([squares[LAGS - k : len(e) - k] for k in range(1, LAGS + 1)])
    fit = sm.OLS(squares[LAGS:], sm.add_constant(before)).fit()
    return fit.nobs * fit.rsquared


@pytest.mark.parametrize("at", range(4))
def test_every_number_is_that_of_statsmodels(made, at):
    returns, events, result = made
    e = residuals(returns, events["symbol"][at], events["session"][at])
    mine = result.diagnostics(LAGS).iloc[at]
    box = acorr_ljungbox(e, lags=[LAGS])
    lm = arch(e)
    jb, jb_p, skewness, kurtosis = jarque_bera(e)
    assert (mine["event_id"], mine["market"], mine["L"], mine["lags"]) == (*events.loc[at].iloc[:2], len(e), LAGS)
    wanted = {
        "autocorrelation": sm.tsa.acf(e, nlags=1, fft=False)[1],
        "ljung_box": box["lb_stat"].iloc[0],
        "ljung_box_p": box["lb_pvalue"].iloc[0],
        "arch_lm": lm,
        "arch_lm_p": stats.chi2.sf(lm, LAGS),
        "skewness": skewness,
        "kurtosis": kurtosis,
        "jarque_bera": jb,
        "jarque_bera_p": jb_p,
    }
    # Both sum some 150 products in double precision; R² loses three digits where it is small.
    np.testing.assert_allclose(mine[list(wanted)].astype(float), list(wanted.values()), rtol=1e-9)


def test_what_is_built_into_the_returns_is_found(made):
    table = made[2].diagnostics(1).set_index("market")  # both are built in at lag 1
    assert table.loc["b", "ljung_box_p"] < 1e-3 < table.loc["a", "ljung_box_p"]
    assert table.loc["c", "arch_lm_p"] < 1e-3 < table.loc["a", "arch_lm_p"]


def test_too_few_rows_leave_numbers_missing(made):
    result = made[2]
    rows = int(result.diagnostics().set_index("market").loc["e", "L"])
    assert rows > 6

    def known(lags, name):
        return pd.notna(result.diagnostics(lags).set_index("market").loc["e", name])

    assert known(rows - 1, "ljung_box") and not known(rows, "ljung_box")
    most = (rows - 2) // 2
    assert known(most, "arch_lm") and not known(most + 1, "arch_lm")
    assert pd.notna(result.diagnostics(10 * DAYS)["jarque_bera_p"]).all()


def test_blocks_give_the_rows_in_the_order_of_the_pairs(made, monkeypatch):
    returns, events, result = made
    monkeypatch.setattr(pairs, "KEPT", 2)
    monkeypatch.setattr(pairs, "BLOCK", 2)
    turned = events.iloc[[3, 0, 4, 2, 1]]
    blocks = STUDY.run(turned, returns=returns)
    assert not isinstance(blocks.pairs.blocks, list)
    whole = result.diagnostics().iloc[[3, 0, 4, 2, 1]].reset_index(drop=True)
    pd.testing.assert_frame_equal(blocks.diagnostics(), whole, rtol=1e-12, check_dtype=False)
    assert list(whole.columns) == DIAGNOSTIC_COLUMNS


@pytest.mark.parametrize("lags", [0, -1, 2.0, True])
def test_lags_are_a_whole_number_of_at_least_one(made, lags):
    with pytest.raises(UsageError, match="whole number of at least 1"):
        made[2].diagnostics(lags)


def test_a_study_that_asks_for_them_has_them_among_its_tables(made):
    returns, events, plain = made
    result = replace(STUDY, diagnostics=LAGS).run(events, returns=returns)
    written = pd.read_csv(BytesIO(report_files(result, title="t")["tables/diagnostics.csv"]))
    pd.testing.assert_frame_equal(written, result.diagnostics(LAGS), rtol=1e-12, check_dtype=False)
    assert "diagnostics" in exported(result) and "diagnostics" not in exported(plain)
    with pytest.raises(UsageError, match="a number of lags, 1 or more"):
        replace(STUDY, diagnostics=0)
