"""A study of price changes: every figure and table of its report is in the market's own unit, not in per cent."""

import re

import numpy as np
import pandas as pd
import pytest

from eventstudy import Event, EventStudy, read_events
from eventstudy.report import alternatives, figures
from eventstudy.report.beside import Beside
from eventstudy.report.page import render
from eventstudy.study.narrative import interval_sentence
from places_of_tests import DATA, STRIKE

EVENT = Event.at(STRIKE, id="strike", title="T")
MARKETS = ["CL=F", "BZ=F"]


@pytest.fixture(scope="module")
def bars(sample_bars):
    return sample_bars


@pytest.fixture(scope="module")
def result(bars):
    study = EventStudy(returns="change", markets=MARKETS, windows=[(0, 1)], rolls="keep")
    return study.run(EVENT, bars, others=read_events(DATA / "events.csv"))


@pytest.fixture(scope="module")
def page(result):
    sizes = [{"test": "t", "over": "each market", "dates": 9, "rate": 0.06, "low": 0.0, "high": 0.1, "power": 0.5}]
    beside = Beside(sizes=pd.DataFrame(sizes).assign(effect=0.5))
    pictures = {f"{name}.svg": b"<svg/>" for name in ("sessions", "car", "anatomy", "first")}
    record = {"study": result.specification, "versions": {}, "inputs": {}}
    return render(result, title="T", others=(), pictures=pictures, record=record, files={}, beside=beside).decode()


def test_the_drawn_cars_are_dollars(result):
    figure = figures._car_grid(result)(figures.WIDE)
    for market, ax in zip(MARKETS, figure.axes, strict=True):
        path = result.ar[result.ar["market"] == market]
        (line,) = (each for each in ax.lines if len(each.get_xdata()) == len(path) and each.get_linewidth() == 1.6)
        assert line.get_ydata().tolist() == path["car"].tolist()
        bands = [each.get_datalim(ax.transData).y1 for each in ax.collections]
        assert bands == [path["band_simultaneous"].max(), path["band"].max()]
    assert figure.get_supylabel() == "cumulative abnormal return, change"


def test_the_drawn_day_is_in_dollars(result, bars):
    frame = bars["CL=F"].frame
    day = frame.index.get_loc(pd.Timestamp("2020-01-08"))
    reference = frame["close"].iloc[day - 1]
    high, close = (frame[name].iloc[day] - reference for name in ("high", "close"))
    (anatomy,) = figures._one(figures.WIDE, 2.0, result.plot_anatomy).axes
    assert f"{high:+.1f}" in [text.get_text() for text in anatomy.texts]
    (first,) = figures._one(figures.WIDE, 2.0, result.plot_first).axes
    for ax in (anatomy, first):
        drawn = np.concatenate([each.get_offsets()[:, 0] for each in ax.collections if hasattr(each, "get_sizes")])
        assert np.isclose(drawn, close, rtol=1e-12).any()
        assert ax.get_xlabel().startswith("change against")


def test_the_words_for_the_drawings_are_in_dollars(result):
    for words in (alternatives.anatomy, alternatives.first, alternatives.car):
        assert "per cent" not in words(result)
    day = result.anatomy[result.anatomy["market"] == "CL=F"].iloc[0]
    low, high, close = (f"{day[name]:+.2f}".replace("-", "\N{MINUS SIGN}") for name in ("low", "high", "close"))
    assert f"{low} to {high}, close {close}" in alternatives.anatomy(result)


def test_no_table_of_the_page_is_in_per_cent(page):
    headings = re.findall(r"<th[^>]*>([^<]*)</th>", page)
    assert len(headings) > 40
    assert not [each for each in headings if "%" in each]
    assert "0.5 in its own unit" in page and "per cent" not in page


def test_the_tables_of_the_page_hold_the_dollars(page, bars):
    frame = bars["CL=F"].frame
    day = frame.index.get_loc(pd.Timestamp("2020-01-08"))
    reference = frame["close"].iloc[day - 1]
    cells = set(re.findall(r"<td[^>]*>([^<]*)</td>", page))
    assert {
        f"{frame['high'].iloc[day] - reference:+.2f}",
        f"{frame['high'].iloc[day] - frame['low'].iloc[day]:.2f}",
    } <= cells
    assert {f"{reference:.2f}", f"{frame['close'].iloc[day] - reference:+.2f}".replace("-", "\N{MINUS SIGN}")} <= cells


def test_the_two_readings_of_an_interval_are_in_dollars(bars):
    result = EventStudy(returns="change", markets=["CL=F"], windows=[(0, 0)], rolls="keep").run(EVENT, bars)
    late = result.reaction.assign(ar=-1.25)
    said = interval_sentence(result.reaction, late, "day", "change", result.instruments)
    assert f"{result.reaction['ar'].iloc[0]:+.2f}".replace("-", "\N{MINUS SIGN}") in said
    assert "or \N{MINUS SIGN}1.25" in said


def test_averages_of_changes_are_no_per_cent():
    days = pd.bdate_range("2015-01-05", periods=200)
    rng = np.random.default_rng(3)
    prices = pd.DataFrame({f"M{k}": 50 + np.cumsum(rng.standard_normal(200)) for k in range(45)}, index=days)
    study = EventStudy(calendar="XNYS", returns="change", estimation=(-60, -6), windows=[(0, 1)])
    result = study.run(Event.at("2015-07-01T12:00:00Z"), prices)
    shown = str(result.summary())
    assert "mean CAR  " in shown and "mean CAR %" not in shown and "positive %" in shown
    mean = result.car[result.car["window"] == "[0,1]"]["car"].mean()
    assert f"{mean:+.2f}".replace("-", "\N{MINUS SIGN}") in shown
