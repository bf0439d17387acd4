"""The test to read first of each window of many events, in sentences."""

from __future__ import annotations

import pandas as pd

from ..inference.significance.few_dates import COMMON_SHOCK
from ..instruments.catalogue import CATALOGUE, Instruments
from .tables import read_first
from .wording import UNITS, amount_of, car_name, label, p_equals, plain_p


def headline_sentences(
    tests: pd.DataFrame, events: pd.DataFrame, returns: str, instruments: Instruments = CATALOGUE
) -> tuple[str, ...]:
    """Give the mean CAR of each window of many pairs, with the test that is read first for its design.

    On one date, up to 40 pairs have a test each; then the smallest p of `step_down` is given, with its market.

    Parameters
    ----------
    tests : DataFrame
        Of `eventstudy.study.tables.tests`.
    events : DataFrame
        One line a pair and window, of `eventstudy.study.tables.events`.
    returns : {"log", "simple", "change", "volume", "volatility"}
    instruments : Instruments
        Where the study looks up symbols.

    Returns
    -------
    tuple of str
        One a window.
    """
    groups = events[events["car"].notna()].groupby("window", sort=False)["car"]
    return tuple(
        headline_sentence(tests, str(window), float(car.mean()), len(car), returns, instruments)
        for window, car in groups
    )


def headline_sentence(
    tests: pd.DataFrame, window: str, mean: float, count: int, returns: str, instruments: Instruments = CATALOGUE
) -> str:
    """Give the mean CAR of one window of many pairs, with the test that is read first.

    Parameters
    ----------
    tests : DataFrame
        Of `eventstudy.study.tables.tests`.
    window : str
    mean : float
        Over the pairs.
    count : int
        Number of pairs.
    returns : {"log", "simple", "change", "volume", "volatility"}
    instruments : Instruments
        Where the study looks up symbols.

    Returns
    -------
    str
    """
    first = _read_first(tests[tests["window"] == window], instruments)
    return f"Mean {car_name(window)} {amount_of(returns)(mean)} {UNITS[returns]} over {count:,} ({first})."


def _read_first(tests: pd.DataFrame, instruments: Instruments) -> str:
    """Give the test to read first of one window: that of all pairs, or the smallest p among tests of each."""
    headline = tests[tests["role"] == "headline"]
    of_all = headline[headline["market"] == ""]
    if headline.empty and len(valid := read_first(tests)):
        line = valid.iloc[0]
        return f"{line['test']}: {p_equals(line['p'])}; the test to read first was not asked for"
    if of_all.empty:
        return _smallest_of_pairs(headline, instruments)
    line = of_all.iloc[0]
    said = f"{line['test']}: {p_equals(line['p'])}" if pd.notna(line["p"]) else f"{line['test']}: {line['note']}"
    said += f"; {COMMON_SHOCK}" if line["test"] == "bmp_rank" else ""
    return said + _floor(line)


def _smallest_of_pairs(headline: pd.DataFrame, instruments: Instruments) -> str:
    """Name the market with the smallest p that allows for their number, where each has its own test."""
    for test, basis in (("step_down", "adjusted for the number of markets"), ("placebo_standardised", "on its own")):
        made = headline[(headline["test"] == test) & headline["p"].notna()]
        if not made.empty:
            line = made.iloc[int(made["p"].argmin())]
            return f"{test}, {basis}: {p_equals(line['p'])} for {label(line['market'], instruments)}" + _floor(line)
    return "no test that is valid for this design was made"


def _floor(line: pd.Series) -> str:
    """Give the smallest p that a discrete test can reach."""
    return f"; no p below {plain_p(line['smallest_p'])} is possible" if line["smallest_p"] > 0 else ""
