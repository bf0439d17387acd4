"""A layout is proposed for a file that needs one, and reads it; the command prints it."""

import json
import tomllib

import pytest

import eventstudy as es
from eventstudy.errors import InputError
from eventstudy.markets.sources.proposals import propose_layout

FILES = {
    "nothing to declare": ("date,close\n2021-03-04,1\n2021-03-05,2\n", {}, [1, 2]),
    "day or month first: the order with neighbouring days": (
        "Date,Close\n04/03/2021,1\n05/03/2021,2\n",
        {"date_format": "%d/%m/%Y"},
        [1, 2],
    ),
    "other names, decimal comma and points": (
        "Tag;Open;Kurs X;Umsatz\n2021-03-04;1;1.001,5;3\n2021-03-05;2;2,5;4\n",
        {"columns": {"date": "Tag", "close": "Kurs X"}, "ignore": ["Umsatz"], "decimal": ",", "thousands": "."},
        [1001.5, 2.5],
    ),
    "a missing price written as a word": (
        "Date,Open,Close\n2021-03-04,1,1\n2021-03-05,2,n.a.\n",
        {"missing": ["n.a."]},
        [1],
    ),
    "times without a zone": (
        "Date,Close\n2021-03-04 10:00,1\n2021-03-04 10:15,2\n",
        {"timezone": "UTC"},
        [1, 2],
    ),
    "small numbers of both signs": ("date,X\n2021-03-04,0.1\n2021-03-05,-0.1\n", {"shape": "wide"}, [0.1, -0.1]),
}


@pytest.mark.parametrize(("text", "declared", "closes"), FILES.values(), ids=FILES)
def test_what_is_proposed_reads_the_file(tmp_path, text, declared, closes):
    path = tmp_path / "X.csv"
    path.write_text(text)
    found = propose_layout(path)
    assert found.layout.declared() == declared and tomllib.loads(found.toml()) == declared
    (tmp_path / "layout.toml").write_text(found.toml())
    for layout in (tmp_path / "layout.toml", declared, found.layout):
        assert es.read_bars(path, layout=layout)["X"].frame["close"].tolist() == closes
    assert len(found.settled) == len([*declared.get("columns", {}), *(set(declared) - {"columns", "thousands"})])


def test_a_file_of_another_encoding(tmp_path):
    path = tmp_path / "X.csv"
    path.write_bytes("Datum;Eröffnung;Schluss\n04.03.2021;1;1\n05.03.2021;2;2\n".encode("cp1252"))
    assert propose_layout(path).layout.declared() == {"encoding": "cp1252"}


@pytest.mark.parametrize("text", ["", "date,close\n", "date,close\n2021-03-04,1\n2021-03-04,1\n", "a\nb\n"])
def test_what_no_layout_reads_keeps_its_first_refusal(tmp_path, text):
    path = tmp_path / "X.csv"
    path.write_text(text)
    with pytest.raises(InputError) as refusal:
        es.read_bars(path)
    with pytest.raises(InputError) as error:
        propose_layout(path)
    assert str(error.value) == str(refusal.value)


def test_the_command_prints_a_layout_and_fails(main, tmp_path):
    path = tmp_path / "X.csv"
    path.write_text("Date,Close\n04/03/2021,1\n05/03/2021,2\n08/03/2021,2\n09/03/2021,2\n")
    code, out, err = main("prices", "check", "--files", path)
    assert code == 3 and err.count("\n") == 1 and "declare date_format in a layout" in err
    assert tomllib.loads(out) == {"date_format": "%d/%m/%Y"}
    assert [line.split()[1] for line in out.splitlines() if "2021-03-0" in line.split("X.csv")[-1]][-3:] == [
        "2021-03-04",
        "2021-03-05",
        "2021-03-08",
    ]
    code, out, _ = main("prices", "check", "--files", path, "--json")
    assert code == 3 and json.loads(out)["layout"] == {"date_format": "%d/%m/%Y"} and len(json.loads(out)["rows"]) == 3
    code, out, _ = main("prices", "check", "--files", tmp_path)
    assert (code, out) == (3, "")
