"""Abnormal returns of the market model in blocks, made from rows of returns without cutting panels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from ..panel import ROW_COLUMNS, Outcome
from ..panel_source import PanelSource
from ..windows import Window
from .abnormal import AbnormalReturns, BoolArray
from .compiled import compiled
from .direct import DirectFits, rows_of
from .direct_loops import BETA, MEAN, N_OBS, SIGMA, SPREAD, cut_rows
from .labelled import Labels
from .models.least_squares import FloatArray, IntArray, LinearFit

# Fields of abnormal returns that all blocks share.
ALIKE = ("estimation", "span", "model", "log_returns", "clock", "changes", "min_window_share", "spans")


@dataclass(frozen=True, kw_only=True, eq=False)
class DirectPairs:
    """The n pairs of a source under the market model, made without panels.

    Parameters
    ----------
    fits : DirectFits
    outcomes : DataFrame
        The rows of all pairs, with the outcome of each.
    like : AbnormalReturns
        Of some of the pairs, made from a panel: the others have its windows, model and kind of returns.
    """

    fits: DirectFits
    outcomes: pd.DataFrame
    like: AbnormalReturns

    @property
    def source(self) -> PanelSource:
        """Rows of returns."""
        return self.fits.source

    @cached_property
    def usable(self) -> BoolArray:
        """Pairs with outcome ``ok``, shape (n,)."""
        return np.asarray(self.outcomes["outcome"] == Outcome.OK.value, dtype=bool)

    @cached_property
    def one_pair_an_event(self) -> bool:
        """Whether no two pairs are of one event."""
        numbers = self.source.event_numbers
        return int(numbers.max(initial=-1)) + 1 == len(numbers)

    @cached_property
    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """The columns of the rows as arrays, which are cut faster than a frame."""
        columns = {name: self.outcomes[name].to_numpy(dtype=object) for name in ROW_COLUMNS if name != "session"}
        return columns | {"session": self.days}

    @cached_property
    def days(self) -> npt.NDArray[np.datetime64]:
        """Day 0 of every pair."""
        return self.outcomes["session"].to_numpy()

    def rows(self, pairs: IntArray) -> pd.DataFrame:
        """Return the rows of some of the pairs.

        Parameters
        ----------
        pairs : ndarray of int

        Returns
        -------
        DataFrame
        """
        parts = {name: self.columns[name][pairs] for name in ROW_COLUMNS}
        return pd.DataFrame({name: pd.Series(part, dtype=part.dtype, copy=False) for name, part in parts.items()})

    def sessions(self, pairs: IntArray, window: Window) -> Labels:
        """Return the labels of a window of some of the pairs.

        Parameters
        ----------
        pairs : ndarray of int
        window : Window

        Returns
        -------
        ndarray of datetime64
        """
        return _cut(self.source.sessions, self.source.label[pairs] + rows_of(self.source, window)[0, 0], window)

    def returns(self, pairs: IntArray, window: Window) -> tuple[FloatArray, FloatArray]:
        """Return the returns of a window, and the benchmark's, of some of the pairs.

        Parameters
        ----------
        pairs : ndarray of int
        window : Window

        Returns
        -------
        tuple of ndarray, shapes (m, W) and (m, W, 1)
        """
        source, first = self.source, rows_of(self.source, window)[0, 0]
        x = _cut(self.fits.x, source.label[pairs] + first, window)
        return _cut(source.returns, source.start[pairs] + first, window), x[..., None]

    def block(self, numbers: IntArray) -> DirectReturns:
        """Return the abnormal returns of some of the pairs.

        Parameters
        ----------
        numbers : ndarray of int
            The unusable ones are left out.

        Returns
        -------
        DirectReturns
        """
        source, like, pairs = self.source, self.like, numbers[self.usable[numbers]]
        fit, at = self.fits.fit[pairs], rows_of(source, like.estimation, like.span)
        start, label = source.start[pairs], source.label[pairs]
        residuals, returns, factors, ar = compiled(cut_rows)(source.returns, start, self.fits.x, label, fit, at)
        fitted = _linear(fit, residuals)
        noise, loading = fitted.forecast_error(factors)
        values = {"returns": returns, "factors": factors, "ar": ar, "noise": noise, "loading": loading}
        shared = {name: getattr(like, name) for name in ALIKE}
        return DirectReturns(made=self, numbers=numbers, pairs=pairs, fitted=fitted, **values, **shared)


def _cut(flat: npt.NDArray[Any], start: IntArray, window: Window) -> npt.NDArray[Any]:
    """Return the values of a window from each start on."""
    return sliding_window_view(flat, window.length)[start]


def _linear(fit: FloatArray, residuals: FloatArray) -> LinearFit:
    """Return fits of `fit_rows` as those of `least_squares`."""
    root, n_obs = np.zeros((len(fit), 2, 2)), fit[:, N_OBS].astype(np.int64)
    root[:, 0, 0], root[:, 1, 1] = 1 / np.sqrt(fit[:, N_OBS]), 1 / np.sqrt(fit[:, SPREAD])
    return LinearFit(
        param_names=("alpha", "beta"),
        params=fit[:, : BETA + 1].copy(),
        sigma=fit[:, SIGMA].copy(),
        n_obs=n_obs,
        df=n_obs - 2,
        residuals=residuals,
        center=fit[:, [MEAN]],
        root=root,
    )


@dataclass(frozen=True, kw_only=True, eq=False, repr=False, init=False)
class DirectReturns(AbnormalReturns):
    """Abnormal returns whose labels, and whose arrays that few tests need, are cut when they are asked for.

    Parameters
    ----------
    made : DirectPairs
    numbers, pairs : ndarray of int
        Pairs that were asked for, and the usable ones.
    **values
        Other fields of `AbnormalReturns`; those that are left out are made when they are read.
    """

    made: DirectPairs
    numbers: IntArray
    pairs: IntArray

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    def __getattr__(self, name: str) -> Any:
        if name not in WHEN_READ:
            raise AttributeError(f"{type(self).__name__} has no {name}")
        self.__dict__[name] = found = WHEN_READ[name](self)
        return found

    def column(self, name: str) -> npt.NDArray[Any]:
        """Return one column of the rows."""
        return self.made.days[self.pairs] if name == "session" else self.made.columns[name][self.pairs]

    @property
    def market_codes(self) -> tuple[IntArray, npt.NDArray[np.object_]]:
        """Number of each pair's market, and the markets of all blocks by number."""
        number, names = self.made.source.market_numbers
        return number[self.pairs], names

    @property
    def keys(self) -> tuple[IntArray, IntArray]:
        """Number of each pair's event, and of its market, among those of the source."""
        return self.made.source.event_numbers[self.pairs], self.market_codes[0]

    @property
    def one_pair_an_event(self) -> bool:
        """Whether no two pairs of the block are of one event."""
        return self.made.one_pair_an_event or super().one_pair_an_event

    @property
    def label_sets(self) -> IntArray:
        """Number of each pair's set of labels."""
        return self.made.source.label[self.pairs]

    def labels_of(self, pairs: IntArray) -> tuple[Labels, Labels]:
        """Return the labels of the estimation window and of the span of some of the pairs."""
        chosen = self.pairs[pairs]
        return self.made.sessions(chosen, self.estimation), self.made.sessions(chosen, self.span)


def _between(block: DirectReturns) -> FloatArray:
    """Return the abnormal returns of the rows between the windows."""
    first, last = block.estimation.last + 1, block.span.first - 1
    if last < first:
        return np.empty((len(block), 0))
    y, x = block.made.returns(block.pairs, Window(first, last))
    return np.asarray(y - block.fitted.predict(x))


# Fields of a block that are made when they are read.
WHEN_READ: Mapping[str, Callable[[DirectReturns], Any]] = {
    "rows": lambda block: block.made.rows(block.pairs),
    "outcomes": lambda block: block.made.rows(block.numbers),
    "sessions": lambda block: block.made.sessions(block.pairs, block.span),
    "estimation_sessions": lambda block: block.made.sessions(block.pairs, block.estimation),
    "estimation_returns": lambda block: block.made.returns(block.pairs, block.estimation)[0],
    "estimation_factors": lambda block: block.made.returns(block.pairs, block.estimation)[1],
    "between": _between,
}
