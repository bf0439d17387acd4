"""Labelled frames of a study, built from the arrays of its abnormal returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ..inference.abnormal import AbnormalReturns
from ..inference.battery import TEST_COLUMNS, TestPlan, run_tests
from ..inference.distributions import t_ppf
from ..inference.estimates import Estimates, events_frame
from ..inference.models.least_squares import FloatArray, IntArray
from ..inference.significance.bands import simultaneous_band
from ..inference.significance.multiplicity import holm, minimum_detectable_effect
from ..inference.significance.result import FIGURES
from ..inference.significance.sample import Samples
from ..markets.prices.bars import BarSet
from ..markets.prices.measures import MEASURES
from ..panel import each_row, with_words
from ..windows import Window
from .gaps import estimation_remarks, with_reasons
from .pairs import Pairs

DAY_ZERO = Window(0, 0)
BAND = 0.95
OUTCOME_COLUMNS = ["event_id", "market", "session", "outcome", "observations", "detail"]


def _keys(estimates: Estimates) -> pd.DataFrame:
    """Keys of the usable pairs."""
    return estimates.rows[["event_id", "market"]]


def outcomes(estimates: Estimates, lengths: IntArray) -> pd.DataFrame:
    """Say what became of every pair: ``event_id, market, session, outcome, observations, detail``.

    Parameters
    ----------
    estimates : Estimates
    lengths : ndarray of int
        Rows of the estimation window of each usable pair.

    Returns
    -------
    DataFrame
    """
    table, usable = estimates.outcomes.reset_index(drop=True), estimates.usable
    observations, remarks = np.zeros(len(table), dtype=np.int64), estimation_remarks(estimates.n_obs, lengths)
    observations[usable] = estimates.n_obs
    at = np.flatnonzero(usable)[list(remarks)]
    told = ["; ".join(filter(None, both)) for both in zip(table["detail"].iloc[at], remarks.values(), strict=True)]
    details = with_words(table["detail"], at, told)
    return table.assign(observations=observations, detail=details)[OUTCOME_COLUMNS]


def reaction(estimates: Estimates, bars: BarSet | None, returns: str, placebo: FloatArray) -> pd.DataFrame:
    """Day 0 of every usable pair, with its tests; Holm over the markets of one event.

    Parameters
    ----------
    estimates : Estimates
    bars : BarSet or None
        For the change of the price; None where returns were given.
    returns : {"log", "simple", "change", "volume", "volatility"}
    placebo : ndarray, shape (n,)
        Placebo p-values of day 0.

    Returns
    -------
    DataFrame
    """
    car, day = estimates.car(DAY_ZERO), estimates.day_zero
    simple = np.expm1(day) if returns == "log" else day if returns == "simple" else np.full(day.shape, np.nan)
    priced = None if returns in MEASURES else bars
    table = _keys(estimates).assign(
        **{
            "return": day,
            "simple_return": simple,
            "change": np.nan if priced is None else _changes(estimates.rows, priced),
            "ar": car.car,
            "se": car.se,
            "t": car.t,
            "df": car.df,
            "p": car.p,
            "placebo_p": placebo,
            "holm_p": _holm(estimates),
        }
    )
    return table.assign(mde80=minimum_detectable_effect(car.se, car.df))


HEADLINE_COLUMNS = {
    "headline_p": ("placebo_standardised", "p"),
    "step_down_p": ("step_down", "p"),
    "headline_mde80": ("placebo_standardised", "mde80"),
    "family_mde80": ("step_down", "mde80"),
    "placebo_dates": ("placebo_standardised", "smallest_p"),
    "regime_ratio": ("placebo_standardised", "regime_ratio"),
}


def with_headline(frame: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    """Add what is read first: each market's own p and the one among all, and what either would find.

    NaN where these tests were not made.

    Parameters
    ----------
    frame : DataFrame
        Of pairs: of day 0, or with a column ``window``.
    tests : DataFrame
        Of `tests`.

    Returns
    -------
    DataFrame
    """
    read = tests[tests["test"].isin([test for test, _ in HEADLINE_COLUMNS.values()])]
    if read.empty:
        return frame.assign(**dict.fromkeys(HEADLINE_COLUMNS, np.nan))
    windows = frame["window"] if "window" in frame else pd.Series(DAY_ZERO.label, index=frame.index)
    keys = pd.MultiIndex.from_arrays([frame["event_id"].astype(str), frame["market"].astype(str), windows])
    known = read.set_index(["event_id", "market", "window"])
    found = frame.assign(
        **{
            name: known.loc[known["test"] == test, column].reindex(keys).to_numpy()
            for name, (test, column) in HEADLINE_COLUMNS.items()
        }
    )
    # The smallest p-value of a rank among P placebos is 1 / (P + 1).
    return found.assign(placebo_dates=(1 / found["placebo_dates"] - 1).round())


def _holm(estimates: Estimates) -> FloatArray:
    """Return the p-values of day 0, adjusted for the number of markets of each event."""
    p, events = pd.Series(estimates.car(DAY_ZERO).p), estimates.rows["event_id"]
    alone = not events.duplicated().any()
    return np.asarray(p if alone else p.groupby(events.to_numpy(), sort=False).transform(holm), dtype=np.float64)


def _changes(rows: pd.DataFrame, bars: BarSet) -> list[float]:
    """Change of the close over day 0, in each market's own unit."""
    changes = {market: bars[market].returns("change").set_axis(bars[market].labels) for market in set(rows["market"])}
    return [float(changes[row.market][row.session]) for row in each_row(rows)]


def car(
    estimates: Estimates, windows: Sequence[Window], lost: pd.DataFrame, placebos: Mapping[Window, FloatArray]
) -> pd.DataFrame:
    """Cumulative abnormal return of every usable pair and window; NaN, with the reason, where it lacks days.

    Parameters
    ----------
    estimates : Estimates
    windows : sequence of Window
    lost : DataFrame
        Windows without a sum, of `mark_gaps`.
    placebos : mapping of Window to ndarray, shape (n,)
        Placebo p-values; a window without them, such as one that differs between pairs, has NaN.

    Returns
    -------
    DataFrame
    """
    parts, keys = [], _keys(estimates)
    for window in windows:
        values = estimates.car(window)
        columns = {"car": values.car, "se": values.se, "t": values.t, "p": values.p}
        placebo = np.where(np.isfinite(values.car), placebos.get(window, np.nan), np.nan)
        parts.append(keys.assign(window=window.label, **columns, placebo_p=placebo))
    return with_reasons(pd.concat(parts).sort_index(kind="stable").reset_index(drop=True), lost)


def events(estimates: Estimates, windows: Sequence[Window], lost: pd.DataFrame) -> pd.DataFrame:
    """One line a pair and window, the ones that could not be used included; the outcome is that of the window.

    Parameters
    ----------
    estimates : Estimates
    windows : sequence of Window
    lost : DataFrame
        Windows without a sum, of `mark_gaps`.

    Returns
    -------
    DataFrame
    """
    return with_reasons(events_frame(estimates, windows), lost, "symbol")


def ar(abnormal: AbnormalReturns) -> pd.DataFrame:
    """Every row of event time: return, expected and abnormal return, and their sum from the first row with its band.

    Parameters
    ----------
    abnormal : AbnormalReturns

    Returns
    -------
    DataFrame
    """
    n, length = abnormal.ar.shape
    everyone = np.ones(n, dtype=bool)
    sums = [abnormal.cumulate(Window(abnormal.span.first, int(tau)), everyone) for tau in abnormal.tau]
    present = np.isfinite(abnormal.ar)
    band = np.column_stack([t_ppf((1 + BAND) / 2, one.df) * one.se for one in sums])
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
        band_simultaneous=np.where(present, simultaneous_band(abnormal), np.nan).ravel(),
    )


def averages(events: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    """Many events, window by window: how many, their mean and median CAR, the share above zero, and the leading test.

    Columns ``window, n, mean_car, median_car, positive, test, statistic, p``. Where the leading test was not asked for,
    the first of those that are valid too stands in its place.

    Parameters
    ----------
    events : DataFrame
        Of `events`.
    tests : DataFrame
        Of `tests`.

    Returns
    -------
    DataFrame
    """
    usable = events[events["car"].notna()].groupby("window", sort=False)["car"]
    table = usable.agg(n="size", mean_car="mean", median_car="median", positive=lambda car: float((car > 0).mean()))
    first = read_first(tests).drop_duplicates("window").set_index("window")[["test", "statistic", "p"]]
    joined: pd.DataFrame = table.join(first).rename_axis("window").reset_index()
    return joined


def read_first(tests: pd.DataFrame) -> pd.DataFrame:
    """Return the tests of all pairs that lead, and of a window where none was asked for those that are valid too.

    Parameters
    ----------
    tests : DataFrame
        Of `tests`.

    Returns
    -------
    DataFrame
    """
    led = tests["role"] == "headline"
    valid = led | ((tests["role"] == "secondary") & ~tests["window"].isin(tests["window"][led]))
    return tests[valid & (tests["market"] == "") & tests["p"].notna()]


def tests(
    estimates: Estimates,
    pairs: Pairs,
    samples: Samples,
    plan: TestPlan,
) -> pd.DataFrame:
    """Every test that was made, those that do not apply with the reason, and Holm's over the markets of day 0.

    Parameters
    ----------
    estimates : Estimates
    pairs : Pairs
    samples : Samples
        Of the windows of the study.
    plan : TestPlan

    Returns
    -------
    DataFrame
    """
    if not plan.names:
        return pd.DataFrame(columns=list(TEST_COLUMNS))
    own = pairs.preparation.own
    parts = [run_tests(pairs.only(own=True), own.window, own.plan(plan))] if own.window else []
    made = pd.concat([*parts, run_tests(samples, samples.windows, plan)], ignore_index=True)
    rows, day = estimates.rows, estimates.car(DAY_ZERO)
    if rows["event_id"].is_unique:
        return made
    holm_rows = pd.DataFrame(
        {
            "test": "holm",
            "event_id": rows["event_id"],
            "market": rows["market"],
            "window": DAY_ZERO.label,
            "n": pd.Series(day.p).groupby(rows["event_id"].to_numpy(), sort=False).transform("count"),
            "statistic": day.t,
            "df": day.df.astype(float),
            "p": _holm(estimates),
            "note": "p of the t test, adjusted for the number of markets",
            "role": "secondary",
            "distribution": "",
            "null": "the abnormal return of day 0 is zero",
            **dict.fromkeys(FIGURES, np.nan),
        }
    )
    return pd.concat([made, holm_rows[holm_rows["n"] > 1]], ignore_index=True)
