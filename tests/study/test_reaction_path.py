"""Studies in bars, beside plain loops; the sample's quarter-hours; what is said when a study runs early."""

import os
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from eventstudy import BarSet, Event, EventStudy, When, read_bars, read_study, run_study, write_report
from eventstudy.errors import NotEnoughDataError, UsageError
from eventstudy.markets.prices.bars import Bars
from places_of_tests import DATA, STRIKE

mpl.use("Agg")
REFERENCE = os.environ.get("EVENTSTUDY_REFERENCE")
needs_reference = pytest.mark.skipif(not REFERENCE, reason="EVENTSTUDY_REFERENCE is not set")
PUBLIC = Event(id="strike", public=When.instant("2020-01-07T23:20:00Z"))
# Sums of some dozen numbers near 1e-3, in another order: rounding is far below this.
EXACT = {"rtol": 1e-12, "atol": 1e-15}


@pytest.fixture(scope="module")
def quarters():
    return read_bars(DATA / "prices/intraday")


@pytest.fixture(scope="module")
def night(quarters):
    study = EventStudy(bars="15min", markets=["WTICO_USD"], estimation=(-39, -1), windows=[(0, 0), (0, 5), (0, 20)])
    return study.run(Event.at(STRIKE), quarters)


def test_tau_zero_is_the_reopening(night):
    line = night.alignment.iloc[0]
    assert (line["state"], line["session"]) == ("break", pd.Timestamp("2020-01-07T23:00"))
    assert line["reference_utc"] == pd.Timestamp("2020-01-07T22:00Z") and pd.isna(line["straddling_utc"])


def test_the_night_beside_a_plain_loop(night, quarters):
    close = quarters["WTICO_USD"].frame["close"]
    opens = [stamp.strftime("%m-%d %H:%M") for stamp in close.index]
    first = opens.index("01-07 23:00")
    log = [np.nan] + [np.log(b / a) for a, b in pairwise(close)]
    before = [log[first + tau] for tau in range(-39, 0)]
    mean = sum(before) / 39
    variance = sum((value - mean) ** 2 for value in before) / 38
    table = night.ar.set_index("tau")
    total = 0.0
    for tau in range(21):
        total += log[first + tau] - mean
        assert table.loc[tau, "ar"] == pytest.approx(log[first + tau] - mean, rel=1e-12)
        assert table.loc[tau, "car"] == pytest.approx(total, rel=1e-11)
        assert table.loc[tau, "se"] == pytest.approx(np.sqrt(variance * (1 + 1 / 39)), rel=1e-12)
    last = night.car.set_index("window").loc["[0,20]"]
    assert last["se"] == pytest.approx(np.sqrt(variance * (21 + 21**2 / 39)), rel=1e-12)


def test_the_course_of_the_night(night):
    course = night.course.iloc[0]
    # Holm over the 21 bars of the windows leaves the +0.6 % of the first quarter-hour its place: p = .0017 x 21.
    assert course["first_abnormal_utc"] == pd.Timestamp("2020-01-07T23:00Z")
    assert (course["peak"], course["peak_utc"]) == (5, pd.Timestamp("2020-01-08T00:30Z"))
    assert course["peak_car"] == night.ar.loc[night.ar["tau"].between(0, 5), "ar"].sum()
    assert (course["half_life_bars"], course["half_life_minutes"]) == (7, 105)
    assert np.isnan(course["minutes_to_first"]) and "no reaction times" in course["note"]
    assert "23:00 UTC on 7 January 2020" in str(night) and "no reaction times" in str(night)


def test_reaction_times_from_the_first_report(quarters):
    study = EventStudy(bars="15min", markets=["WTICO_USD"], estimation=(-39, -1), windows=[(0, 20)])
    course = study.run(PUBLIC, quarters).course.iloc[0]
    # 23:20 lies inside the bar of 23:15, which belongs to neither side.
    assert course["tau_zero_utc"] == pd.Timestamp("2020-01-07T23:30Z")
    assert course["straddling_utc"] == pd.Timestamp("2020-01-07T23:15Z")
    frame = quarters["WTICO_USD"].frame["close"]
    at = frame.index.get_loc(pd.Timestamp("2020-01-07T23:15Z"))
    assert course["straddling_return"] == pytest.approx(frame.iloc[at] / frame.iloc[at - 1] - 1, rel=1e-12)
    assert course["minutes_to_peak"] == 70 and "23:15 holds the event" in course["note"]


def test_a_straddling_bar_is_on_neither_side(quarters):
    study = EventStudy(bars="15min", markets=["WTICO_USD"], estimation=(-39, -2), windows=[(-1, 3)])
    result = study.run(PUBLIC, quarters)
    starts = result.ar.set_index("tau")["session"]
    assert starts[-1] == pd.Timestamp("2020-01-07T23:00") and starts[0] == pd.Timestamp("2020-01-07T23:30")
    held = result.path[result.path["straddling"]]
    assert held["start_utc"].tolist() == [pd.Timestamp("2020-01-07T23:15Z")] and held["tau"].isna().all()
    assert result.path.loc[result.path["tau"] == -1, "move"].tolist() == [0.0]


def test_an_event_at_the_opening_of_a_bar_has_it_as_tau_zero(quarters):
    study = EventStudy(bars="15min", markets=["WTICO_USD"], estimation=(-39, -1), windows=[(0, 3)])
    line = study.run(Event.at("2020-01-07T23:15:00Z"), quarters).alignment.iloc[0]
    assert line["session"] == pd.Timestamp("2020-01-07T23:15") and pd.isna(line["straddling_utc"])
    assert line["reference_utc"] == pd.Timestamp("2020-01-07T23:15Z")


def test_no_bar_is_made_up_across_a_break(night, quarters):
    path = night.path
    assert not path["start_utc"].between("2020-01-07T22:00Z", "2020-01-07T22:59Z").any()
    assert path.loc[path["across_break"], "tau"].tolist() == [0]
    axes = night.plot_path()
    lines = [line for line in axes.get_lines() if len(line.get_xdata()) > 2]
    assert len(lines) == 2 and sum(len(line.get_xdata()) for line in lines) == len(path)
    plt.close(axes.figure)


def test_a_return_across_a_break_is_left_out_of_the_estimation(quarters):
    """The bars before 23:30 on 7 January hold the reopening of 23:00 once: 38 of 39 returns are those of a bar."""
    study = EventStudy(bars="15min", markets=["WTICO_USD"], estimation=(-39, -1), windows=[(0, 3)])
    assert study.run(Event.at("2020-01-07T23:30:00Z"), quarters).outcomes["observations"].tolist() == [38]


def test_markets_that_reach_back_too_little_show_their_path(quarters):
    result = EventStudy(bars="15min", estimation=(-39, -1), windows=[(0, 5)]).run(Event.at(STRIKE), quarters)
    assert result.markets == ["WTICO_USD"]
    assert set(result.path["market"]) == {"WTICO_USD", "JP225_USD", "XAU_USD", "SPX500_USD"}
    assert set(result.outcomes["outcome"]) == {"ok", "too_few_observations"}


def test_other_news_is_placed_at_its_bar(night):
    stocks = Event.at("2020-01-08T01:05:00Z", id="other")
    assert night.what_else([stocks])["tau"].tolist() == [9]


def test_a_report_by_the_bar(night, tmp_path):
    write_report(night, tmp_path / "night")
    page = next((tmp_path / "night").glob("*.html")).read_text(encoding="utf-8")
    assert "Event time counts bars of 15min" in page and "From stamp to stamp" in page
    table = pd.read_csv(tmp_path / "night/tables/path.csv")
    assert table["start_utc"].iloc[-1] == "2020-01-08T04:00:00Z" and len(table) == len(night.path)
    rows = pd.read_csv(tmp_path / "night/tables/ar.csv").set_index("tau")
    assert rows.loc[0, "session"] == "2020-01-07T23:00:00Z"


def test_a_study_file_in_bars(study_file, night):
    path = study_file(
        'bars = "15min"\nestimation = [-39, -1]\nwindows = [[0, 0], [0, 5], [0, 20]]',
        prices=f'"{(DATA / "prices/intraday").as_posix()}"',
        markets='["WTICO_USD"]',
    )
    result = run_study(read_study(path)).result
    for name in ("path", "car"):
        drop = ["event_id"]
        pd.testing.assert_frame_equal(getattr(result, name).drop(columns=drop), getattr(night, name).drop(columns=drop))


def test_hours_that_the_estimation_window_lacks_are_told(night, quarters):
    assert "fewer than five days with the hours of the event" in night.finding()[-1]
    assert any("one mean for every time of day" in sentence for sentence in night.method)
    study = EventStudy(model="time-of-day", bars="1h", estimation=(-400, -1), windows=[(0, 0)])
    found = study.run(Event.at("2020-01-07T22:30:00Z"), {"JPY=X": hourly()})
    assert "hours of the event" not in " ".join(found.finding()) + " ".join(found.method)


def hourly(days=40, seed=11, missing=()):
    """Hourly dollar/yen of New York's day, restless at 03:00 and calm otherwise."""
    index = pd.date_range("2019-12-01 22:00", periods=24 * days, freq="h", tz="UTC")
    local = index.tz_convert("America/New_York")
    index = index[
        [
            (day < 4) or (day == 4 and hour < 17) or (day == 6 and hour >= 17)
            for day, hour in zip(local.day_of_week, local.hour, strict=True)
        ]
    ]
    rng = np.random.default_rng(seed)
    scale = np.where(index.tz_convert("America/New_York").hour == 3, 0.005, 0.0005)
    frame = pd.DataFrame({"close": 109 * np.exp(np.cumsum(scale * rng.standard_normal(len(index))))}, index=index)
    return frame.drop(frame.index[list(missing)])


def time_of_day_loop(frame, event, windows, estimation):
    """Time-of-day model written out for one event: AR and CAR with their standard errors."""
    close, stamps = frame["close"].to_list(), list(frame.index)
    first = next(at for at, stamp in enumerate(stamps) if stamp >= event)
    log = {at: np.log(close[at] / close[at - 1]) for at in range(1, len(close))}
    clock = [stamp.tz_convert("America/New_York").strftime("%H:%M") for stamp in stamps]
    straddled = stamps[first - 1] < event < stamps[first - 1] + pd.Timedelta(hours=1)
    by_time = {}
    for at in range(first + estimation[0] - straddled, first + estimation[1] + 1 - straddled):
        if at in log:
            by_time.setdefault(clock[at], []).append(log[at])
    out = {}
    for a, b in windows:
        total, variance, seen = 0.0, 0.0, {}
        for tau in range(a, b + 1):
            past = by_time[clock[first + tau]]
            mean = sum(past) / len(past)
            spread = sum((value - mean) ** 2 for value in past) / (len(past) - 1)
            total += log[first + tau] - mean
            variance += spread
            seen.setdefault(clock[first + tau], [spread, len(past), 0])[2] += 1
        # The error of a mean counts as often as its time of day, squared where that comes back.
        variance += sum(spread / n * times**2 for spread, n, times in seen.values())
        out[f"[{a},{b}]"] = (total, np.sqrt(variance))
    return out, min(len(past) for past in by_time.values()) - 1


@pytest.mark.parametrize("missing", [(), (30, 31, 200)])
def test_time_of_day_beside_a_plain_loop(missing):
    frame = hourly(missing=missing)
    event = pd.Timestamp("2019-12-30T08:00Z")
    windows, estimation = [(0, 0), (0, 5), (0, 40)], (-360, -1)
    study = EventStudy(model="time-of-day", bars="1h", estimation=estimation, windows=windows)
    result = study.run(Event.at(event.to_pydatetime()), {"JPY=X": frame})
    loop, degrees = time_of_day_loop(frame, event, windows, estimation)
    for line in result.car.to_dict("records"):
        np.testing.assert_allclose([line["car"], line["se"]], loop[line["window"]], **EXACT)
    assert result.reaction["df"].tolist() == [degrees]


def test_the_time_of_day_tells_a_restless_hour_from_a_calm_one():
    """A move of half a per cent at 03:00 New York is ordinary; the same move at noon is not."""
    frame, study = hourly(), EventStudy(model="time-of-day", bars="1h", estimation=(-360, -1), windows=[(0, 0)])
    p = {}
    for clock in ("08:00", "17:00"):
        moved = frame.copy()
        at = moved.index.get_loc(pd.Timestamp(f"2019-12-30T{clock}Z"))
        step = 0.005 - np.log(moved["close"].iloc[at] / moved["close"].iloc[at - 1])
        moved.iloc[at:] *= np.exp(step)
        p[clock] = study.run(Event.at(f"2019-12-30T{clock}:00Z"), {"JPY=X": moved}).reaction["p"].iloc[0]
    assert p["08:00"] > 0.2 and p["17:00"] < 1e-4


def test_the_time_of_day_needs_bars(sample_bars):
    with pytest.raises(UsageError, match='bars = "15min"'):
        EventStudy(model="time-of-day").run(Event.at(STRIKE), sample_bars)


@pytest.mark.parametrize(
    ("study", "words"),
    [
        (EventStudy(bars="15min"), "cannot be made of bars that are daily"),
        (EventStudy(bars="5min", markets=["WTICO_USD"]), "cannot be made of bars that are 15 minutes long"),
        (EventStudy(), 'bars = "15min"'),
    ],
)
def test_bars_of_another_kind(study, words, sample_bars, quarters):
    bars = quarters if "daily" not in words else sample_bars
    with pytest.raises(UsageError, match=words):
        study.run(Event.at(STRIKE), bars)


def test_returns_cannot_be_studied_in_bars():
    with pytest.raises(UsageError, match="needs prices"):
        EventStudy(bars="15min").run(Event.at(STRIKE), returns=pd.DataFrame())


def test_events_of_a_frame_in_bars(quarters, night):
    study = EventStudy(bars="15min", estimation=(-39, -1), windows=[(0, 0), (0, 5), (0, 20)])
    events = pd.DataFrame({"event_id": ["event"], "symbol": ["WTICO_USD"], "instant": [pd.Timestamp(STRIKE)]})
    pd.testing.assert_frame_equal(study.run(events, quarters).car, night.car)
    with pytest.raises(UsageError, match="needs instants"):
        study.run(events.drop(columns="instant").assign(session="2020-01-08"), quarters)


def test_an_event_beyond_the_bars(quarters):
    study = EventStudy(bars="15min", estimation=(-39, -1), windows=[(0, 3)])
    for instant, words in (("2020-01-07T11:00:00Z", "outside_prices"), ("2020-01-09T11:00:00Z", "provisional")):
        with pytest.raises(NotEnoughDataError, match=words):
            study.run(Event.at(instant), quarters)


# --- studies that run early ---------------------------------------------------------------------------------


def recorded(sample_bars, until, as_of):
    """Crude and the S&P 500 as they stood at an instant; the row of the day is there before its settlement."""
    kept = {name: sample_bars[name].frame[:until] for name in ("CL=F", "^GSPC")}
    instant = None if as_of is None else pd.Timestamp(as_of)
    return BarSet(bars={name: Bars(symbol=name, frame=frame, as_of=instant) for name, frame in kept.items()})


EARLY = EventStudy(estimation=(-60, -11), windows=[(0, 0), (0, 3)], rolls="keep")


def test_a_study_before_the_settlement_is_provisional(sample_bars):
    """At 20:00 UTC crude has settled (19:30), shares in New York have not closed (21:00)."""
    early = EARLY.run(Event.at(STRIKE), recorded(sample_bars, "2020-01-08", "2020-01-08T20:00Z"))
    outcomes = early.outcomes.set_index("market")
    assert outcomes.loc["^GSPC", "outcome"] == "provisional"
    assert "observed at 2020-01-08 21:00 UTC" in outcomes.loc["^GSPC", "detail"]
    assert "recorded at 2020-01-08 20:00 UTC" in outcomes.loc["^GSPC", "detail"]
    assert outcomes.loc["CL=F", "outcome"] == "ok"
    assert "3 of the rows after day 0 are not there yet" in outcomes.loc["CL=F", "detail"]
    assert "provisional" in str(early)


def test_the_same_study_is_completed_later(sample_bars):
    late = EARLY.run(Event.at(STRIKE), recorded(sample_bars, "2020-01-20", "2020-01-20T23:00Z"))
    assert late.outcomes["outcome"].eq("ok").all() and late.outcomes["detail"].eq("").all()
    whole = EARLY.run(Event.at(STRIKE), {name: sample_bars[name].frame for name in ("CL=F", "^GSPC")})
    pd.testing.assert_frame_equal(late.car, whole.car)


def test_prices_that_end_the_day_before_are_provisional(sample_bars):
    with pytest.raises(NotEnoughDataError, match=r"provisional.*run the study again"):
        EARLY.run(Event.at(STRIKE), recorded(sample_bars, "2020-01-07", None))


# --- changes ------------------------------------------------------------------------------------------------


def test_a_spread_is_studied_by_its_changes(sample_bars, tmp_path):
    study = EventStudy(markets=["BZ-CL"], returns="change", windows=[(0, 0), (-1, 1)])
    result = study.run(Event.at(STRIKE), sample_bars)
    line = result.reaction.iloc[0]
    assert line["return"] == pytest.approx(0.26, abs=1e-12) and np.isnan(line["simple_return"])
    assert "rose 0.26 USD/bbl" in str(result) and "%" not in str(result).splitlines()[0]
    write_report(result, tmp_path / "spread")


def test_changes_exist_where_prices_are_not_positive(sample_bars):
    frame = sample_bars["CL=F"].frame.copy()
    frame.loc["2020-01-08", ["low", "close"]] = -37.63
    study = EventStudy(returns="change", rolls="keep", windows=[(0, 0)])
    assert study.run(Event.at(STRIKE), {"CL=F": frame}).reaction["return"].iloc[0] == -37.63 - 62.70
    with pytest.raises(NotEnoughDataError, match="non_positive_price"):
        EventStudy(rolls="keep", windows=[(0, 0)]).run(Event.at(STRIKE), {"CL=F": frame})


# --- reference data -----------------------------------------------------------------------------------------


@needs_reference
def test_one_minute_bars_find_the_first_burst():
    bars = read_bars(Path(REFERENCE) / "data/minutes/2020-01-07_08.csv")
    study = EventStudy(bars="1min", estimation=(-400, -1), windows=[(0, 240)], min_observations=15)
    result = study.run(Event.at(STRIKE), bars)
    course = result.course.set_index("market")
    assert course.loc["WTICO_USD", "peak_utc"] == pd.Timestamp("2020-01-08T00:28Z")
    assert (course.loc[["JP225_USD", "XAU_USD", "SPX500_USD"], "first_abnormal_utc"] == "2020-01-07T23:22Z").all()
    plt.close(result.plot_path().figure)


@needs_reference
def test_hourly_yen_by_the_time_of_day():
    table = pd.read_csv(Path(REFERENCE) / "data/hourly-fx-gold-2019-12_2020-01.csv.gz")
    yen = table[table["ticker"] == "USDJPY"]
    frame = yen.set_index(pd.to_datetime(yen["timestamp_utc"]))[["open", "high", "low", "close"]]
    windows, estimation = [(0, 0), (0, 5), (0, 30)], (-480, -1)
    study = EventStudy(model="time-of-day", bars="1h", estimation=estimation, windows=windows)
    result = study.run(Event.at(STRIKE), {"JPY=X": frame})
    loop, _ = time_of_day_loop(frame, pd.Timestamp(STRIKE), windows, estimation)
    for line in result.car.to_dict("records"):
        np.testing.assert_allclose([line["car"], line["se"]], loop[line["window"]], **EXACT)
    plt.close(result.plot_path().figure)
