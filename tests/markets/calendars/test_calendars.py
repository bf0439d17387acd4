"""Sessions of the markets: ranges, corrections, and the days on which real prices were recorded."""

import datetime as dt
import random

import exchange_calendars
import numpy as np
import pandas as pd
import pytest

from eventstudy.errors import NotEnoughDataError, UnknownNameError
from eventstudy.instruments.catalogue import catalogue, find_instrument
from eventstudy.markets.calendars.corrections import corrected, overrides
from eventstudy.markets.calendars.library import SAME_HOURS, exchange_hours
from eventstudy.markets.calendars.own_calendars import own_calendars, regular_hours
from eventstudy.markets.calendars.schedule import calendar_provenance, known_range, schedule

SAMPLE = ["CL=F", "BZ=F", "GC=F", "^N225", "^HSI", "^KS11", "000001.SS", "^AXJO", "^TWII", "^STI", "^BSESN", "^GSPC"]
# Sessions without a row in the record of the sample's prices. Each was looked up: the exchange was open, the record
# has a gap. Mumbai keeps none of the four days as a holiday; Taipei's 9 September 2019 is an ordinary Monday; Shanghai
# traded on both days before its Labour Day closure of 1 to 3 May 2019; Sydney was open on 3 October 2019.
GAPS = {
    "^BSESN": {"2019-01-01", "2019-02-13", "2019-03-29", "2020-01-01", "2019-10-27"},
    "^TWII": {"2019-09-09"},
    "000001.SS": {"2019-04-29", "2019-04-30"},
    "^AXJO": {"2019-10-03"},
}


def days(symbol, first, last):
    found = schedule(find_instrument(symbol), dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    return found.sessions.astype(str).tolist()


def test_a_schedule_in_figures():
    crude = schedule(find_instrument("CL=F"), dt.date(2020, 1, 17), dt.date(2020, 1, 21))
    assert crude.sessions.astype(str).tolist() == ["2020-01-17", "2020-01-21"]
    frame = crude.stretches()
    assert [f"{at:%d %H:%M}" for at in frame["start"]] == ["16 23:00", "19 23:00", "20 23:00"]
    assert [f"{at:%d %H:%M}" for at in frame["end"]] == ["17 22:00", "20 18:00", "21 22:00"]
    assert frame["break_follows"].tolist() == [False, True, False]
    assert crude.opens.astype("M8[m]").astype(str).tolist() == ["2020-01-16T23:00", "2020-01-19T23:00"]
    assert crude.closes.astype("M8[m]").astype(str).tolist() == ["2020-01-17T22:00", "2020-01-21T22:00"]
    assert len(crude.frame()) == 2


def test_instruments_of_one_exchange_share_their_hours():
    crude, brent = (schedule(find_instrument(s), dt.date(2020, 1, 1), dt.date(2020, 2, 1)) for s in ("CL=F", "BZ=F"))
    np.testing.assert_array_equal(crude.starts, brent.starts)
    np.testing.assert_array_equal(crude.ends, brent.ends)


# exchange_calendars 4.13.2 has some of Mumbai's special sessions with pandas 2, and none of them with pandas 3.
WITH_PANDAS_2 = {("XBOM", "session")} if pd.__version__.startswith("2.") else set()
EXCHANGES = sorted(
    {SAME_HOURS.get(each.calendar, each.calendar) for each in catalogue().values()} - own_calendars().keys()
)


@pytest.mark.filterwarnings("ignore")  # of exchange_calendars' own use of pandas
@pytest.mark.parametrize("calendar", EXCHANGES)
def test_a_narrow_range_gives_what_the_wide_one_gives(calendar):
    low = max(known_range(calendar)[0], dt.date(2006, 1, 1))
    draw = random.Random(calendar)
    ranges = [(low + dt.timedelta(days=draw.randrange(500)), draw.randrange(20, 400)) for _ in range(2)]
    narrow = [exchange_hours(calendar, first, first + dt.timedelta(days=days)) for first, days in ranges]
    wide = exchange_calendars.get_calendar(calendar, start=str(low), end=str(low + dt.timedelta(days=950))).schedule
    for (first, days), (zone, hours) in zip(ranges, narrow, strict=True):
        rows = wide.loc[str(first) : str(first + dt.timedelta(days=days))]
        assert sorted(set(hours.session.astype(str))) == [f"{day:%Y-%m-%d}" for day in rows.index]
        local = [rows[column].dt.tz_convert(zone).dt.tz_localize(None) for column in ("open", "break_end")]
        assert set(pd.concat(local).dropna()) == set(pd.DatetimeIndex(hours.start))


@pytest.mark.parametrize(
    ("symbol", "first", "last"),
    [("CL=F", "2027-12-01", "2028-01-05"), ("CL=F", "1999-12-01", "2000-12-31"), ("^HSI", "2027-12-01", "2028-06-01")],
)
def test_beyond_what_is_known_is_an_error(symbol, first, last):
    with pytest.raises(NotEnoughDataError, match="is known from"):
        days(symbol, first, last)


def test_no_session_and_no_calendar_are_errors():
    with pytest.raises(NotEnoughDataError, match="no session"):
        days("CL=F", "2020-01-11", "2020-01-12")
    with pytest.raises(UnknownNameError, match="did you mean 'XTKS'"):
        known_range("XTKK")


@pytest.mark.parametrize("calendar", sorted(overrides()))
def test_every_correction_has_a_source_and_is_needed(calendar):
    dates, known = [each.date for each in overrides()[calendar]], known_range(calendar)
    low = max(min(dates) - dt.timedelta(days=14), known[0])
    high = min(max(dates) + dt.timedelta(days=14), known[1])
    own = own_calendars().get(calendar)
    hours = exchange_hours(calendar, low, high)[1] if own is None else regular_hours(own, low, high)
    for at, each in enumerate(overrides()[calendar]):
        assert each.source, each
        without = corrected(hours, overrides()[calendar][:at], low, high)
        corrections = corrected(hours, overrides()[calendar][: at + 1], low, high)
        before, after = ([*zip(one.start, one.end, strict=True)] for one in (without, corrections))
        needed = before != after or (calendar, each.verb) in WITH_PANDAS_2
        assert needed, f"{calendar} {each.date} {each.verb} changes nothing"


def test_provenance_names_versions_and_hashes():
    provenance = calendar_provenance()
    assert provenance["exchange_calendars"] == exchange_calendars.__version__
    assert all(len(provenance[name]) == 64 for name in provenance.keys() - {"exchange_calendars"})
    assert len(provenance) == 7


@pytest.mark.parametrize("symbol", SAMPLE)
def test_recorded_days_are_the_sessions(symbol, sample_bars):
    recorded = set(sample_bars[symbol].frame.index.strftime("%Y-%m-%d"))
    sessions = set(days(symbol, "2019-01-01", "2020-01-31"))
    assert recorded - sessions == set()
    assert sessions - recorded == GAPS.get(symbol, set()) & sessions
