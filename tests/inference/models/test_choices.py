"""What models choose: nearest peers, names of parameters, days that count, against plain loops and formulas."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from panels import SPAN, estimation_of, make_panel, study

from eventstudy.errors import InputError, UnknownNameError, UsageError
from eventstudy.inference.models.factors import FactorModel, LaggedMarket, ScholesWilliams
from eventstudy.inference.models.market import MarketModel
from eventstudy.inference.models.matched import MatchedPeers
from eventstudy.inference.models.pool import Combination, PeerPool
from eventstudy.inference.models.spans import error_over_spans, expected_over_spans, fit_over_spans
from eventstudy.inference.models.time_of_day import MIN_DAYS, TimeOfDay

FIRMS = [f"F{k}" for k in range(9)]
TABLE = pd.DataFrame(
    np.random.default_rng(8).normal(5, 2, (9, 3)) * [1.0, 100.0, 0.01], index=FIRMS, columns=["size", "age", "ratio"]
)


def test_the_nearest_are_at_the_least_distance_in_standard_deviations():
    table = TABLE.copy()
    table.loc["F4", "age"] = np.nan
    found = MatchedPeers.nearest(table, nearest=3).matches
    sd = [pd.Series(table[name]).std() for name in table]
    assert "F4" not in found and len(found) == 8
    for own, peers in found.items():
        distance = {
            other: sum(((table.loc[own, c] - table.loc[other, c]) / s) ** 2 for c, s in zip(table, sd, strict=True))
            for other in FIRMS
            if other not in (own, "F4")
        }
        assert list(peers) == sorted(distance, key=distance.get)[:3]


def test_equal_distances_are_taken_in_the_order_of_the_table_and_others_may_all_be_peers():
    table = pd.DataFrame({"size": [1.0, 2.0, 3.0, 4.0, 5.0]}, index=list("ABCDE"))
    found = MatchedPeers.nearest(table, columns=["size"], nearest=4)
    assert found.matches["C"] == ("B", "D", "A", "E")
    assert found.description.startswith("Expected returns are the mean return of the 4 securities nearest in size")
    nearest = MatchedPeers.nearest(table, nearest=1).matches
    assert nearest == {"A": ("B",), "B": ("A",), "C": ("B",), "D": ("C",), "E": ("D",)}
    with pytest.raises(UsageError, match="nearest is 5; there are 5 securities"):
        MatchedPeers.nearest(table, nearest=5)
    with pytest.raises(UsageError, match="nearest is 0"):
        MatchedPeers.nearest(table, nearest=0)


@pytest.mark.parametrize(
    ("table", "error", "message"),
    [
        (TABLE.assign(size=1.0), UsageError, "'size' does not vary"),
        (TABLE[:1], UsageError, "'size' does not vary"),
        (pd.concat([TABLE, TABLE[:1]]), InputError, "F0 stands twice"),
        (TABLE.astype(object).assign(age="old"), InputError, "give numbers"),
    ],
)
def test_characteristics_that_cannot_be_used_are_named(table, error, message):
    with pytest.raises(error, match=message):
        MatchedPeers.nearest(table, nearest=1)
    with pytest.raises(UnknownNameError, match="sise"):
        MatchedPeers.nearest(TABLE, columns=["sise"], nearest=1)
    with pytest.raises(UsageError, match="'A' is among its own peers"):
        MatchedPeers(matches={"B": ["A"], "A": ["B", "A"]})


@pytest.mark.parametrize(
    ("matches", "words"),
    [({"A": "BC"}, "the 2 "), ({"A": "BC", "B": "CDE", "C": "A"}, "the 1 to 3 "), ({}, "the ")],
)
def test_the_number_of_peers_is_said(matches, words):
    model = MatchedPeers(matches=matches)
    assert f"mean return of {words}securities nearest in the characteristics of each market" in model.description
    assert set(next(iter(model.reads.values()))) == {peer for peers in matches.values() for peer in peers}


def test_the_matched_mean_is_subtracted_and_its_column_is_found():
    panel = make_panel(4, factors=3, missing=0.1)
    panel = type(panel)(**{**vars(panel), "factor_names": ("a", "matched", "b")})
    result = study(panel, MatchedPeers(matches={"m0": ["a"]}))
    spread = panel.returns - panel.factors[..., 1]
    np.testing.assert_allclose(result.ar, spread[:, panel.at(SPAN)], rtol=1e-14)
    before = spread[:, panel.at(estimation_of(panel))]
    np.testing.assert_allclose(result.fitted.sigma, np.sqrt(np.nanmean(before**2, axis=1)), rtol=1e-12)


def test_factors_are_named_in_parameters_and_in_the_description():
    one, two = make_panel(2, factors=1), make_panel(2, factors=2)
    assert study(one, FactorModel()).fitted.param_names == ("alpha", "beta")
    assert study(two, FactorModel()).fitted.param_names == ("alpha", "beta[factor1]", "beta[factor2]")
    assert study(two, FactorModel(riskfree="f0")).fitted.param_names == ("alpha", "beta")
    assert study(two, FactorModel(factors=("f1",))).fitted.param_names == ("alpha", "beta")
    assert "on a constant and all factors (factors)." in FactorModel().description
    assert "on a constant and SMB, HML (factors)." in FactorModel(factors=("SMB", "HML")).description
    assert FactorModel(riskfree="").riskfree is None and "over RF" in FactorModel(riskfree="RF").description
    names = study(one, LaggedMarket(lags=2, leads=1)).fitted.param_names
    assert names == ("alpha", "beta[-2]", "beta[-1]", "beta[0]", "beta[+1]")


def test_scholes_williams_is_two_stage_least_squares_on_the_days_that_are_complete():
    """The instrument in the place of the benchmark, with weights and missing days: ``(W'X)^-1 W'y`` by hand."""
    panel = make_panel(4, missing=0.15)
    before = panel.at(estimation_of(panel))
    heavy = np.random.default_rng(3).uniform(0.5, 2, panel.returns[:, before].shape)
    model = ScholesWilliams()
    factors = model.design(panel.factors[:, before], panel.factor_names)
    fit = model.fit(panel.returns[:, before], factors, heavy)
    for i in range(4):
        x, y = panel.factors[i, before, 0], panel.returns[i, before]
        days = [t for t in range(1, len(x) - 1) if np.isfinite([x[t - 1], x[t], x[t + 1], y[t]]).all()]
        z = np.array([[1.0, x[t - 1] + x[t] + x[t + 1]] for t in days])
        rows, w = np.array([[1.0, x[t]] for t in days]), heavy[i, days]
        params = np.linalg.solve((z.T * w) @ rows, (z.T * w) @ y[days])
        e = y[days] - rows @ params
        assert fit.n_obs[i] == len(days) and fit.df[i] == len(days) - 2
        np.testing.assert_allclose(fit.params[i], params, rtol=1e-9)
        assert fit.sigma[i] == pytest.approx(np.sqrt((w * e**2).sum() / (len(days) - 2)), rel=1e-10)
        bread = np.linalg.inv((z.T * w) @ rows)
        cov = bread @ ((z.T * w) @ z) @ bread.T
        asked = np.array([[1.0, 0.02], [1.0, -0.01]])
        _, loading = fit.forecast_error(np.tile(np.array([[[0.0, 0.02], [0.0, -0.01]]]), (4, 1, 1)))
        unit = (loading[i] ** 2).sum(axis=1) / fit.sigma[i] ** 2
        np.testing.assert_allclose(unit, np.einsum("wi,ij,wj->w", asked, cov, asked), rtol=1e-9)


def test_returns_over_several_days_have_the_error_of_weighted_least_squares():
    """With R over s days: variance ``s sigma² + v'(X'X/s)^-1 v sigma²`` for its regressors v = (s, X)."""
    panel = make_panel(3)
    spans = np.random.default_rng(2).integers(1, 4, panel.returns.shape).astype(float)
    before, at = panel.at(estimation_of(panel)), panel.at(SPAN)
    fitted = fit_over_spans(MarketModel(), panel.returns[:, before], panel.factors[:, before], spans[:, before])
    noise, loading = error_over_spans(fitted, panel.factors[:, at], np.arange(6, 16), spans[:, at])
    expected = expected_over_spans(fitted, panel.factors[:, at], spans[:, at])
    for i in range(3):
        s, rows = spans[i], np.column_stack([spans[i], panel.factors[i, :, 0]])
        fit = sm.WLS(panel.returns[i, before], rows[before], weights=1 / s[before]).fit()
        np.testing.assert_allclose(expected[i], fit.predict(rows[at]), rtol=1e-10)
        total = noise[i] + (loading[i] ** 2).sum(axis=1)
        variance = fit.scale * (s[at] + np.einsum("wi,ij,wj->w", rows[at], fit.normalized_cov_params, rows[at]))
        np.testing.assert_allclose(total, variance, rtol=1e-10)


@pytest.mark.parametrize("days", [MIN_DAYS - 1, MIN_DAYS])
def test_a_time_of_day_needs_five_returns(days):
    clock = np.tile([540.0, 600.0], days)[None, :, None]
    returns = np.random.default_rng(1).normal(0, 0.01, (1, 2 * days))
    fitted = TimeOfDay().fit(returns, clock)
    asked = np.array([[[540.0], [600.0], [570.0]]])
    if days < MIN_DAYS:
        assert np.isnan(fitted.predict(asked)).all() and fitted.df.tolist() == fitted.n_obs.tolist() == [0]
        assert fitted.sigma.tolist() == [0.0]
        return
    np.testing.assert_allclose(fitted.predict(asked)[0, :2], [returns[0, ::2].mean(), returns[0, 1::2].mean()])
    assert np.isnan(fitted.predict(asked)[0, 2])
    assert (fitted.df.tolist(), fitted.n_obs.tolist()) == ([days - 1], [2 * days])
    squares = [returns[0, at::2].var(ddof=1) for at in (0, 1)]
    assert fitted.sigma[0] == pytest.approx(np.sqrt(np.mean(squares)), rel=1e-12)


@dataclass(frozen=True, kw_only=True)
class Greedy(PeerPool):
    """A pool that gives the first peer half of the weight and says that it used up a given number of parameters."""

    name = "greedy"
    description = "Half of the first peer."
    used: float = 1.0

    def combine(self, returns, peers):
        slopes = np.eye(peers.shape[1])[0] / 2
        # The trace of peers times smoother is `used`.
        smoother = np.zeros(peers.T.shape)
        smoother[0] = self.used * peers[:, 0] / (peers[:, 0] @ peers[:, 0])
        return Combination(slopes=slopes, smoother=smoother)


@pytest.mark.parametrize(("left", "df"), [(2.5, 2), (1.001, 1), (0.999, 0), (0.5, 0), (-3.0, 0)])
def test_a_pool_needs_one_degree_of_freedom(left, df):
    rng = np.random.default_rng(2)
    y, x = rng.normal(0, 0.01, (1, 30)), rng.normal(0, 0.01, (1, 30, 2))
    fit = Greedy(used=29 - left).fit(y, x)
    assert (fit.df[0], fit.failed[0], np.isnan(fit.sigma[0])) == (df, df == 0, df == 0)
    if df:
        e = y[0] - y.mean() - (x[0, :, 0] - x[0, :, 0].mean()) / 2
        np.testing.assert_allclose(fit.residuals[0], e, rtol=1e-10, atol=1e-16)
        assert fit.sigma[0] == pytest.approx(np.sqrt(e @ e / left), rel=1e-8)
        np.testing.assert_allclose(fit.params[0, 1:], [0.5, 0.0])
