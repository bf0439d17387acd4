"""Calendar-time portfolio tests: overlapping events are combined into one portfolio return per day."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from scipy import sparse

from ...panel import label_numbers
from ...windows import Window
from ..abnormal import AbnormalReturns
from ..models.least_squares import FloatArray
from ..models.protocol import Column
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
    event, day = np.nonzero(np.isfinite(sample.ar))
    if event.size == 0:
        return TestResult.not_applicable(name, "there is no abnormal return")
    date = np.unique(sample.days[event, day], return_inverse=True)[1]
    held = sparse.csr_array((np.ones(len(event)), (date, event)), shape=(date.max() + 1, len(sample)))
    per_day = np.concatenate([block.daily_ar[:, block.columns(sample.window)] for block in sample.blocks])
    portfolio = np.bincount(date, weights=per_day[event, day]) / np.bincount(date)
    spread = _portfolio_deviation(held, sample.blocks)
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
    returns, factors, held = _portfolio(sample)
    days, slopes = len(returns), factors.shape[1]
    if days < slopes + 1 + MIN_DAYS:
        return TestResult.not_applicable(name, f"{days} portfolio days; {slopes + 1 + MIN_DAYS} needed")
    # A second of imports, which a study of one date does not need.
    import statsmodels.api as sm

    # Newey and West's rule of thumb for the number of lags.
    bandwidth = int(4 * (days / 100) ** (2 / 9)) if lags is None else lags
    fit = sm.WLS(returns, sm.add_constant(factors, has_constant="add"), weights=held).fit(
        cov_type="HAC", cov_kwds={"maxlags": bandwidth, "use_correction": True}, use_t=True
    )
    notes = (f"alpha {fit.params[0]:.6f} a day", f"{days} portfolio days, {bandwidth} lags")
    return TestResult.of_t(name, float(fit.tvalues[0]), fit.df_resid, null=NO_DRIFT, n=sample.n, notes=notes)


def _portfolio(sample: Sample) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the portfolio's return (D,), its members' mean factors (D, f) and their number (D,), by calendar date."""
    parts = [_explained(block, sample.window) for block in sample.blocks]
    returns, factors = (np.concatenate(part) for part in zip(*parts, strict=True))
    event, day = np.nonzero(np.isfinite(sample.ar))
    date = np.unique(sample.days[event, day], return_inverse=True)[1]
    held = np.bincount(date).astype(np.float64)
    columns = [returns[event, day], *(factors[event, day, j] for j in range(factors.shape[2]))]
    means = [np.bincount(date, weights=column) / held for column in columns]
    return means[0], np.column_stack([np.empty((len(held), 0)), *means[1:]]), held


def _explained(block: AbnormalReturns, window: Window) -> tuple[FloatArray, FloatArray]:
    """Return dependent variable, shape (n, W), and factors, (n, W, f), per day where returns cover several."""
    at, fitted = block.columns(window), block.fitted
    slopes = sum(name.startswith("beta") for name in fitted.param_names)
    riskless = int(Column.RISKFREE in block.model.reads)
    days = np.ones((1, 1)) if block.spans is None else block.spans[:, at]
    factors = block.factors[:, at] / days[..., None]
    if slopes == 0 or slopes + riskless != factors.shape[-1]:
        return block.ar[:, at] / days, factors[..., :0]
    returns = block.returns[:, at] / days
    return (returns - factors[..., 0], factors[..., 1:]) if riskless else (returns, factors)


def _portfolio_deviation(held: sparse.csr_array, blocks: Iterable[AbnormalReturns]) -> npt.NDArray[np.float64]:
    """Return the deviation of each portfolio's mean residual over its members' estimation dates, shape (D,)."""
    parts = [(b.fitted.residuals, label_numbers(b.estimation_sessions)) for b in blocks]
    residuals, days = (np.concatenate(part) for part in zip(*parts, strict=True))
    event, column = np.nonzero(np.isfinite(residuals))
    date = np.unique(days[event, column], return_inverse=True)[1]
    shape = (len(residuals), date.max() + 1)
    values = sparse.csr_array((residuals[event, column], (event, date)), shape=shape)
    present = sparse.csr_array((np.ones(len(event)), (event, date)), shape=shape)
    total, members = (held @ values).toarray(), (held @ present).toarray()
    daily = np.where(members > 0, total / np.maximum(members, 1.0), np.nan)
    length = np.isfinite(daily).sum(axis=1)
    mean = np.nansum(daily, axis=1) / length
    return np.asarray(np.sqrt(np.nansum((daily - mean[:, None]) ** 2, axis=1) / np.maximum(length - 1, 1)))
