"""What ``eventstudy sizes`` does: measures the tests of a study on placebo dates of its own prices."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import InputError, UsageError
from ..files import local_path, read_bytes, refuse_existing, write_all
from ..render import tables
from ..report.export import json_bytes
from ..study.config import read_study
from ..study.event_list import read_events
from ..study.prices import study_prices
from ..study.run import StudyRun, read_event
from ..study.wording import in_percent
from .progress import working
from .terminal import Answer, note, table_text

NAME = "sizes.json"
FORMATS = {"rate": tables.size(1), "low": tables.size(1), "high": tables.size(1), "power": tables.size(1)}


def sizes(
    study: Path, out: Path | None, *, repetitions: int | None = None, effect: float = 2.0, force: bool = False
) -> Answer:
    """Measure the rejection rates of a study's tests, and store them where its report shows them.

    Parameters
    ----------
    study : Path
        A study file with prices.
    out : Path or None
        Folder of the report; that of the study file where it is None.
    repetitions : int, optional
        How many placebo dates are drawn; all by default.
    effect : float
        For the power: per cent, or in the unit of a study of price changes, volume or range.
    force : bool
        Whether stored sizes may be replaced.

    Returns
    -------
    Answer

    Raises
    ------
    UsageError
        If the study has returns in place of prices, or a list of events.
    """
    file = read_study(study)
    if file.returns_file is not None:
        raise UsageError(f"{file.path}: sizes need `prices`, not `returns_file`")
    if file.events is not None:
        raise UsageError(f"{file.path}: sizes are measured for a study of one event, not for `events`")
    folder = file.path.parent if out is None else local_path(out, output=True)
    refuse_existing([folder / NAME], force=force)
    size = effect / 100 if in_percent(file.study.kind) else effect
    _, event = read_event(file)
    others = () if file.other_events is None else read_events(file.other_events)
    with working("placebo dates") as tell:
        table = file.study.sizes(
            study_prices(file),
            events=event,
            others=others,
            repetitions=repetitions,
            effect=size,
            seed=file.study.seed,
            progress=tell,
        )
    record = {"study": file.study.specification(), "fingerprint": file.fingerprint, "sizes": _rows(table)}
    write_all(folder, {NAME: json_bytes(record)}, force=force)
    dates = f"{table['dates'].iloc[0]:,} placebo dates"
    return Answer(text=table_text(table, FORMATS), records=_rows(table), notes=[f"{dates}; stored in {folder / NAME}"])


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rates as plain values."""
    rows: list[dict[str, Any]] = json.loads(table.to_json(orient="records", double_precision=15))
    return rows


def stored_sizes(folder: Path, done: StudyRun) -> pd.DataFrame | None:
    """Return the rates that an earlier ``eventstudy sizes`` stored for this very study.

    Parameters
    ----------
    folder : Path
        Of the report.
    done : StudyRun

    Returns
    -------
    DataFrame or None
        None where there are none, or those of another specification, which is said on stderr.

    Raises
    ------
    InputError
        If the file is not one that ``eventstudy sizes`` wrote.
    """
    path = folder / NAME
    if not path.is_file():
        return None
    try:
        record = json.loads(read_bytes(path))
        same = record["study"] == json.loads(json.dumps(done.file.study.specification()))
        rates = pd.read_json(io.StringIO(json.dumps(record["sizes"])), orient="records")
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path}: not stored by eventstudy sizes ({error}); delete it, or run eventstudy sizes"
        ) from None
    if not same:
        note(f"{path}: measured under another specification and not shown; run eventstudy sizes --force")
    return rates if same else None
