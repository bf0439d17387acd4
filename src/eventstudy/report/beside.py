"""What stands on a page beside one result: further studies, sensitivities and measured sizes."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from ..study.result import EventStudyResult


@dataclass(frozen=True, kw_only=True)
class Part:
    """A further study on the page of another.

    Parameters
    ----------
    name : str
        Of its folder; begins the names of its files.
    title : str
    result : EventStudyResult
    """

    name: str
    title: str
    result: EventStudyResult

    @property
    def slug(self) -> str:
        """The name as files have it."""
        return re.sub(r"[^a-z0-9-]+", "-", self.name.lower()).strip("-") or "part"


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What stands on the page beside one result.

    Parameters
    ----------
    parts : tuple of Part
    sensitivities : DataFrame or None
        Of `EventStudy.sensitivities`.
    sizes : DataFrame or None
        Of `EventStudy.sizes`.
    """

    parts: tuple[Part, ...] = ()
    sensitivities: pd.DataFrame | None = None
    sizes: pd.DataFrame | None = None
