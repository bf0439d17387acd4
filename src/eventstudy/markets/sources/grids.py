"""Files as tables of cells: text files, also compressed, Excel and Parquet; never more than fits in memory."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from ...errors import InputError
from ...files import MEGABYTE
from ...optional import need
from .layouts import HEADER_WITHIN, Layout, Plan, find_plan

LIMIT = 100 * MEGABYTE
MOST_CELLS = 100_000_000
DELIMITERS = ",;\t|"


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Cells below a header, a column a position in the row, indexed by their line in the file."""

    plan: Plan
    cells: pd.DataFrame = field(repr=False)


def read_grid(content: bytes, file: Path, layout: Layout) -> Grid:
    """Read the cells of a file by the kind its name has.

    Raises
    ------
    InputError
        If it cannot be read as that, has no header with a date, has no rows, or unpacks to more than 100 MB.
    """
    kind = kind_of(file)
    if kind == "parquet":
        return _parquet(content, file, layout)
    if kind == "xlsx":
        return _excel(content, file, layout)
    return _text(unpacked(content, file) if file.name.lower().endswith(".gz") else content, file, layout)


def kind_of(file: Path) -> str:
    """``"parquet"``, ``"xlsx"`` or ``"text"``, by the file's name."""
    suffix = file.suffix.lower()
    return {".parquet": "parquet", ".pq": "parquet", ".xlsx": "xlsx", ".xlsm": "xlsx"}.get(suffix, "text")


def unpacked(content: bytes, file: Path) -> bytes:
    """Unpack gzip, stopping at the limit."""
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
    """Cells of a text file."""
    try:
        text = content.decode(layout.encoding).rstrip("\r\n ")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(f"{file}:{line}: not {layout.encoding} text; declare its encoding in a layout") from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InputError(f"{file}:{line}: a NUL byte; this is no text file")
    delimiter = layout.delimiter or _delimiter(text)
    plan = _planned(top_rows(text, delimiter, file), layout, file)
    cells = _body(text, delimiter, plan, file)
    if cells.empty:
        raise InputError(f"{file}: a header and no rows; add the prices")
    return Grid(plan=plan, cells=cells)


def _body(text: str, delimiter: str, plan: Plan, file: Path) -> pd.DataFrame:
    """Cells below the header; every line has as many as it."""
    _check_lengths(text, delimiter, plan, file)
    options: dict[str, Any] = {"sep": delimiter, "dtype": str, "keep_default_na": False, "skip_blank_lines": False}
    try:
        cells: pd.DataFrame = pd.read_csv(io.StringIO(text), skiprows=plan.first_row - 1, header=0, **options)
    except (pd.errors.ParserError, ValueError) as error:
        raise InputError(f"{file}: {str(error).strip().splitlines()[-1]}; mend that line") from None
    first = plan.first_row + 1
    return cells.set_axis(range(plan.width), axis=1).set_axis(pd.RangeIndex(first, first + len(cells)))


def _check_lengths(text: str, delimiter: str, plan: Plan, file: Path) -> None:
    """Raise for the first line with fewer or more cells than the header: pandas fills up the one in silence."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        for number, row in enumerate(reader, start=1):
            if number > plan.first_row and len(row) != plan.width:
                what = "fewer" if len(row) < plan.width else "more"
                raise InputError(f"{file}:{reader.line_num}: {what} cells than the header has; mend that line")
    except csv.Error as error:
        raise InputError(f"{file}:{reader.line_num}: {error}; mend that line") from None


def _delimiter(text: str) -> str:
    """Return the sign that stands most often in the first lines; a comma where there is none."""
    top = "".join(islice(io.StringIO(text), HEADER_WITHIN))
    header = next((line for line in top.splitlines() if "date" in line.lower()), top)
    return max(DELIMITERS, key=header.count)


def top_rows(text: str, delimiter: str, file: Path) -> list[list[str]]:
    """Return the first rows, among which the header is."""
    try:
        return list(islice(csv.reader(io.StringIO(text), delimiter=delimiter), HEADER_WITHIN))
    except csv.Error as error:
        raise InputError(f"{file}: no header that can be read ({error})") from None


def _planned(rows: list[list[str]], layout: Layout, file: Path) -> Plan:
    plan = find_plan(rows, layout, file)
    if plan is None:
        raise InputError(f"{file}: no header with a date column in its first {HEADER_WITHIN} rows; declare a layout")
    return plan


def _excel(content: bytes, file: Path, layout: Layout) -> Grid:
    """Cells of one sheet, as text that reads back to the same values."""
    _check_zip(content, file)
    openpyxl = need("openpyxl", "excel")
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        names = book.sheetnames
        if layout.sheet not in names and (layout.sheet or len(names) != 1):
            raise InputError(f"{file}: name the sheet in a layout: one of {', '.join(names[:10])}")
        rows = list(_sheet_rows(book[layout.sheet or names[0]], layout, file))
    except InputError:
        raise
    except Exception as error:  # openpyxl raises whatever a malformed part leads to
        raise InputError(f"{file}: not an Excel file that can be read ({type(error).__name__}); save it anew") from None
    while rows and not any(rows[-1]):
        rows.pop()
    plan = _planned(rows, layout, file)
    body = [(row + [""] * plan.width)[: plan.width] for row in rows[plan.first_row :]]
    if not body:
        raise InputError(f"{file}: a header and no rows; add the prices")
    lines = pd.RangeIndex(plan.first_row + 1, plan.first_row + 1 + len(body))
    return Grid(plan=plan, cells=pd.DataFrame(body, index=lines, dtype=str))


def _check_zip(content: bytes, file: Path) -> None:
    """Refuse what is no zip, unpacks to too much, or declares entities (which the format forbids)."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > LIMIT:
                raise InputError(f"{file}: unpacks to more than {LIMIT // MEGABYTE} MB; keep what the study needs")
            parts = (archive.read(part) for part in archive.infolist() if part.filename.endswith((".xml", ".rels")))
            if any(b"<!DOCTYPE" in part or b"<!ENTITY" in part for part in parts):
                raise InputError(f"{file}: declares a document type, which no Excel file does; save it anew")
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError):
        raise InputError(f"{file}: not an Excel file (.xlsx); save it anew") from None


def _sheet_rows(sheet: Any, layout: Layout, file: Path) -> Iterator[list[str]]:
    """Rows of a sheet as text."""
    seen = 0
    for row in sheet.iter_rows(values_only=True):
        seen += len(row)
        if seen > MOST_CELLS:
            raise InputError(f"{file}: more than {MOST_CELLS:,} cells; keep what the study needs")
        yield [_cell(value, layout) for value in row]


def _cell(value: Any, layout: Layout) -> str:
    """One Excel value as text in the layout's own manner."""
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value).replace(".", layout.decimal)
    if isinstance(value, dt.datetime):
        plain = "%Y-%m-%d" if value.time() == dt.time() else "%Y-%m-%d %H:%M:%S"
        return value.strftime(layout.date_format or plain)
    return str(value)


def _parquet(content: bytes, file: Path, layout: Layout) -> Grid:
    """Columns of a Parquet file, with the types they have there."""
    arrow, parquet = need("pyarrow", "prices"), need("pyarrow.parquet", "prices")
    try:
        source = parquet.ParquetFile(arrow.BufferReader(content))
        meta = source.metadata
        if meta.num_rows * meta.num_columns > MOST_CELLS:
            raise InputError(f"{file}: more than {MOST_CELLS:,} cells; keep what the study needs")
        names = [str(name) for name in source.schema_arrow.names]
        plan = _planned([names], layout, file)
        table = source.read(columns=[names[at] for block in plan.blocks for at in block.columns.values()])
        frame = table.to_pandas(ignore_metadata=True)
    except (arrow.ArrowException, OSError) as error:
        raise InputError(f"{file}: not a Parquet file that can be read ({type(error).__name__})") from None
    if frame.empty:
        raise InputError(f"{file}: columns and no rows; add the prices")
    cells = frame.rename(columns={name: at for at, name in enumerate(names)})
    return Grid(plan=plan, cells=cells.set_axis(pd.RangeIndex(1, len(cells) + 1)))
