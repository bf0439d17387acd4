"""How abnormal returns show themselves: one line, and a card in a notebook."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..render.card import card
from ..windows import Window


class Shown:
    """Representations of `eventstudy.inference.abnormal.AbnormalReturns`, which has thousands of numbers."""

    rows: pd.DataFrame
    outcomes: pd.DataFrame
    estimation: Window
    span: Window
    model: Any

    def __repr__(self) -> str:
        facts = ", ".join(f"{name} {value}" for name, value in self._facts().items())
        return f"AbnormalReturns({facts})"

    def _repr_html_(self) -> str:
        return card("Abnormal returns", self._facts())

    def _facts(self) -> dict[str, object]:
        """Return what one line says."""
        return {
            "pairs": f"{len(self.rows):,} of {len(self.outcomes):,}",
            "rows": f"{self.span.first} to {self.span.last}",
            "estimated on": f"{self.estimation.first} to {self.estimation.last}",
            "model": type(self.model).__name__,
        }
