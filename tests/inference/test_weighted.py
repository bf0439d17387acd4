"""Weighted averages of many events against statsmodels, plain loops, and the averages of equal weights."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from eventstudy import EventStudy
from eventstudy.errors import UnknownNameError, UsageError
from eventstudy.inference.significance.calendar_time import MIN_DAYS
from eventstudy.report.write import report_files
from eventstudy.study import pairs

DAYS, N = 420, 12
STUDY = EventStudy(model="market", benchmark="index", estimation=(-110, -11), windows=[(0, 0), (-1, 3)], tests=())
SAME = ["n", "mean_car", "se", "low", "high", "errors"]


def returns():
    rng = np.random.default_rng(31)
    index = rng.normal(0, 0.01, DAYS)
    noise = rng.normal(0, 0.01, (DAYS, N)) * rng.uniform(0.5, 2, N)
    table = pd.DataFrame(
        index[:, None] * rng.uniform(0.5, 1.5, N) + noise, index=pd.bdate_range("2018-01-01", periods=DAYS)
    )
    table.columns = [f"s{at}" for at in range(N)]
    table.iloc[rng.choice(110, 15, replace=False), 2] = np.nan
    return table.assign(index=index)


# Day 0 of each event: on dates of their own, two of each date, all on one date, and on neighbouring days.
DESIGNS = {
    "own": 130 + 24 * np.arange(N),
    "clustered": 130 + 48 * (np.arange(N) // 2),
    "one date": np.full(N, 250),
    "chained": 250 + np.arange(N),
}
KINDS = {"own": "cross-section", "clustered": "clustered", "one date": "correlated", "chained": "correlated"}


@pytest.fixture(scope="module")
def made():
    table = returns()
    rng = np.random.default_rng(5)
    weight = rng.lognormal(0, 1, N)
    results = {}
    for name, rows in DESIGNS.items():
        events = pd.DataFrame({"event_id": [f"e{at}" for at in range(N)], "symbol": table.columns[:N]})
        events = events.assign(session=table.index[rows], weight=weight, one=1.0, group=list("ab") * 6)
        results[name] = STUDY.run(events, returns=table)
    return table, weight, results


@pytest.mark.parametrize("design", DESIGNS)
def test_equal_weights_give_the_plain_averages(made, design):
    result = made[2][design]
    equal, plain = result.average_cars(weights="one"), result.average_cars()
    pd.testing.assert_frame_equal(equal[SAME], plain[SAME], rtol=1e-12)
    assert equal["n_effective"].tolist() == pytest.approx([N, N]) and equal["errors"][1] == KINDS[design]
    np.testing.assert_allclose(equal[["median_car", "positive"]], plain[["median_car", "positive"]], rtol=1e-12)
    days, by_day = result.average_returns(weights="one"), result.aar
    columns = ["aar", "se", "low", "high", "caar", "caar_se", "caar_low", "caar_high"]
    np.testing.assert_allclose(days[columns], by_day[columns], rtol=1e-10)
    assert days["tau"].tolist() == [-1, 0, 1, 2, 3]


def test_equal_weights_give_the_tests_of_calendar_time(made):
    table, _, results = made
    for design in ("chained", "clustered"):
        study = replace(STUDY, tests=("calendar_time_t", "calendar_time_alpha"))
        events = results[design].events.drop_duplicates("event_id")[["event_id", "symbol"]]
        events = events.assign(session=table.index[DESIGNS[design]])
        tests = study.run(events, returns=table).tests
        tests = tests[tests["window"] == "[-1,3]"].set_index("test")
        mine = results[design].average_cars(weights="one").iloc[1]
        assert mine["calendar_t"] == pytest.approx(tests.loc["calendar_time_t", "statistic"], rel=1e-12)
        assert mine["calendar_p"] == pytest.approx(tests.loc["calendar_time_t", "p"], rel=1e-12)
        assert mine["alpha_t"] == pytest.approx(tests.loc["calendar_time_alpha", "statistic"], rel=1e-12)
        assert mine["alpha_p"] == pytest.approx(tests.loc["calendar_time_alpha", "p"], rel=1e-10)


@pytest.mark.parametrize(("design", "options"), [("own", {"cov_type": "HC1"}), ("clustered", {"cov_type": "cluster"})])
def test_mean_and_error_are_those_of_statsmodels(made, design, options):
    _, weight, results = made
    result = results[design]
    if design == "clustered":
        options = options | {"cov_kwds": {"groups": np.arange(N) // 2}}
    table = result.average_cars(weights="weight")
    for at, window in enumerate(result.windows):
        car = result.estimates.car(window).car
        fit = sm.WLS(car, np.ones(N), weights=weight).fit(use_t=True, **options)
        # statsmodels takes n - 1 degrees for t also with clusters; the clusters less one are taken here.
        df = N - 1 if design == "own" else N // 2 - 1
        row = table.iloc[at]
        t = fit.params[0] / fit.bse[0]
        wanted = [fit.params[0], fit.bse[0], t, 2 * stats.t.sf(abs(t), df), weight.sum() ** 2 / (weight**2).sum()]
        got = row[["mean_car", "se", "statistic", "p", "n_effective"]].to_numpy(dtype=float)
        np.testing.assert_allclose(got, wanted, rtol=1e-10)
        assert row["low"] == pytest.approx(fit.params[0] - stats.t.ppf(0.975, df) * fit.bse[0], rel=1e-9)


def test_error_of_one_date_is_the_formula(made):
    _, weight, results = made
    result = results["one date"]
    residuals = result.abnormal.fitted.residuals
    z = residuals / np.sqrt(np.nanmean(residuals**2, axis=1, keepdims=True))
    products = [z[i] * z[j] for i in range(N) for j in range(i)]
    there = [np.isfinite(product) for product in products]
    rbar = sum(np.nansum(one) for one in products) / sum(one.sum() for one in there)
    car, share = result.estimates.car(result.windows[0]).car, weight / weight.sum()
    m, e = 1 / (share**2).sum(), car - share @ car
    se = np.sqrt(N / (N - 1) * (share**2 * e**2).sum() * (1 + (m - 1) * rbar) / (1 - rbar))
    assert result.average_cars(weights="weight")["se"][0] == pytest.approx(se, rel=1e-9)


@pytest.mark.parametrize("seed", [1, 37, 39])
def test_dates_on_which_nobody_held_has_a_residual_do_not_count(seed):
    """Where weights of pairs are taken off those of their group, rounding error may be left."""
    table, rng = returns(), np.random.default_rng(seed)
    names, length = list(table.columns[:N]), 12
    table.loc[:, names] = table[names].where(rng.random((DAYS, N)) > 0.4)
    weight = rng.lognormal(0, 1, N)
    events = pd.DataFrame({"event_id": names, "symbol": names, "session": table.index[250], "weight": weight})
    own = {"estimation": (-11 - length, -11), "min_observations": 4, "min_window_share": 0.0, "windows": [(-1, 1)]}
    study = replace(STUDY, **own)
    result = study.run(events, returns=table)
    used, abnormal = result.abnormal.rows["market"].tolist(), result.abnormal
    share = np.array([weight[names.index(one)] for one in used])
    residuals, z = abnormal.fitted.residuals, []
    assert not np.isfinite(abnormal.ar).all()
    for day in abnormal.ar.T:
        there = np.isfinite(day)
        seen = np.isfinite(residuals[there])
        some, own = seen.any(axis=0), share[there]
        total, count = own @ np.where(seen, residuals[there], 0.0), own @ seen
        means = total[some] / count[some]
        z.append(own @ day[there] / own.sum() / np.std(means, ddof=1))
    row = result.average_cars(weights="weight").iloc[-1]
    assert row["calendar_t"] == pytest.approx(sum(z) / np.sqrt(len(z)), rel=1e-9)


@pytest.mark.parametrize("design", ["chained", "clustered"])
def test_calendar_time_is_a_loop_over_dates(made, design):
    table, weight, results = made
    abnormal = results[design].abnormal
    ar, residuals = {}, {}
    for at in range(N):
        ar[at] = dict(zip(abnormal.sessions[at], abnormal.ar[at], strict=True))
        residuals[at] = dict(zip(abnormal.estimation_sessions[at], abnormal.fitted.residuals[at], strict=True))
    z, dependent, market, held = [], [], [], []
    index = table["index"].to_dict()
    for date in sorted({day for one in ar.values() for day in one}):
        members = [at for at in range(N) if date in ar[at]]
        total = sum(weight[at] for at in members)
        past = {}
        for at in members:
            for day, value in residuals[at].items():
                if np.isfinite(value):
                    past.setdefault(day, []).append((weight[at], value))
        means = [sum(w * x for w, x in part) / sum(w for w, _ in part) for part in past.values()]
        z.append(sum(weight[at] * ar[at][date] for at in members) / total / np.std(means, ddof=1))
        own = [table[f"s{at}"].to_dict()[pd.Timestamp(date)] for at in members]
        dependent.append(sum(weight[at] * x for at, x in zip(members, own, strict=True)) / total)
        market.append(index[pd.Timestamp(date)])
        held.append(len(members))
    row = results[design].average_cars(weights="weight").iloc[1]
    assert row["calendar_days"] == len(z) > 2 + MIN_DAYS
    assert row["calendar_t"] == pytest.approx(sum(z) / np.sqrt(len(z)), rel=1e-10)
    lags = int(4 * (len(z) / 100) ** (2 / 9))
    fit = sm.WLS(dependent, sm.add_constant(np.array(market)), weights=held).fit(
        cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, use_t=True
    )
    got = row[["alpha", "alpha_t", "alpha_p"]].to_numpy(dtype=float)
    np.testing.assert_allclose(got, [fit.params[0], fit.tvalues[0], fit.pvalues[0]], rtol=1e-9)


def test_a_zero_leaves_a_pair_out_as_if_it_were_not_there(made):
    table, weight, results = made
    result = results["own"]
    kept = dict(zip([f"e{at}" for at in range(N)], np.where(np.arange(N) < 4, 0.0, weight), strict=True))
    events = result.events.drop_duplicates("event_id")[["event_id", "symbol"]].assign(
        session=table.index[DESIGNS["own"]]
    )
    fewer = STUDY.run(events.iloc[4:], returns=table).average_cars(weights=kept)
    pd.testing.assert_frame_equal(result.average_cars(weights=kept), fewer, rtol=1e-10)
    assert fewer["n"].tolist() == [N - 4, N - 4]


def test_groups_blocks_and_medians(made, monkeypatch):
    table, weight, results = made
    result = results["clustered"]
    grouped = result.average_cars("group", weights="weight")
    ones = np.arange(N) % 2 == 0
    car = result.estimates.car(result.windows[0]).car
    assert grouped["mean_car"][0] == pytest.approx(np.average(car[ones], weights=weight[ones]), rel=1e-12)
    order = np.argsort(car)
    half = car[order][np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)]
    assert result.average_cars(weights="weight")["median_car"][0] == half
    monkeypatch.setattr(pairs, "KEPT", 3)
    monkeypatch.setattr(pairs, "BLOCK", 2)
    events = result.events.drop_duplicates("event_id")[["event_id", "symbol", "weight", "group"]]
    events = events.assign(session=table.index[DESIGNS["clustered"]]).iloc[::-1]
    again = STUDY.run(events, returns=table)
    pd.testing.assert_frame_equal(again.average_cars("group", weights="weight"), grouped, rtol=1e-10, check_dtype=False)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ("group", "column group: 12 pairs without a weight of zero or more, the first event e0 in s0"),
        ({"e0": 1.0}, "weights: 11 pairs without a weight"),
        ({f"e{at}": -1.0 for at in range(N)}, "give each a number, 0 to leave one out"),
        ({f"e{at}": 0.0 for at in range(N)}, "all weights are zero"),
    ],
)
def test_weights_that_are_none_are_refused(made, weights, message):
    with pytest.raises(UsageError, match=message):
        made[2]["own"].average_cars(weights=weights)


def test_tests_by_day_do_not_go_with_weights(made):
    with pytest.raises(UsageError, match="leave `tests` or `weights` out"):
        made[2]["own"].average_returns(tests=("bmp",), weights="weight")


def test_a_report_of_a_study_with_event_weights_has_them(made):
    table, _, results = made
    events = results["clustered"].events.drop_duplicates("event_id")[["event_id", "symbol", "weight"]]
    events = events.assign(session=table.index[DESIGNS["clustered"]])
    result = replace(STUDY, event_weights="weight").run(events, returns=table)
    written = report_files(result, title="t")
    wanted = results["clustered"].average_cars(weights="weight")
    pd.testing.assert_frame_equal(pd.read_csv(BytesIO(written["tables/weighted.csv"])), wanted, rtol=1e-12)
    page = written["report.html"].decode()
    assert "Averages weighted by weight" in page and "tables/weighted_days.csv" in written
    mean = f"{100 * wanted['mean_car'].iloc[0]:+.2f}".replace("-", "\N{MINUS SIGN}")
    assert f"Weighted by weight in place of all events alike: mean CAR{wanted['window'].iloc[0]} {mean}" in page
    assert "The calendar-time t takes the variance of ordinary days" in page
    with pytest.raises(UnknownNameError, match="'value'"):
        report_files(replace(STUDY, event_weights="value").run(events, returns=table), title="t")
