"""Tests of one event in one market: one result per pair, in the order of the abnormal returns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ...windows import Window
from ..abnormal import AbnormalReturns
from .placebos import Placebos, placebos
from .resampling import placebo_p, unlike_regime
from .result import TestResult

NO_CAR = "the cumulative abnormal return is zero"
NO_STRETCH = "the estimation window has no stretch of days as long as the window, or no variance in it"


def t(abnormal: AbnormalReturns, window: Window) -> list[TestResult]:
    """CAR over its standard error, ``CAR / sqrt(c'V c)``, t(L - k) (Campbell, Lo & MacKinlay 1997, ch. 4).

    Parameters
    ----------
    abnormal : AbnormalReturns
        Of n pairs.
    window : Window

    Returns
    -------
    list of TestResult, length n
    """
    car, regime = abnormal.car(window), placebos(abnormal, window).regime

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
    """Rank of the CAR among the sums of other days of the same market; see `placebo_p`.

    Parameters
    ----------
    abnormal : AbnormalReturns
        Of n pairs.
    window : Window

    Returns
    -------
    list of TestResult, length n
    """
    p, regime = placebo_p(abnormal, window), placebos(abnormal, window).regime
    notes = [_caution(float(ratio)) for ratio in regime]
    return _counted("placebo", abnormal, window, p.tolist(), notes, regime.tolist())


def placebo_standardised(abnormal: AbnormalReturns, window: Window) -> list[TestResult]:
    """Rank of the CAR among other days, each in units of the volatility known the day before; see `placebos.placebos`.

    p is the rank among all stretches of as many estimation days, overlapping ones included; beyond five days the larger
    of it and the t of `placebo_ranks.overlap_p`. In bars the unit is that of the time of day and of the day's level.

    Parameters
    ----------
    abnormal : AbnormalReturns
        Of n pairs.
    window : Window

    Returns
    -------
    list of TestResult, length n
    """
    found, car, p = placebos(abnormal, window), abnormal.car(window).car, placebos(abnormal, window).p
    smallest, mde80 = found.smallest_p, found.mde80

    def one(i: int) -> TestResult:
        if not np.isfinite(p[i]):
            return TestResult.not_applicable("placebo_standardised", NO_STRETCH)
        return TestResult.of_p(
            "placebo_standardised",
            float(car[i]),
            float(p[i]),
            f"placebo over {round(1 / smallest[i]) - 1} stretches",
            null=NO_CAR,
            n=int(abnormal.fitted.n_obs[i]),
            notes=_remarks(abnormal, found, i),
            figures={
                "regime_ratio": float(found.regime[i]),
                "smallest_p": float(smallest[i]),
                "mde80": float(mde80[i]),
                "volatility_break": float(found.recent[i]),
            },
        )

    return _of_pairs("placebo_standardised", abnormal, window, one)


NO_SLOT = "fewer than five bars of this time of day in the estimation window: it is not scaled by time of day"


def _remarks(abnormal: AbnormalReturns, found: Placebos, i: int) -> tuple[str, ...]:
    """Return notes on the p-value of one pair, and cautions where it is not reliable."""
    notes = [f"regime ratio {found.regime[i]:.2f}", f"smallest possible p {found.smallest_p[i]:.2g}"]
    if found.recent[i] > 0:
        notes.append("volatility changed in the last days before the window: p is too small then, by an unknown amount")
    if abnormal.clock is not None and not found.by_slot[i]:
        notes.append(NO_SLOT)
    return tuple(notes)


def _counted(
    name: str,
    abnormal: AbnormalReturns,
    window: Window,
    p: list[float],
    notes: Sequence[tuple[str, ...]],
    regime: list[float],
) -> list[TestResult]:
    """Return results for p-values that are ranks among other days."""
    car, ranked = abnormal.car(window), np.isfinite(abnormal.fitted.residuals).sum(axis=1)

    def one(i: int) -> TestResult:
        n = int(ranked[i])
        # For several days the model is refitted with the event's own included (see `placebo_p`).
        days = n if window.length == 1 else n + int(car.n_days[i])
        over, figures = f"placebo over {days} days", {"regime_ratio": regime[i]}
        return TestResult.of_p(name, float(car.car[i]), p[i], over, null=NO_CAR, n=n, notes=notes[i], figures=figures)

    return _of_pairs(name, abnormal, window, one)


def _of_pairs(
    name: str, abnormal: AbnormalReturns, window: Window, one: Callable[[int], TestResult]
) -> list[TestResult]:
    """Return the result of every pair, or the reason that it has no CAR in the window."""
    car = abnormal.car(window)
    lacking = [f"{window.length - days} of {window.length} days of the window have no return" for days in car.n_days]
    return [
        one(i) if np.isfinite(car.car[i]) else TestResult.not_applicable(name, lacking[i]) for i in range(len(lacking))
    ]


def _caution(regime: float) -> tuple[str, ...]:
    """Return a caution where volatility before the event differs from that of the estimation window."""
    if not unlike_regime(regime).any():
        return ()
    return (f"regime ratio {regime:.2f}: volatility before the event differs from that of the estimation window",)
