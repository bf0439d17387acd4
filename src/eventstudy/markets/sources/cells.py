"""Rows of delimited text as cells: numbers, distinct words, or text where neither is certain."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...errors import InputError
from .delimited import lines_of
from .layouts import LayoutNeeded
from .numbers import EMPTY

SLICE = 1 << 16
# What may be a number; a date such as 2020-01-06 is none.
_PERHAPS = re.compile("[-+]?[.0-9eE ]*")
LINE_FEED = ord("\n")


class Kind(Enum):
    """How the cells of a column are read."""

    TEXT = "as they are"
    WORDS = "as they are, each distinct one kept once"
    NUMBERS = "as numbers if all are plain ones, else as text"
    GAPS = "as numbers if all are plain ones or empty, else as text"


# The types in which columns are read again where the first reading is not what was meant. Words are objects, which
# pandas makes once each.
_AGAIN: Mapping[Kind, Any] = MappingProxyType({Kind.TEXT: str, Kind.WORDS: object, Kind.NUMBERS: str, Kind.GAPS: str})


class _Slices(io.TextIOBase):
    """A text as a file, which pandas reads slice by slice; StringIO would hold four bytes a character."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def read(self, size: int | None = -1, /) -> str:
        begin, self._at = self._at, self._at + SLICE
        return self._text[begin : self._at]


def read_cells(
    text: str, delimiter: str, skipped: int, width: int, file: Path, kinds: Mapping[int, Kind], *, alike: bool = False
) -> pd.DataFrame:
    """Return the cells of columns, below a number of lines.

    Parameters
    ----------
    text : str
        The whole file; its rows have one width, see `check_widths`.
    delimiter : str
        One character.
    skipped : int
        Lines above the first row.
    width : int
        Cells of each row.
    file : Path
        For messages.
    kinds : mapping of int to Kind
        The columns that are needed, by position.
    alike : bool
        Whether no column is read as numbers where one of them cannot be.

    Returns
    -------
    DataFrame, shape (n, len(kinds))
        Columns by position, rows by line from 1. Words are categories in the order in which they occur first.

    Raises
    ------
    InputError
        If a row has more cells than the header, or its quotes are not closed.
    """
    begin, quoted = _below(text, skipped), '"' in text
    if begin == len(text):
        return pd.DataFrame(columns=list(kinds), dtype=str)
    # Among quotes pandas may see more cells than csv does; it says so where it reads all columns.
    read = partial(_parsed, text, file, kinds, sep=delimiter, skiprows=skipped, names=range(width), whole=quoted)
    first = next(lines_of(text, begin)).split(delimiter)
    cells = read({at: _type(kind, "0" if quoted else first[at]) for at, kind in kinds.items()})
    again = {at: _AGAIN[kind] for at, kind in kinds.items() if not _as_meant(cells[at], kind)}
    if alike and str in again.values():
        again |= {at: str for at, kind in kinds.items() if kind is Kind.NUMBERS}
    if again:
        cells[list(again)] = read(again)[list(again)]
    for at in (at for at, kind in kinds.items() if kind is Kind.WORDS):
        codes, words = pd.factorize(cells[at])
        cells[at] = pd.Categorical.from_codes(codes, categories=pd.Index(words))
    return cells.set_axis(pd.RangeIndex(skipped + 1, skipped + 1 + len(cells)))


def _type(kind: Kind, first: str) -> Any:
    """Return the type in which a column is read first; None to let pandas find it, which is fastest."""
    return _AGAIN[kind] if kind in (Kind.TEXT, Kind.WORDS) and _PERHAPS.fullmatch(first) else None


def _as_meant(column: pd.Series, kind: Kind) -> bool:
    """Return whether a column was read as what it is to hold, text or plain numbers."""
    if kind in (Kind.NUMBERS, Kind.GAPS):
        return _plain(column, kind)
    return isinstance(column.dtype, pd.StringDtype) or pd.api.types.infer_dtype(column, skipna=False) == "string"


def _parsed(
    text: str, file: Path, kinds: Mapping[int, Kind], types: Mapping[int, Any], *, whole: bool, **options: Any
) -> pd.DataFrame:
    """Read columns with the C parser of pandas, whose errors become our own; `types` has None for what it finds."""
    options |= {"header": None, "keep_default_na": False, "skip_blank_lines": False}
    options["usecols"] = None if whole else sorted(types)
    options["dtype"] = {at: kind for at, kind in types.items() if kind is not None}
    options["na_values"] = {at: list(EMPTY) for at in types if kinds[at] is Kind.GAPS and types[at] is None}
    try:
        with warnings.catch_warnings():  # a column of numbers and words is read again as text
            warnings.simplefilter("ignore", pd.errors.DtypeWarning)
            found: pd.DataFrame = pd.read_csv(_Slices(text), **options)
            return found[list(types)] if whole else found
    except (pd.errors.ParserError, ValueError) as error:
        raise InputError(f"{file}: {str(error).strip().splitlines()[-1]}; correct that line") from None


def _plain(column: pd.Series, kind: Kind) -> bool:
    """Return whether a column was read as finite numbers, or gaps where they are allowed."""
    if column.dtype.kind not in "iuf":
        return False
    values = column.to_numpy()
    return not np.isinf(values).any() and (kind is Kind.GAPS or not np.isnan(values).any())


def check_widths(text: str, delimiter: str, skipped: int, width: int, file: Path) -> None:
    """Raise for the first line whose number of cells differs from the header's.

    Parameters
    ----------
    text : str
        The whole file.
    delimiter : str
        One character.
    skipped : int
        Lines that are not checked.
    width : int
        Cells of the header.
    file : Path
        For messages.

    Raises
    ------
    LayoutNeeded
        The message names the line.
    InputError
        If quotes are not closed.
    """
    # pandas would fill up a short row with empty cells without a warning.
    if '"' not in text and _even(text, delimiter, skipped, width):
        return
    for line, cells in _widths(text, delimiter, file):
        if line > skipped and cells != width:
            what = "fewer" if cells < width else "more"
            raise LayoutNeeded(
                f"{file}:{line}: {what} cells than the header has; correct that line, or declare delimiter in a layout"
            )


def _even(text: str, delimiter: str, skipped: int, width: int) -> bool:
    """Return whether every line of a text without quotes has as many cells as the header."""
    to_end = width - 1  # delimiters left in the line that is begun
    for signs in _signs(text, _below(text, skipped)):
        marks = np.flatnonzero((signs == ord(delimiter)) | (signs == LINE_FEED))
        ends = marks[to_end::width]
        if (signs[ends] != LINE_FEED).any() or np.count_nonzero(signs == LINE_FEED) != len(ends):
            return False
        to_end = (to_end - len(marks)) % width
    return to_end == 0


def line_feeds(text: str) -> int:
    """Return the number of line feeds in a text.

    Parameters
    ----------
    text : str

    Returns
    -------
    int
    """
    return sum(int(np.count_nonzero(signs == LINE_FEED)) for signs in _signs(text, 0))


def _signs(text: str, begin: int) -> Iterator[npt.NDArray[np.uint8]]:
    """Yield the bytes of a text, slice by slice."""
    for start in range(begin, len(text), SLICE):
        yield np.frombuffer(text[start : start + SLICE].encode(), dtype=np.uint8)


def _below(text: str, skipped: int) -> int:
    """Return where the rows begin; the length of the text where there are none."""
    begin = 0
    for _ in range(skipped):
        begin = text.find("\n", begin) + 1 or len(text)
    return begin


def _widths(text: str, delimiter: str, file: Path) -> Iterator[tuple[int, int]]:
    """Yield the number of cells of each line, with delimiters in quotes not counted."""
    if '"' not in text:
        yield from ((number, line.count(delimiter) + 1) for number, line in enumerate(lines_of(text), start=1))
        return
    reader = csv.reader(lines_of(text), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            yield reader.line_num, len(row)
    except csv.Error as error:
        raise InputError(f"{file}:{reader.line_num}: {error}; correct that line") from None
