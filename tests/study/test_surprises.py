"""Windows of minutes around events with a surprise: by hand, against statsmodels, and a published size."""

import json
import os

import numpy as np
import pandas as pd
import pytest

from eventstudy import BarSet, read_surprises, surprise_responses
from eventstudy.errors import InputError, NotEnoughDataError, UnknownNameError, UsageError
from eventstudy.study.surprise_events import control_instants, surprise_window, window_changes
from eventstudy.study.surprises import said

REFERENCE = os.environ.get("EVENTSTUDY_REFERENCE")
RATES = ["MP1", "MP2", "ED2", "ED3", "ED4"]


def minutes(days=30, seed=0, shocks=None):
    """Prices by the minute from 12:00 to 16:00 UTC on `days` days, with a jump at 14:00 on some."""
    rng, index, steps = np.random.default_rng(seed), [], []
    for day in pd.bdate_range("2020-01-06", periods=days, tz="UTC"):
        step = 1e-4 * rng.standard_normal(240)
        step[120] += (shocks or {}).get(day, 0.0)
        index.append(day + pd.Timedelta(hours=12) + pd.timedelta_range(0, periods=240, freq="min"))
        steps.append(step)
    close = 100 * np.exp(np.cumsum(np.concatenate(steps)))
    return pd.DataFrame({"close": close}, index=index[0].append(index[1:]))


@pytest.fixture(scope="module")
def simulated():
    days = pd.bdate_range("2020-01-06", periods=60, tz="UTC")
    rng = np.random.default_rng(1)
    chosen = days[11::4]
    size = dict(zip(chosen, rng.normal(0, 1, len(chosen)), strict=True))
    rate = minutes(60, 2, {day: 0.003 * each for day, each in size.items()})
    stock = minutes(60, 3, {day: -0.006 * each for day, each in size.items()})
    instants = pd.Series(chosen + pd.Timedelta(hours=14))
    events = pd.DataFrame(
        {"instant_utc": instants, "actual": 2.0 + np.array(list(size.values())), "consensus": np.full(len(chosen), 2.0)}
    )
    return events, BarSet.from_frames({"RATE": rate, "STOCK": stock})


def test_a_window_is_measured_as_by_hand(simulated):
    events, bars = simulated
    found = window_changes(events["instant_utc"], bars)
    frame = bars["STOCK"].frame["close"]
    own = found[found["market"] == "STOCK"].set_index("event")["change"]
    for number, instant in enumerate(events["instant_utc"]):
        # A bar that opens at 13:49 ends at 13:50, the window's beginning.
        first, last = frame[instant - pd.Timedelta(minutes=11)], frame[instant + pd.Timedelta(minutes=19)]
        assert own[number] == np.log(last / first)
    changed = window_changes(events["instant_utc"], bars, (-10, 20), change=True)
    assert (
        changed["change"].iloc[0]
        == bars["RATE"].frame["close"].loc[events["instant_utc"][0] :].iloc[19]
        - bars["RATE"].frame["close"].loc[: events["instant_utc"][0] - pd.Timedelta(minutes=11)].iloc[-1]
    )


def test_a_window_without_prices_has_a_reason():
    bars = BarSet.from_frames({"M": minutes(2)})
    instants = pd.DatetimeIndex(["2020-01-06T12:05Z", "2020-01-06T16:05Z", "2020-01-06T20:00Z", "2020-01-06T14:00Z"])
    found = window_changes(instants, bars)
    assert found["reason"].tolist() == [
        "no price at the window's beginning",
        "no price after the event within the window",
        "no price at the window's beginning",
        "",
    ]
    assert found["change"].isna().tolist() == [True, True, True, False]


def test_controls_are_the_same_time_of_other_days(simulated):
    events, _ = simulated
    found = control_instants(events["instant_utc"], days=10)
    studied = set(events["instant_utc"])
    wanted = {each - pd.Timedelta(days=k) for each in studied for k in range(1, 11)} - studied
    assert set(found) == wanted and found.is_monotonic_increasing


def test_the_effects_of_a_simulated_surprise_are_found(simulated):
    events, bars = simulated
    table = surprise_responses(events, bars).set_index("response")
    for market, effect in (("RATE", 0.003), ("STOCK", -0.006)):
        line = table.loc[market]
        assert line["n"] == len(events) and line["left_out"] == ""
        assert abs(line["coefficient"] - effect) < 4 * line["se"] and line["se"] < 5e-4
        assert line["aware_low"] < line["low"] < effect < line["high"] < line["aware_high"]
        assert line["identifies"] and line["contamination"] < 0.1
    size = (events["actual"] - events["consensus"]).to_numpy()
    scaled = surprise_responses(events, bars, standardise=True).set_index("response")
    assert scaled["unit"].tolist() == pytest.approx([size.std(ddof=1)] * 2, rel=1e-12)
    assert scaled["coefficient"].tolist() == pytest.approx(
        (table["coefficient"] * size.std(ddof=1)).tolist(), rel=1e-10
    )


def test_a_market_can_be_the_surprise(simulated):
    events, bars = simulated
    (line,) = surprise_responses(events, bars, surprise="RATE").to_dict("records")
    long = window_changes(events["instant_utc"], bars)
    y, x = (long[long["market"] == name]["change"].to_numpy() for name in ("STOCK", "RATE"))
    assert line["coefficient"] == pytest.approx(np.polyfit(x, y, 1)[0], rel=1e-9)
    before = window_changes(control_instants(events["instant_utc"]), bars)
    quiet = before[before["market"] == "RATE"]["change"].dropna()
    assert line["contamination"] == pytest.approx(quiet.var() / x.var(ddof=1), rel=1e-10)
    assert line["controls"] == len(quiet)


def test_where_nothing_happens_the_windows_do_not_identify():
    events = pd.DataFrame({"instant_utc": pd.bdate_range("2020-01-20", periods=20, tz="UTC") + pd.Timedelta("14h")})
    events = events.iloc[::2].reset_index(drop=True)
    bars = BarSet.from_frames({"A": minutes(40, 4), "B": minutes(40, 5)})
    table = surprise_responses(events, bars, surprise="A")
    assert table["identifies"].tolist() == [False]
    (words,) = said(table)
    assert "does not identify" in words


def test_events_left_out_are_counted_by_reason(simulated):
    events, bars = simulated
    more = pd.concat([events, pd.DataFrame({"instant_utc": [pd.Timestamp("2020-01-06T20:00Z")], "actual": [1.0]})])
    more.loc[len(more)] = [pd.Timestamp("2020-01-06T14:00Z"), np.nan, 1.0]
    line = surprise_responses(more.assign(surprise=more["actual"]), bars, responses=["STOCK"]).iloc[0]
    assert line["n"] == len(events)
    assert line["left_out"] == "1: no surprise; 1: no price at the window's beginning"


def test_misuse_is_one_line(simulated, tmp_path):
    events, bars = simulated
    with pytest.raises(UnknownNameError, match="ED9"):
        surprise_responses(events, bars, surprise="ED9")
    with pytest.raises(UsageError, match="name them"):
        surprise_responses(events, surprise="actual")
    with pytest.raises(NotEnoughDataError, match="STOCK: 2 events"):
        surprise_responses(events.head(2), bars, responses=["STOCK"])
    with pytest.raises(UsageError, match="not daily"):
        window_changes(
            events["instant_utc"], BarSet.from_frames({"D": pd.Series([1.0, 2.0], pd.bdate_range("2020", periods=2))})
        )
    for given, error in (("noon", UnknownNameError), ((20, -10), UsageError), ("a:b", UsageError)):
        with pytest.raises(error):
            surprise_window(given)
    path = tmp_path / "e.csv"
    for text, words in (("instant_utc,x\n2020-01-06T14:00:00,1\n", "row 2: no instant"), ("when\n1\n", "no column")):
        path.write_text(text)
        with pytest.raises(InputError, match=words):
            read_surprises(path)


def test_the_layout_of_the_database_is_read(tmp_path):
    pytest.importorskip("openpyxl")
    path = tmp_path / "base.xlsx"
    frame = pd.DataFrame({"date_time": pd.to_datetime(["2020-01-29 14:00", "2020-07-29 14:00"]), "ED4": [0.1, -0.2]})
    with pd.ExcelWriter(path) as book:
        frame.to_excel(book, sheet_name="Statements", index=False)
        frame.iloc[1:].to_excel(book, sheet_name="Monetary Events", index=False)
    table = read_surprises(path)
    # New York is five hours behind UTC in January and four in July.
    assert [f"{each:%H:%M}" for each in table["instant_utc"]] == ["19:00", "18:00"]
    assert read_surprises(path, "whole")["ED4"].tolist() == [-0.2]
    with pytest.raises(InputError, match="no sheet 'Minutes'"):
        read_surprises(path, "minutes")
    (tmp_path / "bad.xlsx").write_bytes(b"no book")
    with pytest.raises(InputError, match=r"bad\.xlsx"):
        read_surprises(tmp_path / "bad.xlsx")


def test_the_command(simulated, tmp_path, main):
    events, bars = simulated
    events.to_csv(tmp_path / "events.csv", index=False, date_format="%Y-%m-%dT%H:%M:%SZ")
    for name, own in bars.items():
        frame = own.frame[["close"]].assign(timestamp_utc=own.index.strftime("%Y-%m-%dT%H:%M:%SZ"), symbol=name)
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    prices = tmp_path / "prices"
    prices.mkdir()
    for name in bars:
        (tmp_path / f"{name}.csv").rename(prices / f"{name}.csv")
    code, out, err = main("surprises", tmp_path / "events.csv", "--prices", prices, "--json")
    assert code == 0 and "control windows" in err
    lines = [json.loads(line) for line in out.splitlines()]
    wanted = surprise_responses(events, bars)
    assert [each["coefficient"] for each in lines] == pytest.approx(wanted["coefficient"].tolist(), rel=1e-9)
    code, _, err = main("surprises", tmp_path / "events.csv", "--prices", prices, "--from", "2030-01-01")
    assert code == 4 and "no event in these days" in err
    assert main("surprises", tmp_path / "events.csv", "--prices", prices, "--from", "June")[0] == 2


@pytest.mark.skipif(not REFERENCE, reason="EVENTSTUDY_REFERENCE is not set")
def test_the_published_responses_to_policy_news():
    """Nakamura & Steinsson (2018): .38 (s.e. .17) on the 10-year yield with one more year of rates; here .33."""
    import statsmodels.formula.api as smf

    table = read_surprises(f"{REFERENCE}/data/usmpd/USMPD.xlsx")
    day = pd.to_datetime(table["Date"])
    crisis = day.between("2008-07-01", "2009-06-30")
    used = table[day.between("2000-01-01", "2014-03-31") & ~crisis & (table["Unscheduled"] == 0)].reset_index(drop=True)
    responses = ["UST10Y", "SP500", "DXY"]
    found = surprise_responses(used, surprise=RATES, scaled_to="ED4", responses=responses).set_index("response")
    rates = used[RATES] - used[RATES].mean()
    score = rates @ np.linalg.eigh(rates.cov())[1][:, -1]
    news = used.assign(news=score * (score @ rates["ED4"]) / (score @ score))
    for name in responses:
        fit = smf.ols(f"{name} ~ news", news).fit(cov_type="HC1", use_t=True)
        line = found.loc[name]
        assert line["coefficient"] == pytest.approx(fit.params["news"], rel=1e-8)
        assert line["se"] == pytest.approx(fit.bse["news"], rel=1e-8) and line["n"] == fit.nobs == 106
    assert found["coefficient"].round(2).tolist() == [0.33, -2.87, 2.42]
    assert found["se"].round(2).tolist() == [0.07, 0.78, 0.47]
