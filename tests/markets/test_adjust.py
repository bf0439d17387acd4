"""Adjusted closes, declared splits and other currencies, each against arithmetic made by hand."""

import numpy as np
import pandas as pd
import pytest

import eventstudy as es
from eventstudy.errors import InputError, UnknownNameError, UsageError
from eventstudy.markets.prices.adjust import adjust_bars, split_bars
from eventstudy.markets.prices.conversion import convert_currency
from eventstudy.markets.prices.quality import oddities

DAYS = pd.to_datetime(["2021-03-03", "2021-03-04", "2021-03-05"])


def bar_set(**frames):
    """Prices by symbol; a list is one of closes."""
    made = {name: {"close": rows} if isinstance(rows, list) else rows for name, rows in frames.items()}
    return es.BarSet.from_frames(
        {name: pd.DataFrame(rows, index=DAYS[: len(rows["close"])]) for name, rows in made.items()}
    )


def test_a_dividend_scales_all_four_prices():
    # 2.00 paid on the second day on a close of 100.00: earlier prices are multiplied by 1 - 2/100.
    frame = {
        "open": [99.0, 97.0, 98.0],
        "high": [101.0, 99.0, 99.0],
        "low": [98.0, 96.0, 97.0],
        "close": [100.0, 98.0, 98.98],
        "adj_close": [98.0, 98.0, 98.98],
    }
    bars = adjust_bars(bar_set(KO=frame))
    found = bars["KO"]
    assert found.frame.iloc[0].tolist() == pytest.approx([97.02, 98.98, 96.04, 98.0], rel=1e-15)
    assert found.returns("simple").iloc[1:].tolist() == pytest.approx([0.0, 0.01], abs=1e-15)
    assert found.adjustment == "full" and "adj_close" not in found.frame and "KO: adjusted close" in bars.notes[0]


def test_which_instruments_take_the_adjusted_close():
    frame = {"close": [100.0, 98.0], "adj_close": [98.0, 98.0]}
    symbols = ("KO", "7203.T", "XLE", "no such symbol", "CL=F", "^GSPC", "JPY=X", "BTC-USD")
    every = bar_set(**dict.fromkeys(symbols, frame))

    def firsts(choice):
        return [adjust_bars(every, choice)[name].frame["close"].iloc[0] for name in symbols]

    assert firsts("auto") == [98.0] * 4 + [100.0] * 4
    assert firsts(True) == [98.0] * 8 and firsts(False) == [100.0] * 8
    own = {"CL=F": es.Instrument(symbol="CL=F", name="mine", calendar="NYMEX", asset_class="share")}
    assert adjust_bars(every, instruments=own)["CL=F"].frame["close"].iloc[0] == 98.0
    with pytest.raises(UsageError, match=r'CL=F: no adjusted close in memory; set adjusted = "auto"'):
        adjust_bars(bar_set(**{"CL=F": [1.0]}), True)
    with pytest.raises(UnknownNameError, match="unknown choice of adjusted 'yes'"):
        adjust_bars(every, "yes")


def test_files_say_which_close_was_taken(tmp_path):
    (tmp_path / "KO.csv").write_text("Date,Open,Close,Adj Close\n2021-03-03,99,100,98\n2021-03-04,97,98,98\n")
    bars = es.read_bars(tmp_path / "KO.csv")
    assert (
        bars["KO"].frame["open"].tolist() == [99 * 98 / 100, 97.0]
        and "open, high and low scaled alike" in bars.notes[0]
    )
    assert es.read_bars(tmp_path, adjusted=False)["KO"].frame["close"].tolist() == [100.0, 98.0]


@pytest.mark.parametrize(("ratio", "after"), [(2, 50.5), (0.1, 1010.0)], ids=["2:1", "1:10"])
def test_a_split_that_is_declared(ratio, after):
    bars = bar_set(XYZ={"close": [100.0, after, after], "open": [100.0, after, after], "volume": [8.0, 9.0, 9.0]})
    found = split_bars(bars, {"XYZ": {"2021-03-04": ratio}})["XYZ"]
    assert found.frame["close"].tolist() == pytest.approx([100 / ratio, after, after], rel=1e-15)
    assert found.returns("simple").iloc[1] == pytest.approx(0.01, abs=1e-14)
    assert found.frame["volume"].tolist() == [8.0 * ratio, 9.0, 9.0] and found.adjustment == "split"


@pytest.mark.parametrize(
    ("splits", "said"),
    [
        ({"XYZ": {"2021-03-06": 2}}, "2021-03-06: memory has no row on that day"),
        ({"XYZ": {"soon": 2}}, "write the day YYYY-MM-DD"),
        ({"XYZ": {"2021-03-04": 0}}, "has the ratio 0"),
        ({"XYZ": {"2021-03-04": True}}, "has the ratio True"),
        ({"XYZ": {"2021-03-04": float("nan")}}, "has the ratio nan"),
        ({"ABC": {"2021-03-04": 2}}, "unknown symbol 'ABC'"),
    ],
)
def test_a_wrong_split_is_misuse(splits, said):
    with pytest.raises(UsageError, match=said):
        split_bars(bar_set(XYZ=[1.0, 2.0, 3.0]), splits)


def test_adjusted_prices_are_not_split_again():
    bars = adjust_bars(bar_set(XYZ={"close": [2.0, 1.0], "adj_close": [1.0, 1.0]}))
    with pytest.raises(UsageError, match="adjusted already"):
        split_bars(bars, {"XYZ": {"2021-03-04": 2}})


@pytest.mark.parametrize(
    ("symbol", "growth", "kind"),
    [
        ("XYZ", 0.5, "possible_split"),
        ("XYZ", 0.509, "possible_split"),
        ("XYZ", 0.45, "unit_jump"),
        ("XYZ", 1 / 7, "possible_split"),
        ("XYZ", 10.1, "possible_split"),
        ("XYZ", 100.0, "unit_jump"),
        ("CL=F", 0.5, "unit_jump"),
        ("^GSPC", 0.5, "unit_jump"),
    ],
)
def test_a_jump_near_the_ratio_of_a_split(symbol, growth, kind):
    found = oddities(bar_set(**{symbol: [100.0, 100.0 * growth]})[symbol])
    assert kind in found["kind"].tolist() and ("possible_split" in found["kind"].tolist()) == (kind == "possible_split")


def test_a_possible_split_says_how_to_declare_it():
    found = oddities(bar_set(XYZ=[700.0, 101.0])["XYZ"])
    assert found["detail"].iloc[0] == (
        "close 0.144 times the one before, near a 7:1 split; if it was one, "
        'declare splits = {"XYZ" = {"2021-03-04" = 7}}'
    )
    adjusted = bar_set(XYZ={"close": [700.0, 101.0], "adj_close": [100.0, 101.0]})["XYZ"]
    assert "possible_split" not in oddities(adjusted)["kind"].tolist()


def test_london_and_tokyo_in_dollars():
    bars = bar_set(
        **{
            "7203.T": [8000.0, 8080.0, 8160.8],
            "BP.L": [300.0, 303.0, 300.0],
            "KO": [50.0, 51.0, 52.0],
            "JPY=X": [107.0, 108.0, 108.5],
            "GBPUSD=X": [1.40, 1.39, 1.38],
        }
    )
    found = convert_currency(bars, "USD")
    assert found["7203.T"].frame["close"].tolist() == pytest.approx([8000 / 107, 8080 / 108, 8160.8 / 108.5], rel=1e-15)
    # London quotes pence.
    assert found["BP.L"].frame["close"].tolist() == pytest.approx([3.0 * 1.40, 3.03 * 1.39, 3.0 * 1.38], rel=1e-15)
    assert found["KO"] is bars["KO"] and found["JPY=X"] is bars["JPY=X"]
    assert found["7203.T"].returns("simple").iloc[1] == pytest.approx(1.01 * 107 / 108 - 1, abs=1e-15)
    assert found.notes[0] == "7203.T: JPY to USD by JPY=X of the same session"
    yen = convert_currency(es.BarSet(bars={name: bars[name] for name in ("KO", "7203.T", "JPY=X")}), "JPY")
    assert yen["KO"].frame["close"].iloc[0] == pytest.approx(50 * 107, rel=1e-15)


def test_pence_become_pounds():
    assert convert_currency(bar_set(**{"BP.L": [300.0]}), "GBP")["BP.L"].frame["close"].tolist() == [3.0]


def test_rows_without_a_rate_are_left_out_and_counted():
    bars = bar_set(**{"7203.T": [8000.0, 8080.0, 8160.0]})
    rates = es.BarSet.from_frames({"JPY=X": pd.Series([107.0, 108.5], index=DAYS[[0, 2]])})
    found = convert_currency(bars, "USD", rates)
    assert found["7203.T"].index.tolist() == DAYS[[0, 2]].tolist()
    assert "1 rows without a rate left out, the first of 2021-03-04" in found.notes[0]


def test_a_rate_within_the_day_is_the_last_one_known_at_the_close():
    # Tokyo closes at 15:00 local, 06:00 UTC; the bar from 05:00 to 06:00 has ended then, the next one has not.
    hours = pd.to_datetime(["2021-03-04T04:00Z", "2021-03-04T05:00Z", "2021-03-04T06:00Z", "2021-03-05T03:00Z"])
    rates = es.BarSet.from_frames({"JPY=X": pd.DataFrame({"close": [106.0, 107.0, 999.0, 108.0]}, index=hours)})
    bars = bar_set(**{"7203.T": [8000.0, 8080.0, 8160.0]})
    found = convert_currency(bars, "USD", rates)["7203.T"].frame["close"]
    assert found.index.tolist() == DAYS[1:].tolist()
    assert found.tolist() == pytest.approx([8080 / 107, 8160 / 108], rel=1e-15)


@pytest.mark.parametrize(
    ("frames", "said"),
    [
        ({"7203.T": [1.0]}, r"7203.T is in JPY; give the prices of JPYUSD=X or USDJPY=X or JPY=X"),
        ({"7203.T": [1.0], "EUR=X": [1.0]}, "give the prices of JPYUSD=X"),
        ({"no such": [1.0]}, "unknown market 'no such'"),
    ],
)
def test_without_a_rate_or_a_currency_nothing_is_converted(frames, said):
    with pytest.raises(UsageError, match=said):
        convert_currency(bar_set(**frames), "USD")


def test_frames_of_yfinance_and_others():
    closes = {"AAPL": [1.0, 2.0, 3.0], "MSFT": [4.0, np.nan, 6.0]}
    wide = pd.DataFrame(closes, index=DAYS)
    both = pd.concat({"Close": wide, "Volume": wide * 10}, axis=1, names=["Price", "Ticker"])
    by_ticker = both.swaplevel(axis=1).sort_index(axis=1)
    long = wide.reset_index(names="Date").melt(id_vars="Date", var_name="Ticker", value_name="Close").dropna()
    history = pd.DataFrame({"Close": closes["AAPL"], "Dividends": 0.0}, index=DAYS.tz_localize("Asia/Tokyo"))
    for data in (wide, both, by_ticker, long, {name: wide[name].dropna() for name in wide}, wide.iloc[::-1]):
        bars = es.BarSet.from_frames(data)
        assert bars["AAPL"].frame["close"].tolist() == [1.0, 2.0, 3.0]
        assert bars["MSFT"].index.tolist() == DAYS[[0, 2]].tolist()
    for data, symbol in ((history, "7203.T"), (both[["Close"]]["Close"]["AAPL"], None), ({"7203.T": history}, None)):
        (one,) = es.BarSet.from_frames(data, symbol).values()
        assert one.index.tolist() == DAYS.tolist() and one.frame["close"].tolist() == [1.0, 2.0, 3.0]
    assert "dividends" not in {name.lower() for name in es.BarSet.from_frames(history, "X")["X"].frame}


@pytest.mark.parametrize(
    ("data", "error", "said"),
    [
        (pd.DataFrame({"Close": [1.0]}, index=DAYS[:1]), InputError, "without its symbol"),
        (
            pd.DataFrame([[1.0]], index=DAYS[:1], columns=pd.MultiIndex.from_tuples([("a", "b")])),
            InputError,
            "several levels",
        ),
        ([1.0], UsageError, "prices of type list"),
        ({"X": [1.0]}, UsageError, "X: prices of type list"),
    ],
)
def test_what_is_no_frame_of_prices_is_refused(data, error, said):
    with pytest.raises(error, match=said):
        es.BarSet.from_frames(data)


def test_a_gap_in_an_open_is_no_flat_row():
    frame = {"open": [np.nan, 2.0], "high": [1.0, 2.0], "low": [1.0, 2.0], "close": [1.0, 2.0]}
    assert bar_set(X=frame)["X"].flat_rows().tolist() == [False, True]
