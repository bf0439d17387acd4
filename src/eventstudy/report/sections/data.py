"""What is odd in the data; nothing is repaired."""

from __future__ import annotations

import pandas as pd

from ...render import tables
from ...study.wording import label
from ...text import first_few
from ..section import Page, Section, filled, table

SHOWN_DATES = 6
HEADINGS = {
    "market": "Market",
    "kind": "Kind",
    "count": "Count",
    "dates": "Sessions",
    "detail": "The first, in words",
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
    groups = _groups(page)
    shown = "" if groups.empty else table(groups, {"count": tables.number(0)}, HEADINGS, "What is odd in the data")
    body = filled("data", table=shown)
    return Section(slug="data", title="What is odd in the data", body=body, files=("oddities",))


def _groups(page: Page) -> pd.DataFrame:
    """Oddities by market and kind: their number, the first dates, and the detail of the first."""
    rows = [
        {
            "market": label(group["market"].iloc[0], page.result.instruments),
            "kind": group["kind"].iloc[0].replace("_", " "),
            "count": len(group),
            "dates": _dates(group["session"].dropna()),
            "detail": group["detail"].iloc[0],
        }
        for _, group in page.result.oddities.groupby(["market", "kind"], sort=False)
    ]
    return pd.DataFrame(rows, columns=list(HEADINGS))


def _dates(sessions: pd.Series) -> str:
    """List the first sessions, and count the rest."""
    dates = [tables.day(session) for session in sessions]
    return first_few(dates, SHOWN_DATES)
