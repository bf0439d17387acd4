"""Start a run: first what needs no package, then what takes seconds to load."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ..files import local_path
from ..text import visible
from .progress import working
from .ready import prepared
from .terminal import Answer


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
    if study.is_dir():
        from .run import run

        return run(study, out, force=force, **options)
    repaired = []
    if study.is_file():
        repaired = prepared(study.parent if out is None else local_path(out, output=True), force=force)
    with working(f"running {visible(str(study), keep='')}"):
        from .run import run

        answer = run(study, out, force=force, **options)
    return replace(answer, notes=[*repaired, *answer.notes])
