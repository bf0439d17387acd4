"""Labelled passages of our own: how many are read right, and how few wrong in silence."""

from __future__ import annotations

import datetime as dt
import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from eventstudy.news.dating.dating import date_article
from eventstudy.news.reading.article import Article

FILES = sorted(Path(__file__).parents[1].joinpath("data").glob("passages*.jsonl"))
PASSAGES = [json.loads(line) for file in FILES for line in file.read_text(encoding="utf-8").splitlines()]
# Labels that the rules do not meet, each with the reason.
MISSED = {
    "own2-30": "midnight written for noon in UTC: flagged, and the wrong one of the two clocks is taken",
    "own2-29": 'a contradictory pair with "local time": the local half is taken, and flagged',
    "own3-20": "as own2-29",
    "own4-09": "two clock times of one sentence, the beginning and the end of an outage: flagged as close",
    "own-17": "a shooting and the death of which it was the cause: the second is taken, and flagged as close",
    "own2-12": "a death in the afternoon and its announcement to the minute: the second is taken",
    "own4-76": "two happenings of one text, withdrawals paused and accounts frozen: the finer one is taken",
    "own5-37": "a town too small for the tables, in a state of two clocks: the other one is taken, and flagged",
    "own5-48": "the UTC clock is twelve hours out: flagged, and taken all the same",
    "own5-49": "a wrong digit in the UTC clock: flagged, and taken all the same",
    "own7-13": "a quake at sea between Izmir and a Greek island: the island's clock is taken, and flagged",
}


def right(passage: dict[str, Any]) -> tuple[bool, bool]:
    """Say whether the main event is right, and whether there is any doubt about it."""
    dating = date_article(Article.of(passage["text"], published=passage["published"], id=passage["id"]))
    event = dating.events[0] if dating.events else None
    doubt = event is None or bool(event.warnings or dating.warnings)
    if event is None:
        return False, doubt
    start, end = (dt.datetime.fromisoformat(passage[k]) for k in ("main_event_utc", "main_event_end_utc"))
    if passage["main_event_precision"] == "minute":
        return abs(event.when.start - start) <= dt.timedelta(minutes=1), doubt
    return start <= event.when.start < end, doubt


@pytest.mark.parametrize("passage", [p for p in PASSAGES if p["main_event_utc"]], ids=lambda p: p["id"])
def test_the_main_event_is_as_labelled(passage: dict[str, Any]) -> None:
    hit, _ = right(passage)
    if passage["id"] in MISSED:
        assert not hit, "read right now: take it off the list"
    else:
        assert hit, passage["text"]


@pytest.mark.parametrize("passage", [p for p in PASSAGES if p["style"] == "contradictory_pair"], ids=lambda p: p["id"])
def test_contradictory_pairs_are_flagged(passage: dict[str, Any]) -> None:
    dating = date_article(Article.of(passage["text"], published=passage["published"]))
    assert any("contradict" in w or "not in force" in w for m in dating.mentions for w in m.warnings)


def mutated(text: str, chance: random.Random) -> str:
    """Damage a text as scrapers, editors and attackers do."""
    letters = list(text)
    extras = [
        *"0123456789:.-()/,",
        "\u202e",
        "\u200b",
        "\x00",
        "\n\n",
        "(",
        "GMT ",
        "9999",
        "31 Feb ",
        "25:61 ",
        "a.m.",
        "é",
        "日",
    ]
    for _ in range(chance.randrange(1, 25)):
        at = chance.randrange(len(letters))
        choice = chance.randrange(4)
        if choice == 0:
            letters.insert(at, chance.choice(extras))
        elif choice == 1:
            del letters[at : at + chance.randrange(1, 12)]
        elif choice == 2:
            letters[at] = chance.choice(extras)
        else:
            other = chance.randrange(len(letters))
            letters[at], letters[other] = letters[other], letters[at]
        letters = letters or ["x"]
    return "".join(letters)


def test_a_thousand_damaged_articles_raise_nothing_and_are_quick(processor_seconds) -> None:
    chance = random.Random(20200108)
    stamps = ["2020-01-08", "2020-01-08T03:00:00Z", "", "0002-06-01", "9999-12-30T00:00:00Z", "1899-12-31"]
    for n in range(1_000):
        text = mutated(PASSAGES[n % len(PASSAGES)]["text"] * (1 + n % 3), chance)
        with processor_seconds(60):
            dating = date_article(Article.of(text, published=chance.choice(stamps)))
        assert dating.events or dating.warnings
        assert all(text[slice(*m.span)] == m.phrase for m in dating.mentions)


TEDIOUS = {
    "brackets": ("(", 50_000),
    "digits": ("1", 100_000),
    "clocks": ("at 1:30 a.m. ", 2_000),
    "days": ("Monday ", 2_000),
    "places": ("New York ", 5_000),
    "strokes": ("1/", 30_000),
    "initials": ("A. ", 30_000),
}


def calls(text: str) -> int:
    """Count the functions called to date a text: the same on every machine, however busy."""
    counted = 0

    def count(frame: Any, event: str, arg: Any) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        date_article(Article.of(text, published="2020-01-08"))
    finally:
        sys.setprofile(before)
    return counted


@pytest.mark.parametrize(("piece", "times"), TEDIOUS.values(), ids=TEDIOUS)
def test_work_grows_no_faster_than_the_text(piece: str, times: int, processor_seconds) -> None:
    with processor_seconds(60):  # a pattern that backtracks calls nothing and takes for ever
        date_article(Article.of(piece * times, published="2020-01-08"))
    calls(piece)  # whatever is loaded once
    assert calls(piece * (times // 10)) < 2.5 * calls(piece * (times // 20)) + 1_000
