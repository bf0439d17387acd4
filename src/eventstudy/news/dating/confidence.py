"""Estimate the probability that the chosen time is right, by a logistic regression on how it was chosen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from .roles import MentionRole
from .scoring import Scored
from .weights import limit, probability, weights

# Sums are cut here: few labelled articles exceed it, so a larger value must not extrapolate.
_MOST = 6.0
_BOUNDS = frozenset({"after", "before", "by", "from", "since", "until"})
# A text with times in so many zones is about several places; from the sixth sentence on stands background.
_SEVERAL, _LATE = 3, 5


def confidence_of(features: Mapping[str, float]) -> float:
    """Return the probability that the chosen event is right.

    Parameters
    ----------
    features : mapping of str to float
        As returned by `confidence_features`.

    Returns
    -------
    float
        From 0 to 1: 1 / (1 + exp(-x)), where x is the sum of the features times the weights of the table
        ``probability`` in ``weights.toml``.
    """
    return probability(weights().probability, features)


def is_decided(confidence: float, least: float | None = None) -> bool:
    """Return whether a probability is high enough to use the event without a person's confirmation.

    Parameters
    ----------
    confidence : float
        From 0 to 1.
    least : float, optional
        Threshold; by default "least confidence" of ``weights.toml``.

    Returns
    -------
    bool
    """
    return confidence >= (limit("least confidence") if least is None else least)


def confidence_features(chosen: Sequence[Scored], scored: Sequence[Scored]) -> dict[str, float]:
    """Return the features of the probability model, by the names of the table ``probability``.

    Parameters
    ----------
    chosen : sequence of Scored
        Ranked, at least one.
    scored : sequence of Scored
        Every expression of the article.

    Returns
    -------
    dict of str to float
        Flags as numbers; the sum of the reasons is cut at 6 either way; "clock times" is ln(1 + their number).
    """
    first = chosen[0]
    r = first.resolved
    found = {
        "always": 1.0,
        "total": max(-_MOST, min(_MOST, first.by_text)),
        "statement": r.cues.role is MentionRole.STATEMENT,
        "plan": r.cues.role is MentionRole.FORECAST or first.is_later,
        "event without event words": r.cues.role is MentionRole.EVENT and not r.cues.happenings,
        "only a bound": bool(r.expression.lead & _BOUNDS),
        "clock times": math.log1p(sum(s.resolved.expression.reading.clock is not None for s in scored)),
        "doubtful zone": r.zone is None or bool(r.zone.warnings),
        "several zones": len({s.resolved.zone.zone for s in scored if s.resolved.zone is not None}) >= _SEVERAL,
        "late in the text": r.cues.sentence >= _LATE,
    }
    return {name: float(value) for name, value in found.items()}
