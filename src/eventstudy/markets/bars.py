"""Price bars, one frame an instrument: read from files, checked, never repaired."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import InputError, UnknownNameError
from ..files import is_folder, local_path, read_bytes, sha256

PRICES = ("open", "high", "low", "close")
RETURN_KINDS = ("log", "simple")
ROLL_RULES = ("keep", "exclude")
LAYOUT = "symbol,date,open,high,low,close"


@dataclass(frozen=True, kw_only=True)
class Bars:
    """Daily price bars of one instrument.

    Parameters
    ----------
    symbol : str
    frame : DataFrame
        Index: session labels (tz-naive, ascending, unique). Columns: ``close``, and where known ``open``,
        ``high``, ``low``, ``volume``; floats, in the instrument's own unit.
    source : str
        Name of the file, or where else the bars come from.

    Raises
    ------
    InputError
        If the index is not an ascending, unique, tz-naive list of days, a price is missing or not finite.
    """

    symbol: str
    frame: pd.DataFrame = field(repr=False)
    source: str = "memory"

    def __post_init__(self) -> None:
        where = f"{self.source}: {self.symbol}"
        index = self.frame.index
        if not isinstance(index, pd.DatetimeIndex) or index.tz is not None:
            raise InputError(f"{where}: the index must be session dates without a time zone")
        if not len(index):
            raise InputError(f"{where}: no rows; give at least one price")
        if "close" not in self.frame:
            raise InputError(f"{where}: no `close` column; found {', '.join(map(str, self.frame.columns))}")
        _check_order(index, where)
        prices = self.frame[[name for name in PRICES if name in self.frame]]
        bad = ~np.isfinite(prices.to_numpy(dtype=float)).all(axis=1)
        if bad.any():
            raise InputError(f"{where}: {index[bad][0]:%Y-%m-%d}: a price is missing or infinite; leave the row out")

    def returns(self, kind: str = "log", rolls: str = "keep") -> pd.Series:
        """Return of each row against the row before, as a fraction.

        Parameters
        ----------
        kind : {"log", "simple"}
            ``ln(P_t / P_{t-1})`` or ``P_t / P_{t-1} - 1``.
        rolls : {"keep", "exclude"}
            Whether returns that touch a flat row (a placeholder or an expired contract: open = high = low = close)
            are kept, or dropped to NaN.

        Returns
        -------
        Series
            Indexed by session; NaN in the first row and wherever either price is not positive.
        """
        for name, value, known in (("return", kind, RETURN_KINDS), ("rolls rule", rolls, ROLL_RULES)):
            if value not in known:
                raise UnknownNameError(name, value, known)
        close = self.frame["close"].where(self.frame["close"] > 0)
        growth = close / close.shift(1)
        values = pd.Series(np.log(growth)) if kind == "log" else growth - 1.0
        if rolls == "exclude":
            flat = self.flat_rows()
            values = values.mask(flat | flat.shift(1, fill_value=False))
        return values.rename(self.symbol)

    def flat_rows(self) -> pd.Series:
        """Return a boolean series: rows in which open, high, low and close are one number."""
        if not set(PRICES) <= set(self.frame):
            return pd.Series(False, index=self.frame.index)
        prices = self.frame[list(PRICES)]
        return prices.max(axis=1) == prices.min(axis=1)

    def undefined_returns(self) -> pd.DatetimeIndex:
        """Sessions whose return does not exist because one of its two prices is zero or negative."""
        bad = self.frame["close"] <= 0
        return pd.DatetimeIndex(self.frame.index[bad | bad.shift(1, fill_value=False)])


@dataclass(frozen=True, kw_only=True)
class BarSet(Mapping[str, Bars]):
    """Bars of several instruments, by symbol, with the fingerprints of the files they came from.

    Examples
    --------
    >>> days = pd.to_datetime(["2020-01-07", "2020-01-08"])
    >>> bars = BarSet.from_frames({"CL=F": pd.DataFrame({"close": [62.70, 59.61]}, index=days)})
    >>> round(float(bars["CL=F"].returns().iloc[-1]), 5)
    -0.05054
    """

    bars: Mapping[str, Bars]
    files: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_frames(cls, frames: Mapping[str, pd.DataFrame]) -> BarSet:
        """Check frames that are already in memory (index: session dates; columns: close, open, high, low)."""
        return cls(bars={symbol: Bars(symbol=symbol, frame=frame) for symbol, frame in frames.items()})

    def __getitem__(self, symbol: str) -> Bars:
        try:
            return self.bars[symbol]
        except KeyError:
            raise UnknownNameError("symbol", symbol, self.bars, "prices") from None

    def __contains__(self, symbol: object) -> bool:
        return symbol in self.bars

    def __iter__(self) -> Iterator[str]:
        return iter(self.bars)

    def __len__(self) -> int:
        return len(self.bars)

    def overview(self) -> pd.DataFrame:
        """One row an instrument: first and last session, number of rows, source."""
        return pd.DataFrame(
            [
                {
                    "market": one.symbol,
                    "first": one.frame.index[0],
                    "last": one.frame.index[-1],
                    "rows": len(one.frame),
                    "source": one.source,
                }
                for one in self.bars.values()
            ]
        )

    def __repr__(self) -> str:
        return f"BarSet({len(self)} instruments: {', '.join(self)})"

    def _repr_html_(self) -> str:
        return self.overview().to_html(index=False)


def read_bars(path: str | os.PathLike[str]) -> BarSet:
    """Read daily bars from a CSV file, or from every CSV file of a folder.

    The layout is long: columns ``date`` (YYYY-MM-DD), ``close`` and, where known, ``open``, ``high``, ``low``,
    ``volume``; ``symbol`` may be left out where the file's name is the symbol. Rows of a symbol ascend by date.

    Parameters
    ----------
    path : path
        A file or a folder; a folder's CSV files are read in the order of their names, its subfolders are not.

    Returns
    -------
    BarSet

    Raises
    ------
    InputError
        For a missing or empty file, a value that is not a plain number or date, rows out of order or duplicated;
        the message names the file and the line.
    UsageError
        For a URL.
    """
    root = local_path(path)
    paths = sorted(root.glob("*.csv")) if is_folder(root) else [root]
    if not paths:
        raise InputError(
            f"{root}: no .csv file in this folder; write one with the columns symbol,date,open,high,low,close"
        )
    bars: dict[str, Bars] = {}
    files: dict[str, str] = {}
    for file in paths:
        content = read_bytes(file)
        files[file.name] = sha256(content)
        for one in _parse(content, file):
            if one.symbol in bars:
                raise InputError(f"{file}: {one.symbol} is already in {bars[one.symbol].source}; keep one of the two")
            bars[one.symbol] = one
    return BarSet(bars=bars, files=files)


def _parse(content: bytes, file: Path) -> Iterator[Bars]:
    """Yield the instruments of one CSV file."""
    try:
        text = content.decode("utf-8-sig").rstrip()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(f"{file}:{line}: not UTF-8 text; save the file as UTF-8") from None
    if not text:
        raise InputError(f"{file}: empty; write the columns {LAYOUT} and their rows")
    table = _table(text, file)
    if "symbol" not in table:
        table["symbol"] = file.stem
    table["date"] = _dates(table["date"], file)
    for name in (*PRICES, "volume"):
        if name in table:
            table[name] = _numbers(table[name], file)
    for symbol, rows in table.groupby("symbol", sort=False):
        _check_order(pd.DatetimeIndex(rows["date"]), f"{file}: {symbol}", lines=rows.index)
        frame = rows.set_index("date").drop(columns="symbol").rename_axis("session")
        yield Bars(symbol=str(symbol), frame=frame, source=file.name)


def _table(text: str, file: Path) -> pd.DataFrame:
    """Cells as text, indexed by their line in the file; the header is checked first."""
    try:
        header = next(csv.reader(io.StringIO(text)))
    except csv.Error as error:
        raise InputError(f"{file}:1: no header that can be read ({error}); the columns are {LAYOUT}") from None
    known = {"symbol", "date", *PRICES, "volume"}
    if unknown := [name for name in header if name not in known]:
        raise UnknownColumn(unknown[0], known, file)
    if len(set(header)) < len(header):
        raise InputError(f"{file}:1: a column stands twice in {','.join(header)}; keep one of the two")
    if missing := [name for name in ("date", "close") if name not in header]:
        raise InputError(f"{file}:1: no `{missing[0]}` column; the columns are {LAYOUT}")
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


class UnknownColumn(InputError):
    """A column of a price file that means nothing here."""

    def __init__(self, name: str, known: set[str], file: Path) -> None:
        super().__init__(f"{file}:1: {UnknownNameError('column', name, known)}")


def _dates(cells: pd.Series, file: Path) -> pd.Series:
    """Session dates of the cells; the order of day and month is never guessed."""
    dates = pd.to_datetime(cells, format="%Y-%m-%d", errors="coerce")
    _refuse(cells, dates.isna(), file, "is not a date written YYYY-MM-DD")
    return dates


def _numbers(cells: pd.Series, file: Path) -> pd.Series:
    """Prices of the cells; only plain finite numbers are prices."""
    numbers = pd.to_numeric(cells, errors="coerce").astype(float)
    bad = pd.Series(~np.isfinite(numbers.to_numpy()), index=cells.index)
    _refuse(cells, bad, file, "is not a plain number such as 1234.5; leave the row out where there is no price")
    return numbers


def _refuse(cells: pd.Series, bad: pd.Series, file: Path, why: str) -> None:
    """Raise for the first bad cell, naming its line."""
    if bad.any():
        line = int(cells.index[bad][0])
        raise InputError(f"{file}:{line}: {cells.name} {cells.loc[line]!r} {why}")


def _check_order(index: pd.DatetimeIndex, where: str, lines: pd.Index | None = None) -> None:
    """Raise unless the dates ascend without repeats."""
    steps = np.diff(index.to_numpy())
    wrong = np.flatnonzero(steps <= np.timedelta64(0))
    if not len(wrong):
        return
    at = int(wrong[0]) + 1
    what = "stands twice" if steps[at - 1] == np.timedelta64(0) else f"comes after {index[at - 1]:%Y-%m-%d}"
    line = f" (line {lines[at]})" if lines is not None else ""
    raise InputError(f"{where}: {index[at]:%Y-%m-%d}{line} {what}; sort the rows and keep one a day")
