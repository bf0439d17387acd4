"""Average abnormal returns by event day against plain loops, statsmodels, and the tests of one window."""

import math
import statistics

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from panels import make_panel, study
from scipy import stats

from eventstudy.inference.averages import BY_DAY, BY_RANK, average_cars, average_returns
from eventstudy.inference.significance.registry import TESTS
from eventstudy.inference.significance.sample import Sample
from eventstudy.windows import Window

FAR_APART = np.arange(12) * 12
TWO_A_DATE = np.repeat(np.arange(6) * 12, 2)
DESIGNS = {"own dates": FAR_APART, "shared dates": TWO_A_DATE, "one date": np.zeros(12, int), "chain": np.arange(12)}


@pytest.fixture(scope="module", params=DESIGNS)
def made(request):
    dates = DESIGNS[request.param]
    abnormal = study(make_panel(12, seed=4, missing=0.04, dates=dates))
    return request.param, abnormal, average_returns([abnormal])


def present(values):
    return [float(v) for v in values if math.isfinite(v)]


def test_means_medians_and_shares_of_the_days(made):
    _, abnormal, table = made
    assert table["tau"].tolist() == abnormal.tau.tolist()
    for at, row in table.iterrows():
        day = present(abnormal.ar[:, at])
        assert row["n"] == len(day)
        assert row["aar"] == pytest.approx(math.fsum(day) / len(day), rel=1e-12)
        assert row["median"] == pytest.approx(statistics.median(day), rel=1e-12)
        assert row["positive"] == sum(v > 0 for v in day) / len(day)
        sums = [math.fsum(present(line[: at + 1])) for line in abnormal.ar if present(line[: at + 1])]
        assert row["caar_n"] == len(sums)
        assert row["caar"] == pytest.approx(math.fsum(sums) / len(sums), rel=1e-11)


def test_days_that_a_window_lacks_are_out_of_its_sums():
    abnormal = study(make_panel(12, seed=4, missing=0.04, dates=FAR_APART), min_window_share=1.0)
    table = average_returns([abnormal], ())
    for at, row in table.iterrows():
        whole = [line[: at + 1] for line in abnormal.ar if len(present(line[: at + 1])) == at + 1]
        assert row["caar_n"] == len(whole)
        assert row["caar"] == pytest.approx(math.fsum(map(math.fsum, whole)) / len(whole), rel=1e-11)
    assert table["caar_n"].iloc[-1] < 12


def test_every_test_is_the_one_of_that_window(made):
    _, abnormal, table = made
    for at, tau in enumerate(abnormal.tau):
        sample = Sample.of(abnormal, Window(int(tau), int(tau)))
        for name in (*BY_DAY, *BY_RANK):
            found = table.loc[at, f"p_{name}"]
            if not math.isnan(found):
                assert found == pytest.approx(TESTS[name](sample).p, rel=1e-9), name
        if not math.isnan(table.loc[at, "p_kp_bmp"]) and table.loc[at, "test"] == "kp_bmp":
            assert table.loc[at, "p"] == table.loc[at, "p_kp_bmp"]


def test_the_sums_have_the_test_of_their_window(made):
    design, abnormal, table = made
    if design not in ("one date", "chain"):
        return
    for at, tau in enumerate(abnormal.tau):
        sample = Sample.of(abnormal, Window(int(abnormal.tau[0]), int(tau)))
        if table.loc[at, "caar_test"] == "kp_bmp":
            assert table.loc[at, "caar_p"] == pytest.approx(TESTS["kp_bmp"](sample).p, rel=1e-9)


def test_errors_by_design(made):
    design, _, table = made
    kinds = {"own dates": "cross-section", "shared dates": "clustered", "one date": "correlated"}
    tests = {"own dates": "bmp", "shared dates": "cluster_t", "one date": "kp_bmp"}
    if design in kinds:
        assert set(table["errors"]) == {kinds[design]} and set(table["test"]) == {tests[design]}
    else:
        assert set(table["caar_errors"].iloc[1:]) == {"correlated"}


def test_clustered_errors_are_those_of_statsmodels():
    abnormal = study(make_panel(12, seed=4, missing=0.04, dates=TWO_A_DATE))
    table = average_returns([abnormal], ())
    for at, row in table.iterrows():
        there = np.isfinite(abnormal.ar[:, at])
        y, groups = abnormal.ar[there, at], TWO_A_DATE[there]
        # (n - 1) / (n - k) is one for a mean alone: what is left of the factor is G / (G - 1).
        fit = sm.OLS(y, np.ones(len(y))).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
        low, high = fit.conf_int()[0]
        assert row["se"] == pytest.approx(fit.bse[0], rel=1e-10)
        # A pair of one cluster may lack the day, but no cluster does.
        assert (row["low"], row["high"]) == (pytest.approx(low, rel=1e-9), pytest.approx(high, rel=1e-9))


def test_cross_sectional_interval_is_that_of_one_mean():
    abnormal = study(make_panel(12, seed=4, dates=FAR_APART))
    table = average_returns([abnormal], ())
    for at, row in table.iterrows():
        interval = stats.ttest_1samp(abnormal.ar[:, at], 0.0).confidence_interval()
        assert (row["low"], row["high"]) == (pytest.approx(interval.low), pytest.approx(interval.high))


def test_correlated_errors_on_one_date_are_those_of_the_formula():
    abnormal = study(make_panel(8, seed=9))
    row = average_returns([abnormal], ()).set_index("tau").loc[0]
    pairs = np.corrcoef(abnormal.fitted.residuals)[np.triu_indices(8, 1)]
    rbar = pairs.mean()
    ar = abnormal.ar[:, list(abnormal.tau).index(0)]
    expected = ar.std(ddof=1) / math.sqrt(8) * math.sqrt((1 + 7 * rbar) / (1 - rbar))
    assert row["se"] == pytest.approx(expected, rel=1e-6)


def test_one_pair_has_its_own_forecast_error():
    abnormal = study(make_panel(1, seed=3))
    row = average_returns([abnormal], ()).set_index("tau").loc[0]
    car = abnormal.car(Window(0, 0))
    assert (row["test"], row["errors"], row["n"]) == ("t", "forecast", 1)
    assert (row["se"], row["p"]) == (pytest.approx(car.se[0]), pytest.approx(car.p[0]))


def test_the_averages_of_windows():
    abnormal = study(make_panel(12, seed=4, dates=FAR_APART), windows=[Window(0, 0), Window(-1, 1)])
    table = average_cars([abnormal], [Window(0, 0), Window(-1, 1)]).set_index("window")
    car = abnormal.ar[:, [at for at, tau in enumerate(abnormal.tau) if -1 <= tau <= 1]].sum(axis=1)
    assert table.loc["[-1,1]", "mean_car"] == pytest.approx(car.mean())
    assert table.loc["[-1,1]", "se"] == pytest.approx(car.std(ddof=1) / math.sqrt(12))
    assert table.loc["[0,0]", "p"] == pytest.approx(TESTS["bmp"](Sample.of(abnormal, Window(0, 0))).p)


def test_a_day_without_returns_is_a_row_of_nothing():
    panel = make_panel(5, seed=2, dates=np.arange(5) * 12)
    panel.returns[:, -1] = np.nan
    row = average_returns([study(panel)]).iloc[-1]
    assert row["n"] == 0 and pd.isna(row["aar"]) and pd.isna(row["p_bmp"]) and row["test"] == ""
