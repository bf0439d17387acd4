"""Every statistic of many events against its loop, complete and with missing data, to 1e-10."""

import loops
import numpy as np
import pytest
from panels import SAMPLE_TESTS, make_panel, study

from eventstudy.inference.significance.calendar_time import calendar_time_alpha
from eventstudy.inference.significance.sample import Sample
from eventstudy.windows import Window

WINDOWS = [Window(0, 0), Window(-1, 2)]
LOOPS = {name: getattr(loops, name) for name in SAMPLE_TESTS if hasattr(loops, name)}


def as_lists(array):
    return [[None if np.isnan(v) else float(v) for v in row] for row in array]


def events_of(result, window):
    """Turn arrays into what the loops read; the sums over the window are the loop's own."""
    at = result.columns(window)
    ar, sar, residuals = as_lists(result.ar), as_lists(result.sar), as_lists(result.fitted.residuals)
    events = []
    for i in range(len(result)):
        days = [t for t in range(at.start, at.stop) if ar[i][t] is not None]
        car = sum(ar[i][t] for t in days) if days else None
        variance = sum(result.cov[i, a, b] for a in days for b in days)
        events.append(
            {
                "car": car,
                "scar": car / variance**0.5 if days else None,
                "df": int(result.fitted.df[i]),
                "ar": ar[i][at],
                "returns": as_lists(result.returns)[i][at],
                "sar": sar[i][at],
                "all_ar": ar[i],
                "all_sar": sar[i],
                "offset": at.start,
                "e": residuals[i],
                "s": float(result.fitted.sigma[i]),
                "dates": result.estimation_sessions[i].tolist(),
                "window_dates": result.sessions[i, at].tolist(),
                "market": result.rows["market"][i],
            }
        )
    return events


@pytest.fixture(
    params=[(0.0, None), (0.12, None), (0.12, [0, 3, 3, 7, 11, 11, 20, 2])],
    ids=["complete", "missing", "missing, several dates"],
    scope="module",
)
def result(request):
    missing, dates = request.param
    panel = make_panel(8, missing=missing, dates=dates, skew=True, seed=5)
    panel.rows["market"] = ["m0", "m1", "m2", "m0", "m3", "m4", "m5", "m1"]
    return study(panel)


@pytest.mark.parametrize("window", WINDOWS, ids=lambda w: w.label)
@pytest.mark.parametrize("name", LOOPS)
def test_the_statistic_is_that_of_the_loop(name, window, result):
    found = SAMPLE_TESTS[name](Sample.of(result, window))
    if name == "two_way_clustered_t" and not found.applicable:
        assert result.rows["session"].nunique() == 1 or "not positive" in found.reason
        return
    np.testing.assert_allclose(found.statistic, LOOPS[name](events_of(result, window)), rtol=1e-10)


def test_missing_data_are_really_missing():
    result = study(make_panel(8, missing=0.12, skew=True, seed=5))
    assert np.isnan(result.ar[:, 3]).any()
    assert len(set(result.fitted.n_obs)) > 1


def test_every_test_has_a_loop_or_a_test_of_its_own():
    assert set(SAMPLE_TESTS) - set(LOOPS) == {
        "skewness_t_bootstrap",
        "sign_flip",
        "wild_cluster",
        "block_bootstrap",
        "calendar_time_alpha",
        "cluster_t_rank",
        "bmp_rank",
        "double_standardised",
    }


def test_calendar_time_alpha_is_weighted_least_squares_with_newey_west_errors():
    """The sandwich by hand: Bartlett weights, lags counted in portfolio days, the correction n / (n - k)."""
    result = study(make_panel(12, dates=[0, 1, 1, 3, 5, 8, 8, 9, 12, 14, 15, 19]))
    window, lags = Window(-1, 2), 2
    held = {}
    for i in range(len(result)):
        for t in range(2, 6):
            day = result.sessions[i, t].item()
            held.setdefault(day, []).append((result.returns[i, t], result.factors[i, t, 0]))
    days = sorted(held)
    y = np.array([np.mean([r for r, _ in held[d]]) for d in days])
    x = np.array([[1.0, np.mean([f for _, f in held[d]])] for d in days])
    w = np.array([len(held[d]) for d in days], dtype=float)
    bread = np.linalg.inv((x.T * w) @ x)
    beta = bread @ (x.T * w) @ y
    score = x * (w * (y - x @ beta))[:, None]
    meat = score.T @ score
    for lag in range(1, lags + 1):
        cross = score[lag:].T @ score[:-lag]
        meat += (1 - lag / (lags + 1)) * (cross + cross.T)
    n = len(days)
    cov = bread @ meat @ bread * n / (n - 2)
    found = calendar_time_alpha(Sample.of(result, window), lags=lags)
    np.testing.assert_allclose(found.statistic, beta[0] / np.sqrt(cov[0, 0]), rtol=1e-10)
    assert found.df == n - 2


def test_log_returns_are_compounded_by_their_sum():
    result = study(make_panel(5), log_returns=True)
    at = result.columns(Window(0, 3))
    expected = np.exp(result.returns[:, at].sum(axis=1)) - np.exp((result.returns - result.ar)[:, at].sum(axis=1))
    np.testing.assert_allclose(result.bhar(Window(0, 3)), expected, rtol=1e-12)
