"""Peers by characteristics: the table that a study file names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pandas as pd
from annotated_types import Ge, MinLen

from ..errors import InputError, UnknownNameError, UsageError
from ..files import local_path
from ..inference.models.matched import NEAREST, MatchedPeers
from ..inference.models.registry import model_table
from ..schema import validated
from .event_files import read_cells


class MatchingTable(TypedDict, total=False):
    """The parameters of `matched-peers` in a study file, in place of the peers themselves."""

    characteristics: Annotated[str, "the path of a file, in quotes"]
    columns: Annotated[Sequence[Annotated[str, "a column in quotes"]], MinLen(1), 'a list of columns, such as ["size"]']
    nearest: Annotated[int, Ge(1), "a number of peers, 1 or more"]


def with_matches(options: dict[str, Any], file: Path) -> dict[str, Any]:
    """Return the table ``[study]`` with the peers in place of the file of characteristics that its model names.

    Parameters
    ----------
    options : dict
        The table ``[study]`` of a study file.
    file : Path
        The study file; the table of characteristics is looked for in its folder.

    Returns
    -------
    dict
        As it was where the model names no such file.
    """
    model = options.get("model")
    given = model.get("parameters") if isinstance(model, Mapping) and model.get("name") == MatchedPeers.name else None
    if not isinstance(given, Mapping) or "characteristics" not in given:
        return options
    where = f"{file}: [study]: model {MatchedPeers.name!r}"
    told = validated(MatchingTable, given, where)
    path = file.parent / local_path(told["characteristics"])
    columns, nearest = told.get("columns"), told.get("nearest", NEAREST)
    table = read_characteristics(path, columns)
    try:
        found = MatchedPeers.nearest(table, nearest=nearest)
    except UsageError as error:
        raise UsageError(f"{where}: {path}: {error}") from None
    return options | {"model": model_table(found)}


def read_characteristics(path: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read a table of characteristics: a column ``symbol``, and a column of numbers for each characteristic.

    Parameters
    ----------
    path : Path
        CSV, Excel or Parquet.
    columns : sequence of str, optional
        Characteristics to read; all by default.

    Returns
    -------
    DataFrame
        Index: symbols; NaN where a cell is blank.

    Raises
    ------
    InputError
        If the file cannot be read, has no column ``symbol``, or a cell is no number.
    UnknownNameError
        If a characteristic is not in it.
    """
    (_, header), *rows = read_cells(path)
    if "symbol" not in header:
        raise InputError(f"{path}: no column symbol ({', '.join(header)}); name the column of the symbols so")
    named = list(columns or [name for name in header if name != "symbol"])
    for name in named:
        if name not in header:
            raise UnknownNameError("characteristic", name, header, str(path))
    places, own = [header.index(name) for name in named], header.index("symbol")
    values = [[_number(row[at], f"{path}:{line}: {header[at]}") for at in places] for line, row in rows]
    return pd.DataFrame(values, index=[row[own] for _, row in rows], columns=named, dtype=float)


def _number(cell: str, where: str) -> float:
    """Return a cell as a number; a blank one as NaN."""
    try:
        return float(cell) if cell else float("nan")
    except ValueError:
        raise InputError(f"{where} is {cell!r}; write a number, or leave the cell blank") from None
