"""What the header of a price table says: where its rows begin, and which column is what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .layouts import Layout
from .roles import ROLE_OF, is_beside, plain_name

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Block:
    """Columns of one symbol, or of many symbols where one of the columns has the symbol.

    Parameters
    ----------
    columns : mapping of str to int
        Our name of a column to its position in the row.
    symbol : str
        Empty where a column or the file's name has it.
    """

    columns: Mapping[str, int]
    symbol: str = ""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Where the rows of a table begin and what its columns are.

    Parameters
    ----------
    first_row : int
        Position of the first row of data, from 0.
    width : int
        Cells of each row.
    shape : {"long", "wide", "blocks"}
        As in `Layout`.
    blocks : tuple of Block
        Columns of each symbol.
    layout : Layout
        The user's declarations, completed by what is known of the vendor.
    """

    first_row: int
    width: int
    shape: str
    blocks: tuple[Block, ...]
    layout: Layout


def looks_dated(cell: str) -> bool:
    """Return whether a cell begins like a date: a year, a day or a month in digits."""
    return re.match(r"\s*\d{1,4}[-/.]|\s*(19|20)\d{6}\s*$|\s*\d{1,2} [A-Za-z]{3}", cell) is not None


def role_of(cell: str) -> str:
    """Return our name for a column; ``-`` for one known to be no price, empty for an unknown one."""
    name = plain_name(cell)
    return ROLE_OF.get(name, "-" if is_beside(name) else "")


def starts_with_date(label: str, below: Rows) -> bool:
    """Return whether the first column has the dates: by its name or, without one, by its first cell below."""
    return role_of(label) == "date" or (not label.strip() and bool(below) and looks_dated(below[0][0]))
