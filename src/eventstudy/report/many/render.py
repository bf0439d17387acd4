"""The files of the report of many events: page, tables, figures and provenance."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from ...files import sha256
from ...scale.result import StoredResult
from ...study.result import EventStudyResult
from ..export import provenance
from ..figures import single_pictures
from ..formats import beside_the_page
from ..section import whole_page
from .facts import Explained, Facts
from .page_of_many import Many
from .pictures import drawings
from .sections import SECTIONS
from .stored import StoredFacts


def many_files(
    result: EventStudyResult,
    *,
    title: str,
    inputs: Mapping[str, str],
    groups: tuple[str, ...] = (),
    regressions: tuple[Explained, ...] = (),
    formats: Collection[str] = (),
    versions: Mapping[str, str] | None = None,
) -> dict[str, bytes]:
    """Return the contents of the report's files, without the page that names them.

    Parameters
    ----------
    result : EventStudyResult
    title : str
    inputs : mapping of str to str
        SHA-256 of every input file.
    groups : tuple of str
        Columns of the events by which they are averaged; the column ``group`` by default, if there is one.
    regressions : tuple of Explained
    formats : iterable of {"json", "xlsx", "latex", "dta", "md", "png"}
        Further files of all results, see `eventstudy.report.formats`.
    versions : mapping of str to str, optional
        As `eventstudy.report.export.provenance` takes them.

    Returns
    -------
    dict of str to bytes
        By path relative to the report's folder, the page last.
    """
    facts = (StoredFacts if isinstance(result, StoredResult) else Facts).of(result, groups, regressions)
    record = provenance(result, title, inputs, versions=versions)
    pictures = single_pictures(drawings(facts))
    contents = beside_the_page(result, frames=tables(facts), pictures=pictures, record=record, formats=formats)
    page = Many(
        facts=facts,
        title=title,
        pictures=pictures,
        record=record,
        files={name: sha256(content) for name, content in sorted(contents.items())},
    )
    return {**contents, "report.html": _page(page)}


def tables(facts: Facts) -> dict[str, pd.DataFrame]:
    """Return the frames that are exported.

    Parameters
    ----------
    facts : Facts

    Returns
    -------
    dict of str to DataFrame
        By the name of the file, without its ending.
    """
    result = facts.result
    frames = {name: getattr(result, name) for name in ("aar", "tests", "oddities")} | facts.tables | facts.asked_for
    frames["cars"] = facts.averages
    for kind, parts in (("aar_by", facts.days), ("cars_by", facts.group_averages), ("compared_by", facts.compared)):
        frames |= {f"{kind}_{number}": frame for number, frame in enumerate(parts.values(), start=1)}
    frames |= {f"regression_{number}": frame for number, frame in enumerate(facts.explained, start=1)}
    return frames


def _page(page: Many) -> bytes:
    """Fill the template of the page."""
    sections = [made for build in SECTIONS if (made := build(page)) is not None]
    events = page.facts.result.event_count
    counted = f"{events:,} event{'' if events == 1 else 's'}"
    return whole_page(page.title, f"Market-reaction event study of {counted}.", sections, page.files)
