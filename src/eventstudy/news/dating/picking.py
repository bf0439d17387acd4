"""Put one of the ranked events first: the best, the one of a number, or the one that a caller's function picks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ...errors import UsageError
from ...events import When
from ..grammar.sentences import Sentences
from .scoring import Scored


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One event of an article, as a chooser sees it.

    Parameters
    ----------
    phrase : str
        The time expression.
    sentence : str
        The sentence that it stands in.
    reading : When
        The time that it was resolved to.
    features : mapping of str to float
        Reasons for and against it, by the names of the table ``event`` of ``weights.toml``, and their sum ``total``.
    """

    phrase: str
    sentence: str
    reading: When
    features: Mapping[str, float]


Chooser = Callable[[Sequence[Candidate]], int | None]


def candidates_of(ranked: Sequence[Scored], text: str, sentences: Sentences) -> tuple[Candidate, ...]:
    """Return the ranked events as a chooser sees them.

    Parameters
    ----------
    ranked : sequence of Scored
    text : str
    sentences : Sentences

    Returns
    -------
    tuple of Candidate
        In the same order.
    """
    found = []
    for s in ranked:
        start, end = sentences.spans[s.resolved.cues.sentence]
        assert s.resolved.when is not None
        found.append(
            Candidate(
                phrase=s.resolved.expression.phrase,
                sentence=" ".join(text[start:end].split()),
                reading=s.resolved.when,
                features={**{reason.name: reason.value for reason in s.reasons}, "total": s.total},
            )
        )
    return tuple(found)


def number_picked(chooser: Chooser, candidates: Sequence[Candidate]) -> int | None:
    """Return the rank of the event that a chooser picks, from 1; None where it picks none.

    Parameters
    ----------
    chooser : callable
        It returns an index into `candidates`, or None.
    candidates : sequence of Candidate

    Returns
    -------
    int or None
        None without candidates: the chooser is not called then.

    Raises
    ------
    UsageError
        If it returns anything else.
    """
    index = chooser(candidates) if candidates else None
    if index is None:
        return None
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < len(candidates):
        last = len(candidates) - 1
        raise UsageError(
            f"the chooser returned {index!r}; return an index from 0 to {last}, or None to leave the choice"
        )
    return index + 1


def put_first(ranked: Sequence[Scored], number: int | None) -> tuple[Scored, ...]:
    """Return the ranked events, the one of the given rank first.

    Parameters
    ----------
    ranked : sequence of Scored
    number : int or None
        Rank from 1; None for the first.

    Returns
    -------
    tuple of Scored
        Empty where there is no such rank.
    """
    wanted = ranked[number - 1 : number] if number and number > 0 else () if number is not None else ranked[:1]
    return (*wanted, *(s for s in ranked if s is not wanted[0])) if wanted else ()


def no_such(ranked: Sequence[Scored], number: int | None) -> str:
    """Return the reason where the text has fewer events than the number asked for.

    Parameters
    ----------
    ranked : sequence of Scored
    number : int or None

    Returns
    -------
    str
    """
    count = f"{len(ranked)} dated event{'' if len(ranked) == 1 else 's'}"
    return f"the text has {count}; there is no event {number}"
