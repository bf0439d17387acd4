"""Find the words of a sentence that name a market, and the symbol they stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from .rics import symbol_of_ric

# A RIC or US symbol in brackets or after a name. Continuations ("CLc1") and index codes (".N225") stand bare too.
_RIC = (
    r"(?P<ric>\b[A-Z]{2,4}[cv]\d\b|(?<![\w.])\.[A-Z][A-Z0-9]{2,8}\b|\b(?:[A-Z]{3}|XA[UG])=(?:[A-Z0-9]*)"
    r"|(?<=[(<])(?:[A-Z0-9]{1,6}\.[A-Z]{1,2}|(?:NYSE|NASDAQ|Nasdaq|LON|ASX|TSX|HKEX)\s?:\s?[A-Z.]{1,6})(?=[)>])"
    r"|(?<=\()[A-Z]{2,5}(?=\)))"
)
_TENOR = (
    r"(?:(?P<n>two|three|five|seven|ten|20|30|thirty|\d{1,2})[- ]?(?:year|yr)|10s|(?P<m>\d{1,2}|"
    r"three)[- ](?:month|week))"
)
_YIELD = (
    rf"(?P<yield>(?:(?:U\.?S\.?|benchmark|Treasury|government|bond|German|British|UK|Japanese|Italian|"
    rf"French|the|on|of|note|"
    rf"bond|Treasurys|Treasuries|T-note|bill|yields?|its|debt|Bund|bund|gilt|JGB|rate-sensitive|"
    rf"policy-sensitive|BTP|Spanish|Australian|New|Zealand)"
    rf"(?:'s)?[ -]+)*{_TENOR}(?:[ -](?:U\.S\.|US|Treasury|Treasurys|Treasuries|T-note|T-bond|note|"
    rf"notes|bond|bonds|bill|bills|government|"
    rf"Bund|bund|German|gilt|gilts|JGB|JGBs|debt|yield|yields|benchmark|Japanese|Italian|British|BTP|"
    rf"Spanish|Australian|government-bond)"
    rf"(?:'s?)?)*)"
)
_FOREIGN = re.compile(
    r"German|British|UK\b|Japan|Ital|French|Bund|bund|gilt|JGB|BTP|Spanish|Greek|Portug|China|"
    r"Chinese|India|Brazil|Austral|Zealand"
)
_TENORS = {"10": "^TNX", "ten": "^TNX", "5": "^FVX", "five": "^FVX", "30": "^TYX", "thirty": "^TYX"}
_SHARE_WORDS = (
    r"(?P<share>(?:American [Dd]epositary (?:[Rr]eceipts|[Ss]hares)|ADRs?|shares|stock|Shares|Stock) (?:of|in) )"
)
_CAPITALS = r"(?:[A-Z][\w&.'-]*|&|of|de)"


@dataclass(frozen=True, kw_only=True)
class Name:
    """Words that name a market.

    Parameters
    ----------
    text : str
    start, end : int
        First and one-past-last character in the sentence.
    kind : str
        ``future``, ``spot``, ``index``, ``yield``, ``currency``, ``pair``, ``fxindex``, ``crypto``, ``share``, or
        ``other`` for what is no market (inflation, output).
    symbol : str or None
        For a currency its code.
    loose : bool
        Whether the words fit several markets.
    """

    text: str
    start: int
    end: int
    kind: str
    symbol: str | None
    loose: bool = False


def find_names(sentence: str) -> list[Name]:
    """Return the names of markets in a sentence, in order and without overlaps.

    Parameters
    ----------
    sentence : str

    Returns
    -------
    list of Name

    Examples
    --------
    >>> [(name.text, name.symbol) for name in find_names("Brent fell while the Nikkei and Boeing shares rose.")]
    [('Brent', 'BZ=F'), ('Nikkei', '^N225'), ('Boeing', 'BA')]
    """
    found = [_name(m, sentence) for m in _pattern().finditer(sentence)]
    return [name for name in found if name is not None]


def lines_of(name: str) -> list[list[str]]:
    """Return the fields of each line of one of the files in `data`.

    Parameters
    ----------
    name : str

    Returns
    -------
    list of list of str
    """
    text = (files(__package__) / "data" / name).read_text(encoding="utf-8")
    return [line.split("|") for line in text.splitlines() if line and not line.startswith("#")]


def listed(field: str) -> list[str]:
    """Return the entries of a field that are divided by semicolons.

    Parameters
    ----------
    field : str

    Returns
    -------
    list of str
    """
    return [each.strip() for each in field.split(";") if each.strip()]


@cache
def _names() -> dict[str, tuple[str, str | None, bool]]:
    """Return kind, symbol and looseness by name; the own lists come before the catalogue's."""
    found: dict[str, tuple[str, str | None, bool]] = {}
    for kind, symbol, names in lines_of("names.txt"):
        known = None if symbol == "-" else symbol.rstrip("?")
        found |= {name: (kind, known, symbol.endswith("?")) for name in listed(names)}
    for code, names, _ in reversed(lines_of("currencies.txt")):
        found |= {name: ("currency", code, False) for name in listed(names)}
    for symbol, names in lines_of("shares.txt"):
        found |= {name: ("share", symbol, False) for name in listed(names)}
    return found


@cache
def _pattern() -> re.Pattern[str]:
    """Return the expression of everything that names a market, the longest names first."""
    names = sorted(_names(), key=len, reverse=True)
    words = "|".join(_first_letter(name) for name in names)
    codes = "|".join(code for code, *_ in lines_of("currencies.txt"))
    currencies = "|".join(
        sorted(
            (re.escape(n) for _, names, _ in lines_of("currencies.txt") for n in listed(names)), key=len, reverse=True
        )
    )
    pair = rf"(?P<pair>\b(?:{codes}|XAU|XAG)/?(?:{codes})\b|\b(?:{currencies})[/-](?:{currencies})\b)"
    return re.compile(rf"{_RIC}|{pair}|\b{_YIELD}|{_SHARE_WORDS}|(?<![\w-])(?P<name>{words})(?!\w|-\w)")


def _first_letter(name: str) -> str:
    """Return an expression for a name; a small first letter may be a capital."""
    first = f"[{name[0].upper()}{name[0]}]" if name[0].islower() else re.escape(name[0])
    return first + re.escape(name[1:]).replace(r"\ ", r"\s")


def _name(m: re.Match[str], sentence: str) -> Name | None:
    """Return the name that a match stands for; None where it is none after all."""
    kind = m.lastgroup if m.lastgroup not in ("n", "m") else "yield"
    made = {"ric": _of_ric, "pair": _of_pair, "yield": _of_yield, "share": _of_share}.get(str(kind), _of_list)
    return made(m, sentence)


def _made(m: re.Match[str], kind: str, symbol: str | None, *, loose: bool = False) -> Name:
    return Name(text=m[0], start=m.start(), end=m.end(), kind=kind, symbol=symbol, loose=loose)


def _of_ric(m: re.Match[str], sentence: str) -> Name | None:
    """Read a code; three to five capitals in brackets are a share's symbol only after a company."""
    symbol, kind = symbol_of_ric(m[0])
    if kind == "letters":
        before = sentence[max(0, m.start() - 60) : m.start()]
        if m[0] in _names() or not re.search(
            r"(?:Inc|Corp|Corporation|Ltd|PLC|Plc|S\.A\.|Co|Group|Holdings|shares|stock|ADRs|receipts)\.?[^;]{0,40}\($",
            before,
        ):
            return None
        kind = "share"
    return _made(m, kind, symbol)


def _of_pair(m: re.Match[str], sentence: str) -> Name:
    text = m[0]
    parts = re.split(r"[/-]", text) if re.search(r"[/-]", text) else [text[:3], text[3:]]
    codes = [_names()[part][1] if part in _names() else part for part in parts]
    return _made(m, "pair", "/".join(map(str, codes)))


def _of_yield(m: re.Match[str], sentence: str) -> Name | None:
    """Read a yield: its tenor, and that it is of the Treasury where nothing else is said."""
    around = sentence[m.start() : m.end() + 12]
    if not re.search(r"yield|Treasur|\bnotes?\b|\bbonds?\b|\bbills?\b|10s|Bund|bund|gilt|JGB|BTP", around):
        return None
    if _FOREIGN.search(sentence[max(0, m.start() - 10) : m.end()]):
        return _made(m, "yield", None)
    return _made(m, "yield", _TENORS.get(m["n"] or ("10" if "10s" in m[0] else "")))


def _of_share(m: re.Match[str], sentence: str) -> Name | None:
    """Read "shares of X": the listed symbol of X, or none."""
    company = re.match(rf"(?:the )?((?:{_CAPITALS}\s?)+)", sentence[m.end() :])
    if company is None:
        return None
    words = company[1].strip()
    known = next((_names()[w] for w in _beginnings(words) if _names().get(w, ("",))[0] == "share"), None)
    end = m.end() + len(company[0].rstrip())
    return Name(
        text=sentence[m.start() : end], start=m.start(), end=end, kind="share", symbol=known[1] if known else None
    )


def _beginnings(words: str) -> list[str]:
    """Return the first words of a company's name, the most first."""
    parts = words.removesuffix("'s").split()
    return [" ".join(parts[:k]) for k in range(len(parts), 0, -1)]


def _of_list(m: re.Match[str], sentence: str) -> Name | None:
    kind, symbol, loose = _names().get(m[0]) or _names()[m[0][0].lower() + m[0][1:]]
    return _made(m, kind, symbol, loose=loose)
