"""Layouts: the user's declarations about how a price table is written."""

from __future__ import annotations

import os
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

import pandas as pd

from ...errors import InputError, UnknownNameError, UsageError
from ...files import MEGABYTE, local_path, parse_toml, read_bytes
from ...schema import check_fields, validated
from .roles import ROLES

SHAPES = ("long", "wide", "blocks")
NEGATIVE = ("price", "midpoint")
Option = Mapping[str, Any]


class LayoutNeeded(InputError):
    """A price file that cannot be read with certainty without a declaration in a layout.

    Parameters
    ----------
    message : str
        The file, the line where there is one, what is uncertain, and the key of the layout to declare.
    options : sequence of mapping
        Keys of `Layout` with values that may resolve it, the likeliest first; `propose_layout` tries them.
    line : int, optional
        Line of the file, where the fault is in one row.
    header : sequence of str
        Names of the file's columns, where the fault is that none of them is the close.
    """

    def __init__(
        self, message: str, *, options: Sequence[Option] = (), line: int | None = None, header: Sequence[str] = ()
    ) -> None:
        super().__init__(message)
        self.options = tuple(options)
        self.line = line
        self.header = tuple(header)


def refuse(cells: pd.Series, bad: pd.Series, file: object, why: str, options: Sequence[Option] = ()) -> None:
    """Raise for the first bad cell.

    Parameters
    ----------
    cells : Series
        Indexed by line; its name is that of the column.
    bad : Series of bool
        Which cells are wrong, in the order of `cells`.
    file : path
        For the message.
    why : str
        Completes the sentence "date 'x' ...".
    options : sequence of mapping
        As in `LayoutNeeded`.

    Raises
    ------
    LayoutNeeded
        If any cell is bad; the message names its line.
    """
    if bad.any():
        line = int(cells.index[bad.to_numpy(dtype=bool)][0])
        raise LayoutNeeded(f"{file}:{line}: {cells.name} {str(cells.loc[line])!r} {why}", options=options, line=line)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Declarations about a price file; what is left out is taken from the header.

    Parameters
    ----------
    columns : mapping of str to str
        Our name of a column (``date``, ``time``, ``symbol``, ``open``, ``high``, ``low``, ``close``, ``volume``,
        ``adj_close``) to the file's.
    ignore : sequence of str
        Columns of the file that are not used.
    shape : {"", "long", "wide", "blocks"}
        ``long``: a row is one symbol on one date. ``wide``: one column of closes per symbol. ``blocks``: symbols in a
        row above or below the header, each over its own columns.
    symbol : str
        The symbol, where the file holds only one and does not name it.
    date_format : str
        As in `datetime.strptime`, for example ``"%d/%m/%Y"``; ``"epoch"`` for seconds, milli- or microseconds since
        1970 (UTC), ``"excel"`` for days since 1899-12-30.
    timezone : str
        IANA zone of times that are written without one. Rows a day apart at one local time of this zone are daily rows
        of the local date.
    decimal : {".", ","}
        Decimal sign.
    thousands : str
        Separator of thousands, one character; empty for none.
    delimiter : str
        Character between cells; found from the file where it is left out.
    encoding : str
        As Python names it.
    missing : sequence of str
        Cells that mean "no price": where the close is one, the row is left out.
    negative : {"", "price", "midpoint"}
        ``midpoint``: a minus sign marks the midpoint of bid and ask (CRSP), and the price is the absolute value.
    sheet : str
        Name of a sheet in an Excel file with several.

    Raises
    ------
    UsageError
        If a value is not allowed.

    Examples
    --------
    >>> Layout(columns={"close": "Settle"}, date_format="%d.%m.%Y", decimal=",").columns["close"]
    'Settle'
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    ignore: Sequence[str] = ()
    shape: str = ""
    symbol: str = ""
    date_format: str = ""
    timezone: str = ""
    decimal: str = "."
    thousands: str = ""
    delimiter: str = ""
    encoding: str = "utf-8-sig"
    missing: Sequence[str] = ()
    negative: str = ""
    sheet: str = ""

    def __post_init__(self) -> None:
        check_fields(self)
        for role in self.columns:
            if role not in ROLES:
                raise UnknownNameError("column", role, ROLES, "layout")
        for name, value, known in (("shape", self.shape, SHAPES), ("negative", self.negative, NEGATIVE)):
            if value and value not in known:
                raise UnknownNameError(name, value, known, "layout")
        if self.timezone and self.timezone not in zoneinfo.available_timezones():
            raise UnknownNameError("timezone", self.timezone, zoneinfo.available_timezones(), "layout")
        if self.decimal not in (".", ",") or self.decimal == self.thousands or len(self.thousands) > 1:
            raise UsageError("layout: decimal is . or , and thousands another single character or nothing")
        if len(self.delimiter) > 1 or not self.delimiter.isascii():
            raise UsageError(f"layout: delimiter {self.delimiter!r} is not one ASCII character")
        try:
            "".encode(self.encoding)
        except LookupError:
            raise UsageError(f"layout: encoding {self.encoding!r} is not known; write for example cp1252") from None

    def declared(self) -> dict[str, Any]:
        """Return the keys that differ from their defaults, as in a TOML file.

        Returns
        -------
        dict of str to value
            Lists instead of tuples.
        """
        values = {
            item.name: getattr(self, item.name)
            for item in fields(self)
            if getattr(self, item.name) != _BLANK[item.name]
        }
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items() if value}

    def with_defaults(self, defaults: Option) -> Layout:
        """Return the layout with `defaults` for the keys that are not declared.

        Parameters
        ----------
        defaults : mapping
            Keys of a layout with their values.

        Returns
        -------
        Layout
            Declared keys are unchanged.
        """
        mine = self.declared()
        return replace(self, **{name: value for name, value in defaults.items() if name not in mine})

    def extended(self, option: Option) -> Layout:
        """Return the layout with further declarations; lists and tables are added to, other keys replaced.

        Parameters
        ----------
        option : mapping
            Keys of a layout with their values.

        Returns
        -------
        Layout
            A new one.

        Raises
        ------
        UsageError
            If the declarations contradict each other.
        """
        grown = dict(option)
        if "columns" in option:
            grown["columns"] = {**self.columns, **option["columns"]}
        for name in ("ignore", "missing"):
            if name in option:
                grown[name] = (*getattr(self, name), *option[name])
        return replace(self, **grown)


_BLANK: Mapping[str, Any] = MappingProxyType(
    {item.name: {} if item.default is MISSING else item.default for item in fields(Layout)}
)


def read_layout(given: Layout | Mapping[str, Any] | str | os.PathLike[str]) -> Layout:
    """Read a layout from a TOML file or a table whose keys are the parameters of `Layout`.

    Parameters
    ----------
    given : path, mapping or Layout
        A `Layout` is returned unchanged.

    Returns
    -------
    Layout
        With defaults for the keys that are not given.

    Raises
    ------
    InputError
        If the file cannot be read.
    UsageError
        If it is not TOML, or a key or value is wrong.

    Examples
    --------
    >>> read_layout({"date_format": "%d/%m/%Y"}).date_format
    '%d/%m/%Y'
    """
    if isinstance(given, Layout):
        return given
    if isinstance(given, Mapping):
        return validated(Layout, dict(given), "layout")
    file = local_path(given)
    return validated(Layout, parse_toml(read_bytes(file, limit=MEGABYTE), str(file)), str(file))
