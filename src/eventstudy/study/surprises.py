"""Regress what markets did in windows of minutes around events on a surprise of known size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError, NotEnoughDataError, UnknownNameError, UsageError
from ..inference.surprises import Errors, contamination, first_component, surprise_response
from ..markets.prices.bars import BarSet
from .surprise_events import CONTROL_DAYS, INSTANT, control_instants, window_changes

RESPONSE_COLUMNS = [
    "response",
    "surprise",
    "unit",
    "coefficient",
    "se",
    "t",
    "p",
    "df",
    "n",
    "r2",
    "low",
    "high",
    "bias_bound",
    "aware_low",
    "aware_high",
    "constant",
    "left_out",
    "controls",
    "contamination",
    "contamination_p",
    "identifies",
]


def surprise_responses(
    events: pd.DataFrame,
    bars: BarSet | None = None,
    *,
    surprise: str | Sequence[str] = "surprise",
    responses: Sequence[str] | None = None,
    scaled_to: str | None = None,
    window: str | Sequence[float] = "statement",
    standardise: bool = False,
    change: bool = False,
    errors: Errors = "HC1",
    lags: int | None = None,
    correlation: float | None = None,
    control_days: int = CONTROL_DAYS,
) -> pd.DataFrame:
    """Regress what each market did around the events on the surprise.

    Parameters
    ----------
    events : DataFrame
        One row an event: `surprise`, or ``actual`` and ``consensus``; with prices also ``instant_utc``.
    bars : BarSet, optional
        Prices in minutes. Without them the responses are columns of `events`, as published databases have them.
    surprise : str or sequence of str
        A column, or a symbol of `bars`; of several columns the first principal component is taken.
    responses : sequence of str, optional
        Symbols or columns; every market but the surprise by default.
    scaled_to : str, optional
        The surprise with which the component moves one for one; the first by default.
    window : str or pair of float
        See `surprise_window`.
    standardise : bool
        Whether the slope is that of one standard deviation of the surprise (Balduzzi, Elton & Green 2001).
    change : bool
        Whether prices move by differences, as yields do, instead of log returns.
    errors, lags, correlation
        See `eventstudy.inference.surprises.surprise_response`.
    control_days : int
        How many days before each event give control windows.

    Returns
    -------
    DataFrame
        One row a response: ``response, surprise, unit, coefficient, se, t, p, df, n, r2, low, high`` (95 %),
        ``bias_bound, aware_low, aware_high`` (allowing for other news in the window), ``constant, left_out`` (how many
        events, and why), ``controls`` (windows), ``contamination`` (their variance over that of the
        event windows, of the surprise where it is a market, else of the response), ``contamination_p`` and
        ``identifies``: False where the event windows are not clearly more variable; None without control windows.

    Raises
    ------
    UsageError, UnknownNameError
        If names or options are wrong.
    NotEnoughDataError
        If fewer than four events have both a response and a surprise.
    """
    names = [surprise] if isinstance(surprise, str) else list(surprise)
    events = events.sort_values(INSTANT, kind="stable") if INSTANT in events else events
    moves, controls, why = _measured(events, bars, window, control_days, change=change)
    size, unit = _size(events, moves, names, scaled_to, standardise=standardise)
    chosen = [str(each) for each in moves if each not in names] if responses is None else list(responses)
    if responses is None and bars is None:
        raise UsageError("without prices the responses are columns of the events; name them")
    options = {"errors": errors, "lags": lags, "correlation": correlation}
    own = names[0] if len(names) == 1 and names[0] in controls else None
    background = np.array([]) if own is None else controls[own].to_numpy(dtype=float) / unit
    lines = []
    for name in chosen:
        y = _column(moves if name in moves else events, name, [*moves, *events])
        outside = controls[name].to_numpy(dtype=float) if name in controls else np.array([])
        found = _line(name, y, size, outside, background, options)
        reasons = why[name] if name in why else np.full(len(y), "no value")
        lines.append({"surprise": "+".join(names), "unit": unit, **found, "left_out": _left_out(y, size, reasons)})
    return pd.DataFrame(lines, columns=RESPONSE_COLUMNS)


def _line(name: str, y: Any, size: Any, outside: Any, background: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the regression of one response, and how contaminated its windows are."""
    try:
        found = surprise_response(y, size, control_response=outside, control_surprise=background, **options)
    except NotEnoughDataError as error:
        raise NotEnoughDataError(f"{name}: {error}") from None
    used = np.isfinite(y) & np.isfinite(size)
    meter = contamination(size[used], background) if len(background) else contamination(y[used], outside)
    return {
        "response": name,
        **found,
        "controls": meter.controls,
        "contamination": meter.share,
        "contamination_p": meter.p,
        "identifies": meter.identifies(),
    }


def _left_out(y: Any, size: Any, reasons: Any) -> str:
    """Count the events that are left out, by the reason."""
    lost = np.where(~np.isfinite(size), "no surprise", np.where(np.isfinite(y), "", reasons))
    count = Counter(str(each) for each in lost if each)
    return "; ".join(f"{number}: {reason}" for reason, number in count.items())


def _measured(
    events: pd.DataFrame, bars: BarSet | None, window: Any, days: int, *, change: bool
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return moves in event and in control windows, one column a market, and why one is missing."""
    if bars is None:
        return pd.DataFrame(index=events.index), pd.DataFrame(), pd.DataFrame()
    if INSTANT not in events:
        raise UsageError(f"events: no column {INSTANT!r}, which prices need; see read_surprises")
    before = control_instants(events[INSTANT], window, days=days)
    moves, controls = (window_changes(each, bars, window, change=change) for each in (events[INSTANT], before))
    wide = [_wide(*each) for each in ((moves, "change"), (controls, "change"), (moves, "reason"))]
    return wide[0], wide[1], wide[2]


def _wide(long: pd.DataFrame, values: str) -> pd.DataFrame:
    """Return one column a market."""
    return pd.DataFrame({str(market): own[values].to_numpy() for market, own in long.groupby("market", sort=False)})


def _size(
    events: pd.DataFrame, moves: pd.DataFrame, names: Sequence[str], scaled_to: str | None, *, standardise: bool
) -> tuple[Any, float]:
    """Return the surprise of each event in the unit of the slope, and that unit in the surprise's own."""
    if names == ["surprise"] and "surprise" not in events and {"actual", "consensus"} <= set(events):
        size = _column(events, "actual", events) - _column(events, "consensus", events)
    elif len(names) == 1:
        size = _column(moves if names[0] in moves else events, names[0], [*moves, *events])
    else:
        columns = {name: _column(moves if name in moves else events, name, [*moves, *events]) for name in names}
        size = first_component(pd.DataFrame(columns), scaled_to or names[0])
    unit = float(np.nanstd(size, ddof=1)) if standardise else 1.0
    if not unit > 0:
        raise NotEnoughDataError("the surprises do not vary; there is no slope")
    return size / unit, unit


def _column(table: pd.DataFrame, name: str, known: Any) -> Any:
    """Return a column of numbers."""
    if name not in table:
        raise UnknownNameError("column", name, [str(each) for each in known], "the events")
    values = pd.to_numeric(table[name], errors="coerce")
    if len(wrong := table[name][values.isna() & table[name].notna()]):
        raise InputError(f"events: column {name}: {wrong.iloc[0]!r} is not a number")
    return values.to_numpy(dtype=float)


def said(table: pd.DataFrame) -> Iterator[str]:
    """Say of each response whether its windows identify the effect of the surprise.

    Parameters
    ----------
    table : DataFrame
        Of `surprise_responses`.

    Yields
    ------
    str
    """
    for _, row in table.iterrows():
        yield _verdict(row)


def _verdict(row: Any) -> str:
    """Say how contaminated the windows of one response are."""
    if row["identifies"] is None:
        return f"{row['response']}: no control windows, so how much other news the windows hold is not known"
    measured = f"other news makes {100 * row['contamination']:.0f} % of the variance in the event windows"
    compared = f"{measured} ({row['controls']} control windows, p {row['contamination_p']:.3f})"
    if row["identifies"]:
        return f"{row['response']}: {compared}"
    return (
        f"{row['response']}: not clearly more variable than control windows; does not identify the effect: {compared}"
    )
