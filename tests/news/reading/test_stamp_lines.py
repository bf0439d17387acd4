"""Lines of a plain text that state its publication are its publication time where nothing else states one."""

from __future__ import annotations

from pathlib import Path

import pytest

from eventstudy import Article, date_article
from eventstudy.cli.date import dating_text
from eventstudy.errors import EventStudyError
from eventstudy.events import parse_instant
from eventstudy.news.reading.readers import read_article
from eventstudy.news.reading.stamps import read_stamp

BODY = "A ferry sank off Bergen at 9:10 a.m. on Tuesday, police said."


def read(folder: Path, text: str, published: str = "") -> Article:
    (folder / "a.txt").write_text(text)
    return read_article(folder / "a.txt", published=published)


@pytest.mark.parametrize(
    ("line", "when"),
    [
        ("Published: 2024-03-06T08:00:00Z", "2024-03-06 08:00 UTC"),
        ("Published 6 March 2024 08:00 GMT", "2024-03-06 08:00 UTC"),
        ("**Posted on March 6, 2024 at 3:00 am EST | Updated 7 March 2024**", "2024-03-06 08:00 UTC"),
        ("First published: Wed, 06 Mar 2024 09:00:00 +0100", "2024-03-06 08:00 UTC"),
        ("POSTED: Mar 6, 2024", "2024-03-05 10:00 to 2024-03-07 12:00 UTC"),
    ],
)
@pytest.mark.parametrize("text", ["{line}\n{body}", "Ferry sinks\n{line}\n\n{body}", "{body}\n\n{line}\n"])
def test_the_line_is_the_publication_time_and_dates_the_weekday(
    tmp_path: Path, text: str, line: str, when: str
) -> None:
    article = read(tmp_path, text.format(line=line, body=BODY))
    assert str(article.published) == when and article.text == BODY
    assert str(date_article(article).events[0].when) == "2024-03-05 08:10 UTC"


@pytest.mark.parametrize(
    "line", ["Published by Nordic Wire", "Posted 2 hours ago", "Published: soon", "Updated: 6 March 2024"]
)
def test_a_line_that_states_no_publication_stays_in_the_text(tmp_path: Path, line: str) -> None:
    article = read(tmp_path, f"Ferry sinks\n\n{line}\n\n{BODY}")
    assert article.published is None and line in article.text


def test_a_sentence_of_the_story_is_no_such_line(tmp_path: Path) -> None:
    story = "Published on 6 March 2024, the report says that nobody had checked the ferry for years before it sank."
    article = read(tmp_path, f"Ferry sinks\n\n{story}")
    assert article.published is None and article.text == story


@pytest.mark.parametrize("given", ["front matter", "option"])
def test_a_stated_publication_time_goes_first(tmp_path: Path, given: str) -> None:
    front = "---\npublished: 2024-03-08T08:00:00Z\n---\n" if given == "front matter" else ""
    text = f"{front}Published: 6 March 2024\n\n{BODY}"
    article = read(tmp_path, text, "" if front else "2024-03-08T08:00:00Z")
    assert str(article.published) == "2024-03-08 08:00 UTC"


def test_lines_that_contradict_each_other_are_listed(tmp_path: Path) -> None:
    article = read(tmp_path, f"Posted: 2024-03-06T08:00:00Z\n\n{BODY}\n\nPublished: 2024-03-16T08:00:00Z")
    assert str(article.published) == "2024-03-06 08:00 UTC" and len(article.stamps) == 2
    assert "the publication times disagree" in article.warnings[0] and "2024-03-16T08:00:00Z" in article.warnings[0]


@pytest.mark.parametrize("read_it", [lambda text: read_stamp(text, "page"), parse_instant])
def test_a_leap_second_is_called_so(read_it):
    with pytest.raises(EventStudyError, match="'2016-12-31T23:59:60Z' is a leap second"):
        read_it("2016-12-31T23:59:60Z")


def test_a_line_that_states_a_leap_second_is_not_read_as_a_day(tmp_path: Path) -> None:
    with pytest.raises(EventStudyError, match=r"the line 'Published'.*is a leap second"):
        read(tmp_path, f"Ferry sinks\nPublished: 2016-12-31T23:59:60Z\n\n{BODY}")


def test_a_leap_second_in_a_page_is_shown_where_the_event_stays_undecided(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    data = '{"@type": "NewsArticle", "datePublished": "2016-12-31T23:59:60Z"}'
    page.write_text(
        f"<html><head><script type='application/ld+json'>{data}</script></head><body><p>{BODY}</p></body></html>"
    )
    dating = date_article(read_article(page))
    assert "is a leap second" in dating_text(dating)
