"""Read a list of events as text cells: CSV and other delimited text, gzip, Excel and Parquet."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import InputError
from ..files import read_bytes
from ..markets.sources.delimited import find_delimiter, refuse_nul
from ..markets.sources.grids import excel_rows, unpacked
from ..optional import need

EXCEL, PARQUET = (".xlsx", ".xlsm"), (".parquet", ".pq")
MOST_LINES = 20_000_000
Row = tuple[int, list[str]]


def read_cells(file: Path) -> list[Row]:
    """Return the rows of a file that are not blank, each with its line.

    Parameters
    ----------
    file : Path
        ``.csv``, ``.tsv``, ``.txt`` (also ``.gz``), ``.xlsx`` or ``.parquet``. Text has commas, semicolons, tabs, bars
        or, where none of these occurs, blanks between its cells.

    Returns
    -------
    list of tuple of int and list of str
        Lines from 1, and cells without blanks around them.

    Raises
    ------
    InputError
        If the file cannot be read, is empty, or a row has another number of cells than the first.
    """
    content, suffix = read_bytes(file), file.suffix.lower()
    if suffix in EXCEL:
        rows = list(enumerate(([_text(cell) for cell in row] for row in excel_rows(content, file)), start=1))
    elif suffix in PARQUET:
        rows = _parquet(content, file)
    else:
        rows = _delimited(unpacked(content, file) if suffix == ".gz" else content, file)
    kept = [(line, [cell.strip() for cell in row]) for line, row in rows if any(cell.strip() for cell in row)]
    if not kept:
        raise InputError(f"{file}: empty; write a header such as event_id,symbol,session and the events")
    width = len(kept[0][1])
    for line, row in kept:
        if len(row) != width:
            what = "fewer" if len(row) < width else "more"
            raise InputError(f"{file}:{line}: {what} cells than the first line has ({len(row)}, not {width})")
    return kept


def _delimited(content: bytes, file: Path) -> list[Row]:
    """Return the rows of delimited text."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(f"{file}:{line}: not UTF-8 text; save the list as UTF-8 or .xlsx") from None
    refuse_nul(text, file)
    top = text.split("\n", 1)[0]
    delimiter = find_delimiter(text)
    if delimiter not in top and len(top.split()) > 1:
        return [(line, row.split()) for line, row in enumerate(text.splitlines(), start=1)]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise InputError(f"{file}:{reader.line_num}: not a CSV file ({error}); correct that line") from None


def _parquet(content: bytes, file: Path) -> list[Row]:
    """Return the columns of a Parquet file as rows of text, its names first."""
    arrow, parquet = need("pyarrow", "prices"), need("pyarrow.parquet", "prices")
    try:
        source = parquet.ParquetFile(arrow.BufferReader(content))
        if source.metadata.num_rows > MOST_LINES:
            raise InputError(f"{file}: more than {MOST_LINES:,} events; split the list")
        frame = source.read().to_pandas(ignore_metadata=True)
    except (arrow.ArrowException, OSError) as error:
        raise InputError(f"{file}: not a Parquet file that can be read ({type(error).__name__})") from None
    columns = [[_text(cell) for cell in frame[name]] for name in frame]
    body = enumerate((list(row) for row in zip(*columns, strict=True)), start=2)
    return [(1, [str(name) for name in frame]), *body]


def _text(cell: Any) -> str:
    """Return a typed cell as the text that a CSV file would have."""
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        midnight = cell.tzinfo is None and cell.time() == dt.time()
        return cell.date().isoformat() if midnight else cell.isoformat()
    return str(cell)
