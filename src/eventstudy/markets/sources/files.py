"""Prices from the user's own files: CSV, Parquet and Excel, long or wide, in the layouts that vendors export."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from ...errors import InputError
from ...files import is_folder, local_path, read_bytes, sha256
from ..prices import bars as own
from ..prices import csv_columns as text
from ..prices.bars import PRICES, Bars, BarSet
from .grids import Grid, kind_of, read_grid, top_rows
from .layouts import Block, Layout, find_plan, read_layout
from .protocol import INSTANT, INTERVALS, SESSION, Fetched, Outcome, Request

SUFFIXES = (".csv", ".csv.gz", ".tsv", ".txt", ".parquet", ".pq", ".xlsx", ".xlsm")
# Ways to write a date that can be read in one way only.
CERTAIN = (
    *("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y"),
    *("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S%z"),
    *("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y%m%d %H%M%S"),
)
COLUMNS = (*PRICES, "volume", "adj_close")
LATE = "stands twice or comes after a later one; sort the rows and keep one of each"
NEVER = "is not a price; leave the row out, or declare such cells as missing in a layout"


def read_bars(path: str | os.PathLike[str], *, layout: Layout | str | os.PathLike[str] | None = None) -> BarSet:
    r"""Read prices from a file, or from every price file of a folder.

    The project's own layout is a CSV file with the columns ``symbol, date, open, high, low, close`` (dates YYYY-MM-DD),
    or ``timestamp_utc`` in place of ``date`` for bars within the day. Files of Stooq, Refinitiv, Bloomberg and Yahoo
    are known by their headers; anything else is declared with a `Layout`.

    Parameters
    ----------
    path : path
        A ``.csv``, ``.csv.gz``, ``.tsv``, ``.txt``, ``.xlsx`` or ``.parquet`` file, or a folder of them, read in the
        order of their names; subfolders are not read.
    layout : Layout or path, optional
        What the header does not say; a path names a TOML file, see `read_layout`.

    Returns
    -------
    BarSet

    Raises
    ------
    InputError
        For a missing or empty file, a value that is not a plain number or a certain date, rows out of order or
        duplicated; the message names the file and the line.
    UsageError
        For a URL.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "oil.csv")
    ...     _ = file.write_text("Date;WTI;Brent\n07.01.2020;62,70;68,27\n08.01.2020;59,61;65,44\n")
    ...     bars = read_bars(file, layout=Layout(date_format="%d.%m.%Y", decimal=","))
    >>> bars["Brent"].frame["close"].tolist()
    [68.27, 65.44]
    """
    root = local_path(path)
    plan = layout if layout is None or isinstance(layout, Layout) else read_layout(layout)
    files = _price_files(root) if is_folder(root) else [root]
    if not files:
        raise InputError(f"{root}: no price file in this folder; write one with the columns {own.LAYOUT}")
    bars: dict[str, Bars] = {}
    digests: dict[str, str] = {}
    for file in files:
        for one in _read_file(file, plan, digests):
            if one.symbol in bars:
                raise InputError(f"{file}: {one.symbol} is already in {bars[one.symbol].source}; keep one of the two")
            bars[one.symbol] = one
    return BarSet(bars=bars, files=digests)


@dataclass(frozen=True, kw_only=True)
class FileSource:
    """A source that answers from files: `eventstudy.read_bars` behind the protocol of the sources.

    Parameters
    ----------
    bars : BarSet
        What the files hold.
    as_of : Timestamp
        When they were recorded (UTC).
    """

    bars: BarSet
    as_of: pd.Timestamp = field(default_factory=lambda: pd.Timestamp.now("UTC"))

    @property
    def version(self) -> str:
        """Files, by the fingerprint of them all."""
        return f"files ({sha256(''.join(sorted(self.bars.files.values())).encode())[:16]})"

    def fetch(self, symbol: str, interval: str, start: dt.date, end: dt.date) -> Fetched:
        """Return the prices of one symbol from `start` to `end`, both included; the files must have that interval."""
        request = Request(symbol=symbol, interval=interval, start=start, end=end)
        one = self.bars.bars.get(symbol)
        if one is None:
            return self._without(request, Outcome.EMPTY, "not in the files")
        if one.length != INTERVALS[interval]:
            return self._without(request, Outcome.REFUSED, f"the files have bars of {one.length or 'a day'}")
        days = one.labels.normalize()
        wanted = (days >= pd.Timestamp(start)) & (days <= pd.Timestamp(end))
        if not wanted.any():
            return self._without(
                request, Outcome.EMPTY, f"the files have it from {days[0]:%Y-%m-%d} to {days[-1]:%Y-%m-%d}"
            )
        label = INSTANT if one.intraday else SESSION
        return Fetched(
            request=request,
            outcome=Outcome.OK,
            source=f"{self.version}: {one.source}",
            as_of=self.as_of,
            frame=one.frame[wanted].rename_axis(label),
            adjustment=one.adjustment,
        )

    def _without(self, request: Request, outcome: Outcome, detail: str) -> Fetched:
        return Fetched(request=request, outcome=outcome, detail=detail, source=self.version, as_of=self.as_of)


def _price_files(folder: Path) -> list[Path]:
    """Price files of a folder by name; a .txt is one if it begins as Stooq's do."""
    named = [path for path in sorted(folder.iterdir()) if path.name.lower().endswith(SUFFIXES) and path.is_file()]
    return [path for path in named if path.suffix.lower() != ".txt" or _first_byte(path) == b"<"]


def _first_byte(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(1)


def _read_file(file: Path, layout: Layout | None, digests: dict[str, str]) -> Iterator[Bars]:
    """Yield the instruments of one file: the project's own layout, or another."""
    content = read_bytes(file)
    if layout is None and file.suffix.lower() == ".csv" and not _foreign(content, file):
        found = own.read_bars(file)
        digests.update(found.files)
        yield from found.values()
        return
    digests[file.name] = sha256(content)
    grid = read_grid(content, file, layout or Layout())
    for block in grid.plan.blocks:
        yield from _block_bars(grid, block, file, layout or Layout())


def _foreign(content: bytes, file: Path) -> bool:
    """Whether a CSV file has a header of another layout; a bad one of our own is best explained by our own reader."""
    top = content[:65_536].decode("utf-8-sig", "replace")
    header = top.partition("\n")[0].strip().split(",")
    if {"date", "close"} <= set(header) or not top.strip():
        return False
    try:
        delimiter = max(",;\t|", key=top.count)
        return find_plan(top_rows(top, delimiter, file), Layout(), file) is not None
    except InputError:
        return not set(header) & set(own.KNOWN_COLUMNS)


def _block_bars(grid: Grid, block: Block, file: Path, layout: Layout) -> Iterator[Bars]:
    """Yield the instruments in the columns of one block."""
    table = grid.cells[list(block.columns.values())].set_axis(list(block.columns), axis=1)
    close = table["close"]
    absent = close.isna() if kind_of(file) == "parquet" else close.isin(list(layout.missing))
    if grid.plan.shape != "long":
        absent |= close.isna() | (close == "")
    table = table[~absent]
    if table.empty:
        raise InputError(f"{file}: {block.symbol or 'the close'} has no price at all; take the column out")
    clock, label = _clock(table, file, layout)
    if "symbol" in table:
        groups = iter(table.groupby(table["symbol"].astype(str).str.strip(), sort=False))
    else:
        groups = iter([(block.symbol or _stem(file), table)])
    for symbol, rows in groups:
        moments = clock[rows.index]
        late = moments.diff() <= pd.Timedelta(0)
        if late.any():
            text.refuse(moments.rename(label).astype(str), late, file, LATE)
        known = [name for name in COLUMNS if name in rows and (name == "close" or not _blank(rows[name]))]
        prices = {name: _numbers(rows[name], file, layout) for name in known}
        frame = pd.DataFrame(prices).assign(**{label: moments}).set_index(label)
        yield Bars(symbol=str(symbol), frame=frame, source=file.name)


def _blank(cells: pd.Series) -> bool:
    """Whether a symbol has nothing at all in a column."""
    return bool((cells.isna() | (cells.astype(str).str.strip() == "")).all())


def _stem(file: Path) -> str:
    """File name without its ending, ``.csv.gz`` being one."""
    return file.name[: -len(".csv.gz")] if file.name.lower().endswith(".csv.gz") else file.stem


def _numbers(cells: pd.Series, file: Path, layout: Layout) -> pd.Series:
    """Prices of a column; signs of grouping only where they are declared, and in their places."""
    if pd.api.types.is_numeric_dtype(cells):
        text.refuse(cells, pd.Series(~np.isfinite(cells.to_numpy(float)), index=cells.index), file, NEVER)
        return cells.astype(float)
    plain = cells.astype(str).str.strip()
    if layout.thousands:
        group, point = re.escape(layout.thousands), re.escape(layout.decimal)
        grouped = plain.str.fullmatch(rf"[-+]?\d{{1,3}}({group}\d{{3}})+({point}\d*)?")
        plain = plain.mask(grouped, plain.str.replace(layout.thousands, "", regex=False))
    if layout.decimal != ".":
        text.refuse(
            cells, plain.str.contains(".", regex=False), file, f"has a point, and the decimal sign is {layout.decimal}"
        )
        plain = plain.str.replace(layout.decimal, ".", regex=False)
    numbers = pd.to_numeric(plain, errors="coerce").astype(float)
    bad = pd.Series(~np.isfinite(numbers.to_numpy()), index=cells.index)
    text.refuse(
        cells, bad, file, "is not a plain number such as 1234.5; declare decimal, thousands or missing in a layout"
    )
    return numbers


def _clock(table: pd.DataFrame, file: Path, layout: Layout) -> tuple[pd.Series, str]:
    """Sessions or instants of the rows, and which of the two they are."""
    cells = table["date"]
    if pd.api.types.is_datetime64_any_dtype(cells):
        return _typed(cells, file, layout)
    cells = cells.astype(str).str.strip()
    midnight = {"0", "00:00", "000000", "00:00:00"}
    if "time" in table and not set(times := table["time"].astype(str).str.strip()) <= midnight:
        cells = (cells + " " + times).rename("date and time")
    written = layout.date_format or _certain(cells, file)
    moments = pd.to_datetime(cells, format=written, errors="coerce", utc="%z" in written or written.endswith("Z"))
    text.refuse(cells, moments.isna(), file, f"is not a date written {written}")
    if "%z" in written:
        local = pd.to_datetime(cells.str.replace(r"(Z|[+-]\d\d:?\d\d)$", "", regex=True), format=written[:-2])
        if (local == local.dt.normalize()).all():
            return local, SESSION
    return _typed(moments, file, layout)


def _typed(moments: pd.Series, file: Path, layout: Layout) -> tuple[pd.Series, str]:
    """Tell sessions from instants: without a zone and at midnight throughout they are sessions."""
    if moments.dt.tz is not None:
        return moments.dt.tz_convert("UTC"), INSTANT
    if (moments == moments.dt.normalize()).all():
        return moments, SESSION
    if not layout.timezone:
        raise InputError(f"{file}:{moments.index[0]}: times without a zone; declare timezone in a layout")
    placed = moments.dt.tz_localize(layout.timezone, ambiguous="NaT", nonexistent="NaT")
    text.refuse(moments, placed.isna(), file, f"does not exist or exists twice in {layout.timezone}; write it in UTC")
    return placed.dt.tz_convert("UTC"), INSTANT


def _certain(cells: pd.Series, file: Path) -> str:
    """Return the one format in which the first date can be read."""
    first = cells.iloc[0]
    for written in CERTAIN:
        if pd.notna(pd.to_datetime(first, format=written, errors="coerce")):
            return written
    raise InputError(
        f"{file}:{cells.index[0]}: date {first!r} can be read in more ways than one, or in none; declare "
        'date_format in a layout, such as "%d/%m/%Y"'
    )
