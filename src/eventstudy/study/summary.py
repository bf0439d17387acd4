"""The summary of a result: a few sentences and one table, as text, HTML or LaTeX."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import pandas as pd

from ..instruments.catalogue import Instruments
from ..markets.prices.measures import MEASURES
from ..render import tables
from .formats import SUMMARY_COLUMNS, SUMMARY_HEADINGS
from .wording import kind_of, with_names


@dataclass(frozen=True, kw_only=True, repr=False)
class Summary:
    """A few sentences and a table; prints as text, shows as HTML in a notebook, exports to LaTeX.

    Parameters
    ----------
    lines : tuple of str
        Sentences above the table.
    table : DataFrame
        Numbers: returns as fractions, changes in the markets' own units.
    formats : mapping of str to callable
        How the cells of a column are written, by its name.
    left_out : tuple of str
        Lines below the table: pairs that were left out or have gaps.
    headings : mapping of str to str
        Headings of the columns, by name.
    """

    lines: tuple[str, ...]
    table: pd.DataFrame
    formats: Mapping[str, tables.Formatter]
    left_out: tuple[str, ...] = ()
    headings: Mapping[str, str] = field(default_factory=lambda: SUMMARY_HEADINGS)

    def __str__(self) -> str:
        body = tables.to_text(self.table, self.formats, self.headings)
        return "\n".join([*self.lines, "", body, *self.left_out])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        lines = "".join(f"<p>{escape(line)}</p>" for line in (*self.lines, *self.left_out))
        return lines + tables.to_html(self.table, self.formats, self.headings)

    def to_latex(self) -> str:
        """Return the table as a LaTeX tabular.

        Returns
        -------
        str
            With booktabs rules; the sentences are not included.
        """
        return tables.to_latex(self.table, self.formats, self.headings)


def first_lines(lines: Sequence[str], most: int) -> list[str]:
    """Return the first lines about pairs, and how many more there are.

    Parameters
    ----------
    lines : sequence of str
        One a pair.
    most : int
        Lines that are returned whole.

    Returns
    -------
    list of str
    """
    more = len(lines) - most
    return [*lines[:most], *([f"and {more:,} more such pairs: see the table of outcomes"] if more > 0 else [])]


def day_zero_table(reaction: pd.DataFrame, specification: Mapping[str, Any], instruments: Instruments) -> pd.DataFrame:
    """Return the columns of day 0 that the summary shows, with the names of the markets.

    Parameters
    ----------
    reaction : DataFrame
        One row a pair, of `eventstudy.study.tables.reaction`.
    specification : mapping
        The study as plain values; its kind of return decides which returns are shown.
    instruments : Instruments
        Where the study looks up symbols.

    Returns
    -------
    DataFrame
        Returns as fractions, changes in each market's own unit; ``event_id`` only where there are several.
    """
    several = len(set(reaction["event_id"])) > 1
    columns = (["event_id"] if several else []) + SUMMARY_COLUMNS
    if specification["returns"] == "simple":
        columns.remove("return")
    if kind_of(specification) in MEASURES:
        columns[columns.index("simple_return") : columns.index("ar")] = []
    elif specification["returns"] == "change":
        columns[columns.index("simple_return") : columns.index("ar")] = ["change"]
    return with_names(reaction[columns], instruments)
