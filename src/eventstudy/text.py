"""Words of others, made safe to show: what a reader cannot see, or what turns other words round, is spelled out."""

from __future__ import annotations

import unicodedata

UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def visible(text: str, keep: str = "\n") -> str:
    r"""Spell out control, direction and zero-width characters, such as those of terminal escapes.

    Parameters
    ----------
    text : str
    keep : str
        Characters that stay as they are.

    Examples
    --------
    >>> visible("\x1b[31mred\u202e")
    '\\x1b[31mred\\u202e'
    """
    return "".join(
        repr(letter)[1:-1] if unicodedata.category(letter) in UNSEEN and letter not in keep else letter
        for letter in text
    )
