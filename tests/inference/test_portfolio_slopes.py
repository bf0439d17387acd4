"""Regressions of one date by the estimation covariance: against forecasts by statsmodels and matrix algebra."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import linalg, stats

from eventstudy import EventStudy, Window
from eventstudy.errors import UsageError
from eventstudy.inference.portfolio_slopes import portfolio_slopes

FIRMS, BEFORE = 12, 60
NAMES = [f"F{i:02d}" for i in range(FIRMS)]


def returns_of(rng, days=BEFORE + 16):
    """Returns of firms that share two factors, and an index."""
    market, industry = rng.normal(0, 0.01, (2, days))
    loads = rng.uniform(0.3, 1.5, (2, FIRMS))
    values = np.outer(market, loads[0]) + np.outer(industry, loads[1]) + rng.normal(0, 0.015, (days, FIRMS))
    index = pd.bdate_range("2019-01-01", periods=days)
    return pd.DataFrame(values, index=index, columns=NAMES).assign(INDEX=market)


@pytest.fixture(scope="module")
def made():
    rng = np.random.default_rng(8)
    frame = returns_of(rng)
    events = pd.DataFrame({"event_id": NAMES, "symbol": NAMES, "session": frame.index[BEFORE + 11]})
    facts = pd.DataFrame({"size": rng.normal(size=FIRMS), "debt": rng.uniform(size=FIRMS)}, index=NAMES)
    return frame, events, facts


def study_of(frame, events, model="market", estimation=(-BEFORE - 10, -11)):
    study = EventStudy(
        model=model, benchmark="INDEX" if model == "market" else None, estimation=estimation, windows=[(0, 0), (0, 2)]
    )
    return study.run(events, returns=frame)


@pytest.mark.parametrize("model", ["constant-mean", "market"])
@pytest.mark.parametrize("method", ["ols", "gls"])
def test_a_slope_is_the_forecast_error_of_a_portfolio(made, model, method):
    """Least squares: of its own portfolio; generalised: given the portfolios without exposure, as the theory says."""
    frame, events, facts = made
    result = study_of(frame, events, model)
    x = np.column_stack([np.ones(FIRMS), facts])
    own, null = np.linalg.pinv(x), linalg.null_space(x.T).T
    rows = frame[NAMES].to_numpy()
    daily, others = rows @ own.T, rows @ null.T
    regressors = [np.ones((len(frame), 1))]
    regressors += [frame[["INDEX"]].to_numpy()] if model == "market" else []
    regressors += [others] if method == "gls" else []
    design, before, day = np.column_stack(regressors), slice(1, BEFORE + 1), BEFORE + 11
    found = result.regress_cars(facts, (0, 0), errors="portfolio", method=method)
    assert found["errors"].unique().tolist() == [f"portfolio {method}"] and found["days"].unique() == [BEFORE]
    for term in range(3):
        fit = sm.OLS(daily[before, term], design[before]).fit()
        ahead = fit.get_prediction(design[[day]])
        row = found.iloc[term]
        assert row["coefficient"] == pytest.approx(daily[day, term] - ahead.predicted_mean[0], rel=1e-9)
        assert row["se"] == pytest.approx(ahead.se_obs[0], rel=1e-9) and row["df"] == fit.df_resid
        assert row["p"] == pytest.approx(2 * stats.t.sf(abs(row["coefficient"]) / ahead.se_obs[0], fit.df_resid))


def test_a_sum_of_days_by_matrix_algebra(made):
    frame, events, facts = made
    result = study_of(frame, events)
    z = sm.add_constant(frame["INDEX"].to_numpy())
    old, new = slice(1, BEFORE + 1), slice(BEFORE + 11, BEFORE + 14)
    beta = np.linalg.lstsq(z[old], frame[NAMES].to_numpy()[old], rcond=None)[0]
    e = frame[NAMES].to_numpy() - z @ beta
    car, total = e[new].sum(axis=0), z[new].sum(axis=0)
    ratio = 3 + total @ np.linalg.inv(z[old].T @ z[old]) @ total
    covariance = ratio * e[old].T @ e[old]
    x = np.column_stack([np.ones(FIRMS), facts])
    fit = sm.GLS(car, x, sigma=covariance).fit()
    m, residual = BEFORE - 2, car - x @ fit.params
    df = m - FIRMS + 3
    distance = residual @ np.linalg.inv(covariance) @ residual
    se = np.sqrt(np.diag(fit.normalized_cov_params) * (1 + distance) / df)
    found = portfolio_slopes(result.abnormal, Window(0, 2), facts, method="gls")
    np.testing.assert_allclose(found["coefficient"], fit.params, rtol=1e-8)
    np.testing.assert_allclose(found["se"], se, rtol=1e-8)
    ols = portfolio_slopes(result.abnormal, Window(0, 2), facts)
    own = np.linalg.pinv(x)
    np.testing.assert_allclose(ols["se"], np.sqrt(np.diag(own @ covariance @ own.T) / m), rtol=1e-8)
    np.testing.assert_allclose(ols["coefficient"], own @ car, rtol=1e-8)


def test_what_cannot_be_inverted_or_does_not_fit_is_refused(made):
    frame, events, facts = made
    short = study_of(frame, events, estimation=(-30, -11))
    few = short.regress_cars(facts, errors="portfolio")
    assert few["df"].tolist() == [18] * 3
    gaps = frame.copy()
    for at in range(8):  # every gap leaves one day fewer in common
        gaps.iloc[52 + at, at] = np.nan
    gappy = EventStudy(estimation=(-30, -11), windows=[(0, 0)], min_observations=10).run(events, returns=gaps)
    with pytest.raises(UsageError, match=r"covariance of 12 markets and needs 12 estimation days .* are 11; take"):
        gappy.regress_cars(facts, errors="portfolio", method="gls")
    twins = frame.assign(F01=frame["F00"])
    with pytest.raises(UsageError, match="one moves as others do"):
        study_of(twins, events).regress_cars(facts, errors="portfolio", method="gls")
    for errors in ("auto", "portfolio"):
        with pytest.raises(UsageError, match="one follows from the others; leave one out"):
            short.regress_cars(facts.assign(again=2 * facts["size"] + 1), errors=errors)
    apart = events.assign(session=[frame.index[BEFORE + 12], *[frame.index[BEFORE + 11]] * (FIRMS - 1)])
    several = study_of(frame, apart, estimation=(-40, -11))
    for options in ({"errors": "portfolio"}, {"method": "gls"}):
        with pytest.raises(UsageError, match="is for events of one date"):
            several.regress_cars(facts, **options)
    with pytest.raises(UsageError, match="unknown errors 'HC4'"):
        several.regress_cars(facts, errors="HC4")
    with pytest.raises(UsageError, match="`clusters` do not go"):
        short.regress_cars(facts, clusters="event_id")


def test_an_estimation_window_after_the_event_will_do(made):
    frame, events, facts = made
    late = events.assign(session=frame.index[3])
    result = study_of(frame, late, estimation=(11, 60))
    found = result.regress_cars(facts, errors="portfolio", method="gls")
    assert found["days"].unique() == [50] and found["p"].between(0, 1).all()
