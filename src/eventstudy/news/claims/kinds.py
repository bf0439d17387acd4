"""Tell of which price of the day a statement speaks, and of which record."""

from __future__ import annotations

import re

from ...claims import ClaimKind
from . import words
from .reading import Frame

_EXTREME_AFTER = re.compile(
    r"\s?(?:(?!after|from)\w+ ){0,4}(?:at one (?:point|stage)|earlier|briefly|intraday|at (?:its|the) (?:peak|worst))"
)
# A record that stands right behind a price: "touched $71.75 a barrel, the highest since September".
_RECORD_AFTER = re.compile(
    rf"(?:\s(?:an?|per)\s\w+)?\s?[,(–—-]\s?(?P<record>{words.SUPERLATIVE.pattern})", re.IGNORECASE
)


def kind_of(frame: Frame, carried: ClaimKind | None, *, before_close: bool) -> ClaimKind:
    """Return the kind of a statement whose own words say none: that of the one before it, else by where it stands.

    Parameters
    ----------
    frame : Frame
    carried : ClaimKind or None
        Kind of the statement before, where its words said it.
    before_close : bool
        Whether the same market's close follows.

    Returns
    -------
    ClaimKind
    """
    if before_close:
        return ClaimKind.INTRADAY_EXTREME
    if carried in (ClaimKind.CLOSE, ClaimKind.SNAPSHOT, ClaimKind.POST_SETTLEMENT):
        return carried
    return ClaimKind.SNAPSHOT if "level" in frame.numbers else ClaimKind.UNSPECIFIED


def own_kind(sentence: str, frame: Frame, bounds: tuple[int, int], until: int) -> ClaimKind | None:
    """Return the kind that a statement's own words say; None where they say none.

    Parameters
    ----------
    sentence : str
    frame : Frame
    bounds : tuple of int
        Where the statement before ends and the next begins.
    until : int
        Where the first words of the next statement end.

    Returns
    -------
    ClaimKind or None
    """
    said = sentence[bounds[0] : bounds[1]]
    inner = words.UNDOING.sub(" ", sentence[bounds[0] : frame.end + 1])
    after = sentence[frame.end : frame.end + 60]
    if frame.extreme and not _is_closing(inner):
        return ClaimKind.INTRADAY_EXTREME
    if words.CLOSED_AT_RECORD.search(inner) or words.BEFORE.search(sentence[bounds[0] : frame.end + 25]):
        return ClaimKind.CLOSE
    if words.FROM_RECORD.search(said) and {"pct", "amount"} & frame.numbers.keys() and "level" not in frame.numbers:
        return ClaimKind.TRAJECTORY
    if words.CLOSED.search(sentence[frame.end : frame.end + 40]):
        return ClaimKind.CLOSE
    if words.POST.search(inner) or (words.POST.search(said) and not _is_closing(inner)):
        return ClaimKind.POST_SETTLEMENT
    if words.TRAJECTORY.search(words.SUPERLATIVE.sub(" ", said)) and not _is_closing(said):
        return ClaimKind.TRAJECTORY
    if words.EXTREME.search(inner) or words.EARLIER.search(inner):
        return ClaimKind.INTRADAY_EXTREME
    if words.OPEN.search(said):
        return ClaimKind.OPEN
    if _is_closing(said):
        return ClaimKind.CLOSE
    if "reference" in frame.numbers and "level" in frame.numbers:
        return ClaimKind.TRAJECTORY
    if words.UNDONE.search(sentence[frame.end : until]) or _EXTREME_AFTER.match(after):
        return ClaimKind.INTRADAY_EXTREME
    if words.WEEK.search(inner if "level" in frame.numbers else said):
        return ClaimKind.UNSPECIFIED
    return ClaimKind.SNAPSHOT if words.NOW.search(said) else None


def _is_closing(said: str) -> bool:
    return words.CLOSE.search(words.NOT_CLOSE.sub(" ", said)) is not None


def superlative_of(sentence: str, frame: Frame, bounds: tuple[int, int]) -> str:
    """Return the record that a statement claims, as printed.

    Parameters
    ----------
    sentence : str
    frame : Frame
    bounds : tuple of int
        Where the statement before ends and the next begins.

    Returns
    -------
    str
        Empty where it claims none.
    """
    own = _RECORD_AFTER.match(sentence, frame.end)
    before = _RECORD_AFTER.match(sentence, bounds[0]) if bounds[0] else None
    start = before.end() if before else bounds[0]
    found = own["record"] if own else _first(words.SUPERLATIVE.search(sentence, start, bounds[1]))
    return found.strip().rstrip(".")


def week_of(sentence: str, bounds: tuple[int, int]) -> str:
    """Return the words by which a move is that of a week; empty where there are none.

    Parameters
    ----------
    sentence : str
    bounds : tuple of int
        Where the statement before ends and the next begins.

    Returns
    -------
    str
    """
    return _first(words.WEEK.match(sentence) or words.WEEK.search(sentence, *bounds))


def _first(found: re.Match[str] | None) -> str:
    return found[0] if found else ""
