"""Read price files: CSV, Excel, Parquet and JSON, long or wide, as vendors export them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...errors import InputError, UsageError
from ...files import is_folder, local_path, read_bytes, sha256
from ...instruments.instrument import Instrument
from ..prices.adjust import adjust_bars
from ..prices.bars import Bars, BarSet
from .delimited import cut_short
from .grids import read_grid
from .layouts import Layout, LayoutNeeded, read_layout
from .plans import Block
from .rows import PriceFile

MOST_SYMBOLS = 100_000
SUFFIXES = (".csv", ".csv.gz", ".tsv", ".txt", ".parquet", ".pq", ".xlsx", ".xlsm")


def read_bars(
    path: str | os.PathLike[str],
    *,
    layout: Layout | Mapping[str, Any] | str | os.PathLike[str] | None = None,
    adjusted: str | bool = "auto",
    symbols: Iterable[str] | None = None,
    instruments: Mapping[str, Instrument] | None = None,
) -> BarSet:
    r"""Read prices from a file, or from every price file of a folder.

    The project's own layout is a CSV file with the columns ``symbol, date, open, high, low, close`` (dates YYYY-MM-DD),
    or ``timestamp_utc`` in place of ``date`` for intraday bars. Files of Yahoo, Stooq, Investing.com, Nasdaq.com,
    Alpha Vantage, Tiingo, EODHD, Binance, FRED, Bloomberg, Datastream, Refinitiv and CRSP are recognised by their
    headers; anything else is declared with a `Layout`. Rows in strictly descending order are reversed.

    Parameters
    ----------
    path : path
        A ``.csv``, ``.csv.gz``, ``.tsv``, ``.txt``, ``.xlsx``, ``.parquet`` or ``.json`` file, or a folder of them
        (JSON excepted), read in the order of their names; subfolders are not read.
    layout : Layout, mapping or path, optional
        What the header does not tell; a path names a TOML file, see `read_layout`.
    adjusted : {"auto", True, False}
        Whether closes are adjusted for dividends; see `eventstudy.markets.prices.adjust.adjust_bars`.
    symbols : iterable of str, optional
        The symbols that are needed. A wrong row of any other symbol is then listed in ``BarSet.faults`` and does not
        stop the reading; without this, every row must be right.
    instruments : mapping of str to Instrument, optional
        The user's declarations; their kinds tell which symbols are shares.

    Returns
    -------
    BarSet
        ``notes`` lists what was left out or read in a special way.

    Raises
    ------
    InputError
        For a missing or empty file, a value that is not a plain number or an unambiguous date, rows out of order or
        duplicated; the message names the file and the line.
    UsageError
        For a URL, or an invalid layout.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "oil.csv")
    ...     _ = file.write_text("Date;WTI;Brent\n07.01.2020;62,70;68,27\n08.01.2020;59,61;65,44\n")
    ...     bars = read_bars(file, layout={"date_format": "%d.%m.%Y", "decimal": ","})
    >>> bars["Brent"].frame["close"].tolist()
    [68.27, 65.44]
    """
    if not isinstance(path, str | os.PathLike):
        raise UsageError(
            f"read_bars reads files, not {type(path).__name__}; run(events, prices) takes a frame as it is"
        )
    root = local_path(path)
    plan = Layout() if layout is None else read_layout(layout)
    files = _price_files(root) if is_folder(root) else [root]
    if not files:
        raise InputError(
            f"{root}: no price file in this folder; write one with the columns symbol,date,open,high,low,close"
        )
    reading = _Reading(wanted=None if symbols is None else frozenset(symbols))
    for file in files:
        reading.add(file, plan)
    return adjust_bars(reading.result(), adjusted, instruments=instruments)


def _price_files(folder: Path) -> list[Path]:
    """Return the price files of a folder by name; a .txt file counts if it begins as Stooq's do."""
    named = [path for path in sorted(folder.iterdir()) if path.name.lower().endswith(SUFFIXES) and path.is_file()]
    return [path for path in named if path.suffix.lower() != ".txt" or _first_byte(path) == b"<"]


def _first_byte(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(1)


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """What has been read so far, and which symbols are needed (None: all)."""

    wanted: frozenset[str] | None
    bars: dict[str, Bars] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)

    def result(self) -> BarSet:
        """Return everything that was read."""
        return BarSet(bars=self.bars, files=self.files, notes=tuple(self.notes), faults=self.faults)

    def add(self, file: Path, layout: Layout) -> None:
        """Read one file."""
        content = read_bytes(file)
        self.files[file.name] = sha256(content)
        self.notes.extend(cut_short(content, file))
        table = PriceFile(file=file, grid=read_grid(content, file, layout), asked=bool(layout.shape))
        for block in table.grid.plan.blocks:
            for one in self._block(table, block):
                self._put(one, file)

    def _block(self, table: PriceFile, block: Block) -> list[Bars]:
        """Return the bars of one block; rows of a faulty symbol that is not needed are left out."""
        cells, symbols = table.rows(block, block.symbol or _stem(table.file))
        if "symbol" in cells and symbols.nunique() > MOST_SYMBOLS:
            raise InputError(f"{table.file}: more than {MOST_SYMBOLS:,} symbols; split the file")
        while len(cells):
            try:
                found, notes = table.bars(block, cells, symbols)
            except LayoutNeeded as error:
                if error.line is None and "symbol" in cells:
                    raise
                faulty = str(symbols.iloc[0] if error.line is None else symbols[error.line])
                self._fault(faulty, error)
                cells, symbols = cells[symbols != faulty], symbols[symbols != faulty]
            else:
                self.notes.extend(notes)
                return found
        return []

    def _put(self, one: Bars, file: Path) -> None:
        """Keep the bars of a symbol; refuse a symbol that another file has already."""
        if one.symbol in self.bars:
            twice = f"{file}: {one.symbol} is already in {self.bars[one.symbol].source}; keep one of the two"
            self._fault(one.symbol, InputError(twice))
        else:
            self.bars[one.symbol] = one

    def _fault(self, symbol: str, error: InputError) -> None:
        """Record a fault of a symbol that is not needed; raise it for the others."""
        if self.wanted is None or symbol in self.wanted:
            raise error
        self.bars.pop(symbol, None)
        self.faults[symbol] = str(error)


def _stem(file: Path) -> str:
    """Return the file name without its suffix, which may be ``.csv.gz``."""
    return file.name[: -len(".csv.gz")] if file.name.lower().endswith(".csv.gz") else file.stem
