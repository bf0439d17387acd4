"""All results as JSON, Excel, LaTeX, Markdown and Stata: the numbers of the tables, and text that stays text."""

import io
import json

import jsonschema
import openpyxl
import pandas as pd
import pytest

from eventstudy import write_report
from eventstudy.errors import UsageError
from eventstudy.report.export import provenance
from eventstudy.report.formats import WRITERS, in_formats
from eventstudy.study.exported import exported
from eventstudy.study.workbook import workbook
from places_of_tests import ROOT

HOSTILE = "=cmd|' /C calc'!A0 <b> $x$ | \\ \x1b[31m"


@pytest.fixture(scope="module")
def files(sample_result):
    record = provenance(sample_result, "T", {})
    return in_formats(WRITERS, sample_result, exported(sample_result), record)


def test_the_json_has_the_published_schema(files):
    schema = json.loads((ROOT / "docs/results.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    found = json.loads(files["results.json"])
    jsonschema.validate(found, schema)
    del found["tables"]["reaction"][0]["ar"]
    with pytest.raises(jsonschema.ValidationError, match="'ar' is a required property"):
        jsonschema.validate(found, schema)


def test_the_json_has_the_numbers_to_the_bit(files, sample_result):
    rows = json.loads(files["results.json"])["tables"]["reaction"]
    assert [row["ar"] for row in rows] == sample_result.reaction["ar"].tolist()
    assert json.loads(files["results.json"])["tables"]["alignment"][0]["first_tradable_utc"] == "2020-01-07T23:00:00Z"


def test_the_workbook_reads_back(files, sample_result):
    book = openpyxl.load_workbook(io.BytesIO(files["results.xlsx"]))
    assert set(book.sheetnames) == set(exported(sample_result))
    frame = pd.read_excel(io.BytesIO(files["results.xlsx"]), sheet_name="reaction")
    # Excel keeps fifteen digits.
    assert frame["ar"].tolist() == pytest.approx(sample_result.reaction["ar"].tolist(), rel=1e-15)
    aligned = pd.read_excel(io.BytesIO(files["results.xlsx"]), sheet_name="alignment")
    assert aligned["first_tradable_utc"].iloc[0] == pd.Timestamp("2020-01-07 23:00")


def test_stata_takes_any_name_any_length_of_text_and_whole_numbers_of_any_size():
    frame = pd.DataFrame({"if": [1], "x" * 33: [2.5], "x" * 32 + "y": ["é" * 3000], "a b": [2**60], "a-b": ["q"]})
    content = WRITERS["dta"](None, {"t": frame}, {})["tables/t.dta"]
    read = pd.read_stata(io.BytesIO(content))
    assert list(read) == ["if_", "x" * 32, "x" * 30 + "_2", "a_b", "a_b_2"]
    assert read.iloc[0].tolist() == [1, 2.5, "é" * 3000, str(2**60), "q"]
    with pd.io.stata.StataReader(io.BytesIO(content)) as reader:
        assert reader.variable_labels()["a_b_2"] == "a-b"


def test_whole_numbers_of_latex_are_set_as_numbers():
    text = WRITERS["latex"](None, {"t": pd.DataFrame({"tau": [-1, 0], "note": ["a > b", ""]})}, {})[
        "results.tex"
    ].decode()
    assert r"\begin{tabular}{rl}" in text and r"$-$1 & a $>$ b \\" in text


def test_text_of_a_workbook_is_never_a_formula():
    content = workbook({"x" * 40: pd.DataFrame({"=1+1": [HOSTILE, "+1", ""], "n": [-1.5, float("nan"), 2.0]})})
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert [cell.data_type for cell in sheet["A"][:3]] == ["s"] * 3 and sheet.title == "x" * 31
    assert sheet["A2"].value.startswith("=cmd|") and "\x1b" not in sheet["A2"].value
    assert [cell.value for cell in sheet["B"]] == ["n", -1.5, None, 2]


def test_stata_reads_back(files, sample_result):
    frame = pd.read_stata(io.BytesIO(files["tables/reaction.dta"]))
    assert frame["ar"].tolist() == sample_result.reaction["ar"].tolist() and frame["market"].iloc[0] == "CL=F"


def test_the_same_result_gives_the_same_bytes(files, sample_result):
    again = in_formats(WRITERS, sample_result, exported(sample_result), provenance(sample_result, "T", {}))
    assert again == files and set(files) >= {"results.json", "results.xlsx", "results.tex", "results.md"}


def test_hostile_words_stay_words(sample_result):
    frames = {"t": pd.DataFrame({"text": [HOSTILE]})}
    files = in_formats(("latex", "md", "dta"), sample_result, frames, {"title": HOSTILE})
    assert rb"\$x\$" in files["results.tex"] and rb"\textbackslash{}" in files["results.tex"]
    assert rb"&lt;b> \$x\$ \|" in files["results.md"] and b"\x1b" not in files["results.md"] + files["results.tex"]


def test_an_unknown_format_is_refused(sample_result, tmp_path):
    with pytest.raises(UsageError, match="unknown format 'pdf'; choose from json, xlsx, latex, dta, md, png"):
        write_report(sample_result, tmp_path / "out", formats=("pdf",))
    assert not (tmp_path / "out").exists()


def test_the_command_and_the_methods_write_them(study_file, sample_result, tmp_path, main):
    out = tmp_path / "out"
    code, _, err = main("run", study_file(), "--out", out, "--format", "json", "--format", "png")
    assert code == 0, err
    assert (out / "results.json").is_file() and 'name="eventstudy-file" content="figures/car.png' in (
        out / "report.html"
    ).read_text(encoding="utf-8")
    for path in (out / "figures").glob("*.svg"):
        assert path.with_suffix(".png").read_bytes().startswith(b"\x89PNG")
    assert sample_result.to_excel(tmp_path / "mine.xlsx").stat().st_size > 5_000
    assert r"\toprule" in sample_result.to_latex()
