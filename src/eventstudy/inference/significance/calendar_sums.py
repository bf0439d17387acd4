"""Sums by calendar date of one window, for portfolios of the events held on each date and for clustered errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from ...windows import Window
from ..abnormal import AbnormalReturns
from ..compiled import compiled, use_loops
from ..models.least_squares import FloatArray, IntArray
from ..models.protocol import Column
from .groups import Groups
from .kernels import DaySums
from .keyed import MISSING, Cells, DateSums, places
from .sum_loops import filled_cells, lagged_sums, market_sums
from .window_sums import BoolArray, HeldDays, days_present, residuals_of_sets, sets_held

# A table of so many cells is made in any case.
SMALL = 1_000_000


@dataclass(frozen=True, kw_only=True)
class CalendarSums:
    """Sums over the pairs by the dates of one window.

    Parameters
    ----------
    portfolio : DateSums
        Number of events held, and sums of their abnormal returns per root day, of the dependent variable and of the
        factors of the calendar-time regression.
    by_market : Cells
        By market and date of the window: number of abnormal returns, and their sum.
    estimation : Cells
        By date of the window and number of days from it back to an estimation date: sum and number of the residuals of
        the events held.
    """

    portfolio: DateSums
    by_market: Cells
    estimation: Cells

    @classmethod
    def of(
        cls,
        block: AbnormalReturns,
        groups: Groups,
        residuals: DaySums,
        window: Window,
        weight: FloatArray | None = None,
    ) -> CalendarSums:
        """Sum over the pairs of a block.

        Parameters
        ----------
        block : AbnormalReturns
        groups : Groups
        residuals : DaySums, shape (P, L)
            Residuals of each group, see `group_residuals`.
        window : Window
        weight : ndarray, shape (n,), optional
            Of each pair in the portfolios, and in `residuals`; numbers of events are then sums of weights.

        Returns
        -------
        CalendarSums
        """
        at = block.columns(window)
        present = days_present(block, window)
        held, singles = sets_held(block, groups, window)
        return cls(
            portfolio=_portfolio(block, groups, at, present, weight),
            by_market=_by_market(block, groups, at, present),
            estimation=_estimation(held, singles, groups, residuals, block.fitted.residuals, weight),
        )


def _portfolio(
    block: AbnormalReturns, groups: Groups, at: slice, present: BoolArray, weight: FloatArray | None
) -> DateSums:
    """Return sums by date of the window: events held, abnormal returns per root day, dependent variable, factors."""
    returns, factors = _explained(block, at)
    columns = [block.daily_ar[:, at], returns, *np.moveaxis(factors, -1, 0)]
    values = [present, *(np.where(present, column, 0.0) for column in columns)]
    # First over the pairs of a group, whose dates are the same.
    sums = [groups.sums(value if weight is None else value * weight[:, None]) for value in values]
    held = sums[0] if weight is None else groups.sums(present)
    return DateSums.of(np.where(held > 0, groups.span[:, at], MISSING), sums)


def _explained(block: AbnormalReturns, at: slice) -> tuple[FloatArray, FloatArray]:
    """Return dependent variable, shape (n, W), and factors, (n, W, f), per day where returns cover several."""
    fitted = block.fitted
    slopes = sum(name.startswith("beta") for name in fitted.param_names)
    riskless = int(Column.RISKFREE in block.model.reads)
    days = np.ones((1, 1)) if block.spans is None else block.spans[:, at]
    factors = block.factors[:, at] / days[..., None]
    if slopes == 0 or slopes + riskless != factors.shape[-1]:
        return block.ar[:, at] / days, factors[..., :0]
    returns = block.returns[:, at] / days
    return (returns - factors[..., 0], factors[..., 1:]) if riskless else (returns, factors)


def _by_market(block: AbnormalReturns, groups: Groups, at: slice, present: BoolArray) -> Cells:
    """Return number and sum of the abnormal returns by market and date."""
    code, names = block.market_codes
    days, ar = groups.span[:, at], np.ascontiguousarray(block.ar[:, at])
    seen = days[days != MISSING]
    first, span = (int(seen.min()), int(np.ptp(seen)) + 1) if seen.size else (0, 0)
    # Minutes of bars are far apart: a table of them would be nearly empty.
    if use_loops(len(ar)) and span * len(names) < max(2 * ar.size, SMALL):
        found = compiled(market_sums, filled_cells)(code, days - first, groups.number, ar, present, (span, len(names)))
        return Cells(names=names, row=found[1], dates=found[0] + first, sums=found[2])
    values = ar[present]
    row = np.broadcast_to(code[:, None], present.shape)[present]
    return Cells.of(names, row, days[groups.number][present], [np.ones(len(values)), values])


def _estimation(
    held: HeldDays,
    singles: IntArray,
    groups: Groups,
    sums: DaySums,
    residuals: FloatArray,
    weight: FloatArray | None,
) -> Cells:
    """Return sum and number of the residuals of the events held, by date of the window and estimation date."""
    of_sets = residuals_of_sets(held, singles, groups, sums, residuals, weight)
    total, count = of_sets.total, of_sets.present
    labels = np.concatenate([groups.estimation, groups.estimation[groups.number[singles]]])
    used = np.bincount(held.which[held.which >= 0], minlength=len(held.days)) > 0
    counts = (held.days != MISSING) & used[:, None]
    names, place = places(held.days[counts])
    row = np.full(held.days.shape, -1)
    row[counts] = place
    if use_loops(len(residuals)) and len(names):
        near, far = _distances(held.days, counts, labels, count > 0)
        columns = far - near + 1
        # Minutes of bars are far apart: a table of them would be nearly empty.
        if 0 < columns * len(names) < max(2 * row.size * labels.shape[1], SMALL):
            # In the order of the dates, as below.
            shape = len(names), columns
            at, lag, cells = compiled(lagged_sums, filled_cells)(row, held.days, labels, total, count, near, shape)
            return Cells(names=names, row=at, dates=lag + near, sums=cells)
    return _by_products(names, row, labels, of_sets)


def _distances(days: IntArray, counts: BoolArray, labels: IntArray, seen: BoolArray) -> tuple[int, int]:
    """Return the shortest and the longest distance from a day of a set to one of its labels that are seen."""
    some = counts.any(axis=1) & seen.any(axis=1)
    days, counts, labels, seen = days[some], counts[some], labels[some], seen[some]
    latest, earliest = np.iinfo(np.int64).max, MISSING
    near = days.min(axis=1, where=counts, initial=latest) - labels.max(axis=1, where=seen, initial=earliest)
    far = days.max(axis=1, where=counts, initial=earliest) - labels.min(axis=1, where=seen, initial=latest)
    return int(near.min(initial=latest)), int(far.max(initial=earliest))


def _by_products(names: IntArray, row: IntArray, labels: IntArray, sums: DaySums) -> Cells:
    """Return sum and number of the residuals by row of the names and estimation date, where a table is no use."""
    total, count = sums.total, sums.present
    # A missing label has no residual: it may stand at any date.
    dates, column = places(np.where(labels == MISSING, labels.max(initial=0), labels))
    some, day = np.nonzero(row >= 0)
    members = sparse.csr_array((np.ones(len(some)), (row[some, day], some)), shape=(len(names), len(total)))
    starts, shape = np.arange(len(total) + 1) * total.shape[1], (len(total), len(dates))
    # Sum and number are one complex number, so that one product gives both.
    both = sparse.csr_array(((total + 1j * count).ravel(), column.ravel(), starts), shape=shape)
    found = members @ both
    found.sort_indices()
    there = found.data.imag > 0
    row = np.repeat(np.arange(len(names)), np.diff(found.indptr))[there]
    values = np.stack([found.data.real[there], found.data.imag[there]])
    # Counted from the date of the window, the dates of many blocks fill a small table.
    lag = names[row] - dates[found.indices[there]]
    return Cells(names=names, row=row.astype(np.int32), dates=lag.astype(np.int32), sums=values)
