"""What abnormal returns are of: events, markets and session labels; and how they show themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..render.shown import Shown
from ..windows import Window
from .models.least_squares import IntArray

Labels = npt.NDArray[np.datetime64]


class Labelled(Shown):
    """Rows and labels of `eventstudy.inference.abnormal.AbnormalReturns`."""

    rows: pd.DataFrame
    outcomes: pd.DataFrame
    estimation: Window
    span: Window
    sessions: Labels
    estimation_sessions: Labels
    model: Any

    def column(self, name: str) -> npt.NDArray[Any]:
        """Return one column of the rows, of which texts are objects.

        Parameters
        ----------
        name : str

        Returns
        -------
        ndarray, shape (n,)
        """
        column = self.rows[name]
        return np.asarray(column.to_numpy() if name == "session" else column.to_numpy(dtype=object))

    @property
    def keys(self) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Event and market of each pair: names, or numbers that tell those of one study apart."""
        return self.column("event_id"), self.column("market")

    @property
    def market_codes(self) -> tuple[IntArray, npt.NDArray[np.object_]]:
        """Number of each pair's market, and the markets by number."""
        code, names = pd.factorize(self.column("market"))
        return code, np.asarray(names)

    @property
    def one_pair_an_event(self) -> bool:
        """Whether no two pairs are of one event."""
        return bool(self.rows["event_id"].is_unique)

    @property
    def label_sets(self) -> IntArray | None:
        """A number for each pair; two with one number have the same labels. None where that is not known."""
        return None

    def labels_of(self, pairs: IntArray) -> tuple[Labels, Labels]:
        """Return the session labels of some of the pairs.

        Parameters
        ----------
        pairs : ndarray of int, shape (m,)

        Returns
        -------
        tuple of ndarray, shapes (m, L) and (m, E)
        """
        return self.estimation_sessions[pairs], self.sessions[pairs]

    def _facts(self) -> dict[str, object]:
        """Return what one line says."""
        return {
            "pairs": f"{len(self.rows):,} of {len(self.outcomes):,}",
            "rows": f"{self.span.first} to {self.span.last}",
            "estimated on": " and ".join(f"{part.first} to {part.last}" for part in self.estimation.parts),
            "model": type(self.model).__name__,
        }
