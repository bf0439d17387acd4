"""The sample story: one missile strike, told with two clocks, two weekdays and several other times."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from eventstudy.errors import DatingError, InputError, UsageError
from eventstudy.news.dating.dating import date_article, date_event
from eventstudy.news.dating.output import dating_record
from eventstudy.news.reading.readers import read_article

STORY = """---
title: Missiles hit bases in Iraq
published: 2020-01-08T03:10:00Z
source: written for this test
---

Missiles hit bases in Iraq

WASHINGTON (Desk) - More than a dozen ballistic missiles hit two bases in
Iraq that house American troops, in the first direct attack of its kind.

The missiles were launched at about 1:30 a.m. on Wednesday (2230 GMT), the Pentagon
said. President Trump wrote late on Tuesday that all was well and that
he would speak on Wednesday morning. The attack answers Friday's killing of a
general near Baghdad airport. Trump visited one of the bases in December 2018.

U.S. crude jumped almost 5% before paring gains; Asian stock markets fell.

Tagged , , , ,

About Jane Doe

Leave a Reply
"""


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "strike.md"
    path.write_text(STORY, encoding="utf-8")
    return path


def test_the_pair_dates_the_strike_on_the_day_before_in_utc(story: Path) -> None:
    event = date_event(read_article(story))
    assert event.when.start.isoformat() == "2020-01-07T22:30:00+00:00"
    assert event.when.precision == "minute"
    assert event.when.tz == "+03:00"
    assert event.basis == "occurred"
    assert event.evidence.startswith("The missiles were launched at about 1:30 a.m.")
    assert event.warnings == ()


def test_every_other_time_is_listed_as_not_the_event(story: Path) -> None:
    record = dating_record(date_article(read_article(story)))
    told = {m["phrase"]: (m["start_utc"], m["end_utc"], m["is_event"]) for m in record["mentions"]}
    assert told == {
        "at about 1:30 a.m. on Wednesday (2230 GMT)": ("2020-01-07T22:30:00Z", "2020-01-07T22:30:00Z", True),
        "late on Tuesday": ("2020-01-07T23:00:00Z", "2020-01-08T05:00:00Z", False),
        "on Wednesday morning": ("2020-01-08T11:00:00Z", "2020-01-08T17:00:00Z", False),
        "Friday's": ("2020-01-02T21:00:00Z", "2020-01-03T21:00:00Z", False),
        "in December 2018": ("2018-11-30T21:00:00Z", "2018-12-31T21:00:00Z", False),
    }


def test_the_title_is_not_repeated_and_the_furniture_is_gone(story: Path) -> None:
    article = read_article(story)
    assert article.title == "Missiles hit bases in Iraq"
    assert article.text.startswith(
        "WASHINGTON (Desk) - More than a dozen ballistic missiles hit two bases in Iraq that"
    )
    assert article.text.endswith("Asian stock markets fell.")


def test_without_a_publication_date_a_weekday_is_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "bare.txt"
    path.write_text("A bomb went off in Baghdad at 1:30 a.m. on Wednesday.", encoding="utf-8")
    with pytest.raises(DatingError, match=r"no publication date.*at = .*--published"):
        date_event(read_article(path))
    record = dating_record(date_article(read_article(path)))
    assert record["event"]["start_utc"] is None
    assert "publication date" in record["event"]["warnings"][-1]
    assert date_event(read_article(path, published="2020-01-08")).when.start.isoformat() == "2020-01-07T22:30:00+00:00"


def test_an_address_is_refused(tmp_path: Path) -> None:
    for address in ("https://example.org/a", "file:///etc/passwd", "ftp://x/y", "data:text/plain,hello"):
        with pytest.raises(UsageError, match="save the page"):
            read_article(address)


def test_empty_and_too_large_files_are_refused(tmp_path: Path) -> None:
    empty, large = tmp_path / "empty.txt", tmp_path / "large.txt"
    empty.write_text(" \n", encoding="utf-8")
    with large.open("wb") as handle:
        handle.truncate(10_000_001)
    with pytest.raises(InputError, match="no text"):
        read_article(empty)
    with pytest.raises(InputError, match="larger than"):
        read_article(large)


def test_the_newsroom_needs_no_pandas() -> None:
    code = "import sys, eventstudy.news.dating.dating; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
