"""The page's sections on what happened between the stamps, how firm the answer is, and the parts that join it."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from ..render import tables
from ..study.episodes import STUDIED
from ..study.formats import IN_UNITS, headed
from ..study.result import EventStudyResult
from ..study.wording import amount_of, label, with_names
from .template import template

P, COUNT = tables.p_value, tables.number(0)
STATISTICS = {
    "open_gap": "open",
    "high": "high",
    "low": "low",
    "range": "range",
    "close": "close",
    "high_to_close": "from high to close",
    "low_to_close": "from low to close",
}
EPISODES = ("market", "after", "until", "to_utc", "return", "cumulative", "larger", "p", "step_down_p", "holds", "note")
EPISODE_HEADINGS = {
    "market": "Market",
    "after": "After",
    "until": "Until",
    "to_utc": "Stamp (UTC)",
    "return": "Return, %",
    "cumulative": "Cumulated, %",
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
FIRM = ("variant", "market", "ar", "sigma", "rows", "t_p", "p", "step_down_p", "note")
FIRM_HEADINGS = {
    "variant": "Specification",
    "market": "Market",
    "ar": "AR",
    "sigma": "sigma",
    "rows": "Rows",
    "t_p": "p of t",
    "step_down_p": "Step-down p",
    "note": "Note",
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """A further study on the page of another.

    Parameters
    ----------
    name : str
        Of its folder; begins the names of its files.
    title : str
    result : EventStudyResult
    """

    name: str
    title: str
    result: EventStudyResult

    @property
    def slug(self) -> str:
        """The name as files have it."""
        return re.sub(r"[^a-z0-9-]+", "-", self.name.lower()).strip("-") or "part"


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What stands on the page beside one result.

    Parameters
    ----------
    parts : tuple of Part
    sensitivities : DataFrame or None
        Of `EventStudy.sensitivities`.
    sizes : DataFrame or None
        Of `EventStudy.sizes`.
    """

    parts: tuple[Part, ...] = ()
    sensitivities: pd.DataFrame | None = None
    sizes: pd.DataFrame | None = None


def sections(result: EventStudyResult, beside: Beside, pictures: Mapping[str, bytes]) -> Markup:
    """Render the sections.

    Parameters
    ----------
    result : EventStudyResult
    beside : Beside
    pictures : mapping of str to bytes
        The figures, by file name.

    Returns
    -------
    Markup
        Escaped HTML.
    """
    shown = {name: data_uri(pictures[f"{name}.svg"]) for name in ("first",) if f"{name}.svg" in pictures}
    return Markup(
        template("sections.html.j2").render(
            first=_first(result),
            in_bars=not result.path.empty,
            episodes=_episodes(result),
            parts=[_part(part, pictures) for part in beside.parts],
            pictures=shown,
            names=_titles(result),
            **_unusual(result),
            **_firm(result, beside.sensitivities),
            **_sizes(beside.sizes, result.unit),
        )
    )


def data_uri(svg: bytes) -> str:
    """Write a picture so that the page holds it.

    Parameters
    ----------
    svg : bytes

    Returns
    -------
    str
    """
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode()


def _named(result: EventStudyResult, frame: pd.DataFrame) -> pd.DataFrame:
    return with_names(frame, result.instruments, result.alignment["market"])


def _amount(result: EventStudyResult) -> tables.Formatter:
    """Write a return in per cent, or a change in the market's own unit."""
    return amount_of(str(result.specification["returns"]))


def _of(larger: Any, days: Any) -> str:
    """Write how many ordinary days were as large, of how many."""
    return tables.NOTHING if pd.isna(larger) or not days else f"{larger:.0f} of {days:.0f}"


def _unusual(result: EventStudyResult) -> dict[str, Markup | None]:
    """Day 0's statistics among those of ordinary days: of the leading market with every range, and all of them."""
    if result.anatomy_tests.empty:
        return {"unusual": None, "unusual_full": None}
    table = result.anatomy_tests
    frame = _named(result, table)
    counted = [_of(*both) for both in zip(frame["larger"], frame["days"], strict=True)]
    shown = frame.assign(statistic=frame["statistic"].map(STATISTICS), larger=counted).drop(
        columns=["event_id", "days"]
    )
    headings = {"market": "Market", "statistic": "Statistic", "value": "%", "larger": "As large on", "p": "p"}
    headings |= {"step_down_p": "Step-down p", "flat": "Flat", "rolls": "Rolls", "stale": "Stale"}
    headings = headed(headings, result.specification)
    formats: dict[str, tables.Formatter] = {"value": _amount(result), "larger": str, "p": P, "step_down_p": P}
    formats |= dict.fromkeys(("flat", "rolls", "stale"), COUNT)
    lead = table["market"] == result.leading["market"]
    few = shown[lead | (table["statistic"] == "range")]
    return {
        "unusual": Markup(tables.to_html(few, formats, headings)),
        "unusual_full": Markup(tables.to_html(shown, formats, headings)) if len(few) < len(shown) else None,
    }


def _first(result: EventStudyResult) -> Markup | None:
    """Markets in the order in which they could trade."""
    table = result.first_to_trade
    if table.empty or len(table) < 2:
        return None
    frame = _named(result, table)
    formats: dict[str, tables.Formatter] = {
        "first_tradable_utc": tables.utc,
        "wait_minutes": COUNT,
        "first_return": _amount(result),
        "return": _amount(result),
        "p": P,
    }
    headings = {
        "market": "Market",
        "first_tradable_utc": "First tradable (UTC)",
        "state": "At the event",
        "wait_minutes": "Wait, min",
        "first_seen": "First price",
        "first_return": "First return, %",
        "return": "Day 0, %",
        "p": "p (std. placebo)",
    }
    return Markup(tables.to_html(frame[list(headings)], formats, headed(headings, result.specification)))


def _episodes(result: EventStudyResult) -> list[dict[str, Any]]:
    """Stretches between stamps, and fixed horizons: of the leading market, and of all."""
    groups = []
    lead = result.leading["market"] if len(result.dated) else ""
    for kind, (title, text) in KINDS.items():
        here = result.episodes[result.episodes["kind"] == kind]
        if here.empty:
            continue
        frame = _named(result, here)
        counted = [_of(*both) for both in zip(frame["larger"], frame["stretches"], strict=True)]
        shown = frame.assign(after=frame["after"].replace({STUDIED: "the event"}), larger=counted)[list(EPISODES)]
        if kind == "horizon":
            shown = shown.drop(columns=["after", "return"])
        formats: dict[str, tables.Formatter] = {"to_utc": tables.utc, "larger": str, "p": P, "step_down_p": P}
        formats |= dict.fromkeys(("return", "cumulative"), _amount(result))
        mine = here["market"] == lead
        alone = shown[mine].drop(columns="market")
        headings = headed(EPISODE_HEADINGS, result.specification)
        small, full = (Markup(tables.to_html(each, formats, headings)) for each in (alone, shown))
        groups.append(
            {
                "title": f"{title}: {label(str(lead), result.instruments)}",
                "text": text,
                "table": small,
                "full": None if mine.all() else full,
            }
        )
    return groups


def _titles(result: EventStudyResult) -> list[tuple[str, str]]:
    """Titles of the listed events that the episodes name."""
    frame = result.episodes
    named = {*frame["after"], *frame["until"], *(each for held in frame["holds"] for each in str(held).split(", "))}
    return [(event.id, event.title.split(" (")[0]) for event in result.stamps.others if event.id in named]


def _part(part: Part, pictures: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what the page shows of a further study."""
    result, name = part.result, f"{part.slug}_path.svg"
    return {
        "title": part.title,
        "name": part.slug,
        "careful": result.careful(),
        "finding": result.finding(),
        "order": order_of_extremes(result),
        "picture": data_uri(pictures[name]) if name in pictures else "",
        "listed": listed_titles(result),
        "episodes": _episodes(result),
    }


def listed_titles(result: EventStudyResult) -> list[str]:
    """Return the titles of the listed events after the studied one, as the picture of the path numbers them.

    Parameters
    ----------
    result : EventStudyResult

    Returns
    -------
    list of str
    """
    return [event.title.split(" (")[0] or event.id for event in result.listed_after()]


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


def _firm(result: EventStudyResult, table: pd.DataFrame | None) -> dict[str, Markup | None]:
    """Return the departures from the declared specification: of the leading market, and of all."""
    if table is None or table.empty:
        return {"firm": None, "firm_full": None}
    lead = result.leading["market"]
    known = _named(result, table[table["market"].notna()])
    frame = pd.concat([known, table[table["market"].isna()]]).sort_index()
    formats: dict[str, tables.Formatter] = {"ar": _amount(result), "sigma": tables.size(), "rows": COUNT}
    formats |= {"sigma": IN_UNITS["se"]} if result.unit == "change" else {}
    formats |= {"t_p": P, "p": P, "step_down_p": P}
    mine = frame[(table["market"] == lead) | table["market"].isna()]
    both = (frame_[list(FIRM)] for frame_ in (mine, frame))
    small, full = (Markup(tables.to_html(each, formats, FIRM_HEADINGS)) for each in both)
    return {"firm": small, "firm_full": full}


def _sizes(table: pd.DataFrame | None, unit: str) -> dict[str, Any]:
    """Return the rejection rates of the tests on placebo dates."""
    if table is None or table.empty:
        return {"sizes": None, "placebo_dates": "", "effect": ""}
    effect = float(table["effect"].iloc[0])
    bands = [f"{100 * low:.1f} to {100 * high:.1f}" for low, high in zip(table["low"], table["high"], strict=True)]
    shown = table.assign(band=bands)[["test", "over", "rate", "band", "power"]]
    headings = {"test": "Test", "over": "Over", "rate": "Rejects, %", "band": "Band, %", "power": "With the effect, %"}
    formats: dict[str, tables.Formatter] = {"rate": tables.size(1), "band": str, "power": tables.size(1)}
    return {
        "sizes": Markup(tables.to_html(shown, formats, headings)),
        "placebo_dates": f"{table['dates'].iloc[0]:,}",
        "effect": f"{100 * effect:g} %" if unit == "%" else f"{effect:g} in its own unit",
    }
