"""Regressions of what a market did in a narrow window on the surprise, and what other news in the window does to them.

The slope is the effect of the surprise only where the surprise dominates all else that moves prices in the window:
Casini & McCloskey (2024), "Identification, Estimation and Inference in High-Frequency Event Study Regressions". Control
windows without an event measure all else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import NotEnoughDataError, UnknownNameError, UsageError
from .models.least_squares import FloatArray

ERRORS = ("HC0", "HC1", "HC2", "HC3", "HAC")
Errors = Literal["HC0", "HC1", "HC2", "HC3", "HAC"]
LEAST = 4
# Beyond this the folded normal is a shifted normal to the last bit, and ncx2.ppf loses accuracy.
FAR = 20.0


@dataclass(frozen=True, kw_only=True)
class Contamination:
    """How much of the variance in event windows there is in control windows as well.

    Parameters
    ----------
    share : float
        Variance of control windows over that of event windows; NaN without two control windows.
    p : float
        One-sided p of "event windows are no more variable" (Brown & Forsythe 1974).
    controls : int
        Number of control windows.
    """

    share: float
    p: float
    controls: int

    def identifies(self, level: float = 0.05) -> bool | None:
        """Return whether the event windows are clearly more variable; None where there are no control windows.

        Parameters
        ----------
        level : float

        Returns
        -------
        bool or None
        """
        return None if np.isnan(self.share) else bool(self.share < 1.0 and self.p <= level)


def contamination(event: npt.ArrayLike, control: npt.ArrayLike) -> Contamination:
    """Compare the variance of event windows with that of control windows.

    Parameters
    ----------
    event, control : array_like, shape (n,) and (m,)
        Changes in windows of the same length; missing ones are left out.

    Returns
    -------
    Contamination

    Examples
    --------
    >>> found = contamination([-4.0, 3.0, -5.0, 6.0, -3.0, 4.0], [1.0, -1.0, 0.5, -0.5, 1.0, -1.0])
    >>> round(found.share, 3), found.identifies()
    (0.041, True)
    """
    from scipy import stats

    inside, outside = (_finite(each) for each in (event, control))
    if len(outside) < 2 or len(inside) < 2 or np.ptp(inside) == 0:
        return Contamination(share=np.nan, p=np.nan, controls=len(outside))
    share = float(outside.var(ddof=1) / inside.var(ddof=1))
    two_sided = float(stats.levene(inside, outside, center="median").pvalue)
    p = two_sided / 2 if share < 1.0 else 1.0 - two_sided / 2
    return Contamination(share=share, p=p, controls=len(outside))


def first_component(changes: pd.DataFrame, scaled_to: str) -> FloatArray:
    """Return the first principal component of some changes, scaled so that one of them moves with it one for one.

    The policy news of Nakamura & Steinsson (2018) is that of five interest rates. The changes are centred, but not
    divided by their standard deviations.

    Parameters
    ----------
    changes : DataFrame, shape (n, k)
        Rows with a missing value have no component (NaN).
    scaled_to : str
        A column.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    UnknownNameError
        If there is no such column.
    NotEnoughDataError
        If fewer complete rows than columns remain, or nothing moves.

    Examples
    --------
    >>> rates = pd.DataFrame({"a": [1.0, -1.0, 2.0, -2.0], "b": [2.0, -2.0, 4.0, -4.0]})
    >>> first_component(rates, "b").round(6).tolist()
    [2.0, -2.0, 4.0, -4.0]
    """
    if scaled_to not in changes:
        raise UnknownNameError("surprise", scaled_to, [str(each) for each in changes], "scaled_to")
    values = changes.to_numpy(dtype=np.float64)
    keep = np.isfinite(values).all(axis=1)
    if keep.sum() <= values.shape[1]:
        raise NotEnoughDataError(f"{int(keep.sum())} complete events for {values.shape[1]} surprises; more are needed")
    centred = values[keep] - values[keep].mean(axis=0)
    weights = np.linalg.svd(centred, full_matrices=False)[2][0]
    score = centred @ weights
    of = centred[:, list(changes).index(scaled_to)]
    if not of @ score:
        raise NotEnoughDataError(f"{scaled_to} does not move with the first component; scale to another surprise")
    found = np.full(len(values), np.nan)
    found[keep] = score * (of @ score) / (score @ score)
    return found


def surprise_response(
    response: npt.ArrayLike,
    surprise: npt.ArrayLike,
    *,
    errors: Errors = "HC1",
    lags: int | None = None,
    control_response: npt.ArrayLike = (),
    control_surprise: npt.ArrayLike = (),
    correlation: float | None = None,
    level: float = 0.95,
) -> dict[str, float]:
    """Regress responses in event windows on a constant and the surprise, with an interval that allows for other news.

    With u(b) the control windows' response less b times their surprise, the bias of a slope whose true value is b is at
    most B(b) = correlation x sd(u(b)) / sd(surprise), by the inequality of Cauchy and Schwarz. The interval has every b
    with abs(slope - b) <= c(B(b) / se) x se, c(r) the quantile of abs(N(r, 1)) (Armstrong & Kolesár 2018) times that of
    t over that of the normal; it is never shorter than the interval of t.

    Parameters
    ----------
    response, surprise : array_like, shape (n,)
        One an event, in the order of time; those with a missing value are left out.
    errors : {"HC1", "HC0", "HC2", "HC3", "HAC"}
        Covariance type of `statsmodels`.
    lags : int, optional
        Of HAC; floor(4 (n/100)^(2/9)) by default (Newey & West 1994).
    control_response, control_surprise : array_like, shape (m,)
        The same in windows without an event; `control_surprise` stays empty where surprises are not changes of a
        price, but measured against a survey.
    correlation : float, optional
        Largest correlation of other news with the surprise, from 0 to 1. By default the one that independent news would
        have, sd(control_surprise) / sd(surprise); without `control_surprise` 1, the worst case.
    level : float
        Of the intervals.

    Returns
    -------
    dict of str to float
        ``coefficient, se, t, p, df, n, r2, low, high, bias_bound, aware_low, aware_high, constant``; the bound and its
        interval are NaN without control windows.

    Raises
    ------
    UsageError
        If lengths differ, or an option is wrong.
    NotEnoughDataError
        If fewer than four complete events remain, or the surprises are all the same.

    Examples
    --------
    >>> found = surprise_response([0.1, 0.5, 0.2, 0.9, 0.6], [1.0, 3.0, 1.0, 4.0, 3.0])
    >>> round(found["coefficient"], 4), found["n"]
    (0.2333, 5)
    """
    from scipy import stats

    y, x = np.asarray(response, dtype=np.float64), np.asarray(surprise, dtype=np.float64)
    if len(y) != len(x):
        raise UsageError(f"{len(y)} responses and {len(x)} surprises; give one of each an event")
    y, x = _complete(y, x)
    fit = _fitted(y, x, errors, lags)
    slope, se, df = float(fit.params[1]), float(fit.bse[1]), float(fit.df_resid)
    other = _OtherNews.of(x, control_response, control_surprise, correlation)
    reach = float(stats.t.ppf((1 + level) / 2, df)) * se
    ends = [np.nan, np.nan] if other is None else [_aware_end(slope, se, df, level, other, side) for side in (-1, 1)]
    return {
        "coefficient": slope,
        "se": se,
        "t": float(fit.tvalues[1]),
        "p": float(fit.pvalues[1]),
        "df": df,
        "n": len(y),
        "r2": float(fit.rsquared),
        "low": slope - reach,
        "high": slope + reach,
        "bias_bound": np.nan if other is None else other.farthest(slope),
        "aware_low": ends[0],
        "aware_high": ends[1],
        "constant": float(fit.params[0]),
    }


def _fitted(y: FloatArray, x: FloatArray, errors: str, lags: int | None) -> Any:
    """Return the fit of statsmodels."""
    import statsmodels.api as sm

    if errors not in ERRORS:
        raise UnknownNameError("errors", errors, ERRORS)
    options = {"maxlags": _lags(len(y), lags), "use_correction": True} if errors == "HAC" else None
    return sm.OLS(y, sm.add_constant(x)).fit(cov_type=errors, cov_kwds=options, use_t=True)


def _complete(y: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the complete events, of which there must be enough."""
    keep = np.isfinite(y) & np.isfinite(x)
    if keep.sum() < LEAST:
        raise NotEnoughDataError(f"{int(keep.sum())} events have both a response and a surprise; {LEAST} are needed")
    if np.ptp(x[keep]) == 0:
        raise NotEnoughDataError("all surprises are the same; there is no slope")
    return y[keep], x[keep]


def _lags(n: int, lags: int | None) -> int:
    """Return the lags of HAC errors."""
    if lags is not None and not 0 <= lags < n:
        raise UsageError(f"{lags} lags for {n} events; give a number from 0 to {n - 1}")
    return int(4 * (n / 100) ** (2 / 9)) if lags is None else lags


@dataclass(frozen=True, kw_only=True)
class _OtherNews:
    """What the control windows tell: covariance of response and surprise, and how far it can bias a slope."""

    spread: float
    covariance: FloatArray
    correlation: float

    @classmethod
    def of(
        cls, x: FloatArray, response: npt.ArrayLike, surprise: npt.ArrayLike, correlation: float | None
    ) -> _OtherNews | None:
        """Return it for the surprises of the events; None without control windows."""
        if correlation is not None and not 0 <= correlation <= 1:
            raise UsageError(f"correlation = {correlation:g} is not from 0 to 1")
        other, background = (np.asarray(each, dtype=np.float64) for each in (response, surprise))
        if len(background) and len(background) != len(other):
            raise UsageError(f"{len(other)} control responses and {len(background)} control surprises; give as many")
        both = np.vstack([other, background if len(background) else np.zeros(len(other))])
        both = both[:, np.isfinite(both).all(axis=0)]
        if both.shape[1] < 2:
            return None
        spread, covariance = float(x.var(ddof=1)), np.cov(both)
        independent = min(1.0, float(np.sqrt(covariance[1, 1] / spread))) if len(background) else 1.0
        return cls(
            spread=spread, covariance=covariance, correlation=independent if correlation is None else correlation
        )

    def at(self, effect: float) -> float:
        """Return the largest bias where the true effect is this."""
        weights = np.array([1.0, -effect])
        return self.correlation * float(np.sqrt(max(0.0, weights @ self.covariance @ weights) / self.spread))

    def farthest(self, slope: float) -> float:
        """Return how far from the slope an effect b can be: (slope - b)^2 spread <= correlation^2 var(u(b))."""
        (response, both), (_, surprise) = self.covariance
        share = self.correlation**2
        square = self.spread - share * surprise
        if square <= 0:
            return float("inf")
        middle = (slope * self.spread - share * both) / square
        reach = np.sqrt(max(0.0, middle**2 - (slope**2 * self.spread - share * response) / square))
        return float(max(abs(middle + reach - slope), abs(middle - reach - slope)))


def _aware_end(slope: float, se: float, df: float, level: float, other: _OtherNews, side: int) -> float:
    """Return one end of the interval that allows for other news; infinite where other news outweighs the surprise."""
    from scipy import optimize, stats

    scale = float(stats.t.ppf((1 + level) / 2, df) / stats.norm.ppf((1 + level) / 2))

    def beyond(distance: float) -> float:
        return distance - scale * se * _critical(other.at(slope + side * distance) / se, level)

    # The difference is concave and in the end rises, or never becomes positive.
    far = next((se * 2.0**k for k in range(1, 40) if beyond(se * 2.0**k) > 0), None)
    if far is None:
        return side * float("inf")
    return slope + side * float(optimize.brentq(beyond, 0.0, far, xtol=1e-14 * far, rtol=1e-14))


def _critical(ratio: float, level: float) -> float:
    """Return the quantile of abs(N(ratio, 1))."""
    from scipy import stats

    if ratio > FAR:
        return float(ratio + stats.norm.ppf(level))
    return float(np.sqrt(stats.ncx2.ppf(level, 1, ratio**2)) if ratio > 0 else stats.norm.ppf((1 + level) / 2))


def _finite(values: npt.ArrayLike) -> FloatArray:
    """Return the values that are there."""
    found = np.asarray(values, dtype=np.float64)
    return found[np.isfinite(found)]
