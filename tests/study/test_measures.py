"""Studies of volume and of the daily range against regressions made with pandas and statsmodels."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from eventstudy import BarSet, EventStudy, compare, read_study, run_study, study_toml, write_pack, write_report
from eventstudy.errors import NotEnoughDataError, UsageError

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
    given["tests"] = ("t",)
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


def test_a_session_without_volume_is_missing_and_says_so(prices):
    gone = {**prices, "A": prices["A"].copy()}
    gone["A"].loc[DAYS[AT + 1], "volume"] = 0.0
    gone["A"].loc[DAYS[AT - 50], "volume"] = np.nan
    result = study().run(EVENT, gone)
    lines = result.car.set_index("window")
    assert np.isfinite(lines.loc["[0,0]", "car"]) and np.isnan(lines.loc["[0,2]", "car"])
    assert lines.loc["[0,2]", "outcome"] == "incomplete_window"
    assert f"the volume of {DAYS[AT + 1]:%Y-%m-%d} is zero and has no logarithm" in lines.loc["[0,2]", "detail"]
    assert result.outcomes["observations"].tolist() == [199]
    y = log_measure(gone["A"].loc[gone["A"]["volume"] != 0], "volume")
    known = y.iloc[AT - 210 : AT - 10].dropna()
    assert lines.loc["[0,0]", "car"] == pytest.approx(y.iloc[AT] - known.mean(), **CLOSE)
    assert lines.loc["[0,0]", "se"] == pytest.approx(known.std() * np.sqrt(1 + 1 / 199), **CLOSE)


def test_shares_that_change_make_turnover(prices):
    shares = {"A": {str(DAYS[0].date()): 2.0e6, str(DAYS[AT - 100].date()): 8.0e6}}
    found = study(shares=shares).run(EVENT, prices).car.set_index("window").loc["[0,0]"]
    counts = np.where(np.arange(len(DAYS)) < AT - 100, 2.0e6, 8.0e6)
    turnover = np.log(prices["A"]["volume"] / counts)
    before = turnover.iloc[AT - 210 : AT - 10]
    assert found["car"] == pytest.approx(turnover.iloc[AT] - before.mean(), **CLOSE)
    late = {"A": {str(DAYS[AT + 1].date()): 2.0e6}}
    with pytest.raises(NotEnoughDataError, match=rf"shares outstanding of {DAYS[AT]:%Y-%m-%d} are not given"):
        study(shares=late).run(EVENT, prices)


def test_prices_without_the_columns_are_an_outcome(prices):
    closes = {name: frame[["close"]] for name, frame in prices.items()}
    for measure, why in (("volume", "no volume of"), ("volatility", "high and low of")):
        with pytest.raises(NotEnoughDataError, match=f"A: incomplete_window.*{why} {DAYS[AT]:%Y-%m-%d}"):
            study(measure=measure).run(EVENT, closes)


def test_a_market_of_another_clock_has_the_benchmark_of_its_own_day(prices):
    """Volume is not summed over the days between a market's rows, as returns are."""
    fewer = {"A": prices["A"].drop(DAYS[[AT - 60, AT - 30]]), "M": prices["M"]}
    found = study(model="market", benchmark="M", estimation=(-200, -11)).run(EVENT, fewer)
    y, x = (log_measure(fewer[name], "volume") for name in ("A", "M"))
    both = pd.DataFrame({"y": y, "x": x}).dropna()
    at = both.index.get_loc(DAYS[AT])
    rows = both.iloc[at - 200 : at - 10]
    fit = sm.OLS(rows["y"], sm.add_constant(rows["x"])).fit()
    expected = both["y"].iloc[at] - fit.params["const"] - fit.params["x"] * both["x"].iloc[at]
    assert found.car.set_index("window").loc["[0,0]", "car"] == pytest.approx(expected, **CLOSE)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"measure": "turnover"}, "unknown measure 'turnover'"),
        ({"bars": "15min"}, "measure = 'volume' takes daily prices; leave out bars"),
        ({"returns": "simple"}, "leave out returns = 'simple'"),
        ({"measure": "volatility", "shares": {"A": {"2020-01-01": 1.0}}}, 'go with measure = "volume"'),
        ({"shares": {"A": {"1/2/2020": 1.0}}}, "shares: A: write days as"),
        ({"shares": {"A": {"2020-01-01": 0.0}}}, "a number of shares, above 0"),
        ({"model": "spillover", "benchmark": "M"}, "is for returns"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options, said):
    with pytest.raises(UsageError, match=said):
        study(**options)


def test_returns_are_no_volume():
    frame = pd.DataFrame({"A": np.zeros(len(DAYS))}, index=DAYS)
    with pytest.raises(UsageError, match="measure = 'volume' needs prices with its columns"):
        study().run(EVENT, returns=frame)


def test_what_is_said_is_volume_and_no_per_cent(prices):
    result = study(tests="standard").run(EVENT, prices)
    day = result.car.set_index("window").loc["[0,0]", "car"]
    first = result.finding()[0]
    assert f"was {np.exp(day):.2f} times the expected (+{day:.2f} log units of volume" in first
    assert "volume" in result.finding()[1]
    said = "\n".join([str(result.summary()), *result.careful()])
    assert "%" not in said.replace("5 %", "") and "close" not in said
    assert any("natural logarithm of the volume" in line for line in result.method)
    assert result.unit == "log volume" and result.anatomy.empty and result.episodes.empty
    assert result.reaction[["simple_return", "change"]].isna().all(axis=None)


def test_measures_do_not_stand_in_one_table(prices):
    found = {name: study(measure=name).run(EVENT, prices) for name in (None, "volume", "volatility")}
    found = {str(name): result for name, result in found.items()}
    for pair in (("None", "volume"), ("volume", "volatility")):
        with pytest.raises(UsageError, match="different units"):
            compare({name: found[name] for name in pair})
    both = compare({"a": found["volume"], "b": found["volume"]})
    assert set(both["returns"]) == {"volume"}


def test_a_pack_gives_the_same_volume(prices, tmp_path):
    given = study(markets=None, tests=("kp_bmp",))
    events = pd.DataFrame({"event_id": ["e", "f", "g"], "symbol": ["A", "M", "A"], "session": DAYS[[AT, 275, 250]]})
    write_pack(BarSet.from_frames(prices), str(tmp_path / "pack"))
    here, there = given.run(events, prices), given.run(events, returns=str(tmp_path / "pack"), workers=1)
    one, other = (result.events.sort_values(["event_id", "window"]).reset_index(drop=True) for result in (here, there))
    assert one["car"].notna().all()
    pd.testing.assert_frame_equal(one, other[list(one)], check_dtype=False, rtol=1e-12)
    np.testing.assert_allclose(here.tests["statistic"], there.tests["statistic"], rtol=1e-9)
    write_pack(np.log(prices["A"][["close"]]).diff().dropna(), str(tmp_path / "returns"), returns="log")
    with pytest.raises(UsageError, match="needs prices with its columns"):
        given.run(events, returns=str(tmp_path / "returns"), workers=1)


def test_a_study_file_measures_volume_and_the_page_says_so(prices, study_file, tmp_path):
    table = pd.concat({symbol: frame for symbol, frame in prices.items()}, names=["symbol", "date"]).reset_index()
    table.to_csv(tmp_path / "p.csv", index=False)
    options = 'measure = "volume"\ncalendar = "24/7"\nestimation = [-210, -11]\nshares = {A = {"2018-01-01" = 1e7}}'
    at = f'"{DAYS[AT]:%Y-%m-%d}T12:00:00Z"'
    path = study_file(options, at=at, prices=f'"{tmp_path / "p.csv"}"', markets='["A"]')
    file = read_study(path)
    path.with_name("again.toml").write_text(study_toml(file), encoding="utf-8")
    assert read_study(path.with_name("again.toml")).study == file.study
    done = run_study(file)
    page = write_report(done.result, tmp_path / "out").read_text(encoding="utf-8")
    assert "cumulative abnormal log volume" in page and "log units of volume" in page and "turnover" in page
    assert "natural logarithms, whose exponential is the volume as a multiple of the expected" in page
    for words in ("log points", "per cent", "close-to-close", "moves below"):
        assert words not in page
    wrong = study_file(options, at=at, prices=f'"{tmp_path / "p.csv"}"', markets='["A"]', volatility="[0, 9]")
    with pytest.raises(UsageError, match="`volatility` is about returns"):
        read_study(wrong)
