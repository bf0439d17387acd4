"""Ranks and signs of all rank tests, summed by day: the residuals of each pair are sorted once for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...windows import Window
from ..abnormal import AbnormalReturns
from ..compiled import compiled, use_loops
from ..models.least_squares import FloatArray, IntArray
from . import kernels, rank_kernels
from .kernels import DaySums
from .rank_loops import joint_ranks, scaled_sums
from .window_sums import whole

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class RankSums:
    """Sums by day of the ranks and signs of n pairs for one window.

    Parameters
    ----------
    ranks : DaySums, shape (L + E,)
        Scaled ranks of the abnormal returns over estimation window and span.
    signs : DaySums, shape (L + E,)
        Signs of the deviations from each pair's median.
    restandardised : DaySums, shape (L + E,)
        Scaled ranks of standardised returns, in the window over their cross-sectional deviation.
    generalised : DaySums, shape (L + 1,)
        Generalised ranks, the event last.
    own, ranked : ndarray, shape (n,)
        Generalised rank of the event, and number of days ranked.
    """

    ranks: DaySums
    signs: DaySums
    restandardised: DaySums
    generalised: DaySums
    own: FloatArray
    ranked: FloatArray


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Cross-sectional deviations of one window, by which its standardised returns are divided.

    Parameters
    ----------
    window : Window
    daily : ndarray, shape (W,)
        Of the standardised abnormal returns of each day.
    whole : float
        Of the standardised cumulative abnormal returns.
    """

    window: Window
    daily: FloatArray
    whole: float


@dataclass(frozen=True, kw_only=True)
class Sorted:
    """Residuals of n pairs in ascending order, among which values of the event days are ranked.

    Parameters
    ----------
    values : ndarray, shape (n, L)
        In ascending order; infinite beyond the days present.
    place : ndarray of int, shape (n, L)
        Position in the flat `values` of each day's residual.
    own : ndarray, shape (n, L)
        Rank of each day's residual among the residuals, from 1; NaN where missing.
    tied : ndarray of bool, shape (n,)
        Whether two residuals are equal.
    """

    values: FloatArray
    place: IntArray
    own: FloatArray
    tied: BoolArray

    @classmethod
    def of(cls, x: FloatArray) -> Sorted:
        """Sort each row.

        Parameters
        ----------
        x : ndarray, shape (n, L)

        Returns
        -------
        Sorted
        """
        n, days = x.shape
        start = np.arange(n)[:, None] * days
        order = np.argsort(x, axis=1)
        order += start
        values = x.ravel()[order]
        place = np.empty(n * days, dtype=np.int64)
        place[order.ravel()] = np.arange(n * days)
        place = place.reshape(n, days)
        tied = (values[:, 1:] == values[:, :-1]).any(axis=1)
        own = (place - (start - 1)).astype(np.float64)
        own[tied] = rank_kernels.ranks(x[tied])
        missing = np.isnan(values)
        if missing.any():
            own[np.isnan(x)], values[missing] = np.nan, np.inf
        return cls(values=values, place=place, own=own, tied=tied)

    def with_values(self, x: FloatArray, scale: FloatArray | None = None) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Rank residuals and further values together.

        Parameters
        ----------
        x : ndarray, shape (n, K)
        scale : ndarray, shape (n,), optional
            The residuals are divided by it.

        Returns
        -------
        tuple of ndarray, shapes (n, L), (n, K) and (n,)
            Ranks from 1 of the residuals and of the values, ties sharing their mean rank; and whether a value is tied.
        """
        values = self.values if scale is None else self.values / scale[:, None]
        n, days = values.shape
        low = _below(values, x, equal=False)
        high = low
        same = (values.ravel()[np.minimum(low, days - 1) + np.arange(n)[:, None] * days] == x).any(axis=1)
        if same.any():
            high = low.copy()
            high[same] = _below(values[same], x[same], equal=True)
        known = np.isfinite(x)
        # A residual moves up by the number of values below it; a tie counts one half.
        cell = np.arange(n)[:, None] * (days + 1)
        size = n * (days + 1)
        moved = np.bincount(np.concatenate([(cell + part)[known] for part in (low, high)]), minlength=size)
        shift = np.cumsum(moved.reshape(n, days + 1)[:, :-1], axis=1).ravel()[self.place]
        ordered = np.sort(x, axis=1)
        tied = self.tied | same | (ordered[:, 1:] == ordered[:, :-1]).any(axis=1)
        return self.own + 0.5 * shift, rank_kernels.ranks(x) + 0.5 * (low + high), tied

    def joint(self, x: FloatArray, scale: FloatArray | None = None) -> tuple[FloatArray, BoolArray]:
        """Return the ranks of `with_values` in one array, shape (n, L + K); compiled where numba is installed.

        Parameters
        ----------
        x : ndarray, shape (n, K)
        scale : ndarray, shape (n,), optional

        Returns
        -------
        tuple of ndarray
            Ranks, and whether a pair has two equal numbers.
        """
        if not use_loops(len(x)) or np.isinf(x).any():
            *parts, tied = self.with_values(x, scale)
            return np.concatenate(parts, axis=1), tied
        by = np.ones(len(x)) if scale is None else scale
        ranks, tied = compiled(joint_ranks)(self.values, self.place, self.own, x, by)
        return ranks, self.tied | tied


def _below(values: FloatArray, x: FloatArray, *, equal: bool) -> IntArray:
    """Return how many of the sorted values of each row are below x, or not above it; by bisection of all at once."""
    n, days = values.shape
    flat, start = values.ravel(), np.arange(n)[:, None] * days - 1
    found = np.zeros(x.shape, dtype=np.int64)
    compare = np.less_equal if equal else np.less
    step = 1 << (days.bit_length() - 1)
    while step:
        further = found + step
        inside = further <= days
        there = flat[start + np.minimum(further, days)]
        found = np.where(inside & compare(there, x), further, found)
        step >>= 1
    return found


def rank_sums(block: AbnormalReturns, spreads: Sequence[Spread]) -> tuple[RankSums, ...]:
    """Rank the pairs of one block for every window.

    Parameters
    ----------
    block : AbnormalReturns
    spreads : sequence of Spread
        Of all pairs, one a window.

    Returns
    -------
    tuple of RankSums
    """
    ordered, daily = Sorted.of(block.fitted.residuals), block.daily_ar
    shared, found = _plain(block, ordered, daily), []
    for spread in spreads:
        kept = whole(block, spread.window, daily)
        # Where no pair lacks days of the window, the same days are ranked as for every such window.
        ranks, signs = shared if kept is daily else _plain(block, ordered, kept)
        restandardised = _restandardised(block, ordered, spread)
        generalised, own, ranked = _generalised(block, ordered, spread)
        found.append(
            RankSums(
                ranks=ranks,
                signs=signs,
                restandardised=restandardised,
                generalised=generalised,
                own=own,
                ranked=ranked,
            )
        )
    return tuple(found)


def _plain(block: AbnormalReturns, ordered: Sorted, daily: FloatArray) -> tuple[DaySums, DaySums]:
    """Return the sums of the ranks of abnormal returns, and of their signs about each pair's median."""
    ranks, tied = ordered.joint(daily)
    present = kernels.count(ranks)[:, None]
    # Without ties the sign about the median is that of the rank about the middle one.
    signs = np.sign(ranks - (present + 1) / 2)
    signs[tied] = rank_kernels.median_signs(np.concatenate([block.fitted.residuals[tied], daily[tied]], axis=1))
    return _scaled_sums(ranks, np.zeros(len(ranks), dtype=bool))[0], DaySums.of(signs)


def _restandardised(block: AbnormalReturns, ordered: Sorted, spread: Spread) -> DaySums:
    """Return the sums of the ranks of standardised returns, those of the window over their deviation."""
    sar = np.array(whole(block, spread.window, block.sar))
    sar[:, block.columns(spread.window)] /= spread.daily
    ranks, _ = ordered.joint(sar, block.fitted.sigma)
    return _scaled_sums(ranks, np.zeros(len(ranks), dtype=bool))[0]


def _generalised(block: AbnormalReturns, ordered: Sorted, spread: Spread) -> tuple[DaySums, FloatArray, FloatArray]:
    """Return the sums of generalised ranks, the events' own ranks and the numbers of days ranked."""
    scar = block.car(spread.window).t[:, None] / spread.whole
    ranks, _ = ordered.joint(scar, block.fitted.sigma)
    return _scaled_sums(ranks, ~np.isfinite(scar[:, 0]))


def _scaled_sums(ranks: FloatArray, without: BoolArray) -> tuple[DaySums, FloatArray, FloatArray]:
    """Return the sums of ``rank / (M + 1) - 1/2`` over the pairs, that of each pair's last day, and M."""
    if use_loops(len(ranks)):
        total, present, last, ranked = compiled(scaled_sums)(ranks, without)
        return DaySums(total, present), last, ranked
    ranked = kernels.count(ranks)
    scaled = ranks / (ranked[:, None] + 1) - 0.5
    scaled[without] = np.nan
    return DaySums.of(scaled), scaled[:, -1].copy(), ranked
