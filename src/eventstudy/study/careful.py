"""The sentence that a careful analyst would sign: what moved, how unusual that is, and what cannot be said."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..inference.significance.resampling import unlike_regime
from ..instruments.catalogue import Instruments
from ..render.tables import size
from .course_words import end_of_search, family_p, in_time
from .measured import day_zero_sentence, move_word, spread_words
from .wording import SUBJECTS, after, amount_of, in_percent, in_words, joined, label, long_date, p_equals, plain

LEVEL = 0.05


def careful_sentences(
    lead: Any,
    day: pd.DataFrame,
    tested: pd.DataFrame,
    tests: pd.DataFrame,
    elsewhere: pd.DataFrame,
    outcomes: pd.DataFrame,
    basis: str,
    returns: str,
    instruments: Instruments,
) -> tuple[str, ...]:
    """State day 0 of one market by fixed rules.

    Parameters
    ----------
    lead : Series
        Its row of the table of reactions.
    day, tested : DataFrame
        `anatomy` and `anatomy_tests` of a result; may be empty.
    tests : DataFrame
        Of a result.
    elsewhere : DataFrame
        Other listed events in event time.
    outcomes : DataFrame
    basis : {"public", "occurred"}
    returns : {"log", "simple", "change"}
    instruments : Instruments
        Where the study looks up symbols.

    Returns
    -------
    tuple of str
        What moved and by how much; how unusual that is; what cannot be said.
    """
    market = str(lead["market"])
    mine = tests[(tests["market"].astype(str) == market) & (tests["window"] == "[0,0]")]
    own = mine[mine["test"] == "placebo_standardised"]
    others = elsewhere[(elsewhere["market"] == market) & (elsewhere["tau"] == 0)]
    what = _moved(lead, day, outcomes, returns, instruments)
    if pd.isna(lead["headline_p"]):
        return what, "How unusual that is cannot be said: no valid test of this market alone was made."
    cannot = _cannot(lead, own, others, basis, returns)
    return (
        what,
        _unusual(lead, own, tested[tested["market"] == market], returns),
        f"What cannot be said: {'; '.join(cannot)}.",
    )


def _moved(lead: Any, day: pd.DataFrame, outcomes: pd.DataFrame, returns: str, instruments: Instruments) -> str:
    """State what moved, by how much, and how far it went within the session."""
    market = lead["market"]
    session = outcomes.set_index("market").loc[market, "session"]
    change = returns == "change"
    size_, unit = (lead["return"], " in its own unit") if change else (lead["simple_return"], " %")
    amount = amount_of(returns)
    here = day[day["market"] == market]
    within = ""
    if len(here) and here[["high", "low"]].notna().all(axis=None):
        low, high = here.iloc[0]["low"], here.iloc[0]["high"]
        within = f", and within that session went from {amount(low)} to {amount(high)}{unit}"
    name = label(str(market), instruments)
    if returns in SUBJECTS and pd.notna(lead["ar"]):
        return day_zero_sentence(lead, name, session, returns)
    if pd.isna(size_):
        return f"{name} has no return of day 0, {long_date(session)}."
    return f"{name} moved by {amount(size_)}{unit} over day 0, {long_date(session)}{within}."


def _unusual(lead: Any, own: pd.DataFrame, tested: pd.DataFrame, returns: str) -> str:
    """Compare the move and the range with ordinary days."""
    days = "" if own.empty else f" among {1 / own['smallest_p'].iloc[0] - 1:.0f} ordinary days"
    adjusted = lead["step_down_p"] if pd.notna(lead["step_down_p"]) else lead["headline_p"]
    family = f", {p_equals(adjusted)} among its family" if adjusted != lead["headline_p"] else ""
    told = f"{p_equals(lead['headline_p'])}{days}{family}"
    ranges = tested[tested["statistic"] == "range"]
    wide = not ranges.empty and ranges["step_down_p"].iloc[0] <= LEVEL
    about = "" if ranges.empty else f" {_range(ranges.iloc[0])}"
    short = move_word(returns, "move")
    move = f"abnormal {short}" if returns in SUBJECTS else "move from close to close"
    if adjusted <= LEVEL:
        return f"The {move} is unusual at the 5 % level ({told}).{about}"
    if wide:
        return f"The {move} is nothing unusual ({told}), but the range is.{about}"
    return f"Nothing unusual: the {short} is not distinguishable from an ordinary day ({told}).{about}"


def _range(row: Any) -> str:
    """State how many ordinary days had as large a range."""
    return (
        f"Its range was at least as large on {row['larger']} of {row['days']} ordinary days "
        f"({p_equals(row['step_down_p'])} by volatility, among its family)."
    )


def _cannot(lead: Any, own: pd.DataFrame, others: pd.DataFrame, basis: str, returns: str) -> list[str]:
    """List what the numbers do not tell."""
    found = []
    if len(others):
        events = f"{in_words(len(others))} other listed event{'s' if len(others) > 1 else ''}"
        found.append(f"that this event alone did it, since day 0 holds {events}")
    else:
        found.append("that nothing else happened, since only listed events are known")
    if pd.notna(lead["headline_mde80"]):
        least = (size(2) if in_percent(returns) else plain)(lead["headline_mde80"]) + after(returns)
        what = f"anything about abnormal {move_word(returns, 'moves')} below {least}"
        found.append(f"{what}, which this test misses in more than one of five cases")
    ratio = own["regime_ratio"].iloc[0] if len(own) else float("nan")
    if pd.notna(ratio) and unlike_regime(pd.Series([ratio])).any():
        spread = spread_words(returns)
        found.append(f"that ordinary days were alike: {spread} before the event was {plain(ratio)} of the window's")
    if basis != "public":
        found.append("how fast the market reacted, since the time of the first report is not known")
    return found


def careful_course(course: pd.DataFrame, episodes: pd.DataFrame, returns: str, instruments: Instruments) -> str:
    """State the reaction of the first market of a study in bars, up to the next listed event, by fixed rules.

    Parameters
    ----------
    course, episodes : DataFrame
        Of a result.
    returns : {"log", "simple", "change"}
    instruments : Instruments
        Where the study looks up symbols.

    Returns
    -------
    str
    """
    line = course.iloc[0]
    name = label(str(line["market"]), instruments)
    if pd.isna(line["peak"]):
        return f"{name}: no bar between the event and the end of the search; nothing can be said."
    amount, unit = amount_of(returns), after(returns)
    extremes = joined([f"{amount(line[key])}{unit} at {line[f'{key}_utc']:%H:%M} UTC" for key in in_time(line)])
    verdict = "how unusual that is cannot be said, since the estimation window is too short"
    if pd.notna(line["peak_p"]):
        word = "unusual at the 5 % level" if line["peak_p"] <= LEVEL else "nothing unusual"
        verdict = (
            f"that is {word} ({p_equals(line['peak_p'])} among {line['peak_stretches']} stretches of as many bars"
            f"{family_p(line)})"
        )
    return f"{name} went to {extremes} before {end_of_search(line)}; {verdict}.{_later(episodes, line, amount, unit)}"


def _later(episodes: pd.DataFrame, line: Any, amount: Any, unit: str) -> str:
    """State where the price stood at each later stamp."""
    here = episodes[(episodes["market"] == line["market"]) & (episodes["kind"] == "episode") & episodes["resolved"]]
    if len(here) < 2:
        return ""
    stops = [f"{amount(row.cumulative)}{unit} at {row.to_utc:%H:%M} UTC" for row in here.itertuples()]
    return f" Cumulated from stamp to stamp: {joined(stops)}; what came after further news is not this event's alone."
