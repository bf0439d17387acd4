"""Score the extraction of statements about markets against labels, and their verdicts against prices.

Usage: ``python benchmarks/claims.py --gold FILE... [--misses] [--prices FOLDER]``. Each line has ``id, published, text,
claims: [{instrument, direction, pct, abs, level, kind, inverse}]``, and where verdicts are labelled ``verdict``.

A claim is right where instrument, direction and size are: of the sizes labelled (``pct``, ``abs``, ``level``) each must
be given and equal. Labels state the direction of the words; where ``inverse`` is set the symbol's is the other. Each
label counts once.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from eventstudy.news.claims.extraction import read_claims
from eventstudy.news.reading.article import Article
from eventstudy.study.verdicts.output import claim_record

SIZES = ("pct", "abs", "level")
FLIPPED = {"up": "down", "down": "up"}


def expected_direction(label: Mapping[str, Any]) -> str | None:
    """Return the direction of the symbol that a label means."""
    direction = label["direction"]
    return FLIPPED.get(direction, direction) if label.get("inverse") else direction


def size_matches(label: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Whether every size labelled is given with its value; a range counts where the label has one."""
    return all(label[key] is None or _equal(label, key, found[key]) for key in SIZES)


def _equal(label: Mapping[str, Any], key: str, value: float | None) -> bool:
    if value is None:
        return False
    if key == "pct" and label.get("pct_range"):
        low, high = label["pct_range"]
        return bool(low <= value <= high)
    return abs(value - label[key]) <= 1e-6 * max(1.0, abs(label[key]))


def is_right(label: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Whether a claim found has the instrument, the direction and the size of a label."""
    same = found["instrument"] == label["instrument"] and found["direction"] == expected_direction(label)
    return same and size_matches(label, found)


def has_size(label: Mapping[str, Any]) -> bool:
    """Whether a label states a size; those without one cannot be scored by size."""
    return any(label[key] is not None for key in SIZES)


def matched(labels: list[Any], found: list[Any]) -> list[tuple[Any, Any]]:
    """Pair each label with one claim that is right; one of the same kind comes first."""
    pairs, free = [], list(found)
    for label in labels:
        fits = [each for each in free if is_right(label, each)]
        fits.sort(key=lambda each: each["kind"] != label["kind"])
        if fits:
            free.remove(fits[0])
            pairs.append((label, fits[0]))
    return pairs


def score(rows: Iterable[Mapping[str, Any]], *, misses: bool) -> dict[str, float]:
    """Return precision, recall, F1 and the share of right kinds over all rows."""
    count: Counter[str] = Counter()
    for row in rows:
        labels = [label for label in row["claims"] if has_size(label)]
        article = Article.of(row["text"], published=row.get("published") or "", id=row["id"])
        found = [claim_record(claim) for claim in read_claims(article)]
        pairs = matched(labels, found)
        count += Counter(
            labels=len(labels), found=len(found), right=len(pairs), kind=sum(a["kind"] == b["kind"] for a, b in pairs)
        )
        if misses:
            show(row, labels, found, pairs)
    precision, recall = count["right"] / max(1, count["found"]), count["right"] / max(1, count["labels"])
    return {
        "labels": count["labels"],
        "found": count["found"],
        "precision": precision,
        "recall": recall,
        "f1": 2 * count["right"] / max(1, count["found"] + count["labels"]),
        "kind": count["kind"] / max(1, count["right"]),
    }


def show(row: Mapping[str, Any], labels: list[Any], found: list[Any], pairs: list[tuple[Any, Any]]) -> None:
    """Print what was missed, what is too much, and the kinds that are wrong."""
    lines = [f"  missed {brief(label)}" for label in labels if not any(label is a for a, _ in pairs)]
    lines += [f"  extra  {brief(each)}" for each in found if not any(each is b for _, b in pairs)]
    lines += [f"  kind   {b['kind']} for {brief(a)}" for a, b in pairs if a["kind"] != b["kind"]]
    if lines:
        print(f"{row['id']}: {row['text']}", *lines, sep="\n")


def brief(claim: Mapping[str, Any]) -> str:
    """Return a claim on one line."""
    keys = ("instrument_text", "instrument", "direction", "pct", "abs", "level", "hedge", "kind")
    return ", ".join(f"{claim[key]}" for key in keys)


def main(arguments: list[str] | None = None) -> None:
    """Print the scores of each file."""
    parser = argparse.ArgumentParser(description="Score the extraction of statements about markets.")
    parser.add_argument("--gold", nargs="+", type=Path, required=True)
    parser.add_argument("--misses", action="store_true")
    given = parser.parse_args(arguments)
    for path in given.gold:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        print(path.name, {name: round(value, 3) for name, value in score(rows, misses=given.misses).items()})


if __name__ == "__main__":
    main(sys.argv[1:])
