"""Events and prices as users have them: taken where the meaning is plain, else refused in one line."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

import eventstudy as es
from places_of_tests import DATA, STRIKE

STUDY = es.EventStudy(markets=["CL=F", "^N225"], windows=[(0, 0)], tests=[])
AWARE = dt.datetime(2020, 1, 7, 22, 30, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def expected(sample_bars):
    return returns_of(STUDY.run(es.Event.at(STRIKE), sample_bars))


def returns_of(result):
    return dict(zip(result.reaction["market"], result.reaction["return"], strict=True))


@pytest.mark.parametrize(
    "event",
    [
        STRIKE,
        "2020-01-08 01:30+03:00",
        pd.Timestamp(STRIKE),
        AWARE,
        [STRIKE],
        pd.DatetimeIndex([AWARE]),
        pd.Series([pd.Timestamp(AWARE)]),
        es.When.instant(STRIKE),
        pd.DataFrame({"event_id": ["a"], "instant": [STRIKE]}),
    ],
    ids=lambda event: type(event).__name__,
)
def test_an_instant_is_an_event(event, sample_bars, expected):
    assert returns_of(STUDY.run(event, sample_bars)) == expected


@pytest.mark.parametrize("form", ["wide", "dates in a column", "path", "frames", "Bars", "many Bars", "long"])
def test_prices_of_any_plain_form(form, sample_bars, expected):
    two = {name: sample_bars[name] for name in ("CL=F", "^N225")}
    wide = pd.DataFrame({name: one.frame["close"] for name, one in two.items()})
    given = {
        "wide": lambda: wide,
        "dates in a column": lambda: wide.reset_index(names="date"),
        "path": lambda: str(DATA / "prices"),
        "frames": lambda: {name: one.frame for name, one in two.items()},
        "Bars": lambda: two,
        "many Bars": lambda: [*two.values()],
        "long": lambda: pd.concat([one.frame.assign(symbol=name) for name, one in two.items()]),
    }[form]()
    assert returns_of(STUDY.run(STRIKE, given)) == expected


def test_a_series_is_one_market_and_one_symbol_needs_no_list(sample_bars, expected):
    close = sample_bars["CL=F"].frame["close"].rename("CL=F")
    study = es.EventStudy(markets="CL=F", windows=[(0, 0)], tests=[])
    assert returns_of(study.run(STRIKE, close)) == {"CL=F": expected["CL=F"]}
    given = np.log(close).diff()
    for returns in (given, {"CL=F": given}):
        assert returns_of(study.run(STRIKE, returns=returns)) == pytest.approx({"CL=F": expected["CL=F"]}, rel=1e-12)


ARTICLE = es.Article.of("Oil rose.", published=AWARE)


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ("2020-01-08", "no time of day; write one such as"),
        (dt.date(2020, 1, 8), "a day without a time"),
        (pd.Timestamp("2020-01-07 22:30"), "has no time zone"),
        (np.datetime64("2020-01-07T22:30"), "has no time zone"),
        (pd.NaT, "has no time zone"),
        (None, "events of type NoneType; give an Event"),
        (5, "events of type int"),
        (ARTICLE, "events of type Article; give an Event (es.date_event(article)"),
        (["CL=F", STRIKE], "event-1: events of type str"),
        ({"at": STRIKE}, "events of type dict"),
        ("nothing.csv", "no such file"),
    ],
)
def test_other_events_are_refused_in_one_line(event, message, sample_bars):
    with pytest.raises(es.EventStudyError) as error:
        STUDY.run(event, sample_bars)
    assert message in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda bars: STUDY.run(bars, es.Event.at(STRIKE)), "events of type BarSet"),
        (lambda bars: STUDY.run(STRIKE, 3), "prices of type int"),
        (lambda bars: STUDY.run(STRIKE, pd.DataFrame()), "no column of prices"),
        (lambda bars: STUDY.run(STRIKE, "nothing"), "no such file"),
        (lambda bars: STUDY.run(STRIKE, returns=3), "returns of type int"),
        (lambda bars: es.date_event("a text"), "an article is needed, not str"),
        (lambda bars: es.read_bars(pd.DataFrame()), "read_bars reads files, not DataFrame"),
        (lambda bars: es.write_report(None, "x"), "not of NoneType"),
    ],
)
def test_other_mistakes_are_told_in_one_line(call, message, sample_bars):
    with pytest.raises(es.EventStudyError) as error:
        call(sample_bars)
    assert message in str(error.value) and "\n" not in str(error.value)


def test_a_study_may_be_run_by_its_path(study_file):
    assert returns_of(es.run_study(study_file("tests = []")).result).keys() == {"CL=F", "^N225"}
