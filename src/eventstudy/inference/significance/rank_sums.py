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
from .rank_loops import HELPERS, family_sums, keys_of
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


@dataclass(frozen=True, kw_only=True)
class _Family:
    """Values of the event days that are ranked with the residuals of their pair.

    Whether the residuals are divided by sigma, and whether a pair without the last value is left out.
    """

    x: FloatArray
    scaled: bool = False
    needed: bool = False


@dataclass(frozen=True, kw_only=True)
class _Ranked:
    """Sums of the scaled ranks of one family, and of the signs where nothing is scaled; last ranks, numbers of days."""

    ranks: DaySums
    signs: DaySums | None
    last: FloatArray
    days: FloatArray


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
    daily, sar = block.daily_ar, block.sar
    # Where no pair lacks days of the window, the same days are ranked as for every such window.
    plain = [whole(block, spread.window, daily) for spread in spreads]
    own = [one for one in plain if one is not daily]
    families = [_Family(x=one) for one in (daily, *own)]
    for spread in spreads:
        families += [_restandardised(block, sar, spread), _generalised(block, spread)]
    ranked = _by_loops(block, families) if use_loops(len(block)) else _by_arrays(block, families)
    first, others, rest = ranked[0], iter(ranked[1 : len(own) + 1]), ranked[len(own) + 1 :]
    return tuple(
        _joined(first if one is daily else next(others), again, general)
        for one, again, general in zip(plain, rest[::2], rest[1::2], strict=True)
    )


def _joined(plain: _Ranked, again: _Ranked, general: _Ranked) -> RankSums:
    """Return the sums of the families of one window."""
    assert plain.signs is not None
    return RankSums(
        ranks=plain.ranks,
        signs=plain.signs,
        restandardised=again.ranks,
        generalised=general.ranks,
        own=general.last,
        ranked=general.days,
    )


def _restandardised(block: AbnormalReturns, sar: FloatArray, spread: Spread) -> _Family:
    """Return standardised returns, those of the window over their deviation."""
    x = np.array(whole(block, spread.window, sar))
    x[:, block.columns(spread.window)] /= spread.daily
    return _Family(x=x, scaled=True)


def _generalised(block: AbnormalReturns, spread: Spread) -> _Family:
    """Return the standardised cumulative return of the window over its deviation."""
    x = block.car(spread.window).t[:, None] / spread.whole
    return _Family(x=x, scaled=True, needed=True)


def _by_arrays(block: AbnormalReturns, families: Sequence[_Family]) -> list[_Ranked]:
    """Rank each family."""
    residuals, found = block.fitted.residuals, []
    ordered = Sorted.of(residuals)
    for family in families:
        *parts, tied = ordered.with_values(family.x, block.fitted.sigma if family.scaled else None)
        ranks = np.concatenate(parts, axis=1)
        days = kernels.count(ranks)
        scaled, signs = ranks / (days[:, None] + 1) - 0.5, None
        if family.needed:
            scaled[np.isnan(family.x[:, -1])] = np.nan
        if not family.scaled:
            # Without ties the sign about the median is that of the rank about the middle one.
            about = np.sign(ranks - (days[:, None] + 1) / 2)
            about[tied] = _signs(residuals, family, tied)
            signs = DaySums.of(about)
        found.append(_Ranked(ranks=DaySums.of(scaled), signs=signs, last=scaled[:, -1].copy(), days=days))
    return found


def _signs(residuals: FloatArray, family: _Family, pairs: BoolArray) -> FloatArray:
    """Return the signs about the medians of some of the pairs."""
    return rank_kernels.median_signs(np.concatenate([residuals[pairs], family.x[pairs]], axis=1))


def nearly_ordered(x: FloatArray) -> IntArray:
    """Return the columns of each row in ascending order of the values in single precision, several times faster.

    Parameters
    ----------
    x : ndarray, shape (n, L)

    Returns
    -------
    ndarray of int, shape (n, L)
        Columns of values that are nearly equal, and of missing ones, stand in any order.
    """
    with np.errstate(over="ignore"):
        bits = x.astype(np.float32).view(np.int32)
    low = (1 << (x.shape[1] - 1).bit_length()) - 1
    compiled(keys_of)(bits, low)
    bits.sort(axis=1)
    return np.asarray(bits & low)


def _by_loops(block: AbnormalReturns, families: Sequence[_Family]) -> list[_Ranked]:
    """Rank each family in compiled loops."""
    residuals = block.fitted.residuals
    sums, last, days, tied = compiled(family_sums, *HELPERS)(
        residuals,
        nearly_ordered(residuals),
        block.fitted.sigma,
        np.concatenate([family.x for family in families], axis=1),
        np.cumsum([0, *(family.x.shape[1] for family in families)]),
        np.array([family.scaled for family in families]),
        np.array([family.needed for family in families]),
    )
    found = []
    for at, family in enumerate(families):
        total, present, signs = sums[at, :, : residuals.shape[1] + family.x.shape[1]]
        about = None
        if not family.scaled:
            about = DaySums(signs + np.nan_to_num(_signs(residuals, family, tied[at])).sum(axis=0), present)
        found.append(_Ranked(ranks=DaySums(total, present), signs=about, last=last[at], days=days[at]))
    return found
