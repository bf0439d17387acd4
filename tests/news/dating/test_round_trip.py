"""Any instant, written on any clock in any newswire manner, must come back as the same instant."""

from __future__ import annotations

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventstudy.news.dating.dating import date_article
from eventstudy.news.places.gazetteer import gazetteer
from eventstudy.news.reading.article import Article

UTC = dt.UTC
ZONES = sorted(z for z in available_timezones() if "/" in z and not z.startswith(("posix", "right", "SystemV")))
FIRST = dt.datetime(2001, 1, 1, tzinfo=UTC)
# 1,500 and 450 in continuous integration, 10,000 and 3,000 with `make test-long`.
EXAMPLES = settings().max_examples
INSTANTS = st.integers(0, 29 * 365 * 24 * 60).map(lambda minutes: FIRST + dt.timedelta(minutes=minutes))


@cache
def cities() -> dict[str, str]:
    """Return a well-known city for each zone that has one: the largest of its name, in a country with its own name."""
    book = gazetteer()
    found: dict[str, str] = {}
    names = sorted(book.cities.items(), key=lambda item: -item[1][0].thousands)
    for key, (city, *others) in names:
        plain = key not in book.names and len(city.name) > 3 and city.country in book.countries
        if plain and city.thousands > 100 and not any(o.country == city.country for o in others):
            found.setdefault(city.zone, f"{city.name}, {book.countries[city.country].text}")
    return found


def half_day(t: dt.datetime) -> str:
    return f"{t.hour % 12 or 12}:{t:%M} {'a.m.' if t.hour < 12 else 'p.m.'}"


def long_date(t: dt.datetime) -> str:
    return f"{t:%A, %B} {t.day}, {t.year}"


def offset_of(t: dt.datetime) -> str:
    return t.strftime("%z")[:5]


def on_two_clocks(t: dt.datetime, here: dt.datetime) -> str:
    return f"A blast shook the port at {half_day(here)} on {long_date(here)} ({t:%H%M} GMT {t:%A}), police said."


def on_two_clocks_of_24_hours(t: dt.datetime, here: dt.datetime) -> str:
    return f"The fire broke out at {here:%H:%M} local time ({t:%H:%M} UTC on {t:%A}) on {here.day} {here:%B %Y}."


def in_gmt(t: dt.datetime, here: dt.datetime) -> str:
    return f"The tremor struck at about {t:%H%M} GMT on {t:%A}, {t.day} {t:%B %Y}, the agency said."


def with_an_offset(t: dt.datetime, here: dt.datetime) -> str:
    return f"The train derailed at {here:%H:%M} (UTC{offset_of(here)}) on {here:%B} {here.day}, {here.year}."


def as_iso(t: dt.datetime, here: dt.datetime) -> str:
    return f"The valve failed at {here.isoformat(timespec='minutes')} and the plant stopped."


def as_mail(t: dt.datetime, here: dt.datetime) -> str:
    return f"The server crashed on {here:%a, %d %b %Y %H:%M:%S} {offset_of(here)} and came back later."


def in_a_weeks_news(t: dt.datetime, here: dt.datetime) -> str:
    return f"Rockets hit the base at {half_day(here)} on {here:%A} ({t:%H%M} GMT {t:%A}), the ministry said."


STYLES = (
    on_two_clocks,
    on_two_clocks_of_24_hours,
    in_gmt,
    with_an_offset,
    as_iso,
    as_mail,
    in_a_weeks_news,
)


def dated(text: str, published: dt.datetime) -> dt.datetime:
    dating = date_article(Article.of(text, published=published.isoformat()))
    assert dating.events, (text, dating.warnings)
    event = dating.events[0]
    assert not event.warnings, (text, event.warnings)
    return event.when.start


@settings(max_examples=10 * EXAMPLES, deadline=None, derandomize=True, database=None)
@given(instant=INSTANTS, zone=st.sampled_from(ZONES), style=st.sampled_from(STYLES), later=st.integers(5, 5 * 24 * 60))
def test_every_manner_of_writing_comes_back(instant: dt.datetime, zone: str, style, later: int) -> None:  # type: ignore[no-untyped-def]
    text = style(instant, instant.astimezone(ZoneInfo(zone)))
    assert dated(text, instant + dt.timedelta(minutes=later)) == instant, text


@settings(max_examples=3 * EXAMPLES, deadline=None, derandomize=True, database=None)
@given(instant=INSTANTS, data=st.data(), later=st.integers(5, 5 * 24 * 60))
def test_a_local_time_comes_back_by_its_city(instant: dt.datetime, data: st.DataObject, later: int) -> None:
    zone = data.draw(st.sampled_from(sorted(cities())))
    here = instant.astimezone(ZoneInfo(zone))
    text = f"A bridge collapsed in {cities()[zone]}, at {half_day(here)} on {here:%A}, killing two people."
    dating = date_article(Article.of(text, published=(instant + dt.timedelta(minutes=later)).isoformat()))
    assert dating.events, (text, dating.warnings)
    event = dating.events[0]
    fold = here.replace(fold=0).utcoffset() != here.replace(fold=1).utcoffset()
    if fold:
        assert instant in (event.when.start, event.when.end), text
        assert any("twice" in w for w in event.warnings), text
    else:
        assert event.when.start == instant, (text, event)


def transitions(zone: str, year: int) -> list[dt.datetime]:
    """Find the changes of a zone's clock in a year, by bisection."""
    clock, found = ZoneInfo(zone), []
    for day in range(366):
        low = dt.datetime(year, 1, 1, tzinfo=UTC) + dt.timedelta(days=day)
        high = low + dt.timedelta(days=1)
        if low.astimezone(clock).utcoffset() == high.astimezone(clock).utcoffset():
            continue
        while high - low > dt.timedelta(minutes=1):
            middle = low + (high - low) / 2
            same = middle.astimezone(clock).utcoffset() == low.astimezone(clock).utcoffset()
            low, high = (middle, high) if same else (low, middle)
        found.append(high.replace(second=0, microsecond=0))
    return found


@pytest.mark.parametrize(
    "zone",
    [
        "America/New_York",
        "Europe/London",
        "Australia/Lord_Howe",
        "America/Sao_Paulo",
        "Asia/Tehran",
        "Africa/Casablanca",
    ],
)
def test_two_clocks_settle_the_hours_around_a_clock_change(zone: str) -> None:
    changes = [t for year in (2016, 2018) for t in transitions(zone, year)]
    assert changes
    for change in changes:
        for minutes in (-121, -61, -31, -1, 0, 1, 29, 59, 119):
            instant = change + dt.timedelta(minutes=minutes)
            here = instant.astimezone(ZoneInfo(zone))
            published = instant + dt.timedelta(hours=9)
            for style in (on_two_clocks, on_two_clocks_of_24_hours, with_an_offset):
                text = style(instant, here)
                assert dated(text, published) == instant, text


def test_an_hour_that_the_clock_skipped_is_flagged() -> None:
    text = "A bridge collapsed in Boston, United States, at 2:30 a.m. on Sunday, killing two people."
    event = date_article(Article.of(text, published="2020-03-08T20:00:00Z")).events[0]
    assert any("did not exist" in w for w in event.warnings)


def test_an_hour_that_the_clock_showed_twice_gives_both() -> None:
    text = "A bridge collapsed in Boston, United States, at 1:30 a.m. on Sunday, killing two people."
    event = date_article(Article.of(text, published="2020-11-01T20:00:00Z")).events[0]
    assert event.when.start.isoformat() == "2020-11-01T05:30:00+00:00"
    assert event.when.end.isoformat() == "2020-11-01T06:30:00+00:00"
    assert any("2020-11-01T05:30Z and 2020-11-01T06:30Z" in w for w in event.warnings)
