"""How often the tests reject on dates of the same prices on which nothing is known to have happened."""

from __future__ import annotations

from ...render import tables
from ...study.wording import after, in_percent
from ..section import Page, Section, filled, table

HEADINGS = {"test": "Test", "over": "Over", "rate": "Rejects", "band": "Band", "power": "With the effect"}


def section(page: Page) -> Section | None:
    """Build the section.

    Parameters
    ----------
    page : Page

    Returns
    -------
    Section or None
        None where no sizes are stored.
    """
    found = page.beside.sizes
    if found is None or found.empty:
        return None
    effect = float(found["effect"].iloc[0])
    bands = [f"{100 * low:.1f} to {100 * high:.1f}" for low, high in zip(found["low"], found["high"], strict=True)]
    shown = found.assign(band=bands)[["test", "over", "rate", "band", "power"]]
    formats: dict[str, tables.Formatter] = {"rate": tables.size(1), "band": str, "power": tables.size(1)}
    body = filled(
        "sizes",
        sizes=table(shown, formats, HEADINGS, "Rejection rates on placebo dates"),
        dates=f"{found['dates'].iloc[0]:,}",
        effect=f"{100 * effect if in_percent(page.returns) else effect:g}{after(page.returns)}",
    )
    return Section(
        slug="sizes", title="The tests on these prices", body=body, unit="Per cent of the dates.", files=("sizes",)
    )
