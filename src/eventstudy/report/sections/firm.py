"""How firm the answer is: the declared specification beside others that could have been declared."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from ...render import tables
from ...render.curve_plot import of_market
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

CURVE_CAPTION = (
    "Specification curve: the abnormal return of day 0 of {} under many estimation windows, kinds of return and "
    "treatments of outliers, sorted; the marks below say which specification takes which choice. Dashed: as declared, "
    "which is the headline."
)


def section(page: Page) -> Section | None:
    """Build the section.

    Parameters
    ----------
    page : Page

    Returns
    -------
    Section or None
        None where neither sensitivities nor a curve were computed.
    """
    departures, curve = page.beside.sensitivities, page.beside.curve
    shown: dict[str, Markup] = (
        {"small": Markup()} if departures is None or departures.empty else _departures(page, departures)
    )
    sentence = "" if curve is None or "curve" not in page.pictures else _curve_sentence(page, curve)
    if not shown["small"] and not sentence:
        return None
    picture = figure(page, "curve", CURVE_CAPTION.format(page.lead_name))
    body = filled("firm", **shown, curve_sentence=sentence, curve=picture)
    unit = f"AR and sigma: {UNITS[page.returns]}."
    files = (*(["sensitivities"] if shown["small"] else ()), *(["curve"] if sentence else ()))
    return Section(slug="sensitivities", title="How firm is it?", body=body, unit=unit, files=files)


def _departures(page: Page, found: pd.DataFrame) -> dict[str, Markup]:
    """Figure and tables of the departures from the specification."""
    frame = _named(page, found)
    mine = ((found["market"] == page.lead) | found["market"].isna()).to_numpy()
    formats: dict[str, tables.Formatter] = {"ar": amount_of(page.returns), "sigma": tables.size()}
    formats |= {"sigma": IN_UNITS["se"]} if page.result.unit != "%" else {}
    formats |= {"rows": tables.number(0), **dict.fromkeys(("t_p", "p", "step_down_p"), tables.p_value)}
    small, full = (
        table(each[list(COLUMNS)], formats, HEADINGS, name)
        for each, name in (
            (frame[mine], f"Departures from the specification: {page.lead_name}"),
            (frame, "Departures from the specification: all markets"),
        )
    )
    picture = figure(page, "sensitivities", CAPTION.format(page.lead_name))
    return {"picture": picture, "small": small, "full": Markup() if mine.all() else full}


def _curve_sentence(page: Page, curve: pd.DataFrame) -> str:
    """Say how unusual all specifications are together."""
    lines = of_market(curve, page.lead)
    joint = tables.p_value(lines["joint_p"].iloc[0])
    return (
        f"Under {len(lines)} specifications at once day 0 of {page.lead_name} has a joint p of {joint}: the median "
        "size of its standardised abnormal return, ranked among the same median of every ordinary day that lies in "
        "all estimation windows."
    )


def _named(page: Page, found: pd.DataFrame) -> pd.DataFrame:
    """Markets by their names; a specification that could not be computed has none."""
    known = found["market"].notna()
    frame = found.copy()
    frame.loc[known, "market"] = named(page.result, found[known])["market"].to_numpy()
    return frame
