"""Tests of one event in one market: one result a pair, in the order of the abnormal returns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ...windows import Window
from ..abnormal import AbnormalReturns
from .resampling import placebo_p, regime_ratio, standardised_placebo, unlike_regime
from .result import TestResult

NO_CAR = "the cumulative abnormal return is zero"


def t(abnormal: AbnormalReturns, window: Window) -> list[TestResult]:
    """CAR over the standard error of its forecast, t(L - k) (Campbell, Lo & MacKinlay 1997, ch. 4).

    Parameters
    ----------
    abnormal : AbnormalReturns
        Of n pairs.
    window : Window

    Returns
    -------
    list of TestResult, length n
    """
    car, regime = abnormal.car(window), regime_ratio(abnormal, window)

    def one(i: int) -> TestResult:
        return TestResult.of_t(
            "t",
            float(car.t[i]),
            float(car.df[i]),
            null=NO_CAR,
            n=int(abnormal.fitted.n_obs[i]),
            notes=_caution(float(regime[i])),
            figures={"regime_ratio": float(regime[i])},
        )

    return _of_pairs("t", abnormal, window, one)


def placebo(abnormal: AbnormalReturns, window: Window) -> list[TestResult]:
    """CAR against other days of the same market; see `placebo_p`.

    Parameters
    ----------
    abnormal : AbnormalReturns
        Of n pairs.
    window : Window

    Returns
    -------
    list of TestResult, length n
    """
    p, regime = placebo_p(abnormal, window), regime_ratio(abnormal, window)
    notes = [_caution(float(ratio)) for ratio in regime]
    return _counted("placebo", abnormal, window, p.tolist(), notes, regime.tolist())


def placebo_standardised(abnormal: AbnormalReturns, window: Window) -> list[TestResult]:
    """CAR against other days, each in units of its expected volatility; see `standardised_placebo`.

    Parameters
    ----------
    abnormal : AbnormalReturns
        Of n pairs.
    window : Window

    Returns
    -------
    list of TestResult, length n
    """
    found = standardised_placebo(abnormal, window)
    notes = [(f"regime ratio {ratio:.2f}",) for ratio in found.regime]
    return _counted("placebo_standardised", abnormal, window, found.p.tolist(), notes, found.regime.tolist())


def _counted(
    name: str,
    abnormal: AbnormalReturns,
    window: Window,
    p: list[float],
    notes: Sequence[tuple[str, ...]],
    regime: list[float],
) -> list[TestResult]:
    """Return the results of p-values that were counted over other days."""
    car = abnormal.car(window)

    def one(i: int) -> TestResult:
        n = int(abnormal.fitted.n_obs[i])
        # More days than one are refitted with the event's own among them (see `placebo_p`).
        days = n if window.length == 1 else n + int(car.n_days[i])
        over, figures = f"placebo over {days} days", {"regime_ratio": regime[i]}
        return TestResult.of_p(name, float(car.car[i]), p[i], over, null=NO_CAR, n=n, notes=notes[i], figures=figures)

    return _of_pairs(name, abnormal, window, one)


def _of_pairs(
    name: str, abnormal: AbnormalReturns, window: Window, one: Callable[[int], TestResult]
) -> list[TestResult]:
    """Return the result of every pair, or why it has no CAR in the window."""
    car = abnormal.car(window)
    lacking = [f"{window.length - days} of {window.length} days of the window have no return" for days in car.n_days]
    return [
        one(i) if np.isfinite(car.car[i]) else TestResult.not_applicable(name, lacking[i]) for i in range(len(lacking))
    ]


def _caution(regime: float) -> tuple[str, ...]:
    """Say where the plain tests compare the event with days of another volatility."""
    if not unlike_regime(regime).any():
        return ()
    return (f"regime ratio {regime:.2f}: the event's spell is unlike the estimation window's",)
