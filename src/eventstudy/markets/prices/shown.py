"""How bars show themselves: one line, and a card in a notebook."""

from __future__ import annotations

import pandas as pd

from ...render.shown import Shown as Base


class Shown(Base):
    """Representations of `eventstudy.markets.prices.bars.Bars`."""

    symbol: str
    frame: pd.DataFrame
    source: str
    length: pd.Timedelta | None

    def _facts(self) -> dict[str, object]:
        """Return what one line says."""
        days = self.frame.index
        return {
            "": self.symbol,
            "rows": f"{len(days):,}",
            "from": f"{days[0]:%Y-%m-%d} to {days[-1]:%Y-%m-%d}",
            "every": "session" if self.length is None else f"{self.length.total_seconds() / 60:g} minutes",
            "columns": ", ".join(map(str, self.frame.columns)),
            "source": self.source,
        }
