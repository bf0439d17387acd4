"""The finding in two sentences, the picture that shows it, and what would change the reader's mind."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ...inference.significance.resampling import unlike_regime
from ...render.tables import size
from ...study.measured import spread_words
from ...study.wording import SUBJECTS, after, in_percent, in_words, joined_labels, plain
from ..section import Page, Section, figure, filled
from . import anatomy, tests
from .between import path_caption

LEVEL = 0.05
SURE = 0.9
MOST = 5


def section(page: Page) -> Section:
    """Build the section.

    Parameters
    ----------
    page : Page

    Returns
    -------
    Section
    """
    said = page.result.careful() or page.result.finding()
    doubts = [{"text": text, "to": to} for text, to in _doubts(page)][:MOST]
    body = filled(
        "finding",
        sentences=said[:2],
        picture=figure(page, page.first_picture, _caption(page), first=True),
        doubts=doubts,
    )
    return Section(slug="finding", title="Finding", body=body)


def _caption(page: Page) -> str:
    """Say how to read the figure of the finding."""
    parts = {f"{part.slug}_path": part.result for part in page.beside.parts} | {"path": page.result}
    other = {"anatomy": anatomy.CAPTION, "car": tests.CAR_CAPTION}
    name = page.first_picture
    return path_caption(parts[name]) if name in parts else other.get(name, "")


def _doubts(page: Page) -> Iterator[tuple[str, str]]:
    """Yield what would change the reading, most important first, each with the section that has the details."""
    yield from _others(page)
    yield from _uncertain(page)
    yield from _departures(page)
    yield from _benchmark(page)
    yield from _volatility(page)
    yield from _power(page)


def _others(page: Page) -> Iterator[tuple[str, str]]:
    """Count the other events on day 0."""
    here = page.elsewhere[(page.elsewhere["market"] == page.lead) & (page.elsewhere["tau"] == 0)]
    count = len(here)
    if count:
        subject = f"{in_words(count)} other listed event{'s fall' if count > 1 else ' falls'}".capitalize()
        yield (
            f"{subject} on day 0 of {page.lead_name}: its daily move is not the effect of this event alone.",
            "what-else",
        )
    else:
        yield "No other listed event falls on day 0, but only listed events are known.", "what-else"


def _uncertain(page: Page) -> Iterator[tuple[str, str]]:
    """Say how sure the dating is."""
    event, late = page.event, page.result.alternative
    if late is not None:
        yield "Another moment of the interval in which the event lies gives another day 0 in some markets.", "event"
    if event.confidence is not None and event.confidence < SURE:
        yield f"The event's time is read with {100 * event.confidence:.0f} % confidence only.", "event"
    if event.basis != "public":
        yield "The time of the first report is not known, so nothing is said about the speed of the reaction.", "event"


def _departures(page: Page) -> Iterator[tuple[str, str]]:
    """Count the departures from the specification that give another verdict on the leading market."""
    found = page.beside.sensitivities
    if found is None or found.empty:
        return
    mine = found[(found["market"] == page.lead) & found["p"].notna()]
    declared, others = mine[mine["kind"] == "declared"], mine[mine["kind"] != "declared"]
    if declared.empty or others.empty:
        return
    verdict = declared["p"].iloc[0] <= LEVEL
    against = int(((others["p"] <= LEVEL) != verdict).sum())
    side = "above" if verdict else "at or below"
    yield (
        f"Of {len(others)} departures from the declared specification, {in_words(against)} put{'s' * (against == 1)} p "
        f"{side} 5 %.",
        "sensitivities",
    )


def _benchmark(page: Page) -> Iterator[tuple[str, str]]:
    """Name a benchmark that the event moved."""
    here = page.result.benchmark[page.result.benchmark["after_event"].astype(bool)]
    if len(here):
        names = joined_labels(here["benchmark"], page.result.instruments)
        yield f"{names}: a benchmark affected by the event, so part of the reaction is subtracted.", "tests"


def _volatility(page: Page) -> Iterator[tuple[str, str]]:
    """Compare the volatility just before the event with that of the estimation window."""
    day = page.result.tests[page.result.tests["window"] == "[0,0]"]
    broken = joined_labels(day.loc[day["volatility_break"].notna(), "market"], page.result.instruments)
    spread = spread_words(page.returns).capitalize()
    if broken:
        yield f"{spread} of {broken} rose in the five days before; if it changed then, no test is right.", "tests"
    ratio = day.loc[(day["market"].astype(str) == page.lead) & day["regime_ratio"].notna(), "regime_ratio"]
    if len(ratio) and unlike_regime(pd.Series([ratio.iloc[0]])).any():
        yield f"{spread} of {page.lead_name} before the event was {plain(ratio.iloc[0])} of the window's.", "tests"


def _power(page: Page) -> Iterator[tuple[str, str]]:
    """Give the smallest abnormal return that the test finds."""
    least = page.result.leading["headline_mde80"]
    if pd.notna(least):
        amount = (size(2) if in_percent(page.returns) else plain)(least) + after(page.returns)
        what = "An abnormal " + SUBJECTS[page.returns] if page.returns in SUBJECTS else "Abnormal moves"
        verb = "is" if page.returns in SUBJECTS else "are"
        yield f"{what} of {page.lead_name} below {amount} {verb} missed in more than one of five cases.", "tests"
