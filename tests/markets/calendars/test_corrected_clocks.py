"""Days on which exchanges kept other hours than usual, halts and outages: each answer from a notice or the press."""

import datetime as dt

import pandas as pd
import pytest

from eventstudy.errors import InputError, UnknownNameError
from eventstudy.instruments.catalogue import find_instrument
from eventstudy.instruments.instrument import Instrument
from eventstudy.markets.alignment.sessions import align
from eventstudy.markets.calendars.corrections import parse_overrides
from eventstudy.markets.calendars.describe import session_near
from eventstudy.markets.calendars.halts import halts
from eventstudy.markets.calendars.own_calendars import holiday_tables
from eventstudy.markets.calendars.schedule import known_range, schedule


def hours(symbol, day):
    """Local stretches of trading of the session of a day; empty where there is none."""
    date = dt.date.fromisoformat(day)
    week = dt.timedelta(days=7)
    found = schedule(find_instrument(symbol), date - week, date + week)
    frame = found.stretches()
    mine = frame[frame["session"] == day]
    local = [mine[side].dt.tz_convert(found.timezone).dt.strftime("%H:%M") for side in ("start", "end")]
    return " ".join(f"{start}-{end}" for start, end in zip(*local, strict=True))


@pytest.mark.parametrize(
    ("symbol", "day", "expected"),
    [
        ("^BVSP", "2025-03-07", "10:00-18:00"),
        ("^BVSP", "2025-03-10", "10:00-17:00"),
        ("^BVSP", "2018-01-10", "10:00-18:00"),
        ("WALMEX.MX", "2023-07-03", "07:30-14:00"),
        ("^KS11", "2021-11-18", "10:00-16:30"),
        ("^KQ11", "2023-11-16", "10:00-16:30"),
        ("^TWII", "2017-02-18", "09:00-13:30"),
        ("^TWII", "2012-12-22", "09:00-13:30"),
        ("^TWII", "2019-02-23", ""),
        ("^SET.BK", "2020-04-14", "10:00-12:30 14:30-16:30"),
        ("^SET.BK", "2020-07-27", ""),
        ("^NSEI", "2024-01-20", "09:15-15:30"),
        ("SBER.ME", "2022-02-25", "10:00-18:45"),
        ("SBER.ME", "2022-02-28", ""),
        ("SBER.ME", "2022-03-23", ""),
        ("SBER.ME", "2022-03-24", "09:50-14:00"),
        ("PSEI.PS", "2020-01-13", ""),
        ("PSEI.PS", "2022-01-13", "09:30-12:00 13:00-15:00"),
        ("PSEI.PS", "2022-01-14", "09:30-13:00"),
        ("PSEI.PS", "2022-02-28", "09:30-13:00"),
        ("PSEI.PS", "2022-03-01", "09:30-12:00 13:00-15:00"),
        ("PSEI.PS", "2024-07-24", ""),
        ("^KLSE", "2022-11-18", ""),
        ("^HSI", "2022-08-25", "13:00-16:00"),
        ("^HSI", "2022-11-02", "09:30-12:00 13:00-13:55"),
        ("^HSI", "2014-09-16", "13:00-16:00"),
        ("^N225", "2001-09-12", "09:30-11:00 12:30-15:00"),
        ("^KS11", "2001-09-12", "12:00-15:00"),
        ("^TWII", "2001-09-12", ""),
        ("^KLSE", "2001-09-12", ""),
        ("^GDAXI", "2001-09-11", "09:00-20:00"),
        ("^GDAXI", "2003-11-03", "09:00-17:30"),
        ("^STOXX", "2018-12-24", "09:00-14:05"),
        ("^TNX", "2023-10-09", ""),
        ("^TNX", "2024-11-11", ""),
        ("^TASI.SR", "2019-09-15", "10:00-15:00"),
        ("^TASI.SR", "2012-09-15", "11:00-15:30"),
        ("^TASI.SR", "2015-07-16", ""),
        ("^TASI.SR", "2015-07-22", "11:00-15:30"),
        ("TEVA.TA", "2018-09-25", "09:45-14:15"),
        ("TEVA.TA", "2019-09-15", "09:45-16:25"),
        ("TEVA.TA", "2021-09-26", "10:00-14:15"),
        ("TEVA.TA", "2026-01-09", "10:00-13:50"),
        ("TEVA.TA", "2026-01-11", ""),
        ("CL=F", "2001-09-14", "16:00-18:00"),
        ("BTC-USD", "2024-02-04", "00:00-00:00"),
        ("ZC=F", "2012-05-18", "18:00-07:15 09:30-13:15"),
        ("ZC=F", "2012-06-20", "17:00-14:00"),
        ("ZC=F", "2014-06-18", "19:00-07:45 08:30-13:15"),
        ("ZC=F", "2020-01-08", "19:00-07:45 08:30-13:20"),
        ("ZC=F", "2020-01-20", ""),
        ("ZC=F", "2020-01-21", "19:00-07:45 08:30-13:20"),
        ("ZC=F", "2019-11-29", "08:30-12:05"),
    ],
)
def test_hours_of_a_day_out_of_the_ordinary(symbol, day, expected):
    assert hours(symbol, day) == expected


@pytest.mark.parametrize(
    ("symbol", "instant", "tradable", "day"),
    [
        ("^GSPTSE", "2018-04-27T18:30Z", "2018-04-30T13:30Z", "2018-04-30"),
        ("^GSPTSE", "2020-02-27T20:00Z", "2020-02-28T14:30Z", "2020-02-28"),
        ("^N225", "2005-11-01T01:00Z", "2005-11-01T04:30Z", "2005-11-01"),
        ("^N225", "2006-01-18T05:45Z", "2006-01-19T00:00Z", "2006-01-19"),
        ("^N225", "2020-10-01T03:00Z", "2020-10-02T00:00Z", "2020-10-02"),
        ("^FTSE", "2019-08-16T08:00Z", "2019-08-16T08:40Z", "2019-08-16"),
        ("^AXJO", "2020-11-16T01:00Z", "2020-11-16T23:00Z", "2020-11-17"),
        ("^NSEI", "2021-02-24T08:00Z", "2021-02-24T10:15Z", "2021-02-24"),
        ("^STI", "2016-07-14T06:00Z", "2016-07-15T01:00Z", "2016-07-15"),
        ("000001.SS", "2016-01-04T05:20Z", "2016-01-04T05:28Z", "2016-01-04"),
        ("000001.SS", "2016-01-07T03:00Z", "2016-01-08T01:30Z", "2016-01-08"),
        ("^SET.BK", "2025-03-28T08:00Z", "2025-03-31T03:00Z", "2025-03-31"),
        ("^GSPC", "2020-03-18T17:00Z", "2020-03-18T17:11Z", "2020-03-18"),
    ],
)
def test_a_halt_is_a_state_of_its_own(symbol, instant, tradable, day):
    row = align(instant, symbol).iloc[0]
    assert (row["state"], row["first_tradable"], row["session"]) == ("halt", pd.Timestamp(tradable), pd.Timestamp(day))


def test_the_other_exchange_of_mumbai_went_on():
    assert align("2021-02-24T08:00Z", "^BSESN")["state"].tolist() == ["open"]


def test_crude_in_the_week_of_11_september_2001():
    row = align("2001-09-11T12:46Z", "CL=F").iloc[0]
    assert row["first_tradable"] == pd.Timestamp("2001-09-14T20:00Z")
    assert row["session"] == pd.Timestamp("2001-09-14") and row["observation"] == pd.Timestamp("2001-09-14T22:00Z")


@pytest.mark.parametrize(
    ("day", "settles"),
    [("2012-06-22", "13:15"), ("2012-06-25", "14:00"), ("2013-04-05", "14:00"), ("2013-04-08", "13:15")],
)
def test_corn_settled_later_in_the_year_of_the_long_sessions(day, settles):
    assert settlement("ZC=F", day) == settles


@pytest.mark.parametrize(("symbol", "settles"), [("ZC=F", "12:05"), ("MES=F", "12:00"), ("ES=F", "12:00")])
def test_a_short_session_settles_early(symbol, settles):
    assert settlement(symbol, "2019-11-29") == settles


def settlement(symbol, day):
    """Local time of a day's settlement in Chicago."""
    date = dt.date.fromisoformat(day)
    known = schedule(find_instrument(symbol), date, date).frame()["observation"].iloc[0]
    return f"{known.tz_convert('America/Chicago'):%H:%M}"


def test_a_clock_is_explained_with_its_sources():
    tokyo = session_near(find_instrument("^N225"), "2006-01-18")
    assert "halt: too many orders for the trading system" in tokyo["sources"] and not tokyo["observed_at"]
    assert session_near(find_instrument("^N225"), "2006-01-17")["sources"].count("halt") == 0
    crude = session_near(find_instrument("CL=F"), "2020-01-08")
    assert (crude["sources"], crude["observed_at"]) == ("clocks.toml [NYMEX]", "14:30 America/New_York")


def test_every_halt_has_a_source_and_stops_trading():
    for mic, stops in halts().items():
        for stop in stops:
            assert stop.source and set(stop.unverified) <= {"from", "to"}, stop
            assert stop.begin.date() in {stop.end.date(), stop.end.date() - dt.timedelta(days=1)}, stop
        assert list(stops) == sorted(stops, key=lambda stop: stop.begin), mic


@pytest.mark.parametrize("name", ["24/7", "24/5", "us_futures"])
def test_plain_calendars_of_the_library(name):
    instrument = Instrument(symbol="X", name="X", calendar=name)
    assert len(schedule(instrument, dt.date(2024, 1, 2), dt.date(2024, 1, 8)).sessions) == (7 if name == "24/7" else 5)
    assert known_range(name)[0] <= dt.date(2000, 1, 1)


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("XTKS = 1", InputError, "write a list of tables"),
        ('[[XTKS]]\ndates = ["x"]\nverb = "closed"\nsource = "s"', InputError, r"dates\[0\] is 'x'; write a"),
        ('[[XTKS]]\ndates = [2020-01-01]\nverb = "shut"\nsource = "s"', UnknownNameError, "unknown verb 'shut'"),
        ('[[XTKS]]\ndates = [2020-01-01]\nverb = "closed"', InputError, "source is missing"),
        ('[[XTKS]]\ndates = [2020-01-01]\nverb = "open"\nsource = "s"', InputError, "needs at"),
        ('[[XTKS]]\ndates = [2020-01-01]\nverb = "open"\nat = "9"\nsource = "s"', InputError, "write a local time"),
    ],
)
def test_a_wrong_correction_is_one_clear_line(text, error, words):
    with pytest.raises(error, match=words) as caught:
        parse_overrides(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("x,2020-13-01,closed,,y", "date is '2020-13-01'"),
        ("x,2020-02-01,shut,,y", "unknown verb 'shut'"),
        ("x,2020-02-01,close,,y", "halt and close need a time"),
        ("x,2020-02-01,closed,12:00,y", "closed has none"),
        ("x,2020-02-01,close,noon,y", "at is 'noon'"),
        ("x,2019-02-01,closed,,y", "does not come after 2020-01-01"),
        ("x,2020-02-01,closed,,y,z", "Keys"),
    ],
)
def test_a_wrong_holiday_is_one_clear_line(row, words):
    good = "# note\ntable,date,verb,at,why\nx,2020-01-01,closed,,y\n"
    assert [each.verb for each in holiday_tables(good)["x"]] == ["closed"]
    with pytest.raises((InputError, UnknownNameError), match=words) as caught:
        holiday_tables(good + row)
    assert str(caught.value).startswith("holidays.csv:4") and "\n" not in str(caught.value)
