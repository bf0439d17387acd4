"""How numbers, dates and markets are written in the sentences and tables of a study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import pandas as pd

from ..instruments.catalogue import Instruments
from ..render.tables import Formatter, change, number, p_value, percent

UNITS = {"log": "log points", "simple": "%", "change": "in its own unit"}
NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
signed = percent(2)
plain = number(2)
in_unit = change(2)


def amount_of(returns: str) -> Formatter:
    """Return how a return is written: in per cent, or a change in the market's own unit.

    Parameters
    ----------
    returns : {"log", "simple", "change"}

    Returns
    -------
    callable
        From a number to text with its sign.

    Examples
    --------
    >>> amount_of("log")(0.0123), amount_of("change")(0.5)
    ('+1.23', '+0.50')
    """
    return in_unit if returns == "change" else signed


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
