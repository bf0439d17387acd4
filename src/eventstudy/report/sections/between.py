"""What happened between the stamps: the path by the bar, the episodes and the fixed horizons."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ...render import tables
from ...study.episodes import STUDIED
from ...study.result import EventStudyResult
from ...study.wording import amount_of, kind_of, label
from ..section import Page, Section, figure, filled, named, table
from .landing import simple_unit

COLUMNS = ("market", "after", "until", "to_utc", "return", "cumulative", "larger", "p", "step_down_p", "holds", "note")
HEADINGS = {
    "market": "Market",
    "after": "After",
    "until": "Until",
    "to_utc": "Stamp (UTC)",
    "return": "Return",
    "cumulative": "Cumulated",
    "larger": "As large on",
    "p": "p",
    "step_down_p": "Step-down p",
    "holds": "Also holds",
    "note": "Note",
}
KINDS = {
    "episode": (
        "From stamp to stamp",
        "The time after the event, split at further news. Each return runs from the last price known at one stamp to "
        "the last known at the next. “As large on” counts ordinary stretches of the same kind with at least as large "
        "an abnormal return; p is the rank in units of volatility, the step-down p allows for all stretches and "
        "markets of the family.",
    ),
    "horizon": (
        "At fixed horizons",
        "Cumulated since the last price before the event, counted from the first tradable moment.",
    ),
}
PATH_CAPTION = "Vertical line: the event. A line stops where trading does. Triangle: first abnormal bar. Dot: peak."


def section(page: Page) -> Section | None:
    """Build the section.

    Parameters
    ----------
    page : Page

    Returns
    -------
    Section or None
        None where there are neither episodes nor a path.
    """
    groups = episode_groups(page.result)
    picture = figure(page, "path", path_caption(page.result))
    if not groups and not picture:
        return None
    body = filled("between", picture=picture, groups=groups, names=stamp_titles(page.result))
    return Section(
        slug="episodes",
        title="From stamp to stamp",
        body=body,
        unit=f"Times in UTC. Moves: {simple_unit(page.returns)}.",
        files=("episodes", "path", "course"),
    )


def path_caption(result: EventStudyResult) -> str:
    """Write the caption of a picture of the path, with the listed events that it numbers.

    Parameters
    ----------
    result : EventStudyResult

    Returns
    -------
    str
    """
    listed = [event.title.split(" (")[0] or event.id for event in result.listed_after()]
    numbered = "; ".join(f"{number} {title}" for number, title in enumerate(listed, start=1))
    return f"{PATH_CAPTION} Dotted and numbered: {numbered}." if numbered else PATH_CAPTION


def episode_groups(result: EventStudyResult, study: str = "") -> list[dict[str, Any]]:
    """Return the stretches between stamps, and the fixed horizons: of the leading market, and of all.

    Parameters
    ----------
    result : EventStudyResult
    study : str
        Which of the studies of the page, for screen readers.

    Returns
    -------
    list of dict
        ``title, text, table, full``.
    """
    return [
        _group(result, kind, title, text, study)
        for kind, (title, text) in KINDS.items()
        if (result.episodes["kind"] == kind).any()
    ]


def _group(result: EventStudyResult, kind: str, title: str, text: str, study: str) -> dict[str, Any]:
    lead = result.leading["market"]
    here = result.episodes[result.episodes["kind"] == kind]
    shown = _shown(result, here, kind)
    mine = (here["market"] == lead).to_numpy()
    amount = amount_of(kind_of(result.specification))
    formats: dict[str, tables.Formatter] = dict.fromkeys(("p", "step_down_p"), tables.p_value)
    formats |= {"to_utc": tables.utc, "larger": str, "return": amount, "cumulative": amount}
    name = label(str(lead), result.instruments)
    spoken = f"{study}: {title}" if study else title
    return {
        "title": f"{title}: {name}",
        "text": text,
        "table": table(shown[mine].drop(columns="market"), formats, HEADINGS, f"{spoken}: {name}"),
        "full": "" if mine.all() else table(shown, formats, HEADINGS, f"{spoken}: all markets"),
    }


def _shown(result: EventStudyResult, here: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return the columns that the page has; fixed horizons run from the event, so have one return."""
    frame = named(result, here)
    counted = [counted_of(*both) for both in zip(frame["larger"], frame["stretches"], strict=True)]
    after = frame["after"].replace({STUDIED: "the event"})
    shown = frame.assign(after=after, larger=counted)[list(COLUMNS)]
    return shown.drop(columns=["after", "return"]) if kind == "horizon" else shown


def counted_of(larger: Any, days: Any) -> str:
    """Write how many ordinary days were as large, of how many.

    Parameters
    ----------
    larger, days : float
        Missing where it was not tested.

    Returns
    -------
    str

    Examples
    --------
    >>> counted_of(7.0, 190)
    '7 of 190'
    """
    return tables.NOTHING if pd.isna(larger) or not days else f"{larger:.0f} of {days:.0f}"


def stamp_titles(result: EventStudyResult) -> list[tuple[str, str]]:
    """Return the ids of the listed events that the episodes name, with their titles.

    Parameters
    ----------
    result : EventStudyResult

    Returns
    -------
    list of tuple of str
    """
    frame = result.episodes
    held = (each for several in frame["holds"] for each in str(several).split(", "))
    used = {*frame["after"], *frame["until"], *held}
    return [(event.id, event.title.split(" (")[0]) for event in result.stamps.others if event.id in used]
