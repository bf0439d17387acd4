"""Studies of volume and of the daily range against regressions made with pandas and statsmodels."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from eventstudy import EventStudy

DAYS = pd.bdate_range("2018-01-01", periods=300)
AT = 280
EVENT = pd.DataFrame({"event_id": ["e"], "symbol": ["A"], "session": [DAYS[AT]]})
WINDOWS = [(0, 0), (0, 2), (-1, 1)]
# The fit is by sums of squares of logarithms near 14, over 200 rows.
CLOSE = {"rel": 1e-9, "abs": 1e-11}


def drawn(seed, start):
    """Prices with volume and range that move with a common factor."""
    common = np.random.default_rng(1).normal(0, 0.3, len(DAYS))
    rng = np.random.default_rng(seed)
    close = start * np.exp(np.cumsum(rng.normal(0, 0.01, len(DAYS))))
    spread = 0.02 * np.exp(0.5 * common + rng.normal(0, 0.3, len(DAYS)))
    volume = np.exp(13 + 0.8 * common + rng.normal(0, 0.25, len(DAYS)))
    columns = {"open": close, "high": close * np.exp(spread / 3), "low": close * np.exp(-spread), "close": close}
    return pd.DataFrame(columns | {"volume": volume.round()}, index=DAYS)


@pytest.fixture(scope="module")
def prices():
    frames = {"A": drawn(2, 50.0), "M": drawn(3, 300.0)}
    frames["A"].loc[DAYS[AT], "volume"] *= 4
    return frames


def study(**options):
    given = {"measure": "volume", "markets": ["A"], "calendar": "24/7", "estimation": (-210, -11), "windows": WINDOWS}
    return EventStudy(**given | options)


def log_measure(frame, measure):
    """The measure from its definition."""
    if measure == "volume":
        return np.log(frame["volume"])
    return np.log(np.sqrt(np.log(frame["high"] / frame["low"]) ** 2 / (4 * np.log(2))))


def twin(y, x, first, last):
    """Sum and standard error of the forecast errors of a window, with the estimation window [-210,-11]."""
    design = pd.DataFrame({"one": 1.0}, index=y.index) if x is None else sm.add_constant(x.rename("x"))
    rows = slice(AT - 210, AT - 10)
    fit = sm.OLS(y.iloc[rows], design.iloc[rows]).fit()
    window = design.iloc[AT + first : AT + last + 1]
    abnormal = y.iloc[AT + first : AT + last + 1] - fit.predict(window)
    total = window.sum().to_numpy()
    variance = fit.mse_resid * len(window) + total @ fit.cov_params().to_numpy() @ total
    return abnormal.sum(), np.sqrt(variance)


@pytest.mark.parametrize("measure", ["volume", "volatility"])
@pytest.mark.parametrize("model", ["constant-mean", "market"])
def test_sums_and_errors_are_those_of_a_regression(prices, measure, model):
    benchmark = "M" if model == "market" else None
    found = study(measure=measure, model=model, benchmark=benchmark).run(EVENT, prices).car.set_index("window")
    y = log_measure(prices["A"], measure)
    x = log_measure(prices["M"], measure) if benchmark else None
    for first, last in WINDOWS:
        car, se = twin(y, x, first, last)
        assert found.loc[f"[{first},{last}]", "car"] == pytest.approx(car, **CLOSE)
        assert found.loc[f"[{first},{last}]", "se"] == pytest.approx(se, **CLOSE)
