"""Models on a pool of peers, against plain loops written from the papers."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from panels import SPAN, estimation_of, make_panel, study

from eventstudy import EventStudy
from eventstudy.errors import NotEnoughDataError, UnknownNameError, UsageError
from eventstudy.inference.models.penalised import PenalisedPeers
from eventstudy.inference.models.synthetic import SyntheticControl
from eventstudy.inference.significance.resampling import conformal_interval, placebo_p
from eventstudy.panel import Outcome
from eventstudy.windows import Window

FOLDS = 5


def soft(value, by):
    return np.sign(value) * max(abs(value) - by, 0.0)


def descent(z, y, penalty):
    """The lasso by cyclic coordinate descent on centred columns (Friedman, Hastie & Tibshirani 2010)."""
    z, y, b = z - z.mean(axis=0), y - y.mean(), np.zeros(z.shape[1])
    for _ in range(3000):
        before = b.copy()
        for j in range(len(b)):
            rest = y - z @ b + z[:, j] * b[j]
            b[j] = soft(z[:, j] @ rest / len(y), penalty) / (z[:, j] @ z[:, j] / len(y))
        if np.abs(b - before).max() < 1e-13:
            return b
    raise AssertionError("no convergence")


def augmented(z, y, penalty):
    """The ridge as least squares with one more row for each column (Hoerl & Kennard 1970)."""
    z, y = z - z.mean(axis=0), y - y.mean()
    rows = np.vstack([z, np.sqrt(penalty) * np.eye(z.shape[1])])
    return np.linalg.lstsq(rows, np.append(y, np.zeros(z.shape[1])), rcond=None)[0]


def chosen_in_time(z, y, grid, solve):
    """The penalty with the least error over the forecasts of each block by the blocks before it."""
    size = len(y) // (FOLDS + 1)
    starts = [len(y) - size * k for k in range(FOLDS, 0, -1)]
    errors = []
    for penalty in grid:
        parts = []
        for start in starts:
            b = solve(z[:start], y[:start], penalty)
            alpha = y[:start].mean() - z[:start].mean(axis=0) @ b
            parts.append(np.mean((y[start : start + size] - alpha - z[start : start + size] @ b) ** 2))
        errors.append(np.mean(parts))
    return grid[int(np.argmin(errors))]


def twin(y, x, penalty):
    """Slopes in units of returns, sigma and degrees of freedom of one pair."""
    z, v = (x - x.mean(axis=0)) / x.std(axis=0), (y - y.mean()) / y.std()
    if penalty == "lasso":
        grid = np.abs(z.T @ v).max() / len(v) * np.geomspace(1, 1e-3, 40)
        b = descent(z, v, chosen_in_time(z, v, grid, descent))
        used = np.count_nonzero(b)
    else:
        at = chosen_in_time(z, v, len(v) * np.geomspace(1e2, 1e-4, 40), augmented)
        b = augmented(z, v, at)
        d = np.linalg.svd(z, compute_uv=False)
        used = np.sum(d**2 / (d**2 + at))
    slopes = b * y.std() / x.std(axis=0)
    e = y - y.mean() - (x - x.mean(axis=0)) @ slopes
    return slopes, np.sqrt(e @ e / (len(y) - 1 - used)), int(len(y) - 1 - used)


@pytest.fixture(scope="module")
def panel():
    return make_panel(2, factors=5, seed=3)


@pytest.mark.parametrize("penalty", ["lasso", "ridge"])
def test_penalised_peers_agree_with_a_loop(panel, penalty):
    result = study(panel, PenalisedPeers(penalty=penalty))
    before, at = panel.at(estimation_of(panel)), panel.at(SPAN)
    for i in range(2):
        y, x = panel.returns[i, before], panel.factors[i, before]
        slopes, sigma, df = twin(y, x, penalty)
        # Coordinate descent of scikit-learn stops at a duality gap of 1e-8 of the sum of squares.
        tolerance = {"rtol": 1e-5, "atol": 1e-6} if penalty == "lasso" else {"rtol": 1e-9}
        np.testing.assert_allclose(result.fitted.params[i, 1:], slopes, **tolerance)
        np.testing.assert_allclose(result.fitted.sigma[i], sigma, rtol=1e-8)
        assert result.fitted.df[i] == df
        expected = y.mean() + (panel.factors[i, at] - x.mean(axis=0)) @ result.fitted.params[i, 1:]
        np.testing.assert_allclose(result.ar[i], panel.returns[i, at] - expected, rtol=1e-10, atol=1e-15)


def test_without_a_penalty_that_matters_ridge_has_the_forecast_error_of_least_squares():
    """1,000 days and no noise to speak of: the least penalty of the grid (1e-4 of the rows) is chosen."""
    rng = np.random.default_rng(1)
    x = rng.normal(0, 0.01, (1, 1000, 3))
    y = x @ np.array([0.5, 0.3, 0.2]) + rng.normal(0, 1e-5, (1, 1000))
    fit, z = PenalisedPeers(penalty="ridge").fit(y, x), rng.normal(0, 0.01, (1, 4, 3))
    whole = np.column_stack([np.ones(1000), x[0]])
    rows = np.column_stack([np.ones(4), z[0]])
    variance = 1 + np.einsum("wi,ij,wj->w", rows, np.linalg.inv(whole.T @ whole), rows)
    noise, loading = fit.forecast_error(z)
    # Shrinking by 1e-4 moves the loadings by 1e-4 of their part, which is about 1e-2 of the variance.
    np.testing.assert_allclose((noise + (loading**2).sum(axis=-1))[0] / fit.sigma[0] ** 2, variance, rtol=1e-5)


def test_the_chosen_peers_bear_the_error_of_their_slopes():
    """Given the chosen peers, the forecast error of the lasso is that of least squares on them."""
    rng = np.random.default_rng(5)
    x = rng.normal(0, 0.01, (1, 120, 12))
    y = 0.7 * x[..., 3] + rng.normal(0, 0.004, (1, 120))
    fit, z = PenalisedPeers().fit(y, x), rng.normal(0, 0.01, (1, 3, 12))
    used = np.flatnonzero(fit.params[0, 1:])
    assert 3 in used and 1 < len(used) < 12
    centred, day = x[0][:, used] - x[0][:, used].mean(axis=0), z[0][:, used] - x[0][:, used].mean(axis=0)
    variance = 1 + 1 / 120 + np.einsum("wi,ij,wj->w", day, np.linalg.inv(centred.T @ centred), day)
    noise, loading = fit.forecast_error(z)
    np.testing.assert_allclose((noise + (loading**2).sum(axis=-1))[0] / fit.sigma[0] ** 2, variance, rtol=1e-9)
    z[..., [j for j in range(12) if j not in used]] = np.nan
    assert np.isfinite(fit.predict(z)).all(), "a peer without weight may lack returns"


def test_the_security_itself_and_peers_with_gaps_are_no_peers(panel):
    factors = panel.factors.copy()
    factors[0, :, 1] = panel.returns[0]
    factors[0, 7, 2] = np.nan
    before = panel.at(estimation_of(panel))
    fit = PenalisedPeers(penalty="ridge").fit(panel.returns[:1, before], factors[:1, before])
    alone = PenalisedPeers(penalty="ridge").fit(panel.returns[:1, before], factors[:1, before][..., [0, 3, 4]])
    np.testing.assert_array_equal(fit.params[0, [2, 3]], 0.0)
    np.testing.assert_allclose(fit.params[0, [0, 1, 4, 5]], alone.params[0], rtol=1e-12)
    assert fit.n_obs[0] == 80


def test_the_event_window_has_no_part_in_the_penalty(panel):
    """Other returns after the estimation window: not one bit of the slopes changes."""
    after = panel.at(estimation_of(panel)).stop
    before = study(panel, PenalisedPeers()).fitted.params.copy()
    other = make_panel(2, factors=5, seed=3)
    other.returns[:, after:] = np.random.default_rng(0).normal(0, 1, other.returns[:, after:].shape)
    other.factors[:, after:] *= -50
    np.testing.assert_array_equal(study(other, PenalisedPeers()).fitted.params, before)


def test_one_day_is_ranked_with_the_event_day_in_the_fit():
    """As many peers as a third of the rows: residuals of the fit are too small to rank a forecast error among them."""
    rng = np.random.default_rng(7)
    panel = make_panel(1, factors=25, seed=7)
    panel.returns[:] = rng.normal(0, 0.01, panel.returns.shape)
    result = study(panel, PenalisedPeers(penalty="ridge"), windows=[Window(0, 0), SPAN])
    before, at = panel.at(estimation_of(panel)), panel.at(Window(0, 0))
    rows = [*range(before.start, before.stop), at.start]
    e = np.abs(PenalisedPeers(penalty="ridge").fit(panel.returns[:, rows], panel.factors[:, rows]).residuals[0])
    assert placebo_p(result, Window(0, 0))[0] == (e >= e[-1]).mean()


def test_a_pool_in_a_study_and_its_outcomes():
    rng, days = np.random.default_rng(2), pd.bdate_range("2019-01-02", periods=160)
    returns = pd.DataFrame(rng.normal(0, 0.01, (160, 5)), index=days, columns=["A", "B", "P", "Q", "R"])
    returns["B"] = np.nan
    returns.loc[days[20:145], "B"] = 0.01
    events = pd.DataFrame({"event_id": ["e", "f"], "symbol": ["A", "B"], "session": days[[140, 140]]})
    model = {"name": "penalised-peers", "parameters": {"peers": ["P", "Q", "R"], "penalty": "ridge"}}
    result = EventStudy(model=model, windows=[(0, 1)], estimation=(-120, -11)).run(events, returns=returns)
    assert result.markets == ["A"]
    assert {"weight[P]", "weight[Q]", "weight[R]"} <= set(result.events)
    assert result.outcomes.set_index("market").loc["B", "outcome"] == Outcome.NO_VARIANCE
    few = EventStudy(model=model, windows=[(0, 1)], estimation=(-30, -15), min_observations=10)
    with pytest.raises(NotEnoughDataError, match="needs 20 rows"):
        few.run(events[:1], returns=returns)


def test_wrong_options_are_refused():
    with pytest.raises(UnknownNameError, match="unknown penalty 'lasoo'"):
        PenalisedPeers(penalty="lasoo")
    with pytest.raises(UsageError, match="folds is 1"):
        PenalisedPeers(folds=1)
    with pytest.raises(UsageError, match="needs the peers"):
        study(make_panel(factors=0), PenalisedPeers())


def simplex(y, x):
    """Weights of the synthetic control: least squares with sum one on every subset of donors; the best without sign."""
    best, pool = (np.inf, None), x.shape[1]
    for size in range(1, pool + 1):
        for used in combinations(range(pool), size):
            part = x[:, used]
            system = np.block([[part.T @ part, np.ones((size, 1))], [np.ones((1, size)), np.zeros((1, 1))]])
            w = np.linalg.lstsq(system, np.append(part.T @ y, 1.0), rcond=None)[0][:size]
            if (w >= 0).all() and np.sum((y - part @ w) ** 2) < best[0]:
                best = np.sum((y - part @ w) ** 2), np.bincount(used, w, pool)
    return best[1]


@pytest.fixture(scope="module")
def treated():
    """A market that is a mean of three donors and a shock of its own, of 4 %, on the day of the event."""
    panel = make_panel(2, factors=5, seed=11)
    panel.returns[:] = panel.factors @ np.array([0.5, 0.3, 0.2, 0, 0]) + 0.2 * panel.returns
    panel.returns[0, panel.at(Window(0, 0))] += 0.04
    return panel


def test_a_synthetic_control_is_the_best_weighted_mean(treated):
    result = study(treated, SyntheticControl(), windows=[Window(0, 0), Window(0, 2)])
    before, at = treated.at(estimation_of(treated)), treated.at(Window(0, 2))
    for i in range(2):
        y, x = treated.returns[i, before], treated.factors[i, before]
        w = simplex(y, x)
        e, m = y - x @ w, np.count_nonzero(w)
        assert 1 < m < 5 or i == 1
        # Two solutions of normal equations with a condition number of about 10.
        np.testing.assert_allclose(result.fitted.params[i], w, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(result.fitted.sigma[i], np.sqrt(e @ e / (len(y) - m + 1)), rtol=1e-10)
        np.testing.assert_allclose(result.ar[i], treated.returns[i, at] - treated.factors[i, at] @ w, atol=1e-13)
        # The error of the weights in use, in the plane in which they sum to one: the last is one less the others.
        free, day = (each[:, w > 0][:, :-1] - each[:, w > 0][:, -1:] for each in (x, treated.factors[i, at]))
        variance = 1 + np.einsum("wi,ij,wj->w", day, np.linalg.inv(free.T @ free), day)
        np.testing.assert_allclose(result.se[i] ** 2 / result.fitted.sigma[i] ** 2, variance, rtol=1e-9)


@pytest.mark.parametrize("window", [Window(0, 0), Window(0, 2)], ids=str)
def test_the_conformal_p_is_a_rank_among_blocks_under_the_null(treated, window):
    """Weights with the event's days in, then all shifts of the residuals in a circle (Chernozhukov et al. 2021)."""
    result = study(treated, SyntheticControl(), windows=[Window(0, 0), Window(0, 2)])
    before, at = treated.at(estimation_of(treated)), treated.at(window)
    rows = [*range(before.start, before.stop), *range(at.start, at.stop)]
    for i in range(2):
        y, x = treated.returns[i, rows], treated.factors[i, rows]
        u = y - x @ simplex(y, x)
        blocks = [abs(np.roll(u, shift)[-window.length :].sum()) for shift in range(len(u))]
        share = np.mean(np.array(blocks) >= blocks[0] - 1e-12)
        assert placebo_p(result, window)[i] == pytest.approx(share, abs=1e-12)
    assert placebo_p(result, window)[0] < 0.05 < placebo_p(result, window)[1]


def test_the_conformal_interval_holds_the_effects_that_are_not_rejected(treated):
    result = study(treated, SyntheticControl(), windows=[Window(0, 0)])
    bounds = conformal_interval(result, Window(0, 0))
    rows = [*range(treated.at(estimation_of(treated)).start, treated.at(estimation_of(treated)).stop)]
    rows.append(treated.at(Window(0, 0)).start)
    assert bounds[0, 0] < 0.04 < bounds[0, 1]
    for i, (low, high) in enumerate(bounds):
        for effect, inside in [(low + 1e-7, True), (high - 1e-7, True), (low - 1e-7, False), (high + 1e-7, False)]:
            y, x = treated.returns[i, rows].copy(), treated.factors[i, rows]
            y[-1] -= effect
            u = np.abs(y - x @ simplex(y, x))
            assert (np.mean(u >= u[-1] - 1e-12) > 0.05) == inside
    assert np.isinf(conformal_interval(result, Window(0, 0), level=0.999)).all()


def test_the_conformal_test_rejects_as_often_as_its_level_where_plain_ranks_do_not():
    """700 markets, 31 days, 12 donors, no effect: p of 3/31 or less has that rate, the 99.9 % band is .060 to .134.

    Ranked among residuals of a fit without the day, the same markets reject more often.
    """
    rng = np.random.default_rng(5)
    x = rng.normal(0, 0.01, (700, 31, 12))
    y = x.mean(axis=2) + rng.normal(0, 0.01, (700, 31))
    u = np.abs(SyntheticControl().fit(y, x).residuals)
    assert 0.060 < np.mean((u >= u[:, -1:]).mean(axis=1) <= 0.1) < 0.134
    fit = SyntheticControl().fit(y[:, :-1], x[:, :-1])
    ar = y[:, -1] - fit.predict(x)[:, -1]
    plain = (1 + (np.abs(fit.residuals) >= np.abs(ar)[:, None]).sum(axis=1)) / 31
    assert np.mean(plain <= 0.1) > 0.134
