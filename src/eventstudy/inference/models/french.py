"""Factor files as they are published: Kenneth French's data library and the q-factors."""

from __future__ import annotations

import io
import os
import re
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ...errors import InputError
from ...files import read_bytes

ROW = re.compile(r"^\s*(\d{8}|\d{6})\s*[,\s]")
MISSING = (-99.99, -999.0)
LARGEST = 200_000_000
# The q-factors of global-q.org: a column of dates, or year and month, and factors in per cent.
Q_MARKET = "R_MKT"
Q_DATES = (("date",), ("year", "month"))
Paths = str | os.PathLike[str]


def read_factors(files: Paths | Sequence[Paths]) -> pd.DataFrame:
    r"""Read factor files as they are published, in fractions: daily, weekly or monthly.

    Files of Kenneth French's data library (CSV or TXT, also the ZIP that is downloaded) have a text above, per cent,
    -99.99 or -999 for a missing value, and often a block of annual values at the foot; the first table is read. Files
    of the q-factors (global-q.org, CSV) have per cent. Several files are joined by date.

    Parameters
    ----------
    files : path or sequence of path

    Returns
    -------
    DataFrame
        Index ``session`` (tz-naive; the first of the month in monthly files), one column a factor.

    Raises
    ------
    InputError
        If a file is missing or has no such table, or two files have different values of one factor.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "q5_factors_daily.csv"
    >>> _ = file.write_text("DATE,R_F,R_MKT\n20200107,0.006,-0.19\n20200108,0.006,0.47\n")
    >>> read_factors(file).loc["2020-01-08"].round(6).to_dict()
    {'R_F': 6e-05, 'R_MKT': 0.0047}
    """
    several = [files] if isinstance(files, str | os.PathLike) else list(files)
    joined = pd.DataFrame()
    for path in map(Path, several):
        part = factor_table(unpacked(read_bytes(path), str(path)), str(path))
        for name in joined.columns.intersection(part.columns):
            both = pd.concat([joined[name], part[name]], axis=1, join="inner").dropna().to_numpy()
            if not np.array_equal(both[:, 0], both[:, 1]):
                raise InputError(f"{path}: {name} has other values than in the files before; leave one out")
        joined = part if joined.empty else joined.combine_first(part)[[*dict.fromkeys([*joined, *part])]]
    return joined.rename_axis("session")


def read_french(path: str | Path) -> pd.DataFrame:
    r"""Read the first table of a file of Kenneth French's data library, in fractions; see `read_factors`.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    DataFrame
        Index ``session`` (tz-naive), one column per factor, such as ``Mkt-RF, SMB, HML, RF``, in fractions; -99.99 and
        -999 become NaN.

    Raises
    ------
    InputError
        If the file is missing or has no table of that layout.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "factors.csv"
    >>> _ = file.write_text("Made of CRSP\n\n,Mkt-RF,RF\n20200107,-0.19,0.006\n20200108,0.47,0.006\n")
    >>> read_french(file).loc["2020-01-08"].round(6).to_dict()
    {'Mkt-RF': 0.0047, 'RF': 6e-05}
    """
    return _french(_lines(unpacked(read_bytes(path), str(path))), str(path))


def factor_table(content: bytes, where: str) -> pd.DataFrame:
    """Return the table of a factor file of either layout.

    Parameters
    ----------
    content : bytes
        Of a text.
    where : str
        The file, for messages.

    Returns
    -------
    DataFrame
        As `read_factors`.

    Raises
    ------
    InputError
        If there is no such table.
    """
    lines = _lines(content)
    first = next((_cells(line) for line in lines if line.strip()), [])
    lowered = tuple(cell.lower() for cell in first)
    dates = next((dates for dates in Q_DATES if Q_MARKET in first and lowered[: len(dates)] == dates), None)
    return _french(lines, where) if dates is None else _q_factors(lines, where, len(dates))


def unpacked(content: bytes, where: str) -> bytes:
    """Return the only file in a ZIP file; other content as it is.

    Parameters
    ----------
    content : bytes
    where : str
        The file, for messages.

    Returns
    -------
    bytes

    Raises
    ------
    InputError
        If it cannot be unpacked, or holds several files or more than 200 MB.
    """
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            inside = [one for one in packed.infolist() if not one.is_dir()]
            if len(inside) != 1 or inside[0].file_size > LARGEST:
                raise InputError(
                    f"{where}: {len(inside)} files in it, or a very large one; unpack it and give one file"
                )
            return packed.read(inside[0])
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise InputError(f"{where}: a ZIP file that cannot be unpacked ({error}); fetch it again") from None


def _lines(content: bytes) -> list[str]:
    return content.decode("utf-8", errors="replace").removeprefix("\ufeff").splitlines()


def _cells(line: str) -> list[str]:
    """Return the cells of a line: between commas, or between blanks where it has none; a last comma ends the line."""
    return [cell.strip() for cell in line.rstrip().removesuffix(",").split(",")] if "," in line else line.split()


def _french(lines: list[str], where: str) -> pd.DataFrame:
    """Return the first table of a file of French's library."""
    first = next((at for at, line in enumerate(lines) if ROW.match(line)), None)
    if not first:
        raise InputError(f"{where}: no rows such as 20200108, 0.10, ...; give a CSV of Kenneth French's data library")
    last = next((at for at in range(first, len(lines)) if not ROW.match(lines[at])), len(lines))
    above = lines[first - 1]
    header = _cells(above)[1:] if "," in above else above.split()
    rows = [_cells(line) for line in lines[first:last]]
    return _table(header, [row[0] for row in rows], [row[1:] for row in rows], (where, first + 1))


def _q_factors(lines: list[str], where: str, dates: int) -> pd.DataFrame:
    """Return the table of a file of q-factors: `dates` columns make the date."""
    rows = [_cells(line) for line in lines if line.strip()]
    written = ["".join(cell.replace("-", "").zfill(2) for cell in row[:dates]) for row in rows[1:]]
    return _table(rows[0][dates:], written, [row[dates:] for row in rows[1:]], (where, 2))


def _table(header: list[str], dates: list[str], rows: list[list[str]], where: tuple[str, int]) -> pd.DataFrame:
    """Return factors in fractions of text in per cent, by date; `where` is the file and the line of the first row."""
    path, line = where
    if not all(header) or not header or len(header) != len(rows[0]):
        raise InputError(f"{path}, line {line - 1}: {len(header)} names for {len(rows[0])} columns")
    sessions = pd.to_datetime(pd.Series(dates), format="%Y%m%d" if len(dates[0]) == 8 else "%Y%m", errors="coerce")
    if sessions.isna().any():
        raise InputError(f"{path}, line {line + int(sessions.isna().argmax())}: not a date")
    values = []
    for at, row in enumerate(rows):
        try:
            values.append(np.array(row, dtype=np.float64))
        except ValueError as error:
            raise InputError(f"{path}, line {line + at}: {error}") from None
        if len(row) != len(header):
            raise InputError(f"{path}, line {line + at}: {len(row)} values for {len(header)} names")
    table = np.array(values)
    index = pd.DatetimeIndex(sessions, name="session")
    if index.has_duplicates:
        raise InputError(f"{path}, line {line + int(index.duplicated().argmax())}: the date stands twice")
    return pd.DataFrame(np.where(np.isin(table, MISSING), np.nan, table) / 100.0, index=index, columns=header)
