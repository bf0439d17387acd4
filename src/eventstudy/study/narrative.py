"""Sentences that qualify a finding: other events, benchmarks, volatility, gaps. Each takes frames and returns text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from ..inference.significance.resampling import unlike_regime
from ..instruments.catalogue import Instruments
from ..panel import each_row
from ..render.tables import MINUS
from ..windows import Window
from .wording import UNITS, amount_of, in_words, joined, joined_labels, label, long_date, p_equals, plain_p


def other_events_sentence(elsewhere: pd.DataFrame, market: str, instruments: Instruments) -> str:
    """Name the other events that fall on day 0 of a market.

    Parameters
    ----------
    elsewhere : DataFrame
        Other events in event time, of `eventstudy.study.reaction.what_else`.
    market : str
    instruments : Instruments
        Where the study looks up symbols.

    Returns
    -------
    str
        Empty where no other event is known.
    """
    here = elsewhere[(elsewhere["market"] == market) & (elsewhere["tau"] == 0)]
    if here.empty:
        return ""
    events = "one other dated event" if len(here) == 1 else f"{in_words(len(here))} other dated events"
    return (
        f"Day 0 of {label(market, instruments)} contains other news as well: {events} ({_brief(here)}). "
        "The daily number is not the effect of this event alone."
    )


def before_sentence(
    elsewhere: pd.DataFrame,
    car: pd.DataFrame,
    market: str,
    windows: Sequence[Window],
    returns: str,
    instruments: Instruments,
) -> str:
    """Name the other events in the rows before day 0, and the CARs of the windows that contain them.

    Parameters
    ----------
    elsewhere : DataFrame
        Other events in event time, of `eventstudy.study.reaction.what_else`.
    car : DataFrame
        ``market, window, car``: one line a pair and window.
    market : str
    windows : sequence of Window
    returns : {"log", "simple", "change"}
    instruments : Instruments
        Where the study looks up symbols.

    Returns
    -------
    str
        Empty where no window contains another event before day 0.
    """
    first = min((window.first for window in windows), default=0)
    here = elsewhere[(elsewhere["market"] == market) & elsewhere["tau"].between(first, -1)]
    if here.empty:
        return ""
    value = car[car["market"] == market].set_index("window")["car"]
    holding = [window for window in windows if here["tau"].between(window.first, window.last).any()]
    amount = amount_of(returns)
    shown = [f"CAR{window.label.replace('-', MINUS)} {amount(value[window.label])}" for window in holding]
    days = [
        f"{long_date(group['session'].iloc[0])} (row {str(tau).replace('-', MINUS)}: {_brief(group)})"
        for tau, group in here.groupby("tau", sort=True)
    ]
    return (
        f"The rows before day 0 contain other events. For {label(market, instruments)} these are on {joined(days)}. "
        f"Windows that contain them: {joined(shown)} {UNITS[returns]}."
    )


def _brief(events: pd.DataFrame) -> str:
    """Titles of events, without what is in brackets."""
    return "; ".join(title.split(" (")[0] for title in events["title"])


def joint_sentence(tests: pd.DataFrame) -> str:
    """Give the p-value of max-T on day 0 for each declared family.

    Parameters
    ----------
    tests : DataFrame
        Of `eventstudy.study.tables.tests`.

    Returns
    -------
    str
        Empty where max-T was not computed.
    """
    here = tests[(tests["test"] == "max_t") & (tests["window"] == "[0,0]") & tests["p"].notna()]
    if here.empty:
        return ""
    families = [
        f"{'all markets' if row.market == 'all' else row.market} {p_equals(row.p)} "
        f"({row.common_taus:.0f} days with all of them)"
        for row in each_row(here)
    ]
    return f"Tested jointly, with the correlation between markets kept (max-T in event time): {joined(families)}."


def regime_sentence(tests: pd.DataFrame, instruments: Instruments) -> str:
    """Name the markets whose volatility just before the event differs from that of the estimation window.

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
    day = tests[(tests["window"] == "[0,0]") & tests["regime_ratio"].notna()]
    ratio = day.drop_duplicates("market").set_index("market")["regime_ratio"]
    unlike = {str(market): value for market, value in ratio[unlike_regime(ratio)].items()}
    if not unlike:
        return ""
    p = day[day["test"] == "placebo_standardised"].set_index("market")["p"].to_dict()
    named = [
        f"{label(market, instruments)} (sigma {value:.2f} of the window's"
        + (f"; standardised placebo {p_equals(p[market])})" if market in p else ")")
        for market, value in unlike.items()
    ]
    return (
        f"Just before the event volatility differed from that of the estimation window in {joined(named)}; for them "
        f"read the volatility-standardised placebo{'' if p else ' (test placebo_standardised)'}."
    )


def smallest_sentence(tests: pd.DataFrame) -> str:
    """Give the smallest p-value that a rank among estimation days can have here.

    Parameters
    ----------
    tests : DataFrame
        Of `eventstudy.study.tables.tests`.

    Returns
    -------
    str
        Empty where no such test was made.
    """
    here = tests[(tests["test"] == "placebo_standardised") & (tests["window"] == "[0,0]") & tests["smallest_p"].notna()]
    if here.empty:
        return ""
    least = plain_p(here["smallest_p"].max())
    return f"A p-value that is a rank among ordinary days is discrete: here none can be below {least}."


def interval_sentence(
    reaction: pd.DataFrame, alternative: pd.DataFrame | None, precision: str, returns: str, instruments: Instruments
) -> str:
    """Name the markets whose day 0 depends on when in its interval the event happened.

    Parameters
    ----------
    reaction : DataFrame
        Day 0 with the event at the start of the interval.
    alternative : DataFrame or None
        Day 0 with the event at the end of the interval; None where no market has another day 0.
    precision : str
        Of `eventstudy.events.Precision`.
    returns : {"log", "simple", "change"}
    instruments : Instruments
        Where the study looks up symbols.

    Returns
    -------
    str
        Empty where `alternative` is None.
    """
    if alternative is None:
        return ""
    both = reaction.merge(alternative, on="market", suffixes=("", "_late"))
    moved, amount = both[both["ar"] != both["ar_late"]], amount_of(returns)
    shown = [
        f"{label(row.market, instruments)} AR {amount(row.ar)} or {amount(row.ar_late)}" for row in each_row(moved)
    ]
    return (
        f"The result depends on when the event happened, which is known to the {precision.replace('_', ' ')} only: the "
        f"earliest and the latest moment give different days 0 in {joined(shown)}. The numbers shown are for the "
        "earliest."
    )


def left_out(outcomes: pd.DataFrame, *, named: bool = False) -> list[str]:
    """List the pairs that could not be studied, with the reason.

    Parameters
    ----------
    outcomes : DataFrame
        Of `eventstudy.study.tables.outcomes`.
    named : bool
        Whether each line begins with the event, as those of several events need.

    Returns
    -------
    list of str
        One a pair.
    """
    lost = outcomes["outcome"] != "ok"
    return [f"{pair}: {row.outcome} ({row.detail})" for pair, row in _pairs(outcomes[lost], named)]


def _pairs(outcomes: pd.DataFrame, named: bool) -> Iterator[tuple[str, Any]]:
    """Yield the name of each pair, and its row."""
    for row in each_row(outcomes):
        yield f"{row.event_id}, {row.market}" if named else row.market, row


def provisional(outcomes: pd.DataFrame, *, named: bool = False) -> list[str]:
    """List the pairs that were studied with gaps in a window or in the estimation window.

    Parameters
    ----------
    outcomes : DataFrame
        Of `eventstudy.study.tables.outcomes`.
    named : bool
        As for `left_out`.

    Returns
    -------
    list of str
        One a pair.
    """
    early = (outcomes["outcome"] == "ok") & (outcomes["detail"] != "")
    return [f"{pair}: {row.detail}" for pair, row in _pairs(outcomes[early], named)]


def clustering_sentence(markets: int) -> str:
    """Give the reason why no average over the markets of one event is tested.

    Parameters
    ----------
    markets : int
        Number of markets studied.

    Returns
    -------
    str
        Empty for a single market.
    """
    if markets < 2:
        return ""
    return (
        f"All {in_words(markets)} markets meet one event on one date and move together, so no cross-sectional t, "
        "Patell or BMP statistic over them is shown: these take the markets for independent, and call far more "
        "ordinary dates significant than their level says."
    )


def basis_sentence(basis: str) -> str:
    """Name the time at which event time starts: publication or occurrence.

    Parameters
    ----------
    basis : {"public", "occurred"}
        Of `eventstudy.events.Event`.

    Returns
    -------
    str
    """
    if basis == "public":
        return "Event time starts when the event became public."
    return (
        "The only time known is when the event occurred, not when it was first reported; event time starts there, and "
        "no reaction times are given."
    )


def affected_sentence(benchmark: pd.DataFrame, instruments: Instruments) -> str:
    """Name the benchmarks whose price of day 0 was observed after the event.

    Parameters
    ----------
    benchmark : DataFrame
        Of `eventstudy.study.benchmark.beside`.
    instruments : Instruments
        Where the study looks up symbols.

    Returns
    -------
    str
        Empty where there are none.
    """
    here = benchmark[benchmark["after_event"].astype(bool)]
    if here.empty:
        return ""
    names, markets = (joined_labels(here[column], instruments) for column in ("benchmark", "market"))
    return (
        f"{names}: a benchmark affected by the event. Its price for day 0 of {markets} is observed after the event, "
        "so part of the reaction is subtracted; compare these abnormal returns with those of the constant mean."
    )


def ahead_sentence(benchmark: pd.DataFrame, instruments: Instruments) -> str:
    """Name the markets whose benchmark price of day 0 is observed after their own.

    Parameters
    ----------
    benchmark : DataFrame
        Of `eventstudy.study.benchmark.beside`.
    instruments : Instruments
        Where the study looks up symbols.

    Returns
    -------
    str
        Empty where there are none.
    """
    here = benchmark[benchmark["ahead"].astype(bool)]
    if here.empty:
        return ""
    names, markets = (joined_labels(here[column], instruments) for column in ("benchmark", "market"))
    return f"The price of {names} for day 0 of {markets} is observed later than theirs and contains later news."
