"""Execute the notebooks and write them with their outputs: ``python tools/run_notebooks.py [NAME ...]``.

`tests/test_notebooks.py` executes them in the same way and compares the outputs byte for byte.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import zmq
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode

FOLDER = Path(__file__).parents[1] / "notebooks"
# Forget the names, options and figures of the notebook before; the modules stay loaded.
FRESH = """%reset -f
import matplotlib, pandas, sys
pandas.reset_option('^display')
matplotlib.rcdefaults()
%matplotlib inline
'matplotlib.pyplot' in sys.modules and sys.modules['matplotlib.pyplot'].close('all');
del matplotlib, pandas, sys"""


@contextmanager
def a_kernel() -> Iterator[KernelManager]:
    """Start a kernel for several notebooks, since loading the libraries takes most of their time."""
    with zmq.Context() as context:
        manager = KernelManager(kernel_name="python3", context=context)
        manager.start_kernel(cwd=str(FOLDER))
        yield manager
        manager.shutdown_kernel(now=True)


def executed(path: Path, kernel: KernelManager) -> NotebookNode:
    """Execute a notebook from top to bottom, as if it were the kernel's first, and return it with its outputs.

    Parameters
    ----------
    path : Path
    kernel : KernelManager

    Returns
    -------
    NotebookNode
        Without times and other things that differ from run to run.
    """
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(FRESH))
    client = NotebookClient(notebook, km=kernel, timeout=120, record_timing=False, coalesce_streams=True)
    client.execute()
    client.kc.stop_channels()
    del notebook.cells[0]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, start=1):
        cell.execution_count, cell.metadata = number, {}
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = number
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook


def written(notebook: NotebookNode) -> str:
    """Return a notebook as the text of its file."""
    return nbformat.writes(notebook, version=4) + "\n"


def main(names: list[str]) -> None:
    """Execute the notebooks whose names begin with one of those given; all by default."""
    with a_kernel() as kernel:
        for path in sorted(FOLDER.glob("*.ipynb")):
            if not names or path.name.startswith(tuple(names)):
                text = written(executed(path, kernel))
                path.write_text(text, encoding="utf-8", newline="\n")
                sys.stdout.write(f"{path.name}: {len(text):,} bytes\n")


if __name__ == "__main__":
    main(sys.argv[1:])
