"""Many series on one common index, kept as one matrix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Table(Mapping[str, pd.Series]):
    """Series on one common index, kept as one matrix; a series is made when it is asked for.

    Parameters
    ----------
    index : DatetimeIndex, shape (D,)
    names : tuple of str, length S
    matrix : ndarray, shape (S, D)

    Examples
    --------
    >>> table = Table(index=pd.date_range("2020-01-01", periods=2), names=("A",), matrix=np.array([[0.1, 0.2]]))
    >>> table["A"].tolist(), "B" in table
    ([0.1, 0.2], False)
    """

    index: pd.DatetimeIndex
    names: tuple[str, ...]
    matrix: FloatArray

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self.names)}

    def row(self, name: str) -> FloatArray:
        """Return the values of one series without its index.

        Parameters
        ----------
        name : str

        Returns
        -------
        ndarray, shape (D,)
        """
        return np.asarray(self.matrix[self._rows[name]])

    def __getitem__(self, name: str) -> pd.Series:
        return pd.Series(self.row(name), index=self.index, name=name)

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)
