"""Turn the codes that newswires print into symbols: ``CLc1``, ``.N225``, ``JPY=``, ``BP.L``."""

from __future__ import annotations

import re
from functools import cache

from ...instruments.catalogue import catalogue

_CONTINUATIONS = {
    "LCO": "BZ=F", "CL": "CL=F", "HO": "HO=F", "RB": "RB=F", "NG": "NG=F", "GC": "GC=F", "SI": "SI=F", "HG": "HG=F",
    "PL": "PL=F", "PA": "PA=F", "C": "ZC=F", "W": "ZW=F", "S": "ZS=F", "BO": "ZL=F", "SM": "ZM=F", "ES": "ES=F",
    "NQ": "NQ=F", "YM": "YM=F", "1YM": "YM=F", "KC": "KC=F", "SB": "SB=F", "CC": "CC=F", "CT": "CT=F",
    "TRNLTTFM": "TTF=F",
}  # fmt: skip
# Endings of a share's RIC, and what Yahoo writes in their place; those of US exchanges fall away.
_ENDINGS = {
    "N": "", "O": "", "OQ": "", "K": "", "A": "", "P": "", "L": ".L", "T": ".T", "HK": ".HK", "SS": ".SS", "SZ": ".SZ",
    "DE": ".DE", "PA": ".PA", "AS": ".AS", "MI": ".MI", "MC": ".MC", "S": ".SW", "VX": ".SW", "ST": ".ST", "CO": ".CO",
    "OL": ".OL", "HE": ".HE", "AX": ".AX", "NZ": ".NZ", "TO": ".TO", "V": ".V", "SA": ".SA", "MX": ".MX", "JO": ".JO",
    "SI": ".SI", "KL": ".KL", "BK": ".BK", "JK": ".JK", "NS": ".NS", "BO": ".BO", "KS": ".KS", "KQ": ".KQ", "TW": ".TW",
    "BR": ".BR", "LS": ".LS", "VI": ".VI", "IS": ".IS", "WA": ".WA", "TA": ".TA", "SE": ".SR",
}  # fmt: skip
_SPOT = {"XAU": "XAUUSD=X", "XAG": "XAGUSD=X", "XPT": "XPTUSD=X", "XPD": "XPDUSD=X"}
_INDICES = {".SPX": "^GSPC", ".INX": "^GSPC", ".TOPX": None, ".FTEU3": None, ".MIAPJ0000PUS": None, ".DXY": "DX-Y.NYB"}


def symbol_of_ric(code: str) -> tuple[str | None, str]:
    """Return the symbol and the kind of market that a code stands for.

    Parameters
    ----------
    code : str
        As printed, without brackets.

    Returns
    -------
    tuple of (str or None, str)
        The kind is ``letters`` where the code is mere capitals, which may be a share's symbol.

    Examples
    --------
    >>> symbol_of_ric("LCOc1"), symbol_of_ric(".N225"), symbol_of_ric("BP.L"), symbol_of_ric("NYSE: BA")
    (('BZ=F', 'future'), ('^N225', 'index'), ('BP.L', 'share'), ('BA', 'share'))
    """
    if m := re.fullmatch(r"([A-Z0-9]+)[cv]\d", code):
        return _CONTINUATIONS.get(m[1]), "future"
    if code.startswith("."):
        return (_INDICES[code], "index") if code in _INDICES else (_by_ric().get(code), "index")
    if "=" in code:
        return _quoted(code)
    if ":" in code:
        return code.split(":")[1].strip(), "share"
    stem, _, ending = code.partition(".")
    if not ending:
        return code, "letters"
    if ending not in _ENDINGS:
        return None, "share"
    return (stem.zfill(4) if ending == "HK" else stem) + _ENDINGS[ending], "share"


def _quoted(code: str) -> tuple[str | None, str]:
    """Read ``JPY=``, ``EURJPY=``, ``XAU=``, ``US10YT=RR``."""
    stem = code.partition("=")[0]
    if stem in _SPOT:
        return _SPOT[stem], "spot"
    return (stem, "currency") if len(stem) == 3 else (_by_ric().get(code), "yield")


@cache
def _by_ric() -> dict[str, str]:
    """Return the catalogue's symbols by RIC."""
    return {each.ric: each.symbol for each in catalogue().values() if each.ric}
