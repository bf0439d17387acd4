"""Dates of one form read from their digits, against what `datetime.strptime` makes of each."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from eventstudy import read_bars
from eventstudy.errors import InputError
from eventstudy.markets.sources.even_dates import even_dates

FORMS = [
    "%Y-%m-%d",
    "%Y%m%d",
    "%d.%m.%Y",
    "%m/%d/%Y %H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y%m%d %H%M%S",
]
DRAWN = np.random.default_rng(1).integers(0, 250_000_000_000, 200)  # seconds after the year 1
ENDS = [
    "0001-01-01T00:00:00",
    "9999-12-31T23:59:59",
    "1900-02-28T12:00:00",
    "2000-02-29T00:00:01",
    "2024-12-31T23:59:00",
]
MOMENTS = [dt.datetime.fromisoformat("0001-01-01") + dt.timedelta(seconds=int(one)) for one in DRAWN]
MOMENTS += [dt.datetime.fromisoformat(one) for one in ENDS]


def texts(cells):
    return pd.Series(cells, dtype="str")


def written(moment, form, zone):
    # strftime of the C library writes the year 1 as 1, not as 0001
    return moment.strftime(form.replace("%Y", f"{moment.year:04d}").replace("%z", zone))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("zone", ["Z", "+0930", "-05:00", "+00:00"])
def test_each_date_is_what_strptime_reads(form, zone):
    cells = [written(moment, form, zone) for moment in MOMENTS]
    local, offsets = even_dates(texts(cells), form)
    expected = [dt.datetime.strptime(cell, form) for cell in cells]  # noqa: DTZ007
    assert local.tolist() == [one.replace(tzinfo=None) for one in expected]
    if "%z" in form:
        assert offsets.tolist() == [one.utcoffset().total_seconds() for one in expected]
    else:
        assert offsets is None


def test_offsets_differ_by_row():
    _, offsets = even_dates(texts(["2020-01-06 09:30-0500", "2020-07-06 09:30-0430"]), "%Y-%m-%d %H:%M%z")
    assert offsets.tolist() == [-18_000, -16_200]


@pytest.mark.parametrize(
    "second",
    [
        *(
            "2020-01-0",
            "2020-01-066",
            "2020-1-006",
            "2020/01/06",
            "2020-01-0x",
            "2020-01-é",
            "2020-00-06",
            "2020-13-06",
        ),
        *(
            "2020-01-00",
            "2020-01-32",
            "2020-02-30",
            "2021-02-29",
            "1900-02-29",
            "2020-04-31",
            "0000-01-06",
            "2020-01-/0",
        ),
        *("2020-01-:0", " 2020-01-6", "", "2020-01-06Z"),
    ],
)
def test_what_is_no_such_date_is_left_to_others(second):
    assert even_dates(texts(["2020-01-06", second]), "%Y-%m-%d") is None


@pytest.mark.parametrize("clock", ["24:00:00Z", "23:60:00Z", "23:59:60Z", "23:59:59z", "23:59:59X", "23:59:5-Z"])
def test_clocks_that_do_not_exist_are_left_to_others(clock):
    assert even_dates(texts([f"2020-01-06T{clock}"]), "%Y-%m-%dT%H:%M:%S%z") is None


@pytest.mark.parametrize("zone", ["+24:00", "+05:60", "*05:00", "+05-00", "+5:00", "05:00", "+05000", ""])
def test_offsets_that_do_not_exist_are_left_to_others(zone):
    assert even_dates(texts([f"2020-01-06T09:30:00{zone}"]), "%Y-%m-%dT%H:%M:%S%z") is None


@pytest.mark.parametrize("form", ["%Y-%m", "%d-%b-%Y", "%Y年%m月%d日", "%d-%m-%y", "epoch", "excel"])
def test_other_formats_are_left_to_others(form):
    assert even_dates(texts(["2020-01-06"]), form) is None


def test_a_zone_in_a_format_is_left_to_others():
    assert even_dates(texts(["2020-01-06 09:30 UTC"]), "%Y-%m-%d %H:%M UTC") is None


def test_cells_without_one_text_each_are_left_to_others():
    assert even_dates(texts(["2020-01-06", None]), "%Y-%m-%d") is None
    assert even_dates(pd.Series(["2020-01-06"], dtype=object), "%Y-%m-%d") is None


def test_part_of_a_column_is_read():
    cells = texts(["no date", "2020-01-06", "2020-01-07"])[1:]
    assert even_dates(cells, "%Y-%m-%d")[0].astype(str).tolist() == ["2020-01-06T00:00:00", "2020-01-07T00:00:00"]


@pytest.mark.parametrize(
    ("cells", "labels"),
    [
        (["2020-01-06T00:00:00+09:00", "2020-01-07T00:00:00+09:00"], ["2020-01-06", "2020-01-07"]),
        (
            ["2020-01-06T00:00:00-05:00", "2020-01-06T00:01:00-05:00"],
            ["2020-01-06 05:00:00+00:00", "2020-01-06 05:01:00+00:00"],
        ),
        (["2020-01-06 09:30:00Z", "2020-01-06 09:31:00Z"], ["2020-01-06 09:30:00+00:00", "2020-01-06 09:31:00+00:00"]),
    ],
    ids=["midnights are days", "others are instants", "in UTC"],
)
def test_offsets_of_a_file(tmp_path, cells, labels):
    (tmp_path / "X.csv").write_text("\n".join(["date,close", *(f"{cell},1" for cell in cells)]), encoding="ascii")
    assert read_bars(tmp_path / "X.csv")["X"].index.astype(str).tolist() == labels


def test_the_line_of_a_wrong_date_is_told(tmp_path):
    (tmp_path / "X.csv").write_text("date,close\n2020-01-06,1\n2020-02-30,1\n", encoding="ascii")
    with pytest.raises(InputError, match=r"X\.csv:3: .*2020-02-30.* is not a date"):
        read_bars(tmp_path / "X.csv")
