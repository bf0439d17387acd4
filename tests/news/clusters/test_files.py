"""The command `eventstudy events`: its files, its records, what is added later, and bad input."""

import csv
import io
import json

import pandas as pd
import pytest
from wire import dividends, refinery

from eventstudy import events_frame, events_from, read_articles, read_evidence
from eventstudy.errors import InputError
from eventstudy.news.clusters.output import COLUMNS, evidence_lines


def write(path, articles):
    keys = ("id", "title", "text", "published", "publisher")
    rows = (dict(zip(keys, (a.id, a.title, a.text, a.stamp.text, a.source), strict=True)) for a in articles)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def table(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_the_table_the_page_and_the_evidence(main, tmp_path):
    out = tmp_path / "events.csv"
    code, text, err = main(
        "events", write(tmp_path / "a.jsonl", refinery()), "-o", out, "--review", tmp_path / "page.html"
    )
    (row,) = table(out)
    assert (code, text) == (0, "") and "4 articles; 1 events" in err and tuple(row) == COLUMNS
    assert row["instant"] == row["public"] == "2021-03-05T10:02:11Z" and row["n_articles"] == "4"
    assert "fire-3" in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert read_evidence(tmp_path / "events.evidence.jsonl") == events_from(read_articles([tmp_path / "a.jsonl"]))


def test_the_records(main, tmp_path):
    _, out, _ = main("events", write(tmp_path / "a.jsonl", refinery()), "--json")
    record = json.loads(out)
    assert record["event"]["start_utc"] == "2021-03-05T09:15:00Z" and record["public_utc"] == "2021-03-05T10:02:11Z"
    assert [one["id"] for one in record["members"]] == ["fire-1", "fire-2", "fire-4", "fire-3"]
    assert record["members"][1]["published_utc"] == "2021-03-05T11:30:00Z" and record["members"][0]["agrees"] is True


def test_articles_added_later_join_and_ids_stay(main, tmp_path):
    out = tmp_path / "events.csv"
    main("events", write(tmp_path / "a.jsonl", [*refinery()[:2], *dividends()[:2]]), "-o", out)
    before = {row["event_id"] for row in table(out)}
    code, _, err = main("events", write(tmp_path / "b.jsonl", [*refinery()[1:], dividends()[3]]), "-o", out, "--add")
    after = {row["event_id"]: int(row["n_articles"]) for row in table(out)}
    assert code == 0 and before < after.keys() and sorted(after.values()) == [1, 1, 1, 4]
    assert "4 articles, 1 of them counted already; 4 events, 1 of them new" in err


def test_files_in_the_way_stay(main, tmp_path):
    (tmp_path / "events.csv").write_text("mine", encoding="utf-8")
    code, _, _ = main("events", write(tmp_path / "a.jsonl", refinery()), "-o", tmp_path / "events.csv")
    assert code == 5 and (tmp_path / "events.csv").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "events.evidence.jsonl").exists()


def test_a_file_that_cannot_be_read_is_a_note_and_the_rest_goes_on(main, tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    write(folder / "a.jsonl", refinery())
    (folder / "b.jsonl").write_text("{not json}\n", encoding="utf-8")
    code, out, err = main("events", folder, "--json")
    assert code == 0 and len(out.splitlines()) == 1 and "left out: " in err and "b.jsonl" in err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--add"], 2),
        (["-o", "e.xlsx"], 2),
        (["-o", "none.csv", "--add"], 3),
        (["-o", "events.csv", "--workers", "0"], 2),
    ],
)
def test_wrong_options(main, tmp_path, monkeypatch, words, code):
    monkeypatch.chdir(tmp_path)
    found, out, err = main("events", write(tmp_path / "a.jsonl", refinery()), *words)
    assert (found, out) == (code, "") and err.count("\n") == 1


@pytest.mark.parametrize(
    "line", ["{", "[]", "{}", '{"id": "a", "members": []}', '{"id": "a", "members": [{}]}', "null"]
)
def test_damaged_evidence_is_refused_with_its_line(tmp_path, line):
    path = tmp_path / "e.jsonl"
    path.write_bytes(evidence_lines(events_from(refinery())) + line.encode())
    with pytest.raises(InputError, match=r"e\.jsonl:2: "):
        read_evidence(path)


def test_the_frame_has_instants():
    frame = events_frame(events_from([*refinery(), *dividends()[:1]]))
    assert list(frame) == list(COLUMNS) and str(frame["instant"].dtype).endswith("UTC]")
    assert frame["instant"].max() == pd.Timestamp("2021-03-05T10:10:00Z")
