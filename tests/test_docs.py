"""The documentation: its code runs, its links lead somewhere; every command, option, key and column is described."""

import re
import runpy
import tomllib

import numpy as np
import pandas as pd
import pytest

from eventstudy import EventStudy, EventStudyError, read_study, run_study
from eventstudy.inference.volatility import COLUMNS as VOLATILITY_COLUMNS
from eventstudy.study.comparison import COMPARED
from eventstudy.study.config import STUDY_KEYS, StudyTable
from eventstudy.study.curve import CURVE_COLUMNS
from eventstudy.study.exported import exported
from eventstudy.study.sensitivity import SENSITIVITY_COLUMNS
from eventstudy.study.verdicts.output import COLUMNS as CLAIMS
from places_of_tests import DATA, ROOT

PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"])
REFERENCE = ROOT / "docs/reference"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
# These have tests of their own, of what their code gives.
ELSEWHERE = {"adding-a-model.md", "adding-a-test.md", "panel-regressions.md"}


def blocks(page):
    return BLOCK.findall(page.read_text(encoding="utf-8"))


@pytest.fixture
def demo(tmp_path, monkeypatch):
    """Stand where `eventstudy demo` has written the sample."""
    for name in ("data", "reports"):
        (tmp_path / name).symlink_to(ROOT / name)
    assert DATA == ROOT / "data"
    # The files that docs/prices.md names.
    frame = pd.DataFrame({"symbol": "CL=F", "date": ["07/01/2020", "08/01/2020"], "close": [62.7, 59.61]})
    frame.to_csv(tmp_path / "oil.csv", index=False)
    frame.to_excel(tmp_path / "oil.xlsx", index=False)
    (tmp_path / "layout.toml").write_text('date_format = "%d/%m/%Y"', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "page", [page for page in PAGES if blocks(page) and page.name not in ELSEWHERE], ids=lambda page: page.stem
)
def test_the_python_of_a_page_runs(page, demo, without_figures):
    names = {"__name__": "docs"}
    exec(compile("\n".join(blocks(page)), page.name, "exec"), names)  # the project's own pages


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_study_files_on_a_page_have_known_keys(page):
    text = page.read_text(encoding="utf-8")
    for block in re.findall(r"^```toml\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        table = tomllib.loads(block)
        if "study" in table:
            assert set(table) <= set(StudyTable.__annotations__), page.name
            assert set(table["study"]) <= {*STUDY_KEYS, "markets"}, page.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_to_files_and_headings(page):
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" not in target:
            path, _, heading = target.partition("#")
            file = page.parent / path if path else page
            assert file.is_file(), f"{page.name}: {target}"
            # The site has no pages from outside docs/.
            assert page.name == "README.md" or (ROOT / "docs") in file.resolve().parents, f"{page.name}: {target}"
            assert not heading or heading in slugs(file), f"{page.name}: {target}"


def slugs(file):
    """The targets of a page's headings, as code hosts and Sphinx make them."""
    titles = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_page_of_commands_is_what_the_commands_say():
    page = runpy.run_path(str(ROOT / "tools/build_reference.py"))["page"]
    assert (REFERENCE / "commands.md").read_text(encoding="utf-8") == page(), "run tools/build_reference.py"


def test_every_key_of_a_study_file_is_described():
    text = (ROOT / "docs/study-file.md").read_text(encoding="utf-8")
    described = set(re.findall(r"^\| `\[*(\w+)\]*` \|", text, re.MULTILINE))
    assert {*StudyTable.__annotations__, *STUDY_KEYS} - {"study"} - described == set()


def test_every_exit_code_is_described():
    codes = {each.exit_code for each in subclasses(EventStudyError)} | {0, 1, 130}
    text = (ROOT / "docs/stability.md").read_text(encoding="utf-8")
    sentence = text[text.index("Exit codes:") :].split(".")[0]
    assert {int(code) for code in re.findall(r"\b(\d+) \w", sentence)} == codes


def subclasses(kind):
    return {kind}.union(*(subclasses(each) for each in kind.__subclasses__()))


def described_columns():
    """The columns of each table of docs/reference/columns.md."""
    text = (REFERENCE / "columns.md").read_text(encoding="utf-8")
    parts = re.split(r"^### `(\w+)`$", text, flags=re.MULTILINE)[1:]
    lines = {
        name: re.findall(r"^\| (`.*?) \|", part, re.MULTILINE)
        for name, part in zip(parts[::2], parts[1::2], strict=True)
    }
    return {name: set(re.findall(r"`(\w+)`", " ".join(cells))) for name, cells in lines.items()}


def test_every_column_of_the_tables_is_described(sample_run):
    known = described_columns()
    night = run_study(read_study(ROOT / "reports/iran-2020-night/study.toml")).result
    tables = (
        exported(night)
        | exported(sample_run.result)
        | {"sensitivities": pd.DataFrame(columns=SENSITIVITY_COLUMNS), "claims": pd.DataFrame(columns=list(CLAIMS))}
        | {"curve": pd.DataFrame(columns=CURVE_COLUMNS), "comparison": pd.DataFrame(columns=COMPARED)}
        | {"volatility": pd.DataFrame(columns=VOLATILITY_COLUMNS)}
    )
    for name, frame in tables.items():
        assert set(frame.columns) - known[name] == set(), name


def test_every_column_of_the_averages_is_described():
    rng = np.random.default_rng(1)
    days = pd.bdate_range("2020-01-01", periods=60)
    returns = pd.DataFrame(rng.normal(0, 0.01, (60, 4)), index=days, columns=list("ABCD"))
    events = pd.DataFrame(
        {"event_id": list("abcd"), "symbol": list("ABCD"), "session": days[50:54], "group": list("xxyy")}
    )
    result = EventStudy(model="constant-mean", estimation=(-40, -5), windows=[(0, 0)]).run(events, returns=returns)
    known, weights = described_columns(), dict.fromkeys("abcd", 1.0)
    frames = {
        "aar": result.aar_by("group"),
        "cars": result.average_cars("group"),
        "compared": result.compare_groups("group"),
        "diagnostics": result.diagnostics(),
        "weighted": result.average_cars("group", weights=weights),
        "weighted_days": result.average_returns("group", weights=weights),
    }
    for name, frame in {**frames, "events": result.events, "overlaps": result.overlaps}.items():
        plain = {column for column in frame.columns if not column.startswith("p_")}
        assert plain - known[name] <= {"group"}, name
