"""Read the cells of price columns as numbers; thousands separators count only where declared and correctly placed."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from .layouts import Layout, refuse

# Spellings of "no value". A close spelled so counts as missing only where the row has no price at all.
EMPTY = ("", "null", "nan", "NaN", "None")
NOT_AVAILABLE = "#N/A"  # of Excel, and Bloomberg's "#N/A N/A", "#N/A Field Not Applicable"
_CURRENCY = r"^(-?)[$€£¥]"
_MULTIPLES = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
_MULTIPLIED = r"^(\d+(?:\.\d+)?)([KMBT])$"
_WHY = "is not a plain number such as 1234.5; declare decimal, thousands or missing in a layout"
_OPTIONS = ({"thousands": ","}, {"decimal": ",", "thousands": "."}, {"decimal": ","})


def is_empty(cells: pd.Series, layout: Layout) -> pd.Series:
    """Return which cells mean that there is no value.

    Parameters
    ----------
    cells : Series
        Text or numbers, indexed by line.
    layout : Layout
        Declares further marks of missing values.

    Returns
    -------
    Series of bool
        Indexed as `cells`.
    """
    if pd.api.types.is_numeric_dtype(cells):
        if not layout.missing:
            return cells.isna()
        declared = pd.to_numeric(pd.Series(list(layout.missing), dtype=str), errors="coerce").dropna()
        return cells.isna() | cells.isin(declared)
    empty = cells.isna()
    # Numbers are not empty, unless some of them are declared to mean so.
    cells = cells if layout.missing else cells[pd.to_numeric(cells, errors="coerce").isna()]
    text = cells.astype(str).str.strip()
    empty[cells.index] |= text.isin([*EMPTY, *layout.missing]) | text.str.startswith(NOT_AVAILABLE)
    return empty


def numbers(cells: pd.Series, layout: Layout, file: Path, *, gaps: bool = False) -> pd.Series:
    """Return the cells of a column as finite numbers.

    Parameters
    ----------
    cells : Series
        Text or numbers, indexed by line; its name is our name of the column.
    layout : Layout
        Decimal sign, thousands separator and marks of missing values.
    file : Path
        For messages.
    gaps : bool
        Whether empty cells are missing values (NaN); otherwise they are refused.

    Returns
    -------
    Series of float
        Indexed as `cells`, in the units of the file.

    Raises
    ------
    LayoutNeeded
        For the first cell that is not a plain number.
    """
    if pd.api.types.is_numeric_dtype(cells):
        bad = np.isinf(cells.to_numpy(float)) if gaps else ~np.isfinite(cells.to_numpy(float))
        refuse(cells, pd.Series(bad, index=cells.index), file, _WHY)
        return cells.astype(float)
    found = pd.Series(np.nan, index=cells.index)
    if layout.decimal == ".":
        found = pd.to_numeric(cells, errors="coerce").astype(float)
    rest = cells[~np.isfinite(found.to_numpy())]
    if rest.empty:
        return found
    if gaps:
        rest = rest[~is_empty(rest, layout)]
        found[is_empty(cells, layout)] = np.nan
    found.loc[rest.index] = _harder(rest, layout, file)
    return found


def _harder(cells: pd.Series, layout: Layout, file: Path) -> pd.Series:
    """Read numbers with a currency sign, thousands separators, another decimal sign, or K, M, B, T (volumes)."""
    plain = cells.astype(str).str.strip().str.replace(_CURRENCY, r"\1", regex=True)
    if layout.thousands:
        group, point = re.escape(layout.thousands), re.escape(layout.decimal)
        # India groups two digits above the thousands: 1,14,31,234.
        grouped = plain.str.fullmatch(rf"[-+]?\d{{1,3}}({group}\d{{2,3}})*{group}\d{{3}}({point}\d*)?[KMBT]?")
        plain = plain.mask(grouped, plain.str.replace(layout.thousands, "", regex=False))
    if layout.decimal != ".":
        pointed = plain.str.contains(".", regex=False)
        refuse(
            cells,
            pointed,
            file,
            f"has a point, and the decimal sign is {layout.decimal}; declare thousands in a layout",
            _OPTIONS[1:],
        )
        plain = plain.str.replace(layout.decimal, ".", regex=False)
    factor = pd.Series(1.0, index=cells.index)
    if cells.name == "volume":
        parts = plain.str.extract(_MULTIPLIED)
        factor = parts[1].map(_MULTIPLES).fillna(1.0).astype(float)
        plain = plain.where(parts[0].isna(), parts[0])
    values = pd.to_numeric(plain, errors="coerce").astype(float) * factor
    bad = pd.Series(~np.isfinite(values.to_numpy()), index=cells.index)
    cell = str(cells[bad].iloc[0]).strip() if bad.any() else ""
    value = any(sign.isdigit() for sign in cell) or "inf" in cell.lower()
    marks = [] if value else [{"missing": (cell,)}]
    refuse(cells, bad, file, _WHY, [*_OPTIONS, *marks])
    return values
