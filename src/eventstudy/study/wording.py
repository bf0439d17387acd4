"""How numbers, dates and markets are written in the sentences and tables of a study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from ..instruments.catalogue import Instruments
from ..render.tables import Formatter, change, number, p_value, percent

UNITS = {
    "log": "log points",
    "simple": "%",
    "change": "in its own unit",
    "volume": "log units of volume",
    "volatility": "log units of range",
}
# What is measured in place of returns, in words; the picture's unit; and the whole explanation of the unit.
SUBJECTS = {"volume": "volume", "volatility": "daily range"}
LOGARITHMS = {"volume": "log volume", "volatility": "log range"}
NATURAL = "natural logarithms, whose exponential is the {} as a multiple of the expected"
NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
signed = percent(2)
plain = number(2)
in_unit = change(2)


def kind_of(specification: Mapping[str, Any]) -> str:
    """Return what a study is about: its measure, or its kind of return.

    Parameters
    ----------
    specification : mapping
        The study as plain values.

    Returns
    -------
    {"log", "simple", "change", "volume", "volatility"}

    Examples
    --------
    >>> kind_of({"returns": "log"}), kind_of({"returns": "log", "measure": "volume"})
    ('log', 'volume')
    """
    return str(specification.get("measure") or specification["returns"])


def in_percent(kind: str) -> bool:
    """Return whether numbers are fractions that are written times 100, and not in a unit of their own.

    Parameters
    ----------
    kind : {"log", "simple", "change", "volume", "volatility"}

    Returns
    -------
    bool
    """
    return kind in ("log", "simple")


def after(kind: str) -> str:
    """Return what stands behind a number: the sign of per cent, or the unit.

    Parameters
    ----------
    kind : {"log", "simple", "change", "volume", "volatility"}

    Returns
    -------
    str

    Examples
    --------
    >>> after("log"), after("change"), after("volume")
    (' %', ' in its own unit', ' log units of volume')
    """
    return " %" if in_percent(kind) else f" {UNITS[kind]}"


def unit_sentence(kind: str) -> str:
    """Explain the unit of a measure.

    Parameters
    ----------
    kind : {"volume", "volatility"}

    Returns
    -------
    str

    Examples
    --------
    >>> unit_sentence("volatility")
    'natural logarithms, whose exponential is the daily range as a multiple of the expected'
    """
    return NATURAL.format(SUBJECTS[kind])


def amount_of(returns: str) -> Formatter:
    """Return how a number is written: in per cent, or in a unit of its own.

    Parameters
    ----------
    returns : {"log", "simple", "change", "volume", "volatility"}

    Returns
    -------
    callable
        From a number to text with its sign.

    Examples
    --------
    >>> amount_of("log")(0.0123), amount_of("change")(0.5)
    ('+1.23', '+0.50')
    """
    return signed if in_percent(returns) else in_unit


def car_name(window: str) -> str:
    """Return the name of the cumulative abnormal return of a window.

    Parameters
    ----------
    window : str
        Label of the window.

    Returns
    -------
    str

    Examples
    --------
    >>> car_name("[0,1]"), car_name("own")
    ('CAR[0,1]', 'CAR over own windows')
    """
    return f"CAR{window}" if window.startswith("[") else f"CAR over {window} windows"


def label(symbol: str, instruments: Instruments) -> str:
    """Return the name of a market, or its symbol where no name is known.

    Parameters
    ----------
    symbol : str
    instruments : Instruments
        Where the study looks up symbols: its own declarations come before the catalogue.

    Returns
    -------
    str

    Examples
    --------
    >>> known = Instruments()
    >>> label("^N225", known), label("MINE", known)
    ('Nikkei 225', 'MINE')
    """
    known = instruments.get(symbol)
    return symbol if known is None else known.name


def with_names(frame: pd.DataFrame, instruments: Instruments, among: Iterable[str] | None = None) -> pd.DataFrame:
    """Replace the symbols in the column ``market`` by names; a name that two symbols share gets the symbol added.

    Parameters
    ----------
    frame : DataFrame
        With a column ``market`` of symbols.
    instruments : Instruments
        Where the study looks up symbols.
    among : iterable of str, optional
        All symbols that are shown together, where `frame` has only some of them.

    Returns
    -------
    DataFrame
        A copy.

    Examples
    --------
    >>> with_names(pd.DataFrame({"market": ["CL=F", "X.T"]}), Instruments())["market"].tolist()
    ['WTI crude', 'X.T']
    """
    names = {
        symbol: label(symbol, instruments) for symbol in dict.fromkeys(frame["market"] if among is None else among)
    }
    count = Counter(names.values())
    shown = {symbol: name if count[name] == 1 else f"{name} ({symbol})" for symbol, name in names.items()}
    return frame.assign(market=frame["market"].map(shown))


def in_words(count: int) -> str:
    """Write a count up to twelve as a word.

    Parameters
    ----------
    count : int
        Zero or more.

    Returns
    -------
    str

    Examples
    --------
    >>> in_words(12), in_words(0), in_words(40)
    ('twelve', 'no', '40')
    """
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def long_date(day: pd.Timestamp) -> str:
    """Write a date as ``8 January 2020``.

    Parameters
    ----------
    day : Timestamp

    Returns
    -------
    str
    """
    return f"{day.day} {day:%B %Y}"


def joined(parts: Sequence[str]) -> str:
    """Join names with commas and "and".

    Parameters
    ----------
    parts : sequence of str

    Returns
    -------
    str

    Examples
    --------
    >>> joined(["WTI crude", "Brent", "gold"])
    'WTI crude, Brent and gold'
    """
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)


def joined_labels(symbols: Iterable[str], instruments: Instruments) -> str:
    """Join the names of markets; each is named once.

    Parameters
    ----------
    symbols : iterable of str
    instruments : Instruments
        Where the study looks up symbols.

    Returns
    -------
    str

    Examples
    --------
    >>> joined_labels(["CL=F", "^N225", "CL=F"], Instruments())
    'WTI crude and Nikkei 225'
    """
    return joined([label(str(symbol), instruments) for symbol in dict.fromkeys(symbols)])


def p_equals(value: float) -> str:
    """Write a p-value as ``p = .023`` or ``p < .001``.

    Parameters
    ----------
    value : float

    Returns
    -------
    str
    """
    text = p_value(value)
    return f"p {text[0]} {text[1:]}" if text.startswith("<") else f"p = {text}"


def plain_p(value: float) -> str:
    """Write a p-value with two significant digits, however small: ``.0005``.

    Parameters
    ----------
    value : float

    Returns
    -------
    str
    """
    return f"{value:.2g}".removeprefix("0")
