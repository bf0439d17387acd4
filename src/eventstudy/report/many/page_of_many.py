"""What the sections of the page of many events are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...render import tables
from ...study.formats import IN_UNITS
from ...study.wording import SUBJECTS, amount_of, in_percent, kind_of, unit_sentence
from ..figures import Picture
from .facts import Facts

UNIT = {"log": "Log points (100 times the log return).", "simple": "Per cent.", "change": "In the market's own unit."}
UNIT |= {kind: f"{unit_sentence(kind).capitalize()}." for kind in SUBJECTS}


@dataclass(frozen=True, kw_only=True)
class Many:
    """What the sections of a page are made from.

    Parameters
    ----------
    facts : Facts
    title : str
    pictures : mapping of str to Picture
        The figures, by name.
    record : mapping
        Provenance, as in ``run.json``.
    files : mapping of str to str
        SHA-256 of the tables, figures and provenance beside the page, by name.
    """

    facts: Facts
    title: str
    pictures: Mapping[str, Picture]
    record: Mapping[str, Any]
    files: Mapping[str, str]

    @property
    def first_picture(self) -> str:
        """No figure has moved to the finding: each stands in its own section."""
        return ""

    @property
    def returns(self) -> str:
        """Kind of return: log, simple or change."""
        return kind_of(self.facts.result.specification)

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
        return tables.size() if in_percent(self.returns) else IN_UNITS["se"]

    def group_files(self, kind: str) -> tuple[str, ...]:
        """Return the names of the tables of a kind, one for each grouping."""
        return tuple(f"{kind}_{number}" for number in range(1, len(self.facts.groups) + 1))

    def regression_files(self) -> tuple[str, ...]:
        """Return the names of the tables of the regressions."""
        return tuple(f"regression_{number}" for number in range(1, len(self.facts.regressions) + 1))
