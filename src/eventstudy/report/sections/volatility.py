"""What the event window did to mean and volatility: a GJR-GARCH with dummies, market by market."""

from __future__ import annotations

from ...render import tables
from ...study.formats import IN_UNITS
from ...study.wording import amount_of
from ..section import Page, Section, filled, named, table
from .tests import UNITS

HEADINGS = {
    "market": "Market",
    "n": "Rows",
    "mean_effect": "AR a row",
    "mean_se": "s.e.",
    "mean_p": "p",
    "variance_ratio": "Variance ratio",
    "variance_p": "p",
    "note": "Note",
}


def section(page: Page) -> Section | None:
    """Build the section.

    Parameters
    ----------
    page : Page

    Returns
    -------
    Section or None
        None where the study does not ask for it.
    """
    found = page.beside.volatility
    if found is None or found.empty:
        return None
    amount = amount_of(page.returns)
    formats: dict[str, tables.Formatter] = {"mean_effect": amount, "mean_se": tables.size()}
    formats |= {"mean_se": IN_UNITS["se"]} if page.result.unit != "%" else {}
    formats |= {"n": tables.number(0), "variance_ratio": tables.number()}
    formats |= dict.fromkeys(("mean_p", "variance_p"), tables.p_value)
    shown = named(page.result, found.rename(columns={"detail": "note"}))[list(HEADINGS)]
    name = "Mean and volatility in the event window"
    body = filled("volatility", window=found["window"].iloc[0], effects=table(shown, formats, HEADINGS, name))
    unit = f"AR and s.e.: {UNITS[page.returns]}."
    return Section(slug="volatility", title="Was it more volatile?", body=body, unit=unit, files=("volatility",))
