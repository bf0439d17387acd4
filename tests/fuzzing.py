"""Mutated inputs for every reader: each must be read, or refused by an error of the project's own, within ten seconds.

Run from the project's root:  make fuzz, or python tests/fuzzing.py --number 10000 --seed 1
"""

import argparse
import datetime as dt
import io
import json
import random
import tempfile
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path

import openpyxl
import pandas as pd
import requests
from requests.adapters import BaseAdapter

from eventstudy import read_bars
from eventstudy.errors import EventStudyError, NetworkError
from eventstudy.files import sha256
from eventstudy.markets.sources.layouts import read_layout
from eventstudy.markets.sources.pacing import Pace
from eventstudy.markets.sources.parquet import encode, file_name, folder_name
from eventstudy.markets.sources.protocol import Fetched, FetchOutcome, Request
from eventstudy.markets.sources.store import Store
from eventstudy.markets.sources.yahoo import YahooSource
from eventstudy.news.clusters.evidence import read_evidence
from eventstudy.news.clusters.listing import events_from
from eventstudy.news.clusters.output import evidence_lines
from eventstudy.news.dating.dating import date_article
from eventstudy.news.reading.readers import read_articles
from eventstudy.report.verify import stored_record
from eventstudy.study.config import read_study
from eventstudy.study.event_list import read_events

LONGEST = 10
STRIKE = "2020-01-07T22:30:00Z"
ZONE = "America/New_York"
FIRST, LAST = dt.date(2020, 1, 6), dt.date(2020, 1, 8)
# Seeds, by file name; the reader follows from the name.
CORPUS = {
    "bars.csv": "symbol,date,open,high,low,close,volume\n"
    + "".join(f"A,2020-01-{day:02d},1.5,2,1,{day},100\n" for day in (2, 3, 6, 7)),
    "wide.csv": "Date;WTI;Brent\n27.01.2020;62.70;68.27\n28.01.2020;59.61;65.44\n",
    "minutes.csv": "symbol,timestamp_utc,close\nA,2020-01-07T22:30:00Z,1\nA,2020-01-07T22:31:00Z,1.1\n",
    "bars.json": '{"ticker": "A", "results": [{"t": 1578355200000, "o": 1, "h": 2, "l": 1, "c": 1.5, "v": 9}]}',
    "events.csv": f"event_id,instant,symbol,surprise\na,{STRIKE},CL=F,0.1\nb,2020-01-08T09:00:00+01:00,BZ=F,-2\n",
    "study.toml": f'title = "T"\nat = "{STRIKE}"\nprices = "p"\nmarkets = ["CL=F"]\n'
    f'splits = {{"CL=F" = {{"2014-06-09" = 7}}}}\n'
    '[study]\nmodel = "market"\nbenchmark = "^GSPC"\nestimation = [-60, -11]\nwindows = [[0, 1]]\n'
    'families = {oil = ["CL=F"]}\n',
    "article.md": f"# Strike\n\nPublished: {STRIKE}\n\n"
    "A base was hit at 1:30 a.m. on Wednesday, local time in Iraq (2230 GMT on Tuesday).\n",
    "article.html": "<html><head><title>T</title><script type='application/ld+json'>"
    f'{{"datePublished": "{STRIKE}"}}</script></head><body><p>It was hit at 22:30 GMT on Tuesday.</p></body></html>',
    "article.json": f'{{"title": "T", "text": "It was hit at 22:30 GMT on Tuesday.", "published": "{STRIKE}"}}',
    "feed.xml": "<rss version='2.0'><channel><item><title>T</title><description>Hit at 22:30 GMT.</description>"
    "<pubDate>Tue, 07 Jan 2020 22:47:00 GMT</pubDate></item></channel></rss>",
    "atom.xml": f"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>T</title><updated>{STRIKE}</updated>"
    f"<published>{STRIKE}</published><content type='html'>&lt;p&gt;Hit at 22:30 GMT.&lt;/p&gt;</content></entry>"
    "</feed>",
    "layout.toml": 'shape = "long"\ndecimal = ","\nthousands = "."\nmissing = ["-"]\ntimezone = "Europe/Berlin"\n'
    'date_format = "%d.%m.%Y"\n[columns]\ndate = "Datum"\nclose = "Schluss"\n',
    "list.csv": "1,X,I,07.01.2020,1,-1,1,-11,60\n2,Y,I,08.01.2020,1,-1,1,-11,60\n",
    "pairs.csv": "A,2020-01-07\nB,2020-01-08\n",
    "yahoo.json": json.dumps(
        {
            "chart": {
                "error": None,
                "result": [
                    {
                        "meta": {
                            "currency": "USD",
                            "symbol": "X",
                            "instrumentType": "EQUITY",
                            "exchangeTimezoneName": ZONE,
                            "gmtoffset": -18000,
                            "timezone": "EST",
                            "dataGranularity": "1d",
                            "regularMarketTime": 1578430800,
                        },
                        "timestamp": [1578286800, 1578373200, 1578459600],
                        "events": {
                            "dividends": {"1578373200": {"amount": 0.5, "date": 1578373200}},
                            "splits": {"1578459600": {"date": 1578459600, "numerator": 2, "denominator": 1}},
                        },
                        "indicators": {
                            "quote": [{name: [1.5, 1.6, 1.7] for name in ("open", "high", "low", "close", "volume")}],
                            "adjclose": [{"adjclose": [1.4, 1.6, 1.7]}],
                        },
                    }
                ],
            }
        }
    ),
    "run.json": f'{{"inputs": {{"s.toml": "{"0" * 64}"}}, "versions": {{"python": "3.11"}}, "dating": {{"event": 1}}}}',
}
PIECES = (
    *(b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"'", b",", b";", b"\n\n", b"\r", b"\t", b"=cmd", b"1,234.5"),
    *(b"nan", b"inf", b"-1", b"1e308", b"1e-308", b"9" * 400, b"[", b"]" * 50, b"{" * 600, b"null", b"true"),
    *(b"2099-12-31", b"0001-01-01", b"9999-12-31T23:59:60Z", b"23:59:60", b"31.02.2020", b"12/31/2019"),
    *(b"<![", b"<!ENTITY a 'b'>", b"&#0;", b"javascript:", b"../../etc/passwd"),
    *(b"\xe2\x80\xae", b"\xd0\xb0", b"\x1b[31m"),
)


class Answer(BaseAdapter):
    """Every request of Yahoo's is answered by the bytes of one file, without a network."""

    def __init__(self, content):
        super().__init__()
        self.content = content

    def send(self, request, **options):
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = 200, request.url, request
        answer.raw = io.BytesIO(self.content)
        return answer

    def close(self):
        pass


def prices():
    """Return three daily rows as a frame."""
    days = pd.DatetimeIndex(["2020-01-06", "2020-01-07", "2020-01-08"], name="session")
    return pd.DataFrame({name: [1.5, 1.6, 1.7] for name in ("open", "high", "low", "close")}, index=days)


def answered():
    """Return an answer of a source, as the store keeps it."""
    request = Request(symbol="X", interval="1d", start=FIRST, end=LAST)
    known = {"source": "test", "as_of": pd.Timestamp("2020-02-01", tz="UTC"), "adjustment": "split"}
    return Fetched(request=request, outcome=FetchOutcome.OK, frame=prices(), **known)


def workbook(frame):
    """Return a frame as the bytes of a workbook."""
    book, target = openpyxl.Workbook(), io.BytesIO()
    for row in (["date", *frame], *frame.reset_index().itertuples(index=False)):
        book.active.append([cell.to_pydatetime() if isinstance(cell, pd.Timestamp) else cell for cell in row])
    book.save(target)
    return target.getvalue()


def corpus(folder):
    """Return the seeds, with workbooks, Parquet and an evidence file as they are written by the programs that do."""
    article = folder / "article.json"
    article.write_text(CORPUS["article.json"], "utf-8")
    evidence = evidence_lines(events_from([*read_articles([str(article)])]))
    seeds = {name: text.encode() for name, text in CORPUS.items()}
    plain = prices().reset_index().to_parquet(index=False)
    stored = {"bars.xlsx": workbook(prices()), "bars.parquet": plain, "stored.parquet": encode(answered())}
    return {**seeds, **stored, "evidence.evidence.jsonl": evidence}


def mutated(content, chance):
    """Return a content after one to three changes: a piece put in, a stretch cut, repeated or moved, a byte changed."""
    for _ in range(chance.randint(1, 3)):
        first, last = sorted(chance.randrange(len(content) + 1) for _ in range(2))
        last = min(last, first + 40)
        stretch = content[first:last]
        new = chance.choice([
            chance.choice(PIECES), b"", stretch * 3, bytes([chance.randrange(256)]) + stretch[1:], stretch[::-1],
            chance.choice(PIECES) + stretch,
        ])  # fmt: skip
        content = content[:first] + new + content[last:]
    return content


def asked(content):
    """Fetch the prices that an answer of Yahoo's holds; an answer without prices has its reason."""
    session = requests.Session()
    session.mount("https://", Answer(content))
    now = pd.Timestamp("2020-02-01", tz="UTC")
    source = YahooSource(
        session=session, pace=Pace(per_minute=10**9, sleep=lambda _: None), attempts=1, now=lambda: now
    )
    fetched = source.fetch("X", "1d", FIRST, LAST)
    if fetched.frame is None:
        raise NetworkError(f"{fetched.outcome}: {fetched.detail}")
    fetched.bars()


def kept(content, folder):
    """Read prices of the store whose bytes are damaged while the hash in the name matches them."""
    store = Store(folder=folder / "prices")
    place = store.folder / folder_name("X") / "1d"
    place.mkdir(parents=True, exist_ok=True)
    for old in place.iterdir():
        old.unlink()
    (place / file_name(answered(), sha256(content))).write_bytes(content)
    store.read(store.latest("X"))


def read(path):
    """Read a file by the reader that its name tells."""
    name = path.name
    if name == "run.json":
        stored_record(path.parent)
    elif name in ("events.csv", "list.csv", "pairs.csv"):
        read_events(path)
    elif name == "layout.toml":
        read_layout(path)
    elif name == "yahoo.json":
        asked(path.read_bytes())
    elif name == "stored.parquet":
        kept(path.read_bytes(), path.parent)
    elif name == "study.toml":
        read_study(path)
    elif name.startswith("evidence"):
        read_evidence(path)
    elif name.startswith(("article", "feed", "atom")):
        for article in read_articles([str(path)]):
            date_article(article)
    else:
        read_bars(path)


def fuzz(number, seed, folder):
    """Try so many mutated inputs; count those read, refused, and at fault, and return what is at fault."""
    chance, counts, faults = random.Random(seed), Counter(), []
    (folder / "report.html").write_bytes(b"")
    seeds = corpus(folder)
    for turn in range(number):
        name = list(seeds)[turn % len(seeds)]
        content = mutated(seeds[name], chance)
        (folder / name).write_bytes(content)
        began = time.process_time()
        try:
            read(folder / name)
            outcome = "read"
        except EventStudyError as error:
            outcome = "refused" if "\n" not in str(error) else "several lines"
        except Exception:
            outcome = traceback.format_exc(limit=-2)
        if time.process_time() - began > LONGEST:
            outcome = "slow"
        counts[outcome if outcome in ("read", "refused") else "fault"] += 1
        if outcome not in ("read", "refused"):
            faults.append((turn, name, content, outcome))
    return counts, faults


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    warnings.simplefilter("error")
    with tempfile.TemporaryDirectory() as where:
        seen, wrong = fuzz(given.number, given.seed, Path(where))
    for turn, name, content, outcome in wrong[:20]:
        print(f"{turn} {name}: {content[:300]!r}\n{outcome}")
    print(dict(seen))
    raise SystemExit(bool(wrong))
