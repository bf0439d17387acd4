"""Score the extraction of statements about markets against labels, and their verdicts against prices.

Usage: ``python benchmarks/claims.py --gold FILE... [--misses] [--prices FILE|FOLDER] [--made FILE|FOLDER]``. A line has
``id, published, text, claims: [{instrument, direction, pct, abs, level, kind, inverse}]``.

A claim is right where instrument, direction and size are: of the sizes labelled (``pct``, ``abs``, ``level``) each must
be given and equal. Labels state the direction of the words; where ``inverse`` is set the symbol's is the other. Each
label counts once.

With prices, the verdicts of the closes and settlements that were read right are counted, and those of false copies of
them: one with the sign turned, one with the size doubled. ``--made`` adds true statements made
from prices of another source, one for every third session of each market, rounded and hedged in turn.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from eventstudy.claims import Claim, ClaimKind, Size
from eventstudy.markets.prices.bars import BarSet
from eventstudy.markets.sources.files import read_bars
from eventstudy.news.claims.extraction import read_claims
from eventstudy.news.reading.article import Article
from eventstudy.study.verdicts.check import check_claims
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


NAMES = {
    "CL=F": "U.S. crude", "BZ=F": "Brent crude", "GC=F": "Comex gold", "^N225": "The Nikkei", "^HSI": "The Hang Seng",
    "^KS11": "South Korea's Kospi", "000001.SS": "The Shanghai Composite", "^AXJO": "Australia's ASX 200",
    "^TWII": "Taiwan's TAIEX", "^STI": "The Straits Times Index", "^BSESN": "India's Sensex", "^GSPC": "The S&P 500",
}  # fmt: skip
FORMS = (
    "{name} closed {way} {pct:.2f} percent at {close:,.2f}.",
    "{name} ended {way} {pct:.1f}% on {day:%A}.",
    "{name} {moved} {points:,.2f} {unit}, or {pct:.1f}%, to settle at {price}{close:,.2f}{per}.",
    "{name} finished more than {floor:.1f}% {comparative}.",
)
# A move printed with one digit after the point says nothing where it is smaller.
LEAST = 0.2


def made(prices: Path) -> Iterator[dict[str, Any]]:
    """Yield true statements about closes: each form in turn, published at 23:00 UTC of the session."""
    for symbol, one in read_bars(prices, adjusted=False).items():
        closes = one.frame["close"]
        for at in range(1, len(closes), 3):
            day, close, before = one.index[at], closes.iloc[at], closes.iloc[at - 1]
            pct = 100 * (close / before - 1)
            if symbol not in NAMES or abs(pct) < LEAST or one.rolled_rows().iloc[at]:
                continue
            text = FORMS[at // 3 % len(FORMS)].format(**_words(symbol, day, close, close - before, pct))
            yield {"id": f"{symbol}-{day:%Y-%m-%d}", "published": f"{day:%Y-%m-%d}T23:00:00Z", "text": text}


def _words(symbol: str, day: pd.Timestamp, close: float, points: float, pct: float) -> dict[str, Any]:
    up, money = pct > 0, "=" in symbol
    return {
        "name": NAMES[symbol], "way": "up" if up else "down", "moved": "rose" if up else "fell", "pct": abs(pct),
        "comparative": "higher" if up else "lower", "close": close, "day": day, "floor": int(abs(pct) * 10) / 10,
        "points": abs(points) * (100 if money else 1), "unit": "cents" if money else "points",
        "price": "$" if money else "", "per": " a barrel" if money else "",
    }  # fmt: skip


def false_copies(claim: Claim) -> dict[str, Claim]:
    """Return a statement with its sign turned, and with its size doubled."""
    turned = {"up": "down", "down": "up"}.get(claim.direction or "")
    if turned is None or not (claim.pct or claim.amount):
        return {}
    return {
        "turned": replace(claim, direction=turned),
        "doubled": replace(claim, pct=_doubled(claim.pct), amount=_doubled(claim.amount)),
    }


def _doubled(size: Size | None) -> Size | None:
    return None if size is None else replace(size, value=2 * size.value)


def verdicts(rows: Iterable[Mapping[str, Any]], bars: BarSet, *, misses: bool) -> dict[str, Any]:
    """Count the verdicts of closes that were read right (all that were read, where there are no labels)."""
    count: Counter[str] = Counter()
    for row in rows:
        article = Article.of(row["text"], published=row.get("published") or "", id=row["id"])
        for claim in closes_read_right(row, list(read_claims(article))):
            found = check_claims([claim], bars)[0]
            if not found.data:
                continue
            count["checked"] += 1
            count[found.verdict] += 1
            if misses and found.verdict != "confirmed":
                print(row["id"], found.verdict, claim.text, found.data, found.reason, sep=" | ")
            for name, copy in false_copies(claim).items():
                wrong = check_claims([copy], bars)[0]
                count[f"{name} {wrong.verdict}"] += 1
                if misses and wrong.verdict != "contradicted":
                    print(row["id"], name, wrong.verdict, claim.text, wrong.data, wrong.reason, sep=" | ")
    return dict(sorted(count.items()))


def closes_read_right(row: Mapping[str, Any], found: list[Claim]) -> list[Claim]:
    """Return the statements about closes that fit a label of a close."""
    closes = [claim for claim in found if claim.kind is ClaimKind.CLOSE]
    if "claims" not in row:
        return closes
    labels = [label for label in row["claims"] if has_size(label) and label["kind"] == "close"]
    return [claim for claim in closes if any(is_right(label, claim_record(claim)) for label in labels)]


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
    parser.add_argument("--prices", type=Path)
    parser.add_argument("--made", type=Path)
    given = parser.parse_args(arguments)
    bars = read_bars(given.prices, adjusted=False) if given.prices else None
    for path in given.gold:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        print(path.name, {name: round(value, 3) for name, value in score(rows, misses=given.misses).items()})
        if bars is not None:
            print(path.name, "closes", verdicts(rows, bars, misses=given.misses))
    if bars is not None and given.made:
        print("made", verdicts(made(given.made), bars, misses=given.misses))


if __name__ == "__main__":
    main(sys.argv[1:])
