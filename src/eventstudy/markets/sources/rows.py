"""Convert the rows of one block of a price table to the bars of its symbols."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from ...errors import InputError
from ...text import first_few
from ..prices.bar_checks import shown_label
from ..prices.bars import PRICES, Bars
from .dates import day_zones, moments, with_times
from .grids import Grid
from .layouts import Layout, LayoutNeeded, refuse
from .numbers import is_empty, numbers
from .plans import Block
from .protocol import INSTANT

COLUMNS = (*PRICES, "volume", "adj_close")
# Rows at least this far apart are daily; a local day has 23 hours when clocks go forward.
NEARLY_A_DAY = pd.Timedelta(hours=20)


@dataclass(frozen=True, kw_only=True)
class PriceFile:
    """The cells of one file.

    Parameters
    ----------
    file : Path
        For messages and the source of the bars.
    grid : Grid
        Its cells.
    asked : bool
        Whether the user declared the shape; small numbers of both signs in a wide table are then prices, not returns.
    dates : dict of int to (Series, str)
        Dates read so far, by the position of their column; blocks share date columns.
    undated : dict of int to Series of bool
        Rows with a blank date, likewise.
    """

    file: Path
    grid: Grid
    asked: bool
    dates: dict[int, tuple[pd.Series, str]] = field(default_factory=dict)
    undated: dict[int, pd.Series] = field(default_factory=dict)

    @property
    def layout(self) -> Layout:
        """The layout, with what is known of the vendor."""
        return self.grid.plan.layout

    def rows(self, block: Block, own: str) -> tuple[pd.DataFrame, pd.Series]:
        """Return the cells of a block under our column names, without blank rows, and the symbol of each row.

        Parameters
        ----------
        block : Block
            The columns of one symbol, or of many where one column has the symbol.
        own : str
            The symbol where no column has one.

        Returns
        -------
        tuple of DataFrame and Series
            Both indexed by line.

        Raises
        ------
        InputError
            If every row is blank.
        """
        cells = self.grid.cells[list(block.columns.values())].set_axis(list(block.columns), axis=1)
        undated = self._undated(block.columns["date"])
        if undated.any():
            empty = cells[undated].apply(_blank).all(axis=1)
            cells = cells.drop(index=empty.index[empty])
        if cells.empty:
            raise InputError(f"{self.file}: a header and no rows; add the prices")
        if "symbol" in cells:
            return cells, cells["symbol"].astype(str).str.strip()
        return cells, pd.Series(own, index=cells.index, dtype=object)

    def bars(self, block: Block, cells: pd.DataFrame, symbols: pd.Series) -> tuple[list[Bars], list[str]]:
        """Return the bars of every symbol in the rows, and notes on rows that were left out or read specially.

        Parameters
        ----------
        block : Block
            As in `rows`.
        cells : DataFrame
            As `rows` returns them.
        symbols : Series of str
            Symbol of each row, indexed as `cells`.

        Returns
        -------
        tuple of list of Bars and list of str
            Bars by symbol in the order of the file, and a note for each symbol with rows left out or read specially.

        Raises
        ------
        LayoutNeeded
            If a date or price cannot be read with certainty, or dates are repeated or out of order.
        """
        absent = self._absent(cells)
        notes = self._left_out(cells, symbols, absent)
        cells, symbols = cells[~absent], symbols[~absent]
        if cells.empty:
            name = block.symbol or "the close"
            raise LayoutNeeded(
                f"{self.file}: {name} has no price at all; delete the column, or declare it under ignore in a layout",
                options=[{"ignore": (block.symbol,)}] if block.symbol else [],
            )
        clock, label = self._moments(block, cells, symbols)
        frame = pd.DataFrame(
            {
                name: numbers(cells[name], self.layout, self.file, gaps=name != "close")
                for name in COLUMNS
                if name in cells
            }
        )
        if self.layout.negative == "midpoint":
            notes += list(_midpoints(frame, symbols))
            frame["close"] = frame["close"].abs()
        if self.grid.plan.shape == "wide" and not self.asked:
            self._refuse_returns(frame["close"], block.symbol)
        if "symbol" not in cells:
            return [self._one(str(symbols.iloc[0]), frame, clock, label)], notes
        groups = zip(frame.groupby(symbols, sort=False), clock.groupby(symbols, sort=False), strict=True)
        return [self._one(str(name), rows, times, label) for (name, rows), (_, times) in groups], notes

    def _absent(self, cells: pd.DataFrame) -> pd.Series:
        """Return which rows have no price: declared missing, no price in any column, or blank in a wide table."""
        close = cells["close"]
        empty = is_empty(close, self.layout)
        if self.layout.negative == "midpoint":
            empty |= pd.to_numeric(close, errors="coerce") == 0  # CRSP: 0 means neither trade nor quote
        if self.grid.plan.shape != "long" or not empty.any() or pd.api.types.is_numeric_dtype(close):
            return empty
        doubtful = cells[empty]
        blank = doubtful[[name for name in PRICES if name in cells]].apply(is_empty, layout=self.layout).all(axis=1)
        declared = doubtful["close"].astype(str).str.strip().isin([*self.layout.missing])
        empty[doubtful.index] = blank | declared | (self.layout.negative == "midpoint")
        return empty

    def _left_out(self, cells: pd.DataFrame, symbols: pd.Series, absent: pd.Series) -> list[str]:
        """List the rows that were left out; of a wide table those with a letter or word, not those that are blank."""
        if not absent.any() or (self.grid.plan.shape != "long" and pd.api.types.is_numeric_dtype(cells["close"])):
            return []
        left_out = cells[absent]
        if self.grid.plan.shape != "long":
            text = left_out["close"].astype(str).str.strip()
            left_out = left_out[text.isin([*self.layout.missing]) & text.str.isalpha()]
        left = left_out["date"].groupby(symbols[left_out.index], sort=False)
        return [
            f"{self.file.name}: {name}: no price on {first_few(rows.astype(str).tolist())}; left out"
            for name, rows in left
        ]

    def _moments(self, block: Block, cells: pd.DataFrame, symbols: pd.Series) -> tuple[pd.Series, str]:
        """Return the sessions or instants of the rows, and which of the two they are."""
        if "time" in cells:
            return moments(with_times(cells["date"], cells["time"]), symbols, self.layout, self.file)
        if "symbol" in cells:
            return moments(cells["date"], symbols, self.layout, self.file)
        at = block.columns["date"]
        if at not in self.dates:
            column = self.grid.cells[at]
            self.dates[at] = moments(column[~self._undated(at)].rename("date"), None, self.layout, self.file)
        known, label = self.dates[at]
        found = known.reindex(cells.index)
        refuse(
            cells["date"],
            found.isna(),
            self.file,
            "is empty in a row with a price; write the date, or declare columns in a layout",
        )
        return found, label

    def _undated(self, at: int) -> pd.Series:
        """Return which rows have a blank date in a column."""
        if at not in self.undated:
            self.undated[at] = _blank(self.grid.cells[at])
        return self.undated[at]

    def _refuse_returns(self, close: pd.Series, symbol: str) -> None:
        """Refuse small numbers of both signs in a wide table: they may be returns instead of prices."""
        if len(close) > 1 and (close.abs() < 1).all() and (close < 0).any():
            raise LayoutNeeded(
                f"{self.file}: {symbol} looks like returns, not prices; give them as returns, "
                'or declare shape = "wide" in a layout if they are prices',
                options=[{"shape": "wide"}],
            )

    def _one(self, symbol: str, frame: pd.DataFrame, clock: pd.Series, label: str) -> Bars:
        """Return the bars of one symbol; strictly descending rows are reversed, any other disorder is refused."""
        steps = np.diff(pd.DatetimeIndex(clock).asi8)
        if len(steps) and (steps < 0).all():
            frame, clock, steps = frame.iloc[::-1], clock.iloc[::-1], -steps[::-1]
        if (steps <= 0).any():
            self._refuse_order(symbol, clock, int(np.flatnonzero(steps <= 0)[0]) + 1)
        index = pd.DatetimeIndex(clock, name=label)
        if label == INSTANT and len(index) > 1 and (index[1:] - index[:-1]).min() >= NEARLY_A_DAY:
            zones = [{"timezone": zone} for zone in day_zones(index)]
            why = f"daily rows, but at {index[0]:%H:%M} UTC; declare timezone in a layout, which tells their dates"
            raise LayoutNeeded(
                f"{self.file}:{clock.index[0]}: {symbol}: {why}", options=zones, line=int(clock.index[0])
            )
        frame = frame.set_axis(index)
        there = ~np.isnan(frame.to_numpy()).all(axis=0)
        frame = frame if there.all() else frame.loc[:, there]
        return Bars(symbol=symbol, frame=frame, source=self.file.name)

    def _refuse_order(self, symbol: str, clock: pd.Series, at: int) -> None:
        """Raise for the row that repeats a date or is earlier than the row above it."""
        line, here, before = int(clock.index[at]), shown_label(clock.iloc[at]), shown_label(clock.iloc[at - 1])
        what = "is a duplicate" if here == before else f"comes after {before}"
        why = f"{what}; sort the rows and keep one of each date, or declare symbol or columns in a layout"
        raise LayoutNeeded(f"{self.file}:{line}: {symbol}: {here} {why}", line=line)


def _midpoints(frame: pd.DataFrame, symbols: pd.Series) -> Iterator[str]:
    """Describe which closes are midpoints of bid and ask, with the lines of the file."""
    close = frame["close"]
    for name, rows in close[close < 0].groupby(symbols[close < 0], sort=False):
        values = [f"{value:.10g}" for value in rows.abs()]
        lines = first_few([str(line) for line in rows.index])
        yield f"{name}: the midpoint of bid and ask is taken in line {lines} ({first_few(values)}): no trade"


def _blank(cells: pd.Series) -> pd.Series:
    """Return which cells are empty."""
    if pd.api.types.is_string_dtype(cells):
        return cells.isna() | (cells == "")
    return cells.isna()
