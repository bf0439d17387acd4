"""Diagnostics of the estimation residuals of every pair: autocorrelation, changing variance, normality."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy import special

from ..errors import UsageError
from .abnormal import AbnormalReturns
from .models.least_squares import FloatArray, IntArray, least_squares
from .stream import walk

LAGS = 5
DIAGNOSTIC_COLUMNS = [
    *("event_id", "market", "L", "lags", "autocorrelation", "ljung_box", "ljung_box_p", "arch_lm", "arch_lm_p"),
    *("skewness", "kurtosis", "jarque_bera", "jarque_bera_p"),
]


def residual_diagnostics(blocks: Iterable[AbnormalReturns], lags: int = LAGS) -> pd.DataFrame:
    """Test the estimation residuals of every pair for autocorrelation, ARCH effects and departures from normality.

    Ljung & Box (1978): ``Q = L (L + 2) Σ r_k² / (L - k)``, chi-squared with `lags` degrees of freedom under no
    autocorrelation. Engle (1982): ``LM = (L - lags) R²`` of the regression of the squared residuals on their own lags,
    chi-squared with `lags` degrees. Jarque & Bera (1980): ``JB = L / 6 (S² + (K - 3)² / 4)``, chi-squared with two.

    Parameters
    ----------
    blocks : iterable of AbnormalReturns
        Residuals are those of the mean equation, per root day where returns cover several days. Lags count the rows
        that are present.
    lags : int
        Lags of the first two tests, at least 1.

    Returns
    -------
    DataFrame
        One row a pair: ``event_id, market, L, lags, autocorrelation`` (of lag 1), ``ljung_box, ljung_box_p, arch_lm,
        arch_lm_p, skewness, kurtosis, jarque_bera, jarque_bera_p``. The numbers of a test are NaN where a pair has too
        few rows: ``lags + 1`` for the first, ``2 lags + 2`` for the second.

    Raises
    ------
    UsageError
        If `lags` is not a whole number of at least 1.

    Examples
    --------
    >>> from eventstudy import EventStudy
    >>> days = pd.bdate_range("2020-01-01", periods=60)
    >>> returns = pd.DataFrame({"A": [0.01, -0.01] * 30}, index=days)
    >>> events = pd.DataFrame({"event_id": ["e"], "symbol": ["A"], "session": [days[55]]})
    >>> result = EventStudy(estimation=(-50, -11), windows=[(0, 0)]).run(events, returns=returns)
    >>> residual_diagnostics([result.abnormal], lags=1)["autocorrelation"].round(3).tolist()
    [-0.975]
    """
    if isinstance(lags, bool) or not isinstance(lags, int | np.integer) or lags < 1:
        raise UsageError(f"lags = {lags!r}: give a whole number of at least 1")
    parts = [part for part in walk(blocks, lambda block: _of_block(block, int(lags))) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=DIAGNOSTIC_COLUMNS)


def _of_block(abnormal: AbnormalReturns, lags: int) -> pd.DataFrame:
    """Return the diagnostics of the pairs of one block."""
    residuals, n = _present_first(abnormal.fitted.residuals)
    first, box = _ljung_box(residuals, n, lags)
    arch = _arch_lm(residuals, n, lags)
    skewness, kurtosis = _shape(residuals, n)
    normal = n / 6.0 * (skewness**2 + (kurtosis - 3.0) ** 2 / 4.0)
    found = abnormal.rows[["event_id", "market"]].reset_index(drop=True)
    return found.assign(
        L=n,
        lags=lags,
        autocorrelation=first,
        ljung_box=box,
        ljung_box_p=special.chdtrc(lags, box),
        arch_lm=arch,
        arch_lm_p=special.chdtrc(lags, arch),
        skewness=skewness,
        kurtosis=kurtosis,
        jarque_bera=normal,
        jarque_bera_p=special.chdtrc(2, normal),
    )


def _present_first(residuals: FloatArray) -> tuple[FloatArray, IntArray]:
    """Move the missing rows of each pair behind the others, whose order stays, and count those present."""
    missing = ~np.isfinite(residuals)
    n = (~missing).sum(axis=1)
    if not missing.any():
        return residuals, n
    order = np.argsort(missing, axis=1, kind="stable")
    return np.take_along_axis(residuals, order, axis=1), n


def _centred(residuals: FloatArray, n: IntArray) -> FloatArray:
    """Subtract the mean of the rows present; missing rows become zero, so that they add nothing to sums."""
    mean = np.nansum(residuals, axis=1) / n
    return np.asarray(np.nan_to_num(residuals - mean[:, None]))


def _ljung_box(residuals: FloatArray, n: IntArray, lags: int) -> tuple[FloatArray, FloatArray]:
    """Return the first autocorrelation and the statistic of Ljung & Box."""
    deviation, rows = _centred(residuals, n), residuals.shape[1]
    square = np.vecdot(deviation, deviation)
    r = [np.vecdot(deviation[:, k:], deviation[:, : max(rows - k, 0)]) / square for k in range(1, lags + 1)]
    terms = [rk**2 / np.where(n > lags, n - k, np.nan) for k, rk in enumerate(r, start=1)]
    return r[0], n * (n + 2.0) * sum(terms)


def _arch_lm(residuals: FloatArray, n: IntArray, lags: int) -> FloatArray:
    """Return Engle's statistic; the squares are scaled, which leaves R² as it is and keeps them in the same range."""
    enough, rows = n >= 2 * lags + 2, residuals.shape[1]
    if not enough.any():
        return np.full(len(residuals), np.nan)
    squares = residuals**2 / np.nanmean(residuals**2, axis=1, keepdims=True)
    before = np.stack([squares[:, lags - k : rows - k] for k in range(1, lags + 1)], axis=-1)
    now = squares[:, lags:]
    fit = least_squares(now, before, param_names=("const", *(f"lag_{k}" for k in range(1, lags + 1))))
    present = np.where(np.isfinite(fit.residuals), now, np.nan)
    total = _centred(present, np.maximum(fit.n_obs, 1))
    left = np.nansum(fit.residuals**2, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        explained = 1.0 - left / np.vecdot(total, total)
    known = enough & np.isfinite(fit.params).all(axis=1)
    return np.where(known, fit.n_obs * explained, np.nan)


def _shape(residuals: FloatArray, n: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return skewness and kurtosis by the moments divided by the number of rows, as Jarque & Bera take them."""
    deviation = _centred(residuals, n)
    second, third, fourth = ((deviation**power).sum(axis=1) / n for power in (2, 3, 4))
    return third / second**1.5, fourth / second**2
