"""One sentence for every rule and trap of reading times in the news."""

from __future__ import annotations

import pytest

from eventstudy.events import Mention
from eventstudy.news.dating.dating import Dating, date_article
from eventstudy.news.grammar.sentences import Sentences
from eventstudy.news.reading.article import Article


def dating_of(text: str, published: str = "2020-01-08T12:00:00Z", **more: str) -> Dating:
    return date_article(Article.of(text, published=published, **more))


def mention(text: str, published: str = "2020-01-08T12:00:00Z", **more: str) -> Mention:
    (found,) = dating_of(text, published, **more).mentions
    return found


def start(found: Mention) -> str:
    assert found.when is not None, found.warnings
    return f"{found.when.start:%Y-%m-%dT%H:%MZ}"


CLOCKS = [
    ("It struck at 23:59:60 GMT on Saturday 31 December 2016.", "2016-12-31T23:59Z"),
    ("It struck at 1:30 a.m. GMT on Monday.", "2020-01-06T01:30Z"),
    ("It struck at 1.30am GMT on Monday.", "2020-01-06T01:30Z"),
    ("It struck at 0130 GMT on Monday.", "2020-01-06T01:30Z"),
    ("It struck at 01:30:59 UTC on Monday.", "2020-01-06T01:30Z"),
    ("It struck at 21:00 GMT on Monday.", "2020-01-06T21:00Z"),
    ("It struck at 1650GMT on Monday.", "2020-01-06T16:50Z"),
    ("It struck at noon GMT on Monday.", "2020-01-06T12:00Z"),
    ("It struck at midnight GMT on Monday.", "2020-01-06T00:00Z"),
    ("It struck at 12:01 a.m. GMT on Monday.", "2020-01-06T00:01Z"),
    ("It struck at 12:01 p.m. GMT on Monday.", "2020-01-06T12:01Z"),
    ("It struck at half past five a.m. GMT on Monday.", "2020-01-06T05:30Z"),
    ("It struck at quarter to six p.m. GMT on Monday.", "2020-01-06T17:45Z"),
    ("It struck at eight a.m. GMT on Monday.", "2020-01-06T08:00Z"),
    ("It struck at 21h30 GMT on Monday.", "2020-01-06T21:30Z"),
    ("It struck at 2130 hours GMT on Monday.", "2020-01-06T21:30Z"),
    ("It struck at 9 on Monday morning in London.", "2020-01-06T09:00Z"),
    ("It struck on 06/01/2020 at 10:00 GMT.", "2020-01-06T10:00Z"),
    ("It struck on Monday at 3 o'clock p.m. in London.", "2020-01-06T15:00Z"),
]


@pytest.mark.parametrize(("text", "expected"), CLOCKS)
def test_clocks_in_every_manner(text: str, expected: str) -> None:
    assert start(mention(text)) == expected


ZONES = [
    ("The rates were cut at 8:30 a.m. ET on Monday.", "2020-01-06T13:30Z", "America/New_York"),
    ("The rates were cut at 8:30 a.m. Eastern time on Monday.", "2020-01-06T13:30Z", "America/New_York"),
    ("The rates were cut at 8:30 a.m. E.S.T. on Monday.", "2020-01-06T13:30Z", "America/New_York"),
    ("The rates were cut at 14:15 CET on Monday.", "2020-01-06T13:15Z", "Europe/Paris"),
    ("The rates were cut at 9 a.m. JST on Monday.", "2020-01-06T00:00Z", "Asia/Tokyo"),
    ("The rates were cut at 9 a.m. Beijing time on Monday.", "2020-01-06T01:00Z", "Asia/Shanghai"),
    ("The rates were cut at 9 a.m. Indian Standard Time on Monday.", "2020-01-06T03:30Z", "Asia/Kolkata"),
    ("The rates were cut at 9 a.m. New York time on Monday.", "2020-01-06T14:00Z", "America/New_York"),
    ("The rates were cut at 9 a.m. in Seoul on Monday.", "2020-01-06T00:00Z", "Asia/Seoul"),
    ("The rates were cut at 9 a.m. (UTC+0900) on Monday.", "2020-01-06T00:00Z", "+09:00"),
    ("The rates were cut at 09:00 GMT+3 on Monday.", "2020-01-06T06:00Z", "+03:00"),
    ("The rates were cut in Jakarta at 9 a.m. local time on Monday.", "2020-01-06T02:00Z", "Asia/Jakarta"),
]


@pytest.mark.parametrize(("text", "expected", "tz"), ZONES)
def test_zones_in_every_manner(text: str, expected: str, tz: str) -> None:
    found = mention(text)
    assert start(found) == expected
    assert found.when is not None and found.when.tz == tz
    assert found.warnings == ()


DAYS = [
    ("The port burned on Friday in Beirut.", "2020-01-02T22:00Z", "2020-01-03T22:00Z"),
    ("The port burned yesterday in Beirut.", "2020-01-06T22:00Z", "2020-01-07T22:00Z"),
    ("The port burned on Jan. 3 in Beirut.", "2020-01-02T22:00Z", "2020-01-03T22:00Z"),
    ("The port burned on 3 January 2020 in Beirut.", "2020-01-02T22:00Z", "2020-01-03T22:00Z"),
    ("The port burned on December 31 in Beirut.", "2019-12-30T22:00Z", "2019-12-31T22:00Z"),
    ("The port burned early on Friday in Beirut.", "2020-01-02T22:00Z", "2020-01-03T04:00Z"),
    ("The port burned in the early hours of Friday in Beirut.", "2020-01-02T22:00Z", "2020-01-03T04:00Z"),
    ("The port burned on Friday evening in Beirut.", "2020-01-03T16:00Z", "2020-01-03T22:00Z"),
    ("The port burned late on Friday in Beirut.", "2020-01-03T16:00Z", "2020-01-03T22:00Z"),
    ("The port burned overnight in Beirut.", "2020-01-07T16:00Z", "2020-01-08T04:00Z"),
    ("The port burned last week in Beirut.", "2019-12-29T22:00Z", "2020-01-05T22:00Z"),
    ("The port burned last month in Beirut.", "2019-11-30T22:00Z", "2019-12-31T22:00Z"),
    ("The port burned in December 2018 in Beirut.", "2018-11-30T22:00Z", "2018-12-31T22:00Z"),
    ("The port burned over the weekend in Beirut.", "2020-01-03T22:00Z", "2020-01-05T22:00Z"),
    ("The port burned in the pre-dawn hours of Friday in Beirut.", "2020-01-02T22:00Z", "2020-01-03T04:00Z"),
    ("The port burned two days ago in Beirut.", "2020-01-05T22:00Z", "2020-01-06T22:00Z"),
]


@pytest.mark.parametrize(("text", "first", "last"), DAYS)
def test_days_and_their_parts(text: str, first: str, last: str) -> None:
    found = mention(text)
    assert start(found) == first
    assert found.when is not None and f"{found.when.end:%Y-%m-%dT%H:%MZ}" == last


def test_a_pair_gives_the_offset_and_the_day_before() -> None:
    found = mention("Missiles hit a base in Iraq at about 1:30 a.m. on Wednesday (2230 GMT).")
    assert start(found) == "2020-01-07T22:30Z"
    assert found.when is not None and found.when.tz == "+03:00" and found.when.approximate
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A volcano erupted near Auckland at 2:11 p.m. (0211 GMT) on Monday.", "2020-01-06T02:11Z"),
        ("A tornado hit Nashville at 9:30 p.m. EDT (0330 GMT) on Monday.", "2020-01-07T03:30Z"),
        ("A bus crashed in Lima at 9 a.m. (2200 GMT) on Monday.", "2020-01-06T22:00Z"),
        ("A quake shook Manila at 4:42 local time on Monday (2024 Sunday, UTC).", "2020-01-05T20:42Z"),
    ],
)
def test_clocks_that_contradict_each_other_are_flagged(text: str, expected: str) -> None:
    found = mention(text)
    assert any("contradict" in w for w in found.warnings)
    assert start(found) == expected


def test_a_weekday_is_counted_in_the_zone_of_the_event() -> None:
    text = "The base near Tehran was hit on Friday. The president spoke in Washington on Thursday."
    first, second = dating_of(text, "2020-01-10T01:00:00Z").mentions
    assert start(first) == "2020-01-09T20:30Z"
    assert start(second) == "2020-01-09T05:00Z"


def test_a_bare_gmt_time_tries_the_days_around_a_bare_date() -> None:
    text = "TOKYO - Oil jumped on Wednesday. Brent was up 5% at $70 by 0029 GMT."
    day, quote = dating_of(text, "2020-01-07").mentions
    assert start(quote) == "2020-01-08T00:29Z"
    assert any("a day later" in w for w in day.warnings)
    lone = mention("A bomb exploded in Lyon at 2350 GMT.", "2020-01-07")
    assert any("may be a day later or earlier" in w for w in lone.warnings)


def test_a_country_with_several_clocks_is_read_at_its_main_city_with_a_warning() -> None:
    vague = mention("A school in the United States was closed at 9 a.m. local time on Monday.")
    assert start(vague) == "2020-01-06T14:00Z" and "several time zones" in vague.warnings[-1]
    exact = mention("A school in El Paso, Texas, was closed at 9 a.m. local time on Monday.")
    assert start(exact) == "2020-01-06T16:00Z" and exact.warnings == ()


@pytest.mark.parametrize(
    ("text", "expected", "doubt"),
    [
        ("The train left Mumbai at 11:30 a.m. IST on Monday.", "2020-01-06T06:00Z", False),
        ("The train left Haifa, Israel, at 11:30 a.m. IST on Monday.", "2020-01-06T09:30Z", False),
        ("The train left at 11:30 a.m. IST on Monday.", "2020-01-06T06:00Z", True),
        ("The plant in Shanghai, China, stopped at 9 a.m. CST on Monday.", "2020-01-06T01:00Z", False),
        ("The plant in Chicago stopped at 9 a.m. CST on Monday.", "2020-01-06T15:00Z", False),
        ("The plant stopped at 9 a.m. CST on Monday.", "2020-01-06T15:00Z", True),
    ],
)
def test_an_ambiguous_abbreviation_is_settled_by_place_or_flagged(text: str, expected: str, doubt: bool) -> None:
    found = mention(text)
    assert start(found) == expected
    assert bool(found.warnings) == doubt


def test_standard_time_written_in_summer_is_flagged() -> None:
    found = mention("Prices were published in Washington at 8:30 a.m. EST on Monday.", "2020-07-08T12:00:00Z")
    assert start(found) == "2020-07-06T12:30Z"
    assert any("not in force" in w for w in found.warnings)


def test_a_clock_without_zone_or_place_is_not_guessed() -> None:
    dating = dating_of("A bomb exploded at 9:15 a.m. on Monday.")
    assert dating.events == ()
    assert "no time zone" in dating.warnings[-1]


def test_a_snapshot_is_kept_as_such() -> None:
    dating = dating_of(
        "LONDON - Brent crude was up 42 cents at $68.90 a barrel by 0343 GMT, after closing lower on Tuesday."
    )
    assert dating.events == ()
    assert {str(s.resolved.cues.role) for s in dating.scored} == {"market snapshot"}
    assert start(dating.mentions[0]) == "2020-01-08T03:43Z"


@pytest.mark.parametrize(
    "text",
    [
        "A bomb exploded in Lyon at 0915 GMT. Officials will meet at 1500 GMT in Paris.",
        "A bomb exploded in Lyon at 0915 GMT. The mayor spoke on the anniversary of an attack in November 2015.",
        "Updated 1140 GMT. A bomb exploded in Lyon at 0915 GMT.",
        "A bomb exploded in Lyon at 0915 GMT. The CAC 40 was down 1% by 1130 GMT.",
        "A bomb exploded in Lyon at 0915 GMT. A second attack was feared, the minister said at 1045 GMT.",
    ],
)
def test_the_happening_outranks_plans_stamps_prices_and_statements(text: str) -> None:
    event = dating_of(text).events[0]
    assert f"{event.when.start:%H:%M}" == "09:15"
    assert event.basis == "occurred"


def test_a_time_of_speaking_is_public() -> None:
    event = dating_of("The ministry in Rome announced the closure at 0915 GMT.").events[0]
    assert event.basis == "public" and event.occurred is None


def test_two_happenings_are_two_events_in_order_of_weight() -> None:
    text = "A bomb exploded in Lyon at 0915 GMT, killing two. A second explosion hit the station at 0950 GMT."
    dating = dating_of(text)
    assert [f"{e.when.start:%H:%M}" for e in dating.events] == ["09:15", "09:50"]
    assert [e.id for e in dating.events] == ["article", "article-2"]
    assert [m.is_event for m in dating.mentions] == [True, False]


def test_a_distance_is_counted_from_the_time_before() -> None:
    text = "A drone hit a convoy in Baghdad at 12:47 a.m. on Friday. About 40 minutes later a militia confirmed it."
    _, later = dating_of(text).mentions
    assert start(later) == "2020-01-02T22:27Z"


def test_words_that_look_like_times_are_none() -> None:
    text = "The March on Rome, a 2:1 vote and 1,430 May flowers cost $12.30 in a second half; the sun sat low."
    assert dating_of(text).mentions == ()


def test_a_date_that_is_not_its_weekday_is_flagged() -> None:
    found = mention("A bomb exploded in Lyon on Tuesday, January 8.", "2020-01-09")
    assert any("is a Wednesday" in w for w in found.warnings)


def test_an_impossible_date_is_no_crash() -> None:
    dating = dating_of("A bomb exploded in Lyon on February 31 at 0915 GMT.")
    assert dating.events == ()
    assert dating.mentions[0].warnings


@pytest.mark.parametrize(
    ("title", "expected"),
    [("", "2020-01-06T09:00Z"), ("Blast in Osaka, Japan", "2020-01-06T00:00Z")],
)
def test_the_title_places_a_text_that_names_no_place(title: str, expected: str) -> None:
    url = "" if title else "https://news.example.co.uk/blast"
    assert start(mention("The blast was heard at 9 a.m. on Monday.", title=title, url=url)) == expected


BELLS = [
    ("Shares fell at the opening bell in New York on Monday.", "2020-01-06T14:30Z"),
    ("Shares fell at the opening bell in Frankfurt on Monday.", "2020-01-06T08:00Z"),
    ("Shares fell at the closing bell in Tokyo on Monday.", "2020-01-06T06:00Z"),
]


@pytest.mark.parametrize(("text", "expected"), BELLS)
def test_a_bell_rings_on_the_clock_of_its_exchange(text: str, expected: str) -> None:
    assert start(mention(text)) == expected


def test_a_bell_without_a_place_is_new_yorks() -> None:
    found = mention("Results came out after the bell on Monday.")
    assert (start(found), found.when.tz, found.warnings) == ("2020-01-06T21:00Z", "America/New_York", ())


def test_a_bell_where_no_exchange_is_known_is_flagged() -> None:
    found = mention("The minister resigned in Ulaanbaatar, Mongolia, after the closing bell on Monday.")
    assert found.when.tz == "America/New_York"
    assert any("no exchange is known in Asia/Ulaanbaatar" in w for w in found.warnings)


FEASTS = [
    ("A bomb went off in Manila on New Year's Eve.", "2019-12-30T16:00Z"),
    ("A bomb went off in Manila on New Year's morning.", "2019-12-31T22:00Z"),
    ("A bomb went off in Manila on Christmas Day.", "2019-12-24T16:00Z"),
    ("A bomb went off in Manila on Boxing Day.", "2019-12-25T16:00Z"),
    ("A bomb went off in Manila in the wee hours of Monday.", "2020-01-05T16:00Z"),
]


@pytest.mark.parametrize(("text", "expected"), FEASTS)
def test_feasts_and_small_hours(text: str, expected: str) -> None:
    assert start(mention(text)) == expected


def test_midnight_that_a_time_comes_before_ends_the_day() -> None:
    assert start(mention("A bomb went off in Manila shortly before midnight on Monday.")) == "2020-01-06T16:00Z"
    assert start(mention("A bomb went off in Manila shortly after midnight on Monday.")) == "2020-01-05T16:00Z"


def test_loose_words_do_not_contradict_the_utc_clock() -> None:
    found = mention("A quake struck New Zealand just after midnight on Monday (1102 GMT on Sunday).")
    assert (start(found), found.warnings) == ("2020-01-05T11:02Z", ())


def test_two_clocks_in_gmt_that_differ_are_flagged() -> None:
    found = mention("The poll came out at 10 p.m. GMT (2100 GMT) on Monday in London.")
    assert start(found) == "2020-01-06T21:00Z"
    assert any("contradict" in w for w in found.warnings)


PLACES = [
    ("SUVA, Jan 8 (Reuters) - A fire broke out at 9:30 a.m. on Monday.", "2020-01-05T20:30Z"),
    ("MAYFIELD, Tenn. (AP) - A fire broke out at 9:30 a.m. on Monday.", "2020-01-06T15:30Z"),
    ("A train derailed near Guernsey, Saskatchewan, at 6:15 a.m. on Monday.", "2020-01-06T12:15Z"),
    ("MEXICO CITY - A quake hit central Mexico at 1:14 p.m. on Monday.", "2020-01-06T19:14Z"),
    ("NEW DELHI - The Supreme Court of India rose at 11:45 a.m. on Monday.", "2020-01-06T06:15Z"),
    ("LONDON - Police left Ecuador's embassy at 9:30 a.m. on Monday.", "2020-01-06T09:30Z"),
]


@pytest.mark.parametrize(("text", "expected"), PLACES)
def test_the_place_whose_clock_is_meant(text: str, expected: str) -> None:
    found = [m for m in dating_of(text).mentions if m.phrase.endswith(("a.m. on Monday", "p.m. on Monday"))]
    assert start(found[0]) == expected


def test_a_choice_that_is_close_is_flagged() -> None:
    dating = dating_of("The helicopter took off at 0906 GMT on Monday and came down at 0945 GMT near Lyon.")
    assert any("nearly as likely" in w for w in dating.events[0].warnings)


def test_a_recent_statement_alone_is_public_and_an_old_one_is_flagged() -> None:
    text = "The fault was caused by a loose cable, senators heard in Manila on {}."
    (recent,), (old,) = (dating_of(text.format(day)).events for day in ("Monday", "Dec. 2"))
    assert (recent.basis, recent.warnings) == ("public", ())
    assert old.basis == "occurred" and any("that of a statement" in w for w in old.warnings)


@pytest.mark.parametrize("zone", ["CET", "JST", "IST", "HKT", "AEST", "MSK", "Japan Standard Time", "Hong Kong time"])
def test_a_sentence_does_not_end_before_a_zone(zone: str) -> None:
    text = f"The bank cut its rate at 9 a.m. {zone} on Monday. Shares rose."
    assert [text[a:b] for a, b in Sentences(text).spans] == [text[:-13], "Shares rose."]


TOLD_ANEW = [
    ("Shares in Osaka Gas fell when markets opened on Monday in Tokyo.", "2020-01-06T00:00Z"),
    ("The fault in London began at the start of trading on Monday.", "2020-01-06T08:00Z"),
    ("It was down from Friday's close in New York.", "2020-01-03T21:00Z"),
    ("Page printed Monday, 6 January 2020 SGT 07:15 - GMT 23:15.", "2020-01-05T23:15Z"),
    ("It struck as of 09.45 on Monday in Paris.", "2020-01-06T08:45Z"),
    ("The jet burst into flames five minutes after leaving Lyon at 1:38 p.m. GMT on Monday.", "2020-01-06T13:43Z"),
    ("The notice came at 9:09 am on Monday, before the market opened, in Mumbai.", "2020-01-06T03:39Z"),
    ("The truce began in Beirut at 4 am local time on Monday, which is 9 pm Eastern on Sunday.", "2020-01-06T02:00Z"),
    ("The canal in Egypt was reopened at 11:30 a.m. (4:30 am New York time) on Monday.", "2020-01-06T09:30Z"),
    ("A blast shook Nairobi at 1 am (2 am UAE) on Monday.", "2020-01-05T22:00Z"),
    ("The fix in Sydney was set at 11.15 Australian east coast time on Monday.", "2020-01-06T00:15Z"),
    ("A pipe burst in Washington County, Kansas, at 8 p.m. on Monday.", "2020-01-07T02:00Z"),
    ("Trading in New York resumed at 3:20 ET on Monday.", "2020-01-06T20:20Z"),
    ("The quake hit Lombok, Indonesia, at 1:35 a.m. (1835 GMT) on Monday.", "2020-01-05T17:35Z"),
    ("The data in Washington are from 10:30 a.m. ET (1430 GMT) on Monday.", "2020-01-06T15:30Z"),
]


@pytest.mark.parametrize(("text", "expected"), TOLD_ANEW)
def test_bells_stamps_and_pairs(text: str, expected: str) -> None:
    assert expected in [start(found) for found in dating_of(text).mentions if found.when is not None]


def test_a_dated_stamp_is_on_the_clock_of_its_publisher() -> None:
    text = "January 6, 2020 22:10\nPolice in Nairobi fought gunmen who had stormed a hotel on Monday, they said."
    (stamp, _) = dating_of(text, url="https://www.khaleejtimes.com/world/hotel-attack").mentions
    assert start(stamp) == "2020-01-06T18:10Z"
