"""Make text fit to show: shortened, and with control, bidirectional and zero-width characters escaped."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

# What is said of 23:59:60 in UTC, or the like in another zone.
LEAP_SECOND = "a leap second, which clocks of computers do not have; write the second before it, or the one after it"
LEAPING = ":59:60"
UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def unseen(letter: str) -> bool:
    r"""Return whether a character is invisible: control, format, surrogate, line or paragraph separator.

    Parameters
    ----------
    letter : str
        One character.

    Returns
    -------
    bool

    Examples
    --------
    >>> unseen("\x1b"), unseen("\u202e"), unseen("a")
    (True, True, False)
    """
    return unicodedata.category(letter) in UNSEEN


def shortened(text: str, most: int) -> str:
    """Return a text, or its beginning and an ellipsis where it is too long.

    Parameters
    ----------
    text : str
    most : int
        Characters.

    Returns
    -------
    str

    Examples
    --------
    >>> shortened("abc", 3), shortened("abcd", 3)
    ('abc', 'ab…')
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


def first_few(texts: Sequence[str], most: int = 3) -> str:
    """Join the first few texts, and count the rest.

    Parameters
    ----------
    texts : sequence of str
    most : int
        Texts that are named.

    Returns
    -------
    str

    Examples
    --------
    >>> first_few("ab"), first_few("abcde")
    ('a, b', 'a, b, c and 2 more')
    """
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return ", ".join(texts[:most]) + more


def visible(text: str, keep: str = "\n") -> str:
    r"""Return text with its invisible characters, such as those of terminal escapes, written as Python escapes.

    Parameters
    ----------
    text : str
        Untrusted.
    keep : str
        Characters that stay as they are.

    Returns
    -------
    str

    Examples
    --------
    >>> visible("\x1b[31mred\u202e")
    '\\x1b[31mred\\u202e'
    """
    return text.translate({ord(one): repr(one)[1:-1] for one in set(text) if unseen(one) and one not in keep})


def one_line(text: str, most: int) -> str:
    r"""Return a text, or its beginning, in one line, with its invisible characters written as Python escapes.

    Parameters
    ----------
    text : str
        Untrusted.
    most : int
        Characters of it.

    Returns
    -------
    str

    Examples
    --------
    >>> one_line("a\nb", 3)
    'a\\nb'
    """
    return visible(shortened(text, most), keep="")
