"""Calendar-time portfolio tests: overlapping events are combined into one portfolio return per day."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..models.least_squares import FloatArray, IntArray
from .calendar_sums import CalendarSums
from .keyed import Cells, DateSums
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
    if not sample.calendar.portfolio.dates.size:
        return TestResult.not_applicable(name, "there is no abnormal return")
    z, days, lost = jaffe(sample.calendar)
    if not days:
        return TestResult.not_applicable(name, "no portfolio varies over its estimation dates")
    notes: tuple[str, ...] = (f"{days} portfolio days",)
    if lost:
        notes = (*notes, f"{lost} without variance left out")
    return TestResult.of_z(name, z, null=NO_DRIFT, n=sample.n, notes=notes)


def jaffe(calendar: CalendarSums) -> tuple[float, int, int]:
    """Return the sum of the standardised portfolio abnormal returns over the root of the days.

    Parameters
    ----------
    calendar : CalendarSums
        Of one window.

    Returns
    -------
    tuple of float, int and int
        z, the portfolio days used, and those whose portfolio does not vary over its estimation dates.
    """
    held = calendar.portfolio
    portfolio, spread = held.sums[1] / held.sums[0], _deviation(calendar.estimation, held.dates)
    sound = spread > 0
    days = int(sound.sum())
    z = float((portfolio[sound] / spread[sound]).sum() / np.sqrt(days)) if days else np.nan
    return z, days, int((~sound).sum())


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
    days, needed = len(held), len(columns) + MIN_DAYS
    if days < needed:
        return TestResult.not_applicable(name, f"{days} portfolio days; {needed} needed")
    found = drift(sample.calendar.portfolio, held, lags)
    notes = (f"alpha {found.alpha:.6f} a day", f"{days} portfolio days, {found.lags} lags")
    return TestResult.of_t(name, np.float64(found.alpha) / found.se, found.df, null=NO_DRIFT, n=sample.n, notes=notes)


class Drift(NamedTuple):
    """Alpha of a portfolio, a mean abnormal return a day, with its error, degrees of freedom, and lags of the error."""

    alpha: float
    se: float
    df: int
    lags: int


def drift(portfolio: DateSums, held: FloatArray, lags: int | None = None) -> Drift:
    """Regress the portfolio's return on its factors, each day weighing by the number of events held.

    Parameters
    ----------
    portfolio : DateSums
        Of `CalendarSums`.
    held : ndarray, shape (D,)
        Number of events held on each date.
    lags : int, optional
        Lags of the Newey-West errors; by default their rule of thumb.

    Returns
    -------
    Drift
    """
    weight, _, *columns = portfolio.sums
    returns, *means = (column / weight for column in columns)
    factors = np.column_stack([np.empty((len(held), 0)), *means])
    bandwidth = int(4 * (len(held) / 100) ** (2 / 9)) if lags is None else lags
    return _intercept(returns, factors, held, bandwidth)


def _intercept(y: FloatArray, factors: FloatArray, weights: FloatArray, lags: int) -> Drift:
    """Return the intercept of a weighted regression, with its Newey-West error."""
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
    left = len(y) - int(np.linalg.matrix_rank(x))
    return Drift(float(coefficients[0]), float(np.sqrt(variance)), left, lags)


def _deviation(cells: Cells, dates: IntArray) -> FloatArray:
    """Return the deviation of each portfolio's mean residual over its members' estimation dates, shape (D,)."""
    row, mean = cells.row, cells.sums[0] / cells.sums[1]
    if (row[1:] < row[:-1]).any():
        order = np.argsort(row, kind="stable")
        row, mean = row[order], mean[order]
    # The cells of a portfolio stand together.
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    length = np.diff(np.append(starts, len(row)))
    away = mean - np.repeat(np.add.reduceat(mean, starts) / length, length)
    deviation = np.zeros(len(dates))
    known = np.searchsorted(dates, cells.names[row[starts]])
    deviation[known] = np.sqrt(np.add.reduceat(away * away, starts) / np.maximum(length - 1, 1))
    return deviation
