"""A report that is computed again: the same bytes where nothing changed, and every change found and named."""

import json
import shutil

import pandas as pd
import pytest

from eventstudy.errors import InputError
from eventstudy.report.verify import differences, stored_record

AT = 'at = "2019-12-03T12:00:00Z"\n'
REST = 'prices = "../p.csv"\nmarkets = ["CL=F", "^GSPC"]\n'
STUDY = "[study]\nestimation = [-50, -11]\nwindows = [[0, 1]]\n"


@pytest.fixture(scope="module", autouse=True)
def _blank_figures():
    """Leave the figures out of the reports of this file: they take most of the time."""
    from matplotlib.figure import Figure

    from eventstudy.report.figures import Picture

    blank = Picture(svg=b"<svg></svg>", narrow=b"<svg></svg>", draw=lambda width: Figure(), alt="")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            "eventstudy.report.write.figures", lambda _: dict.fromkeys(("sessions", "anatomy", "path", "car"), blank)
        )
        patched.setattr("eventstudy.report.write.beside_figures", lambda *_: {})
        patched.setattr("eventstudy.report.many.render.single_pictures", lambda drawn: dict.fromkeys(drawn, blank))
        yield


@pytest.fixture(scope="module")
def world(tmp_path_factory, _blank_figures):
    """A folder with prices of two markets, a study of one event with a part, and a study of three events; all run."""
    from eventstudy.cli.run import run

    folder = tmp_path_factory.mktemp("verified")
    days = pd.bdate_range("2019-09-03", periods=85).strftime("%Y-%m-%d")
    rows = [f"{name},{day},{50 + n * 37 % 11:.2f}" for name in ("CL=F", "^GSPC") for n, day in enumerate(days)]
    (folder / "p.csv").write_text("\n".join(["symbol,date,close", *rows, ""]), "utf-8")
    times = "".join(f"e{day},2019-12-{day:02d}T12:00:00Z\n" for day in (3, 5, 9))
    (folder / "events.csv").write_text(f"id,instant\n{times}", "utf-8")
    tops = {"part": AT, "one": f'{AT}parts = ["../part/study.toml"]\n', "many": 'events = "../events.csv"\n'}
    for name, top in tops.items():
        (folder / name).mkdir()
        (folder / name / "study.toml").write_text(f"{top}{REST}{STUDY}", "utf-8")
    for name, kind in (("one", "json"), ("many", "dta")):
        run(folder / name / "study.toml", None, force=False, formats=(kind,))
    return folder


@pytest.fixture
def copy(world, tmp_path):
    return shutil.copytree(world, tmp_path / "copy")


@pytest.mark.parametrize("name", ["one", "many"])
def test_a_report_that_nobody_touched_is_the_same(world, main, name):
    code, out, _ = main("verify", world / name / "report.html")
    assert code == 0 and "every byte is the same" in out


def changed(path, before, after):
    """Replace the first occurrence of a text in a file."""
    content = path.read_bytes()
    assert before in content
    path.write_bytes(content.replace(before, after, 1))


def test_a_changed_number_of_a_table_is_named_with_its_place(copy, main):
    table = copy / "one/tables/reaction.csv"
    frame = pd.read_csv(table, dtype=str)
    number = frame.loc[1, "ar"]
    changed(table, number.encode(), b"0.5")
    code, out, _ = main("verify", copy / "one", "--json")
    found = json.loads(out)["differences"]
    place = {"file": "tables/reaction.csv", "where": "row 2, ar", "stored": "0.5", "recomputed": number}
    assert code == 3 and place in found
    assert [one["where"] for one in found if one["file"] == "tables/reaction.csv"] == ["", "row 2, ar"]


def test_a_changed_price_is_found_in_the_inputs_and_in_the_numbers(copy, main):
    changed(copy / "p.csv", b"2019-12-03,5", b"2019-12-03,6")
    code, out, err = main("verify", copy / "one", "--json")
    found = json.loads(out)["differences"]
    assert code == 3 and "run it again with --force" in err
    assert {"inputs.p.csv/p.csv", "inputs.part/p.csv/p.csv"} <= {one["where"] for one in found}
    assert any(one["file"] == "tables/part_reaction.csv" for one in found)


def test_a_changed_study_file_is_found_by_its_hash(copy, main):
    changed(copy / "many/study.toml", b"[study]", b"\n[study]")
    code, out, _ = main("verify", copy / "many")
    assert code == 3 and "run.json, inputs.study.toml: stored " in out and "\n1 differences in 1 files" not in out


def test_versions_of_another_machine_are_a_note(copy, main):
    record = json.loads((copy / "one/run.json").read_text("utf-8"))
    changed(copy / "one/run.json", f'"numpy": "{record["versions"]["numpy"]}"'.encode(), b'"numpy": "1.0"')
    code, out, err = main("verify", copy / "one")
    assert f"versions differ: numpy 1.0, here {record['versions']['numpy']}" in err
    assert code == 3 and "run.json: stored another file than the page names" in out


@pytest.mark.parametrize(("words", "code", "message"), [
    (["empty"], 3, "report.html: no such file; name the folder of a report"),
    (["moved"], 2, "the study file is not beside the report; name it with --study"),
])  # fmt: skip
def test_what_cannot_be_verified(copy, main, words, code, message):
    (copy / "empty").mkdir()
    shutil.copytree(copy / "one", copy / "moved", ignore=shutil.ignore_patterns("study.toml"))
    given, _, err = main("verify", *(copy / word for word in words))
    assert given == code and message in err and err.count("\n") == 1


@pytest.mark.parametrize(("before", "after"), [
    (b'"inputs": {', b'"input": {'), (b'"versions": {', b'"versions": ['), (b'"python": "', b'"python": 1, "x": "'),
])  # fmt: skip
def test_provenance_that_is_none(copy, before, after):
    changed(copy / "one/run.json", before, after)
    with pytest.raises(InputError, match=r"run\.json: (not the provenance|inputs, versions or dating)"):
        stored_record(copy / "one")


def test_every_kind_of_file_says_where_it_differs(tmp_path):
    stored = {"a.csv": b"x,y\n1,2\n3,4\n", "b.json": b'{"k": [1, {"m": 2}]}', "c.html": b"one\ntwo\n"}
    stored |= {"d.png": b"\x89\xffAB", "e.csv": b"x\n"}
    now = {"a.csv": b"x,y\n1,2\n3,5\n", "b.json": b'{"k": [1, {"m": 3}]}', "c.html": b"one\ntwa\n"}
    now |= {"d.png": b"\x89\xffAC", "e.csv": b"x\r\n"}
    for name, content in stored.items():
        (tmp_path / name).write_bytes(content)
    places = [(one.file, one.where, one.stored, one.recomputed) for one in differences(tmp_path, {**now, "f": b"12"})]
    assert places == [
        ("a.csv", "row 2, y", "4", "5"),
        ("b.json", "k[1].m", "2", "3"),
        ("c.html", "line 2", "two", "twa"),
        ("d.png", "byte 3", "B", "C"),
        ("e.csv", "byte 1", r"\n", r"\r\n"),
        ("f", "", "nothing", "2 bytes"),
    ]  # fmt: skip
