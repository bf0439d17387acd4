"""Infer the time zone of a text without any place from the exchange or the currency that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain

from ...instruments.exchanges import exchange_of_suffix, exchanges

_BRACKETED = re.compile(r"[(\[]([A-Za-z][A-Za-z -]{1,20}?) ?: ?[A-Z0-9.]{1,8}[,;)\]]")
_CODED = re.compile(r"[(<]([A-Z0-9]{1,6}\.[A-Z]{1,2})[)>]")
# Codes that quote services put before a symbol, beside the names in the table of exchanges.
_CODES = {
    "amex": "XNYS",
    "bit": "XMIL",
    "epa": "XPAR",
    "etr": "XETR",
    "hkg": "XHKG",
    "krx": "XKRX",
    "lon": "XLON",
    "nasdaq": "XNAS",
    "nyse american": "XNYS",
    "nyse arca": "XNYS",
    "otc": "XNYS",
    "tsxv": "XTSX",
    "tsx-v": "XTSX",
    "tyo": "XTKS",
    "mcx": "XMOS",
}
_SIGNS = (
    (re.compile(r"\bRs\.? ?\d|\bcrores?\b|\blakhs?\b"), "Asia/Kolkata"),
    (re.compile(r"\b(?:plc|PLC|Plc)\b|£ ?\d|\d ?pence\b"), "Europe/London"),
    (re.compile(r"\bHK\$"), "Asia/Hong_Kong"),
    (re.compile(r"\bA\$"), "Australia/Sydney"),
    (re.compile(r"\bC\$"), "America/Toronto"),
    (re.compile(r"\bS\$"), "Asia/Singapore"),
    (re.compile(r"\bNZ\$"), "Pacific/Auckland"),
    (re.compile(r"\b(?:Inc|Corp|LLC)\b|\$ ?\d|\bChapter 11\b"), "America/New_York"),
)
_READ = 5_000


def listing_zone(text: str) -> str:
    """Return the zone of the exchange or currency named at the beginning of a text.

    Parameters
    ----------
    text : str
        Its first 5,000 characters are searched.

    Returns
    -------
    str
        An IANA name: that of an exchange in brackets first, then that of a quoted symbol, then that of a currency;
        empty where there is none.

    Examples
    --------
    >>> listing_zone("Acme (TSX:ACM) cut its guidance."), listing_zone("Acme Corp cut it."), listing_zone("It rained.")
    ('America/Toronto', 'America/New_York', '')
    """
    start = text[:_READ]
    return next(chain(_stated(start), (zone for sign, zone in _SIGNS if sign.search(start))), "")


def _stated(text: str) -> Iterator[str]:
    for match in _BRACKETED.finditer(text):
        if (mic := _names().get(match[1].lower())) is not None:
            yield exchanges()[mic].zone
    for match in _CODED.finditer(text):
        if (found := exchange_of_suffix(match[1])) is not None:
            yield found[1].zone


@cache
def _names() -> dict[str, str]:
    named = {name.lower(): mic for mic, exchange in exchanges().items() for name in exchange.names}
    return named | _CODES
