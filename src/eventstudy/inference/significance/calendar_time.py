"""Calendar-time portfolio tests: overlapping events are combined into one portfolio return per day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
from scipy import sparse

from ...panel import label_numbers
from ...windows import Window
from ..abnormal import AbnormalReturns
from ..models.least_squares import FloatArray, IntArray
from ..models.protocol import Column
from ..stream import walk
from .result import TestResult
from .sample import Sample

# Portfolio dates whose residuals are summed at once.
ROWS = 256
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
    dates, date = np.unique(sample.days[event, day], return_inverse=True)
    per_day = np.concatenate([*walk(sample.blocks, lambda b: b.daily_ar[:, b.columns(sample.window)])])
    portfolio = np.bincount(date, weights=per_day[event, day]) / np.bincount(date)
    spread = _portfolio_deviation(sample.blocks, sample.window, dates.astype(np.int64))
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
    parts = [*walk(sample.blocks, lambda block: _explained(block, sample.window))]
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


@dataclass(frozen=True, kw_only=True)
class _Held:
    """Sums of the residuals of pairs that are held on the same days.

    ``window`` and ``estimation`` hold the days of each of P sets of pairs, shapes (P, W) and (P, L), -1 where a day is
    missing; ``total`` and ``count`` the sums and numbers of residuals by estimation day.
    """

    window: IntArray
    estimation: IntArray
    total: FloatArray
    count: FloatArray

    @classmethod
    def of(cls, block: AbnormalReturns, window: Window) -> _Held:
        """Sum over the pairs of one block."""
        at, residuals = block.columns(window), block.fitted.residuals
        present = np.isfinite(block.ar[:, at]) & block.complete(window)[:, None]
        alike = np.arange(len(block)) if block.alike is None else block.alike
        keys = np.column_stack([alike, present])
        _, first, which = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        order = np.argsort(which.ravel(), kind="stable")
        starts = np.searchsorted(which.ravel()[order], np.arange(len(first)))
        known = np.isfinite(residuals)
        return cls(
            window=np.where(present[first], label_numbers(block.sessions[first, at]), -1),
            estimation=label_numbers(block.estimation_sessions[first]),
            total=np.add.reduceat(np.where(known, residuals, 0.0)[order], starts, axis=0),
            count=np.add.reduceat(known[order].astype(np.float64), starts, axis=0),
        )


def _portfolio_deviation(blocks: Iterable[AbnormalReturns], window: Window, dates: IntArray) -> FloatArray:
    """Return the deviation of each portfolio's mean residual over its members' estimation dates, shape (D,)."""
    parts = [*walk(blocks, lambda block: _Held.of(block, window))]
    held = _Held(**{item.name: np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(_Held)})
    some, column = np.nonzero(held.window >= 0)
    portfolio = np.searchsorted(dates, held.window[some, column])
    members = sparse.csr_array((np.ones(len(some)), (portfolio, some)), shape=(len(dates), len(held.total)))
    some, column = np.nonzero(held.count)
    when, date = np.unique(held.estimation[some, column], return_inverse=True)
    shape = (len(held.total), len(when))
    total, count = (
        sparse.csr_array((part[some, column], (some, date)), shape=shape) for part in (held.total, held.count)
    )
    rows = [slice(start, start + ROWS) for start in range(0, len(dates), ROWS)]
    return np.concatenate([_deviation(members[at] @ total, members[at] @ count) for at in rows])


def _deviation(total: sparse.csr_array, count: sparse.csr_array) -> FloatArray:
    """Return the deviation over the dates of the mean of each row, from sums and numbers."""
    number = count.toarray()
    there = number > 0
    daily = np.where(there, total.toarray() / np.maximum(number, 1.0), 0.0)
    length = there.sum(axis=1)
    spread = np.where(there, daily - (daily.sum(axis=1) / np.maximum(length, 1))[:, None], 0.0)
    return np.asarray(np.sqrt((spread**2).sum(axis=1) / np.maximum(length - 1, 1)))
