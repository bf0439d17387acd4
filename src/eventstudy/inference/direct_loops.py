"""The market model of many pairs in loops over rows of returns, for `eventstudy.inference.compiled`."""

from __future__ import annotations

import numpy as np

from .models.least_squares import FloatArray, IntArray

# Closer to collinear or to an exact fit than this, the pair is left to `least_squares`, which decides.
DOUBTFUL = 1e-8
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
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Cumulate abnormal returns over the days present of windows.

    The variance of a sum over W days is ``s² (W + W² / n + (sum of x - mean)² / xx)``.

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
        Sums, standard errors and numbers of days present.
    """
    shape = len(start), len(bounds)
    car, se, days = np.empty(shape), np.empty(shape), np.zeros(shape, dtype=np.int64)
    for i in range(len(start)):
        alpha, beta, sigma, used, mean, spread = fit[i]
        for v in range(len(bounds)):
            total, away = 0.0, 0.0
            for t in range(bounds[v, 0], bounds[v, 1]):
                a, b = y[start[i] + t], x[label[i] + t]
                if np.isfinite(a) and np.isfinite(b):
                    total, away, days[i, v] = total + a - (alpha + beta * b), away + b - mean, days[i, v] + 1
            car[i, v] = total
            se[i, v] = sigma * np.sqrt(days[i, v] + days[i, v] ** 2 / used + away**2 / spread)
    return car, se, days


def cut_rows(
    y: FloatArray, start: IntArray, x: FloatArray, label: IntArray, fit: FloatArray, bounds: IntArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Cut residuals, and the returns, regressors and abnormal returns of the span.

    Parameters
    ----------
    y, start, x, label, fit : ndarray
        As in `fit_rows`, and its result.
    bounds : ndarray of int, shape (2, 2)
        First row of the estimation window and of the span, and the row behind their last, from each pair's first on.

    Returns
    -------
    tuple of ndarray, shapes (n, L), (n, E), (n, E, 1) and (n, E)
        NaN where a return or a regressor is missing; returns and regressors are as they are.
    """
    (first, behind), (begin, end) = bounds
    n, rows = len(start), end - begin
    residuals = np.empty((n, behind - first))
    returns, factors, ar = np.empty((n, rows)), np.empty((n, rows, 1)), np.empty((n, rows))
    for i in range(n):
        alpha, beta = fit[i, ALPHA], fit[i, BETA]
        # Slices, since the compiler knows that they are read in order and takes several days at once.
        a, b, left = y[start[i] + first : start[i] + behind], x[label[i] + first : label[i] + behind], residuals[i]
        for t in range(behind - first):
            left[t] = a[t] - (alpha + beta * b[t])
        a, b = y[start[i] + begin : start[i] + end], x[label[i] + begin : label[i] + end]
        for t in range(rows):
            returns[i, t], factors[i, t, 0] = a[t], b[t]
            ar[i, t] = a[t] - (alpha + beta * b[t])
    return residuals, returns, factors, ar
