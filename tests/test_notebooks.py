"""Every notebook runs from top to bottom, with public names only, and is kept with the outputs that it then has."""

import ast
import importlib
import json
import re
from importlib.metadata import version

import nbformat
import pytest
from run_notebooks import FOLDER, a_kernel, executed, written

from places_of_tests import ROOT

NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
# What the outputs depend on. With other versions of these they are not compared.
DEPENDS_ON = (
    *("contourpy", "exchange_calendars", "ipykernel", "ipython", "matplotlib", "nbclient", "nbformat", "numpy"),
    *("pandas", "pillow", "scipy", "statsmodels", "tzdata"),
)
LARGEST = 250_000
by_name = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def pinned():
    """Whether the packages that outputs depend on have the versions of constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").lower().splitlines()
    pins = dict(line.split("==") for line in lines if "==" in line)
    return all(version(name) == pins[name] for name in DEPENDS_ON)


def test_they_are_numbered_along_the_road():
    assert [path.name[:2] for path in NOTEBOOKS] == [f"{number}-" for number in range(1, len(NOTEBOOKS) + 1)]
    assert NOTEBOOKS[0].name == "1-quickstart.ipynb" and len(NOTEBOOKS) >= 8


@pytest.fixture(scope="module")
def kernel():
    with a_kernel() as manager:
        yield manager


@by_name
@pytest.mark.filterwarnings("default")  # those of the kernel's own machinery
def test_it_runs_and_its_outputs_are_those_that_are_kept(path, kernel):
    notebook = executed(path, kernel)  # an error of a cell is an exception
    kept = path.read_text(encoding="utf-8")
    if pinned():
        assert written(notebook) == kept, f"run: python tools/run_notebooks.py {path.name[:1]}, and look at the changes"
    now, then = ([cell.source for cell in one.cells] for one in (notebook, nbformat.reads(kept, as_version=4)))
    assert now == then


@by_name
def test_it_is_short_public_and_of_no_one_machine(path):
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert len(notebook.cells) < 30 and len(text) < LARGEST
    assert not re.search(r"/(?:home|root|tmp|work|Users)/", json.dumps(notebook))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == [*range(1, len(code) + 1)]
    assert sum(bool(cell.outputs) for cell in code) >= len(code) / 2
    for cell in code:
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("eventstudy"):
                public = importlib.import_module(node.module).__all__
                assert {name.name for name in node.names} <= {*public, "news"}, f"{path.name}: {ast.unparse(node)}"
