"""Estimation windows after the event, and on both sides of it: against statsmodels, and what they refuse."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from eventstudy import Event, EventStudy, read_study
from eventstudy.errors import UsageError
from eventstudy.inference.models.factors import LaggedMarket
from eventstudy.report.write import report_files
from eventstudy.study import pairs
from eventstudy.study.config import study_toml

DAYS, AT = 260, 130
AFTER, BOTH = (11, 90), ((-70, -11), (11, 90))
WINDOWS = [(0, 0), (-2, 3)]
ORDERED = ("placebo_standardised", "step_down", "max_t", "double_standardised")


def study(estimation, **options):
    return EventStudy(
        **{"model": "market", "benchmark": "index", "estimation": estimation, "windows": WINDOWS, **options}
    )


@pytest.fixture(scope="module")
def returns():
    rng = np.random.default_rng(21)
    index = rng.normal(0, 0.01, DAYS)
    noise = rng.standard_t(6, (DAYS, 3)) * 0.01
    table = pd.DataFrame(
        index[:, None] * [0.5, 1.0, 1.5] + noise, columns=list("abc"), index=pd.bdate_range("2019-01-01", periods=DAYS)
    )
    table.iloc[[AT - 40, AT + 30, AT + 55], 0] = np.nan
    return table.assign(index=index)


def one_date(returns):
    return pd.DataFrame({"event_id": "e", "symbol": list("abc"), "session": returns.index[AT]})


def rows(estimation):
    parts = [estimation] if isinstance(estimation[0], int) else estimation
    return np.concatenate([np.arange(AT + first, AT + last + 1) for first, last in parts])


@pytest.fixture(scope="module", params=[AFTER, BOTH], ids=["after", "both"])
def made(request, returns):
    return request.param, study(request.param).run(one_date(returns), returns=returns)


@pytest.mark.parametrize("symbol", ["a", "b"])
def test_estimates_and_errors_are_those_of_statsmodels(made, returns, symbol):
    estimation, result = made
    used = returns.iloc[rows(estimation)][[symbol, "index"]].dropna()
    fit = sm.OLS(used[symbol], sm.add_constant(used["index"])).fit()
    events = result.events.set_index(["symbol", "window"])
    for first, last in WINDOWS:
        inside = returns.iloc[AT + first : AT + last + 1]
        z = sm.add_constant(inside["index"], has_constant="add").to_numpy()
        ar = inside[symbol].to_numpy() - z @ fit.params.to_numpy()
        covariance = fit.mse_resid * (np.eye(len(z)) + z @ np.linalg.inv(fit.model.exog.T @ fit.model.exog) @ z.T)
        mine = events.loc[symbol, f"[{first},{last}]"]
        wanted = [*fit.params, np.sqrt(fit.mse_resid), fit.nobs, ar.sum(), np.sqrt(covariance.sum()), fit.df_resid]
        got = mine[["alpha", "beta", "sigma", "L", "car", "se", "df"]].to_numpy(dtype=float)
        # Sums of some 150 products in double precision.
        np.testing.assert_allclose(got, wanted, rtol=1e-10)


def test_no_row_between_estimation_and_event_enters(made, returns):
    estimation, result = made
    poisoned = returns.copy()
    poisoned.iloc[AT - 10 : AT + 11] = 7.0
    again = study(estimation).run(one_date(returns), returns=poisoned)
    assert np.array_equal(again.estimates.params, result.estimates.params)
    assert np.array_equal(again.abnormal.fitted.residuals, result.abnormal.fitted.residuals, equal_nan=True)


def test_lags_do_not_cross_the_gap(returns):
    model = LaggedMarket(benchmark="index", lags=1, leads=1)
    result = study(BOTH, model=model).run(one_date(returns), returns=returns)
    parts = []
    for part in BOTH:
        inside = returns.iloc[rows(part)]
        lagged = {"lag": inside["index"].shift(1), "now": inside["index"], "lead": inside["index"].shift(-1)}
        parts.append(pd.DataFrame({"y": inside["b"], **lagged}).dropna())
    used = pd.concat(parts)
    fit = sm.OLS(used["y"], sm.add_constant(used[["lag", "now", "lead"]])).fit()
    at = list(result.abnormal.rows["market"]).index("b")
    assert result.estimates.n_obs[at] == fit.nobs == len(rows(BOTH)) - 4
    np.testing.assert_allclose(np.sort(result.estimates.params[at]), np.sort(fit.params), rtol=1e-9)


def test_tests_that_need_the_days_before_are_refused_and_the_placebo_leads(made):
    _, result = made
    tests = result.tests
    refused = tests[tests["test"].isin(ORDERED)]
    assert set(refused["test"]) == set(ORDERED) and refused["p"].isna().all()
    of_pairs = refused[refused["test"] != "double_standardised"]
    assert of_pairs["note"].str.contains("does not lie before the event").all()
    leading = tests[tests["role"] == "headline"]
    assert set(leading["test"]) == {"placebo"} and leading["p"].notna().all()
    assert result.reaction[["headline_p", "regime_ratio"]].isna().all(axis=None)
    said = " ".join(result.finding())
    assert "against the days of the estimation window" in said and "Holm" in said
    assert result.ar["band_simultaneous"].isna().all() and result.ar["band"].notna().all()


def test_tests_of_many_events_take_it(returns):
    long = pd.concat([returns, returns.set_axis(returns.index + pd.offsets.BDay(DAYS))])
    events = pd.DataFrame({"event_id": list("vwxyz"), "symbol": list("abcba"), "session": long.index[120:320:40]})
    result = study(BOTH).run(events, returns=long)
    scar = result.events.loc[result.events["window"] == "[0,0]", "scar"]
    bmp = result.tests.set_index(["test", "window"]).loc[("bmp", "[0,0]")]
    assert bmp["role"] == "headline"
    assert bmp["statistic"] == pytest.approx(scar.mean() / scar.sem(), rel=1e-12)
    written = report_files(result, title="t")
    assert len(pd.read_csv(BytesIO(written["tables/aar.csv"]))) == 6
    assert b"rows -70 to -11 and 11 to 90" in written["report.html"]


def test_blocks_are_the_whole_and_the_direct_road_declines(returns, monkeypatch):
    events = one_date(returns)
    whole = study(BOTH, tests=()).run(events, returns=returns).events
    monkeypatch.setattr(pairs, "KEPT", 1)
    monkeypatch.setattr(pairs, "BLOCK", 2)
    monkeypatch.setattr(pairs.DirectFits, "of", lambda *_: pytest.fail("the direct road knows no later rows"))
    assert len(study(AFTER, tests=()).run(events, returns=returns).events) == len(whole)
    again = study(BOTH, tests=()).run(events, returns=returns).events
    pd.testing.assert_frame_equal(again, whole, rtol=1e-13)


def test_another_event_in_the_later_part_is_listed_and_taken_out(returns):
    events = pd.concat([one_date(returns).iloc[1:2], pd.DataFrame({"event_id": ["f"], "symbol": ["b"]})])
    events.iloc[1, 2] = returns.index[AT + 50]
    result = study(BOTH, overlap="exclude").run(events, returns=returns)
    listed = result.overlaps.set_index("event_id").loc["e"]
    assert (listed["other"], listed["tau"], listed["where"]) == ("f", 50, "estimation")
    assert result.outcomes.set_index("event_id").loc["e", "observations"] == len(rows(BOTH)) - 6


@pytest.mark.parametrize("estimation", [AFTER, BOTH])
def test_what_goes_by_the_order_of_time_is_refused_in_one_line(returns, estimation):
    events = one_date(returns)
    with pytest.raises(UsageError, match="'garch' forecasts in the order of time"):
        study(estimation, model="garch").run(events, returns=returns)
    with pytest.raises(UsageError, match="in bars"):
        study(estimation, bars="15min")
    one = Event.at("2019-07-01T12:00Z")
    for ask in ("sensitivities", "specification_curve"):
        with pytest.raises(UsageError, match="choose rows before day 0"):
            getattr(study(estimation), ask)(one, {})
    with pytest.raises(UsageError, match="choose rows before day 0"):
        study(estimation).sizes({})
    result = study(estimation).run(events, returns=returns)
    with pytest.raises(UsageError, match="GJR-GARCH runs in the order of time"):
        result.volatility_effects((0, 9))
    with pytest.raises(UsageError, match="ranked among those of the days before"):
        result.regress_cars(pd.DataFrame({"x": [1.0]}, index=["e"]))


@pytest.mark.parametrize(
    ("estimation", "message"),
    [
        ((-20, 20), "holds rows before and after day 0"),
        (((-20, -11), (-8, -5)), "one that ends before day 0"),
        (((11, 20), (-20, -11)), "one that ends before day 0"),
        (((-20, -11), (2, 20)), "overlaps the estimation window"),
        (((-20, -11), (11, 20), (30, 40)), "or two pairs"),
    ],
)
def test_parts_that_do_not_fit_are_refused(estimation, message):
    with pytest.raises(UsageError, match=message):
        study(estimation)


def test_bounds_of_single_events_go_with_one_part(returns):
    events = one_date(returns).assign(estimation_first=11, estimation_last=60)
    result = study(AFTER).run(events, returns=returns)
    assert result.estimates.estimation.label == "[11,60]"
    with pytest.raises(UsageError, match="has two parts"):
        study(BOTH).run(events, returns=returns)


def test_a_study_file_holds_it(tmp_path):
    path = tmp_path / "study.toml"
    for text, label in (("[[-70, -11], [11, 90]]", "[-70,-11] and [11,90]"), ("[11, 90]", "[11,90]")):
        path.write_text(f'events = "e.csv"\nreturns_file = "r.csv"\n[study]\nestimation = {text}\n', encoding="utf-8")
        read = read_study(path)
        assert read.study.estimation_window.label == label
        path.write_text(study_toml(read), encoding="utf-8")
        assert read_study(path).study == read.study == replace(read.study)
