"""Bars are read as they stand or refused with their line; returns are what a loop over the rows says."""

import dataclasses
import gzip
import math
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from eventstudy import Bars, BarSet, read_bars
from eventstudy.errors import InputError, UnknownNameError, UsageError

HEAD = "symbol,date,open,high,low,close\n"
ROW = "X,2020-01-07,1,2,1,2\n"


@pytest.fixture
def read(tmp_path):
    def read(content, name="f.csv"):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_bars(tmp_path / name)

    return read


def frame(closes, first="2020-01-01", **columns):
    index = pd.date_range(first, periods=len(closes))
    return pd.DataFrame({"close": [float(close) for close in closes], **columns}, index=index)


BAD = {
    "empty file": ("", "f.csv: empty; write a header"),
    "blank lines": ("\n \n", "f.csv: empty"),
    "header only": (HEAD, "f.csv: a header and no rows"),
    "long row": (HEAD + ROW + "X,2020-01-08,1,2,1,2,9\n", "f.csv:3: more cells than the header"),
    "short row": (HEAD + ROW + "X,2020-01-08,1,2\n", "f.csv:3: "),
    "blank row": (HEAD + ROW + "\nX,2020-01-08,1,2,1,2\n", "f.csv:3: "),
    "unterminated quote": (HEAD + ROW + 'X,"2020-01-08,1,2,1,2\n', "f.csv:3: unexpected end of data"),
    "NUL in a price": (HEAD + ROW + "X,2020-01-08,1,2,1,1\x002\n", "f.csv:3: a NUL byte"),
    "NUL in the header": ("da\x00te,close\n", "f.csv:1: a NUL byte"),
    "endless header": ("x" * 200_000 + "," + HEAD, "f.csv:1: no header that can be read"),
    "mixed delimiters": (HEAD + ROW + "X;2020-01-08;1;2;1;2\n", "f.csv:3: "),
    "decimal comma": ("date;close\n2020-01-07;1,5\n", "f.csv:2: close '1,5' is not a plain number"),
    "unknown column": ("date,cloze\n", "did you mean 'close'"),
    "no date": ("symbol,close\nX,1\n", "f.csv:1: no `date` column"),
    "no close": ("symbol,date\nX,2020-01-07\n", "f.csv:1: no `close` column"),
    "column twice": ("date,close,close\n2020-01-07,1,1\n", "f.csv:1: close and close are both the close"),
    "date twice": (HEAD + ROW + ROW, "f.csv:3: X: 2020-01-07 is a duplicate"),
    "unsorted": (
        HEAD + ROW + "X,2020-01-09,1,2,1,2\nX,2020-01-08,1,2,1,2\n",
        "f.csv:4: X: 2020-01-08 comes after 2020-01-09; sort the rows",
    ),
    "month first": (HEAD + "X,01/02/2020,1,2,1,2\n", "f.csv:2: date '01/02/2020' can be read in several ways"),
    "a day and an instant": (HEAD + ROW + "X,2020-01-08T00:00:00+03:00,1,2,1,2\n", "f.csv:3: date"),
    "31 February": (HEAD + "X,2020-02-31,1,2,1,2\n", "f.csv:2: date '2020-02-31'"),
    "latin-1": (HEAD.encode() + b"caf\xe9,2020-01-07,1,2,1,2\n", "f.csv:2: not UTF-8"),
    "UTF-16": ((HEAD + ROW).encode("utf-16"), "f.csv:1: not UTF-8"),
    "gzip": (gzip.compress((HEAD + ROW).encode()), "f.csv:1: not UTF-8"),
}
NO_PRICES = [
    "1,234.5",
    "1.234,5",
    "N/A",
    "NA",
    "-",
    "",
    "inf",
    "-inf",
    "nan",
    "1e400",
    "0x10",
    "1_000",
    "TRUE",
    "\uff11\uff12",
]


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_in_one_line(read, content, message):
    with pytest.raises(InputError, match=message) as error:
        read(content)
    assert "\n" not in str(error.value) and "f.csv" in str(error.value)


@pytest.mark.parametrize("cell", NO_PRICES)
def test_only_plain_finite_numbers_are_prices(read, cell):
    with pytest.raises(InputError, match=r"f\.csv:3: close .* is not a plain number"):
        read(f'{HEAD}{ROW}X,2020-01-08,1,2,1,"{cell}"\n')


@pytest.mark.parametrize("start", ["\ufeff", ""])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_byte_order_marks_and_line_ends_do_not_matter(read, start, end):
    bars = read(start + (HEAD + ROW).replace("\n", end))
    assert bars["X"].frame.iloc[0].to_dict() == {"open": 1.0, "high": 2.0, "low": 1.0, "close": 2.0}


@pytest.mark.parametrize("symbol", ["NA", "TRUE", "001", "null", "=cmd|' /C calc'!A0"])
def test_symbols_stay_text(read, symbol):
    assert list(read(f"symbol,date,close\n{symbol},2020-01-07,1\n")) == [symbol]


def test_the_symbol_may_be_the_name_of_the_file(read):
    assert read("date,close\n2020-01-07,62.7\n", name="CL=F.csv")["CL=F"].frame["close"].tolist() == [62.7]


def test_one_file_may_hold_several_symbols_in_any_order(read):
    bars = read("symbol,date,close\nB,2020-01-07,1\nA,2020-01-07,5\nB,2020-01-08,2\n")
    assert {symbol: one.frame["close"].tolist() for symbol, one in bars.items()} == {"B": [1.0, 2.0], "A": [5.0]}


def test_prices_that_are_not_positive_are_read(read):
    assert read("symbol,date,close\nX,2020-04-20,-37.63\nX,2020-04-21,0\n")["X"].frame["close"].tolist() == [-37.63, 0]


def test_a_folder_is_read_in_the_order_of_its_names_without_subfolders(tmp_path):
    for name in ("b", "a", "sub/c"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.csv").write_text("date,close\n2020-01-07,1\n")
    bars = read_bars(tmp_path)
    assert list(bars) == ["a", "b"] and list(bars.files) == ["a.csv", "b.csv"]


def test_a_symbol_in_two_files_is_refused(tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(HEAD + ROW)
    with pytest.raises(InputError, match=r"b\.csv: X is already in a\.csv"):
        read_bars(tmp_path)


@pytest.mark.parametrize("path", ["nowhere", "nowhere/x.csv", "x" * 500])
def test_a_missing_path_is_said(tmp_path, path):
    with pytest.raises(InputError, match="check the path"):
        read_bars(tmp_path / path)


def test_a_folder_without_prices_is_said(tmp_path):
    with pytest.raises(InputError, match=r"no price file in this folder"):
        read_bars(tmp_path)


def test_a_url_is_not_opened():
    with pytest.raises(UsageError, match="is a URL"):
        read_bars("http://127.0.0.1/prices.csv")


def test_frames_are_checked_like_files():
    good = frame([1, 2])
    for bad, message in [
        (good.tz_localize("UTC"), "without a time zone"),
        (good.reset_index(), "without a time zone"),
        (good.iloc[:0], "no rows"),
        (good.rename(columns={"close": "last"}), "no `close` column"),
        (good.iloc[::-1], "comes after"),
        (pd.concat([good, good.tail(1)]), "is a duplicate"),
        (frame([1, math.nan]), "2020-01-02: the close is missing or a price infinite"),
        (frame([1, math.inf]), "2020-01-02: the close is missing or a price infinite"),
    ]:
        with pytest.raises(InputError, match=message):
            Bars(symbol="X", frame=bad)


def test_bars_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Bars(symbol="X", frame=frame([1, 2])).symbol = "Y"


def test_an_unknown_symbol_offers_its_neighbour():
    with pytest.raises(UnknownNameError, match=r"prices: unknown symbol 'CL=G'; did you mean 'CL=F'\?"):
        BarSet.from_frames({"CL=F": frame([1])})["CL=G"]


def test_returns_against_a_loop(sample_bars):
    for bars in sample_bars.values():
        closes = bars.frame["close"].tolist()
        for kind, one in (("log", lambda a, b: math.log(b / a)), ("simple", lambda a, b: b / a - 1)):
            expected = [one(a, b) for a, b in pairwise(closes)]
            returns = bars.returns(kind)
            assert math.isnan(returns.iloc[0])
            np.testing.assert_allclose(returns.iloc[1:], expected, rtol=0, atol=1e-15)


def test_returns_that_touch_a_price_that_is_not_positive_do_not_exist():
    bars = Bars(symbol="CL=F", frame=frame([18.27, -37.63, 10.01, 13.78]))
    for kind in ("log", "simple"):
        assert np.isnan(bars.returns(kind)).tolist() == [True, True, True, False]
    assert bars.undefined_returns().day.tolist() == [2, 3]


def test_a_flat_expiry_row_spoils_its_own_return_and_the_next(sample_bars):
    kept, dropped = (sample_bars["BZ=F"].returns(rolls=rule)["2019-07-31":"2019-08-05"] for rule in ("keep", "exclude"))
    assert np.isnan(kept).tolist() == [False] * 4 and np.isnan(dropped).tolist() == [False, True, True, False]


def test_an_index_has_no_rolls():
    flat = {name: [2.0, 2, 2, 2] for name in ("open", "high", "low")}
    bars = Bars(symbol="^HSI", frame=frame([2, 2, 2, 2], **flat))
    assert bars.flat_rows().all() and not bars.returns(rolls="exclude").iloc[1:].isna().any()


def test_unknown_options_of_returns():
    bars = Bars(symbol="X", frame=frame([1, 2]))
    with pytest.raises(UnknownNameError, match="unknown return 'lgo'; did you mean 'log'"):
        bars.returns("lgo")
    with pytest.raises(UnknownNameError, match="unknown rolls rule 'kep'; did you mean 'keep'"):
        bars.returns(rolls="kep")


@pytest.mark.parametrize(
    ("values", "held"),
    [
        (["1", "2"], "str"),
        (["x", "y"], "str"),
        ([Decimal(1)] * 2, "Decimal"),
        ([True, False], "bool"),
        ([1j, 2j], "complex"),
    ],
)
@pytest.mark.parametrize("name", ["close", "open"])
def test_prices_that_are_no_numbers_are_refused(name, values, held):
    frame = pd.DataFrame({"close": [1.0, 2.0]}, index=pd.to_datetime(["2020-01-07", "2020-01-08"]))
    frame[name] = values
    with pytest.raises(InputError, match=f"column '{name}' holds .*{held}.*, not numbers"):
        Bars(symbol="CL=F", frame=frame)


def test_a_column_twice_is_refused():
    index = pd.to_datetime(["2020-01-07", "2020-01-08"])
    with pytest.raises(InputError, match="column 'close' occurs 2 times"):
        Bars(symbol="CL=F", frame=pd.DataFrame([[1.0, 2.0]] * 2, columns=["close", "close"], index=index))
