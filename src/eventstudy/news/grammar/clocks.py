"""The grammar of clock times: 1:30 a.m., 6.46am, 2230 (GMT), 21:00, noon, half past five.

As in the other grammar modules, a reader takes a `Scanner` and the number of a token. It returns what it read with the
number of the next token, or None where the words do not fit.
"""

from __future__ import annotations

from dataclasses import replace

from ..text.lexicon import NUMBERS, WEEKDAYS
from .bells import BELL_WORDS, read_bell
from .days import read_day
from .scanner import APOSTROPHES, DASHES, ClockTime, Scanner
from .zone_phrases import read_zone


def read_clock(s: Scanner, n: int) -> tuple[ClockTime, int] | None:
    """Read a time of day: 1:30 a.m., 6.46am, 2230 (GMT), 21:00, noon, half past five, 3 o'clock.

    Parameters
    ----------
    s : Scanner
    n : int
        Number of the token to start at.

    Returns
    -------
    (ClockTime, int) or None
        The time, and the number of the next token.
    """
    word = s.word(n)
    if word in {"noon", "midday", "midnight"}:
        return ClockTime(hour=0 if word == "midnight" else 12, half="24"), n + 1
    if word in BELL_WORDS:
        return read_bell(s, n)
    if word in {"half", "quarter", "twenty", "ten", "five"} and s.word(n + 1) in {"past", "to"}:
        return _spoken(s, n)
    hour = s.number(n, 24)
    if hour is None:
        return _four_digits(s, n) or _worded(s, n)
    if (s.glued(n) and s.at(n - 1).text in {".", ",", "$", "€", "£", "/", ":"}) or s.word(n - 1) in {"$", "€", "£"}:
        return None
    if s.word(n + 1) in {":", "."} and s.glued(n + 1) and s.glued(n + 2) and s.at(n + 2).text.isdigit():
        return _with_minutes(s, n, hour)
    if s.word(n + 1) == "h" and (s.glued(n + 1) or read_zone(s, n + 3)):
        minute = s.number(n + 2, 59, (2,)) if s.glued(n + 2) or read_zone(s, n + 3) else None
        return (ClockTime(hour=hour, minute=minute, half="24"), n + 3) if minute is not None else None
    if s.word(n + 1) in {"noon", "midnight"} and hour == 12:
        return ClockTime(hour=12 if s.word(n + 1) == "noon" else 0, half="24"), n + 2
    full = _full_hour(s, n + 1, hour)
    part = _part_after(s, n) if full is None and 1 <= hour <= 12 else ""
    return (_on_24(ClockTime(hour=hour, half=part, exact=False)), n + 1) if part else full


def _full_hour(s: Scanner, n: int, hour: int) -> tuple[ClockTime, int] | None:
    """Read what makes an hour a clock time: "3 o'clock", "three p.m."."""
    if s.word(n) == "o" and s.at(n + 1).text in APOSTROPHES and s.word(n + 2) == "clock":
        return _halved(s, n + 3, ClockTime(hour=hour, exact=False))
    half = read_half(s, n) if 1 <= hour <= 12 else None
    return (_on_24(ClockTime(hour=hour, half=half[0], exact=False)), half[1]) if half else None


def _part_after(s: Scanner, n: int) -> str:
    """Return the half of the day of a bare hour as in "at 9 this morning", or an empty string."""
    if s.word(n - 1) not in {"at", "around", "about", "before", "after"}:
        return ""
    at = n + 1
    while s.word(at) in {"this", "in", "the", "on", "yesterday", "tomorrow"} or s.word(at) in WEEKDAYS:
        at += 1
    return {"morning": "am", "afternoon": "pm", "evening": "pm"}.get(s.word(at), "") if at > n + 1 else ""


def _with_minutes(s: Scanner, n: int, hour: int) -> tuple[ClockTime, int] | None:
    minute = s.number(n + 2, 59, (2,))
    if minute is None or (hour == 24 and minute):
        return None
    after = n + 3
    # The minute of a leap second has 61 seconds.
    if s.word(after) == ":" and s.glued(after) and s.number(after + 1, 59 + (minute == 59), (2,)) is not None:
        after += 2
        if s.word(after) == "." and s.glued(after) and s.glued(after + 1) and s.at(after + 1).text.isdigit():
            after += 2
    padded = s.at(n).text.startswith("0") or hour > 12 or hour == 0
    clock = ClockTime(hour=hour, minute=minute, half="24" if padded else "")
    if s.word(n + 1) == "." and not _is_clock_with_dot(s, n, after):
        return None
    if s.word(after) in {"hours", "hrs"}:
        return replace(clock, half="24"), after + 1
    return _halved(s, after, clock)


def _is_clock_with_dot(s: Scanner, n: int, after: int) -> bool:
    """Return whether "12.10" is a time of day: by what follows, or because it stands between "at" and a day."""
    if read_half(s, after) or read_zone(s, after) or s.word(after) in {"hours", "hrs"}:
        return True
    if s.word(n - 1) == "of" and s.word(n - 2) in {"as", "time"}:
        return True  # "as of 09.45", "at its usual time of 08.00"
    day = read_day(s, after + (s.word(after) == "on"))
    return (
        s.word(n - 1) in {"at", "around", "about", "by", "before", "after"} and day is not None and day[0].unit == "day"
    )


def _halved(s: Scanner, n: int, clock: ClockTime) -> tuple[ClockTime, int]:
    half = read_half(s, n)
    return (_on_24(replace(clock, half=half[0])), half[1]) if half else (clock, n)


def _on_24(clock: ClockTime) -> ClockTime:
    if clock.hour > 12 or clock.hour == 0:
        return replace(clock, half="24")
    return replace(clock, hour=clock.hour % 12 + (12 if clock.half == "pm" else 0))


def read_half(s: Scanner, n: int) -> tuple[str, int] | None:
    """Read am, pm, a.m. or p.m.

    Parameters
    ----------
    s : Scanner
    n : int
        Number of the token to start at.

    Returns
    -------
    (str, int) or None
        ``"am"`` or ``"pm"``, and the number of the next token.
    """
    word = s.word(n)
    if word == "." and s.glued(n) and s.glued(n + 1) and s.word(n + 1) in {"am", "pm"}:
        return s.word(n + 1), n + 2  # "2.am"
    if word in {"am", "pm"}:
        abbreviated = s.word(n + 1) == "." and s.glued(n + 1) and s.at(n + 2).text[:1].islower()
        return word, n + 1 + abbreviated
    if word in {"a", "p"} and s.word(n + 1) == "." and s.word(n + 2) == "m" and s.glued(n + 1):
        return word + "m", n + 4 if s.word(n + 3) == "." and s.glued(n + 3) else n + 3
    return None


def _four_digits(s: Scanner, n: int) -> tuple[ClockTime, int] | None:
    value = s.number(n, 2400, (4,))
    if value is None or value % 100 > 59 or (s.glued(n) and s.at(n - 1).text in {".", ",", "$", "€", "£", "/"}):
        return None
    after = n + 1
    if (
        s.word(after) == ":"
        and s.glued(after)
        and s.number(after + 1, 59, (2,)) is not None
        and read_zone(s, after + 2)
    ):
        return ClockTime(hour=value // 100, minute=value % 100, half="24"), after + 2
    if s.at(after).text in DASHES | {"to", "and"} and s.number(after + 1, 2400, (4,)) is not None:
        after += 2
    if s.word(after) in WEEKDAYS:
        after += 1 + (s.word(after + 1) == ",")
    if (half := read_half(s, after)) and 1 <= value // 100 <= 12 and s.glued(after):
        return _on_24(ClockTime(hour=value // 100, minute=value % 100, half=half[0])), half[1]
    if s.word(after) == "h" and s.glued(after):
        return ClockTime(hour=value // 100, minute=value % 100, half="24"), after + 1
    zoned = read_zone(s, after) or s.word(after) in {"hours", "hrs", "local"}
    led = s.at(n).text.startswith("0") and s.word(n - 1) in {"at", "around", "about", "by", "since"}
    if not (zoned or led):
        return None
    named = s.word(n + 1) in {"hours", "hrs"}
    return ClockTime(hour=value // 100, minute=value % 100, half="24"), n + 1 + named


def _worded(s: Scanner, n: int) -> tuple[ClockTime, int] | None:
    hour = NUMBERS.get(s.word(n), 0)
    if not 1 <= hour <= 12 or s.word(n) in {"a", "an"}:
        return None
    return _full_hour(s, n + 1, hour)


def _spoken(s: Scanner, n: int) -> tuple[ClockTime, int] | None:
    minutes = {"half": 30, "quarter": 15, "twenty": 20, "ten": 10, "five": 5}[s.word(n)]
    hour = s.number(n + 2, 12) or NUMBERS.get(s.word(n + 2), 0)
    if not 1 <= hour <= 12 or s.word(n + 2) in {"a", "an"}:
        return None
    if s.word(n + 1) == "to":
        hour, minutes = (hour - 2) % 12 + 1, 60 - minutes
    return _halved(s, n + 3, ClockTime(hour=hour, minute=minutes))
