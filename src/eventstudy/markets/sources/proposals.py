"""Propose a layout that reads a file, for the user to check before it is used."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import pandas as pd
import tomli_w

from ...errors import InputError, UsageError
from ..prices.bars import BarSet
from .files import read_bars
from .layouts import Layout, LayoutNeeded

ATTEMPTS = 200
SHOWN_ROWS = 3


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A layout that reads a file.

    Parameters
    ----------
    layout : Layout
        Empty where the file needs none.
    bars : BarSet
        The prices as this layout reads them.
    settled : tuple of str
        What was uncertain: the messages of the refusals, in the order in which they were resolved.
    other_readings : tuple of Layout
        The alternatives at the last refusal, `layout` among them.
    """

    layout: Layout
    bars: BarSet
    settled: tuple[str, ...] = ()
    other_readings: tuple[Layout, ...] = ()

    def toml(self) -> str:
        """Return the layout as the text of a TOML file.

        Returns
        -------
        str
            Empty where the file needs no layout.
        """
        return tomli_w.dumps(self.layout.declared())

    def rows(self) -> pd.DataFrame:
        """Return the first three rows of the first symbol as the layout reads them.

        Returns
        -------
        DataFrame
            Session or instant, prices and ``symbol``; at most three rows.
        """
        symbol = next(iter(self.bars))
        return self.bars[symbol].frame.head(SHOWN_ROWS).reset_index().assign(symbol=symbol)


@dataclass(frozen=True, kw_only=True)
class _Try:
    """A layout to try, and the refusals that led to it."""

    layout: Layout
    settled: tuple[str, ...] = ()
    others: tuple[Layout, ...] = ()


def propose_layout(path: str | os.PathLike[str], layout: Layout | None = None) -> Proposal:
    r"""Find a layout that reads a file.

    Each refusal of the reader names declarations that may resolve it; these are tried, the likeliest first. The order
    of day and month, or the zone of times, may be a guess: check the rows before using the layout.

    Parameters
    ----------
    path : path
        A price file, as `eventstudy.read_bars` takes it.
    layout : Layout, optional
        What is declared already.

    Returns
    -------
    Proposal
        The first layout that reads the whole file.

    Raises
    ------
    InputError
        If no layout is found; the message is that of the first refusal.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "oil.csv")
    ...     _ = file.write_text("Day;Settle\n13.01.2020;62,70\n14.01.2020;1.059,61\n")
    ...     print(propose_layout(file).toml(), end="")
    decimal = ","
    thousands = "."
    <BLANKLINE>
    [columns]
    date = "Day"
    """
    first: InputError | None = None
    left = [_Try(layout=layout or Layout())]
    seen: list[dict[str, Any]] = []
    for _ in range(ATTEMPTS):
        if not left:
            break
        tried = left.pop()
        try:
            bars = read_bars(path, layout=tried.layout, adjusted=False)
            return Proposal(layout=tried.layout, bars=bars, settled=tried.settled, other_readings=tried.others)
        except LayoutNeeded as error:
            first = first or error
            if tried.settled[-1:] == (str(error),):  # the same refusal again: the declaration had no effect
                continue
            options = [one for one in _grown(tried.layout, error) if one.declared() not in seen]
            seen += [one.declared() for one in options]
            grown = [_Try(layout=one, settled=(*tried.settled, str(error)), others=tuple(options)) for one in options]
            left.extend(reversed(grown))
        except InputError as error:
            first = first or error
    raise first or InputError(f"{path}: no layout was found")


def _grown(layout: Layout, error: LayoutNeeded) -> list[Layout]:
    """Return the layout extended by each of the declarations that may resolve a refusal."""
    found = []
    for option in error.options:
        try:
            found.append(layout.extended(option))
        except UsageError:  # contradicts what is declared: decimal and thousands alike
            continue
    return found
