"""The market model of pairs without gaps, estimated from rows of returns without cutting a panel; compiled by numba."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from ..panel import Outcome
from ..panel_source import PanelSource
from ..windows import Window, covering
from .compiled import compiled, use_loops
from .cumulative import CumulativeReturns
from .estimates import Estimates
from .models.least_squares import FloatArray, IntArray
from .models.market import MarketModel
from .models.protocol import Model

BoolArray = npt.NDArray[np.bool_]
# Closer to collinear or to an exact fit than this, the pair is left to `least_squares`, which decides.
DOUBTFUL = 1e-8
PARTS = 2
ALPHA, BETA, SIGMA, N_OBS, MEAN, SPREAD = range(6)


def fit_rows(y: FloatArray, start: IntArray, x: FloatArray, label: IntArray, length: int) -> FloatArray:
    """Fit ``y = alpha + beta x`` over `length` rows from each start on: means, centred sums, then residuals.

    Parameters
    ----------
    y, x : ndarray, shapes (R,) and (Q,)
    start, label : ndarray of int, shape (n,)
        Position of each pair's first row in `y` and in `x`.
    length : int

    Returns
    -------
    ndarray, shape (n, 6)
        ``alpha, beta, sigma, observations, mean of x, sum of squares of x about it``; NaN in doubtful cases.
    """
    found = np.full((len(start), 6), np.nan)
    for i in range(len(start)):
        days, sum_y, sum_x = 0, 0.0, 0.0
        for t in range(length):
            a, b = y[start[i] + t], x[label[i] + t]
            if np.isfinite(a) and np.isfinite(b):
                days, sum_y, sum_x = days + 1, sum_y + a, sum_x + b
        if days < 3:
            continue
        mean_y, mean_x, xx, xy = sum_y / days, sum_x / days, 0.0, 0.0
        for t in range(length):
            a, b = y[start[i] + t], x[label[i] + t]
            if np.isfinite(a) and np.isfinite(b):
                xx, xy = xx + (b - mean_x) ** 2, xy + (b - mean_x) * (a - mean_y)
        if not xx > DOUBTFUL**2 * (xx + days * mean_x**2):
            continue
        beta, left = xy / xx, 0.0
        for t in range(length):
            a, b = y[start[i] + t], x[label[i] + t]
            if np.isfinite(a) and np.isfinite(b):
                left += (a - mean_y - beta * (b - mean_x)) ** 2
        if left > DOUBTFUL**2 * (left + beta**2 * xx + days * mean_y**2):
            found[i, :3] = np.array([mean_y - beta * mean_x, beta, np.sqrt(left / (days - 2))])
            found[i, 3:] = np.array([days, mean_x, xx])
    return found


def sum_rows(
    y: FloatArray, start: IntArray, x: FloatArray, label: IntArray, fit: FloatArray, bounds: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Cumulate abnormal returns over windows, with the variance ``s² (W + W² / n + (sum of x - mean)² / xx)``.

    Parameters
    ----------
    y, start, x, label : ndarray
        As in `fit_rows`.
    fit : ndarray, shape (n, 6)
        Of `fit_rows`.
    bounds : ndarray of int, shape (V, 2)
        First row of each window and the row behind its last, from the pair's first row on.

    Returns
    -------
    tuple of ndarray, shapes (n, V)
        Sums and standard errors; NaN where a day is missing.
    """
    car, se = np.empty((len(start), len(bounds))), np.empty((len(start), len(bounds)))
    for i in range(len(start)):
        alpha, beta, sigma, days, mean, spread = fit[i]
        for v in range(len(bounds)):
            total, away = 0.0, 0.0
            for t in range(bounds[v, 0], bounds[v, 1]):
                b = x[label[i] + t]
                total += y[start[i] + t] - (alpha + beta * b)
                away += b - mean
            size = bounds[v, 1] - bounds[v, 0]
            car[i, v], se[i, v] = total, sigma * np.sqrt(size + size**2 / days + away**2 / spread)
    return car, se


def direct_estimates(
    source: PanelSource, model: Model, estimation: Window, windows: Sequence[Window], least: int
) -> tuple[Estimates, BoolArray] | None:
    """Estimate the pairs that have every day of every window.

    Parameters
    ----------
    source : PanelSource
    model : Model
    estimation : Window
    windows : sequence of Window
    least : int
        Estimation rows that a pair needs.

    Returns
    -------
    tuple of Estimates and ndarray of bool, or None
        The numbers of these pairs, and which of all pairs they are; at least one is left out. None where the model is
        another one, returns cover several days, or numba is not installed.
    """
    if type(model) is not MarketModel:
        return None
    if source.spans is not None or not source.factors.shape[1] or not use_loops(len(source)):
        return None
    names, first = list(source.factor_names), int(source.tau[0])
    x = np.ascontiguousarray(source.factors[:, names.index(model.benchmark) if model.benchmark in names else 0])
    bounds = np.array([[window.first - first, window.last + 1 - first] for window in (covering(windows), *windows)])
    fit, car, se = _in_parts(source, x, estimation, first, bounds)
    clean = np.isfinite(car[:, 0]) & (fit[:, N_OBS] >= least)
    clean &= np.asarray(source.rows["outcome"] == Outcome.OK.value, dtype=bool)
    if clean.all():
        clean[0] = False
    df = fit[clean, N_OBS].astype(np.int64) - 2
    numbers = Estimates(
        outcomes=source.rows[clean],
        estimation=estimation,
        param_names=("alpha", "beta"),
        params=fit[clean, : BETA + 1],
        sigma=fit[clean, SIGMA],
        n_obs=df + 2,
        df=df,
        day_zero=_day_zero(source, clean, covering(windows)),
        cars={
            window: _cumulative(window, car[clean, at], se[clean, at], df) for at, window in enumerate(windows, start=1)
        },
    )
    return numbers, clean


def _in_parts(
    source: PanelSource, x: FloatArray, estimation: Window, first: int, bounds: IntArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Fit and cumulate, each part of the pairs in a thread of its own."""
    before = estimation.first - first

    def made(pairs: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        y, start, label = source.returns, source.start[pairs], source.label[pairs]
        fit = compiled(fit_rows)(y, start + before, x, label + before, estimation.length)
        return fit, *compiled(sum_rows)(y, start, x, label, fit, bounds)

    made(np.arange(1))
    with ThreadPoolExecutor(PARTS) as pool:
        parts = list(pool.map(made, np.array_split(np.arange(len(source)), PARTS)))
    fit, car, se = (np.concatenate(column) for column in zip(*parts, strict=True))
    return fit, car, se


def _day_zero(source: PanelSource, clean: BoolArray, span: Window) -> FloatArray:
    """Return the returns of day 0; NaN where no window holds it."""
    if not span.first <= 0 <= span.last:
        return np.full(int(clean.sum()), np.nan)
    return np.asarray(source.returns[source.start[clean] - int(source.tau[0])])


def _cumulative(window: Window, car: FloatArray, se: FloatArray, df: IntArray) -> CumulativeReturns:
    """Return the sums of pairs that have every day of a window."""
    days = np.full(len(car), window.length)
    return CumulativeReturns(window=window, car=car, se=se, t=car / se, df=df, n_days=days)
