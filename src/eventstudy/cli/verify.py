"""What ``eventstudy verify`` does: computes a report again from what it names, and says what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ..errors import InputError, UsageError
from ..files import local_path
from ..report.export import installed_versions
from ..report.formats import FORMATS, PNG
from ..report.named import PAGE, named_files
from ..report.verify import Difference, differences, stored_record
from ..report.write import report_files
from ..scale.result import StoredResult
from ..scale.storage import Folder, beside
from ..study.config import STORE, StudyFile, read_study
from ..study.result import EventStudyResult
from ..study.run import StudyRun, run_study
from .run import ROWS, part_name, what_is_written
from .terminal import Answer

SHOWN = 20
FILES = {"results.json": "json", "results.xlsx": "xlsx", "results.tex": "latex", "results.md": "md"}


def verify(report: Path, study: Path | None = None, *, events: Path | None = None) -> Answer:
    """Compute every number of a report again, with the installed version, and compare every byte.

    Parameters
    ----------
    report : Path
        The folder of a report, or its page.
    study : Path, optional
        The study file; by default the one that ``run.json`` names, in the folder of the report.
    events : Path, optional
        The events, where the report was made with ``--events``.

    Returns
    -------
    Answer
        One record, with the differences; the exit code is that of bad input where there is one.

    Raises
    ------
    InputError
        If there is no report, or an input cannot be read any more.
    UsageError
        If the study file is not beside the report and not given.
    """
    folder = local_path(report)
    folder = folder.parent if folder.name == PAGE else folder
    record = stored_record(folder)
    file = _chosen(read_study(study or _study_of(folder, record), events=events), record)
    done = _run_again(file)
    contents = _computed_again(file, done, folder, record)
    found = [*differences(folder, contents), *_rows(file, folder, done.result)]
    return Answer(
        text="\n".join([*map(str, found[:SHOWN]), _summary(found, contents)]),
        records=[{"report": folder.as_posix(), "files": len(contents), "differences": [asdict(one) for one in found]}],
        notes=_notes(record["versions"], found),
        exit_code=InputError.exit_code if found else 0,
    )


def _study_of(folder: Path, record: Mapping[str, Any]) -> Path:
    """Return the study file that a report names first among its inputs."""
    name = next(iter(record["inputs"]), "")
    if Path(name).name != name or not (folder / name).is_file() or not name.endswith(".toml"):
        raise UsageError(f"{folder}: the study file is not beside the report; name it with --study")
    return folder / name


def _chosen(file: StudyFile, record: Mapping[str, Any]) -> StudyFile:
    """Return a study file with the event that the report chose and the files of the store that it read."""
    chosen = {
        key: value for key, value in record.get("dating", {}).items() if key in ("event", "min_confidence", "published")
    }
    return _pinned(replace(file, **chosen), record["inputs"], f"{STORE}/")


def _pinned(file: StudyFile, inputs: Mapping[str, str], begin: str) -> StudyFile:
    """Return a study file that reads the files of the store that a report names."""
    if file.prices is not None or file.returns_file is not None or file.pins:
        return file
    return replace(file, pins=tuple(digest for name, digest in inputs.items() if name.startswith(begin)))


def _run_again(file: StudyFile) -> StudyRun:
    """Run a study; one over a pack in a temporary folder, since its own has the rows that are verified."""
    return run_study(file, None if file.pack is None else {"out": None})


def _rows(file: StudyFile, folder: Path, result: EventStudyResult) -> list[Difference]:
    """Compare the Parquet files of rows of a study over a pack, where they are still in their folder."""
    if not isinstance(result, StoredResult):
        return []
    out = beside(file.engine["out"], file.path) if "out" in file.engine else str(folder / ROWS)
    return [
        Difference(file=Folder.of(out).name(name), where="", stored=stored, recomputed="the file of this run")
        for name, stored in result.differing_rows(Folder.of(out)).items()
    ]


def _computed_again(file: StudyFile, done: StudyRun, folder: Path, record: Mapping[str, Any]) -> dict[str, bytes]:
    """Run the parts of a study, and return the files of its report with the versions that the old one states."""
    further = [read_study(path) for path in file.parts]
    parts = [run_study(_pinned(one, record["inputs"], f"{part_name(one)}/{STORE}/")) for one in further]
    named = named_files(folder)
    formats = [FILES[name] for name in named if name in FILES]
    formats += [ending for ending in ("dta", PNG) if any(name.endswith(f".{ending}") for name in named)]
    written = what_is_written(done, parts, folder)
    ordered = [name for name in FORMATS if name in formats]
    return report_files(done.result, **written, formats=ordered, versions=record["versions"])


def _summary(found: list[Difference], contents: Mapping[str, bytes]) -> str:
    """Say in one line how much is as it was."""
    if not found:
        return f"{len(contents)} files computed again: every byte is the same"
    more = f" ({len(found) - SHOWN:,} of them not shown; --json lists all)" if len(found) > SHOWN else ""
    return f"{len(found):,} differences in {len({one.file for one in found})} files{more}"


def _notes(versions: Mapping[str, str], found: list[Difference]) -> list[str]:
    """Say which versions have changed since the report was written."""
    here = installed_versions()
    changed = [
        f"{name} {versions.get(name, 'none')}, here {here.get(name, 'none')}"
        for name in dict.fromkeys([*here, *versions])
        if versions.get(name) != here.get(name)
    ]
    advice = ["eventstudy: the report is not what its study gives now; run it again with --force, or find the change"]
    return [*([f"versions differ: {'; '.join(changed)}"] if changed else []), *(advice if found else [])]
