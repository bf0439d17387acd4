"""What models and tests declare is true, and is all that a study goes by."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from panels import estimation_of, make_panel

from eventstudy import EventStudy, read_study
from eventstudy.errors import UnknownNameError, UsageError
from eventstudy.inference.abnormal import abnormal_returns
from eventstudy.inference.estimation import rows_needed
from eventstudy.inference.models.factors import FactorModel, LaggedMarket, ScholesWilliams
from eventstudy.inference.models.market import ConstantMean, MarketModel
from eventstudy.inference.models.peers import PeerPortfolio
from eventstudy.inference.models.protocol import Column
from eventstudy.inference.models.registry import MODELS, get_model, model_table
from eventstudy.inference.stream import EventStream
from eventstudy.panel_source import panel_source
from eventstudy.study.config import StudyFile, study_toml
from eventstudy.windows import Window

DAYS = pd.bdate_range("2019-01-02", "2020-06-30")
# Models whose columns are named by the study or by their options.
UNNAMED = ("factors", "peers", "penalised-peers", "synthetic-control")
EVENT = pd.DataFrame({"event_id": ["e"], "symbol": ["S"], "session": [DAYS[250]]})
ESTIMATION = (-150, -11)
COLUMNS = ("Mkt-RF", "SMB", "HML", "RF", "Mom", "RMW", "CMA", "time_of_day", "matched")


@pytest.fixture(scope="module")
def returns():
    rng = np.random.default_rng(4)
    market = rng.normal(0, 0.01, len(DAYS))
    return pd.DataFrame({"S": 0.5 * market + rng.normal(0, 0.01, len(DAYS)), "M": market}, index=DAYS)


def car(returns, model, windows, **options):
    study = EventStudy(model=model, windows=windows, estimation=ESTIMATION, tests=["t"], **options)
    return study.run(EVENT, returns=returns).car.set_index("window")["car"]


# -- models -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_a_model_reaches_as_far_as_it_says_and_no_farther(name):
    model = get_model(name, benchmark="Mkt-RF")
    factors = np.random.default_rng(2).normal(size=(2, 21, len(COLUMNS)))
    lags, leads = model.reach
    day, columns = 10, np.arange(21)
    far = (columns < day - lags) | (columns > day + leads)
    poisoned = np.where(far[None, :, None], np.nan, factors)
    clean, found = (model.design(values, COLUMNS)[:, day] for values in (factors, poisoned))
    np.testing.assert_array_equal(found, clean)
    assert np.isfinite(clean).all()
    for edge in {day - lags, day + leads} - {day}:
        lost = factors.copy()
        lost[:, edge] = np.nan
        assert np.isnan(model.design(lost, COLUMNS)[:, day]).any()


@pytest.mark.parametrize("name", [name for name in MODELS if name not in UNNAMED])
def test_a_model_reads_the_columns_that_it_says_and_no_others(name):
    model = get_model(name, benchmark="Mkt-RF")
    named = {column for names in model.reads.values() for column in names}
    named |= {column.value for column in (Column.TIME_OF_DAY, Column.MATCHED) if column in model.reads}
    assert bool(named) == bool(model.reads)
    factors = np.random.default_rng(2).normal(size=(2, 9, len(COLUMNS)))
    others = [column not in named for column in COLUMNS]
    poisoned = np.where(np.array(others)[None, None, :], np.nan, factors)
    np.testing.assert_array_equal(model.design(factors, COLUMNS), model.design(poisoned, COLUMNS))


@pytest.mark.parametrize("model", ["dimson", "scholes-williams", LaggedMarket(lags=2, leads=3, benchmark="M")])
def test_no_car_depends_on_which_other_windows_are_listed(returns, model):
    options = {} if not isinstance(model, str) else {"benchmark": "M"}
    alone = car(returns, model, [(-2, 1)], **options)
    beside = car(returns, model, [(-2, 1), (-4, 5)], **options)
    assert alone["[-2,1]"] == beside["[-2,1]"]


def test_the_last_day_of_a_model_with_leads_is_that_of_a_regression_by_hand(returns):
    regressors = pd.concat([returns["M"].shift(-shift) for shift in (-2, -1, 0, 1)], axis=1).to_numpy()
    rows = slice(250 + ESTIMATION[0], 250 + ESTIMATION[1] + 1)
    # The lags and the lead of the estimation rows stay within them: two rows at the start and one at the end are lost.
    inside = slice(rows.start + 2, rows.stop - 1)
    fit = sm.OLS(returns["S"].to_numpy()[inside], sm.add_constant(regressors[inside])).fit()
    at = slice(250, 252)
    expected = fit.predict(sm.add_constant(regressors[at], has_constant="add"))
    found = car(returns, LaggedMarket(lags=2, leads=1, benchmark="M"), [(0, 1)])["[0,1]"]
    # Sums of returns of size .01: rounding is 1e-17 a term.
    assert found == pytest.approx((returns["S"].to_numpy()[at] - expected).sum(), rel=1e-10, abs=1e-14)


def test_a_stream_holds_the_rows_of_the_reach():
    panel = make_panel(5, seed=3)
    model, windows = LaggedMarket(lags=1, leads=2), (Window(0, 3),)
    rows, days = rows_needed(model, estimation_of(panel), windows), pd.DatetimeIndex(panel.sessions[0])
    series = {f"m{i}": pd.Series(values, index=days) for i, values in enumerate(panel.returns)}
    factors = pd.DataFrame(panel.factors[0], index=days, columns=panel.factor_names)
    source, estimation = panel_source(panel.rows, series, rows, factors=factors), estimation_of(panel)
    stream = EventStream(
        source=source,
        estimate=lambda pairs: abnormal_returns(model, source.panel(pairs), estimation=estimation, windows=windows),
    )
    (block,) = stream
    whole = abnormal_returns(model, panel, estimation=estimation_of(panel), windows=windows)
    assert np.isfinite(block.ar).all()
    np.testing.assert_array_equal(block.ar, whole.ar)


MODELS_WITH_PARAMETERS = [
    LaggedMarket(lags=5, leads=0),
    LaggedMarket(benchmark="^GSPC"),
    ScholesWilliams(benchmark="^GSPC"),
    MarketModel(benchmark="^GSPC"),
    ConstantMean(),
    FactorModel(factors=("SMB", "HML"), riskfree="RF"),
    FactorModel(factors=("Mkt-RF",), riskfree=None, name="capm"),
    PeerPortfolio(peers=("A", "B")),
    *(get_model(name) for name in MODELS),
]


@pytest.mark.parametrize("model", MODELS_WITH_PARAMETERS, ids=repr)
def test_a_model_is_written_down_and_read_back_as_the_same_model(model, tmp_path):
    assert get_model(model_table(model)) == model
    study = EventStudy(model=model, windows=[(0, 1)])
    assert set(study.specification()["model"]) == {"name", "parameters"}
    assert EventStudy(**study.specification()) == study
    file = StudyFile(path=tmp_path / "study.toml", title="T", at="2020-01-07T22:30:00Z", prices=tmp_path, study=study)
    file.path.write_text(study_toml(file), encoding="utf-8")
    assert read_study(file.path).study == study


def test_a_study_file_names_a_model_with_parameters(study_file):
    path = study_file('model = {name = "dimson", parameters = {lags = 5, leads = 0}}\nbenchmark = "^GSPC"')
    assert read_study(path).study == EventStudy(
        model=LaggedMarket(lags=5, leads=0), benchmark="^GSPC", markets=("CL=F", "^N225")
    )
    assert EventStudy(model="dimson").specification()["model"] == "dimson"


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        ({"name": "dimsn"}, UnknownNameError, "did you mean 'dimson'"),
        ({"name": "dimson", "lags": 5}, UnknownNameError, "unknown key 'lags'; known: name, parameters"),
        (
            {"name": "dimson", "parameters": {"lag": 5}},
            UnknownNameError,
            "unknown parameter 'lag'; did you mean 'lags'",
        ),
        ({"name": "dimson", "parameters": {"lags": "5"}}, UsageError, "lags is '5'; write a whole number"),
        ({"name": "dimson", "parameters": {"lags": True}}, UsageError, "lags is True; write a whole number"),
        ({"name": "dimson", "parameters": {"lags": -1}}, UsageError, "whole numbers from 0"),
        ({"name": "dimson", "parameters": 5}, UsageError, "write a name, or"),
        ({"name": "market", "parameters": {"benchmark": 5}}, UsageError, "write text in quotes"),
        ({"name": "peers", "parameters": {"peers": "AB"}}, UsageError, "write a list of names"),
        ({"parameters": {}}, UsageError, "write a name, or"),
        (MarketModel, UsageError, "give a name, or an object with all parts"),
        (5, UsageError, "model is 5; write a name such as"),
    ],
)
def test_a_model_that_cannot_be_read_is_refused_in_one_line(model, error, message):
    with pytest.raises(error, match=message) as caught:
        EventStudy(model=model)
    assert "\n" not in str(caught.value)


def test_a_model_with_a_benchmark_needs_no_other_word(returns):
    named = car(returns, MarketModel(benchmark="M"), [(0, 1)])
    pd.testing.assert_series_equal(named, car(returns, "market", [(0, 1)], benchmark="M"), check_exact=True)
    pd.testing.assert_series_equal(named, car(returns, MarketModel(benchmark="M"), [(0, 1)], benchmark="M"))
    with pytest.raises(UsageError, match="model's benchmark is 'M' and the study's 'S'"):
        EventStudy(model=MarketModel(benchmark="M"), benchmark="S")
    with pytest.raises(UnknownNameError, match="unknown benchmark 'N'"):
        car(returns, replace(MarketModel(benchmark="M"), benchmark="N"), [(0, 1)])
