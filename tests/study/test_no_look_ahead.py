"""No look-ahead: prices observed after a moment change no number of what ended before it, to the last bit."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from eventstudy import Event, EventStudy
from eventstudy.markets.prices.bars import BarSet
from places_of_tests import STRIKE

DAY = pd.Timestamp("2020-01-08")
MARKETS = ("CL=F", "^N225", "^HSI")
WINDOWS = [(-5, -2), (-3, -1), (0, 0), (-1, 1), (0, 3)]
MODELS = {
    "constant-mean": {},
    "comparison-period-mean": {},
    "mean-adjusted": {},
    "market-adjusted": {"benchmark": "^GSPC"},
    "market": {"benchmark": "^GSPC"},
    "spillover": {"benchmark": "^GSPC"},
    "factors": {"factors": ("^GSPC", "GC=F")},
    "peers": {"factors": ("^GSPC", "GC=F")},
    "robust": {"benchmark": "^GSPC"},
    "garch": {"benchmark": "^GSPC"},
    "dimson": {"benchmark": "^GSPC"},
    "scholes-williams": {"benchmark": "^GSPC"},
}
# Their regressors or instruments of a day include the benchmark's return of the next day.
LEADS = {"dimson": 1, "scholes-williams": 1}
CUTS = (-1, 1)
# All tests are made with two models; with the others those that fit the model again, in time or over the markets.
ALL_TESTS = ("market", "spillover")
REFITTING = ["t", "placebo", "placebo_standardised", "max_t", "kp_bmp"]


def study(model, bars):
    pytest.importorskip("arch" if model == "garch" else "numpy")
    tests = "standard" if model in ALL_TESTS else REFITTING
    options = {"markets": MARKETS, "windows": WINDOWS, "tests": tests, "estimation": (-90, -11)}
    return EventStudy(model=model, **options, **MODELS[model]).run(Event.at(STRIKE), bars)


def poisoned(bars, last):
    """Return other prices after the row of each market that is `last` rows from day 0."""
    rng, found = np.random.default_rng(7), {}
    for symbol, series in bars.items():
        frame = series.frame.copy()
        late = frame.index > frame.index[frame.index.get_indexer([DAY], method="ffill")[0] + last]
        assert late.any(), symbol
        prices = [name for name in ("open", "high", "low", "close", "adj_close") if name in frame]
        frame.loc[late, prices] = frame.loc[late, prices].to_numpy() * np.exp(rng.normal(0, 0.5, late.sum()))[:, None]
        found[symbol] = replace(series, frame=frame)
    return BarSet(bars=found)


@pytest.fixture(scope="module")
def found(sample_bars):
    """Study each model once with the prices as they are and once with each cut."""
    bars = BarSet(bars={symbol: sample_bars[symbol] for symbol in (*MARKETS, "^GSPC", "GC=F")})
    made = {}

    def run(model, last=None):
        if (model, last) not in made:
            made[model, last] = study(model, bars if last is None else poisoned(bars, last))
        return made[model, last]

    return run


def ended(result, last):
    """Return every number of the windows and days that ended by event day `last`."""
    labels = [f"[{first},{end}]" for first, end in WINDOWS if end <= last]
    tests, car, ar = (getattr(result, name) for name in ("tests", "car", "ar"))
    return {
        "tests": tests[tests["window"].isin(labels)],
        "car": car[car["window"].isin(labels)],
        "ar": ar[ar["tau"] <= last],
        **({"reaction": result.reaction, "events": result.events.query("window == '[0,0]'")} if last >= 0 else {}),
    }


def differing(first, second):
    """Name the tables that are not the same to the last bit."""
    assert first.keys() == second.keys() and len(first["car"]) >= len(MARKETS)
    return [name for name, table in first.items() if not table.equals(second[name])]


@pytest.mark.parametrize("last", CUTS)
@pytest.mark.parametrize("model", MODELS)
def test_prices_after_a_window_change_no_number_of_it(found, model, last):
    known = last - LEADS.get(model, 0)
    assert differing(ended(found(model), known), ended(found(model, last), known)) == []


@pytest.mark.parametrize("model", MODELS)
def test_prices_from_day_zero_on_change_no_estimate(found, model):
    first, second = found(model).abnormal, found(model, -1).abnormal
    for name in ("params", "sigma", "residuals", "df", "n_obs"):
        np.testing.assert_array_equal(getattr(first.fitted, name), getattr(second.fitted, name), err_msg=name)
    for name in ("estimation_returns", "estimation_factors", "estimation_sessions"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name), err_msg=name)
    assert not np.array_equal(first.ar, second.ar)


@pytest.mark.parametrize("model", sorted(LEADS))
def test_a_lead_is_needed_where_it_is_declared(found, model):
    """The windows that end with the last known day do change."""
    assert differing(ended(found(model), 1), ended(found(model, 1), 1))
