"""Tell what a number is: a move in per cent or in the price's unit, a price, or the one a move is counted from."""

from __future__ import annotations

import re

from .names import Name
from .numbers import Number
from .words import DIRECTION

_TO = re.compile(
    r"(?:\b(?:to|at|@|of|reach(?:ed|ing)?|hit(?:ting)?|touch(?:ed|ing)?|breach(?:ed|ing)?|near(?:ed|"
    r"ing)?|topp?(?:ed|ing|s)?|cross(?:ed|ing)?|fetch(?:ed|ing)?|cost|bought|buy|is|was|worth|"
    r"yield(?:ed|ing)?|quoted|surpass(?:ed|ing)|exceed(?:ed|ing)|past|above|below|beneath|under|"
    r"trading|traded|a|stood|hands|toward|towards|around|broke|testing|tested|plumbed|crossed|stands|"
    r"beyond|as (?:high|low) as)|:)\s$",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"\bfrom(?: (?:just|a|an|the|its|their|about|around|under|over|nearly|previous|last|early|late|"
    r"earlier|Monday|Tuesday|Wednesday|Thursday|Friday)(?:'s)?(?! at\b)| (?:close|closing|settlement|price|"
    r"level|of|at)| (?:record |all-time |\w+-(?:year|month) )*(?:high|low|peak)s?(?: of)?)*\s$",
    re.IGNORECASE,
)
_HIGH = re.compile(
    r"\b(?P<up>highs?|peak|maximum)(?: for the (?:day|session))?(?: \w+){0,2}? (?:of|at)\s(?:around |"
    r"about |just )?$|\b(?P<down>lows?|trough|bottom|minimum)(?: for the (?:day|"
    r"session))?(?: \w+){0,2}? (?:of|at)\s(?:around |about |just )?$",
    re.IGNORECASE,
)
_REFERENCE_HIGH = re.compile(
    r"\b(?:from|below|above|off|of|since|past|topping|surpassing) (?:a|an|its|their|"
    r"the)? ?(?:\w+ )?(?:\w+-)?(?:record|all-time|\w+-year|\w+-month|intraday all-time|previous|"
    r"prior|lifetime)\b[^,;]{0,20}$",
    re.IGNORECASE,
)
_LOSS_OF = re.compile(
    r"\b(?:gains?|loss(?:es)?|rises?|drops?|declines?|falls?|jump|surge|plunge|rally|increase|slide|"
    r"slump|advance|dip|tumble|decrease|move|rebound|retreat|spike|correction|crash|swing|returns?|"
    r"leap|climb)s? (?:of|by)\s$",
    re.IGNORECASE,
)
_DIRECT = re.compile(
    r"^\s?(?:a (?:barrel|gallon|pound|bushel|tonne|ton|share|ounce)\s|an ounce\s|per \w+\s|"
    r"in value\s|or so\s)?(?:to the (?P<x>upside|downside)|(?P<word>\w+))",
    re.IGNORECASE,
)
# "a 48% year-on-year fall in pre-tax profits" is no move of a price.
_OF_BUSINESS = re.compile(
    r"\s(?:year[- ]on[- ]year |year[- ]over[- ]year |annual |quarterly )?"
    r"(?:fall|drop|rise|increase|decline|jump|growth|decrease|plunge|surge|slump|gain|cut|reduction|hike)s? in "
    r"(?:[\w-]+ ){0,3}(?:profits?|sales|revenues?|earnings|income|output|production|exports|imports|demand|orders|"
    r"supply|supplies|inventories|stockpiles|deliveries|bookings|prices)\b"
)
_NOUN_AFTER = frozenset(
    {
        "gain",
        "gains",
        "rise",
        "jump",
        "surge",
        "rally",
        "advance",
        "increase",
        "climb",
        "rebound",
        "spike",
        "leap",
        "bounce",
        "drop",
        "decline",
        "fall",
        "loss",
        "losses",
        "slide",
        "plunge",
        "slump",
        "tumble",
        "dip",
        "retreat",
        "decrease",
        "crash",
        "pullback",
        "selloff",
        "sell-off",
        "higher",
        "lower",
        "up",
        "down",
        "firmer",
        "weaker",
        "stronger",
        "softer",
        "uptick",
        "downtick",
        "slip",
        "dive",
        "collapse",
    }
)
# Prices that are counted in hundreds or thousands have no money sign; these kinds are quoted in plain numbers.
_PLAIN_PRICED = frozenset({"index", "currency", "pair", "yield", "fxindex", "future", "crypto", "spot", "share"})


def slot_of(sentence: str, number: Number, name: Name | None, cause: str) -> str | None:
    """Return which part of a statement a number is.

    Parameters
    ----------
    sentence : str
    number : Number
    name : Name or None
        The market spoken of.
    cause : str
        The direction word before the number; empty where there is none.

    Returns
    -------
    {"pct", "amount", "level", "reference", None}
        None where the number is no part of one.

    Examples
    --------
    >>> from eventstudy.news.claims.numbers import find_numbers
    >>> said = "It fell 96 cents, or 3.3%, to $28.46 from $29.42."
    >>> [slot_of(said, number, None, "fell") for number in find_numbers(said)]
    ['amount', 'pct', 'level', 'reference']
    """
    before = sentence[max(0, number.start - 60) : number.start]
    if number.unit in ("pips", "ticks") or _OF_BUSINESS.match(sentence, number.end):
        return None
    is_yield = name is not None and name.kind == "yield"
    if _FROM.search(before) and (number.unit not in ("pct", "points", "bp") or is_yield):
        return "level" if _HIGH.search(before) and not _REFERENCE_HIGH.search(before) else "reference"
    if number.unit in ("pct", "pct_points"):
        return _of_per_cent(before, number, is_yield=is_yield)
    if _LOSS_OF.search(before):
        return "amount"
    if number.unit == "bp":
        return "amount" if is_yield or name is None else None
    told = _TO.search(before) is not None or number.size.hedge in (
        "above",
        "below",
        "as high as",
        "as low as",
        "near",
        "past",
        "beneath",
        "beyond",
        "north of",
    )
    if _HIGH.search(before) and _REFERENCE_HIGH.search(before):
        return "reference"
    if told and not re.search(r"\bby\s$", before):
        return _price(sentence, number, name)
    return "amount" if number.unit and own_direction(sentence, number) else _change(before, number, cause)


def _of_per_cent(before: str, number: Number, *, is_yield: bool) -> str | None:
    if (
        is_yield
        and number.unit == "pct"
        and (
            re.search(
                r"\b(?:to|at|of|hit|touched|around|reached|above|below|was|is|yielding|yielded|yield|past|near)\s$",
                before,
            )
            or number.size.hedge in ("above", "below", "as high as", "as low as", "near")
        )
    ):
        return "level"
    return "amount" if is_yield and number.unit == "pct_points" else "pct"


def _price(sentence: str, number: Number, name: Name | None) -> str | None:
    """Return ``level`` where a number can be a price of the market."""
    if number.unit == "points" and name is not None and name.kind not in ("index", "future", "fxindex", "other"):
        return None
    if number.unit == "" and (name is None or name.kind not in _PLAIN_PRICED):
        return None
    if (
        number.unit == ""
        and number.size.step >= 1
        and number.size.value < 100
        and name is not None
        and name.kind not in ("currency", "pair", "future")
    ):
        return None
    return "level"


def _change(before: str, number: Number, cause: str) -> str | None:
    """Return ``amount`` where a number follows a direction word: "fell 96 cents", "by 250 points"."""
    if number.unit == "":
        return None
    found = [m for m in DIRECTION.finditer(before)]
    near = bool(found) and len(before) - found[-1].end() <= 22
    after_or = re.search(r"(?:,|\bor|%|percent|per cent|\()\s?(?:or |about |around )?$", before) is not None
    return "amount" if near or (cause and after_or) or re.search(r"\bby\s$", before) else None


def own_direction(sentence: str, number: Number) -> str | None:
    """Return the direction that stands right after a number: "2.42% lower", "a 9.8% plunge".

    Parameters
    ----------
    sentence : str
    number : Number

    Returns
    -------
    {"up", "down", None}

    Examples
    --------
    >>> from eventstudy.news.claims.numbers import find_numbers
    >>> own_direction("The peso was 0.1% lower.", find_numbers("The peso was 0.1% lower.")[0])
    'down'
    """
    if number.unit == "" or number.unit in ("crowns",):
        return None
    m = _DIRECT.match(sentence, number.end) or _DIRECT.match(sentence[number.end :])
    if m is None:
        return None
    if m["x"]:
        return "up" if m["x"].lower() == "upside" else "down"
    if m["word"].lower() not in _NOUN_AFTER:
        return None
    return str(DIRECTION.fullmatch(m["word"]).lastgroup) if DIRECTION.fullmatch(m["word"]) else None  # type: ignore[union-attr]


def level_direction(sentence: str, number: Number) -> str | None:
    """Return ``up`` for a price named as a high, ``down`` for a low.

    Parameters
    ----------
    sentence : str
    number : Number

    Returns
    -------
    {"up", "down", None}

    Examples
    --------
    >>> from eventstudy.news.claims.numbers import find_numbers
    >>> said = "It is down from a high of $125.22."
    >>> level_direction(said, find_numbers(said)[0])
    'up'
    """
    before = sentence[max(0, number.start - 60) : number.start]
    if found := _HIGH.search(before):
        return str(found.lastgroup)
    said = re.search(r"\bas (high|low) as\s$", before)
    return {"high": "up", "low": "down"}.get(said[1] if said else number.size.hedge[3:7].strip())
