"""Convert the rows of one block of a price table to the bars of its symbols."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...errors import InputError
from ...text import first_few
from ..prices.bar_checks import shown_label
from ..prices.bars import PRICES, Bars
from ..prices.together import sound, sound_bars
from .dates import UNDATED, day_zones, distinct, moments, with_times
from .grids import Grid
from .layouts import Layout, LayoutNeeded, refuse
from .numbers import is_empty, numbers
from .plans import Block
from .protocol import INSTANT

FloatArray = npt.NDArray[np.float64]
COLUMNS = (*PRICES, "volume", "adj_close")
CLOSE = pd.Index(["close"])
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
    days : dict of int to (DatetimeIndex or None)
        The same where all are days in ascending order.
    undated : dict of int to Series of bool
        Rows with a blank date, likewise.
    """

    file: Path
    grid: Grid
    asked: bool
    dates: dict[int, tuple[pd.Series, str]] = field(default_factory=dict)
    days: dict[int, pd.DatetimeIndex | None] = field(default_factory=dict)
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
        cells = pd.DataFrame({name: self.grid.cells[at] for name, at in block.columns.items()}, copy=False)
        undated = self._undated(block.columns["date"])
        if undated.any():
            empty = cells[undated].apply(_blank).all(axis=1)
            cells = cells.drop(index=empty.index[empty])
        if cells.empty:
            raise InputError(f"{self.file}: a header and no rows; add the prices")
        if "symbol" in cells:
            return cells, _words(cells["symbol"])
        return cells, pd.Series(own, index=cells.index, dtype=object)

    def closes(self, block: Block, own: str) -> Bars | None:
        """Return the bars of a block of days and closes that are plain numbers or blank; None for any other block.

        Parameters
        ----------
        block : Block
            As in `rows`.
        own : str
            The symbol.

        Returns
        -------
        Bars or None
            None does not mean that the block is wrong, but that each of its rows needs a look.
        """
        if set(block.columns) != {"date", "close"} or self.layout.missing or self.layout.negative:
            return None
        column = self.grid.cells[block.columns["close"]]
        days = self._days(block.columns["date"])
        if days is None or column.dtype.kind not in "iuf":
            return None
        values = column.to_numpy(dtype=float)
        there = ~np.isnan(values)
        returns = self.grid.plan.shape == "wide" and not self.asked and (values < 0).any()
        if returns or not there.any() or np.isinf(values).any() or (self.grid.plan.shape == "long" and not there.all()):
            return None
        days, values = (days, values) if there.all() else (days[there], values[there])
        return sound_bars(
            own, pd.DataFrame(values[:, np.newaxis], index=days, columns=CLOSE, copy=False), self.file.name
        )

    def _days(self, at: int) -> pd.DatetimeIndex | None:
        """Return the days of a column, where every row has one and they ascend; else None."""
        if at not in self.days:
            self.days[at] = None
            column = self.grid.cells[at].rename("date")
            with suppress(LayoutNeeded):  # `bars` raises it, for the symbols that are needed
                self.dates[at] = moments(column[~self._undated(at)], None, self.layout, self.file)
                index = pd.DatetimeIndex(self.dates[at][0], name=self.dates[at][1])
                whole = len(index) == len(column)
                if whole and sound(index, np.zeros((1, len(index))), np.array([len(index)]), 0).all():
                    self.days[at] = index
        return self.days[at]

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
        absent, notes = self._absent(cells), []
        if absent.any():
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
            },
            copy=False,
        )
        if self.layout.negative == "midpoint":
            notes += list(_midpoints(frame, symbols))
            frame["close"] = frame["close"].abs()
        if self.grid.plan.shape == "wide" and not self.asked:
            self._refuse_returns(frame["close"], block.symbol)
        return list(self._by_symbol(frame, pd.DatetimeIndex(clock, name=label), symbols)), notes

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
            UNDATED,
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

    def _by_symbol(self, frame: pd.DataFrame, clock: pd.DatetimeIndex, symbols: pd.Series) -> Iterator[Bars]:
        """Yield the bars of each symbol, in the order of the file; their frames share one array."""
        codes, names = pd.factorize(symbols.array)
        lines, values = frame.index.to_numpy(), [frame[name].to_numpy() for name in frame]
        together = np.empty((len(values), len(codes)))
        if (codes[1:] < codes[:-1]).any():  # rows of several symbols follow each other
            order = np.argsort(codes.astype(np.min_scalar_type(len(names))), kind="stable")  # few bytes are sorted fast
            codes, lines, clock = codes[order], lines[order], clock[order]
            for row, one in zip(together, values, strict=True):
                np.take(one, order, out=row, mode="clip")
        else:
            np.stack(values, out=together)
        ends = np.searchsorted(codes, np.arange(len(names)), side="right")
        known = sound(clock, together, ends, list(frame).index("close"))
        begin, index, stamps, last = 0, clock[:0], clock.asi8, clock.asi8[:0]
        for name, end, one_is_known in zip(names, ends.tolist(), known.tolist(), strict=True):
            rows, begin = slice(begin, end), end
            if not one_is_known:
                yield self._one(str(name), frame.columns, together[:, rows], clock[rows], lines[rows])
                continue
            if not np.array_equal(stamps[rows], last):  # symbols of one market share their index
                index, last = clock[rows], stamps[rows]
            own = pd.DataFrame(together[:, rows].T, index=index, columns=frame.columns, copy=False)
            yield sound_bars(str(name), own, self.file.name)

    def _one(
        self, symbol: str, columns: pd.Index, values: FloatArray, index: pd.DatetimeIndex, lines: npt.NDArray[np.int64]
    ) -> Bars:
        """Return the bars of one symbol; strictly descending rows are reversed, any other disorder is refused."""
        steps = np.diff(index.asi8)
        if len(steps) and (steps < 0).all():
            values, index, lines, steps = values[:, ::-1], index[::-1], lines[::-1], -steps[::-1]
        if (steps <= 0).any():
            self._refuse_order(symbol, index, lines, int(np.flatnonzero(steps <= 0)[0]) + 1)
        if index.name == INSTANT and len(index) > 1 and (index[1:] - index[:-1]).min() >= NEARLY_A_DAY:
            zones = [{"timezone": zone} for zone in day_zones(index)]
            why = f"daily rows, but at {index[0]:%H:%M} UTC; declare timezone in a layout, which tells their dates"
            line = int(lines[0])
            raise LayoutNeeded(f"{self.file}:{line}: {symbol}: {why}", options=zones, line=line)
        there = np.flatnonzero(~np.isnan(values).all(axis=1))
        if len(there) < len(values):
            columns, values = columns[there], values[there]
        frame = pd.DataFrame(values.T, index=index, columns=columns, copy=False)
        return Bars(symbol=symbol, frame=frame, source=self.file.name)

    def _refuse_order(self, symbol: str, index: pd.DatetimeIndex, lines: npt.NDArray[np.int64], at: int) -> None:
        """Raise for the row that repeats a date or is earlier than the row above it."""
        line, here, before = int(lines[at]), shown_label(index[at]), shown_label(index[at - 1])
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


def _words(cells: pd.Series) -> pd.Series:
    """Return cells as categories, without blanks around them."""
    codes, words = distinct(cells)
    return pd.Series(pd.Categorical.from_codes(codes, pd.Index(words)), index=cells.index)


def _blank(cells: pd.Series) -> pd.Series:
    """Return which cells are empty."""
    if isinstance(cells.dtype, pd.CategoricalDtype) or pd.api.types.is_string_dtype(cells):
        return cells.isna() | (cells == "")
    return cells.isna()
