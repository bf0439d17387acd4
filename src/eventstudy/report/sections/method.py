"""How the numbers were computed, with the sources of the formulas, and how to compute them again."""

from __future__ import annotations

import pandas as pd

from ...study.result import EventStudyResult
from ..section import Page, Section, filled, table


def section(page: Page) -> Section:
    """Build the section.

    Parameters
    ----------
    page : Page

    Returns
    -------
    Section
    """
    body = filled("method", method=page.result.method, unverified=_unverified(page.result), sources=())
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
    inputs = pd.DataFrame({"input": list(page.record["inputs"]), "sha": list(page.record["inputs"].values())})
    shown = table(inputs, {}, {"input": "Input", "sha": "SHA-256"}, "Fingerprints of the inputs")
    body = filled("reproduction", record=page.record, files=page.files, inputs=shown)
    return Section(slug="reproduction", title="How to compute it again", body=body)


def _unverified(result: EventStudyResult) -> list[str]:
    """List the facts about the studied markets for which no public source was found."""
    known = [each for market in result.alignment["market"].unique() if (each := result.instruments.get(market))]
    return [f"{each.name}: {', '.join(each.unverified).replace('_', ' ')}" for each in known if each.unverified]
