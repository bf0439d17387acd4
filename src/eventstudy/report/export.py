"""Tables at full precision and provenance; the same inputs give the same bytes."""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

import pandas as pd

from ..claims import Verdict
from ..events import Event
from ..markets.calendars.schedule import calendar_provenance
from ..study.result import EventStudyResult
from ..study.verdicts.output import claim_frame
from .beside import Beside

OF_A_PART = ("path", "course", "anatomy", "reaction", "episodes")
PACKAGES = ("market-eventstudy", "exchange_calendars", "matplotlib", "numpy", "pandas", "scipy", "statsmodels")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def part_tables(beside: Beside) -> dict[str, pd.DataFrame]:
    """Return the frames of what stands beside the result; names of a part's frames begin with that of the part.

    Parameters
    ----------
    beside : Beside

    Returns
    -------
    mapping of str to DataFrame
        By the name of the file, without its ending.
    """
    frames = {
        f"{part.slug}_{name}": frame.drop(columns="event_id", errors="ignore")
        for part in beside.parts
        for name in OF_A_PART
        if not (frame := getattr(part.result, name)).empty
    }
    claims = None if beside.claims is None else claim_frame(beside.claims)
    own = {"sensitivities": beside.sensitivities, "curve": beside.curve, "volatility": beside.volatility}
    own |= {"sizes": beside.sizes, "claims": claims}
    return frames | {name: frame for name, frame in own.items() if frame is not None}


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Write a frame as CSV.

    Parameters
    ----------
    frame : DataFrame
        Tz-naive times are sessions where all are midnights, else the instants (UTC) at which bars open.

    Returns
    -------
    bytes
        UTF-8. Floats read back to the same bits; sessions are ``2020-01-08``, instants ``2020-01-07T22:30:00Z``. Text
        that a spreadsheet would run as a formula gets a leading apostrophe.
    """
    plain = iso(frame)
    for name in plain:
        if not pd.api.types.is_numeric_dtype(plain[name]):
            plain[name] = plain[name].map(_not_a_formula)
    return plain.to_csv(index=False, lineterminator="\n").encode()


def iso(frame: pd.DataFrame) -> pd.DataFrame:
    """Write times as text.

    Parameters
    ----------
    frame : DataFrame
        As `csv_bytes` takes it.

    Returns
    -------
    DataFrame
        Sessions as ``2020-01-08``, instants as ``2020-01-07T22:30:00Z``.
    """
    plain = frame.copy()
    for name in plain:
        column = plain[name]
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            plain[name] = column.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        elif pd.api.types.is_datetime64_dtype(column):
            days = column.dropna().eq(column.dropna().dt.normalize()).all()
            plain[name] = column.dt.strftime("%Y-%m-%d" if days else "%Y-%m-%dT%H:%M:%SZ")
    return plain


def _not_a_formula(value: Any) -> Any:
    """Put an apostrophe before text that a spreadsheet would run as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def provenance(
    result: EventStudyResult,
    title: str,
    inputs: Mapping[str, str],
    dating: Mapping[str, Any] | None = None,
    claims: Iterable[Verdict] | None = None,
    versions: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return what is needed to reproduce a result: versions, calendars, input hashes, the study and the events.

    Parameters
    ----------
    result : EventStudyResult
    title : str
    inputs : mapping of str to str
        SHA-256 of the input files; those of the prices where it is empty.
    dating : mapping, optional
        The options with which the event of the article was chosen.
    claims : iterable of Verdict, optional
        What prices say of the article's statements; counted.
    versions : mapping, optional
        Those that an earlier report states, where it is compared with this result; the installed ones by default.

    Returns
    -------
    dict
        Plain values, as ``run.json`` has them.
    """
    return {
        "title": title,
        "versions": dict(versions or installed_versions()),
        "calendars": calendar_provenance(),
        "inputs": dict(inputs or result.files),
        "study": dict(result.specification),
        **({} if dating is None else {"dating": dict(dating)}),
        "seed": result.specification["seed"],
        "events": [_event_record(event) for event in result.dated],
        "outcomes": result.outcome_counts,
        **({} if claims is None else {"claims": dict(sorted(Counter(each.verdict for each in claims).items()))}),
    }


def installed_versions() -> dict[str, str]:
    """Return the versions of Python, of the project and of the packages that its numbers and figures depend on."""
    return {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}


def _event_record(event: Event) -> dict[str, Any]:
    """Return an event as plain values."""
    when = event.when
    return {
        "id": event.id,
        "start_utc": f"{when.start:%Y-%m-%dT%H:%M:%SZ}",
        "end_utc": f"{when.end:%Y-%m-%dT%H:%M:%SZ}",
        "precision": when.precision.value,
        "basis": event.basis,
        "tz": when.tz,
        "evidence": event.evidence,
        "confidence": None if event.confidence is None else round(event.confidence, 3),
        "by_rule": event.by_rule,
        "warnings": list(event.warnings),
    }


def json_bytes(record: Mapping[str, Any]) -> bytes:
    """Write a record as readable JSON.

    Parameters
    ----------
    record : mapping
        Plain values.

    Returns
    -------
    bytes
        UTF-8, keys in the order given.
    """
    return (json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
