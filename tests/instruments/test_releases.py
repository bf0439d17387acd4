"""Scheduled releases: known minutes, changes of hour, exceptions, and days without a rule."""

import datetime as dt
import os
from zoneinfo import ZoneInfo

import pytest

from eventstudy.errors import UsageError
from eventstudy.instruments.releases import release_rules, releases

REFERENCE = os.environ.get("EVENTSTUDY_REFERENCE")
# Instants in UTC as news agencies reported them on the day.
KNOWN = {
    ("fomc-statement", "2008-12-16"): "2008-12-16T19:11",
    ("fomc-statement", "2012-06-20"): "2012-06-20T16:30",
    ("fomc-statement", "2012-08-01"): "2012-08-01T18:15",
    ("fomc-statement", "2013-12-18"): "2013-12-18T19:00",
    ("fomc-press-conference", "2013-12-18"): "2013-12-18T19:30",
    ("fomc-press-conference", "2012-06-20"): "2012-06-20T18:15",
    ("fomc-minutes", "2020-01-03"): "2020-01-03T19:00",
    ("ecb-decision", "2014-06-05"): "2014-06-05T11:45",
    ("ecb-decision", "2022-07-21"): "2022-07-21T12:15",
    ("ecb-press-conference", "2022-06-09"): "2022-06-09T12:30",
    ("ecb-press-conference", "2022-07-21"): "2022-07-21T12:45",
    ("boe-decision", "2016-08-04"): "2016-08-04T11:00",
    ("boe-decision", "2020-08-06"): "2020-08-06T06:00",
    ("rba-decision", "2019-06-04"): "2019-06-04T04:30",
    ("boc-decision", "2012-12-04"): "2012-12-04T14:00",
    ("boc-decision", "2015-01-21"): "2015-01-21T15:00",
    ("boc-decision", "2024-06-05"): "2024-06-05T13:45",
    ("snb-decision", "2022-06-16"): "2022-06-16T07:30",
    ("us-payrolls", "2020-07-02"): "2020-07-02T12:30",
    ("us-cpi", "2022-06-10"): "2022-06-10T12:30",
    ("us-crude-stocks", "2020-04-15"): "2020-04-15T14:30",
    ("us-crude-stocks", "2020-02-20"): "2020-02-20T16:00",
    ("us-jobless-claims", "2020-03-26"): "2020-03-26T12:30",
    ("uk-cpi", "2020-02-19"): "2020-02-19T09:30",
    ("uk-cpi", "2022-06-22"): "2022-06-22T06:00",
}
# Unscheduled decisions, days of no release, holidays, and what came before the first rule.
NONE = {
    "fomc-statement": ["1994-02-04", "2001-01-03", "2008-10-08", "2020-03-03", "2020-03-15", "2018-03-22"],
    "fomc-press-conference": ["2020-03-15", "2015-01-28"],
    "ecb-decision": ["2008-10-08", "2020-03-18", "2015-02-05"],
    "boe-decision": ["2008-10-08", "2020-03-11", "2020-03-19", "2001-09-18"],
    "rba-decision": ["2020-03-19", "2007-11-07"],
    "boc-decision": ["2020-03-13", "2020-03-27", "2008-10-08"],
    "us-payrolls": ["2020-07-03", "2013-10-04"],
    "us-crude-stocks": ["2020-02-19", "2020-02-21", "2025-12-03", "2024-12-25"],
    "us-jobless-claims": ["2020-11-26", "2025-10-16"],
    "rbnz-decision": ["2020-03-16"],
}


@pytest.mark.parametrize(("key", "day"), KNOWN)
def test_known_minutes(key, day):
    found = release_rules()[key].on(dt.date.fromisoformat(day), told=True)
    assert found.instant.strftime("%Y-%m-%dT%H:%M") == KNOWN[key, day]


@pytest.mark.parametrize(("key", "day"), [(key, day) for key, days in NONE.items() for day in days])
def test_days_without_a_rule(key, day):
    assert release_rules()[key].on(dt.date.fromisoformat(day), told=True) is None


def test_a_day_that_only_a_text_names_is_not_listed():
    rule, day = release_rules()["us-retail-sales"], dt.date(2021, 3, 16)
    assert rule.on(day) is None and rule.on(day, told=True).instant.hour == 12
    assert rule.on(dt.date(2021, 3, 14), told=True) is None, "a Sunday"


def test_the_list_is_in_order_and_within_its_days():
    found = releases(dt.date(2020, 3, 1), dt.date(2020, 3, 31))
    assert [each.instant for each in found] == sorted(each.instant for each in found)
    assert {each.key for each in found} >= {"rba-decision", "boc-decision", "ecb-decision", "snb-decision"}
    assert "fomc-statement" not in {each.key for each in found}, "its meeting of 18 March 2020 was called off"
    assert all(each.basis.startswith(f"{each.instant.astimezone(ZoneInfo(each.zone)):%H:%M}") for each in found)


def test_a_list_that_runs_backwards_is_refused():
    with pytest.raises(UsageError, match="is before the first"):
        releases(dt.date(2020, 2, 1), dt.date(2020, 1, 1))


def test_every_rule_names_its_source_and_its_days_are_weekdays():
    for rule in release_rules().values():
        assert len(rule.source) > 10 and all(day.weekday() < 5 for day in (*rule.days, *rule.other))
        assert [since for since, _ in rule.clocks] == sorted(since for since, _ in rule.clocks)
        assert not rule.days or min(rule.days) >= rule.clocks[0][0]


@pytest.mark.skipif(not REFERENCE, reason="EVENTSTUDY_REFERENCE is not set")
def test_minutes_of_the_federal_reserve():
    """Every minute of the San Francisco Fed's table is met; what is unscheduled or doubtful has no rule."""
    import pandas as pd

    path = f"{REFERENCE}/data/usmpd/USMPD.xlsx"
    sheets = {"Statements": "fomc-statement", "Press Conferences": "fomc-press-conference", "Minutes": "fomc-minutes"}
    met = 0
    for sheet, key in sheets.items():
        table = pd.read_excel(path, sheet_name=sheet)
        for row in table[table.Date.notna()].to_dict("records"):
            found = release_rules()[key].on(row["Date"].date(), told=True)
            if found is not None:
                assert found.instant == row["date_time"].to_pydatetime().replace(tzinfo=ZoneInfo("America/New_York"))
                assert not row.get("Unscheduled", 0)
                met += 1
    assert met == 247 + 87 + 197
