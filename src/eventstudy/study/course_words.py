"""The anatomy of a reaction by the bar in sentences. Takes frames, returns text."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..instruments.catalogue import CATALOGUE, Instruments
from .course import HORIZON
from .wording import UNITS, amount_of, label, long_date, p_equals, plain


def course_sentences(course: pd.DataFrame, returns: str, instruments: Instruments = CATALOGUE) -> tuple[str, ...]:
    """Describe the first market of a study in bars: first abnormal bar, extremes, half-life, and what is kept.

    Parameters
    ----------
    course : DataFrame
        Of `eventstudy.study.course.course`.
    returns : {"log", "simple", "change"}
    instruments : Instruments
        Where the study looks up symbols.

    Returns
    -------
    tuple of str
    """
    lead = course.iloc[0]
    name = label(lead["market"], instruments)
    notes = [f"{part[0].upper()}{part[1:]}." for part in lead["note"].split("; ") if part]
    if pd.isna(lead["peak"]):
        return (f"{name} has no abnormal return between the event and {_end(lead)}.", *notes)
    return (_peak(lead, name, returns), _extremes(lead, returns), *notes)


def _end(lead: Any) -> str:
    """Name what ends the search, with its time."""
    return f"{end_of_search(lead)} at {_clock(lead['until_utc'])}"


def end_of_search(line: Any) -> str:
    """Name what ends the search for the turning points of a reaction.

    Parameters
    ----------
    line : Series
        A row of `eventstudy.study.course.course`.

    Returns
    -------
    str
    """
    return "the end of the search" if line["until"] == HORIZON else f"the next listed event ({line['until']})"


def in_time(line: Any) -> list[str]:
    """Return the two extremes, ``"high"`` and ``"low"``, in order of time.

    Parameters
    ----------
    line : Series
        A row of `eventstudy.study.course.course`.

    Returns
    -------
    list of str
    """
    return sorted(("high", "low"), key=lambda key: line[f"{key}_utc"])


def family_p(line: Any) -> str:
    """Write the p of a peak among the markets of its family, where it is larger than its own.

    Parameters
    ----------
    line : Series
        A row of `eventstudy.study.course.course`.

    Returns
    -------
    str

    Examples
    --------
    >>> family_p({"peak_p": 0.02, "peak_step_down_p": 0.05})
    ', p = .050 among the markets of its family'
    """
    alone, joint = line["peak_p"], line["peak_step_down_p"]
    return f", {p_equals(joint)} among the markets of its family" if joint > alone else ""


def _peak(lead: Any, name: str, returns: str) -> str:
    """First abnormal bar, peak and half-life."""
    size = f"{amount_of(returns)(lead['peak_car'])} {UNITS[returns]}"
    first = "no bar is significant after Holm's adjustment for the number of bars"
    if pd.notna(lead["first_abnormal"]):
        first = f"the first abnormal bar opened at {_clock(lead['first_abnormal_utc'])} (bar {lead['first_abnormal']})"
    back = "less than half of it was reversed by then"
    if pd.notna(lead["half_life_minutes"]):
        back = f"half of it was reversed {lead['half_life_minutes']:g} minutes later"
    among = (
        f" (as large in {lead['peak_larger']} of {lead['peak_stretches']} ordinary stretches of as many bars, "
        f"{p_equals(lead['peak_p'])} by volatility{family_p(lead)})"
        if lead["peak_stretches"]
        else " (the estimation window is too short for a stretch of as many bars)"
    )
    return (
        f"{name}, from the event to {_end(lead)}: {first}; the cumulative abnormal return peaked at {size} at "
        f"{_clock(lead['peak_utc'])}{among}, and {back}."
    )


def _extremes(lead: Any, returns: str) -> str:
    """Highest and lowest price, and what is kept at the next observation."""
    amount, unit = amount_of(returns), "in its own unit" if returns == "change" else "%"
    words = {"high": "highest", "low": "lowest"}
    said = ", ".join(
        f"{words[key]} {amount(lead[key])} {unit} (bar ending {lead[f'{key}_utc']:%H:%M} UTC)" for key in in_time(lead)
    )
    kept = ""
    if pd.notna(lead["kept"]):
        kept = (
            f" At the next observation, {_clock(lead['next_observation_utc'])}, the cumulative abnormal return was "
            f"{plain(lead['kept'])} of the peak"
        )
        kept += "; other listed news lies between." if lead["until"] != HORIZON else "."
    return f"Prices against the last one before the event: {said}.{kept}"


def _clock(at: pd.Timestamp) -> str:
    """Write an instant as ``00:30 UTC on 8 January 2020``."""
    return f"{at:%H:%M} UTC on {long_date(at)}"
