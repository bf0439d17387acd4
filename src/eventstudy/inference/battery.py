"""Abnormal returns and tests as labelled tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..errors import UnknownNameError
from ..windows import Window
from .abnormal import AbnormalReturns
from .models.least_squares import FloatArray
from .registry import TESTS
from .significance import joint
from .significance.guard import Role, design_of, guarded, role_of
from .significance.resampling import placebo_p, standardised_placebo
from .significance.result import TestResult
from .significance.sample import Sample

TEST_COLUMNS = (
    "test",
    "event_id",
    "market",
    "window",
    "n",
    "statistic",
    "df",
    "p",
    "note",
    "role",
    "distribution",
    "null",
)
NEEDS_SEVERAL = 2
PAIR_TESTS = ("t", "placebo", "placebo_standardised")
JOINT_TESTS = ("max_t", "multivariate", "common_effect", "portfolio")


@dataclass(frozen=True, kw_only=True)
class TestPlan:
    """Which tests to make, and what was declared beforehand.

    Parameters
    ----------
    names : tuple of str, optional
        Keys of `TESTS`, `PAIR_TESTS` or `JOINT_TESTS`; all of them where it is left out.
    families : mapping of str to sequence of str, optional
        Markets of each family, for `max_t`.
    weights : mapping of str to float, optional
        Weights, signs included, of the declared portfolio; without them there is no portfolio test.
    seed : int
        For the tests that draw.

    Raises
    ------
    UnknownNameError
        If a test is not known.
    """

    __test__ = False

    names: tuple[str, ...] = (*PAIR_TESTS, *JOINT_TESTS, *TESTS)
    families: Mapping[str, Sequence[str]] | None = None
    weights: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0

    def __post_init__(self) -> None:
        known = (*PAIR_TESTS, *JOINT_TESTS, *TESTS)
        for name in self.names:
            if name not in known:
                raise UnknownNameError("test", name, known)


def run_tests(abnormal: AbnormalReturns, windows: Sequence[Window], plan: TestPlan | None = None) -> pd.DataFrame:
    """Make every test of a plan over every window, and say which to read first.

    Parameters
    ----------
    abnormal : AbnormalReturns
    windows : sequence of Window
    plan : TestPlan, optional

    Returns
    -------
    DataFrame
        Columns `TEST_COLUMNS`: one row per test, window and, for the tests of one pair or one event, pair or event;
        ``event_id`` and ``market`` are empty for tests of the whole sample, ``market`` is the family for ``max_t``.
        ``note`` says why a test does not apply; ``role`` is ``headline``, ``secondary`` or ``unadjusted``.
    """
    plan = plan or TestPlan()
    rows: list[dict[str, object]] = []
    for window in windows:
        sample = Sample.of(abnormal, window)
        for event_id, market, result in [
            *_pair_results(abnormal, window, plan),
            *_joint_results(abnormal, window, plan),
            *(("", "", _sample_result(name, sample, plan)) for name in plan.names if name in TESTS),
        ]:
            rows.append(_row(event_id, market, window, result, role_of(result.name, design_of(sample))))
    return pd.DataFrame(rows, columns=list(TEST_COLUMNS))


def events_frame(abnormal: AbnormalReturns, windows: Sequence[Window]) -> pd.DataFrame:
    """Return one row per event-market pair and window, the ones that could not be used included.

    Returns
    -------
    DataFrame
        ``event_id, symbol, window, alpha, beta, sigma, L, car, se, scar, outcome, detail, df, n_days, t, p``, and the
        model's other parameters; NaN where the pair has none.
    """
    names = abnormal.fitted.param_names
    estimates: dict[str, FloatArray] = {name: np.full(len(abnormal), np.nan) for name in ("alpha", "beta")}
    estimates |= {name: abnormal.fitted.params[:, j] for j, name in enumerate(names)}
    estimates |= {"sigma": abnormal.fitted.sigma, "L": abnormal.fitted.n_obs.astype(np.float64)}
    usable = np.flatnonzero(abnormal.outcomes["outcome"] == "ok")
    frames = []
    for window in windows:
        car = abnormal.car(window)
        numbers = {
            "car": car.car,
            "se": car.se,
            "scar": car.t,
            "df": car.df,
            "n_days": car.n_days,
            "t": car.t,
            "p": car.p,
        }
        values = pd.DataFrame({**estimates, **numbers}, index=usable)
        labels = abnormal.outcomes[["event_id", "market", "outcome", "detail"]].rename(columns={"market": "symbol"})
        frames.append(labels.assign(window=window.label).join(values))
    first = ["event_id", "symbol", "window", "alpha", "beta", "sigma", "L", "car", "se", "scar", "outcome", "detail"]
    frame = pd.concat(frames, ignore_index=True)
    return frame[[*first, *(column for column in frame.columns if column not in first)]]


def _sample_result(name: str, sample: Sample, plan: TestPlan) -> TestResult:
    """Make one test of the whole sample, as it may be shown."""
    test = TESTS[name]
    result = test(sample, seed=plan.seed) if name in ("sign_flip", "skewness_t_bootstrap") else test(sample)
    return guarded(name, sample, result)


def _pair_results(abnormal: AbnormalReturns, window: Window, plan: TestPlan) -> list[tuple[str, str, TestResult]]:
    """Make the tests of each event-market pair."""
    if not set(PAIR_TESTS) & set(plan.names):
        return []
    results: list[tuple[str, str, TestResult]] = []
    null = "the cumulative abnormal return is zero"
    car, standardised = abnormal.car(window), standardised_placebo(abnormal, window)
    plain = placebo_p(abnormal, window)
    keys = list(zip(abnormal.rows["event_id"].astype(str), abnormal.rows["market"].astype(str), strict=True))
    for i, (event_id, market) in enumerate(keys):
        n = int(abnormal.fitted.n_obs[i])
        over = f"placebo over {n} days" if window.length == 1 else f"placebo over {n + int(car.n_days[i])} days"
        regime = f"regime ratio {standardised.regime[i]:.2f}"
        unlike = (f"{regime}: the event's spell is unlike the estimation window's",) if standardised.unlike[i] else ()
        made = {
            "t": TestResult.of_t("t", car.t[i], car.df[i], null=null, n=n, notes=unlike),
            "placebo": TestResult.of_p("placebo", car.car[i], plain[i], over, null=null, n=n, notes=unlike),
            "placebo_standardised": TestResult.of_p(
                "placebo_standardised", car.car[i], standardised.p[i], over, null=null, n=n, notes=(regime,)
            ),
        }
        if not np.isfinite(car.car[i]):
            lacking = f"{window.length - int(car.n_days[i])} of {window.length} days of the window have no return"
            made = {name: TestResult.not_applicable(name, lacking) for name in made}
        results += [(event_id, market, made[name]) for name in PAIR_TESTS if name in plan.names]
    return results


def _joint_results(abnormal: AbnormalReturns, window: Window, plan: TestPlan) -> list[tuple[str, str, TestResult]]:
    """Make the joint tests of every event that met more than one market."""
    results: list[tuple[str, str, TestResult]] = []
    rows, whole = abnormal.rows, abnormal.complete(window)
    markets_of = rows.groupby("event_id", sort=False).size()
    for event_id in (str(event) for event in markets_of.index[markets_of > 1]):
        mine = rows["event_id"] == event_id
        # A market that lacks days of the window is in no joint test of it.
        lacking = set(rows.loc[mine & ~whole, "market"])
        there = [str(market) for market in rows.loc[mine & whole, "market"]]
        if len(there) < NEEDS_SEVERAL:
            continue
        if "max_t" in plan.names:
            families = plan.families or {"all": there}
            kept = {name: [one for one in family if one not in lacking] for name, family in families.items()}
            found = joint.max_t(abnormal, window, event_id=event_id, families={k: v for k, v in kept.items() if v})
            results += [(event_id, family, result) for family, result in found.items()]
        if "multivariate" in plan.names:
            result = joint.multivariate(abnormal, window, event_id=event_id, markets=there, seed=plan.seed)
            results.append((event_id, "", result))
        if "common_effect" in plan.names:
            results.append((event_id, "", joint.common_effect(abnormal, window, event_id=event_id, markets=there)))
        if "portfolio" in plan.names and plan.weights:
            results.append((event_id, "", joint.portfolio(abnormal, window, event_id=event_id, weights=plan.weights)))
    return results


def _row(event_id: str, market: str, window: Window, result: TestResult, role: Role) -> dict[str, object]:
    """Return one line of the table."""
    return {
        "test": result.name,
        "event_id": event_id,
        "market": market,
        "window": window.label,
        "n": result.n,
        "statistic": result.statistic,
        "df": np.nan if result.df is None else result.df,
        "p": result.p,
        "note": result.note,
        "role": role.value,
        "distribution": result.distribution,
        "null": result.null,
    }
