"""How abnormal returns show themselves: one line, and a card in a notebook."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..render.shown import Shown as Base
from ..windows import Window


class Shown(Base):
    """Representations of `eventstudy.inference.abnormal.AbnormalReturns`, which has thousands of numbers."""

    rows: pd.DataFrame
    outcomes: pd.DataFrame
    estimation: Window
    span: Window
    model: Any

    def _facts(self) -> dict[str, object]:
        """Return what one line says."""
        return {
            "pairs": f"{len(self.rows):,} of {len(self.outcomes):,}",
            "rows": f"{self.span.first} to {self.span.last}",
            "estimated on": " and ".join(f"{part.first} to {part.last}" for part in self.estimation.parts),
            "model": type(self.model).__name__,
        }
