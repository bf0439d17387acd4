"""Scores of pairs of articles block by block, and groups by what can come together at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from .linkage import joined, logistic, weights
from .pairs import ALONE, candidates, compared, rarity, vectors_of
from .telling import Telling

# Pairs of one block; they follow each other in time, so that they share their articles.
BLOCK = 5_000
IntArray = npt.NDArray[np.int64]


class Engine(Protocol):
    """Where a function is applied to tasks."""

    def map(self, work: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterable[Any]:
        """Yield the answers in the order of the tasks."""
        ...


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """Pairs of articles, with all that their scores need.

    Parameters
    ----------
    tellings : tuple of Telling
    pairs : ndarray of int, shape (n, 2)
        Positions among `tellings`.
    rare : mapping of str to float
        How rare their terms are among all articles.
    """

    tellings: tuple[Telling, ...]
    pairs: IntArray
    rare: Mapping[str, float]


@dataclass(frozen=True, kw_only=True, eq=False)
class Scored:
    """Probabilities that two articles tell the same event.

    Parameters
    ----------
    pairs : ndarray of int, shape (n, 2)
        Positions of the articles, the smaller first.
    scores : ndarray of float, shape (n,)
    """

    pairs: IntArray
    scores: npt.NDArray[np.float64]


def scored(tellings: Sequence[Telling], engine: Engine | None = None) -> Scored:
    """Return for each pair that may tell one event the probability that it does.

    Parameters
    ----------
    tellings : sequence of Telling
    engine : object, optional
        Where blocks of pairs are scored; this process by default. The numbers do not depend on it.

    Returns
    -------
    Scored
    """
    rare = rarity(tellings)
    found = list(_runs(candidates(tellings, vectors_of(tellings, rare))))
    blocks = [_block(tellings, pairs, rare) for pairs in found]
    answers = map(block_scores, blocks) if engine is None else engine.map(block_scores, blocks)
    scores = np.fromiter(chain.from_iterable(answers), dtype=np.float64, count=sum(map(len, found)))
    return Scored(pairs=np.concatenate([_array([]), *found]), scores=scores)


def block_scores(block: Block) -> list[float]:
    """Score the pairs of a block.

    Parameters
    ----------
    block : Block

    Returns
    -------
    list of float
    """
    features = compared(block.tellings, block.pairs.tolist(), block.rare)
    return [logistic("same", each) for each in features]


def grouped(count: int, found: Scored, known: Sequence[Sequence[int]] = ()) -> list[list[int]]:
    """Join articles to groups as `joined` does, one after the other for those that can come together at all.

    The mean score of two groups is at most their highest. So nothing is ever joined across the parts of the graph of
    pairs that reach the least score, and each part is joined by itself, to the same groups.

    Parameters
    ----------
    count : int
        Number of articles.
    found : Scored
    known : sequence of sequence of int
        As `joined` has it.

    Returns
    -------
    list of list of int
        As `joined` returns it.

    Examples
    --------
    >>> found = Scored(pairs=np.array([[0, 1], [1, 2]]), scores=np.array([0.9, 0.2]))
    >>> grouped(3, found)
    [[0, 1], [2]]
    """
    part_of = _parts(count, found, known)
    old: list[list[int]] = [[] for _ in known]
    new: list[list[int]] = []
    for items, scores, names in _each_part(part_of, found, known):
        place = {item: at for at, item in enumerate(items)}
        local = {(place[i], place[j]): score for (i, j), score in scores}
        groups = joined(len(items), local, [[place[n] for n in known[name]] for name in names])
        whole = [[items[n] for n in group] for group in groups]
        for name, group in zip(names, whole, strict=False):
            old[name] = group
        new += whole[len(names) :]
    return [*old, *sorted(new)]


def _parts(count: int, found: Scored, known: Sequence[Sequence[int]]) -> IntArray:
    """Return for each article its part of the graph of pairs that reach the least score; a known group is one part."""
    strong = found.pairs[found.scores >= weights()["limits"]["least for one event"]]
    held = _array([(group[0], n) for group in known for n in group])
    edges = np.concatenate([strong, held])
    graph = coo_array((np.ones(len(edges), dtype=np.int8), (edges[:, 0], edges[:, 1])), shape=(count, count))
    labels: IntArray = connected_components(graph, directed=False)[1].astype(np.int64)
    return labels


def _each_part(
    part_of: IntArray, found: Scored, known: Sequence[Sequence[int]]
) -> Iterator[tuple[list[int], list[tuple[tuple[int, int], float]], list[int]]]:
    """Yield the articles of each part, its pairs with their scores in their order, and its known groups."""
    count = int(part_of.max()) + 1 if len(part_of) else 0
    items: list[list[int]] = [[] for _ in range(count)]
    scores: list[list[tuple[tuple[int, int], float]]] = [[] for _ in range(count)]
    names: list[list[int]] = [[] for _ in range(count)]
    for item, part in enumerate(part_of.tolist()):
        items[part].append(item)
    within = np.flatnonzero(part_of[found.pairs[:, 0]] == part_of[found.pairs[:, 1]])
    for (i, j), score in zip(found.pairs[within].tolist(), found.scores[within].tolist(), strict=True):
        scores[part_of[i]].append(((i, j), score))
    for name, group in enumerate(known):
        names[part_of[group[0]]].append(name)
    yield from zip(items, scores, names, strict=True)


def _runs(pairs: Iterator[tuple[int, int]]) -> Iterator[IntArray]:
    """Yield pairs `BLOCK` at a time."""
    while run := list(islice(pairs, BLOCK)):
        yield _array(run)


def _block(tellings: Sequence[Telling], pairs: IntArray, rare: Mapping[str, float]) -> Block:
    """Collect what the scores of some pairs need."""
    items, places = np.unique(pairs, return_inverse=True)
    told = tuple(tellings[n] for n in items.tolist())
    terms = {term for one in told for term in (*one.terms, *one.title_terms) if term in rare}
    return Block(tellings=told, pairs=places.reshape(-1, 2), rare={t: rare[t] for t in (ALONE, *sorted(terms))})


def _array(pairs: Sequence[tuple[int, int]]) -> IntArray:
    """Return pairs as an array."""
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)
