"""Weighted averages of the abnormal returns of many events: by value, or by any portfolio weights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from ..windows import Window
from .abnormal import AbnormalReturns
from .averages import BAND, CLUSTERED, CORRELATED, CROSS_SECTION, FORECAST
from .distributions import normal_sf, t_ppf, t_sf
from .models.least_squares import FloatArray
from .significance import kernels
from .significance.calendar_sums import CalendarSums
from .significance.calendar_time import MIN_DAYS, drift, jaffe
from .significance.groups import Groups
from .significance.guard import Sharing, design_of
from .significance.keyed import MISSING, DateSums
from .significance.merging import gather
from .significance.sample import Sample, Samples
from .significance.window_sums import days_present, group_residuals
from .stream import first_of

CALENDAR = ("calendar_days", "calendar_t", "calendar_p", "alpha", "alpha_t", "alpha_p")


def weighted_cars(blocks: Iterable[AbnormalReturns], windows: Sequence[Window], weight: FloatArray) -> pd.DataFrame:
    """Average the cumulative abnormal returns of windows over the pairs with weights, and test the average.

    ``mean = sum v CAR`` with ``v = w / sum w``; its error by the dependence between the pairs, equal to that of
    `average_cars` for equal weights:

    - ``cross-section``: ``sqrt(n / (n - 1) sum v² e²)``, e = CAR - mean, t(n - 1) (weighted least squares on a constant
      with errors HC1; White 1980; MacKinnon & White 1985).
    - ``clustered``: ``sqrt(G / (G - 1) sum_g (sum_i v e)²)``, t(G - 1), G clusters of shared days (Liang & Zeger 1986).
    - ``correlated``: the cross-section's times ``sqrt((1 + (m - 1) rbar) / (1 - rbar))`` with the effective number of
      pairs ``m = 1 / sum v²`` (Kish 1965) in place of n (Kolari & Pynnönen 2010).
    - ``forecast``: the standard error of the only pair, t(df).

    Beside it stand the tests of the calendar-time portfolio that holds the events of each date by their weights:
    `calendar_time_t` (Jaffe 1974) and `calendar_time_alpha` (Fama 1998; Mitchell & Stafford 2000).

    Parameters
    ----------
    blocks : iterable of AbnormalReturns
        Can be iterated more than once.
    windows : sequence of Window
    weight : ndarray, shape (n,)
        Zero or more, of the pairs in the order of the blocks; pairs with a zero are left out.

    Returns
    -------
    DataFrame
        One row a window: ``window, n, n_effective, mean_car, median_car, positive, se, low, high, test, statistic, p,
        errors``, median and share also weighted; ``calendar_days, calendar_t, calendar_p, alpha, alpha_t, alpha_p``
        (alpha a day).

    Examples
    --------
    >>> from eventstudy import EventStudy
    >>> days = pd.bdate_range("2020-01-01", periods=60)
    >>> frame = pd.DataFrame({"A": [0.01, -0.01] * 30, "B": [0.02, -0.02] * 30}, index=days)
    >>> frame.loc[days[50], "A"], frame.loc[days[52], "B"] = 0.04, 0.08
    >>> events = pd.DataFrame({"event_id": ["a", "b"], "symbol": ["A", "B"], "session": days[[50, 52]]})
    >>> result = EventStudy(estimation=(-40, -11), windows=[(0, 0)]).run(events, returns=frame)
    >>> weighted_cars([result.abnormal], [Window(0, 0)], np.array([3.0, 1.0]))["mean_car"].round(4).tolist()
    [0.05]
    """
    samples = Samples(blocks=blocks, windows=tuple(windows))
    rows = [{"window": sample.window.label} | _average(sample, weight, "mean_car", shape=True) for sample in samples]
    return pd.DataFrame([row | _calendar(blocks, Window.of(w), weight) for row, w in zip(rows, windows, strict=True)])


def weighted_returns(blocks: Iterable[AbnormalReturns], weight: FloatArray) -> pd.DataFrame:
    """Average the abnormal returns of each event day over the pairs with weights, and their sums from the first day on.

    Parameters
    ----------
    blocks : iterable of AbnormalReturns
    weight : ndarray, shape (n,)
        As `weighted_cars` takes them.

    Returns
    -------
    DataFrame
        One row a day: ``tau, n, n_effective, aar, se, low, high, test, statistic, p, errors``, and the same of the sums
        as ``caar_n, caar, caar_se`` ...; see `weighted_cars`.
    """
    span = first_of(blocks).span
    taus = range(span.first, span.last + 1)
    days, sums = [Window(tau, tau) for tau in taus], [Window(span.first, tau) for tau in taus]
    found = {one.window: one for one in Samples(blocks=blocks, windows=tuple(dict.fromkeys([*days, *sums])))}
    rows = []
    for day, sum_ in zip(days, sums, strict=True):
        total = {f"caar_{name}": value for name, value in _average(found[sum_], weight, "mean").items()}
        total["caar"] = total.pop("caar_mean")
        rows.append({"tau": day.last} | _average(found[day], weight, "aar") | total)
    return pd.DataFrame(rows)


def _average(sample: Sample, weight: FloatArray, name: str, *, shape: bool = False) -> dict[str, object]:
    """Return the weighted mean of one window with its error, interval and test."""
    there = np.isfinite(sample.car) & (weight > 0)
    n, x = int(there.sum()), sample.car[there]
    if not n:
        return {"n": 0, "n_effective": 0.0, name: np.nan} | _nothing(shape)
    share = weight[there] / weight[there].sum()
    mean = float(share @ x)
    kind, se, df = _error(sample, there, share, x - mean)
    half = float(t_ppf((1 + BAND) / 2, df)) * se if df > 0 else np.nan
    t = mean / se if se > 0 else np.nan
    row: dict[str, object] = {"n": n, "n_effective": float(1 / (share @ share)), name: mean}
    if shape:
        row |= {"median_car": _weighted_median(x, share), "positive": float(share @ (x > 0))}
    row |= {"se": se, "low": mean - half, "high": mean + half, "test": "weighted_t", "statistic": t}
    return row | {"p": float(2 * t_sf(abs(t), df)) if df > 0 else np.nan, "errors": kind}


def _nothing(shape: bool) -> dict[str, object]:
    """Return the columns of a window without any pair."""
    names = (*(("median_car", "positive") if shape else ()), "se", "low", "high")
    return dict.fromkeys(names, np.nan) | {"test": "", "statistic": np.nan, "p": np.nan, "errors": ""}


def _error(sample: Sample, there: np.ndarray, share: FloatArray, e: FloatArray) -> tuple[str, float, float]:
    """Return the kind of error, the standard error of the weighted mean, and its degrees of freedom."""
    n = len(e)
    if n == 1:
        return FORECAST, float(sample.se[there][0]), float(sample.df[there][0])
    plain = float(np.sqrt(n / (n - 1) * ((share * e) ** 2).sum()))
    sharing = design_of(sample).sharing
    if sharing in (Sharing.FEW_DATES, Sharing.SHARED_DATES):
        sums = pd.Series(share * e).groupby(sample.clusters.label[there]).sum().to_numpy()
        groups = len(sums)
        known = groups > 1
        return CLUSTERED, float(np.sqrt(groups / (groups - 1) * (sums**2).sum())) if known else np.nan, groups - 1.0
    if sharing is Sharing.OWN_DATES:
        return CROSS_SECTION, plain, n - 1.0
    rbar = sample.correlation
    effective = 1 / float(share @ share)
    ratio = float(kernels.inflation(rbar, effective)) / (1 - rbar) if rbar < 1 else np.nan
    return CORRELATED, plain * float(np.sqrt(ratio)) if ratio > 0 else np.nan, n - 1.0


def _weighted_median(x: FloatArray, share: FloatArray) -> float:
    """Return the value at which half of the weight lies on either side; the middle of two where it is exactly half."""
    order = np.argsort(x)
    cumulated, x = np.cumsum(share[order]), x[order]
    at = int(np.searchsorted(cumulated, 0.5 - 1e-12))
    tied = abs(float(cumulated[at]) - 0.5) < 1e-12 and at + 1 < len(x)
    return float((x[at] + x[at + 1]) / 2 if tied else x[at])


@dataclass(frozen=True, kw_only=True)
class _Held:
    """The calendar-time portfolio of weighted pairs, and the number of pairs that it holds on each date."""

    calendar: CalendarSums
    count: DateSums


def _calendar(blocks: Iterable[AbnormalReturns], window: Window, weight: FloatArray) -> dict[str, object]:
    """Return both tests of the calendar-time portfolio over one window."""
    held: _Held = gather(blocks, _whole, weight, place=partial(_held, window=window))
    portfolio, count = held.calendar.portfolio, held.count.sums[0]
    row: dict[str, object] = {**dict.fromkeys(CALENDAR, np.nan), "calendar_days": len(count)}
    if not len(count):
        return row
    z, days, _ = jaffe(held.calendar)
    if days:
        row |= {"calendar_t": z, "calendar_p": float(2 * normal_sf(abs(z)))}
    if len(count) >= len(portfolio.sums) - 2 + MIN_DAYS:
        found = drift(portfolio, count)
        t = np.float64(found.alpha) / found.se
        row |= {"alpha": found.alpha, "alpha_t": float(t), "alpha_p": float(2 * t_sf(abs(t), found.df))}
    return row


def _whole(block: AbnormalReturns) -> AbnormalReturns:
    """Return a block itself: its weights are only known where the blocks are put together."""
    return block


def _held(block: AbnormalReturns, weight: FloatArray, window: Window) -> _Held:
    """Return the sums by date of the pairs of one block that have a weight."""
    block = replace(block, ar=np.where(weight[:, None] > 0, block.ar, np.nan))
    groups, at = Groups.of(block), block.columns(window)
    sums = CalendarSums.of(block, groups, group_residuals(block.fitted.residuals, groups, weight), window, weight)
    present = days_present(block, window)
    days = np.where(present, groups.span[groups.number, at], MISSING)
    return _Held(calendar=sums, count=DateSums.of(days, [present]))
