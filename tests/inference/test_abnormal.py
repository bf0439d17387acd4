"""Abnormal returns and their standard errors against statsmodels, event dummies and hand arithmetic."""

from dataclasses import fields, replace
from fractions import Fraction

import numpy as np
import pytest
import statsmodels.api as sm
from panels import GAP, SPAN, estimation_of, make_panel, study

from eventstudy.errors import UsageError
from eventstudy.inference.abnormal import abnormal_returns
from eventstudy.inference.models.market import ConstantMean, MarketAdjusted, MarketModel
from eventstudy.inference.models.protocol import benchmark_column
from eventstudy.panel import Outcome
from eventstudy.windows import Window


@pytest.mark.parametrize("missing", [0.0, 0.15])
def test_market_model_agrees_with_statsmodels(missing):
    panel = make_panel(missing=missing)
    result = study(panel)
    before, at = panel.at(estimation_of(panel)), panel.at(SPAN)
    car = result.car(SPAN)
    for i in range(len(result)):
        y, x = panel.returns[i], panel.factors[i, :, 0]
        used = np.isfinite(y[before]) & np.isfinite(x[before])
        ols = sm.OLS(y[before][used], sm.add_constant(x[before][used])).fit()
        there = np.isfinite(y[at]) & np.isfinite(x[at])
        z = np.column_stack([np.ones(there.sum()), x[at][there]])
        forecast = ols.get_prediction(z)
        np.testing.assert_allclose(result.fitted.params[i], ols.params, rtol=1e-10)
        np.testing.assert_allclose(result.fitted.sigma[i] ** 2, ols.scale, rtol=1e-10)
        assert (result.fitted.n_obs[i], result.fitted.df[i]) == (ols.nobs, ols.df_resid)
        np.testing.assert_allclose(result.ar[i, there], y[at][there] - forecast.predicted_mean, rtol=1e-10)
        np.testing.assert_allclose(result.se[i, there], forecast.se_obs, rtol=1e-10)
        full = ols.scale * (np.eye(there.sum()) + z @ ols.normalized_cov_params @ z.T)
        np.testing.assert_allclose(result.cov[i][np.ix_(there, there)], full, rtol=1e-10)
        assert np.isnan(result.ar[i, ~there]).all()
        np.testing.assert_allclose(car.se[i], np.sqrt(full.sum()), rtol=1e-10)
        assert car.n_days[i] == there.sum()


def test_car_t_is_that_of_the_summed_event_dummies():
    """Karafiath (1988): one regression with a dummy for every event day gives the same CAR and t."""
    panel = make_panel()
    car = study(panel).car(SPAN)
    before, at = panel.at(estimation_of(panel)), panel.at(SPAN)
    for i in range(len(car.car)):
        y = np.concatenate([panel.returns[i, before], panel.returns[i, at]])
        x = np.concatenate([panel.factors[i, before, 0], panel.factors[i, at, 0]])
        dummies = np.vstack([np.zeros((len(y) - SPAN.length, SPAN.length)), np.eye(SPAN.length)])
        ols = sm.OLS(y, np.column_stack([np.ones(len(y)), x, dummies])).fit()
        test = ols.t_test(np.r_[0, 0, np.ones(SPAN.length)])
        np.testing.assert_allclose(car.car[i], test.effect.item(), rtol=1e-10)
        np.testing.assert_allclose(car.t[i], test.tvalue.item(), rtol=1e-10)
        np.testing.assert_allclose(car.p[i], test.pvalue.item(), rtol=1e-8)


def test_constant_mean_has_the_textbook_variance():
    panel = make_panel(factors=0)
    result = study(panel, ConstantMean())
    y = panel.returns[:, panel.at(estimation_of(panel))]
    sigma, length, days = y.std(axis=1, ddof=1), y.shape[1], SPAN.length
    np.testing.assert_allclose(result.se, np.tile((sigma * np.sqrt(1 + 1 / length))[:, None], days), rtol=1e-12)
    np.testing.assert_allclose(result.car(SPAN).se, sigma * np.sqrt(days + days**2 / length), rtol=1e-12)
    assert (result.fitted.df == length - 1).all()


def test_constant_mean_does_not_care_for_missing_benchmarks():
    panel = make_panel(missing=0.2)
    result = study(panel, ConstantMean())
    seen = np.isfinite(panel.returns[:, panel.at(estimation_of(panel))]).sum(axis=1)
    np.testing.assert_array_equal(result.fitted.n_obs, seen)


def test_market_adjusted_estimates_nothing_but_sigma():
    panel = make_panel()
    result = study(panel, MarketAdjusted())
    spread = panel.returns - panel.factors[..., 0]
    before = spread[:, panel.at(estimation_of(panel))]
    sigma = np.sqrt((before**2).mean(axis=1))
    np.testing.assert_allclose(result.ar, spread[:, panel.at(SPAN)], rtol=1e-14)
    np.testing.assert_allclose(result.se, np.tile(sigma[:, None], SPAN.length), rtol=1e-12)
    np.testing.assert_allclose(result.car(SPAN).se, sigma * np.sqrt(SPAN.length), rtol=1e-12)
    assert (result.fitted.df == before.shape[1]).all()


def test_a_window_within_the_span_uses_its_own_days():
    result = study(make_panel())
    car = result.car(Window(-1, 1))
    np.testing.assert_allclose(car.car, result.ar[:, 2:5].sum(axis=1), rtol=1e-14)
    np.testing.assert_allclose(car.se**2, result.cov[:, 2:5, 2:5].sum(axis=(1, 2)), rtol=1e-12)


def test_too_few_observations_and_no_variance_are_outcomes():
    panel = make_panel(4)
    before = panel.at(estimation_of(panel))
    panel.returns[1, before] = 0.0
    panel.returns[2, before.start : before.stop - 10] = np.nan
    panel.factors[3, before] = 0.01
    result = study(panel)
    assert list(result.outcomes["outcome"]) == [
        Outcome.OK,
        Outcome.NO_VARIANCE,
        Outcome.TOO_FEW_OBSERVATIONS,
        Outcome.NO_VARIANCE,
    ]
    assert result.outcomes["detail"][2] == "10 estimation rows, 20 needed"
    assert list(result.rows["event_id"]) == ["e0"]
    alone = study(panel.only(np.array([True, False, False, False])))
    np.testing.assert_array_equal(result.ar, alone.ar)


def test_pairs_that_came_unusable_stay_as_they_were():
    panel = make_panel(3)
    panel.rows.loc[1, "outcome"] = Outcome.NO_PRICE
    result = study(panel)
    assert list(result.outcomes["outcome"]) == [Outcome.OK, Outcome.NO_PRICE, Outcome.OK]
    assert list(result.rows["event_id"]) == ["e0", "e2"]


def test_a_window_without_any_return_is_not_a_number():
    panel = make_panel(2)
    panel.returns[0, panel.at(Window(0, 1))] = np.nan
    car = study(panel).car(Window(0, 1))
    assert car.n_days.tolist() == [0, 2]
    assert np.isnan([car.car[0], car.se[0], car.t[0], car.p[0]]).all()
    assert np.isfinite(car.p[1])


def test_misuse_is_said():
    panel = make_panel()
    with pytest.raises(UsageError, match="overlaps the estimation window"):
        study(panel, windows=[Window(-60, 0)])
    with pytest.raises(UsageError, match="reaches beyond"):
        study(panel, windows=[Window(0, 60)])
    with pytest.raises(UsageError, match="at least one event window"):
        study(panel, windows=[])
    with pytest.raises(UsageError, match="not within"):
        study(panel, windows=[Window(0, 1)]).car(Window(0, 2))
    with pytest.raises(UsageError, match="there is none"):
        benchmark_column(None, (), "market")
    with pytest.raises(UsageError, match="there are 2: a, b"):
        benchmark_column(None, ("a", "b"), "market")
    with pytest.raises(UsageError, match="not among the factors"):
        benchmark_column("c", ("a", "b"), "market")


@pytest.mark.parametrize("days", [1, 3, 7, 10, 25])
def test_a_share_of_the_days_of_a_window_is_reached_exactly(days):
    """All shares in hundredths against fractions: 0.28 times 25 is 7.000000000000001 in floating point, and 7 days."""
    panel = make_panel(days + 1, factors=0)
    window = Window(0, days - 1)
    ar = np.where(np.arange(days) < np.arange(days + 1)[:, None], 0.01, np.nan)
    result = study(panel, ConstantMean())
    for hundredths in range(101):
        one = replace(
            result,
            span=window,
            ar=ar,
            min_window_share=hundredths / 100,
            noise=np.ones_like(ar),
            returns=ar,
            loading=np.zeros((*ar.shape, 0)),
        )
        enough = [count > 0 and Fraction(count) >= Fraction(hundredths, 100) * days for count in range(days + 1)]
        assert one.complete(window).tolist() == enough
        assert np.isfinite(one.car(window).car).tolist() == enough


def test_pairs_selected_by_hand_have_a_cumulative_return_from_one_day_on():
    panel = make_panel(2)
    panel.returns[0, panel.at(Window(0, 1))] = np.nan
    panel.returns[1, panel.at(Window(1, 1))] = np.nan
    result = study(panel)
    found = result.cumulate(Window(0, 1), np.ones(2, dtype=bool))
    assert np.isnan([found.car[0], found.se[0], found.t[0]]).all()
    assert found.car[1] == result.ar[1, 3] and found.se[1] == pytest.approx(result.se[1, 3], rel=1e-14)


@pytest.mark.parametrize(("rows", "outcome"), [(20, Outcome.OK), (19, Outcome.TOO_FEW_OBSERVATIONS)])
def test_twenty_estimation_rows_are_enough_by_default(rows, outcome):
    panel = make_panel(2)
    before = panel.at(estimation_of(panel))
    panel.returns[0, before.start : before.stop - rows] = np.nan
    assert study(panel).outcomes["outcome"].tolist() == [outcome, Outcome.OK]


@pytest.mark.parametrize("log_returns", [False, True])
def test_a_missing_day_is_not_held(log_returns):
    """Money in the market and in its forecast grows over the days with a return, day after day."""
    panel = make_panel(3)
    panel.returns[1, panel.at(Window(1, 1))] = np.nan
    result = study(panel, log_returns=log_returns)
    grown = np.exp if log_returns else lambda value: 1 + value
    for i, found in enumerate(result.bhar(Window(0, 3))):
        held = expected = 1.0
        for t in range(3, 7):
            if not np.isnan(result.ar[i, t]):
                held *= grown(result.returns[i, t])
                expected *= grown(result.returns[i, t] - result.ar[i, t])
        assert found == pytest.approx(held - expected, rel=1e-10, abs=1e-15)


class Recorder(ConstantMean):
    """A model that notes the distances for which forecasts are asked."""

    def fit(self, returns, factors):
        fitted = super().fit(returns, factors)
        asked = self.asked

        class Noted(type(fitted)):
            def forecast_error(self, factors, ahead=None):
                asked.append(ahead)
                return super().forecast_error(factors, ahead)

        return Noted(**{item.name: getattr(fitted, item.name) for item in fields(fitted)})


def test_forecasts_are_told_how_many_rows_lie_between_them_and_the_last_estimation_row():
    model = Recorder()
    object.__setattr__(model, "asked", [])
    panel = make_panel(2, factors=0)
    study(panel, model)
    assert [ahead.tolist() for ahead in model.asked] == [list(range(GAP + 1, GAP + 1 + SPAN.length))]


def test_rows_between_the_windows_are_on_the_scale_of_one_day():
    """Least squares on daily means by hand; a return over s days less s times its mean, over the root of s."""
    panel = make_panel(3)
    spans = np.random.default_rng(2).integers(1, 4, panel.returns.shape).astype(float)
    result = study(replace(panel, spans=spans))
    before = panel.at(estimation_of(panel))
    gap = slice(before.stop, panel.at(SPAN).start)
    assert result.between.shape == (3, GAP)
    for i in range(3):
        s, x, y = spans[i], panel.factors[i, :, 0], panel.returns[i]
        fit = sm.WLS((y / s)[before], sm.add_constant((x / s)[before]), weights=s[before]).fit()
        alpha, beta = fit.params
        expected = (y - s * alpha - beta * x) / np.sqrt(s)
        np.testing.assert_allclose(result.between[i], expected[gap], rtol=1e-9)
        np.testing.assert_allclose(result.daily_ar[i], expected[panel.at(SPAN)], rtol=1e-9)
        np.testing.assert_array_equal(result.estimation_spans[i], s[before])


def test_an_estimation_window_after_the_event_has_no_rows_between():
    panel = make_panel(2)
    first = int(panel.tau[0])
    result = abnormal_returns(
        MarketModel(), panel, estimation=Window(first + 20, int(panel.tau[-1])), windows=[Window(first, first + 5)]
    )
    assert not result.ordered and result.between.shape == (2, 0)
    assert result.history.shape[1] == result.fitted.residuals.shape[1] + 6
