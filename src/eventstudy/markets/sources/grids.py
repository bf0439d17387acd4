"""Files as tables of cells: text, also compressed, Excel, Parquet and JSON; never more than fits in memory."""

from __future__ import annotations

import ast
import csv
import datetime as dt
import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...errors import InputError
from ...files import MEGABYTE
from ...optional import need
from .headers import HEADER_WITHIN, Plan, find_plan
from .json_rows import json_rows
from .layouts import Layout, LayoutNeeded
from .roles import QUOTES

LIMIT = 100 * MEGABYTE
MOST_CELLS = 100_000_000
TOP = 65_536
DELIMITERS = ",;\t|"
PRICED = (*QUOTES, "volume")
KINDS = {".parquet": "parquet", ".pq": "parquet", ".xlsx": "xlsx", ".xlsm": "xlsx", ".json": "json", ".gz": "gzip"}
LEGACY = (".xls", ".xlsb", ".ods")


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


def decoded(content: bytes, file: Path, layout: Layout) -> str:
    """Return the text of a file, with line ends of one kind."""
    try:
        text = content.decode(layout.encoding).rstrip("\r\n ")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        marked = content[:2] in (b"\xff\xfe", b"\xfe\xff")
        options = [{"encoding": name} for name in (("utf-16",) if marked else ("cp1252", "gb18030"))]
        name = "UTF-8" if layout.encoding.startswith("utf-8") else layout.encoding
        raise LayoutNeeded(f"{file}:{line}: not {name} text; declare encoding in a layout", options=options) from None
    if not text.strip():
        raise InputError(f"{file}: empty; write a header such as symbol,date,open,high,low,close and the rows")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InputError(f"{file}:{line}: a NUL byte; this is no text file")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _text(content: bytes, file: Path, layout: Layout) -> Grid:
    """Cells of a text file."""
    text = decoded(content, file, layout)
    delimiter = layout.delimiter or _delimiter(text)
    rows, lines = top_rows(text, delimiter, file)
    plan = _planned(rows, layout, file)
    skipped = lines[plan.first_row - 1] if plan.first_row else 0
    check_widths(text, delimiter, skipped, plan.width, file)
    prices = {at for block in plan.blocks for role, at in block.columns.items() if role in PRICED}
    if plan.layout.decimal != ".":  # 1.234 may be a thousand
        prices = set()
    return Grid(plan=plan, cells=text_cells(text, delimiter, skipped, plan.width, file, prices))


def text_cells(
    text: str, delimiter: str, skipped: int, width: int, file: Path, prices: Collection[int] = ()
) -> pd.DataFrame:
    """Return the cells below so many lines: numbers where all of `prices` are plain ones, else text."""
    body = io.StringIO(text)
    options: dict[str, Any] = {"sep": delimiter, "keep_default_na": False, "skip_blank_lines": False}
    kinds: Any = {at: str for at in range(width) if at not in prices} if prices else str
    try:
        cells: pd.DataFrame = pd.read_csv(
            body,
            skiprows=skipped,
            header=None,
            names=range(width),
            dtype=kinds,
            low_memory=False,
            **options,
        )
    except pd.errors.EmptyDataError:
        cells = pd.DataFrame(columns=range(width), dtype=str)
    except (pd.errors.ParserError, ValueError) as error:
        raise InputError(f"{file}: {str(error).strip().splitlines()[-1]}; mend that line") from None
    if prices and not all(_plain(cells[at]) for at in prices):
        return text_cells(text, delimiter, skipped, width, file)
    return cells.set_axis(pd.RangeIndex(skipped + 1, skipped + 1 + len(cells)))


def _plain(column: pd.Series) -> bool:
    """Whether a column came as finite numbers, so that none of its cells needs a rule or a complaint."""
    return column.dtype.kind in "iuf" and bool(np.isfinite(column.to_numpy()).all())


def check_widths(text: str, delimiter: str, skipped: int, width: int, file: Path) -> None:
    """Raise for the first line with fewer or more cells than the header: pandas fills up the one in silence."""
    for line, cells in _quoted_widths(text, delimiter, file) if '"' in text else _plain_widths(text, delimiter, width):
        if line > skipped and cells != width:
            what = "fewer" if cells < width else "more"
            raise LayoutNeeded(
                f"{file}:{line}: {what} cells than the header has; mend that line, or declare delimiter in a layout"
            )


def _plain_widths(text: str, delimiter: str, width: int) -> Iterator[tuple[int, int]]:
    """Yield the lines of another width, counted by their delimiters: there are no quotes."""
    signs = np.frombuffer(text.encode(), dtype=np.uint8)
    ends = np.append(np.flatnonzero(signs == ord("\n")), len(signs))
    counts = np.diff(np.searchsorted(np.flatnonzero(signs == ord(delimiter)), ends), prepend=0) + 1
    for at in np.flatnonzero(counts != width).tolist():
        yield at + 1, int(counts[at])


def _quoted_widths(text: str, delimiter: str, file: Path) -> Iterator[tuple[int, int]]:
    """Yield the number of cells of each line, quotes respected."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            yield reader.line_num, len(row)
    except csv.Error as error:
        raise InputError(f"{file}:{reader.line_num}: {error}; mend that line") from None


def _delimiter(text: str) -> str:
    """Return the sign that stands equally often in most of the first lines; a comma where there is none."""
    top = [line for line in text[:TOP].split("\n", HEADER_WITHIN)[:HEADER_WITHIN] if line.strip()]

    def fit(sign: str) -> tuple[int, int]:
        counts = Counter(line.count(sign) for line in top if sign in line)
        often = max(counts.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return often[1], often[0]

    return max(DELIMITERS, key=fit)


def top_rows(text: str, delimiter: str, file: Path) -> tuple[list[list[str]], list[int]]:
    """Return the first rows, among which the header is, and the line at which each ends."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        numbered = [(row, reader.line_num) for row in islice(reader, HEADER_WITHIN)]
    except csv.Error as error:
        raise InputError(
            f"{file}:1: no header that can be read ({error}); write one such as symbol,date,close"
        ) from None
    return [row for row, _ in numbered], [line for _, line in numbered]


def _planned(rows: Sequence[Sequence[str]], layout: Layout, file: Path) -> Plan:
    plan = find_plan(rows, layout, file)
    if plan is None:
        names = [cell.strip() for cell in (rows[0] if rows else ()) if cell.strip()]
        raise LayoutNeeded(
            f"{file}:1: no `date` column in the first {HEADER_WITHIN} rows; declare the columns in a layout",
            options=[{"columns": {"date": name}} for name in names],
        )
    return plan


def _of_rows(rows: list[list[Any]], layout: Layout, file: Path) -> Grid:
    """Cells of rows that may have numbers and dates among them; the plan says how they are written."""
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise InputError(f"{file}: empty; write a header such as symbol,date,open,high,low,close and the rows")
    plan = _planned([[_cell(value, layout) for value in row] for row in rows[:HEADER_WITHIN]], layout, file)
    body = [[_cell(value, plan.layout) for value in row[: plan.width]] for row in rows[plan.first_row :]]
    body = [row + [""] * (plan.width - len(row)) for row in body]
    lines = pd.RangeIndex(plan.first_row + 1, plan.first_row + 1 + len(body))
    return Grid(plan=plan, cells=pd.DataFrame(body, index=lines, columns=range(plan.width), dtype=str))


def _excel(content: bytes, file: Path, layout: Layout) -> Grid:
    """Cells of one sheet, as text that reads back to the same values."""
    _check_zip(content, file)
    openpyxl = need("openpyxl", "excel")
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        names = book.sheetnames
        if layout.sheet not in names and (layout.sheet or len(names) != 1):
            options = [{"sheet": name} for name in names[:10]]
            why = f"name the sheet in a layout: one of {', '.join(names[:10])}"
            raise LayoutNeeded(f"{file}: {why}", options=options)
        rows = list(_sheet_rows(book[layout.sheet or names[0]], file))
    except InputError:
        raise
    except Exception as error:  # openpyxl raises whatever a malformed part leads to
        raise InputError(f"{file}: not an Excel file that can be read ({type(error).__name__}); save it anew") from None
    return _of_rows(rows, layout, file)


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


def _sheet_rows(sheet: Any, file: Path) -> Iterator[list[Any]]:
    """Rows of a sheet."""
    seen = 0
    for row in sheet.iter_rows(values_only=True):
        seen += len(row)
        if seen > MOST_CELLS:
            raise InputError(f"{file}: more than {MOST_CELLS:,} cells; keep what the study needs")
        yield list(row)


def _cell(value: Any, layout: Layout) -> str:
    """One value as text in the layout's own manner."""
    if value is None:
        return ""
    if isinstance(value, float):
        return (str(int(value)) if value.is_integer() else repr(value)).replace(".", layout.decimal)
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
        header, order = _header_of(names)
        plan = _planned(header, layout, file)
        positions = {at for block in plan.blocks for at in block.columns.values()}
        table = source.read(columns=[names[order[at]] for at in sorted(positions)])
        frame = table.to_pandas(ignore_metadata=True)
    except (arrow.ArrowException, OSError) as error:
        raise InputError(f"{file}: not a Parquet file that can be read ({type(error).__name__})") from None
    cells = frame.rename(columns={names[name]: at for at, name in enumerate(order)})
    return Grid(plan=plan, cells=cells.set_axis(pd.RangeIndex(1, len(cells) + 1)))


def _header_of(names: list[str]) -> tuple[list[list[str]], list[int]]:
    """Header rows of Parquet names, and the position of each column; pandas writes two levels as ``('Close', 'X')``."""
    pairs = {at: ast.literal_eval(name) for at, name in enumerate(names) if _is_pair(name)}
    if not pairs:
        return [names], list(range(len(names)))
    order = [at for at in range(len(names)) if at not in pairs] + list(pairs)
    rows = [[str(pairs[at][level]) if at in pairs else names[at] * (level == 0) for at in order] for level in (0, 1)]
    return rows, order


def _is_pair(name: str) -> bool:
    """Whether a name is that of a column with two levels."""
    if not name.startswith("('"):
        return False
    try:
        pair = ast.literal_eval(name)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False
    return isinstance(pair, tuple) and len(pair) == 2
