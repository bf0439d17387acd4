"""What objects say of themselves in a shell and a notebook: short, and hostile words stay words."""

import inspect
from dataclasses import replace

import pandas as pd
import pytest

from eventstudy import Article, Bars, Event, EventList, EventStudy, TestResult, date_article, events_from, models, tests
from eventstudy.inference.models.registry import MODELS
from eventstudy.inference.significance.registry import TESTS
from places_of_tests import STRIKE

HOSTILE = "<script>alert(1)</script> $x$ \u202ecba"
TEXT = "A bomb exploded at 0915 GMT in Lyon. <img src=x onerror=alert(1)> Police came at 1000 GMT."


@pytest.fixture(scope="module")
def shown(sample_run):
    article = Article.of(TEXT, published="2021-03-05T10:30:00Z", title=HOSTILE, id="lyon")
    return {
        "article": article,
        "dating": date_article(article),
        "event": Event.at("2020-01-07T22:30:00Z", id="strike", title=HOSTILE),
        "abnormal": sample_run.result.abnormal,
        "dated": sample_run.event,
        "when": sample_run.event.when,
        "mention": sample_run.event.mentions[0],
        "bars": Bars(symbol=HOSTILE, frame=sample_run.result.bars["CL=F"].frame, source=HOSTILE),
        "bar set": sample_run.prices,
        "study": EventStudy(markets=[HOSTILE, "CL=F"], windows=[(0, 1)], model="market", benchmark=HOSTILE),
        "file": replace(sample_run.file, title=HOSTILE),
        "panel": sample_run.result.panel,
        "list": EventList.of_frame(pd.DataFrame({"event_id": [HOSTILE], "instant": [STRIKE]}), HOSTILE),
        "test": TestResult.of_t(HOSTILE, 2.5, 49, null=HOSTILE, n=50, notes=(HOSTILE,)),
        "news": events_from([article])[0],
    }


NAMES = (
    *("article", "dating", "event", "abnormal", "dated", "when", "mention", "bars"),
    *("bar set", "study", "file", "panel", "list", "test", "news"),
)


@pytest.mark.parametrize("name", NAMES)
def test_they_are_short_and_safe(shown, name):
    line, html = repr(shown[name]), getattr(shown[name], "_repr_html_", str)()
    assert len(line) < 600 and "\n" not in line and "\u202e" not in line + html
    assert "<script" not in html and "<img" not in html and len(html) < 4_000


def test_what_they_say(shown):
    assert repr(shown["event"]).startswith("Event('strike', 2020-01-07 22:30 UTC, occurred, minute: '<script>")
    assert repr(shown["dating"]).startswith("Dating('lyon': 2021-03-05 09:15 UTC, ") and "2 expressions" in repr(
        shown["dating"]
    )
    assert "Article('lyon'" in repr(shown["article"]) and "16 words" in repr(shown["article"])
    assert repr(shown["abnormal"]).startswith("AbnormalReturns(pairs 12 of 12, rows -")


def test_the_time_expressions_are_marked(shown):
    html = shown["dating"]._repr_html_()
    assert html.count("<mark ") == 2 == shown["article"]._repr_html_().count("<mark ")
    assert html.count("font-weight:600") == 1
    assert html.index("font-weight:600") < html.index("0915 GMT</mark>") < html.index("1000 GMT</mark>")


def test_a_run_shows_the_article_with_times_and_statements_and_then_its_result(sample_run):
    html = sample_run._repr_html_()
    assert html.count('<mark title="event"') == 1 and html.count('<mark title="time"') >= 5
    assert html.count('<mark title="claim"') >= 1
    assert html.endswith(sample_run.result._repr_html_()) and len(repr(sample_run)) < 600


def test_only_what_differs_is_said():
    assert repr(EventStudy()) == "EventStudy(model constant-mean, estimation [-210,-11], windows [0,0], [0,1], [-1,1])"
    assert repr(EventStudy(seed=3, markets="CL=F")).endswith("[-1,1], seed 3)")


def test_what_there_is_can_be_listed():
    assert models()["model"].tolist() == [*MODELS] and tests()["test"].tolist() == [*TESTS]
    assert (models()["description"].str.len() > 10).all() and (tests()["null"].str.len() > 10).all()


def test_completion_sees_every_option_of_a_study():
    options = set(inspect.signature(EventStudy).parameters)
    assert {"model", "windows", "estimation", "horizon"} <= options and not {"kwargs", "options"} & options
