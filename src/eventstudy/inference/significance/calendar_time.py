"""Calendar-time portfolio tests: overlapping events are combined into one portfolio return per day."""

from __future__ import annotations

import numpy as np

from ..models.least_squares import FloatArray, IntArray
from .keyed import Cells
from .result import TestResult
from .sample import Sample

NO_DRIFT = "the mean abnormal return of the calendar-time portfolio is zero"
MIN_DAYS = 5


def calendar_time_t(sample: Sample) -> TestResult:
    """Sum of the standardised daily portfolio abnormal returns over the root of the days, N(0,1) (Jaffe 1974).

    On each calendar date, or in each bar, the portfolio holds the events whose window covers it. Its abnormal return is
    divided by the standard deviation of the same portfolio over its members' estimation dates, or bars.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    TestResult
    """
    name = "calendar_time_t"
    held = sample.calendar.portfolio
    if not held.dates.size:
        return TestResult.not_applicable(name, "there is no abnormal return")
    portfolio, spread = held.sums[1] / held.sums[0], _deviation(sample.calendar.estimation, held.dates)
    sound = spread > 0
    if not sound.any():
        return TestResult.not_applicable(name, "no portfolio varies over its estimation dates")
    z = float((portfolio[sound] / spread[sound]).sum() / np.sqrt(sound.sum()))
    notes: tuple[str, ...] = (f"{int(sound.sum())} portfolio days",)
    if not sound.all():
        notes = (*notes, f"{int((~sound).sum())} without variance left out")
    return TestResult.of_z(name, z, null=NO_DRIFT, n=sample.n, notes=notes)


def calendar_time_alpha(sample: Sample, *, lags: int | None = None) -> TestResult:
    """Alpha of the calendar-time portfolio's return on the model's factors, with HAC errors, t (Fama 1998).

    The dependent variable is the return, in excess of the risk-free rate where the model has one. For a model without
    factors, or whose slopes are not least squares (Scholes-Williams), it is the model's abnormal return, and alpha is
    its mean. Weighted by the number of events held (Mitchell & Stafford 2000); Newey-West errors with
    ``floor(4 (D / 100)^(2/9))`` lags over D portfolio days by default.

    Parameters
    ----------
    sample : Sample
    lags : int, optional
        Lags of the Newey-West errors, in days.

    Returns
    -------
    TestResult
    """
    name = "calendar_time_alpha"
    held, _, *columns = sample.calendar.portfolio.sums
    returns, *means = (column / held for column in columns)
    factors = np.column_stack([np.empty((len(held), 0)), *means])
    days, slopes = len(returns), factors.shape[1]
    if days < slopes + 1 + MIN_DAYS:
        return TestResult.not_applicable(name, f"{days} portfolio days; {slopes + 1 + MIN_DAYS} needed")
    # Newey and West's rule of thumb for the number of lags.
    bandwidth = int(4 * (days / 100) ** (2 / 9)) if lags is None else lags
    alpha, error, left = _intercept(returns, factors, held, bandwidth)
    notes = (f"alpha {alpha:.6f} a day", f"{days} portfolio days, {bandwidth} lags")
    return TestResult.of_t(name, alpha / error, left, null=NO_DRIFT, n=sample.n, notes=notes)


def _intercept(y: FloatArray, factors: FloatArray, weights: FloatArray, lags: int) -> tuple[float, np.float64, int]:
    """Return the intercept of a weighted regression, its Newey-West error, and the degrees of freedom that are left."""
    roots = np.sqrt(weights)
    x = np.column_stack([np.ones(len(y)), factors]) * roots[:, None]
    inverse = np.linalg.pinv(x)
    coefficients = inverse @ (y * roots)
    scores = x * (y * roots - x @ coefficients)[:, None]
    middle = scores.T @ scores
    for lag in range(1, lags + 1):
        shared = scores[lag:].T @ scores[:-lag]
        # The weights of Bartlett's kernel.
        middle += (1 - lag / (lags + 1)) * (shared + shared.T)
    first = (inverse @ inverse.T)[0]
    variance = first @ middle @ first * len(y) / (len(y) - x.shape[1])
    return float(coefficients[0]), np.sqrt(variance), len(y) - int(np.linalg.matrix_rank(x))


def _deviation(cells: Cells, dates: IntArray) -> FloatArray:
    """Return the deviation of each portfolio's mean residual over its members' estimation dates, shape (D,)."""
    portfolio = np.searchsorted(dates, cells.names)[cells.row]
    mean = cells.sums[0] / cells.sums[1]
    length = np.bincount(portfolio, minlength=len(dates))
    center = np.bincount(portfolio, mean, minlength=len(dates)) / np.maximum(length, 1)
    squares = np.bincount(portfolio, (mean - center[portfolio]) ** 2, minlength=len(dates))
    return np.asarray(np.sqrt(squares / np.maximum(length - 1, 1)))
