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
    # A second of imports, which a study of one date does not need.
    from statsmodels.regression.linear_model import WLS
    from statsmodels.tools.tools import add_constant

    # Newey and West's rule of thumb for the number of lags.
    bandwidth = int(4 * (days / 100) ** (2 / 9)) if lags is None else lags
    fit = WLS(returns, add_constant(factors, has_constant="add"), weights=held).fit(
        cov_type="HAC", cov_kwds={"maxlags": bandwidth, "use_correction": True}, use_t=True
    )
    notes = (f"alpha {fit.params[0]:.6f} a day", f"{days} portfolio days, {bandwidth} lags")
    return TestResult.of_t(name, float(fit.tvalues[0]), fit.df_resid, null=NO_DRIFT, n=sample.n, notes=notes)


def _deviation(cells: Cells, dates: IntArray) -> FloatArray:
    """Return the deviation of each portfolio's mean residual over its members' estimation dates, shape (D,)."""
    portfolio = np.searchsorted(dates, cells.names)[cells.row]
    mean = cells.sums[0] / cells.sums[1]
    length = np.bincount(portfolio, minlength=len(dates))
    center = np.bincount(portfolio, mean, minlength=len(dates)) / np.maximum(length, 1)
    squares = np.bincount(portfolio, (mean - center[portfolio]) ** 2, minlength=len(dates))
    return np.asarray(np.sqrt(squares / np.maximum(length - 1, 1)))
