"""``eventstudy compare``: several study files in one table and one figure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .app import AFTER, Json
from .terminal import Answer, give, table_text

if TYPE_CHECKING:
    import pandas as pd


def compare(
    studies: Annotated[list[Path], typer.Argument(help="Two study.toml or more, or their folders.")],
    out: Annotated[Path | None, typer.Option(help="Folder for comparison.csv and comparison.svg.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the files of an earlier call.")] = False,
    as_json: Json = False,
) -> None:
    """Run several studies and put the sums of all windows side by side; no report is written."""
    give(compared(studies, out, force=force), as_json=as_json)


EPILOG = f"Example: eventstudy compare demo/reports/iran-2020 demo/reports/oil-2020 {AFTER}"


def compared(studies: Sequence[Path], out: Path | None, *, force: bool) -> Answer:
    """Run the studies and compare them.

    Parameters
    ----------
    studies : sequence of Path
        Study files, or folders with a ``study.toml``.
    out : Path or None
        Folder of the table and the figure.
    force : bool
        Whether files of these names are replaced.

    Returns
    -------
    Answer
    """
    from ..errors import UsageError
    from ..files import local_path, refuse_existing, write_all
    from ..render import tables
    from ..report.export import csv_bytes
    from ..study.comparison import compare as side_by_side
    from ..study.run import run_study
    from .records import plain_rows

    files = [study / "study.toml" if study.is_dir() else study for study in studies]
    if len({file.resolve() for file in files}) < len(files):
        raise UsageError("compare: a study is named twice; name each once")
    names = [file.resolve().parent.name if file.name == "study.toml" else file.stem for file in files]
    if len(set(names)) < len(names):
        names = [str(study) for study in studies]
    folder = None if out is None else local_path(out, output=True)
    if folder is not None:
        refuse_existing([folder / "comparison.csv", folder / "comparison.svg"], force=force)
    results = {name: run_study(file).result for name, file in zip(names, files, strict=True)}
    table, unit = side_by_side(results), results[names[0]].unit
    scale, headings = (1, {}) if unit == "change" else (100, {"car": "car %", "se": "se %"})
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


def _figure(table: pd.DataFrame, unit: str) -> bytes:
    """Draw the table."""
    from ..render.comparison_plot import plot_comparison
    from ..report.figures import single_pictures

    drawn = {"comparison": (lambda ax: plot_comparison(table, ax, unit=unit), 0.3 * len(table) + 1.0, "")}
    return single_pictures(drawn)["comparison"].svg
