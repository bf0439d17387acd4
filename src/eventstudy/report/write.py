"""Write the report of a result."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..events import Event
from ..files import local_path, refuse_existing, sha256, write_all
from ..study.exported import exported
from ..study.result import SHORT, EventStudyResult
from .beside import Beside
from .export import part_tables, provenance
from .figures import beside_figures, figures
from .formats import beside_the_page, known_formats
from .many.facts import Explained
from .many.render import many_files
from .named import PAGE
from .page import render


def write_report(
    result: EventStudyResult,
    out: str | os.PathLike[str],
    *,
    title: str = "",
    others: Iterable[Event] = (),
    inputs: Mapping[str, str] | None = None,
    dating: Mapping[str, Any] | None = None,
    beside: Beside | None = None,
    groups: Sequence[str] = (),
    regressions: Sequence[Explained] = (),
    formats: Iterable[str] = (),
    force: bool = False,
) -> Path:
    """Write the page, tables, figures and provenance of a result into a folder: all of them, or none.

    Parameters
    ----------
    result : EventStudyResult
        Of one event, or of many.
    out : path
        The folder; created when it is missing. Other files in it are not touched.
    title : str
        The event's title by default.
    others : iterable of Event
        Dated events that may fall into the windows.
    inputs : mapping of str to str, optional
        SHA-256 of every input file; those of the price files by default.
    dating : mapping of str to object, optional
        The options with which the event's article was dated, for ``run.json``.
    beside : Beside, optional
        Further studies, sensitivities and sizes that stand on the same page; for one event.
    groups : sequence of str
        Columns of the events by which they are averaged, for many events; ``group`` by default, if there is one.
    regressions : sequence of Explained
        Regressions of the cumulative abnormal returns, for many events.
    formats : iterable of {"json", "xlsx", "latex", "dta", "md", "png"}
        Further files of all results, see `eventstudy.report.formats`.
    force : bool
        Whether existing files of these names are replaced.

    Returns
    -------
    Path
        The page, ``report.html``. Beside it: ``tables/*.csv``, ``figures/*.svg``, ``run.json``.

    Raises
    ------
    UsageError
        If `result` is not the result of a study.
    OutputError
        If files of these names exist, another process is writing there, or the folder cannot be written.
    """
    if not isinstance(result, EventStudyResult):
        cure = "study.run(...), or run_study(...).result"
        raise UsageError(f"a report is written of the result of a study, not of {type(result).__name__}; give {cure}")
    folder, formats = local_path(out, output=True), known_formats(formats)
    refuse_existing([folder / PAGE], force=force)  # before the figures are drawn
    contents = report_files(
        result,
        title=title,
        others=others,
        inputs=inputs,
        dating=dating,
        beside=beside,
        groups=groups,
        regressions=regressions,
        formats=formats,
    )
    write_all(folder, contents, force=force)
    return folder / PAGE


def report_files(
    result: EventStudyResult,
    *,
    title: str = "",
    others: Iterable[Event] = (),
    inputs: Mapping[str, str] | None = None,
    dating: Mapping[str, Any] | None = None,
    beside: Beside | None = None,
    groups: Sequence[str] = (),
    regressions: Sequence[Explained] = (),
    formats: Collection[str] = (),
    versions: Mapping[str, str] | None = None,
) -> dict[str, bytes]:
    """Return the contents of a report's files by name; the page comes last and has the SHA-256 of all others.

    Parameters
    ----------
    result : EventStudyResult
        Of one event, or of many.
    title : str
        The event's title by default.
    others : iterable of Event
        Dated events that may fall into the windows.
    inputs : mapping of str to str, optional
        SHA-256 of every input file; those of the price files by default.
    dating : mapping of str to object, optional
        The options with which the event's article was dated, for ``run.json``.
    beside : Beside, optional
        Further studies, sensitivities and sizes that stand on the same page; for one event.
    groups : sequence of str
        Columns of the events by which they are averaged, for many events; ``group`` by default, if there is one.
    regressions : sequence of Explained
        Regressions of the cumulative abnormal returns, for many events.
    formats : iterable of {"json", "xlsx", "latex", "dta", "md", "png"}
        Further files of all results, see `eventstudy.report.formats`.
    versions : mapping of str to str, optional
        Versions that an earlier report states, to compare with it; the installed ones by default.

    Returns
    -------
    dict of str to bytes
        By path relative to the report's folder.
    """
    if is_many(result) or groups or regressions:
        return many_files(
            result,
            title=title or "Event study",
            inputs=inputs or {},
            groups=tuple(groups),
            regressions=tuple(regressions),
            formats=formats,
            versions=versions,
        )
    title = title or result.dated[0].title or result.dated[0].id
    shown = beside or Beside()
    record = provenance(result, title, inputs or {}, dating, shown.claims, versions)
    pictures = figures(result) | beside_figures(result, shown)
    frames = exported(result) | part_tables(shown)
    contents = beside_the_page(result, frames=frames, pictures=pictures, record=record, formats=formats)
    hashes = {name: sha256(content) for name, content in contents.items()}
    page = render(result, title=title, others=others, pictures=pictures, record=record, files=hashes, beside=beside)
    return {**contents, PAGE: page}


def is_many(result: EventStudyResult) -> bool:
    """Whether a result gets the page of many events.

    There are several, or more pairs than a page of one event shows, or of the one event only the session is known.

    Parameters
    ----------
    result : EventStudyResult

    Returns
    -------
    bool
    """
    return bool(result.stored) or result.event_count > 1 or len(result.outcomes) > SHORT or not result.dated
