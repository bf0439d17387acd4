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
    of_y, of_x = np.empty(length), np.empty(length)
    for i in range(len(start)):
        a, b, sum_y, sum_x = _present(y[start[i] : start[i] + length], x[label[i] : label[i] + length])
        days = len(a)
        if days < 3:
            continue
        mean_y, mean_x, u, v = sum_y / days, sum_x / days, of_y[:days], of_x[:days]
        for t in range(days):
            u[t], v[t] = a[t] - mean_y, b[t] - mean_x
        xx, xy = _product(v, v), _product(u, v)
        if not xx > DOUBTFUL**2 * (xx + days * mean_x**2):
            continue
        beta = xy / xx
        for t in range(days):
            u[t] -= beta * v[t]
        left = _product(u, u)
        if left > DOUBTFUL**2 * (left + beta**2 * xx + days * mean_y**2):
            found[i, ALPHA], found[i, BETA], found[i, SIGMA] = mean_y - beta * mean_x, beta, np.sqrt(left / (days - 2))
            found[i, N_OBS], found[i, MEAN], found[i, SPREAD] = days, mean_x, xx
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
    car, se, days = np.empty(shape), np.empty(shape), np.empty(shape, dtype=np.int64)
    for i in range(len(start)):
        alpha, beta, sigma, used, mean, spread = fit[i]
        for v in range(len(bounds)):
            first, behind = bounds[v]
            a, b = y[start[i] + first : start[i] + behind], x[label[i] + first : label[i] + behind]
            a, b, sum_y, sum_x = _present(a, b)
            there = len(a)
            car[i, v], days[i, v] = sum_y - (there * alpha + beta * sum_x), there
            se[i, v] = sigma * np.sqrt(there + there**2 / used + (sum_x - there * mean) ** 2 / spread)
    return car, se, days


# A processor adds to one sum only when the addition before is done; four sums keep it busy.
def _total(a: FloatArray) -> float:
    """Return the sum of the values: every fourth of them, then the four together."""
    p, q, r, s, t = 0.0, 0.0, 0.0, 0.0, 0
    while t + 4 <= len(a):
        p, q, r, s = p + a[t], q + a[t + 1], r + a[t + 2], s + a[t + 3]
        t += 4
    while t < len(a):
        p += a[t]
        t += 1
    return (p + q) + (r + s)


def _product(a: FloatArray, b: FloatArray) -> float:
    """Return the sum of the products, added as in `_total`."""
    p, q, r, s, t = 0.0, 0.0, 0.0, 0.0, 0
    while t + 4 <= len(a):
        p, q = p + a[t] * b[t], q + a[t + 1] * b[t + 1]
        r, s = r + a[t + 2] * b[t + 2], s + a[t + 3] * b[t + 3]
        t += 4
    while t < len(a):
        p += a[t] * b[t]
        t += 1
    return (p + q) + (r + s)


def _present(a: FloatArray, b: FloatArray) -> tuple[FloatArray, FloatArray, float, float]:
    """Return the rows of which both values are there, and the sums of the values."""
    sum_a, sum_b = _total(a), _total(b)
    # One value that is missing makes the sum of all missing.
    if not np.isfinite(sum_a + sum_b):
        there = np.isfinite(a) & np.isfinite(b)
        a, b = a[there], b[there]
        sum_a, sum_b = _total(a), _total(b)
    return a, b, sum_a, sum_b


# What the loops above call, see `compiled`.
HELPERS = _total, _product, _present


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
