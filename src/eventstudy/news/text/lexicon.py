"""Word lists of time expressions in English news, and access to the word lists in `data/words.txt`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from types import MappingProxyType

_SPELLED = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
_MONTHS = "january february march april may june july august september october november december"
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday"


def _numbered(words: str, first: int) -> dict[str, int]:
    return {word: n for n, word in enumerate(words.split(), first)}


_SHORT_MONTHS = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9}
MONTHS = MappingProxyType(_numbered(_MONTHS, 1) | _SHORT_MONTHS | {"oct": 10, "nov": 11, "dec": 12})
AMBIGUOUS_MONTHS = frozenset({"may", "march", "mar", "jan", "sep", "dec", "jun"})
WEEKDAYS = MappingProxyType(_numbered(_WEEKDAYS, 0))
SHORT_WEEKDAYS = MappingProxyType(
    {"mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6}
)
WEEKDAY_NAMES = tuple(name.capitalize() for name in _WEEKDAYS.split())
RELATIVE_DAYS = MappingProxyType({"today": 0, "yesterday": -1, "tomorrow": 1, "tonight": 0})
NUMBERS = MappingProxyType(
    _numbered(_SPELLED, 1) | {"a": 1, "an": 1, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60}
)
# Hours of the local day, first and one past last; 30 is six in the next morning.
PARTS = MappingProxyType(
    {
        "early hours": (0, 6),
        "small hours": (0, 6),
        "dawn": (4, 8),
        "early": (0, 6),
        "early morning": (0, 6),
        "morning": (6, 12),
        "late morning": (9, 12),
        "mid morning": (9, 11),
        "midday": (11, 13),
        "lunchtime": (11, 14),
        "early afternoon": (12, 15),
        "afternoon": (12, 18),
        "late afternoon": (15, 18),
        "evening": (18, 24),
        "early evening": (17, 20),
        "late evening": (20, 24),
        "dusk": (17, 20),
        "night": (18, 24),
        "late night": (20, 24),
        "late": (18, 24),
        "overnight": (18, 30),
        # hours of US shares; news hardly mentions other markets' extended hours
        "premarket": (4, 9),
        "after hours": (16, 24),
    }
)
_MINUTES = {"second": 1 / 60, "minute": 1.0, "min": 1.0, "hour": 60.0, "hr": 60.0}
UNITS = MappingProxyType(_MINUTES | {f"{unit}s": length for unit, length in _MINUTES.items()})
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
LONG_UNITS = MappingProxyType(_DAYS | {f"{unit}s": length for unit, length in _DAYS.items()})


@cache
def words(section: str) -> frozenset[str]:
    """Return one list of `data/words.txt`.

    Parameters
    ----------
    section : str
        Heading of the list.

    Returns
    -------
    frozenset of str
    """
    return frozenset(_word_lists().split(f"[{section}]\n")[1].split("\n[")[0].split())


@cache
def _word_lists() -> str:
    """Read `data/words.txt`, once for all its lists."""
    return (files(__package__) / "data" / "words.txt").read_text(encoding="utf-8")


APPROXIMATE = words("approximate")
PREFIXES = words("prefixes") | APPROXIMATE
