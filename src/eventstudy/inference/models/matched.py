"""Returns of peers that are matched to each security by its characteristics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...errors import InputError, UnknownNameError, UsageError
from .least_squares import FloatArray, LinearFit
from .market import MarketAdjusted
from .protocol import Column, ModelBase, benchmark_column

NEAREST = 10


@dataclass(frozen=True, kw_only=True)
class MatchedPeers(ModelBase):
    """The mean return of the securities that are most like each security (Ahern 2009): its matched peers.

    ``AR_i = R_i - mean of R_j over the peers j of i``. Nothing but sigma is estimated; it is taken about zero over the
    estimation window. Each day's mean is over the peers that have a return on it. `nearest` finds the peers.

    Parameters
    ----------
    matches : mapping of str to sequence of str
        The peers of each security that is studied. A security without peers has no expected return.
    columns : sequence of str
        The characteristics by which they were found, for the description.

    Examples
    --------
    >>> model = MatchedPeers(matches={"A": ["B", "C"]}, columns=["size"])
    >>> model.description
    'Expected returns are the mean return of the 2 securities nearest in size (matched peers).'
    """

    matches: Mapping[str, Sequence[str]] = field(default_factory=dict)
    columns: Sequence[str] = ()

    name = "matched-peers"
    weighted = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "matches", {str(one): tuple(peers) for one, peers in self.matches.items()})
        object.__setattr__(self, "columns", tuple(self.columns))
        if own := [one for one, peers in self.matches.items() if one in peers]:
            raise UsageError(f"model {self.name!r}: {own[0]!r} is among its own peers; leave it out")

    @classmethod
    def nearest(
        cls, table: pd.DataFrame, *, columns: Sequence[str] | None = None, nearest: int = NEAREST
    ) -> MatchedPeers:
        """Find the peers of each security: those at the least distance.

        ``d_ij² = Σ ((x_ic - x_jc) / sd_c)²`` over the characteristics c, sd over all securities of the table. Equal
        distances are taken in the order of the table. A security that lacks a characteristic has no peers and is none.

        Parameters
        ----------
        table : DataFrame
            Index: symbols; one column a characteristic, such as size or book-to-market. Take the logarithm of skewed
            ones first.
        columns : sequence of str, optional
            Characteristics to go by; all columns by default.
        nearest : int
            Number of peers, 1 or more.

        Returns
        -------
        MatchedPeers

        Raises
        ------
        UnknownNameError
            If a column is not in the table.
        UsageError
            If there are not as many other securities, or a characteristic does not vary.
        InputError
            If a symbol occurs twice, or a value is no number.

        Examples
        --------
        >>> table = pd.DataFrame({"size": [1.0, 2.0, 4.0, 8.0]}, index=["A", "B", "C", "D"])
        >>> dict(MatchedPeers.nearest(table, nearest=2).matches)["C"]
        ('B', 'A')
        """
        chosen = list(columns or table.columns)
        values = _numbers(table, chosen)
        spread = np.nanstd(values, axis=0, ddof=1) if len(values) > 1 else np.zeros(len(chosen))
        for name, size in zip(chosen, spread, strict=True):
            if not size > 0:
                raise UsageError(f"characteristic {name!r} does not vary; leave it out")
        whole = np.flatnonzero(np.isfinite(values).all(axis=1))
        if not 1 <= nearest < len(whole):
            raise UsageError(f"nearest is {nearest}; there are {len(whole)} securities with all characteristics")
        symbols, values = list(map(str, table.index[whole])), values[whole]
        matches = {}
        for own, symbol in enumerate(symbols):
            # The difference comes first: of values divided before, equal ones may differ by rounding.
            distance = (((values - values[own]) / spread) ** 2).sum(axis=1)
            distance[own] = np.inf
            matches[symbol] = tuple(symbols[at] for at in np.argsort(distance, kind="stable")[:nearest])
        return cls(matches=matches, columns=tuple(chosen))

    @property
    def description(self) -> str:
        """One sentence for the methods section."""
        counts = sorted({len(peers) for peers in self.matches.values()})
        count = "" if not counts else f"{counts[0]} " if len(counts) == 1 else f"{counts[0]} to {counts[-1]} "
        named = ", ".join(self.columns) or "the characteristics of each market"
        return f"Expected returns are the mean return of the {count}securities nearest in {named} (matched peers)."

    @property
    def reads(self) -> Mapping[Column, tuple[str, ...]]:
        """The peers of all securities; the study gives each market the mean return of its own."""
        return {Column.MATCHED: tuple(dict.fromkeys(name for peers in self.matches.values() for name in peers))}

    def design(self, factors: FloatArray, names: Sequence[str]) -> FloatArray:
        """Select the peers' mean return.

        Parameters
        ----------
        factors : ndarray, shape (n, T, f)
        names : sequence of str, length f

        Returns
        -------
        ndarray, shape (n, T, 1)
        """
        column = benchmark_column(Column.MATCHED, names, self.name)
        return factors[..., column : column + 1]

    def fit(self, returns: FloatArray, factors: FloatArray, weights: FloatArray | None = None) -> LinearFit:
        """Estimate sigma.

        Parameters
        ----------
        returns, weights : ndarray, shape (n, L)
            Returns; optional weights, by default one.
        factors : ndarray, shape (n, L, 1)
            The peers' mean returns.

        Returns
        -------
        LinearFit
        """
        return MarketAdjusted().fit(returns, factors, weights)


def _numbers(table: pd.DataFrame, columns: Sequence[str]) -> FloatArray:
    """Return the characteristics as numbers, shape (n, c)."""
    for name in columns:
        if name not in table.columns:
            raise UnknownNameError("characteristic", name, list(map(str, table.columns)))
    if table.index.has_duplicates:
        raise InputError(f"characteristics: security {table.index[table.index.duplicated()][0]} stands twice; keep one")
    try:
        return np.asarray(table[columns].to_numpy(dtype=np.float64))
    except (TypeError, ValueError) as error:
        raise InputError(
            f"characteristics: {error}; give numbers, and leave a cell empty where there is none"
        ) from None
