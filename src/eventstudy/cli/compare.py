"""``eventstudy compare``: several study files, or one under several models, in one table and one figure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .app import AFTER, Json
from .terminal import Answer, give, table_text

if TYPE_CHECKING:
    import pandas as pd

    from ..study.config import StudyFile

WINDOW = r"(?:([+-]?\d+):([+-]?\d+)|\[\s*([+-]?\d+)\s*,\s*([+-]?\d+)\s*\])"


def compare(
    studies: Annotated[list[Path], typer.Argument(help="Files study.toml, or their folders.", show_default=False)],
    models: Annotated[
        str, typer.Option(help="Run each study under these models, such as market,constant-mean.", show_default=False)
    ] = "",
    windows: Annotated[
        str, typer.Option(help="Event windows in place of the studies' own, such as 0:1,-1:1.", show_default=False)
    ] = "",
    out: Annotated[Path | None, typer.Option(help="Folder for comparison.csv and comparison.svg.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the files of an earlier call.")] = False,
    as_json: Json = False,
) -> None:
    """Put the sums of all windows of several studies, or of one under several models, side by side; no report."""
    give(compared(studies, out, models=models, windows=windows, force=force), as_json=as_json)


EPILOG = (
    f"Example: eventstudy compare demo/reports/iran-2020 demo/reports/oil-2020 {AFTER}; "
    "one study: eventstudy compare demo/reports/oil-2020 --models constant-mean,garch --windows=0:0,-1:1"
)


def compared(studies: Sequence[Path], out: Path | None, *, models: str, windows: str, force: bool) -> Answer:
    """Run the studies and compare them.

    Parameters
    ----------
    studies : sequence of Path
        Study files, or folders with a ``study.toml``.
    out : Path or None
        Folder of the table and the figure.
    models : str
        Names of models with commas between, under each of which every study is run; empty for its own.
    windows : str
        Event windows with commas between, in place of those of the studies.
    force : bool
        Whether files of these names are replaced.

    Returns
    -------
    Answer
    """
    from ..files import local_path, refuse_existing, write_all
    from ..render import tables
    from ..report.export import csv_bytes
    from ..study.comparison import compare as side_by_side
    from ..study.run import run_study
    from .records import plain_rows

    folder = None if out is None else local_path(out, output=True)
    if folder is not None:
        refuse_existing([folder / "comparison.csv", folder / "comparison.svg"], force=force)
    results = {name: run_study(file).result for name, file in _files(studies, models, windows).items()}
    table, unit = side_by_side(results), next(iter(results.values())).unit
    scale, headings = (100, {"car": "car %", "se": "se %"}) if unit == "%" else (1, {})
    shown = table.assign(car=scale * table["car"], se=scale * table["se"])
    formats = {"n": tables.number(0), **dict.fromkeys(("car", "se", "p"), tables.number(3))}
    notes = []
    if folder is not None:
        paths = write_all(
            folder, {"comparison.csv": csv_bytes(table), "comparison.svg": _figure(table, unit)}, force=force
        )
        notes = [f"written: {path}" for path in paths]
    text = table_text(shown, formats, headings)
    return Answer(text=text, records=[plain_rows(table)], notes=notes)


def _files(studies: Sequence[Path], models: str, windows: str) -> dict[str, StudyFile]:
    """Read the studies, each under every model, by the name that the table gives them."""
    from ..errors import UsageError
    from ..study.comparison import variants
    from ..study.config import read_study

    named = [name.strip() for name in models.split(",") if name.strip()]
    if len(studies) == 1 and not named and not windows:
        raise UsageError("compare: one study is given; name two or more, or choose --models or --windows")
    chosen, found = list(_windows(windows)), {}
    for name, path in _names(studies).items():
        file = read_study(path)
        for model, study in variants(file.study, models=named, windows=chosen).items():
            label = name if not named else model if len(studies) == 1 else f"{name} {model}"
            found[label] = replace(file, study=study)
    return found


def _names(studies: Sequence[Path]) -> dict[str, Path]:
    """Return the study files by short names, or by their paths where the short names are the same."""
    from ..errors import UsageError

    files = [study / "study.toml" if study.is_dir() else study for study in studies]
    if len({file.resolve() for file in files}) < len(files):
        raise UsageError("compare: a study is named twice; name each once")
    names = [file.resolve().parent.name if file.name == "study.toml" else file.stem for file in files]
    if len(set(names)) < len(names):
        names = [str(study) for study in studies]
    return dict(zip(names, files, strict=True))


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """Read event windows, "0:1,-1:1" or "[0,1],[-1,1]"."""
    from ..errors import UsageError

    if text and not re.fullmatch(rf"\s*{WINDOW}(?:\s*[,;\s]\s*{WINDOW})*\s*", text):
        raise UsageError(f"--windows is {text!r}; give windows such as --windows=0:1,-1:1")
    for found in re.finditer(WINDOW, text):
        first, last = filter(None, found.groups())
        yield int(first), int(last)


def _figure(table: pd.DataFrame, unit: str) -> bytes:
    """Draw the table."""
    from ..render.comparison_plot import plot_comparison
    from ..report.figures import single_pictures

    drawn = {"comparison": (lambda ax: plot_comparison(table, ax, unit=unit), 0.3 * len(table) + 1.0, "")}
    return single_pictures(drawn)["comparison"].svg
