"""What objects say of themselves in a shell and a notebook: short, and hostile words stay words."""

import pytest

from eventstudy import Article, Event, date_article

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
    }


@pytest.mark.parametrize("name", ["article", "dating", "event", "abnormal", "dated"])
def test_they_are_short_and_safe(shown, name):
    line, html = repr(shown[name]), shown[name]._repr_html_()
    assert len(line) < 250 and "\n" not in line and "\u202e" not in line + html
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
    assert html.count("<mark ") == 2 and html.count("font-weight:600") == 1
    assert html.index("font-weight:600") < html.index("0915 GMT</mark>") < html.index("1000 GMT</mark>")
