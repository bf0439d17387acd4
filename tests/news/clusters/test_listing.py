"""Many articles to one list of events: what is one event and what is not, and what its articles say together."""

import random

import numpy as np
import pytest
from wire import FILLER, article, dividends, ids, refinery

from eventstudy import Article, date_event, events_from
from eventstudy.errors import DatingError
from eventstudy.news.clusters.blocks import Scored, block_scores, grouped
from eventstudy.news.clusters.linkage import joined
from eventstudy.news.clusters.terms import shared_furniture, story_of, term_of, terms_of


@pytest.fixture(scope="module")
def fire():
    (event,) = events_from(refinery())
    return event


def test_one_happening_told_by_several_is_one_event(fire):
    assert [one.id for one in fire.members] == ["fire-1", "fire-2", "fire-4", "fire-3"]  # by publication


def test_its_time_is_the_most_precise_that_the_members_support(fire):
    assert str(fire.occurred) == "2021-03-05 09:15 UTC" and fire.evidence_id == "fire-1"
    assert "at 0915 GMT" in fire.evidence and not fire.contradictions and 0.5 < fire.confidence <= 1


def test_it_is_public_from_the_first_publication_on_to_the_second(fire):
    assert fire.public_text == "2021-03-05T10:02:11Z" and fire.public_source == "Wire One: fire-1"
    assert fire.event.basis == "public" and fire.event.when.start.second == 11


def test_the_spread_holds_every_reading(fire):
    readings = [one.event.when for one in fire.members if one.event]
    assert fire.spread == (min(when.start for when in readings), max(when.end for when in readings))


def test_template_stories_of_different_companies_stay_apart():
    assert ids(events_from(dividends())) == {frozenset({one.id}) for one in dividends()}


def test_the_same_template_a_week_later_is_another_event():
    def claims(name, day, number):
        text = f"Jobless claims in Norland fell to {number},000 last week, the labour ministry said on Thursday."
        return article(name, "Norland weekly jobless claims fall", text, f"2021-03-{day}T12:30:00Z")

    assert len(events_from([claims("a", "04", 206), claims("b", "11", 211), claims("c", "18", 208)])) == 3


def test_near_verbatim_repeats_are_one_event():
    first = refinery()[1]
    text = first.text.replace("its owner Norrmark said", "owner Norrmark said in a statement")
    repeat = Article.of(text, id="again", title=first.title, published="2021-03-05T20:00:00Z", source="Daily Three")
    assert ids(events_from([first, repeat])) == {frozenset({"fire-1", "again"})}


def test_two_events_of_one_company_on_two_days_stay_apart():
    sale = article(
        "sale",
        "Norrmark sells its Danish petrol stations to Ostergaard",
        "Norrmark said on Wednesday it sold its 120 petrol stations in Denmark to Ostergaard for 90 million euros.",
        "2021-03-03T08:00:00Z",
    )
    assert ids(events_from([*refinery(), sale])) == {frozenset(one.id for one in refinery()), frozenset({"sale"})}


def test_furniture_shared_by_the_pages_of_a_publisher_joins_nothing():
    menu = "\n\n".join(
        [
            "Follow us for breaking stories on refineries, fires, dividends and elections around the whole wide world.",
            "Menu",
        ]
        + [
            f"Readers liked our long report number {n} about markets, crude oil, shipping and the harvest."
            for n in range(8)
        ]
    )
    pages = [
        ("Fire halts Lindholm refinery", "A fire stopped the Lindholm refinery at 0915 GMT on Friday, its owner said."),
        ("Voters re-elect mayor of Quillon", "Voters in Quillon re-elected their mayor on Friday, the town said."),
        ("Strike closes Tarvo airport", "A strike closed Tarvo airport on Friday morning, its operator said."),
    ]
    articles = [
        Article.of(
            f"{menu}\n\n{text}\n\n{menu}", id=title, title=title, published=f"2021-03-05T1{n}:00:00Z", source="Page"
        )
        for n, (title, text) in enumerate(pages)
    ]
    furniture = shared_furniture(articles)["Page"]
    assert [story_of(one, furniture) for one in articles] == [text for _, text in pages]
    assert len(events_from(articles)) == 3


def test_what_articles_of_one_story_share_is_not_furniture():
    assert shared_furniture(refinery()[1:3]) == {}


def test_the_order_of_the_articles_does_not_matter():
    articles = [*refinery(), *dividends()]
    shuffled = random.Random(3).sample(articles, len(articles))
    assert events_from(articles) == events_from(shuffled)


def test_an_article_that_is_read_twice_counts_once(fire):
    assert events_from([*refinery(), *refinery()]) == (fire,)


def test_articles_added_later_join_events_whose_ids_stay(fire):
    articles = refinery()
    begun = events_from([articles[0], articles[2], *dividends()[:3]])
    grown = events_from([articles[1], articles[3], *dividends()[3:]], known=begun)
    assert ids(grown) == ids(events_from([*articles, *dividends()]))
    assert {event.id for event in begun} <= {event.id for event in grown}
    joined = next(event for event in grown if len(event.members) == 4)
    assert joined.id in {event.id for event in begun} and joined.id != fire.id  # it was founded by another article
    assert (joined.occurred, joined.public_text, joined.members) == (fire.occurred, fire.public_text, fire.members)


def test_known_events_are_never_joined_to_each_other():
    parts = [events_from([one])[0] for one in refinery()[:2]]
    grown = events_from(refinery()[2:], known=parts)
    assert {event.id for event in parts} <= {event.id for event in grown}
    assert sum(len(event.members) for event in grown) == 4


def test_adding_what_is_there_already_changes_nothing():
    begun = events_from([*refinery(), *dividends()])
    assert events_from(refinery(), known=begun) == begun


def test_several_processes_give_the_same_list():
    articles = [*refinery(), *dividends()]
    assert events_from(articles, workers=2) == events_from(articles)


def test_a_publication_before_the_event_does_not_report_it():
    """A page keeps the stamp of its first version; the member with the clock time is right."""
    early = article(
        "early",
        "Fire halts Lindholm refinery in Sweden, Norrmark says",
        "A fire stopped the Lindholm refinery near Gothenburg, its owner Norrmark said.",
        "2021-03-05T06:00:00Z",
        "Wire Two",
    )
    (event,) = events_from([*refinery(), early])
    assert event.public_text == "2021-03-05T10:02:11Z"
    assert [
        line for line in event.contradictions if line.startswith("early: its publication time 2021-03-05T06:00:00Z")
    ]


def test_a_quoted_report_can_be_the_first():
    quoting = article(
        "quoting",
        "Norrmark to close Lindholm refinery for good",
        "Norrmark announced at 0702 GMT on Friday that it would close its Lindholm refinery near Gothenburg.",
        "2021-03-05T08:10:00Z",
    )
    (event,) = events_from([quoting])
    assert event.public_text == "2021-03-05T07:02:00Z" and event.public_source == "report quoted by Wire One: quoting"


def test_a_minute_by_rule_is_no_quoted_report():
    told = article(
        "claims",
        "US jobless claims edge lower",
        "The number of Americans filing for jobless benefits fell last week, the Labor Department said on Thursday.",
        "2019-07-11T12:41:08Z",
    )
    assert date_event(told).by_rule.startswith("08:30 America/New_York by rule")
    (event,) = events_from([told])
    assert event.public_text == "2019-07-11T12:41:08Z"


def test_a_report_at_midday_has_no_minute():
    told = article(
        "merger",
        "Norrmark aims to speed merger",
        "Norrmark hopes to merge with Lindholm of Gothenburg soon. The plan was announced at midday on Friday.",
        "2021-03-05T15:10:00Z",
    )
    (event,) = events_from([told])
    assert event.public_text == "2021-03-05T15:10:00Z"


def test_a_short_first_item_joins_the_longer_ones_of_the_same_hours():
    first = article(
        "first",
        "Ferry reported sinking off Marstrand",
        "A ship with many on board lists badly.",
        "2021-03-05T09:20:00Z",
    )
    later = article(
        "later",
        "Twenty dead in Lindholm ferry disaster",
        "Rescuers found twenty passengers off Gothenburg. Divers searched the hull, and navy helicopters, tugs and "
        "fishing boats joined. The captain, the harbour master and the coastguard gave statements.",
        "2021-03-05T11:45:00Z",
        "Wire Two",
    )
    (event,) = events_from([first, later])
    assert event.public_text == "2021-03-05T09:20:00Z"


def test_a_correction_overrules_what_it_corrects():
    wrong, right = (
        article(
            name,
            f"{prefix}Fire halts Lindholm refinery in Sweden",
            f"A fire stopped the Lindholm refinery near Gothenburg at {clock} GMT on Friday, its owner Norrmark said.",
            published,
        )
        for name, prefix, clock, published in (
            ("first", "", "0715", "2021-03-05T10:00:00Z"),
            ("corrected", "CORRECTED-", "0915", "2021-03-05T10:40:00Z"),
        )
    )
    (event,) = events_from([wrong, right])
    assert str(event.occurred) == "2021-03-05 09:15 UTC" and event.public_text == "2021-03-05T10:00:00Z"
    assert [line.split(":")[0] for line in event.contradictions] == ["first"]
    uncorrected = Article.of(
        right.text, id="other", title=wrong.title, published="2021-03-05T10:40:00Z", source="Wire One"
    )
    (undecided,) = events_from([wrong, uncorrected])
    assert undecided.confidence < event.confidence


def test_a_day_of_publication_is_written_as_a_day():
    articles = [
        Article.of(one.text, id=one.id, title=one.title, published=day, source=one.source)
        for one, day in zip(refinery()[:2], ("2021-03-06", "2021-03-05"), strict=True)
    ]
    (event,) = events_from(articles)
    assert event.public_text == "2021-03-05"
    assert event.public.start == event.occurred.start  # not public before it happened
    assert event.public.end > event.public.start


def test_an_instant_counts_before_a_day_that_may_be_later():
    one, two = refinery()[:2]
    dated = Article.of(two.text, id="dated", title=two.title, published="2021-03-05", source="Wire Two")
    (event,) = events_from([one, dated])
    assert event.public_text == "2021-03-05T11:30:00Z"


def test_an_article_without_any_time_is_an_event_without_one():
    (event,) = events_from([article("vague", "Lindholm refinery burns", "The Lindholm refinery burned.")])
    assert (event.occurred, event.public, event.confidence) == (None, None, 0.0) and event.id.startswith("undated-")
    with pytest.raises(DatingError, match="no article states a time"):
        event.event  # noqa: B018


def test_the_id_is_made_of_day_title_and_hash(fire):
    day_and_title, _, digits = fire.id.rpartition("-")
    assert day_and_title == "2021-03-05-fire-halts-lindholm-refinery-in" and len(digits) == 6
    assert int(digits, 16) >= 0


def test_nothing_gives_nothing():
    assert events_from([]) == ()


def test_terms_leave_out_endings_times_and_empty_words():
    assert terms_of("The ministers' talks on Friday cost 1,250 in 2021") == ["minister", "talk", "cost", "1250"]
    assert term_of("crisis") == "crisis" and term_of("Moss") == "moss"


def test_the_filler_alone_says_that_nothing_is_shared():
    """The sentences that all articles of this file end with do not join articles about different things."""
    pair = [
        article(name, f"{name} opens", f"{name} opened on Friday.", "2021-03-05T10:00:00Z")
        for name in ("Quillon", "Tarvo")
    ]
    assert FILLER in pair[0].text and len(events_from(pair)) == 2


def test_an_engine_that_dates_and_compares_in_blocks_gives_the_same_events(monkeypatch):
    monkeypatch.setattr("eventstudy.news.clusters.listing._BLOCK", 2)
    monkeypatch.setattr("eventstudy.news.clusters.blocks.BLOCK", 3)
    articles = [*refinery(), *dividends()]
    dated, compared = [], []

    class Engine:
        def map(self, work, tasks):
            if work is block_scores:
                compared.extend(len(task.pairs) for task in tasks)
            else:
                dated.extend(map(len, tasks))
            return map(work, tasks)

    assert events_from(articles, engine=Engine()) == events_from(articles)
    assert max(dated) == 2 and sum(dated) == len(articles)
    assert max(compared) == 3 and len(compared) > 1


def test_groups_joined_part_by_part_are_those_joined_at_once():
    """Against the joining of all pairs at once, with known groups, equal scores and parts of all sizes."""
    draw = random.Random(1)
    for _ in range(150):
        count = draw.randint(2, 40)
        every = [(i, j) for j in range(count) for i in range(j)]
        pairs = draw.sample(every, min(len(every), draw.randint(0, 120)))
        scores = {pair: draw.choice([draw.random(), 0.5, 0.6]) for pair in pairs}
        items = draw.sample(range(count), min(count, draw.randint(0, 8)))
        known = [group for group in (items[:3], items[3:5], items[5:]) if group]
        array = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        found = Scored(pairs=array, scores=np.array([scores[pair] for pair in pairs]))
        assert grouped(count, found, known) == joined(count, scores, known)
