"""Instants on the markets' clocks: the answer sheet of one evening, written by hand, and the rules around it."""

import datetime as dt

import pandas as pd
import pytest

from eventstudy.errors import NotEnoughDataError, UnknownNameError, UsageError
from eventstudy.events import Event
from eventstudy.instruments.catalogue import find_instrument
from eventstudy.markets.alignment import sessions as alignment

STRIKE = "2020-01-07T22:30:00Z"

# market: state at the instant, first tradable moment, reference, observation of 8 January; all UTC, by hand from
# published local hours (NYMEX 18:00-17:00 New York, settling 14:30; Tokyo 09:00-15:00; ...).
SHEET = {
    "CL=F": ("break", "2020-01-07 23:00", "2020-01-07 19:30", "2020-01-08 19:30"),
    "BZ=F": ("break", "2020-01-07 23:00", "2020-01-07 19:30", "2020-01-08 19:30"),
    "GC=F": ("break", "2020-01-07 23:00", "2020-01-07 18:30", "2020-01-08 18:30"),
    "^NZ50": ("open", "2020-01-07 22:30", "2020-01-07 03:45", "2020-01-08 03:45"),
    "^AXJO": ("closed", "2020-01-07 23:00", "2020-01-07 05:00", "2020-01-08 05:00"),
    "^N225": ("closed", "2020-01-08 00:00", "2020-01-07 06:00", "2020-01-08 06:00"),
    "^KS11": ("closed", "2020-01-08 00:00", "2020-01-07 06:30", "2020-01-08 06:30"),
    "^TWII": ("closed", "2020-01-08 01:00", "2020-01-07 05:30", "2020-01-08 05:30"),
    "^STI": ("closed", "2020-01-08 01:00", "2020-01-07 09:00", "2020-01-08 09:00"),
    "^KLSE": ("closed", "2020-01-08 01:00", "2020-01-07 09:00", "2020-01-08 09:00"),
    "^HSI": ("closed", "2020-01-08 01:30", "2020-01-07 08:00", "2020-01-08 08:00"),
    "000001.SS": ("closed", "2020-01-08 01:30", "2020-01-07 07:00", "2020-01-08 07:00"),
    "PSEI.PS": ("closed", "2020-01-08 01:30", "2020-01-07 07:30", "2020-01-08 07:30"),
    "^JKSE": ("closed", "2020-01-08 02:00", "2020-01-07 08:50", "2020-01-08 08:50"),
    "^SET.BK": ("closed", "2020-01-08 03:00", "2020-01-07 09:30", "2020-01-08 09:30"),
    "^BSESN": ("closed", "2020-01-08 03:45", "2020-01-07 10:00", "2020-01-08 10:00"),
    "^NSEI": ("closed", "2020-01-08 03:45", "2020-01-07 10:00", "2020-01-08 10:00"),
    "^GSPC": ("closed", "2020-01-08 14:30", "2020-01-07 21:00", "2020-01-08 21:00"),
}


def said(moment):
    return f"{moment:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize("market", SHEET)
def test_the_evening_of_the_strike(market):
    row = alignment.align(STRIKE, market).iloc[0]
    assert row["session"] == pd.Timestamp("2020-01-08")
    assert (row["state"], *(said(row[k]) for k in ("first_tradable", "reference", "observation"))) == SHEET[market]


@pytest.mark.parametrize(
    ("market", "instant", "state", "first_tradable", "session"),
    [
        # after the settlement, before the exchange closes: the next settlement answers
        ("CL=F", "2020-01-08T20:00Z", "open", "2020-01-08 20:00", "2020-01-09"),
        ("CL=F", "2020-01-08T19:29Z", "open", "2020-01-08 19:29", "2020-01-08"),
        ("CL=F", "2020-01-08T19:30Z", "open", "2020-01-08 19:30", "2020-01-09"),
        ("CL=F", "2020-01-08T21:59Z", "open", "2020-01-08 21:59", "2020-01-09"),
        ("CL=F", "2020-01-08T22:00Z", "break", "2020-01-08 23:00", "2020-01-09"),
        # Friday evening is no break: the week is over
        ("CL=F", "2020-01-10T22:30Z", "closed", "2020-01-12 23:00", "2020-01-13"),
        # Abqaiq, Saturday 2019-09-14 01:00 UTC: Tokyo keeps Monday's holiday, New York Sunday evening comes first
        ("CL=F", "2019-09-14T01:00Z", "closed", "2019-09-15 22:00", "2019-09-16"),
        ("^N225", "2019-09-14T01:00Z", "closed", "2019-09-17 00:00", "2019-09-17"),
        ("^KLSE", "2019-09-14T01:00Z", "closed", "2019-09-17 01:00", "2019-09-17"),
        ("^HSI", "2019-09-14T01:00Z", "closed", "2019-09-16 01:30", "2019-09-16"),
        # the killing of 3 January 2020 (2 January 22:00 UTC) finds Tokyo on holiday until the 6th
        ("^N225", "2020-01-02T22:00Z", "closed", "2020-01-06 00:00", "2020-01-06"),
        # lunch
        ("^N225", "2020-01-08T02:30Z", "break", "2020-01-08 03:30", "2020-01-08"),
        ("^N225", "2020-01-08T03:30Z", "open", "2020-01-08 03:30", "2020-01-08"),
        ("000001.SS", "2020-01-08T04:00Z", "break", "2020-01-08 05:00", "2020-01-08"),
        ("^HSI", "2020-01-08T04:30Z", "break", "2020-01-08 05:00", "2020-01-08"),
        # a close counts as known from its own minute on
        ("^HSI", "2020-01-08T07:59Z", "open", "2020-01-08 07:59", "2020-01-08"),
        ("^HSI", "2020-01-08T08:00Z", "closed", "2020-01-09 01:30", "2020-01-09"),
        # Tokyo closes at 15:30 from 2024-11-05, at 15:00 before
        ("^N225", "2024-11-01T06:00Z", "closed", "2024-11-05 00:00", "2024-11-05"),
        ("^N225", "2024-11-05T06:15Z", "open", "2024-11-05 06:15", "2024-11-05"),
        # a holiday of New York's: crude trades to 13:00 for the next day's settlement
        ("CL=F", "2020-01-20T15:00Z", "open", "2020-01-20 15:00", "2020-01-21"),
        ("CL=F", "2020-01-20T18:30Z", "break", "2020-01-20 23:00", "2020-01-21"),
        # Christmas Eve: crude settles at 13:30 and closes at 13:45
        ("CL=F", "2019-12-24T18:29Z", "open", "2019-12-24 18:29", "2019-12-24"),
        ("CL=F", "2019-12-24T18:40Z", "open", "2019-12-24 18:40", "2019-12-26"),
        ("CL=F", "2019-12-24T18:50Z", "closed", "2019-12-25 23:00", "2019-12-26"),
    ],
)
def test_breaks_holidays_and_settlements(market, instant, state, first_tradable, session):
    row = alignment.align(instant, market).iloc[0]
    assert (row["state"], said(row["first_tradable"]), f"{row['session']:%Y-%m-%d}") == (state, first_tradable, session)


def test_many_instants_and_markets_keep_their_order():
    frame = alignment.align([STRIKE, "2020-01-08T12:00+09:00"], ["^N225", "CL=F"])
    assert list(frame.columns) == [
        "instant", "market", "session", "state", "first_tradable", "reference", "observation"
    ]  # fmt: skip
    assert frame["market"].tolist() == ["^N225", "CL=F", "^N225", "CL=F"]
    assert frame["state"].tolist() == ["closed", "break", "break", "open"]
    assert frame["session"].dt.tz is None
    assert all(str(frame[name].dt.tz) == "UTC" for name in ("instant", "first_tradable", "reference", "observation"))


def test_every_way_to_give_an_instant_is_the_same():
    ways = [
        STRIKE,
        dt.datetime(2020, 1, 8, 1, 30, tzinfo=dt.timezone(dt.timedelta(hours=3))),
        pd.Timestamp("2020-01-07 17:30", tz="America/New_York"),
        pd.DatetimeIndex(["2020-01-07 22:30"], tz="UTC"),
        pd.Series(pd.DatetimeIndex(["2020-01-08 07:30"], tz="Asia/Tokyo")),
        pd.Series([STRIKE]),
        Event.at(STRIKE, id="strike"),
        (each for each in [Event.at(STRIKE, id="strike")]),
    ]
    frames = [alignment.align(way, "^N225") for way in ways]
    assert all(frame.equals(frames[0]) for frame in frames)


@pytest.mark.parametrize(
    ("instants", "markets", "error", "words"),
    [
        (dt.datetime(2020, 1, 7, 22, 30), "CL=F", UsageError, "has no time zone"),  # noqa: DTZ001
        ("2020-01-07T22:30", "CL=F", UsageError, "has no time zone"),
        (pd.DatetimeIndex(["2020-01-07"]), "CL=F", UsageError, "tz_localize"),
        (pd.Series(pd.DatetimeIndex(["2020-01-07"])), "CL=F", UsageError, "tz_localize"),
        ([], "CL=F", UsageError, "at least one"),
        (STRIKE, [], UsageError, "no market"),
        (STRIKE, "^N255", UnknownNameError, "did you mean '\\^N225'"),
        ("2031-01-07T22:30Z", ["CL=F", "^N225"], NotEnoughDataError, "outside the known calendars"),
        ("2027-12-31T23:30Z", "CL=F", NotEnoughDataError, "outside the known calendars"),
        ("1677-12-31T00:00Z", "CL=F", NotEnoughDataError, "outside the known calendars"),
        ("2262-01-01T00:00Z", "CL=F", NotEnoughDataError, "outside the known calendars"),
        (pd.Series([None, STRIKE], dtype="datetime64[ns, UTC]"), "CL=F", UsageError, "no instant to align"),
    ],
)
def test_misuse_is_one_clear_line(instants, markets, error, words):
    with pytest.raises(error, match=words) as caught:
        alignment.align(instants, markets)
    assert "\n" not in str(caught.value)


def test_an_instant_before_a_calendar_is_an_outcome_too():
    frame = alignment.align(["1999-06-01T12:00Z", STRIKE], ["CL=F", "^GSPC"])
    assert frame["state"].tolist() == ["outside_calendar", "closed", "break", "closed"]
    assert frame["session"].isna().tolist() == [True, False, False, False]


def test_blocks_of_instants_join_without_a_seam(monkeypatch):
    instants = pd.date_range("2019-12-20", "2020-01-10", freq="7h", tz="UTC")
    whole = alignment.align(instants, ["CL=F", "^N225", "^HSI"])
    monkeypatch.setattr(alignment, "BLOCK", 10)
    assert alignment.align(instants, ["CL=F", "^N225", "^HSI"]).equals(whole)


def test_an_instant_beyond_one_calendar_is_an_outcome_not_an_invention():
    frame = alignment.align([STRIKE, "2030-01-07T22:30Z"], "^N225")
    assert frame["state"].tolist() == ["closed", "outside_calendar"]
    assert frame.iloc[1][["session", "first_tradable", "reference", "observation"]].isna().all()


# Crude is known from 3 January 2000 to 31 December 2027; both days settled at 14:30 in New York, 19:30 UTC.
@pytest.mark.parametrize(
    ("instant", "known"),
    [
        ("1678-01-01T00:00Z", False),
        ("2000-01-03T19:29Z", False),  # the price before it is not known
        ("2000-01-03T19:30Z", True),
        ("2027-12-31T19:29Z", True),
        ("2027-12-31T19:30Z", False),  # the price after it is not known
        ("2261-12-31T00:00Z", False),
    ],
)
def test_a_calendar_answers_from_its_first_observation_to_its_last(instant, known):
    row = alignment.align([instant, STRIKE], "CL=F").iloc[0]
    assert (row["state"] != "outside_calendar") == known
    answers = row[["session", "first_tradable", "reference", "observation"]]
    assert answers.isna().all() if not known else answers[["session", "reference", "observation"]].notna().all()


def test_each_market_stands_once_by_whatever_it_is_named():
    crude = find_instrument("CL=F")
    assert alignment.align(STRIKE, [crude, "CL=F", "^N225", crude])["market"].tolist() == ["CL=F", "^N225"]
    assert alignment.align(STRIKE, crude)["market"].tolist() == ["CL=F"]
    assert alignment.align(STRIKE, "@oil")["market"].tolist()[:2] == ["CL=F", "BZ=F"]


def test_the_known_range_of_each_market_is_named():
    with pytest.raises(NotEnoughDataError, match=r"2031-01-07T00:00Z .*CL=F 2000-01-03 to 2027-12-31, .*\^N225"):
        alignment.align("2031-01-07T00:00Z", ["CL=F", "^N225"])
