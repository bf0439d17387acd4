"""What ``eventstudy run`` does: reads a study file, runs it, and writes its report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..files import local_path
from ..report.beside import Beside, Part
from ..report.formats import known_formats
from ..report.many.facts import Explained
from ..report.write import write_report
from ..study.config import StudyFile, read_study
from ..study.narrative import left_out
from ..study.result import SHORT, SOME
from ..study.run import StudyRun, run_claims, run_curve, run_parts, run_sensitivities, run_study, run_volatility
from ..study.verdicts.output import claim_record
from .ready import prepared
from .records import plain_rows
from .run_folder import run_folder
from .sizes import stored_sizes
from .study_fetch import fetch_missing
from .terminal import Answer

SHOWN = 20
# Folder of the rows of all pairs of a study over a pack, beside its report.
ROWS = "rows"


def run(
    study: Path,
    out: Path | None,
    *,
    number: int | None = None,
    min_confidence: float | None = None,
    force: bool,
    fetch: bool = False,
    published: str = "",
    events: Path | None = None,
    formats: tuple[str, ...] = (),
    packed: Mapping[str, Any] | None = None,
) -> Answer:
    """Run a study file and write its report; a report in the way is refused before anything is fetched or computed.

    Parameters
    ----------
    study : Path
        A study file; or a folder, of which every study is run (see `eventstudy.cli.run_folder`).
    out : Path or None
        Folder of the report; that of the study file where it is None.
    number : int, optional
        Which event of the article to study, from 1; the study file's choice where it is left out.
    min_confidence : float, optional
        Least probability at which the event of the article counts as decided.
    force : bool
        Whether an earlier report may be replaced.
    fetch : bool
        Whether prices that the store lacks are fetched first.
    published : str
        When the article was published, in place of what it and the study file say.
    events : Path, optional
        The events to study, in place of the list that the study file names.
    formats : tuple of str
        Further files of all results, of `eventstudy.report.formats`.
    packed : mapping, optional
        Of a study over a pack: ``engine, memory, workers, resume`` as they were given.

    Returns
    -------
    Answer
    """
    formats = known_formats(formats)
    if study.is_dir():
        _refuse_for_folders(study, number, min_confidence, events, published or None)
        return run_folder(study, out, partial(run, force=force, fetch=fetch, formats=formats), force=force)
    file = _chosen(read_study(study, events=events), number, min_confidence, published)
    folder = file.path.parent if out is None else local_path(out, output=True)
    repaired = prepared(folder, force=force)
    done = _ran(fetch_missing(file) if fetch else file, _over_a_pack(file, folder, packed, force=force))
    written = what_is_written(done, run_parts(file), folder)
    page = write_report(done.result, folder, **written, formats=formats, force=force)
    return Answer(
        text=f"{done.result.summary()}\n\nreport: {page}",
        records=[_record(done, page, written["beside"])],
        notes=[*repaired, *_notes(done)],
    )


def _ran(file: StudyFile, given: Mapping[str, Any] | None) -> StudyRun:
    """Run a study; say how one over a pack that is interrupted goes on."""
    try:
        return run_study(file, given)
    except KeyboardInterrupt:
        if file.pack is None:
            raise
        kept = "stopped; the partitions that are done are kept, and the same command with --resume --force goes on"
        raise KeyboardInterrupt(kept) from None


def _over_a_pack(
    file: StudyFile, folder: Path, given: Mapping[str, Any] | None, *, force: bool
) -> Mapping[str, Any] | None:
    """Return where a study over a pack runs, by the options of the command; its rows stand beside the report."""
    chosen = {name: value for name, value in (given or {}).items() if value}
    if file.pack is None:
        return chosen or None
    out = {} if "out" in file.engine else {"out": str(folder / ROWS)}
    return {**out, "force": force, **chosen}


def what_is_written(done: StudyRun, parts: Iterable[StudyRun], folder: Path) -> dict[str, Any]:
    """Return the arguments of `write_report`, and of `report_files`, for a study file that was run.

    Parameters
    ----------
    done : StudyRun
    parts : iterable of StudyRun
        The further studies on its page.
    folder : Path
        Of the report; stored sizes are read from it.

    Returns
    -------
    dict
    """
    file, parts = done.file, tuple(parts)
    further = {f"{part_name(each.file)}/{name}": digest for each in parts for name, digest in each.inputs.items()}
    return {
        "title": file.title,
        "others": done.others,
        "inputs": {**done.inputs, **further},
        "dating": _dating(file),
        "beside": _beside(done, parts, folder),
        "groups": file.groups,
        "regressions": [Explained.of(one) for one in file.regressions],
    }


def _refuse_for_folders(study: Path, *choices: object) -> None:
    """Refuse options that choose what one study studies."""
    if any(choice is not None for choice in choices):
        raise UsageError(
            f"{study}: --event, --min-confidence, --published and --events go with one study, not with a folder"
        )


def _beside(done: StudyRun, parts: Sequence[StudyRun], folder: Path) -> Beside:
    """Return what stands beside the result on its page."""
    return Beside(
        parts=tuple(Part(name=part_name(each.file), title=each.file.title, result=each.result) for each in parts),
        sensitivities=run_sensitivities(done),
        curve=run_curve(done),
        volatility=run_volatility(done),
        sizes=stored_sizes(folder, done),
        claims=run_claims(done, parts),
    )


def _dating(file: StudyFile) -> dict[str, Any] | None:
    """Return the options with which the event of an article was chosen; None where the instant was given."""
    if file.at is not None or file.article is None:
        return None
    said = {"published": file.published} if file.published else {}
    return {"event": file.event, "min_confidence": file.min_confidence, **said}


def part_name(part: StudyFile) -> str:
    """Return the name of a part: that of its folder."""
    return part.path.resolve().parent.name


def _chosen(file: StudyFile, number: int | None, min_confidence: float | None, published: str) -> StudyFile:
    """Let the options of the command overrule the keys of the study file."""
    if number is not None and file.at is not None:
        raise UsageError(f"{file.path}: --event does not go with `at`, which gives the instant; leave one out")
    if (number is not None or min_confidence is not None) and file.events is not None:
        raise UsageError(f"{file.path}: --event and --min-confidence choose an event of an article, not of `events`")
    if published and file.article is None:
        raise UsageError(f"{file.path}: --published says when an article was published; the study has none")
    return replace(
        file,
        published=published or file.published,
        event=file.event if number is None else number,
        min_confidence=file.min_confidence if min_confidence is None else min_confidence,
    )


def _notes(done: StudyRun) -> Iterable[str]:
    """Say what stands beside the result: warnings of the dating, markets left out, oddities."""
    if done.event is not None:
        yield f"event: {done.event.when} ({done.event.basis}; {done.event.id})"
        yield from (f"warning: {warning}" for warning in done.event.warnings)
    if done.events is not None:
        yield f"events: {len(done.events):,} of {done.events.name}"
    yield from (f"prices: {line}" for line in done.notes)
    counts = done.result.outcome_counts
    most = SHOWN if sum(counts.values()) <= SHORT else SOME
    lost = left_out(done.result.first_lost(most), named=done.result.event_count > 1)
    yield from (f"left out: {line}" for line in lost)
    if count := sum(counts.values()) - counts.get("ok", 0) - len(lost):
        where = f"{ROWS}/outcomes" if done.result.stored else "tables/outcomes.csv"
        yield f"left out: {count:,} further pairs, listed in {where}"
    if len(done.result.oddities):
        yield f"data: {len(done.result.oddities)} oddities in the prices, listed in tables/oddities.csv"


def _record(done: StudyRun, page: Path, beside: Beside) -> dict[str, Any]:
    """Return the result as plain values."""
    result = done.result
    if result.stored:
        averages = plain_rows(result.average_cars())
        return {"report": page.as_posix(), "finding": list(result.finding()), "averages": averages}
    return {
        "report": page.as_posix(),
        "finding": list(result.finding()),
        "reaction": plain_rows(result.reaction),
        "car": plain_rows(result.car),
        "outcomes": plain_rows(result.outcomes[["market", "outcome", "observations", "detail"]]),
        "claims": [claim_record(each.claim, each) for each in beside.claims or ()],
    }
