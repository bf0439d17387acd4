"""Slopes of one date: against a loop over days, and how often they reject where HC3 does not hold."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from panels import make_panel, study

from eventstudy import EventStudy, Window
from eventstudy.errors import UsageError
from eventstudy.inference.cross_section import regress_cars
from eventstudy.inference.models.market import ConstantMean
from eventstudy.inference.past_slopes import slopes_on_one_date
from eventstudy.inference.significance.volatility import robust_variance


def one_date(rng, n=30, days=222, loading=1.0, gap=()):
    """Returns of firms whose characteristic is related to their exposure to a factor, and that characteristic."""
    size = rng.standard_normal(n)
    exposure = loading * size + rng.standard_normal(n)
    returns = 0.01 * (np.outer(rng.standard_normal(days), exposure) + rng.standard_normal((days, n)))
    returns[list(gap), 0] = np.nan
    frame = pd.DataFrame(returns, index=pd.date_range("2001-01-01", periods=days), columns=[f"F{i}" for i in range(n)])
    events = pd.DataFrame({"event_id": frame.columns, "symbol": frame.columns, "session": frame.index[211]})
    return frame, events, pd.DataFrame({"size": size}, index=frame.columns)


def abnormal_of(frame, events):
    found = EventStudy(windows=[(0, 0), (0, 2)], tests=["t"], min_window_share=0.5).run(events, returns=frame)
    return found.abnormal


@pytest.mark.parametrize("last", [0, 2])
def test_the_slope_is_ranked_among_those_of_the_days_before(last):
    frame, events, size = one_date(np.random.default_rng(1), gap=(20, 90))
    abnormal, d = abnormal_of(frame, events), last + 1
    table = slopes_on_one_date(abnormal, Window(0, last), size).set_index("term")
    e = frame - frame.iloc[1:201].mean()
    daily = []
    for t in range(1, 212 + last):
        there = e.iloc[t].notna().to_numpy()
        design = np.column_stack([np.ones(there.sum()), size["size"][there]])
        daily.append(np.linalg.lstsq(design, e.iloc[t][there].to_numpy(), rcond=None)[0][1])
    daily = np.array(daily)
    h = robust_variance(daily[None, :210], 200)[0]
    # The mean of a firm with two gaps rests on 198 days; the leverage is the mean over the firms.
    lengths = np.array([198.0] + [200.0] * 29)
    event = daily[210 : 210 + d].sum() / math.sqrt(d * h[210] * (1 + (d / lengths).mean()))
    z = []
    for s in range(200 - d + 1):
        first = sum(t + 1 not in (20, 90) for t in range(s, s + d))
        leverage = (first / 198 + 29 * d / 200) / 30
        z.append(daily[s : s + d].sum() / math.sqrt(d * h[s] * (1 - leverage)))
    assert table.loc["size", "coefficient"] == pytest.approx(daily[210 : 210 + d].sum(), rel=1e-9)
    assert table.loc["size", "statistic"] == pytest.approx(event, rel=1e-9)
    assert table.loc["size", "p"] == pytest.approx((1 + (np.abs(z) >= abs(event)).sum()) / (len(z) + 1), rel=1e-12)
    assert table.loc["size", "days"] == len(z) and table.loc["size", "n"] == 30


def test_the_coefficient_is_that_of_the_regression_of_cars():
    frame, events, size = one_date(np.random.default_rng(2))
    abnormal = abnormal_of(frame, events)
    found = slopes_on_one_date(abnormal, Window(0, 2), size)
    expected = regress_cars(abnormal.car(Window(0, 2)).car, size)
    np.testing.assert_allclose(found["coefficient"], expected["coefficient"], rtol=1e-10)


def test_it_keeps_its_level_where_the_characteristic_is_an_exposure():
    """HC3 rejects 40 % and more of true nulls here; error 2 points at 120 repetitions."""
    rng, window, panel = np.random.default_rng(3), Window(0, 0), make_panel(30, factors=0, estimation=200)
    rejected = np.zeros(3)
    for _ in range(120):
        frame, _, size = one_date(rng, days=panel.returns.shape[1])
        size.index = pd.Index(panel.rows["market"])
        abnormal = study(dataclasses.replace(panel, returns=frame.to_numpy().T), ConstantMean())
        found = [slopes_on_one_date(abnormal, window, size, method=m) for m in ("ols", "gls")]
        p = [table["p"].iloc[1] for table in (*found, regress_cars(abnormal.car(window).car, size))]
        rejected += np.array(p) <= 0.05
    ols, gls, hc3 = rejected / 120
    assert 0 < ols < 0.11 and 0 < gls < 0.11 and hc3 > 0.3


def test_what_cannot_be_ranked_is_refused():
    frame, events, size = one_date(np.random.default_rng(4))
    with pytest.raises(UsageError, match="no row for F3"):
        slopes_on_one_date(abnormal_of(frame, events), Window(0, 0), size.drop("F3"))
    with pytest.raises(UsageError, match="1 complete pairs for 2 terms"):
        slopes_on_one_date(abnormal_of(frame, events), Window(0, 0), size.assign(size=[1.0] + [np.nan] * 29))
    apart = events.assign(session=[frame.index[205]] + [frame.index[211]] * 29)
    short = EventStudy(windows=[(0, 0)], estimation=(-150, -11), tests=["t"]).run(apart, returns=frame).abnormal
    with pytest.raises(UsageError, match="several dates"):
        slopes_on_one_date(short, Window(0, 0), size)
