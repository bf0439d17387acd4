"""The markets that are asked about, or a caller's own function, steer the choice between the events of an article."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eventstudy import Article, date_article, date_event
from eventstudy.errors import DatingError, UnknownNameError, UsageError
from eventstudy.news.dating.picking import Candidate
from eventstudy.news.dating.steering import interest_of
from eventstudy.study.config import read_study
from eventstudy.study.run import read_event

PUBLISHED = "2024-03-06T18:00:00Z"
# the text: a market, and the start of the event that belongs to it; "" for the choice without a market
STORIES = {
    "a quake and a rate decision in Turkey": (
        "The lira fell. An earthquake struck Van, Turkey, at 6:10 a.m. on Wednesday and killed nine. "
        "In Ankara the central bank raised its policy rate at 2 p.m. on Wednesday.",
        {"": "2024-03-06 03:10", "TRY=X": "2024-03-06 11:00", "HG=F": "2024-03-06 03:10"},
    ),
    "elections in two countries": (
        "A court in Lima annulled an election at 9 a.m. on Tuesday. A bomb exploded in Tokyo at 9 a.m. on Wednesday.",
        {"": "2024-03-06 00:00", "PEN=X": "2024-03-05 14:00", "^N225": "2024-03-06 00:00"},
    ),
    "a mine and a bourse": (
        "Trading in Madrid was halted by a blackout at 10:05 a.m. on Tuesday. "
        "A fire stopped the largest copper mine in Chile at 4 a.m. on Tuesday, its owner said.",
        {"": "2024-03-05 09:05", "HG=F": "2024-03-05 07:00", "^IBEX": "2024-03-05 09:05"},
    ),
}


@pytest.mark.parametrize(("story", "market"), [(story, m) for story in STORIES for m in STORIES[story][1]])
def test_the_event_of_the_market_comes_first(story: str, market: str) -> None:
    text, starts = STORIES[story]
    event = date_event(Article.of(text, published=PUBLISHED), markets=market or ())
    assert f"{event.when.start:%Y-%m-%d %H:%M}" == starts[market]


def test_the_reasons_are_shown_and_the_probability_does_not_grow_with_them() -> None:
    article = Article.of("In Oslo the bank cut its rate at 10 a.m. on Tuesday.", published=PUBLISHED)
    steered, plain = date_article(article, markets=["NOK=X"]), date_article(article)
    assert (
        "in the country of the market +1.0" in steered.explain() and "about the market: rate +2.5" in steered.explain()
    )
    assert steered.confidence == plain.confidence and steered.events == plain.events


def test_no_market_makes_an_event_of_a_page_stamp() -> None:
    article = Article.of("Published: 5 March 2024\n\nThe central bank of Norway may cut its rate.", published=PUBLISHED)
    assert date_article(article, markets=["NOK=X"]).events == date_article(article).events


def test_commodities_have_no_country_and_pairs_have_that_of_each_currency() -> None:
    assert not interest_of(["CL=F", "BTC-USD"]).countries
    assert interest_of(["EURJPY=X", "HSBA.L", "AAPL"]).countries == {"EU", "JP", "GB", "US"}


def test_an_unknown_market_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="unknown market 'no such'"):
        date_article(Article.of("It burned at 0900 GMT.", published=PUBLISHED), markets=["no such"])


ARTICLE = Article.of(STORIES["a quake and a rate decision in Turkey"][0], published=PUBLISHED)


def test_a_chooser_sees_the_candidates_and_picks_one() -> None:
    seen: list[Candidate] = []

    def chooser(candidates):  # type: ignore[no-untyped-def]
        seen.extend(candidates)
        return 1

    dating, plain = date_article(ARTICLE, chooser=chooser), date_article(ARTICLE)
    assert [one.reading for one in seen] == [event.when for event in plain.events]
    assert dating.events[0].when == plain.events[1].when and dating.decided
    assert seen[1].sentence == dating.events[0].evidence and seen[1].phrase in ARTICLE.text
    assert seen[0].features["total"] > seen[1].features["total"] and seen[1].features["own day"] == 1


def test_a_chooser_may_leave_the_choice() -> None:
    assert date_article(ARTICLE, chooser=lambda candidates: None) == date_article(ARTICLE)


def test_a_chooser_is_not_called_without_candidates() -> None:
    def chooser(candidates):  # type: ignore[no-untyped-def]
        raise AssertionError

    assert not date_article(Article.of("Nothing happened."), chooser=chooser).events


@pytest.mark.parametrize("answer", [2, -1, True, "0", 0.0])
def test_a_chooser_that_returns_no_index_is_refused(answer: object) -> None:
    with pytest.raises(UsageError, match="return an index from 0 to 1, or None"):
        date_article(ARTICLE, chooser=lambda candidates: answer)  # type: ignore[arg-type, return-value]


def test_a_number_and_a_chooser_do_not_go_together() -> None:
    with pytest.raises(UsageError, match="give one of them"):
        date_article(ARTICLE, number=1, chooser=lambda candidates: 0)


def test_a_number_counts_in_the_ranking_for_the_markets() -> None:
    first = date_event(ARTICLE, markets=["TRY=X"], number=1)
    assert first.when == date_event(ARTICLE, number=2).when
    with pytest.raises(DatingError, match="there is no event 3"):
        date_event(ARTICLE, markets=["TRY=X"], number=3)


def test_the_markets_of_a_study_steer_its_event(tmp_path: Path) -> None:
    (tmp_path / "lira.md").write_text(f"---\npublished: {PUBLISHED}\n---\n{ARTICLE.text}")
    (tmp_path / "study.toml").write_text('article = "lira.md"\nprices = "prices"\nmarkets = ["TRY=X"]\n')
    _, event = read_event(read_study(tmp_path / "study.toml"))
    assert event.when == date_article(ARTICLE).events[1].when


def test_the_command_takes_markets(tmp_path: Path, main) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "lira.txt"
    file.write_text(ARTICLE.text)
    code, out, _ = main("date", file, "--published", PUBLISHED, "--market", "TRY=X", "--market", "HG=F", "--json")
    assert code == 0 and json.loads(out)["event"]["start_utc"] == "2024-03-06T11:00:00Z"
