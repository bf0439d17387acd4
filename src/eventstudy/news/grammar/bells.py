"""The grammar of exchange bells: "after the bell", "when markets opened", "at the close of trade"."""

from __future__ import annotations

from .days import read_day
from .scanner import APOSTROPHES, ClockTime, Scanner

_TRADING = frozenset(["market", "markets", "trading"])
_EDGES = frozenset(["beginning", "end", "start"])
BELL_WORDS = _TRADING | _EDGES | {"bell", "close", "closing", "open", "opening"}
_LEADS = frozenset(["after", "at", "before"])
# These lead only to a market that opens or closes: "when trading opened", "once the market closes".
_WHEN = frozenset(["as", "once", "until", "when"])
_WHOSE = frozenset(["the", "u", ".", "s", "us", "stock"])
_OF = frozenset(
    [
        "business",
        "financial",
        "market",
        "markets",
        "of",
        "regular",
        "stock",
        "the",
        "trade",
        "trading",
        "u",
        ".",
        "s",
        "us",
    ]
)


def read_bell(s: Scanner, n: int) -> tuple[ClockTime, int] | None:
    """Read the opening or closing of an exchange: "the opening bell", "before markets open", "at the close of trade".

    Parameters
    ----------
    s : Scanner
    n : int
        Number of the token to start at, one of `BELL_WORDS`.

    Returns
    -------
    (ClockTime, int) or None
        A clock time whose hour depends on the exchange, and the number of the next token.
    """
    lead, word = _lead(s, n), s.word(n)
    if word in _EDGES:
        return _edge(s, n) if lead in _LEADS else None
    if word in _TRADING:
        return _market(s, n, lead)
    if word == "bell":
        which = {"before": "opening", "after": "closing"}.get(lead, "")
        return _ended(s, n + 1, which) if which else None
    return _named(s, n, lead)


def _lead(s: Scanner, n: int) -> str:
    """Return the word before an exchange's bell, without those that say whose it is: "before the U.S. stock market"."""
    at = n - 1
    while at > n - 7 and s.word(at) in _WHOSE:
        at -= 1
    return s.word(at)


def _edge(s: Scanner, n: int) -> tuple[ClockTime, int] | None:
    """Read "the beginning of trading"."""
    at = n + 1 + (s.word(n + 1) == "of")
    if at == n + 1 or s.word(at) not in {"trade", "trading"}:
        return None
    return _ended(s, at + 1, "closing" if s.word(n) == "end" else "opening")


def _market(s: Scanner, n: int, lead: str) -> tuple[ClockTime, int] | None:
    """Read "markets opened", "the market had closed", "the market's close"."""
    at = n + 1 + (s.word(n + 1) == "had")
    own = s.at(at).text in APOSTROPHES and s.word(at + 1) == "s"
    at += 2 * own
    word = s.word(at)
    if lead in _LEADS or (
        lead in _WHEN and not own and word in {"open", "opened", "opens", "close", "closed", "closes"}
    ):
        return _ended(s, at + 1, _which(word))
    return None


def _named(s: Scanner, n: int, lead: str) -> tuple[ClockTime, int] | None:
    """Read "the opening bell", "the open", "the close of trade", "the close of November 30"."""
    word, at = s.word(n), n + 1
    if s.word(at) == "bell":
        return _ended(s, at + 1, _which(word))
    if lead not in _LEADS and not (lead == "of" and s.word(n - 2) == "of" and s.word(n - 3) == "as"):
        return None
    if s.word(at) == "of":
        if s.word(at + 1) not in _OF and read_day(s, at + 1) is None:
            return None  # "at the close of the summit"
        return _ended(s, at if s.word(at + 1) in _OF else at + 1, _which(word))
    if word in {"closing", "opening"} or (s.word(n - 1) != "the" and lead not in {"before", "after"}):
        return None  # "after closing lower"
    return _ended(s, at, _which(word))


def _which(word: str) -> str:
    return {"open": "opening", "clos": "closing"}.get(word[:4], "")


def _ended(s: Scanner, after: int, which: str) -> tuple[ClockTime, int] | None:
    """Return the bell, past "bell" and "of regular trading"."""
    if not which:
        return None
    after += s.word(after) == "bell"
    if s.word(after) == "of":
        while s.word(after) in _OF:
            after += 1
    return bell_clock(which), after


def bell_clock(which: str) -> ClockTime:
    """Return the clock time of a bell; its hour is a placeholder until the exchange is known.

    Parameters
    ----------
    which : str
        ``"opening"`` or ``"closing"``.

    Returns
    -------
    ClockTime
    """
    return ClockTime(hour=16 if which == "closing" else 9, half="24", bell=which)
