"""Tables, explanations and the review page of dated articles."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from eventstudy import read_events
from eventstudy.errors import DatingError, UsageError
from eventstudy.news.dating.dating import date_article, date_event
from eventstudy.news.dating.output import dating_record, datings_frame, review_record, table_bytes
from eventstudy.news.reading.article import Article
from eventstudy.report.review import review_page, visible

DATED = date_article(
    Article.of(
        "A bomb exploded in Lyon at 0915 GMT.", published="2021-03-05T10:00:00Z", id="a", title="=cmd|' /C calc'!A0"
    )
)
UNDECIDED = date_article(Article.of("A bomb exploded in Lyon on Friday.", id="b"))


def test_the_record_has_its_stable_keys() -> None:
    record = dating_record(DATED)
    assert list(record)[:4] == ["id", "event", "events", "mentions"]
    keys = {"start_utc", "end_utc", "precision", "basis", "evidence", "tz", "warnings"}
    assert keys <= set(record["event"])
    assert {"phrase", "start_utc", "end_utc", "precision", "tz", "is_event", "warnings"} <= set(record["mentions"][0])
    empty = dating_record(UNDECIDED)["event"]
    assert keys <= set(empty) and empty["start_utc"] is None and empty["warnings"]
    assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_a_csv_table_has_a_row_for_every_article_and_runs_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(table_bytes([DATED, UNDECIDED], "x.csv").decode())))
    assert [r["id"] for r in rows] == ["a", "b"]
    assert rows[0]["start_utc"] == "2021-03-05T09:15:00Z" and rows[0]["title"].startswith("'=")
    assert rows[1]["start_utc"] == "" and "publication date" in rows[1]["warnings"]


def test_a_csv_table_reads_back_as_events(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_bytes(table_bytes([DATED], path.name))
    (event,) = read_events(path)
    assert event.id == "a" and event.basis == "occurred"
    assert event.when.start == DATED.events[0].when.start


def test_json_lines_hold_the_full_records() -> None:
    lines = table_bytes([DATED, UNDECIDED], "x.jsonl").decode().splitlines()
    assert [json.loads(line) for line in lines] == [dating_record(DATED), dating_record(UNDECIDED)]


def test_parquet_holds_instants() -> None:
    pytest.importorskip("pyarrow")
    import pandas as pd

    frame = pd.read_parquet(io.BytesIO(table_bytes([DATED, UNDECIDED], "x.parquet")))
    assert str(frame["start_utc"][0]) == "2021-03-05 09:15:00+00:00" and pd.isna(frame["start_utc"][1])


def test_the_frame_has_a_row_for_every_article_in_order() -> None:
    frame = datings_frame([DATED, UNDECIDED])
    assert frame["id"].tolist() == ["a", "b"]
    assert str(frame["start_utc"][0]) == "2021-03-05 09:15:00+00:00"
    assert frame["start_utc"].isna().tolist() == [False, True]
    assert "publication date" in frame["warnings"][1]


def test_another_ending_is_refused() -> None:
    with pytest.raises(UsageError, match=r"\.csv, \.jsonl, \.parquet"):
        table_bytes([DATED], "x.xlsx")


def test_an_explanation_adds_up() -> None:
    text = DATED.explain()
    assert text.splitlines()[1].startswith("* 'at 0915 GMT' = 2021-03-05 09:15 UTC")
    (scored,) = DATED.scored
    assert f"{scored.total:+.1f}: " in text
    assert all(reason.text in text for reason in scored.reasons)


def test_the_pieces_of_a_review_are_the_text() -> None:
    record = review_record(DATED)
    assert "".join(text for text, _ in record["pieces"]) == DATED.text
    assert [(text, n) for text, n in record["pieces"] if n is not None] == [("at 0915 GMT", 0)]


def test_the_review_page_shows_hostile_text_as_text() -> None:
    hostile = "<script>alert(1)</script> <img src=x onerror=alert(1)> \u202egnp\u200b \x1b[31m"
    text = f"{hostile} A bomb exploded in Lyon at 0915 GMT."
    title = "</style><script>alert(2)</script>"
    dating = date_article(Article.of(text, published="2021-03-05T10:00:00Z", title=title))
    page = review_page([review_record(dating), review_record(UNDECIDED)]).decode()
    body = page.split("<body>")[1]
    assert "<script" not in page and "<img" not in body and "&lt;script&gt;alert(1)" in body
    assert not any(c in page for c in "\u202e\u200b\x1b")
    assert "U+202E" in page and "U+200B" in page and "U+001B" in page
    assert "default-src 'none'" in page
    assert '<mark class="event">at 0915 GMT</mark>' in page
    assert "1 undecided, 1 of them without a time" in page and "Undecided: no time." in page
    assert f"read with {100 * dating.confidence:.0f} % confidence" in page


def test_visible_keeps_ordinary_text() -> None:
    assert visible("Öl 日本 “quoted”\n") == "Öl 日本 “quoted”\n"


def test_a_dating_says_how_likely_it_is() -> None:
    record = dating_record(DATED)
    assert 0.8 < record["confidence"] < 1 and record["decided"]
    assert DATED.explain().startswith(f"read with {DATED.confidence:.0%} confidence")
    assert (UNDECIDED.confidence, UNDECIDED.decided) == (0.0, False)


def test_an_event_below_the_least_confidence_is_not_taken() -> None:
    text = "A mine collapsed in Lima on Monday. A bridge collapsed in Lima on Tuesday morning."
    article = Article.of(text, published="2020-01-08T12:00:00Z")
    first, second = date_article(article).events
    assert date_event(article, number=2).when == second.when != first.when
    assert date_article(article, number=2).decided and not date_article(article, min_confidence=0.999).decided
    with pytest.raises(DatingError, match=r"undecided \(event 1: .* confidence; event 2: .*\); .*--event N"):
        date_event(article, min_confidence=0.999)
    with pytest.raises(DatingError, match="the text has 2 dated events; there is no event 3"):
        date_event(article, number=3)
