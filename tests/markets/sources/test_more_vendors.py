"""Shapes of further vendors: terminals, central banks, exchanges, other languages, and rows without a header."""

import json

import pytest

import eventstudy as es
from eventstudy import read_bars
from eventstudy.errors import InputError
from eventstudy.markets.sources.proposals import propose_layout

TWO = {"2021-03-16": 1010.5, "2021-03-17": 1011.25}
PAGE = {
    "German": ("Datum,Zuletzt,Eröffn.,Hoch,Tief,Vol.,+/- %", "17.03.2021", "16.03.2021", ",."),
    "French": ("Date,Dernier,Ouv., Plus Haut,Plus Bas,Vol.,Variation %", "17/03/2021", "16/03/2021", ",."),
    "Spanish": ("Fecha,Último,Apertura,Máximo,Mínimo,Vol.,% var.", "17.03.2021", "16.03.2021", ",."),
    "Italian": ("Data,Ultimo,Apertura,Massimo,Minimo,Vol.,Var. %", "17.03.2021", "16.03.2021", ",."),
    "Portuguese": ("Data,Último,Abertura,Máxima,Mínima,Vol.,Var%", "17.03.2021", "16.03.2021", ",."),
    "Dutch": ("Datum,Laatste,Open,Hoog,Laag,Vol.,Verschil %", "17-03-2021", "16-03-2021", ",."),
    "Russian": ("Дата,Цена,Откр.,Макс.,Мин.,Объём,Изм. %", "17.03.2021", "16.03.2021", ",."),
    "Japanese": ("日付け,終値,始値,高値,安値,出来高,変化率 %", "2021年03月17日", "2021年03月16日", ".,"),
    "Chinese": ("日期,收盘,开盘,高,低,交易量,涨跌幅", "2021-3-17", "2021-3-16", ".,"),
    "Korean": ("날짜,종가,시가,고가,저가,거래량,변동 %", "2021- 03- 17", "2021- 03- 16", ".,"),
}
FILES = {
    "MetaTrader 4": "2021.03.16,00:00,1010,1012,1009,1010.5,6\n2021.03.17,00:00,1010,1013,1008,1011.25,6\n",
    "MetaTrader 5": (
        "<DATE>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n"
        "2021.03.16\t1010\t1012\t1009\t1010.5\t6\t0\t5\n2021.03.17\t1010\t1013\t1008\t1011.25\t6\t0\t5\n"
    ),
    "Kraken": "1615852800,1010,1012,1009,1010.5,6,9\n1615939200,1010,1013,1008,1011.25,6,9\n",
    "Barchart, with its last line": (
        'Time,Open,High,Low,Last,Change,%Chg,Volume,"Open Int"\n'
        "2021-03-17,1010,1013,1008,1011.25,1,+0.1%,6,7\n2021-03-16,1010,1012,1009,1010.5,1,+0.1%,6,7\n"
        '"Downloaded from Barchart.com as of 03-18-2021 03:12am CST"\n'
    ),
    "Quandl's futures: the settlement, not the last trade": (
        "Date,Open,High,Low,Last,Change,Settle,Volume,Previous Day Open Interest\n"
        "2021-03-17,1010,1013,1008,1,3,1011.25,6,7\n2021-03-16,1010,1012,1009,1,3,1010.5,6,7\n"
    ),
    "Mumbai: the close, not the last trade": (
        "SYMBOL,SERIES,OPEN,HIGH,LOW,CLOSE,LAST,PREVCLOSE,TOTTRDQTY,TOTTRDVAL,TIMESTAMP,TOTALTRADES,ISIN,\n"
        "XYZ,EQ,1010,1012,1009,1010.5,1,1,6,7,16-MAR-2021,2,IN0,\n"
        "XYZ,EQ,1010,1013,1008,1011.25,1,1,6,7,17-MAR-2021,2,IN0,\n"
    ),
    "Euronext": (
        '"Historical Data"\n"From 2021-03-16 to 2021-03-17"\n"FR0000000000"\n'
        "Date;Open;High;Low;Last;Close;Number of Shares;Number of Trades;Turnover;vwap\n"
        "17/03/2021;1010;1013;1008;1;1011.25;6;2;7;9\n16/03/2021;1010;1012;1009;1;1010.5;6;2;7;9\n"
    ),
    "Compustat": (
        "gvkey,iid,datadate,tic,conm,ajexdi,prccd,prchd,prcld,prcod,cshtrd\n"
        "001,01,20210316,XYZ,X INC,4,1010.5,1012,1009,1010,6\n001,01,20210317,XYZ,X INC,4,1011.25,1013,1008,1010,6\n"
    ),
    "Moscow": (
        "TRADEDATE;SECID;OPEN;LOW;HIGH;CLOSE;VOLUME\n"
        "2021-03-16;XYZ;1010;1009;1012;1010.5;6\n2021-03-17;XYZ;1010;1008;1013;1011.25;6\n"
    ),
    "Polygon's flat files": (
        "ticker,volume,open,close,high,low,window_start,transactions\n"
        "XYZ,6,1010,1010.5,1012,1009,1615852800000000000,9\nXYZ,6,1010,1011.25,1013,1008,1615939200000000000,9\n"
    ),
    "CoinGecko": (
        "snapped_at,price,market_cap,total_volume\n"
        "2021-03-16 00:00:00 UTC,1010.5,1,6\n2021-03-17 00:00:00 UTC,1011.25,1,6\n"
    ),
    "Bloomberg, symbols above the field, a missing day": (
        "Dates,XYZ,ABC\n,PX_LAST,PX_LAST\n2021-03-16,1010.5,1\n2021-03-17,1011.25,#N/A N/A\n"
    ),
    "Datastream's web service": "Instrument,XYZ,ABC\nField,P,P\nDates,,\n2021-03-16,1010.5,1\n2021-03-17,1011.25,2\n",
    "the Bundesbank": (
        '"";XYZ;XYZ_FLAGS\n"";Rate of something;\nEinheit;USD;\nStand vom;18.03.2021 16:02:11 Uhr;\n'
        "2021-03-15;.;Kein Wert vorhanden\n2021-03-16;1010,5;\n2021-03-17;1011,25;\n"
    ),
    "the ECB's portal": 'DATE,TIME PERIOD,"XYZ"\n2021-03-16,16 Mar 2021,1010.5\n2021-03-17,17 Mar 2021,1011.25\n',
    "a column without a name or a value": "Date,XYZ,ABC,\n2021-03-16,1010.5,1,\n2021-03-17,1011.25,2,\n",
}


def page(header, later, earlier, signs):
    """Two days of a page in its language, newest first, with its decimal sign and thousands separator."""

    def written(number):
        return f"{number:,.2f}".replace(",", "t").replace(".", signs[0]).replace("t", signs[1])

    rows = [(later, 1011.25, 1010, 1013, 1008), (earlier, 1010.5, 1010, 1012, 1009)]
    cells = [[day, *map(written, prices), "6", "0%"] for day, *prices in rows]
    return "\n".join([header, *(",".join(f'"{cell}"' for cell in row) for row in cells)]) + "\n"


@pytest.fixture
def closes(tmp_path):
    """Write a file and return the closes of XYZ by day."""

    def run(content, name="XYZ.csv"):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        frame = es.read_bars(path)["XYZ"].frame
        return dict(zip(frame.index.strftime("%Y-%m-%d"), frame["close"], strict=True))

    return run


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_files_of_further_vendors(closes, tmp_path, text):
    if text.startswith("<DATE>"):  # two volumes: the reader asks, and proposes to leave out the one in lots
        path = tmp_path / "XYZ.csv"
        path.write_text(text)
        assert propose_layout(path).bars["XYZ"].frame["close"].tolist() == [*TWO.values()]
    else:
        assert closes(text) == TWO


@pytest.mark.parametrize("language", PAGE)
def test_investing_com_in_other_languages(closes, language):
    assert closes(page(*PAGE[language])) == TWO


def test_the_highest_is_high_in_a_page_of_another_language(tmp_path):
    path = tmp_path / "XYZ.csv"
    path.write_text(page(*PAGE["Japanese"]), encoding="utf-8")
    assert es.read_bars(path)["XYZ"].frame.iloc[-1, :4].tolist() == [1010, 1013, 1008, 1011.25]


RECORDS = [{"date": day, "close": close} for day, close in TWO.items()]
LETTERS = {"t": [1615852800, 1615939200], "o": [1010] * 2, "h": [1013] * 2, "l": [1008] * 2, "c": [*TWO.values()]}
ANSWERS = {
    "records and their symbol": {"ticker": "XYZ", "count": 2, "data": RECORDS},
    "records and what is known of them": {"meta": {"symbol": "XYZ", "currency": "USD"}, "values": RECORDS},
    "records of letters": {
        "ticker": "XYZ",
        "results": [
            dict(zip([*LETTERS, "vw"], [*row, 1.0], strict=True)) for row in zip(*LETTERS.values(), strict=True)
        ],
    },
    "columns of letters": {**LETTERS, "s": "ok"},
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_answers_in_json(closes, answer):
    assert closes(json.dumps(answer), "XYZ.json") == TWO


@pytest.mark.parametrize(
    ("stamp", "first"),
    [
        ("2021-03-16 09:30:00-04:00", "2021-03-16T13:30"),
        ("20210316 09:30:00 America/New_York", "2021-03-16T13:30"),
        ("20210316  09:30:00 US/Eastern", "2021-03-16T13:30"),
    ],
)
def test_times_with_the_name_of_their_zone(tmp_path, stamp, first):
    path = tmp_path / "XYZ.csv"
    path.write_text(f"date,close\n{stamp},1\n{stamp.replace('09:30', '09:35')},2\n")
    assert es.read_bars(path)["XYZ"].index[0].strftime("%Y-%m-%dT%H:%M") == first


@pytest.mark.parametrize(
    "rows",
    [
        "2021-03-16,1010,1009,1012,1010.5\n2021-03-17,1010,1008,1013,1011.25\n",  # low before high
        "2021-03-16,1,2,3,4\n2021-03-17,1,2,3,4\n",
        "2021-03-16,1010,1012,1009,1010.5\n",  # one row proves nothing
    ],
)
def test_rows_without_a_header_are_read_only_in_the_usual_order(closes, tmp_path, rows):
    with pytest.raises(InputError, match="no `date` column"):
        closes(rows)
    with pytest.raises(InputError, match="no `date` column"):  # and no row is taken for a header by a proposal
        propose_layout(tmp_path / "XYZ.csv")


def test_a_cut_off_last_row_is_no_footer(closes):
    with pytest.raises(InputError, match=r"XYZ\.csv:3: fewer cells"):
        closes("symbol,date,close\nXYZ,2021-03-16,1\nXYZ\n")


@pytest.mark.parametrize("encoding", ["cp932", "euc_kr", "cp1252"])
def test_the_encoding_is_proposed_in_which_column_names_are_known(tmp_path, encoding):
    header = {
        "cp932": "日付,始値,高値,安値,終値",
        "euc_kr": "날짜,시가,고가,저가,종가",
        "cp1252": "Datum,Eröffnung,Hoch,Tief,Close",
    }
    path = tmp_path / "XYZ.csv"
    path.write_bytes(f"{header[encoding]}\n2021-03-16,1,3,1,2\n2021-03-17,2,4,1,3\n".encode(encoding))
    found = propose_layout(path)
    assert found.layout.encoding == encoding
    assert found.bars["XYZ"].frame["close"].tolist() == [2, 3]


def test_a_close_is_proposed_by_its_name(tmp_path):
    path = tmp_path / "XYZ.csv"
    path.write_text("Date;First price;High;Low;Closing quote\n2021-03-16;1;4;1;3\n2021-03-17;2;5;1;4\n")
    assert propose_layout(path).layout.columns == {"close": "Closing quote"}


def test_a_layout_that_matches_nothing_says_which_column_is_not_there(tmp_path):
    path = tmp_path / "XYZ.csv"
    path.write_text("date,close\n2021-03-16,1\n")
    with pytest.raises(InputError, match=r"XYZ\.csv:1: no column 'Settle', which the layout declares as the close"):
        es.read_bars(path, layout={"columns": {"close": "Settle"}})


def test_an_infinite_price_is_not_proposed_as_a_missing_one(tmp_path):
    path = tmp_path / "XYZ.csv"
    path.write_text("date,close\n2021-03-16,1\n2021-03-17,inf\n")
    with pytest.raises(InputError, match="'inf' is not a plain number"):
        propose_layout(path)


def test_rows_of_name_day_and_price_without_a_header_are_those_of_eventstudytools(tmp_path):
    path = tmp_path / "firms.csv"
    path.write_text("Acme Ltd ;29.04.1997;40.5\nAcme Ltd ;30.04.1997;-41.25\nBolt;30.04.1997;7\n")
    bars = read_bars(path)
    assert bars["Acme Ltd"].frame["close"].tolist() == [40.5, 41.25]
    assert [str(day.date()) for day in bars["Acme Ltd"].frame.index] == ["1997-04-29", "1997-04-30"]
    assert bars["Bolt"].frame["close"].tolist() == [7.0]
    assert "the midpoint of bid and ask is taken in line 2" in " ".join(bars.notes)
    path.write_text("Acme Ltd;04/29/1997;40.5\nBolt;04/30/1997;7\n")
    with pytest.raises(InputError, match="no `date` column"):
        read_bars(path)


def test_a_symbol_called_like_a_column_is_one_among_others_of_a_wide_table(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text("date,AAA,LOW,BBB,CHG,CCC,DDD\n2024-01-02,1,2,3,4,5,6\n2024-01-03,2,3,4,5,6,7\n")
    assert list(read_bars(path, layout={"shape": "wide"})) == ["AAA", "LOW", "BBB", "CHG", "CCC", "DDD"]
    assert list(read_bars(path, layout={"shape": "wide", "ignore": ["CHG"]})) == ["AAA", "LOW", "BBB", "CCC", "DDD"]
