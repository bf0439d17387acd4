"""Where the event landed: each market's state at the instant, its day 0, and who could trade first."""

from __future__ import annotations

from markupsafe import Markup

from ...render import tables
from ...study import narrative
from ...study.wording import amount_of
from ..section import Page, Section, figure, filled, named, table

ALIGNMENT_HEADINGS = {
    "market": "Market",
    "state": "At the event",
    "first_tradable_utc": "First tradable",
    "reference_utc": "Last observed before",
    "session": "Day 0",
    "observation_utc": "Day 0 observed",
}
FIRST_HEADINGS = {
    "market": "Market",
    "first_tradable_utc": "First tradable (UTC)",
    "state": "At the event",
    "wait_minutes": "Wait, min",
    "first_seen": "First price",
    "first_return": "First return",
    "return": "Day 0",
    "p": "p",
}


def section(page: Page) -> Section:
    """Build the section.

    Parameters
    ----------
    page : Page

    Returns
    -------
    Section
    """
    result = page.result
    first = _first(page)
    body = filled(
        "landing",
        sessions=figure(
            page,
            "sessions",
            "Vertical line: the event. Bars: trading; hatched: a break. Triangle: first moment at which the market "
            "could react. Diamond: the price of day 0.",
        ),
        alignment=_alignment(page),
        first=first,
        first_picture=figure(
            page,
            "first",
            "Tick: first price after the event. Triangle: close or settlement of day 0, pointing up or down with its "
            "sign.",
        ),
        in_bars=not result.path.empty,
        left_out=narrative.left_out(result.outcomes),
        remarks=narrative.provisional(result.outcomes),
    )
    unit = "Times in UTC." + (f" Moves: {simple_unit(page.returns)}." if first else "")
    return Section(
        slug="landing",
        title="Where it landed in each market",
        body=body,
        unit=unit,
        files=("alignment", "first_to_trade", "outcomes"),
    )


def simple_unit(returns: str) -> str:
    """Say the unit of tables of moves since a reference price.

    Parameters
    ----------
    returns : {"log", "simple", "change"}

    Returns
    -------
    str

    Examples
    --------
    >>> simple_unit("log")
    'per cent of the reference price (simple returns)'
    """
    if returns == "change":
        return "change of the price, each market in its own unit"
    return "per cent of the reference price (simple returns)"


def _alignment(page: Page) -> Markup:
    formats = {name: tables.utc for name in ALIGNMENT_HEADINGS if name.endswith("_utc")} | {"session": tables.day}
    frame = named(page.result, page.result.alignment)[list(ALIGNMENT_HEADINGS)]
    return table(frame, formats, ALIGNMENT_HEADINGS, "When each market could react")


def _first(page: Page) -> Markup | str:
    """Markets in the order in which they could trade; empty for a single market."""
    if len(page.result.first_to_trade) < 2:
        return ""
    frame = named(page.result, page.result.first_to_trade)
    amount = amount_of(page.returns)
    formats: dict[str, tables.Formatter] = {
        "first_tradable_utc": tables.utc,
        "wait_minutes": tables.number(0),
        "first_return": amount,
        "return": amount,
        "p": tables.p_value,
    }
    return table(frame[list(FIRST_HEADINGS)], formats, FIRST_HEADINGS, "Markets in the order in which they could trade")
