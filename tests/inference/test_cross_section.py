"""Cross-sectional regressions and group comparisons against direct matrix algebra and scipy."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from eventstudy.errors import UsageError
from eventstudy.inference.cross_section import compare_groups, log_turnover, regress_cars


@pytest.fixture
def data():
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"size": rng.normal(size=40), "leverage": rng.normal(size=40)})
    car = 0.01 + 0.02 * frame["size"].to_numpy() + rng.normal(0, 0.01, 40) * (1 + frame["size"].to_numpy() ** 2)
    return car, frame


def test_hc3_errors_are_the_sandwich(data):
    car, frame = data
    x = np.column_stack([np.ones(40), frame])
    bread = np.linalg.inv(x.T @ x)
    beta = bread @ x.T @ car
    e = (car - x @ beta) / (1 - np.einsum("ij,jk,ik->i", x, bread, x))
    se = np.sqrt(np.diag(bread @ (x.T * e**2) @ x @ bread))
    table = regress_cars(car, frame)
    assert table["term"].tolist() == ["const", "size", "leverage"]
    np.testing.assert_allclose(table["coefficient"], beta, rtol=1e-10)
    np.testing.assert_allclose(table["se"], se, rtol=1e-10)
    np.testing.assert_allclose(table["p"], 2 * stats.t.sf(np.abs(beta / se), 37), rtol=1e-9)


def test_clusters_sum_scores_within_dates(data):
    car, frame = data
    dates = np.repeat(np.arange(10), 4)
    x = np.column_stack([np.ones(40), frame["size"]])
    bread = np.linalg.inv(x.T @ x)
    e = car - x @ (bread @ x.T @ car)
    meat = sum(np.outer(s, s) for g in range(10) for s in [(x[dates == g] * e[dates == g, None]).sum(axis=0)])
    se = np.sqrt(np.diag(bread @ meat @ bread) * 10 / 9 * 39 / 38)
    table = regress_cars(car, frame[["size"]], clusters=dates)
    np.testing.assert_allclose(table["se"], se, rtol=1e-10)
    assert table["df"].tolist() == [9.0, 9.0]
    np.testing.assert_allclose(table["p"], 2 * stats.t.sf(np.abs(table["t"]), 9), rtol=1e-9)


def test_weights_and_missing_events(data):
    car, frame = data
    weights = np.linspace(1, 3, 40)
    full = regress_cars(car[1:], frame.iloc[1:], weights=weights[1:], errors="nonrobust")
    car[0] = np.nan
    found = regress_cars(car, frame, weights=weights, errors="nonrobust")
    pd.testing.assert_frame_equal(found, full)
    root = np.sqrt(weights[1:])
    x = np.column_stack([np.ones(39), frame.iloc[1:]]) * root[:, None]
    np.testing.assert_allclose(found["coefficient"], np.linalg.lstsq(x, car[1:] * root, rcond=None)[0], rtol=1e-10)
    assert found["n"].tolist() == [39] * 3


def test_misuse_is_said(data):
    car, frame = data
    with pytest.raises(UsageError, match="one row an event"):
        regress_cars(car[:5], frame)
    with pytest.raises(UsageError, match="3 complete events for 3 terms"):
        regress_cars(car[:3], frame.iloc[:3])
    with pytest.raises(UsageError, match="one cluster"):
        regress_cars(car, frame, clusters=np.zeros(40))


def test_two_groups_by_welch_and_more_by_his_f(data):
    car, _ = data
    two = compare_groups(car, np.repeat(["a", "b"], 20))
    welch = stats.ttest_ind(car[:20], car[20:], equal_var=False)
    assert (two.statistic, two.p) == pytest.approx((welch.statistic, welch.pvalue), rel=1e-10)
    three = compare_groups(car[:30], np.repeat(["a", "b", "c"], 10))
    parts = [car[:10], car[10:20], car[20:30]]
    w = np.array([10 / p.var(ddof=1) for p in parts])
    means = np.array([p.mean() for p in parts])
    grand = w @ means / w.sum()
    lam = sum((1 - w / w.sum()) ** 2 / 9)
    f = (w @ (means - grand) ** 2 / 2) / (1 + 2 * (3 - 2) / (3**2 - 1) * lam)
    assert three.statistic == pytest.approx(f, rel=1e-10)
    assert three.p == pytest.approx(stats.f.sf(f, 2, (3**2 - 1) / (3 * lam)), rel=1e-9)
    assert compare_groups(car[:20], np.repeat(["a", "b"], [19, 1])).reason.startswith("group 'b' has fewer than two")
    assert "one group" in compare_groups(car, ["a"] * 40).reason


def test_turnover_without_shares_is_missing():
    np.testing.assert_allclose(log_turnover([10.0, 5.0], [100.0, 0.0]), [np.log(1.1), np.nan])
