"""How firm the answer is: the declared specification beside others that could have been declared."""

from __future__ import annotations

import pandas as pd

from ...render import tables
from ...study.formats import IN_UNITS
from ...study.wording import amount_of
from ..section import Page, Section, figure, filled, named, table
from .tests import UNITS

COLUMNS = ("variant", "market", "ar", "sigma", "rows", "t_p", "p", "step_down_p", "note")
HEADINGS = {
    "variant": "Specification",
    "market": "Market",
    "ar": "AR",
    "sigma": "sigma",
    "rows": "Rows",
    "t_p": "p of t",
    "step_down_p": "Step-down p",
    "note": "Note",
}

CAPTION = (
    "Abnormal return of day 0 of {} under each departure, with its p (standardised placebo). Red: as declared. Dashed: "
    "the same, to compare with."
)


def section(page: Page) -> Section | None:
    """Build the section.

    Parameters
    ----------
    page : Page

    Returns
    -------
    Section or None
        None where no sensitivities were computed.
    """
    found = page.beside.sensitivities
    if found is None or found.empty:
        return None
    frame = _named(page, found)
    mine = ((found["market"] == page.lead) | found["market"].isna()).to_numpy()
    formats: dict[str, tables.Formatter] = {"ar": amount_of(page.returns), "sigma": tables.size()}
    formats |= {"sigma": IN_UNITS["se"]} if page.result.unit == "change" else {}
    formats |= {"rows": tables.number(0), **dict.fromkeys(("t_p", "p", "step_down_p"), tables.p_value)}
    small, full = (
        table(each[list(COLUMNS)], formats, HEADINGS, name)
        for each, name in (
            (frame[mine], f"Departures from the specification: {page.lead_name}"),
            (frame, "Departures from the specification: all markets"),
        )
    )
    picture = figure(page, "sensitivities", CAPTION.format(page.lead_name))
    body = filled("firm", picture=picture, small=small, full="" if mine.all() else full, lead=page.lead_name)
    unit = f"AR and sigma: {UNITS[page.returns]}."
    return Section(slug="sensitivities", title="How firm is it?", body=body, unit=unit, files=("sensitivities",))


def _named(page: Page, found: pd.DataFrame) -> pd.DataFrame:
    """Markets by their names; a specification that could not be computed has none."""
    known = found["market"].notna()
    frame = found.copy()
    frame.loc[known, "market"] = named(page.result, found[known])["market"].to_numpy()
    return frame
