"""The words that tell what an article is about, without what all pages of its publisher share."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from ..reading.article import Article
from ..text.lexicon import MONTHS, SHORT_WEEKDAYS, WEEKDAYS, words

_WORD = re.compile(r"[^\W\d_][\w’'&-]*|\d[\d.,]*\d|\d")
_SENTENCE_END = re.compile(r"[.!?:][\"'”’)\]]*$")
_YEAR = re.compile(r"(?:19|20)\d\d")
_POSSESSIVE = re.compile(r"['’]s?$")
_ENDINGS = (("sses", "ss"), ("ies", "y"), ("ings", ""), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""))
_LONG_BLOCK, _READ = 12, 250
_TITLE_WEIGHT, _LEAD, _LEAD_WEIGHT, _REST_WEIGHT = 2.0, 60, 1.0, 0.5
_TIME_WORDS = frozenset(MONTHS) | frozenset(WEEKDAYS) | frozenset(SHORT_WEEKDAYS)


def term_of(word: str) -> str:
    """Return the form under which a word is counted: lower case, without its ending; empty where it tells nothing.

    Parameters
    ----------
    word : str

    Returns
    -------
    str

    Examples
    --------
    >>> term_of("Rejected"), term_of("companies'"), term_of("the"), term_of("2026")
    ('reject', 'company', '', '')
    """
    lower = _POSSESSIVE.sub("", word.lower()).replace("’", "'")
    if lower[:1].isdigit():
        digits = lower.replace(",", "")
        return "" if len(digits) < 2 or _YEAR.fullmatch(digits) else digits
    if len(lower) < 2 or lower in words("empty") or lower in _TIME_WORDS:
        return ""
    for ending, instead in _ENDINGS:
        if lower.endswith(ending) and len(lower) - len(ending) >= 3 and not lower.endswith(("ss", "us", "is")):
            return lower[: len(lower) - len(ending)] + instead
    return lower


def terms_of(text: str) -> list[str]:
    """Return the terms of a text in their order.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of str
    """
    return [term for word in _WORD.findall(text) if (term := term_of(word))]


def weighted_terms(headline: str, story: str) -> dict[str, float]:
    """Return how much each term says about an article: title and opening count more than the rest.

    Parameters
    ----------
    headline, story : str

    Returns
    -------
    dict of str to float
        Weights above zero, before those of rarity.
    """
    weights: dict[str, float] = defaultdict(float)
    for term in terms_of(headline):
        weights[term] += _TITLE_WEIGHT
    for n, term in enumerate(terms_of(story)[:_READ]):
        weights[term] += _LEAD_WEIGHT if n < _LEAD else _REST_WEIGHT
    return {term: round(min(weight, 4.0), 2) for term, weight in sorted(weights.items())}


def headline_of(article: Article) -> str:
    """Return the title, or the words of the address where there is none."""
    return article.title or article.headline_from_url


def story_of(article: Article, furniture: frozenset[str]) -> str:
    """Return the text without paragraphs that every page shares and without lines that are no sentences.

    Parameters
    ----------
    article : Article
    furniture : frozenset of str

    Returns
    -------
    str
        The whole text where nothing would be left.
    """
    blocks = _blocks(article)
    kept = [b for b in blocks if b not in furniture and (_SENTENCE_END.search(b) or b.count(" ") >= _LONG_BLOCK)]
    return "\n\n".join(kept or [b for b in blocks if b])


def _blocks(article: Article) -> list[str]:
    """Return the paragraphs of an article, each on one line."""
    return [" ".join(block.split()) for block in article.text.split("\n\n")]


def publisher_of(article: Article) -> str:
    """Return the publisher: its name as stated, or the host of the address."""
    return article.source or article.host


def shared_furniture(articles: Sequence[Article]) -> Mapping[str, frozenset[str]]:
    """Find the paragraphs that pages of one publisher share although they are about different things.

    Two articles whose titles have a term in common may tell the same news, so what these share proves nothing.

    Parameters
    ----------
    articles : sequence of Article

    Returns
    -------
    mapping of str to frozenset of str
        The paragraphs by publisher.
    """
    holders: dict[tuple[str, str], list[frozenset[str]]] = defaultdict(list)
    for article in articles:
        title, publisher = frozenset(terms_of(headline_of(article))), publisher_of(article)
        for block in set(_blocks(article)):
            if len(titles := holders[publisher, block]) < 8:
                titles.append(title)
    shared: dict[str, set[str]] = defaultdict(set)
    for (publisher, block), titles in holders.items():
        if any(titles[0].isdisjoint(other) for other in titles[1:]):
            shared[publisher].add(block)
    return {publisher: frozenset(blocks) for publisher, blocks in shared.items()}
