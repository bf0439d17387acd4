"""Write frames as text, HTML and LaTeX tables, and format percentages, p-values and dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import pandas as pd

Formatter = Callable[[Any], str]
MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EN DASH}"
LONG = 24


def percent(digits: int = 2) -> Formatter:
    """Make a formatter for fractions: ``0.0123`` becomes ``+1.23``.

    Parameters
    ----------
    digits : int
        Decimals.

    Returns
    -------
    callable
        From a number to text.

    Examples
    --------
    >>> percent(2)(0.0123)
    '+1.23'
    """
    return lambda value: _signed(f"{100 * value:+z.{digits}f}")


def size(digits: int = 2) -> Formatter:
    """Make a formatter for fractions that have no sign, such as standard errors: ``0.0123`` becomes ``1.23``.

    Parameters
    ----------
    digits : int
        Decimals.

    Returns
    -------
    callable
        From a number to text.
    """
    return lambda value: f"{100 * value:z.{digits}f}"


def change(digits: int = 2) -> Formatter:
    """Make a formatter for differences with their sign: ``0.5`` becomes ``+0.50``.

    Parameters
    ----------
    digits : int
        Decimals.

    Returns
    -------
    callable
        From a number to text.
    """
    return lambda value: _signed(f"{value:+z,.{digits}f}")


def number(digits: int = 2) -> Formatter:
    """Make a formatter for plain numbers with a fixed number of decimals.

    Parameters
    ----------
    digits : int
        Decimals.

    Returns
    -------
    callable
        From a number to text.
    """
    return lambda value: f"{value:z,.{digits}f}".replace("-", MINUS)


def _signed(text: str) -> str:
    """Write a number that Python wrote with its sign: a real minus, and no sign before zero."""
    return text.replace("-", MINUS) if text.strip("+-0.,") else text.lstrip("+-")


def p_value(value: float) -> str:
    """Format a p-value without a leading zero: ``.023``, ``<.001``.

    Parameters
    ----------
    value : float
        From 0 to 1.

    Returns
    -------
    str

    Examples
    --------
    >>> p_value(0.02287), p_value(0.0001), p_value(1.0)
    ('.023', '<.001', '1')
    """
    if value < 0.0005:
        return "<.001"
    return f"{value:.3f}".lstrip("0") if value < 0.9995 else "1"


def day(value: Any) -> str:
    """Format a date as ``2020-01-08``.

    Parameters
    ----------
    value : date or Timestamp

    Returns
    -------
    str
    """
    return f"{value:%Y-%m-%d}"


def utc(value: dt.datetime) -> str:
    """Format an instant as ``8 Jan 19:30``.

    Parameters
    ----------
    value : datetime
        UTC.

    Returns
    -------
    str
    """
    return f"{value.day} {value:%b %H:%M}"


def cells(frame: pd.DataFrame, formats: Mapping[str, Formatter]) -> list[list[str]]:
    """Return the text of every cell, row by row; a missing value becomes a dash.

    Parameters
    ----------
    frame : DataFrame
    formats : mapping of str to callable
        How the cells of a column are written, by its name; others as `str` has them.

    Returns
    -------
    list of list of str
    """

    def text(column: str, value: Any) -> str:
        if value is None or (not isinstance(value, str) and pd.isna(value)):
            return NOTHING
        return formats[column](value) if column in formats else str(value)

    columns = [[text(str(name), value) for value in frame[name]] for name in frame]
    return [list(row) for row in zip(*columns, strict=True)]


def to_html(frame: pd.DataFrame, formats: Mapping[str, Formatter], headings: Mapping[str, str] | None = None) -> str:
    """Write an HTML table; every cell is escaped, columns with a format are set as numbers, the first heads its row.

    Parameters
    ----------
    frame : DataFrame
    formats : mapping of str to callable
        How the cells of a column are written, by its name.
    headings : mapping of str to str, optional
        Headings of columns; their names by default.

    Returns
    -------
    str
    """
    headings = headings or {}
    text = cells(frame, formats)
    long = [any(len(cell) > LONG for cell in column) for column in zip(*text, strict=True)] or [False] * frame.shape[1]
    words = {name: "text long" if wide else "text" for name, wide in zip(frame, long, strict=True)}
    kinds = ["number" if name in formats else words[name] for name in frame]
    head = "".join(
        f'<th scope="col" class="{kind}">{escape(headings.get(str(name), str(name)))}</th>'
        for name, kind in zip(frame, kinds, strict=True)
    )
    body = "\n".join(f"<tr>{_html_row(row, kinds)}</tr>" for row in text)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _html_row(row: list[str], kinds: list[str]) -> str:
    """Write the cells of a row; the first is its heading."""
    tags = ['th scope="row"', *["td"] * (len(row) - 1)]
    return "".join(
        f'<{tag} class="{kind}">{escape(cell)}</{tag[:2]}>' for tag, cell, kind in zip(tags, row, kinds, strict=True)
    )


def to_text(frame: pd.DataFrame, formats: Mapping[str, Formatter], headings: Mapping[str, str] | None = None) -> str:
    """Write aligned plain text, numbers to the right.

    Parameters
    ----------
    frame : DataFrame
    formats : mapping of str to callable
        How the cells of a column are written, by its name.
    headings : mapping of str to str, optional
        Headings of columns; their names by default.

    Returns
    -------
    str
    """
    headings = headings or {}
    table = [[headings.get(str(name), str(name)) for name in frame], *cells(frame, formats)]
    widths = [max(len(row[at]) for row in table) for at in range(frame.shape[1])]
    right = [str(name) in formats for name in frame]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if flush else cell.ljust(width)
            for cell, width, flush in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in table
    )


def to_latex(frame: pd.DataFrame, formats: Mapping[str, Formatter], headings: Mapping[str, str] | None = None) -> str:
    """Write a LaTeX tabular with booktabs rules; special characters are escaped.

    Parameters
    ----------
    frame : DataFrame
    formats : mapping of str to callable
        How the cells of a column are written, by its name.
    headings : mapping of str to str, optional
        Headings of columns; their names by default.

    Returns
    -------
    str
    """
    headings = headings or {}
    special = {
        "&": r"\&",
        "%": r"\%",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "{": r"\{",
        "}": r"\}",
        "^": r"\^{}",
        "~": r"\~{}",
    }
    special |= {"\\": r"\textbackslash{}", MINUS: "$-$", "<": "$<$", ">": "$>$", "|": "$|$"}

    def line(row: list[str]) -> str:
        return " & ".join("".join(special.get(letter, letter) for letter in cell) for cell in row) + r" \\"

    layout = "".join("r" if str(name) in formats else "l" for name in frame)
    head = line([headings.get(str(name), str(name)) for name in frame])
    body = "\n".join(line(row) for row in cells(frame, formats))
    return f"\\begin{{tabular}}{{{layout}}}\n\\toprule\n{head}\n\\midrule\n{body}\n\\bottomrule\n\\end{{tabular}}"
