"""Two clocks of one moment: what their difference can mean, and which of them is believed."""

import datetime as dt

import pytest

from eventstudy.news.dating.clock_pairs import implied_zone
from eventstudy.news.dating.dating import date_article
from eventstudy.news.dating.pair_offsets import choose_offset, offsets_of, zones_of
from eventstudy.news.dating.weights import sure
from eventstudy.news.grammar.expressions import find_expressions
from eventstudy.news.grammar.scanner import ClockTime
from eventstudy.news.places.mentions import find_places
from eventstudy.news.reading.article import Article
from eventstudy.news.text.tokens import tokenize

AM, PM, OPEN = (ClockTime(hour=9, half="am"), ClockTime(hour=21, half="pm"), ClockTime(hour=9))


NOON = "2020-01-08T12:00:00Z"  # a Wednesday


def last_mention(text, published=NOON):
    return date_article(Article.of(f"It struck {text}.", published=published)).mentions[-1]


@pytest.mark.parametrize(
    ("text", "start", "end", "tz"),
    [
        ("at 1:30 a.m. on Wednesday in Baghdad (2230 GMT on Tuesday)", "07 22:30", "07 22:30", "+03:00"),
        ("at 1:30 on Wednesday in Baghdad (1030 GMT)", "08 10:30", "08 10:30", "+03:00"),
        ("in New York on Tuesday at 8:30 a.m. ET (1330 GMT)", "07 13:30", "07 13:30", "-05:00"),
        ("in New York on Tuesday at 8:30 a.m. ET (5:30 a.m. PT)", "07 13:30", "07 13:30", "America/New_York"),
        ("in Chicago on Tuesday at 10:30 p.m. CT (11:30 p.m. ET)", "08 04:30", "08 04:30", "America/Chicago"),
        ("at 1030 GMT on Tuesday (1130 UTC+1)", "07 10:30", "07 10:30", "UTC"),
        ("just after midnight on Tuesday in London (0007 GMT)", "07 00:07", "07 00:07", "+00:00"),
        ("just after midnight on Tuesday in London (0001 GMT)", "07 00:01", "07 00:01", "+00:00"),
        ("just after midnight on Tuesday in London (0012 GMT)", "07 00:12", "07 00:12", "+00:00"),
        ("shortly after 9:30 a.m. on Tuesday in London (0935 GMT)", "07 09:35", "07 09:35", "+00:00"),
        ("shortly before 9 a.m. on Tuesday in London (0855 GMT)", "07 08:55", "07 08:55", "+00:00"),
        ("from 9 a.m. to 11 a.m. on Tuesday in Tokyo (0000-0200 GMT)", "07 00:00", "07 02:00", "+09:00"),
        ("from 11 p.m. to 1 a.m. on Tuesday in Tokyo (1400-1600 GMT)", "07 14:00", "07 16:00", "+09:00"),
        ("from 2200 to 0100 GMT on Monday", "06 22:00", "07 01:00", "UTC"),
        ("from 11 p.m. to 1 a.m. on Monday in Tokyo", "06 14:00", "06 16:00", "Asia/Tokyo"),
        ("at 12 a.m. in Tokyo (1500 GMT on Monday)", "06 15:00", "06 15:00", "+09:00"),
        ("at 24:00 on Monday in London", "07 00:00", "07 00:00", "Europe/London"),
        ("at 9:30 on Tuesday evening in Tokyo", "07 12:30", "07 12:30", "Asia/Tokyo"),
        ("at 12:30 on Tuesday morning in Tokyo", "06 15:30", "06 15:30", "Asia/Tokyo"),
        ("at 12:30 on Tuesday afternoon in Tokyo", "07 03:30", "07 03:30", "Asia/Tokyo"),
        ("at 7:30 on Tuesday in New York", "07 12:30", "07 12:30", "America/New_York"),
        ("in Auckland at 9 a.m. on Tuesday (2000 GMT on Monday)", "06 20:00", "06 20:00", "+13:00"),
        ("in Auckland at 2000 GMT on Monday (9 a.m. on Tuesday)", "06 20:00", "06 20:00", "+13:00"),
        ("in Honolulu at 2 p.m. on Tuesday (0000 GMT on Wednesday)", "08 00:00", "08 00:00", "-10:00"),
        ("in Kathmandu at 6 a.m. on Tuesday (0015 GMT)", "07 00:15", "07 00:15", "+05:45"),
        ("in Apia at 6 a.m. on Tuesday (1600 GMT)", "06 16:00", "06 16:00", "+14:00"),
        ("in Moscow at 11:30 a.m. on Tuesday (3:30 a.m. New York time)", "07 08:30", "07 08:30", "Europe/Moscow"),
        # Where nothing says the zone of the first clock, the second one does: New York is at -5 in January.
        ("at 11:30 a.m. on Monday (4:30 a.m. New York time)", "06 09:30", "06 09:30", "+02:00"),
        ("at 11:30 a.m. local time on Monday (4:30 a.m. New York time)", "06 09:30", "06 09:30", "+02:00"),
        ("from 9 a.m. to 11 a.m. on Tuesday in Tokyo (0000 GMT)", "07 00:00", "07 02:00", "+09:00"),
        ("at 0000-0200 GMT on Tuesday (9 a.m. in Tokyo)", "07 00:00", "07 02:00", "+09:00"),
        ("from 9 a.m. to 9:45 a.m. on Tuesday in Tokyo (0000 GMT)", "07 00:00", "07 00:45", "+09:00"),
        ("from 9:15 a.m. to 11 a.m. on Tuesday in Tokyo (0015 GMT)", "07 00:15", "07 02:00", "+09:00"),
        ("in New York on Tuesday at 8:30 a.m. ET (5:31 a.m. PT)", "07 13:30", "07 13:30", "America/New_York"),
        ("in Tokyo on Tuesday at 8:30 a.m. JST (6:30 p.m. ET)", "06 23:30", "06 23:30", "Asia/Tokyo"),
        ("in New York on Monday at 6:30 p.m. ET (8:30 a.m. JST)", "06 23:30", "06 23:30", "America/New_York"),
    ],
)
def test_clocks_that_agree(text, start, end, tz):
    found = last_mention(text)
    assert (f"{found.when.start:%d %H:%M}", f"{found.when.end:%d %H:%M}", found.when.tz) == (start, end, tz)
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("text", "start", "tz", "reason"),
    [
        ("at 1:30 a.m. on Wednesday in Baghdad (2230 GMT on Monday)", "07 22:30", "UTC", "falls on a Tuesday"),
        ("at 1:30 a.m. on Wednesday in Baghdad (2130 GMT)", "07 21:30", "UTC", "differ by +04:00"),
        ("in Baghdad on Tuesday at 1:30 p.m. local time (2230 GMT)", "07 22:30", "UTC", "differ by -09:00"),
        ("in Baghdad on Tuesday at 1:30 a.m. local time (0830 GMT)", "06 22:30", "+03:00", "the local time is used"),
        ("in Baghdad on Tuesday at 1:30 a.m. (0837 GMT)", "06 22:30", "+03:00", "the local time is used"),
        ("in New York on Tuesday at 8:30 a.m. ET (1230 GMT)", "07 13:30", "-05:00", "the local time is used"),
        ("at 1230 GMT on Tuesday (8:30 a.m. ET)", "07 13:30", "-05:00", "the local time is used"),
        ("in New York on Tuesday at 8:30 a.m. ET (1130 GMT)", "07 11:30", "UTC", "differ by -03:00"),
        ("in New York on Tuesday at 8:30 a.m. ET (6:30 a.m. PT)", "07 13:30", "America/New_York", "06:30 in America"),
        ("in New York on Tuesday at 8:30 a.m. ET (5:32 a.m. PT)", "07 13:30", "America/New_York", "05:32 in America"),
        ("at 1030 GMT on Tuesday (1130 UTC+2)", "07 09:30", "UTC", "differ by 60 minutes"),
        ("at 2330 GMT on Monday (0130 UTC+1)", "07 00:30", "UTC", "differ by 60 minutes"),
        ("at 0030 GMT on Tuesday (0030 UTC+1)", "06 23:30", "UTC", "differ by 60 minutes"),
        ("at 1030 GMT on Tuesday (1230 UTC+1)", "07 11:30", "UTC", "differ by 60 minutes"),
        ("at 9:00 a.m. on Tuesday in London (0905 GMT)", "07 09:00", "+00:00", "the local time is used"),  # not rounded
        ("just after midnight on Tuesday in London (0013 GMT)", "07 00:00", "+00:00", "the local time is used"),
        ("in Moscow at 11:30 a.m. on Tuesday (4:30 a.m. New York time)", "07 08:30", "Europe/Moscow", "04:30 in"),
    ],
)
def test_clocks_that_contradict_each_other(text, start, tz, reason):
    found = last_mention(text)
    assert (f"{found.when.start:%d %H:%M}", found.when.tz) == (start, tz)
    assert "contradict" in found.warnings[0] and reason in found.warnings[0]


@pytest.mark.parametrize(
    ("text", "start", "end", "reason"),
    [
        ("at 1:30 a.m. on Sunday, Oct. 27, 2019 in London", "27 00:30", "27 01:30", "occurred twice"),
        ("at 1:30 a.m. on Sunday, March 31, 2019 in London", "31 01:30", "31 01:30", "did not exist"),
        # In Beirut midnight became one o'clock: half past midnight is taken on the clock before the change.
        ("at 12:30 a.m. on Sunday, March 31, 2019 in Beirut", "30 22:30", "30 22:30", "did not exist"),
        ("at 2:30 on Tuesday in New York", "07 19:30", "07 19:30", "p.m. is used"),
        ("at 6:30 on Tuesday in New York", "07 23:30", "07 23:30", "p.m. is used"),
    ],
)
def test_clocks_that_are_open(text, start, end, reason):
    found = last_mention(text)
    assert (f"{found.when.start:%d %H:%M}", f"{found.when.end:%d %H:%M}") == (start, end)
    assert reason in found.warnings[0]


@pytest.mark.parametrize(
    ("here", "world", "minutes", "offsets"),
    [
        (AM, ClockTime(hour=6), 0, [(9, 180)]),
        (AM, ClockTime(hour=6, minute=15), 0, [(9, 165)]),
        (AM, ClockTime(hour=6), 60, [(9, 240)]),
        (AM, ClockTime(hour=20), 0, [(9, 780), (9, -660)]),  # either side of the date line
        (AM, ClockTime(hour=21), 0, [(9, 720), (9, -720)]),
        (AM, ClockTime(hour=19), 0, [(9, 840), (9, -600)]),  # the farthest east
        (AM, ClockTime(hour=18, minute=59), 0, [(9, -599)]),
        (PM, ClockTime(hour=6), 0, [(21, -540)]),
        (OPEN, ClockTime(hour=6), 0, [(9, 180), (21, -540)]),
        (ClockTime(hour=12), ClockTime(hour=6), 0, [(12, 360), (0, -360)]),
        (ClockTime(hour=13), ClockTime(hour=6), 0, [(13, 420)]),
    ],
)
def test_offsets_that_two_clocks_can_imply(here, world, minutes, offsets):
    assert [(clock.hour, offset) for clock, offset in offsets_of(here, world, minutes)] == offsets


@pytest.mark.parametrize(
    ("expected", "known", "explicit", "chosen", "warned"),
    [
        ([-540], [], False, (21, -540), False),
        ([180], [-540], False, (9, 180), False),
        ([60], [60, -540], False, (21, -540), False),
        ([60], [60, -540], True, (9, 180), True),  # the zone that the text names counts alone
        ([], [], False, (9, 180), False),
        ([], [300], False, (9, 180), True),
    ],
)
def test_the_offset_of_a_pair(expected, known, explicit, chosen, warned):
    offered = offsets_of(OPEN, ClockTime(hour=6), 0)
    clock, offset, warnings = choose_offset(offered, expected, known, explicit=explicit)
    assert (clock.hour, offset) == chosen and bool(warnings) == warned


@pytest.mark.parametrize(("expected", "offset"), [([-700], -660), ([700], 780), ([], -660), ([59], -660), ([61], 780)])
def test_the_nearest_offset_is_taken_where_none_fits(expected, offset):
    offered = offsets_of(AM, ClockTime(hour=20), 0)
    assert choose_offset(offered, expected, expected, explicit=False)[1] == offset


def test_the_warning_names_the_expected_offset_or_the_first_known():
    offered = offsets_of(AM, ClockTime(hour=6), 0)
    for expected, known, named in (([], [300, 60], "+05:00"), ([60], [60, 300], "+01:00")):
        (warning,) = choose_offset(offered, expected, known, explicit=False)[2]
        assert f"they differ by +03:00, the zone of the place is {named}" in warning


def test_the_day_of_a_pair_may_be_that_of_either_clock():
    for text in ("at 3 a.m. in Tokyo (1800 GMT on Monday)", "at 1800 GMT on Monday (3 a.m. in Tokyo)"):
        assert last_mention(text).when.start == dt.datetime(2020, 1, 6, 18, tzinfo=dt.UTC)


def test_a_pair_alone_says_on_which_day_its_writer_is():
    """At 23:00 UTC it is Thursday already where the clock is three hours ahead."""
    found = last_mention("at 1:30 a.m. on Thursday (2230 GMT)", "2020-01-08T23:00:00Z")
    assert found.when.start == dt.datetime(2020, 1, 8, 22, 30, tzinfo=dt.UTC)


def test_a_difference_that_no_named_place_explains_is_that_of_the_writer():
    """A nation that acts need not be the scene; but no place is 4:45 hours behind UTC."""
    text = "The Nigerian navy said a fire broke out at 9:30 a.m. on Monday ({} GMT)."
    (whole,), (odd,) = (date_article(Article.of(text.format(at), published=NOON)).mentions for at in ("1430", "1415"))
    assert (f"{whole.when.start:%d %H:%M}", whole.when.tz, whole.warnings) == ("06 14:30", "-05:00", ())
    assert (f"{odd.when.start:%d %H:%M}", odd.when.tz) == ("06 14:15", "UTC")
    assert "they differ by -04:45" in odd.warnings[0]


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("at 1:30 a.m. on Wednesday in Baghdad (2230 GMT)", "pair"),
        ("at about 1:30 a.m. on Wednesday in Baghdad (2230 GMT)", "pair"),  # hedged, but exact
        ("just after midnight on Tuesday in London (0007 GMT)", "loose pair"),
        ("at 1:30 a.m. on Wednesday in Baghdad (2130 GMT)", "contradiction"),
        ("at 1030 GMT on Tuesday", "one clock"),
        ("at 1030 GMT on Tuesday (1130 UTC+1)", "one clock"),
        ("at 1030 GMT on Tuesday (1130 UTC+2)", "contradiction in UTC"),
        ("in New York on Tuesday at 8:30 a.m. ET (6:30 a.m. PT)", "contradiction in UTC"),
        ("at 9:15 a.m. on Tuesday in London", "place in the expression"),
        ("at 1:30 a.m. on Sunday, March 31, 2019 in London", "skipped hour"),
        ("at 1:30 a.m. on Sunday, Oct. 27, 2019 in London", "hour shown twice"),
    ],
)
def test_the_confidence_of_each_way_to_read_a_clock(text, step):
    found = date_article(Article.of(f"It struck {text}.", published=NOON)).scored[-1].resolved
    assert found.confidence == sure(step)


@pytest.mark.parametrize(
    ("phrase", "offset"),
    [
        ("1:30 a.m. on Wednesday (2230 GMT)", "+03:00"),
        ("1:30 on Wednesday (2230 GMT)", ""),  # a.m. or p.m.?
        ("9 a.m. on Tuesday (2000 GMT)", ""),  # 13 hours ahead or 11 behind
        ("9 a.m. on Tuesday (2000 GMT on Monday)", "+13:00"),
        ("9 a.m. on Tuesday (2000 GMT on Tuesday)", "-11:00"),
        ("11:59 p.m. on Tuesday (1059 GMT on Tuesday)", "+13:00"),  # the last minute of the day ahead
        ("12 a.m. on Wednesday (1100 GMT on Tuesday)", "+13:00"),
        ("12 a.m. on Tuesday (1100 GMT on Tuesday)", "-11:00"),
        ("9 a.m. on Tuesday (2100 UTC+1 on Monday)", "+13:00"),
        ("9 a.m. on Tuesday", ""),
        ("2 p.m. on Monday (0100 GMT on Tuesday)", "-11:00"),  # the day before
        ("1:30 a.m. on Wednesday (2230 GMT on Monday)", "+03:00"),  # one offset alone, whatever the weekdays
        ("0900 GMT on Tuesday (1000 UTC+1)", ""),
    ],
)
def test_the_offset_that_a_pair_implies(phrase, offset):
    text = f"It struck at {phrase}."
    assert implied_zone(find_expressions(text, tokenize(text))[0]) == offset


@pytest.mark.parametrize(
    ("text", "has", "lacks"),
    [
        ("in Honolulu", {"Pacific/Honolulu"}, {"America/New_York"}),
        ("in the United States", {"America/New_York", "Pacific/Honolulu", "America/Anchorage"}, {"Europe/London"}),
        ("in Japan", {"Asia/Tokyo"}, {"Asia/Seoul"}),
    ],
)
def test_a_country_has_all_its_zones_and_a_city_its_own(text, has, lacks):
    (place,) = find_places(text, tokenize(text))
    zones = set(zones_of(place))
    assert has <= zones and not lacks & zones
