"""What stands on a page beside one result: further studies, sensitivities, measured sizes, statements checked."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from ..claims import Verdict
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
    curve : DataFrame or None
        Of `EventStudy.specification_curve`.
    volatility : DataFrame or None
        Of `EventStudyResult.volatility_effects`.
    sizes : DataFrame or None
        Of `EventStudy.sizes`.
    claims : tuple of Verdict or None
        What prices say of the article's statements about markets; None where the study has no article.
    """

    parts: tuple[Part, ...] = ()
    sensitivities: pd.DataFrame | None = None
    curve: pd.DataFrame | None = None
    volatility: pd.DataFrame | None = None
    sizes: pd.DataFrame | None = None
    claims: tuple[Verdict, ...] | None = None
