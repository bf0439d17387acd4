"""Calendar-time portfolios: events that overlap become one return a day."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from scipy import sparse

from ..abnormal import AbnormalReturns
from ..models.least_squares import FloatArray
from .result import TestResult
from .sample import Sample

NO_DRIFT = "the mean abnormal return of the calendar-time portfolio is zero"
MIN_DAYS = 5


def calendar_time_t(sample: Sample) -> TestResult:
    """Sum of the standardised daily portfolio abnormal returns over the root of the days, N(0,1) (Jaffe 1974).

    On each calendar date the portfolio holds the events whose window covers it. Its abnormal return is divided by the
    standard deviation of that very portfolio over its members' estimation dates.
    """
    name = "calendar_time_t"
    event, day = np.nonzero(np.isfinite(sample.ar))
    if event.size == 0:
        return TestResult.not_applicable(name, "there is no abnormal return")
    date = np.unique(sample.days[event, day], return_inverse=True)[1]
    held = sparse.csr_array((np.ones(len(event)), (date, event)), shape=(date.max() + 1, len(sample)))
    portfolio = np.bincount(date, weights=sample.ar[event, day]) / np.bincount(date)
    spread = _portfolio_deviation(held, sample.blocks)
    sound = spread > 0
    if not sound.any():
        return TestResult.not_applicable(name, "no portfolio varies over its estimation dates")
    z = float((portfolio[sound] / spread[sound]).sum() / np.sqrt(sound.sum()))
    notes: tuple[str, ...] = (f"{int(sound.sum())} portfolio days",)
    if not sound.all():
        notes = (*notes, f"{int((~sound).sum())} without deviation left out")
    return TestResult.of_z(name, z, null=NO_DRIFT, n=sample.n, notes=notes)


def calendar_time_alpha(sample: Sample, *, lags: int | None = None) -> TestResult:
    """Alpha of the calendar-time portfolio's return on the model's factors, with HAC errors (Fama 1998).

    Least squares weighted by the number of events held (Mitchell & Stafford 2000), Newey-West errors with
    ``floor(4 (D / 100)^(2/9))`` lags over the D portfolio days unless `lags` says otherwise.
    """
    import statsmodels.api as sm

    name = "calendar_time_alpha"
    returns, factors, held = _portfolio(sample)
    days, slopes = len(returns), factors.shape[1]
    if days < slopes + 1 + MIN_DAYS:
        return TestResult.not_applicable(name, f"{days} portfolio days; {slopes + 1 + MIN_DAYS} needed")
    bandwidth = int(4 * (days / 100) ** (2 / 9)) if lags is None else lags
    fit = sm.WLS(returns, sm.add_constant(factors, has_constant="add"), weights=held).fit(
        cov_type="HAC", cov_kwds={"maxlags": bandwidth, "use_correction": True}, use_t=True
    )
    notes = (f"alpha {fit.params[0]:.6f} a day", f"{days} portfolio days, {bandwidth} lags")
    return TestResult.of_t(name, float(fit.tvalues[0]), fit.df_resid, null=NO_DRIFT, n=sample.n, notes=notes)


def _portfolio(sample: Sample) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the portfolio's daily return, its members' mean factors, and how many it holds, by calendar date."""
    blocks = list(sample.blocks)
    at = blocks[0].columns(sample.window)
    returns = np.concatenate([b.returns[:, at] for b in blocks])
    factors = np.concatenate([b.factors[:, at] for b in blocks])
    event, day = np.nonzero(np.isfinite(sample.ar))
    date = np.unique(sample.days[event, day], return_inverse=True)[1]
    held = np.bincount(date).astype(np.float64)
    columns = [returns[event, day], *(factors[event, day, j] for j in range(factors.shape[2]))]
    means = [np.bincount(date, weights=column) / held for column in columns]
    return means[0], np.column_stack([np.empty((len(held), 0)), *means[1:]]), held


def _portfolio_deviation(held: sparse.csr_array, blocks: Iterable[AbnormalReturns]) -> npt.NDArray[np.float64]:
    """Return the deviation of each portfolio's mean residual over its members' estimation dates, shape (D,)."""
    parts = [(b.fitted.residuals, b.estimation_sessions.astype("datetime64[D]").astype(np.int64)) for b in blocks]
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
