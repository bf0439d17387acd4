"""The clocks beside pandas_market_calendars, 2006 to 2026: every disagreement is known, and why."""

import datetime as dt

import pandas as pd
import pytest

from eventstudy.instruments.catalogue import find_instrument
from eventstudy.markets.calendars.halts import halts
from eventstudy.markets.calendars.schedule import schedule

elsewhere = pytest.importorskip("pandas_market_calendars", reason="pandas_market_calendars is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")  # of that package's own use of pandas

FIRST, LAST = dt.date(2006, 6, 13), dt.date(2026, 12, 30)
HOLIDAY_HALT = "US holidays: they count a session of their own; no settlement is published, trading is for the next day"
# market: their calendar and zone, then (why, what) of each kind of disagreement. What: "theirs" or "ours" for a session
# that only one of the two has, else (our open, their open, our close, their close), where "*" is any time.
KNOWN = {
    "^N225": (
        "JPX",
        "Asia/Tokyo",
        [("first and last days of a year until January 2009: the morning only", ("09:00", "09:00", "11:00", "15:00"))],
    ),
    "^HSI": (
        "HKEX",
        "Asia/Hong_Kong",
        [
            (
                "storms of 2020, 2021 and 2024 and the day after Easter and Ching Ming of 2021: HKEX was closed",
                ("theirs", {"2020-10-13", "2021-04-06", "2021-10-13", "2024-09-06"}),
            ),
            ("hours of before March 2011: they have today's", ("10:00", "09:30", "*", "16:00")),
            ("eves of Christmas, New Year and Lunar New Year: morning only", ("09:30", "09:30", "12:00", "16:00")),
            ("after typhoon and rainstorm: trading from 13:30", ("13:30", "09:30", "16:00", "16:00")),
            ("after typhoons of 2012, 2013, 2014 and 2022: trading from 13:00", ("13:00", "09:30", "16:00", "16:00")),
            ("2 November 2022, before a typhoon: trading until 13:55", ("09:30", "09:30", "13:55", "16:00")),
            ("9 October 2023, after a typhoon: trading from 14:00", ("14:00", "09:30", "16:00", "16:00")),
        ],
    ),
    "^KS11": (
        "XKRX",
        "Asia/Seoul",
        [
            ("2026: the public holidays of June and July", ("theirs", {"2026-06-03", "2026-07-17"})),
            ("first session of the year begins an hour late", ("10:00", "09:00", "15:00", "15:00")),
            ("first session of the year begins an hour late", ("10:00", "09:00", "15:30", "15:30")),
            ("day of the university entrance examination: an hour later", ("10:00", "09:00", "16:00", "15:00")),
            ("day of the university entrance examination: an hour later", ("10:00", "09:00", "16:30", "15:30")),
        ],
    ),
    "000001.SS": ("SSE", "Asia/Shanghai", []),
    "^AXJO": (
        "ASX",
        "Australia/Sydney",
        [
            ("they close with the auction, we with continuous trading", ("10:00", "10:00", "16:00", "16:10")),
            ("holidays before 2011: they have none", ("theirs", "any")),
            ("23 and 30 December 2022: they close early, no notice was seen", ("10:00", "10:00", "16:00", "14:10")),
        ],
    ),
    "^NSEI": (
        "NSE",
        "Asia/Kolkata",
        [
            (
                "budget days, drills and Muhurat evenings on weekends: they have none",
                (
                    "ours",
                    {"2012-01-07", "2012-03-03", "2012-09-08", "2013-05-11", "2014-03-22", "2024-01-20"}
                    | {"2015-02-28", "2016-10-30", "2019-10-27", "2020-02-01"}
                    | {"2020-11-14", "2023-11-12", "2024-03-02", "2024-05-18", "2025-02-01", "2026-02-01"},
                ),
            ),
        ],
    ),
    "^GSPC": (
        "NYSE",
        "America/New_York",
        [("27 December 2006: silence for a president before the opening", ("09:30", "09:32", "16:00", "16:00"))],
    ),
    "^FTSE": ("LSE", "Europe/London", []),
    "^GDAXI": ("XETR", "Europe/Berlin", []),
    "^SSMI": ("SIX", "Europe/Zurich", []),
    "^GSPTSE": ("TSX", "America/Toronto", []),
    "CL=F": (
        "CMEGlobex_CL",
        "America/New_York",
        [
            (HOLIDAY_HALT, ("theirs", "any")),
            ("until September 2015 the break began at 17:15", ("*", "18:00", "17:15", "17:00")),
            ("Christmas Eve: NYMEX closes early", ("18:00", "18:00", "13:45", "17:00")),
            ("27 November 2026: their 13:45 is New York's time as Chicago's", ("*", "18:00", "13:45", "14:45")),
            ("after a holiday our session begins with the holiday's trading", ("18:00 before", "18:00", "*", "*")),
        ],
    ),
}


def side_by_side(market, name, zone):
    """Both calendars' sessions with local opening and closing times; an open on another day says so.

    Days with a halt are left out: they know none.
    """
    ours = schedule(find_instrument(market), FIRST, LAST).frame().set_index("session")[["open", "close"]]
    theirs = elsewhere.get_calendar(name).schedule(start_date=str(FIRST), end_date=str(LAST))
    theirs = theirs[["market_open", "market_close"]].set_axis(["open", "close"], axis=1)
    both = ours.join(theirs, how="outer", lsuffix="_ours", rsuffix="_theirs").sort_index()
    stops = halts().get(str(find_instrument(market).calendar), ())
    both = both.drop([day for stop in stops if (day := pd.Timestamp(stop.end.date())) in both.index])
    times = both.apply(lambda column: pd.to_datetime(column, utc=True).dt.tz_convert(zone).dt.strftime("%H:%M"))
    earlier = both["open_ours"] < both["open_theirs"] - pd.Timedelta("12h")
    times.loc[earlier, "open_ours"] += " before"
    return times[["open_ours", "open_theirs", "close_ours", "close_theirs"]]


def is_known(row, day, known):
    """Whether a row is one of the known disagreements."""
    for _, what in known:
        if what[0] in ("ours", "theirs"):
            missing = row["open_theirs" if what[0] == "ours" else "open_ours"]
            if pd.isna(missing) and (what[1] == "any" or day in what[1]):
                yield what
        elif all(seen in (said, "*") or said == "*" for seen, said in zip(row, what, strict=True)):
            yield what


@pytest.mark.parametrize("market", KNOWN)
def test_every_disagreement_is_known(market):
    name, zone, known = KNOWN[market]
    times = side_by_side(market, name, zone)
    differing = times[(times["open_ours"] != times["open_theirs"]) | (times["close_ours"] != times["close_theirs"])]
    used, unknown = set(), []
    for day, row in differing.iterrows():
        found = list(is_known(row, f"{day:%Y-%m-%d}", known))
        used.update(map(repr, found))
        if not found:
            unknown.append((f"{day:%Y-%m-%d}", *row))
    assert unknown == []
    assert used == {repr(what) for _, what in known}, "an explanation that explains nothing"


def test_the_days_on_which_only_they_have_crude_are_the_holidays_of_new_york():
    days = side_by_side("CL=F", "CMEGlobex_CL", "America/New_York").query("open_ours.isna()").index
    shares = schedule(find_instrument("^GSPC"), FIRST, LAST).sessions
    assert not set(days) & set(pd.DatetimeIndex(shares))


def test_the_days_on_which_only_they_have_sydney_are_before_their_holidays_begin():
    days = side_by_side("^AXJO", "ASX", "Australia/Sydney").query("open_ours.isna()").index
    assert days.max() == pd.Timestamp("2011-04-26")
