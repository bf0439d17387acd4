"""Score the dating of news passages against labels, beside general-purpose time parsers.

Usage: ``python benchmarks/dating.py --gold FILE|FOLDER [--by kind|style|set|precision] [--misses] [--peers]``. A folder
stands for its ``*.jsonl`` files that hold such labels. Each line has ``id, style, published, text, gold: [{phrase,
start_utc, end_utc, precision}], main_event_utc, main_event_end_utc, main_event_precision``, and optionally ``source``,
``kind``, ``group`` and ``alt`` (other acceptable answers: [start, end, precision] each). The project's own labelled
passages are in ``tests/news/data``.

A phrase or main event labelled to the minute is right within one minute. Any other is right where the start of the
answer lies inside the labelled interval. A passage without a main event is right where no event is given, or one with
a warning. Peers (``pip install dateparser parsedatetime recognizers-text-suite``) get each labelled phrase, the
publication time as the base, and UTC as the zone. They do not choose an event, so only phrases are compared. A peer
that is not installed is reported as absent.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from eventstudy.events import Mention, When
from eventstudy.news.dating.dating import Dating, date_article
from eventstudy.news.dating.roles import MentionRole
from eventstudy.news.reading.article import Article

Answer = dt.datetime | None
Peer = Callable[[str, dt.datetime], Answer]
WORDS = 400


def instant(text: str | None) -> dt.datetime | None:
    """Parse an ISO 8601 instant; None for an empty label."""
    return dt.datetime.fromisoformat(text) if text else None


def is_right(answer: Answer, start: dt.datetime, end: dt.datetime, precision: str) -> bool:
    """Return whether an answer agrees with a label at the label's precision."""
    if answer is None:
        return False
    return abs(answer - start) <= dt.timedelta(minutes=1) if precision == "minute" else start <= answer < end


def mention_of(dating: Dating, text: str, phrase: str) -> Mention | None:
    """Return the expression that shares most characters with a labelled phrase."""
    first = text.index(phrase)
    last = first + len(phrase)
    shared = [(min(last, m.span[1]) - max(first, m.span[0]), m) for m in dating.mentions]
    size, best = max(shared, key=lambda pair: pair[0], default=(0, None))
    return best if size > 0 else None


def start_of(when: When | None) -> Answer:
    return when.start if when else None


def article_of(passage: dict[str, Any]) -> Article:
    """Make the article of a labelled passage."""
    source = passage.get("source", "")
    url = source if source.startswith("http") else ""
    return Article.of(passage["text"], published=passage["published"] or "", id=passage["id"], url=url)


def accepted(passage: dict[str, Any]) -> list[tuple[dt.datetime, dt.datetime, str]]:
    """Return the labelled main event and its alternatives; empty where the passage has no dated event."""
    label = (passage["main_event_utc"], passage["main_event_end_utc"], passage["main_event_precision"])
    found = []
    for start, end, precision in [label, *(passage.get("alt") or [])]:
        first, last = instant(start), instant(end)
        if first is not None and last is not None:
            found.append((first, last, precision))
    return found if label[0] else []


def is_main_right(passage: dict[str, Any], answer: Answer) -> bool:
    """Return whether an answer agrees with any accepted main event."""
    return any(is_right(answer, *label) for label in accepted(passage))


def is_late(dating: Dating, article: Article) -> bool:
    """Return whether the main event breaks the ceiling: told as past but after publication, or public before it was."""
    main = next((s for m, s in zip(dating.mentions, dating.scored, strict=True) if m.is_event), None)
    if main is None or article.stamp is None:
        return False
    event, ceiling = dating.events[0], article.stamp.when.end
    plan = main.resolved.cues.future or main.resolved.cues.role is MentionRole.FORECAST
    backwards = event.public and event.occurred and event.public.end < event.occurred.start
    return bool(backwards) or (not plan and event.when.end > ceiling)


def keys_of(passage: dict[str, Any], by: str) -> tuple[str, ...]:
    """Return the groups that a passage counts in."""
    return (str(passage.get({"precision": "main_event_precision"}.get(by, by)) or "-"), "all")


def score(
    passages: Iterable[dict[str, Any]], by: str = "style", misses: bool = False
) -> dict[str, dict[str, list[int]]]:
    """Return for each group [right, of] for phrases, main events, silent errors and flagged contradictions."""
    tally: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))

    def count(what: str, hit: bool, *keys: str) -> None:
        for key in keys:
            tally[key][what][0] += hit
            tally[key][what][1] += 1

    for passage in passages:
        keys, dating = keys_of(passage, by), date_article(article_of(passage))
        for label in passage["gold"]:
            mention = mention_of(dating, passage["text"], label["phrase"])
            start, end = instant(label["start_utc"]), instant(label["end_utc"])
            assert start is not None and end is not None
            right = is_right(start_of(mention.when if mention else None), start, end, label["precision"])
            count("phrases", right, *keys, f"to the {label['precision']}")
        event = dating.events[0] if dating.events else None
        doubts = bool(event and event.warnings) or bool(dating.warnings)
        count("late", is_late(dating, article_of(passage)), *keys)
        if not accepted(passage):
            count("no event", event is None or doubts, *keys)
        else:
            right = is_main_right(passage, start_of(event.when if event else None))
            count("main", right, *keys)
            count("silent", event is not None and not right and not doubts, *keys)
            if misses and not right:
                print_miss(passage, dating)
        if passage["style"] == "contradictory_pair":
            count("flagged", any(m.warnings for m in dating.mentions) or doubts, *keys)
    return tally


def print_miss(passage: dict[str, Any], dating: Dating) -> None:
    """Print a passage whose main event is wrong, with the label and the explanation."""
    wanted = " or ".join(f"{start:%Y-%m-%d %H:%M} to {end:%d %H:%M}" for start, end, _ in accepted(passage))
    print(f"== {passage['id']} [{passage.get('kind')}, {passage['style']}] published {passage['published']}")
    print(f"wanted {wanted}; given {dating.events[0].when if dating.events else 'none'}; {passage.get('notes') or ''}")
    print(passage["text"], dating.explain(), *dating.warnings, sep="\n", end="\n\n")


def read_passages(path: Path) -> list[dict[str, Any]]:
    """Read the labelled passages of a file, or of the files of a folder; each gets its file's stem as its set."""
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    rows = [
        {**json.loads(line), "set": file.stem}
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    return [row for row in rows if "main_event_utc" in row]


def speed(passages: list[dict[str, Any]], seconds: float = 5.0) -> float:
    """Return articles per second of processor time, on texts of 400 words made from the passages."""
    texts, words = [], []
    for passage in passages * (1 + 40 * WORDS // max(1, sum(len(p["text"].split()) for p in passages))):
        words += passage["text"].split()
        if len(words) >= WORDS:
            texts.append(" ".join(words[:WORDS]))
            words = words[WORDS:]
    date_article(Article.of(texts[0], published="2020-01-08"))
    began, done = time.process_time(), 0
    while time.process_time() - began < seconds:
        date_article(Article.of(texts[done % len(texts)], published="2020-01-08"))
        done += 1
    return done / (time.process_time() - began)


def load_peers() -> dict[str, Peer | None]:
    return {"dateparser": _dateparser(), "parsedatetime": _parsedatetime(), "recognizers-text": _recognizers()}


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _aware(value: Answer) -> Answer:
    return value.replace(tzinfo=dt.UTC) if value is not None and value.tzinfo is None else value


def _dateparser() -> Peer | None:
    search = _module("dateparser.search")
    if search is None:
        return None

    def parse(phrase: str, base: dt.datetime) -> Answer:
        settings = {"RELATIVE_BASE": base.replace(tzinfo=None), "TIMEZONE": "UTC", "PREFER_DATES_FROM": "past"}
        found = search.search_dates(phrase, languages=["en"], settings=settings)
        return _aware(found[0][1]) if found else None

    return parse


def _parsedatetime() -> Peer | None:
    module = _module("parsedatetime")
    if module is None:
        return None
    calendar = module.Calendar()

    def parse(phrase: str, base: dt.datetime) -> Answer:
        value, status = calendar.parseDT(phrase, sourceTime=base.replace(tzinfo=None))
        return _aware(value) if status else None

    return parse


def _recognizers() -> Peer | None:
    module = _module("recognizers_date_time")
    if module is None:
        return None

    def parse(phrase: str, base: dt.datetime) -> Answer:
        found = module.recognize_datetime(phrase, "en-us", reference=base.replace(tzinfo=None))
        for value in (v for f in found for v in (f.resolution or {}).get("values", [])):
            text = value.get("value") or value.get("start")
            try:
                moment = dt.datetime.fromisoformat(text)
            except (TypeError, ValueError):
                try:
                    moment = dt.datetime.combine(base.date(), dt.time.fromisoformat(text))
                except (TypeError, ValueError):
                    continue
            return _aware(moment)
        return None

    return parse


def score_peer(peer: Peer, passages: Iterable[dict[str, Any]]) -> tuple[int, int, float]:
    """Return phrases right, phrases in all, and the processor time in seconds of a peer."""
    right = total = 0
    began = time.process_time()
    for passage in passages:
        base = instant(passage["published"]) or dt.datetime(2020, 1, 8, tzinfo=dt.UTC)
        base = base.astimezone(dt.UTC) if base.tzinfo else base.replace(tzinfo=dt.UTC)
        for label in passage["gold"]:
            start, end = instant(label["start_utc"]), instant(label["end_utc"])
            assert start is not None and end is not None
            try:
                answer = peer(label["phrase"], base)
            except Exception:  # a peer's exception on a phrase counts as no answer
                answer = None
            right += is_right(answer, start, end, label["precision"])
            total += 1
    return right, total, time.process_time() - began


def share(pair: list[int] | tuple[int, int]) -> str:
    return f"{pair[0]:3d}/{pair[1]:<3d} {100 * pair[0] / pair[1]:5.1f}%" if pair[1] else "      -      "


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--gold", type=Path, required=True, help="labelled passages: a JSON Lines file or a folder")
    parser.add_argument(
        "--by", default="style", choices=["kind", "style", "set", "precision"], help="what the rows are"
    )
    parser.add_argument("--misses", action="store_true", help="print every passage whose main event is not right")
    parser.add_argument("--quick", action="store_true", help="leave out the speed")
    parser.add_argument("--peers", action="store_true", help="score the general-purpose parsers too")
    options = parser.parse_args()
    passages = read_passages(options.gold)
    tally = score(passages, options.by, options.misses)
    columns = ("main", "phrases", "silent", "no event", "flagged", "late")
    print(f"{options.by:<22}" + "".join(f"{c:>15}" for c in columns))
    for style in sorted(tally, key=lambda s: (s == "all", s.startswith("to the "), s)):
        print(f"{style:<22.22}" + "".join(f"{share(tally[style][c]):>15}" for c in columns))
    print(
        "silent: main event wrong without a warning; no event: passages without one, where none or one with a warning"
        " is given; flagged: contradictory clocks with a warning; late: told as past, but after publication"
    )
    if not options.quick:
        print(f"articles a second on one core, {WORDS} words each: {speed(passages):.0f}")
    if options.peers:
        print("\npeers, phrases only (right when the phrase alone, the publication time and UTC are given)")
        for name, peer in load_peers().items():
            if peer is None:
                print(f"{name:<22}absent: not installed")
                continue
            right, total, seconds = score_peer(peer, passages)
            print(f"{name:<22}{share((right, total))}   {total / seconds:8.0f} phrases a second")


if __name__ == "__main__":
    main()
