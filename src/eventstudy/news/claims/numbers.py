"""Find the numbers of a sentence that can be the size of a move or a price, with their units and hedges."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...claims import Size

_PLAIN = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_WORD = (
    r"half(?: an?)?|a quarter(?: of an?)?|three[- ]quarters(?: of an?)?|one|two|three|four|five|six|"
    r"seven|eight|nine|ten"
)
_VALUES = {
    "half": 0.5, "a quarter": 0.25, "three-quarters": 0.75, "three quarters": 0.75, "one": 1, "two": 2, "three": 3,
    "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
_MONEY = r"US\$|C\$|A\$|HK\$|S\$|NZ\$|\$|£|€|¥|₹|Rs\.?\s?"
_CURRENCY_WORDS = (
    r"dollars?|yen|euros?|pounds?|pence|yuan|ringgit|rupees?|won|baht|rand|francs?|roubles?|rubles?|"
    r"lira|liras|pesos?|reais|"
    r"real|riyals?|rupiah|krona|kronor|kroner|crowns?|zlotys?|forints?|shekels?|tenge|naira|dong"
)
_PLACES = (
    r"(?:(?:U\.S\.|US|Canadian|Australian|Hong Kong|Singapore|Swedish|Norwegian|Danish|Czech|Swiss|"
    r"Japanese|Chinese|Mexican|Turkish|Indian|Taiwan|Philippine|Russian|Brazilian)\s)?"
)
_NUMBER = re.compile(
    rf"(?P<sign>(?<![\w.,])[-−+]\s?)?(?P<money>{_MONEY})?(?<![\d.,])(?P<value>{_PLAIN}|"
    rf"\.\d+)(?P<fraction>[ -]\d/\d{{1,2}}(?!\d))?"
    rf"(?:\s?-\s?(?P<upto>\d+(?:\.\d+)?)(?![\d-]|/))?"
    rf"(?P<big>\s?(?:million|billion|trillion|mln|bln|bn|mn|[mM](?![\w])|thousand))?"
    rf"(?:\s?(?P<pct>%|per\s?cent\b|pct\b|percent\b)|[- ]?(?P<unit>percentage[ -]points?\b|"
    rf"basis[ -]points?\b|bps?\b|points?\b|pts?\b|cents?\b|¢|pips\b|ticks\b|"
    rf"{_PLACES}(?:{_CURRENCY_WORDS})\b))?"
    rf"|\b(?P<words>{_WORD})\s(?:(?P<wpct>percent\b|per\s?cent\b|percentage[ -]points?\b|pct\b)|"
    rf"(?P<wunit>cents?\b|basis[ -]points?\b|points\b))",
)
_HEDGES = (
    "as much as|as many as|as high as|as low as|up to|more than|over|at least|in excess of|upwards of|north of|"
    "a little over|a little more than|slightly more than|slightly over|just over|just above|"
    "well over|less than|fewer than|"
    "a little under|just under|just below|slightly less than|slightly under|under|almost|nearly|"
    "close to|near|just shy of|"
    "shy of|about|around|roughly|approximately|some|circa|a little less than|above|below|beneath|beyond|past|another|"
    "a further|a whopping|a modest|a record|a little|an additional|only|just"
)
_HEDGE = re.compile(
    rf"(?:^|[\s(])(?P<hedge>{'|'.join(sorted(_HEDGES.split('|'), key=len, reverse=True))})\s(?:a\s|an\s)?$"
)
_NO_HEDGE = frozenset(
    {"another", "a further", "a whopping", "a modest", "a record", "a little", "an additional", "only", "just"}
)
# What follows a number that is neither a price nor a move.
_NOT_A_PRICE = re.compile(
    r"\s?(?:GMT|UTC|BST|EDT|EST|ET\b|[ap]\.?m\b|[ap]\.m\.|hours?|days?|weeks?|months?|years?|-?year|"
    r"-?day|-?month|-?week|st\b|nd\b|rd\b|th\b|:|/\d|"
    r"(?:million|billion|trillion)|people|shares|companies|barrels?\b|bpd|tons?\b|tonnes|bushels|"
    r"contracts|members|jobs|"
    r"of (?:the )?\d|stocks|issues|countries|economists|analysts|members|minutes|times|sessions|"
    r"quarters|jobs|percent of|January|"
    r"February|March|April|May|June|July|August|September|October|November|December|o'clock|"
    r"local time|-nation|-issue|-share|-stock|-member|-hour|-minute|-point)"
)
_MONTH_BEFORE = re.compile(
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|January|February|March|April|June|July|"
    r"August|September|October|November|December)\.?\s$"
)


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number with its unit.

    Parameters
    ----------
    start, end : int
        First and one-past-last character, the hedge included.
    at : int
        First character of the number itself, its sign of money included.
    size : Size
    unit : str
        ``pct``, ``points``, ``bp``, ``cents``, ``money``, a currency's name, or empty for a bare number.
    written : str
    """

    start: int
    end: int
    at: int
    size: Size
    unit: str
    written: str


def find_numbers(sentence: str) -> list[Number]:
    """Return the numbers of a sentence that can be a move or a price, in order.

    Parameters
    ----------
    sentence : str

    Returns
    -------
    list of Number

    Examples
    --------
    >>> said = "Gold rose almost 5%, or $2.10, to 1,606.48 at 0908 GMT."
    >>> [(n.size.hedge, n.size.value, n.unit) for n in find_numbers(said)]
    [('almost', 5.0, 'pct'), ('', 2.1, 'money'), ('', 1606.48, '')]
    """
    return [number for m in _NUMBER.finditer(sentence) if (number := _number(m, sentence)) is not None]


def _number(m: re.Match[str], sentence: str) -> Number | None:
    """Return what a match is; None for clock times, years, counts and sums of money."""
    if m["big"] or _odd(m, sentence):
        return None
    before = sentence[max(0, m.start() - 24) : m.start()]
    hedge = _HEDGE.search(before)
    words = hedge["hedge"].lower() if hedge else ""
    value, step = _value(m)
    return Number(
        start=m.start() - (len(before) - hedge.start("hedge") if hedge else 0),
        end=m.end(),
        at=m.start(),
        size=Size(value=value, step=step, hedge="" if words in _NO_HEDGE else words),
        unit=_unit(m),
        written=m[0],
    )


def _odd(m: re.Match[str], sentence: str) -> bool:
    """Whether a bare number is a time, a year, a count or part of a name."""
    if m["words"]:
        return False
    if m["pct"] or m["unit"] or m["money"]:
        return bool(m["money"]) and bool(
            re.match(
                r"[- ]?(?:a|per) (?:day|week|month|year)\b(?! (?:earlier|later|ago|before|after))", sentence[m.end() :]
            )
        )
    if _NOT_A_PRICE.match(sentence, m.end()) or _MONTH_BEFORE.search(sentence[: m.start()][-12:]):
        return True
    if re.match(r"[A-Za-z]", sentence[m.end() : m.end() + 1]) or re.search(r"[A-Za-z:/&]-?$", sentence[: m.start()]):
        return True
    return bool(re.fullmatch(r"(?:19|20)\d\d", m["value"])) and not m["fraction"]


def _value(m: re.Match[str]) -> tuple[float, float]:
    """Return the value and one unit of its last printed digit, in the unit of prices: cents are hundredths."""
    scale = 0.01 if "cent" in (m["unit"] or m["wunit"] or "") or m["unit"] == "¢" else 1.0
    if m["words"]:
        words = re.sub(r" (?:of )?an?$", "", m["words"])
        return _VALUES[words] * scale, (1.0 if _VALUES[words] >= 1 else 0.25) * scale
    plain = m["value"].replace(",", "")
    decimals = len(plain.partition(".")[2])
    value, step = float(plain), 10.0**-decimals
    if m["fraction"]:
        top, _, bottom = m["fraction"][1:].partition("/")
        part = 0.01 if m["money"] else scale  # $5.40-1/2 is five dollars and forty and a half cents
        return value * scale + part * int(top) / int(bottom), part / int(bottom)
    if m["upto"]:
        value = (value + _upper(plain, m["upto"])) / 2
    return round(value * scale, 10), step * scale


def _upper(plain: str, upto: str) -> float:
    """Return the upper end of a quote such as 147.74-84, whose first digits are those of the lower end."""
    return float(upto if "." in upto or len(upto) >= len(plain) else plain[: -len(upto)] + upto)


def _unit(m: re.Match[str]) -> str:
    if m["pct"] or m["wpct"]:
        return "pct"
    unit = (m["unit"] or m["wunit"] or "").lower().replace("-", " ")
    if unit.startswith("percentage"):
        return "pct_points"
    if unit.startswith(("basis", "bp")):
        return "bp"
    if unit.startswith(("point", "pt")):
        return "points"
    if unit.startswith(("cent", "¢")):
        return "cents"
    if m["money"]:
        return "money"
    return unit
