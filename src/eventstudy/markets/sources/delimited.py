"""Delimited text files as cells: encoding, delimiter, header rows, and rows of one width."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...errors import InputError
from .headers import HEADER_WITHIN
from .layouts import Layout, LayoutNeeded
from .roles import ROLE_OF, plain_name

TOP = 65_536
LONGEST_LINE = 1_000_000
MOST_COLUMNS = 16_384  # of a sheet of Excel
MOST_CELLS = 100_000_000
ENCODINGS = ("cp1252", "gb18030", "cp932", "euc_kr", "big5", "cp1251", "cp1250", "cp1254")
DELIMITERS = ",;\t|"
# Compressed files have a checksum, and workbooks too.
PLAIN, TAIL, ENOUGH = (".csv", ".tsv", ".txt"), 4_096, 6
_SENTENCE = re.compile(r'"?[A-Za-z]+( [\w.:/-]+){3,}"?')


def decoded(content: bytes, file: Path, layout: Layout) -> str:
    """Return the text of a file, with all line ends as line feeds.

    Parameters
    ----------
    content : bytes
        The whole file.
    file : Path
        For messages.
    layout : Layout
        Its encoding.

    Returns
    -------
    str
        Not empty, without trailing blank lines.

    Raises
    ------
    LayoutNeeded
        If the bytes are not text in that encoding.
    InputError
        If the file is empty, has a NUL byte, or a line of more than a million characters.
    """
    try:
        text = content.decode(layout.encoding).rstrip("\r\n ")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        marked = content[:2] in (b"\xff\xfe", b"\xfe\xff")
        options = [{"encoding": name} for name in (("utf-16",) if marked else _encodings(content))]
        name = "UTF-8" if layout.encoding.startswith("utf-8") else layout.encoding
        raise LayoutNeeded(f"{file}:{line}: not {name} text; declare encoding in a layout", options=options) from None
    if not text.strip():
        raise InputError(f"{file}: empty; write a header such as symbol,date,open,high,low,close and the rows")
    refuse_nul(text, file)
    text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    _refuse_long_lines(text, file)
    return text


def cut_short(content: bytes, file: Path) -> list[str]:
    """Say of a text whose last line does not end whether its last number may have lost digits.

    Parameters
    ----------
    content : bytes
        The whole file.
    file : Path
        For the note.

    Returns
    -------
    list of str
        One note where the last cell has fewer decimals than each of the lines above; else none.
    """
    if file.suffix.lower() not in PLAIN or content.endswith((b"\n", b"\r")):
        return []
    lines = content[-TAIL:].split(b"\n")[1:]
    if len(lines) < ENOUGH:
        return []
    sign = b"," if b";" in lines[-1] else b"."
    ends = [line.rstrip(b'\r"').rpartition(sign) for line in lines]
    decimals = [len(digits) if found and digits.isdigit() else 0 for _, found, digits in ends]
    if decimals[-1] >= min(decimals[:-1]):
        return []
    last = lines[-1].decode("utf-8", "replace")[-40:]
    return [f"{file.name}: the last line does not end, and its last number is shorter than all above ({last!r}): cut?"]


def _refuse_long_lines(text: str, file: Path) -> None:
    """Refuse a line that no table of prices has, before its cells take memory."""
    begin = 0
    while begin + LONGEST_LINE < len(text):
        end = text.rfind("\n", begin, begin + LONGEST_LINE + 1)  # the last line that ends within the limit
        if end < 0:
            line = text.count("\n", 0, begin) + 1
            raise InputError(f"{file}:{line}: a line of more than {LONGEST_LINE:,} characters; correct that line")
        begin = end + 1


def refuse_large(rows: int, columns: int, file: Path) -> None:
    """Refuse a table with more columns or cells than are read.

    Parameters
    ----------
    rows, columns : int
    file : Path
        For the message.

    Raises
    ------
    InputError
    """
    if columns > MOST_COLUMNS:
        raise InputError(f"{file}: {columns:,} columns; at most {MOST_COLUMNS:,} are read, split the file")
    if rows * columns > MOST_CELLS:
        raise InputError(f"{file}: more than {MOST_CELLS:,} cells; keep what the study needs")


def refuse_nul(text: str, file: Path) -> None:
    """Refuse text with a NUL byte.

    Parameters
    ----------
    text : str
    file : Path
        For the message.

    Raises
    ------
    InputError
    """
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InputError(f"{file}:{line}: a NUL byte; this is not a text file")


def _encodings(content: bytes) -> list[str]:
    """Return the encodings in which the text may be written; first those in which known column names occur."""

    def known(name: str) -> int:
        top = content[:TOP].split(b"\n", 1)[0].decode(name, errors="replace")
        return sum(plain_name(cell) in ROLE_OF for cell in re.split(f"[{DELIMITERS}]", top.replace('"', "")))

    return sorted(ENCODINGS, key=known, reverse=True)


def find_delimiter(text: str) -> str:
    """Return the delimiter whose number is the same in most of the first lines; a comma if none occurs.

    Parameters
    ----------
    text : str
        The whole file.

    Returns
    -------
    str
        One of ``, ; | `` and the tabulator.
    """
    top = [line for line in text[:TOP].split("\n", HEADER_WITHIN)[:HEADER_WITHIN] if line.strip()]

    def fit(sign: str) -> tuple[int, int]:
        counts = Counter(line.count(sign) for line in top if sign in line)
        often = max(counts.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return often[1], often[0]

    return max(DELIMITERS, key=fit)


def top_rows(text: str, delimiter: str, file: Path) -> tuple[list[list[str]], list[int]]:
    """Return the first rows, which include the header, and the line on which each ends.

    Parameters
    ----------
    text : str
        The whole file.
    delimiter : str
        One character.
    file : Path
        For messages.

    Returns
    -------
    tuple of list of rows and list of int
        Cells of each row, and lines counted from 1.

    Raises
    ------
    InputError
        If the quotes of these rows are not closed.
    """
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        numbered = [(row, reader.line_num) for row in islice(reader, HEADER_WITHIN)]
    except csv.Error as error:
        raise InputError(
            f"{file}:1: no header that can be read ({error}); write one such as symbol,date,close"
        ) from None
    return [row for row, _ in numbered], [line for _, line in numbered]


def without_footer(text: str, width: int) -> str:
    """Return a text without a last line that is a sentence, such as where and when a file was downloaded.

    Parameters
    ----------
    text : str
        The whole file.
    width : int
        Cells of each row; in a file of one column nothing is a footer.

    Returns
    -------
    str
        Unchanged where the last line has digits first, or fewer than four words.
    """
    above, _, last = text.rpartition("\n")
    return above.rstrip("\n ") if width > 1 and _SENTENCE.fullmatch(last) else text


def text_cells(
    text: str, delimiter: str, skipped: int, width: int, file: Path, prices: Collection[int] = (), *, gaps: bool = False
) -> pd.DataFrame:
    """Return the cells below a number of lines: numbers where all `prices` are plain ones, else text.

    Parameters
    ----------
    text : str
        The whole file.
    delimiter : str
        One character.
    skipped : int
        Lines above the first row.
    width : int
        Cells of each row.
    file : Path
        For messages.
    prices : collection of int
        Positions of the columns that may be read as numbers; none where thousands separators are possible.
    gaps : bool
        Whether blank cells of `prices` are missing numbers (NaN).

    Returns
    -------
    DataFrame, shape (n, width)
        Columns by position, rows by line from 1.

    Raises
    ------
    InputError
        If a row has more cells than the header, or its quotes are not closed.
    """
    body = io.StringIO(text)
    options: dict[str, Any] = {"sep": delimiter, "keep_default_na": False, "skip_blank_lines": False}
    kinds: Any = {at: str for at in range(width) if at not in prices} if prices else str
    if gaps:
        options["na_values"] = {at: [""] for at in prices}
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
        raise InputError(f"{file}: {str(error).strip().splitlines()[-1]}; correct that line") from None
    if prices and not all(_plain(cells[at], gaps=gaps) for at in prices):
        return text_cells(text, delimiter, skipped, width, file)
    return cells.set_axis(pd.RangeIndex(skipped + 1, skipped + 1 + len(cells)))


def _plain(column: pd.Series, *, gaps: bool) -> bool:
    """Return whether a column was read as finite numbers (or gaps), so that no cell needs further rules."""
    if column.dtype.kind not in "iuf":
        return False
    values = column.to_numpy()
    return not np.isinf(values).any() if gaps else bool(np.isfinite(values).all())


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
    for line, cells in _quoted_widths(text, delimiter, file) if '"' in text else _plain_widths(text, delimiter, width):
        if line > skipped and cells != width:
            what = "fewer" if cells < width else "more"
            raise LayoutNeeded(
                f"{file}:{line}: {what} cells than the header has; correct that line, or declare delimiter in a layout"
            )


def _plain_widths(text: str, delimiter: str, width: int) -> Iterator[tuple[int, int]]:
    """Yield the lines of another width in a text without quotes, by counting delimiters."""
    signs = np.frombuffer(text.encode(), dtype=np.uint8)
    ends = np.append(np.flatnonzero(signs == ord("\n")), len(signs))
    counts = np.diff(np.searchsorted(np.flatnonzero(signs == ord(delimiter)), ends), prepend=0) + 1
    for at in np.flatnonzero(counts != width).tolist():
        yield at + 1, int(counts[at])


def _quoted_widths(text: str, delimiter: str, file: Path) -> Iterator[tuple[int, int]]:
    """Yield the number of cells of each line, with delimiters in quotes not counted."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            yield reader.line_num, len(row)
    except csv.Error as error:
        raise InputError(f"{file}:{reader.line_num}: {error}; correct that line") from None
