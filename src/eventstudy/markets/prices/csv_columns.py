"""Cells of a CSV file of prices: read as text, checked one column at a time, every complaint with its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd

from ...errors import InputError, UnknownNameError

DATE, INSTANT = "%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"


class UnknownColumn(InputError):
    """A column of a price file that means nothing here."""

    def __init__(self, name: str, known: Collection[str], file: Path) -> None:
        super().__init__(f"{file}:1: {UnknownNameError('column', name, known)}")


def read_table(content: bytes, file: Path, *, known: Collection[str], layout: str) -> pd.DataFrame:
    """Return the cells as text, indexed by their line in the file; the header is checked first.

    Parameters
    ----------
    content : bytes
    file : Path
        For the messages.
    known : collection of str
        The columns that may stand in the header.
    layout : str
        The header to advise.

    Raises
    ------
    InputError
        If the file is not UTF-8, is empty, has a column that is not known or stands twice, or a short line.
    """
    text = _decoded(content, file)
    if not text:
        raise InputError(f"{file}: empty; write the columns {layout} and their rows")
    try:
        header = next(csv.reader(io.StringIO(text)))
    except csv.Error as error:
        raise InputError(f"{file}:1: no header that can be read ({error}); the columns are {layout}") from None
    if unknown := [name for name in header if name not in known]:
        raise UnknownColumn(unknown[0], known, file)
    if len(set(header)) < len(header):
        raise InputError(f"{file}:1: a column stands twice in {','.join(header)}; keep one of the two")
    try:
        table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, skip_blank_lines=False)
    except (pd.errors.ParserError, ValueError) as error:
        raise InputError(f"{file}: {str(error).strip().splitlines()[-1]}; mend that line") from None
    table.index = pd.RangeIndex(2, len(table) + 2)
    if table.empty:
        raise InputError(f"{file}: a header and no rows; add the prices")
    short = table.isna().any(axis=1)
    if short.any():
        raise InputError(f"{file}:{table.index[short][0]}: fewer cells than the header has; mend that line")
    return table


def require(table: pd.DataFrame, names: Collection[str], file: Path, layout: str) -> None:
    """Raise unless every one of `names` is a column."""
    if missing := [name for name in names if name not in table]:
        raise InputError(f"{file}:1: no `{missing[0]}` column; the columns are {layout}")


def dates(cells: pd.Series, file: Path) -> pd.Series:
    """Return session dates; the order of day and month is never guessed."""
    found = pd.to_datetime(cells, format=DATE, errors="coerce")
    refuse(cells, found.isna(), file, "is not a date written YYYY-MM-DD")
    return found


def instants(cells: pd.Series, file: Path) -> pd.Series:
    """Return instants in UTC; one without ``Z``, or with another offset, is refused."""
    found = pd.to_datetime(cells, format=INSTANT, errors="coerce", utc=True)
    refuse(cells, found.isna(), file, "is not an instant in UTC written 2020-01-07T22:30:00Z")
    return found


def numbers(cells: pd.Series, file: Path) -> pd.Series:
    """Return prices; only plain finite numbers are prices."""
    found = pd.to_numeric(cells, errors="coerce").astype(float)
    bad = pd.Series(~np.isfinite(found.to_numpy()), index=cells.index)
    refuse(cells, bad, file, "is not a plain number such as 1234.5; leave the row out where there is no price")
    return found


def refuse(cells: pd.Series, bad: pd.Series, file: Path, why: str) -> None:
    """Raise for the first bad cell, naming its line."""
    if bad.any():
        line = int(cells.index[bad][0])
        raise InputError(f"{file}:{line}: {cells.name} {cells.loc[line]!r} {why}")


def _decoded(content: bytes, file: Path) -> str:
    """Text of a file in UTF-8; pandas before 3.1 ends a cell at a NUL byte in silence, so none is let through."""
    try:
        text = content.decode("utf-8-sig").rstrip()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(f"{file}:{line}: not UTF-8 text; save the file as UTF-8") from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InputError(f"{file}:{line}: a NUL byte; this is no text file")
    return text
