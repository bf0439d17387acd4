"""What the sections of the page of many events are made from."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from ...render import tables
from ...study.formats import IN_UNITS
from ...study.wording import amount_of
from ..template import template
from .facts import Facts

UNIT = {"log": "Log points (100 times the log return).", "simple": "Per cent.", "change": "In the market's own unit."}


@dataclass(frozen=True, kw_only=True)
class Many:
    """What the sections of a page are made from.

    Parameters
    ----------
    facts : Facts
    title : str
    pictures : mapping of str to bytes
        The figures (SVG), by name.
    alternatives : mapping of str to str
        The words that stand for each figure.
    record : mapping
        Provenance, as in ``run.json``.
    files : mapping of str to str
        SHA-256 of the tables, figures and provenance beside the page, by name.
    """

    facts: Facts
    title: str
    pictures: Mapping[str, bytes]
    alternatives: Mapping[str, str]
    record: Mapping[str, Any]
    files: Mapping[str, str]

    @property
    def returns(self) -> str:
        """Kind of return: log, simple or change."""
        return str(self.facts.result.specification["returns"])

    @property
    def unit(self) -> str:
        """The unit of the numbers, in words."""
        return UNIT[self.returns]

    @property
    def amount(self) -> tables.Formatter:
        """How a return is written, with its sign."""
        return amount_of(self.returns)

    @property
    def size(self) -> tables.Formatter:
        """How a size without a sign is written."""
        return IN_UNITS["se"] if self.returns == "change" else tables.size()

    def group_files(self, kind: str) -> tuple[str, ...]:
        """Return the names of the tables of a kind, one for each grouping."""
        return tuple(f"{kind}_{number}" for number in range(1, len(self.facts.groups) + 1))

    def regression_files(self) -> tuple[str, ...]:
        """Return the names of the tables of the regressions."""
        return tuple(f"regression_{number}" for number in range(1, len(self.facts.regressions) + 1))


@dataclass(frozen=True, kw_only=True)
class Section:
    """One section of the page.

    Parameters
    ----------
    slug : str
        Its anchor.
    title : str
    body : Markup
        Escaped HTML below the heading.
    unit : str
        The unit of its numbers, said once below the heading.
    files : tuple of str
        Names of the tables that hold its numbers, without folder and ending.
    """

    slug: str
    title: str
    body: Markup
    unit: str = ""
    files: tuple[str, ...] = ()


def filled(name: str, **values: Any) -> Markup:
    """Fill the template of a section; values are escaped, unless they are Markup."""
    return Markup(template(f"{name}.html.j2").render(**values))


def table(
    frame: pd.DataFrame, formats: Mapping[str, tables.Formatter], headings: Mapping[str, str] | None, name: str
) -> Markup:
    """Write a table in a frame that scrolls sideways, and that the keyboard reaches."""
    inner = Markup(tables.to_html(frame, formats, headings))
    return Markup('<div class="scroll" tabindex="0" role="region" aria-label="{}">{}</div>').format(name, inner)


def figure(page: Many, name: str, caption: str) -> Markup:
    """Show a figure; nothing where there is no such figure."""
    if name not in page.pictures:
        return Markup()
    source = "data:image/svg+xml;base64," + base64.b64encode(page.pictures[name]).decode()
    shown = Markup('<figure><img src="{}" alt="{}"><figcaption>{}</figcaption></figure>')
    return shown.format(source, page.alternatives[name], caption)
