"""Benchmarks across time zones: what was known before the open, and what the result says of the rest."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from eventstudy import Bars, BarSet, Event, EventStudy
from eventstudy.errors import UsageError
from eventstudy.instruments.catalogue import find_instrument
from eventstudy.markets.alignment.benchmark_sessions import known_overnight
from eventstudy.study.narrative import affected_sentence, ahead_sentence
from places_of_tests import STRIKE

SPILLOVER = EventStudy(model="spillover", benchmark="^GSPC", markets=["^N225"], rolls="keep", windows=[(0, 0)])
# By hand: of each Tokyo session, New York's last close before Tokyo's previous opening and before this one. Tokyo was
# shut from 31 December to 3 January (and 13 January), New York on 1 January.
TOKYO = {
    "2019-12-27": ("2019-12-24", "2019-12-26"),
    "2019-12-30": ("2019-12-26", "2019-12-27"),
    "2020-01-06": ("2019-12-27", "2020-01-03"),
    "2020-01-07": ("2020-01-03", "2020-01-06"),
    "2020-01-08": ("2020-01-06", "2020-01-07"),
    "2020-01-09": ("2020-01-07", "2020-01-08"),
    "2020-01-10": ("2020-01-08", "2020-01-09"),
    "2020-01-14": ("2020-01-09", "2020-01-13"),
}


def overnight(bars, kind, market="^N225", benchmark="^GSPC"):
    clocks = find_instrument(market), find_instrument(benchmark)
    returns = bars[benchmark].returns(kind)
    return known_overnight(returns, bars[market].index, *clocks, compound=kind == "simple")


@pytest.mark.parametrize(
    ("kind", "between"),
    [("log", lambda a, b: math.log(b / a)), ("simple", lambda a, b: b / a - 1), ("change", lambda a, b: b - a)],
)
def test_tokyo_gets_new_york_as_it_was_known_before_the_open(sample_bars, kind, between):
    close, found = sample_bars["^GSPC"].frame["close"], overnight(sample_bars, kind)
    for session, (before, known) in TOKYO.items():
        if session in found.index:
            # Prices of some 3,000 carry rounding of 1e-13 when they are subtracted one by one.
            assert found[session] == pytest.approx(between(close[before], close[known]), rel=1e-11, abs=1e-15)
    assert {"2020-01-06", "2020-01-08"} <= {f"{day:%Y-%m-%d}" for day in found.index}


def test_no_session_of_the_benchmark_is_a_return_of_zero_and_a_missing_price_is_none(sample_bars):
    found = overnight(sample_bars, "log")
    assert found["2019-09-03"] == 0.0  # New York kept Labor Day on 2 September
    frame = sample_bars["^GSPC"].frame.drop(pd.Timestamp("2020-01-06"))
    without = overnight({**sample_bars, "^GSPC": Bars(symbol="^GSPC", frame=frame)}, "log")
    assert without.index[without.isna() & found.notna()].strftime("%m-%d").tolist() == ["01-07", "01-08"]
    short = overnight({**sample_bars, "^GSPC": Bars(symbol="^GSPC", frame=frame[:"2020-01-03"])}, "log")
    assert np.isfinite(short["2020-01-06"]) and short["2020-01-07":].isna().all()


def test_a_spillover_study_agrees_with_statsmodels(sample_bars):
    result = SPILLOVER.run(Event.at(STRIKE), sample_bars)
    close, tokyo = sample_bars["^GSPC"].frame["close"], sample_bars["^N225"].frame["close"]
    # New York closes after 20:00 UTC and Tokyo opens at 00:00: the last earlier date is what was known.
    known = close.reindex(close.index.union(tokyo.index)).ffill().shift(1)[tokyo.index]
    both = pd.DataFrame({"y": np.log(tokyo).diff(), "x": np.log(known).diff()})
    zero = tokyo.index.get_loc(pd.Timestamp("2020-01-08"))
    sample = both.iloc[zero - 210 : zero - 10]
    fit = sm.OLS(sample["y"], sm.add_constant(sample["x"])).fit()
    day = np.array([[1.0, both["x"].iloc[zero]]])
    forecast = fit.get_prediction(day)
    line = result.reaction.iloc[0]
    assert result.outcomes["observations"].tolist() == [200]
    np.testing.assert_allclose(result.abnormal.fitted.params[0], fit.params, rtol=1e-10, atol=1e-15)
    np.testing.assert_allclose(line["ar"], both["y"].iloc[zero] - forecast.predicted_mean[0], rtol=1e-10)
    np.testing.assert_allclose(line["se"], forecast.se_obs[0], rtol=1e-10)


def test_no_price_of_the_benchmark_after_the_event_touches_day_0(sample_bars):
    study = dataclasses.replace(SPILLOVER, markets=None)
    frame = sample_bars["^GSPC"].frame.copy()
    frame.loc["2020-01-08":] *= 7.0
    poisoned = BarSet(bars={**sample_bars.bars, "^GSPC": Bars(symbol="^GSPC", frame=frame)})
    clean, other = (study.run(Event.at(STRIKE), bars).reaction for bars in (sample_bars, poisoned))
    assert len(clean) == 11
    pd.testing.assert_frame_equal(clean, other, check_exact=True)
    frame.loc["2020-01-07":] *= 1.1
    known = BarSet(bars={**sample_bars.bars, "^GSPC": Bars(symbol="^GSPC", frame=frame)})
    assert (study.run(Event.at(STRIKE), known).reaction["ar"] != clean["ar"]).all()


def test_given_returns_and_bars_agree(sample_bars):
    returns = pd.DataFrame({symbol: bars.returns() for symbol, bars in sample_bars.items()})
    given = dataclasses.replace(SPILLOVER, calendar="XNYS").run(Event.at(STRIKE), returns=returns)
    pd.testing.assert_frame_equal(given.car, SPILLOVER.run(Event.at(STRIKE), sample_bars).car, check_exact=True)


def test_a_symbol_without_a_clock_is_refused(sample_bars):
    returns = pd.DataFrame({symbol: sample_bars[symbol].returns() for symbol in ("^N225", "^GSPC")})
    events = pd.DataFrame({"event_id": ["e"], "symbol": ["MINE"], "session": pd.to_datetime(["2020-01-08"])})
    mine = dataclasses.replace(SPILLOVER, markets=None)
    with pytest.raises(UsageError, match="'MINE' has none: name a calendar="):
        mine.run(events, returns=returns.rename(columns={"^N225": "MINE"}))
    with pytest.raises(UsageError, match="'NEW' has none"):
        study = dataclasses.replace(SPILLOVER, benchmark="NEW")
        study.run(Event.at(STRIKE), returns=returns.rename(columns={"^GSPC": "NEW"}))
    named = dataclasses.replace(mine, calendar="XTKS").run(events, returns=returns.rename(columns={"^N225": "MINE"}))
    assert np.isfinite(named.reaction["ar"]).all()


def sentences(result):
    known = result.instruments
    said = {"The benchmark": affected_sentence(result.benchmark, known)}
    said["The benchmark's clock"] = ahead_sentence(result.benchmark, known)
    return {name: sentence for name, sentence in said.items() if sentence}


def test_a_benchmark_of_the_same_date_is_called_what_it_is(sample_bars):
    event = Event.at(STRIKE)
    for model in ("market", "market-adjusted", "robust"):
        result = dataclasses.replace(SPILLOVER, model=model).run(event, sample_bars)
        said = sentences(result)
        assert said["The benchmark"].startswith("S&P 500: a benchmark affected by the event.")
        assert "for day 0 of Nikkei 225 is observed later than theirs" in said["The benchmark's clock"]
        assert said["The benchmark"] in str(result) and said["The benchmark's clock"] in str(result)
    for model in ("spillover", "constant-mean"):
        result = dataclasses.replace(SPILLOVER, model=model).run(event, sample_bars)
        assert not {"The benchmark", "The benchmark's clock"} & set(sentences(result))


def test_london_knows_the_same_day_s_tokyo(sample_bars):
    own = Bars(symbol="^FTSE", frame=sample_bars["^STI"].frame)
    london = BarSet(bars={"^N225": sample_bars["^N225"], "^FTSE": own})
    study = dataclasses.replace(SPILLOVER, model="market", benchmark="^N225", markets=["^FTSE"])
    said = sentences(study.run(Event.at(STRIKE), london))
    assert "The benchmark" in said and "The benchmark's clock" not in said
    beside = dataclasses.replace(study, model="spillover").run(Event.at(STRIKE), london).benchmark.iloc[0]
    assert beside["benchmark_observation_utc"] == pd.Timestamp("2020-01-08T06:00Z") and beside["after_event"]


def test_an_event_while_new_york_trades_is_in_what_tokyo_knew(sample_bars):
    result = SPILLOVER.run(Event.at("2020-01-07T18:00:00Z"), sample_bars)
    assert result.alignment["session"].dt.strftime("%m-%d").tolist() == ["01-08"]
    assert "affected by the event" in str(result)
