"""Calendar-time portfolios against plain loops: which return is explained, and bars beside bars."""

import dataclasses

import numpy as np
import pytest
import statsmodels.api as sm
from panels import ESTIMATION, make_panel, study

from eventstudy.inference.abnormal import abnormal_returns
from eventstudy.inference.models.factors import FactorModel, LaggedMarket, ScholesWilliams
from eventstudy.inference.models.market import ConstantMean, MarketAdjusted, MarketModel
from eventstudy.inference.models.time_of_day import TimeOfDay
from eventstudy.inference.overlaps import overlapping_events
from eventstudy.inference.significance.calendar_sums import CalendarSums
from eventstudy.inference.significance.calendar_time import calendar_time_alpha, calendar_time_t, jaffe
from eventstudy.inference.significance.keyed import Cells, DateSums
from eventstudy.inference.significance.sample import Sample
from eventstudy.windows import Window

DATES = [0, 1, 1, 3, 5, 8, 8, 9, 12, 14, 15, 19]
WINDOW = Window(-1, 2)


def by_date(result, values):
    """Mean of values, shape (n, W, ...), over the pairs of each date, and how many there are."""
    held = {}
    at = result.columns(WINDOW)
    for i in range(len(result)):
        for t in range(at.stop - at.start):
            held.setdefault(result.sessions[i, at.start + t].item(), []).append(values[i, t])
    days = sorted(held)
    return np.array([np.mean(held[day], axis=0) for day in days]), np.array([len(held[day]) for day in days])


def alpha_t(y, x, weights):
    lags = int(4 * (len(y) / 100) ** (2 / 9))
    options = {"maxlags": lags, "use_correction": True}
    fit = sm.WLS(y, x, weights=weights.astype(float)).fit(cov_type="HAC", cov_kwds=options, use_t=True)
    return fit.tvalues[0], fit.params[0]


def with_riskless(panel, rate=0.002):
    """A panel whose returns hold a riskless rate that is large and moves."""
    days = (panel.sessions - panel.sessions.min()).astype(int)
    riskfree = rate * (1 + 0.5 * np.sin(days / 3.0))
    factors = np.concatenate([riskfree[..., None], panel.factors], axis=-1)
    return dataclasses.replace(
        panel, returns=panel.returns + riskfree, factors=factors, factor_names=("RF", *panel.factor_names)
    )


def test_alpha_explains_the_return_over_the_riskless_rate():
    panel = with_riskless(make_panel(12, dates=DATES, seed=31))
    market = panel.factor_names[1]
    result = study(panel, FactorModel(factors=(market,), riskfree="RF", name="capm"))
    at = result.columns(WINDOW)
    y, held = by_date(result, result.returns[:, at] - result.factors[:, at, 0])
    x, _ = by_date(result, result.factors[:, at, 1])
    t, alpha = alpha_t(y, sm.add_constant(x), held)
    found = calendar_time_alpha(Sample.of(result, WINDOW))
    assert found.statistic == pytest.approx(t, rel=1e-9) and found.df == len(y) - 2
    assert f"alpha {alpha:.6f} a day" in found.note
    plain = study(
        dataclasses.replace(panel, returns=panel.returns - panel.factors[..., 0]), MarketModel(benchmark=market)
    )
    assert calendar_time_alpha(Sample.of(plain, WINDOW)).statistic == pytest.approx(t, rel=1e-9)


@pytest.mark.parametrize("model", [ConstantMean(), MarketAdjusted(), ScholesWilliams()], ids=lambda model: model.name)
def test_without_slopes_by_least_squares_alpha_is_the_mean_abnormal_return(model):
    panel = make_panel(12, dates=DATES, seed=32)
    result = study(dataclasses.replace(panel, returns=panel.returns + 0.004), model)
    y, held = by_date(result, result.ar[:, result.columns(WINDOW)])
    t, _ = alpha_t(y, np.ones((len(y), 1)), held)
    assert calendar_time_alpha(Sample.of(result, WINDOW)).statistic == pytest.approx(t, rel=1e-9)


def test_lags_and_leads_are_factors():
    result = study(make_panel(12, dates=DATES, seed=33), LaggedMarket())
    window = Window(-1, 2)
    at = result.columns(window)
    y, held = by_date(result, result.returns[:, at])
    x, _ = by_date(result, result.factors[:, at])
    t, _ = alpha_t(y, sm.add_constant(x), held)
    assert calendar_time_alpha(Sample.of(result, window)).statistic == pytest.approx(t, rel=1e-9)


def in_bars(seed=34, n=6, bars=26, days=30):
    """Quarter-hours of sessions; the events are bars apart, two of them on one day."""
    panel = make_panel(n, dates=[0, 3, 7, 30, 55, 60], seed=seed, estimation=ESTIMATION + 40, factors=0)
    number = (panel.sessions - panel.sessions.min()).astype(int)
    sessions = (
        np.datetime64("2021-03-01T14:30", "s")
        + (number // bars).astype("m8[D]").astype("m8[s]")
        + (15 * (number % bars)).astype("m8[m]").astype("m8[s]")
    )
    rows = panel.rows.assign(session=sessions[:, -panel.tau[0]], market="m")
    return dataclasses.replace(panel, sessions=sessions, rows=rows)


def test_in_bars_a_bar_is_compared_with_bars():
    panel = in_bars()
    estimation = Window(int(panel.tau[0]), int(panel.tau[0]) + ESTIMATION - 1)
    result = abnormal_returns(ConstantMean(), panel, estimation=estimation, windows=[WINDOW])
    at, held = result.columns(WINDOW), {}
    for i in range(len(result)):
        for t in range(at.start, at.stop):
            held.setdefault(result.sessions[i, t].item(), []).append((i, result.ar[i, t]))
    total = 0.0
    for members in held.values():
        series = {}
        for i, _ in members:
            for when, value in zip(result.estimation_sessions[i].tolist(), result.fitted.residuals[i], strict=True):
                series.setdefault(when, []).append(value)
        total += np.mean([ar for _, ar in members]) / np.std([np.mean(x) for x in series.values()], ddof=1)
    sample = Sample.of(result, WINDOW)
    assert calendar_time_t(sample).statistic == pytest.approx(total / np.sqrt(len(held)), rel=1e-10)
    # Many bars share a day, few events a bar.
    z = result.fitted.residuals / np.sqrt((result.fitted.residuals**2).mean(axis=1))[:, None]
    products, pairs = 0.0, 0
    for i in range(len(result)):
        for j in range(i):
            mine = dict(zip(result.estimation_sessions[i].tolist(), z[i], strict=True))
            theirs = dict(zip(result.estimation_sessions[j].tolist(), z[j], strict=True))
            both = set(mine) & set(theirs)
            products += sum(mine[when] * theirs[when] for when in both)
            pairs += len(both)
    assert sample.residual_correlation == pytest.approx(products / pairs, rel=1e-10)


def test_the_time_of_day_has_its_own_abnormal_returns():
    panel = in_bars(seed=35)
    minute = ((panel.sessions.astype("M8[m]").astype(np.int64)) % 1440).astype(float)
    panel = dataclasses.replace(panel, factors=minute[..., None] // 60, factor_names=("time_of_day",))
    estimation = Window(int(panel.tau[0]), int(panel.tau[0]) + ESTIMATION - 1)
    result = abnormal_returns(TimeOfDay(), panel, estimation=estimation, windows=[WINDOW])
    y, held = by_date(result, result.ar[:, result.columns(WINDOW)])
    t, _ = alpha_t(y, np.ones((len(y), 1)), held)
    assert calendar_time_alpha(Sample.of(result, WINDOW)).statistic == pytest.approx(t, rel=1e-9)


def test_overlaps_in_bars_are_counted_in_bars():
    panel = in_bars()
    found = overlapping_events(panel, Window(int(panel.tau[0]), -11), Window(-3, 6))
    taus = {(line.event_id, line.other): line.tau for line in found.itertuples()}
    assert taus["e0", "e1"] == 3 and taus["e4", "e5"] == 5 and taus["e3", "e0"] == -30


def test_pairs_with_few_common_days_are_noted():
    result = study(make_panel(3, dates=[0, 0, 70], seed=36))
    sample = Sample.of(result, WINDOW)
    assert sample.few_in_common == 2
    rng = np.random.default_rng(37)
    many = study(make_panel(90, dates=np.sort(rng.integers(0, 400, 90)), seed=38))
    days = [set(row[np.isfinite(e)]) for row, e in zip(many.estimation_sessions, many.fitted.residuals, strict=True)]
    few = sum(len(days[i] & days[j]) < 20 for i in range(90) for j in range(i))
    assert 0 < few < 90 * 89 / 2 and Sample.of(many, WINDOW).few_in_common == few
    assert Sample.of(study(make_panel(3, dates=[0, 0, 30], seed=36)), WINDOW).few_in_common == 0


def test_one_definition_of_the_correlation_for_any_number_of_events():
    """301 events, the last without a window in common with any other: the mean of the rest does not move."""
    panel = make_panel(301, dates=[0] * 300 + [200], seed=37)
    both, most = (Sample.of(study(one), WINDOW) for one in (panel, panel.only(np.arange(301) < 300)))
    assert both.residual_correlation == pytest.approx(most.residual_correlation, rel=1e-10)


@pytest.mark.parametrize("order", [np.arange(11), np.random.default_rng(1).permutation(11)])
def test_portfolios_are_divided_by_their_own_deviations_in_any_order_of_the_cells(order):
    """The date 2 has four estimation dates and 9 has six; 5 has one, and 7 none: neither varies."""
    rng = np.random.default_rng(0)
    row, sums = np.repeat([0, 1, 2], [4, 1, 6]), np.stack([rng.normal(size=11), rng.integers(1, 4, 11)])
    cells = Cells(names=np.array([2, 5, 9]), row=row[order], dates=np.arange(11), sums=sums[:, order])
    held = DateSums(dates=np.array([2, 5, 7, 9]), sums=np.array([[2.0, 1.0, 1.0, 4.0], [0.5, 0.1, 0.1, -2.0]]))
    z, days, lost = jaffe(CalendarSums(portfolio=held, by_market=cells, estimation=cells))
    mean = sums[0] / sums[1]
    expected = [0.25 / mean[:4].std(ddof=1), -0.5 / mean[5:].std(ddof=1)]
    assert (days, lost) == (2, 2)
    # Sums in another order: rounding of a few numbers.
    assert z == pytest.approx(sum(expected) / np.sqrt(2), rel=1e-13)
