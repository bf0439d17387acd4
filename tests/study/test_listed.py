"""Days of listed events left out of the estimation, by a plain loop; scheduled releases among what else happened."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from eventstudy import Event, EventStudy, read_bars, read_events
from eventstudy.errors import UnknownNameError, UsageError
from eventstudy.study.listed import scheduled
from places_of_tests import DATA, STRIKE

EVENT = Event.at(STRIKE, id="strike")
OTHERS = tuple(read_events(DATA / "events.csv"))
STUDY = EventStudy(markets=["CL=F"], rolls="keep", windows=[(0, 0)], exclude="listed")


@pytest.fixture(scope="module")
def result(sample_bars):
    return STUDY.run(EVENT, sample_bars, others=OTHERS)


def test_the_days_of_listed_events_are_out_of_the_estimation(result, sample_bars):
    close = sample_bars["CL=F"].frame["close"]
    returns = np.log(close / close.shift())
    day = close.index.get_loc(pd.Timestamp("2020-01-08"))
    # WTI settles at 14:30 in New York: what comes after counts for the next session.
    settled = [at.tz_localize("America/New_York") + pd.Timedelta("14h30min") for at in close.index]
    out = {next(n for n, at in enumerate(settled) if at > event.when.start) for event in OTHERS[:-20]}
    kept = [n for n in range(day - 210, day - 10) if n not in out]
    assert 190 <= len(kept) < 200
    mean, sigma = returns.iloc[kept].mean(), returns.iloc[kept].std(ddof=1)
    line = result.reaction.iloc[0]
    assert line["ar"] == pytest.approx(returns.iloc[day] - mean, rel=1e-12)
    assert line["se"] == pytest.approx(sigma * np.sqrt(1 + 1 / len(kept)), rel=1e-10)
    assert result.outcomes["observations"].tolist() == [len(kept)]
    assert line["placebo_dates"] == len(kept)
    assert any("listed event" in sentence for sentence in result.method)


def test_without_the_option_they_stay(result, sample_bars):
    plain = replace(STUDY, exclude=None).run(EVENT, sample_bars, others=OTHERS)
    assert plain.outcomes["observations"].tolist() == [200]
    assert not any("listed event" in sentence for sentence in plain.method)
    assert plain.reaction["ar"].iloc[0] != result.reaction["ar"].iloc[0]


def test_repetitions_leave_them_out_as_well(result, sample_bars):
    table = STUDY.sensitivities(EVENT, sample_bars, others=OTHERS).set_index("variant")
    assert table.loc["declared", "ar"] == result.reaction["ar"].iloc[0]
    assert table.loc["with days of listed events", "rows"] == 200
    with pytest.raises(UsageError, match="other events"):
        STUDY.specification_curve(EVENT, sample_bars)
    curve = STUDY.specification_curve(EVENT, sample_bars, others=OTHERS)
    assert result.reaction["ar"].iloc[0] == pytest.approx(curve["ar"], abs=0.01)


def test_nothing_listed_is_said(sample_bars):
    with pytest.raises(UsageError, match="needs prices and other events"):
        STUDY.run(EVENT, sample_bars)
    with pytest.raises(UnknownNameError, match="everything"):
        replace(STUDY, exclude="everything")


def test_releases_of_the_days_studied(sample_bars):
    study = EventStudy(markets=["CL=F", "^N225"], rolls="keep", windows=[(-1, 2)])
    table = study.run(EVENT, sample_bars).scheduled_releases()
    stocks = table[table["title"] == "US weekly petroleum status"].set_index(["start_utc", "market"])["tau"]
    report = pd.Timestamp("2020-01-08T15:30Z")
    # The report of 8 January comes before that day's settlement in New York, after the close in Tokyo.
    assert stocks[report, "CL=F"] == 0 and stocks[report, "^N225"] == 1
    assert table["source"].str.contains("by rule").all()
    listed = study.run(EVENT, sample_bars, others=OTHERS).scheduled_releases()
    assert report not in set(listed["start_utc"])
    assert pd.Timestamp("2020-01-03T19:00Z") in set(listed["start_utc"])


def test_a_release_at_the_instant_of_a_listed_event_is_that_event():
    day = pd.Timestamp("2020-01-08", tz="UTC")
    found = scheduled(day, day + pd.Timedelta("24h"))
    assert [str(each.when) for each in found] == ["2020-01-08 15:30 UTC"]
    assert scheduled(day, day + pd.Timedelta("24h"), [Event.at("2020-01-08T15:30Z")]) == ()


def test_releases_are_marked_on_the_path():
    """The scheduled report alone after the strike; the listed report in its place where there is a list."""
    study = EventStudy(bars="15min", markets=["WTICO_USD"], rolls="keep", estimation=(-40, -1), windows=[(0, 87)])
    bars = read_bars(DATA / "prices/intraday")
    alone, listed = study.run(EVENT, bars), study.run(EVENT, bars, others=OTHERS)
    assert [str(each.when) for each in alone.listed_after()] == ["2020-01-08 15:30 UTC"]
    assert [each.id for each in listed.listed_after()][:3] == [
        "conciliatory-messages",
        "airliner-crash",
        "eia-stocks-2020-01-08",
    ]
    drawn = alone.plot_path(Figure().subplots())
    assert [text.get_text() for text in drawn.texts] == ["1"]
    # Dates of matplotlib count days from 1970.
    when = pd.Timestamp("2020-01-08T15:30Z").timestamp() / 86400
    assert any(np.allclose(line.get_xdata(orig=False), when, rtol=0, atol=1e-6) for line in drawn.lines)
