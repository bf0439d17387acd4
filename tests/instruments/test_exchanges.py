"""Facts about exchanges: hours with their dated changes, and the calendars that must agree with them."""

import datetime as dt
from collections import Counter

import pandas as pd
import pytest

from eventstudy.instruments.catalogue import Instrument
from eventstudy.instruments.exchanges import exchange_of_suffix, exchange_of_zone, exchanges, parse_exchanges
from eventstudy.markets.calendars.schedule import known_range, schedule

WITH_SESSIONS = sorted(mic for mic, each in exchanges().items() if each.calendar)
# Hours that the calendar library does not have and that no correction gives it yet.
OTHER_HOURS = {"XFRA", "XSGO", "XTAE"}
YEARS = (2002, 2008, 2014, 2019, 2025)


@pytest.mark.parametrize(
    ("mic", "day", "hours"),
    [
        ("XTKS", "2024-11-04", "09:00 15:00"),
        ("XTKS", "2024-11-05", "09:00 15:30"),
        ("XKRX", "2016-07-29", "09:00 15:00"),
        ("XKRX", "2016-08-01", "09:00 15:30"),
        ("XHKG", "2011-03-04", "10:00 16:00"),
        ("XHKG", "2011-03-07", "09:30 16:00"),
        ("XETR", "2003-10-31", "09:00 20:00"),
        ("XETR", "2003-11-03", "09:00 17:30"),
        ("BVMF", "2025-03-07", "10:00 18:00"),
        ("BVMF", "2025-03-10", "10:00 17:00"),
        ("XMEX", "2023-07-03", "07:30 14:00"),
        ("XMEX", "2023-12-04", "08:30 15:00"),
        ("XBOG", "2023-07-03", "08:30 15:00"),
        ("XLON", "1999-07-01", "08:00 16:30"),
    ],
)
def test_hours_change_on_their_dates(mic, day, hours):
    found = exchanges()[mic].hours_on(dt.date.fromisoformat(day))
    assert " ".join(at.isoformat("minutes") for at in found) == hours


def test_the_leading_exchange_of_a_zone():
    zones = ["America/New_York", "Europe/Berlin", "Asia/Shanghai", "Asia/Kolkata", "Europe/Moscow"]
    assert [exchange_of_zone(zone).mic for zone in zones] == ["XNYS", "XETR", "XSHG", "XBOM", "XMOS"]
    assert exchange_of_zone("Pacific/Chatham") is None


def test_a_suffix_belongs_to_one_exchange():
    suffixes = Counter(suffix for each in exchanges().values() for suffix in each.suffixes)
    assert [suffix for suffix, count in suffixes.items() if count > 1] == []
    assert exchange_of_suffix("HSBA.L")[1].unit == "GBp"
    assert exchange_of_suffix("BRK.B") is None and exchange_of_suffix("AAPL") is None


@pytest.mark.parametrize("mic", sorted(set(WITH_SESSIONS) - OTHER_HOURS))
def test_calendars_keep_the_hours_of_the_exchange(mic):
    exchange = exchanges()[mic]
    first = max(known_range(exchange.calendar)[0], dt.date(2002, 1, 1))
    found = schedule(Instrument(symbol=mic, name=mic, calendar=exchange.calendar), first, dt.date(2025, 12, 30))
    both = (found.opens, found.closes)
    local = [pd.DatetimeIndex(at).tz_localize("UTC").tz_convert(exchange.zone) for at in both]
    actual = list(zip(local[0].time, local[1].time, strict=True))
    stated = [exchange.hours_on(day) for day in found.sessions.tolist()]
    odd = found.sessions[[a != b for a, b in zip(actual, stated, strict=True)]]
    for year in YEARS:
        days = odd[odd.astype("M8[Y]").astype(str) == str(year)]
        assert len(days) <= 16, f"{mic} {year}: {len(days)} sessions at other hours, such as {days[:3]}"


FACTS = 'name = "x"\ncity = "x"\nzone = "Asia/Tokyo"\ncurrency = "JPY"\nhours = [{ open = "09:00", close = "15:00" }]'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (FACTS.replace("city", "town"), "unknown key 'town'"),
        (FACTS.replace("Asia/Tokyo", "Tokyo"), "zone is 'Tokyo'"),
        (FACTS.replace("09:00", "9h"), 'write a time such as "09:30"'),
        (FACTS.replace("15:00", "15:00 Nowhere"), 'write a time such as "09:30"'),
        (FACTS + "\nsuffixes = [1]", "suffixes"),
        (FACTS.replace("[{", '[{ open = "09:00", close = "11:00" }, {'), "forward in time"),
    ],
)
def test_a_wrong_table_of_an_exchange_is_one_line(text, words):
    assert parse_exchanges(f"[XXXX]\n{FACTS}")["XXXX"].calendar == "XXXX"
    with pytest.raises(ValueError, match=words) as caught:
        parse_exchanges(f"[XXXX]\n{text}", "own.toml")
    assert str(caught.value).startswith("own.toml: [XXXX]") and "\n" not in str(caught.value)
