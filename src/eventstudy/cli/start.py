"""Start a run: first what needs no package, then what takes seconds to load."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ..files import local_path
from ..text import visible
from .progress import drawing_told, working
from .ready import prepared
from .terminal import Answer, note


def run_shown(study: Path, out: Path | None, *, force: bool, **options: Any) -> Answer:
    """Run as `eventstudy.cli.run.run` does, and show that it is at work; a folder of studies has a bar of its own.

    Parameters
    ----------
    study, out : Path
    force : bool
    **options
        Of `run`.

    Returns
    -------
    Answer
    """
    try:
        return _shown(study, out, force=force, **options)
    except KeyboardInterrupt as stop:
        note(f"eventstudy: {str(stop) or 'stopped; no report was written'}")
        raise


def _shown(study: Path, out: Path | None, *, force: bool, **options: Any) -> Answer:
    """Run, and show that it is at work."""
    if study.is_dir():
        from .run import run

        return run(study, out, force=force, **options)
    repaired = []
    if study.is_file():
        repaired = prepared(study.parent if out is None else local_path(out, output=True), force=force)
    with working(f"running {visible(str(study), keep='')}") as tell, drawing_told(tell):
        from .run import run

        answer = run(study, out, force=force, **options)
    return replace(answer, notes=[*repaired, *answer.notes])
