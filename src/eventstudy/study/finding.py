"""The finding of a study in a few sentences: what moved, and the p-value to read first. Takes frames, returns text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..inference.significance.few_dates import COMMON_SHOCK
from ..inference.significance.pairs import NO_SLOT
from ..instruments.catalogue import CATALOGUE, Instruments
from ..render.tables import p_value
from .measured import changed_sentence, day_zero_sentence
from .wording import (
    SUBJECTS,
    UNITS,
    amount_of,
    car_name,
    in_unit,
    in_words,
    joined,
    joined_labels,
    label,
    long_date,
    p_equals,
    plain,
    plain_p,
    signed,
)

LEVEL = 0.05
NOTICEABLE = 0.01


def leading(reaction: pd.DataFrame, tests: pd.DataFrame, declared: bool) -> Any:
    """Return the row of the market that is named first.

    That is the first declared market, else the one with the largest abnormal return in units of its own volatility:
    by the statistic of `step_down`, whose standard errors were known the day before, or without it by t.

    Parameters
    ----------
    reaction : DataFrame
        Day 0, one row a pair, of `eventstudy.study.tables.reaction`.
    tests : DataFrame
        Of `eventstudy.study.tables.tests`.
    declared : bool
        Whether the study names its markets.

    Returns
    -------
    Series
        A row of `reaction`.
    """
    if declared or len(reaction) == 1:
        return reaction.iloc[0]
    day = tests[(tests["test"] == "step_down") & (tests["window"] == "[0,0]")].set_index(["event_id", "market"])
    keys = pd.MultiIndex.from_frame(reaction[["event_id", "market"]])
    size = day["statistic"].reindex(keys).abs().to_numpy()
    size = np.where(np.isfinite(size), size, reaction["t"].abs())
    return reaction.iloc[0 if np.isnan(size).all() else int(np.nanargmax(size))]


def lead_sentence(
    lead: Any,
    anatomy: pd.DataFrame,
    outcomes: pd.DataFrame,
    returns: str,
    families: Sequence[str] = (),
    instruments: Instruments = CATALOGUE,
    *,
    ordered: bool = True,
) -> str:
    """Describe day 0 of one market: its move, the p-values, and a larger move within the session.

    Parameters
    ----------
    lead : Series
        A row of the table of reactions.
    anatomy, outcomes : DataFrame
        Of one event.
    returns : {"log", "simple", "change", "volume", "volatility"}
        Kind of return behind the abnormal one.
    families : sequence of str
        Names of the declared families, if any: the step-down p is that among the markets of one.
    instruments : Instruments
        Where the study looks up symbols.
    ordered : bool
        Whether the estimation window lies before the event.

    Returns
    -------
    str
    """
    name, move = label(lead["market"], instruments), lead["simple_return"]
    known = instruments.get(lead["market"])
    session = outcomes.set_index("market").loc[lead["market"], "session"]
    if returns == "change" and pd.notna(lead["return"]):
        unit = known.unit if known and known.unit else "in its own unit"
        return _change_sentence(lead, name, session, unit, _tested(lead, families, ordered))
    if returns in SUBJECTS:
        return day_zero_sentence(lead, name, session, returns, [_tested(lead, families, ordered, "days")])
    if pd.isna(move):
        return f"{name} has no return of day 0, {long_date(session)}: the row, or the one before it, was left out."
    kind = f"{signed(lead['return'])} log points, " if returns == "log" else ""
    observed = known.observation if known else "price"
    tested = _tested(lead, families, ordered)
    sentence = (
        f"{name} {'rose' if move >= 0 else 'fell'} {plain(100 * abs(move))} % from its last {observed} before the "
        f"event to that of day 0, {long_date(session)} ({kind}{signed(lead['ar'])} abnormal, {tested})."
    )
    day = anatomy[anatomy["market"] == lead["market"]]
    return sentence if day.empty else f"{sentence}{_hidden(day.iloc[0], move, observed)}"


def _tested(lead: Any, families: Sequence[str], ordered: bool, days: str = "days of its own volatility") -> str:
    """Give the p-values of one market: by itself, and among all markets of the event or of its family."""
    if not ordered and pd.notna(lead["placebo_p"]):
        return f"{p_equals(lead['placebo_p'])} against the days of the estimation window"
    if pd.isna(lead["headline_p"]):
        return "no valid test of this market alone was made"
    own = f"{p_equals(lead['headline_p'])} against ordinary {days}"
    if pd.isna(lead["step_down_p"]) or lead["step_down_p"] == lead["headline_p"]:
        return own
    return f"{own}, {p_equals(lead['step_down_p'])} among {'the markets of its family' if families else 'all markets'}"


def _hidden(day: Any, move: float, observed: str) -> str:
    """Describe the largest move of the session that its last price does not show; empty below `NOTICEABLE`.

    A price on the other side of the reference counts in full, one on the same side only beyond the close.
    """
    prices = {name: day[name] for name in ("open_gap", "high", "low") if pd.notna(day[name])}
    lost = {name: abs(at) - (abs(move) if at * move > 0 else 0.0) for name, at in prices.items()}
    most = max(lost, key=lambda name: lost[name], default=None)
    if most is None or not lost[most] > NOTICEABLE:
        return ""
    what = {"open_gap": "open", "high": "high", "low": "low"}[most]
    side = "above" if prices[most] > 0 else "below"
    return (
        f" The {what} of that session lies {plain(100 * abs(prices[most]))} % {side} the same reference: "
        f"the {observed} does not show that move."
    )


def _change_sentence(lead: Any, name: str, session: pd.Timestamp, unit: str, tested: str) -> str:
    """Describe the change of a price in its own unit."""
    moved = f"{'rose' if lead['return'] >= 0 else 'fell'} {plain(abs(lead['return']))} {unit}"
    return (
        f"{name} {moved} from the last observation before the event to that of day 0, {long_date(session)} "
        f"({in_unit(lead['ar'])} abnormal, {tested})."
    )


def family_sentence(
    reaction: pd.DataFrame,
    families: Sequence[str] = (),
    level: float = LEVEL,
    instruments: Instruments = CATALOGUE,
    *,
    ordered: bool = True,
    returns: str = "log",
) -> str:
    """Name the markets that are significant after the step-down max-T adjustment for their number.

    Parameters
    ----------
    reaction : DataFrame
        Day 0, one row a pair, of `eventstudy.study.tables.reaction`.
    families : sequence of str
        Names of the declared families, if any; the adjustment is then made within each.
    level : float
    instruments : Instruments
        Where the study looks up symbols.
    ordered : bool
        Whether the estimation window lies before the event; Holm's p of t stands for the step-down p where it does not.
    returns : {"log", "simple", "change", "volume", "volatility"}
        What is studied.

    Returns
    -------
    str
    """
    usable, tested = reaction.dropna(subset="ar"), reaction.dropna(subset="step_down_p")
    if usable.empty:
        return f"No market has a {SUBJECTS.get(returns, 'return')} of day 0 to test."
    if not ordered:
        smallest = usable.iloc[int(usable["holm_p"].to_numpy().argmin())]
        return (
            "No volatility of the day before is known, since the estimation window does not lie before the event: the "
            f"smallest p of t after Holm's correction is {p_value(smallest['holm_p'])} "
            f"({label(smallest['market'], instruments)})."
        )
    if tested.empty:
        return "No test that is valid for one date in several markets was made."
    survivors = [label(market, instruments) for market in tested.loc[tested["step_down_p"] <= level, "market"]]
    at = f"at the {100 * level:.0f} % level"
    move = f"abnormal {SUBJECTS[returns]}" if returns in SUBJECTS else "close-to-close move"
    if len(tested) == 1:
        subject = f"That {move}" if len(reaction) == 1 else f"The only {move}"
        verdict = "stands out from" if survivors else "is not distinguishable from"
        return f"{subject} {verdict} an ordinary day {at} ({p_equals(tested.iloc[0]['step_down_p'])})."
    of = f"markets of each declared family ({joined(families)})" if families else f"{in_words(len(tested))} markets"
    basis = f"After allowing for the {of} by step-down max-T"
    if survivors:
        rest = "" if len(survivors) == len(tested) else "; the others did not"
        moved = "differed from the expected" if returns in SUBJECTS else "moved"
        return f"{basis}, {joined(survivors)} {moved} by more than on an ordinary day {at}{rest}."
    smallest = tested.iloc[int(tested["step_down_p"].to_numpy().argmin())]
    return (
        f"{basis}, no {move} is distinguishable from an ordinary day {at}: the smallest adjusted p-value "
        f"is {p_value(smallest['step_down_p'])} ({label(smallest['market'], instruments)})."
    )


def break_sentence(tests: pd.DataFrame, instruments: Instruments = CATALOGUE, returns: str = "log") -> str:
    """Name the markets whose volatility changed in the last days before day 0.

    Parameters
    ----------
    tests : DataFrame
        Of `eventstudy.study.tables.tests`.
    instruments : Instruments
        Where the study looks up symbols.
    returns : {"log", "simple", "change", "volume", "volatility"}
        What is studied.

    Returns
    -------
    str
        Empty where there are none.
    """
    day = tests[(tests["window"] == "[0,0]") & tests["volatility_break"].notna()]
    if day.empty or returns in SUBJECTS:
        return "" if day.empty else changed_sentence(joined_labels(day["market"], instruments), returns)
    return (
        f"In {joined_labels(day['market'], instruments)} the five days before day 0 were more volatile than expected "
        "beforehand. If volatility changed then, no test is right: with volatility doubled five days before, 21 % of "
        "ordinary days look unusual at 5 %. Of such changes 30 to 60 % are noticed; without one, 3 to 4 % of markets "
        "are named here."
    )


def slot_sentence(tests: pd.DataFrame, instruments: Instruments = CATALOGUE) -> str:
    """Name, in bars, the markets whose bars are compared with bars of other times of day.

    Parameters
    ----------
    tests : DataFrame
        Of `eventstudy.study.tables.tests`.
    instruments : Instruments
        Where the study looks up symbols.

    Returns
    -------
    str
        Empty where there are none.
    """
    lacking = tests[(tests["test"] == "placebo_standardised") & tests["note"].str.contains(NO_SLOT, regex=False)]
    if lacking.empty:
        return ""
    names = joined_labels(lacking["market"], instruments)
    return (
        f"{names}: the estimation window has fewer than five days with the hours of the event, "
        "so its bars are compared with those of other hours. Volatility that depends on the time of day is "
        "not allowed for; use a longer estimation window where the prices reach far enough."
    )


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
    valid = tests[(tests["role"] == "secondary") & (tests["market"] == "") & tests["p"].notna()]
    if headline.empty and len(valid):
        line = valid.iloc[0]
        return f"{line['test']}, valid too where the test to read first was not asked for: {p_equals(line['p'])}"
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
