"""The words that stand for a figure where it cannot be seen, made from its numbers."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from ..panel import each_row
from ..render import tables
from ..render.curve_plot import LEVEL, of_market
from ..render.spread_plots import as_large, sensitivity_lines
from ..render.style import UNIT_WORDS
from ..study.result import EventStudyResult
from ..study.wording import amount_of, kind_of, label, with_names

MOST = 12


def sessions(result: EventStudyResult) -> str:
    """Say when each market could first react.

    Parameters
    ----------
    result : EventStudyResult

    Returns
    -------
    str
    """
    frame = _named(result, result.alignment.dropna(subset="first_tradable_utc"))
    said = [f"{row.market} from {tables.utc(row.first_tradable_utc)}" for row in each_row(frame)]
    return f"When each market trades around the event, in UTC. Could first react: {_first(said)}."


def anatomy(result: EventStudyResult) -> str:
    """Give low, high and close of every market.

    Parameters
    ----------
    result : EventStudyResult

    Returns
    -------
    str
    """
    signed = tables.percent(1) if result.unit == "%" else tables.change()
    frame = _named(result, result.anatomy)
    said = [
        f"{row.market} {signed(row.low)} to {signed(row.high)}, close {signed(row.close)}"
        for row in each_row(frame)
        if pd.notna(row.close)
    ]
    unit = UNIT_WORDS[result.unit]
    return f"Range and close of day 0, {unit} against the last observation before the event: {_first(said)}."


def first(result: EventStudyResult) -> str:
    """Give the first price and day 0 of every market.

    Parameters
    ----------
    result : EventStudyResult

    Returns
    -------
    str
    """
    amount = amount_of(kind_of(result.specification))
    said = []
    for row in _named(result, result.first_to_trade).to_dict("records"):
        opened = "" if pd.isna(row["first_return"]) else f"first {amount(row['first_return'])}, "
        day = "no return" if pd.isna(row["return"]) else amount(row["return"])
        said.append(f"{row['market']} {opened}day 0 {day}")
    return f"First price after the event and day 0, {UNIT_WORDS[result.unit]}, in the order of trading: {_first(said)}."


def path(result: EventStudyResult) -> str:
    """Give the extremes and the end of the path of every market.

    Parameters
    ----------
    result : EventStudyResult

    Returns
    -------
    str
    """
    amount = amount_of(kind_of(result.specification))
    start = min(event.when.start for event in result.dated)
    later = result.path[result.path["end_utc"] > start]
    said = []
    for market, bars in _named(result, later).groupby("market", sort=False):
        high, low = bars.iloc[int(bars["move"].argmax())], bars.iloc[int(bars["move"].argmin())]
        said.append(
            f"{market} between {amount(low['move'])} at {tables.utc(low['end_utc'])} and {amount(high['move'])} at "
            f"{tables.utc(high['end_utc'])}, at the end {amount(bars['move'].iloc[-1])}"
        )
    unit = UNIT_WORDS[result.unit]
    return f"Path of the price after the event, {unit} since the last bar before it, in UTC: {_first(said)}."


def car(result: EventStudyResult) -> str:
    """Give the last cumulative abnormal return of every market, and whether the path leaves its band.

    Parameters
    ----------
    result : EventStudyResult

    Returns
    -------
    str
    """
    amount = amount_of(kind_of(result.specification))
    said = []
    for market, rows in _named(result, result.ar).groupby("market", sort=False):
        known = rows.dropna(subset="car")
        if not known.empty:
            out = (known["car"].abs() > known["band_simultaneous"]).any()
            said.append(f"{market} {amount(known['car'].iloc[-1])}{', outside its band' if out else ''}")
    return f"Cumulative abnormal returns with 95 % bands, {UNIT_WORDS[result.unit]} at the last row: {_first(said)}."


def placebos(result: EventStudyResult) -> str:
    """Give day 0 of every market, and on how many ordinary days the abnormal return was as large.

    Parameters
    ----------
    result : EventStudyResult

    Returns
    -------
    str
    """
    amount = amount_of(kind_of(result.specification))
    days = result.placebo_days
    said = []
    for market, name, ar in zip(
        result.reaction["market"], _named(result, result.reaction)["market"], result.reaction["ar"], strict=True
    ):
        larger, known = as_large(days, market, ar)
        said.append(f"{name} {amount(ar)}, as large on {larger} of {known}")
    unit = UNIT_WORDS[result.unit]
    return f"Abnormal return of day 0 among those of ordinary days of the same volatility, {unit}: {_first(said)}."


def sensitivities(result: EventStudyResult, frame: pd.DataFrame) -> str:
    """Give the abnormal return of the leading market as declared and under each departure.

    Parameters
    ----------
    result : EventStudyResult
    frame : DataFrame
        Of `EventStudy.sensitivities`.

    Returns
    -------
    str
    """
    amount, lead = amount_of(kind_of(result.specification)), str(result.leading["market"])
    lines = sensitivity_lines(frame, lead)
    said = [f"{row.variant} {amount(row.ar)} (p {tables.p_value(row.p)})" for row in each_row(lines)]
    name, unit = label(lead, result.instruments), UNIT_WORDS[result.unit]
    return f"Abnormal return of day 0 of {name} under each specification, {unit}: {_first(said)}."


def curve(result: EventStudyResult, frame: pd.DataFrame) -> str:
    """Give the range of the abnormal returns of the leading market, and how many have a p of 5 % or less.

    Parameters
    ----------
    result : EventStudyResult
    frame : DataFrame
        Of `EventStudy.specification_curve`.

    Returns
    -------
    str
    """
    amount, lead = amount_of(kind_of(result.specification)), str(result.leading["market"])
    lines = of_market(frame, lead)
    name, unit, clear = label(lead, result.instruments), UNIT_WORDS[result.unit], int((lines["p"] <= LEVEL).sum())
    low, median, high = (amount(lines["ar"].quantile(share)) for share in (0, 0.5, 1))
    return (
        f"Specification curve of day 0 of {name}, {unit}: {len(lines)} specifications from {low} to {high}, median "
        f"{median}; p of 5 % or less in {clear}."
    )


TEXTS: dict[str, Callable[[EventStudyResult], str]] = {
    "sessions": sessions,
    "anatomy": anatomy,
    "first": first,
    "path": path,
    "car": car,
    "placebos": placebos,
}


def _named(result: EventStudyResult, frame: pd.DataFrame) -> pd.DataFrame:
    return with_names(frame, result.instruments, result.alignment["market"])


def _first(said: list[str]) -> str:
    """Join the first dozen."""
    more = f" and {len(said) - MOST} more" if len(said) > MOST else ""
    return f"{'; '.join(said[:MOST])}{more}" if said else "none"
