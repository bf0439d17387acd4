"""Read files as tables of cells: delimited text, gzip, Excel, Parquet and JSON, within a limit of memory."""

from __future__ import annotations

import ast
import datetime as dt
import io
import itertools
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from ...errors import InputError
from ...files import MEGABYTE
from ...optional import need
from .cells import Kind, check_widths, line_feeds, read_cells
from .delimited import MOST_CELLS, decoded, find_delimiter, refuse_large, top_rows, without_footer
from .headers import HEADER_WITHIN, find_plan, likely_names
from .json_rows import json_rows
from .layouts import Layout, LayoutNeeded
from .plans import Block, Plan, Rows, looks_dated
from .roles import QUOTES

LIMIT = 100 * MEGABYTE
PRICED = (*QUOTES, "volume")
KINDS = {".parquet": "parquet", ".pq": "parquet", ".xlsx": "xlsx", ".xlsm": "xlsx", ".json": "json", ".gz": "gzip"}
LEGACY = (".xls", ".xlsb", ".ods")


@dataclass(frozen=True, kw_only=True)
class Grid:
    """The cells below a header.

    Parameters
    ----------
    plan : Plan
        Where the rows begin and what the columns are.
    cells : DataFrame
        Text, numbers or datetimes; columns by position in the row (from 0), rows by line in the file (from 1).
    """

    plan: Plan
    cells: pd.DataFrame = field(repr=False)


def read_grid(content: bytes, file: Path, layout: Layout) -> Grid:
    """Read the cells of a file in the format that its name indicates.

    Parameters
    ----------
    content : bytes
        The whole file.
    file : Path
        Its name tells the format.
    layout : Layout
        What the user declares.

    Returns
    -------
    Grid
        At least one row of cells.

    Raises
    ------
    InputError
        If the file cannot be read in that format, has no header with a date, has no rows, or unpacks to more than 100
        MB.
    """
    suffix = file.suffix.lower()
    if suffix in LEGACY:
        raise InputError(f"{file}: a workbook of another kind than .xlsx; save it as .xlsx or .csv")
    kind = KINDS.get(suffix, "text")
    if kind == "parquet":
        grid = _parquet(content, file, layout)
    elif kind == "xlsx":
        grid = _excel(content, file, layout)
    elif kind == "json":
        rows, known = json_rows(content, file)
        grid = _of_rows(rows, layout.with_defaults(known), file)
    else:
        grid = _text(unpacked(content, file) if kind == "gzip" else content, file, layout)
    if grid.cells.empty:
        raise InputError(f"{file}: a header and no rows; add the prices")
    return grid


def unpacked(content: bytes, file: Path) -> bytes:
    """Unpack gzip, up to a limit of 100 MB.

    Parameters
    ----------
    content : bytes
        One gzip member.
    file : Path
        For messages.

    Returns
    -------
    bytes
        The unpacked file.

    Raises
    ------
    InputError
        If it is not one whole gzip member, or larger than the limit.
    """
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(content, LIMIT + 1)
    except zlib.error as error:
        raise InputError(f"{file}: not a whole gzip file ({error}); fetch it again") from None
    if len(plain) > LIMIT:
        raise InputError(f"{file}: unpacks to more than {LIMIT // MEGABYTE} MB; split it or keep what the study needs")
    if not unpacker.eof or unpacker.unused_data:
        raise InputError(f"{file}: a gzip file that ends early or goes on; pack it again as one")
    return plain


def _text(content: bytes, file: Path, layout: Layout) -> Grid:
    """Return the cells of a text file."""
    text = decoded(content, file, layout)
    delimiter = layout.delimiter or find_delimiter(text)
    rows, lines = top_rows(text, delimiter, file)
    refuse_large(line_feeds(text), max(map(len, rows)), file)
    plan = _planned(rows, layout, file)
    skipped = lines[plan.first_row - 1] if plan.first_row else 0
    text = without_footer(text, plan.width)
    check_widths(text, delimiter, skipped, plan.width, file)
    kinds = {at: _kind(role, block, plan) for block in plan.blocks for role, at in block.columns.items()}
    # A cell that means "no price" is compared as text where any column is text, and as a number where none is.
    cells = read_cells(text, delimiter, skipped, plan.width, file, kinds, alike=bool(plan.layout.missing))
    return Grid(plan=plan, cells=cells)


def _kind(role: str, block: Block, plan: Plan) -> Kind:
    """Return how the cells of a column are read."""
    if role not in PRICED:  # the moments of one symbol are all different
        return Kind.TEXT if role == "date" and not {"symbol", "time"} & block.columns.keys() else Kind.WORDS
    if plan.layout.decimal != ".":  # pandas would read the German thousand 1.234 as a fraction
        return Kind.TEXT
    # In a row of one symbol an empty close is a fault that is told, unless the row has no price at all.
    certain = plan.layout.missing or (role == "close" and plan.shape == "long")
    return Kind.NUMBERS if certain else Kind.GAPS


def _planned(rows: Sequence[Sequence[str]], layout: Layout, file: Path) -> Plan:
    """Return the plan of a table; refuse one without a date column."""
    plan = find_plan(rows, layout, file)
    if plan is None:
        raise LayoutNeeded(
            f"{file}:1: no `date` column in the first {HEADER_WITHIN} rows; declare the columns in a layout",
            options=[{"columns": {"date": name}} for name in _date_names(rows)],
        )
    return plan


def _date_names(rows: Rows) -> list[str]:
    """Return the names of columns that may be the date: those with a date below them, else by their syllables."""
    below = [
        cell.strip()
        for upper, lower in itertools.pairwise(rows)
        for cell, under in zip(upper, lower, strict=False)
        if re.search(r"[^\W\d]", cell) and looks_dated(under)
    ]
    named = [cell.strip() for cell in (rows[0] if rows else ()) if re.search(r"[^\W\d]", cell)]
    return list(dict.fromkeys(below)) or likely_names("date", named)


def _of_rows(rows: list[list[Any]], layout: Layout, file: Path) -> Grid:
    """Return the cells of rows that may hold numbers and dates, written as text in the plan's layout."""
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise InputError(f"{file}: empty; write a header such as symbol,date,open,high,low,close and the rows")
    refuse_large(len(rows), max(map(len, rows)), file)
    plan = _planned([[_cell(value, layout) for value in row] for row in rows[:HEADER_WITHIN]], layout, file)
    body = [[_cell(value, plan.layout) for value in row[: plan.width]] for row in rows[plan.first_row :]]
    body = [row + [""] * (plan.width - len(row)) for row in body]
    lines = pd.RangeIndex(plan.first_row + 1, plan.first_row + 1 + len(body))
    return Grid(plan=plan, cells=pd.DataFrame(body, index=lines, columns=range(plan.width), dtype=str))


def _excel(content: bytes, file: Path, layout: Layout) -> Grid:
    """Return the cells of one sheet, as text that reads back to the same values."""
    return _of_rows(excel_rows(content, file, layout.sheet), layout, file)


def excel_rows(content: bytes, file: Path, sheet: str = "") -> list[list[Any]]:
    """Return the rows of one sheet of a workbook.

    Parameters
    ----------
    content : bytes
        The whole file.
    file : Path
        For messages.
    sheet : str
        Needed where there are several.

    Returns
    -------
    list of list
        Text, numbers, dates and None.

    Raises
    ------
    InputError
        If it is no workbook, is too large, or has several sheets of which none is named.
    """
    check_zip(content, file)
    openpyxl = need("openpyxl", "excel")
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        names = book.sheetnames
        if sheet not in names and (sheet or len(names) != 1):
            options = [{"sheet": name} for name in names[:10]]
            why = f"name the sheet in a layout: one of {', '.join(names[:10])}"
            raise LayoutNeeded(f"{file}: {why}", options=options)
        return list(_sheet_rows(book[sheet or names[0]], file))
    except InputError:
        raise
    except Exception as error:  # openpyxl raises whatever a malformed part leads to
        raise InputError(f"{file}: not an Excel file that can be read ({type(error).__name__}); save it anew") from None


def check_zip(content: bytes, file: Path) -> None:
    """Refuse a file that is no zip, unpacks to too much, or declares entities (which the format forbids).

    Parameters
    ----------
    content : bytes
    file : Path
        For the message.

    Raises
    ------
    InputError
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > LIMIT:
                raise InputError(f"{file}: unpacks to more than {LIMIT // MEGABYTE} MB; keep what the study needs")
            parts = (archive.read(part) for part in archive.infolist() if part.filename.endswith((".xml", ".rels")))
            if any(b"<!DOCTYPE" in part or b"<!ENTITY" in part for part in parts):
                raise InputError(f"{file}: declares a document type, which no Excel file does; save it anew")
    except InputError:
        raise
    except Exception:  # zipfile raises BadZipFile, and whatever else a wrong offset or length leads to
        raise InputError(f"{file}: not an Excel file (.xlsx); save it anew") from None


def _sheet_rows(sheet: Any, file: Path) -> Iterator[list[Any]]:
    """Yield the rows of a sheet, up to a limit of cells."""
    seen = 0
    for row in sheet.iter_rows(values_only=True):
        seen += len(row)
        if seen > MOST_CELLS:
            raise InputError(f"{file}: more than {MOST_CELLS:,} cells; keep what the study needs")
        yield list(row)


def _cell(value: Any, layout: Layout) -> str:
    """Return one value as text, with the decimal sign and date format of the layout."""
    if value is None:
        return ""
    if isinstance(value, float):
        return (str(int(value)) if value.is_integer() else repr(value)).replace(".", layout.decimal)
    if isinstance(value, dt.datetime):
        plain = "%Y-%m-%d" if value.time() == dt.time() else "%Y-%m-%d %H:%M:%S"
        return value.strftime(layout.date_format or plain)
    return str(value)


def _parquet(content: bytes, file: Path, layout: Layout) -> Grid:
    """Return the columns of a Parquet file in their own types."""
    arrow, parquet = need("pyarrow", "prices"), need("pyarrow.parquet", "prices")
    try:
        source = parquet.ParquetFile(arrow.BufferReader(content))
        meta = source.metadata
        refuse_large(meta.num_rows, meta.num_columns, file)
        names = [str(name) for name in source.schema_arrow.names]
        header, order = _header_of(names)
        plan = _planned(header, layout, file)
        positions = {at for block in plan.blocks for at in block.columns.values()}
        table = source.read(columns=[names[order[at]] for at in sorted(positions)])
        frame = table.replace_schema_metadata(None).to_pandas()
    except InputError:
        raise
    except Exception as error:  # pyarrow passes on what damaged text or pages lead to
        raise InputError(f"{file}: not a Parquet file that can be read ({type(error).__name__})") from None
    cells = frame.rename(columns={names[name]: at for at, name in enumerate(order)})
    return Grid(plan=plan, cells=cells.set_axis(pd.RangeIndex(1, len(cells) + 1)))


def _header_of(names: list[str]) -> tuple[list[list[str]], list[int]]:
    """Return the header rows of Parquet names and the position of each column.

    pandas writes two levels of columns as names such as ``"('Close', 'X')"``.
    """
    pairs = {at: pair for at, name in enumerate(names) if (pair := _pair(name))}
    if not pairs:
        return [names], list(range(len(names)))
    order = [at for at in range(len(names)) if at not in pairs] + list(pairs)
    rows = [[str(pairs[at][level]) if at in pairs else names[at] * (level == 0) for at in order] for level in (0, 1)]
    return rows, order


def _pair(name: str) -> tuple[Any, Any] | None:
    """Return both levels of the name of a column with two levels; None for any other name."""
    if not name.startswith("('"):
        return None
    try:
        pair = ast.literal_eval(name)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return pair if isinstance(pair, tuple) and len(pair) == 2 else None
