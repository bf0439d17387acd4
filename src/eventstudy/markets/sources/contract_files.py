"""Read CSV files of futures prices by contract."""

from __future__ import annotations

import os

import pandas as pd

from ...errors import UnknownNameError
from ...files import local_path, read_bytes
from ..prices.bars import PRICES
from ..prices.contracts import LAYOUT, Contracts
from .cells import Kind, check_widths, read_cells
from .dates import parsed
from .delimited import decoded, top_rows
from .layouts import Layout, LayoutNeeded, refuse
from .numbers import numbers

KEYS = ("symbol", "contract", "expiry", "date")
DATE = "%Y-%m-%d"


def read_contracts(path: str | os.PathLike[str]) -> dict[str, Contracts]:
    """Read the contracts of one or several futures from a CSV file.

    Parameters
    ----------
    path : path
        CSV file with the columns ``symbol`` (of the continuous series), ``contract``, ``expiry`` (YYYY-MM-DD),
        ``date``, ``close`` and, where known, ``open``, ``high``, ``low``, ``volume``.

    Returns
    -------
    dict of str to Contracts
        By symbol of the continuous series.

    Raises
    ------
    InputError
        If the file is missing or a cell is wrong; the message names the line.
    UnknownNameError
        If a column is not known.
    """
    file = local_path(path)
    text = decoded(read_bytes(file), file, Layout())
    header = top_rows(text, ",", file)[0][0]
    known = (*KEYS, *PRICES, "volume")
    if unknown := [name for name in header if name not in known]:
        raise UnknownNameError("column", unknown[0], known, f"{file}:1")
    if missing := [name for name in (*KEYS, "close") if name not in header]:
        raise LayoutNeeded(f"{file}:1: no `{missing[0]}` column; the columns are {LAYOUT}")
    if len(set(header)) < len(header):
        raise LayoutNeeded(f"{file}:1: duplicate column in {','.join(header)}; keep one of the two")
    check_widths(text, ",", 1, len(header), file)
    kinds = dict.fromkeys(range(len(header)), Kind.TEXT)
    table = read_cells(text, ",", 1, len(header), file, kinds).set_axis(header, axis=1)
    return {
        str(symbol): Contracts(symbol=str(symbol), frame=rows.drop(columns="symbol"), source=file.name)
        for symbol, rows in _typed(table, file).groupby("symbol", sort=False)
    }


def _typed(table: pd.DataFrame, file: os.PathLike[str]) -> pd.DataFrame:
    """Return the cells with dates and prices in their types."""
    values = {}
    for name in ("expiry", "date"):
        values[name] = parsed(table[name], DATE)
        refuse(table[name], values[name].isna(), file, "is not a date written YYYY-MM-DD")
    for name in (*PRICES, "volume"):
        if name in table:
            values[name] = numbers(table[name], Layout(), local_path(file), gaps=name != "close")
    return table.assign(**values)
