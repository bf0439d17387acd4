"""The sample under `data/` is what `data/README.md` says it is, byte for byte."""

import csv
import hashlib
import re
import runpy
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from eventstudy.events import Precision, parse_instant

DATA = Path(__file__).parents[1] / "data"
README = (DATA / "README.md").read_text(encoding="utf-8")
SUMS = dict(reversed(line.split(maxsplit=1)) for line in (DATA / "SHA256SUMS").read_text(encoding="utf-8").splitlines())
PRICES = {
    "asx-200": ("^AXJO", 273),
    "brent-crude": ("BZ=F", 273),
    "gold": ("GC=F", 273),
    "hang-seng": ("^HSI", 266),
    "kospi": ("^KS11", 266),
    "nikkei-225": ("^N225", 260),
    "s-and-p-500": ("^GSPC", 273),
    "sensex": ("^BSESN", 263),
    "shanghai-composite": ("000001.SS", 258),
    "straits-times": ("^STI", 271),
    "taiex": ("^TWII", 256),
    "wti-crude": ("CL=F", 273),
}

QUARTER_HOURS = {
    "gold-proxy": ("XAU_USD", 13),
    "nikkei-225-proxy": ("JP225_USD", 20),
    "s-and-p-500-proxy": ("SPX500_USD", 17),
    "wti-crude-proxy": ("WTICO_USD", 132),
}


def table(name):
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


def bars(name):
    return table(f"prices/{name}.csv")


def ohlc(row):
    return tuple(float(row[column]) for column in ("open", "high", "low", "close"))


def article():
    _, front, body = (DATA / "articles/iran-strike-2020-01-08.md").read_text(encoding="utf-8").split("---\n", 2)
    return dict(line.split(": ", 1) for line in front.splitlines()), body


def test_fingerprints_cover_every_file():
    found = {
        path.relative_to(DATA).as_posix()
        for pattern in ("articles/*", "prices/**/*", "*.csv")
        for path in DATA.glob(pattern)
        if path.is_file()
    }
    assert set(SUMS) == found


def test_the_simulated_table_is_what_its_tool_makes():
    made = runpy.run_path(str(DATA.parent / "tools/simulate_surprises.py"))["lines"]()
    assert (DATA / "surprises-simulated.csv").read_text(encoding="utf-8").splitlines() == made


@pytest.mark.parametrize("name", sorted(SUMS))
def test_fingerprint(name):
    content = (DATA / name).read_bytes()
    assert b"\r" not in content
    assert hashlib.sha256(content).hexdigest() == SUMS[name], (
        "an intended change? Update SHA256SUMS: see data/README.md"
    )


def test_price_files_are_the_twelve():
    assert {path.stem for path in (DATA / "prices").glob("*.csv")} == set(PRICES)
    assert {path.stem for path in (DATA / "prices/intraday").iterdir()} == set(QUARTER_HOURS)


@pytest.mark.parametrize("name", sorted(QUARTER_HOURS))
def test_quarter_hours(name):
    symbol, bars = QUARTER_HOURS[name]
    records = table(f"prices/intraday/{name}.csv")
    assert list(records[0]) == ["symbol", "timestamp_utc", "open", "high", "low", "close"]
    assert {record["symbol"] for record in records} == {symbol}
    starts = [record["timestamp_utc"] for record in records]
    assert starts == sorted(set(starts)) and len(starts) == bars
    assert all(re.fullmatch(r"2020-01-0[78]T\d\d:(00|15|30|45):00Z", start) for start in starts)
    assert not [start for start in starts if start.startswith("2020-01-07T22")]
    assert all(low <= min(first, last) <= max(first, last) <= high for first, high, low, last in map(ohlc, records))
    minutes = [start.replace(":00Z", "Z") for start in starts]
    assert f"`{name}.csv` | {symbol} |" in README and f"| {bars} | {minutes[0]} | {minutes[-1]} |" in README


@pytest.mark.parametrize("name", sorted(PRICES))
def test_prices(name):
    symbol, rows = PRICES[name]
    records = bars(name)
    assert list(records[0]) == ["symbol", "date", "open", "high", "low", "close"]
    assert len(records) == rows
    assert {record["symbol"] for record in records} == {symbol}
    dates = [date.fromisoformat(record["date"]).isoformat() for record in records]
    assert dates == sorted(set(dates)) == [record["date"] for record in records]
    assert all(re.fullmatch(r"\d+\.\d\d", record[c]) for record in records for c in ("open", "high", "low", "close"))
    assert f"| `{name}.csv` | {symbol} | {rows} | {dates[0]} | {dates[-1]} |" in README


@pytest.mark.parametrize(
    ("name", "day", "column", "price"),
    [
        ("wti-crude", "2020-01-07", "close", "62.70"),
        ("wti-crude", "2020-01-08", "close", "59.61"),
        ("wti-crude", "2020-01-08", "high", "65.65"),
        ("brent-crude", "2020-01-07", "close", "68.27"),
        ("brent-crude", "2020-01-08", "close", "65.44"),
        ("nikkei-225", "2020-01-07", "close", "23575.72"),
        ("nikkei-225", "2020-01-08", "close", "23204.76"),
        ("nikkei-225", "2020-01-08", "low", "22951.18"),
        ("hang-seng", "2020-01-08", "close", "28087.92"),
        ("kospi", "2020-01-08", "close", "2151.31"),
        ("asx-200", "2020-01-08", "close", "6817.60"),
        ("s-and-p-500", "2020-01-07", "close", "3237.18"),
        ("s-and-p-500", "2020-01-08", "close", "3253.05"),
    ],
)
def test_known_prices(name, day, column, price):
    assert [row[column] for row in bars(name) if row["date"] == day] == [price]


def test_the_readme_names_every_flat_row():
    flat = {PRICES[name][0]: [row["date"] for row in bars(name) if len(set(ohlc(row))) == 1] for name in PRICES}
    assert {symbol: len(days) for symbol, days in flat.items() if days} == {"BZ=F": 11, "GC=F": 29, "^HSI": 1}
    for symbol, days in flat.items():
        section = "".join(re.findall(rf"^\*\*{re.escape(symbol)}.*?(?=^\*\*|\Z)", README, re.M | re.S))
        assert [day for day in days if day not in section] == []


def test_only_one_row_breaks_its_bounds():
    broken = []
    for name in PRICES:
        for row in bars(name):
            first, high, low, last = ohlc(row)
            if not low <= min(first, last) <= max(first, last) <= high:
                broken.append((row["symbol"], row["date"]))
    assert broken == [("^STI", "2019-02-28")]


def test_asx_opens_are_the_last_closes_as_the_readme_counts():
    rows = bars("asx-200")
    stale = sum(row["open"] == before["close"] for before, row in pairwise(rows))
    assert f"on {stale} of {len(rows) - 1} rows" in README


def test_new_york_dates_are_shared():
    days = [[row["date"] for row in bars(name)] for name in ("wti-crude", "brent-crude", "gold", "s-and-p-500")]
    assert days[0] == days[1] == days[2] == days[3]


def test_article_front_matter():
    front, _ = article()
    assert list(front) == ["title", "published", "source"]
    assert parse_instant(front["published"]).isoformat() == "2020-01-08T03:30:00+00:00"
    assert front["source"] == "written for this project from public facts"


def test_article_body():
    _, body = article()
    assert 200 <= len(body.split()) <= 300
    assert not re.search(r"[@<>]|https?:", body)
    assert body.isascii()


@pytest.mark.parametrize(
    "words",
    [
        "1:30 a.m. (2230 GMT)",
        "early on Wednesday",
        "still Tuesday in Washington",
        "on Friday",
        "in December 2018",
        "on Wednesday morning",
        "al-Asad",
        "Erbil",
        "U.S. crude prices CLc1 climbed almost 5%",
        "Asian stock markets",
    ],
)
def test_article_carries_what_the_tool_must_cope_with(words):
    assert words in article()[1]


def test_events_are_sorted_and_complete():
    rows = table("events.csv")
    assert list(rows[0]) == ["id", "start_utc", "end_utc", "precision", "approximate", "basis", "title", "source"]
    assert all(value for row in rows for value in row.values())
    keys = [(row["start_utc"], row["end_utc"], row["id"]) for row in rows]
    assert keys == sorted(keys)
    assert len({row["id"] for row in rows}) == len(rows)
    assert f"{len(rows)} dated public events" in README


@pytest.mark.parametrize("row", table("events.csv"), ids=lambda row: row["id"])
def test_event(row):
    start, end = parse_instant(row["start_utc"]), parse_instant(row["end_utc"])
    assert row["start_utc"].endswith("Z") and row["end_utc"].endswith("Z")
    assert "2019-12-01" <= row["start_utc"] < row["end_utc"] + "~" < "2020-02-01"
    precision = Precision(row["precision"])
    longest = {"minute": timedelta(0), "hour": timedelta(minutes=75), "part_of_day": timedelta(hours=12)}
    if precision is Precision.DAY:
        assert end - start == timedelta(days=1)
    else:
        assert (end == start) is (precision is Precision.MINUTE)
        assert end - start <= longest[precision]
    assert row["approximate"] in {"true", "false"}
    assert row["basis"] in {"occurred", "public"}
    assert re.search(r"https?://\S+", row["source"])


def test_events_of_the_night():
    rows = {row["id"]: row for row in table("events.csv")}
    assert rows["iran-strike"]["start_utc"] == "2020-01-07T22:30:00Z"
    assert rows["eia-stocks-2020-01-08"]["start_utc"] == "2020-01-08T15:30:00Z"
    assert rows["soleimani-killed"]["start_utc"] < rows["soleimani-confirmed"]["start_utc"]
