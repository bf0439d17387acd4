"""Labelled frames of a study, built from the arrays of its abnormal returns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from .inference import holm, minimum_detectable_effect, placebo_p
from .inference.abnormal import AbnormalReturns
from .inference.guard import ONE_DATE_RATES, not_for_one_date
from .markets.bars import BarSet
from .panel import each_row
from .windows import Window

DAY_ZERO = Window(0, 0)
BAND = 0.95
OUTCOME_COLUMNS = ["event_id", "market", "session", "outcome", "observations", "detail"]


def _pairs(abnormal: AbnormalReturns) -> pd.DataFrame:
    """Keys of the usable pairs."""
    return abnormal.rows[["event_id", "market"]].reset_index(drop=True)


def outcomes(abnormal: AbnormalReturns) -> pd.DataFrame:
    """Say what became of every pair: ``event_id, market, session, outcome, observations, detail``."""
    table = abnormal.outcomes.reset_index(drop=True)
    observations = np.zeros(len(table), dtype=np.int64)
    observations[(table["outcome"] == "ok").to_numpy()] = abnormal.fitted.n_obs
    return table.assign(observations=observations)[
        ["event_id", "market", "session", "outcome", "observations", "detail"]
    ]


def reaction(abnormal: AbnormalReturns, bars: BarSet | None, returns: str) -> pd.DataFrame:
    """Day 0 of every usable pair, with its tests; Holm over the markets of one event."""
    car = abnormal.car(DAY_ZERO)
    day = abnormal.returns[:, abnormal.columns(DAY_ZERO).start]
    table = _pairs(abnormal).assign(
        **{
            "return": day,
            "simple_return": np.expm1(day) if returns == "log" else day,
            "change": np.nan if bars is None else _changes(abnormal, bars),
            "ar": car.car,
            "se": car.se,
            "t": car.t,
            "df": car.df,
            "p": car.p,
            "placebo_p": placebo_p(abnormal, DAY_ZERO),
        }
    )
    table["holm_p"] = table.groupby("event_id", sort=False)["p"].transform(holm)
    return table.assign(mde80=minimum_detectable_effect(car.se, car.df))


def _changes(abnormal: AbnormalReturns, bars: BarSet) -> list[float]:
    """Change of the close over day 0, in each market's own unit."""
    pairs = zip(abnormal.rows["market"], abnormal.rows["session"], strict=True)
    return [float(bars[market].frame["close"].diff()[session]) for market, session in pairs]


def car(abnormal: AbnormalReturns, windows: Sequence[Window]) -> pd.DataFrame:
    """Cumulative abnormal return of every usable pair and window; NaN where the window leaves the prices."""
    parts = []
    for window in windows:
        values = abnormal.car(window)
        inside = ~np.isnat(abnormal.sessions[:, abnormal.columns(window)]).any(axis=1)
        columns = {
            "car": values.car,
            "se": values.se,
            "t": values.t,
            "p": values.p,
            "placebo_p": placebo_p(abnormal, window),
        }
        masked = {name: np.where(inside, column, np.nan) for name, column in columns.items()}
        parts.append(_pairs(abnormal).assign(window=window.label, **masked))
    return pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)


def ar(abnormal: AbnormalReturns) -> pd.DataFrame:
    """Every row of event time: return, expected and abnormal return, and their sum from the first row with its band."""
    n, length = abnormal.ar.shape
    sums = [abnormal.car(Window(abnormal.span.first, int(tau))) for tau in abnormal.tau]
    present = np.isfinite(abnormal.ar)
    band = np.column_stack([stats.t.ppf((1 + BAND) / 2, one.df) * one.se for one in sums])
    keys = abnormal.rows.loc[np.repeat(np.arange(n), length), ["event_id", "market"]].reset_index(drop=True)
    return keys.assign(
        tau=np.tile(abnormal.tau, n),
        session=pd.DatetimeIndex(abnormal.sessions.ravel().astype("datetime64[s]")),
        **{"return": abnormal.returns.ravel()},
        expected=(abnormal.returns - abnormal.ar).ravel(),
        ar=abnormal.ar.ravel(),
        se=abnormal.se.ravel(),
        car=np.where(present, np.column_stack([one.car for one in sums]), np.nan).ravel(),
        band=np.where(present, band, np.nan).ravel(),
    )


def tests(abnormal: AbnormalReturns, windows: Sequence[Window], day_zero: pd.DataFrame) -> pd.DataFrame:
    """Every test that was made, and those that do not apply with the reason."""
    lines = [line for window in windows for line in _single_tests(abnormal, window)]
    for event_id, group in day_zero.groupby("event_id", sort=False):
        family = int(group["p"].notna().sum())
        for row in each_row(group):
            lines.append(_line("holm", event_id, row.market, DAY_ZERO.label, family, row.t, row.df, row.holm_p, ""))
        for result in map(not_for_one_date, ONE_DATE_RATES):
            lines.append(_line(result.name, event_id, "", "", len(group), np.nan, None, np.nan, result.note))
    return pd.DataFrame(lines, columns=["test", "event_id", "market", "window", "n", "statistic", "df", "p", "note"])


def _single_tests(abnormal: AbnormalReturns, window: Window) -> Iterator[dict[str, Any]]:
    """Make the two tests of one window, for every pair."""
    values, placebo = abnormal.car(window), placebo_p(abnormal, window)
    observations: npt.NDArray[np.int64] = abnormal.fitted.n_obs
    for at, row in enumerate(each_row(abnormal.rows)):
        missing = window.length - int(values.n_days[at])
        note = f"{missing} of {window.length} days missing" if missing else ""
        key = (row.event_id, row.market, window.label, int(observations[at]))
        yield _line("forecast_error_t", *key, values.t[at], int(values.df[at]), values.p[at], note)
        yield _line("placebo_in_time", *key, values.car[at], None, placebo[at], note)


def _line(
    test: str, event_id: Any, market: str, window: str, n: int, statistic: Any, df: int | None, p: Any, note: str
) -> dict[str, Any]:
    """One line of the table of tests."""
    keys = {"test": test, "event_id": event_id, "market": market, "window": window}
    return keys | {"n": n, "statistic": statistic, "df": df, "p": p, "note": note}
