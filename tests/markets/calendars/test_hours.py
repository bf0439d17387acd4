"""Trading hours changed by hand: a clock written in words, and what each change makes of it."""

import datetime as dt
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from eventstudy.errors import InputError, NotEnoughDataError, UsageError
from eventstudy.instruments.catalogue import find_instrument
from eventstudy.instruments.instrument import Instrument
from eventstudy.instruments.own_calendar import Holiday, OwnCalendar, Week
from eventstudy.markets.calendars.bar_sessions import bar_hours
from eventstudy.markets.calendars.corrections import Override, corrected
from eventstudy.markets.calendars.describe import session_near
from eventstudy.markets.calendars.halts import Halt, interrupted, parse_halts
from eventstudy.markets.calendars.hours import Hours, wall_time
from eventstudy.markets.calendars.library import library_range
from eventstudy.markets.calendars.own_calendars import regular_hours
from eventstudy.markets.calendars.schedule import known_range, known_schedule, known_sessions, schedule

JANUARY = dt.date(2020, 1, 6), dt.date(2020, 1, 10)  # Monday to Friday


def hours_of(text):
    """Hours from lines such as "06: 09:00-11:30 12:30-15:00"; "-1" before a time is the evening before."""
    rows = []
    for line in text.strip().splitlines():
        day, periods = line.strip().split(": ")
        label = np.array([f"2020-01-{day}"], "M8[D]")
        for period in periods.replace("-1 ", "^").split():
            start, end = (at.replace("^", "-1 ") for at in period.split("-", 2 if period[0] == "^" else 1))
            rows.append((label[0], wall_time(label, start)[0], wall_time(label, end)[0]))
    session, start, end = zip(*rows, strict=True)
    return Hours.of(np.array(session, "M8[D]"), np.array(start), np.array(end))


def text_of(hours):
    """The same in words, with a mark before a time for each day that it lies before its session."""
    lines = {}
    for session, start, end in zip(hours.session, hours.start, hours.end, strict=True):
        eve = "^" * int((session - start.astype("M8[D]")).astype(int))
        clock = [str(at.astype("M8[m]"))[11:] for at in (start, end)]
        lines.setdefault(str(session)[8:], []).append(f"{eve}{clock[0]}-{clock[1]}")
    return "; ".join(f"{day}: {' '.join(periods)}" for day, periods in lines.items())


TOKYO = """06: 09:00-11:30 12:30-15:00
07: 09:00-11:30 12:30-15:00
08: 09:00-11:30 12:30-15:00"""


def changed(verb, hours=TOKYO, date="07", **options):
    change = Override(date=dt.date.fromisoformat(f"2020-01-{date}"), verb=verb, source="a notice", **options)
    return text_of(corrected(hours_of(hours), (change,), *JANUARY))


USUAL = "09:00-11:30 12:30-15:00"


@pytest.mark.parametrize(
    ("verb", "options", "seventh"),
    [
        ("closed", {}, None),
        ("open", {"at": "08:00"}, "08:00-11:30 12:30-15:00"),
        ("open", {"at": "10:00"}, "10:00-11:30 12:30-15:00"),
        ("open", {"at": "11:30"}, "12:30-15:00"),
        ("open", {"at": "13:00"}, "13:00-15:00"),  # and no morning
        ("close", {"at": "15:30"}, "09:00-11:30 12:30-15:30"),
        ("close", {"at": "14:00"}, "09:00-11:30 12:30-14:00"),
        ("close", {"at": "12:30"}, "09:00-11:30"),
        ("close", {"at": "11:00"}, "09:00-11:00"),  # and no afternoon
        ("session", {"at": "10:00", "until": "12:00"}, "10:00-12:00"),  # in place of the usual one
        ("break", {"at": "11:00", "until": "13:00", "last": dt.date(2020, 1, 7)}, "09:00-11:00 13:00-15:00"),
        ("break", {"at": "09:00", "until": "13:00", "last": dt.date(2020, 1, 7)}, "13:00-15:00"),
        ("break", {"at": "08:00", "until": "13:00", "last": dt.date(2020, 1, 7)}, "13:00-15:00"),
        ("break", {"at": "14:00", "until": "15:00", "last": dt.date(2020, 1, 7)}, "09:00-14:00"),
        ("break", {"at": "14:00", "until": "16:00", "last": dt.date(2020, 1, 7)}, "09:00-14:00"),
        ("break", {"at": "15:00", "until": "16:00", "last": dt.date(2020, 1, 7)}, "09:00-15:00"),
    ],
)
def test_a_correction_changes_its_day_alone(verb, options, seventh):
    days = {"06": USUAL, "07": seventh, "08": USUAL}
    assert changed(verb, **options) == "; ".join(f"{day}: {said}" for day, said in days.items() if said)


@pytest.mark.parametrize(
    ("options", "days"),
    [
        ({}, "07 08"),  # a break holds from its date on
        ({"last": dt.date(2020, 1, 7)}, "07"),
        ({"weekmask": "0010000"}, "08"),  # Wednesdays
        ({"summer_time_of": "America/New_York"}, ""),
        ({"summer_time_of": "Australia/Sydney"}, "07 08"),
    ],
)
def test_a_break_holds_for_a_range_a_weekday_or_the_summer_of_a_zone(options, days):
    said = changed("break", at="11:00", until="13:00", **options)
    assert said.count("09:00-11:00 13:00-15:00") == len(days.split())
    assert all(f"{day}: 09:00-11:00" in said for day in days.split())


def test_a_session_is_added_within_the_range_alone():
    for date, added in (("10", True), ("11", False), ("05", False)):
        said = changed("session", date=date, at="10:00", until="12:00")
        assert (f"{date}: 10:00-12:00" in said) == added


@pytest.mark.parametrize(
    ("begin", "end", "seventh"),
    [
        ("07T10:00", "07T11:00", "09:00-10:00 11:00-11:30 12:30-15:00"),
        ("07T09:00", "07T10:00", "10:00-11:30 12:30-15:00"),
        ("07T14:00", "07T15:00", "09:00-11:30 12:30-14:00"),
        ("07T11:00", "07T13:00", "09:00-11:00 13:00-15:00"),
        ("07T09:00", "07T15:00", None),
        ("07T11:30", "07T12:30", USUAL),  # nothing was traded then
    ],
)
def test_a_halt_takes_its_time_out_of_the_hours(begin, end, seventh):
    halt = Halt(
        begin=dt.datetime.fromisoformat(f"2020-01-{begin}"),
        end=dt.datetime.fromisoformat(f"2020-01-{end}"),
        why="a failure",
        source="a notice",
    )
    days = {"06": USUAL, "07": seventh, "08": USUAL}
    assert text_of(interrupted(hours_of(TOKYO), (halt,))) == "; ".join(f"{d}: {s}" for d, s in days.items() if s)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("from = 2020-01-07T10:00:00\nto = 2020-01-07T10:00:00", "in the order of time"),
        ("from = 2020-01-07T11:00:00\nto = 2020-01-07T10:00:00", "in the order of time"),
        ("from = 2020-01-07T10:00:00Z\nto = 2020-01-07T11:00:00Z", "without a zone"),
        ("from = 2020-01-07T10:00:00\nto = 2020-01-07T11:00:00Z", "without a zone"),
        ("from = 2020-01-07T10:00:00", "to must be given"),
    ],
)
def test_a_wrong_halt_is_one_clear_line(line, words):
    told = 'why = "w"\nsource = "s"\n'
    good = f"[[XTKS]]\nfrom = 2020-01-06T10:00:00\nto = 2020-01-06T11:00:00\n{told}"
    assert [each.begin.hour for each in parse_halts(good)["XTKS"]] == [10]
    with pytest.raises(InputError, match=f"^halts.toml: XTKS, table 2.*{words}") as caught:
        parse_halts(f"{good}[[XTKS]]\n{line}\n{told}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("first", "last", "listed"),
    [
        ((2006, 1, 18), (2006, 1, 18), ["2006-01-18T05:40"]),
        ((2006, 1, 17), (2006, 1, 18), ["2006-01-18T05:40"]),
        ((2006, 1, 18), (2006, 1, 19), ["2006-01-18T05:40"]),
        ((2006, 1, 19), (2006, 1, 20), []),
        ((2006, 1, 16), (2006, 1, 17), []),
    ],
)
def test_a_schedule_lists_the_halts_of_its_days(first, last, listed):
    """On 18 January 2006 Tokyo stopped at 14:40, 05:40 UTC, until the close at 15:00."""
    on = schedule(find_instrument("^N225"), dt.date(*first), dt.date(*last))
    assert on.halt_starts.astype("M8[m]").astype(str).tolist() == listed
    assert (on.halt_ends - on.halt_starts == np.timedelta64(20, "m")).all()
    other = schedule(find_instrument("^GSPC"), dt.date(2006, 1, 18), dt.date(2006, 1, 18))
    assert not other.halt_starts.size


def clock(*holidays, **week):
    """A future's clock: 18:00 on the eve to 17:00 in New York, Mondays from 19:00 on Sunday, a break at noon."""
    hours = {"open": "-1 18:00", "close": "17:00", "monday": "-1 19:00", "breaks": (("12:00", "12:30"),), **week}
    return OwnCalendar(
        name="OWN",
        title="Own",
        timezone="America/New_York",
        first=dt.date(2019, 1, 1),
        last=dt.date(2020, 12, 31),
        weeks=(Week(since=dt.date(2019, 1, 1), **hours),),
        holidays=tuple(Holiday(date=dt.date.fromisoformat(f"2020-01-{day}"), **rest) for day, rest in holidays),
    )


FULL = "^18:00-12:00 12:30-17:00"
WEEK = {"06": "^19:00-12:00 12:30-17:00", "07": FULL, "08": FULL, "09": FULL, "10": FULL}


@pytest.mark.parametrize(
    ("holiday", "week", "changes"),
    [
        (("07", {"verb": "closed"}), {}, {"07": None}),
        (("07", {"verb": "closed"}), {"reopen": "-1 20:00"}, {"07": None, "08": "^20:00-12:00 12:30-17:00"}),
        (("10", {"verb": "closed"}), {}, {"10": None}),
        (("07", {"verb": "close", "at": "13:00"}), {}, {"07": "^18:00-12:00 12:30-13:00"}),
        (("07", {"verb": "close", "at": "11:00"}), {}, {"07": "^18:00-11:00"}),
        # Trading on the holiday until 13:00 counts for the next session.
        (("07", {"verb": "halt", "at": "13:00"}), {}, {"07": None, "08": f"^^18:00-12:00 ^12:30-13:00 {FULL}"}),
        (("05", {"verb": "session", "at": "16:00"}), {}, {}),  # a Sunday outside the range asked for
    ],
)
def test_a_week_of_a_declared_clock_and_its_holidays(holiday, week, changes):
    found = text_of(regular_hours(clock(holiday, **week), *JANUARY))
    assert found == "; ".join(f"{day}: {said}" for day, said in (WEEK | changes).items() if said)


def test_a_saturday_can_have_a_session_of_its_own():
    saturday = dt.date(2020, 1, 11)
    for at, closes in (("", "17:00"), ("14:00", "14:00")):
        own = clock(("11", {"verb": "session", "at": at}))
        assert text_of(regular_hours(own, saturday, saturday)) == f"11: ^18:00-12:00 12:30-{closes}"


@pytest.mark.parametrize("closed", [13, 14, 15, 54])
def test_the_first_session_of_a_year_after_a_long_closure_opens_as_after_any(closed):
    """Closed from so many days before New Year on; the exchange then begins at 10:00 instead of 9:30."""
    days = pd.date_range(end="2020-01-01", periods=closed + 1)
    own = OwnCalendar(
        name="OWN",
        title="Own",
        timezone="UTC",
        first=dt.date(2019, 1, 1),
        last=dt.date(2020, 12, 31),
        weeks=(Week(since=dt.date(2019, 1, 1), open="09:30", close="16:00", reopen="10:00"),),
        holidays=tuple(Holiday(date=day.date(), verb="closed") for day in days),
    )
    found = regular_hours(own, dt.date(2020, 1, 1), dt.date(2020, 1, 3))
    assert text_of(found) == "02: 10:00-16:00; 03: 09:30-16:00"


def test_the_week_in_force_is_that_of_the_day():
    weeks = tuple(
        Week(since=dt.date(2020, 1, day), open=f"{at}:00", close="17:00")
        for day, at in ((1, "08"), (8, "09"), (10, "10"))
    )
    own = OwnCalendar(
        name="OWN", title="Own", timezone="UTC", first=dt.date(2019, 1, 1), last=dt.date(2020, 12, 31), weeks=weeks
    )
    opens = [str(at)[11:13] for at in regular_hours(own, *JANUARY).start]
    assert opens == ["08", "08", "09", "09", "10"]
    # The first week also holds before its date.
    assert str(regular_hours(own, dt.date(2019, 6, 3), dt.date(2019, 6, 3)).start[0])[11:13] == "08"


def market(calendar, **observed):
    return Instrument(symbol="OWN", name="Own", calendar=calendar, **observed)


SHARES = {"open": "09:30", "close": "16:00", "monday": "", "breaks": ()}
ALWAYS = dt.date(1990, 1, 1)


@pytest.mark.parametrize(
    ("week", "observed", "expected"),
    [
        ({}, {}, "16:00"),
        ({}, {"observed_after_close": dt.timedelta(minutes=15)}, "16:15"),
        ({}, {"observed_at": ((ALWAYS, dt.time(15)),)}, "15:00"),
        ({}, {"observed_at": ((ALWAYS, dt.time(15)), (dt.date(2020, 1, 7), dt.time(14)))}, "14:00"),
        ({}, {"observed_at": ((ALWAYS, dt.time(15)), (dt.date(2020, 1, 8), dt.time(14)))}, "15:00"),
        ({}, {"observed_at": ((ALWAYS, dt.time(15)),), "observed_zone": "America/Chicago"}, "16:00"),
        # A session that opens at the usual time of the settlement, or later, settles at its close.
        ({"open": "14:30"}, {"observed_at": ((ALWAYS, dt.time(14, 30)),)}, "16:00"),
        ({"open": "14:31"}, {"observed_at": ((ALWAYS, dt.time(14, 30)),)}, "16:00"),
        ({"open": "14:29"}, {"observed_at": ((ALWAYS, dt.time(14, 30)),)}, "14:30"),
        # A settlement is made of trades; a fixing is not.
        ({"close": "13:00"}, {"observed_at": ((ALWAYS, dt.time(14)),), "observation": "settlement"}, "13:00"),
        ({"close": "13:00"}, {"observed_at": ((ALWAYS, dt.time(14)),), "observation": "fixing"}, "14:00"),
        *(
            (
                {"close": close},
                {"observed_at": ((ALWAYS, dt.time(12)),), "observed_early": (dt.time(13), dt.time(11))},
                at,
            )
            for close, at in (("12:59", "11:00"), ("13:00", "11:00"), ("13:01", "12:00"))
        ),
    ],
)
def test_when_the_price_of_a_session_is_known(week, observed, expected):
    on = schedule(market(clock(**{**SHARES, **week}), **observed), dt.date(2020, 1, 7), dt.date(2020, 1, 7))
    known = on.frame()["observation"].iloc[0].tz_convert("America/New_York")
    assert f"{known:%H:%M}" == expected


def test_opens_closes_and_pauses_of_each_session():
    on = schedule(market(clock(("07", {"verb": "halt", "at": "13:00"}))), *JANUARY)
    frame, stretches = on.frame(), on.stretches()
    assert frame["session"].dt.day.tolist() == [6, 8, 9, 10]
    local = [
        frame[side].dt.tz_convert("America/New_York").dt.strftime("%d %H:%M").tolist() for side in ("open", "close")
    ]
    assert local[0] == ["05 19:00", "06 18:00", "08 18:00", "09 18:00"]
    assert local[1] == ["06 17:00", "08 17:00", "09 17:00", "10 17:00"]
    # The pauses at noon and at 17:00 end on the same day; the halt on the 7th at 13:00 ends at 18:00; the week ends.
    assert stretches["break_follows"].tolist() == [True] * (len(stretches) - 1) + [False]
    assert len(stretches) == 2 * 5


@pytest.mark.parametrize("symbol", ["CL=F", "^N225", "BTC-USD", "EURUSD=X"])
def test_a_bar_crosses_where_trading_stopped_since_the_bar_before(symbol):
    on = schedule(find_instrument(symbol), dt.date(2019, 12, 30), dt.date(2020, 1, 15)).stretches()
    periods = list(zip(on["start"], on["end"], strict=True))
    stops = [end for (_, end), (start, _) in pairwise(periods) if start > end]
    starts = pd.date_range("2020-01-06T01:00Z", "2020-01-09T12:00Z", freq="30min")
    starts = pd.DatetimeIndex([at for at in starts if any(start <= at < end for start, end in periods)])
    stopped = [any(before < stop <= after for stop in stops) for before, after in pairwise(starts)]
    assert bar_hours(symbol, starts).crosses.tolist() == [False, *stopped]


def test_a_bar_that_opens_as_trading_stops_is_outside():
    found = bar_hours("CL=F", pd.DatetimeIndex(["2020-01-07T21:59Z", "2020-01-07T22:00Z", "2020-01-07T23:00Z"]))
    assert found.inside.tolist() == [True, False, True]
    assert found.crosses.tolist() == [False, True, True]


def test_bars_at_both_ends_of_a_calendar():
    """Crude is known from 3 January 2000, when trading paused from 8:00 to 9:45 in New York, to 31 December 2027."""
    first = bar_hours("CL=F", pd.DatetimeIndex(["2000-01-03T00:30Z", "2000-01-03T13:30Z", "2000-01-03T14:45Z"]))
    assert first.session.astype(str).tolist() == ["2000-01-03", "NaT", "2000-01-03"]
    assert first.begins.astype("M8[m]").astype(str).tolist() == [
        f"2000-01-03T{at}" for at in ("00:00", "13:00", "14:45")
    ]
    last = bar_hours("CL=F", pd.DatetimeIndex(["2027-12-31T21:45Z", "2027-12-31T22:00Z"]))
    assert last.session.astype(str).tolist() == ["2027-12-31", "NaT"] and np.isnat(last.ends[1])
    before = bar_hours("CL=F", pd.DatetimeIndex(["2000-01-02T23:45Z"]))
    assert not before.inside.any() and np.isnat(before.begins[0]) and str(before.ends[0])[:16] == "2000-01-03T00:00"


# Holidays of China, India and Singapore are proclaimed from year to year; those of New York and Tokyo follow rules.
@pytest.mark.parametrize(
    ("calendar", "first", "last"),
    [
        ("XNYS", (1990, 1, 1), (2027, 12, 31)),
        ("XTKS", (1997, 1, 1), (2027, 12, 31)),
        ("XNSE", None, (2026, 12, 31)),
        ("XSES", None, (2026, 12, 31)),
        ("XSHG", None, (2026, 12, 31)),
        ("XHKG", None, (2027, 12, 31)),
        ("24/7", (1990, 1, 1), (2027, 12, 31)),
    ],
)
def test_the_years_for_which_a_calendar_is_known(calendar, first, last):
    low, high = library_range(calendar)
    assert high == dt.date(*last) and (first is None or low == dt.date(*first))
    assert known_range(calendar) == (low, high)


def test_a_range_is_cut_to_what_is_known():
    york = find_instrument("^GSPC")
    assert known_schedule(york, dt.date(1989, 1, 1), dt.date(1989, 12, 31)) is None
    assert known_sessions("XNYS", dt.date(1989, 1, 1), dt.date(1989, 12, 31)) is None
    for first, last, sessions in (
        (dt.date(1989, 12, 20), dt.date(1990, 1, 3), ["1990-01-02", "1990-01-03"]),
        (dt.date(2027, 12, 30), dt.date(2028, 1, 10), ["2027-12-30", "2027-12-31"]),
    ):
        assert known_schedule(york, first, last).sessions.astype(str).tolist() == sessions
        assert known_sessions("XNYS", first, last).astype(str).tolist() == sessions


@pytest.mark.parametrize("bad", ["2020-01-32", "8 January 2020", ""])
def test_a_day_that_is_none_is_refused(bad):
    with pytest.raises(UsageError, match="is not a date; write it as 2020-01-08"):
        session_near(find_instrument("CL=F"), bad)


def test_the_first_session_on_or_after_a_day():
    crude = find_instrument("CL=F")
    weekend = session_near(crude, "2020-01-11")
    assert (weekend["session"], weekend["hours_utc"]) == ("2020-01-13", "23:00-22:00")
    assert (weekend["observation_utc"], weekend["timezone"]) == ("2020-01-13 19:30", "America/New_York")
    assert (weekend["known_from"], weekend["known_until"]) == ("2000-01-03", "2027-12-31")
    assert session_near(crude, "2027-12-31")["session"] == "2027-12-31"
    with pytest.raises(NotEnoughDataError, match="is known from"):
        session_near(crude, "2028-01-01")


def test_the_fixed_time_of_the_observation_and_the_sources_are_those_of_the_day():
    dated = ((ALWAYS, dt.time(15)), (dt.date(2020, 1, 8), dt.time(14)))
    own = market(clock(**SHARES), observed_at=dated, observed_zone="")
    for day, said in (("2020-01-07", "15:00 America/New_York"), ("2020-01-08", "14:00 America/New_York")):
        assert session_near(own, day)["observed_at"] == said
        assert session_near(own, day)["sources"] == "declared by the user"
    later = market(clock(**SHARES), observed_at=dated[1:])
    assert session_near(later, "2020-01-07")["observed_at"] == ""
    storm = session_near(find_instrument("^HSI"), "2022-11-02")["sources"]
    assert storm.startswith("exchange_calendars") and ";" in storm
