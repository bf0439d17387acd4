"""Further studies of the same event that join the page, such as one by the bar."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ...study.result import EventStudyResult
from ...study.wording import kind_of, label
from ..beside import Part
from ..section import Page, Section, figure, filled
from .between import episode_groups, path_caption, stamp_titles
from .landing import simple_unit


def section(page: Page) -> Section | None:
    """Build the section.

    Parameters
    ----------
    page : Page

    Returns
    -------
    Section or None
        None where no study joins this one.
    """
    parts = page.beside.parts
    if not parts:
        return None
    units = dict.fromkeys(simple_unit(kind_of(part.result.specification)) for part in parts)
    body = filled("parts", parts=[_part(page, part) for part in parts])
    title = "The same event, studied again" if len(parts) > 1 else parts[0].title or "The same event, studied again"
    files = tuple(f"{part.slug}_{name}" for part in parts for name in ("path", "course", "episodes", "reaction"))
    return Section(slug="parts", title=title, body=body, unit=f"Times in UTC. Moves: {'; '.join(units)}.", files=files)


def _part(page: Page, part: Part) -> dict[str, Any]:
    """Return what the page shows of a further study."""
    result = part.result
    return {
        "title": part.title if len(page.beside.parts) > 1 else "",
        "careful": result.careful(),
        "finding": result.finding(),
        "order": order_of_extremes(result),
        "picture": figure(page, f"{part.slug}_path", path_caption(result)),
        "groups": episode_groups(result, part.title or part.name),
        "names": stamp_titles(result),
    }


def order_of_extremes(result: EventStudyResult) -> str:
    """Say which extreme of the session came first, as only bars within it can tell.

    Parameters
    ----------
    result : EventStudyResult
        In bars.

    Returns
    -------
    str
        Empty where no market has both.
    """
    if result.course.empty:
        return ""
    line = result.course.iloc[0]
    high, low = line["session_high_utc"], line["session_low_utc"]
    if pd.isna(high) or pd.isna(low):
        return ""
    first, second = ("high", "low") if high <= low else ("low", "high")
    times = {"high": high, "low": low}
    return (
        f"Order of the extremes of {label(str(line['market']), result.instruments)} up to the next observation: the "
        f"{first} by {times[first]:%H:%M} UTC, the {second} by {times[second]:%H:%M} UTC."
    )
