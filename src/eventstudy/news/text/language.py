"""Detect the language of a text by its script and its most frequent function words."""

from __future__ import annotations

import re
from types import MappingProxyType

# Frequent words of each language that are rare in the others.
_WORDS = MappingProxyType(
    {
        "English": "the of and to in that for was with said is were it by at from has have its on as after",
        "Spanish": "el los las del que una por con para su fue como más pero este entre desde sobre según año y",
        "French": "le les des une du est dans pour que qui sur avec au aux par pas ce cette été selon et ont",
        "German": "der die das und den von mit dem für auf ist im nicht ein eine auch sich wurde nach bei werden",
        "Italian": "il della di che per una con del nel sono alla gli dei anche è stato dalla più come ha le",
        "Portuguese": "o os das dos que uma não com para em foi pelo pela ao são mais como no na segundo ontem",
        "Dutch": "het een van en dat met voor zijn niet aan op te worden ook door bij naar uit werd heeft",
        "Polish": "się na nie że jest do od przez był oraz został po jak dla roku ale także które",
        "Turkish": "ve bir bu için ile olarak da de olan sonra daha göre kadar ancak oldu çok",
        "Indonesian": "yang dan di dari untuk dengan pada ini itu akan tidak dalam oleh juga telah kepada",
        "Vietnamese": "và của là các có trong được cho với không này đã một những người",
        "Swedish": "och att det som en på är av för med den till inte har om ett från var",
        "Romanian": "și în este care din pentru cu sau nu fost mai după către prin fi",
    }
)
_SMALL_WORDS = MappingProxyType({name: frozenset(text.split()) for name, text in _WORDS.items()})
_SCRIPTS = (
    (re.compile(r"[぀-ヿ]"), "Japanese"),
    (re.compile(r"[가-힣]"), "Korean"),
    (re.compile(r"[一-鿿]"), "Chinese"),
    (re.compile(r"[Ѐ-ӿ]"), "a language in Cyrillic letters"),
    (re.compile(r"[؀-ۿ]"), "a language in Arabic letters"),
    (re.compile(r"[֐-׿]"), "Hebrew"),
    (re.compile(r"[ऀ-ॿ]"), "a language in Devanagari letters"),
    (re.compile(r"[Ͱ-Ͽ]"), "Greek"),
    (re.compile(r"[฀-๿]"), "Thai"),
)
_LETTERS = re.compile(r"[^\W\d_]+")
_READ, _FEWEST = 5_000, 12


def foreign_language(text: str) -> str:
    """Return the language of a text that is not English.

    Parameters
    ----------
    text : str
        Its first 5,000 characters are read.

    Returns
    -------
    str
        Such as ``"German"``; empty where the text is English, or too short to tell.

    Examples
    --------
    >>> foreign_language("Die Bank hat den Zins am Montag gesenkt, und der Kurs ist nach der Sitzung gefallen.")
    'German'
    >>> foreign_language("The bank cut its rate at 2 p.m. on Monday.")
    ''
    """
    words = [word.lower() for word in _LETTERS.findall(text[:_READ])]
    letters = sum(map(len, words))
    for script, name in _SCRIPTS:
        if letters and 3 * len(script.findall(text[:_READ])) > letters:
            return name
    if len(words) < _FEWEST:
        return ""
    counts = {name: sum(word in small for word in words) for name, small in _SMALL_WORDS.items()}
    best = max(counts, key=lambda name: (counts[name], name == "English"))
    # An English text may hold names and quotes of another language, so a small lead is not enough.
    foreign = best != "English" and counts[best] > 2 * counts["English"] and 10 * counts[best] > len(words)
    return best if foreign else ""
