"""The sample study of 8 January 2020 beside the figures that another program gave for the same prices."""

import numpy as np
import pandas as pd
import pytest

from eventstudy.inference.abnormal import abnormal_returns
from eventstudy.inference.models.market import ConstantMean
from eventstudy.inference.significance.multiplicity import holm, minimum_detectable_effect
from eventstudy.inference.significance.placebos import placebos
from eventstudy.inference.significance.resampling import placebo_p, unlike_regime
from eventstudy.panel import EventPanel
from eventstudy.windows import Window

DAY, WEEK = Window(0, 0), Window(0, 5)


@pytest.fixture(scope="module")
def result(sample_bars):
    rows, returns, sessions = [], [], []
    for symbol, own in sample_bars.items():
        series = np.log(own.frame["close"]).diff()
        day = series.index.get_loc("2020-01-08")
        rows.append(
            {"event_id": "strike", "market": symbol, "session": series.index[day], "outcome": "ok", "detail": ""}
        )
        returns.append(series.to_numpy()[day - 210 : day + 6])
        sessions.append(series.index.to_numpy()[day - 210 : day + 6].astype("datetime64[D]"))
    panel = EventPanel(
        rows=pd.DataFrame(rows),
        tau=np.arange(-210, 6),
        returns=np.array(returns),
        sessions=np.array(sessions),
        factors=np.empty((len(rows), 216, 0)),
    )
    return abnormal_returns(ConstantMean(), panel, estimation=Window(-210, -11), windows=[Window(-3, -1), WEEK])


@pytest.mark.parametrize(
    ("symbol", "ret", "ar", "t", "p", "placebo", "week"),
    [
        ("CL=F", -5.054, -5.091, -2.292, 0.0229, 0.0398, -8.345),
        ("^N225", -1.586, -1.640, -1.936, 0.0542, 0.0995, 1.178),
    ],
)
def test_the_figures_worked_by_hand(result, symbol, ret, ar, t, p, placebo, week):
    i = list(result.rows["market"]).index(symbol)
    car = result.car(DAY)
    assert 100 * result.returns[i, 3] == pytest.approx(ret, abs=5e-4)
    assert 100 * car.car[i] == pytest.approx(ar, abs=5e-4)
    assert car.t[i] == pytest.approx(t, abs=5e-4)
    assert car.p[i] == pytest.approx(p, abs=5e-5)
    assert placebo_p(result, DAY)[i] == pytest.approx(placebo, abs=5e-5)
    assert 100 * result.car(WEEK).car[i] == pytest.approx(week, abs=5e-4)


def test_no_market_survives_all_twelve(result):
    car = result.car(DAY)
    assert holm(car.p).min() == pytest.approx(0.275, abs=5e-4)
    assert (minimum_detectable_effect(car.se, car.df) > 2.8 * car.se).all()
    assert (result.fitted.n_obs == 200).all()


def test_crude_was_calmer_than_its_estimation_window(result):
    crude = list(result.rows["market"]).index("CL=F")
    # By plain weights .66; the attack of September 2019 is left out of both, and the recursion starts without it.
    assert placebos(result, DAY).regime[crude] == pytest.approx(0.66, abs=0.05)
    assert unlike_regime(placebos(result, DAY).regime)[crude]
