"""Read the cells of a date column as sessions or instants; the order of day and month is never guessed."""

from __future__ import annotations

import re
import zoneinfo
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...text import LEAP_SECOND, LEAPING
from .even_dates import even_dates
from .layouts import Layout, LayoutNeeded, refuse
from .protocol import INSTANT, SESSION

# Date formats that cannot be confused with each other; %z takes Z as well as +09:00.
CERTAIN = (
    *("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y"),
    *("%d-%B-%Y", "%Y年%m月%d日", "%Y- %m- %d"),
    *("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%d %H:%M%z"),
    *("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y%m%d %H%M%S"),
    *("%Y.%m.%d %H:%M:%S", "%Y.%m.%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y%m%d %H:%M:%S"),
)
TIMES = ("", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p")
TWO_DIGIT_YEARS = ("%d-%b-%y", "%d/%m/%y", "%m/%d/%y", "%d.%m.%y")
EPOCHS = {10: "s", 13: "ms", 16: "us", 19: "ns"}
# Days since 1899-12-30 from 1960 to 2099; smaller numbers may be days since 1970.
EXCEL_DAY_0 = pd.Timestamp("1899-12-30")
SERIALS = (21_916, 73_050)
Codes = npt.NDArray[np.intp]
_NUMBERED = re.compile(r"\d{1,2}(?P<sign>[/.-])\d{1,2}(?P=sign)\d{4}(?P<rest> .*)?")
SIXTY = r":\d\d:6[01]"
_OFFSET = r" ?(Z|[+-]\d\d:?\d\d)$"
UNDATED = "is empty in a row with a price; write the date, or declare columns in a layout"
_MIDNIGHT = {"0", "00:00", "000000", "00:00:00"}
SOME_ZONES = ("America/New_York", "Asia/Tokyo", "Europe/London", "Europe/Berlin", "Asia/Hong_Kong", "Australia/Sydney")


def with_times(dates: pd.Series, times: pd.Series) -> pd.Series:
    """Join dates and times of day as text; a column of times that are all midnight is ignored.

    Parameters
    ----------
    dates, times : Series
        Cells, both indexed by line.

    Returns
    -------
    Series
        Indexed as `dates`.
    """
    clocks, clock = distinct(times)
    if set(clock) <= _MIDNIGHT:
        return dates
    days, day = distinct(dates)
    pairs, found = pd.factorize(days * len(clock) + clocks)
    joined = [f"{day.iloc[pair // len(clock)]} {clock.iloc[pair % len(clock)]}" for pair in found]
    return pd.Series(pd.Categorical.from_codes(pairs, pd.Index(joined)), index=dates.index, name="date and time")


def distinct(cells: pd.Series) -> tuple[Codes, pd.Series]:
    """Return the distinct texts of cells, without blanks around them, and which of them each cell has.

    Parameters
    ----------
    cells : Series
        Text, categories or numbers, indexed by line.

    Returns
    -------
    tuple of array of int, shape (n,), and Series of str
        Position in the Series, -1 for a missing cell; the Series in order of appearance, indexed by the line of the
        first cell.

    Examples
    --------
    >>> codes, found = distinct(pd.Series(["b", "a", " b"], index=[2, 3, 4]))
    >>> codes.tolist(), found.to_dict()
    ([0, 1, 0], {2: 'b', 3: 'a'})
    """
    codes, raw = pd.factorize(cells.array)
    again, text = pd.factorize(pd.Series(raw).astype(str).str.strip())
    codes = np.append(again, -1)[codes]
    first = np.flatnonzero(codes > np.maximum.accumulate(np.append(-1, codes[:-1])))
    return codes, pd.Series(text, index=cells.index[first], name=cells.name, dtype=str)


def moments(cells: pd.Series, symbols: pd.Series | None, layout: Layout, file: Path) -> tuple[pd.Series, str]:
    """Return the sessions or instants of cells, and which of the two they are.

    Parameters
    ----------
    cells : Series
        Text, numbers or datetimes, indexed by line.
    symbols : Series or None
        Symbol of each row, where rows of several symbols follow each other.
    layout : Layout
        Date format and time zone, where declared.
    file : Path
        For messages.

    Returns
    -------
    tuple of Series and str
        Sessions (tz-naive) with ``"session"``, or instants (UTC) with ``"timestamp_utc"``; indexed as `cells`.

    Raises
    ------
    LayoutNeeded
        If a cell is not a date, the dates can be read in more than one way, or times have no zone.
    """
    if pd.api.types.is_datetime64_any_dtype(cells):
        return _labelled(cells, layout, file)
    if pd.api.types.is_float_dtype(cells) and (cells == cells.round()).all():
        cells = cells.astype("int64")
    if (even := _even(cells, layout, file)) is not None:
        return even
    codes, text = distinct(cells)
    refuse(cells, pd.Series(codes < 0), file, UNDATED)
    found, label = _read(text, codes, symbols, layout, file)
    return pd.Series(pd.DatetimeIndex(found)[codes], index=cells.index), label


def _even(cells: pd.Series, layout: Layout, file: Path) -> tuple[pd.Series, str] | None:
    """Return the sessions or instants of texts that all have one form; None for any others, which need a look each."""
    if not isinstance(cells.dtype, pd.StringDtype) or pd.isna(first := cells.iloc[0]):
        return None
    written = layout.date_format or _only_form(first)
    unit = parsed(cells.iloc[:1], written).dt.unit if written else "ns"
    found = even_dates(cells, written) if unit != "ns" else None
    if found is None:
        return None
    local, offsets = found
    if offsets is None:
        return _labelled(pd.Series(local.astype(f"M8[{unit}]"), index=cells.index), layout, file)
    if (local == local.astype("M8[D]")).all():
        return pd.Series(local.astype(f"M8[{unit}]"), index=cells.index), SESSION
    instants = (local - offsets.astype("m8[s]")).astype(f"M8[{unit}]")
    return _labelled(pd.Series(instants, index=cells.index).dt.tz_localize("UTC"), layout, file)


def _read(
    text: pd.Series, codes: Codes, symbols: pd.Series | None, layout: Layout, file: Path
) -> tuple[pd.Series, str]:
    """Return the sessions or instants of distinct texts, which stand for all cells."""
    unique, zone = _without_zone(text)
    layout = layout.with_defaults({"timezone": zone} if zone else {})
    written = layout.date_format or _format(unique, codes, symbols, file)
    values = parsed(unique, written)
    bad = values.isna()
    if bad.any():
        refuse(text, bad & text.str.contains(LEAPING, regex=False), file, f"is {LEAP_SECOND}")
        refuse(text, bad, file, f"is not a date written {written}; declare date_format in a layout")
    # The first date alone mostly tells that these are no sessions.
    if "%z" in written and _midnights(unique.iloc[:1], written) is not None:
        local = _midnights(unique, written)
        if local is not None:
            return local, SESSION
    return _labelled(values, layout, file)


def _midnights(unique: pd.Series, written: str) -> pd.Series | None:
    """Read dates without their offset from UTC; None unless all are midnight there."""
    local = parsed(unique.str.replace(_OFFSET, "", regex=True), written[:-2])
    return local if (local == local.dt.normalize()).all() else None


def _without_zone(unique: pd.Series) -> tuple[pd.Series, str]:
    """Return dates without the name of the one zone that is written after all of them, and that zone."""
    # Blanks of every kind are among these others; \s would be Python's, a cell at a time.
    if not unique.str.contains(r"[^0-9A-Za-z:+./-]").any():
        return unique, ""
    plain = unique.str.replace(r"\s+", " ", regex=True).str.replace(r" (UTC|GMT)$", "Z", regex=True)
    names = plain.str.extract(r" ([A-Z]\w+/\w+)$", expand=False)
    if (names == names.iloc[0]).all() and names.iloc[0] in zoneinfo.available_timezones():
        return plain.str.replace(r" [A-Z]\w+/\w+$", "", regex=True), str(names.iloc[0])
    return plain, ""


def parsed(unique: pd.Series, written: str) -> pd.Series:
    """Read dates in one format.

    Parameters
    ----------
    unique : Series of str
        Distinct cells, not empty.
    written : str
        A `datetime.strptime` format, ``"epoch"`` or ``"excel"``.

    Returns
    -------
    Series of datetime64
        NaT where a cell does not have the format; UTC for epochs and formats with ``%z``, else tz-naive.
    """
    if written in ("epoch", "excel"):
        numbers = pd.to_numeric(unique, errors="coerce")
        if written == "excel":
            return EXCEL_DAY_0 + pd.to_timedelta(numbers, unit="D")
        unit = EPOCHS.get(len(unique.iloc[0]), "s")
        same = unique.str.len() == len(unique.iloc[0])
        instants: pd.Series = pd.to_datetime(numbers.where(same), unit=unit, utc=True, errors="coerce")  # type: ignore[call-overload]
        return instants
    if "%S" in written:  # strptime takes 12:30:60 for 12:31:00
        late = unique.str.contains(SIXTY)
        # A look ahead is no expression of Arrow's, and in Python slow.
        unique = unique.mask(late & unique.str.contains(SIXTY + r"(?!\d)")) if late.any() else unique
    return pd.to_datetime(unique, format=written, errors="coerce", utc="%z" in written)


def _format(unique: pd.Series, codes: Codes, symbols: pd.Series | None, file: Path) -> str:
    """Return the only format in which all dates can be read; refuse them if there is more than one, or none."""
    first = unique.iloc[0]
    if written := _only_form(first):
        return written
    orders = _orders(first)
    readings = {written: parsed(unique, written) for written in orders}
    possible = [written for written in orders if readings[written].notna().all()]
    if len(possible) == 1 and _runs_one_way(readings[possible[0]].to_numpy()[codes], symbols):
        return possible[0]
    # Dates a day apart are likelier than dates a month apart. This only orders the proposals; nothing is chosen.
    possible.sort(key=lambda written: _usual_step(readings[written]))
    line, options = unique.index[0], [{"date_format": one} for one in possible or orders or TWO_DIGIT_YEARS]
    if len(possible) == 2:
        both = " or ".join(f"{readings[one].iloc[0]:%Y-%m-%d}" for one in possible)
        why = f"can be read in several ways ({both}), and so can the whole column"
    else:
        why = "can be read in several ways, or in none"
    raise LayoutNeeded(
        f"{file}:{line}: date {first!r} {why}; declare date_format in a layout: "
        + " or ".join(f'"{option["date_format"]}"' for option in options[:2]),
        options=options,
        line=int(line),
    )


def _only_form(first: str) -> str:
    """Return the format in which alone a date can be read; empty where there are several or none."""
    if first.isdecimal() and len(first) in EPOCHS:
        return "epoch"
    if first.isdecimal() and len(first) == 5 and SERIALS[0] <= int(first) <= SERIALS[1]:
        return "excel"
    return next((one for one in CERTAIN if pd.notna(pd.to_datetime(first, format=one, errors="coerce"))), "")


def _orders(first: str) -> list[str]:
    """Return the formats, month or day first, that fit a date of digits."""
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
    """Return whether the dates of each symbol ascend throughout or descend throughout."""
    column = pd.Series(values)
    steps = column.diff() if symbols is None else column.groupby(pd.factorize(symbols.array)[0]).diff()
    steps = steps.dropna()
    return bool((steps > pd.Timedelta(0)).all() or (steps < pd.Timedelta(0)).all())


def _labelled(values: pd.Series, layout: Layout, file: Path) -> tuple[pd.Series, str]:
    """Return dates as sessions, which all are at midnight, or as instants, and which of the two they are."""
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
        f"does not exist or occurs twice in {zone}; write it in UTC, or declare timezone in a layout",
    )
    return placed.dt.tz_convert("UTC"), INSTANT


def _once_a_day(local: pd.Series) -> bool:
    """Return whether all rows are at the same time of day, on more than one day."""
    return len(local.unique()) > 1 and len((local - local.dt.normalize()).unique()) == 1


def day_zones(instants: pd.DatetimeIndex) -> list[str]:
    """Return the zones of large markets in which all instants are midnight; all those zones if there is none.

    Parameters
    ----------
    instants : DatetimeIndex
        With a time zone.

    Returns
    -------
    list of str
        IANA names.
    """
    local = {zone: instants.tz_convert(zone).tz_localize(None) for zone in SOME_ZONES}
    return [zone for zone, index in local.items() if (index == index.normalize()).all()] or list(SOME_ZONES)
