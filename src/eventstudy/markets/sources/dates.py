"""Cells of a date column as sessions or instants; the order of day and month is never guessed."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from .layouts import Layout, LayoutNeeded, refuse
from .protocol import INSTANT, SESSION

# Ways to write a date that can be read in one way only; %z takes Z as well as +09:00.
CERTAIN = (
    *("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y"),
    *("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%d %H:%M%z"),
    *("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y%m%d %H%M%S"),
)
TIMES = ("", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p")
TWO_DIGIT_YEARS = ("%d-%b-%y", "%d/%m/%y", "%m/%d/%y", "%d.%m.%y")
EPOCHS = {10: "s", 13: "ms", 16: "us", 19: "ns"}
# Days since 1899-12-30 from 1960 to 2099; smaller numbers may be days since 1970.
EXCEL_DAY_0 = pd.Timestamp("1899-12-30")
SERIALS = (21_916, 73_050)
Codes = npt.NDArray[np.intp]
_NUMBERED = re.compile(r"\d{1,2}(?P<sign>[/.-])\d{1,2}(?P=sign)\d{4}(?P<rest> .*)?")
_OFFSET = r" ?(Z|[+-]\d\d:?\d\d)$"
_MIDNIGHT = {"0", "00:00", "000000", "00:00:00"}
SOME_ZONES = ("America/New_York", "Asia/Tokyo", "Europe/London", "Europe/Berlin", "Asia/Hong_Kong", "Australia/Sydney")


def with_times(dates: pd.Series, times: pd.Series) -> pd.Series:
    """Join dates and times of the day as text; times that are all midnight say nothing."""
    clock = times.astype(str).str.strip()
    if set(clock.unique()) <= _MIDNIGHT:
        return dates
    return pd.Series(dates.astype(str).str.strip() + " " + clock, name="date and time")


def moments(cells: pd.Series, symbols: pd.Series | None, layout: Layout, file: Path) -> tuple[pd.Series, str]:
    """Return the sessions (tz-naive) or instants (UTC) of cells, and which of the two they are.

    Parameters
    ----------
    cells : Series
        Text, numbers or datetimes, indexed by line.
    symbols : Series or None
        Whose row each is, where the rows of several follow each other.
    layout : Layout
    file : Path

    Raises
    ------
    LayoutNeeded
        If a cell is no date, or the dates can be read in more ways than one.
    """
    if pd.api.types.is_datetime64_any_dtype(cells):
        return _labelled(cells, layout, file)
    if pd.api.types.is_float_dtype(cells) and (cells == cells.round()).all():
        cells = cells.astype("int64")
    text = cells.astype(str).str.strip()
    codes, found = pd.factorize(text)
    unique = pd.Series(found, dtype=str)
    written = layout.date_format or _format(text, unique, codes, symbols, file)
    values = parsed(unique, written)
    bad = pd.Series(values.isna().to_numpy()[codes], index=cells.index)
    refuse(text, bad, file, f"is not a date written {written}; declare date_format in a layout")
    if "%z" in written:
        local = parsed(unique.str.replace(_OFFSET, "", regex=True), written[:-2])
        if (local == local.dt.normalize()).all():
            return pd.Series(local.to_numpy()[codes], index=cells.index), SESSION
    placed = pd.Series(pd.DatetimeIndex(values)[codes], index=cells.index)
    return _labelled(placed, layout, file)


def parsed(unique: pd.Series, written: str) -> pd.Series:
    """Read dates in one format; NaT where a cell is not written so."""
    if written in ("epoch", "excel"):
        numbers = pd.to_numeric(unique, errors="coerce")
        if written == "excel":
            return EXCEL_DAY_0 + pd.to_timedelta(numbers, unit="D")
        unit = EPOCHS.get(len(unique.iloc[0]), "s")
        same = unique.str.len() == len(unique.iloc[0])
        instants: pd.Series = pd.to_datetime(numbers.where(same), unit=unit, utc=True, errors="coerce")  # type: ignore[call-overload]
        return instants
    return pd.to_datetime(unique, format=written, errors="coerce", utc="%z" in written)


def _format(text: pd.Series, unique: pd.Series, codes: Codes, symbols: pd.Series | None, file: Path) -> str:
    """Return the one format in which the dates can be read."""
    first = unique.iloc[0]
    if first.isdecimal() and len(first) in EPOCHS:
        return "epoch"
    if first.isdecimal() and len(first) == 5 and SERIALS[0] <= int(first) <= SERIALS[1]:
        return "excel"
    if certain := [written for written in CERTAIN if pd.notna(pd.to_datetime(first, format=written, errors="coerce"))]:
        return certain[0]
    orders = _orders(first)
    readings = {written: parsed(unique, written) for written in orders}
    possible = [written for written in orders if readings[written].notna().all()]
    if len(possible) == 1 and _runs_one_way(readings[possible[0]].to_numpy()[codes], symbols):
        return possible[0]
    # Dates a day apart are likelier than dates a month apart: the first to be proposed, not to be taken.
    possible.sort(key=lambda written: _usual_step(readings[written]))
    line, options = text.index[0], [{"date_format": one} for one in possible or orders or TWO_DIGIT_YEARS]
    if len(possible) == 2:
        both = " or ".join(f"{readings[one].iloc[0]:%Y-%m-%d}" for one in possible)
        why = f"can be read in more ways than one ({both}), and so can the whole column"
    else:
        why = "can be read in more ways than one, or in none"
    raise LayoutNeeded(
        f"{file}:{line}: date {first!r} {why}; declare date_format in a layout: "
        + " or ".join(f'"{option["date_format"]}"' for option in options[:2]),
        options=options,
        line=int(line),
    )


def _orders(first: str) -> list[str]:
    """Return the formats with the month and with the day first, of a date in numbers that fits at least one."""
    match = _NUMBERED.fullmatch(first)
    if match is None:
        return []
    sign = match["sign"]
    both = [f"{pattern}{time}" for time in TIMES for pattern in (f"%m{sign}%d{sign}%Y", f"%d{sign}%m{sign}%Y")]
    return [one for one in both if pd.notna(pd.to_datetime(first, format=one, errors="coerce"))]


def _usual_step(dates: pd.Series) -> float:
    """Return the median distance of neighbouring dates, in days."""
    steps = np.diff(np.sort(dates.to_numpy("M8[D]"))).astype(float)
    return float(np.median(steps)) if steps.size else 0.0


def _runs_one_way(values: npt.NDArray[np.datetime64], symbols: pd.Series | None) -> bool:
    """Whether dates ascend throughout or descend throughout, each symbol's for itself."""
    column = pd.Series(values)
    steps = column.diff() if symbols is None else column.groupby(symbols.to_numpy()).diff()
    steps = steps.dropna()
    return bool((steps > pd.Timedelta(0)).all() or (steps < pd.Timedelta(0)).all())


def _labelled(values: pd.Series, layout: Layout, file: Path) -> tuple[pd.Series, str]:
    """Tell sessions from instants: at midnight throughout they are sessions."""
    zone = layout.timezone
    if values.dt.tz is not None:
        local = values.dt.tz_localize(None)
        if (local == local.dt.normalize()).all():
            return local, SESSION
        local = values.dt.tz_convert(zone or "UTC").dt.tz_localize(None)
    else:
        local = values
        if (local == local.dt.normalize()).all():
            return local, SESSION
        if not zone:
            options = [{"timezone": name} for name in ("UTC", *SOME_ZONES)]
            why = "times without a zone; declare timezone in a layout"
            raise LayoutNeeded(f"{file}:{values.index[0]}: {why}", options=options)
    if zone and _once_a_day(local):
        return local.dt.normalize(), SESSION
    if values.dt.tz is not None:
        return values.dt.tz_convert("UTC"), INSTANT
    placed = values.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    refuse(
        values.rename("time"),
        placed.isna(),
        file,
        f"does not exist or exists twice in {zone}; write it in UTC, or declare timezone in a layout",
    )
    return placed.dt.tz_convert("UTC"), INSTANT


def _once_a_day(local: pd.Series) -> bool:
    """Whether rows lie at one time of the day, on more days than one."""
    return len(local.unique()) > 1 and len((local - local.dt.normalize()).unique()) == 1


def day_zones(instants: pd.DatetimeIndex) -> list[str]:
    """Zones in which all instants are midnight, of the largest markets'."""
    local = {zone: instants.tz_convert(zone).tz_localize(None) for zone in SOME_ZONES}
    return [zone for zone, index in local.items() if (index == index.normalize()).all()] or list(SOME_ZONES)
