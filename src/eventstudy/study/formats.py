"""How the columns of a result are written for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..render import tables
from .wording import in_percent, kind_of

PERCENT, P = tables.percent(), tables.p_value
READ_FIRST = {
    "headline_p": P,
    "step_down_p": P,
    "headline_mde80": tables.size(),
    "family_mde80": tables.size(),
    "placebo_dates": tables.number(0),
    "regime_ratio": tables.number(),
}
REACTION_FORMATS: dict[str, tables.Formatter] = {
    "return": PERCENT,
    "simple_return": PERCENT,
    "change": tables.number(),
    "ar": PERCENT,
    "se": tables.size(),
    "t": tables.number(),
    "df": tables.number(0),
    "p": P,
    "placebo_p": P,
    "holm_p": P,
    "mde80": tables.size(),
    **READ_FIRST,
}
AVERAGE_FORMATS: dict[str, tables.Formatter] = {
    "n": tables.number(0),
    "mean_car": PERCENT,
    "median_car": PERCENT,
    "positive": tables.size(0),
    "statistic": tables.number(),
    "p": P,
}
CAR_FORMATS: dict[str, tables.Formatter] = {
    **{name: REACTION_FORMATS[name] for name in ("se", "t", "p", "placebo_p")},
    "car": PERCENT,
    **READ_FIRST,
}
ANATOMY_FORMATS: dict[str, tables.Formatter] = {
    "reference": tables.number(),
    **dict.fromkeys(("open_gap", "high", "low", "close"), PERCENT),
    "range": tables.size(),
    **dict.fromkeys(("retraced_from_high", "retraced_from_low"), tables.number()),
}
IN_UNITS: dict[str, tables.Formatter] = {
    **dict.fromkeys(("return", "ar", "car", "mean_car", "median_car"), tables.change()),
    **dict.fromkeys(("open_gap", "high", "low", "close"), tables.change()),
    "range": tables.number(),
    **dict.fromkeys(("se", "mde80", "headline_mde80", "family_mde80"), tables.number()),
}
SUMMARY_COLUMNS = ["market", "simple_return", "return", "ar", "headline_p", "step_down_p", "headline_mde80"]
SUMMARY_HEADINGS = {
    "market": "market",
    "simple_return": "simple %",
    "return": "log %",
    "mean_car": "mean CAR %",
    "median_car": "median CAR %",
    "positive": "positive %",
    "ar": "AR %",
    "headline_p": "p",
    "step_down_p": "step-down p",
    "headline_mde80": "mde80 %",
}


SHARES = ("positive",)


def headed(headings: Mapping[str, str], specification: Mapping[str, Any]) -> dict[str, str]:
    """Return the headings of a table, without the sign of per cent where the numbers are no fractions."""
    if in_percent(kind_of(specification)):
        return dict(headings)
    return {
        name: text if name in SHARES else text.removesuffix("%").rstrip(" ,") or "Change"
        for name, text in headings.items()
    }


def in_units(formats: Mapping[str, tables.Formatter], specification: Mapping[str, Any]) -> dict[str, tables.Formatter]:
    """Return the formats of a table of fractions, or of changes in the markets' own units."""
    if in_percent(kind_of(specification)):
        return dict(formats)
    return {name: IN_UNITS.get(name, one) for name, one in formats.items()}
