"""Files of every kind and layout read to the same prices; what could be read in two ways is not read."""

import gzip
import io
import zipfile

import numpy as np
import pandas as pd
import pytest

import eventstudy as es
from eventstudy.errors import InputError, UsageError
from eventstudy.markets.sources.layouts import read_layout

DAYS = pd.to_datetime(["2020-01-07", "2020-01-08"])
OHLC = [[62.5, 63.1, 62.0, 62.7], [62.7, 65.65, 59.15, 59.61]]
NAMES = ["open", "high", "low", "close"]


@pytest.fixture
def read(tmp_path):
    """Write a file and read it; keywords make its layout."""

    def run(content, name="CL=F.csv", **layout):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return es.read_bars(path, layout=es.Layout(**layout) if layout else None)

    return run


def same(bars, symbol="CL=F", names=NAMES):
    """Whether a symbol has the two days above."""
    frame = bars[symbol].frame
    return (
        list(frame.index) == list(DAYS)
        and frame[names].to_numpy().tolist() == np.array(OHLC)[:, [NAMES.index(n) for n in names]].tolist()
    )


LAYOUTS = {
    "Yahoo's page": (
        "Date,Open,High,Low,Close,Adj Close,Volume\n2020-01-07,62.5,63.1,62.0,62.7,62.7,9\n"
        "2020-01-08,62.7,65.65,59.15,59.61,59.61,9\n"
    ),
    "Stooq, one symbol": (
        "Date,Open,High,Low,Close,Volume\n2020-01-07,62.5,63.1,62.0,62.7,9\n2020-01-08,62.7,65.65,59.15,59.61,9\n"
    ),
    "Stooq, archive": (
        "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\r\n"
        "CL=F,D,20200107,000000,62.5,63.1,62.0,62.7,9,0\r\nCL=F,D,20200108,000000,62.7,65.65,59.15,59.61,9,0\r\n"
    ),
    "Refinitiv, time series": (
        "Date,HIGH,CLOSE,LOW,OPEN,COUNT,VOLUME\n2020-01-07,63.1,62.7,62.0,62.5,1,9\n"
        "2020-01-08,65.65,59.61,59.15,62.7,1,9\n"
    ),
    "Refinitiv, fields": (
        "Instrument,Date,TRDPRC_1,HIGH_1,LOW_1,OPEN_PRC,ACVOL_UNS\nCL=F,2020-01-07,62.7,63.1,62.0,62.5,9\n"
        "CL=F,2020-01-08,59.61,65.65,59.15,62.7,9\n"
    ),
    "Bloomberg, a line above": (
        "Security,CL=F\nPeriod,D\n\nDate,PX_LAST,PX_OPEN,PX_HIGH,PX_LOW\n"
        "2020-01-07,62.7,62.5,63.1,62.0\n2020-01-08,59.61,62.7,65.65,59.15\n"
    ),
    "Bloomberg, blocks": (
        "CL=F,,,,,^N225,\nDate,PX_LAST,PX_OPEN,PX_HIGH,PX_LOW,Date,PX_LAST\n"
        "2020-01-07,62.7,62.5,63.1,62.0,2020-01-07,23575.72\n2020-01-08,59.61,62.7,65.65,59.15,,\n"
    ),
    "semicolons and named months": (
        "Date;Open;High;Low;Close\n07-Jan-2020;62.5;63.1;62.0;62.7\n08-Jan-2020;62.7;65.65;59.15;59.61\n"
    ),
    "daily rows at local midnight": (
        "Date,Open,High,Low,Close,Dividends,Stock Splits\n2020-01-07 00:00:00-05:00,62.5,63.1,62.0,62.7,0,0\n"
        "2020-01-08 00:00:00-05:00,62.7,65.65,59.15,59.61,0,0\n"
    ),
}


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_layouts_of_vendors_are_known_by_their_headers(read, text):
    bars = read(text)
    assert same(bars)
    assert len(bars.files["CL=F.csv"]) == 64


def test_blocks_have_dates_of_their_own(read):
    bars = read(LAYOUTS["Bloomberg, blocks"])
    assert bars["^N225"].frame["close"].tolist() == [23575.72] and len(bars["^N225"].frame) == 1


def test_blocks_may_share_the_first_columns_dates(read):
    bars = read(",CL=F,,^N225\nDate,PX_LAST,PX_OPEN,PX_LAST\n2020-01-07,62.7,62.5,1\n2020-01-08,59.61,62.7,2\n")
    assert same(bars, names=["open", "close"]) and bars["^N225"].frame["close"].tolist() == [1, 2]


def test_a_wide_table_leaves_out_days_without_a_price(read):
    bars = read("Date,CL=F,^N225\n2020-01-06,,1\n2020-01-07,62.7,\n2020-01-08,59.61,2\n")
    assert same(bars, names=["close"])
    assert bars["^N225"].frame.index.day.tolist() == [6, 8]


@pytest.mark.parametrize("name", ["CL=F.txt", "CL=F.tsv", "CL=F.csv.gz"])
def test_text_of_other_names(read, name):
    text = LAYOUTS["Stooq, one symbol"].replace(",", "\t" if name.endswith("tsv") else ",")
    assert same(read(gzip.compress(text.encode()) if name.endswith("gz") else text, name=name))


def test_a_symbol_may_have_closes_alone_beside_others_that_have_more(read):
    head = "Ticker,Date,Open,Close,Volume\nA,2020-01-07,1,2,3\nB,2020-01-07,,5,\nB,2020-01-08,{},6,\n"
    bars = read(head.format(""))
    assert list(bars["A"].frame) == ["open", "close", "volume"] and list(bars["B"].frame) == ["close"]
    gap = read(head.format("6"))["B"].frame["open"]
    assert np.isnan(gap.iloc[0]) and gap.iloc[1] == 6


def test_what_is_declared_is_read(read):
    text = (
        "Handelstag;Kürzel;Schluss;Spanne\n07.01.2020;CL=F;1.062,70;x\n08.01.2020;CL=F;59,61;x\n08.01.2020;X;n.v.;x\n"
    )
    bars = read(
        text.encode("cp1252"),
        columns={"date": "Handelstag", "symbol": "Kürzel", "close": "Schluss"},
        ignore=["Spanne"],
        date_format="%d.%m.%Y",
        decimal=",",
        thousands=".",
        encoding="cp1252",
        missing=["n.v."],
    )
    assert list(bars) == ["CL=F"] and bars["CL=F"].frame["close"].tolist() == [1062.70, 59.61]


def test_day_and_month_are_as_declared(read):
    text = "Date,Close\n01/02/2020,1\n02/02/2020,2\n"
    assert read(text, date_format="%d/%m/%Y")["CL=F"].frame.index.month.tolist() == [2, 2]
    assert read("Date,Close\n01/02/2020,1\n02/02/2020,2\n", date_format="%m/%d/%Y")[
        "CL=F"
    ].frame.index.month.tolist() == [
        1,
        2,
    ]


REFUSED = {
    "day or month first": ("Date,Close\n01/02/2020,1\n", ":2: date '01/02/2020' can be read in several ways"),
    "neither order runs one way": (
        "Date,Close\n13/02/2020,1\n11/02/2020,1\n12/02/2020,1\n",
        ":2: date '13/02/2020' can be read in several ways",
    ),
    "no order fits every row": ("Date,Close\n13/02/2020,1\n02/14/2020,1\n", ":2: date '13/02/2020' can be read"),
    "two-digit year": ("Date,Close\n07-Jan-20,1\n", ":2: date '07-Jan-20' can be read"),
    "another format below": ("Date,Close\n2020-01-07,1\n20200108,2\n", ":3: Date|:3: date '20200108'"),
    "decimal comma": ("Date;Close\n2020-01-07;1,5\n", ":2: close '1,5' is not a plain number"),
    "thousands": ('Date,Close\n2020-01-07,"1,234.5"\n', ":2: close '1,234.5' is not a plain number"),
    "no price": ("Date,Close\n2020-01-07,N/A\n", ":2: close 'N/A' is not a plain number"),
    "empty price in a long table": ("Date,Open,Close\n2020-01-07,1,\n", ":2: close '' is not a plain number"),
    "fullwidth digits": ("Date,Close\n2020-01-07,\uff11\n", ":2: close"),
    "underscore": ("Date,Close\n2020-01-07,1_000\n", ":2: close"),
    "hex": ("Date,Close\n2020-01-07,0x10\n", ":2: close"),
    "infinite": ("Date,Close\n2020-01-07,inf\n", ":2: close 'inf'"),
    "twice": ("Date,Close\n2020-01-07,1\n2020-01-07,1\n", ":3: CL=F: 2020-01-07 is a duplicate"),
    "forth and back": (
        "Date,Close\n2020-01-07,1\n2020-01-09,1\n2020-01-08,1\n",
        ":4: CL=F: 2020-01-08 comes after 2020-01-09",
    ),
    "short line": ("Date,Open,Close\n2020-01-07,1,1\n2020-01-08,1\n", ":3: fewer cells than the header"),
    "long line": ("Date,Open,Close\n2020-01-07,1,1\n2020-01-08,1,1,9\n", ":3: more cells than the header"),
    "long lines throughout": ("Date,Close\n2020-01-07,1,1\n2020-01-08,1,1\n", ":2: more cells than the header"),
    "short line in a wide table": ("Date,A,B\n2020-01-07,1,1\n2020-01-08,1\n", ":3: fewer cells than the header"),
    "unterminated quote": ('Date,Close\n2020-01-07,"1\n2020-01-08,2\n', ":3: unexpected end of data"),
    "column of no meaning": ("Date,Close,Mood\n2020-01-07,1,2\n", ":1: unknown column 'Mood'"),
    "two closes": ("Date,PX_LAST,Close\n2020-01-07,1,2\n", ":1: PX_LAST and Close are both the close"),
    "a slip for a symbol": ("Date,Clsoe\n2020-01-07,1\n", "did you mean 'close'"),
    "symbol twice": ("Date,A,A\n2020-01-07,1,2\n", ":1: duplicate symbol"),
    "a symbol without a price": ("Date,A,B\n2020-01-07,1,\n", "B has no price at all"),
    "no header": ("1,2\n3,4\n", "f?"),
    "header only": ("Date,Close\n", "a header and no rows"),
    "blank rows": ("symbol,date,open,close\n,,,\n,,,\n", "a header and no rows"),
    "NUL": ("Date,Close\n2020-01-07,1\0\n", ":2: "),
    "times without a zone": ("Date,Close\n2020-01-07 10:00:00,1\n2020-01-07 10:01:00,1\n", "times without a zone"),
}


@pytest.mark.parametrize(("text", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_certain_is_refused_in_one_line(read, text, said):
    with pytest.raises(InputError, match=said) as error:
        read(text)
    assert "\n" not in str(error.value) and "CL=F.csv" in str(error.value)
    assert error.value.exit_code == 3


def test_signs_of_grouping_stand_in_their_places(read):
    text = "Date,Close\n2020-01-07,{}\n"
    for cell in ('"1,23"', '"1,2345"', '",123"', '"1.234,5"', '"1,,234"'):
        with pytest.raises(InputError, match="not a plain number"):
            read(text.format(cell), thousands=",")
    assert read(text.format('"-1,234,567.5"'), thousands=",")["CL=F"].frame["close"].tolist() == [-1234567.5]
    with pytest.raises(InputError, match="has a point"):
        read("Date;Close\n2020-01-07;1.5\n", decimal=",")


def test_times_are_placed_in_the_declared_zone(read):
    text = "Date,Time,Close\n2020-01-07,09:30:00,1\n2020-01-07,09:31:00,2\n"
    bars = read(text, timezone="America/New_York")["CL=F"]
    assert bars.index[0] == pd.Timestamp("2020-01-07T14:30Z") and bars.length == pd.Timedelta(minutes=1)
    with pytest.raises(InputError, match="occurs twice in America/New_York"):
        read("Date,Close\n2020-11-01 01:30:00,1\n2020-11-01 03:30:00,2\n", timezone="America/New_York")


def test_bars_of_tick_history_are_instants(read):
    text = (
        "#RIC,Domain,Date-Time,GMT Offset,Type,Open,High,Low,Last,Volume,No. Trades\n"
        "CLc1,Market Price,2020-01-07T23:00:00.000000000Z,0,Intraday 1Min,1,2,1,2,9,3\n"
        "CLc1,Market Price,2020-01-07T23:01:00.000000000Z,0,Intraday 1Min,2,2,1,1,9,3\n"
    )
    bars = read(text)["CLc1"]
    assert bars.index[0] == pd.Timestamp("2020-01-07T23:00Z") and bars.frame["close"].tolist() == [2, 1]


def test_the_projects_own_layout_may_be_packed(read):
    text = "symbol,timestamp_utc,close\nX,2020-01-07T23:00:00Z,1\nX,2020-01-07T23:15:00Z,2\n"
    plain, packed = read(text)["X"], read(gzip.compress(text.encode()), name="x.csv.gz")["X"]
    assert list(plain.index) == list(packed.index) and plain.length == packed.length == pd.Timedelta(minutes=15)


@pytest.fixture
def table():
    return pd.DataFrame(OHLC, columns=NAMES).assign(date=DAYS, symbol="CL=F")


def test_parquet_long_wide_and_indexed(read, table, tmp_path):
    pytest.importorskip("pyarrow")
    table.to_parquet(tmp_path / "long.parquet")
    assert same(es.read_bars(tmp_path / "long.parquet"))
    table.pivot_table(index="date", columns="symbol", values="close").to_parquet(tmp_path / "wide.parquet")
    assert same(es.read_bars(tmp_path / "wide.parquet"), names=["close"])
    table.set_index("date")[NAMES].rename_axis(None).to_parquet(tmp_path / "CL=F.parquet")
    assert same(es.read_bars(tmp_path / "CL=F.parquet"))


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + b"\0" * 100 + b"PAR1", b"x" * 1000])
def test_what_is_no_parquet_is_refused(read, content):
    pytest.importorskip("pyarrow")
    with pytest.raises(InputError, match="not a Parquet file"):
        read(content, name="a.parquet")


def test_a_parquet_of_a_billion_cells_is_refused(read):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    sink = arrow.BufferOutputStream()
    column = arrow.DictionaryArray.from_arrays(np.zeros(34_000_000, "int8"), ["1"])
    parquet.write_table(arrow.table({"date": column, "close": column, "open": column}), sink, compression="zstd")
    content = bytes(sink.getvalue())
    assert len(content) < 1_000_000
    with pytest.raises(InputError, match="more than 100,000,000 cells"):
        read(content, name="a.parquet")


def excel(tmp_path, frames, name="CL=F.xlsx"):
    pytest.importorskip("openpyxl")
    with pd.ExcelWriter(tmp_path / name) as writer:
        for sheet, frame in frames.items():
            frame.to_excel(writer, sheet_name=sheet, index=False)
    return tmp_path / name


def test_excel_with_dates_as_dates_and_as_text(tmp_path, table):
    assert same(es.read_bars(excel(tmp_path, {"Sheet1": table})))
    text = table.assign(date=["07/01/2020", "08/01/2020"])
    path = excel(tmp_path, {"Sheet1": text})
    with pytest.raises(InputError, match=":2: date '07/01/2020' can be read in several ways"):
        es.read_bars(path)
    assert same(es.read_bars(path, layout=es.Layout(date_format="%d/%m/%Y")))
    assert same(es.read_bars(excel(tmp_path, {"Sheet1": table}), layout=es.Layout(date_format="%d/%m/%Y", decimal=",")))


def test_excel_with_several_sheets_wants_one_named(tmp_path, table):
    path = excel(tmp_path, {"notes": pd.DataFrame({"a": [1]}), "prices": table})
    with pytest.raises(InputError, match="name the sheet in a layout: one of notes, prices"):
        es.read_bars(path)
    assert same(es.read_bars(path, layout=es.Layout(sheet="prices")))


def zipped(parts):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not an Excel file"),
        (b"PK\x03\x04 and no more", "not an Excel file"),
        (zipped({"a.txt": "x"}), "not an Excel file"),
        (zipped({"xl/workbook.xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"}), "declares a document type"),
        (zipped({"xl/a.bin": b"\0" * 101_000_000}), "unpacks to more than 100 MB"),
    ],
    ids=["empty", "cut off", "another zip", "entities", "bomb"],
)
def test_what_is_no_excel_file_is_refused(read, content, said):
    pytest.importorskip("openpyxl")
    with pytest.raises(InputError, match=said):
        read(content, name="a.xlsx")


def test_gzip_bombs_and_broken_gzip_are_refused(read):
    bomb = gzip.compress(b"\0" * 150_000_000)
    with pytest.raises(InputError, match="unpacks to more than 100 MB"):
        read(bomb, name="a.csv.gz")
    whole = gzip.compress(LAYOUTS["Stooq, one symbol"].encode())
    for broken in (whole[:-9], b"no gzip", b"", whole + whole):
        with pytest.raises(InputError, match="gzip file"):
            read(broken, name="a.csv.gz")


def test_a_folder_may_hold_every_kind(tmp_path, table):
    pytest.importorskip("pyarrow")
    (tmp_path / "a.csv").write_text("date,close\n2020-01-07,1\n")
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(b"Date,Close\n2020-01-07,1\n"))
    (tmp_path / "stooq.txt").write_text(LAYOUTS["Stooq, archive"].replace("CL=F", "S"))
    (tmp_path / "README.txt").write_text("not prices")
    table.to_parquet(tmp_path / "oil.parquet")
    bars = es.read_bars(tmp_path)
    assert list(bars) == ["a", "b", "CL=F", "S"]
    assert list(bars.files) == ["a.csv", "b.csv.gz", "oil.parquet", "stooq.txt"]
    (tmp_path / "again.csv").write_text("symbol,date,close\nS,2020-01-07,1\n")
    with pytest.raises(InputError, match=r"S is already in again\.csv"):
        es.read_bars(tmp_path)


def test_a_layout_is_read_from_toml(tmp_path, read):
    path = tmp_path / "layout.toml"
    path.write_text('date_format = "%d/%m/%Y"\nmissing = ["-"]\n[columns]\nclose = "Settle"\n')
    layout = read_layout(path)
    assert (layout.date_format, list(layout.missing), layout.columns) == ("%d/%m/%Y", ["-"], {"close": "Settle"})
    (tmp_path / "X.csv").write_text("Date,Settle\n01/02/2020,5\n02/02/2020,-\n")
    assert es.read_bars(tmp_path / "X.csv", layout=path)["X"].frame["close"].tolist() == [5]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("decimals = ','", "unknown key 'decimals'; did you mean 'decimal'"),
        ("decimal = 5", "write text in quotes"),
        ("missing = [1]", r"missing\[0\] is 1; write text in quotes"),
        ("columns = 'x'", "write a table"),
        ("decimal = ';'", "decimal is . or ,"),
        ("shape = 'tall'", "unknown shape"),
        ("encoding = 'klingon'", "encoding 'klingon' is not known"),
        ("timezone = 'asia/tokyo'", "did you mean 'Asia/Tokyo'"),
        ("[columns]\nprice = 'x'", "unknown column 'price'"),
        ("a = ", "not TOML"),
        ("a = " + "[" * 2000, "nested too deeply"),
    ],
)
def test_a_wrong_layout_is_misuse(tmp_path, text, said):
    (tmp_path / "layout.toml").write_text(text)
    with pytest.raises(UsageError, match=said.replace("(", r"\(")):
        read_layout(tmp_path / "layout.toml")


@pytest.mark.parametrize(
    ("end", "cut"),
    [("62.5", True), ("62.", True), ("62", True), ("62.50", False), ("62.5\n", False), ("62.505", False)],
)
@pytest.mark.parametrize(("sign", "comma"), [(",", "."), (";", ",")])
def test_a_text_that_is_cut_in_its_last_number_is_told(read, end, cut, sign, comma):
    days = pd.bdate_range("2020-01-01", periods=10).strftime("%Y-%m-%d")
    lines = [f"{day}{sign}{61 + at / 100:.2f}".replace(".", comma) for at, day in enumerate(days[:-1])]
    last = f"{days[-1]}{sign}{end}".replace(".", comma)
    bars = read("\n".join([f"Date{sign}Close", *lines, last]), decimal=comma)
    assert any("the last line does not end" in note for note in bars.notes) == cut
    assert len(bars["CL=F"].frame) == 10


@pytest.mark.parametrize(("clock", "said"), [("23:59:60", "is a leap second"), ("12:30:60", "is not a date written")])
def test_a_minute_of_61_seconds_is_not_carried_into_the_next(read, clock, said):
    with pytest.raises(InputError, match=f":3: .*{said}"):
        read(f"timestamp_utc,close\n2016-12-31T12:00:00Z,50.1\n2016-12-31T{clock}Z,50.2\n")


@pytest.mark.parametrize("header", ['date,open,high,lo,1,"a\nb",c', 'date,"a\nb","a\nb"', 'date,close,"clo\nse",close'])
def test_names_of_columns_in_several_lines_are_told_in_one(read, header):
    with pytest.raises((InputError, UsageError)) as refused:
        read(header + "\n2020-01-07,1,2,3,4,5,6\n"[: 12 + 2 * header.count(",")] + "\n")
    assert "\n" not in str(refused.value)
