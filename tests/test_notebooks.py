"""Every notebook runs from top to bottom, with the public names only, and is kept without its outputs."""

import ast
import importlib
from pathlib import Path

import nbformat
import pytest
import zmq
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
# Forget the names of the notebook before, and close its figures; the modules stay loaded.
FRESH = "%reset -f\nimport sys\n'matplotlib.pyplot' in sys.modules and sys.modules['matplotlib.pyplot'].close('all')"


def code_of(path):
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_there_are_notebooks():
    assert [path.name for path in NOTEBOOKS[:1]] == ["1-quickstart.ipynb"]


@pytest.fixture(scope="module")
def kernel():
    """Start one kernel for all notebooks, since loading the libraries takes most of their time."""
    with zmq.Context() as context:
        manager = KernelManager(kernel_name="python3", context=context)
        manager.start_kernel(cwd=str(NOTEBOOKS[0].parent))
        yield manager
        manager.shutdown_kernel(now=True)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("default")  # those of the kernel's own machinery
def test_it_runs(path, kernel):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(FRESH))
    client = NotebookClient(notebook, km=kernel, timeout=120)
    client.execute()
    client.kc.stop_channels()
    assert all("outputs" not in cell or not _errors(cell) for cell in notebook.cells)


def _errors(cell):
    return [output for output in cell.outputs if output.output_type == "error"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_uses_public_names_and_keeps_no_output(path):
    notebook = nbformat.read(path, as_version=4)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)
    for source in code_of(path):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("eventstudy"):
                public = importlib.import_module(node.module).__all__
                assert {name.name for name in node.names} <= {*public, "news"}, f"{path.name}: {ast.unparse(node)}"
