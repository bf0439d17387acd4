"""Split a text into words, numbers and signs."""

from __future__ import annotations

import re
from typing import NamedTuple

_TOKEN = re.compile(r"\d+|[^\W\d_]+|\S")


class Token(NamedTuple):
    """One word, run of digits or sign, with its first and one-past-last character."""

    text: str
    lower: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """Split a text into words, runs of digits and single signs."""
    return [Token(word := m[0], word.lower(), m.start(), m.end()) for m in _TOKEN.finditer(text)]
