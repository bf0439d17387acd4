"""What ``eventstudy run FOLDER`` does: runs every study of a folder, and goes on when one fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import EventStudyError, UsageError
from ..files import local_path, refuse_existing, write_all
from ..report.index import index_page
from ..text import shortened
from .progress import followed, watched
from .terminal import Answer, note, table_text

INDEX = "index.html"
HEADINGS = {"study": "study", "state": "", "finding": "finding, or what went wrong"}
LONGEST = 100
RunOne = Callable[[Path, Path | None], Answer]


def run_folder(folder: Path, out: Path | None, run: RunOne, *, force: bool) -> Answer:
    """Run every ``study.toml`` of a folder and of the folders in it, and write an index of the reports.

    Parameters
    ----------
    folder : Path
    out : Path or None
        Folder for all reports, one folder a study; each study's own folder where it is None.
    run : callable
        Runs one study file and writes its report into a folder.
    force : bool
        Whether earlier reports and the index may be replaced.

    Returns
    -------
    Answer
        One record a study. The exit code is that of the first study that failed, 0 where none did.

    Raises
    ------
    UsageError
        If there is no study in the folder.
    OutputError
        If there is an index that may not be replaced.
    """
    studies = sorted(folder.rglob("study.toml"))
    if not studies:
        raise UsageError(f"{folder}: no study.toml in it or in its folders; name a study file, or another folder")
    home = folder if out is None else local_path(out, output=True)
    refuse_existing([home / INDEX], force=force)
    rows, notes, code = [], [], 0
    for path in _with_progress(studies):
        name = path.parent.relative_to(folder).as_posix()
        name = folder.resolve().name if name == "." else name
        row, told, failed = _one(path, name, None if out is None else home / path.parent.relative_to(folder), run)
        rows.append(row)
        notes += [f"{name}: {line}" for line in told]
        code = code or failed
    write_all(home, {INDEX: index_page(_linked(rows, home), title=f"Studies of {folder.resolve().name}")}, force=force)
    failures = sum(row["state"] == "failed" for row in rows)
    notes.append(f"{len(rows) - failures} of {len(rows)} studies done; index: {home / INDEX}")
    return Answer(text=_table(rows), records=rows, notes=notes, exit_code=code)


def _one(path: Path, name: str, out: Path | None, run: RunOne) -> tuple[dict[str, Any], list[str], int]:
    """Run one study: its row of the summary, its notes, and its exit code."""
    try:
        answer = run(path, out)
    except EventStudyError as error:
        return {"study": name, "state": "failed", "report": "", "finding": str(error)}, [], error.exit_code
    record = answer.records[0]
    finding = " ".join(record["finding"])
    return {"study": name, "state": "done", "report": record["report"], "finding": finding}, list(answer.notes), 0


def _with_progress(studies: list[Path]) -> Iterable[Path]:
    """Show a bar on stderr where a person watches; else a line a study."""
    if watched():
        yield from followed(studies, "studies", len(studies))
        return
    for number, path in enumerate(studies, start=1):
        note(f"study {number} of {len(studies)}: {path}")
        yield path


def _linked(rows: list[dict[str, Any]], home: Path) -> list[dict[str, Any]]:
    """Return the rows with the reports relative to the index."""
    return [
        row | {"report": Path(row["report"]).resolve().relative_to(home.resolve()).as_posix() if row["report"] else ""}
        for row in rows
    ]


def _table(rows: list[dict[str, Any]]) -> str:
    """Return the summary for people; long texts are cut."""
    short = [row | {"finding": shortened(row["finding"], LONGEST)} for row in rows]
    return table_text(pd.DataFrame(short)[list(HEADINGS)], {}, HEADINGS)
