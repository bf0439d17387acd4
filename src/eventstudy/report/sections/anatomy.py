"""Day 0 in detail: open, high, low and close of every market, and how unusual each is among ordinary days."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ...render import tables
from ...study.formats import ANATOMY_FORMATS, in_units
from ...study.wording import amount_of
from ..section import Page, Section, figure, filled, named, table
from .between import counted_of
from .landing import simple_unit

STATISTICS = {
    "open_gap": "open",
    "high": "high",
    "low": "low",
    "range": "range",
    "close": "close",
    "high_to_close": "from high to close",
    "low_to_close": "from low to close",
}
CAPTION = "Bar: low to high. Tick: open. Triangle: close or settlement, up or down with its sign."
HEADINGS = {
    "market": "Market",
    "reference": "Reference price",
    "open_gap": "Open",
    "high": "High",
    "low": "Low",
    "range": "Range",
    "close": "Close",
    "retraced_from_high": "Retraced from high",
    "retraced_from_low": "Retraced from low",
}
UNUSUAL_HEADINGS = {
    "market": "Market",
    "statistic": "Statistic",
    "value": "Value",
    "larger": "As large on",
    "p": "p",
    "step_down_p": "Step-down p",
    "flat": "Flat",
    "rolls": "Rolls",
    "stale": "Stale",
}


def section(page: Page) -> Section | None:
    """Build the section.

    Parameters
    ----------
    page : Page

    Returns
    -------
    Section or None
        None where the prices have no open, high and low, and in bars.
    """
    result = page.result
    if result.anatomy.empty:
        return None
    body = filled(
        "anatomy",
        picture=figure(page, "anatomy", CAPTION),
        day=table(
            named(result, result.anatomy), in_units(ANATOMY_FORMATS, result.specification), HEADINGS, "Day 0 in detail"
        ),
        **_unusual(page),
    )
    return Section(
        slug="anatomy",
        title="Day 0 in detail",
        body=body,
        unit=f"{simple_unit(page.returns).capitalize()}.",
        files=("anatomy", "anatomy_tests"),
    )


def _unusual(page: Page) -> dict[str, Any]:
    """Day 0's statistics among those of ordinary days: of the leading market with every range, and all of them."""
    tested = page.result.anatomy_tests
    if tested.empty:
        return {"unusual": Markup(), "unusual_full": Markup()}
    frame = named(page.result, tested)
    counted = [counted_of(*both) for both in zip(frame["larger"], frame["days"], strict=True)]
    shown = frame.assign(statistic=frame["statistic"].map(STATISTICS), larger=counted)[list(UNUSUAL_HEADINGS)]
    formats: dict[str, tables.Formatter] = {"value": amount_of(page.returns), "larger": str}
    formats |= dict.fromkeys(("p", "step_down_p"), tables.p_value)
    formats |= dict.fromkeys(("flat", "rolls", "stale"), tables.number(0))
    few = shown[((tested["market"] == page.lead) | (tested["statistic"] == "range")).to_numpy()]
    name = "Statistics of day 0 among those of ordinary days"
    full = table(shown, formats, UNUSUAL_HEADINGS, f"{name}: all markets") if len(few) < len(shown) else Markup()
    return {"unusual": table(few, formats, UNUSUAL_HEADINGS, name), "unusual_full": full}
