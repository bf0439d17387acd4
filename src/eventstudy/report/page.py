"""The report's page: its sections in order, in one template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..events import Event
from ..study.result import EventStudyResult
from .beside import Beside
from .contents import SECTIONS
from .figures import Picture
from .section import Page, whole_page
from .sections.event import when_words


def render(
    result: EventStudyResult,
    *,
    title: str,
    others: Iterable[Event],
    pictures: Mapping[str, Picture],
    record: Mapping[str, Any],
    files: Mapping[str, str],
    beside: Beside | None = None,
) -> bytes:
    """Render the page of a study of one event as one HTML file.

    Parameters
    ----------
    result : EventStudyResult
    title : str
    others : iterable of Event
        Other dated events that may fall into the windows.
    pictures : mapping of str to Picture
        The figures, by name.
    record : mapping
        Provenance, as in ``run.json``.
    files : mapping of str to str
        SHA-256 of the tables, figures and provenance beside the page, by name; written into the page's head.
    beside : Beside, optional
        Parts, sensitivities and sizes.

    Returns
    -------
    bytes
        UTF-8. It loads nothing from elsewhere, and invisible characters of untrusted text are escaped.
    """
    page = Page(
        result=result,
        title=title,
        others=tuple(others),
        pictures=pictures,
        record=record,
        files=dict(sorted(files.items())),
        beside=beside or Beside(),
    )
    approximate = " (approximate)" if page.event.when.approximate else ""
    about = f"Market-reaction event study. Event: {when_words(page.event.when)}{approximate}."
    sections = [made for build in SECTIONS if (made := build(page)) is not None]
    return whole_page(title, about, sections, page.files)
