"""Files in the shapes that vendors and programs write: right prices, or one line that names the cure."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import eventstudy as es
from eventstudy.errors import InputError
from eventstudy.markets.sources.layouts import LayoutNeeded

REFERENCE = os.environ.get("EVENTSTUDY_REFERENCE")


@pytest.fixture
def read(tmp_path):
    """Write a file and read it; keywords make its layout."""

    def run(content, name="XYZ.csv", adjusted="auto", **layout):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return es.read_bars(path, layout=layout or None, adjusted=adjusted)

    return run


def closes(bars, symbol="XYZ"):
    """Closes of a symbol by day or instant."""
    pattern = "%Y-%m-%dT%H:%M" if bars[symbol].intraday else "%Y-%m-%d"
    return dict(zip(bars[symbol].index.strftime(pattern), bars[symbol].frame["close"], strict=True))


TWO = {"2021-03-04": 10.5, "2021-03-05": 11.25}
# Each: the file's text, its name, and the closes of each symbol.
SHAPES = {
    "yfinance, prices above symbols": (
        "Price,Adj Close,Adj Close,Close,Close,Volume,Volume\nTicker,LOW,XYZ,LOW,XYZ,LOW,XYZ\nDate,,,,,,\n"
        "2021-03-04,1,10.5,1,10.5,5,6\n2021-03-05,2,11.25,2,11.25,5,6\n",
        {"XYZ": TWO, "LOW": {"2021-03-04": 1, "2021-03-05": 2}},
    ),
    "yfinance, symbols above prices, other days empty": (
        "Ticker,XYZ,XYZ,XYZ,1234.T,1234.T,1234.T\nPrice,Open,Close,Volume,Open,Close,Volume\nDate,,,,,,\n"
        "2021-03-04,10,10.5,6,,,\n2021-03-05,11,11.25,6,7,8,9\n",
        {"XYZ": TWO, "1234.T": {"2021-03-05": 8}},
    ),
    "yfinance, one symbol": (
        "Price,Close,High,Low,Open,Volume\nTicker,XYZ,XYZ,XYZ,XYZ,XYZ\nDate,,,,,\n"
        "2021-03-04,10.5,11,10,10,6\n2021-03-05,11.25,12,11,11,6\n",
        {"XYZ": TWO},
    ),
    "yfinance, two levels without the row that names the index": (
        ",Close,Close,Open,Open\n,XYZ,ABC,XYZ,ABC\n2021-03-04,10.5,1,10,1\n2021-03-05,11.25,2,11,2\n",
        {"XYZ": TWO, "ABC": {"2021-03-04": 1, "2021-03-05": 2}},
    ),
    "yfinance, two levels after reset_index": (
        "Date,Close,Close,Volume,Volume\n,XYZ,ABC,XYZ,ABC\n2021-03-04,10.5,1,10,1\n2021-03-05,11.25,2,11,2\n",
        {"XYZ": TWO, "ABC": {"2021-03-04": 1, "2021-03-05": 2}},
    ),
    "yfinance, one level": (
        "Date,Close,High,Low,Open,Volume\n2021-03-04,10.5,11,10,10,6\n2021-03-05,11.25,12,11,11,6\n",
        {"XYZ": TWO},
    ),
    "yfinance, intraday": (
        "Price,Close,Volume\nTicker,XYZ,XYZ\nDatetime,,\n"
        "2021-03-12 15:30:00-05:00,1,6\n2021-03-12 15:45:00-05:00,2,6\n2021-03-15 09:30:00-04:00,3,6\n",
        {"XYZ": {"2021-03-12T20:30": 1, "2021-03-12T20:45": 2, "2021-03-15T13:30": 3}},
    ),
    "yfinance, history across a change of clocks": (
        "Date,Open,High,Low,Close,Volume,Dividends,Stock Splits,Capital Gains\n"
        "2021-03-12 00:00:00-05:00,1,1,1,1,5,0.0,0.0,0.0\n2021-03-15 00:00:00-04:00,1,2,1,2,5,0.0,0.0,0.0\n",
        {"XYZ": {"2021-03-12": 1, "2021-03-15": 2}},
    ),
    "Yahoo's download with a null row": (
        "Date,Open,High,Low,Close,Adj Close,Volume\n2021-03-03,null,null,null,null,null,null\n"
        "2021-03-04,10,11,10,21,10.5,6\n2021-03-05,11,12,11,22.5,11.25,6\n",
        {"XYZ": TWO},
    ),
    "Investing.com": (
        '"Date","Price","Open","High","Low","Vol.","Change %"\n"03/15/2021","1,011.25","11","12","11","1.5M","1%"\n'
        '"03/05/2021","11.25","11","12","11","-","1%"\n"03/04/2021","10.50","10","11","10","12.5K","1%"\n',
        {"XYZ": {**TWO, "2021-03-15": 1011.25}},
    ),
    "Nasdaq.com": (
        "Date,Close/Last,Volume,Open,High,Low\n03/15/2021,$1011.25,N/A,$11,$12,$11\n"
        '03/05/2021,$11.25,6000,$11,$12,"$1,012.00"\n03/04/2021,$10.50,6000,$10,$11,$10\n',
        {"XYZ": {**TWO, "2021-03-15": 1011.25}},
    ),
    "Stooq in Polish": (
        "Data,Otwarcie,Najwyzszy,Najnizszy,Zamkniecie,Wolumen\n2021-03-04,10,11,10,10.5,6\n2021-03-05,11,12,11,11.25,6\n",
        {"XYZ": TWO},
    ),
    "Alpha Vantage": (
        "timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient\n"
        "2021-03-05,11,12,11,22.5,11.25,6,0.0,1.0\n2021-03-04,10,11,10,21,10.5,6,0.0,1.0\n",
        {"XYZ": TWO},
    ),
    "Tiingo": (
        "date,close,high,low,open,volume,adjClose,adjHigh,adjLow,adjOpen,adjVolume,divCash,splitFactor\n"
        "2021-03-04T00:00:00.000Z,21,22,20,20,6,10.5,11,10,10,6,0.0,1.0\n"
        "2021-03-05T00:00:00.000Z,22.5,24,22,22,6,11.25,12,11,11,6,0.0,1.0\n",
        {"XYZ": TWO},
    ),
    "EODHD": (
        "Date,Open,High,Low,Close,Adjusted_close,Volume\n2021-03-04,20,22,20,21,10.5,6\n2021-03-05,22,24,22,22.5,11.25,6\n",
        {"XYZ": TWO},
    ),
    "Binance, days": (
        "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n"
        "1614816000000,10,11,10,10.5,6,1614902399999,1,1,1,1,0\n1614902400000,11,12,11,11.25,6,1614988799999,1,1,1,1,0\n",
        {"XYZ": TWO},
    ),
    "Binance, hours in microseconds without a header": (
        "1614816000000000,10,11,10,10.5,6,1614819599999999,1,1,1,1,0\n"
        "1614819600000000,11,12,11,11.25,6,1614823199999999,1,1,1,1,0\n",
        {"XYZ": {"2021-03-04T00:00": 10.5, "2021-03-04T01:00": 11.25}},
    ),
    "CryptoDataDownload": (
        "https://www.CryptoDataDownload.com\nunix,date,symbol,open,high,low,close,Volume XYZ,Volume USDT,tradecount\n"
        "1614902400000,2021-03-05 00:00:00,XYZ,11,12,11,11.25,6,60,5\n"
        "1614816000000,2021-03-04 00:00:00,XYZ,10,11,10,10.5,6,60,5\n",
        {"XYZ": TWO},
    ),
    "FRED": ("observation_date,XYZ\n2021-03-03,\n2021-03-04,10.5\n2021-03-05,11.25\n", {"XYZ": TWO}),
    "FRED, older": ("DATE,XYZ\n2021-03-03,.\n2021-03-04,10.5\n2021-03-05,11.25\n", {"XYZ": TWO}),
    "Bloomberg, blocks of their own days": (
        "XYZ Equity,,,ABC Index,\nDates,PX_LAST,PX_VOLUME,Dates,PX_LAST\n"
        "2021-03-04,10.5,6,2021-03-03,1\n2021-03-05,11.25,#N/A N/A,,\n",
        {"XYZ Equity": TWO, "ABC Index": {"2021-03-03": 1}},
    ),
    "Datastream, days that only fit day first": (
        "Name,XYZ CORP,ABC\nCode,XYZ(P),ABC(P)\nCURRENCY,U$,U$\n04/03/2021,10.5,1\n05/03/2021,11.25,2\n15/03/2021,,3\n",
        {"XYZ": TWO, "ABC": {"2021-03-04": 1, "2021-03-05": 2, "2021-03-15": 3}},
    ),
    "Eikon": (
        "Instrument,Date,Price Close,Price Open,Total Return\n"
        "XYZ.O,2021-03-04T00:00:00Z,10.5,10,0.1\nXYZ.O,2021-03-05T00:00:00Z,11.25,11,0.1\n",
        {"XYZ.O": TWO},
    ),
    "CRSP": (
        "PERMNO,date,TICKER,BIDLO,ASKHI,PRC,VOL,RET,SHROUT,OPENPRC,vwretd\n10001,20210303,XYZ,,,0,,B,9,,0.1\n"
        "10001,20210304,XYZ,10,11,-10.5,,C,9,,0.1\n10001,20210305,XYZ,11,12,11.25,6,0.1,9,11,0.1\n",
        {"XYZ": TWO},
    ),
    "CRSP, the newer format": (
        "PERMNO,DlyCalDt,Ticker,DlyPrc,DlyVol,DlyRet\n10001,2021-03-04,XYZ,-10.5,,0.1\n10001,2021-03-05,XYZ,11.25,6,0.1\n",
        {"XYZ": TWO},
    ),
    "days of Excel": ("Date,Close\n44259,10.5\n44260,11.25\n", {"XYZ": TWO}),
    "a German portal": (
        "Datum;Eröffnung;Hoch;Tief;Schluss;Volumen\n05.03.2021;1.011,00;12;11;11,25;6.000\n04.03.2021;10;11;10;10,50;600\n",
        {"XYZ": TWO},
    ),
    "Interactive Brokers": (
        "date,open,high,low,close,volume,barCount,average\n2021-03-04,10,11,10,10.5,6,5,10\n2021-03-05,11,12,11,11.25,6,5,10\n",
        {"XYZ": TWO},
    ),
    "a count and a long table": (
        ",date,symbol,close\n0,2021-03-04,XYZ,10.5\n1,2021-03-05,XYZ,11.25\n",
        {"XYZ": TWO},
    ),
    "an unnamed column of dates": (",XYZ,ABC\n2021-03-04,10.5,1\n2021-03-05,11.25,\n", {"XYZ": TWO}),
    "TradingView": (
        "time,open,high,low,close,Volume\n1614816000,10,11,10,10.5,6\n1614902400,11,12,11,11.25,6\n",
        {"XYZ": TWO},
    ),
    "date and price": ("Date,Price\n2021-03-04,10.5\n2021-03-05,11.25\n", {"XYZ": TWO}),
    "prices with empty opens": (
        "symbol,date,open,high,low,close,volume\nXYZ,2021-03-04,,,,10.5,\nXYZ,2021-03-05,11,12,11,11.25,6\n",
        {"XYZ": TWO},
    ),
    "symbols that descend, one after the other": (
        "symbol,date,close\nB,2021-03-05,2\nXYZ,2021-03-05,11.25\nB,2021-03-04,1\nXYZ,2021-03-04,10.5\n",
        {"XYZ": TWO, "B": {"2021-03-04": 1, "2021-03-05": 2}},
    ),
    "months first, settled by a day over 12": (
        "Date,Close\n03/04/2021,10.5\n03/05/2021,11.25\n03/15/2021,12\n",
        {"XYZ": {**TWO, "2021-03-15": 12}},
    ),
}


@pytest.mark.parametrize(("text", "expected"), SHAPES.values(), ids=SHAPES)
def test_files_are_recognised_by_their_headers(read, text, expected):
    bars = read(text)
    assert {symbol: closes(bars, symbol) for symbol in expected} == expected


@pytest.mark.parametrize("name", [name for name in SHAPES if "header" not in name and "German" not in name])
def test_the_same_tables_in_excel(tmp_path, name):
    pytest.importorskip("openpyxl")
    import csv
    import datetime as dt

    import openpyxl

    def cell(text):
        for kind in (float, dt.datetime.fromisoformat):
            try:
                value = kind(text)
                return value if kind is float or value.tzinfo is None else text
            except ValueError:
                continue
        return text or None

    text, expected = SHAPES[name]
    book = openpyxl.Workbook()
    for row in csv.reader(text.splitlines()):
        book.active.append([cell(value) for value in row])
    book.save(tmp_path / "XYZ.xlsx")
    bars = es.read_bars(tmp_path / "XYZ.xlsx")
    assert {symbol: closes(bars, symbol) for symbol in expected} == expected


def test_yfinances_frames_as_parquet(tmp_path):
    pytest.importorskip("pyarrow")
    days = pd.DatetimeIndex(TWO, name="Date")
    columns = pd.MultiIndex.from_product([["Close", "Open"], ["XYZ", "ABC"]], names=["Price", "Ticker"])
    frame = pd.DataFrame([[10.5, 1.0, 10, 1], [11.25, np.nan, 11, np.nan]], index=days, columns=columns)
    frame.to_parquet(tmp_path / "two.parquet")
    bars = es.read_bars(tmp_path / "two.parquet")
    assert closes(bars) == TWO and closes(bars, "ABC") == {"2021-03-04": 1}
    history = frame.xs("XYZ", axis=1, level=1).tz_localize("Asia/Tokyo").assign(Dividends=0.0)
    history.to_parquet(tmp_path / "1234.T.parquet")
    assert closes(es.read_bars(tmp_path / "1234.T.parquet"), "1234.T") == TWO


def chart(granularity="1d", zone="Asia/Tokyo"):
    stamps = [int(pd.Timestamp(day, tz=zone).timestamp()) + 9 * 3600 for day in ("2021-03-03", *TWO)]
    quote = {name: [None, 10.5, 11.25] for name in ("open", "high", "low", "close", "volume")}
    meta = {"symbol": "XYZ", "exchangeTimezoneName": zone, "dataGranularity": granularity}
    result = {"meta": meta, "timestamp": stamps, "indicators": {"quote": [quote]}}
    return {"chart": {"result": [result], "error": None}}


def test_json_of_yahoos_chart(read):
    bars = read(json.dumps(chart()), "answer.json")
    assert closes(bars) == TWO and "2021-03-03" in bars.notes[0]
    hourly = chart("1h", "America/New_York")
    assert closes(read(json.dumps(hourly), "answer.json", timezone="America/New_York")) == TWO


def test_json_of_alpha_vantage(read):
    rows = {"2021-03-05": {"1. open": "11", "4. close": "11.25"}, "2021-03-04": {"1. open": "10", "4. close": "10.5"}}
    about = {"1. Information": "Daily", "2. Symbol": "XYZ", "5. Time Zone": "US/Eastern"}
    assert closes(read(json.dumps({"Meta Data": about, "Time Series (Daily)": rows}), "a.json")) == TWO
    minutes = {"2021-03-04 09:35:00": {"4. close": "2"}, "2021-03-04 09:30:00": {"4. close": "1"}}
    bars = read(json.dumps({"Meta Data": about, "Time Series (5min)": minutes}), "a.json")
    assert closes(bars) == {"2021-03-04T14:30": 1, "2021-03-04T14:35": 2}


def test_json_records(read):
    records = [{"date": day, "close": close, "adjClose": close} for day, close in TWO.items()]
    assert closes(read(json.dumps(records), "XYZ.json")) == TWO


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 5000, "1", "[]", "[1]", '{"a": 1}', '{"chart": {"result": [1]}}', "NaN"]
)
def test_what_is_no_price_in_json_is_refused(read, text):
    with pytest.raises(InputError) as error:
        read(text, "a.json")
    assert "a.json" in str(error.value) and "\n" not in str(error.value)


REFUSED = {
    "Datastream, either order": (
        "Name,A\nCode,A(P)\n04/03/2021,1\n05/03/2021,2\n",
        "3: date .*2021-03-04 or 2021-04-03.*date_format",
    ),
    "returns": ("date,JNJ,PG\n2021-03-04,0.01,-0.02\n2021-03-05,-0.01,0.01\n", "JNJ looks like returns.*layout"),
    "times of day without a zone": (
        "Date,Close\n2021-03-04 15:00:00,1\n2021-03-05 15:00:00,2\n",
        "declare timezone in a layout",
    ),
    "days at another hour of UTC": (
        "Date,Close\n2021-03-04T15:00:00Z,1\n2021-03-05T15:00:00Z,2\n",
        "daily rows, but at 15:00 UTC; declare timezone in a layout",
    ),
    "days since 1970": ("Date,Close\n18690,1\n18691,2\n", "can be read in several ways.*layout"),
    "a close missing beside an open": (
        "Date,Open,Close\n2021-03-04,1,null\n",
        "close 'null' is not a plain number.*layout",
    ),
    "a price without a date": ("Date,A\n2021-03-04,1\n,2\n", ":3: date '' is empty in a row with a price"),
    "prices below a header twice": ("Date,Close\n2021-03-04,1\nDate,Close\n", ":3: date 'Date' is not a date"),
    "an old workbook": ("", "save it as .xlsx"),
}


@pytest.mark.parametrize(("text", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_uncertain_names_the_cure(read, text, said):
    with pytest.raises(InputError, match=said) as error:
        read(text, "XYZ.csv" if text else "XYZ.xls")
    assert "\n" not in str(error.value)


def test_a_header_that_fits_two_vendors_is_refused(read):
    text = 'Datum,Schluss,Date,PRC,Close/Last\n"04.03.2021","1",2021-03-04,1,1\n'
    with pytest.raises(LayoutNeeded, match=r"fits files of Nasdaq.com and CRSP and a German portal; declare thousands"):
        read(text)


def test_daily_rows_at_an_hour_are_days_of_the_declared_zone(read):
    text = "Date,Close\n2021-03-04T15:00:00Z,1\n2021-03-05T15:00:00Z,2\n"
    assert closes(read(text, timezone="Asia/Tokyo")) == {"2021-03-05": 1, "2021-03-06": 2}
    text = "Date,Close\n3/4/2021 16:00:00,1\n3/15/2021 16:00:00,2\n"
    assert closes(read(text, timezone="America/New_York")) == {"2021-03-04": 1, "2021-03-15": 2}


def test_what_was_left_out_is_listed(read):
    assert (
        read(SHAPES["Yahoo's download with a null row"][0]).notes[0] == "XYZ.csv: XYZ: no price on 2021-03-03; left out"
    )
    notes = read(SHAPES["CRSP"][0]).notes
    assert notes[0] == "XYZ.csv: XYZ: no price on 20210303; left out" and "line 3 (10.5)" in notes[1]


def test_volumes_are_counted_out(read):
    volume = read(SHAPES["Investing.com"][0])["XYZ"].frame["volume"]
    assert np.isnan(volume.iloc[1]) and volume.iloc[[0, 2]].tolist() == [12_500, 1_500_000]


def test_a_bad_row_of_a_symbol_that_is_not_needed_is_listed(tmp_path):
    path = tmp_path / "all.csv"
    path.write_text(
        "symbol,date,close\nA,2021-03-04,1\nB,2021-03-04,x\nA,2021-03-05,2\nC,2021-03-05,3\nC,2021-03-04x,1\n"
    )
    with pytest.raises(InputError, match=r"all\.csv:6: date '2021-03-04x'"):
        es.read_bars(path)
    bars = es.read_bars(path, symbols=["A"])
    assert list(bars) == ["A"] and closes(bars, "A") == {"2021-03-04": 1, "2021-03-05": 2}
    assert set(bars.faults) == {"B", "C"} and ":3: close 'x'" in bars.faults["B"]
    with pytest.raises(InputError, match=r":3: close 'x'"):
        bars["B"]
    with pytest.raises(InputError, match=r":3: close 'x'"):
        es.read_bars(path, symbols=["A", "B"])


@pytest.mark.skipif(REFERENCE is None, reason="EVENTSTUDY_REFERENCE is not set")
def test_the_reference_shapes():
    folder = Path(REFERENCE or "") / "cases/formats"
    found = {}
    for path in sorted(folder.iterdir()):
        try:
            bars = es.read_bars(path)
            found[path.stem] = {symbol: closes(bars, symbol) for symbol in bars}
        except InputError as error:
            assert "layout" in str(error) and "\n" not in str(error)
    assert {path.stem for path in folder.iterdir()} - set(found) == {"datastream", "investing", "wide_returns"}
    assert list(found["yf_history_tz"]["yf_history_tz"]) == ["2024-03-07", "2024-03-08", "2024-03-11", "2024-03-12"]
    assert [key[11:] for key in found["yf_intraday_dst"]["yf_intraday_dst"]] == ["20:00", "20:30", "13:30", "14:00"]
    assert found["yf_multi"]["MSFT"] == {"2024-01-02": 370.87, "2024-01-03": 370.60, "2024-01-04": 367.94}
    assert found["excel_serial"]["excel_serial"] == {"2020-01-02": 61.18, "2020-01-03": 63.05, "2020-01-06": 63.27}
    assert found["crsp_long"]["AAPL"]["2020-01-06"] == 299.79999
    assert found["german"]["german"] == {"2020-01-07": 13226.83, "2020-01-08": 13320.18}
