"""Lists of events: read in every shape, met with the markets that they name, refused with the line."""

import datetime as dt
import gzip

import numpy as np
import pandas as pd
import pytest

from eventstudy import EventList, EventStudy, read_events, read_study, run_study
from eventstudy.errors import InputError, NotEnoughDataError, UnknownNameError, UsageError

DAYS = pd.bdate_range("2019-01-01", periods=400)
RETURNS = pd.DataFrame(
    np.random.default_rng(7).normal(0, 0.01, (400, 4)), index=DAYS, columns=["AAA", "BBB", "CCC", "MKT"]
)
STUDY = EventStudy(model="market", benchmark="MKT", estimation=(-130, -11), windows=[(0, 1)])
HEAD = "event_id,symbol,session,group,surprise,title"
ROWS = ["a,AAA,2020-03-02,up,0.5,First", "b,BBB,2020-03-04,down,-1,", "c,,2020-03-09,up,,Third"]


def written(path, *lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def table(tmp_path):
    return written(tmp_path / "events.csv", HEAD, *ROWS)


def test_a_list_meets_the_markets_that_its_lines_name(table):
    listed = read_events(table)
    assert len(listed) == 3 and listed.symbols == ("AAA", "BBB")
    found = STUDY.run(table, returns=RETURNS)
    assert found.events[["event_id", "symbol"]].to_numpy().tolist() == [
        *(["a", "AAA"], ["b", "BBB"]),
        *(["c", "AAA"], ["c", "BBB"], ["c", "CCC"]),
    ]
    assert found.events["group"].tolist() == ["up", "down", "up", "up", "up"]
    assert found.events["surprise"].tolist()[:2] == [0.5, -1] and found.events["surprise"].isna().sum() == 3
    assert found.events["title"].tolist()[0] == "First" and pd.isna(found.events["title"].iloc[1])
    alone = STUDY.run(pd.DataFrame({"event_id": ["b"], "symbol": "BBB", "session": ["2020-03-04"]}), returns=RETURNS)
    assert found.events.loc[1, "car"] == alone.events.loc[0, "car"]


def test_every_format_reads_alike(table, tmp_path):
    first = read_events(table).frame
    frame = pd.read_csv(table, dtype=str)
    typed = frame.assign(session=pd.to_datetime(frame["session"]), surprise=[0.5, -1.0, np.nan])
    typed.to_excel(tmp_path / "e.xlsx", index=False)
    typed.to_parquet(tmp_path / "e.parquet")
    (tmp_path / "e.csv.gz").write_bytes(gzip.compress(table.read_bytes()))
    written(tmp_path / "e.txt", *(line.replace(",", "\t") for line in (HEAD, *ROWS)))
    for name in ("e.xlsx", "e.parquet", "e.csv.gz", "e.txt"):
        pd.testing.assert_frame_equal(read_events(tmp_path / name).frame, first, check_index_type=False)


def test_the_public_time_is_the_instant_where_it_is_known(tmp_path):
    path = written(
        tmp_path / "news.csv",
        "event_id,title,occurred_start,occurred_end,public,public_source,confidence,n_articles",
        "quake,Quake,2020-03-02T05:00:00Z,2020-03-02T06:00:00Z,2020-03-02T07:30:00Z,wire,0.97,4",
        "strike,Strike,2020-03-03T22:10:00Z,2020-03-03T22:10:00Z,,,0.9,2",
        "talks,Talks,2020-03-04T00:00:00Z,2020-03-05T00:00:00Z,,,0.5,1",
    )
    quake, strike, talks = read_events(path)
    assert (quake.basis, str(quake.when)) == ("public", "2020-03-02 07:30 UTC")
    assert quake.occurred.end - quake.occurred.start == dt.timedelta(hours=1) and quake.confidence == 0.97
    assert (strike.basis, strike.when.precision) == ("occurred", "minute")
    assert talks.when.precision == "day"
    known = read_events(path).characteristics
    assert known["n_articles"].tolist() == [4, 2, 1] and "public_source" in known


def test_an_interval_is_studied_at_both_ends_where_lines_name_their_market(tmp_path):
    closes = pd.DataFrame({"SPY": np.exp(np.random.default_rng(1).normal(0, 0.01, 300).cumsum())})
    prices = closes.set_index(pd.bdate_range("2019-03-01", periods=300))
    head, line = "event_id,symbol,start_utc,end_utc", "e,SPY,2020-03-02T12:00:00Z,2020-03-03T02:00:00Z"
    path = written(tmp_path / "e.csv", head, line)
    found = EventStudy(windows=[(0, 0)], estimation=(-100, -11)).run(path, prices)
    assert found.alignment["session"].tolist() == [pd.Timestamp("2020-03-02")]
    assert found.alternative.alignment["session"].tolist() == [pd.Timestamp("2020-03-03")]


def test_a_request_file_has_windows_of_its_own(tmp_path):
    path = written(
        tmp_path / "request.csv",
        "1;AAA ;MKT;02.03.2020;Addition;-2;2;-11;120",
        "2;BBB;MKT;04.03.2020;Deletion;-2;2;-11;120",
    )
    found = STUDY.run(path, returns=RETURNS)
    assert found.specification["windows"] == [[-2, 2], [0, 1]] and found.specification["estimation"] == [-130, -11]
    assert found.events["symbol"].tolist()[:2] == ["AAA", "BBB"]
    assert found.events["group"].tolist()[:2] == ["Addition", "Deletion"]


def test_windows_that_differ_between_events_are_those_of_separate_studies(tmp_path):
    lines = [
        ("a", "AAA", "2020-03-02", -130, -11, -2, 2),
        ("b", "BBB", "2020-03-04", -90, -20, 0, 3),
        ("c", "CCC", "2020-03-09", -130, -31, -1, -1),
    ]
    names = ["event_id", "symbol", "session", "estimation_first", "estimation_last", "window_first", "window_last"]
    found = STUDY.run(pd.DataFrame(lines, columns=names), returns=RETURNS)
    own = found.events[found.events["window"] == "own"].set_index("event_id")
    for event, symbol, session, *bounds in lines:
        alone = EventStudy(model="market", benchmark="MKT", estimation=bounds[:2], windows=[bounds[2:]]).run(
            pd.DataFrame({"event_id": [event], "symbol": symbol, "session": session}), returns=RETURNS
        )
        expected = alone.events.iloc[0]
        # The same regression on padded rows: equal to the last bits of its sums.
        for name in ("alpha", "beta", "sigma", "L", "car", "se", "df", "n_days"):
            assert own.loc[event, name] == pytest.approx(expected[name], rel=1e-9, abs=1e-15), (event, name)
    assert (found.tests["window"] == "own").any() and set(found.car["window"]) == {"own", "[0,1]"}


@pytest.mark.parametrize(
    "days",
    [
        ("03/02/2020", "03/14/2020"),
        ("02/03/2020", "14/03/2020"),
        ("20200302", "20200314"),
        ("02MAR2020", "14mar2020"),
    ],
)
def test_a_list_of_symbols_and_dates_is_read_by_the_list_as_a_whole(tmp_path, days):
    listed = read_events(written(tmp_path / "wrds.txt", *(f"10107 {day}" for day in days)))
    assert listed.frame["session"].tolist() == [pd.Timestamp("2020-03-02"), pd.Timestamp("2020-03-14")]
    assert listed.frame["event_id"].tolist() == ["10107 2020-03-02", "10107 2020-03-14"]


BAD = {
    "no time": (
        ["event_id,symbol,date", "a,AAA,2020-03-02"],
        "is day 0 is called session",
    ),
    "a slip": ([HEAD, "a,AAA,02.03.2020,up,1,x"], "events.csv:2 (a, AAA): session '02.03.2020' is not an ISO day"),
    "no day": ([HEAD, ROWS[0], "b,AAA,,up,1,x"], "events.csv:3 has no time"),
    "naive": (["event_id,instant", "a,2020-03-02T10:00:00"], "events.csv:2 (a): instant '2020-03-02T10:00:00': "),
    "twice": (
        [HEAD, ROWS[0], "", ROWS[0]],
        "events.csv:4 has a duplicate event_id for one symbol (a in AAA, as on line 2)",
    ),
    "no id": ([HEAD, ",AAA,2020-03-02,up,1,x"], "events.csv:2 has no event_id"),
    "cells": ([HEAD, "a,AAA,2020-03-02"], "events.csv:2: fewer cells than the first line"),
    "header": ([HEAD], "a header and no events"),
    "empty": ([""], "events.csv: empty"),
    "quotes": ([HEAD, 'a,"AAA,2020-03-02,up,1,x'], "not a CSV file"),
    "column twice": (["event_id,id,session", "a,b,2020-03-02"], "two columns event_id"),
    "bound": (
        ["id,symbol,session,window_first,window_last", "a,AAA,2020-03-02,x,1"],
        "window_first 'x' is not",
    ),
    "both": (["id,session,instant", "a,2020-03-02,2020-03-02T10:00:00Z"], "events.csv:2 has a session and an instant"),
    "backwards": (["id,start_utc,end_utc", "a,2020-03-02T10:00:00Z,2020-03-01T10:00:00Z"], "runs backwards"),
    "word": (["id,start_utc,basis", "a,2020-03-02T10:00:00Z,told"], "unknown basis 'told'"),
    "month first": (["10107 02/03/2020", "10108 04/05/2020"], "may be day or month first"),
    "mixed": (["10107 02/03/2020", "10108 2020-04-05"], "is written in another way"),
    "no date": (["10107 13/13/2020"], "is no day of the calendar"),
}


@pytest.mark.parametrize(("lines", "why"), BAD.values(), ids=BAD)
def test_a_wrong_list_is_refused_with_its_line(tmp_path, lines, why):
    with pytest.raises(InputError) as error:
        read_events(written(tmp_path / "events.csv", *lines))
    assert why in str(error.value) and "\n" not in str(error.value)


def test_half_a_window_and_one_that_meets_the_estimation_are_refused(tmp_path):
    head = "event_id,symbol,session,estimation_first,estimation_last,window_first,window_last"
    half = written(tmp_path / "half.csv", head, "a,AAA,2020-03-02,-130,-11,-2,", "b,BBB,2020-03-04,-130,-11,-2,2")
    with pytest.raises(UsageError, match="window_first and window_last go together"):
        STUDY.run(half, returns=RETURNS)
    into = written(tmp_path / "into.csv", head, "a,AAA,2020-03-02,-130,-2,-1,1", "b,BBB,2020-03-04,-130,-11,-5,2")
    with pytest.raises(UsageError, match=r"events: .*overlaps the estimation window"):
        STUDY.run(into, returns=RETURNS)


@pytest.mark.parametrize("bound", ["-" + "9" * 300, "9007199254740992", "-2.5", "many"])
def test_a_bound_of_a_window_that_is_no_number_of_rows_is_refused(tmp_path, bound):
    head = "event_id,symbol,session,estimation_first,estimation_last"
    with pytest.raises(
        InputError, match=r"own\.csv:2: estimation_first .{,70} is not a whole number of rows, such as -11"
    ):
        read_events(written(tmp_path / "own.csv", head, f"a,AAA,2020-03-02,{bound},-11"))


def test_a_bound_in_a_frame_is_shown_as_a_number():
    frame = pd.DataFrame({"event_id": ["a"], "symbol": "AAA", "session": "2020-03-02", "window_first": 0.5})
    with pytest.raises(UsageError, match=r"line 1: window_first 0\.5 is not a whole number"):
        STUDY.run(frame, returns=RETURNS)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "e.csv"
    path.write_bytes(b"event_id,session\n\xff,2020-03-02\n")
    with pytest.raises(InputError, match=r"e\.csv:2: not UTF-8 text"):
        read_events(path)
    path.write_bytes(b"event_id,session\na\x00,2020-03-02\n")
    with pytest.raises(InputError, match=r"e\.csv:2: a NUL byte"):
        read_events(path)
    (tmp_path / "e.parquet").write_bytes(b"no parquet")
    with pytest.raises(InputError, match="not a Parquet file"):
        read_events(tmp_path / "e.parquet")


def test_a_list_by_session_is_no_sequence_of_instants(table):
    with pytest.raises(UsageError, match="line 2 has a session, not an instant"):
        list(read_events(table))


def test_characteristics_that_are_called_like_results_are_kept_apart():
    frame = pd.DataFrame({"event_id": ["a"], "symbol": "AAA", "session": ["2020-03-02"], "beta": 9.0, "code": "007"})
    found = STUDY.run(EventList.of_frame(frame), returns=RETURNS).events
    assert found["given_beta"].tolist() == [9.0] and found["beta"].iloc[0] != 9.0 and found["code"].tolist() == ["007"]


def test_unknown_words_of_a_frame_name_their_line():
    frame = pd.DataFrame({"event_id": ["a", "b"], "instant": "2020-03-02T10:00:00Z", "precision": ["minute", "second"]})
    with pytest.raises(UnknownNameError, match="events: line 2: unknown precision 'second'"):
        EventList.of_frame(frame)


@pytest.fixture
def folder(tmp_path, table):
    RETURNS.drop(columns="MKT").rename_axis("date").to_csv(tmp_path / "stocks.csv")
    RETURNS[["MKT"]].rename_axis("date").to_csv(tmp_path / "market.csv")
    text = (
        'events = "events.csv"\nreturns_file = ["stocks.csv", "market.csv"]\n[study]\nmodel = "market"\n'
        'benchmark = "MKT"\nestimation = [-130, -11]\nwindows = [[0, 1]]\n'
    )
    return written(tmp_path / "study.toml", text)


def test_a_study_file_names_its_events(folder, table):
    done = run_study(read_study(folder))
    assert (
        done.event is None and len(done.events) == 3 and {"events.csv", "stocks.csv", "market.csv"} < set(done.inputs)
    )
    expected = STUDY.run(table, returns=RETURNS)
    pd.testing.assert_frame_equal(done.result.events, expected.events)
    other = written(folder.parent / "others.csv", HEAD, ROWS[1])
    assert len(run_study(read_study(folder, events=other)).result.events) == 1


def test_tables_of_arrow_are_taken_as_those_of_pandas(table):
    arrow = pytest.importorskip("pyarrow")
    events = pd.read_csv(table)[["event_id", "symbol", "session", "surprise"]].dropna(subset="symbol")
    expected = STUDY.run(events, returns=RETURNS).events
    given = arrow.Table.from_pandas(RETURNS.rename_axis("date").reset_index(), preserve_index=False)
    listed = arrow.Table.from_pandas(events, preserve_index=False)
    pd.testing.assert_frame_equal(STUDY.run(listed, returns=given).events, expected)
    closes = (1 + RETURNS).cumprod()
    prices = arrow.Table.from_pandas(closes.rename_axis("date").reset_index(), preserve_index=False)
    by_price = EventStudy(estimation=(-130, -11), windows=[(0, 1)], calendar="XNYS", markets=["AAA", "BBB"])
    pd.testing.assert_frame_equal(by_price.run(listed, prices).events, by_price.run(events, closes).events)
    with pytest.raises(UsageError, match=r"it holds no dates; .* a column of dates"):
        STUDY.run(listed, returns=given.drop_columns("date"))


def test_returns_in_a_frame_of_any_plain_shape(table):
    expected = STUDY.run(read_events(table), returns=RETURNS).events
    dated = RETURNS.rename_axis("date").reset_index()
    long = dated.melt("date", var_name="symbol", value_name="return")
    for shape in (dated, long, long.set_index("date")):
        pd.testing.assert_frame_equal(STUDY.run(read_events(table), returns=shape).events, expected)
    with pytest.raises(UsageError, match=f"{long['symbol'].iloc[-1]} has two returns of"):
        STUDY.run(read_events(table), returns=pd.concat([long, long.tail(1)]))


def test_symbols_without_any_price_are_no_data():
    listed = pd.DataFrame({"event_id": ["a", "b"], "symbol": ["ZZZ", "YYY"], "session": "2020-03-02"})
    with pytest.raises(NotEnoughDataError, match=r"no market is left to study: ZZZ: no_price \(no price rows") as error:
        STUDY.run(listed, returns=RETURNS)
    assert "YYY" not in str(error.value)
