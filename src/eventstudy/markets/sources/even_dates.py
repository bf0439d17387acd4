"""Dates that all have one form, such as 2020-01-06T09:30:00Z, read from their digits, all cells at once."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...optional import need

Signs = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]
WIDTHS = {"%Y": 4, "%m": 2, "%d": 2, "%H": 2, "%M": 2, "%S": 2}
BOUNDS = {"%Y": (1, 9999), "%m": (1, 12), "%d": (1, 31), "%H": (0, 23), "%M": (0, 59), "%S": (0, 59)}
SECONDS = {"%H": 3600, "%M": 60, "%S": 1}
ZERO = ord("0")
BETWEEN = "-/.: T"  # other letters may name a zone


class _UnevenError(Exception):
    """A cell is not as the others, or no date: each of them needs a look."""


def even_dates(cells: pd.Series, written: str) -> tuple[npt.NDArray[np.datetime64], Numbers | None] | None:
    """Return the clock times of cells that all have one form, and their offsets from UTC.

    Parameters
    ----------
    cells : Series of str
        At least one.
    written : str
        A `datetime.strptime` format.

    Returns
    -------
    tuple of array of datetime64[s] and array of int or None, both of shape (n,)
        Local times, and seconds east of UTC, None in a format without ``%z``. None in place of both where a cell has
        another length, no digit where one is due, another sign between digits, or no date of the calendar: no fault,
        but then each cell needs a look.

    Examples
    --------
    >>> local, offsets = even_dates(pd.Series(["2020-01-06T09:30:00-05:00"], dtype="str"), "%Y-%m-%dT%H:%M:%S%z")
    >>> str(local[0]), offsets.tolist()
    ('2020-01-06T09:30:00', [-18000])
    >>> even_dates(pd.Series(["2020-02-29", "2021-02-29"], dtype="str"), "%Y-%m-%d") is None
    True
    """
    try:
        found = _parts(_signs(cells), written)
        days = _days(found)
    except _UnevenError:
        return None
    seconds = sum((found[name] * scale for name, scale in SECONDS.items() if name in found), np.zeros(1, np.int64))
    return days.astype("M8[s]") + seconds.astype("m8[s]"), found.get("%z")


def _signs(cells: pd.Series) -> Signs:
    """Return the bytes of texts of one length, a row for each."""
    if getattr(cells.dtype, "storage", "") != "pyarrow":
        raise _UnevenError
    arrow = need("pyarrow", "prices")
    texts = arrow.chunked_array(arrow.array(cells.array)).cast(arrow.large_string()).combine_chunks()
    _, ends, content = texts.buffers()
    places = np.frombuffer(ends, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    width = int(places[1] - places[0])
    if texts.null_count or not width or (np.diff(places) != width).any():
        raise _UnevenError
    return np.frombuffer(content, dtype=np.uint8)[places[0] : places[-1]].reshape(-1, width)


def _parts(signs: Signs, written: str) -> dict[str, Numbers]:
    """Return the numbers of a date by their directives."""
    found: dict[str, Numbers] = {}
    at = 0
    for token in re.findall(r"%\w|.", written):
        width = signs.shape[1] - at if token == "%z" else WIDTHS.get(token, 1)
        part = signs[:, at : at + width]
        at += width
        if token == "%z":
            found[token] = _offsets(part)
        elif token in WIDTHS:
            found[token] = _number(part, WIDTHS[token], BOUNDS[token])
        elif token not in BETWEEN or (part != ord(token)).any():
            raise _UnevenError
    if at != signs.shape[1] or not {"%Y", "%m", "%d"} <= found.keys():
        raise _UnevenError
    return found


def _number(signs: Signs, width: int, bounds: tuple[int, int]) -> Numbers:
    """Return the numbers that digits of one width write."""
    if signs.shape[1] != width:
        raise _UnevenError
    found = np.zeros(len(signs), dtype=np.int64)
    for column in signs.T:  # whole columns: rows of two digits are slow
        digits = column - np.uint8(ZERO)
        if (digits > 9).any():  # signs below "0" are above 9 too
            raise _UnevenError
        found = found * 10 + digits
    if found.min() < bounds[0] or found.max() > bounds[1]:
        raise _UnevenError
    return found


def _offsets(signs: Signs) -> Numbers:
    """Return seconds east of UTC, written Z, +0930 or +09:30."""
    if signs.shape[1] == 1 and (signs == ord("Z")).all():
        return np.zeros(len(signs), dtype=np.int64)
    minutes = {5: 3, 6: 4}.get(signs.shape[1])
    if minutes is None or (minutes == 4 and (signs[:, 3] != ord(":")).any()):
        raise _UnevenError
    east = signs[:, 0] == ord("+")
    if (~east & (signs[:, 0] != ord("-"))).any():
        raise _UnevenError
    seconds = _number(signs[:, 1:3], 2, BOUNDS["%H"]) * 3600 + _number(signs[:, minutes:], 2, BOUNDS["%M"]) * 60
    return np.where(east, seconds, -seconds)


def _days(found: dict[str, Numbers]) -> npt.NDArray[np.datetime64]:
    """Return the days of years, months and days of the month."""
    months = ((found["%Y"] - 1970) * 12 + found["%m"] - 1).astype("M8[M]")
    days: npt.NDArray[np.datetime64] = months.astype("M8[D]") + (found["%d"] - 1).astype("m8[D]")
    if (days.astype("M8[M]") != months).any():  # the 30th of February
        raise _UnevenError
    return days
