"""Events and markets: long closures, the ends of intervals, prices that were not known yet, lines that name both."""

import datetime as dt

import pandas as pd
import pytest

from eventstudy.errors import NotEnoughDataError, UsageError
from eventstudy.events import Event, Precision, When
from eventstudy.instruments.catalogue import CATALOGUE
from eventstudy.instruments.instrument import Instrument
from eventstudy.instruments.own_calendar import Holiday, OwnCalendar, Week
from eventstudy.markets.alignment.events import at_the_end, inspect, meet, meet_lines, observed
from eventstudy.markets.alignment.sessions import align
from eventstudy.markets.calendars.bar_sessions import bar_hours
from eventstudy.markets.calendars.lanes import trading_lanes
from eventstudy.markets.prices.bars import Bars, BarSet

# The Egyptian Exchange in 2011: Sunday to Thursday from 10:30 to 14:30, two hours ahead of UTC. After 27 January
# the next session was on Wednesday 23 March.
CLOSED = pd.date_range("2011-01-28", "2011-03-22")
CAIRO = Instrument(
    symbol="^EGX30",
    name="EGX 30",
    calendar=OwnCalendar(
        name="EGX",
        title="Cairo",
        timezone="Africa/Cairo",
        first=dt.date(2010, 1, 1),
        last=dt.date(2011, 12, 31),
        weeks=(Week(since=dt.date(2010, 1, 1), open="10:30", close="14:30", days="Sun Mon Tue Wed Thu"),),
        holidays=tuple(Holiday(date=day.date(), verb="closed") for day in CLOSED),
    ),
)


@pytest.mark.parametrize("instant", ["2011-01-28T12:00Z", "2011-02-11T16:00Z", "2011-03-22T12:00Z"])
def test_the_longest_closure_is_crossed(instant):
    row = align(instant, CAIRO).iloc[0]
    assert (row["state"], row["session"]) == ("closed", pd.Timestamp("2011-03-23"))
    assert row["first_tradable"] == pd.Timestamp("2011-03-23T08:30Z")
    assert row["reference"] == pd.Timestamp("2011-01-27T12:30Z")
    assert row["observation"] == pd.Timestamp("2011-03-23T12:30Z")


def test_bars_and_lanes_within_a_closure_lie_between_its_sessions():
    found = bar_hours(CAIRO, pd.DatetimeIndex(["2011-02-11T16:00Z", "2011-02-12T16:00Z"]))
    assert not found.inside.any() and not found.crosses.any()
    assert set(found.begins.astype("M8[m]").astype(str)) == {"2011-01-27T12:30"}
    assert set(found.ends.astype("M8[m]").astype(str)) == {"2011-03-23T08:30"}

    class Only:
        def find(self, symbol):
            return CAIRO

    assert trading_lanes(pd.Timestamp("2011-02-11T16:00Z"), ["^EGX30"], instruments=Only()).empty


def interval(**times):
    return Event(id="e", **times)


DAY = When(
    start=dt.datetime(2020, 1, 7, tzinfo=dt.UTC),
    end=dt.datetime(2020, 1, 8, tzinfo=dt.UTC),
    precision=Precision.DAY,
    tz="Europe/London",
)
# The end does not belong to the interval; datetimes count microseconds.
LAST = dt.datetime(2020, 1, 7, 23, 59, 59, 999_999, tzinfo=dt.UTC)


def test_the_end_of_an_interval_is_its_last_moment():
    happened, told = at_the_end(interval(occurred=DAY)), at_the_end(interval(occurred=DAY, public=DAY))
    assert (happened.occurred.start, happened.occurred.end, happened.public) == (LAST, LAST, None)
    assert (told.public.start, told.occurred) == (LAST, DAY)
    assert happened.occurred.approximate and happened.occurred.tz == "Europe/London"
    instant = Event.at("2020-01-07T22:30Z", id="e")
    assert at_the_end(instant) is instant


def closes(symbol, *days, as_of=None):
    index = pd.DatetimeIndex(days)
    frame = pd.DataFrame({"close": [float(at) for at in range(1, len(days) + 1)]}, index=index)
    return Bars(symbol=symbol, frame=frame, as_of=None if as_of is None else pd.Timestamp(as_of))


@pytest.mark.parametrize(
    ("as_of", "kept"),
    [
        ("2020-01-08T20:59Z", 2),  # New York closes at 21:00 UTC in January
        ("2020-01-08T21:00Z", 3),
        ("2020-01-07T21:00Z", 2),
        (None, 3),
    ],
)
def test_a_row_is_kept_once_its_close_was_known(as_of, kept):
    bars = closes("^GSPC", "2020-01-06", "2020-01-07", "2020-01-08", as_of=as_of)
    assert observed(bars).index.tolist() == bars.index[:kept].tolist()


def test_rows_that_were_all_recorded_too_early_are_refused():
    with pytest.raises(NotEnoughDataError, match="no row was observed by 2020-01-08 20:59 UTC"):
        observed(closes("^GSPC", "2020-01-08", as_of="2020-01-08T20:59Z"))


def test_a_row_on_the_last_day_of_a_long_holiday_is_no_error():
    """Shanghai kept 1 to 8 October 2020; a vendor repeats the last close until then."""
    bars = closes("000001.SS", "2020-09-30", *pd.date_range("2020-10-01", "2020-10-08"), as_of="2020-10-08T12:00Z")
    assert observed(bars) is bars


def test_an_intraday_bar_is_kept_once_it_has_ended():
    index = pd.DatetimeIndex(["2020-01-07T23:00Z", "2020-01-07T23:15Z", "2020-01-07T23:30Z"])
    frame = pd.DataFrame({"close": [1.0, 2.0, 3.0]}, index=index)
    for as_of, kept in (("2020-01-07T23:44Z", 2), ("2020-01-07T23:45Z", 3)):
        assert len(observed(Bars(symbol="CL=F", frame=frame, as_of=pd.Timestamp(as_of))).index) == kept


def test_a_market_without_a_clock_keeps_its_rows():
    bars = closes("no such", "2020-01-08", as_of="2020-01-01T00:00Z")
    assert observed(bars) is bars


LINES = pd.DataFrame(
    {
        "event_id": ["a", "b", "c", "a"],
        "market": ["^N225", "^GSPC", "CL=F", "^GSPC"],
        "session": pd.to_datetime([None, "2020-01-09", None, None]),
        "instant": pd.to_datetime(["2020-01-07T22:30Z", None, "2020-01-07T22:30Z", "2020-01-07T22:30Z"], utc=True),
    }
)


def test_lines_keep_their_order_and_each_meets_its_own_clock():
    found = meet_lines(LINES)
    assert found["event_id"].tolist() == ["a", "b", "c", "a"]
    assert found["market"].tolist() == ["^N225", "^GSPC", "CL=F", "^GSPC"]
    assert found["session"].dt.strftime("%d").tolist() == ["08", "09", "08", "08"]
    observations = found["observation_utc"].dt.strftime("%d %H:%M")
    assert observations.fillna("").tolist() == ["08 06:00", "", "08 19:30", "08 21:00"]
    assert found["state"].fillna("").tolist() == ["closed", "", "break", "closed"]


def test_lines_of_days_alone_need_no_clock_and_bars_need_instants():
    days = LINES.iloc[[1]]
    assert meet_lines(days)["session"].tolist() == [pd.Timestamp("2020-01-09")]
    bars = BarSet(bars={})
    with pytest.raises(UsageError, match="a study in bars needs instants"):
        meet_lines(LINES, bars=bars)
    assert meet_lines(LINES.iloc[[0, 2]], bars=bars)["session"].isna().all()  # no bars of either market


def test_events_meet_every_market_in_order_and_have_ids_of_their_own():
    first, second = Event.at("2020-01-07T22:30Z", id="a"), Event.at("2020-01-09T12:00Z", id="b")
    events, found = meet(iter([first, second]), ["^N225", "^GSPC"])
    assert events == (first, second)
    assert found["event_id"].tolist() == ["a", "a", "b", "b"]
    assert found["session"].dt.strftime("%d").tolist() == ["08", "08", "10", "09"]
    for wrong in ((), (first, first)):
        with pytest.raises(UsageError, match="at least one, each with an id of its own"):
            meet(wrong, ["^N225"])


def test_unusual_rows_of_the_markets_that_have_prices():
    bars = BarSet(bars={"^GSPC": closes("^GSPC", "2020-01-03", "2020-01-04", "2020-01-07")})  # a Saturday, no Monday
    found = inspect(bars, ["^GSPC", "^N225"], CATALOGUE)
    days = found[["kind", "session"]].astype(str).to_numpy().tolist()
    assert set(found["market"]) == {"^GSPC"}
    assert {day for _, day in days} >= {"2020-01-04", "2020-01-06"}
    assert inspect(bars, ["^N225"]).empty
