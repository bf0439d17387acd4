"""What the tests need of one window: numbers of every pair, and sums by day and by date, one record a block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...windows import Window
from ..abnormal import ROUNDING, AbnormalReturns
from ..compiled import compiled, use_loops
from ..models.least_squares import FloatArray, IntArray
from ..window_loops import sum_present
from .groups import Groups
from .kernels import DaySums
from .keyed import MISSING, DateSums
from .moments import Moments
from .sum_loops import group_sums, weight_sums

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class HeldDays:
    """Days on which each of n pairs has an abnormal return of the window; pairs with the same days share one set.

    Parameters
    ----------
    which : ndarray of int, shape (n,)
        Set of each pair; -1 for a pair without a return.
    days : ndarray of int, shape (S, W)
        Dates of each set; `MISSING` where there is no return.
    """

    which: IntArray
    days: IntArray

    @classmethod
    def merged(cls, parts: Sequence[HeldDays]) -> HeldDays:
        """Put the sets of several blocks one after the other.

        Parameters
        ----------
        parts : sequence of HeldDays

        Returns
        -------
        HeldDays
        """
        starts = np.cumsum([0, *(len(part.days) for part in parts)])
        which = [np.where(p.which < 0, -1, p.which + start) for p, start in zip(parts, starts[:-1], strict=True)]
        return cls(which=np.concatenate(which), days=np.concatenate([part.days for part in parts]))


@dataclass(frozen=True, kw_only=True)
class WindowSums:
    """Numbers of n pairs for one window of W days, and sums over the pairs.

    Parameters
    ----------
    car, se, df, n_days, bhar : ndarray, shape (n,)
        Cumulative abnormal return, its standard error and degrees of freedom, days present, buy-and-hold return.
    daily_scar : ndarray, shape (n,)
        Sum of the daily standardised abnormal returns over the root of their number.
    ar : DaySums
        Abnormal returns by day of the window, shape (W,).
    sar : Moments
        Of the standardised abnormal returns by day of the window, shape (W,).
    held : HeldDays
    overlap : DateSums
        Sums of the weights of `overlap_sums`, of their squares and of ones.
    """

    car: FloatArray
    se: FloatArray
    df: FloatArray
    n_days: IntArray
    bhar: FloatArray
    daily_scar: FloatArray
    ar: DaySums
    sar: Moments
    held: HeldDays
    overlap: DateSums

    @classmethod
    def of(cls, block: AbnormalReturns, groups: Groups, window: Window) -> WindowSums:
        """Sum over the pairs of a block.

        Parameters
        ----------
        block : AbnormalReturns
        groups : Groups
        window : Window

        Returns
        -------
        WindowSums
        """
        at, car = block.columns(window), block.car(window)
        present = days_present(block, window)
        ar, sar = (np.where(present, values[:, at], np.nan) for values in (block.ar, block.sar))
        held, _ = sets_held(block, groups, window)
        with np.errstate(invalid="ignore", divide="ignore"):
            daily = _sums_present(sar, present) / np.sqrt(np.where(block.complete(window), block.days_of(window), 0))
        return cls(
            car=car.car,
            se=car.se,
            df=car.df.astype(np.float64),
            n_days=car.n_days,
            bhar=block.bhar(window),
            daily_scar=daily,
            ar=DaySums.of(ar),
            sar=Moments.by_column(sar),
            held=held,
            overlap=overlap_sums(present, groups, at, fitted=bool(block.loading.shape[-1])),
        )


def days_present(block: AbnormalReturns, window: Window) -> BoolArray:
    """Return the days of a window with an abnormal return, of the pairs that have enough of them.

    Parameters
    ----------
    block : AbnormalReturns
    window : Window

    Returns
    -------
    ndarray of bool, shape (n, W)
    """
    if (key := ("present", window)) not in block.derived:
        block.derived[key] = np.isfinite(block.ar[:, block.columns(window)]) & block.complete(window)[:, None]
    return np.asarray(block.derived[key])


def _sums_present(values: FloatArray, present: BoolArray) -> FloatArray:
    """Return what `window_loops.sum_present` returns."""
    if use_loops(len(values)):
        return np.asarray(compiled(sum_present)(np.ascontiguousarray(values), present))
    return np.asarray(np.where(present, values, 0.0).sum(axis=1))


def group_residuals(
    residuals: FloatArray, groups: Groups, weight: FloatArray | None = None, *, scale: FloatArray | None = None
) -> DaySums:
    """Return the sums and numbers of the residuals of each group by estimation day, or both weighted.

    Parameters
    ----------
    residuals : ndarray, shape (n, L)
        NaN where missing.
    groups : Groups
    weight : ndarray, shape (n,), optional
    scale : ndarray, shape (n,), optional
        By which the residuals of each pair are divided; not with a weight.

    Returns
    -------
    DaySums, shape (P, L)
    """
    if weight is None:
        total, _, count = sums_by_group(residuals, groups, scale)
        return DaySums(total, count)
    known = np.isfinite(residuals)
    value = np.where(known, residuals, 0.0)
    return DaySums(groups.sums(value * weight[:, None]), groups.sums(known * weight[:, None]))


def sums_by_group(residuals: FloatArray, groups: Groups, scale: FloatArray | None = None) -> FloatArray:
    """Return sums, sums of squares and numbers of the residuals of each group by estimation day.

    Parameters
    ----------
    residuals : ndarray, shape (n, L)
        NaN where missing.
    groups : Groups
    scale : ndarray, shape (n,), optional
        By which the residuals of each pair are divided.

    Returns
    -------
    ndarray, shape (3, P, L)
    """
    scale = np.ones(len(residuals)) if scale is None else scale
    if use_loops(len(residuals)):
        return np.asarray(compiled(group_sums)(residuals, scale, groups.number, len(groups.size)))
    known = np.isfinite(residuals)
    value = np.where(known, residuals, 0.0) / scale[:, None]
    return np.stack([groups.sums(value), groups.sums(value * value), groups.sums(known)])


def whole(block: AbnormalReturns, window: Window, values: FloatArray) -> FloatArray:
    """Return values by day, with NaN in the window for pairs that have too few days of it.

    Parameters
    ----------
    block : AbnormalReturns
    window : Window
    values : ndarray, shape (n, E)

    Returns
    -------
    ndarray, shape (n, E)
        `values` itself where nothing changes.
    """
    lost, at = ~block.complete(window), block.columns(window)
    if not np.isfinite(values[lost, at]).any():
        return values
    kept = values.copy()
    kept[lost, at] = np.nan
    return kept


def sets_held(block: AbnormalReturns, groups: Groups, window: Window) -> tuple[HeldDays, IntArray]:
    """Return the sets of days held: one for each group, then one for each pair that lacks some day of the window.

    Parameters
    ----------
    block : AbnormalReturns
    groups : Groups
    window : Window

    Returns
    -------
    tuple of HeldDays and ndarray of int
        The sets, and the pairs that have one of their own.
    """
    if (key := ("held", window)) not in block.derived:
        block.derived[key] = _sets_held(block, groups, window)
    found: tuple[HeldDays, IntArray] = block.derived[key]
    return found


def _sets_held(block: AbnormalReturns, groups: Groups, window: Window) -> tuple[HeldDays, IntArray]:
    """Return what `sets_held` returns."""
    days, count = groups.span[:, block.columns(window)], block.days_of(window)
    enough = block.complete(window)
    torn = ~enough | (count < window.length)
    singles = np.flatnonzero(torn & enough)
    which = np.where(torn, -1, groups.number)
    which[singles] = len(days) + np.arange(len(singles))
    own = np.where(days_present(block, window)[singles], days[groups.number[singles]], MISSING)
    return HeldDays(which=which, days=np.concatenate([days, own])), singles


def overlap_sums(present: BoolArray, groups: Groups, at: slice, *, fitted: bool) -> DateSums:
    """Return by date the sums over the pairs of the weights w_i / |w_i|, of their squares and of ones.

    w_i is one on the days of the window that are present and ``-d / L`` on the estimation rows, whose mean was
    subtracted: the correlation of two CARs is that of their returns times ``w_i'w_j / (|w_i| |w_j|)``.

    Parameters
    ----------
    present : ndarray of bool, shape (n, W)
        Days that count.
    groups : Groups
    at : slice
        Columns of the window within the span.
    fitted : bool
        Whether the model has parameters; without them no mean of the estimation days was subtracted.

    Returns
    -------
    DateSums
    """
    seen = groups.joined_estimation != MISSING
    length = seen.sum(axis=1)
    if use_loops(len(present)):
        before, inside = compiled(weight_sums)(present, groups.number, length, fitted)
    else:
        before, inside = _weights(present, groups, length, fitted)
    counted = seen & (before[2] > 0)[:, None]
    dates = [np.where(counted, groups.joined_estimation, MISSING)]
    dates.append(np.where(inside[2] > 0, groups.joined_span[:, at], MISSING))
    values = [np.concatenate([part[:, None] * seen, more], axis=1) for part, more in zip(before, inside, strict=True)]
    return DateSums.of(np.concatenate(dates, axis=1), values)


def _weights(present: BoolArray, groups: Groups, length: IntArray, fitted: bool) -> tuple[FloatArray, FloatArray]:
    """Return what `sum_loops.weight_sums` returns."""
    days, length_of = present.sum(axis=1), length[groups.number]
    share = days / length_of if fitted else np.zeros(len(days))
    size = np.sqrt(days + share**2 * length_of)
    weight = 1.0 / np.where(size > 0, size, 1.0)
    before, inside = -share * weight, present * weight[:, None]
    outside = [groups.sums(part) for part in (before, before**2, before != 0)]
    return np.stack(outside), np.stack([groups.sums(part) for part in (inside, inside**2, present)])


def residuals_of_sets(
    held: HeldDays,
    singles: IntArray,
    groups: Groups,
    sums: DaySums,
    residuals: FloatArray,
    weight: FloatArray | None = None,
    *,
    scale: FloatArray | None = None,
) -> DaySums:
    """Return sums and numbers of the residuals of each set of days held.

    Parameters
    ----------
    held : HeldDays
        S sets.
    singles : ndarray of int
        Pairs that have a set of their own.
    groups : Groups
    sums : DaySums, shape (P, L)
        Of all pairs of each group.
    residuals : ndarray, shape (n, L)
    weight : ndarray, shape (n,), optional
        With which `sums` were made; one where it is left out.
    scale : ndarray, shape (n,), optional
        Likewise.

    Returns
    -------
    DaySums, shape (S, L)
    """
    apart = np.flatnonzero((held.which < 0) | (held.which >= len(groups.size)))
    known = np.isfinite(residuals[apart]).astype(np.float64)
    value = np.where(known > 0, residuals[apart], 0.0)
    if scale is not None:
        value /= scale[apart, None]
    if weight is not None:
        known, value = known * weight[apart, None], value * weight[apart, None]
    total, count = (groups.without(part, apart, off) for part, off in ((sums.total, value), (sums.present, known)))
    # Weights that are taken off may leave rounding error where nobody is left: it is no residual of that date.
    gone = count <= ROUNDING * sums.present
    total[gone] = count[gone] = 0.0
    own = np.isin(apart, singles)
    return DaySums(np.concatenate([total, value[own]]), np.concatenate([count, known[own]]))
