"""Fit the choice of the event's time on labelled passages, and write the weights.

Usage: ``python benchmarks/fit_dating.py --gold FOLDER [--gold FOLDER ...] [--write]``, with scikit-learn; the labels
are those of `dating.py`.

Method: for every passage with a right candidate, each pair of a right and a wrong candidate is one case of a logistic
regression with an L2 penalty; its regressors are the differences of their reasons. The pairs of one passage share a
weight of one. The penalty draws towards the weights set by hand (`dating_prior.toml`). Cross-validation folds keep the
passages of one `group` together.

Printed: main events right out of fold, by set, for each strength of the penalty, beside the weights by hand and those
in use. With `--probability` the probability that the chosen time is right is fitted instead, and its calibration out
of fold is printed. `--write` fits on all passages and puts the result into ``weights.toml``.
"""

from __future__ import annotations

import argparse
import re
import tomllib
from collections import defaultdict
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from dating import accepted, article_of, is_main_right, read_passages, start_of
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from eventstudy.news.dating import weights as weights_module
from eventstudy.news.dating.dating import date_article
from eventstudy.news.dating.scoring import Scored, can_be_event, choose
from eventstudy.news.dating.weights import weights

STRENGTHS = (0.03, 0.1, 0.3, 1.0, 3.0)
FOLDS = 10
NAMES = tuple(weights().event)
FILE = Path(weights_module.__file__).with_name("weights.toml")
PRIOR = Path(__file__).with_name("dating_prior.toml")
SURE = tuple(weights().probability)
WRONG_MOST = 0.03
Case = tuple[dict[str, Any], tuple[Scored, ...]]


def row(s: Scored) -> np.ndarray:
    """Return the multiples of a candidate's reasons, in the order of the weights."""
    values = dict.fromkeys(NAMES, 0.0)
    for reason in s.reasons:
        values[reason.name] += reason.value
    return np.array(list(values.values()))


def is_right(passage: dict[str, Any], s: Scored) -> bool:
    """Return whether a candidate is an accepted main event of its passage."""
    return is_main_right(passage, start_of(s.resolved.when))


def pairs(cases: list[Case]) -> tuple[np.ndarray, np.ndarray]:
    """Return the differences between right and wrong candidates, and the weight of each."""
    rows, shares = [], []
    for passage, scored in cases:
        able = [s for s in scored if can_be_event(s)]
        right = [row(s) for s in able if is_right(passage, s)]
        wrong = [row(s) for s in able if not is_right(passage, s)]
        for one, other in product(right, wrong):
            rows.append(one - other)
            shares.append(1 / (len(right) * len(wrong)))
    return np.array(rows), np.array(shares)


def fit(cases: list[Case], strength: float, prior: np.ndarray) -> np.ndarray:
    """Return one weight for each name.

    The sum under the prior weights is one more regressor, so that a small set changes the prior little.
    """
    differences, shares = pairs(cases)
    stacked = np.column_stack([differences, differences @ prior])
    features, labels = np.vstack([stacked, -stacked]), np.repeat([1, 0], len(stacked))
    model = LogisticRegression(C=strength, fit_intercept=False, max_iter=2000)
    model.fit(features, labels, sample_weight=np.concatenate([shares, shares]))
    return np.asarray(model.coef_[0][:-1] + model.coef_[0][-1] * prior)


def judged(scored: tuple[Scored, ...], fitted: np.ndarray, least: float) -> tuple[Scored, ...]:
    """Score the candidates again with other weights."""
    table = dict(zip(NAMES, fitted, strict=True))
    found = []
    for s in scored:
        reasons = tuple(r._replace(weight=table[r.name] * r.value) for r in s.reasons)
        s = replace(s, reasons=reasons)
        found.append(replace(s, eligible=can_be_event(s) and s.total > least))
    return tuple(found)


def chosen_right(case: Case, fitted: np.ndarray, least: float) -> bool:
    """Return whether the candidate chosen with other weights is right."""
    passage, scored = case
    chosen = choose(judged(scored, fitted, least))
    return bool(chosen) and is_right(passage, chosen[0])


def out_of_fold(cases: list[Case], strength: float, prior: np.ndarray, least: float) -> np.ndarray:
    """Return for each case whether the choice is right with weights fitted on the other folds."""
    groups = groups_of([p for p, _ in cases])
    hits = np.zeros(len(cases), dtype=bool)
    for train, test in GroupKFold(FOLDS, shuffle=True, random_state=0).split(cases, groups=groups):
        fitted = fit([cases[n] for n in train], strength, prior)
        hits[test] = [chosen_right(cases[n], fitted, least) for n in test]
    return hits


def report(name: str, cases: list[Case], hits: np.ndarray) -> None:
    """Print the share of right choices, by set and in all."""
    tally: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for (passage, _), hit in zip(cases, hits, strict=True):
        key = re.sub(r"passages.*", "own", passage["set"])
        for group in (key, "all"):
            tally[group][0] += int(hit)
            tally[group][1] += 1
    print(f"{name:<24}" + "  ".join(f"{k} {a}/{b} {100 * a / b:.1f}%" for k, (a, b) in sorted(tally.items())))


def write(table: str, values: dict[str, float]) -> None:
    """Put values into one table of weights.toml; the rest of the file, comments included, stays."""
    head, mark, tail = FILE.read_text(encoding="utf-8").partition(f"[{table}]\n")
    body, gap, rest = tail.partition("\n[")
    for name, value in values.items():
        body = re.sub(rf'(?m)^("{re.escape(name)}" = )[-+.\de]+', rf"\g<1>{value:.2f}", body)
    FILE.write_text(head + mark + body + gap + rest, encoding="utf-8")


def groups_of(passages: list[dict[str, Any]]) -> list[str]:
    """Return the group of each passage; passages written for the project are a group each."""
    return [p.get("group") if p.get("group") not in (None, "own", "minimal") else p["id"] for p in passages]


def fit_probability(passages: list[dict[str, Any]], save: bool) -> None:
    """Fit the probability that the chosen time is right, and print its calibration out of fold."""
    answered = [(p, d) for p in passages if (d := date_article(article_of(p))).events]
    features = np.array([[d.features[name] for name in SURE] for _, d in answered])
    right = np.array([is_main_right(p, d.events[0].when.start) for p, d in answered])
    held = np.zeros(len(right))
    groups = groups_of([p for p, _ in answered])
    for train, test in GroupKFold(FOLDS, shuffle=True, random_state=0).split(features, groups=groups):
        held[test] = probability_model(features[train], right[train]).predict_proba(features[test])[:, 1]
    print_calibration(held, right, len(passages))
    model = probability_model(features, right)
    least = decided_from(held, right, len(passages))
    for name, value in zip(SURE, model.coef_[0], strict=True):
        print(f"  {name:<32}{value:+.2f}")
    if save:
        write("probability", dict(zip(SURE, model.coef_[0], strict=True)))
        write("limits", {"least confidence": least})


def probability_model(features: np.ndarray, right: np.ndarray) -> LogisticRegression:
    """Fit a logistic regression with an L2 penalty; the feature "always" is its intercept."""
    return LogisticRegression(C=0.3, fit_intercept=False, max_iter=2000).fit(features, right)


def decided_from(held: np.ndarray, right: np.ndarray, of: int) -> float:
    """Return the lowest threshold at which at most 3 % of all passages are decided and wrong."""
    able = [t for t in np.arange(0.30, 0.99, 0.01) if ((held >= t) & ~right).sum() <= WRONG_MOST * of]
    return float(round(min(able, default=0.99), 2))


def print_calibration(held: np.ndarray, right: np.ndarray, of: int) -> None:
    """Print the Brier score (Brier, 1950), the calibration by thirds, and how many passages are decided."""
    base = right.mean()
    print(f"Brier score {((held - right) ** 2).mean():.3f}, of always the base rate {base * (1 - base):.3f}")
    for part in np.array_split(np.argsort(held), 3):
        share, n = right[part].mean(), len(part)
        band = 1.96 * (share * (1 - share) / n) ** 0.5
        print(f"  said {held[part].mean():.2f}, right {share:.2f} +- {band:.2f} ({n})")
    least = decided_from(held, right, of)
    decided = held >= least
    print(f"decided from {least:.2f}: {decided.sum()} of {of}, of them right {right[decided].mean():.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the choice of the event's time.")
    parser.add_argument("--gold", type=Path, action="append", required=True, help="folder or file of labelled passages")
    parser.add_argument("--least", type=float, default=weights().limits["least for an event"])
    parser.add_argument("--probability", action="store_true", help="fit the probability of being right")
    parser.add_argument("--write", action="store_true", help="put the weights into weights.toml")
    options = parser.parse_args()
    passages = [p for folder in options.gold for p in read_passages(folder)]
    if options.probability:
        fit_probability([p for p in passages if not p["set"].startswith("passages")], options.write)
        return
    cases = [(p, date_article(article_of(p)).scored) for p in passages if accepted(p)]
    hand = tomllib.loads(PRIOR.read_text(encoding="utf-8"))["event"]
    prior, used = (np.array([table[name] for name in NAMES]) for table in (hand, weights().event))
    report("set by hand", cases, np.array([chosen_right(c, prior, options.least) for c in cases]))
    report("in use", cases, np.array([chosen_right(c, used, options.least) for c in cases]))
    results = {}
    for strength in STRENGTHS:
        hits = out_of_fold(cases, strength, prior, options.least)
        report(f"out of fold, C = {strength}", cases, hits)
        results[strength] = int(hits.sum())
    best = max(results, key=lambda strength: (results[strength], -strength))
    fitted = fit(cases, best, prior)
    report(f"in sample, C = {best}", cases, np.array([chosen_right(c, fitted, options.least) for c in cases]))
    if options.write:
        write("event", dict(zip(NAMES, fitted, strict=True)))


if __name__ == "__main__":
    main()
