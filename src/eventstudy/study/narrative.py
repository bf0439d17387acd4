"""What the numbers say, in sentences an honest analyst would sign. Frames in, text out."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ..inference.significance.resampling import unlike_regime
from ..instruments.catalogue import catalogue
from ..panel import each_row
from ..render.tables import MINUS, number, p_value, percent
from ..render.tables import change as _change
from ..windows import Window

LEVEL = 0.05
UNITS = {"log": "log points", "simple": "%", "change": "in its own unit"}
NOTICEABLE = 0.01
NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
signed = percent(2)
plain = number(2)
in_unit = _change(2)


def label(symbol: str) -> str:
    """Name of a market for people; its symbol where the catalogue does not have it.

    Examples
    --------
    >>> label("^N225"), label("MINE")
    ('Nikkei 225', 'MINE')
    """
    known = catalogue().get(symbol)
    return symbol if known is None else known.name


def in_words(count: int) -> str:
    """Spell out a small count.

    Examples
    --------
    >>> in_words(12), in_words(0), in_words(40)
    ('twelve', 'no', '40')
    """
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def long_date(day: pd.Timestamp) -> str:
    """Write a date as ``8 January 2020``."""
    return f"{day.day} {day:%B %Y}"


def joined(parts: Sequence[str]) -> str:
    """Join names as English does.

    Examples
    --------
    >>> joined(["WTI crude", "Brent", "gold"])
    'WTI crude, Brent and gold'
    """
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)


def p_equals(value: float) -> str:
    """Write ``p = .023`` or ``p < .001``."""
    text = p_value(value)
    return f"p {text[0]} {text[1:]}" if text.startswith("<") else f"p = {text}"


def other_events_sentence(elsewhere: pd.DataFrame, market: str) -> str:
    """Say that day 0 sums several public events, where it does; empty where no other is known."""
    here = elsewhere[(elsewhere["market"] == market) & (elsewhere["tau"] == 0)]
    if here.empty:
        return ""
    events = "one other dated event" if len(here) == 1 else f"{in_words(len(here))} other dated events"
    return (
        f"Day 0 of {label(market)} sums several pieces of news: it also holds {events} ({_brief(here)}). "
        "The daily number is not the effect of this event alone."
    )


def before_sentence(
    elsewhere: pd.DataFrame, car: pd.DataFrame, market: str, windows: Sequence[Window], returns: str
) -> str:
    """Say what lies in the rows before day 0 and what the windows that contain it give; empty where nothing does."""
    first = min((window.first for window in windows), default=0)
    here = elsewhere[(elsewhere["market"] == market) & elsewhere["tau"].between(first, -1)]
    if here.empty:
        return ""
    value = car[car["market"] == market].set_index("window")["car"]
    holding = [window for window in windows if here["tau"].between(window.first, window.last).any()]
    amount = in_unit if returns == "change" else signed
    shown = [f"CAR{window.label} {amount(value[window.label])}" for window in holding]
    days = [
        f"{long_date(group['session'].iloc[0])} (row {str(tau).replace('-', MINUS)}: {_brief(group)})"
        for tau, group in here.groupby("tau", sort=True)
    ]
    return (
        f"The rows before day 0 are not calm. For {label(market)} they include {joined(days)}. Windows that contain "
        f"them: {joined(shown)} {UNITS[returns]}."
    )


def _brief(events: pd.DataFrame) -> str:
    """Titles of events, without what stands in brackets."""
    return "; ".join(title.split(" (")[0] for title in events["title"])


def joint_sentence(tests: pd.DataFrame) -> str:
    """Give the joint test of day 0 within each declared family; empty where none was made."""
    here = tests[(tests["test"] == "max_t") & (tests["window"] == "[0,0]") & tests["p"].notna()]
    if here.empty:
        return ""
    families = [
        f"{'all markets' if row.market == 'all' else row.market} {p_equals(row.p)} "
        f"({row.common_taus:.0f} days with all of them)"
        for row in each_row(here)
    ]
    return f"Tested jointly, letting markets move together as they do (max-T in time): {joined(families)}."


def regime_sentence(tests: pd.DataFrame) -> str:
    """Say where the weeks before the event were unlike the estimation window; empty where they were not."""
    day = tests[(tests["window"] == "[0,0]") & tests["regime_ratio"].notna()]
    ratio = day.drop_duplicates("market").set_index("market")["regime_ratio"]
    unlike = {str(market): value for market, value in ratio[unlike_regime(ratio)].items()}
    if not unlike:
        return ""
    p = day[day["test"] == "placebo_standardised"].set_index("market")["p"].to_dict()
    named = [
        f"{label(market)} (sigma {value:.2f} of the window's"
        + (f"; standardised placebo {p_equals(p[market])})" if market in p else ")")
        for market, value in unlike.items()
    ]
    return (
        f"Just before the event volatility was unlike that of the estimation window in {joined(named)}; there the "
        f"volatility-standardised placebo is the one to read{'' if p else ' (test placebo_standardised)'}."
    )


def smallest_sentence(tests: pd.DataFrame) -> str:
    """Say below which p no rank among ordinary days can come; empty where none was made."""
    here = tests[(tests["test"] == "placebo_standardised") & (tests["window"] == "[0,0]") & tests["smallest_p"].notna()]
    if here.empty:
        return ""
    least = plain_p(here["smallest_p"].max())
    return f"A p-value that is a rank among ordinary days is discrete: here none can be below {least}."


def plain_p(value: float) -> str:
    """Write a p-value with two digits, however small: ``.0005``."""
    return f"{value:.2g}".removeprefix("0")


def interval_sentence(reaction: pd.DataFrame, alternative: pd.DataFrame | None, precision: str) -> str:
    """Say which markets' day 0 depends on when in its interval the event happened; empty where none does."""
    if alternative is None:
        return ""
    both = reaction.merge(alternative, on="market", suffixes=("", "_late"))
    moved = both[both["ar"] != both["ar_late"]]
    shown = [f"{label(row.market)} AR {signed(row.ar)} or {signed(row.ar_late)}" for row in each_row(moved)]
    return (
        f"The result depends on when the event happened, which is known to the {precision.replace('_', ' ')} only: the "
        f"earliest and the latest moment give different days 0 in {joined(shown)}. Shown are the earliest's numbers."
    )


def left_out(outcomes: pd.DataFrame) -> list[str]:
    """Say of every pair that could not be studied why."""
    lost = outcomes[outcomes["outcome"] != "ok"]
    return [f"{row.market}: {row.outcome} ({row.detail})" for row in each_row(lost)]


def provisional(outcomes: pd.DataFrame) -> list[str]:
    """Say of every pair that was studied what it lacks: days of windows, or much of its estimation window."""
    early = outcomes[(outcomes["outcome"] == "ok") & (outcomes["detail"] != "")]
    return [f"{row.market}: {row.detail}" for row in each_row(early)]


def clustering_sentence(markets: int) -> str:
    """Say why no average over the markets is tested; empty for a single market."""
    if markets < 2:
        return ""
    return (
        f"All {in_words(markets)} markets meet one event on one date and move together, so no cross-sectional t, "
        "Patell or BMP statistic over them is shown: with 12 markets and residual correlations of .3 to .6 they call a "
        "third to two thirds of ordinary dates significant at the 5 % level."
    )


def basis_sentence(basis: str) -> str:
    """Say which time of the event the study uses."""
    if basis == "public":
        return "Event time starts when the event became public."
    return (
        "The only time known is when the event occurred, not when it was first reported; event time starts there, and "
        "no reaction times are given."
    )


def affected_sentence(benchmark: pd.DataFrame) -> str:
    """Say that a benchmark beside day 0 met the event itself; empty where none did."""
    here = benchmark[benchmark["after_event"].astype(bool)]
    if here.empty:
        return ""
    names, markets = (joined([label(one) for one in here[column].unique()]) for column in ("benchmark", "market"))
    return (
        f"{names}: a benchmark affected by the event. Its price beside day 0 of {markets} is observed after the event, "
        "so it takes part of the reaction away; read these abnormal returns as a sensitivity beside the constant mean."
    )


def ahead_sentence(benchmark: pd.DataFrame) -> str:
    """Say for which markets a benchmark is observed after their own price; empty where it is for none."""
    here = benchmark[benchmark["ahead"].astype(bool)]
    if here.empty:
        return ""
    names, markets = (joined([label(one) for one in here[column].unique()]) for column in ("benchmark", "market"))
    return f"The price of {names} beside day 0 holds news that could not be known at that of {markets}: it comes later."
