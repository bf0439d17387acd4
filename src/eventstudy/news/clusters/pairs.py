"""Pairs of articles that may tell the same event, and how alike the two are."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from .telling import Interval, Telling, last

RARE_TERMS, SHARED_TERMS, LOOK_BACK = 14, 2, 25
LONGEST_GAP, SAME_HOURS = dt.timedelta(days=6), dt.timedelta(hours=8)
DAY = dt.timedelta(days=1)
FOUR_HOURS = 1 / 6  # of a day
ALONE = ""
GENERAL, UNCOMMON = 1000, 0.0005


def rarity(tellings: Sequence[Telling]) -> dict[str, float]:
    """Return how rare each term is.

    Parameters
    ----------
    tellings : sequence of Telling

    Returns
    -------
    dict of str to float
        ln((N + k) / (n + kp + 1)) for a term of n among N articles and a share p of news in general: the articles are
        counted together with k = 1,000 others, so that a short list knows which words are common. `ALONE` stands for a
        term of one article.
    """
    counts, shares = Counter(term for telling in tellings for term in telling.terms), common_terms()
    whole = len(tellings) + GENERAL
    found = {t: math.log(whole / (n + 1 + GENERAL * shares.get(t, UNCOMMON))) for t, n in counts.items()}
    return {ALONE: math.log(whole / (2 + GENERAL * UNCOMMON))} | found


@cache
def common_terms() -> Mapping[str, float]:
    """Return the share of news articles that have a term, for the common ones.

    Returns
    -------
    mapping of str to float
    """
    text = (files(__package__) / "data" / "common_terms.txt").read_text(encoding="utf-8")
    pairs = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return MappingProxyType({term: int(count) / 1000 for term, count in pairs})


def vectors_of(tellings: Sequence[Telling], rare: Mapping[str, float]) -> list[dict[str, float]]:
    """Return the TF-IDF vector of each article, of length one.

    Parameters
    ----------
    tellings : sequence of Telling
    rare : mapping of str to float

    Returns
    -------
    list of dict
    """
    return [_unit({t: (1 + math.log(w + 0.5)) * rare[t] for t, w in one.terms.items() if w > 0}) for one in tellings]


def _unit(vector: Mapping[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(w * w for w in vector.values())) or 1.0
    return {t: w / length for t, w in vector.items()}


def cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the scalar product of two vectors of length one."""
    short, long = sorted((one, other), key=len)
    return sum(w * long[t] for t, w in short.items() if t in long)


def candidates(tellings: Sequence[Telling], vectors: Sequence[Mapping[str, float]]) -> Iterator[tuple[int, int]]:
    """Yield pairs that share two telling words and lie close in time.

    Each article is compared with the last 25 articles before it, in order of time, that share two of its 14 weightiest
    terms, or one that stands in both titles within eight hours, because the first items of a wire are short. So the
    number of pairs grows in proportion to the number of articles, whatever they are about.

    Parameters
    ----------
    tellings : sequence of Telling
    vectors : sequence of mapping

    Yields
    ------
    (int, int)
        Positions, the smaller first.
    """
    moments = [moment_of(telling) for telling in tellings]
    holders: dict[str, list[int]] = defaultdict(list)
    order = sorted(range(len(tellings)), key=lambda n: (moments[n] or dt.datetime.max.replace(tzinfo=dt.UTC), n))
    for n in order:
        weighty = sorted(vectors[n], key=lambda t: (-vectors[n][t], t))[:RARE_TERMS]
        shared = Counter(m for term in weighty for m in holders[term][-LOOK_BACK:])
        found = (m for m, count in shared.items() if _may_tell(tellings, moments, m, n, count))
        yield from ((min(m, n), max(m, n)) for m in sorted(found))
        for term in weighty:
            holders[term].append(n)


def _may_tell(tellings: Sequence[Telling], moments: Sequence[dt.datetime | None], m: int, n: int, shared: int) -> bool:
    """Return whether two articles with so many weighty terms in common are close enough in time to compare."""
    if shared >= SHARED_TERMS:
        return _near(moments[m], moments[n], LONGEST_GAP)
    titled = not tellings[m].title_terms.isdisjoint(tellings[n].title_terms)
    return titled and _near(moments[m], moments[n], SAME_HOURS)


def compared(
    tellings: Sequence[Telling], pairs: Iterable[tuple[int, int]], rare: Mapping[str, float]
) -> Iterator[dict[str, float]]:
    """Yield for pairs of articles how alike the two are.

    Parameters
    ----------
    tellings : sequence of Telling
    pairs : iterable of (int, int)
        Positions, the smaller first.
    rare : mapping of str to float
        What `rarity` returns of all articles, for the terms of these at least.

    Yields
    ------
    dict of str to float
        What `features_of` returns.
    """
    vectors = vectors_of(tellings, rare)
    for m, n in pairs:
        yield features_of(tellings[m], tellings[n], vectors[m], vectors[n], rare)


def moment_of(telling: Telling) -> dt.datetime | None:
    """Return the time by which articles are put in order: publication, else the event."""
    if telling.published is not None:
        return telling.published.start + (telling.published.end - telling.published.start) / 2
    return telling.event.when.start if telling.event else None


def _near(one: dt.datetime | None, other: dt.datetime | None, longest: dt.timedelta) -> bool:
    return one is None or other is None or abs(one - other) <= longest


def features_of(
    one: Telling, other: Telling, u: Mapping[str, float], v: Mapping[str, float], rare: Mapping[str, float]
) -> dict[str, float]:
    """Return how alike two articles are.

    Parameters
    ----------
    one, other : Telling
    u, v : mapping of str to float
        Their vectors.
    rare : mapping of str to float

    Returns
    -------
    dict of str to float
        By the names of the table ``same`` of ``weights.toml``.
    """
    a, b = moment_of(one), moment_of(other)
    gap = abs(a - b) / DAY if a and b else 1.0
    apart = _apart(one, other)
    return {
        "always": 1.0,
        "words": cosine(u, v),
        "title in text": max(_share(one.title_terms, v, rare), _share(other.title_terms, u, rare)),
        "strangers": float(_strangers(one, other)),
        "named at once": _rarest(one.title_terms & other.title_terms, rare) * math.exp(-gap / FOUR_HOURS),
        "gap": math.log1p(gap),
        "times meet": float(apart == 0.0),
        "times apart": math.log1p(min(10.0, apart or 0.0)),
        "mains differ": float(_distance(one.times[:1], other.times[:1]) > 0) if apart is not None else 0.0,
        "same page": float(bool(one.url) and one.url == other.url),
    }


def _rarest(terms: frozenset[str], rare: Mapping[str, float]) -> float:
    """Square of the rarity of the rarest of some terms, against that of a term which one article alone has."""
    return (max((rare.get(t, 0.0) for t in terms), default=0.0) / rare[ALONE]) ** 2


def _share(terms: frozenset[str], vector: Mapping[str, float], rare: Mapping[str, float]) -> float:
    """Share of the squared rarity of some terms that a text has; all of it where there are no terms."""
    whole = sum(rare.get(t, 0.0) ** 2 for t in terms)
    return sum(rare.get(t, 0.0) ** 2 for t in terms if t in vector) / whole if whole else 1.0


def _strangers(one: Telling, other: Telling) -> bool:
    """Whether both titles have uncommon words and neither text has one of the other's: a template told of two firms."""
    # A difference of sets would go through all common terms for each pair.
    common = common_terms()
    mine, yours = ({t for t in telling.title_terms if t not in common} for telling in (one, other))
    return bool(mine and yours) and mine.isdisjoint(other.terms) and yours.isdisjoint(one.terms)


def _apart(one: Telling, other: Telling) -> float | None:
    """Return the days between the main event of one and the nearest time of the other; None where one has no time."""
    if not one.times or not other.times:
        return None
    return min(_distance(one.times[:1], other.times), _distance(other.times[:1], one.times))


def _distance(some: Sequence[Interval], others: Sequence[Interval]) -> float:
    return min(max(dt.timedelta(), c - last(a, b), a - last(c, d)) / DAY for a, b in some for c, d in others)
