"""How the numbers were computed, with the sources of the formulas, and how to compute them again."""

from __future__ import annotations

from ...study.result import EventStudyResult
from ..section import Page, Section, filled, fingerprints

SOURCES = (
    "Event studies in general: MacKinlay (1997), Journal of Economic Literature 35, 13 to 39.",
    "The standard error of a forecast: Patell (1976), Journal of Accounting Research 14, 246 to 276.",
    "Ranks among ordinary days: Corrado (1989), Journal of Financial Economics 23, 385 to 395. p = (1 + larger) / (1 + "
    "days): Phipson & Smyth (2010), Statistical Applications in Genetics and Molecular Biology 9, article 39.",
    "Step-down max-T: Westfall & Young (1993), Resampling-Based Multiple Testing, algorithm 4.1. "
    "Holm (1979), Scandinavian Journal of Statistics 6, 65 to 70.",
    "Why there is no average over the markets of one date: Kolari & Pynnönen (2010), Review of Financial Studies 23, "
    "3996 to 4025.",
)


def section(page: Page) -> Section:
    """Build the section.

    Parameters
    ----------
    page : Page

    Returns
    -------
    Section
    """
    body = filled("method", method=page.result.method, unverified=_unverified(page.result), sources=SOURCES)
    return Section(slug="method", title="How it was computed", body=body)


def reproduction(page: Page) -> Section:
    """Build the section on how to compute the page again.

    Parameters
    ----------
    page : Page

    Returns
    -------
    Section
    """
    inputs = fingerprints(page.record["inputs"])
    body = filled("reproduction", record=page.record, files=page.files, inputs=inputs)
    return Section(slug="reproduction", title="How to compute it again", body=body)


def _unverified(result: EventStudyResult) -> list[str]:
    """List the facts about the studied markets for which no public source was found."""
    known = [each for market in result.alignment["market"].unique() if (each := result.instruments.get(market))]
    return [f"{each.name}: {', '.join(each.unverified).replace('_', ' ')}" for each in known if each.unverified]
