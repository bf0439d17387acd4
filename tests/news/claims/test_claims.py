"""Statements about markets: which market, which way, how far, of which price; on sentences of our own."""

import pytest

from eventstudy import Article, read_claims
from eventstudy.news.claims.numbers import find_numbers
from eventstudy.news.claims.rics import symbol_of_ric
from eventstudy.study.verdicts.output import claim_record

KEYS = ["text", "instrument_text", "instrument", "direction", "pct", "abs", "level", "hedge", "kind", "asof_utc"]
KEYS += ["superlative", "verdict", "data", "reason"]
# Sentence: (instrument, direction, pct, amount, level, hedge, kind) of each statement.
SAID = {
    "Brent crude LCOc1 settled 45 cents lower at $61.20 a barrel.": [("BZ=F", "down", None, 0.45, 61.2, None, "close")],
    "The Kospi rose 1.2% to close at 2,190.40, while the Topix added 0.4%.": [
        ("^KS11", "up", 1.2, None, 2190.4, None, "close"),
        (None, "up", 0.4, None, None, None, "close"),
    ],
    "WTI jumped as much as 3.1 percent to $58.20 before settling down after the denial.": [
        ("CL=F", "up", 3.1, None, 58.2, "as much as", "intraday_extreme")
    ],
    "The Hang Seng dropped 2.1% and closed 0.8% lower.": [
        ("^HSI", "down", 2.1, None, None, None, "intraday_extreme"),
        ("^HSI", "down", 0.8, None, None, None, "close"),
    ],
    "The dollar fell 0.4% to 108.15 yen.": [("JPY=X", "down", 0.4, None, 108.15, None, "snapshot")],
    "The lira weakened 3% to 8.40 per dollar.": [("TRY=X", "up", 3.0, None, 8.4, None, "snapshot")],
    "The euro was 0.2% higher at 10.45 Swedish crowns.": [("EURSEK=X", "up", 0.2, None, 10.45, None, "snapshot")],
    "The 10-year Treasury yield was up 6 basis points at 1.82%.": [("^TNX", "up", None, 0.06, 1.82, None, "snapshot")],
    "Shares of Boeing Co (BA.N) fell nearly 4%.": [("BA", "down", 4.0, None, None, "nearly", "unspecified")],
    "July corn settled up 6-1/2 cents at $3.77-1/2 a bushel.": [("ZC=F", "up", None, 0.065, 3.775, None, "close")],
    "The central bank cut rates by 25 basis points and output fell 2%.": [],
    # A name that is not known takes its own numbers, and the market before it keeps its own.
    "The yen rose 0.4% against the dollar, with robot maker Hirota up 3.1% and Osaka Glass down 2%.": [
        ("JPY=X", "down", 0.4, None, None, None, "unspecified")
    ],
    "U.S. crude and Brent fell 2.5% and 3%.": [
        ("CL=F", "down", 2.5, None, None, None, "unspecified"),
        ("BZ=F", "down", 3.0, None, None, None, "unspecified"),
    ],
    "The Sensex closed at 41,306.02, recording a loss of 0.7 percent.": [
        ("^BSESN", "down", 0.7, None, 41306.02, None, "close")
    ],
    "Brent, the international benchmark, gained 40 cents.": [("BZ=F", "up", None, 0.4, None, None, "unspecified")],
    "The Hang Seng HSI, -0.64% closed down 0.6%.": [("^HSI", "down", 0.6, None, None, None, "close")],
    "Seoul ended 0.3 percent lower at 2,150.10.": [("^KS11", "down", 0.3, None, 2150.1, None, "close")],
    "The dollar was little changed at $1.1130 per euro.": [("EURUSD=X", None, None, None, 1.113, None, "snapshot")],
    "The S&P 500 rose 0.6% to close at a record high of 3,253.05.": [
        ("^GSPC", "up", 0.6, None, 3253.05, None, "close")
    ],
    "Shares of Boeing fell 2% after it told of a 48% year-on-year fall in profit.": [
        ("BA", "down", 2.0, None, None, None, "unspecified")
    ],
    "Brent settled 1% up, and rose on in post-settlement trade.": [("BZ=F", "up", 1.0, None, None, None, "close")],
    "Bitcoin traded at $41,200.": [("BTC-USD", None, None, None, 41200.0, None, "snapshot")],
}


@pytest.mark.parametrize("sentence", SAID)
def test_what_a_sentence_says(sentence):
    found = [claim_record(claim) for claim in read_claims(Article.of(sentence))]
    keys = ("instrument", "direction", "pct", "abs", "level", "hedge", "kind")
    assert [tuple(claim[key] for key in keys) for claim in found] == [
        (*row[:3], *(pytest.approx(x) for x in row[3:5]), *row[5:]) for row in SAID[sentence]
    ]


def test_a_pronoun_stands_for_the_market_before_it():
    text = "Gold futures rose 1% to $1,560. Later the metal touched $1,571.30, the highest since April."
    last = read_claims(Article.of(text))[-1]
    assert (last.instrument, last.direction, last.level.value) == ("GC=F", "up", 1571.3)
    assert last.superlative == "the highest since April"


def test_a_clock_in_the_sentence_is_the_time_of_the_price():
    text = "Brent was up 0.5% at $68.70 by 0915 GMT on Wednesday."
    claim = read_claims(Article.of(text, published="2020-01-08T09:40:00Z"))[0]
    assert claim.asof.isoformat() == "2020-01-08T09:15:00+00:00"


def test_records_have_the_promised_keys_and_no_verdict_without_prices():
    record = claim_record(read_claims(Article.of("The DAX closed 0.6% higher."))[0])
    assert list(record) == KEYS
    assert record["verdict"] == "not_checkable" and record["reason"] == "no prices given"


def test_times_years_counts_and_sums_are_no_sizes():
    said = "At 0915 GMT on 8 January 2020 it said 12 people owned $3 billion, a 10-year plan."
    assert [n.written for n in find_numbers(said)] == []


@pytest.mark.parametrize(
    ("code", "symbol"),
    [("CLc1", "CL=F"), (".N225", "^N225"), ("0005.HK", "0005.HK"), ("5.HK", "0005.HK"), ("XAU=", "XAUUSD=X")],
)
def test_codes_of_newswires(code, symbol):
    assert symbol_of_ric(code)[0] == symbol
