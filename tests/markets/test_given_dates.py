"""Dates of events: read as they stand, or refused with the line and the cure."""

import datetime as dt
import decimal

import numpy as np
import pandas as pd
import pytest

from eventstudy import EventStudy
from eventstudy.errors import InputError, UsageError
from eventstudy.markets.alignment.given_dates import identified, instants, line_of, session_days, symbols_of


def frame(column, *cells):
    names = [f"e{i}" for i in range(len(cells))]
    return pd.DataFrame({"event_id": names, "symbol": "AAPL", column: pd.Series(list(cells), dtype=object)})


def test_iso_days_dates_and_midnights_are_days():
    day = pd.Timestamp("2021-03-04")
    cells = ("2021-03-04", dt.date(2021, 3, 4), day.to_pydatetime(), day, np.datetime64("2021-03-04"))
    assert session_days(frame("session", *cells)).eq(day).all()
    whole = pd.DataFrame({"session": pd.to_datetime(["2021-03-04", "1821-01-01"])})
    assert session_days(whole).tolist() == whole["session"].tolist()


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("04/03/2021", "is not an ISO day"),
        ("4.3.2021", "is not an ISO day"),
        ("2021-03-04 16:30", "is not an ISO day"),
        ("20210304", "is not an ISO day"),
        ("March 4, 2021", "is not an ISO day"),
        ("2021-02-30", "is not a day of the calendar"),
        (20210304, "is not a day"),
        (1.6e9, "is not a day"),
        (None, "is not a day"),
        (pd.NaT, "is not a day"),
        (pd.Timestamp("2021-03-04 16:30"), "has a time of day"),
        (pd.Timestamp("2021-03-04", tz="UTC"), "without a time zone"),
    ],
)
def test_no_other_session_is_guessed(cell, why):
    with pytest.raises(
        UsageError, match=rf"events: line 2 \(e1, AAPL\): session .* ?{why}.*ISO day such as.*`instant`"
    ):
        session_days(frame("session", "2021-03-04", cell))
    study = EventStudy(windows=[(0, 1)], estimation=(-60, -11))
    returns = pd.DataFrame({"AAPL": 0.01}, index=pd.bdate_range("2020-10-01", periods=200))
    with pytest.raises(UsageError, match=why):
        study.run(frame("session", "2021-03-04", cell), returns=returns)


def test_a_column_of_times_is_refused_where_the_first_time_stands():
    cells = pd.DataFrame({"session": [pd.Timestamp("2021-03-04"), pd.Timestamp("2021-03-05 09:00")]})
    with pytest.raises(UsageError, match=r"line 2 .*has a time of day"):
        session_days(cells)


def test_instants_have_a_zone():
    at = pd.Timestamp("2021-03-04T14:30Z")
    cells = ("2021-03-04T14:30:00Z", "2021-03-04T15:30+01:00", at.to_pydatetime(), at.tz_convert("Asia/Tokyo"))
    assert instants(frame("instant", *cells)) == [at] * 4
    aware = pd.DataFrame({"instant": pd.DatetimeIndex([at, at]).tz_convert("America/New_York")})
    assert instants(aware) == [at, at]


@pytest.mark.parametrize("cell", ["2021-03-04", "2021-03-04 14:30", "04/03/2021", 20210304, 1614868200.0, pd.NaT, None])
def test_no_other_instant_is_guessed(cell):
    with pytest.raises(UsageError, match=r"events: line 1 \(e0, AAPL\): instant .*(time zone|instant)"):
        instants(frame("instant", cell))


def test_naive_datetimes_are_no_instants():
    with pytest.raises(UsageError, match=r"line 1 .*has no time zone"):
        instants(pd.DataFrame({"instant": pd.to_datetime(["2021-03-04 14:30"])}))


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([7203, 6758], ["7203", "6758"]),  # Tokyo's codes are numbers
        ([7203, None, "A"], ["7203", None, "A"]),
        (["A", " ", ""], ["A", None, None]),  # a blank line meets every market
        (["A", None, "B"], ["A", None, "B"]),
        ([1.5, np.nan], ["1.5", None]),
        ([None, None], [None, None]),
        (pd.Categorical(["A", "B"]), ["A", "B"]),
    ],
)
def test_symbols_are_text_or_missing(cells, expected):
    events = pd.DataFrame({"symbol": cells}, index=range(3, 3 + len(cells)))
    assert symbols_of(events).tolist() == expected and symbols_of(events).index.equals(events.index)
    assert symbols_of(events[[]]).isna().all()


def test_lines_are_numbered_from_one_or_by_their_index():
    events = pd.DataFrame({"event_id": ["a", "a"], "session": "2020-01-08"})
    assert [line_of(events, at) for at in (0, 1)] == [1, 2]
    with pytest.raises(UsageError, match="events: line 2 has a duplicate event_id"):
        identified(events, symbols_of(events))
    with pytest.raises(UsageError, match=r"a\.csv:9 has a duplicate event_id"):
        numbered = events.set_axis(pd.Index([4, 9], name="line"))
        identified(numbered, symbols_of(numbered), "a.csv:")
    symbols = pd.Series(["A", "B"])
    told, alone = identified(events, symbols)
    assert told["event_id"].tolist() == ["a", "a"] and not alone
    assert identified(events.assign(event_id=["a", "b"]), symbols)[1]
    for lacking in (["event_id"], ["session"]):
        with pytest.raises(UsageError, match="needs the columns event_id and session or instant"):
            identified(events.drop(columns=lacking), symbols)


DAYS = pd.bdate_range("2020-03-02", periods=60)
RETURNS = pd.DataFrame({"A": np.linspace(-0.02, 0.02, 60) ** 2, "B": np.sin(np.arange(60)) / 90}, index=DAYS)


def run_lines(lines, returns=RETURNS, calendar=None, **declared):
    events = pd.DataFrame(lines, columns=["event_id", "symbol", "session"], dtype=object)
    return EventStudy(estimation=(-40, -2), windows=[(0, 0)], calendar=calendar).run(
        events, returns=returns, **declared
    )


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "has no line"),
        ([("e", "A", DAYS[50]), ("e", None, DAYS[50])], "event e meets A twice"),
        ([(np.nan, "A", DAYS[50])], "line 1 has no event_id"),
        ([("", "A", DAYS[50])], "line 1 has no event_id"),
        ([(7, "A", DAYS[50]), ("7", "A", DAYS[50])], "duplicate event_id"),
    ],
)
def test_a_line_without_an_identity_of_its_own_is_refused(lines, why):
    with pytest.raises(UsageError, match=why):
        run_lines(lines)


def test_ids_that_read_alike_are_one_piece_of_news():
    result = run_lines([(7, "A", DAYS[50]), ("7", "B", DAYS[50])])
    assert result.reaction["event_id"].tolist() == ["7", "7"]
    assert set(result.tests.loc[result.tests["test"] == "max_t", "n"]) == {2}
    assert run_lines([(7, "A", DAYS[50])]).reaction["event_id"].tolist() == [7]


@pytest.mark.parametrize("unit", ["fraction", "percent"])
def test_a_column_of_words_is_refused_by_its_name(unit):
    words = RETURNS.astype(object).assign(B="closed")
    with pytest.raises(InputError, match="column B is not numeric"):
        run_lines([("e", "A", DAYS[50])], words, returns_unit=unit)


@pytest.mark.parametrize(
    ("column", "held"),
    [
        (RETURNS["B"].astype(str), "string"),
        (RETURNS["B"].map(decimal.Decimal), "decimal"),
        (RETURNS["B"] > 0, "bool"),
        ((RETURNS["B"] > 0).astype(object), "boolean"),
        (RETURNS["B"].astype(complex), "complex128"),
    ],
)
@pytest.mark.parametrize("calendar", [None, "XNYS"])
def test_what_pandas_would_turn_into_numbers_is_refused(column, held, calendar):
    with pytest.raises(InputError, match=rf"column B is not numeric \({held}"):
        run_lines([("e", "A", DAYS[50])], RETURNS.assign(B=column), calendar=calendar)


def test_numbers_among_objects_and_nullable_numbers_are_read():
    plain = run_lines([("e", "B", DAYS[50])]).car
    for column in (RETURNS["B"].astype(object), RETURNS["B"].astype("Float64")):
        assert run_lines([("e", "B", DAYS[50])], RETURNS.assign(B=column)).car.equals(plain)


@pytest.mark.parametrize("calendar", [None, "XNYS"])
def test_an_infinite_return_is_listed_and_missing(calendar):
    spoiled, gone = RETURNS.copy(), RETURNS.copy()
    spoiled.loc[DAYS[20], "B"], gone.loc[DAYS[20], "B"] = np.inf, np.nan
    result = run_lines([("e", "B", DAYS[50])], spoiled, calendar=calendar)
    listed = result.oddities[result.oddities["kind"] == "not_finite"]
    assert listed[["market", "session"]].to_numpy().tolist() == [["B", DAYS[20]]]
    assert result.car.equals(run_lines([("e", "B", DAYS[50])], gone, calendar=calendar).car)
