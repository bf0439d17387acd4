"""Join articles to events: average linkage over the pairs that were compared."""

from __future__ import annotations

import heapq
import math
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from ..dating.weights import probability

# From so many pairs on, two groups are judged by the pairs that were compared: in a large group most are not.
ENOUGH_PAIRS = 12
_TABLES = ("limits", "same", "time")
Tally = tuple[float, int]


@cache
def weights() -> Mapping[str, Mapping[str, float]]:
    """Return the tables of ``weights.toml``: ``same``, ``time`` and ``limits``.

    Returns
    -------
    mapping of str to mapping of str to float
    """
    return parse_weights((files(__package__) / "weights.toml").read_text(encoding="utf-8"))


def parse_weights(text: str) -> Mapping[str, Mapping[str, float]]:
    """Read and check the tables of weights.

    Parameters
    ----------
    text : str
        TOML.

    Returns
    -------
    mapping of str to mapping of str to float

    Raises
    ------
    ValueError
        If a table is missing or unknown, or a weight is not a finite number.
    """
    data = tomllib.loads(text)
    if tuple(sorted(data)) != _TABLES:
        raise ValueError(f"weights.toml: expected the tables {', '.join(_TABLES)}")
    for table, values in data.items():
        for name, value in values.items():
            if not isinstance(value, float) or not math.isfinite(value):
                raise ValueError(f"weights.toml: [{table}] {name!r} is {value!r}, not a finite number")
    return MappingProxyType({name: MappingProxyType(table) for name, table in data.items()})


def logistic(table: str, features: Mapping[str, float]) -> float:
    """Return the probability that a logistic regression gives.

    Parameters
    ----------
    table : str
        ``"same"``: two articles tell the same event; ``"time"``: the time of an event is right.
    features : mapping of str to float
        By the names of that table.

    Returns
    -------
    float
        As `probability` of the dating of articles, with the fitted weights.
    """
    return probability(weights()[table], features)


def joined(
    count: int, scores: Mapping[tuple[int, int], float], known: Sequence[Sequence[int]] = (), least: float | None = None
) -> list[list[int]]:
    """Join items to groups, the most alike first, as long as the mean score between two groups is high enough.

    Parameters
    ----------
    count : int
        Number of items.
    scores : mapping of (int, int) to float
        Probabilities of pairs of items; a pair that is missing counts as 0 while the groups are small.
    known : sequence of sequence of int
        Groups that exist already: they may gain members, but never lose any and are never joined to each other.
    least : float, optional
        Least mean score; that of ``weights.toml`` by default.

    Returns
    -------
    list of list of int
        The known groups first, in their order; then the others, by their first item. Items are sorted.

    Examples
    --------
    >>> joined(3, {(0, 1): 0.9, (1, 2): 0.2})
    [[0, 1], [2]]
    """
    least = weights()["limits"]["least for one event"] if least is None else least
    taken = {n for group in known for n in group}
    members = {g: list(group) for g, group in enumerate([*known, *([n] for n in range(count) if n not in taken)])}
    tallies = _tallies(members, scores, len(known))
    heap: list[tuple[float, int, int]] = [
        (-_mean(members, tallies, g, h), g, h) for g in tallies for h in tallies[g] if g < h
    ]
    heapq.heapify(heap)
    while heap and -heap[0][0] >= least:
        score, g, h = heapq.heappop(heap)
        if g in members and h in members and -score == _mean(members, tallies, g, h):
            _merge(members, tallies, g, h, len(known))
            for other in tallies[g]:
                heapq.heappush(heap, (-_mean(members, tallies, g, other), min(g, other), max(g, other)))
    return [sorted(members[g]) for g in sorted(members)]


def _tallies(
    members: Mapping[int, Sequence[int]], scores: Mapping[tuple[int, int], float], known: int
) -> dict[int, dict[int, Tally]]:
    """Add up and count the scores between groups."""
    group_of = {n: g for g, items in members.items() for n in items}
    tallies: dict[int, dict[int, Tally]] = defaultdict(dict)
    for (i, j), score in scores.items():
        g, h = group_of[i], group_of[j]
        if g != h and max(g, h) >= known:
            total, pairs = tallies[g].get(h, (0.0, 0))
            tallies[g][h] = tallies[h][g] = (total + score, pairs + 1)
    return tallies


def _mean(members: Mapping[int, Sequence[int]], tallies: Mapping[int, Mapping[int, Tally]], g: int, h: int) -> float:
    """Mean score between two groups; -1 for groups that may not be joined."""
    total, pairs = tallies[g].get(h, (-1.0, 1))
    return total / max(pairs, min(len(members[g]) * len(members[h]), ENOUGH_PAIRS))


def _merge(members: dict[int, list[int]], tallies: dict[int, dict[int, Tally]], g: int, h: int, known: int) -> None:
    """Move the members of the later group into the earlier one."""
    members[g] += members.pop(h)
    for other, (total, pairs) in tallies.pop(h, {}).items():
        tallies[other].pop(h)
        if other != g and not max(g, other) < known:
            old = tallies[g].get(other, (0.0, 0))
            tallies[g][other] = tallies[other][g] = (old[0] + total, old[1] + pairs)
