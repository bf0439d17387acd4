"""What the grammars read from and what they read: the tokens of a text, clocks and days."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..places.mentions import Place
from ..text.tokens import Token

DASHES = frozenset("-–—−")
APOSTROPHES = frozenset("'’")
_NOTHING = Token("", "", -1, -1)


@dataclass(frozen=True, kw_only=True)
class ClockTime:
    """A time of day: `exact` with its minutes written, `half` "am", "pm", "24" or "" where it could be either.

    `bell` is "opening" or "closing" for that of a market, whose hour its zone decides; `away` counts the minutes
    from it.
    """

    hour: int
    minute: int = 0
    half: str = ""
    exact: bool = True
    bell: str = ""
    away: int = 0


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day, or a longer span, as written: a weekday, a date or its parts, or a shift from the day of writing."""

    weekday: int | None = None
    year: int | None = None
    month: int | None = None
    day: int | None = None
    shift: int | None = None
    unit: str = "day"
    which: str = ""
    third: str = ""
    swapped: bool = False


@dataclass(frozen=True)
class Scanner:
    """The tokens of a text with the places found in it, by first character."""

    text: str
    tokens: list[Token]
    places: dict[int, Place] = field(default_factory=dict)

    def at(self, n: int) -> Token:
        """Return a token, or an empty one past either end."""
        try:
            return self.tokens[n] if n >= 0 else _NOTHING
        except IndexError:
            return _NOTHING

    def glued(self, n: int) -> bool:
        """Say whether a token follows the one before without a space."""
        return 0 < n < len(self.tokens) and self.tokens[n].start == self.tokens[n - 1].end

    def word(self, n: int) -> str:
        """Return a token in small letters."""
        try:
            return self.tokens[n].lower if n >= 0 else ""
        except IndexError:
            return ""

    def number(self, n: int, most: int = 9999, digits: tuple[int, ...] = (1, 2)) -> int | None:
        """Return a token as a number if it has one of the numbers of digits and is not too large."""
        text = self.at(n).text
        return int(text) if text.isascii() and text.isdigit() and len(text) in digits and int(text) <= most else None
