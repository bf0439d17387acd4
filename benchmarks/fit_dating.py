"""Fit the choice of the event's time on labelled passages, and write the weights with their figures.

Usage: ``python benchmarks/fit_dating.py --gold FOLDER [--gold FOLDER ...] [--write]``, with scikit-learn; the labels
are those of `dating.py`. For every passage with a right candidate, each pair of a right and a wrong candidate is one
case of a logistic regression with an L2 penalty, of the difference of their reasons; pairs of a passage share a
weight of one. Folds keep passages of one `group` together. Printed: main events right out of fold, by set,
for each strength of the penalty, beside the weights in use. `--write` puts those of the best strength, fitted on
everything, into ``weights.toml``.
"""

from __future__ import annotations

import argparse
import re
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
Case = tuple[dict[str, Any], tuple[Scored, ...]]


def cases_of(folders: list[Path]) -> list[Case]:
    passages = [p for folder in folders for p in read_passages(folder)]
    return [(p, date_article(article_of(p)).scored) for p in passages]


def row(s: Scored) -> np.ndarray:
    values = dict.fromkeys(NAMES, 0.0)
    for reason in s.reasons:
        values[reason.name] += reason.value
    return np.array(list(values.values()))


def is_right(passage: dict[str, Any], s: Scored) -> bool:
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
    """Return one weight for each name; the sum in use is one more reason, so that a small set changes little."""
    differences, shares = pairs(cases)
    stacked = np.column_stack([differences, differences @ prior])
    features, labels = np.vstack([stacked, -stacked]), np.repeat([1, 0], len(stacked))
    model = LogisticRegression(C=strength, fit_intercept=False, max_iter=2000)
    model.fit(features, labels, sample_weight=np.concatenate([shares, shares]))
    return np.asarray(model.coef_[0][:-1] + model.coef_[0][-1] * prior)


def judged(scored: tuple[Scored, ...], fitted: np.ndarray, least: float) -> tuple[Scored, ...]:
    table = dict(zip(NAMES, fitted, strict=True))
    found = []
    for s in scored:
        reasons = tuple(r._replace(weight=table[r.name] * r.value) for r in s.reasons)
        s = replace(s, reasons=reasons)
        found.append(replace(s, eligible=can_be_event(s) and s.total > least))
    return tuple(found)


def chosen_right(case: Case, fitted: np.ndarray, least: float) -> bool:
    passage, scored = case
    chosen = choose(judged(scored, fitted, least))
    return bool(chosen) and is_right(passage, chosen[0])


def out_of_fold(cases: list[Case], strength: float, prior: np.ndarray, least: float) -> np.ndarray:
    groups = [p.get("group") if p.get("group") not in (None, "own", "minimal") else p["id"] for p, _ in cases]
    hits = np.zeros(len(cases), dtype=bool)
    for train, test in GroupKFold(FOLDS, shuffle=True, random_state=0).split(cases, groups=groups):
        fitted = fit([cases[n] for n in train], strength, prior)
        hits[test] = [chosen_right(cases[n], fitted, least) for n in test]
    return hits


def report(name: str, cases: list[Case], hits: np.ndarray) -> None:
    tally: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for (passage, _), hit in zip(cases, hits, strict=True):
        key = re.sub(r"passages.*", "own", passage["set"])
        for group in (key, "all"):
            tally[group][0] += int(hit)
            tally[group][1] += 1
    print(f"{name:<24}" + "  ".join(f"{k} {a}/{b} {100 * a / b:.1f}%" for k, (a, b) in sorted(tally.items())))


def write(fitted: np.ndarray, least: float) -> None:
    text = FILE.read_text(encoding="utf-8")
    for name, value in zip(NAMES, fitted, strict=True):
        text = re.sub(rf'(?m)^("{re.escape(name)}" = )[-+.\de]+', rf"\g<1>{value:.2f}", text, count=1)
    text = re.sub(r'(?m)^("least for an event" = )[-+.\de]+', rf"\g<1>{least:.2f}", text)
    FILE.write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the choice of the event's time.")
    parser.add_argument("--gold", type=Path, action="append", required=True, help="folder or file of labelled passages")
    parser.add_argument("--least", type=float, default=weights().limits["least for an event"])
    parser.add_argument("--write", action="store_true", help="put the weights into weights.toml")
    options = parser.parse_args()
    cases = [case for case in cases_of(options.gold) if accepted(case[0])]
    prior = np.array([weights().event[name] for name in NAMES])
    report("in use", cases, np.array([chosen_right(c, prior, options.least) for c in cases]))
    results = {}
    for strength in STRENGTHS:
        hits = out_of_fold(cases, strength, prior, options.least)
        report(f"out of fold, C = {strength}", cases, hits)
        results[strength] = int(hits.sum())
    best = max(results, key=lambda strength: (results[strength], -strength))
    fitted = fit(cases, best, prior)
    report(f"in sample, C = {best}", cases, np.array([chosen_right(c, fitted, options.least) for c in cases]))
    if options.write:
        write(fitted, options.least)


if __name__ == "__main__":
    main()
