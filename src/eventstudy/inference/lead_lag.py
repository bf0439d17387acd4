"""Lead and lag between two markets: cross-correlation at lags of bars, with a permutation band."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .models.least_squares import FloatArray, IntArray

DRAWS = 999


@dataclass(frozen=True, kw_only=True, eq=False)
class LeadLag:
    """Correlations of one market with a later or earlier one; arrays have shape (2 k + 1,).

    Parameters
    ----------
    lags : ndarray of int
        From -k to k; at a positive lag the first market leads.
    correlation : ndarray
        Of ``x_t`` with ``y_{t + lag}``.
    bars : ndarray of int
        Pairs of bars at each lag.
    band : float
        Half-width that the largest correlation over all lags stays within in 95 % of permutations.
    p : float
        Share of permutations whose largest correlation over all lags but zero is as large as that found.
    """

    lags: IntArray
    correlation: FloatArray
    bars: IntArray
    band: float
    p: float


def lead_lag(x: FloatArray, y: FloatArray, lags: int = 5, *, draws: int = DRAWS, seed: int = 0) -> LeadLag:
    """Correlate two series of returns at lags, beside a band for series that do not lead each other.

    The band permutes the signs of x among its bars and leaves their sizes in place, so that hours in which both are
    restless do not widen the correlations beyond it.

    Parameters
    ----------
    x, y : ndarray, shape (T,)
        Returns of the same bars; NaN where missing.
    lags : int
        Largest lag, in bars.
    draws, seed : int
        Number of permutations, and the seed.

    Returns
    -------
    LeadLag

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal(300)
    >>> found = lead_lag(x, np.append(0.0, x[:-1]), lags=2)
    >>> int(found.lags[found.correlation.argmax()]), found.p
    (1, 0.001)
    """
    steps = np.arange(-lags, lags + 1)
    correlation = np.array([_correlation(x, y, int(lag)) for lag in steps])
    bars = np.array([int(np.isfinite(np.multiply(*_shifted(x, y, int(lag)))).sum()) for lag in steps])
    rng = np.random.default_rng(seed)
    there = np.isfinite(x)
    size, sign = np.abs(x), np.sign(x[there])
    drawn = np.empty((draws, steps.size))
    for k in range(draws):
        shuffled = size.copy()
        shuffled[there] *= rng.permutation(sign)
        drawn[k] = [_correlation(shuffled, y, int(lag)) for lag in steps]
    apart = steps != 0
    largest = np.abs(drawn).max(axis=1)
    found = float(np.abs(correlation[apart]).max()) if lags else np.nan
    larger = int((np.abs(drawn[:, apart]).max(axis=1, initial=0.0) >= found).sum())
    return LeadLag(
        lags=steps,
        correlation=correlation,
        bars=bars,
        band=float(np.quantile(largest, 0.95)),
        p=(1 + larger) / (1 + draws),
    )


def _shifted(x: FloatArray, y: FloatArray, lag: int) -> tuple[FloatArray, FloatArray]:
    """Return x_t and y_{t + lag} of the bars that have both."""
    return (x[: x.size - lag], y[lag:]) if lag >= 0 else (x[-lag:], y[: y.size + lag])


def _correlation(x: FloatArray, y: FloatArray, lag: int) -> float:
    """Return the correlation at one lag, of returns about zero; zero where one does not vary."""
    first, second = _shifted(x, y, lag)
    both = np.isfinite(first) & np.isfinite(second)
    a, b = first[both], second[both]
    scale = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return float((a * b).sum()) / scale if scale > 0 else 0.0
