"""The input and output types of the grammar: the tokens of a text, clock times and days."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..places.mentions import Place
from ..text.tokens import Token

DASHES = frozenset("-–—−")
APOSTROPHES = frozenset("'’")
_NOTHING = Token("", "", -1, -1)


@dataclass(frozen=True, kw_only=True)
class ClockTime:
    """A time of day as written.

    Parameters
    ----------
    hour, minute : int
    half : str
        ``"am"``, ``"pm"``, ``"24"`` (24-hour clock), or empty where it could be either half of the day.
    exact : bool
        True where the minutes are written.
    bell : str
        ``"opening"`` or ``"closing"`` for an exchange's bell, whose hour depends on its zone; else empty.
    away : int
        Minutes after the bell, negative before it.
    """

    hour: int
    minute: int = 0
    half: str = ""
    exact: bool = True
    bell: str = ""
    away: int = 0


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day or a longer span as written: a weekday, a date or its parts, or a shift from the writer's day.

    Parameters
    ----------
    weekday : int or None
        0 for Monday.
    year, month, day : int or None
    shift : int or None
        Units from the writer's day: -1 for "yesterday" or "last week".
    unit : str
        ``"day"``, ``"week"``, ``"weekend"``, ``"month"`` or ``"year"``.
    which : str
        "last", "next" and the like, as written.
    third : str
        "early", "mid", "late" or "end" of a month.
    swapped : bool
        True where day and month could be the other way round: "03/04/2020".
    """

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
    """The tokens of a text, and its places by their first character.

    Parameters
    ----------
    text : str
    tokens : list of Token
    places : dict of int to Place
    """

    text: str
    tokens: list[Token]
    places: dict[int, Place] = field(default_factory=dict)

    def at(self, n: int) -> Token:
        """Return a token, or an empty one past either end.

        Parameters
        ----------
        n : int

        Returns
        -------
        Token
        """
        try:
            return self.tokens[n] if n >= 0 else _NOTHING
        except IndexError:
            return _NOTHING

    def glued(self, n: int) -> bool:
        """Return whether a token follows the one before without a space.

        Parameters
        ----------
        n : int

        Returns
        -------
        bool
        """
        return 0 < n < len(self.tokens) and self.tokens[n].start == self.tokens[n - 1].end

    def word(self, n: int) -> str:
        """Return a token in lower case, or an empty string past either end.

        Parameters
        ----------
        n : int

        Returns
        -------
        str
        """
        try:
            return self.tokens[n].lower if n >= 0 else ""
        except IndexError:
            return ""

    def number(self, n: int, most: int = 9999, digits: tuple[int, ...] = (1, 2)) -> int | None:
        """Return a token as a number.

        Parameters
        ----------
        n : int
        most : int
            Largest value.
        digits : tuple of int
            Allowed numbers of digits.

        Returns
        -------
        int or None
            None where it is not such a number.
        """
        text = self.at(n).text
        return int(text) if text.isascii() and text.isdigit() and len(text) in digits and int(text) <= most else None
