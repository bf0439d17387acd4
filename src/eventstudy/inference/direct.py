"""The market model of many pairs, estimated from rows of returns without cutting panels; compiled by numba."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..panel import Outcome
from ..panel_source import PanelSource
from ..windows import Window
from .abnormal import ROUNDING
from .compiled import compiled, use_loops
from .cumulative import CumulativeReturns
from .direct_loops import BETA, HELPERS, N_OBS, SIGMA, SPREAD, fit_rows, sum_rows
from .estimates import Estimates
from .estimation import as_index
from .models.least_squares import FloatArray, IntArray
from .models.market import MarketModel
from .models.protocol import Model

BoolArray = npt.NDArray[np.bool_]
# Threads, and about how many pairs are fitted at once.
PARTS, PIECE = 2, 50_000


def rows_of(source: PanelSource, *windows: Window) -> IntArray:
    """Return the first row of each window, and the row behind its last, from the first row of a pair on.

    Parameters
    ----------
    source : PanelSource
    *windows : Window

    Returns
    -------
    ndarray of int, shape (V, 2)
    """
    first = int(source.tau[0])
    return np.array([[window.first - first, window.last + 1 - first] for window in windows])


@dataclass(frozen=True, kw_only=True, eq=False)
class DirectFits:
    """Market models of the n pairs of a source, and sums over V windows, whether or not a pair can be used.

    Parameters
    ----------
    source : PanelSource
    x : ndarray, shape (Q,)
        The benchmark's returns.
    estimation : Window
    windows : tuple of Window, length V
    fit : ndarray, shape (n, 6)
        Of `fit_rows`.
    car, se, days : ndarray, shapes (n, V)
        Of `sum_rows`.
    """

    source: PanelSource
    x: FloatArray
    estimation: Window
    windows: tuple[Window, ...]
    fit: FloatArray
    car: FloatArray
    se: FloatArray
    days: IntArray

    @classmethod
    def of(cls, source: PanelSource, model: Model, estimation: Window, windows: Sequence[Window]) -> DirectFits | None:
        """Estimate all pairs.

        Parameters
        ----------
        source : PanelSource
        model : Model
        estimation : Window
        windows : sequence of Window

        Returns
        -------
        DirectFits or None
            None where the model is another one, returns cover several days, or numba is not installed.
        """
        if type(model) is not MarketModel or source.spans is not None or not source.factors.shape[1]:
            return None
        if not use_loops(len(source)):
            return None
        names = list(source.factor_names)
        x = np.ascontiguousarray(source.factors[:, names.index(model.benchmark) if model.benchmark in names else 0])
        before, bounds = rows_of(source, estimation)[0, 0], rows_of(source, *windows)
        shape = len(source), len(windows)
        fit, days = np.empty((len(source), SPREAD + 1)), np.empty(shape, dtype=np.int64)
        car, se = np.empty(shape), np.empty(shape)

        def make(pairs: IntArray) -> None:
            # Pairs whose rows lie side by side find them in the memory of the processor.
            pairs = pairs[np.argsort(source.start[pairs])]
            y, start, label = source.returns, source.start[pairs], source.label[pairs]
            part = compiled(fit_rows, *HELPERS)(y, start + before, x, label + before, estimation.length)
            fit[pairs] = part
            car[pairs], se[pairs], days[pairs] = compiled(sum_rows, *HELPERS)(y, start, x, label, part, bounds)

        make(np.arange(1))
        with ThreadPoolExecutor(PARTS) as pool:
            list(pool.map(make, np.array_split(np.arange(len(source)), max(PARTS, len(source) // PIECE))))
        return cls(
            source=source, x=x, estimation=estimation, windows=tuple(windows), fit=fit, car=car, se=se, days=days
        )

    def enough(self, share: float) -> BoolArray:
        """Return which pairs have enough days of each window, see `AbnormalReturns.min_window_share`.

        Parameters
        ----------
        share : float

        Returns
        -------
        ndarray of bool, shape (n, V)
        """
        lengths = np.array([window.length for window in self.windows])
        return np.asarray((self.days > 0) & (self.days >= share * lengths - ROUNDING))

    def doubtful(self, share: float, least: int) -> BoolArray:
        """Return the pairs of which only a panel tells whether they can be used, and why not.

        Parameters
        ----------
        share : float
        least : int
            Estimation rows that a pair needs.

        Returns
        -------
        ndarray of bool, shape (n,)
        """
        known = np.asarray(self.source.rows["outcome"] == Outcome.OK.value, dtype=bool)
        return ~(known & (self.fit[:, N_OBS] >= least) & self.enough(share).all(axis=1))

    def estimates(self, outcomes: pd.DataFrame, share: float) -> Estimates:
        """Return the numbers of the usable pairs.

        Parameters
        ----------
        outcomes : DataFrame
            The rows of all pairs, with the outcome of each.
        share : float

        Returns
        -------
        Estimates
        """
        usable = as_index(np.asarray(outcomes["outcome"] == Outcome.OK.value, dtype=bool))
        fit, df = self.fit[usable], self.fit[usable, N_OBS].astype(np.int64) - 2
        return Estimates(
            outcomes=outcomes,
            estimation=self.estimation,
            param_names=("alpha", "beta"),
            params=fit[:, : BETA + 1],
            sigma=fit[:, SIGMA],
            n_obs=df + 2,
            df=df,
            day_zero=self._day_zero(usable),
            cars=self._cars(usable, df, self.enough(share)),
        )

    def _day_zero(self, usable: BoolArray | slice) -> FloatArray:
        """Return the returns of day 0; NaN where no window holds it."""
        day = self.source.start[usable] - int(self.source.tau[0])
        if not min(one.first for one in self.windows) <= 0 <= max(one.last for one in self.windows):
            return np.full(len(day), np.nan)
        return np.asarray(self.source.returns[day])

    def _cars(self, usable: BoolArray | slice, df: IntArray, enough: BoolArray) -> dict[Window, CumulativeReturns]:
        """Return the sums of each window."""
        found = {}
        for at, window in enumerate(self.windows):
            car, se = (np.where(enough[:, at], part[:, at], np.nan)[usable] for part in (self.car, self.se))
            days = self.days[usable, at]
            found[window] = CumulativeReturns(window=window, car=car, se=se, t=car / se, df=df, n_days=days)
        return found
