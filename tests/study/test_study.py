"""The study: the sample's numbers, every table against loops that use none of our statistics, and every outcome."""

import dataclasses
import datetime as dt
import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from eventstudy import BarSet, Event, EventStudy, Window
from eventstudy.errors import NotEnoughDataError, UnknownNameError, UsageError
from eventstudy.instruments.catalogue import find_instrument
from eventstudy.markets.alignment.own_sessions import only_sessions
from eventstudy.markets.calendars.schedule import schedule

STRIKE = "2020-01-07T22:30:00Z"
WINDOWS = [(0, 0), (0, 1), (-1, 1), (-3, -1), (-3, 0), (0, 5)]
ESTIMATION = (-210, -11)
DAY = pd.Timestamp("2020-01-08")
# Sums of a few hundred floats of size .01 carry rounding of about 1e-16 each.
EXACT = {"rtol": 1e-10, "atol": 1e-14}


def log_returns(frame):
    closes = frame["close"].tolist()
    return [math.nan, *(math.log(b / a) for a, b in pairwise(closes))]


@pytest.fixture(scope="module")
def by_hand(sample_bars):
    """Of each market: the 200 estimation returns, and the return at each tau, by counting rows."""
    table = {}
    for symbol, bars in sample_bars.items():
        zero = bars.frame.index.tolist().index(DAY)
        returns = log_returns(bars.frame)
        before = returns[zero + ESTIMATION[0] : zero + ESTIMATION[1] + 1]
        table[symbol] = before, {tau: returns[zero + tau] for tau in range(-3, 6) if zero + tau < len(returns)}
    return table


def row(frame, **keys):
    for name, value in keys.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1
    return frame.iloc[0]


ISSUED = {
    "CL=F": ({"return": -5.054, "ar": -5.091}, (-2.292, 0.0229, 0.0398), -8.345, (0.22, 4.70, -5.66, -4.93)),
    "^N225": ({"return": -1.586, "ar": -1.640}, (-1.936, 0.0542, 0.0995), 1.178, (-1.52, None, -2.65, -1.57)),
}


@pytest.mark.parametrize("market", ISSUED)
def test_the_numbers_that_were_published_for_the_sample(sample_result, market):
    returns, (t, p, placebo), car, prices = ISSUED[market]
    day = row(sample_result.reaction, market=market)
    for name, value in returns.items():
        assert round(100 * day[name], 3) == value
    assert (round(day["t"], 3), round(day["p"], 4), round(day["placebo_p"], 4), day["df"]) == (t, p, placebo, 199)
    assert round(100 * row(sample_result.car, market=market, window="[0,5]")["car"], 3) == car
    anatomy = row(sample_result.anatomy, market=market)
    for name, value in zip(("open_gap", "high", "low", "close"), prices, strict=True):
        assert value is None or round(100 * anatomy[name], 2) == value


def test_every_market_meets_the_event_on_8_january_with_200_observations(sample_result):
    assert sample_result.alignment["session"].eq(DAY).all() and len(sample_result.alignment) == 12
    assert sample_result.outcomes["outcome"].eq("ok").all()
    assert sample_result.outcomes["observations"].eq(200).all()


def test_day_zero_of_every_market_against_a_loop(sample_result, by_hand):
    for market, (before, event) in by_hand.items():
        mean = sum(before) / 200
        residuals = [value - mean for value in before]
        s = math.sqrt(sum(value**2 for value in residuals) / 199)
        se = s * math.sqrt(1 + 1 / 200)
        ar = event[0] - mean
        day = row(sample_result.reaction, market=market)
        expected = {
            "return": event[0],
            "simple_return": math.exp(event[0]) - 1,
            "ar": ar,
            "se": se,
            "t": ar / se,
            "p": 2 * stats.t.sf(abs(ar / se), 199),
            "placebo_p": (1 + sum(abs(value) >= abs(ar) for value in residuals)) / 201,
            "mde80": (stats.t.ppf(0.975, 199) + stats.t.ppf(0.8, 199)) * se,
        }
        np.testing.assert_allclose([day[name] for name in expected], list(expected.values()), **EXACT)


def circular_share(before, window):
    """Refit on all L + W days, walk round the circle of residuals, count the sums as large as the event's."""
    everything = [*before, *window]
    mean = sum(everything) / len(everything)
    residuals = [value - mean for value in everything]
    n, w = len(residuals), len(window)
    sums = [abs(sum(residuals[(start + step) % n] for step in range(w))) for start in range(n)]
    return sum(value >= sums[n - w] - 1e-12 for value in sums) / n


@pytest.mark.parametrize("window", WINDOWS)
def test_windows_of_every_market_against_a_loop(sample_result, by_hand, window):
    first, last = window
    for market, (before, event) in by_hand.items():
        found = row(sample_result.car, market=market, window=f"[{first},{last}]")
        mean = sum(before) / 200
        taus = range(first, last + 1)
        w = len(taus)
        s = math.sqrt(sum((value - mean) ** 2 for value in before) / 199)
        # The same estimated mean is taken off every day: its error adds up, so W^2/L and not W/L.
        se = s * math.sqrt(w + w**2 / 200)
        car = sum(event[tau] - mean for tau in taus)
        if w == 1:
            placebo = (1 + sum(abs(value - mean) >= abs(car) for value in before)) / 201
        else:
            placebo = circular_share(before, [event[tau] for tau in taus])
        expected = [car, se, car / se, 2 * stats.t.sf(abs(car / se), 199), placebo]
        np.testing.assert_allclose(found[["car", "se", "t", "p", "placebo_p"]].astype(float), expected, **EXACT)


def test_holm_by_hand(sample_result):
    p = dict(zip(sample_result.reaction["market"], sample_result.reaction["p"], strict=True))
    adjusted, largest = {}, 0.0
    for place, market in enumerate(sorted(p, key=p.get)):
        largest = max(largest, min(1.0, (12 - place) * p[market]))
        adjusted[market] = largest
    found = dict(zip(sample_result.reaction["market"], sample_result.reaction["holm_p"], strict=True))
    assert found == pytest.approx(adjusted, rel=1e-14)
    assert min(found.values()) > 0.05


def test_change_is_in_the_markets_own_unit(sample_result):
    assert row(sample_result.reaction, market="CL=F")["change"] == pytest.approx(59.61 - 62.70, abs=1e-12)


def test_the_opening_gap_is_left_out_where_the_open_is_stale(sample_result):
    anatomy = sample_result.anatomy.set_index("market")
    assert anatomy.index[anatomy["open_gap"].isna()].tolist() == ["^AXJO"]


def test_tests_that_do_not_apply_say_why(sample_result):
    silent = sample_result.tests[sample_result.tests["test"].isin(["cross_sectional_t", "patell", "bmp"])]
    assert silent["test"].nunique() == 3 and silent[["statistic", "p"]].isna().all(axis=None)
    assert silent["note"].str.startswith("not applicable: markets that share one date").all()


def test_every_test_without_a_number_has_its_reason(sample_result):
    table = sample_result.tests
    assert table.loc[table["statistic"].isna(), "note"].ne("").all()
    assert table["p"].dropna().between(0, 1).all()
    day = table[(table["test"] == "holm") & (table["window"] == "[0,0]")]
    assert day["n"].tolist() == [12] * 12


@pytest.fixture(scope="module")
def market_result(sample_bars):
    study = EventStudy(model="market", benchmark="^GSPC", rolls="keep", windows=WINDOWS)
    return study.run(Event.at(STRIKE), sample_bars)


def test_the_benchmark_is_not_studied_unless_asked_for(market_result):
    assert len(market_result.markets) == 11 and "^GSPC" not in market_result.markets


def trade_to_trade(frame, benchmark):
    """Of each row but the first: the return, the benchmark's between the same two rows, and how many of its rows."""
    lines = []
    for before, day in pairwise(frame.index):
        ends = [before, day] if {before, day} <= set(benchmark.index) else []
        x = math.log(benchmark[day] / benchmark[before]) if ends else math.nan
        days = sum(before < label <= day for label in benchmark.index) if ends else math.nan
        lines.append((math.log(frame["close"][day] / frame["close"][before]), x, days))
    return pd.DataFrame([(math.nan,) * 3, *lines], index=frame.index, columns=["y", "x", "days"])


def test_the_market_model_against_statsmodels(market_result, sample_bars):
    """Where a market was shut its return spans days of the benchmark, ``R = s a + b Rm + sqrt(s) e``.

    The numbers of 11 markets differ from an earlier version that paired such a return with the benchmark's last day.
    """
    benchmark = sample_bars["^GSPC"].frame["close"]
    several = 0
    for market in market_result.markets:
        frame = sample_bars[market].frame
        zero = frame.index.get_loc(DAY)
        both = trade_to_trade(frame, benchmark)
        sample = both.iloc[zero - 210 : zero - 10].dropna()
        several += int((sample["days"] > 1).sum())
        mean = sample[["y", "x"]].div(sample["days"], axis=0)
        fit = sm.WLS(mean["y"], sm.add_constant(mean[["x"]]), weights=sample["days"]).fit()
        span = both.iloc[zero - 3 : zero + 6]
        known = span.dropna()
        exog = pd.DataFrame({"const": known["days"], "x": known["x"]})
        found = market_result.ar[market_result.ar["market"] == market].set_index("session")
        assert found.index[found["ar"].notna()].tolist() == known.index.tolist()
        found = found.loc[known.index]
        expected = exog @ fit.params
        error = fit.scale * known["days"] + np.einsum("ij,jk,ik->i", exog, fit.cov_params(), exog)
        np.testing.assert_allclose(found["expected"], expected, rtol=1e-9, atol=1e-13)
        np.testing.assert_allclose(found["ar"], known["y"] - expected, **EXACT)
        np.testing.assert_allclose(found["se"], np.sqrt(error), rtol=1e-10)
        assert market_result.outcomes.set_index("market").loc[market, "observations"] == len(sample)
        if len(known) < 9:
            continue
        for first, last in WINDOWS:
            inside = known.iloc[first + 3 : last + 4]
            sums = exog.loc[inside.index].sum().to_numpy()
            variance = fit.scale * inside["days"].sum() + sums @ fit.cov_params().to_numpy() @ sums
            car = (inside["y"] - expected[inside.index]).sum()
            line = row(market_result.car, market=market, window=f"[{first},{last}]")
            np.testing.assert_allclose([line["car"], line["se"]], [car, math.sqrt(variance)], **EXACT)
            p = 2 * stats.t.sf(abs(car) / math.sqrt(variance), len(sample) - 2)
            np.testing.assert_allclose(line["p"], p, rtol=1e-9)
    assert several > 50


@pytest.mark.parametrize("kind", ["log", "simple"])
def test_a_return_over_two_days_is_measured_against_the_benchmarks_over_the_same_two(kind):
    """The market has no row on the day on which the benchmark jumps; the jump is part of its next return."""
    days = pd.bdate_range("2021-01-04", periods=300)
    rng = np.random.default_rng(11)
    market, own = rng.normal(0, 0.008, 300), rng.normal(0, 0.003, 300)
    gap = 220
    market[gap], market[gap + 1] = -0.06, 0.01
    prices = {
        "^GSPC": pd.DataFrame({"close": 400 * np.exp(np.cumsum(market))}, index=days),
        "^FTSE": pd.DataFrame({"close": 70 * np.exp(np.cumsum(1.2 * market + own))}, index=days).drop(days[gap]),
    }
    study = EventStudy(
        model="market", benchmark="^GSPC", markets=("^FTSE",), returns=kind, windows=[(0, 0)], estimation=(-180, -11)
    )
    events = pd.DataFrame({"event_id": ["e", "f"], "symbol": "^FTSE", "session": days[[gap + 1, gap + 30]]})
    result = study.run(events, prices)
    day = row(result.reaction, event_id="e")
    between = [prices[name]["close"][days[gap + 1]] / prices[name]["close"][days[gap - 1]] for name in prices]
    rm, r = [math.log(x) if kind == "log" else x - 1 for x in between]
    alpha, beta = result.abnormal.fitted.params[0]
    assert day["return"] == pytest.approx(r, rel=1e-12)
    assert day["ar"] == pytest.approx(r - 2 * alpha - beta * rm, rel=1e-10)
    ordinary = row(result.reaction, event_id="f")
    # The variance of two days; the rest is the error of the parameters, larger for a large return of the benchmark.
    sigma = result.abnormal.fitted.sigma
    assert day["se"] > math.sqrt(2) * sigma[0] and ordinary["se"] == pytest.approx(sigma[1], rel=0.02)
    assert abs(day["ar"]) < 4 * day["se"]


@pytest.mark.parametrize("missing", [220, 221])
def test_without_a_row_of_the_benchmark_at_an_end_of_the_span_there_is_no_observation(missing):
    days = pd.bdate_range("2021-01-04", periods=300)
    rng = np.random.default_rng(12)
    prices = {
        name: pd.DataFrame({"close": 100 * np.exp(np.cumsum(rng.normal(0, 0.01, 300)))}, index=days)
        for name in ("^GSPC", "^FTSE")
    }
    prices["^GSPC"] = prices["^GSPC"].drop(days[missing])
    study = EventStudy(
        model="market",
        benchmark="^GSPC",
        markets=("^FTSE",),
        windows=[(-2, -1), (0, 0), (2, 3)],
        estimation=(-180, -11),
    )
    result = study.run(pd.DataFrame({"event_id": ["e"], "symbol": ["^FTSE"], "session": [days[221]]}), prices)
    ar = result.ar.set_index("tau")["ar"]
    lost = {missing - 221, missing - 220}
    assert set(ar.index[ar.isna()]) == lost


def test_given_returns_and_bars_agree(sample_bars, market_result):
    """With a calendar each column of the frame counts the sessions of its own market that have a return."""
    returns = pd.DataFrame({symbol: bars.returns() for symbol, bars in sample_bars.items()})
    study = EventStudy(model="market", benchmark="^GSPC", rolls="keep", windows=WINDOWS, calendar="XNYS")
    given = study.run(Event.at(STRIKE), returns=returns)
    for name in ("alignment", "car", "ar", "tests", "outcomes"):
        pd.testing.assert_frame_equal(getattr(given, name), getattr(market_result, name), check_exact=True)
    without = given.reaction.drop(columns="change")
    pd.testing.assert_frame_equal(without, market_result.reaction.drop(columns="change"), check_exact=True)
    assert given.anatomy.empty and set(given.oddities["kind"]) == {"missing_session"}


@pytest.mark.parametrize("name", ["^N225", "FIRM"])
def test_returns_without_a_calendar_count_the_rows_of_the_frame(name):
    """Whatever a column is called, a NaN keeps its place in event time as a missing day."""
    index = pd.bdate_range("2019-01-01", periods=260)
    values = np.random.default_rng(8).normal(0, 0.01, 260)
    values[[199, 202]] = np.nan
    events = pd.DataFrame({"event_id": ["e"], "symbol": [name], "session": [index[200]]})
    frame = pd.DataFrame({name: values}, index=index)
    study = EventStudy(windows=[(-2, 3)], estimation=(-120, -11), min_window_share=0.6)
    result = study.run(events, returns=frame)
    ar = result.ar.set_index("tau")["return"]
    np.testing.assert_array_equal(ar, values[198:204])
    assert row(result.events, window="[-2,3]")["n_days"] == 4
    clocked = dataclasses.replace(study, calendar="XTKS", min_window_share=1.0).run(events, returns=frame)
    sessions = tokyo_sessions()
    own = [day for day in index[np.isfinite(values)] if day in sessions]
    zero = own.index(index[200])
    found = clocked.ar.set_index("tau")["session"]
    assert found.tolist() == own[zero - 2 : zero + 4]
    assert {"missing_session", "extra_session"} == set(clocked.oddities["kind"])
    assert index[199] in clocked.oddities.query("kind == 'missing_session'")["session"].tolist()


@pytest.mark.parametrize("kind", ["log", "simple", "change"])
def test_a_row_on_a_day_without_a_session_is_no_observation(kind):
    """Tokyo was shut on 13 January 2020: the return of the 14th is that since the 10th, and no row is counted."""
    frame = closes()
    extra = pd.Timestamp("2020-01-13")
    assert extra not in frame.index
    with_row = pd.concat([frame, pd.DataFrame({"close": [90.0]}, index=[extra])]).sort_index()
    study = EventStudy(windows=[(0, 4)], estimation=(-110, -11), returns=kind)
    clean, result = (study.run(Event.at(STRIKE), {"^N225": one}) for one in (frame, with_row))
    for name in ("car", "ar", "reaction", "tests"):
        pd.testing.assert_frame_equal(getattr(clean, name), getattr(result, name), check_exact=True)
    assert result.oddities.query("kind == 'extra_session'")["session"].tolist() == [extra]
    before, after = (with_row["close"][day] for day in ("2020-01-10", "2020-01-14"))
    expected = {"log": math.log(after / before), "simple": after / before - 1, "change": after - before}[kind]
    found = result.ar.set_index("session")["return"]["2020-01-14"]
    assert found == pytest.approx(expected, rel=1e-12)
    returns = with_row["close"].pct_change() if kind == "simple" else np.log(with_row["close"]).diff()
    if kind != "change":
        given = dataclasses.replace(study, calendar="XTKS").run(Event.at(STRIKE), returns=returns.to_frame("^N225"))
        np.testing.assert_allclose(given.ar["return"], result.ar["return"], rtol=1e-10, atol=1e-15)
    lost = study.run(
        pd.DataFrame({"event_id": ["a", "b"], "symbol": "^N225", "session": [extra, DAY]}), {"^N225": with_row}
    )
    assert row(lost.outcomes, event_id="a")["outcome"] == "no_price"


def tokyo_sessions(last="2020-12-30", days=None):
    """Sessions of Tokyo."""
    first, until = dt.date(2018, 1, 1), dt.date.fromisoformat(last)
    sessions = pd.DatetimeIndex(schedule(find_instrument("^N225"), first, until).sessions.astype("M8[s]"))
    return sessions[-days:] if days else sessions


def closes(days=260, seed=3, last="2020-01-31"):
    index = tokyo_sessions(last, days)
    steps = np.random.default_rng(seed).normal(0, 0.01, days)
    return pd.DataFrame({"close": 50 * np.exp(np.cumsum(steps))}, index=index)


SMALL = EventStudy(windows=[(0, 0), (0, 1)], estimation=(-110, -11), rolls="keep")


def outcome(frame, study=SMALL, event=STRIKE):
    """What became of ^N225 with these prices, beside a CL=F that is well."""
    result = study.run(Event.at(event), {"CL=F": closes(), "^N225": frame})
    assert result.markets == ["CL=F"] and result.reaction["ar"].notna().all()
    assert row(result.outcomes, market="CL=F")["outcome"] == "ok"
    line = row(result.outcomes, market="^N225")
    assert f"left out: ^N225: {line['outcome']}" in str(result.summary())
    return line["outcome"], line["detail"]


def test_no_price():
    frame = closes().drop(DAY)
    assert outcome(frame) == ("no_price", "no row for session 2020-01-08")


def test_outside_prices():
    kind, detail = outcome(closes(last="2019-12-27"))
    assert kind == "outside_prices" and "2020-01-08 lies outside the prices" in detail


def test_too_few_observations():
    # Day 0 is row 28 of 45, row 0 has no return: rows 1 to 17 lie in the estimation window.
    frame = closes(days=45)
    assert frame.index.get_loc(DAY) == 28
    kind, detail = outcome(frame)
    assert (kind, detail) == ("too_few_observations", "17 estimation rows, 20 needed")


def test_no_variance():
    frame = closes()
    frame["close"] = 50.0
    assert outcome(frame)[0] == "no_variance"


@pytest.mark.parametrize("returns", ["log", "simple"])
@pytest.mark.parametrize("price", [0.0, -37.63])
@pytest.mark.parametrize("day", ["2020-01-08", "2020-01-07"])
def test_a_price_that_is_not_positive_on_day_0_names_its_day(price, day, returns):
    frame = closes()
    frame.loc[day, "close"] = price
    kind, detail = outcome(frame, dataclasses.replace(SMALL, returns=returns))
    assert kind == "non_positive_price" and "window [0,0]: its day has no return (the price of 2020-01-08" in detail


@pytest.mark.parametrize("day", ["2020-01-09", "2019-12-02"])
def test_a_price_that_is_not_positive_takes_out_the_windows_that_hold_it_alone(day):
    frame = closes()
    frame.loc[day, "close"] = -37.63
    clean, result = (SMALL.run(Event.at(STRIKE), {"^N225": one}) for one in (closes(), frame))
    inside = day == "2020-01-09"
    lost, kept = (row(result.car, window=window) for window in ("[0,1]", "[0,0]"))
    assert math.isnan(lost["car"]) == inside and (lost["outcome"] == "non_positive_price") == inside
    assert kept["outcome"] == "ok" and kept["detail"] == ""
    detail = result.outcomes["detail"].iloc[0]
    assert ("2020-01-09 or of the row before is not positive" in detail) == inside
    # Two returns touch a price of the estimation window.
    assert result.outcomes["observations"].tolist() == [100 if inside else 98]
    if inside:
        assert kept["car"] == row(clean.car, window="[0,0]")["car"]


def test_a_price_that_is_not_positive_outside_the_study_does_no_harm():
    frame = closes()
    frame.loc["2020-01-31", "close"] = frame.loc["2019-12-27", "close"] = -1.0
    result = SMALL.run(Event.at(STRIKE), {"^N225": frame})
    assert result.outcomes["outcome"].tolist() == ["ok"]


def test_no_market_left_is_an_error_that_names_the_reasons():
    with pytest.raises(NotEnoughDataError, match=r"no market is left to study: \^N225: no_price .*2020-01-08"):
        SMALL.run(Event.at(STRIKE), {"^N225": closes().drop(DAY)})


def test_a_window_that_leaves_the_prices_is_empty_and_the_others_stand():
    frame = closes().loc[:"2020-01-10"]
    result = EventStudy(windows=[(0, 2), (0, 3)], rolls="keep").run(Event.at(STRIKE), {"^N225": frame})
    whole, beyond = (row(result.car, window=window) for window in ("[0,2]", "[0,3]"))
    values = ["car", "se", "t", "p", "placebo_p"]
    assert whole[values].notna().all() and beyond[values].isna().all()
    assert (whole["outcome"], beyond["outcome"]) == ("ok", "outside_prices")
    assert beyond["detail"] == (
        "window [0,3]: 1 of 4 days have no return (the prices end with 2020-01-10); choose a shorter window, or "
        "min_window_share = 0.75"
    )
    notes = result.tests.query("window == '[0,3]' and test == 't'")["note"].tolist()
    assert notes == ["not applicable: 1 of 4 days of the window have no return"]
    share = EventStudy(windows=[(0, 3)], rolls="keep", min_window_share=0.75).run(Event.at(STRIKE), {"^N225": frame})
    assert row(share.car, window="[0,3]")["car"] == pytest.approx(whole["car"], rel=1e-14)


def test_day_zero_without_a_return_is_said_and_not_counted(sample_bars):
    """On 1 August 2019 the sample's BZ=F repeats the price of the contract that expired on the eve."""
    study = EventStudy(windows=[(0, 0), (3, 4)], estimation=(-110, -11), markets=("BZ=F", "CL=F"))
    result = study.run(Event.at("2019-07-31T23:30:00Z"), sample_bars)
    assert "nan" not in " ".join(result.finding())
    assert math.isnan(row(result.reaction, market="BZ=F")["ar"])
    assert np.isfinite(row(result.car, market="BZ=F", window="[3,4]")["car"])
    assert "touches a roll" in row(result.car, market="BZ=F", window="[0,0]")["detail"]
    day = row(result.reaction, market="CL=F")
    assert day["p"] == day["holm_p"]
    alone = dataclasses.replace(study, windows=[(0, 1)]).run(Event.at("2019-07-31T23:30:00Z"), sample_bars)
    lost = row(alone.outcomes, market="BZ=F")
    assert lost["outcome"] == "incomplete_window" and "2019-08-01 touches a roll" in lost["detail"]


def returns_with_holes(seed=21, firms=8, days=320):
    """Returns of firms on weekdays; four of them lose a day of the window [0,4], two the whole of it."""
    index = pd.bdate_range("2018-03-01", periods=days)
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(0, 0.01, (days, firms)), index=index, columns=[f"F{i}" for i in range(firms)])
    events = pd.DataFrame({"event_id": [f"e{i}" for i in range(firms)], "symbol": list(frame)})
    zero = np.arange(200, 200 + 10 * firms, 10)
    for firm, lost in enumerate([(2,), (0,), (4,), (1,), range(5), range(5)]):
        frame.iloc[[zero[firm] + tau for tau in lost], firm] = np.nan
    return frame, events.assign(session=index[zero]), zero


def test_windows_with_holes_are_out_of_car_events_averages_and_every_test():
    frame, events, zero = returns_with_holes()
    study = EventStudy(windows=[(0, 4)], estimation=(-120, -11))
    result = study.run(events, returns=frame)
    whole = {"e6", "e7"}
    assert set(result.car.query("window == '[0,4]' and outcome == 'ok'")["event_id"]) == whole
    line = result.events.query("window == '[0,4]'").set_index("event_id")
    assert set(line.index[line["outcome"] == "ok"]) == whole and line["detail"].loc[["e0", "e5"]].ne("").all()
    by_hand = []
    for i in (6, 7):
        values = frame.iloc[:, i].to_numpy()
        mean = values[zero[i] - 120 : zero[i] - 10].mean()
        by_hand.append(sum(values[zero[i] + tau] - mean for tau in range(5)))
    np.testing.assert_allclose(line.loc[["e6", "e7"], "car"], by_hand, rtol=1e-10)
    sample = result.tests.query("event_id == '' and window == '[0,4]' and p == p")
    assert len(sample) > 8 and set(sample["n"]) == {2}
    t = row(sample, test="cross_sectional_t")["statistic"]
    assert t == pytest.approx(np.mean(by_hand) / (np.std(by_hand, ddof=1) / math.sqrt(2)), rel=1e-9)
    loose = dataclasses.replace(study, min_window_share=0.8).run(events, returns=frame)
    assert set(loose.tests.query("event_id == '' and window == '[0,4]' and p == p")["n"]) == {6}
    assert loose.events.query("window == '[0,4]'")["car"].notna().sum() == 6


def test_an_estimation_window_that_lost_much_is_remarked_upon():
    frame = closes(seed=4)
    frame = frame.drop(frame.index[180:205])
    result = SMALL.run(Event.at(STRIKE), {"^N225": closes(), "CL=F": closes()})
    assert result.outcomes["detail"].eq("").all()
    benchmark = dataclasses.replace(SMALL, model="market", benchmark="^HSI", markets=("^N225",))
    result = benchmark.run(Event.at(STRIKE), {"^N225": closes(), "^HSI": frame})
    lost = result.outcomes.iloc[0]
    assert lost["observations"] < 80
    assert f"estimated on {lost['observations']} of the 100 rows of the estimation window" in lost["detail"]
    assert lost["detail"] in str(result.summary())


def test_several_events_at_once_are_those_one_by_one(sample_bars):
    times = {"killing": "2020-01-02T22:00:00Z", "strike": STRIKE, "deal": "2020-01-15T16:30:00Z"}
    events = [Event.at(time, id=name) for name, time in times.items()]
    study = EventStudy(windows=[(0, 1)], estimation=(-130, -31), markets=("CL=F", "^N225"), rolls="keep")
    together = study.run(events, sample_bars)
    for event in events:
        alone = study.run(event, sample_bars)
        for name in ("reaction", "car", "ar", "outcomes", "anatomy"):
            part = getattr(together, name)
            part = part[part["event_id"] == event.id].reset_index(drop=True)
            pd.testing.assert_frame_equal(part, getattr(alone, name), rtol=1e-12)
    assert "3 events" in together.finding()[0]


def test_a_frame_of_events_meets_the_market_of_each_line(sample_bars):
    study = EventStudy(windows=[(0, 1)], estimation=(-130, -31), rolls="keep")
    lines = pd.DataFrame({"event_id": ["b", "a"], "symbol": ["^N225", "CL=F"], "session": [DAY, DAY]})
    instants = lines.drop(columns="session").assign(instant=pd.Timestamp(STRIKE))
    by_session, by_instant = study.run(lines, sample_bars), study.run(instants, sample_bars)
    pd.testing.assert_frame_equal(by_session.reaction, by_instant.reaction)
    assert by_session.reaction[["event_id", "market"]].to_numpy().tolist() == [["b", "^N225"], ["a", "CL=F"]]
    assert by_session.plot_car("^N225", event_id="b").get_title(loc="left").startswith("Nikkei 225")
    with pytest.raises(UsageError, match="needs the instant"):
        by_session.plot_sessions()


def test_results_cannot_be_changed(sample_result):
    for name in ("reaction", "specification", "files"):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(sample_result, name, None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        SMALL.model = "market"


def test_running_leaves_the_prices_as_they_were(sample_bars):
    before = {symbol: bars.frame.copy() for symbol, bars in sample_bars.items()}
    EventStudy(rolls="exclude", markets=("BZ=F",)).run(Event.at(STRIKE), sample_bars)
    for symbol, bars in sample_bars.items():
        pd.testing.assert_frame_equal(bars.frame, before[symbol])


def test_printing_is_the_same_every_time_and_names_no_address(sample_result, sample_bars):
    again = EventStudy(**{**sample_result.specification}).run(sample_result.dated[0], sample_bars)
    assert repr(again) == repr(sample_result) and again._repr_html_() == sample_result._repr_html_()
    assert " at 0x" not in repr(again)
    assert again.summary().to_latex().count(r"\\") == 13


GOOD = {"windows": [(0, 0)], "estimation": (-110, -11)}


@pytest.mark.parametrize("declared", [{"families": {"a": ["B"]}}, {"weights": {"B": 1.0}}])
def test_a_declared_market_that_is_not_studied_is_refused_in_a_study_of_one(declared):
    days = pd.bdate_range("2019-01-01", "2020-01-31")
    returns = pd.DataFrame({"A": 0.01 * np.sin(np.arange(len(days)))}, index=days)
    events = pd.DataFrame({"event_id": ["e"], "symbol": ["A"], "session": [pd.Timestamp("2020-01-08")]})
    with pytest.raises(UnknownNameError, match="unknown market 'B'"):
        EventStudy(**declared).run(events, returns=returns)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model": "markt"}, "unknown model 'markt'; did you mean 'market'"),
        ({"returns": "logs"}, "unknown return 'logs'; did you mean 'log'"),
        ({"rolls": "drop"}, "unknown rolls rule 'drop'"),
        ({"windows": []}, "at least one event window"),
        ({"windows": [(0, 1), (0, 1)]}, r"duplicate window \[0,1\]"),
        ({"windows": [(-20, 0)]}, "overlaps the estimation window"),
        ({"estimation": (-110, 0)}, "overlaps the estimation window"),
        (
            {"estimation": (-60, 4)},
            r"\[-60,4\] holds rows before and after day 0; choose rows before it, .*, after it, .*, or both",
        ),
        ({"min_window_share": 1.1}, "a share of days, a number from 0 to 1"),
        ({"returns_kind": "change"}, "unknown returns_kind 'change'"),
        ({"returns_unit": "percents"}, "unknown returns_unit 'percents'; did you mean 'percent'"),
        ({"markets": ("CL=F", "CL=F")}, "duplicate market CL=F"),
        ({"min_observations": 2}, "at least 3 rows"),
    ],
)
def test_wrong_options(options, message):
    with pytest.raises(UsageError, match=message):
        EventStudy(**{**GOOD, **options})


def test_wrong_arguments_of_run():
    event, bars = Event.at(STRIKE), BarSet.from_frames({"^N225": closes()})
    returns = closes().rename(columns={"close": "^N225"}).pct_change()
    for arguments in ({}, {"bars": bars, "returns": returns}):
        with pytest.raises(UsageError, match="exactly one of the two"):
            SMALL.run(event, **arguments)
    for wrong in (
        returns.iloc[::-1],
        returns.tz_localize("UTC"),
        returns.reset_index(drop=True),
        pd.concat([returns] * 2),
    ):
        with pytest.raises(UsageError, match="ascending session dates"):
            SMALL.run(event, returns=wrong)
    with pytest.raises(UsageError, match="each with an id of its own"):
        SMALL.run([event, event], bars)
    with pytest.raises(UsageError, match="at least one"):
        SMALL.run([], bars)
    with pytest.raises(UsageError, match="event_id and session or instant"):
        SMALL.run(pd.DataFrame({"event_id": ["e"]}), bars)
    with pytest.raises(UnknownNameError, match=r"unknown benchmark '\^GSPX'"):
        dataclasses.replace(SMALL, model="market", benchmark="^GSPX").run(event, bars)
    with pytest.raises(UsageError, match="needs one benchmark"):
        dataclasses.replace(SMALL, model="market").run(event, bars)
    with pytest.raises(UnknownNameError, match=r"unknown market 'N225'; did you mean '\^N225'"):
        dataclasses.replace(SMALL, markets=("N225",)).run(event, bars)


def test_the_specification_is_plain_and_makes_the_same_study():
    study = EventStudy(windows=[Window(0, 3)], markets=["CL=F"], seed=7)
    plain = study.specification()
    assert plain["windows"] == [[0, 3]] and plain["estimation"] == [-210, -11] and plain["markets"] == ["CL=F"]
    assert EventStudy(**plain) == study


def test_frames_of_other_forms_give_the_same_study():
    study = EventStudy(windows=[(0, 1)], markets=("^N225",))
    frame, event = closes(), Event.at(STRIKE)
    expected = study.run(event, {"^N225": frame}).car
    history = frame.rename(columns={"close": "Close"}).tz_localize("Asia/Tokyo").assign(Dividends=0.0)
    levels = pd.concat({("Close", "^N225"): frame["close"], ("Volume", "^N225"): frame["close"]}, axis=1)
    for form in (history, levels, frame["close"].rename("^N225"), frame.set_axis(["^N225"], axis=1)):
        pd.testing.assert_frame_equal(study.run(event, form).car, expected)


def test_sessions_are_looked_up_only_for_prices_that_the_study_reads(sample_bars, monkeypatch):
    asked = []

    def recorded(bars, instruments):
        asked.append(bars.symbol)
        return only_sessions(bars, instruments)

    monkeypatch.setattr("eventstudy.markets.alignment.events.only_sessions", recorded)
    study = EventStudy(markets=["^N225", "BZ-CL"], model="market", benchmark="^GSPC", windows=[(0, 0)])
    study.run(Event.at(STRIKE), sample_bars)
    assert sorted(asked) == ["BZ=F", "CL=F", "^GSPC", "^N225"]
    asked.clear()
    frame = pd.DataFrame({"event_id": ["e"], "symbol": ["GC=F"], "session": ["2020-01-08"]})
    study.run(frame, sample_bars)
    assert sorted(asked) == ["BZ=F", "CL=F", "GC=F", "^GSPC", "^N225"]
