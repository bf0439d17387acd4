"""Tell of which price of the day a statement speaks, and of which record."""

from __future__ import annotations

import re

from ...claims import ClaimKind
from . import words
from .reading import Frame


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
    inner = sentence[bounds[0] : frame.end + 1]
    after = sentence[frame.end : frame.end + 60]
    if frame.extreme and not _is_closing(inner):
        return ClaimKind.INTRADAY_EXTREME
    if words.FROM_RECORD.search(said) and {"pct", "amount"} & frame.numbers.keys() and "level" not in frame.numbers:
        return ClaimKind.TRAJECTORY
    if words.POST.search(said):
        return ClaimKind.POST_SETTLEMENT
    if words.TRAJECTORY.search(said) and not words.SUPERLATIVE.search(said) and not _is_closing(said):
        return ClaimKind.TRAJECTORY
    if words.EXTREME.search(inner) or words.EARLIER.search(inner):
        return ClaimKind.INTRADAY_EXTREME
    if words.OPEN.search(said):
        return ClaimKind.OPEN
    if _is_closing(said):
        return ClaimKind.CLOSE
    if "reference" in frame.numbers and "level" in frame.numbers:
        return ClaimKind.TRAJECTORY
    if words.UNDONE.search(sentence[frame.end : until]) or re.match(
        r"\s?(?:\w+ ){0,4}(?:at one (?:point|stage)|earlier|briefly|intraday|at (?:its|the) (?:peak|worst))", after
    ):
        return ClaimKind.INTRADAY_EXTREME
    if words.WEEK.search(said):
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
    found = words.SUPERLATIVE.search(sentence, bounds[0], bounds[1])
    return found[0].strip().rstrip(".") if found else ""
