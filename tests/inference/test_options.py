"""Every test alone, every model alone, and every pair of options: a study runs, and its report needs nothing else."""

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from eventstudy import Event, EventStudy, write_report
from eventstudy.inference.models.matched import MatchedPeers
from eventstudy.inference.models.registry import MODELS
from eventstudy.inference.models.rolling import RollingMarketModel
from eventstudy.inference.significance.registry import TESTS
from eventstudy.panel import Outcome
from places_of_tests import STRIKE

pytestmark = pytest.mark.usefixtures("without_figures")  # they read neither tests nor models
MARKETS = ("^N225", "CL=F")
FACTORS = ("Mkt-RF", "SMB", "HML", "RF", "Mom", "RMW", "CMA")
DAYS = pd.bdate_range("2019-08-01", "2020-01-20")
BASE = {"markets": MARKETS, "estimation": (-70, -11), "windows": [(0, 0), (-1, 1)]}
EXTRAS = {"garch": "arch", "penalised-peers": "sklearn"}
ON_COLUMNS = ("factors", "peers", "penalised-peers", "synthetic-control")
WEIGHTS = {"^N225": 1.0, "CL=F": -1.0}


@pytest.fixture(scope="module")
def returns():
    rng = np.random.default_rng(6)
    columns = [*MARKETS, "^GSPC", *FACTORS]
    return pd.DataFrame(rng.normal(0, 0.01, (len(DAYS), len(columns))), index=DAYS, columns=columns)


@pytest.fixture(scope="module")
def bars(returns):
    """Prices of the same returns, with a roll of crude in the estimation window."""
    return {name: 60 * np.exp(returns[[name]].cumsum()).set_axis(["close"], axis=1) for name in (*MARKETS, "^GSPC")}


def written(result, folder, others=()):
    """The page of a report, on which no number is missing."""
    page = write_report(result, folder, others=others).read_text(encoding="utf-8")
    assert result.method[1] in page.replace("&#39;", "'")
    assert ">nan" not in page and " nan" not in page
    return page


@pytest.mark.parametrize("name", TESTS)
def test_every_test_alone(name, returns, tmp_path):
    study = EventStudy(**BASE, tests=[name], weights=WEIGHTS)
    result = study.run(Event.at(STRIKE), returns=returns)
    assert set(result.tests["test"]) == {name, "holm"}
    written(result, tmp_path)


@pytest.mark.parametrize("tests", [["t"], ["placebo_standardised"], ["t", "placebo_standardised"], ["max_t"]], ids=str)
def test_the_sentence_on_volatility_needs_no_other_test(tests, returns, tmp_path):
    wild = returns.copy()
    wild.loc["2019-12-16":"2020-01-07", "CL=F"] *= 8
    page = written(EventStudy(**BASE, tests=tests).run(Event.at(STRIKE), returns=wild), tmp_path)
    assert ("volatility differed from that of the estimation window in WTI crude" in page) == (tests != ["max_t"])
    assert ("standardised placebo p" in page) == ("placebo_standardised" in tests)
    assert ("(max-T in event time): all markets p" in page) == (tests == ["max_t"])
    assert ("(60 days with all of them)" in page) == (tests == ["max_t"])


@pytest.mark.parametrize("name", [name for name in MODELS if name != "time-of-day"])
def test_every_model_alone(name, returns, tmp_path):
    if name in EXTRAS:
        pytest.importorskip(EXTRAS[name], reason=f"the extra with {EXTRAS[name]} is not installed")
    given = {"factors": ("^GSPC", "SMB")} if name in ON_COLUMNS else {"benchmark": "^GSPC"}
    options = {} if FACTORS[0] in EventStudy(model=name)._model.reads.get("factors", ()) else given
    own = {"matched-peers": MatchedPeers(matches=dict.fromkeys(MARKETS, FACTORS[:3]))}
    own["rolling-market"] = RollingMarketModel(benchmark="^GSPC", rows=30)
    model = own.get(name, name)
    result = EventStudy(**BASE, model=model, **(options if model == name else {})).run(
        Event.at(STRIKE), returns=returns
    )
    # The maximum-likelihood fit of garch may fail on returns without any; that is an outcome of its market.
    assert len(result.markets) >= (1 if name == "garch" else len(MARKETS))
    assert result.reaction["ar"].notna().all()
    written(result, tmp_path)


def test_the_model_by_the_time_of_day_alone(tmp_path):
    index = pd.date_range("2019-12-02", "2020-01-10", freq="1h", tz="UTC", name="start_utc")
    index = index[(index.day_of_week < 5) & (index.hour < 22)]
    steps = np.random.default_rng(1).normal(0, 0.001, len(index))
    frame = pd.DataFrame({"close": 100 * np.exp(steps.cumsum())}, index=index)
    study = EventStudy(model="time-of-day", bars="1h", estimation=(-360, -1), windows=[(0, 3)], tests=["t"])
    written(study.run(Event.at("2020-01-07T12:00:00Z"), {"JPY=X": frame}), tmp_path)


OPTIONS = {
    "model": ("constant-mean", "spillover", {"name": "dimson", "parameters": {"lags": 2}}),
    "returns": ("log", "simple", "change"),
    "rolls": ("exclude", "keep"),
    "tests": ("standard", ["t"], ["multivariate", "max_t", "portfolio"]),
    "overlap": ("keep", "exclude", "drop"),
    "families": (None, {"Asia": ["^N225"], "oil": ["CL=F"]}),
    "weights": (None, WEIGHTS),
    "windows": ([(0, 0)], [(-3, -1), (0, 2)]),
    "markets": (MARKETS, MARKETS[:1]),
}


def pairwise(options):
    """Rows of options in which every two values of two options meet: greedy, always the row with most new pairs."""
    names = list(options)
    choices = {name: range(len(values)) for name, values in options.items()}
    left = {
        ((a, i), (b, j)) for a, b in combinations(names, 2) for i, j in product(choices[a], choices[b])
    }  # fmt: skip
    rows = []
    while left:
        (a, i), (b, j) = min(left, key=lambda pair: [(names.index(name), value) for name, value in pair])
        row = {a: i, b: j}
        for name in names:
            if name not in row:
                met = [
                    sum(tuple(sorted(((name, value), other), key=lambda one: names.index(one[0]))) in left
                        for other in row.items())
                    for value in choices[name]
                ]  # fmt: skip
                row[name] = met.index(max(met))
        left -= set(combinations(((name, row[name]) for name in names), 2))
        rows.append({name: options[name][row[name]] for name in names})
    return rows


ROWS = pairwise(OPTIONS)


def test_the_rows_hold_every_pair():
    for a, b in combinations(OPTIONS, 2):
        for first, second in product(OPTIONS[a], OPTIONS[b]):
            assert any(row[a] == first and row[b] == second for row in ROWS), (a, first, b, second)
    assert len(ROWS) < 20


@pytest.mark.parametrize("row", ROWS, ids=[str(number) for number in range(len(ROWS))])
def test_every_pair_of_options(row, bars, tmp_path):
    options = {**BASE, **row, "benchmark": None if row["model"] == "constant-mean" else "^GSPC"}
    if len(row["markets"]) == 1:
        # Families and weights name markets of the study.
        options["families"] = row["families"] and {"Asia": ["^N225"]}
        options["weights"] = row["weights"] and {"^N225": 1.0}
    study = EventStudy(**options)
    result = study.run(Event.at(STRIKE), bars)
    assert list(result.outcomes["market"]) == list(row["markets"])
    assert (result.outcomes["outcome"] == Outcome.OK).all()
    assert EventStudy(**result.specification) == study
    written(result, tmp_path, others=[Event.at("2020-01-06T15:00:00Z", id="other")])
