"""Measure the gathering of articles into events against labels, fit its weights, and time it.

Usage: ``python benchmarks/events.py score --articles FILE --clusters FILE --events FILE [--apart FILE] [--fit]`` (with
scikit-learn), ``python benchmarks/events.py time [--articles FILE] [--count N] [--workers N]``.

`articles` are JSON Lines as ``eventstudy events`` reads them; `clusters` have ``id``, ``cluster`` (null for an article
that stands alone) and optionally ``near`` (a cluster of the same topic); `events` have ``cluster``, ``members`` (with
``id``), ``event_start_utc``, ``event_end_utc``, ``precision``, ``alt`` (other acceptable intervals),
``earliest_published`` and ``earliest_published_not_before_event``.

B-cubed counts an article without a cluster as a cluster of its own. An event is looked for in the group with most of
its articles; its time is right within one minute (minute precision) or where it lies inside a labelled interval; its
publication is right within one minute of either label, and where the label is only a day, on that day.

`score` prints these for the weights in use and for weights fitted out of fold: five folds, all articles of a topic in
one. `--apart` names articles of which those with different ticker symbols in their titles never tell the same event:
up to 300 such pairs, all of which share rare words, are cases of the regression, since labelled articles have few
template stories. `--fit` prints the weights fitted on all. `time` gathers a tenth of the articles and then all of them;
without `--articles` they are made up.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import random
import re
import resource
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from eventstudy.events import MINUTE
from eventstudy.news.clusters.consensus import best_reading
from eventstudy.news.clusters.linkage import joined, logistic, weights
from eventstudy.news.clusters.listing import events_from, tellings_of
from eventstudy.news.clusters.news_event import NewsEvent, confidence_features, news_event
from eventstudy.news.clusters.pairs import candidates, compared, rarity, vectors_of
from eventstudy.news.clusters.telling import Telling
from eventstudy.news.reading.article import Article
from eventstudy.news.reading.readers import read_articles

FOLDS, PENALTY, TIME_PENALTY, MOST_APART = 5, 2.0, 3.0, 300
NAMES = [name for name in weights()["same"] if name != "always"]
TIME_NAMES = [name for name in weights()["time"] if name != "always"]
SYLLABLES = ("ba", "be", "co", "da", "el", "fi", "go", "ha", "ka", "lo", "mu", "na", "or", "pi", "ra", "si", "ta", "ve")
VERBS = ("halts", "buys", "sues", "closes", "recalls", "expands", "cuts", "reopens", "sells", "suspends")
THINGS = ("refinery", "plant", "mine", "pipeline", "bank", "port", "airline", "reactor", "railway", "terminal")
TICKER = re.compile(r"<([A-Z.]+)>")


def lines(path: Path) -> list[dict[str, Any]]:
    """Read JSON Lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def fitted(
    rows: Sequence[Mapping[str, float]], right: Sequence[bool], names: list[str], penalty: float
) -> dict[str, float]:
    """Fit a logistic regression with an L2 penalty on standardised features; return the weights of the raw ones."""
    from sklearn.linear_model import LogisticRegression

    x = np.array([[row[name] for name in names] for row in rows])
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    model = LogisticRegression(C=1 / penalty, max_iter=1000).fit((x - mean) / spread, np.array(right))
    slopes = model.coef_[0] / spread
    return {"always": float(model.intercept_[0] - slopes @ mean), **dict(zip(names, map(float, slopes), strict=True))}


def chance(fit: Mapping[str, float], row: Mapping[str, float]) -> float:
    """Return the probability that a regression gives."""
    return float(1 / (1 + np.exp(-sum(fit[name] * row[name] for name in fit))))


def fold_of(label: Mapping[str, Any]) -> int:
    """Return the fold of an article: that of its cluster, or of the cluster whose topic it shares."""
    topic = label["cluster"] or label.get("near") or label["id"]
    return int(hashlib.sha256(topic.encode()).hexdigest(), 16) % FOLDS


def told_apart(path: Path | None, labelled: set[str]) -> list[dict[str, float]]:
    """Return the features of pairs of template stories about different companies."""
    if path is None:
        return []
    tellings = tellings_of([one for one in islice(read_articles([path]), 1000) if one.id not in labelled])
    tickers = [set(TICKER.findall(one.title)) for one in tellings]
    rows = [
        row for (m, n), row in features_of_pairs(tellings) if tickers[m] and tickers[n] and not tickers[m] & tickers[n]
    ]
    return random.Random(0).sample(rows, min(MOST_APART, len(rows)))


def features_of_pairs(tellings: Sequence[Telling]) -> Iterator[tuple[tuple[int, int], dict[str, float]]]:
    """Return the pairs that may tell one event, each with how alike the two are."""
    rare = rarity(tellings)
    pairs = list(candidates(tellings, vectors_of(tellings, rare)))
    return zip(pairs, compared(tellings, pairs, rare), strict=True)


def b_cubed(groups: Sequence[Sequence[int]], gold: Sequence[str]) -> tuple[float, float, float]:
    """Return precision, recall and F1, each article weighing the same."""
    of = {n: set(group) for group in groups for n in group}
    same: dict[str, set[int]] = defaultdict(set)
    for n, name in enumerate(gold):
        same[name].add(n)
    shared = [len(of[n] & same[name]) for n, name in enumerate(gold)]
    precision = float(np.mean([s / len(of[n]) for n, s in enumerate(shared)]))
    recall = float(np.mean([s / len(same[gold[n]]) for n, s in enumerate(shared)]))
    return precision, recall, 2 * precision * recall / (precision + recall)


def moment(text: str) -> dt.datetime:
    """Read a label's instant; one without a zone is in UTC."""
    value = dt.datetime.fromisoformat(text)
    return value if value.tzinfo else value.replace(tzinfo=dt.UTC)


def dated_right(found: NewsEvent, event: Mapping[str, Any]) -> bool:
    """Return whether the time of an event agrees with one of its labels."""
    if found.occurred is None:
        return False
    readings = [[event["event_start_utc"], event["event_end_utc"], event["precision"]], *event.get("alt", [])]
    when = found.occurred.start
    return any(
        abs(when - moment(a)) <= MINUTE if precision == "minute" or a == b else moment(a) <= when < moment(b)
        for a, b, precision in readings
    )


def public_right(found: NewsEvent, event: Mapping[str, Any]) -> bool:
    """Return whether the publication agrees with a label, to the minute or, where that is a day, to the day."""
    for label in (event["earliest_published"], event["earliest_published_not_before_event"]):
        if len(found.public_text) <= 10 or len(label) <= 10:
            if found.public_text == label:
                return True
        elif abs(moment(found.public_text) - moment(label)) <= MINUTE:
            return True
    return False


def matched(tellings: Sequence[Telling], groups: Sequence[Sequence[int]], event: Mapping[str, Any]) -> NewsEvent:
    """Return the found event that has most of the articles of a labelled one."""
    ids = {member["id"] for member in event["members"]}
    best = max(groups, key=lambda group: sum(tellings[n].id in ids for n in group))
    return news_event([tellings[n] for n in best])


def report(
    name: str, tellings: Sequence[Telling], groups: list[list[int]], gold: list[str], events: list[dict[str, Any]]
) -> None:
    """Print the figures of one list of events."""
    precision, recall, f1 = b_cubed(groups, gold)
    found = [(matched(tellings, groups, event), event) for event in events]
    dated = [dated_right(one, event) for one, event in found]
    stated = [public_right(one, event) for one, event in found if len(event["earliest_published"]) > 10]
    public = [public_right(one, event) for one, event in found]
    brier = np.mean([(one.confidence - right) ** 2 for (one, _), right in zip(found, dated, strict=True)])
    base = np.mean(dated) * (1 - np.mean(dated))
    print(
        f"{name}: B-cubed precision {precision:.1%}, recall {recall:.1%}, F1 {f1:.1%}; of {len(events)} events "
        f"dated right {np.mean(dated):.1%}, public right {np.mean(public):.1%} ({np.mean(stated):.1%} of {len(stated)} "
        f"stated to the minute); Brier score {brier:.3f}, of the base rate {base:.3f}"
    )


def score(options: argparse.Namespace) -> None:
    """Measure against labels, and fit."""
    labels = {row["id"]: row for row in lines(options.clusters)}
    articles = [one for one in read_articles([options.articles]) if one.id in labels]
    tellings, events = tellings_of(articles), lines(options.events)
    gold = [labels[one.id]["cluster"] or f"alone {one.id}" for one in tellings]
    features = dict(features_of_pairs(tellings))
    in_use = {pair: logistic("same", row) for pair, row in features.items()}
    report("weights in use", tellings, joined(len(tellings), in_use), gold, events)

    apart = told_apart(options.apart, set(labels))
    folds = [fold_of(labels[one.id]) for one in tellings]
    same = {(m, n): gold[m] == gold[n] for m, n in features}
    held: dict[tuple[int, int], float] = {}
    for fold in range(FOLDS):
        inner = [pair for pair in features if all(folds[n] != fold for n in pair)]
        fit = fitted(
            [*(features[p] for p in inner), *apart], [*(same[p] for p in inner), *[False] * len(apart)], NAMES, PENALTY
        )
        held |= {p: chance(fit, features[p]) for p in features if any(folds[n] == fold for n in p)}
    for least in (0.3, 0.35, 0.4, 0.45, 0.5):
        report(f"out of fold, least {least}", tellings, joined(len(tellings), held, least=least), gold, events)
    if options.fit:
        rows, right = [*features.values(), *apart], [*same.values(), *[False] * len(apart)]
        print("same", {name: round(value, 2) for name, value in fitted(rows, right, NAMES, PENALTY).items()})
        print("time", time_weights(tellings, joined(len(tellings), held), events))


def time_weights(
    tellings: Sequence[Telling], groups: list[list[int]], events: list[dict[str, Any]]
) -> dict[str, float]:
    """Fit the probability that the time of an event is right."""
    rows, right = [], []
    for event in events:
        found = matched(tellings, groups, event)
        if (reading := best_reading(found.members)) is not None:
            rows.append(confidence_features(reading, found.members))
            right.append(dated_right(found, event))
    return {name: round(value, 2) for name, value in fitted(rows, right, TIME_NAMES, TIME_PENALTY).items()}


def made_up(count: int) -> Iterator[Article]:
    """Yield articles of events with two to six articles each, four hundred events a day, in the words of templates."""
    draw = random.Random(0)
    filler = "The company gave no further details. Analysts had expected the step. Its shares were little changed. " * 8
    start, n, number = dt.datetime(2021, 3, 1, tzinfo=dt.UTC), 0, 0
    while n < count:
        firm, town = ("".join(draw.choices(SYLLABLES, k=4)).capitalize() for _ in range(2))
        verb, thing = draw.choice(VERBS), draw.choice(THINGS)
        at = start + dt.timedelta(minutes=3.6 * number)
        number += 1
        for _ in range(min(draw.randint(2, 6), count - n)):
            published = at + dt.timedelta(minutes=draw.randint(1, 600))
            yield Article.of(
                f"{firm} said on {at:%A} that it {verb} its {thing} in {town} at {at:%H:%M} GMT. {filler}",
                published=published.isoformat(),
                id=f"made-{n}",
                title=draw.choice((f"{firm} {verb} {town} {thing}", f"{town} {thing}: {firm} {verb}")),
                source=draw.choice(("One", "Two", "Three")),
            )
            n += 1


def clock(options: argparse.Namespace) -> None:
    """Time the gathering of a tenth of the articles and of all."""
    source = made_up(options.count) if options.articles is None else read_articles([options.articles])
    articles = list(islice(source, options.count))
    took = []
    for part in (articles[: len(articles) // 10], articles):
        wall, processor = time.perf_counter(), processor_seconds()
        found = events_from(part, workers=options.workers)
        took.append(processor_seconds() - processor)
        print(
            f"{len(part)} articles: {len(found)} events, {time.perf_counter() - wall:.1f} s, "
            f"{took[-1]:.1f} s of processor time"
        )
    own, children = (
        resource.getrusage(who).ru_maxrss / 1000 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(f"cost x{took[1] / took[0]:.1f}; at most {own:.0f} MB here and {children:.0f} MB in each further process")


def processor_seconds() -> float:
    """Return the processor time of this process and those that have ended."""
    return sum(
        u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def main() -> None:
    """Read the options."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    labelled = commands.add_parser("score")
    for name in ("articles", "clusters", "events"):
        labelled.add_argument(f"--{name}", type=Path, required=True)
    labelled.add_argument("--apart", type=Path)
    labelled.add_argument("--fit", action="store_true")
    labelled.set_defaults(command=score)
    timed = commands.add_parser("time")
    timed.add_argument("--articles", type=Path)
    timed.add_argument("--count", type=int, default=10_000)
    timed.add_argument("--workers", type=int, default=2)
    timed.set_defaults(command=clock)
    options = parser.parse_args()
    options.command(options)


if __name__ == "__main__":
    main()
