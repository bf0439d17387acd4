"""The one verb of this room: write the report of a result."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..errors import UsageError
from ..events import Event
from ..files import local_path, write_all
from ..study.result import EventStudyResult
from .export import csv_bytes, json_bytes, provenance, tables
from .figures import figures
from .page import render

PAGE = "report.html"


def write_report(
    result: EventStudyResult,
    out: str | os.PathLike[str],
    *,
    title: str = "",
    others: Iterable[Event] = (),
    inputs: Mapping[str, str] | None = None,
    force: bool = False,
) -> Path:
    """Write a page, its tables, its figures and its provenance into a folder: all of them, or none.

    Parameters
    ----------
    result : EventStudyResult
        Of one event.
    out : path
        The folder; made when it is missing. Other files in it are left alone.
    title : str
        The event's title by default.
    others : iterable of Event
        Dated events that may fall into the windows.
    inputs : mapping of str to str, optional
        SHA-256 of every input file; those of the price files by default.
    force : bool
        Replace the files that are in the way.

    Returns
    -------
    Path
        The page, ``report.html``. Beside it: ``tables/*.csv``, ``figures/*.svg`` and ``.png``, ``run.json``.

    Raises
    ------
    UsageError
        If the result is not that of one event.
    OutputError
        If files are in the way, or the folder cannot be written.
    """
    if len(result.dated) != 1:
        raise UsageError(f"a report tells the story of one event; this result has {len(result.dated)}")
    title = title or result.dated[0].title or result.dated[0].id
    record = provenance(result, title, inputs or {})
    pictures = figures(result)
    contents = {f"tables/{name}.csv": csv_bytes(frame) for name, frame in tables(result).items()}
    contents |= {f"figures/{name}": content for name, content in pictures.items()}
    contents["run.json"] = json_bytes(record)
    page = render(result, title=title, others=others, pictures=pictures, record=record, files=contents)
    folder = local_path(out)
    write_all(folder, {PAGE: page, **contents}, force=force)
    return folder / PAGE
