"""Average linkage against a loop that recomputes every mean after every step."""

import itertools
import random

import pytest

from eventstudy.news.clusters.linkage import ENOUGH_PAIRS, joined, logistic, parse_weights, weights


def by_loop(count, scores, known, least):
    """Join the two groups of the highest mean until none is high enough; ties by the groups' order."""
    groups = [list(g) for g in known] + [[n] for n in range(count) if not any(n in g for g in known)]
    fixed = len(known)
    while True:
        best = None
        for g, h in itertools.combinations(range(len(groups)), 2):
            if groups[g] is None or groups[h] is None or h < fixed:
                continue
            found = [
                scores[p]
                for p in scores
                if (p[0] in groups[g]) != (p[1] in groups[g]) and set(p) <= {*groups[g], *groups[h]}
            ]
            if found:
                mean = sum(found) / max(len(found), min(len(groups[g]) * len(groups[h]), ENOUGH_PAIRS))
                if mean >= least and (best is None or mean > best[0]):
                    best = (mean, g, h)
        if best is None:
            return [sorted(g) for g in groups if g is not None]
        _, g, h = best
        groups[g] += groups[h]
        groups[h] = None


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("known", [[], [[0, 1], [2]]])
def test_against_the_loop(seed, known):
    draw = random.Random(seed)
    count = 14
    pairs = draw.sample(list(itertools.combinations(range(count), 2)), 45)
    scores = {pair: draw.random() for pair in pairs}
    assert joined(count, scores, known, least=0.4) == by_loop(count, scores, known, 0.4)


def test_a_large_group_still_takes_an_article_that_was_compared_with_few_of_it():
    scores = dict.fromkeys(itertools.combinations(range(40), 2), 0.9)
    scores |= {(n, 40): 0.9 for n in range(ENOUGH_PAIRS)}
    assert joined(41, scores, least=0.5) == [list(range(41))]


def test_a_missing_pair_counts_against_small_groups():
    assert joined(4, {(0, 1): 0.9, (2, 3): 0.9, (1, 2): 0.8}, least=0.4) == [[0, 1], [2, 3]]


def test_known_groups_stay():
    assert joined(4, {(0, 1): 1.0, (1, 2): 0.9, (0, 3): 0.1}, [[0], [1]], least=0.4) == [[0], [1, 2], [3]]


def test_the_weights_are_complete_and_signs_make_sense():
    same = weights()["same"]
    assert all(same[name] > 0 for name in ("words", "title in text", "named at once", "times meet", "same page"))
    assert all(same[name] < 0 for name in ("gap", "strangers", "times apart", "mains differ"))
    assert logistic("time", {"always": 1.0, "support": 1.0, "confidence": 0.9, "several sources": 1.0}) > 0.9


@pytest.mark.parametrize(
    "text", ["[same]\na = 1.0", "[same]\n[time]\n[limits]\nx = true", "[same]\nx = nan\n[time]\n[limits]"]
)
def test_wrong_weights_are_refused(text):
    with pytest.raises(ValueError, match=r"weights\.toml"):
        parse_weights(text)
