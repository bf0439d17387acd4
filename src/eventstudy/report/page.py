"""The report's page: the sentences, tables and figures that fill its template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from ..events import Event, When
from ..panel import each_row
from ..render import tables
from ..study import narrative
from ..study.formats import ANATOMY_FORMATS, CAR_FORMATS, REACTION_FORMATS, headed, in_units
from ..study.result import EventStudyResult
from ..study.wording import label, long_date, with_names
from ..text import visible
from ..windows import Window
from .sections import Beside, data_uri, listed_titles, sections
from .template import template

P_HEADINGS = {
    "placebo_p": "Placebo p",
    "headline_p": "p (std. placebo)",
    "step_down_p": "Step-down p",
    "headline_mde80": "mde80 of p",
    "family_mde80": "mde80 of step-down p",
    "placebo_dates": "Placebo dates",
    "regime_ratio": "Regime ratio",
}
REACTION_HEADINGS = {
    "market": "Market",
    "simple_return": "Simple %",
    "return": "Log points",
    "change": "Change",
    "ar": "AR",
    "se": "s.e.",
    "df": "df",
    "mde80": "mde80 of t",
    **P_HEADINGS,
}
ANATOMY_HEADINGS = {
    "market": "Market",
    "reference": "Reference price",
    "open_gap": "Open, %",
    "high": "High, %",
    "low": "Low, %",
    "range": "Range, %",
    "close": "Close, %",
    "retraced_from_high": "Retraced from high",
    "retraced_from_low": "Retraced from low",
}
ALIGNMENT_HEADINGS = {
    "market": "Market",
    "state": "At the event",
    "first_tradable_utc": "First tradable",
    "reference_utc": "Last observed before",
    "session": "Day 0",
    "observation_utc": "Day 0 observed",
}
SHOWN_DATES = 6


def render(
    result: EventStudyResult,
    *,
    title: str,
    others: Iterable[Event],
    pictures: Mapping[str, bytes],
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
    pictures : mapping of str to bytes
        The figures, by file name.
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
    elsewhere = result.what_else(others)
    windows = [Window.of(pair) for pair in result.specification["windows"]]
    page = template("page.html.j2").render(
        title=title,
        event=result.dated[0],
        when=when_words(result.dated[0].when),
        mentions=_mentions(result.dated[0]),
        careful=result.careful(),
        finding=result.finding(),
        sections=sections(result, beside or Beside(), pictures),
        listed=listed_titles(result),
        cautions=_cautions(result, elsewhere, windows),
        left_out=narrative.left_out(result.outcomes),
        remarks=narrative.provisional(result.outcomes),
        alignment=_alignment_table(result),
        anatomy=_anatomy_table(result),
        reaction=_reaction_table(result),
        car=_car_table(result, windows),
        car_full=_car_full(result),
        elsewhere=_elsewhere_table(elsewhere, windows),
        oddities=_oddity_groups(result),
        method=result.method,
        unverified=_unverified(result),
        pictures=_shown(pictures),
        texts=_picture_texts(result),
        record=record,
        files=dict(sorted(files.items())),
    )
    return visible(page).encode()


def _shown(pictures: Mapping[str, bytes]) -> dict[str, str]:
    """Return the pictures as the page holds them, by name."""
    return {name.removesuffix(".svg"): data_uri(content) for name, content in pictures.items() if name.endswith(".svg")}


def when_words(when: When) -> str:
    """Write when something happened: ``7 January 2020, 22:30 UTC``, or ``between ... and ...`` for an interval.

    Parameters
    ----------
    when : When

    Returns
    -------
    str
    """
    start = pd.Timestamp(when.start)
    if when.start == when.end:
        return f"{long_date(start)}, {start:%H:%M} UTC"
    end = pd.Timestamp(when.end)
    return f"between {long_date(start)}, {start:%H:%M} UTC and {long_date(end)}, {end:%H:%M} UTC"


def _cautions(result: EventStudyResult, elsewhere: pd.DataFrame, windows: list[Window]) -> list[tuple[str, str]]:
    """Return the sentences that qualify the finding, each with a heading."""
    lead, event = str(result.leading["market"]), result.dated[0]
    late = None if result.alternative is None else result.alternative.reaction
    returns, known = str(result.specification["returns"]), result.instruments
    precision = str(event.when.precision)
    sentences = {
        "Not this event alone": narrative.other_events_sentence(elsewhere, lead, known),
        "The benchmark": narrative.affected_sentence(result.benchmark, known),
        "The benchmark's clock": narrative.ahead_sentence(result.benchmark, known),
        "Before day 0": narrative.before_sentence(elsewhere, result.car, lead, windows, returns, known),
        "An uncertain hour": narrative.interval_sentence(result.reaction, late, precision, returns, known),
        "Jointly": narrative.joint_sentence(result.tests),
        "Volatility": narrative.regime_sentence(result.tests, known),
        "The smallest p": narrative.smallest_sentence(result.tests),
        "No averages": narrative.clustering_sentence(len(result.markets)),
        "Which clock": narrative.basis_sentence(event.basis),
    }
    return [(name, sentence) for name, sentence in sentences.items() if sentence]


def _mentions(event: Event) -> list[dict[str, str]]:
    """List the time expressions of the article that do not date the event, with the time each was read as."""
    return [
        {
            "phrase": mention.phrase,
            "when": str(mention.when) if mention.when else "not resolved",
            "notes": "; ".join(mention.warnings),
        }
        for mention in event.mentions
        if not mention.is_event
    ]


def _named(result: EventStudyResult, frame: pd.DataFrame) -> pd.DataFrame:
    """Markets by their names, without the event's id."""
    named = with_names(frame, result.instruments, result.alignment["market"])
    return named.drop(columns="event_id").reset_index(drop=True)


def _alignment_table(result: EventStudyResult) -> Markup:
    formats = {name: tables.utc for name in ALIGNMENT_HEADINGS if name.endswith("_utc")} | {"session": tables.day}
    return Markup(
        tables.to_html(_named(result, result.alignment)[list(ALIGNMENT_HEADINGS)], formats, ALIGNMENT_HEADINGS)
    )


def _anatomy_table(result: EventStudyResult) -> Markup:
    formats = in_units(ANATOMY_FORMATS, result.specification)
    headings = headed(ANATOMY_HEADINGS, result.specification)
    return Markup(tables.to_html(_named(result, result.anatomy), formats, headings))


def _reaction_table(result: EventStudyResult) -> Markup:
    """Table of day 0, with the change in each market's own unit."""
    frame = _named(result, result.reaction)
    units = [each.unit if (each := result.instruments.get(market)) else "" for market in result.reaction["market"]]
    change = [
        "\N{EN DASH}" if pd.isna(value) else f"{tables.number()(value)} {unit}".strip()
        for value, unit in zip(frame["change"], units, strict=True)
    ]
    columns = [name for name in frame if name != "return" or result.specification["returns"] == "log"]
    columns.insert(1, columns.pop(columns.index("simple_return")))
    columns.remove("holm_p")
    if result.specification["returns"] == "change":
        columns.remove("simple_return")
    plain = in_units(REACTION_FORMATS, result.specification)
    formats: dict[str, tables.Formatter] = {**plain, "change": str}
    return Markup(tables.to_html(frame.assign(change=change)[columns], formats, REACTION_HEADINGS))


def _car_table(result: EventStudyResult, windows: list[Window]) -> Markup:
    """Markets down, windows across: CAR with the p to read first in brackets."""
    formats = in_units(CAR_FORMATS, result.specification)
    frame = _named(result, result.car)
    markets = frame["market"].unique()
    text = [
        "\N{EN DASH}" if pd.isna(row.car) else f"{formats['car'](row.car)} ({tables.p_value(row.headline_p)})"
        for row in each_row(frame)
    ]
    wide = frame.assign(text=text).set_index(["market", "window"])["text"].unstack()  # noqa: PD010
    ordered = wide.loc[markets, [window.label for window in windows]]
    shown = {window.label: str for window in windows}
    return Markup(
        tables.to_html(ordered.reset_index(), shown, {"market": "Market"} | {w.label: f"CAR{w.label}" for w in windows})
    )


def _car_full(result: EventStudyResult) -> Markup:
    headings = {"market": "Market", "window": "Window", "car": "CAR", "se": "s.e.", **P_HEADINGS}
    return Markup(tables.to_html(_named(result, result.car), in_units(CAR_FORMATS, result.specification), headings))


def _elsewhere_table(elsewhere: pd.DataFrame, windows: list[Window]) -> Markup | None:
    """Other events down, windows across: in how many markets the window holds the event."""
    markets = elsewhere["market"].nunique()
    first, last = min(window.first for window in windows), max(window.last for window in windows)
    lines = []
    for _, group in elsewhere[elsewhere["tau"].between(first, last)].groupby("other_id", sort=False):
        start = group["start_utc"].iloc[0]
        line = {
            "when": f"{'about ' * bool(group['approximate'].iloc[0])}{tables.utc(start)}",
            "what": group["title"].iloc[0],
        }
        for window in windows:
            inside = int(group["tau"].between(window.first, window.last).sum())
            line[window.label] = "" if not inside else "all" if inside == markets else f"{inside} of {markets}"
        lines.append(line)
    if not lines:
        return None
    frame = pd.DataFrame(lines)
    return Markup(
        tables.to_html(frame, {window.label: str for window in windows}, {"when": "From (UTC)", "what": "Event"})
    )


def _oddity_groups(result: EventStudyResult) -> list[dict[str, str]]:
    """Oddities by market and kind: their number, the first dates, and the detail of the first."""
    groups = []
    for _, group in result.oddities.groupby(["market", "kind"], sort=False):
        market, kind = group[["market", "kind"]].iloc[0]
        dates = [f"{day:%Y-%m-%d}" for day in group["session"].dropna()]
        shown = ", ".join(dates[:SHOWN_DATES]) + (
            f" and {len(dates) - SHOWN_DATES} more" if len(dates) > SHOWN_DATES else ""
        )
        groups.append(
            {
                "market": label(market, result.instruments),
                "kind": kind.replace("_", " "),
                "count": str(len(group)),
                "dates": shown,
                "detail": group["detail"].iloc[0],
            }
        )
    return groups


def _unverified(result: EventStudyResult) -> list[str]:
    """List the facts about the studied markets for which no public source was found."""
    known = [each for market in result.alignment["market"].unique() if (each := result.instruments.get(market))]
    return [f"{each.name}: {', '.join(each.unverified).replace('_', ' ')}" for each in known if each.unverified]


def _picture_texts(result: EventStudyResult) -> dict[str, str]:
    """Alternative texts of the figures."""
    markets = f"{len(result.markets)} markets"
    return {
        "sessions": f"When {markets} trade around the event, one lane each, with the first tradable moment.",
        "anatomy": f"Range of day 0 in {markets} against the last observation before the event; numbers below.",
        "path": f"Path of the price of {markets} by the bar, around the event; numbers in tables/path.csv.",
        "car": f"Cumulative abnormal returns of {markets} with pointwise and simultaneous 95 % bands around zero; "
        "numbers in tables/ar.csv.",
    }
