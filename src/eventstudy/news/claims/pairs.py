"""Currencies: which pair a sentence speaks of, and which way its symbol moves."""

from __future__ import annotations

import re
from functools import cache

from .names import lines_of, listed

# The currency that comes first in the usual quote of two.
_FIRST = ("EUR", "GBP", "AUD", "NZD", "USD")
_INDEX = "DX-Y.NYB"


def pair_symbol(subject: str, other: str) -> tuple[str, bool]:
    """Return the symbol of two currencies, and whether it falls when the first of them gains.

    Parameters
    ----------
    subject, other : str
        Codes.

    Returns
    -------
    tuple of (str, bool)

    Examples
    --------
    >>> pair_symbol("USD", "JPY"), pair_symbol("PHP", "USD"), pair_symbol("EUR", "SEK"), pair_symbol("GBP", "USD")
    (('JPY=X', False), ('PHP=X', True), ('EURSEK=X', False), ('GBPUSD=X', False))
    """
    rank = {code: k for k, code in enumerate(_FIRST)}
    # A yen is counted in others' units: the dollar is worth yen, the franc is worth yen.
    order = {"JPY": len(_FIRST) + 1}
    ranks = [rank.get(code, order.get(code, len(_FIRST))) for code in (subject, other)]
    inverse = ranks[1] < ranks[0]
    first, second = (other, subject) if inverse else (subject, other)
    return (f"{second}=X" if first == "USD" else f"{first}{second}=X"), inverse


def currency_symbol(subject: str, other: str | None) -> tuple[str | None, bool]:
    """Return the symbol of a currency against another; of its usual pair where no other is named.

    Parameters
    ----------
    subject : str
    other : str or None

    Returns
    -------
    tuple of (str or None, bool)
        The dollar alone is taken for its index.
    """
    if other is None and subject == "USD":
        return _INDEX, False
    return pair_symbol(subject, "USD" if other is None or other == subject else other)


def codes_named(word: str) -> tuple[str, ...]:
    """Return the currencies that a name may stand for.

    Parameters
    ----------
    word : str
        Such as ``"yen"`` or ``"crowns"``.

    Returns
    -------
    tuple of str
        Codes; empty where it names none.
    """
    return _by_name().get(word) or _by_name().get(re.sub(r"s$", "", word), ())


def placed(codes: tuple[str, ...], text: str) -> str:
    """Return the one of several currencies that words of the text place; the one placed last; the first where none is.

    Parameters
    ----------
    codes : tuple of str
    text : str

    Returns
    -------
    str
    """
    if len(codes) == 1:
        return codes[0]
    last = {code: max((text.rfind(word) for word in _places()[code]), default=-1) for code in codes}
    best = max(codes, key=lambda code: last[code])
    return best if last[best] >= 0 else codes[0]


@cache
def _by_name() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for code, names, _ in lines_of("currencies.txt"):
        for name in listed(names):
            found[name] = (*found.get(name, ()), code)
    return found


@cache
def _places() -> dict[str, list[str]]:
    return {code: listed(words) for code, _, words in lines_of("currencies.txt")}
